"""Effects of a randomised treatment: on average, by imbalance, by classifier.

Intervals are for a repetition of the experiment on the same subjects, with other splits and other
training images. They say nothing about other subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import statsmodels.api as sm

from fer_lib.evaluation.bootstrap import Interval, student_ends
from fer_lib.papers.huang2025.causal.treatment_assignment import (
    BALANCED,
    BY_MINORITY,
    CUTOFF,
    HIGHEST,
    LOWEST,
    NONE,
    SMOTE,
)

RUNS_A_COLUMN = 4  # fewer than that, and covariates are left out, last first
BIN = 0.1


@dataclass(frozen=True)
class Contrast:
    """Runs with a treatment and runs without, of the classifiers that could get it.

    Attributes
    ----------
    rows : DataFrame
        As `fer_lib.papers.huang2025.causal.randomised_experiment.read` returns them.
    treated : ndarray
        float (n,), 1 or 0.
    """

    rows: pd.DataFrame
    treated: np.ndarray

    @property
    def splits(self) -> int:
        """How many splits by subject the runs come from: the clusters of every interval."""
        return self.rows["split"].nunique()


def contrast(runs: pd.DataFrame, treatment: str, definition: str = BY_MINORITY) -> Contrast:
    """Return the runs that tell of a treatment.

    Raises
    ------
    ValueError
        If no run got it, or none did without.
    """
    runs = runs[runs["definition"] == definition]
    able = runs.loc[runs["treatment"] == treatment, "classifier"].unique()
    rows = runs[runs["classifier"].isin(able) & runs["treatment"].isin([NONE, treatment])]
    treated = (rows["treatment"] == treatment).to_numpy(float)
    if not 0 < treated.sum() < len(treated):
        raise ValueError(f"there are no runs with and without {treatment!r} to compare")
    return Contrast(rows.reset_index(drop=True), treated)


def covariates(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the pre-treatment covariates, centred: ratio, features, classifier, split."""
    ratio = rows["imbalance"].to_numpy() - CUTOFF
    found = {"imbalance": ratio, "imbalance squared": ratio**2}
    for column in ("features", "classifier", "split"):
        for value in sorted(rows[column].unique())[1:]:
            found[f"{column} {value}"] = (rows[column] == value).to_numpy(float)
    table = pd.DataFrame(found)
    return table - table.mean()


def fit(of: Contrast, outcome: str, terms: pd.DataFrame, weights: np.ndarray | None = None):
    """Fit ``outcome`` on a constant, ``terms`` and the covariates, errors clustered by split.

    Covariates that the columns before them already hold are left out, and where runs are few the
    last ones too. Weights, (n,), make it weighted least squares.
    """
    room = max(len(of.rows) // RUNS_A_COLUMN - terms.shape[1] - 1, 0)
    design = sm.add_constant(pd.concat([terms, covariates(of.rows).iloc[:, :room]], axis=1))
    pivots = np.abs(np.diag(np.linalg.qr(design.to_numpy(), mode="r")))
    design = design.loc[:, pivots > 1e-8 * pivots.max()]
    model = sm.WLS(of.rows[outcome].to_numpy(), design, weights=1.0 if weights is None else weights)
    return clustered(model, of)


def clustered(model, of: Contrast):
    """Return a model of statsmodels, fitted on the runs of ``of``, errors clustered by split."""
    clusters = {"groups": of.rows["split"].to_numpy()}
    return model.fit(use_t=True, cov_type="cluster", cov_kwds=clusters)


def interval(fitted, weights: dict[str, float], splits: int) -> Interval:
    """Return the interval of a weighted sum of coefficients; nan where one was left out."""
    names = list(fitted.params.index)
    if not set(weights) <= set(names):
        return Interval(*[float("nan")] * 3, splits)
    row = np.zeros(len(names))
    for name, weight in weights.items():
        row[names.index(name)] = weight
    value = float(row @ fitted.params.to_numpy())
    error = float(np.sqrt(max(row @ fitted.cov_params().to_numpy() @ row, 0.0)))
    return Interval(value, *student_ends(value, error, splits - 1), splits)


def average(of: Contrast, outcome: str, weights: np.ndarray | None = None) -> Interval:
    """Return the average treatment effect, adjusted for the pre-treatment covariates.

    Each covariate but the split may act otherwise with the treatment than without. With weights,
    (n,), runs count by them.

    References
    ----------
    Lin, Ann. Appl. Stat. 7 (2013), doi:10.1214/12-AOAS583.
    """
    terms = {"treated": of.treated}
    for name, values in covariates(of.rows).items():
        if not name.startswith("split"):
            centred = values - np.average(values, weights=weights)
            terms[f"treated x {name}"] = of.treated * centred
    room = max(len(of.rows) // RUNS_A_COLUMN - 1, 1)
    fitted = fit(of, outcome, pd.DataFrame(terms).iloc[:, :room], weights)
    return interval(fitted, {"treated": 1.0}, of.splits)


def by_imbalance(
    of: Contrast, outcome: str, ratios: np.ndarray, degree: int = 2
) -> tuple[list[Interval], Interval]:
    """Return the effect at some imbalance ratios, from a polynomial in the ratio, and its slope.

    Returns
    -------
    (list of Interval, Interval)
        The effect at each of ``ratios``, each interval by itself; the change of the effect when the
        ratio rises by a tenth, from a straight line.
    """
    ratio = of.rows["imbalance"].to_numpy() - CUTOFF

    def fitted(powers: int):
        terms = {f"treated x ratio^{k}": of.treated * ratio**k for k in range(powers + 1)}
        return fit(of, outcome, pd.DataFrame(terms))

    curve = fitted(degree)
    at = [
        interval(curve, {f"treated x ratio^{k}": (r - CUTOFF) ** k for k in range(degree + 1)}, n)
        for r, n in ((r, of.splits) for r in ratios)
    ]
    return at, interval(fitted(1), {"treated x ratio^1": BIN}, of.splits)


def in_parts(of: Contrast, outcome: str, part: pd.Series) -> tuple[pd.DataFrame, float]:
    """Return the effect in each part of the runs, and the p value that all are alike.

    Parameters
    ----------
    part : Series
        (n,) names of the parts, settled before the treatment: a classifier, a bin of the ratio.

    Returns
    -------
    (DataFrame, float)
        ``part``, ``with`` and ``without`` (numbers of runs), ``effect``; p of a Wald test, nan with
        one part only or too few splits for it.
    """
    inside = {name: (part == name).to_numpy(float) for name in sorted(part.unique())}
    both = [name for name, v in inside.items() if 0 < (of.treated * v).sum() < v.sum()]
    terms = {f"treated in {name}": of.treated * inside[name] for name in both}
    terms |= {f"in {name}": v for name, v in list(inside.items())[1:]}
    fitted = fit(of, outcome, pd.DataFrame(terms))
    rows = []
    for name, values in inside.items():
        count = int((of.treated * values).sum())
        effect = interval(fitted, {f"treated in {name}": 1.0}, of.splits)
        rows.append({"part": name, "with": count, "without": int(values.sum()) - count})
        rows[-1]["effect"] = effect
    p = float("nan")
    if 1 < len(both) < of.splits:
        columns = list(fitted.params.index)
        places = [columns.index(f"treated in {name}") for name in both]
        matrix = np.zeros((len(both) - 1, len(columns)))
        matrix[np.arange(len(both) - 1), places[1:]] = 1.0
        matrix[:, places[0]] = -1.0
        p = float(fitted.wald_test(matrix, scalar=True).pvalue)
    return pd.DataFrame(rows), p


def mean(of: Contrast, outcome: str) -> Interval:
    """Return the mean of an outcome over the runs, errors clustered by split; nothing adjusted."""
    design = pd.DataFrame({"const": np.ones(len(of.rows))})
    fitted = clustered(sm.OLS(of.rows[outcome].to_numpy(), design), of)
    return interval(fitted, {"const": 1.0}, of.splits)


def beside_balance(runs: pd.DataFrame, outcome: str) -> Interval:
    """Return an outcome with SMOTE on imbalanced images less the same on balanced images.

    The mean over the pairs of `fer_lib.papers.huang2025.causal.treatment_assignment.pairs`, errors
    clustered by split.

    Raises
    ------
    ValueError
        If there are no pairs.
    """
    rows = runs[runs["definition"] == BALANCED]
    if rows.empty:
        raise ValueError("there are no runs in pairs with balanced images")
    wide = rows.pivot(index=["pair", "split"], columns="treatment", values=outcome)
    wide = wide.reset_index()
    wide["difference"] = wide[SMOTE] - wide[NONE]
    return mean(Contrast(wide, np.ones(len(wide))), "difference")


def bins(rows: pd.DataFrame) -> pd.Series:
    """Return the tenth of the imbalance ratio in which each run lies, as words."""
    edges = np.round(np.arange(LOWEST, HIGHEST + BIN / 2, BIN), 2)
    names = [f"{low:.1f} to {high:.1f}" for low, high in pairwise(edges)]
    places = np.clip(np.digitize(rows["imbalance"], edges) - 1, 0, len(names) - 1)
    return pd.Series(np.array(names)[places], index=rows.index)


def permutation_p(of: Contrast, outcome: str, draws: int, seed: int) -> float:
    """Return the two-sided p value of no effect on any run, from dealing the treatments out again.

    Treatments are shuffled within a classifier, as they were dealt out; the statistic is the
    difference of means after the covariates are taken out of the outcome.
    """
    nothing = pd.DataFrame(index=of.rows.index)
    left = np.asarray(fit(of, outcome, nothing).resid)
    codes = pd.factorize(of.rows["classifier"])[0]
    places = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    chance = np.random.default_rng(seed)

    def difference(treated: np.ndarray) -> float:
        return float(left[treated == 1].mean() - left[treated == 0].mean())

    found = abs(difference(of.treated))
    as_far = 0
    for _ in range(draws):
        again = of.treated.copy()
        for rows in places:
            again[rows] = chance.permutation(again[rows])
        as_far += abs(difference(again)) >= found - 1e-12
    return (1 + as_far) / (1 + draws)
