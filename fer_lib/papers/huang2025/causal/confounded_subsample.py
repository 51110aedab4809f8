"""Analyse the experiment as if it were observational data, to test estimators on a known effect.

Runs are dropped so that the treatment depends on a variable that also affects the outcome
(confounding), as it does where practitioners treat the cases that they think need it. The true
effect is unchanged, but a plain comparison of treated and untreated runs is biased.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, SplineTransformer

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025.causal.treatment_assignment import CUTOFF, FOREST, HIGHEST, LOWEST
from fer_lib.papers.huang2025.causal.treatment_effects import Contrast, average, clustered, interval

STRENGTH = 10.0  # of the ratio on the log odds of treatment: +1 for each tenth
FAVOURED = 0.75  # on the log odds, for the classifier that is treated more often
FOLDS = 5  # of cross-fitting
BEFORE = ("imbalance", "classifier", "features")  # what is known before the treatment


def chances(rows: pd.DataFrame) -> np.ndarray:
    """Return P(treated), (n,), in the confounded world: more at high ratios, more for forests."""
    odds = STRENGTH * (rows["imbalance"].to_numpy() - CUTOFF)
    odds = odds + FAVOURED * (rows["classifier"] == FOREST).to_numpy()
    return 1 / (1 + np.exp(-odds))


def confounded(of: Contrast, seed: int) -> Contrast:
    """Return about half of the runs: treated ones kept with `chances`, the others with the rest.

    Because the treatment was dealt out with even chances, the kept runs have `chances` of being
    treated, and whatever else decides the outcome is spread as before.

    References
    ----------
    Keith et al., Transactions on Machine Learning Research (2023), arXiv:2307.15176.
    """
    p = chances(of.rows)
    keep = np.random.default_rng(seed).random(len(p)) < np.where(of.treated == 1, p, 1 - p)
    kept = Contrast(of.rows[keep].reset_index(drop=True), of.treated[keep])
    if not 0 < kept.treated.sum() < len(kept.treated) or kept.splits < 2:
        raise ValueError(f"{keep.sum()} runs are kept, too few of one kind: take more runs")
    return kept


def truth(of: Contrast, outcome: str) -> Interval:
    """Return the experiment's effect, averaged as a partially linear model averages it.

    Such a model counts a run by p(1 - p): most where it could have gone either way. Where effects
    differ between runs, that is not the plain average.
    """
    p = chances(of.rows)
    return average(of, outcome, weights=p * (1 - p))


def naive(of: Contrast, outcome: str) -> Interval:
    """Return the difference of means, treated less untreated."""
    terms = sm.add_constant(pd.DataFrame({"treated": of.treated}))
    return _clustered(of.rows[outcome].to_numpy(), terms, of)


def adjusted(of: Contrast, outcome: str, known: tuple[str, ...] = BEFORE) -> Interval:
    """Return the coefficient of the treatment beside ``known``, numbers as straight lines.

    Columns of words are told apart by indicators; with nothing known it is the plain difference.
    """
    terms = {"treated": of.treated}
    for column in known:
        if pd.api.types.is_float_dtype(of.rows[column]):
            terms[column] = of.rows[column].to_numpy()
            continue
        for value in sorted(of.rows[column].unique())[1:]:
            terms[f"{column} {value}"] = (of.rows[column] == value).to_numpy(float)
    return _clustered(of.rows[outcome].to_numpy(), sm.add_constant(pd.DataFrame(terms)), of)


def double_learned(of: Contrast, outcome: str, known: tuple[str, ...] = BEFORE) -> Interval:
    """Return the effect by double machine learning in the partially linear model.

    Outcome and treatment are predicted from ``known``, on splits that the predicting models have
    not seen; what is left of one is regressed on what is left of the other.

    References
    ----------
    Chernozhukov et al., Econometrics Journal 21 (2018), doi:10.1111/ectj.12097, section 4.1.
    """
    x, y = _basis(of.rows[list(known)]), of.rows[outcome].to_numpy()
    left_y, left_t = np.empty(len(y)), np.empty(len(y))
    for train, test in GroupKFold(min(FOLDS, of.splits)).split(x, groups=of.rows["split"]):
        left_y[test] = y[test] - Ridge(1.0).fit(x[train], y[train]).predict(x[test])
        left_t[test] = of.treated[test] - _probability(x[train], of.treated[train], x[test])
    return _clustered(left_y, pd.DataFrame({"treated": left_t}), of)


def repeated(of: Contrast, outcome: str, draws: int, seed: int) -> pd.DataFrame:
    """Return every estimate on so many confounded worlds.

    Returns
    -------
    DataFrame
        One row a world and way: ``world``, ``way``, ``effect`` (Interval), ``share treated``.
    """
    rows = []
    for world in range(draws):
        kept = confounded(of, seed + world)
        unseen = tuple(column for column in BEFORE if column != "classifier")
        found = {
            "difference of means": naive(kept, outcome),
            "regression": adjusted(kept, outcome),
            "double machine learning": double_learned(kept, outcome),
            "the same, classifier not recorded": double_learned(kept, outcome, unseen),
        }
        for way, effect in found.items():
            rows.append({"world": world, "way": way, "effect": effect})
            rows[-1]["share treated"] = float(kept.treated.mean())
    return pd.DataFrame(rows)


def by_way(worlds: pd.DataFrame, experiment: Interval) -> list[dict]:
    """Return a row a way of reading the records: its estimates beside the experiment's.

    Parameters
    ----------
    worlds : DataFrame
        As `repeated` returns it.
    experiment : Interval
        As `truth` returns it.
    """
    rows = []
    for way, part in worlds.groupby("way", sort=False):
        values = pd.Series([one.value for one in part["effect"]])
        holds = [one.low <= experiment.value <= one.high for one in part["effect"]]
        rows.append(
            {
                "way": way,
                "one draw": part["effect"].iloc[0],
                "mean of draws": values.mean(),
                "spread of draws": values.std(),
                "off the experiment by": round(values.mean() - experiment.value, 3) + 0.0,
                "intervals that hold it": f"{np.mean(holds):.0%}",
            }
        )
    return rows


def _clustered(y: np.ndarray, terms: pd.DataFrame, of: Contrast) -> Interval:
    return interval(clustered(sm.OLS(y, terms), of), {"treated": 1.0}, of.splits)


def _basis(known: pd.DataFrame) -> np.ndarray:
    """Return splines of the ratio, the kinds of the other columns, and their products, (n, b)."""
    kinds = [column for column in known if column != "imbalance"]
    knots = np.linspace(LOWEST, HIGHEST, 4)[:, None]
    spline = SplineTransformer(degree=2, knots=knots, include_bias=False)
    columns = make_column_transformer(
        (spline, ["imbalance"]), (OneHotEncoder(drop="first", sparse_output=False), kinds)
    )
    return PolynomialFeatures(2, interaction_only=True).fit_transform(columns.fit_transform(known))


def _probability(x: np.ndarray, treated: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Return P(treated) of the rows ``of``; the share where all rows to learn from are alike."""
    if len(np.unique(treated)) < 2:
        return np.full(len(of), treated.mean())
    return LogisticRegression(solver="newton-cholesky").fit(x, treated).predict_proba(of)[:, 1]
