# %% [markdown]
# # Six models compared: Tables 7 and 8, Figure 18
#
# All models of {cite}`diya2026` on the same images (sections 5-5 and 5-6): which differences are there,
# which order may be claimed, and which tables can be compared at all.

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
from matplotlib import pyplot as plt

from engine.page import tables
from fer_lib.evaluation import ledgers, over_seeds, paired_differences
from fer_lib.labels import AUTHENTICITY, EMOTIONS
from fer_lib.papers.diya2026 import (
    confusion_claims,
    learning_curves,
    model_ranking,
    named_configs,
    result_page,
    result_plots,
)
from fer_lib.papers.diya2026.verdicts import comparison
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
runs = load_runs.need_arms(
    configs.planned([*named_configs.MODELS, *named_configs.SUBSTITUTES], settings)
)
at = result_page.opened(runs[named_configs.PROPOSED][0], data)
about, made_in, resamples, ground = at.about, at.made_in, at.resamples, at.ground
sets, last = at.sets, at.last
# A model whose own weights could not be had is not the paper's model, and its stand-in is another.
strangers = {name for name in named_configs.MODELS if runs[name][0].about["random_start"]}
unranked = strangers | set(named_configs.SUBSTITUTES)
listed = [
    {
        "model": named_configs.title(name),
        "seeds": len(found),
        "starts from": result_page.start_of(found[0]),
        "pixels": found[0].about["image_size"],
        "epochs": found[0].about["config"]["epochs"],
        "ranked": "no" if name in unranked else "from three seeds on",
    }
    for name, found in runs.items()
]
tables.table(listed, f"The models ({resamples:,} bootstrap resamples)")
tables.table(
    result_page.what_is_tested(runs[named_configs.PROPOSED]), "What is tested, proposed model"
)

# %% [markdown]
# How each interval is made stands on the page on [emotion](emotion.ipynb): over subjects and seeds. A
# model with two seeds has an interval that is wide for this reason alone. A model that the paper starts
# from ImageNet weights and that had to start at random here is shown under its name, and so is a
# substitute with other weights; neither is ranked. Pixels are the side of the input, epochs the most that
# a training takes. The CNN baseline starts from nothing: it sees smaller images and takes more epochs, so
# a difference to it is one of these settings too; profile `paper` gives all models the same.

# %% [markdown]
# ## Table 7
#
# The paper's columns are what it prints for its own photographs, in percent. It says "F1" and not which
# average: the proposed model's emotion F1 is the macro average of section 5-2, its authenticity F1 is
# discussed below. Ours are macro averages.

# %% tags=["hide-input"]
tallies = {
    (name, which, head): over_seeds.tallies(found, which, head)
    for name, found in runs.items()
    for which in sets
    for head in ("emotion", "authenticity")
}
scores = {key: over_seeds.over_seeds(found, resamples, seed) for key, found in tallies.items()}
for which, text in sets.items():
    table = comparison.table_7(ledger, runs, scores, which)
    tables.table(table, f"Table 7 re-made, percent: {text}; substitutes last")
# %% tags=["hide-input"]
for head in ("emotion", "authenticity"):
    every = [
        {"model": named_configs.title(name), "seed": run.about["seed"]} | row
        for name, found in runs.items()
        for run, row in zip(found, result_page.each_seed(tallies[name, last, head]), strict=True)
    ]
    tables.folded(every, f"Scores of every seed, {head}, {sets[last]}")


# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of emotion accuracy with intervals, one row a model, in the order of Table 7, the substitutes last; the dashed line is one in seven."}}
label = "emotion accuracy"
figure = result_plots.forest(
    {named_configs.title(name): scores[name, last, "emotion"]["accuracy"] for name in runs},
    label,
    f"{label}, {sets[last]}",
    1 / len(EMOTIONS),
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of authenticity AUC with intervals, one row a model, in the order of Table 7, the substitutes last; the dashed line is chance."}}
label = "authenticity AUC"
figure = result_plots.forest(
    {named_configs.title(name): scores[name, last, "authenticity"]["AUC"] for name in runs},
    label,
    f"{label}, {sets[last]}",
    0.5,
)
# %% [markdown]
# ## The closest rival
#
# The proposed model and its closest rival get five seeds in profile `book`, the others two. The rival is
# chosen on the **validation** part, by the mean of emotion accuracy and authenticity AUC over the first
# two seeds; no test image has a say in it.

# %% tags=["hide-input"]
chosen = pd.DataFrame(
    {named_configs.title(name): result_page.on_validation(found, 2) for name, found in runs.items()}
).T
tables.table(chosen.rename_axis("model"), "Validation scores behind the choice")
others = {
    name: chosen.loc[named_configs.title(name), "mean of both"]
    for name in named_configs.MODELS
    if name not in unranked | {named_configs.PROPOSED}
}
closest = max(others, key=others.get)
told = f"The rival that got more seeds is {named_configs.title(named_configs.RIVAL)}; by this table the closest is "
if made_in == "smoke":
    tables.say(f"{told}not decided: profile smoke trains for seconds.")
elif closest == named_configs.RIVAL:
    tables.say(f"{told}{named_configs.title(closest)}.")
else:
    tables.say(
        f"{told}{named_configs.title(closest)}: **another**, so the rival has to be chosen again."
    )

# %% [markdown]
# ## Pairs of models, and what may be ranked
#
# Every model against every other, on the same images of the same subjects, paired by subject and by seed:
# runs of one seed learnt from the same split. The difference gets its interval like a score. The table's
# $p$ is corrected for all its rows by Holm's method {cite}`holm1979`. McNemar's test {cite}`mcnemar1947`,
# usual for two classifiers, is not used: it assumes independent images, and images of one subject are not.
#
# An order is claimed only between models of three seeds or more, and only where the interval of the
# difference lies above zero, also after the correction.

# %% tags=["hide-input"]
six = {named_configs.title(name): runs[name] for name in named_configs.MODELS}
wanted = (("emotion", "accuracy"), ("authenticity", "AUC"))
compared = model_ranking.every_pair(six, last, wanted, resamples, seed)
seeds = {name: len(found) for name, found in six.items()}
places = [
    model_ranking.judge(one, seeds, {named_configs.title(name) for name in unranked})
    for one in compared
]
for head, score in wanted:
    rows = [
        {
            "higher": place.comparison.first,
            "lower": place.comparison.second,
            "difference (points)": place.comparison.difference.percent(),
            "seeds": place.comparison.difference.seeds,
            "p, Holm": tables.p_value(place.comparison.p_holm),
            "order claimed": "yes" if place.claimed else "no",
            "why": place.why,
        }
        for place in places
        if place.comparison.head == head
    ]
    tables.table(rows, f"{head} {score}, all pairs, {sets[last]}")

# %% tags=["hide-input"]
few = [name for name, number in seeds.items() if number < model_ranking.LEAST_SEEDS]
for head, score in wanted:
    order = model_ranking.ordering([place for place in places if place.comparison.head == head])
    tables.say(
        f"**{head} {score}**: "
        + ("; ".join(order) + "." if order else "no order may be claimed.")
        + (f" With fewer than {model_ranking.LEAST_SEEDS} seeds: {', '.join(few)}." if few else "")
    )

# %% [markdown]
# ## Tables 5 and 6 for every model
#
# Class by class, as the paper gives it for the proposed model only.

# %% tags=["hide-input"]
for name in runs:
    for head, number in (("emotion", 5), ("authenticity", 6)):
        per_class = result_page.class_table(tallies[name, last, head], resamples, seed)
        caption = f"Table {number} for {named_configs.title(name)}, {sets[last]}"
        tables.folded(per_class.reset_index(), caption)

# %% [markdown]
# ## Figure 18: confusion matrices of both heads
#
# The paper's matrices are only in images: `image not available`. Ours add up the counts of all seeds.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Figure 18a re-made: confusion matrices of the CNN baseline, seven emotions above, fake and genuine below, with counts and the share of each true class."}}
counts = {
    (name, head): result_page.confusion(found, last, head)
    for name, found in runs.items()
    for head in ("emotion", "authenticity")
}


def draw(name, letter):
    """Draw the matrices of both heads of one model."""
    task = runs[name][0].task
    matrices = [counts[name, head] for head in task.names]
    return result_plots.all_heads(task, matrices, f"{letter}{named_configs.title(name)}")


figure = draw("cnn_baseline", "(a) ")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Figure 18b re-made: confusion matrices of EfficientNet-B0 and MobileNetV2, seven emotions above, fake and genuine below, with counts and the share of each true class."}}
figure = draw("two_stream", "(b) ")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Figure 18c re-made: confusion matrices of the EfficientNet-B3 embedding, seven emotions above, fake and genuine below, with counts and the share of each true class."}}
figure = draw("b3_embedding", "(c) ")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Figure 18d re-made: confusion matrices of the MobileNetV2 and Xception fusion, seven emotions above, fake and genuine below, with counts and the share of each true class."}}
figure = draw("embedding_fusion", "(d) ")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Figure 18e re-made: confusion matrices of the EfficientNet-B0 dual-branch model, seven emotions above, fake and genuine below, with counts and the share of each true class."}}
figure = draw("dual_branch", "(e) ")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Confusion matrices of the proposed dual-task model, seven emotions above, fake and genuine below, with counts and the share of each true class."}}
figure = draw("dual_task", "")

# %% tags=["hide-input"]
for name in runs:
    for head, classes in (("emotion", EMOTIONS), ("authenticity", AUTHENTICITY)):
        caption = f"Confusion matrix of {named_configs.title(name)}, {head}"
        tables.folded(result_page.counted(counts[name, head], classes), caption)

# %% [markdown]
# ## Curves of all six models
#
# Means over seeds at equal rates {cite}`fawcett2006`; for the emotions also over the seven, each
# against the rest.

# %% tags=["hide-input"] mystnb={"image": {"alt": "ROC curves of the authenticity head of the six models, with the diagonal of chance."}}
roc, precision = result_plots.RATES
authenticity = {
    named_configs.title(name): learning_curves.mean_curve(
        result_page.truth_and_score(runs[name], last, "authenticity")
    )
    for name in named_configs.MODELS
}
emotion = {
    named_configs.title(name): learning_curves.mean_curve(
        [
            pair
            for place in range(len(EMOTIONS))
            for pair in result_page.truth_and_score(runs[name], last, "emotion", place)
        ]
    )
    for name in named_configs.MODELS
}


figure = result_plots.rates_alone(authenticity, roc, f"authenticity, {sets[last]}", None, 2)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Precision against recall of the authenticity head of the six models; the dashed line is the share of genuine images."}}
held = result_page.rows_of(runs[named_configs.PROPOSED][0], last)
share = float((held["authenticity"] == "genuine").mean())
figure = result_plots.rates_alone(authenticity, precision, f"authenticity, {sets[last]}", share, 2)

# %% tags=["hide-input"] mystnb={"image": {"alt": "ROC curves of the emotion head of the six models, mean over the seven emotions against the rest, with the diagonal of chance."}}
figure = result_plots.rates_alone(emotion, roc, f"emotion, {sets[last]}", None, 2)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Precision against recall of the emotion head of the six models, mean over the seven emotions against the rest; the dashed line is one in seven."}}
figure = result_plots.rates_alone(
    emotion, precision, f"emotion, {sets[last]}", 1 / len(EMOTIONS), 2
)

# %% tags=["hide-input"]
for head, found in (("authenticity", authenticity), ("emotion", emotion)):
    points = [learning_curves.every_tenth(one).assign(model=name) for name, one in found.items()]
    tables.folded(pd.concat(points), f"Points of the curves of all models, {head}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Six panels, one a model: accuracy of both heads over the epochs, emotion blue and authenticity orange, training dashed and validation solid, a line a seed, dots at the kept epochs."}}
figure, axes = plt.subplots(3, 2, figsize=(6.4, 8.4), sharey=True)
for axis, name in zip(axes.flat, named_configs.MODELS, strict=True):
    result_plots.histories(axis, runs[name], result_plots.ACCURACIES, "")
    axis.set_title(named_configs.title(name), fontsize=10)
axes[1, 0].set_ylabel("accuracy")
result_plots.below(figure, axes.flat[0])

# %% tags=["hide-input"]
history = pd.concat(
    run.history.assign(model=named_configs.title(name), seed=run.about["seed"])
    for name in named_configs.MODELS
    for run in runs[name]
)
tables.folded(history.drop(columns="seconds"), "The numbers behind the training curves")

# %% [markdown]
# ## Table 8: what can be set side by side
#
# Two results can be compared where the task, the data, the split of the data, and the score are the
# same. The paper itself says that differences of data and evaluation "restrict strict numerical
# comparisons", and compares. The table has what the paper tells of each study; what it does not tell is
# not looked up here. The score behind a percentage is not named in Table 8.

# %% tags=["hide-input"]
tables.table(comparison.table_8(ledger), "Table 8 as a table of comparability")
# %% [markdown]
# ## One number, several scores
#
# The number {claim}`diya2026/authenticity.accuracy` stands for several scores. Figure 13's four
# counts decide some of them.

# %% tags=["hide-input"]
from_counts = comparison.decisions(result_page.figure_13(ledger))
places_of_it = (
    "authenticity.accuracy",
    "table6.overall",
    "authenticity.auc",
    "table7.proposed.authenticity_auc",
    "table7.proposed.authenticity_f1",
    "table8.proposed.authenticity",
    "text.authenticity_accuracy",
)
printed = [
    {"where": one.where, "what it is called": one.about, "printed": one.shown}
    for one in map(ledger.get, places_of_it)
]
tables.table(printed, "Where the number is printed")
given = [
    {"score": name, "from Figure 13, percent": f"{100 * value:.2f}"}
    for name, value in from_counts.items()
]
tables.table(given, "What the four counts of Figure 13 give")
# %% [markdown]
# ## Verdicts
#
# First the numbers of Table 7 beside ours, then its order, then the sentences of section 5-5.

# %% tags=["hide-input"]
verdicts = comparison.of_table_7(ledger, ground, scores, last, strangers)
verdicts.show(f"Table 7 and ours, {sets[last]}, in profile {made_in}")

# %% tags=["hide-input"]
order = comparison.of_order(ledger, ground, places)
order.show("The order of Table 7, differences in points")
# %% [markdown]
# Each sentence on Figure 18 is turned into a number that is positive where it holds, with an interval
# over subjects and seeds. "Many misclassifications" between two emotions: their share of all errors,
# less the share of an average pair. "Biased towards genuine": recall of genuine minus recall of fake.


# %% tags=["hide-input"]
own_score = partial(comparison.own_score, tallies, last, resamples, seed)
proposed, embedding = runs[named_configs.PROPOSED], runs["b3_embedding"]
of_genuine = confusion_claims.recall_of("genuine")
others = {
    "sensitivity": paired_differences.difference(
        proposed, embedding, last, "authenticity", resamples, seed, of_genuine
    )["recall"],
    "without gates": scores["dual_branch", last, "authenticity"]["AUC"],
}
told = comparison.of_sentences(ledger, ground, own_score, others, strangers)
told.show(f"Sentences of section 5-5, {sets[last]}, in points")
# %% [markdown]
# Last, printed numbers against each other. If every image were called genuine, the supports of Table 6
# would fix the F1 of the two-stream model. A classification report holds precision, recall, F1 and
# accuracy, and no AUC.

# %% tags=["hide-input"]
checks = comparison.of_printed(ledger, from_counts)
checks.show("Printed numbers checked against each other")
