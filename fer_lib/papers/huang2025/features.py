"""Features of prepared faces: ResNet-18 embeddings and local binary patterns.

What computes them is imported where it is used: studies that only read them start without torch.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from engine.store.progress import Progress
from fer_lib.data import datasets
from fer_lib.settings import Settings

FILES = ("cnn.npy", "lbp.npy", "table.parquet")
FAMILY = "resnet18"  # text, sections 3.2 and 4.2
NETWORK_SIDE = 160  # pixels; our choice: twice the prepared side; the code enlarges to 224
BATCH = 16
# Local binary patterns: the text names them, and no number; the code has none. All are our choice.
POINTS, RADIUS = 8, 1
CODES = 59  # the uniform patterns of 8 points, each by itself, and one code for all others
CELLS = 4  # a side
MOST_IMAGES = 6000  # of a larger set so many are drawn: else classifiers and searches take days


@dataclass(frozen=True)
class Features:
    """Features of a data set, in the order of its table.

    Attributes
    ----------
    table : DataFrame
        One row an image; ``image_id``, ``emotion`` and ``group`` are strings. Of rendered sets
        the other columns too.
    cnn : ndarray
        float32, (n, 512): ResNet-18 after global average pooling.
    lbp : ndarray
        float32, (n, 944): histograms of uniform patterns; those of a cell add up to one.
    about : dict
        ``about.json``: data, source of the weights, seed.
    """

    table: pd.DataFrame
    cnn: np.ndarray
    lbp: np.ndarray
    about: dict

    @property
    def both(self) -> np.ndarray:
        """Both side by side, float32 (n, 1456)."""
        return np.concatenate([self.cnn, self.lbp], axis=1)


def patterns(faces: np.ndarray) -> np.ndarray:
    """Return the histograms of local binary patterns of each cell of a face.

    Parameters
    ----------
    faces : ndarray
        uint8, (n, side, side), the side a multiple of `CELLS`.

    Returns
    -------
    ndarray
        float32, (n, CELLS * CELLS * CODES), cells row by row. A pattern has, for each of eight
        neighbours, whether it is at least as bright as the pixel; "uniform" are those that
        change at most twice on the way round, each direction being a code of its own.

    References
    ----------
    Ojala, Pietikäinen, Mäenpää, doi:10.1109/TPAMI.2002.1017623; cells as in Ahonen, Hadid,
    Pietikäinen, doi:10.1109/TPAMI.2006.244.
    """
    from skimage.feature import local_binary_pattern

    side = faces.shape[-1]
    place = np.arange(side) * CELLS // side
    cell = place[:, None] * CELLS + place
    found = np.empty((len(faces), CELLS * CELLS * CODES), np.float32)
    for k, face in enumerate(faces):
        wide = np.pad(face, RADIUS, mode="edge")  # else what lies beyond the rim counts as black
        code = local_binary_pattern(wide, POINTS, RADIUS, method="nri_uniform")
        code = code[RADIUS:-RADIUS, RADIUS:-RADIUS].astype(np.int64)
        counts = np.bincount((cell * CODES + code).ravel(), minlength=found.shape[1])
        found[k] = counts / (side // CELLS) ** 2
    return found


def embeddings(faces: np.ndarray, network, told: Progress) -> np.ndarray:
    """Return a network's embeddings of prepared faces, float32 (n, 512).

    Grey is copied to three channels and enlarged to `NETWORK_SIDE`.

    Parameters
    ----------
    faces : ndarray
        uint8, (n, 80, 80).
    network : torch.nn.Module
        Maps normalised images (n, 3, side, side) to feature maps (n, 512, h, w).
    told : Progress
        Counts the faces.
    """
    import torch

    from fer_lib.models.frozen_trunk import pooled
    from fer_lib.training import augmentation

    found = []
    with torch.inference_mode():
        for start in range(0, len(faces), BATCH):
            grey = faces[start : start + BATCH]
            batch = augmentation.resize(np.repeat(grey[..., None], 3, axis=-1), NETWORK_SIDE)
            found.append(pooled(network(augmentation.normalise(batch))).float().numpy())
            told.step(len(grey))
    return np.concatenate(found)


def make(settings: Settings, needs: dict[str, Path], folder: Path) -> dict:
    """Compute both kinds of features of a data set and write them into ``folder``.

    Returns
    -------
    dict
        What a page says of them: data, side lengths, where the weights came from.
    """
    from engine.store import threads
    from fer_lib.models import ALL_STAGES, backbones, pretrained_weights
    from fer_lib.papers.huang2025 import budget
    from fer_lib.papers.huang2025.preprocessing import SIDE, prepared
    from fer_lib.training.determinism import set_determinism

    amounts = budget.get(settings.profile)
    data = datasets.by_name(settings.data, settings.data_root or None, n_subjects=amounts.subjects)
    set_determinism(settings.seed, threads.count())
    source, found = pretrained_weights.resolve(FAMILY)
    network, _ = backbones.split(backbones.create(source, found), ALL_STAGES)
    faces = prepared(data.images)
    table = data.table.reset_index(drop=True)
    table = table.assign(emotion=table["emotion"].astype(str), group=table["group"].astype(str))
    cnn = embeddings(faces, network, Progress(f"{settings.data}: ResNet-18 saw", len(faces)))
    np.save(folder / "cnn.npy", cnn)
    np.save(folder / "lbp.npy", patterns(faces))
    if data.kind != "rendered":
        # The site carries this table: names and hashes of somebody's photographs stay away from it.
        table = table[["image_id", "emotion", "group"]]
    table.to_parquet(folder / "table.parquet")
    return {
        "data_sha256": data.sha256,
        "data_kind": data.kind,
        "group_kind": data.group_kind,
        "random_start": found is None,
        "family": FAMILY,
        "pretrained": True,
        "weights": asdict(source),
        "side": SIDE,
        "network_side": NETWORK_SIDE,
        "images": len(table),
        "groups": int(table["group"].nunique()),
    }


def some(of: Features, most: int, seed: int) -> Features:
    """Return whole groups, drawn until there are about ``most`` images; all if there are no more.

    Parameters
    ----------
    of : Features
        Of a whole data set.
    most : int
        Images; the group with which they are reached is the last.
    seed : int
        Of the draw.
    """
    if len(of.table) <= most:
        return of
    codes, names = pd.factorize(of.table["group"])
    order = np.random.default_rng(seed).permutation(len(names))
    reached = np.cumsum(np.bincount(codes)[order])
    drawn = order[: np.searchsorted(reached, most) + 1]
    rows = np.flatnonzero(np.isin(codes, drawn))
    table = of.table.iloc[rows].reset_index(drop=True)
    return replace(of, table=table, cnn=of.cnn[rows], lbp=of.lbp[rows])


def read(folder: Path) -> Features:
    """Return the features that `make` left in a folder."""
    return Features(
        table=pd.read_parquet(folder / "table.parquet"),
        cnn=np.load(folder / "cnn.npy"),
        lbp=np.load(folder / "lbp.npy"),
        about=json.loads((folder / "about.json").read_text(encoding="utf-8")),
    )
