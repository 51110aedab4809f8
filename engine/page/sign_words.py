"""Describe a difference in words by the position of its interval."""

from __future__ import annotations

from fer_lib.evaluation.bootstrap import Interval


def by_sign(difference: Interval, up: str, down: str, neither: str) -> str:
    """Return ``up`` if the whole interval lies above zero, ``down`` if below, else ``neither``.

    An interval without ends tells nothing: ``neither``.
    """
    return up if difference.low > 0 else down if difference.high < 0 else neither
