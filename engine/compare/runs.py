"""Compare two runs of the same name, and measure how far apart their predictions are.

Numbers are compared bit by bit. Times, the keys and columns in `MEASURED`, are left out, and so is
which machine made a run: its name is no result. What it computed is.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import torch

from engine.compare.difference import Difference, between_data
from fer_lib.evaluation import metrics
from fer_lib.training import run as runs

MEASURED = frozenset({"seconds", "wall_seconds", "start"})
OF_MACHINE = frozenset({"processor", "cores", "python"})  # a store may come from another one
IMAGE_KEY = ["set", "image_id"]  # names a row of the predictions


def compare_runs(first: Path, second: Path) -> list[Difference]:
    """Return what differs between the folders of two runs: settings, history, rows, weights."""
    place = f"run {first.name}"
    one, other = _read(first), _read(second)
    if isinstance(one, str) or isinstance(other, str):
        told = (side if isinstance(side, str) else "a sound run" for side in (one, other))
        return [Difference(place, "the folder", *told)]
    return [
        *between_data(f"{place}, run.json", one.about, other.about, MEASURED | OF_MACHINE),
        *_compare_tables(f"{place}, history", one.history, other.history, ["epoch"]),
        *_compare_tables(f"{place}, predictions", one.predictions, other.predictions, IMAGE_KEY),
        *_compare_weights(f"{place}, weights", one.weights(), other.weights()),
    ]


def _read(folder: Path) -> runs.Run | str:
    """Return the run, or in words why there is none."""
    try:
        return runs.read(folder)
    except runs.RunError as fault:
        return str(fault)


def _by_key(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return the table with its rows named by ``key`` and, should that repeat, by a count."""
    return table.set_index([*key, table.groupby(key, sort=False).cumcount()])


def _compare_tables(
    place: str, one: pd.DataFrame, other: pd.DataFrame, key: list[str]
) -> list[Difference]:
    """Compare two tables value by value, row by row as named by ``key``."""
    a, b = _by_key(one, key), _by_key(other, key)
    if list(a.columns) != list(b.columns):
        return [Difference(place, "columns", ", ".join(a.columns), ", ".join(b.columns))]
    found = []
    if not a.index.equals(b.index):
        alone = [a.index.difference(b.index), b.index.difference(a.index)]
        told = [f"{len(rows)} rows that the other lacks" for rows in alone]
        row = next((_row(rows[0]) for rows in alone if len(rows)), "the same in another order")
        found.append(Difference(place, f"rows, such as {row}", *told))
        both = a.index.intersection(b.index)
        a, b = a.loc[both], b.loc[both]
    for column in a.columns.difference(MEASURED, sort=False):
        x, y = a[column], b[column]
        if x.dtype != y.dtype:
            found.append(Difference(place, f"type of {column}", str(x.dtype), str(y.dtype)))
        differ = ~((x == y) | (x.isna() & y.isna())).to_numpy(bool)
        if differ.any():
            n = int(differ.argmax())
            what = f"{column} in {differ.sum()} of {len(a)} rows, the first is {_row(a.index[n])}"
            numbers = all(side.dtype.kind in "iuf" for side in (x, y))
            size = float((x[differ] - y[differ]).abs().max()) if numbers else None
            found.append(Difference(place, what, str(x.iloc[n]), str(y.iloc[n]), size))
    return found


def _row(name: tuple) -> str:
    return " ".join(map(str, name[:-1]))  # without the count


def _compare_weights(
    place: str, one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]
) -> list[Difference]:
    """Compare tensor by tensor, bit by bit; the one that differs most is named."""
    layouts = [{k: f"{v.dtype} {list(v.shape)}" for k, v in of.items()} for of in (one, other)]
    found = between_data(place, *layouts)
    if found:
        return found
    gaps = {
        name: (tensor.double() - other[name].double()).abs().flatten()
        for name, tensor in one.items()
        if not torch.equal(_bits(tensor), _bits(other[name]))
    }
    if not gaps:
        return []
    most = max(gaps, key=lambda name: float(gaps[name].max()))
    told = (str(of[most].flatten()[gaps[most].argmax()].item()) for of in (one, other))
    what = f"{len(gaps)} of {len(one)} tensors, most of all {most}"
    return [Difference(place, what, *told, float(gaps[most].max()))]


def _bits(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.contiguous().flatten().view(torch.uint8)


def largest(first: Path, second: Path) -> dict:
    """Return how far two runs of the same images are apart, where bits may differ.

    Returns
    -------
    dict
        ``probability``: head to largest absolute difference of one probability; each head's
        score, such as ``emotion accuracy``: set of images to absolute difference of the score.

    Raises
    ------
    ValueError
        If the runs do not predict the same images.
    """
    found = [runs.read(folder) for folder in (first, second)]
    one, other = (_by_key(run.predictions, IMAGE_KEY) for run in found)
    heads = found[0].task.heads
    if not one.index.sort_values().equals(other.index.sort_values()):
        raise ValueError(f"runs {first.name} and {second.name} predict different images")
    other = other.loc[one.index]
    gaps = {}
    for head in heads:
        p, again = (table[list(head.columns)] for table in (one, other))
        gaps[head.name] = float((p - again).abs().to_numpy().max())
    scores: dict = {f"{head.name} {head.score}": {} for head in heads}
    for of, part in one.groupby(level="set", sort=False):
        pair = [
            [metrics.summary_score(metrics.judged(table, head)) for head in heads]
            for table in (part, other.loc[part.index])
        ]
        for name, a, b in zip(scores, *pair, strict=True):
            scores[name][of] = abs(a - b)
    return {"probability": gaps, **scores}
