"""The counts that the public code prints, in words and verdicts."""

from fer_lib.evaluation import ledgers
from fer_lib.papers.huang2025 import data_verdicts, printed_counts


def test_the_folders_are_those_that_are_printed():
    found = data_verdicts.folders()
    train = printed_counts.printed("train")
    assert found[[name for name in found if name.startswith("train")]].sum().sum() == (
        train["all"].sum()
    )
    rare = data_verdicts.rare_in()
    assert rare
    for name in rare:
        there = found[name][found[name] > 0]
        assert there["fear"] == there.min()


def test_two_folders_have_the_counts_of_known_sets():
    assert data_verdicts.matches() == {"fer": 7, "fer classes": 7, "ck": 7, "ck classes": 7}
    assert "number 4 of 7" in data_verdicts.in_words()


def test_the_data_section_is_judged():
    rows = data_verdicts.rows(ledgers.load("huang2025")).rows
    words = [row.told.word for row in rows]
    assert words == [
        "not testable",
        "underspecified",
        "consistent",
        "consistent",
        *["underspecified"] * 3,
    ]
    assert "disgust is the rarest of 7" in rows[4].told.why
