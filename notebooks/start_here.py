# %% [markdown]
# # Start here
#
# This book is about four papers on facial-expression recognition. For **every printed number** it says whether
# the number agrees with the paper's other numbers, whether our rerun reproduces it, and, if neither can be
# checked, why not. The [claim ledger](../book/ledger.md) lists all of them, and the
# [glossary](../book/glossary.md) explains each term in one line. Two papers are rebuilt here from the data to
# the explanations, in notebooks that anyone can run. The first, *Detecting Genuine Versus Fake Emotions*
# {cite}`diya2026`, trains one network that predicts the emotion of a face and whether it is felt or acted. The
# second, *Fair Recognition of Hidden Emotions* {cite}`huang2025`, is about weak and brief expressions, classes
# with few images, and the effect of balancing.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

import face_renderer as faces
from engine.page import budget
from engine.page import tables as page
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import counts_by_subject, ledgers
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.diya2026 import model_summary
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
runs = {
    shown: load_runs.need(configs.first(arm, settings))
    for arm, shown in {"cnn_baseline": "CNN baseline", "dual_task": "dual-task model"}.items()
}
about = runs["dual-task model"].about
scale = budget.get(about["profile"])
page.header_of_run(about)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Rendered faces of seven people: angry, disgust, fear, happy, neutral, sad and surprise, all of them genuine expressions in the sense of the generator."}}
people = faces.plan(faces.RENDERED46)
shown_rows = []
for place, emotion in enumerate(faces.EMOTIONS):
    fits = [r for r in people if r["emotion"] == emotion and r["authenticity"] == "genuine"]
    shown_rows.append(fits[(3 + place * 11) % len(fits)])
figure = figures.image_grid(
    np.stack([[faces.render(row) for row in shown_rows]]), list(faces.EMOTIONS), [""], width=12
)

# %% [markdown]
# *Rendered faces, one an emotion. They stand in for photographs that cannot be shipped.*

# %% [markdown]
# ## The headline
#
# The paper compares six models on its own photographs; its largest claim is the distance between
# the proposed model and the rest. All six are [re-made](diya2026/comparison.ipynb); here stand the first and the last.

# %% tags=["hide-input"]
which = (
    "rendered_test" if "rendered_test" in set(runs["CNN baseline"].predictions["set"]) else "test"
)
rows, found = [], {}
keys = {"CNN baseline": "cnn", "dual-task model": "proposed"}
for shown, run in runs.items():
    held = run.predictions[run.predictions["set"] == which].reset_index(drop=True)
    found[shown] = {
        "emotion": counts_by_subject.score(held, run.task["emotion"], scale.bootstrap, seed),
        "authenticity": counts_by_subject.score(
            held, run.task["authenticity"], scale.bootstrap, seed
        ),
    }
    key = keys[shown]
    rows.append(
        {
            "model": shown,
            "paper: emotion accuracy (%)": ledger[f"table7.{key}.emotion_accuracy"].printed,
            "here: emotion accuracy (%)": found[shown]["emotion"]["accuracy"].percent(),
            "paper: authenticity AUC (%)": ledger[f"table7.{key}.authenticity_auc"].printed,
            "here: authenticity AUC (%)": found[shown]["authenticity"]["AUC"].percent(),
            "here: AUC within emotion (%)": found[shown]["authenticity"][
                "AUC within emotion"
            ].percent(),
        }
    )
count = held["group"].nunique()
shown_as = "further rendered subjects" if which == "rendered_test" else "test part"
page.table(
    rows, f"Table 7 of the paper, two of its rows, beside this build ({shown_as}, {count} groups)"
)
if about["data_kind"] == "rendered":
    page.say(
        "The paper's columns and ours are **not comparable** as numbers: other faces, other people, and a split "
        "that keeps people apart, which the paper does not describe. What can be asked here is the "
        "direction: is the proposed model better than the baseline?"
    )

# %% tags=["hide-input"]
verdicts = VerdictRows(ledger, Ground("diya2026", data, scale.name))
for head, score, name in (
    ("emotion", "accuracy", "emotion_accuracy"),
    ("authenticity", "AUC", "authenticity_auc"),
):
    tables = [
        run.predictions[run.predictions["set"] == which].reset_index(drop=True)
        for run in (runs["dual-task model"], runs["CNN baseline"])
    ]
    difference = counts_by_subject.paired_difference(
        *tables, run.task[head], score, scale.bootstrap, seed
    )
    pair = f"table7.proposed.{name}", f"table7.cnn.{name}"
    verdicts.direction(
        pair,
        difference,
        difference.percent(),
        about=f"Table 7: {head} {score}, proposed above CNN baseline",
        printed=f"{ledger[pair[0]].printed} > {ledger[pair[1]].shown}",
    )
if model_summary.still_improving(runs["CNN baseline"]):
    page.say(model_summary.GAP_CAVEAT)
verdicts.show("Verdicts on the headline")

# %% [markdown]
# ## How to read a verdict
#
# A verdict has a word, a symbol and a colour, and always a reason.

# %% tags=["hide-input"]
meaning = {
    "consistent": "the printed number agrees with the paper's other numbers, within rounding",
    "inconsistent": "it does not, and the contradiction is shown",
    "underspecified": "the paper leaves out what one would need to check it",
    "not testable": "no arithmetic and no data can decide it",
    "reproduced": "measured again on the paper's own data, and the interval holds the printed value",
    "differs": "measured again on the paper's own data, and it does not",
    "direction seen on rendered faces": "the ordering or sign came back on rendered faces; the strongest verdict they allow",
    "direction not seen on rendered faces": "the ordering was the other way round on rendered faces",
    "not decided": "our interval holds both directions",
    "not comparable": "measured on other data: the two numbers may stand side by side, no more",
}
page.table(
    pd.DataFrame({"verdict": list(meaning), "it means": list(meaning.values())}),
    "The verdicts of this book",
    index=False,
)

# %% [markdown]
# A confidence interval, the two numbers in brackets under a score, is a percentile bootstrap over
# **subjects**: it resamples whole subjects, never single images (or groups of near-duplicates, where a data
# set has no subject ids). It covers the choice of the test subjects, not the chance of one training.
#
# ## What rendered faces can show, and what not
#
# The paper's photographs are not shipped here. In their place stand faces rendered from a
# three-dimensional head with known muscles.
#
# - They **can** show that code runs as described, that a method finds cues that are there, where a
#   network looks compared with where the truth is, and by how much a careless split inflates a score.
# - They **cannot** show that real people's feelings can be read, that a genuine smile can be told
#   from an acted one in life, or that the paper's numbers are right or wrong.
#
# With a copy of the paper's own data set the same book fills with real numbers:
# `make book DATA=gffd2025 DATA_ROOT=folder`.
#
# ## The pages
#
# - [The data](diya2026/data.ipynb): the set, its truth, and the split by subject
# - The six models: [CNN baseline](diya2026/cnn_baseline.ipynb), [two streams](diya2026/two_stream.ipynb),
#   [EfficientNet-B3 embedding](diya2026/b3_embedding.ipynb), [embedding fusion](diya2026/embedding_fusion.ipynb),
#   [dual-branch](diya2026/dual_branch.ipynb), [the proposed model](diya2026/dual_task.ipynb)
# - [Sampling and losses](diya2026/sampling.ipynb): SMOTE, weights, focal loss, and SMOTE in the wrong place
# - Results: [emotion](diya2026/emotion.ipynb), [authenticity](diya2026/authenticity.ipynb),
#   [six models compared](diya2026/comparison.ipynb), [uncertainty and calibration](diya2026/calibration.ipynb)
# - [Ablations](diya2026/ablations.ipynb) and the [leakage laboratory](diya2026/leakage.ipynb)
# - Explanations: [Grad-CAM](diya2026/grad_cam.ipynb) and [LIME](diya2026/lime.ipynb), shown, and scored
#   against the truth
# - [Fairness](diya2026/fairness.ipynb): scores by group, and the same face in every skin tone
# - [In real time](diya2026/realtime.ipynb): the service, measured from camera to answer
# - The second paper: [its data](huang2025/data.ipynb), [the literature in numbers](huang2025/literature.ipynb),
#   [rare emotions](huang2025/rare_emotions.ipynb), [whether balancing helps, as an experiment](huang2025/causal.ipynb),
#   [two ways to choose settings](huang2025/search.ipynb)
# - Every printed number: [the ledger](../book/ledger.md); one audit a paper
#   ([diya2026](diya2026/audit.ipynb), [alipour2025](alipour2025/audit.ipynb),
#   [khalid2025](khalid2025/audit.ipynb), [huang2025](huang2025/audit.ipynb)), each contradiction
#   redone by hand; and how to [audit your own paper](audit_your_own.ipynb)
# - [Ethics, data card, model card](ethics.ipynb): what must not be concluded
# - Where each section of a paper is: [diya2026](../book/papers/diya2026/coverage.md),
#   [huang2025](../book/papers/huang2025/coverage.md); and [how to add a paper](../book/contributing.md)
# - [About this build](../book/about_this_build.md): what made these pages
