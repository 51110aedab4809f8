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
# # EfficientNet-B3 embedding with a dense classifier
#
# A frozen EfficientNet-B3 turns each image into an embedding; one dense layer learns from it, with
# synthetic embeddings by SMOTE {cite}`chawla2002` to balance the authenticity ({cite}`diya2026`,
# section 4-4-3, Figure 8).

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
run, model = model_page.open_run("b3_embedding", data, data_root, profile, seed)

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
paper = describe.of_paper("embedding_dense", embedding_dense.PAPER, ALL_STAGES)
table = model_page.counts(
    {"as the paper describes it": paper, "this run": model}, "Parameters of the B3 embedding model"
)
page.say(
    f"The paper prints no count for this model. The frozen backbones hold all but "
    f"{int(table.loc['as the paper describes it', 'trainable']):,} of its parameters."
)

# %% [markdown]
# ## What the paper leaves open, and what was chosen
#
# - Which label SMOTE balances, and to what ratio: this book balances the authenticity, as the section
#   on the other embedding model says, to equal numbers, with five neighbours.
# - The weights of the two losses are said to be those of the proposed model; so they are here.
# - A frozen network sees only what it learnt before. Where no pretrained file can be had, this arm
#   runs from a **random start, and is marked so on every page**: its scores say what random features
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
substitute = collect.first("b3_substitute", data, data_root, profile, seed)
model_page.weights(substitute)
better = model_page.variants("b3_substitute", data, data_root, profile, seed)
page.say(f"The better variant on the validation part is `{better}`.")

# %% [markdown]
# ## Training
#
# Cross-entropy and binary cross-entropy, on embeddings that were stored once.

# %% tags=["hide-input"]
model_page.training(run, ledger)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels over the epochs of the B3 embedding model: joint loss, emotion accuracy and authenticity accuracy for training and validation, with the kept epoch marked."}}
figure = plots.learning_curves(run.history)

# %% tags=["hide-input"]
page.folded(run.history, "The numbers behind the learning curves of the B3 embedding model")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
checks = [
    (ledger["b3.embedding"], paper.tail.dense[0].in_features),
    (ledger["b3.units"], paper.tail.dense[0].out_features),
]
pretrained = ledger["b3.pretrained"]
model_page.embedding_verdicts(run, checks, pretrained, "Verdicts on the B3 embedding model")
