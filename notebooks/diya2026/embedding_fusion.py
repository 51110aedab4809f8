# %% [markdown]
# # MobileNetV2 + Xception embedding fusion
#
# Two frozen backbones, MobileNetV2 {cite}`sandler2018` and Xception {cite}`chollet2017`, each turn an
# image into an embedding; both are joined, and one dense layer learns from them ({cite}`diya2026`,
# section 4-4-4, Figure 9).

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
from engine.page import tables
from fer_lib.evaluation import ledgers
from fer_lib.models import ALL_STAGES
from fer_lib.papers.diya2026 import model_page, model_summary
from fer_lib.papers.diya2026.models import embedding_dense
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
run, model = model_page.open_run("embedding_fusion", settings)

# %% [markdown]
# ## Architecture
#
# Drawn from the live network of this run: grey parts stay as they came, blue ones learn, yellow ones
# follow the feature maps. Each box has the shape of its output and its number of parameters.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two columns for the frozen backbones, joined in one dense layer with two heads side by side, each box with output shape and parameters."}}
figure = model_page.draw(run, model)

# %% tags=["hide-input"]
model_page.parts(run, model)

# %% [markdown]
# ## How many parameters?

# %%
paper = model_summary.of_paper("embedding_dense", embedding_dense.PAPER_FUSION, ALL_STAGES)
model_page.embedding_counts(paper, model, "Parameters of the embedding fusion")
# %% tags=["hide-input"]
widths = [
    model_summary.of_paper("embedding_dense", (name,), ALL_STAGES).tail.dense[0].in_features
    for name in embedding_dense.PAPER_FUSION
]

# %% [markdown]
# ## What the paper leaves open, and what was chosen
#
# - "Index matching" of the emotion labels to synthetic embeddings, unlike the nearest neighbour of
#   section 4-4-3, is not defined: a synthetic embedding has no index in the data. This book maps by
#   nearest neighbour in both.
# - Called multimodal in the text, it is one modality through two backbones.
# - Xception was trained on images in another range than MobileNetV2; the text does not say whether
#   each got its own. Here each does: the table below says which.
# - Where no pretrained file of Xception can be had, this training configuration runs from a
#   **random start of that backbone, and is marked so on every page**.

# %% tags=["hide-input"]
model_page.weights(run)

# %% [markdown]
# ## A named substitute
#
# So that the idea can be measured where its weights cannot be had, the same classifier stands on
# MobileNetV2 and the backbone of the proposed model (the files in the table), both pretrained. It is a **substitute**: it has its own name on every page and is
# never ranked under the name of the paper's model. Frozen and fine-tuned variants are compared at the
# small scale of this profile, by the mean of both validation scores.

# %% tags=["hide-input"]
substitute = load_runs.need(configs.first("fusion_substitute", settings))
model_page.weights(substitute)
better = model_page.variants("fusion_substitute", settings)

# %% [markdown]
# ## Training
#
# Cross-entropy and binary cross-entropy, on embeddings that were stored once.

# %% tags=["hide-input"]
model_page.training(run, ledger)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels over the epochs of the embedding fusion: joint loss, emotion accuracy and authenticity accuracy for training and validation, with the kept epoch marked."}}
figure = figures.learning_curves(run.history)

# %% tags=["hide-input"]
tables.folded(run.history, "The numbers behind the learning curves of the embedding fusion")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
checks = [
    (ledger["fusion.embedding_1"], widths[0]),
    (ledger["fusion.embedding_2"], widths[1]),
    (ledger["fusion.embedding"], paper.tail.dense[0].in_features),
    (ledger["fusion.units"], paper.tail.dense[0].out_features),
]
pretrained = ledger["fusion.pretrained"]
model_page.embedding_verdicts(run, checks, pretrained, "Verdicts on the embedding fusion")
