"""Classification scores overall and by class, and curves, of one set of predictions."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd
from sklearn import metrics as sk

from fer_lib.task import Head


def confusion_scores(matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Return accuracy, macro and weighted F1, kappa and MCC of confusion matrices.

    Parameters
    ----------
    matrix : ndarray
        Shape (..., k, k), counts; rows are the truth, columns the prediction.

    Returns
    -------
    dict
        Arrays of shape (...). A class without a true or predicted image counts as F1 = 0, as in
        scikit-learn; classes absent from the truth are left out of the macro average. With k > 2,
        MCC is Gorodkin's R_K (doi:10.1016/j.compbiolchem.2004.09.006). nan without any image.
    """
    matrix = matrix.astype(float)
    total, truth, guess = matrix.sum((-2, -1)), matrix.sum(-1), matrix.sum(-2)
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    f1 = ratio(2 * hits, truth + guess)
    agreed = ratio(hits.sum(-1), total, np.nan)
    expected = ratio((truth * guess).sum(-1), total**2, np.nan)
    spread = np.sqrt((total**2 - (guess**2).sum(-1)) * (total**2 - (truth**2).sum(-1)))
    return {
        "accuracy": agreed,
        "macro F1": ratio((f1 * (truth > 0)).sum(-1), (truth > 0).sum(-1).astype(float), np.nan),
        "weighted F1": ratio((f1 * truth).sum(-1), total, np.nan),
        "Cohen's kappa": ratio(agreed - expected, 1 - expected),
        "MCC": ratio(hits.sum(-1) * total - (truth * guess).sum(-1), spread),
    }


def class_scores(matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Return precision, recall, F1, support, each (..., k), of confusion matrices (..., k, k)."""
    matrix = matrix.astype(float)
    truth, guess = matrix.sum(-1), matrix.sum(-2)
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    return {
        "precision": ratio(hits, guess),
        "recall": ratio(hits, truth),
        "F1": ratio(2 * hits, truth + guess),
        "support": truth,
    }


def ratio(top: np.ndarray, bottom: np.ndarray, empty: float = 0.0) -> np.ndarray:
    """Return ``top / bottom``, and ``empty`` where the bottom is not positive."""
    return np.divide(top, bottom, out=np.full(np.shape(top), empty), where=bottom > 0)[()]


def auc(truth: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve, as the Mann-Whitney statistic; nan with one class."""
    truth = np.asarray(truth, bool)
    return nan if truth.all() or not truth.any() else float(sk.roc_auc_score(truth, score))


@dataclass(frozen=True)
class Judged:
    """Predictions of one head as arrays.

    Attributes
    ----------
    head : Head
        The head.
    groups : ndarray
        Shape (n,), the subject of each row.
    truth, guess : ndarray
        int64 (n,), places in ``classes``.
    score : ndarray
        (n, k) probabilities of the classes, or (n,) of a yes/no head's second class.
    strata : ndarray or None
        str (n,), the column `Head.within`, for scores within its values; None without one.
    """

    head: Head
    groups: np.ndarray
    truth: np.ndarray
    guess: np.ndarray
    score: np.ndarray
    strata: np.ndarray | None

    @property
    def classes(self) -> tuple[str, ...]:
        """The head's classes, in the order of the probabilities."""
        return self.head.classes


def answers(predictions: pd.DataFrame, head: Head) -> tuple[np.ndarray, np.ndarray]:
    """Return ``score`` and ``guess`` of a head, as `Judged` has them, from its probabilities."""
    if head.yes_no:
        score = predictions[head.output].to_numpy()
        return score, (score >= 0.5).astype(np.int64)
    score = predictions[list(head.columns)].to_numpy()
    return score, score.argmax(1)


def judged(predictions: pd.DataFrame, head: Head) -> Judged:
    """Return one head's predictions, from the table of a run.

    Parameters
    ----------
    predictions : DataFrame
        With ``group``, the head's labels, and its probabilities in the columns `Head.columns`.
    head : Head
        Which; a yes/no head is decided at 0.5.

    Raises
    ------
    ValueError
        If the labels are not those of the head.
    """
    score, guess = answers(predictions, head)
    strata = predictions[head.within].astype(str).to_numpy() if head.within else None
    groups = predictions["group"].to_numpy()
    return Judged(head, groups, head.places(predictions), guess, score, strata)


def summary_score(of: Judged) -> float:
    """Return the score that `Head.score` names: AUC of a yes/no head, accuracy of any other."""
    return auc(of.truth, of.score) if of.head.yes_no else float((of.guess == of.truth).mean())


def confusion(predictions: pd.DataFrame, head: Head) -> pd.DataFrame:
    """Return the confusion matrix of one head.

    Parameters
    ----------
    predictions, head
        As for `judged`; one set's rows.

    Returns
    -------
    DataFrame
        int64 (k, k) counts of images; index ``true`` and columns ``predicted`` are the classes.

    Raises
    ------
    ValueError
        If there is no row, or the labels are not those of the head.

    Examples
    --------
    >>> head = Head("authenticity", ("fake", "genuine"), "authenticity", "bce")
    >>> answers = {"group": list("aabb"), "authenticity": ["fake", "genuine"] * 2}
    >>> confusion(pd.DataFrame(answers | {"p_genuine": [0.2, 0.9, 0.6, 0.7]}), head)
    predicted  fake  genuine
    true
    fake          1        1
    genuine       0        2
    """
    of = judged(predictions, head)
    counts = sk.confusion_matrix(of.truth, of.guess, labels=range(len(of.classes)))
    names = (pd.Index(of.classes, name=side) for side in ("true", "predicted"))
    return pd.DataFrame(counts, *names)


def curve_points(truth: np.ndarray, score: np.ndarray, points: int = 11) -> pd.DataFrame:
    """Return ROC and precision-recall curves at evenly spaced rates, for the table of a figure.

    Returns
    -------
    DataFrame
        ``rate`` from 0 to 1; the true positive rate at that false positive rate; the precision at
        that recall (the best at that recall or beyond).
    """
    false, true, _ = sk.roc_curve(truth, score)
    precision, recall, _ = sk.precision_recall_curve(truth, score)
    rates = np.linspace(0, 1, points)
    return pd.DataFrame(
        {
            "rate": rates.round(2),
            "true positive rate at this false positive rate": np.interp(rates, false, true),
            # scikit-learn's last point, recall 0 and precision 1, is not a measurement.
            "precision at this recall": [precision[:-1][recall[:-1] >= r].max() for r in rates],
        }
    )


def curves(predictions: pd.DataFrame, head: Head, points: int = 11) -> pd.DataFrame:
    """Return the ROC and precision-recall points of one head, each class against the rest.

    Parameters
    ----------
    predictions, head
        As for `judged`; one set's rows.
    points : int
        Evenly spaced rates from 0 to 1, both included.

    Returns
    -------
    DataFrame
        ``class``, then the columns of `curve_points`, ``points`` rows a class. A yes/no head has
        one class, its second; a class that no image has, or all have, has no curve.

    Raises
    ------
    ValueError
        If the labels are not those of the head, or no class has a curve.

    References
    ----------
    Fawcett, Pattern Recognit. Lett. 27 (2006), doi:10.1016/j.patrec.2005.10.010; Davis and
    Goadrich (2006), doi:10.1145/1143844.1143874.

    Examples
    --------
    >>> head = Head("authenticity", ("fake", "genuine"), "authenticity", "bce")
    >>> answers = {"group": list("aabb"), "authenticity": ["fake", "genuine"] * 2}
    >>> found = curves(pd.DataFrame(answers | {"p_genuine": [0.2, 0.9, 0.6, 0.5]}), head, 3)
    >>> found.round(2).to_numpy().tolist()
    [['genuine', 0.0, 0.5, 1.0], ['genuine', 0.5, 1.0, 1.0], ['genuine', 1.0, 1.0, 0.67]]
    """
    of = judged(predictions, head)
    found = []
    for k, score in {1: of.score}.items() if head.yes_no else enumerate(of.score.T):
        truth = of.truth == k
        if truth.any() and not truth.all():
            found.append(curve_points(truth, score, points))
            found[-1].insert(0, "class", of.classes[k])
    if not found:
        raise ValueError(f"every image has one class of head {head.name}: there is no curve")
    return pd.concat(found, ignore_index=True)
