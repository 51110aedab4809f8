# %% [markdown]
# # Sampling and losses
#
# {cite}`diya2026` balances its classes by SMOTE {cite}`chawla2002` on embeddings (sections 3-4 and 4-2)
# and names two losses for the authenticity: binary cross-entropy (section 4-2, Table 4) and focal loss
# {cite}`lin2017` (abstract, section 3-4). Here every combination is trained, and SMOTE is also put in the
# wrong place, to show what that would have reported.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]

from engine.page import tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.data import datasets
from fer_lib.evaluation import ledgers, paired_differences
from fer_lib.evaluation.over_seeds import over_seeds, tallies
from fer_lib.papers.diya2026 import (
    ablation_page,
    confusion_claims,
    named_configs,
    smote_before_split,
)
from fer_lib.plots import figures
from fer_lib.training import configs, feature_cache, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
runs = load_runs.need_arms(configs.planned(named_configs.SAMPLING, settings))
at = ablation_page.opened(runs, data)
about, resamples, ground, last, tested = at.about, at.resamples, at.ground, at.last, at.tested

# %% [markdown]
# ## Why embedding SMOTE cannot feed an end-to-end backbone
#
# SMOTE makes a new point on the line between two embeddings. A backbone that is trained end to end takes
# images; no image belongs to the new point, so no gradient of it can reach the backbone. And while the
# backbone learns, the embeddings between which the point was drawn move. The paper says that SMOTE was
# applied to embeddings, that the augmentation changed images, and that the backbone was trained end to
# end; it does not say how the three went together. Here SMOTE feeds heads on a frozen backbone, beside
# the same heads without it. The library refuses the other combination:

# %%
from dataclasses import replace

try:
    replace(configs.get("base"), sampling="smote")
except ValueError as refusal:
    tables.say(f"> {refusal}")

# %% [markdown]
# ## Three ways to balance, two losses
#
# "Weighted" draws each of the fourteen cells of emotion and authenticity equally often. "Frozen" trains
# heads on stored embeddings; only there can SMOTE be used. So SMOTE is to be compared with the frozen
# rows: compared with the others it would take the blame for the freezing.

# %% tags=["hide-input"]
WORDS = {
    "base": "nothing, CE + BCE (reference)",
    "focal": "nothing, CE + focal",
    "weighted": "weighted, CE + BCE",
    "weighted_focal": "weighted, CE + focal",
    "frozen": "frozen: nothing, CE + BCE (reference of the frozen)",
    "frozen_focal": "frozen: nothing, CE + focal",
    "smote": "frozen: SMOTE, CE + BCE",
    "smote_focal": "frozen: SMOTE, CE + focal",
}
wanted = [(name, "base") for name in ("focal", "weighted", "weighted_focal")]
wanted += [(name, "frozen") for name in ("frozen_focal", "smote", "smote_focal")]
found = ablation_page.against(runs, wanted, last, resamples, seed)
table = ablation_page.table(runs, found, WORDS, last, resamples, seed)
tables.table(table.loc[list(WORDS.values())], f"Balancing and loss, on the {tested}")
added = runs["smote"][0].about
tables.say(
    f"SMOTE added {added['synthetic']:,} synthetic embeddings to {added['images']['train']:,} images of "
    "the first seed: the authenticity labels are nearly balanced to begin with, so there is little to add."
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the change in emotion accuracy and in authenticity AUC for each way of balancing and each loss against its reference, with intervals and a line at zero."}}
changes = ablation_page.by_score(found, WORDS)
figure = figures.intervals(changes, "change against the reference", chance=0.0)

# %% [markdown]
# ## Minority classes
#
# Section 3-4 says that focal loss with embedding SMOTE improved the stability of minority classes. The
# smallest emotions of Table 3 are looked at: their recall with focal loss and SMOTE, less their recall with
# neither, both on the frozen backbone.

# %% tags=["hide-input"]
face_data = datasets.by_name(data, data_root or None)
counts = face_data.table["emotion"].astype(str).value_counts()
minority = list(counts.index[-2:])
rows, gains = [], {}
for name in minority:
    of = confusion_claims.recall_of(name)
    gains[name] = paired_differences.difference(
        runs["smote_focal"], runs["frozen"], last, "emotion", resamples, seed, of
    )["recall"]
    row = {"emotion": name, "images": int(counts[name])}
    for arm in ("frozen", "smote_focal"):
        counted = tallies(runs[arm], last, "emotion")
        row[WORDS[arm]] = over_seeds(counted, resamples, seed, of)["recall"]
    rows.append(row | {"change": gains[name]})
tables.table(rows, "Recall of the two smallest emotions")

# %% [markdown]
# ## SMOTE before the split
#
# What would have been reported if SMOTE had come first? A synthetic point lies between two images. If it
# is made before the split, it can be tested on while its parents are trained on. A linear classifier on the
# frozen embeddings is enough to see it. "As the paper says" balances the authenticity; "all cells" also
# balances the emotions, which adds many more points.

# %% tags=["hide-input"]
frozen = configs.first("frozen", replace(settings, profile=about["profile"]))
stored = feature_cache.obtain(frozen.activations[0], data_root)
demonstration = []
kinds = {"authenticity": "authenticity, as the paper says", "cells": "all cells"}
for balanced, words in kinds.items():
    told = smote_before_split.compare(
        stored.plain.astype("float32"), face_data.table, range(seed, seed + 3), balanced
    )
    for order, part in told.groupby("order", sort=False):
        shown = {"balanced": words, "order": order}
        shown |= {c: round(part[c].mean()) for c in ("test points", "synthetic in test")}
        for score in ("emotion accuracy", "authenticity AUC"):
            shown[score] = tables.mean_and_range(part[score])
        demonstration.append(shown)
tables.table(
    demonstration, "SMOTE in three places: mean over three splits, lowest and highest in brackets"
)
tables.say(
    "Only the first order is sound. The step from the first to the second is what the same people on "
    "both sides are worth, the step from the second to the third what SMOTE before the split adds."
)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
smallest = minority[-1]
verdicts = VerdictRows(ledger, ground)
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
