# %% [markdown]
# # Leakage laboratory
#
# The same network, data, budget and seeds under one correct protocol and four that leak. How many points does
# each leak add to the reported score? {cite}`diya2026` does not say whether one subject's images are on both
# sides of its split, whether its published archive of augmented copies was split, or on what its
# {claim}`diya2026/epochs.section42` were stopped: nothing here says what was done there. It says what each step
# would have been worth. Such steps have been found in many fields {cite}`kapoor2023`.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
from functools import partial

import pandas as pd

from engine.page import tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers, paired_differences
from fer_lib.papers.diya2026 import ablation_page, learning_curves, named_configs
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
runs = load_runs.need_arms(configs.planned(named_configs.LEAKAGE, settings))
at = ablation_page.opened(runs, data)
about, resamples, ground, last, tested = at.about, at.resamples, at.ground, at.last, at.tested

# %% [markdown]
# ## The protocols
#
# | | protocol | what leaks |
# |---|---|---|
# | a | whole subjects (where they are unknown: groups of near-duplicates) on one side | nothing that is known: the reference |
# | b | images divided at random | the same subject on both sides |
# | c | changed copies first, then images divided at random | copies of one image on both sides, as an archive published cropped and augmented invites |
# | d | as a, but stopped and scheduled on the test part | the best epoch is chosen where it is reported |
# | e | unclear images dropped, then as a | what the model would get wrong is not asked; a quarter is dropped, as from {claim}`diya2026/data.raw` to {claim}`diya2026/data.refined` in section 3-3 |
#
# In e, an image is unclear if a linear classifier on frozen embeddings, cross-validated by subject, doubts
# its labels: it stands for a curator who looks at every image with its label.

# %% tags=["hide-input"]
unit = "subject" if about["group_kind"] == "subject" else "group"
WORDS = {
    "base": f"a: by {unit} (reference)",
    "by_image": "b: by image",
    "copies_first": "c: copies, then by image",
    "stopped_on_test": "d: stopped on test",
    "unclear_dropped": "e: unclear dropped",
}


reported = partial(ablation_page.own_score, runs, resamples, seed)
rows, inflation = [], {}
for arm, words in WORDS.items():
    row = {"protocol": words}
    for head, score in ablation_page.SCORES:
        mine = reported(arm, head, score)
        row[f"reported {head} {score}"] = mine
        if arm == "base":
            row[f"inflation, {head}"] = "reference"
            continue
        step = ablation_page.unpaired(mine, reported("base", head, score))
        if arm == "stopped_on_test":  # the very images of the reference: paired
            pair = runs[arm], runs["base"]
            step = paired_differences.difference(*pair, "test", head, resamples, seed)[score]
        row[f"inflation, {head}"] = inflation[arm, head] = step.percent()
    rows.append(row)
tables.table(
    rows,
    "What each protocol would report on its own test part, and the points it adds (in percent)",
)
tables.say(
    "In d the test images are those of the reference, so the difference is paired; elsewhere the test "
    "parts differ, and the interval adds the errors of both."
)
kept = {
    arm: [int(learning_curves.kept(run)["epoch"]) for run in runs[arm]]
    for arm in ("base", "stopped_on_test")
}
same = sum(own == other for own, other in zip(*kept.values(), strict=True))
tables.say(
    f"The test part chose the same epoch as the validation part from {same} of {len(kept['base'])} "
    f"seeds. Among {about['config']['epochs']} epochs there is little to choose from: what d adds here "
    "is no bound for long trainings."
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the percentage points that four leaking protocols add to emotion accuracy and authenticity AUC over the subject-level reference, with intervals and a line at zero."}}
drawn = pd.DataFrame(
    {
        f"{head} {score}": {WORDS[arm]: step for (arm, of), step in inflation.items() if of == head}
        for head, score in ablation_page.SCORES
    }
)
figure = figures.intervals(drawn, f"points added over the {unit}-level result", chance=0.0)

# %% [markdown]
# ## The same networks on new subjects
#
# Where the faces are rendered, every network can be asked about subjects that nobody has seen. What a protocol
# reports beyond that is not there.

# %% tags=["hide-input"]
if last == "rendered_test":
    rows = []
    for arm, words in WORDS.items():
        row = {"protocol": words}
        for head, score in ablation_page.SCORES:
            told, true = reported(arm, head, score), reported(arm, head, score, last)
            row[f"reported {head} {score}"] = told
            row[f"on new people, {head}"] = true
            row[f"too much, {head} (points)"] = ablation_page.unpaired(told, true).percent()
        rows.append(row)
    tables.table(rows, "What is reported, and what new people give")
else:
    tables.say("These data have no further subjects, so this cannot be measured.")

# %% [markdown]
# ## Beside the paper
#
# The paper's values are from other data and are **not comparable**; they stand here because a reader will
# ask. What can be compared is the size of a step with the distance between two reports.

# %% tags=["hide-input"]
beside = []
keys = ("emotion.accuracy", "authenticity.auc")
for (head, score), key in zip(ablation_page.SCORES, keys, strict=True):
    ours = {arm: reported(arm, head, score) for arm in WORDS}
    row = {"score": f"{head} {score}"}
    row["paper (proposed model)"] = f"{ledger[key].printed} {ledger[key].unit}".strip()
    row[f"ours, by {unit}"] = ours.pop("base")
    row["ours, largest of b to e"] = max(ours.values(), key=lambda one: one.value)
    beside.append(row | {"verdict": "not comparable"})
tables.table(beside, "The paper's values, marked not comparable")

# %% [markdown]
# ## Wrong labels
#
# Section 3-2: one annotator, agreement not computed. Suppose some authenticity labels are wrong. Here a share
# of those in the training and the validation part is turned round; the test labels stay true. A paper whose
# annotator also labelled the test part would report the last column: with a share $e$ of wrong test labels an
# accuracy of $a$ is seen as $a (1 - e) + (1 - a) e$.

# %% tags=["hide-input"]
SHARES = {"base": 0.0, "wrong_05": 0.05, "wrong_10": 0.10, "wrong_20": 0.20}
rows, noisy = [], []
for arm, share in SHARES.items():
    accuracy, area = (reported(arm, "authenticity", score, last) for score in ("accuracy", "AUC"))
    row = {"wrong labels (%)": round(100 * share), "accuracy": accuracy, "AUC": area}
    row["change in accuracy"] = "reference"
    if arm != "base":
        pair = runs[arm], runs["base"]
        change = paired_differences.difference(*pair, last, "authenticity", resamples, seed)
        row["change in accuracy"] = change["accuracy"]
        noisy.append((share, change["accuracy"]))
    seen = accuracy.value * (1 - share) + (1 - accuracy.value) * share
    rows.append(row | {"accuracy with test labels as wrong": seen})
noise = pd.DataFrame(rows)
tables.table(noise, f"Wrong authenticity labels in training, on the {tested}", index=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Authenticity accuracy and AUC, a row for each percentage of wrong training labels from 0 to 20, with intervals, falling as labels get worse."}}
by_share = noise.set_index(noise["wrong labels (%)"].map("{} % of labels wrong".format))
figure = figures.intervals(by_share[["accuracy", "AUC"]], "authenticity")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
verdicts = VerdictRows(ledger, ground)
verdicts.underspecified(
    "protocol.stratified",
    "whether a person's images are on one side only is not said; by image it would add the points beside "
    "this, emotion",
    str(inflation["by_image", "emotion"]),
)
verdicts.underspecified(
    "protocol.refinement",
    "what was dropped, by whom, and whether the split came before is not said; dropping the unclear quarter "
    "first would add the points beside this, emotion",
    str(inflation["unclear_dropped", "emotion"]),
)
verdicts.underspecified(
    "patience.section42",
    f"{ledger['data.train'].printed} images for training and {ledger['data.test'].printed} for testing leave "
    "none to stop on; stopping on the test part would add the points beside this, emotion",
    str(inflation["stopped_on_test", "emotion"]),
)
verdicts.not_testable(
    "protocol.one_annotator",
    "the share of wrong labels is unknown; the change at the largest share tried is beside this",
    str(noisy[-1][1]),
)
verdicts.show("Verdicts on the protocol")
