"""Scores of groups of subjects from sums by subject, so that drawing subjects again is cheap.

A group's AUC is a sum over pairs of subjects (the Mann-Whitney count of one's genuine over the
other's fake images); every other score is a ratio of sums over subjects. So all follow from how
often each subject was drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib import metrics

ACCURACY, AUC, WITHIN = "emotion accuracy", "authenticity AUC", "AUC within emotion"
TRUE, FALSE = "genuine called genuine", "fake called genuine"
SCORES = (ACCURACY, AUC, WITHIN, TRUE, FALSE)


@dataclass(frozen=True)
class Sums:
    """What all scores need of one run's predictions, summed by subject, as `sums` makes it.

    Attributes
    ----------
    subjects : ndarray
        str (S,), sorted.
    counts : dict of str -> ndarray
        (2, S): what is counted, and out of how many images, for the scores that are shares.
    pairs : dict of str -> ndarray
        (2, S, S): genuine images of the first subject above fake ones of the second (a tie counts
        half), and all such pairs, for the scores that are areas.
    """

    subjects: np.ndarray
    counts: dict[str, np.ndarray]
    pairs: dict[str, np.ndarray]


def sums(predictions: pd.DataFrame) -> Sums:
    """Return the sums by subject of a table of predictions, as `fer_lib.metrics.judged` takes it.

    Authenticity is decided at 0.5 (section 4-3 of the paper).
    """
    emotion, authenticity = (metrics.judged(predictions, h) for h in ("emotion", "authenticity"))
    subjects, place = np.unique(emotion.groups.astype(str), return_inverse=True)
    member = (place == np.arange(len(subjects))[:, None]).astype(float)
    genuine, called = authenticity.truth == 1, authenticity.guess == 1
    counts = {
        ACCURACY: (emotion.truth == emotion.guess, np.ones_like(genuine)),
        TRUE: (genuine & called, genuine),
        FALSE: (~genuine & called, ~genuine),
    }
    up, down = authenticity.score[genuine][:, None], authenticity.score[~genuine][None]
    above = (up > down) + 0.5 * (up == down)
    same = authenticity.emotion[genuine][:, None] == authenticity.emotion[~genuine][None]
    pairs = {AUC: (above, np.ones_like(above)), WITHIN: (above * same, same.astype(float))}
    return Sums(
        subjects,
        {k: np.stack([member @ part.astype(float) for part in v]) for k, v in counts.items()},
        {
            k: np.stack([member[:, genuine] @ part @ member[:, ~genuine].T for part in v])
            for k, v in pairs.items()
        },
    )


def score(of: Sums, name: str, drawn: np.ndarray) -> np.ndarray:
    """Return one of `SCORES` for weights ``drawn`` (..., S): how often each subject counts.

    nan where the weights leave nothing to score, for instance no genuine image.
    """
    if name in of.counts:
        top, bottom = (drawn @ part for part in of.counts[name])
    else:
        top, bottom = (((drawn @ part) * drawn).sum(-1) for part in of.pairs[name])
    return np.divide(top, bottom, out=np.full(np.shape(top), np.nan), where=bottom > 0)


def mean_score(runs: list[Sums], name: str, drawn: np.ndarray) -> np.ndarray:
    """Return the mean of a score over several seeds of training."""
    return np.mean([score(of, name, drawn) for of in runs], axis=0)
