"""Scores with SMOTE before the split, beside SMOTE within the training set."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_lib.data import splits
from fer_lib.training import smote

TEST_SHARE = 0.2  # section 3-3


def _score(train: np.ndarray, test: np.ndarray, x: np.ndarray, emotion, genuine) -> dict:
    """Fit a linear classifier for each label on ``train``, score it on ``test``."""

    def fitted(label: np.ndarray):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=400))
        return model.fit(x[train], label[train])

    return {
        "emotion accuracy": accuracy_score(emotion[test], fitted(emotion).predict(x[test])),
        "authenticity AUC": roc_auc_score(
            genuine[test], fitted(genuine).predict_proba(x[test])[:, 1]
        ),
    }


def compare(
    embeddings: np.ndarray, table: pd.DataFrame, seeds: range, balanced: str
) -> pd.DataFrame:
    """Return scores of a linear classifier under three orders of SMOTE and split.

    Parameters
    ----------
    embeddings : ndarray
        float, (n, d), of every image.
    table : DataFrame
        The data set's table.
    seeds : range
        Of the splits and of SMOTE.
    balanced : str
        "authenticity", as the paper says, or "cells": all fourteen cells of both labels, as
        balancing minority emotions would take.

    Returns
    -------
    DataFrame
        One row a seed and order: ``order``, ``seed``, ``synthetic in test``, ``test points``,
        both scores. The orders: split by group, then SMOTE on the training part; split by image,
        then SMOTE on the training part; SMOTE on everything, then split by point.
    """
    emotion = table["emotion"].astype(str).to_numpy()
    genuine = (table["authenticity"] == "genuine").to_numpy().astype(int)

    def with_synthetic(rows: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
        """Return points and both labels of all images, behind them those that SMOTE adds."""
        cell = np.char.add(emotion, genuine.astype(str))[rows]
        alone = balanced == "authenticity"
        label, mapped = (genuine[rows], emotion[rows]) if alone else (cell, cell)
        points, new, near = smote.smote(embeddings[rows], label, mapped, seed)
        if not alone:
            near, new = np.array([c[:-1] for c in new]), np.array([int(c[-1]) for c in new])
        return (
            np.concatenate([embeddings, points]),
            np.concatenate([emotion, near]),
            np.concatenate([genuine, new]),
        )

    orders = {
        "split by group, then SMOTE": splits.split,
        "split by image, then SMOTE": splits.by_image,
        "SMOTE, then split": None,
    }
    rows = []
    for seed in seeds:
        for order, divide in orders.items():
            if divide is None:
                x, e, g = with_synthetic(np.arange(len(table)), seed)
                cell = np.char.add(e.astype(str), g.astype(str))
                train, test = train_test_split(
                    np.arange(len(x)), test_size=TEST_SHARE, random_state=seed, stratify=cell
                )
            else:
                split = divide(table, seed=seed).to_numpy()
                train, test = np.flatnonzero(split != "test"), np.flatnonzero(split == "test")
                x, e, g = with_synthetic(train, seed)
                train = np.concatenate([train, np.arange(len(embeddings), len(x))])
            told = {"order": order, "seed": seed}
            told |= {"synthetic in test": int((test >= len(table)).sum()), "test points": len(test)}
            rows.append(told | _score(train, test, x, e, g))
    return pd.DataFrame(rows)
