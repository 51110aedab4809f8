"""The scores that the auditor's own tests are held to are those of scikit-learn."""

import importlib.util

import numpy as np
import pytest
from sklearn import metrics as sk

from engine.store import paths

FILE = paths.root() / "tests" / "claimcheck" / "oracles.py"
spec = importlib.util.spec_from_file_location("score_oracles", FILE)
oracles = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracles)


@pytest.mark.parametrize("seed", range(20))
def test_scores_of_labels(seed):
    chance = np.random.default_rng(seed)
    classes = int(chance.integers(2, 8))
    truth = np.concatenate([np.arange(classes), chance.integers(0, classes, 80)])
    wrong = chance.random(len(truth)) < chance.uniform(0, 1)
    guess = np.where(wrong, chance.integers(0, 1 + seed % classes, len(truth)), truth)
    settings = {"labels": range(classes), "zero_division": 0}
    ours, theirs = (
        oracles.of_classes(truth, guess),
        sk.precision_recall_fscore_support(truth, guess, **settings),
    )
    for one, other in zip(ours, theirs, strict=True):
        assert one == pytest.approx(other, abs=1e-12)
    assert (oracles.confusion(truth, guess) == sk.confusion_matrix(truth, guess)).all()
    for score, other in {
        "macro_f1": sk.f1_score(truth, guess, average="macro", **settings),
        "weighted_f1": sk.f1_score(truth, guess, average="weighted", **settings),
        "accuracy": sk.accuracy_score(truth, guess),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, guess),
        "kappa": sk.cohen_kappa_score(truth, guess),
        "mcc": sk.matthews_corrcoef(truth, guess),
    }.items():
        assert getattr(oracles, score)(truth, guess) == pytest.approx(other, abs=1e-12), score


def test_a_guess_that_never_changes_has_no_correlation():
    truth, guess = np.array([0, 1, 1]), np.array([1, 1, 1])
    assert oracles.mcc(truth, guess) == sk.matthews_corrcoef(truth, guess) == 0


@pytest.mark.parametrize("seed", range(20))
def test_scores_of_rankings(seed):
    chance = np.random.default_rng(seed)
    truth = np.append([0, 1], chance.integers(0, 2, 60))
    score = chance.normal(size=62) + truth * chance.uniform(-1, 3)
    if seed % 2:
        score = score.round(1)  # tied scores
    assert oracles.auc(truth, score) == pytest.approx(sk.roc_auc_score(truth, score), abs=1e-12)
    theirs = sk.average_precision_score(truth, score)
    assert oracles.average_precision(truth, score) == pytest.approx(theirs, abs=1e-12)
