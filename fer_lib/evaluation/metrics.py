"""Classification scores: overall, by class, within strata, and paired between two models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from sklearn import metrics as sk

from fer_lib.evaluation.bootstrap import Interval, bootstrap
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


def confusion_counts(truth: np.ndarray, guess: np.ndarray, classes: int) -> np.ndarray:
    """Return the (classes, classes) matrix of counts; rows are the truth."""
    return np.bincount(truth * classes + guess, minlength=classes**2).reshape(classes, classes)


def auc(truth: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve, as the Mann-Whitney statistic; nan with one class."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = stats.rankdata(score)[truth.astype(bool)]
    return float((ranks.sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(truth: np.ndarray, score: np.ndarray) -> float:
    """Return average precision, nan without a positive.

    scikit-learn's value (a test holds them together) in a tenth of its time, because intervals
    need it tens of thousands of times.
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))  # of those that are equal
    hits = truth[order].astype(np.int64).cumsum()[last]
    return float((np.diff(hits, prepend=0) * hits / (last + 1)).sum() / hits[-1])


def auc_within(truth: np.ndarray, score: np.ndarray, strata: np.ndarray) -> float:
    """Return the AUC over pairs from the same stratum only, weighted by the number of pairs.

    It asks how well genuine and fake are told apart at a given emotion, so that knowing which
    emotion is more often faked earns nothing. nan where no stratum holds both classes.
    """
    areas, pairs = [], []
    codes, strata_found = pd.factorize(strata)  # words compare slowly
    for stratum in range(len(strata_found)):
        inside = codes == stratum
        positives = int(truth[inside].sum())
        negatives = int(inside.sum()) - positives
        if positives and negatives:
            areas.append(auc(truth[inside], score[inside]))
            pairs.append(positives * negatives)
    return float(np.average(areas, weights=pairs)) if pairs else float("nan")


def shares_of_positives(labels: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return each label's share of positives: all that a guess from the label alone can use."""
    return pd.Series(truth).groupby(np.asarray(labels)).mean().to_dict()


def auc_by_chance_of(labels: np.ndarray, truth: np.ndarray) -> float:
    """Return the AUC of a judge that knows only ``labels`` and each label's share of positives."""
    shares = shares_of_positives(labels, truth)
    return auc(truth, np.array([shares[label] for label in labels]))


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


def ranking_scores(of: Judged, rows: np.ndarray) -> dict[str, float]:
    """Return the scores that need no threshold: AUC and average precision, on ``rows``."""
    truth, score = of.truth[rows], of.score[rows]
    if score.ndim == 1:
        found = {"AUC": auc(truth, score)}
        if of.head.within:
            within = auc_within(truth, score, of.strata[rows])
            found[f"AUC within {of.head.within}"] = within
        return found | {"average precision": average_precision(truth, score)}
    pairs = [(truth == k, score[:, k]) for k in np.unique(truth)]
    each = {"AUC (macro)": auc, "average precision (macro)": average_precision}
    return {
        name: float(np.mean([of_class(*pair) for pair in pairs])) for name, of_class in each.items()
    }


def decided_scores(of: Judged, rows: np.ndarray) -> dict[str, float]:
    """Return the scores of decisions, as `confusion_scores` has them, on ``rows``."""
    return confusion_scores(confusion_counts(of.truth[rows], of.guess[rows], len(of.classes)))


def decisions(
    predictions: pd.DataFrame, head: Head, resamples: int, seed: int = 0
) -> dict[str, Interval]:
    """Return the scores of one head's decisions, each with its interval by subject.

    Parameters are those of `judged` and `bootstrap`. They cost a tenth of `score`.
    """
    of = judged(predictions, head)
    return bootstrap(of.groups, lambda rows: decided_scores(of, rows), resamples, seed)


def score(
    predictions: pd.DataFrame, head: Head, resamples: int = 1000, seed: int = 0
) -> dict[str, Interval]:
    """Return all summary scores of one head, each with its interval by subject.

    Parameters
    ----------
    predictions, head
        As for `judged`; one set's rows.
    resamples, seed : int
        Number and seed of the draws of subjects, as for `bootstrap`.

    Returns
    -------
    dict of str to Interval
        `confusion_scores`, then `ranking_scores`: shares in [0, 1], kappa and MCC in [-1, 1].

    Raises
    ------
    ValueError
        If the labels are not those of the head.

    References
    ----------
    Field and Welsh, J. R. Statist. Soc. B 69 (2007), doi:10.1111/j.1467-9868.2007.00593.x.

    Examples
    --------
    >>> head = Head("authenticity", ("fake", "genuine"), "authenticity", "bce")
    >>> answers = {"group": list("aabbcc"), "authenticity": ["fake", "genuine"] * 3}
    >>> table = pd.DataFrame(answers | {"p_genuine": [0.2, 0.9, 0.4, 0.7, 0.6, 0.8]})
    >>> found = score(table, head, resamples=200)
    >>> print(found["accuracy"], "|", found["AUC"])
    0.833 [0.500, 1.000] | 1.000 [1.000, 1.000]
    """
    of = judged(predictions, head)

    def scores(rows: np.ndarray) -> dict[str, float]:
        return decided_scores(of, rows) | ranking_scores(of, rows)

    return bootstrap(of.groups, scores, resamples, seed)


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
        If the labels are not those of the head.

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
    counts = confusion_counts(of.truth, of.guess, len(of.classes))
    names = (pd.Index(of.classes, name=side) for side in ("true", "predicted"))
    return pd.DataFrame(counts, *names)


def paired_difference(
    first: pd.DataFrame, second: pd.DataFrame, head: Head, score: str, resamples: int, seed: int = 0
) -> Interval:
    """Return ``score`` of the first model minus the second's, both on the same drawn subjects.

    Parameters
    ----------
    first, second : DataFrame
        Predictions of two runs for the same images in the same order.
    head, score : Head, str
        As in `score`; ``score`` is "accuracy" or "AUC" (of a yes/no head only).

    Raises
    ------
    ValueError
        If the two tables are not about the same images, or the score is another one.
    """
    if score != "accuracy" and (head.yes_no, score) != (True, "AUC"):
        raise ValueError(
            f"no paired difference of {score!r} for {head.name!r}: choose accuracy or AUC"
        )
    if list(first["image_id"]) != list(second["image_id"]):
        raise ValueError("the two runs were not evaluated on the same images in the same order")
    one, two = judged(first, head), judged(second, head)

    def of(side: Judged, rows: np.ndarray) -> float:
        if score == "accuracy":
            return float((side.truth[rows] == side.guess[rows]).mean())
        return auc(side.truth[rows], side.score[rows])

    def difference(rows: np.ndarray) -> dict[str, float]:
        return {"difference": of(one, rows) - of(two, rows)}

    return bootstrap(one.groups, difference, resamples, seed)["difference"]


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
