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
# # Authenticity: Table 6, Figures 13 to 17
#
# The authenticity head of the proposed model and the training of both heads (sections 5-3 and 5-4 of
# {cite}`diya2026`). How the intervals are made stands on the page on [emotion](10_emotion.ipynb);
# whether the probabilities mean what they say, on the page on [calibration](15_calibration.ipynb).

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
import yaml
from matplotlib import pyplot as plt

from fer_lib import (
    claims,
    collect,
    curves,
    metrics,
    page,
    paths,
    plots,
    result_plots,
    results,
)
from fer_lib import data as datasets
from fer_lib.compare import pooled, sentences
from fer_lib.data import splits
from fer_lib.intervals import bootstrap
from fer_lib.labels import AUTHENTICITY

plots.use_style()
ledger = claims.load("diya2026")
runs = collect.need_arms(["dual_task"], data, data_root, profile, seed)["dual_task"]
at = results.opened(runs[0], data)
about, made_in, resamples, ground = at.about, at.made_in, at.resamples, at.ground
sets, last = at.sets, at.last
page.table(results.what_is_tested(runs), f"What is tested ({resamples:,} bootstrap resamples)")

# %% [markdown]
# ## Summary scores
#
# The last of the scores of section 5-1 is the area under the ROC curve,
#
# $$\mathrm{AUC} = \int_0^1 \mathrm{TPR}(\mathrm{FPR})\, d(\mathrm{FPR}). \;(8)$$
#
# From images the curve is a staircase, and on ties between a genuine and a fake image it is not a
# function of FPR at all; what is computed is the share of pairs of one genuine and one fake image that
# are scored in the right order, a tie counting half. So the AUC sees only the order of the scores. It
# stays the same when every probability is squared, and says nothing about "certainty" (section 5-1-7)
# or "credibility of the model confidence estimates" (section 5-3-3).

# %% tags=["hide-input"]
of_paper = {
    "accuracy": ("authenticity.accuracy", 100),
    "macro F1": ("authenticity.macro_f1", 1),
    "weighted F1": ("table6.overall", 1),
    "Cohen's kappa": ("authenticity.kappa", 1),
    "MCC": ("authenticity.mcc", 1),
    "AUC": ("authenticity.auc", 1),
    "average precision": ("authenticity.ap", 1),
}
tallies = {which: pooled.tallies(runs, which, "authenticity") for which in sets}
scores = {which: pooled.over_seeds(tallies[which], resamples, seed) for which in sets}
summary = pd.DataFrame({text: scores[which] for which, text in sets.items()})
summary["paper"] = [
    ledger[of_paper[name][0]].shown if name in of_paper else "–" for name in summary.index
]
page.table(summary.rename_axis("score"), "Authenticity, proposed model, mean over seeds")

# %% [markdown]
# ## The goals that were set
#
# Before anything was trained, goals were set for the further subjects in profile `book`: a score, and
# a lower end of its interval. They say that the rendered task can be learnt, nothing more.

# %% tags=["hide-input"]
emotion = pooled.over_seeds(pooled.tallies(runs, last, "emotion"), resamples, seed)
frozen = yaml.safe_load((paths.root() / "book" / "freeze.yml").read_text())
if "rendered_test" in sets:
    reached = []
    for goal in frozen["goals"]:
        ours = {"emotion": emotion, "authenticity": scores[last]}[goal["head"]][goal["score"]]
        met = ours.value >= goal["value"] and ours.low >= goal["lower_end"]
        reached.append(
            {
                "score": f"{goal['head']} {goal['score']}",
                "goal": goal["value"],
                "goal for the lower end": goal["lower_end"],
                "dual-task model": ours,
                "reached": "yes" if met else "no",
            }
        )
    page.table(pd.DataFrame(reached), f"Goals and scores in profile {made_in}", index=False)
else:
    page.say("The goals are for rendered faces; this data set has none.")

# %% [markdown]
# ## Authenticity within emotion
#
# Some emotions are acted more often than others, so the emotion alone predicts authenticity a
# little: a judge that has learnt from the training part how often each emotion is genuine, and sees
# nothing else, gets the first column. (The further subjects show each emotion equally often felt and
# acted, so there it can only guess.) The AUC within emotion compares only pairs of faces of the same
# emotion; nothing can be gained there from knowing which emotion it is. The judge's column is for the
# split of the first seed.

# %% tags=["hide-input"]
face_data = datasets.load(data, data_root or None)
in_training = (splits.by_group(face_data.table, seed=about["seed"]) == "train").to_numpy()
learnt = metrics.shares_of_positives(
    face_data.table.loc[in_training, "emotion"].astype(str),
    (face_data.table.loc[in_training, "authenticity"] == "genuine").to_numpy(),
)
rows = []
for which, text in sets.items():
    held = results.rows_of(runs[0], which)
    truth = (held["authenticity"] == "genuine").to_numpy().astype(int)
    guess = held["emotion"].map(learnt).to_numpy()
    emotion_only = bootstrap(
        held["group"].to_numpy(),
        lambda chosen, truth=truth, guess=guess: {"AUC": metrics.auc(truth[chosen], guess[chosen])},
        resamples,
        seed,
    )["AUC"]
    rows.append(
        {
            "tested on": text,
            "AUC of knowing the emotion only": emotion_only,
            "AUC": scores[which]["AUC"],
            "AUC within emotion": scores[which]["AUC within emotion"],
        }
    )
page.table(pd.DataFrame(rows), "The proposed model beside the emotion-only judge", index=False)

# %% [markdown]
# ## Table 6, class by class

# %% tags=["hide-input"]
for which, text in sets.items():
    per_class = pooled.class_table(tallies[which], resamples, seed)
    for what in ("precision", "recall", "f1"):
        per_class[f"paper: {what}"] = [
            ledger[f"table6.{name}.{what}"].printed for name in per_class.index
        ]
    page.table(per_class, f"Table 6 re-made: {text} (support is of one seed)")

# %% [markdown]
# ## Figure 13: confusion matrix
#
# The paper's four counts stand in its text, so its matrix can be drawn beside ours. Ours adds up the
# counts of all seeds.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two confusion matrices of fake and genuine side by side: the paper's four counts on its photographs left, the proposed model here right, with the share of each true class."}}
printed = np.array(
    [
        [int(ledger[f"figure13.{true}_{named}"].value) for named in AUTHENTICITY]
        for true in AUTHENTICITY
    ]
)
matrix = results.confusion(runs, last, "authenticity")
figure = plots.confusion({"paper, its photographs": printed, f"ours, {data}": matrix}, AUTHENTICITY)

# %% tags=["hide-input"]
page.folded(results.counted(printed, AUTHENTICITY), "Figure 13 as printed")
page.folded(results.counted(matrix, AUTHENTICITY), f"Figure 13 re-made: {sets[last]}")

# %% [markdown]
# ## Figures 14 and 15: ROC, precision and recall
#
# The paper's curves are only in images: `image not available`. Ours are means over seeds at equal
# rates {cite}`fawcett2006`. The precision at a recall is the best at that recall or beyond.

# %% tags=["hide-input"] mystnb={"image": {"alt": "ROC curve of the authenticity head of the proposed model, and the point of the paper's Figure 13 as a red cross; the dashed diagonal is chance."}}
pairs = results.truth_and_score(runs, last, "authenticity")
curve = curves.mean_curve(pairs)
roc, precision = result_plots.RATES
point = printed[0, 1] / printed[0].sum(), printed[1, 1] / printed[1].sum()
figure, axis = plt.subplots(figsize=(5.4, 5.4))
result_plots.rates(axis, {f"ours, {sets[last]}": curve}, roc, "Figure 14 re-made", None)
axis.plot(*point, "x", color=plots.RED, ms=10, mew=2.5, label="paper's Figure 13, its photographs")
result_plots.below(figure, axis, 1)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Precision against recall of the authenticity head of the proposed model, and the point of the paper's Figure 13 as a red cross; the dashed line is the share of genuine images."}}
figure, axis = plt.subplots(figsize=(5.4, 5.4))
share = float(np.mean(np.concatenate([truth for truth, _ in pairs])))
result_plots.rates(axis, {f"ours, {sets[last]}": curve}, precision, "Figure 15 re-made", share)
axis.plot(
    point[1],
    printed[1, 1] / printed[:, 1].sum(),
    "x",
    color=plots.RED,
    ms=10,
    mew=2.5,
    label="paper's Figure 13, its photographs",
)
result_plots.below(figure, axis, 1)

# %% tags=["hide-input"]
page.folded(curves.every_tenth(curve), "Points of Figures 14 and 15 re-made")

# %% [markdown]
# ## Figures 16 and 17: the training
#
# The paper's curves are only in images: `image not available`. Figure 17 has both tasks and the joint
# loss; Figure 16 is its authenticity part.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Accuracy of both heads over the epochs, emotion blue and authenticity orange, training dashed and validation solid, a line a seed; dots mark the kept epochs."}}
figure, axis = plt.subplots(figsize=(6, 4))
lines = {
    "train_emotion_accuracy": ("emotion, training", plots.BLUE),
    "val_emotion_accuracy": ("emotion, validation", plots.BLUE),
    "train_authenticity_accuracy": ("authenticity, training", plots.ORANGE),
    "val_authenticity_accuracy": ("authenticity, validation", plots.ORANGE),
}
result_plots.histories(axis, runs, lines, "accuracy (Figures 16 and 17 re-made)")
result_plots.below(figure, axis)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Joint loss over the epochs, training dashed and validation solid, a line a seed; dots mark the kept epochs."}}
figure, axis = plt.subplots(figsize=(6, 4))
lines = {
    "train_loss": ("training", plots.GREY),
    "val_loss": ("validation", plots.BLUE),
}
result_plots.histories(axis, runs, lines, "joint loss (Figure 17 re-made)")
result_plots.below(figure, axis)

# %% tags=["hide-input"]
history = pd.concat(run.history.assign(seed=run.about["seed"]) for run in runs)
page.folded(history.drop(columns="seconds"), "The numbers behind the training curves")

# %% [markdown]
# ## Verdicts
#
# First our scores beside the paper's. Only the paper's own data under its own protocol can reproduce or
# contradict a number.

# %% tags=["hide-input"]
verdicts = []
for name, (key, scale) in of_paper.items():
    ours = scores[last][name]
    verdicts.append(
        claims.Row(
            ledger[key],
            claims.of_number(ledger[key], ours, ground, scale),
            ours.percent() if scale != 1 else ours,
        )
    )
for key in ("figure14.curve", "figure15.curve", "figure16.curves", "figure17.curves"):
    verdicts.append(
        claims.Row(
            ledger[key],
            claims.Verdict("not testable", "only in the figure's image"),
            "above",
        )
    )
page.verdict_table(verdicts, f"The paper's values and ours, {sets[last]}, in profile {made_in}")

# %% [markdown]
# Then its sentences, as far as they can be measured. Each is turned into a difference that is positive
# where the sentence holds, and judged by its interval. That authenticity is the harder task is measured
# by kappa, because guessing is right one time in two there and one time in seven for the emotions. How fast a head converges
# is the first epoch with nine tenths of its rise in validation accuracy.

# %% tags=["hide-input"]
heads = {
    head: pooled.drawn(pooled.tallies(runs, last, head), resamples, seed)
    for head in ("emotion", "authenticity")
}
kappa = "Cohen's kappa"
harder = pooled.pool(
    heads["emotion"][0][kappa] - heads["authenticity"][0][kappa],
    heads["emotion"][1][kappa] - heads["authenticity"][1][kappa],
    heads["emotion"][2],
)
easier = pooled.over_seeds(
    tallies[last], resamples, seed, sentences.recall_gap(("fake",), ("genuine",))
)["gap"]
faster = curves.over_seeds(
    [
        curves.epochs_to(run, "val_authenticity_accuracy")
        - curves.epochs_to(run, "val_emotion_accuracy")
        for run in runs
    ],
    digits=1,
)
said = []
for key, difference, how in (
    ("text.harder", harder, "kappa of emotion minus kappa of authenticity"),
    ("text.fake_easier", easier, "recall of fake minus recall of genuine"),
    ("figure17.faster", faster, "epochs that authenticity takes longer, by seed"),
):
    verdict = claims.of_direction(difference, ground)
    said.append(
        claims.Row(
            ledger[key],
            claims.Verdict(verdict.word, f"{how}: {verdict.why}"),
            difference,
        )
    )
columns = {"training": "train_loss", "validation": "val_loss"}
risen = {part: sum(curves.rises(run, column) for run in runs) for part, column in columns.items()}
steps = sum(len(run.history) - 1 for run in runs)
claim = ledger["figure17.monotone"]
monotone = not any(risen.values())
word = f"direction {'' if monotone else 'not '}seen on rendered faces"
if ground.own_data:
    word = "reproduced" if monotone else "differs"
refused = ground.refusal()
said.append(
    claims.Row(
        claim,
        refused or claims.Verdict(word, "a loss that rises even once is not monotone"),
        ", ".join(f"{part} loss rose in {count} of {steps} steps" for part, count in risen.items()),
    )
)
claim = ledger["figure16.gap"]
said.append(
    claims.Row(
        claim,
        claims.Verdict(
            "underspecified",
            "no size is given; ours is training minus validation accuracy at the kept epoch, by seed",
        ),
        curves.over_seeds([curves.gap(run, "authenticity") for run in runs]),
    )
)
page.verdict_table(said, f"Sentences of sections 5-3 and 5-4, {sets[last]}")

# %% [markdown]
# Some printed numbers can be checked against each other without any data. The four counts of
# Figure 13 fix the authenticity scores at the threshold that they were counted at.
#
# **AUC.** The point of Figure 13 lies on the ROC curve. A curve that never bends inwards, as any smooth
# and rising one, has at least the area under the two straight lines through that point,
# $(1 + \mathrm{TPR} - \mathrm{FPR}) / 2$: what one gets when decisions take the place of scores. An AUC
# that barely exceeds it means that within what is called genuine, and within what is called fake, the
# scores hardly order the images.
#
# **Average precision** and AUC bound each other. Let the $i$-th of $P$ positives have $n_i$ of the $N$
# negatives ranked above it. Then $1 - \mathrm{AUC} = \frac{1}{PN}\sum_i n_i$, and
#
# $$1 - \mathrm{AP} = \frac1P \sum_i \frac{n_i}{i + n_i} \ge \frac1P \sum_i \frac{n_i}{P + N}
# = (1 - \mathrm{AUC})\,\frac{N}{P + N},$$
#
# because $i \le P$ and $n_i \le N$. Either class may be the positive one; the larger bound is used.

# %% tags=["hide-input"]
recomputed = metrics.confusion_scores(printed)
per_class = metrics.class_scores(printed)
checks = []
for key, value in (
    ("authenticity.accuracy", 100 * recomputed["accuracy"]),
    ("authenticity.macro_f1", recomputed["macro F1"]),
    ("authenticity.kappa", recomputed["Cohen's kappa"]),
    ("authenticity.mcc", recomputed["MCC"]),
    *(
        (f"table6.{name}.{what}", per_class[what if what != "f1" else "F1"][place])
        for place, name in enumerate(AUTHENTICITY)
        for what in ("precision", "recall", "f1", "support")
    ),
    *(
        (f"text.{name}.{what}", per_class[what if what != "f1" else "F1"][place])
        for place, name in enumerate(AUTHENTICITY)
        for what in ("recall", "f1")
    ),
):
    checks.append(claims.checked(ledger[key], value, value, f"the four counts give {value:.4g}"))
claim = ledger["table6.overall"]
fitting = [
    name
    for name in ("accuracy", "macro F1", "weighted F1")
    if claim.rounding[0] <= recomputed[name] <= claim.rounding[1]
]
checks.append(
    claims.Row(
        claim,
        claims.Verdict(
            "underspecified",
            f"which score the row holds is not said; of accuracy, macro F1 and weighted F1, "
            f"{' and '.join(fitting) or 'none'} of the four counts round to it",
        ),
    )
)
claim = ledger["authenticity.auc"]
least = (1 + point[1] - point[0]) / 2
checks.append(
    claims.checked(claim, least, 1, f"a curve without inward bends has at least {least:.4f}")
)
claim = ledger["figure14.shape"]
checks.append(
    claims.Row(
        claim,
        claims.Verdict(
            "not testable",
            f"only in the figure's image; two straight lines through the point of Figure 13, which is "
            f"what decisions without scores give, already have an area of {least:.4f}",
        ),
    )
)
claim = ledger["authenticity.ap"]
printed_auc = ledger["authenticity.auc"]
supports = [ledger["table6.fake.support"].value, ledger["table6.genuine.support"].value]
most = max(1 - (1 - printed_auc.rounding[1]) * other / sum(supports) for other in supports)
how = (
    f"an AUC of {printed_auc.printed} allows at most {most:.4f}, if both describe the same scores of "
    f"the same {sum(supports):.0f} images"
)
checks.append(claims.checked(claim, 0, most, how))
for key in ("auc.certainty", "auc.credibility"):
    checks.append(
        claims.Row(
            ledger[key],
            claims.Verdict(
                "inconsistent",
                "equation 8 is the same for every rising change of the probabilities",
            ),
        )
    )
claim = ledger["figure15.imbalanced"]
checks.append(
    claims.Row(
        claim,
        claims.Verdict(
            "inconsistent",
            f"Table 6 has {supports[0]:.0f} fake and {supports[1]:.0f} genuine images, "
            f"{100 * max(supports) / sum(supports):.0f} to {100 * min(supports) / sum(supports):.0f} %",
        ),
    )
)
page.verdict_table(checks, "Printed numbers checked against each other")
