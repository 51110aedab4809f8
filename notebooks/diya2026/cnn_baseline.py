# %% [markdown]
# # The CNN baseline
#
# The plainest of the paper's six models ({cite}`diya2026`, section 4-4-1, Figure 6): three
# convolutional blocks, one dense layer, two heads, trained from a random start. What a better model
# is worth is measured from here.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings
from fer_lib.training.load_runs import load_run
from fer_lib.training.run_training import trained_model

settings = Settings(data, data_root, profile, seed)
run = load_run("cnn_baseline", settings)
model = trained_model(run)

# %% tags=["hide-input"]
import itertools

import pandas as pd

from engine.page import tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers
from fer_lib.papers.diya2026 import model_page
from fer_lib.papers.diya2026.models.cnn_baseline import CNNBaseline
from fer_lib.plots import figures

figures.use_style()
ledger = ledgers.load("diya2026")
tables.header_of_run(run.about)

# %% [markdown]
# ## Architecture
#
# Drawn from the live network of this run, at the image size of this profile.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A column of boxes: three convolutions with pooling between them, then pooling, the dense layer and two heads side by side, each box with its output shape and parameters."}}
figure = model_page.draw(run, model)

# %% tags=["hide-input"]
model_page.parts(run, model)

# %% [markdown]
# ## Which architecture has the printed number of parameters?
#
# The paper gives a total but neither the number of filters nor the padding. Almost all parameters
# sit in the dense layer, so the total depends on the image size and on the last block. The candidates
# below are some of the choices one might make; each count comes from a model that was built.

# %%
claim = ledger["cnn.parameters"]
low, high = claim.rounding
candidates = []
for size, filters, padding in itertools.product(
    (112, 128, 224),
    ((16, 32, 64), (32, 64, 32), (32, 64, 64), (32, 64, 128), (64, 128, 32), (128, 64, 32)),
    (0, 1),
):
    built = CNNBaseline(run.task, size, filters, padding)
    millions = sum(p.numel() for p in built.parameters()) / 1e6
    candidates.append(
        {
            "image size": size,
            "filters": " / ".join(map(str, filters)),
            "padding": ("none", "same")[padding],
            "parameters (million)": millions,
            f"prints as {claim.printed}": "yes" if low <= millions < high else "no",
        }
    )
candidates = pd.DataFrame(candidates)
fitting = candidates[candidates.iloc[:, -1] == "yes"]
tables.table(candidates, "Parameter counts of candidate architectures", index=False)

# %% [markdown]
# ## Training
#
# The network starts from nothing and is small. In the profiles below `paper` it sees smaller images than
# the models with a pretrained backbone, and takes more epochs for it.

# %% tags=["hide-input"]
model_page.training(run, ledger)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Three panels over the epochs of the CNN baseline: joint loss, emotion accuracy and authenticity accuracy, for the training and the validation part, with the kept epoch marked."}}
figure = figures.learning_curves(run.history)

# %% tags=["hide-input"]
tables.folded(run.history, "The numbers behind the learning curves of the CNN baseline")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
stated = int(ledger["table4.input"].value)
at_stated = fitting[fitting["image size"] == stated]
examples = "; ".join(
    f"{row['filters']}, padding {row['padding']}" for _, row in at_stated.iterrows()
)
verdicts = VerdictRows(ledger)
verdicts.underspecified(
    "cnn.parameters",
    f"of the candidates at {stated} pixels, {len(at_stated)} print as {claim.printed} million"
    + (f" (filters {examples})" if examples else "")
    + "; the text does not say which was meant, or whether it is another one",
)
verdicts.show("Verdicts on the CNN baseline")
