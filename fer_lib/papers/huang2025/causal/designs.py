"""The regression discontinuity design on the experiment's runs, by its rule and as coded."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from engine.page import tables
from engine.page.sign_words import by_sign
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.huang2025 import printed_code
from fer_lib.papers.huang2025.causal.regression_discontinuity import (
    BANDWIDTH,
    CUTOFF,
    PLACEBO,
    Jump,
    estimate,
    sensitivity,
)

BY_RULE, AS_CODED = "by the rule", "as coded"
NEAR = f"within {BANDWIDTH:g}"
Designs = Mapping[str, tuple[pd.DataFrame, np.ndarray]]


def jumps(designs: Designs, outcome: str) -> dict[tuple[str, float | None], Jump]:
    """Return the coefficient at the cutoff by design and bandwidth: all runs, and those near it.

    ``designs`` has the runs of each design and whether each was treated.
    """
    return {
        (name, bandwidth): estimate(kept["imbalance"], treated, kept[outcome], bandwidth=bandwidth)
        for name, (kept, treated) in designs.items()
        for bandwidth in (None, BANDWIDTH)
    }


def table(found: Mapping[tuple[str, float | None], Jump]) -> list[dict]:
    """Return one row a design and bandwidth."""
    return [
        {
            "design": f"{name}, {'all runs' if bandwidth is None else NEAR}",
            "untreated": one.untreated,
            "treated": one.treated,
            "tau": one.tau,
            "standard error": f"{one.error:.4f}",
            "p": tables.p_value(one.p),
        }
        for (name, bandwidth), one in found.items()
    ]


def printed(name: str) -> str:
    """Return an estimate that the public code prints, in words."""
    tau = printed_code.load("causal")["estimates"][name]["tau"]
    return f"{tau['value']} [{tau['low']}, {tau['high']}]"


def beside_printed(found: Mapping[tuple[str, float | None], Jump], truth: Interval) -> list[dict]:
    """Return a row an estimate of the jump: what is printed, ours by both designs, and the truth.

    ``truth`` is the experiment's effect at the cutoff.
    """
    full = ledgers.load("huang2025")["fig6.tau"].shown
    rows = [
        ("printed in Figure 6", full, "the file of the public code"),
        ("public code, all rows", printed("full"), "as coded; other data"),
        (f"public code, {NEAR}", printed("near"), "as coded; other data"),
        ("our runs, by the rule", str(found[BY_RULE, None].tau), "the design of the text"),
        ("our runs, as coded", str(found[AS_CODED, None].tau), "the design of the code"),
        ("our experiment, at the cutoff", str(truth), "no design needed"),
    ]
    return [dict(zip(("where", "tau", "what it is"), row, strict=True)) for row in rows]


def concluded(one: Jump) -> str:
    """Return the conclusion that a reader of the estimate would draw."""
    kinds = (f"a significant {way}ward jump" for way in ("up", "down"))
    return by_sign(one.tau, *kinds, "no significant jump")


def with_as_many(coded: Jump, rule: Jump) -> float:
    """Return about which standard error ``coded`` would have with as many runs as ``rule``."""
    return coded.error * math.sqrt(_runs(coded) / _runs(rule))


def _runs(one: Jump) -> int:
    return one.untreated + one.treated


def compared(rule: Jump, coded: Jump) -> str:
    """Return the conclusion from each design, and a comparison of their errors."""
    fewer = with_as_many(coded, rule)
    design = ""
    if fewer < rule.error:
        design = " The rest is the design: there each side of the cutoff has its own comparison."
    return (
        f"By the rule one would have concluded: {concluded(rule)}. As coded: {concluded(coded)}. "
        f"The standard error is {rule.error:.4f} by the rule, from {_runs(rule)} runs, and "
        f"{coded.error:.4f} as coded, from {_runs(coded)}. Part of that is the number of runs: "
        f"with as many as the rule has, lots on both sides would give about {fewer:.4f}.{design}"
    )


def bandwidths(found: Designs, outcome: str) -> pd.DataFrame:
    """Return `regression_discontinuity.sensitivity` of each design, errors to four digits."""
    parts = {
        name: sensitivity(kept["imbalance"], treated, kept[outcome])
        for name, (kept, treated) in found.items()
    }
    table = pd.concat(parts, names=["design"]).reset_index("design").reset_index(drop=True)
    errors = ["–" if math.isnan(error) else f"{error:.4f}" for error in table["standard error"]]
    return table.assign(**{"standard error": errors})


def placebos(ruled: pd.DataFrame, all_runs: pd.DataFrame, outcome: str) -> list[dict]:
    """Return the jump at a false cutoff, a row a way of testing it.

    Parameters
    ----------
    ruled : DataFrame
        The runs that did what the rule says.
    all_runs : DataFrame
        Treated or not by lot.
    outcome : str
        What is explained.
    """
    below = ruled["imbalance"] < CUTOFF
    tests = [
        ("by the rule, untreated runs only", ruled[below], None),
        ("by the rule, window over the true cutoff, as the code would", ruled, BANDWIDTH),
        ("as coded, as the code does", all_runs, BANDWIDTH),
    ]
    rows = []
    for words, kept, bandwidth in tests:
        ratio = kept["imbalance"]
        false_rule = (ratio >= PLACEBO).to_numpy(float)
        one = estimate(ratio, false_rule, kept[outcome], PLACEBO, bandwidth)
        row = {"placebo": words, "below": one.untreated, "above": one.treated}
        rows.append(row | {"tau": one.tau, "p": tables.p_value(one.p)})
    return rows
