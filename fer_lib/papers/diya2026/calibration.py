"""Calibration of predicted probabilities, and the choice of a decision threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

from fer_lib.evaluation import metrics
from fer_lib.evaluation.counts_by_subject import Tally, matrices, tally
from fer_lib.evaluation.over_seeds import Drawn, Pooled, drawn, pool
from fer_lib.task import Head
from fer_lib.training.run import Run

BINS = 10


@dataclass(frozen=True)
class Forecast:
    """Predicted probabilities, and whether they came true.

    Attributes
    ----------
    groups : ndarray
        str (n,).
    p : ndarray
        Float (n,) in [0, 1]: P(genuine), or the highest of the emotions' probabilities.
    true : ndarray
        Float (n,), 1 where the image is genuine, or where that emotion is the true one.
    """

    groups: np.ndarray
    p: np.ndarray
    true: np.ndarray


def forecast(predictions: pd.DataFrame, head: Head) -> Forecast:
    """Return a head's forecast: P(yes), or the confidence in the class that it names."""
    of = metrics.judged(predictions, head)
    if not head.yes_no:
        return Forecast(of.groups, of.score.max(1), (of.guess == of.truth).astype(float))
    return Forecast(of.groups, of.score, of.truth.astype(float))


def edges_of(p: np.ndarray, strategy: str, bins: int = BINS) -> np.ndarray:
    """Return the inner edges (bins - 1,) of bins of equal width ("uniform") or size ("quantile").

    Raises
    ------
    ValueError
        If the strategy is another one.
    """
    if strategy == "uniform":
        return np.linspace(0, 1, bins + 1)[1:-1]
    if strategy == "quantile":
        return np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    raise ValueError(f"unknown strategy {strategy!r}: choose uniform or quantile")


def reliability(of: Forecast, strategy: str = "uniform", bins: int = BINS) -> pd.DataFrame:
    """Return one row for each bin that holds an image: the reliability diagram.

    Columns: ``forecast`` (mean probability), ``came true`` (share), ``images``. The first two are
    what scikit-learn's ``calibration_curve`` gives.
    """
    place = np.searchsorted(edges_of(of.p, strategy, bins), of.p)
    frame = pd.DataFrame({"bin": place, "forecast": of.p, "came true": of.true})
    found = frame.groupby("bin").agg({"forecast": "mean", "came true": "mean"})
    return found.assign(images=frame.groupby("bin").size()).reset_index(drop=True)


def brier_parts(of: Forecast) -> dict[str, float]:
    """Return the Brier score and its parts: it is miscalibration - discrimination + uncertainty.

    The parts are those of Dimitriadis, Gneiting and Jordan (doi:10.1073/pnas.2016191118): the
    forecast is set beside its isotonic recalibration and beside the plain share, so that no bins
    have to be chosen. ``uncertainty`` is the Brier score of the share.
    """
    forecast = of.p.astype(np.float64)  # neighbours in single precision are interpolated to nan
    fitted = IsotonicRegression(y_min=0, y_max=1).fit(forecast, of.true).predict(forecast)
    constant = np.full(len(forecast), of.true.mean())
    own, best, plain = (
        float(brier_score_loss(of.true, p, pos_label=1)) for p in (forecast, fitted, constant)
    )
    return {
        "Brier score": own,
        "miscalibration": own - best,
        "discrimination": plain - best,
        "uncertainty": plain,
    }


def over_seeds(
    of: list[Forecast], resamples: int, seed: int = 0, bins: int = BINS
) -> dict[str, Pooled]:
    """Return ECE (equal width, equal size), Brier score and mean gap, means over seeds.

    The expected calibration error (Naeini et al., AAAI 2015, doi:10.1609/aaai.v29i1.9602) is the
    mean of the bins' gaps, weighted by their images: never below zero, and too high on few images,
    since even a perfect forecast has gaps by chance.

    Intervals are those of `fer_lib.evaluation.over_seeds.over_seeds`, by group and seed. The bins
    of equal size are those of each seed's own forecast and are kept when groups are drawn again.
    The gap is the mean forecast minus the share that came true: positive where the model claims too
    much.
    """
    values, draws, groups = drawn(of, resamples, seed, partial(_scores, bins=bins))
    return {name: pool(values[name], draws[name], groups) for name in values}


def _scores(of: Forecast, weights: np.ndarray, bins: int) -> dict[str, np.ndarray]:
    """Return each measure (B,) where image i counts ``weights[b, i]`` times."""
    error, images = of.p - of.true, weights.sum(1)
    found = {"Brier score": weights @ error**2, "forecast minus truth": weights @ error}
    for name, strategy in (("ECE, equal width", "uniform"), ("ECE, equal size", "quantile")):
        cell = np.searchsorted(edges_of(of.p, strategy, bins), of.p)
        gaps = weights @ (np.eye(bins)[cell] * error[:, None])
        found[name] = np.abs(gaps).sum(1)
    return {name: metrics.ratio(one, images, np.nan) for name, one in found.items()}


def best_threshold(run: Run) -> float:
    """Return the P(genuine) at which a run decides best **on its validation part**.

    Best is the highest accuracy; among equals the one nearest to 0.5. Only rows of the set
    "validation" are looked at, so that no test image has a say.

    Raises
    ------
    ValueError
        If the run has no validation part.
    """
    rows = run.predictions[run.predictions["set"] == "validation"]
    if rows.empty:
        raise ValueError("no validation part to choose a threshold on")
    of = metrics.judged(rows, run.task["authenticity"])
    score = np.unique(of.score)
    between = (score[1:] + score[:-1]) / 2
    candidates = np.unique(np.concatenate([[0.5], between]))
    right = ((of.score[None] >= candidates[:, None]) == (of.truth == 1)[None]).mean(1)
    best = candidates[right >= right.max() - 1e-12]
    return float(best[np.abs(best - 0.5).argmin()])


def threshold_scores(of: Tally, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return the scores that depend on a threshold, float (B,): accuracy, macro F1, recalls."""
    counted = matrices(of, weights)
    recall = metrics.class_scores(counted)["recall"]
    overall = metrics.confusion_scores(counted)
    return {name: overall[name] for name in ("accuracy", "macro F1")} | {
        f"recall, {name}": recall[:, place] for place, name in enumerate(of.classes)
    }


def at_thresholds(
    runs: Sequence[Run],
    thresholds: Sequence[float],
    which: str,
    resamples: int,
    seed: int = 0,
) -> Drawn:
    """Return `threshold_scores` of runs on one set, each decided at its own threshold."""
    found = [
        tally(run.predictions[run.predictions["set"] == which], run.task["authenticity"], threshold)
        for run, threshold in zip(runs, thresholds, strict=True)
    ]
    return drawn(found, resamples, seed, threshold_scores)


def within_subjects(predictions: pd.DataFrame, head: Head) -> dict[str, float]:
    """Return how alike a subject's answers are, and what that does to an interval.

    Parameters
    ----------
    predictions : DataFrame
        Of one set; each subject has images of both classes.
    head : Head
        A head of yes and no.

    Returns
    -------
    dict
        ``images a subject``; ``correlation`` of right answers of two images of one subject (the
        mean over all such pairs); ``design effect``, 1 + (images - 1) x correlation: by how much
        drawing subjects changes the variance of the accuracy against drawing images; and ``between
        the classes``, over subjects the correlation of the shares of right answers in the two
        classes.
    """
    of = metrics.judged(predictions, head)
    right = (of.guess == of.truth).astype(float)
    frame = pd.DataFrame({"group": of.groups, "truth": of.truth, "right": right})
    frame["error"] = right - right.mean()
    sums = frame.groupby("group")["error"].agg(["sum", "size"])
    pairs = (sums["size"] * (sums["size"] - 1)).sum()
    same = (sums["sum"] ** 2).sum() - (frame["error"] ** 2).sum()
    variance = (frame["error"] ** 2).mean()
    alike = float(same / pairs / variance) if pairs and variance else float("nan")
    shares = frame.pivot_table(index="group", columns="truth", values="right", aggfunc="mean")
    images = float(sums["size"].mean())
    return {
        "images a subject": images,
        "correlation": alike,
        "design effect": 1 + (images - 1) * alike,
        "between the classes": float(shares.corr().iloc[0, -1]),
    }
