"""Verdicts on section 5.2 of huang2025 and its Figure 7."""

from __future__ import annotations

from collections.abc import Mapping

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.huang2025.search.contrasts import AFTER, BETWEEN, LR_GAIN, SVM_GAIN, Difference


def rows(
    ledger: Mapping[str, Claim],
    ground: Ground,
    found: Mapping[tuple[str, str], Difference],
    candidates: int,
    rendered: bool,
) -> VerdictRows:
    """Return the rows of the table.

    Parameters
    ----------
    ledger, ground
        As for `VerdictRows`.
    found : mapping
        As `fer_lib.papers.huang2025.search.contrasts.differences` returns it.
    candidates : int
        Settings that each search tries.
    rendered : bool
        Whether the faces are rendered.
    """
    table = VerdictRows(ledger, ground)
    for score, name in (("macro F1", "macro-F1"), ("accuracy", "accuracy")):
        pair = [found[gain, score].both for gain in (SVM_GAIN, LR_GAIN)]
        table.direction(
            "fig7.gains",
            min(pair, key=lambda one: one.low),
            f"{pair[0]}; {pair[1]}",
            about=f"both models gain in {name} (SVM; LR: judged by the one with less)",
        )
    for names, difference, about in (
        ("fig7.svm_stronger", (BETWEEN, "macro F1"), "SVM gains more in macro-F1 than LR"),
        (
            ("s5_2.svm.excels", "s5_2.svm.accuracy"),
            (AFTER, "accuracy"),
            "SVM with grid search is ahead in accuracy",
        ),
        (
            ("s5_2.lr.lower", "s5_2.lr.weaker"),
            (AFTER, "macro F1"),
            "logistic regression is below SVM (macro-F1)",
        ),
    ):
        one = found[difference].both
        table.direction(names, one, str(one), about=about)
    table.underspecified(
        ("fig7.before_after", "fig7.title"),
        "untrained or untuned is not said; in the public code it is a constant",
        "untuned, measured",
    )
    table.underspecified(
        ("fig7.data", "s5_2.data"),
        "text and public code differ, which uses one column of another file; which of them made "
        "the figure is not said",
        f"features of {'rendered faces' if rendered else 'the faces in the folders'}",
    )
    table.underspecified(
        ("s5_2.svm.search", "s5_2.lr.search"),
        "neither grid, range, number of trials nor data for the choice are printed",
        f"{candidates} settings each, inner folds",
    )
    table.not_testable(
        ("s5_2.grid.cost", "s5_2.optuna.cost"),
        "no time or number of fits is printed, and the two searches are run on two models; at "
        "equal fits see the table of times",
        "equal fits by design",
    )
    table.not_testable(
        ("s5_2.lr.efficiency", "s5_2.svm.sacrifices"),
        "no time is printed and transparency has no measure in the paper",
        "times and maps above",
    )
    table.not_testable(
        ("s5_2.lr.competitive", "fig7.lr_accuracy"),
        "how near is competitive is not said",
        f"SVM less LR, accuracy: {found[AFTER, 'accuracy'].both}",
    )
    table.not_testable(
        ("s5_2.extension", "s5_2.rl"), "reinforcement learning is proposed, not done"
    )
    return table
