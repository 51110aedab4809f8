"""What the standard errors that the public code prints imply about which units were treated."""

from __future__ import annotations

import math

from fer_lib.papers.huang2025 import printed_code


def spread(one: dict) -> float:
    """Return the spread of the residuals that a printed log likelihood implies."""
    each = -float(one["log_likelihood"]) / one["rows"]
    return math.exp(each - 0.5) / math.sqrt(2 * math.pi)


def picture(given: dict) -> str:
    """Return what the notebook's own picture of binned means shows at the cutoff.

    ``given`` is ``printed_code.load("causal")``; its ratios count as spread evenly.
    """
    full, seen = given["estimates"]["full"], given["binned"]
    lowest, highest = (float(end) for end in given["data"]["imbalance"])
    width = float(seen["width"])
    step = float(seen["first_above"]) - float(seen["last_below"])
    fall = float(full["slope"]["value"]) * width
    by_chance = spread(full) * math.sqrt(2 / (full["rows"] * width / (highest - lowest)))
    return (
        "The notebook's own picture of binned means has no step up at the cutoff (cell "
        f"{seen['cell']}, read by eye): from the last bin below to the first bin above macro-F1 "
        f"changes by about {step:+.3f}. A rule with a jump of this size would show one, of about "
        f"{float(full['tau']['value']) + fall:+.3f}; along the printed line alone the change would "
        f"be {fall:+.3f}. By chance such a step varies by about {by_chance:.3f} (one "
        "standard error)."
    )


def if_by_rule(one: dict, ends: tuple[float, float]) -> float:
    """Return the standard error of the jump if the treatment began at the cutoff.

    Parameters
    ----------
    one : dict
        A printed estimate.
    ends : (float, float)
        Lowest and highest ratio.
    """
    cutoff = float(one["cutoff"])
    reach = math.inf if one["bandwidth"] == "none" else float(one["bandwidth"])
    left, right = min(cutoff - ends[0], reach), min(ends[1] - cutoff, reach)
    counts = [one["rows"] * width / (left + right) for width in (left, right)]
    return spread(one) * math.sqrt(4 / counts[0] + 4 / counts[1])


def if_both_sides(one: dict) -> float:
    """Return the standard error if treated rows lay on both sides, nan where that cannot be.

    The printed error of the constant gives the number of untreated rows.
    """
    sigma = spread(one)
    untreated = (sigma / printed_code.standard_error(one["intercept"])) ** 2
    if untreated >= one["rows"]:
        return math.nan
    return sigma * math.sqrt(1 / untreated + 1 / (one["rows"] - untreated))


def table(given: dict) -> list[dict]:
    """Return each printed error of tau beside what either design would give, a row an estimate."""
    ends = tuple(float(end) for end in given["data"]["imbalance"])
    rows = []
    for name, one in given["estimates"].items():
        # By the code's own line the treatment of the placebo follows its cutoff.
        both = math.nan if name == "placebo" else if_both_sides(one)
        rows.append(
            {
                "estimate": f"{one['title']} (cell {one['cell']})",
                "treatment": one["treatment"],
                "residual spread": f"{spread(one):.4f}",
                "printed error of tau": f"{printed_code.standard_error(one['tau']):.4f}",
                "if by the rule": f"{if_by_rule(one, ends):.4f}",
                "if on both sides": "–" if math.isnan(both) else f"{both:.4f}",
            }
        )
    return rows
