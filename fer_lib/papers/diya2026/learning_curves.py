"""Mean curves of several seeds: ROC, precision-recall, and training histories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from fer_lib.evaluation.bootstrap import Interval, student_ends
from fer_lib.evaluation.metrics import curve_points
from fer_lib.training.run import Run

POINTS = 101


def mean_curve(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]], points: int = POINTS
) -> pd.DataFrame:
    """Return `metrics.curve_points` averaged over seeds at each rate.

    Parameters
    ----------
    pairs : sequence of (truth, score)
        One a seed; truth is 0 or 1. Scores of different seeds are never ranked against each other.
    points : int
        Rates from 0 to 1.

    References
    ----------
    Vertical averaging: Fawcett, Pattern Recognit. Lett. 27 (2006),
    doi:10.1016/j.patrec.2005.10.010.
    """
    found = [curve_points(np.asarray(truth), score, points) for truth, score in pairs]
    return pd.concat(found).groupby("rate", as_index=False).mean()


def tenths(curves: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Return the rows of some curves at rates 0, 0.1, ..., 1, for the table behind a figure.

    The column ``name`` says which curve a row is of.
    """
    points = pd.concat([curve.assign(**{name: of}) for of, curve in curves.items()])
    return points[np.isclose(points["rate"] * 10, (points["rate"] * 10).round())]


def kept(run: Run) -> pd.Series:
    """Return the epoch of a run's history whose weights were kept."""
    return run.history[run.history["best"]].iloc[-1]


def gap(run: Run, head: str) -> float:
    """Return training minus validation accuracy at the kept epoch.

    Training accuracy is measured on augmented images with dropout, while weights still move.
    """
    row = kept(run)
    return float(row[f"train_{head}_accuracy"] - row[f"val_{head}_accuracy"])


def rises(run: Run, column: str) -> int:
    """Return in how many epochs the column was higher than in the epoch before."""
    return int((run.history[column].diff() > 0).sum())


def epochs_to(run: Run, column: str, share: float = 0.9) -> float:
    """Return the first epoch with ``share`` of the way from the first to the best value done.

    nan where the column never rises above its first value.
    """
    found = run.history[column].to_numpy()
    if not found.max() > found[0]:
        return float("nan")
    way = (found - found[0]) / (found.max() - found[0])
    return float(run.history["epoch"].iloc[int(np.argmax(way >= share))])


def over_seeds(values: Sequence[float], digits: int = 3) -> Interval:
    """Return the mean of one number a seed with Student's interval; no interval with one seed.

    ``Interval.groups`` is the number of seeds: nobody's images are drawn here.
    """
    found = np.asarray(values, float)
    found = found[~np.isnan(found)]
    if not found.size:
        return Interval(float("nan"), float("nan"), float("nan"), 0, digits)
    mean = float(found.mean())
    if found.size < 2:
        return Interval(mean, float("nan"), float("nan"), found.size, digits)
    low, high = student_ends(mean, stats.sem(found), found.size - 1)
    return Interval(mean, float(low), float(high), found.size, digits)
