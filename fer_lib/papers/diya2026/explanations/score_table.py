"""Tables of map scores against ground truth, over all faces and by kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.diya2026.explanations import map_scores

# A table of faces and some of its columns -> each column's mean with its interval.
Means = Callable[[pd.DataFrame, Sequence[str]], dict[str, Interval]]
KINDS = {
    "genuine": lambda faces: faces["authenticity"] == "genuine",
    "fake": lambda faces: faces["authenticity"] == "fake",
    "named rightly": lambda faces: faces["right"],
    "named wrongly": lambda faces: ~faces["right"],
}


def of_faces(maps: np.ndarray, masks: np.ndarray, people: np.ndarray) -> pd.DataFrame:
    """Return `map_scores.against_masks` as a table, one row a face.

    For each score four columns: its own, ``: even map``, ``: other people``, and ``: gain``, the
    score less that of other subjects' maps.
    """
    found = {}
    for score, (own, even, others) in map_scores.against_masks(maps, masks, people).items():
        found |= {score: own, f"{score}: even map": even, f"{score}: other people": others}
        found[f"{score}: gain"] = own - others
    return pd.DataFrame(found)


def scores(faces: pd.DataFrame, means: Means) -> dict[str, Interval | float]:
    """Return one line of the table of maps: each score with both levels of chance and its gain."""
    found = means(faces, [c for score in map_scores.SCORES for c in (score, f"{score}: gain")])
    line: dict[str, Interval | float] = {}
    for score in map_scores.SCORES:
        line[score] = found[score]
        for chance in (f"{score}: even map", f"{score}: other people"):
            line[chance] = float(faces[chance].mean())
        line[f"{score}: gain"] = found[f"{score}: gain"]
    return line


def by_kind(faces: pd.DataFrame, means: Means) -> dict[str, Interval | int]:
    """Return the gain in AUC for each of `KINDS`, and how many faces are of that kind."""
    line: dict[str, Interval | int] = {}
    for words, wanted in KINDS.items():
        held = faces[wanted(faces).to_numpy(bool)]
        line[words] = means(held, ["AUC: gain"])["AUC: gain"]
        line[f"faces, {words}"] = len(held)
    return line
