"""Training, validation and test subjects: one correct protocol, four deliberately flawed ones.

Each returns `Parts`: rows of the table, and, where copies of an image count as images, which copy.
A split is balanced on the labels in ``columns``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_lib.data import splits

COPIES = 3  # changed copies of each image in the archive of protocol "copies"
# Section 3-3: 1,657 of 2,224 images were kept.
DROPPED = 1 - 1657 / 2224
PROBE_COMPONENTS = 64
ITSELF = -1  # in place of a copy's number: the image as it is


@dataclass(frozen=True)
class Parts:
    """Rows of each part, (n,) int, and for each the copy that is meant, `ITSELF` or from 0.

    Attributes
    ----------
    train, val, test : ndarray
        Rows of the table.
    copies : dict of str to ndarray
        For each part, (n,) int; empty where only the images themselves are used, and are changed
        at random while training.
    """

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray
    copies: dict[str, np.ndarray]

    def rows(self) -> dict[str, np.ndarray]:
        """Return the rows of each part by its name."""
        return {"train": self.train, "val": self.val, "test": self.test}


def _of(split: np.ndarray, rows: np.ndarray) -> Parts:
    return Parts(*(rows[split == name] for name in ("train", "val", "test")), {})


def by_group(table: pd.DataFrame, seed: int, columns: tuple[str, ...] = splits.LABELS) -> Parts:
    """Split by subject or group, about 60 / 20 / 20: the sound protocol."""
    return _of(splits.split(table, seed=seed, columns=columns).to_numpy(), np.arange(len(table)))


def by_image(table: pd.DataFrame, seed: int, columns: tuple[str, ...] = splits.LABELS) -> Parts:
    """Split image by image: the same subjects in all parts."""
    return _of(splits.by_image(table, seed=seed, columns=columns).to_numpy(), np.arange(len(table)))


def copies_first(table: pd.DataFrame, seed: int, columns: tuple[str, ...] = splits.LABELS) -> Parts:
    """Make changed copies of each image, then split image by image: copies on all sides.

    As an archive that was published cropped and augmented invites. An epoch goes over a part of
    the training part only, so that the budget is that of the other protocols.
    """
    rows = np.repeat(np.arange(len(table)), 1 + COPIES)
    copy = np.tile(np.arange(ITSELF, COPIES), len(table))
    archive = table.iloc[rows].reset_index(drop=True)
    split = splits.by_image(archive, seed=seed, columns=columns).to_numpy()
    chance = np.random.default_rng(seed)
    places = {}
    for name in ("train", "val", "test"):
        every = np.flatnonzero(split == name)
        kept = every if name == "train" else chance.permutation(every)[: len(every) // (1 + COPIES)]
        places[name] = np.sort(kept)
    return Parts(
        *(rows[places[name]] for name in ("train", "val", "test")),
        {name: copy[places[name]] for name in places},
    )


def stopped_on_test(
    table: pd.DataFrame, seed: int, columns: tuple[str, ...] = splits.LABELS
) -> Parts:
    """Split by group, then stop and schedule on the test part: the best epoch is chosen there."""
    parts = by_group(table, seed, columns)
    return Parts(parts.train, parts.test, parts.test, {})


def ambiguity(
    embeddings: np.ndarray, table: pd.DataFrame, columns: tuple[str, ...] = splits.LABELS
) -> np.ndarray:
    """Return the ambiguity of each image, (n,) in [0, 1]: one minus a probe's belief in its labels.

    The probe is logistic regression on the embeddings' first components, cross-validated by group;
    unclear is one minus the product of the probabilities it gives the labels in ``columns``. It
    stands for a curator who looks.
    """
    sure = np.ones(len(table))
    for column in columns:
        label = table[column].astype(str).to_numpy()
        probe = make_pipeline(
            PCA(PROBE_COMPONENTS, random_state=0), StandardScaler(), LogisticRegression(C=0.1)
        )
        p = cross_val_predict(
            probe,
            embeddings,
            label,
            groups=table["group"].to_numpy(),
            cv=GroupKFold(5),
            method="predict_proba",
        )
        sure *= p[np.arange(len(label)), np.searchsorted(np.unique(label), label)]
    return 1 - sure


def unclear_dropped(
    table: pd.DataFrame,
    seed: int,
    unclear: np.ndarray,
    columns: tuple[str, ...] = splits.LABELS,
) -> Parts:
    """Drop the most unclear images, a quarter as in section 3-3, and only then split by group.

    Parameters
    ----------
    table, seed, columns
        As for the others.
    unclear : ndarray
        From `ambiguity`, (n,).
    """
    kept = np.sort(np.argsort(unclear, kind="stable")[: round(len(table) * (1 - DROPPED))])
    part = table.iloc[kept].reset_index(drop=True)
    return _of(splits.split(part, seed=seed, columns=columns).to_numpy(), kept)


def wrong_labels(genuine: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return yes/no labels (n,), 1 or 0, with a randomly drawn share of them inverted."""
    wrong = np.random.default_rng(seed).permutation(len(genuine))[: round(share * len(genuine))]
    turned = genuine.copy()
    turned[wrong] = 1 - turned[wrong]
    return turned
