# %% [markdown]
# # Do augmentation, SMOTE and focal loss change what is learnt?
#
# *Sections 3-4 and 4-2, Table 4 of {cite}`diya2026`*
#
# The paper changes its training images at random, balances its classes by SMOTE {cite}`chawla2002` on embeddings, and
# names two losses for the authenticity: binary cross-entropy (section 4-2, Table 4) and focal loss {cite}`lin2017`
# (abstract, section 3-4). This page shows each of the three at work, trains every combination of sampling and loss, and
# puts SMOTE in the wrong place on purpose, to show what that would have reported.

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
rotation = 15.0  # largest rotation of the shown augmentation, in degrees
neighbours = 5  # between how many nearest neighbours SMOTE places the points that are shown
splits = 3  # of SMOTE before and after the split

# %% tags=["hide-input"]
from engine.page import opening, tables

question = opening.ask("Do another sampling or another loss change what the proposed model learns?")

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import torch
from imblearn.over_sampling import SMOTE

from engine.page import source
from fer_lib.api import load, split
from fer_lib.evaluation import over_seeds, paired_differences
from fer_lib.papers.diya2026 import (
    ablation_page,
    confusion_claims,
    named_configs,
    smote_before_split,
)
from fer_lib.plots import figures
from fer_lib.settings import Settings
from fer_lib.training import augmentation, configs, feature_cache, load_runs, losses

settings = Settings(data, data_root, profile, seed)
runs = load_runs.need_arms(configs.planned(named_configs.SAMPLING, settings))

# %% tags=["hide-input"]
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers

figures.use_style()
ledger = ledgers.load("diya2026")
at = ablation_page.opened(runs, data)
resamples, last = at.resamples, at.last

# %% [markdown]
# ## Augmentation: the same face, again and again a little different
#
# A network that sees each picture in many versions cannot learn its exact pixels. The paper names the kinds of change
# and not their sizes; the sizes below are this book's. torchvision has a transform for each kind: a horizontal flip, a
# rotation with zoom and shift, and a jitter of brightness and contrast.

# %%
how = replace(feature_cache.augmentation(), rotation=rotation)
change = augmentation.transforms(how)
change

# %% [markdown]
# In the upper row one face goes through these transforms six times. Training changes a whole batch at once with code of
# its own, which is faster (`make bench` prints the ratio) and draws from the same distributions: a test holds angles,
# zoom, shifts, brightness and contrast of both against each other. The lower row has its results. Look at the edges:
# torchvision fills what comes in from outside with black, and the book repeats the border.

# %%
faces = load(settings)
face = augmentation.resize(faces.images[:1], 96)
torch.manual_seed(seed)
generator = torch.Generator().manual_seed(seed)
batch = augmentation.normalise(face.repeat(6, 1, 1, 1))
changed = augmentation.pixels(augmentation.augment(batch, how, generator))
rows = [torch.cat([face, *(change(face) for _ in range(6))]), torch.cat([face, changed])]

# %% mystnb={"image": {"alt": "Two rows of seven pictures of one rendered face: the face as it is, then six versions that are flipped, turned, zoomed, shifted, lighter or darker; above by torchvision, below by the batched code of this book."}}
sheet = np.stack([row.permute(0, 2, 3, 1).numpy() for row in rows])
names = ["as it is", *map(str, range(1, 7))]
figure = figures.image_grid(sheet, names, ["torchvision", "this book"], width=8)

# %% [markdown]
# ## SMOTE: new points between neighbours
#
# SMOTE takes a point of the smaller class, one of its nearest neighbours of the same class, and places a new point on
# the line between them. Here imbalanced-learn's own SMOTE balances the authenticity among the training embeddings of a
# frozen backbone. Look at the two columns: how many points there were, and how many there are afterwards.

# %%
stored = feature_cache.obtain(configs.first("frozen", settings).activations[0], data_root)
learns = (split(faces.table, seed) == "train").to_numpy()
embeddings = stored.plain[learns].astype("float32")
labels = faces.table["authenticity"].astype(str)[learns]
points, balanced = SMOTE(random_state=seed, k_neighbors=neighbours).fit_resample(embeddings, labels)
pd.DataFrame({"images": labels.value_counts(), "with synthetic": balanced.value_counts()})

# %%
added = len(points) - len(embeddings)
share = added / len(embeddings)
tables.say(f"SMOTE adds {added} points to {len(embeddings)}, which is {share:.1%}.")

# %% [markdown]
# ### Why embedding SMOTE cannot feed an end-to-end backbone
#
# A backbone that is trained end to end takes images; no image belongs to the new point, so no gradient of it can reach
# the backbone. And while the backbone learns, the embeddings between which the point was drawn move. The paper says that
# SMOTE was applied to embeddings, that the augmentation changed images, and that the backbone was trained end to end; it
# does not say how the three went together. Here SMOTE feeds heads on a frozen backbone, beside the same heads without
# it. The library refuses the other combination:

# %%
try:
    configs.first("base", settings, sampling="smote")
except ValueError as refusal:
    tables.say(f"> {refusal}")

# %% [markdown]
# ## Two losses
#
# The focal loss takes the cross-entropy of each image times a power of how wrong the answer still is. Images that the
# network already knows then count little. `gamma` is that power; with zero it is cross-entropy again.

# %%
source.show(losses.of_head)

# %% [markdown]
# ## Three ways to balance, two losses
#
# "Weighted" draws each of the fourteen cells of emotion and authenticity equally often. "Frozen" trains heads on stored
# embeddings; only there can SMOTE be used. So SMOTE is to be compared with the frozen rows: compared with the others it
# would take the blame for the freezing. Differences are paired by seed and subject, and p is corrected by Holm over the
# table.

# %%
WORDS = {
    "base": "nothing, CE + BCE",
    "focal": "nothing, focal",
    "weighted": "weighted, CE + BCE",
    "weighted_focal": "weighted, focal",
    "frozen": "frozen: nothing, CE + BCE",
    "frozen_focal": "frozen: nothing, focal",
    "smote": "frozen: SMOTE, CE + BCE",
    "smote_focal": "frozen: SMOTE, focal",
}
wanted = [(name, "base") for name in ("focal", "weighted", "weighted_focal")]
wanted += [(name, "frozen") for name in ("frozen_focal", "smote", "smote_focal")]
found = ablation_page.against(runs, wanted, last, resamples, seed)

# %% [markdown]
# In the figure each line is one training configuration minus its reference; an interval that crosses the dashed line is
# compatible with no change at all. The table below it has the corrected p of each, and the fold the scores themselves.

# %% mystnb={"image": {"alt": "Forest plot of the change in emotion accuracy and in authenticity AUC for each way of balancing and each loss against its reference, with intervals and a line at zero."}}
figure = figures.intervals(ablation_page.by_score(found, WORDS), "change", chance=0.0)

# %%
decided = [one for one in found if one.p_holm < 0.05]
largest = max(found, key=lambda one: abs(one.difference.value))
most = f"{WORDS[largest.first]}, {largest.head} {largest.score} {largest.difference}"
tables.say(
    f"{len(decided)} of {len(found)} changes are told apart from zero. The largest is {most}."
)

# %% tags=["hide-input"]
table = ablation_page.table(runs, found, WORDS, last, resamples, seed)
shown = {"p (emotion)": "p, emotion accuracy", "p (authenticity)": "p, authenticity AUC"}
changed = table.loc[[WORDS[first] for first, _ in wanted], list(shown)]
tables.table(changed.rename(columns=shown), f"Changes by sampling and loss, on the {at.tested}")
own = table[["seeds", "emotion accuracy", "authenticity AUC"]].reset_index()
tables.folded(own, "The scores of each configuration")

# %% [markdown]
# ## Minority classes
#
# Section 3-4 says that focal loss with embedding SMOTE improved the stability of minority classes. The two smallest
# emotions of the data are looked at: their recall with focal loss and SMOTE, less their recall with neither, both on the
# frozen backbone.

# %%
minority = list(faces.table["emotion"].astype(str).value_counts().index[-2:])
rows, gains = [], {}
for name in minority:
    row, of = {"emotion": name}, confusion_claims.recall_of(name)
    for arm, words in (("frozen", "with neither"), ("smote_focal", "with both")):
        counted = over_seeds.tallies(runs[arm], last, "emotion")
        row[words] = over_seeds.over_seeds(counted, resamples, seed, of)["recall"]
    pair = runs["smote_focal"], runs["frozen"]
    gained = paired_differences.difference(*pair, last, "emotion", resamples, seed, of)
    gains[name] = gained["recall"]
    rows.append(row | {"change": gains[name]})
tables.table(rows, "Recall of the two smallest emotions")

# %% [markdown]
# ## SMOTE before the split
#
# What would have been reported if SMOTE had come first? A synthetic point lies between two images. If it is made before
# the split, it can be tested on while its parents are trained on. A linear classifier on the frozen embeddings is enough
# to see it. "Authenticity" balances what the paper says; "all cells" also balances the emotions, which adds many more
# points.

# %%
everyone = stored.plain.astype("float32")
orders = pd.concat(
    smote_before_split.compare(everyone, faces.table, range(seed, seed + splits), kind).assign(
        balanced={"cells": "all cells"}.get(kind, kind)
    )
    for kind in ("authenticity", "cells")
)

# %% [markdown]
# Each mark is one split. Only the first row of the figure is sound. The step from the first to the second is what the
# same subjects on both sides are worth, the step from the second to the third what SMOTE before the split adds.

# %% mystnb={"image": {"alt": "Marks of emotion accuracy for three orders of SMOTE and split, one mark a split, in two colours for what SMOTE balances: authenticity or all cells."}}
figure, axis = plt.subplots(figsize=(8, 3), layout="constrained")
sns.stripplot(orders, x="emotion accuracy", y="order", hue="balanced", dodge=True, size=7, ax=axis)
axis.set_ylabel("")
plt.show()
sound, wrong = (
    orders.query("order == @order and balanced == 'all cells'")["emotion accuracy"].mean()
    for order in ("split by group, then SMOTE", "SMOTE, then split")
)
tables.say(
    f"With all cells balanced, emotion accuracy is {sound:.3f} as it should be done, and {wrong:.3f} with SMOTE first."
)

# %% tags=["hide-input"]
tables.folded(
    orders.reset_index(drop=True),
    "The numbers behind the figure, and how many test points are synthetic",
)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
smallest = minority[-1]
verdicts = VerdictRows(ledger, at.ground)
verdicts.direction(
    "sampling.focal_smote",
    gains[smallest],
    str(gains[smallest]),
    about=f"{ledger['sampling.focal_smote'].title} (recall of {smallest}, the smallest)",
)
verdicts.underspecified(
    "sampling.smote",
    "a synthetic embedding cannot feed a backbone that is trained end to end, and the text says both",
)
verdicts.underspecified(
    ("sampling.nearest", "sampling.index"), "two ways are named, and the second is not defined"
)
verdicts.inconsistent(
    ("loss.abstract", "loss.text"),
    "two places of the paper name different losses",
    "both measured above",
)
verdicts.show("Verdicts on sampling and losses")

# %% tags=["hide-input"]
several = len(decided) or "None"
question.answer(
    f"{several} of {len(found)} changes are told apart from zero; the largest is {most}. SMOTE before the split "
    f"would report an emotion accuracy of {wrong:.3f} instead of {sound:.3f}.",
    f"{len(runs['base'])} seed{'s' * (len(runs['base']) > 1)} a configuration, tested on the {at.tested}; "
    f"{splits} splits for SMOTE before the split.",
)

# %% [markdown]
# ## Try it
#
# Turn the face further, and let SMOTE place its points between more distant neighbours:
#
# ```
# make notebook N=diya2026/sampling PROFILE=book PARAMS='rotation=45.0 neighbours=20 splits=5'
# ```
#
# Nothing is trained for it if the store has the runs of this page: then it takes as long as the page itself, a minute or
# two. Without them all eight configurations are trained first, and their progress is shown.
#
# **Exercise.** SMOTE after the split is sound, and SMOTE before it is not, though both make the same kind of points.
# Would it be sound to make them before the split and to keep only *real* points in the test part?
#
# <details><summary>Answer</summary>
#
# No. A synthetic point in the training part may have a parent in the test part, and so carry half of a test image into
# training. The leak only changes its direction. Synthetic points have to be made from training points alone.
#
# </details>
