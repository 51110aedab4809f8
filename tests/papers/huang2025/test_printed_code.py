"""Numbers read from the public code agree with each other, to the digits printed there."""

import math

import pytest

from fer_lib.papers.huang2025 import printed_code
from fer_lib.papers.huang2025.search import grid_and_optuna

CAUSAL, SEARCH = printed_code.load("causal"), printed_code.load("search")


@pytest.mark.parametrize("name", CAUSAL["estimates"])
def test_printed_ends_follow_from_coefficient_and_z(name):
    tau = CAUSAL["estimates"][name]["tau"]
    value, error = float(tau["value"]), printed_code.standard_error(tau)
    assert round(error, 3) == float(tau["error"])
    assert value - 1.96 * error == pytest.approx(float(tau["low"]), abs=6e-4)
    assert value + 1.96 * error == pytest.approx(float(tau["high"]), abs=6e-4)


@pytest.mark.parametrize("name", CAUSAL["estimates"])
def test_the_likelihood_gives_a_spread_of_scores(name):
    one = CAUSAL["estimates"][name]
    sd = math.exp(-float(one["log_likelihood"]) / one["rows"] - 0.5) / math.sqrt(2 * math.pi)
    assert 0.03 < sd < 0.05


def test_the_searches_printed_fits_and_shares_agree():
    svm, data = SEARCH["svm"], SEARCH["data"]
    grid = svm["grid"]
    # The best setting is fitted once more, on all training rows.
    assert svm["fits"] == len(grid["C"]) * len(grid["kernel"]) * svm["inner_folds"] + 1
    assert data["test_rows"] == float(data["test_share"]) * data["rows"]
    for model in ("svm", "lr"):  # accuracies are whole numbers of the test rows
        hits = float(SEARCH[model]["after"]["accuracy"]) * data["test_rows"]
        assert hits == pytest.approx(round(hits))
    low, high = SEARCH["lr"]["range"]["C"]
    assert grid_and_optuna.C[grid_and_optuna.LR] == (low, high)
    grid = SEARCH["svm"]["grid"]["C"]
    assert grid_and_optuna.C[grid_and_optuna.SVM] == (grid[0], grid[-1])


def test_another_part_is_refused():
    with pytest.raises(ValueError, match="'rl': choose one of matrices, counts, causal, search"):
        printed_code.load("rl")
