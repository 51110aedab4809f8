"""Verdicts on the protocol of diya2026: what it leaves open, and what each leak would be worth."""

from __future__ import annotations

from collections.abc import Mapping

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.verdicts import Ground


def rows(
    ledger: Mapping[str, Claim],
    ground: Ground,
    added: Mapping[str, Interval],
    copied: Interval,
    wrong: Interval,
) -> VerdictRows:
    """Return the rows of the table.

    Parameters
    ----------
    ledger, ground
        As for `engine.page.verdict_rows.VerdictRows`.
    added : mapping
        By training configuration, the points of emotion accuracy that its protocol adds.
    copied : Interval
        The points that copies add, split by image.
    wrong : Interval
        The change in authenticity accuracy at the largest share of wrong labels.
    """
    found = VerdictRows(ledger, ground)
    found.underspecified(
        "protocol.stratified",
        "the paper does not say whether a subject's images are on one side only; an image-level "
        "split of fresh scenes would change emotion accuracy by the points beside this, and one "
        f"of a set with copies by {copied}",
        str(added["by_image"]),
    )
    found.underspecified(
        "protocol.refinement",
        "the paper does not say what was dropped, by whom, and whether the split came before; "
        "dropping the unclear quarter first would change emotion accuracy by the points beside "
        "this",
        str(added["unclear_dropped"]),
    )
    found.underspecified(
        "patience.section42",
        f"{ledger['data.train'].printed} images for training and {ledger['data.test'].printed} "
        "for testing leave none to stop on; stopping on the test part would change emotion "
        "accuracy by the points beside this",
        str(added["stopped_on_test"]),
    )
    found.not_testable(
        "protocol.one_annotator",
        "the share of wrong labels is unknown; the change of authenticity accuracy at the largest "
        "share tried is beside this",
        str(wrong),
    )
    return found
