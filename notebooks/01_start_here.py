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
# # Start here
#
# This book takes four papers on facial expressions and asks of **every number they print** what can be
# said of it: whether it agrees with the paper's other numbers, whether it comes back when it is measured
# again, and if neither can be known, why. The [claim ledger](../book/ledger.md) has all of them. The first
# paper, *Detecting Genuine Versus Fake Emotions* {cite}`diya2026`, is rebuilt here from the data to the
# explanation, in notebooks that anyone can run: one network that names the emotion of a face and says
# whether it is felt or acted. So is a second, *Fair Recognition of Hidden Emotions* {cite}`huang2025`: weak
# and brief expressions, classes of which there are few images, and what balancing does for them.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

from fer_lib import amounts, claims, collect, describe, faces, metrics, page, plots

plots.use_style()
ledger = claims.load("diya2026")
runs = {
    shown: collect.first(arm, data, data_root, profile, seed)
    for arm, shown in {"cnn_baseline": "CNN baseline", "dual_task": "dual-task model"}.items()
}
about = runs["dual-task model"].about
scale = amounts.get(about["profile"])
page.header_of_run(about)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Rendered faces of seven people: angry, disgust, fear, happy, neutral, sad and surprise, all of them genuine expressions in the sense of the generator."}}
people = faces.plan(faces.RENDERED46)
shown_rows = []
for place, emotion in enumerate(faces.EMOTIONS):
    fits = [r for r in people if r["emotion"] == emotion and r["authenticity"] == "genuine"]
    shown_rows.append(fits[(3 + place * 11) % len(fits)])
figure = plots.image_grid(
    np.stack([[faces.render(row) for row in shown_rows]]), list(faces.EMOTIONS), [""], width=12
)

# %% [markdown]
# *Rendered faces, one an emotion. They stand in for photographs that cannot be shipped.*

# %% [markdown]
# ## The headline
#
# The paper compares six models on its own photographs; its largest claim is the distance between
# the proposed model and the rest. All six are [re-made](12_comparison.ipynb); here stand the first and the last.

# %% tags=["hide-input"]
which = (
    "rendered_test" if "rendered_test" in set(runs["CNN baseline"].predictions["set"]) else "test"
)
rows, found = [], {}
keys = {"CNN baseline": "cnn", "dual-task model": "proposed"}
for shown, run in runs.items():
    held = run.predictions[run.predictions["set"] == which].reset_index(drop=True)
    found[shown] = {
        "emotion": metrics.decisions(held, "emotion", scale.bootstrap, seed),
        "authenticity": metrics.head_scores(held, "authenticity", scale.bootstrap, seed),
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
    pd.DataFrame(rows),
    f"Table 7 of the paper, two of its rows, beside this build ({shown_as}, {count} groups)",
    index=False,
)
if about["data_kind"] == "rendered":
    page.say(
        "The paper's columns and ours are **not comparable** as numbers: other faces, other people, and a split "
        "that keeps people apart, which the paper does not describe. What can be asked here is the "
        "direction: is the proposed model better than the baseline?"
    )

# %% tags=["hide-input"]
verdicts = []
for head, score, name in (
    ("emotion", "accuracy", "emotion_accuracy"),
    ("authenticity", "AUC", "authenticity_auc"),
):
    tables = [
        run.predictions[run.predictions["set"] == which].reset_index(drop=True)
        for run in (runs["dual-task model"], runs["CNN baseline"])
    ]
    difference = metrics.paired_difference(*tables, head, score, scale.bootstrap, seed)
    above, below = ledger[f"table7.proposed.{name}"], ledger[f"table7.cnn.{name}"]
    verdicts.append(
        claims.Row(
            (above, below),
            claims.of_direction(difference, claims.Ground("diya2026", data, scale.name)),
            difference.percent(),
            about=f"Table 7: {head} {score}, proposed above CNN baseline",
            printed=f"{above.printed} > {below.shown}",
        )
    )
if describe.still_improving(runs["CNN baseline"]):
    page.say(describe.GAP_CAVEAT)
page.verdict_table(verdicts, "Verdicts on the headline")

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
# An interval, the two numbers in brackets under a score, comes from drawing **people** again and
# again, never single images (or groups of near-duplicates, where a data set has no subject ids). It
# covers the luck of who was in the test; it does not cover the luck of one training.
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
# - [The data](02_data.ipynb): the set, its truth, and the split by subject
# - The six models: [CNN baseline](03_cnn_baseline.ipynb), [two streams](04_two_stream.ipynb),
#   [EfficientNet-B3 embedding](05_b3_embedding.ipynb), [embedding fusion](06_embedding_fusion.ipynb),
#   [dual-branch](07_dual_branch.ipynb), [the proposed model](08_dual_task.ipynb)
# - [Sampling and losses](09_sampling.ipynb): SMOTE, weights, focal loss, and SMOTE in the wrong place
# - Results: [emotion](10_emotion.ipynb), [authenticity](11_authenticity.ipynb),
#   [six models compared](12_comparison.ipynb), [uncertainty and calibration](15_calibration.ipynb)
# - [Ablations](13_ablations.ipynb) and the [leakage laboratory](14_leakage.ipynb)
# - Explanations: [Grad-CAM](16_grad_cam.ipynb) and [LIME](17_lime.ipynb), shown, and scored
#   against the truth
# - [Fairness](18_fairness.ipynb): scores by group, and the same face in every skin tone
# - [In real time](19_realtime.ipynb): the service, measured from camera to answer
# - The second paper: [its data](26_micro_data.ipynb), [the literature in numbers](27_literature.ipynb),
#   [rare emotions](28_minority.ipynb), [whether balancing helps, as an experiment](29_causal.ipynb),
#   [two ways to choose settings](30_search.ipynb)
# - Every printed number: [the ledger](../book/ledger.md); one audit a paper
#   ([diya2026](21_audit_diya2026.ipynb), [alipour2025](22_audit_alipour2025.ipynb),
#   [khalid2025](23_audit_khalid2025.ipynb), [huang2025](24_audit_huang2025.ipynb)), each contradiction
#   redone by hand; and how to [audit your own paper](25_audit_your_own.ipynb)
# - [Ethics, data card, model card](20_ethics.ipynb): what must not be concluded
# - Where each section of a paper is: [diya2026](../book/coverage.md),
#   [huang2025](../book/coverage_huang2025.md); and [how to add a paper](../book/contributing.md)
# - [About this build](../book/about_this_build.md): what made these pages
