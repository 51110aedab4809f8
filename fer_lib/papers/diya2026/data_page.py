"""What the page on data counts: shares, single factors, single action units, and its sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fer_lib.data.schema import FaceData
from fer_lib.evaluation.metrics import auc
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import leakage_audit

# Columns of a rendered set's table that must not tell genuine from fake, and their words.
FACTORS = {
    "age": "age (years)",
    "tone_angle": "skin tone (degrees)",
    "yaw": "yaw (radians)",
    "pitch": "pitch (radians)",
    "light_strength": "strength of light",
    "exposure": "exposure",
}


def counts(table: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Return the images of each emotion, fake and genuine, beside those of the paper's Table 3.

    Parameters
    ----------
    table : DataFrame
        Of the data set.
    printed : DataFrame
        From `fer_lib.papers.diya2026.verdicts.data.table_3`.
    """
    here = pd.crosstab(table["emotion"].astype(str), table["authenticity"].astype(str))
    here = here.reindex(index=list(EMOTIONS), columns=["fake", "genuine"], fill_value=0)
    beside = {
        f"{kind}, {whose}": of[kind]
        for kind in ("fake", "genuine")
        for whose, of in (("here", here), ("paper", printed))
    }
    found = pd.DataFrame(beside).rename_axis("emotion")
    found.loc["sum"] = found.sum()
    return found


def in_words(beside: pd.DataFrame) -> str:
    """Return which emotions have more fake images, and how uneven the emotions are."""
    fake, genuine = (beside[f"{kind}, here"].drop("sum") for kind in ("fake", "genuine"))
    total = fake + genuine
    more = [name for name in total.index if fake[name] > genuine[name]]
    return (
        f"Fake images are the more numerous for {', '.join(more) or 'no emotion'}. The largest "
        f"emotion, {total.idxmax()}, has **{total.max()}** images, the smallest, "
        f"{total.idxmin()}, {total.min()}."
    )


def factors(table: pd.DataFrame) -> pd.DataFrame:
    """Return the factors in long form, a row an image and factor, for a figure."""
    long = table[["authenticity", *FACTORS]].rename(columns=FACTORS)
    return long.melt("authenticity", var_name="factor").astype({"value": float})


def genuine(table: pd.DataFrame) -> np.ndarray:
    """Return 1 for genuine and 0 for fake, (n,)."""
    return (table["authenticity"] == "genuine").to_numpy().astype(int)


def one_factor(table: pd.DataFrame) -> pd.Series:
    """Return the AUC of each factor alone, the larger of both directions, highest first."""
    truth = genuine(table)
    found = {name: auc(truth, table[column].astype(float)) for column, name in FACTORS.items()}
    either = pd.Series({name: max(one, 1 - one) for name, one in found.items()})
    return either.sort_values(ascending=False).rename("AUC alone").rename_axis("factor")


def one_unit(table: pd.DataFrame) -> pd.DataFrame:
    """Return for each emotion the one feature of an action unit that separates best.

    Features are the mean of both sides of the face and their difference.
    """
    numbers = sorted({c[:4] for c in table.columns if c.startswith("AU") and c[2:4].isdigit()})
    rows = []
    for emotion in EMOTIONS:
        part = table[table["emotion"] == emotion]
        truth, tried = genuine(part), {}
        for unit in numbers:
            left, right = part[f"{unit}_L"], part[f"{unit}_R"]
            tried[f"{unit}, mean of both sides"] = auc(truth, (left + right).to_numpy())
            tried[f"{unit}, asymmetry"] = auc(truth, (left - right).abs().to_numpy())
        best = max(tried, key=lambda name: abs(tried[name] - 0.5))
        row = {"emotion": emotion, "AUC alone": max(tried[best], 1 - tried[best])}
        row |= {"feature": best, "higher in": "genuine" if tried[best] > 0.5 else "fake"}
        rows.append(row)
    return pd.DataFrame(rows)


def shortcuts(alone: pd.Series, units: pd.DataFrame) -> str:
    """Return what comes closest to deciding alone, from `one_factor` and `one_unit`."""
    most = units.loc[units["AUC alone"].idxmax()]
    return (
        f"Of these factors {alone.index[0]} tells most, with an AUC of **{alone.iloc[0]:.3f}** "
        f"(0.5 is chance). Of the action units, {most['feature']}, in {most['emotion']}, comes "
        f"closest to deciding alone: AUC {most['AUC alone']:.3f}."
    )


def split_counts(table: pd.DataFrame, parts: pd.Series) -> pd.DataFrame:
    """Return subjects or groups, images, their share and the share of genuine in each part."""
    held = table.assign(part=parts.to_numpy()).groupby("part", observed=True)
    return pd.DataFrame(
        {
            "groups": held["group"].nunique(),
            "images": held.size(),
            "share of images": held.size() / len(table),
            "share genuine": held["authenticity"].apply(lambda of: (of == "genuine").mean()),
        }
    ).reindex(["train", "val", "test"])


def answer(
    data: FaceData, beside: pd.DataFrame, baseline: float, audit: pd.DataFrame, by: str
) -> tuple[str, str]:
    """Return the answer of the page and what it rests on.

    Parameters
    ----------
    data : FaceData
        The set of the page.
    beside : DataFrame
        From `counts`.
    baseline : float
        AUC of a guess of the authenticity from the emotion alone.
    audit : DataFrame
        From `fer_lib.papers.diya2026.leakage_audit.audit`.
    by : str
        How the set was split, in words.
    """
    here = beside[[c for c in beside if c.endswith("here")]].sum(axis=1).drop("sum")
    paper = beside[[c for c in beside if c.endswith("paper")]].sum(axis=1).drop("sum")
    same = "as in the paper's Table 3" if (here == paper).all() else "unlike the paper's Table 3"
    leaks = audit[audit["verdict"] == leakage_audit.LEAK]["check"].to_list()
    sound = "nothing on two sides" if not leaks else f"a leak: {'; '.join(leaks)}"
    told = (
        f"{len(data.table):,} images, {same}: {here.idxmax()} has {here.max() / here.min():.1f} "
        f"times the images of {here.idxmin()}, and the emotion alone tells genuine from fake with "
        f"an AUC of {baseline:.3f}. The audit of the split {by} finds {sound}."
    )
    units = "subjects" if data.group_kind == "subject" else "groups of near-duplicates"
    rests_on = (
        f"All {data.table['group'].nunique():,} {units} of {data.name}; these are counts of the "
        "whole set, so they have no interval."
    )
    return told, rests_on
