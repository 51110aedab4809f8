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
# # Evaluation
#
# Both models, both heads, on the test part of the split, and, where the faces are rendered, on a
# further set of subjects from another seed of the generator, read once after everything else was
# fixed. Every interval in this book resamples **whole groups, not images** (cluster bootstrap,
# percentiles): subjects where they are known, because images of one person are not independent of each
# other, and otherwise groups of near-duplicates.

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

from fer_lib import claims, describe, experiment, faces, metrics, page, paths, plots, profiles
from fer_lib.intervals import bootstrap

plots.use_style()
ledger = claims.load("diya2026")
runs = experiment.need_all(data, data_root, profile, seed)
first = next(iter(runs.values()))
made_in = first.about["profile"]
resamples = profiles.get(made_in).bootstrap
page.header_of_run(runs["dual-task model"].about)
sets = {"test": f"test part of {data}"}
if "rendered_test" in set(first.predictions["set"]):
    sets["rendered_test"] = "further rendered subjects"


def of_set(shown, which):
    """Return one model's predictions on one set."""
    table = runs[shown].predictions
    return table[table["set"] == which].reset_index(drop=True)


page.table(
    pd.DataFrame(
        {
            text: {
                "images": len(of_set("dual-task model", which)),
                "groups": of_set("dual-task model", which)["group"].nunique(),
            }
            for which, text in sets.items()
        }
    ).T.rename_axis("evaluated on"),
    f"What is evaluated ({resamples:,} bootstrap resamples)",
)

# %% tags=["hide-input"]
if min(of_set("dual-task model", which)["group"].nunique() for which in sets) < 30:
    page.say(
        "With fewer than thirty groups, percentile intervals are known to be somewhat too short."
    )
frozen = yaml.safe_load((paths.root() / "book" / "freeze.yml").read_text())
if first.about["data_kind"] == "rendered":
    same = (
        faces.RENDERED_TEST.key() == frozen["rendered_test_key"]
        and first.about["data_sha256"] == frozen["rendered46_set_sha256"]
    )
    page.say(
        "The generator of the faces and its difficulty were fixed before any of these scores was "
        f"read: version {frozen['generator_version']} at commit `{frozen['commit'][:12]}`. The pixels "
        f"in use are {'the same' if same else '**others**'}."
    )

# %% [markdown]
# ## Summary scores
#
# The paper's column is what it prints for its own photographs. Whether the two may be compared is said
# in the verdicts below.

# %% tags=["hide-input"]
scores = {
    (shown, which, head): metrics.head_scores(of_set(shown, which), head, resamples, seed)
    for shown in runs
    for which in sets
    for head in ("emotion", "authenticity")
}
of_paper = {
    ("emotion", "accuracy"): ("emotion.accuracy", 0.01),
    ("emotion", "macro F1"): ("emotion.macro_f1", 1),
    ("emotion", "weighted F1"): ("table5.overall.f1", 1),
    ("emotion", "Cohen's kappa"): ("emotion.kappa", 1),
    ("emotion", "MCC"): ("emotion.mcc", 1),
    ("authenticity", "accuracy"): ("authenticity.accuracy", 0.01),
    ("authenticity", "macro F1"): ("authenticity.macro_f1", 1),
    ("authenticity", "Cohen's kappa"): ("authenticity.kappa", 1),
    ("authenticity", "MCC"): ("authenticity.mcc", 1),
    ("authenticity", "AUC"): ("authenticity.auc", 1),
    ("authenticity", "average precision"): ("authenticity.ap", 1),
}
of_cnn = {
    ("emotion", "accuracy"): "table7.cnn.emotion_accuracy",
    ("authenticity", "AUC"): "table7.cnn.authenticity_auc",
}


def printed_with_unit(key):
    """Return a claim as printed, with its unit."""
    return f"{ledger[key].printed} {ledger[key].unit}".strip()


for head in ("emotion", "authenticity"):
    for which, text in sets.items():
        summary = pd.DataFrame({shown: scores[shown, which, head] for shown in runs})
        summary["paper, proposed model"] = [
            printed_with_unit(of_paper[head, score][0]) if (head, score) in of_paper else "–"
            for score in summary.index
        ]
        summary["paper, CNN"] = [
            printed_with_unit(of_cnn[head, score]) if (head, score) in of_cnn else "–"
            for score in summary.index
        ]
        page.table(summary.rename_axis("score"), f"Head {head}, {text}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of emotion accuracy, macro F1, kappa and MCC with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
last = list(sets)[-1]
some = ["accuracy", "macro F1", "Cohen's kappa", "MCC"]
chart = pd.DataFrame({shown: scores[shown, last, "emotion"] for shown in runs}).loc[some]
figure = plots.intervals(chart, f"emotion, {sets[last]}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of authenticity accuracy, AUC, AUC within emotion and MCC with intervals for the CNN baseline as grey squares and the dual-task model as blue diamonds."}}
some = ["accuracy", "AUC", "AUC within emotion", "MCC"]
chart = pd.DataFrame({shown: scores[shown, last, "authenticity"] for shown in runs}).loc[some]
figure = plots.intervals(chart, f"authenticity, {sets[last]}")

# %% [markdown]
# ## The goals that were set
#
# Before anything was trained, goals were set for the further subjects in profile `book`: a score, and
# a lower end of its interval. They say that the rendered task can be learnt, nothing more.

# %% tags=["hide-input"]
if "rendered_test" in sets:
    reached = []
    for goal in frozen["goals"]:
        ours = scores["dual-task model", "rendered_test", goal["head"]][goal["score"]]
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

# %% [markdown]
# ## Authenticity within emotion
#
# Some emotions are acted more often than others, so the emotion alone predicts authenticity a
# little: a judge that has learnt from the training part how often each emotion is genuine, and sees
# nothing else, gets the first column. (The further subjects show each emotion equally often felt and
# acted, so there it can only guess.) The AUC within emotion compares only pairs of faces of the same emotion; nothing can be
# gained there from knowing which emotion it is.

# %% tags=["hide-input"]
face_data = experiment.load_data(experiment.Experiment("dual_task", data, data_root, made_in, seed))
in_training = (experiment.split_of(face_data, seed) == "train").to_numpy()
learnt = metrics.shares_of_positives(
    face_data.table.loc[in_training, "emotion"].astype(str),
    (face_data.table.loc[in_training, "authenticity"] == "genuine").to_numpy(),
)
rows = []
for which, text in sets.items():
    held = of_set("dual-task model", which)
    truth = (held["authenticity"] == "genuine").to_numpy().astype(int)
    guess = held["emotion"].map(learnt).to_numpy()
    emotion_only = bootstrap(
        held["group"].to_numpy(),
        lambda chosen, truth=truth, guess=guess: {"AUC": metrics.auc(truth[chosen], guess[chosen])},
        resamples,
        seed,
    )["AUC"]
    found = scores["dual-task model", which, "authenticity"]
    rows.append(
        {
            "evaluated on": text,
            "AUC of knowing the emotion only": emotion_only,
            "AUC": found["AUC"],
            "AUC within emotion": found["AUC within emotion"],
        }
    )
page.table(
    pd.DataFrame(rows),
    "Authenticity of the dual-task model beside the emotion-only judge",
    index=False,
)

# %% [markdown]
# ## Class by class
#
# A class that is never predicted has precision zero by convention, and drawing subjects again cannot
# widen an interval around a zero or a one.

# %% tags=["hide-input"]
for head, printed_in in (("emotion", "table5"), ("authenticity", "table6")):
    for shown in runs:
        per_class = metrics.class_table(of_set(shown, last), head, resamples, seed)
        if shown == "dual-task model":
            for what in ("precision", "recall", "f1"):
                per_class[f"paper: {what}"] = [
                    ledger[f"{printed_in}.{name}.{what}"].printed for name in per_class.index
                ]
        page.table(per_class, f"{shown}, head {head}, {sets[last]}")

# %% [markdown]
# ## Confusion matrices

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two confusion matrices of the seven emotions side by side, CNN baseline left and dual-task model right, with counts and shares of each true class; darker cells hold more."}}
judged = {
    (shown, head): metrics.judged(of_set(shown, last), head)
    for shown in runs
    for head in ("emotion", "authenticity")
}


def matrices(head):
    """Return the confusion matrix of each model."""
    return {
        shown: metrics.confusion(
            judged[shown, head].truth, judged[shown, head].guess, len(judged[shown, head].classes)
        )
        for shown in runs
    }


figure = plots.confusion(matrices("emotion"), judged["dual-task model", "emotion"].classes)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two confusion matrices of fake and genuine side by side, CNN baseline left and dual-task model right, with counts and shares of each true class."}}
figure = plots.confusion(
    matrices("authenticity"), judged["dual-task model", "authenticity"].classes
)

# %% tags=["hide-input"]
for head in ("emotion", "authenticity"):
    for shown, matrix in matrices(head).items():
        classes = judged[shown, head].classes
        counted = pd.DataFrame(matrix, index=classes, columns=classes).rename_axis("true")
        page.curve_data(counted.reset_index(), f"Confusion matrix of the {shown}, head {head}")

# %% [markdown]
# ## ROC and precision-recall curves

# %% tags=["hide-input"] mystnb={"image": {"alt": "ROC and precision-recall curves of the authenticity head for both models; the dashed lines are chance: the diagonal on the left, the prevalence of genuine on the right."}}
pairs = {
    shown: (judged[shown, "authenticity"].truth, judged[shown, "authenticity"].score)
    for shown in runs
}
figure, axes = plt.subplots(1, 2, figsize=(10, 4.6))
plots.roc_axis(axes[0], pairs, "authenticity: ROC")
plots.precision_recall_axis(axes[1], pairs, "authenticity: precision and recall")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven small ROC panels, one an emotion against the rest, for both models, with the diagonal of chance."}}


def each_against_rest(draw):
    """Draw one panel an emotion with ``draw``, both models in each."""
    figure, axes = plt.subplots(2, 4, figsize=(12, 6.4))
    for place, emotion in enumerate(judged["dual-task model", "emotion"].classes):
        heads = {shown: judged[shown, "emotion"] for shown in runs}
        curves = {
            shown: (head.truth == place, head.score[:, place]) for shown, head in heads.items()
        }
        draw(axes.flat[place], curves, emotion)
    plots.one_legend(axes)
    figure.tight_layout()
    return figure


figure = each_against_rest(plots.roc_axis)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven small precision-recall panels, one an emotion against the rest, for both models, with the prevalence as a dashed line."}}
figure = each_against_rest(plots.precision_recall_axis)

# %% tags=["hide-input"]
for shown, (truth, score) in pairs.items():
    page.curve_data(
        metrics.curve_points(truth, score), f"Points of the authenticity curves, {shown}"
    )
for shown in runs:
    page.curve_data(
        pd.concat(
            [
                metrics.curve_points(
                    judged[shown, "emotion"].truth == place,
                    judged[shown, "emotion"].score[:, place],
                ).assign(emotion=emotion)
                for place, emotion in enumerate(judged[shown, "emotion"].classes)
            ]
        ),
        f"Points of the emotion curves, {shown}",
    )

# %% [markdown]
# ## Training curves

# %% tags=["hide-input"] mystnb={"image": {"alt": "Validation loss, emotion accuracy and authenticity AUC over the epochs of both models on one set of axes."}}
figure, axes = plt.subplots(1, 3, figsize=(11, 3.3))
for (shown, run), colour in zip(runs.items(), (plots.GREY, plots.BLUE), strict=True):
    for axis, (title, column) in zip(
        axes,
        (
            ("validation loss", "val_loss"),
            ("validation emotion accuracy", "val_emotion_accuracy"),
            ("validation authenticity AUC", "val_authenticity_auc"),
        ),
        strict=True,
    ):
        axis.plot(run.history["epoch"], run.history[column], "o-", ms=3, color=colour, label=shown)
        axis.set(title=title, xlabel="epoch")
axes[0].legend()
figure.tight_layout()

# %% tags=["hide-input"]
for shown, run in runs.items():
    page.curve_data(run.history, f"The numbers behind the training curves, {shown}")

# %% [markdown]
# ## Verdicts
#
# The direction "the proposed model is better than the CNN baseline" is judged by the paired
# difference on the same groups. One seed of training stands behind each model here: the interval
# covers the luck of who was tested, not the luck of the training.

# %% tags=["hide-input"]
ground = claims.Ground("diya2026", data, made_in)
verdicts = []
for (head, score), (key, scale) in of_paper.items():
    claim = ledger[key]
    ours = scores["dual-task model", last, head][score]
    verdicts.append(
        (
            claim.title,
            printed_with_unit(key),
            claims.of_number(claim, ours, ground, 1 / scale),
            ours.percent() if scale != 1 else ours,
        )
    )
for head, score, better, worse in (
    ("emotion", "accuracy", "table7.proposed.emotion_accuracy", "table7.cnn.emotion_accuracy"),
    ("authenticity", "AUC", "table7.proposed.authenticity_auc", "table7.cnn.authenticity_auc"),
):
    difference = metrics.paired_difference(
        of_set("dual-task model", last), of_set("CNN baseline", last), head, score, resamples, seed
    )
    verdicts.append(
        (
            f"Table 7: {head} {score}, proposed above CNN baseline",
            f"{ledger[better].printed} > {ledger[worse].printed} {ledger[better].unit}",
            claims.of_direction(difference, ground),
            difference.percent(),
        )
    )
if describe.still_improving(runs["CNN baseline"]):
    page.say(describe.GAP_CAVEAT)
page.verdict_table(verdicts, f"Verdicts on the results of the two models, {sets[last]}")

# %% [markdown]
# Some printed numbers can be checked against each other without any data. The four counts of
# Figure 13 fix the authenticity scores.
#
# Average precision and AUC bound each other. Let the $i$-th of $P$ positives have $n_i$ of the $N$
# negatives ranked above it. Then $1 - \mathrm{AUC} = \frac{1}{PN}\sum_i n_i$, and
#
# $$1 - \mathrm{AP} = \frac1P \sum_i \frac{n_i}{i + n_i} \ge \frac1P \sum_i \frac{n_i}{P + N}
# = (1 - \mathrm{AUC})\,\frac{N}{P + N},$$
#
# because $i \le P$ and $n_i \le N$. Either class may be the positive one; the larger bound is used.

# %% tags=["hide-input"]
cells = [
    [ledger["figure13.fake_fake"].value, ledger["figure13.fake_genuine"].value],
    [ledger["figure13.genuine_fake"].value, ledger["figure13.genuine_genuine"].value],
]
matrix = np.array(cells)
recomputed = metrics.confusion_scores(matrix)
per_class = metrics.class_scores(matrix)
checks = []
for key, value in (
    ("authenticity.accuracy", 100 * recomputed["accuracy"]),
    ("authenticity.macro_f1", recomputed["macro F1"]),
    ("authenticity.kappa", recomputed["Cohen's kappa"]),
    ("authenticity.mcc", recomputed["MCC"]),
    ("table6.fake.precision", per_class["precision"][0]),
    ("table6.fake.recall", per_class["recall"][0]),
    ("table6.genuine.precision", per_class["precision"][1]),
    ("table6.genuine.recall", per_class["recall"][1]),
    ("table6.fake.support", per_class["support"][0]),
    ("table6.genuine.support", per_class["support"][1]),
):
    claim = ledger[key]
    checks.append(claims.checked(claim, value, value, f"the four counts give {value:.4g}"))
claim = ledger["authenticity.ap"]
printed_auc = ledger["authenticity.auc"]
supports = [ledger["table6.fake.support"].value, ledger["table6.genuine.support"].value]
most = max(1 - (1 - printed_auc.rounding[1]) * other / sum(supports) for other in supports)
how = (
    f"an AUC of {printed_auc.printed} allows at most {most:.4f}, if both describe the same scores of "
    f"the same {sum(supports):.0f} images"
)
checks.append(claims.checked(claim, 0, most, how))
claim = ledger["emotion.macro_f1_again"]
checks.append(
    (
        claim.title,
        claim.printed,
        claims.Verdict(
            "inconsistent",
            f"the same sentence also gives {ledger['emotion.macro_f1'].printed}; Table 5 calls "
            f"{ledger['table5.overall.f1'].printed} the weighted average",
        ),
    )
)
claim = ledger["bootstrap.resamples"]
checks.append(
    (
        claim.title,
        claim.printed,
        claims.Verdict(
            "underspecified",
            "neither the draws in a run nor the unit drawn are given; if a run is one resample, five "
            "cannot give the ends of a 95 % interval by percentiles",
        ),
    )
)
page.verdict_table(checks, "Printed numbers checked against each other")
