# %% [markdown]
# # Four papers on facial expressions: which of their numbers hold?
#
# *{cite}`diya2026` and {cite}`huang2025`, rebuilt; {cite}`alipour2025` and {cite}`khalid2025`, checked from
# print*

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
subject = 3  # which of the rendered subjects is shown

# %% tags=["hide-input"]
from engine.page import opening, tables
from engine.page.sign_words import by_sign
from fer_lib.papers.diya2026 import model_summary

question = opening.ask(
    "Does the paper's best model recognise emotions better than a small network?"
)

# %%
import face_renderer as faces
from fer_lib.api import load_run, score
from fer_lib.evaluation import ledgers
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)
runs = {name: load_run(name, settings) for name in ("dual_task", "cnn_baseline")}
ledger = ledgers.load("diya2026")
tables.header_of_runs(list(runs.values()))

# %% [markdown]
# This book takes every number that four papers on facial-expression recognition print. For each number it
# says whether it agrees with the paper's other numbers, whether our rerun reproduces it, and, if neither
# can be checked, why not. The [claim ledger](../book/ledger.md) lists all of them, with
# [one verdict each](../book/verdicts.md). Two papers are rebuilt here from the data to the explanations, in
# notebooks that anyone can run and change. The first trains one network that predicts the emotion of a face
# and whether it is felt or acted. The second is about weak and brief expressions, classes with few images,
# and the effect of balancing.
#
# ## The faces
#
# The papers' photographs cannot be shipped. In their place stand faces that are *rendered* from a
# three-dimensional head with known muscles. Look at the brows and the mouth: they alone change from one
# picture to the next, because the renderer moves the muscles and nothing else.

# %% mystnb={"image": {"alt": "One rendered subject with seven expressions: angry, disgust, fear, happy, neutral, sad and surprise."}}
import numpy as np

from fer_lib.plots import figures

rows = [
    row
    for row in faces.plan(faces.RENDERED46)
    if row["subject_id"] == f"s{subject:03d}" and row["authenticity"] == "genuine"
]
of_emotion = {row["emotion"]: row for row in rows}
pictures = np.stack([[faces.render(row) for row in of_emotion.values()]])
figure = figures.image_grid(pictures, list(of_emotion), [""], width=8)

# %% [markdown]
# Rendered faces **can** show that code runs as described, that a method finds cues that are there, where a
# network looks compared with where the truth is, and by how much a careless split inflates a score. They
# **cannot** show that real people's feelings can be read, that a genuine smile can be told from an acted one
# in life, or that a paper's numbers are right or wrong. With a copy of the paper's own data set the same book
# fills with real numbers: `make book DATA=gffd2025 DATA_ROOT=folder`.
#
# ## Three findings to begin with
#
# **First, the small network against the proposed one.** The paper's largest claim is the distance between the
# two. Both were trained here on the same faces, and are tested on subjects that no training has seen. Look at
# the difference in each row, and at the confidence interval under it: a *percentile bootstrap over subjects*.

# %%
tested = {}
for name, run in runs.items():
    predictions = run.predictions[run.predictions["set"] == "rendered_test"]
    tested[name] = predictions if len(predictions) else run.predictions.query("set == 'test'")
emotion, authenticity = runs["dual_task"].task.heads
scores = {
    name: {
        "emotion accuracy": score(table, emotion)["accuracy"],
        "authenticity AUC": score(table, authenticity)["AUC"],
    }
    for name, table in tested.items()
}

# %%
from fer_lib.evaluation import counts_by_subject

both = tested["dual_task"], tested["cnn_baseline"]
gain = counts_by_subject.paired_difference(*both, emotion, "accuracy", 1000, seed)
table = {
    "proposed model": scores["dual_task"],
    "CNN baseline": scores["cnn_baseline"],
}
tables.table(
    [{"model": name} | held for name, held in table.items()],
    "Two of the paper's six models, one training each, on subjects that no training has seen",
)

# %% tags=["hide-input"]
printed = {name: ledger[f"table7.{name}.emotion_accuracy"].printed for name in ("proposed", "cnn")}
tables.say(
    f"The proposed model names {gain.percent()} points more of the emotions than the CNN baseline "
    f"(Table 7 of the paper prints {printed['proposed']} and {printed['cnn']}). These are one training "
    "of each."
)
if model_summary.still_improving(runs["cnn_baseline"]):
    tables.say(model_summary.GAP_CAVEAT)

# %% [markdown]
# [The page on all six models](diya2026/comparison.ipynb) has several trainings of each, and the verdict.
#
# **Second, balancing before the split.** SMOTE makes artificial examples of rare classes out of their neighbours.
# If it runs before the data are split, copies of test examples stand in the training set, and the score
# rises by far more than any method gains. [Rare emotions](huang2025/rare_emotions.ipynb) measures by how
# much, part by part.
#
# **Third, a picture of an explanation convinces whether it is right or wrong.** On rendered faces the pixels that
# carry an expression are known, so [Grad-CAM](diya2026/grad_cam.ipynb) and [LIME](diya2026/lime.ipynb) are
# scored against them, and not only shown.
#
# ## How to read a verdict
#
# A verdict has a word, a symbol and a colour, and always a reason. Each claim has one verdict, the same on
# every page; [the rule](../book/verdicts.md) says how it is reached.

# %%
from engine.page.verdict_words import MEANING

shown = [{"verdict": word, "it means": MEANING[word]} for word in MEANING]
tables.table(shown, "The verdicts of this book")

# %% [markdown]
# ## Where to go
#
# - **A student** opens [the data](diya2026/data.ipynb), then [the smallest network](diya2026/cnn_baseline.ipynb),
#   changes a line and runs it again. Each page ends with something to try.
# - **A reader** opens [the comparison of six models](diya2026/comparison.ipynb) or the
#   [ledger](../book/ledger.md), which begins with the strongest contradictions.
# - **A researcher** brings a paper of their own: [audit your own](audit_your_own.ipynb).
# - Everyone reads [what must not be concluded](ethics.ipynb). The [glossary](../book/glossary.md) explains
#   each term in one line.

# %% tags=["hide-input"]
words = "Yes, on rendered faces", "No, on rendered faces", "Not decided by these two trainings"
question.answer(
    f"{by_sign(gain, *words)}: {gain.percent()} points of emotion accuracy more than the CNN baseline.",
    rests_on=f"one training of each model, seed {seed}, tested on {both[0]['group'].nunique()} rendered "
    "subjects; percentile bootstrap over subjects.",
)

# %% [markdown]
# ## Try it
#
# Another subject, or another seed for both trainings. From the command line:
#
# ```sh
# make notebook N=start_here PROFILE=book PARAMS='subject=7'
# ```
#
# **Exercise.** Render one subject with `faces.render(row)` for two rows that differ in `authenticity` alone.
# Where do the two pictures differ, and could you tell which one is acted?
#
# <details><summary>Answer</summary>
#
# A genuine smile of the renderer moves the muscle around the eye as well as the one at the corner of the
# mouth; the acted one moves the mouth further and leaves the eye. The difference is planted. That people
# differ in this way is what the paper assumes, and what rendered faces cannot show.
#
# </details>
