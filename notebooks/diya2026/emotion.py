# %% [markdown]
# # How well does the proposed model name the emotion?
#
# *Sections 5-1 and 5-2, Table 5, Figures 11 and 12 of {cite}`diya2026`*

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
top = 2  # also count an image as right if its emotion is among this many most probable ones
resamples = 0  # bootstrap resamples behind each interval; 0: as many as the profile has

# %% tags=["hide-input"]
from engine.page import opening, tables

question = opening.ask("How often does the proposed dual-task model name the right emotion?")

# %% [markdown]
# The proposed model of the paper looks at one face and answers two questions: which of seven emotions it
# shows, and whether the expression is genuine. This page is about the first answer: its scores by
# scikit-learn, the interval of each, and which emotions are confused.
#
# ## The trained models
#
# Each seed draws another split into training, validation and test subjects, and another start of the
# weights that are learnt. What is stored in the book's store is read; what is missing is trained now.

# %%
from sklearn import metrics

from fer_lib.api import score
from fer_lib.evaluation import ledgers
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import (
    learning_curves,
    matrices_behind_tables,
    result_page,
    result_plots,
)
from fer_lib.papers.diya2026.verdicts import emotion
from fer_lib.plots import figures
from fer_lib.settings import Settings
from fer_lib.training import configs, load_runs

settings = Settings(data, data_root, profile, seed)
runs = load_runs.need_arms(configs.planned(["dual_task"], settings))["dual_task"]

# %% tags=["hide-input"]
figures.use_style()
ledger = ledgers.load("diya2026")
at = result_page.opened(runs, data)
resamples = resamples or at.resamples
sets, last = at.sets, at.last
tables.folded(result_page.what_is_tested(runs).reset_index(), "What is tested")
tables.say(f"{result_page.frozen_before(at.about)} {result_page.few_groups(runs)}")

# %% [markdown]
# ## Scores by scikit-learn
#
# A run holds one row for each image: the true labels, and the probability of each emotion in a column of
# its own. The named emotion is the most probable one. That is all that scikit-learn needs; the report
# below is of the first seed.

# %%
first = result_page.rows_of(runs[0], last)
truth = first["emotion"].astype(str)
probability = first[[f"p_{name}" for name in EMOTIONS]].set_axis(EMOTIONS, axis=1)
named = probability.idxmax(axis=1)
print(metrics.classification_report(truth, named, labels=EMOTIONS, digits=3, zero_division=0))

# %% [markdown]
# A share without an interval says little. The book draws whole subjects again, a thousand times and more,
# and scores each draw. Calling scikit-learn that often would take minutes, so the function `score` counts
# in arrays. It gives the same numbers: a test holds every one of them to scikit-learn, on redrawn images
# too, and the lines below show both for the first seed.

# %%
by_sklearn = {
    "accuracy": metrics.accuracy_score(truth, named),
    "macro F1": metrics.f1_score(truth, named, average="macro"),
    "weighted F1": metrics.f1_score(truth, named, average="weighted"),
    "Cohen's kappa": metrics.cohen_kappa_score(truth, named),
    "MCC": metrics.matthews_corrcoef(truth, named),
}
ours = score(first, runs[0].task["emotion"], resamples, seed)
for name, value in by_sklearn.items():
    print(f"{name:18} scikit-learn {value:.3f}   fer_lib {ours[name]}")

# %% [markdown]
# A looser score is common for many classes: the true emotion is among the `top` most probable ones.

# %%
order = sorted(EMOTIONS)  # scikit-learn takes the columns in alphabetical order
loose = metrics.top_k_accuracy_score(truth, probability[order], k=top, labels=order)
tables.say(
    f"Among the {top} most probable emotions the true one is found for {loose:.1%} of images."
)

# %% [markdown]
# ## All seeds, beside the paper
#
# A score is worked out for each seed and averaged over the seeds. **Whole groups, not images,** are drawn
# with replacement {cite}`field2007`: subjects where they are known, because images of one subject are not
# independent of each other, and otherwise groups of near-duplicates. One resample serves all seeds, since
# predictions for the same subject are alike under all of them. The spread of the seeds' scores is the
# second part. Both errors are added in squares, as for crossed effects {cite}`owen2007`, and the interval
# is Student's with the degrees of freedom that few seeds leave {cite}`satterthwaite1946`. With one seed
# the interval covers the luck of who was tested, not the luck of the training.
# The paper's column is what it prints for its own photographs.

# %%
tallies, scores = result_page.scores_of(runs, sets, "emotion", resamples, seed)
shown = dict(reversed(sets.items()))
summary = result_page.beside_paper(scores, shown, ledger, emotion.PRINTED)
tables.table(summary, "Emotion, proposed model, mean over seeds")

# %% [markdown]
# ## Which emotions are confused
#
# The paper's Figure 11 is only in an image: `image not available`. Ours adds up the counts of all seeds.
# Look off the diagonal: a row is a true emotion, and each cell is the share of its images that got the
# name of the column.

# %% mystnb={"image": {"alt": "Confusion matrix of the seven emotions for the proposed model, counts of all seeds added up, with the share of each true class; darker cells hold more."}}
matrix = result_page.confusion(runs, last, "emotion")
figure = figures.confusion({f"proposed model, {sets[last]}": matrix}, EMOTIONS)
tables.say(result_page.most_errors(matrix, EMOTIONS))
tables.folded(result_page.counted(matrix, EMOTIONS), "Confusion matrix, emotion, proposed model")

# %% [markdown]
# Class by class the same counts give precision, recall and F1. A class that is never predicted has precision
# zero by convention, and drawing subjects again cannot widen an interval around a zero or a one.

# %%
classes = {
    which: result_page.classes_beside_paper(tallies[which], ledger, "table5", resamples, seed)
    for which in sets
}
beside = classes[last][["F1", "paper: f1", "recall", "paper: recall"]]
tables.table(beside, f"Table 5 re-made: {sets[last]}")
for which, text in sets.items():
    tables.folded(classes[which].reset_index(), f"All of Table 5 re-made: {text}")

# %% [markdown]
# ## One emotion against the rest
#
# The confusion matrix knows only which emotion is the most probable. The curves below use the
# probabilities themselves: how well does the probability of one emotion separate its images from all
# others? They are means over seeds, each seed's curve averaged at equal rates {cite}`fawcett2006`. Look
# at which curve lies lowest. The paper shows no such curves for the emotions.

# %% mystnb={"image": {"alt": "Two panels with a line for each of the seven emotions against the rest, proposed model: ROC curves with the diagonal of chance, and precision over recall with the mean share of an emotion as a dashed line."}}
each = {
    name: learning_curves.mean_curve(result_page.truth_and_score(runs, last, "emotion", place))
    for place, name in enumerate(EMOTIONS)
}
figure = result_plots.rates(each, 1 / len(EMOTIONS))

# %%
areas = {name: metrics.roc_auc_score(truth == name, probability[name]) for name in EMOTIONS}
low, high = min(areas, key=areas.get), max(areas, key=areas.get)
tables.say(
    f"In the first seed the area under the ROC curve is smallest for {low} ({areas[low]:.3f}) and "
    f"largest for {high} ({areas[high]:.3f})."
)
tables.folded(learning_curves.tenths(each, "emotion"), "Points of the curves, by emotion")

# %% [markdown]
# ## How the training went
#
# The curves of the paper's Figure 12 are only in an image: `image not available`. The paper names a
# training and a test part and no other; a validation curve over the epochs, and early stopping, then have
# the test images behind them. Here the validation subjects are others than the test subjects. Training
# accuracy is measured on augmented images with dropout on, which lowers it. A dot marks the epoch whose
# weights were kept.

# %% mystnb={"image": {"alt": "Emotion accuracy over the epochs, training dashed and validation solid, a line a seed; a dot marks the epoch whose weights were kept."}}
history = result_page.history_of(runs)
columns = ["seed", "epoch", "train_emotion_accuracy", "val_emotion_accuracy", "best"]
figure = figures.learning_curves(history[columns])

# %%
gap = learning_curves.over_seeds([learning_curves.gap(run, "emotion") for run in runs])
tables.say(f"At the kept epoch, training minus validation accuracy is {gap}, mean over seeds.")
tables.folded(history[columns], "The numbers behind Figure 12 re-made")

# %% [markdown]
# ## The scores as section 5-1 defines them
#
# Equations 2 to 7 of the paper define accuracy, precision, recall, F1, kappa and MCC for two classes. For
# seven, something must be added to each, and beside some of them the text says something else than the
# equation. The three claims that this decides are judged below; the fold has the equations.
#
# <details><summary>Equations 2 to 7, and what is loose in each</summary>
#
# $$\mathrm{Accuracy} = \frac{TP + TN}{TP + TN + FP + FN} \;(2) \qquad
# \mathrm{Precision} = \frac{TP}{TP + FP} \;(3) \qquad
# \mathrm{Recall} = \frac{TP}{TP + FN} \;(4)$$
#
# $$F_1 = \frac{2 \cdot \mathrm{Precision} \cdot \mathrm{Recall}}{\mathrm{Precision} + \mathrm{Recall}} \;(5)
# \qquad \kappa = \frac{p_o - p_e}{1 - p_e} \;(6)$$
#
# $$\mathrm{MCC} = \frac{TP \cdot TN - FP \cdot FN}
# {\sqrt{(TP + FP)(TP + FN)(TN + FP)(TN + FN)}} \;(7)$$
#
# - **(2)** For seven classes accuracy is the share of images on the diagonal. Read class by class, with
#   the six others as negatives, equation 2 gives a higher number, because every right "not this" counts.
# - **(3)** The text says that precision measures "the rate of the falsely identified" samples: that is
#   one minus precision. It also says that high precision means few false positives among the negatives;
#   but the false positive rate is $FP / (FP + TN)$, which precision does not fix.
# - **(4)** Recall says nothing about false alarms. The text's sentence on this can be read both ways.
# - **(5)** F1 ignores $TN$. For several classes an average must be named; the paper uses the macro
#   average in the text and the weighted average in Table 5. It is recommended for imbalance "as in the
#   genuine vs. fake subtask", whose two classes in Table 3 are nearly of one size.
# - **(6)** Kappa {cite}`cohen1960` compares two judges, not classes. The paper's two bands are close to
#   those of {cite}`landis1977`, where what lies above {literal}`0.80 <end of a band of Landis and Koch>` is
#   "almost perfect" and {literal}`0.61 to 0.80 <a band of Landis and Koch>` "substantial"; both are
#   conventions. Kappa also moves with the classes' shares.
# - **(7)** For two classes {cite}`matthews1975`. Section 5-2 reports it for seven, which takes the
#   generalisation of {cite}`gorodkin2004`, used here; its lowest value for seven classes is above minus one.
#
# </details>

# %%
emotion.definitions(ledger).show("Definitions of section 5-1 against the paper's own numbers")

# %% [markdown]
# ## What Table 5 says about the hidden matrix
#
# What the paper's Figure 11 must show can be worked out all the same. Table 5's recalls and supports fix
# how many images of each class are right, its precisions how many are called by each name. Every matrix
# of whole numbers that rounds to all of the table is counted here. (That the errors of angry faces are
# put down to low arousal does not fit {cite}`russell1980`, where anger is high in arousal.)

# %%
possible = emotion.matrices(ledger)
tables.table(
    matrices_behind_tables.side_by_side(possible, EMOTIONS),
    f"The {len(possible)} matrices with which Table 5 agrees: where the errors lie",
)

# %% [markdown]
# ## Verdicts
#
# First our scores beside the paper's. Only the paper's own data under its own protocol can reproduce or
# contradict a number.

# %%
verdicts = emotion.measured(ledger, at.ground, runs, scores[last])
verdicts.show(f"The paper's values and ours, {sets[last]}, in profile {at.made_in}")
# %% [markdown]
# Then the printed numbers against each other; this needs no data. The matrices above give every other
# score of section 5-2.

# %%
checks = emotion.printed(ledger, possible)
checks.show("Printed numbers checked against each other")

# %% tags=["hide-input"]
question.answer(
    emotion.answer(scores[last]["accuracy"], ledger["emotion.accuracy"]),
    rests_on=result_page.rests_on(runs, at),
)

# %% [markdown]
# ## Try it
#
# The page runs alone; with the trained models in the store it takes less than a minute. `top` asks how
# often the true emotion is among the three most probable ones, `resamples` how much an interval moves
# when only a hundred draws stand behind it:
#
# ```
# make notebook N=diya2026/emotion PROFILE=book PARAMS='top=3 resamples=100'
# ```
#
# **Exercise.** Equation 2, read class by class, gives another accuracy than the share of the diagonal.
# Work it out for `matrix`, and explain the difference.
#
# <details><summary>Answer</summary>
#
# ```python
# share = matrix.trace() / matrix.sum()
# by_class = 1 - 2 * (1 - share) / len(EMOTIONS)
# ```
#
# Each wrong image is wrong for two of the seven classes, the true one and the named one, and right for
# the five others. So a share of errors $e$ becomes $2e/7$: a model that guesses would already score
# three quarters.
#
# </details>
