"""Choose the faces to explain from a test set, with their ground truth where rendered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

import face_renderer as faces
from face_renderer import action_units, truth_parts
from fer_lib.data import datasets, splits
from fer_lib.evaluation import metrics
from fer_lib.papers.diya2026.explanations.map_scores import resized
from fer_lib.training import profiles
from fer_lib.training.run import Run


@dataclass(frozen=True)
class Cases:
    """Faces to be explained, one subject after the other.

    Attributes
    ----------
    table : DataFrame
        One row a face: ``image_id``, ``group`` and the labels; index from 0.
    images : ndarray
        uint8 (n, height, width, 3), as the data set has them.
    rows : tuple of dict
        The manifest's rows of rendered faces; empty where the faces are photographs.
    of : str
        The set in a run's predictions that they are from.
    """

    table: pd.DataFrame
    images: np.ndarray
    rows: tuple[dict, ...]
    of: str

    @property
    def has_truth(self) -> bool:
        """Whether it is known where the expression and its fakeness are."""
        return bool(self.rows)

    @property
    def groups(self) -> np.ndarray:
        """Whose face it is, str (n,)."""
        return self.table["group"].to_numpy(str)


def drawn(
    table: pd.DataFrame, count: int, seed: int, columns: tuple[str, ...] = splits.LABELS
) -> np.ndarray:
    """Return positions of at most ``count`` faces, as equal a number from each cell as can be.

    A cell is a combination of the labels in ``columns``; within it faces are drawn by lot.
    Positions are sorted by group, so that one subject's faces lie together.
    """
    chance = np.random.default_rng(seed)
    cells = table.groupby(list(columns), observed=True, sort=True).indices
    lots = [chance.permutation(cells[cell]) for cell in sorted(cells)]
    rounds = max((len(lot) for lot in lots), default=0)
    in_turn = [lot[k] for k in range(rounds) for lot in lots if k < len(lot)]
    chosen = np.array(in_turn[:count], dtype=int)
    groups = table["group"].to_numpy(str)
    return chosen[np.lexsort((chosen, groups[chosen]))]


def of_run(run: Run, data_root: str, count: int, seed: int) -> Cases:
    """Return faces of the test set that a run's model has predicted and never learnt from.

    Where the run learnt from rendered faces: the further subjects; else the test part of the split.
    """
    about = run.about
    if about["data_kind"] == "rendered":
        subjects = profiles.get(about["profile"]).test_subjects
        face_data, of = datasets.by_name("rendered_test", n_subjects=subjects), "rendered_test"
    else:
        face_data, of = datasets.by_name(about["data"], data_root or None), "test"
    tested = set(run.predictions.loc[run.predictions["set"] == of, "image_id"])
    table = face_data.table.reset_index(drop=True)
    held = np.nonzero(table["image_id"].astype(str).isin(tested).to_numpy())[0]
    labels = run.task.columns
    chosen = held[drawn(table.iloc[held].reset_index(drop=True), count, seed, labels)]
    kept = table.iloc[chosen].reset_index(drop=True)
    columns = ["image_id", "group", *labels]
    rows: tuple[dict, ...] = ()
    if face_data.has_truth:
        rows = tuple(kept.astype({"emotion": str, "authenticity": str}).to_dict("records"))
    return Cases(
        kept[columns].astype(str), np.stack([face_data.images[k] for k in chosen]), rows, of
    )


def named(cases: Cases, run: Run) -> pd.DataFrame:
    """Return what a run says of the cases, from its predictions: nothing is computed again.

    Returns
    -------
    DataFrame
        One row a case: for each head the place of the class named among its classes (``emotion``,
        ``authenticity``, where 1 is genuine) and whether it is right (``emotion right``,
        ``authenticity right``).
    """
    predictions = run.predictions[run.predictions["set"] == cases.of].set_index("image_id")
    held = predictions.loc[cases.table["image_id"]]
    said = {head: metrics.answers(held, head)[1] for head in run.task.heads}
    right = {f"{h.name} right": guess == h.places(cases.table) for h, guess in said.items()}
    return pd.DataFrame({head.name: guess for head, guess in said.items()} | right)


def targets(answers: pd.DataFrame) -> dict[str, torch.Tensor]:
    """Return each head's named class as a tensor, int64 (n,); ``answers`` is what `named` gives."""
    heads = [name for name in answers if f"{name} right" in answers]
    return {head: torch.tensor(answers[head].to_numpy(np.int64)) for head in heads}


PARTS = ("whole", "geometry", "shading")


def truths(
    cases: Cases, side: int, divided: tuple[str, ...] = splits.LABELS
) -> dict[tuple[str, str], np.ndarray]:
    """Return the ground-truth maps of the expression and of its authenticity, and their kind.

    The expression is the difference from the neutral face, the authenticity that from the twin of
    the other class, in the same scene.

    Parameters
    ----------
    cases : Cases
        Of rendered faces.
    side : int
        Of the maps; they are rendered at the size of the picture and averaged.
    divided : tuple of str
        The heads whose difference is divided into its parts; rendering them takes time.

    Returns
    -------
    dict
        (head, part) -> float32 (n, side, side); part is "whole" and, for the heads that are
        ``divided``, "geometry" and "shading" (`face_renderer.truth_parts`).

    Raises
    ------
    ValueError
        If the cases are photographs.
    """
    if not cases.has_truth:
        raise ValueError("photographs have no truth maps: nobody knows where their expression is")
    found: dict[tuple[str, str], list[np.ndarray]] = {}
    for row in cases.rows:
        for head, other in others(row).items():
            for part, one in _maps(row, other, head in divided).items():
                found.setdefault((head, part), []).append(one)
    return {key: resized(np.stack(maps), side) for key, maps in found.items()}


def others(row: dict) -> dict[str, dict]:
    """Return, by head, the manifest row that differs only in the label of that head."""
    return {"emotion": action_units.neutral(row), "authenticity": faces.twin(row)}


def _maps(row: dict, other: dict, divided: bool) -> dict[str, np.ndarray]:
    """Return the truth maps of one difference by part."""
    if not divided:
        one, two = (faces.render(r, noise=False).astype(np.float32) for r in (row, other))
        return {"whole": np.abs(one - two).mean(2)}
    steps = truth_parts.steps(row, other)
    return {part: getattr(steps, part)() for part in PARTS}


def landmarks(cases: Cases, side: int) -> np.ndarray:
    """Return the 68 landmarks of rendered cases, (n, 68, 2), in pixels of an image of ``side``.

    Raises
    ------
    ValueError
        If the cases are photographs.
    """
    if not cases.has_truth:
        raise ValueError("photographs carry no landmarks here")
    own = cases.images.shape[1]
    return np.stack([faces.truth_masks.landmarks(row) for row in cases.rows]) * (side / own)
