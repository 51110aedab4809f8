"""What the public code prints: the counts that were read agree with the scores beside them."""

import numpy as np
import pytest

from fer_lib.evaluation import ledgers
from fer_lib.papers.huang2025.balancing import printed_matrices
from fer_lib.papers.huang2025.balancing.paired_scores import named

CLASSES = printed_matrices.load()["matrices"]["classes"]


@pytest.mark.parametrize("key", list(printed_matrices.matrices()))
def test_counts_give_the_printed_scores(key):
    one = printed_matrices.matrices()[key]
    found = named(one.counts, CLASSES)
    for score, text in one.printed.items():
        assert f"{found[score]:.4f}" == text
    assert one.counts.sum() == printed_matrices.load()["matrices"]["test_images"]


def test_all_matrices_are_of_the_same_images():
    rows = {tuple(one.counts.sum(1)) for one in printed_matrices.matrices().values()}
    assert len(rows) == 1


def test_the_run_that_failed_prints_the_scores_of_one_answer_for_all():
    told = printed_matrices.load()["matrices"]
    true = printed_matrices.matrices()["pca"].counts.sum(1)
    counts = np.zeros((len(CLASSES), len(CLASSES)), int)
    counts[:, CLASSES.index(told["failed"]["answer"])] = true
    found = named(counts, CLASSES)
    for score, text in told["failed"]["printed"].items():
        assert f"{found[score]:.4f}" == text


def test_table_1_is_what_the_notebook_prints_rounded():
    ledger = ledgers.load("huang2025")
    for name, scores in printed_matrices.load()["table1"]["found"].items():
        for score, text in scores.items():
            assert f"{float(text):.3f}" == ledger[f"table1.{name}.{score}"].printed


FIRST = np.array([[6, 2, 2], [1, 5, 4]])
SECOND = np.array([[4, 6, 0], [1, 5, 4]])


@pytest.mark.parametrize("alike", [True, False])
def test_what_two_models_may_have_said_together_adds_up_to_both(alike):
    a = np.vstack([FIRST, [0, 0, 0]])
    b = np.vstack([SECOND, [0, 0, 0]])
    found = printed_matrices.together(a, b, alike)
    assert np.allclose(found.sum(2), a)
    assert np.allclose(found.sum(1), b)
    agreed = np.trace(found, axis1=1, axis2=2)
    assert np.allclose(agreed[:2], [6, 10] if alike else [3.6, 4.2])


def test_the_more_two_models_agree_the_shorter_the_interval():
    one, two = (
        printed_matrices.matrices()["smote"].counts,
        printed_matrices.matrices()["pca"].counts,
    )
    found = {
        alike: printed_matrices.difference(one, two, CLASSES, alike, 400)["accuracy"]
        for alike in (True, False)
    }
    assert found[True].value == found[False].value == pytest.approx(9 / 2787)
    length = {alike: of.high - of.low for alike, of in found.items()}
    assert length[True] < length[False] / 3
    again = printed_matrices.difference(one, two, CLASSES, True, 400)["accuracy"]
    assert again == found[True]
    # If they agree as often as they can, 19 answers differ; of independent images, so much moves.
    spread = np.sqrt(19 - 81 / 2787) / 2787
    assert length[True] / (2 * 1.96) == pytest.approx(spread, rel=0.2)


def test_matrices_of_other_images_are_not_compared():
    with pytest.raises(ValueError, match="not of the same images"):
        printed_matrices.together(np.eye(2, dtype=int), 2 * np.eye(2, dtype=int), True)
