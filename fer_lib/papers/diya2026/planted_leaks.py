"""Plant copies in a set of faces, and choose on the test part: what each leak adds to a score.

The study behind the page on leakage. A linear classifier reads embeddings of a frozen backbone, so
that copies and seeds can be varied as a network's training could not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

import face_renderer as faces
from engine.store import threads
from engine.store.progress import Progress
from face_renderer.action_units import MAX_INTENSITY
from fer_lib.data import datasets, splits
from fer_lib.data.schema import FaceData
from fer_lib.models import ALL_STAGES, backbones, pretrained_weights
from fer_lib.models.frozen_trunk import pooled
from fer_lib.papers.diya2026 import learning_curves, planted_rows
from fer_lib.settings import Settings
from fer_lib.training import augmentation, configs, feature_cache, profiles
from fer_lib.training.determinism import set_determinism

KINDS = {"exact": "exact duplicates", "augmented": "augmented copies", "burst": "burst frames"}
SPLITS = {"by image": splits.by_image, "by subject": splits.split}
SCORES = {"emotion": "emotion accuracy", "authenticity": "authenticity AUC"}
FURTHER = "true"  # column: the same classifier on further subjects
# Between two frames of one take, standard deviations: pose in radians, place in shares of the
# picture. The action units keep their pattern and gain or lose a twentieth.
JITTER = {"yaw": 0.03, "pitch": 0.03, "roll": 0.015, "shift_x": 0.01, "shift_y": 0.01}
JITTER |= {"zoom": 0.01, "gaze_x": 0.02, "gaze_y": 0.02}
UNIT_JITTER = 0.05
FILES = (
    "alone.parquet",
    "archive.npz",
    "further.parquet",
    "planted.parquet",
    "selected.parquet",
    "table.parquet",
)
FEATURES = 64  # of the embedding, drawn at random for each configuration that is tried


@dataclass(frozen=True)
class Amounts:
    """How much one profile computes.

    Attributes
    ----------
    takes : int
        Images that get copies.
    copies : tuple of int
        Numbers of copies of each.
    seeds : int
        Random splits with copies, and of the choice among configurations.
    tried : tuple of int
        Numbers of configurations to choose among.
    alone : int
        Random splits of all images without copies: a small leak needs more of them.
    """

    takes: int
    copies: tuple[int, ...]
    seeds: int
    tried: tuple[int, ...]
    alone: int


SMOKE = Amounts(70, (0, 1, 2), 2, (1, 4), 2)
BOOK = Amounts(300, (0, 1, 2, 4), 8, (1, 4, 16, 64), 30)
LARGE = Amounts(1000, (0, 1, 2, 4, 8), 20, (1, 4, 16, 64), 100)


def amounts(profile: str) -> Amounts:
    """Return how much a profile computes."""
    return {"smoke": SMOKE, "book": BOOK}.get(profile, LARGE)


@dataclass(frozen=True)
class Archive:
    """Embeddings of a data set, of copies of some of its images, and of further subjects.

    Attributes
    ----------
    table : DataFrame
        One row an image: ``image_id``, ``group`` and both labels as strings.
    plain : ndarray
        float32, (n, d), of every image.
    takes : ndarray
        int, (t,), rows of the images that have copies.
    copies : mapping of str to ndarray
        By kind, float32, (t, most, d); no burst frames of photographs.
    further_table, further : DataFrame, ndarray
        The further rendered subjects, (m, d); m is 0 where there are none.
    """

    table: pd.DataFrame
    plain: np.ndarray
    takes: np.ndarray
    copies: Mapping[str, np.ndarray]
    further_table: pd.DataFrame
    further: np.ndarray

    def with_copies(self, kind: str, count: int) -> tuple[np.ndarray, pd.DataFrame]:
        """Return embeddings (t * (1 + count), d) and table of the takes, copies behind each.

        Raises
        ------
        ValueError
            If there are no such copies, or fewer of them.
        """
        if kind not in self.copies:
            raise ValueError(f"no {kind!r} here: choose one of {', '.join(self.copies)}")
        most = self.copies[kind].shape[1]
        if not 0 <= count <= most:
            raise ValueError(f"copies is {count}: choose 0 to {most}")
        own = self.plain[self.takes, None]
        points = np.concatenate([own, self.copies[kind][:, :count]], axis=1)
        table = self.table.iloc[np.repeat(self.takes, 1 + count)].reset_index(drop=True)
        return points.reshape(len(table), -1), table


def frame(row: dict, number: int) -> dict:
    """Return the row of another frame of the take of ``row``: ``face_renderer.render`` takes it.

    The same subject, light and background a moment later: the head has moved a little, the
    muscles too, and the camera's noise is new. The same number gives the same frame.
    """
    chance = np.random.default_rng([int(row["seed"]), number])
    moved = {name: row[name] + chance.normal(0, size) for name, size in JITTER.items()}
    units = {
        name: float(np.clip(row[name] * chance.normal(1, UNIT_JITTER), 0, MAX_INTENSITY))
        for name in faces.COLUMNS
    }
    return {**row, **moved, **units, "seed": int(chance.integers(2**31))}


def classifier(strength: float = 0.01) -> Pipeline:
    """Return the linear classifier of this study; ``strength`` is scikit-learn's ``C``."""
    model = LogisticRegression(C=strength, tol=0.01, max_iter=200)
    return make_pipeline(StandardScaler(), model)


def score(model: Pipeline, points: np.ndarray, truth: np.ndarray) -> float:
    """Return a fitted classifier's accuracy, or its AUC where there are two classes."""
    if len(model.classes_) > 2:
        return float(accuracy_score(truth, model.predict(points)))
    return float(roc_auc_score(truth == model.classes_[1], model.decision_function(points)))


def planted(archive: Archive, counts: tuple[int, ...], seeds: range) -> pd.DataFrame:
    """Return what each split reports with each number of copies.

    Parameters
    ----------
    archive : Archive
        Takes and their copies.
    counts : tuple of int
        Copies of each take; 0 for none.
    seeds : range
        Of the splits.

    Returns
    -------
    DataFrame
        One row a ``kind``, number of ``copies``, ``split``, ``score`` and ``seed``: ``reported``
        on the test part, and ``true``, of the same classifier on the further subjects.
    """
    rows: list[dict] = []
    for kind in archive.copies:
        for count in counts:
            if count == 0 and rows:  # the same for every kind
                rows += [
                    row | {"kind": kind}
                    for row in rows
                    if (row["kind"], row["copies"]) == ("exact", 0)
                ]
                continue
            points, table = archive.with_copies(kind, count)
            for split, divide in SPLITS.items():
                for seed in seeds:
                    told = {"kind": kind, "copies": count, "split": split, "seed": seed}
                    train = divide(table, seed=seed).to_numpy() != "test"
                    rows += [told | one for one in _each_score(archive, points, table, train)]
    return pd.DataFrame(rows)


def _each_score(
    archive: Archive, points: np.ndarray, table: pd.DataFrame, train: np.ndarray
) -> list[dict]:
    found = []
    for label, name in SCORES.items():
        truth = table[label].to_numpy()
        model = classifier().fit(points[train], truth[train])
        told = {"score": name, "reported": score(model, points[~train], truth[~train])}
        found.append(told | {FURTHER: _on_further(archive, model, label)})
    return found


def _on_further(archive: Archive, model: Pipeline, label: str, columns=slice(None)) -> float:
    if not len(archive.further):
        return float("nan")
    return score(model, archive.further[:, columns], archive.further_table[label].to_numpy())


def selected(archive: Archive, tried: tuple[int, ...], seeds: range) -> pd.DataFrame:
    """Return what the best of several configurations reports, chosen on test or on validation.

    A configuration is a ridge classifier of random strength on `FEATURES` random numbers of the
    embedding; subjects are split. ``tried`` configurations are compared; with fewer than the most,
    the mean over all blocks of so many.

    Returns
    -------
    DataFrame
        One row a number ``tried``, ``chosen on``, ``score`` and ``seed``: ``reported`` on the test
        part, and ``true``, the chosen classifier on the further subjects.
    """
    rows = []
    for seed in seeds:
        part = splits.split(archive.table, seed=seed).to_numpy()
        for label, name in SCORES.items():
            found = _candidates(archive, part, label, max(tried), seed)
            for count in tried:
                blocks = found.groupby(np.arange(len(found)) // count)
                for chosen_on in ("test", "val"):
                    best = found.loc[blocks[chosen_on].idxmax(), ["test", FURTHER]].mean()
                    told = {"tried": count, "chosen on": chosen_on, "score": name, "seed": seed}
                    rows.append(told | {"reported": best["test"], FURTHER: best[FURTHER]})
    named = {"test": "the test part", "val": "the validation part"}
    return pd.DataFrame(rows).replace({"chosen on": named})


def _candidates(
    archive: Archive, part: np.ndarray, label: str, count: int, seed: int
) -> pd.DataFrame:
    """Return the scores of ``count`` configurations on validation, test and further subjects."""
    chance, truth, rows = np.random.default_rng(seed), archive.table[label].to_numpy(), []
    for _ in range(count):
        columns = chance.choice(archive.plain.shape[1], FEATURES, replace=False)
        model = make_pipeline(StandardScaler(), RidgeClassifier(10 ** chance.uniform(0, 4)))
        points = archive.plain[:, columns]
        model.fit(points[part == "train"], truth[part == "train"])
        told = {p: score(model, points[part == p], truth[part == p]) for p in ("val", "test")}
        rows.append(told | {FURTHER: _on_further(archive, model, label, columns)})
    return pd.DataFrame(rows)


def ends(values: pd.Series) -> tuple[float, float]:
    """Return both ends of Student's 95 % interval over seeds, as seaborn's ``errorbar`` wants."""
    found = learning_curves.over_seeds(values)
    return found.low, found.high


def points_added(
    found: pd.DataFrame, over: list[str], column: str, leaks: str, sound: str
) -> pd.Series:
    """Return by how many points a leak raises what is reported, paired by seed.

    Parameters
    ----------
    found : DataFrame
        From `planted` or `selected`.
    over : list of str
        Columns that name a result, such as ``kind``, ``copies`` and ``score``.
    column, leaks, sound : str
        The values ``leaks`` and ``sound`` of the column ``column`` are compared.

    Returns
    -------
    Series of Interval
        By ``over``, percentage points with Student's 95 % interval over seeds.
    """
    wide = found.pivot_table("reported", [*over, "seed"], column, sort=False)
    added = (wide[leaks] - wide[sound]).groupby(over, sort=False)
    return added.apply(lambda values: learning_curves.over_seeds(values).percent())


def embedded(
    network: nn.Module,
    images: np.ndarray,
    side: int,
    generator: torch.Generator | None = None,
) -> np.ndarray:
    """Return embeddings, float32 (n, d), of images (n, S, S, 3), uint8, at ``side`` pixels.

    With a generator the images are changed first, as training images are.
    """
    found = []
    with torch.inference_mode():
        for start in range(0, len(images), feature_cache.BATCH):
            some = images[start : start + feature_cache.BATCH]
            batch = augmentation.normalise(augmentation.resize(some, side))
            if generator is not None:
                batch = augmentation.augment(batch, feature_cache.augmentation(), generator)
            found.append(pooled(network(batch)).numpy())
    return np.concatenate(found)


def collected(settings: Settings, data: FaceData, network: nn.Module, side: int) -> Archive:
    """Return the embeddings of a data set, of copies of some images and of further subjects."""
    how = amounts(settings.profile)
    most = max(how.copies)
    generator = torch.Generator().manual_seed(settings.seed)
    order = np.random.default_rng(settings.seed).permutation(len(data.table))
    takes = np.sort(order[: how.takes])
    plain, own = embedded(network, data.images, side), data.images[takes]
    copies: dict[str, list[np.ndarray]] = {"exact": [plain[takes]] * most}
    copies["augmented"] = [embedded(network, own, side, generator) for _ in range(most)]
    further, further_table = plain[:0], data.table[:0]
    if data.has_truth:
        told = Progress("burst frames: rendered", len(takes) * most)
        copies["burst"] = []
        for number in range(most):
            rows = (data.table.iloc[take].to_dict() for take in takes)
            frames = np.stack([faces.render(frame(row, number)) for row in rows])
            copies["burst"].append(embedded(network, frames, side))
            told.step(len(takes))
        count = profiles.get(settings.profile).test_subjects
        others = datasets.by_name("rendered_test", n_subjects=count)
        further, further_table = embedded(network, others.images, side), others.table
    stacked = {kind: np.stack(each, 1) for kind, each in copies.items()}
    return Archive(_slim(data.table), plain, takes, stacked, _slim(further_table), further)


def _slim(table: pd.DataFrame) -> pd.DataFrame:
    return table[["image_id", "group", *SCORES]].astype(str).reset_index(drop=True)


def long_form(found: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return scores for a line figure: a row a ``score`` value, ``line`` says which of three.

    ``line`` is the value of ``column`` for what is reported, and for the further subjects that
    of the leaking one, the first, since both give nearly the same.
    """
    reported = found.assign(line=found[column], value=found["reported"])
    leaks = found[found[column] == found[column].iloc[0]]
    further = leaks.assign(line="the same on further subjects", value=leaks[FURTHER])
    return pd.concat([reported, further], ignore_index=True).dropna(subset="value")


def make(settings: Settings, needs: dict[str, Path], folder: Path) -> dict:
    """Embed images and copies, score every split, and write all of it into ``folder``.

    Returns
    -------
    dict
        What a page says of them: data, side length, where the weights came from.
    """
    how = amounts(settings.profile)
    wanted = configs.first(planted_rows.CONFIGURATION, settings)
    (family,), side = wanted.arm.backbones, wanted.scale.side
    data = datasets.load(settings)
    set_determinism(settings.seed, threads.count())
    source, weights = pretrained_weights.resolve(family)
    network, _ = backbones.split(backbones.create(source, weights), ALL_STAGES)
    archive = collected(settings, data, network, side)
    seeds = range(settings.seed, settings.seed + how.seeds)
    planted(archive, how.copies, seeds).to_parquet(folder / "planted.parquet")
    selected(archive, how.tried, seeds).to_parquet(folder / "selected.parquet")
    every = {"exact": archive.plain[:, None][:, :0]}
    whole = replace(archive, takes=np.arange(len(archive.plain)), copies=every)
    often = range(settings.seed, settings.seed + how.alone)
    planted(whole, (0,), often).to_parquet(folder / "alone.parquet")
    archive.table.to_parquet(folder / "table.parquet")
    archive.further_table.to_parquet(folder / "further.parquet")
    arrays = {"plain": archive.plain, "takes": archive.takes, "further": archive.further}
    np.savez(folder / "archive.npz", **arrays, **archive.copies)
    return {
        "data_sha256": data.sha256,
        "data_kind": data.kind,
        "group_kind": data.group_kind,
        "random_start": weights is None,
        "family": family,
        "pretrained": True,
        "weights": asdict(source),
        "image_size": side,
        "seeds": how.seeds,
        "takes": len(archive.takes),
        "further_subjects": int(archive.further_table["group"].nunique()),
    }


def read(folder: Path) -> tuple[Archive, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the archive that `make` left in a folder, and its scores.

    These are of `planted`, of `planted` without copies on all images, and of `selected`.
    """
    table, further, *scores = (
        pd.read_parquet(folder / f"{name}.parquet")
        for name in ("table", "further", "planted", "alone", "selected")
    )
    with np.load(folder / "archive.npz") as arrays:
        held = {name: arrays[name] for name in arrays.files}
    plain, takes, points = (held.pop(name) for name in ("plain", "takes", "further"))
    return Archive(table, plain, takes, held, further, points), *scores
