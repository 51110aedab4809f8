# %% [markdown]
# # Uncertainty, calibration, threshold
#
# What an interval from five resamples is worth (section 5-1-8 of {cite}`diya2026`), whether the models'
# probabilities mean what they say, and whether {claim}`diya2026/deploy.threshold` is where to decide
# (section 4-3).

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from engine.page import tables as page
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import counts_by_subject, ledgers, metrics, over_seeds
from fer_lib.evaluation.bootstrap import LEVEL, percentile_ends, weights_of
from fer_lib.labels import AUTHENTICITY
from fer_lib.papers.diya2026 import (
    bootstrap_coverage,
    calibration,
    named_configs,
    result_page,
    result_plots,
)
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
runs = load_runs.need_arms(configs.planned([named_configs.PROPOSED, named_configs.RIVAL], settings))
first = runs[named_configs.PROPOSED][0]
at = result_page.opened(first, data)
made_in, resamples, ground, sets, last = at.made_in, at.resamples, at.ground, at.sets, at.last
page.say(
    f"Models: {' and '.join(named_configs.title(name) for name in runs)}, on {sets[last]}; "
    f"{resamples:,} bootstrap resamples. Seeds: "
    + result_page.seeds_in_words({named_configs.title(name): found for name, found in runs.items()})
    + "."
)

# %% [markdown]
# ## Five resamples
#
# Section 5-1-8 averages the scores over five bootstrap runs and gives intervals of
# {claim}`diya2026/bootstrap.level`. A percentile interval of that level leaves out one draw in forty at each
# end, so it takes many draws to find where that is {cite}`efron1993`. Five draws cannot: their smallest and
# largest enclose that middle part only if at least one of them falls into each tail.
#
# Here the first seed of the proposed model is drawn again by subject, as often as the profile says. From
# these draws five are taken, an interval is made of them, and this is done a thousand times.

# %% tags=["hide-input"]
FIVE = int(ledger["bootstrap.resamples"].value)
REPEATS = 1000
one = over_seeds.tallies([first], last, "authenticity")
values, draws, groups = over_seeds.drawn(one, resamples, seed)
rows, chances = [], {}
for name in ("accuracy", "macro F1", "AUC"):
    drawn = draws[name][0]
    drawn = drawn[~np.isnan(drawn)]
    low, high = percentile_ends(drawn)
    chances[name] = bootstrap_coverage.from_few(drawn, FIVE, REPEATS, seed)
    ends = chances[name]
    rows.append(
        {
            "score": name,
            "value": float(values[name][0]),
            f"interval, {resamples:,} draws": f"[{low:.3f}, {high:.3f}]",
            f"lower end, {FIVE} draws": "{:.3f} to {:.3f}".format(*percentile_ends(ends["low"])),
            f"upper end, {FIVE} draws": "{:.3f} to {:.3f}".format(*percentile_ends(ends["high"])),
            "mean width, share of the full one": f"{ends['width'].mean() / (high - low):.2f}",
            "narrowest to widest": f"{ends['width'].min() / (high - low):.2f} to {ends['width'].max() / (high - low):.2f}",
        }
    )
page.table(
    rows, f"Intervals from {FIVE} resamples, made {REPEATS:,} times (middle 95 % of their ends)"
)
page.say(
    f"That the smallest and largest of {FIVE} draws enclose the middle 95 % happens in "
    f"{100 * bootstrap_coverage.coverage(FIVE):.1f} % of cases, whatever the score."
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Histograms of the lower and upper ends of a thousand intervals from five resamples of the authenticity accuracy; dashed lines are the ends from all resamples, which the short intervals mostly do not reach."}}
drawn = draws["accuracy"][0]
figure = result_plots.spread_of_ends(
    tuple(percentile_ends(drawn)), chances["accuracy"], "authenticity accuracy"
)

# %% tags=["hide-input"]
shown = chances["accuracy"].quantile([0.0, 0.025, 0.25, 0.5, 0.75, 0.975, 1.0])
page.folded(
    shown.rename_axis("quantile").reset_index(), "Quantiles of the ends from five resamples"
)

# %% [markdown]
# ### Images are not subjects
#
# The same run, resampled once by subject and once as if each image were a subject of its own. The second is
# what a bootstrap over images does.

# %% tags=["hide-input"]
held = result_page.rows_of(first, last)
alone = counts_by_subject.tally(held.assign(group=held["image_id"]), first.task["authenticity"])
_, by_image, images = over_seeds.drawn([alone], resamples, seed)
rows = []
for name in ("accuracy", "macro F1", "AUC"):
    ends = {
        "by subject": percentile_ends(draws[name]),
        "by image": percentile_ends(by_image[name]),
    }
    width = {how: high - low for how, (low, high) in ends.items()}
    rows.append(
        {"score": name}
        | {f"drawn {how}": f"[{low:.3f}, {high:.3f}]" for how, (low, high) in ends.items()}
        | {"subject over image, width": f"{width['by subject'] / width['by image']:.2f}"}
    )
page.table(rows, f"{groups} groups, {images:,} images")

# %% [markdown]
# ### What the printed interval is
#
# Figure 13 has all that a bootstrap of images needs. Drawing its images again gives a binomial number of
# right answers, so the ends of a bootstrap with very many draws are known exactly. And Table 6 says that
# its values are averages over five bootstrap runs: how often would such averages print like the four
# counts themselves? That is tried out with many such tables.

# %% tags=["hide-input"]
printed = result_page.figure_13(ledger)
total, right = int(printed.sum()), int(np.trace(printed))
exact = np.array(stats.binom.interval(LEVEL, total, right / total)) / total
tables = 20_000
again = weights_of(printed, tables * FIVE, seed).reshape(-1, 2, 2)
overall, per_class = metrics.confusion_scores(again), metrics.class_scores(again)
averaged = {
    "authenticity.accuracy": 100 * overall["accuracy"],
    "authenticity.kappa": overall["Cohen's kappa"],
    "authenticity.mcc": overall["MCC"],
} | {
    f"{where}.{name}.{what.lower()}": per_class[what][:, place]
    for place, name in enumerate(AUTHENTICITY)
    for where, what in (
        ("table6", "precision"),
        ("table6", "recall"),
        ("table6", "F1"),
        ("text", "recall"),
        ("text", "F1"),
    )
}
alike = np.ones(tables, bool)
singly = []
for key, value in averaged.items():
    mean = value.reshape(tables, FIVE).mean(1)
    low, high = ledger[key].rounding
    prints = (low <= mean) & (mean <= high)
    alike &= prints
    singly.append(
        {
            "value": ledger[key].title,
            "printed": ledger[key].shown,
            "prints like it": f"{100 * prints.mean():.1f} %",
        }
    )
quick = bootstrap_coverage.from_few(overall["accuracy"], FIVE, REPEATS * 10, seed)
names = ("authenticity.ci_low", "authenticity.ci_high")
(low_from, low_to), (high_from, high_to) = (ledger[name].rounding for name in names)
both = quick["low"].between(low_from, low_to) & quick["high"].between(high_from, high_to)
page.table(
    singly, f"How often an average over {FIVE} bootstrap runs prints like the counts of Figure 13"
)
page.say(
    f"All of them together: {int(alike.sum()):,} of {tables:,}. Both ends of the printed interval from "
    f"{FIVE} draws: {int(both.sum()):,} of {len(both):,}."
)

# %% [markdown]
# ## Calibration
#
# A probability is calibrated if, of the images that get {literal}`0.8 <an example>`, eight in ten are what
# they are said to be. For authenticity the probability is that of "genuine"; for the emotions it is the
# confidence in the emotion that is named. The expected calibration error (ECE, {cite}`naeini2015`) is the
# mean distance of the bins below from the diagonal, weighted by their images; ten bins of equal width or of
# equal size. It is never below zero, so small samples make it too large. The Brier score {cite}`brier1950`
# is the mean squared distance of the probability from what came true.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Reliability diagram of the authenticity head of the proposed model: share of genuine images over the probability of genuine in ten bins, a line a seed; marks grow with the images in a bin; the dashed diagonal is perfect calibration."}}
forecasts = {
    (name, head): [
        calibration.forecast(result_page.rows_of(run, last), run.task[head]) for run in found
    ]
    for name, found in runs.items()
    for head in ("authenticity", "emotion")
}
diagrams = {key: [calibration.reliability(of) for of in found] for key, found in forecasts.items()}
figure = result_plots.reliability(
    {named_configs.title(named_configs.PROPOSED): diagrams[named_configs.PROPOSED, "authenticity"]},
    "probability of genuine",
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Reliability diagram of the emotion head of the proposed model: share of right answers over the confidence in ten bins, a line a seed; marks grow with the images in a bin; the dashed diagonal is perfect calibration."}}
figure = result_plots.reliability(
    {named_configs.title(named_configs.PROPOSED): diagrams[named_configs.PROPOSED, "emotion"]},
    "confidence in the emotion",
)

# %% tags=["hide-input"]
for (name, head), frames in diagrams.items():
    page.folded(
        pd.concat(
            frame.assign(seed=run.about["seed"])
            for run, frame in zip(runs[name], frames, strict=True)
        ),
        f"Reliability of {named_configs.title(name)}, {head}",
    )

# %% tags=["hide-input"]
measured = {key: calibration.over_seeds(found, resamples, seed) for key, found in forecasts.items()}
page.table(
    [
        {"model": named_configs.title(name), "head": head} | found
        for (name, head), found in measured.items()
    ],
    f"Calibration, mean over seeds, {sets[last]}",
)
parts = [
    {"model": named_configs.title(name), "head": head}
    | pd.DataFrame([calibration.brier_parts(of) for of in found]).mean().to_dict()
    for (name, head), found in forecasts.items()
]
page.table(parts, "The Brier score is miscalibration less discrimination plus uncertainty")

# %% [markdown]
# The parts are those of {cite}`dimitriadis2021`: miscalibration is what the best rising change of the
# probabilities would save, discrimination what such a change gains over always saying the plain share,
# uncertainty the score of the plain share. They are means over seeds without intervals.
#
# Sections 5-1-7 and 5-3-3 take the AUC as a sign of certain and credible probabilities. Squaring every
# probability changes none of the order, and so not the AUC:

# %% tags=["hide-input"]
squared = [replace(of, p=of.p**2) for of in forecasts[named_configs.PROPOSED, "authenticity"]]
rows = []
for how, found in (
    ("as they are", forecasts[named_configs.PROPOSED, "authenticity"]),
    ("squared", squared),
):
    rows.append(
        {
            "probabilities": how,
            "AUC": float(np.mean([metrics.auc(of.true, of.p) for of in found])),
        }
        | calibration.over_seeds(found, resamples, seed)
    )
page.table(rows, "The same AUC with other probabilities")

# %% [markdown]
# ## The threshold
#
# Section 4-3 calls an expression genuine from a probability of {claim}`diya2026/deploy.threshold` on. For
# each seed the threshold with the highest accuracy **on the validation part** is taken instead, and both
# are applied to the test images. No test image has a say in the choice.

# %% tags=["hide-input"]
half = ledger["deploy.threshold"].value
thresholds = {
    name: [calibration.best_threshold(run) for run in found] for name, found in runs.items()
}
gains = {}
for which, text in sets.items():
    rows = []
    for name, found in runs.items():
        plain = calibration.at_thresholds(found, [half] * len(found), which, resamples, seed)
        best = calibration.at_thresholds(found, thresholds[name], which, resamples, seed)
        gains[name, which] = over_seeds.less(best, plain)
        for score in plain[0]:
            rows.append(
                {
                    "model": named_configs.title(name),
                    "score": score,
                    f"at {half:g}": float(plain[0][score].mean()),
                    "at the validation part's best": float(best[0][score].mean()),
                    "difference": gains[name, which][score],
                }
            )
    page.table(rows, f"Two thresholds: {text}")
page.table(
    [
        {"model": named_configs.title(name), "seed": run.about["seed"], "threshold": threshold}
        for name, found in runs.items()
        for run, threshold in zip(found, thresholds[name], strict=True)
    ],
    "Thresholds chosen on the validation part",
)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
verdicts = VerdictRows(ledger)
for name, end in zip(names, exact, strict=True):
    how = f"very many draws of single images from Figure 13 give {end:.4f}"
    verdicts.within(name, end, end, how)
verdicts.underspecified(
    "bootstrap.resamples",
    "neither the draws in a run nor the unit drawn are given; if a run is one resample, both printed ends "
    f"come out in {100 * both.mean():.2f} % of tries",
)
verdicts.underspecified(
    "table6.averaged",
    "the values are those of the four counts of Figure 13 themselves; if a run is one resample, averages over "
    f"{FIVE} print like that in {100 * alike.mean():.2f} % of tries",
)
verdicts.underspecified(
    "deploy.threshold",
    "why it was chosen is not said; ours is the accuracy that the validation part's best threshold gains on "
    "it, in points",
    gains[named_configs.PROPOSED, last]["accuracy"].percent(),
)
for name in ("auc.certainty", "auc.credibility"):
    verdicts.inconsistent(
        name,
        "squared probabilities have the same AUC; ours is the ECE as it is",
        measured[named_configs.PROPOSED, "authenticity"]["ECE, equal width"],
    )
verdicts.show(f"Uncertainty, calibration and threshold, in profile {made_in}")
