"""Verdicts on the data section of diya2026: counts that add up, and what the split leaves open."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.verdicts import of_arithmetic
from fer_lib.labels import EMOTIONS

Ledger = Mapping[str, Claim]
KINDS = ("fake", "genuine", "total")


def table_3(ledger: Ledger) -> pd.DataFrame:
    """Return the counts of Table 3, whole numbers, a row an emotion."""
    return pd.DataFrame(
        {kind: [ledger[f"table3.{e}.{kind}"].value for e in EMOTIONS] for kind in KINDS},
        index=pd.Index(list(EMOTIONS), name="emotion"),
    ).astype(int)


def rows(ledger: Ledger) -> VerdictRows:
    """Return the rows of the table."""
    found, printed = VerdictRows(ledger), table_3(ledger)
    for kind in KINDS:
        total = int(printed[kind].sum())
        how = f"the seven rows add up to {total:,}"
        found.within(f"table3.total.{kind}", total, total, how)
    for emotion in EMOTIONS:
        fake, real = printed.loc[emotion, ["fake", "genuine"]]
        whole = fake + real
        found.within(f"table3.{emotion}.total", whole, whole, f"{fake} + {real} = {whole}")
    for name, parts in (
        ("data.refined", ("data.train", "data.test")),
        ("data.subjects", ("data.male", "data.female")),
    ):
        whole = sum(ledger[part].value for part in parts)
        how = f"{' + '.join(ledger[part].printed for part in parts)} = {whole:,.0f}"
        found.within(name, whole, whole, how)
    emotion, expected = farthest(ledger)
    support = ledger[f"table5.{emotion}.support"]
    how = (
        f"if stratified by emotion: {ledger['data.test_share'].printed} % of {emotion} in Table 3 "
        f"is {expected:.1f}, and rounding moves that by less than one image"
    )
    verdict = of_arithmetic(support, expected - 1, expected + 1, how)
    found.add(("split.procedure", support.id), verdict)
    found.underspecified(
        ("patience.section42", "scheduler.section42"),
        f"the {ledger['data.train'].printed} training and {ledger['data.test'].printed} test "
        "images of section 3-3 use up all images; which images served stopping, the schedule and "
        "the validation curves is not said",
    )
    found.underspecified(
        "protocol.stratified",
        "the paper does not say whether subjects are kept apart; images of one subject may be on "
        "both sides",
    )
    return found


def farthest(ledger: Ledger) -> tuple[str, float]:
    """Return the emotion whose support is farthest from a stratified split, and what that has."""
    share = ledger["data.test_share"].value / 100
    expected = share * table_3(ledger)["total"]
    emotion = max(EMOTIONS, key=lambda e: abs(ledger[f"table5.{e}.support"].value - expected[e]))
    return emotion, float(expected[emotion])
