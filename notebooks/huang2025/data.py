# %% [markdown]
# # Which images are these, and do they show micro-expressions?
#
# *Sections 1.1 and 3.2 and Figure 8 of {cite}`huang2025`*

# %% tags=["parameters"]
data = "rendered_micro"
data_root = ""
profile = "smoke"
seed = 0
subject = "s006"  # of the rendered clips that are shown
fps = 30  # frames a second of a camera that films all clips

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from engine.page import budget, opening, tables
from fer_lib.evaluation import ledgers
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import leakage_audit
from fer_lib.papers.huang2025 import budget as scale
from fer_lib.papers.huang2025 import (
    clip_plots,
    clip_statistics,
    data_verdicts,
    printed_counts,
    printed_settings,
)
from fer_lib.papers.huang2025.balancing import plots
from fer_lib.plots import figures

figures.use_style()
question = opening.ask(
    "Which images did the paper train and test on, do they show micro-expressions, and how much of one is left in a "
    "still?"
)

# %%
from fer_lib.data import datasets

subjects = scale.get(profile).subjects
resamples = budget.get(profile).bootstrap
face_data = datasets.by_name(data, data_root or None, n_subjects=subjects)
table = face_data.table
clips = clip_statistics.planned(subjects)
of_set = (profile, face_data.name, face_data.sha256, face_data.group_kind, seed)
held = f"{len(table):,} images of {table['group'].nunique()} groups"
tables.header(*of_set, measured=held)
drawn = clips[["duration_ms", "apex_ms", "intensity"]].agg(["min", "median", "max"])
tables.table(drawn.T, "The rendered clips: duration and apex in milliseconds, intensity as a share")

# %% [markdown]
# ## A clip
#
# {cite}`huang2025` describes micro-expressions as brief, involuntary and weak, and takes from another work that they
# last between {claim}`huang2025/s1_1.duration.low` and {claim}`huang2025/s1_1.duration.high`. Its images come from
# {claim}`huang2025/s2_3.datasets.n` of other people's making, which cannot be shipped with a book. Unless a copy of
# them is given, rendered clips stand in for them: weak expressions that rise and fall in that time, with the subject,
# the time and the intensity known.
#
# A clip is one movement of one face, from the **onset** over the **apex**, where the expression is strongest, to the
# **offset**. What moves is the genuine form of an emotion as on [the page on the first paper's
# data](../diya2026/data.ipynb), at a small share of its full intensity. In a *neutral* clip nothing moves. Below are
# three clips of one rendered subject, each of middling intensity. The last column is apex less onset without the
# sensor's noise: red is lighter at the apex, blue is darker. Try to see the movement without it.

# %% mystnb={"image": {"alt": "Three rows of small rendered faces of one subject for happy, surprise and disgust, five frames each from onset to offset with times in milliseconds under them; the frames look nearly alike. The last column is a red and blue map of the change from onset to apex, lit at mouth, brows and eyes."}}
chosen = clip_statistics.middling(clips, subject, ("happy", "surprise", "disgust"))
figure = clip_plots.strip(chosen)

# %%
largest = {row["emotion"]: np.abs(clip_plots.change(row)).max() for row in chosen}
told = ", ".join(f"{emotion} {grey:.0f}" for emotion, grey in largest.items())
tables.say(
    f"Without the map the frames look alike. The pixel that changes most changes by so many of 255 grey levels: {told}."
)

# %% [markdown]
# The curves show the same three clips over time, with a small dot for each frame of the camera and a large one at the
# frame that is kept. The pipeline of the paper takes stills, so nothing of the rest is kept. It cannot see what moves,
# only what the face looks like at one moment.

# %% mystnb={"image": {"alt": "Three curves of intensity over time in milliseconds, each a smooth rise and fall with dots at the camera's frames and a large mark at the frame nearest to the apex; the clips differ in length and height, none reaches half of a full expression."}}
figure = clip_plots.courses(chosen)

# %% [markdown]
# ## What a camera catches
#
# How much of the peak a camera catches depends on its frame rate. The cell lets a camera of `fps` frames a second run
# over all clips in which something moves, with the first frame at a random moment, and draws the share of the peak that
# is on the best frame of each clip. Look for clips far below one: of these a still shows next to nothing.

# %% mystnb={"image": {"alt": "Histogram of the share of the peak that the best frame of a camera holds, over all clips: most near one, a tail below."}}
moving = clips[clips["emotion"] != "neutral"]
best = clip_statistics.caught(moving, fps, seed)
plt.figure(figsize=(6, 2.4))
axis = sns.histplot(x=best, bins=np.linspace(0, 1, 26))
labelled = axis.set(xlabel=f"share of the peak at {fps} frames a second", ylabel="clips")

# %% tags=["hide-input"]
tables.say(
    f"At {fps} frames a second {(best < 0.9).sum()} of {len(best):,} clips lose a tenth of the peak or more. Other cameras:"
)

# %%
rates = clip_statistics.by_rate(moving, resamples, seed)
tables.table(rates, "What a camera catches of the peak; intervals resample subjects")

# %% [markdown]
# ## Prepared as described
#
# Section 3.2 brings every image to {claim}`huang2025/s3_2.image_size` and names
# "{claim}`huang2025/s3_2.normalisation`". Here the colours become grey, the side that of the text, and a median filter
# takes noise away; the kind of filter is our choice, since in the public code {cite}`huang2025code` we found neither
# this size nor a filter. Under each face are its local binary patterns {cite}`ojala2002`, one of the two kinds of
# features that the classifiers get. Compare *neutral* with the others.

# %% mystnb={"image": {"alt": "Seven small grey faces of one rendered subject, one an emotion, nearly alike at low intensity; under each its local binary patterns, a grainy picture in which only the outlines of eyes, nose and mouth can be made out."}}
import face_renderer as faces
from fer_lib.papers.huang2025.preprocessing import prepared

clearest = clips.loc[plots.clearest_person(clips)]
pictures = np.stack([faces.render(row) for row in clearest.to_dict("records")])
figure = plots.patterns(prepared(pictures), list(clearest["emotion"]))

# %% [markdown]
# Is anything left of the movement after that? The prepared apex is compared with the prepared onset of the same clip,
# noise included, for the first subjects, one clip of each emotion. A mean over the picture is small even where the mouth
# moves, so the figure shows the largest change of a patch, a tenth of the side. The row of *neutral* is what noise
# alone changes: an emotion whose interval lies above it left something in the still.

# %% mystnb={"image": {"alt": "Forest plot of the largest change of a patch from onset to apex in grey levels, one row an emotion, with intervals over subjects; neutral is lowest."}}
rendered = clips[clips["group"].isin(clips["group"].unique()[:7])]
change = clip_statistics.movement(rendered, resamples, seed)
chart = pd.DataFrame(
    {"largest change of a patch": {name: of["patch"] for name, of in change.items()}}
)
figure = figures.intervals(chart, "grey levels, onset to apex")

# %% tags=["hide-input"]
moved, still = change[clip_statistics.MOVING]["patch"], change["neutral"]["patch"]
tables.say(
    f"Where something moves the patch that changes most changes by {moved} grey levels; in a neutral face noise changes it "
    f"by {still}. A pixel changes by {change[clip_statistics.MOVING]['pixel']} on average, and by "
    f"{change['neutral']['pixel']} in a neutral face."
)

# %% [markdown]
# ## How many of each
#
# The paper prints no number of images a class. Its public code prints them by folder. The rendered set has the shares
# of the code's training folders, since no other counts are known; the bars of the two should agree. Look at fear and
# disgust, which the paper calls minorities.

# %% mystnb={"image": {"alt": "Grouped bars for seven emotions, percent of images, training folders of the public code beside the set of this page; in the folders happy is the largest class and disgust by far the smallest."}}
train = printed_counts.printed("train")["all"]
counted = table["emotion"].value_counts().reindex(list(EMOTIONS), fill_value=0)
shares = pd.DataFrame(
    {"public code, training": train / train.sum(), "here": counted / counted.sum()}
)
figure = figures.bars((100 * shares).round(1), "percent of images")

# %% tags=["hide-input"]
tables.say(data_verdicts.in_words())
images = data_verdicts.folders().assign(here=counted).fillna(0).astype(int)
tables.folded(images.rename_axis("emotion").reset_index(), "Images of each folder, and here")

# %% [markdown]
# ## Which data these are
#
# Neither text nor code says which of the three sets became which folder. What follows is our inference from counts
# alone; we have not compared the images. Two matches are hard to explain otherwise. The folder `train1` has, in each of
# seven classes, exactly as many images as the training part of FER-2013 {cite}`goodfellow2013`, faces found by a web
# search. The folder `test1` has, in each class, exactly three images for every labelled sequence of CK+
# {cite}`lucey2010`: expressions that people were asked to make in a laboratory.

# %%
fer, ck = printed_counts.fer2013(), printed_counts.ckplus()
tables.table(fer[["train1", "FER-2013, training part"]], "Folder train1 beside FER-2013")
tables.table(ck, "Folder test1 beside CK+")

# %% tags=["hide-input"]
match = data_verdicts.matches()
folders = data_verdicts.folders()
scored = folders.drop("contempt")[[name for name in folders if name.startswith("test")]].sum()
tables.say(
    f"{match['fer']} of {match['fer classes']} classes agree with FER-2013 to the image, and {match['ck']} of "
    f"{match['ck classes']} have three images for each sequence of CK+. `train1` has "
    f"{folders['train1'].sum() / train.sum():.0%} of all training images, `test1` "
    f"{scored['test1'] / scored.sum():.0%} of the test images that can be scored."
)

# %% [markdown]
# Both are sets of ordinary expressions. If the inference is right, at least two of the merged folders hold no
# micro-expressions but full ones, and the images of `test1` are not independent: three frames of one sequence are nearly
# the same picture. None of this is said against the methods, and the reader who has the folders can check it: with
# `DATA=micro_folders` copies and near-copies are found and counted.
#
# ## The split
#
# The public code trains on some folders and tests on others, and knows no subjects; the text says nothing of a split.
# Here whole groups go to one side on every page, and everything that is fitted is fitted on the training side alone.

# %%
from fer_lib.data.splits import split

parts = split(table, seed=seed)
groups = table.groupby(parts)["group"].nunique().rename("groups")
counts = pd.crosstab(table["emotion"].astype(str), parts)[["train", "val", "test"]]
tables.table(pd.concat([groups.to_frame().T, counts]), "Groups, and images by emotion")

# %% tags=["hide-input"]
audit = leakage_audit.audit(table, parts, face_data.images)
tables.folded(
    audit, "Leakage audit of this split; rendered subjects look alike to its search for near-copies"
)
tables.folded(face_data.report, "Files that were left out, repaired or repeated")
known = printed_settings.load()
for part in printed_settings.PARTS:
    tables.folded(known[known["part"] == part].drop(columns="part"), f"Settings: {part}")
tags, silent = known["tag"].value_counts(), (known["text"] == printed_settings.NOTHING).sum()
tables.say(
    f"Of {len(known)} settings the text is silent on {silent}. Ours are from the text in {tags['text']} cases, from the "
    f"code in {tags['code']}, and our choice in {tags['our choice']}. The folded tables have each of them, and why."
)

# %% [markdown]
# ## Verdicts
#
# Where text and public code differ, it is not said which of them made the printed numbers.

# %%
verdicts = data_verdicts.rows(ledgers.load("huang2025"))
verdicts.show("Verdicts on the data section")

# %% tags=["hide-input"]
question.answer(
    f"Two of the merged folders have the counts of FER-2013 ({match['fer']} of {match['fer classes']} classes agree to the "
    f"image) and CK+ ({match['ck']} of {match['ck classes']}), which hold ordinary full expressions. In rendered micro-expressions the "
    f"patch that changes most changes by {moved} grey levels, where noise alone changes it by {still}.",
    rests_on=f"the counts that the public code prints; rendered clips of {still.groups} subjects, one an emotion",
)

# %% [markdown]
# ## Try it
#
# `subject` and `fps` stand in the first cell. From a shell, within a minute:
#
# ```sh
# make notebook N=huang2025/data PROFILE=book PARAMS='fps=25 subject=s003'
# ```
#
# **Exercise.** The shortest clip lasts as long as section 1.1 says at least. How many frames a second does a camera
# need, so that no clip loses a tenth of its peak whenever its first frame comes?
#
# <details><summary>Answer</summary>
#
# Call `clip_statistics.caught(moving, rate, seed).min()` for rising rates until it stays above `0.9`. The table shows
# the order of magnitude: a usual camera is too slow, which is why sets of micro-expressions are filmed with fast ones.
# The worst case is the shortest clip with two frames at equal distance from the apex; with `time_course.share` it can be
# worked out without any draw.
#
# </details>
