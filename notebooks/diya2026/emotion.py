# %% [markdown]
# # Emotion: Table 5, Figures 11 and 12
#
# The emotion head of the proposed model (sections 5-1 and 5-2 of {cite}`diya2026`): how the paper
# defines its scores, its values beside ours, and what its values say about each other.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
import pandas as pd
import yaml

import face_renderer as faces
from engine.page import tables
from engine.store import paths
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
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
runs = load_runs.need_arms(configs.planned(["dual_task"], settings))["dual_task"]
at = result_page.opened(runs[0], data)
about, made_in, resamples, ground = at.about, at.made_in, at.resamples, at.ground
sets, last = at.sets, at.last
tables.table(
    result_page.what_is_tested(runs), f"What is tested ({resamples:,} bootstrap resamples)"
)

# %% tags=["hide-input"]
frozen = yaml.safe_load((paths.root() / "book" / "papers" / "diya2026" / "freeze.yml").read_text())
if about["data_kind"] == "rendered":
    same = (
        faces.RENDERED_TEST.key() == frozen["rendered_test_key"]
        and about["data_sha256"] == frozen["rendered46_set_sha256"]
    )
    tables.say(
        "The generator of the faces and its difficulty were fixed before any of these scores was "
        f"read: version {frozen['generator_version']} at commit `{frozen['commit'][:12]}`. The pixels "
        f"in use are {'the same' if same else '**others**'}."
    )

# %% [markdown]
# ## How each interval is made
#
# A score is worked out for each seed and averaged over the seeds; images of different seeds are never
# thrown together. **Whole groups, not images,** are drawn with replacement {cite}`field2007`: subjects
# where they are known, because images of one subject are not independent of each other, and otherwise
# groups of near-duplicates. One resample serves all seeds, since predictions for the same subject are alike
# under all of them. The spread of the seeds' scores is the second part. Both errors are added in squares, as for
# crossed effects {cite}`owen2007`, and the interval is Student's with the degrees of freedom that few
# seeds leave {cite}`satterthwaite1946`. With one seed only the first part is there: the interval then
# covers the luck of who was tested, not the luck of the training. Each seed has a test part of its own, so
# there the spread of the seeds also holds whom each tested, and the interval is wide rather than short;
# the further rendered subjects are the same for all seeds.

# %% [markdown]
# ## The scores as section 5-1 defines them
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
# All are written for two classes. What must be added for seven, and where the text beside an equation
# says something else than the equation:
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

# %% tags=["hide-input"]
emotion.definitions(ledger).show("Definitions of section 5-1 held against the paper's own numbers")
# %% [markdown]
# ## Summary scores
#
# The paper's column is what it prints for its own photographs. Whether the two may be compared is said
# in the verdicts below.

# %% tags=["hide-input"]
tallies, scores = result_page.scores_of(runs, sets, "emotion", resamples, seed)
summary = result_page.beside_paper(scores, sets, ledger, emotion.PRINTED)
tables.table(summary, "Emotion, proposed model, mean over seeds")
if min(result_page.what_is_tested(runs)["groups in all"]) < result_page.FEW_GROUPS:
    tables.say(
        f"With fewer than {result_page.FEW_GROUPS} groups an interval rests on few people and is itself "
        "uncertain."
    )

# %% [markdown]
# ## Table 5, class by class
#
# A class that is never predicted has precision zero by convention, and drawing subjects again cannot
# widen an interval around a zero or a one.

# %% tags=["hide-input"]
for which, text in sets.items():
    per_class = result_page.classes_beside_paper(tallies[which], ledger, "table5", resamples, seed)
    tables.table(per_class, f"Table 5 re-made: {text} (support is of one seed)")
# %% [markdown]
# ## Figure 11: confusion matrix
#
# The paper's matrix is only in an image: `image not available`. Ours adds up the counts of all seeds.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Confusion matrix of the seven emotions for the proposed model, counts of all seeds added up, with the share of each true class; darker cells hold more."}}
matrix = result_page.confusion(runs, last, "emotion")
figure = figures.confusion({f"proposed model, {sets[last]}": matrix}, EMOTIONS)

# %% tags=["hide-input"]
tables.folded(result_page.counted(matrix, EMOTIONS), "Confusion matrix, emotion, proposed model")

# %% [markdown]
# What the paper's image must show can be worked out all the same. Table 5's recalls and supports fix
# how many images of each class are right, its precisions how many are called by each name. Every matrix
# of whole numbers that rounds to all of the table is counted here. (That the errors of angry faces are
# put down to low arousal does not fit {cite}`russell1980`, where anger is high in arousal.)


# %% tags=["hide-input"]
possible = emotion.matrices(ledger)
errors = [matrices_behind_tables.errors(one, EMOTIONS) for one in possible]
numbers = pd.RangeIndex(1, len(possible) + 1, name="matrix")
tables.table(
    pd.DataFrame(errors, index=numbers).fillna(0).astype(int),
    f"The {len(possible)} matrices with which Table 5 agrees: where the errors can lie",
)

# %% [markdown]
# ## One emotion against the rest
#
# Mean curves over seeds, each seed's curve averaged at equal rates {cite}`fawcett2006`. The paper shows
# no such curves for the emotions.

# %% tags=["hide-input"] mystnb={"image": {"alt": "ROC curves of the seven emotions, each against the rest, for the proposed model, with the diagonal of chance."}}
each = {
    name: learning_curves.mean_curve(result_page.truth_and_score(runs, last, "emotion", place))
    for place, name in enumerate(EMOTIONS)
}
roc, precision = result_plots.RATES
figure = result_plots.rates_alone(each, roc, sets[last], None, 3)
# %% tags=["hide-input"] mystnb={"image": {"alt": "Precision against recall of the seven emotions, each against the rest, for the proposed model; the dashed line is an emotion's mean share of the images."}}
figure = result_plots.rates_alone(each, precision, sets[last], 1 / len(EMOTIONS), 3)
# %% tags=["hide-input"]
points = [learning_curves.every_tenth(one).assign(emotion=name) for name, one in each.items()]
tables.folded(pd.concat(points), "Points of the curves, one emotion against the rest")

# %% [markdown]
# ## Figure 12: accuracy over the epochs
#
# The paper's curves are only in an image: `image not available`. The paper names a training and a test
# part and no other; a validation curve over the epochs, and early stopping, then have the test images
# behind them. Here the validation subjects are others than the test subjects. Training accuracy is
# measured on augmented images with dropout on, which lowers it.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Emotion accuracy over the epochs, training dashed and validation solid, a line a seed; a dot marks the epoch whose weights were kept."}}
lines = {
    "train_emotion_accuracy": ("training", figures.GREY),
    "val_emotion_accuracy": ("validation", figures.BLUE),
}
figure = result_plots.histories_alone(runs, lines, "emotion accuracy")

# %% tags=["hide-input"]
history = result_page.history_of(runs)
shown = ["seed", "epoch", "train_emotion_accuracy", "val_emotion_accuracy", "best"]
tables.folded(history[shown], "The numbers behind Figure 12 re-made")

# %% [markdown]
# ## Verdicts
#
# First our scores beside the paper's. Only the paper's own data under its own protocol can reproduce or
# contradict a number.

# %% tags=["hide-input"]
verdicts = emotion.measured(ledger, ground, runs, scores[last])
verdicts.show(f"The paper's values and ours, {sets[last]}, in profile {made_in}")
# %% [markdown]
# Then the printed numbers against each other; this needs no data. The matrices above give every other
# score of section 5-2.

# %% tags=["hide-input"]
checks = emotion.printed(ledger, possible)
checks.show("Printed numbers checked against each other")
