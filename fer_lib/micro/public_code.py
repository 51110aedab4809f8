"""What notebooks of the paper's public code print on causal inference and on the two searches."""

from __future__ import annotations

import yaml

from fer_lib import paths

FILES = {
    "causal": "book/settings/huang2025_causal.yml",
    "search": "book/settings/huang2025_search.yml",
}


def load(part: str) -> dict:
    """Return what was read from one notebook, with the cell that each number stands in.

    Parameters
    ----------
    part : str
        "causal" or "search".

    Raises
    ------
    ValueError
        If it is another one.
    """
    if part not in FILES:
        raise ValueError(f"nothing was read for {part!r}: choose {' or '.join(FILES)}")
    return yaml.safe_load((paths.root() / FILES[part]).read_text(encoding="utf-8"))


def standard_error(estimate: dict) -> float:
    """Return a standard error to more digits than printed: the coefficient over its z."""
    return float(estimate["value"]) / float(estimate["z"])
