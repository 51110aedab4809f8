# %% [markdown]
# # Do the probabilities mean what they say, and are five resamples enough?
#
# *Sections 4-3, 5-1-7, 5-1-8 and 5-3, Table 6, Figures 13 and 17 of {cite}`diya2026`*

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
few = 5  # bootstrap resamples that make one interval, as in the paper
bins = 10  # of the reliability diagram
threshold = 0.5  # an expression is called genuine from this probability on

# %%
from fer_lib.evaluation import over_seeds
from fer_lib.papers.diya2026 import bootstrap_coverage, calibration, calibration_page, named_configs
from fer_lib.settings import Settings
from fer_lib.training import configs, load_runs

settings = Settings(data, data_root, profile, seed)
models = [named_configs.PROPOSED, named_configs.RIVAL]
runs = load_runs.need_arms(configs.planned(models, settings))

# %% tags=["hide-input"]
import time

from engine.page import opening, tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import counts_by_subject, ledgers
from fer_lib.papers.diya2026 import result_page, result_plots
from fer_lib.papers.diya2026.verdicts import calibration as verdicts
from fer_lib.plots import figures

started = time.perf_counter()
figures.use_style()
question = opening.ask(
    "Do the model's probabilities mean what they say, and can five resamples give an interval?"
)
at = result_page.opened([run for found in runs.values() for run in found], data)
ledger, resamples, last = ledgers.load("diya2026"), at.resamples, at.last
own = runs[named_configs.PROPOSED]

# %% [markdown]
# A score on test images is uncertain, because other subjects would give another score. A probability is
# uncertain in its own way: the model may claim more than it keeps. The paper gives an interval from five
# bootstrap runs, and takes the area under the ROC curve as a sign of credible probabilities. This page measures
# what both are worth.
#
# ## An interval from five resamples
#
# Section 5-1-8 averages the scores over five bootstrap runs and gives intervals of
# {claim}`diya2026/bootstrap.level`. The percentile bootstrap {cite}`efron1993` draws the subjects again with
# replacement, scores each draw, and leaves out one draw in forty at each end. It takes many draws to find where
# that is. Five draws cannot: their smallest and largest enclose the middle $95\,\%$ only if at least one of them
# falls into each tail.
#
# We draw the subjects of the first training again, as often as the profile says. From these draws we take few,
# make an interval of them, and repeat that a thousand times.

# %%
tallies = over_seeds.tallies(own[:1], last, "authenticity")
values, draws, subjects = over_seeds.drawn(tallies, resamples, seed)
ends = {
    score: bootstrap_coverage.from_few(draws[score][0], few, 1000, seed)
    for score in calibration_page.SCORES
}
calibration_page.say_few(draws, ends, few)

# %% [markdown]
# The figure shows where the lower and upper ends of the thousand intervals lie. Look how many of them reach the
# dashed lines, the ends from all draws.

# %% mystnb={"image": {"alt": "Histograms of the lower and upper ends of a thousand intervals from few resamples of the authenticity accuracy; dashed lines are the ends from all resamples."}}
full = tuple(bootstrap_coverage.percentile_ends(draws["accuracy"][0]))
figure = result_plots.spread_of_ends(full, ends["accuracy"], "authenticity accuracy")

# %% tags=["hide-input"]
calibration_page.say_inside(draws["accuracy"][0], ends["accuracy"])

# %% [markdown]
# ## Subjects or images?
#
# Images of one subject are not independent, so this book draws subjects. A bootstrap that draws single images
# treats each as a subject of its own. Usually that makes intervals too narrow. The table compares both.

# %%
head = own[0].task["authenticity"]
predictions = result_page.rows_of(own[0], last)
single = predictions.assign(group=predictions["image_id"])
tally = counts_by_subject.tally(single, head)
_, by_image, images = over_seeds.drawn([tally], resamples, seed)
within = calibration.within_subjects(predictions, head)
calibration_page.say_subjects(draws, by_image, within)

# %% [markdown]
# ## What the printed interval is
#
# Figure 13 prints the four counts behind Table 6, which is all that a bootstrap of images needs. Drawing its
# images again gives a binomial number of right answers. So the ends of a bootstrap with very many draws are
# known exactly; the verdicts below compare them with the printed ones. Table 6 also says that its values are
# averages over five bootstrap runs. If so, they should differ a little from the counts. We make many such
# tables and count how often one prints like the paper's.

# %%
FIVE = int(ledger["bootstrap.resamples"].value)
counts = result_page.figure_13(ledger)
exact = bootstrap_coverage.exact_ends(counts)
averaged = bootstrap_coverage.averages(counts, ledger, FIVE, 20_000, seed)
calibration_page.say_printed(averaged, FIVE)

# %% [markdown]
# ## Calibration
#
# A probability is calibrated if, of the images that get {literal}`0.8 <an example>`, eight in ten are what they
# are said to be. scikit-learn's `calibration_curve` sorts the images into bins and gives, for each bin, the
# mean probability and the share that came true.

# %%
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

genuine = (predictions["authenticity"] == "genuine").astype(int)
share, mean = calibration_curve(genuine, predictions["p_genuine"], n_bins=bins)
for probability, came_true in zip(mean, share, strict=True):
    print(f"probability {probability:.2f}   came true {came_true:.2f}")
print(f"Brier score {brier_score_loss(genuine, predictions['p_genuine']):.3f}")

# %% [markdown]
# The same for every seed and both heads: for authenticity the probability is that of "genuine", for the
# emotions the confidence in the emotion that is predicted. The figure shows the share that came true over the
# probability, a line a seed. Below the dashed diagonal the model claims too much.

# %% mystnb={"image": {"alt": "Reliability diagrams of the two heads of the proposed model: share that came true over the probability, a line a seed; marks grow with the images in a bin; the dashed diagonal is perfect calibration."}}
forecasts = {
    (name, head.name): [calibration.forecast(result_page.rows_of(run, last), head) for run in found]
    for name, found in runs.items()
    for head in own[0].task.heads
}
diagrams = {
    head: [calibration.reliability(one, bins=bins) for one in found]
    for (name, head), found in forecasts.items()
    if name == named_configs.PROPOSED
}
figure = result_plots.reliability(diagrams, "probability")

# %% [markdown]
# The expected calibration error (ECE, {cite}`naeini2015`) is the mean distance of the bins from the diagonal,
# weighted by their images, in bins of equal width or of equal size. It is never below zero, so few images make
# it too large. The Brier score {cite}`brier1950` is the mean squared distance of the probability from what came
# true. The last column is the mean probability less the share that came true: above zero the model claims too
# much. The parts of the Brier score, folded below, are those of {cite}`dimitriadis2021`.

# %%
measured = calibration_page.measured(forecasts, resamples, seed, bins)
error = measured[named_configs.PROPOSED, "authenticity"][calibration_page.ERROR]

# %% [markdown]
# Sections 5-1-7 and 5-3-3 take the AUC as a sign of certain and credible probabilities. But the AUC sees only
# the order of the images. Squaring every probability keeps the order and changes what the probabilities say:

# %%
of_authenticity = forecasts[named_configs.PROPOSED, "authenticity"]
calibration_page.say_squared(of_authenticity, resamples, seed, bins)

# %% [markdown]
# ## The threshold
#
# Section 4-3 calls an expression genuine from a probability of {claim}`diya2026/deploy.threshold` on. For each
# seed we take the threshold with the highest accuracy **on the validation part** instead, and apply both to the
# test images. No test image has a say in the choice.

# %%
found = {
    (name, which): calibration_page.thresholds_of(of_model, threshold, which, resamples, seed)
    for name, of_model in runs.items()
    for which in at.sets
}
calibration_page.say_thresholds(found, threshold, at.sets)

# %% [markdown]
# ## Verdicts
#
# The printed interval is compared with the exact one. What the paper leaves open is marked as underspecified,
# with what we measured.

# %% tags=["hide-input"]
rows = VerdictRows(ledger)
half = ledger["deploy.threshold"].value
gained = calibration_page.thresholds_of(own, half, last, resamples, seed).gain["accuracy"]
verdicts.judge(rows, exact, averaged, gained, error)
rows.show(f"Uncertainty, calibration and threshold, in profile {at.made_in}")
question.answer(
    calibration_page.answer(ends["accuracy"], draws["accuracy"][0], few, error),
    result_page.rests_on(own, at),
)

# %% [markdown]
# ## Try it
#
# Three parameters can be changed: `few`, the resamples that make one interval; `bins`, the bins of the
# reliability diagram; and `threshold`, from which an expression is called genuine.
#
# ```sh
# make notebook N=diya2026/calibration PROFILE=book PARAMS='few=50 bins=20'
# ```

# %% tags=["hide-input"]
spent = tables.measured(f"{time.perf_counter() - started:.0f} s")
tables.say(f"Here the page took {spent} from the runs in the store.")

# %% [markdown]
# **Exercise.** From how many resamples on do the smallest and largest draw enclose the middle $95\,\%$ in nine of
# ten cases? Work it out from the chance that a draw falls into one tail, then change `few` and look at the
# sentence under the first table.
#
# <details>
# <summary>Answer</summary>
#
# One draw misses a tail of $2.5\,\%$ with probability $0.975$, so $n$ draws all miss it with $0.975^n$. Both tails
# are hit with probability $1 - 2 \cdot 0.975^n + 0.95^n$. That is $0.9$ from about $n = 118$ on; five draws
# reach $0.012$.
#
# </details>
