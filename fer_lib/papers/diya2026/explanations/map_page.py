"""Shared parts of the pages on Grad-CAM and LIME: faces, masks, tables and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from torch import Tensor

from fer_lib.evaluation.bootstrap import Interval, means
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import named_configs
from fer_lib.papers.diya2026.explanations import face_regions, map_scores, score_table
from fer_lib.papers.diya2026.explanations.explained_faces import Cases
from fer_lib.plots import figures
from fer_lib.training.run import Run

Masks = Mapping[tuple[str, str], np.ndarray]
ONLY_SHADING = "shading only: excess"
# Columns of `Faces.scored` that a page shows of each part, and what to call them.
EXCESS = {
    "geometry: excess": "geometry",
    "shading: excess": "wrinkles and shading",
    "periphery: excess": "periphery",
}


@dataclass(frozen=True)
class Faces:
    """The faces of a page, and how the intervals of its means are made.

    Attributes
    ----------
    shown : Cases
        The faces that are explained.
    small : Tensor
        uint8 (n, 3, side, side), the same at the size of the maps.
    resamples, seed : int
        Number and seed of the draws of subjects.
    """

    shown: Cases
    small: Tensor
    resamples: int
    seed: int

    @property
    def people(self) -> np.ndarray:
        """Whose face it is, str (n,)."""
        return self.shown.groups

    @property
    def side(self) -> int:
        """Of the images and maps, in pixels."""
        return self.small.shape[-1]

    def mean(
        self,
        frame: pd.DataFrame,
        columns: Sequence[str] | None = None,
        people: np.ndarray | None = None,
    ) -> dict[str, Interval]:
        """Return the mean of each column with its interval by subject.

        Parameters
        ----------
        frame : DataFrame
            One row a face.
        columns : sequence of str, optional
            Which; all of them by default.
        people : ndarray, optional
            (n,) whose face each row is; by default the column ``group`` says it.
        """
        groups = frame["group"].to_numpy() if people is None else people
        chosen = frame if columns is None else frame[list(columns)]
        return means(chosen, groups, self.resamples, self.seed)

    def picture(self, face: int) -> np.ndarray:
        """Return a face, uint8 (side, side, 3)."""
        return self.small[face].permute(1, 2, 0).numpy()

    def over(self, face: int, relevance: np.ndarray) -> np.ndarray:
        """Return a face under a map (side, side), float in [0, 1], (side, side, 3)."""
        return figures.overlay(self.picture(face), relevance)

    def of_each_emotion(self, authenticity: str, apart: bool) -> dict[str, int]:
        """Return by emotion the place of one face, genuine or fake, where there is one.

        ``apart`` takes them from all along the list, so that they are of different people if
        possible; otherwise each is the first of its kind.
        """
        table = self.shown.table
        kind = table["authenticity"] == authenticity
        found = {e: np.nonzero((kind & (table["emotion"] == e)).to_numpy())[0] for e in EMOTIONS}
        return {
            emotion: int(one[k * len(one) // len(found) if apart else 0])
            for k, (emotion, one) in enumerate(found.items())
            if len(one)
        }

    def explained(
        self,
        chosen: Mapping[str, int],
        method: str,
        maps: Mapping[str, np.ndarray],
        whole: Masks | None,
        width: float = 6.5,
    ) -> Figure:
        """Draw one row a face: the face, and for each head the truth and a map.

        Parameters
        ----------
        chosen : mapping of str to int
            Name of the row to place of the face.
        method : str
            Of the maps.
        maps : mapping
            Head to maps of all faces, (n, side, side), or a mapping of places to maps.
        whole : mapping or None
            As `fer_lib.papers.diya2026.explanations.explained_faces.truths` returns it; None for
            photographs.
        width : float
            Of the figure, in inches.
        """
        which = list(chosen.values())
        columns = {"face": [self.picture(i) / 255 for i in which]}
        for head in maps:
            if whole is not None:
                true = whole[head, "whole"]
                columns[f"truth:\n{head}"] = [self.over(i, true[i]) for i in which]
            columns[f"{method}:\n{head}"] = [self.over(i, maps[head][i]) for i in which]
        grid = np.array(list(columns.values())).swapaxes(0, 1)
        return figures.image_grid(grid, list(columns), list(chosen), width)

    def scored(
        self, maps: np.ndarray, masks: Masks, places: np.ndarray, head: str, right: pd.Series
    ) -> pd.DataFrame:
        """Return a row a face: scores of its map against the truth, and where its relevance lies.

        Parameters
        ----------
        maps : ndarray
            (n, side, side), of one head.
        masks : mapping
            As `masks_of` returns it. Parts of the truth are scored where the head has them.
        places : ndarray
            As `fer_lib.papers.diya2026.explanations.face_regions.stack` returns it.
        head : str
            Whose maps they are.
        right : Series
            (n,): whether the head names the face rightly.

        Returns
        -------
        DataFrame
            The columns of `score_table.of_faces`; for each region and part of the truth its share
            of the relevance, ``: area`` (its share of the image) and ``: excess``, the first less
            the second; ``face``, ``group``, ``emotion``, ``authenticity``, ``right``.
        """
        found = score_table.of_faces(maps, masks[head, "whole"], self.people)
        inside, areas = face_regions.shares(maps, places), face_regions.areas(places)
        parts = {name: (inside[:, k], areas[:, k]) for k, name in enumerate(face_regions.REGIONS)}
        for part in ("geometry", "shading"):
            if (head, part) in masks:
                parts[part] = _on(maps, masks[head, part])
        columns = {}
        for name, (share, area) in parts.items():
            columns |= {name: share, f"{name}: area": area, f"{name}: excess": share - area}
        if (head, "shading") in masks:
            share, area = _on(maps, masks[head, "shading"] & ~masks[head, "geometry"])
            columns[ONLY_SHADING] = share - area
        about = self.shown.table[["emotion", "authenticity"]].reset_index(drop=True)
        return found.assign(
            **columns,
            face=range(len(maps)),
            group=self.people,
            **about,
            right=right.to_numpy(),
        )


def _on(maps: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of each map's relevance on its mask, and the mask's of the image, (n,)."""
    return np.diagonal(map_scores.energy_share(maps, mask)), mask.mean((1, 2))


def masks_of(whole: Masks) -> dict[tuple[str, str], np.ndarray]:
    """Return the mask of each truth map, bool (n, side, side); empty where nothing changes."""
    return {
        key: np.stack([map_scores.truth_mask(one) if one.any() else one > 0 for one in found])
        for key, found in whole.items()
    }


def rows_of(scored: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    """Return the rows that have certain values in some columns, numbered anew."""
    kept = np.logical_and.reduce([scored[name] == value for name, value in wanted.items()])
    return scored[kept].reset_index(drop=True)


def titles(runs: Mapping[str, Run]) -> dict[str, str]:
    """Return what to call each model: its name, and whether it had to begin at random."""
    return {
        name: named_configs.MODELS[name] + (", random start" if run.about["random_start"] else "")
        for name, run in runs.items()
    }


def probed(faces: int, count: int) -> np.ndarray:
    """Return the places of ``count`` faces all along a list of so many, int (count,) or fewer."""
    return np.unique(np.linspace(0, faces - 1, count).round().astype(int))
