# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # MobileNetV2 + Xception embedding fusion
#
# Two frozen backbones, MobileNetV2 {cite}`sandler2018` and Xception {cite}`chollet2017`, each turn an
# image into an embedding; both are joined, and one dense layer learns from them ({cite}`diya2026`,
# section 4-4-4, Figure 9).

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
from fer_lib import claims, collect, describe, model_page, page, plots
from fer_lib.activations import ALL_STAGES
from fer_lib.models import embedding_dense

plots.use_style()
ledger = claims.load("diya2026")
run, model = model_page.open_run("embedding_fusion", data, data_root, profile, seed)

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
paper = describe.of_paper("embedding_dense", embedding_dense.PAPER_FUSION, ALL_STAGES)
table = model_page.counts(
    {"as the paper describes it": paper, "this run": model}, "Parameters of the embedding fusion"
)
page.say(
    f"The paper prints no count for this model. The frozen backbones hold all but "
    f"{int(table.loc['as the paper describes it', 'trainable']):,} of its parameters."
)

# %% tags=["hide-input"]
widths = []
for name in embedding_dense.PAPER_FUSION:
    widths.append(
        describe.of_paper("embedding_dense", (name,), ALL_STAGES).tail.dense[0].in_features
    )

# %% [markdown]
# ## What the paper leaves open, and what was chosen
#
# - "Index matching" of the emotion labels to synthetic embeddings, unlike the nearest neighbour of
#   section 4-4-3, is not defined: a synthetic embedding has no index in the data. This book maps by
#   nearest neighbour in both.
# - Called multimodal in the text, it is one modality through two backbones.
# - Xception was trained on images in another range than MobileNetV2; the text does not say whether
#   each got its own. Here all get ImageNet's, unless the file used says otherwise.
# - Where no pretrained file of Xception can be had, this arm runs from a **random start of that
#   backbone, and is marked so on every page**.

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
substitute = collect.first("fusion_substitute", data, data_root, profile, seed)
model_page.weights(substitute)
better = model_page.variants("fusion_substitute", data, data_root, profile, seed)
page.say(f"The better variant on the validation part is `{better}`.")

# %% [markdown]
# ## Training
#
# Cross-entropy and binary cross-entropy, on embeddings that were stored once.

# %% tags=["hide-input"]
model_page.training(run, ledger)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels over the epochs of the embedding fusion: joint loss, emotion accuracy and authenticity accuracy for training and validation, with the kept epoch marked."}}
figure = plots.learning_curves(run.history)

# %% tags=["hide-input"]
page.folded(run.history, "The numbers behind the learning curves of the embedding fusion")

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
