"""The values that a printed number stands for."""

import math

import pytest

from claimcheck import Claim


def claim(printed, kind="metric", unit=""):
    return Claim("x", "Table 1", "a score", printed, kind, unit)


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("0.92", 0.915, 0.925),
        ("98.5", 98.45, 98.55),
        ("332", 331.5, 332.5),
        ("2,224", 2223.5, 2224.5),
    ],
)
def test_a_printed_number_means_an_interval(printed, low, high):
    assert claim(printed).rounding == pytest.approx((low, high))


def test_rounding_of_scientific_notation():
    assert claim("1e-4").rounding == pytest.approx((0.5e-4, 1.5e-4))


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("1\\times10^{-4}", 1e-4),
        ("1×10^{-4}", 1e-4),
        ("1e-4", 1e-4),
        ("+0.07", 0.07),
        ("−0.5", -0.5),
        ("224×224×3", 224),
        ("48 × 48", 48),
        ("seven", 7),
        ("2,224", 2224),
    ],
)
def test_numbers_as_papers_print_them(printed, value):
    assert claim(printed).value == pytest.approx(value)


@pytest.mark.parametrize("printed", ["focal loss", "9/46", "3x4", "", "FER2013"])
def test_what_is_no_number(printed):
    assert not claim(printed).numeric


@pytest.mark.parametrize(
    ("printed", "kind", "unit", "sense", "low", "high"),
    [
        ("98.5", "metric", "%", "", 0.9845, 0.9855),
        ("332", "count", "images", "", 332, 332),
        ("0.4", "hyper-parameter", "", "", 0.4, 0.4),
        ("3.3", "parameter count", "million", "", 3.25e6, 3.35e6),
        ("5", "measurement", "frames/s", "about", 4, 6),
        ("0.95", "metric", "", "more than", 0.945, math.inf),
        ("0.001", "test statistic", "", "less than", -math.inf, 0.0015),
    ],
)
def test_the_values_that_a_printed_number_stands_for(printed, kind, unit, sense, low, high):
    span = Claim("x", "Table 1", "a score", printed, kind, unit, sense=sense).range
    assert (float(span.low), float(span.high)) == pytest.approx((low, high))
