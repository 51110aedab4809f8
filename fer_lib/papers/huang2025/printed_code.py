"""Numbers printed in the paper's public notebooks: counts, matrices, effects, searches."""

from __future__ import annotations

import yaml

from engine.store import paths

FILES = {
    "matrices": "book/papers/huang2025/settings_matrices.yml",
    "counts": "book/papers/huang2025/settings_counts.yml",
    "causal": "book/papers/huang2025/settings_causal.yml",
    "search": "book/papers/huang2025/settings_search.yml",
}


def load(part: str) -> dict:
    """Return what was read from one notebook, with the cell that each number stands in.

    Parameters
    ----------
    part : str
        A key of `FILES`.

    Raises
    ------
    ValueError
        If it is another one.
    """
    if part not in FILES:
        raise ValueError(f"nothing was read for {part!r}: choose one of {', '.join(FILES)}")
    return yaml.safe_load((paths.root() / FILES[part]).read_text(encoding="utf-8"))


def standard_error(estimate: dict) -> float:
    """Return a standard error to more digits than printed: the coefficient over its z."""
    return float(estimate["value"]) / float(estimate["z"])
