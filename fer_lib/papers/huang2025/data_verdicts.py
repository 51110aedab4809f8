"""Verdicts on the data section of huang2025, and what the counts of its public code say."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.papers.huang2025 import printed_counts


def folders() -> pd.DataFrame:
    """Return the printed images a class (rows) and folder (columns), of both parts."""
    parts = [printed_counts.printed(part) for part in ("train", "test")]
    return pd.concat(parts, axis=1).drop(columns="all")


def rare_in() -> list[str]:
    """Return the folders in which fear is the rarest of the emotions that are there."""
    return [name for name, n in folders().items() if n[n > 0].idxmin() == "fear"]


def in_words() -> str:
    """Return a paragraph on how rare the paper's two rare emotions are, by the printed counts."""
    train, test = (printed_counts.printed(part) for part in ("train", "test"))
    of_train, of_test = train["all"], test["all"]
    rarest, place = of_train.idxmin(), int(of_train.rank(ascending=False)["fear"])
    fewer = of_test[of_test < of_test["fear"]].index
    most = train.drop(columns="all").loc["fear"].idxmax()
    return (
        f"Training folders: {of_train.sum():,} images. Test folders: {of_test.sum():,}, of which "
        f"{of_test['contempt']} of contempt, which the code drops. In training the largest class "
        f"has {of_train.max() / of_train.min():.1f} times the images of the smallest, {rarest}. "
        f"Fear, which the paper calls rare too, has {of_train['fear']:,} images there, number "
        f"{place} of {len(of_train)}. In the test folders fewer images have "
        f"{' and '.join(fewer)} only. In {' and '.join(rare_in())} fear is the rarest class; in "
        f"the sum it is not, because {most} alone has {train.loc['fear', most]:,} images of it."
    )


def matches() -> dict[str, int]:
    """Return how many classes of train1 and test1 have the counts of FER-2013 and of CK+.

    Keys: "fer", of ``fer classes``; "ck" (three images a sequence), of ``ck classes``.
    """
    fer, ck = printed_counts.fer2013(), printed_counts.ckplus()
    ratios = ck["images a sequence"].dropna()
    return {
        "fer": int((fer["train1"] == fer["FER-2013, training part"]).sum()),
        "fer classes": len(fer),
        "ck": int((ratios == 3).sum()),
        "ck classes": len(ratios),
    }


def rows(ledger: Mapping[str, Claim]) -> VerdictRows:
    """Return the verdicts on the data section."""
    classes = folders().gt(0).sum()
    least, most = int(classes.min()), int(classes.max())
    how = "classes a folder of the public code: "
    how += ", ".join(f"{folder} {n}" for folder, n in classes.items())
    minority = tuple(
        claim.id
        for claim in ledger.values()
        if claim.quantity == "data.minority_classes" and claim.where == "section 3.2"
    )
    train = printed_counts.printed("train")["all"]
    place = int(train.rank(ascending=False)["fear"])
    found = VerdictRows(ledger)
    found.not_testable(
        ("s1_1.duration.low", "s1_1.duration.high"),
        "cited from another work; taken as the range of our clips",
    )
    found.underspecified(
        "s3_2.datasets.names",
        "which set is which folder, how many images each has and whether they were pooled for "
        "every result is not said",
    )
    found.within("s3_2.classes.least", least, least, how)
    found.within("s3_2.classes.most", most, most, how)
    found.underspecified(
        minority,
        f"no count of a class is printed in the paper; by the counts of its code {train.idxmin()} "
        f"is the rarest of {len(train)} in training, fear number {place}, and the rarest in "
        f"{' and '.join(rare_in())}",
    )
    found.underspecified(
        "s3_2.image_size",
        "text and public code differ, which has other sizes and this one nowhere; which of them "
        "made the printed numbers is not said",
    )
    found.underspecified(
        "s3_2.normalisation",
        "neither filter nor normalisation is named; in the public code there is no filter, and the "
        "normalisation is that of ImageNet",
    )
    return found
