"""Choose the emotions that enough subjects show for cross-validation by subject."""

from __future__ import annotations

import pandas as pd

from fer_lib.data.schema import DataError
from fer_lib.labels import EMOTIONS

MINORITY = ("disgust", "fear")  # the paper's minority emotions (sections 1.4, 5.1)


def divisible(table: pd.DataFrame, least: int) -> list[str]:
    """Return the emotions that at least so many groups show, in the order of `EMOTIONS`.

    Rendered sets have all of them; a reader's folders may lack one, or hold it in copies of one
    image, which are one group and cannot stand on both sides of a split.

    Parameters
    ----------
    table : DataFrame
        With ``emotion`` and ``group``.
    least : int
        Groups.

    Raises
    ------
    DataError
        If fewer than three emotions are left.
    """
    groups = table.groupby(table["emotion"].astype(str))["group"].nunique()
    kept = [emotion for emotion in EMOTIONS if groups.get(emotion, 0) >= least]
    if len(kept) < 3:
        found = ", ".join(f"{name} {n}" for name, n in groups.items() if n)
        raise DataError(
            f"fewer than three emotions are shown by {least} people or more ({found}): add images "
            "of other people (near-copies count as one)"
        )
    return kept
