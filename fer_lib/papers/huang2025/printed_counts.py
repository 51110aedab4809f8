"""Images per class that the public code of ``huang2025`` prints, beside sets of known counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from claimcheck.checks.public_datasets import SETS
from fer_lib.papers.huang2025 import printed_code
from fer_lib.papers.huang2025.printed_settings import SettingsError

COUNTS = printed_code.FILES["counts"]


def printed(part: str) -> pd.DataFrame:
    """Return the images a class (rows) and folder (columns) that the public code prints.

    Parameters
    ----------
    part : str
        ``train`` or ``test``.

    Returns
    -------
    DataFrame
        int, with the sum of each class as the last column ``all``.

    Raises
    ------
    SettingsError
        If the folders of a class, or the classes, do not add up to what is printed.
    """
    of = counts()["printed"][part]
    table = pd.DataFrame(of["folders"])
    table["all"] = table.sum(axis=1)
    wrong = {name: n for name, n in of["totals"].items() if table["all"].get(name) != n}
    if wrong or table["all"].sum() != of["all"]:
        raise SettingsError(
            f"{COUNTS}: the {part} folders do not add up to what is printed: {wrong}"
        )
    return table.sort_index()


def counts() -> dict:
    """Return the whole file of printed and published counts."""
    return printed_code.load("counts")


def fer2013() -> pd.DataFrame:
    """Return for each class the counts of folder train1 beside FER-2013: training, whole, rest.

    The rest, the whole set less the training part, must be what its two test parts hold together.

    Raises
    ------
    SettingsError
        If it is not.
    """
    known = SETS["FER-2013"]
    training = pd.Series(counts()["fer2013_training"])
    table = pd.DataFrame(
        {
            "train1": printed("train")["train1"],
            "FER-2013, training part": training,
            "FER-2013, whole": pd.Series({name: known[name] for name in training.index}),
        }
    )
    table["rest"] = table["FER-2013, whole"] - table["FER-2013, training part"]
    tests = known["public test images"] + known["private test images"]
    if training.sum() != known["training images"] or table["rest"].sum() != tests:
        raise SettingsError(f"{COUNTS}: the classes of FER-2013 do not add up to its parts")
    return table


def ckplus() -> pd.DataFrame:
    """Return for each class the counts of folder test1 and of CK+'s sequences, and their ratio.

    Where CK+ has no such class, the ratio is nan.
    """
    table = pd.DataFrame(
        {
            "test1": printed("test")["test1"],
            "CK+, labelled sequences": pd.Series(counts()["ckplus_sequences"]),
        }
    )
    table = table.fillna(0).astype(int)
    sequences = table["CK+, labelled sequences"].replace(0, np.nan)
    table["images a sequence"] = table["test1"] / sequences
    return table
