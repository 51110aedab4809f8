# %% [markdown]
# # Which leaks inflate a score, and by how much?
#
# *Sections 3-2, 3-3 and 4-2 of {cite}`diya2026`*

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
kind = "burst"  # of the planted copies: exact, augmented or burst
copies = 2  # of each take; 0 plants none
strength = 0.01  # C of the logistic regression: a larger one remembers more

# %% tags=["hide-input"]
from engine.page import opening, study, tables

question = opening.ask("Which leaks inflate a score, and by how much?")

# %%
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import face_renderer as faces
from fer_lib.api import load, split
from fer_lib.data.splits import by_image
from fer_lib.papers.diya2026 import planted_leaks
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
from fer_lib.evaluation import ledgers
from fer_lib.papers.diya2026 import ablation_page, leakage_page, named_configs
from fer_lib.papers.diya2026.verdicts import leakage as verdicts
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
runs = load_runs.need_arms(configs.planned(named_configs.LEAKAGE, settings))
at = ablation_page.opened(runs, data)

# %% [markdown]
# A leak is a way for the answers of the test part to reach the training. {cite}`diya2026` does not say whether
# one subject's images are on both sides of its split, whether copies of an image are, or on which images its
# {claim}`diya2026/epochs.section42` training epochs were stopped. Nothing on this page says what was done
# there. The page plants each leak on purpose and measures what it would have been worth. Such leaks have been
# found in many fields {cite}`kapoor2023`.
#
# The first half uses a classifier that is trained in a second: logistic regression on the embeddings of a
# frozen backbone. It allows many copies and many seeds. The second half asks the trained networks.
#
# ## Planted copies
#
# A published set of faces often holds several pictures of one moment: the same file twice, augmented copies,
# or the frames of a burst. The renderer makes such frames: the same subject, light and background, while the
# head and the muscles move a little and the camera's noise is new. Look along a row of the figure: the
# pictures differ, and the label cannot.

# %%
folder = study.obtain("planted_leaks", settings)
archive, planted, alone, selected = planted_leaks.read(folder)
face_data = load(settings, progress=False)

# %% mystnb={"image": {"alt": "Two rendered subjects, one a row: the take at the left, then four frames of its burst, in which head and face have moved a little."}}
if face_data.has_truth:
    takes = [face_data.table.iloc[row].to_dict() for row in archive.takes[[0, -1]]]
    frames = [[planted_leaks.frame(take, number) for number in range(4)] for take in takes]
    shown = [[take, *burst] for take, burst in zip(takes, frames, strict=True)]
    pictures = np.array([[faces.render(row) for row in rows] for rows in shown])
    names = ["take", "frame 1", "frame 2", "frame 3", "frame 4"]
    figures.image_grid(pictures, names, ["", ""], width=8)

# %% [markdown]
# The embeddings of the takes and of their copies are the archive. Split it image by image, fit, and score:

# %%
points, table = archive.with_copies(kind, copies)
train = by_image(table, seed) != "test"
regression = LogisticRegression(C=strength, tol=0.01, max_iter=200)
model = make_pipeline(StandardScaler(), regression)
model.fit(points[train], table["emotion"][train])
leaking = model.score(points[~train], table["emotion"][~train])

# %% [markdown]
# Now the same archive and the same classifier, with every subject on one side only. A subject takes all its
# copies along.

# %%
train = split(table, seed) != "test"
model.fit(points[train], table["emotion"][train])
sound = model.score(points[~train], table["emotion"][~train])
tables.say(
    f"{copies} copies of each take ({planted_leaks.KINDS[kind]}): emotion accuracy is "
    f"**{leaking:.3f}** split by image, and **{sound:.3f}** split by subject."
)

# %% [markdown]
# One seed proves little. The figure repeats it for all three kinds of copies, both labels, more seeds, and
# more and more copies. Look at how far the line of the image-level split rises above the other two. The third
# line is the very classifier of the first, asked about further subjects that nobody has seen: what it knows.

# %% mystnb={"image": {"alt": "Score against the number of copies of each take, for three kinds of copies and two scores: the line of the image-level split rises steeply, the split by subject and the further subjects stay level."}}
lines = planted_leaks.long_form(planted, "split").replace({"kind": planted_leaks.KINDS})
drawn_as = {"kind": "line", "hue": "line", "style": "line", "markers": True, "dashes": False}
drawn_as |= {"errorbar": planted_leaks.ends, "err_style": "bars"}
grid = sns.relplot(
    lines,
    x="copies",
    y="value",
    row="score",
    col="kind",
    height=2.4,
    aspect=1.0,
    facet_kws={"sharey": "row", "margin_titles": True},
    **drawn_as,
)
grid.set_titles(col_template="{col_name}", row_template="")
grid.set(xlabel="copies of each take", xticks=sorted(planted["copies"].unique()))
for axis, score in zip(grid.axes[:, 0], grid.row_names, strict=True):
    axis.set_ylabel(score)
sns.move_legend(grid, "lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, title=None)

# %% tags=["hide-input"]
added = planted_leaks.points_added(
    planted, ["score", "kind", "copies"], "split", "by image", "by subject"
)
most = int(planted["copies"].max())
copied = added["emotion accuracy"]["burst" if "burst" in archive.copies else "augmented", most]
tables.say(leakage_page.of_copies(added, most))
tables.folded(
    added.unstack("score").rename(index=planted_leaks.KINDS).reset_index(),
    "Points that the image-level split adds, by kind and number of copies (95 % intervals over seeds)",
)

# %% [markdown]
# ## The image-level split by itself
#
# Without copies the lines of the figure are close together, although subjects recur on both sides. Two things leave an
# image-level split of rendered faces little to leak. Every rendered image is a fresh scene, with its own pose, light,
# background and strength of the muscles: the [audit of the data](data.ipynb) finds hardly any near-duplicates. And
# each subject shows every emotion, so who it is does not tell the label. This can be checked: predict the emotion
# from nothing but the subject's name.

# %%
names = OneHotEncoder().fit_transform(archive.table[["group"]])
folds = StratifiedKFold(5, shuffle=True, random_state=seed)
emotion = archive.table["emotion"]
by_name = cross_val_score(LogisticRegression(max_iter=500), names, emotion, cv=folds)
tables.say(leakage_page.of_subjects(by_name.mean(), emotion.value_counts(normalize=True).max()))

# %% [markdown]
# What is left to leak is how a face that was seen in training shows an emotion. It takes many splits to see so
# little. The difference of both splits, over all images, without a copy:

# %%
image_level = planted_leaks.points_added(alone, ["score"], "split", "by image", "by subject")
often = alone["seed"].nunique()
tables.say(leakage_page.of_alone(image_level, copied, len(archive.table), often))

# %% [markdown]
# ## Choosing on the test part
#
# The second leak needs no copy. Try several configurations, report the best one, and choose it by its *test*
# score. Here a configuration is a linear classifier on a few random numbers of the embedding with a random
# strength of its penalty, under a split by subject. Look at how the line of the test part
# leaves the other two: chosen on the validation part, the reported score stays close to what further subjects give.

# %% mystnb={"image": {"alt": "Reported score against the number of configurations tried, for emotion accuracy and authenticity AUC: chosen on the test part it keeps rising, chosen on the validation part and on further subjects it hardly does."}}
lines = planted_leaks.long_form(selected, "chosen on").astype({"tried": str})
shape = {"height": 3, "aspect": 1.2, "facet_kws": {"sharey": False}}
grid = sns.relplot(lines, x="tried", y="value", col="score", **shape, **drawn_as)
grid.set_titles("{col_name}").set_axis_labels("configurations tried", "score")
sns.move_legend(grid, "lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, title="chosen on")

# %% tags=["hide-input"]
chosen = planted_leaks.points_added(
    selected, ["score", "tried"], "chosen on", "the test part", "the validation part"
)
tried = int(selected["tried"].max())
tables.say(leakage_page.of_choice(chosen, tried))

# %% [markdown]
# ## SMOTE before the split
#
# The third leak makes synthetic points between images and splits afterwards: a point is tested on while its
# parents are trained on. It is measured where a paper used it, on
# [micro-expressions](../huang2025/rare_emotions.ipynb), and for this paper's embeddings on the page on
# [sampling and losses](sampling.ipynb).
#
# ## The trained networks
#
# The proposed network was also trained under flawed protocols, each from the same seeds and with the same number
# of steps. It sees an image only a few times, so it remembers less than logistic regression. Look at whether
# an interval is clear of the dashed line, the correct protocol: whole subjects on one side, stopped on a
# validation part. An image is *unclear* where a linear classifier, cross-validated by subject, doubts its
# label; a quarter is dropped, as from {claim}`diya2026/data.raw` to {claim}`diya2026/data.refined` in section
# 3-3.

# %% mystnb={"image": {"alt": "Forest plot of the percentage points that four flawed protocols add to emotion accuracy and authenticity AUC over the correct one, with intervals and a line at zero."}}
steps = leakage_page.added(runs, at.resamples, seed)
figures.intervals(
    steps.rename(leakage_page.PROTOCOLS), "points added to the correct protocol", chance=0
)
plt.show()

# %% tags=["hide-input"]
tables.say(leakage_page.of_networks(runs, steps))
tables.folded(
    leakage_page.scores(runs, at.sets, at.resamples, seed), "What each protocol reports, set by set"
)

# %% [markdown]
# ## Wrong labels
#
# Section 3-2 has one annotator, and agreement was not computed. Suppose a share of the authenticity labels is
# wrong in the training and the validation part, while the test labels stay true. If the test labels are
# wrong as often, a share $e$ of them turns an accuracy of $a$ into $a (1 - e) + (1 - a) e$: the last column.

# %%
noise = leakage_page.wrong_labels(runs, at.last, at.resamples, seed)
tables.table(noise, f"Wrong authenticity labels in training, on the {at.tested}", index=False)

# %% tags=["hide-input"]
tables.say(leakage_page.of_wrong_labels(noise))

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
ledger, worst = ledgers.load("diya2026"), noise["change (points)"].iloc[-1]
told = verdicts.rows(ledger, at.ground, steps["emotion accuracy"], copied, worst)
told.show("Verdicts on the protocol")
best, seeds = chosen["emotion accuracy", tried], len(runs["base"])
question.answer(*leakage_page.answer(archive, planted, copied, best, alone, image_level, seeds))

# %% [markdown]
# ## Try it
#
# Change the copies, their number, or how much the classifier may remember. The command runs this page alone;
# with the runs in the store it takes about a minute, and only the cells that show one split change.
#
# ```bash
# make notebook N=diya2026/leakage PROFILE=book PARAMS='kind=augmented copies=1 strength=1.0'
# ```
#
# **Exercise.** With exact duplicates and a large `strength`, what does the image-level split report, and what
# would you expect from the share of test images with a copy in training?
#
# <details><summary>Answer</summary>
#
# A test image with at least one copy in training is answered from memory. With $k$ copies and a test share of
# one fifth, a test image has none in training with a probability of about $0.2^k$. So about
# $1 - 0.2^k$ of the test images are right by memory alone ($0.80$ with one copy, $0.96$ with two), and the rest are
# right as often as under a split by subject.
#
# </details>
