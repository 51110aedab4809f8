# %% [markdown]
# # EfficientNet-B3 embedding with a dense classifier
#
# A frozen EfficientNet-B3 turns each image into an embedding; one dense layer learns from it, with
# synthetic embeddings by SMOTE {cite}`chawla2002` to balance the authenticity ({cite}`diya2026`,
# section 4-4-3, Figure 8).

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
run, model = model_page.open_run("b3_embedding", settings)

# %% [markdown]
# ## Architecture
#
# Drawn from the live network of this run: grey parts stay as they came, blue ones learn, yellow ones
# follow the feature maps. Each box has the shape of its output and its number of parameters.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A column of one box for the frozen backbone, then the dense layer and two heads side by side, each with output shape and parameters."}}
figure = model_page.draw(run, model)

# %% tags=["hide-input"]
model_page.parts(run, model)

# %% [markdown]
# ## How many parameters?

# %%
paper = model_summary.of_paper("embedding_dense", embedding_dense.PAPER, ALL_STAGES)
model_page.embedding_counts(paper, model, "Parameters of the B3 embedding model")
# %% [markdown]
# ## What the paper leaves open, and what was chosen
#
# - Which label SMOTE balances, and to what ratio: this book balances the authenticity, as the section
#   on the other embedding model says, to equal numbers, with five neighbours.
# - The weights of the two losses are said to be those of the proposed model; so they are here.
# - A frozen network sees only what it learnt before. Where no pretrained file can be had, this training
#   configuration runs from a **random start, and is marked so on every page**: its scores say what random features
#   carry, not what the paper's model does.

# %% tags=["hide-input"]
model_page.weights(run)

# %% [markdown]
# ## A named substitute
#
# So that the idea can be measured where its weights cannot be had, the same classifier stands on
# the backbone of the proposed model (in this run the file in the table), which is pretrained. It is a **substitute**: it has its own name on every page and is
# never ranked under the name of the paper's model. Frozen and fine-tuned variants are compared at the
# small scale of this profile, by the mean of both validation scores.

# %% tags=["hide-input"]
substitute = load_runs.need(configs.first("b3_substitute", settings))
model_page.weights(substitute)
better = model_page.variants("b3_substitute", settings)

# %% [markdown]
# ## Training
#
# Cross-entropy and binary cross-entropy, on embeddings that were stored once.

# %% tags=["hide-input"]
model_page.training(run, ledger)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels over the epochs of the B3 embedding model: joint loss, emotion accuracy and authenticity accuracy for training and validation, with the kept epoch marked."}}
figure = figures.learning_curves(run.history)

# %% tags=["hide-input"]
tables.folded(run.history, "The numbers behind the learning curves of the B3 embedding model")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
checks = [
    (ledger["b3.embedding"], paper.tail.dense[0].in_features),
    (ledger["b3.units"], paper.tail.dense[0].out_features),
]
pretrained = ledger["b3.pretrained"]
model_page.embedding_verdicts(run, checks, pretrained, "Verdicts on the B3 embedding model")
