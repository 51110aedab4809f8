"""Planted copies and choosing on the test part: what must leak leaks, and by how much is known."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import face_renderer as faces
from fer_lib.papers.diya2026 import planted_leaks
from fer_lib.papers.diya2026.planted_leaks import Archive

(TAKE,) = faces.plan(faces.RenderedSpec("one", 0, 1, {("happy", "genuine"): 1}, seed=5, size=96))


def noise(images=140, width=800, most=3, seed=0):
    """Return an archive whose embeddings say nothing of the labels: only memory can be right."""
    chance = np.random.default_rng(seed)
    row = np.arange(images)
    table = pd.DataFrame(
        {
            "image_id": row.astype(str),
            "group": [f"s{k}" for k in row // 7],
            "emotion": [f"e{k}" for k in row % 7],
            "authenticity": np.where(chance.random(images) < 0.5, "fake", "genuine"),
        }
    )
    plain = chance.normal(size=(images, width)).astype("float32")
    copies = {"exact": np.repeat(plain[:, None], most, axis=1)}
    return Archive(table, plain, row, copies, table[:70], chance.normal(size=(70, width)))


def test_a_frame_is_the_take_a_moment_later():
    one, again, two = (planted_leaks.frame(TAKE, number) for number in (0, 0, 1))
    assert one == again and one != two
    moved = {name for name in TAKE if one[name] != TAKE[name]}
    assert moved <= {*planted_leaks.JITTER, *faces.COLUMNS, "seed"}
    assert set(planted_leaks.JITTER) <= moved
    pictures = [faces.render(row) for row in (TAKE, one, two)]
    assert all((a != b).any() for a, b in pairwise(pictures))
    apart = np.abs(pictures[1].astype(int) - pictures[0]).mean()
    assert 0 < apart < 20  # of 255: the scene is the same


def test_a_frame_of_the_strongest_muscles_can_be_rendered():
    strongest = TAKE | dict.fromkeys(faces.COLUMNS, planted_leaks.MAX_INTENSITY)
    for number in range(3):
        faces.render(planted_leaks.frame(strongest, number))


def test_copies_stand_behind_their_take_and_have_its_labels():
    archive = noise(images=14)
    points, table = archive.with_copies("exact", 2)
    assert len(points) == len(table) == 42
    assert list(table["image_id"][:4]) == ["0", "0", "0", "1"]
    assert (points[0] == points[2]).all() and (points[0] == archive.plain[0]).all()
    none, alone = archive.with_copies("exact", 0)
    assert (none == archive.plain).all() and len(alone) == 14
    with pytest.raises(ValueError, match="choose 0 to 3"):
        archive.with_copies("exact", 4)
    with pytest.raises(ValueError, match="choose one of exact"):
        archive.with_copies("burst", 1)


def test_a_copy_in_training_is_remembered_and_no_subject_is():
    found = planted_leaks.planted(noise(), (0, 1, 3), range(3))
    mean = found.groupby(["score", "split", "copies"])["reported"].mean()
    by_image = mean["emotion accuracy", "by image"]
    # A test image has a copy in training with 1 - 0.2^k; the others are guessed, one in seven.
    assert by_image[3] == pytest.approx(1 - 0.2**3, abs=0.05)
    assert by_image[1] == pytest.approx(0.8 + 0.2 / 7, abs=0.08)
    assert by_image[0] == pytest.approx(1 / 7, abs=0.1)
    assert (mean["emotion accuracy", "by subject"] < 0.3).all()
    assert mean["authenticity AUC", "by image"][3] > 0.95
    assert (mean["authenticity AUC", "by subject"] < 0.65).all()
    assert found[found["score"] == "emotion accuracy"]["true"].mean() < 0.3  # it knows nothing


def test_without_copies_every_kind_is_the_same():
    archive = noise(images=70)
    both = Archive(
        archive.table, archive.plain, archive.takes,
        archive.copies | {"augmented": archive.copies["exact"] + 1}, archive.table[:0],
        archive.plain[:0],
    )  # fmt: skip
    found = planted_leaks.planted(both, (0, 1), range(2))
    none = found[found["copies"] == 0]
    one, other = (none[none["kind"] == kind]["reported"].to_list() for kind in both.copies)
    assert one == other
    assert found["true"].isna().all()  # no further subjects
    assert len(found) == 2 * 2 * 2 * 2 * 2


def test_choosing_on_the_test_part_only_ever_raises_what_is_reported():
    found = planted_leaks.selected(noise(), (1, 4, 8), range(3))
    wide = found.pivot_table("reported", ["score", "tried", "seed"], "chosen on")
    gain = wide["the test part"] - wide["the validation part"]
    assert (gain >= 0).all() and (gain.xs(1, level="tried") == 0).all()
    mean = gain.groupby(["score", "tried"]).mean()["emotion accuracy"]
    assert mean[8] > mean[4] > 0
    true = found[found["score"] == "emotion accuracy"].groupby("chosen on")["true"].mean()
    assert true.max() < 0.25  # whatever was chosen, it knows nothing


def test_points_are_paired_by_seed():
    rows = [
        {"score": "a", "split": split, "seed": seed, "reported": base + seed + step}
        for split, step in (("by image", 0.25), ("by subject", 0.0))
        for seed, base in ((0, 0.0), (1, 5.0), (2, -3.0))
    ]
    (added,) = planted_leaks.points_added(
        pd.DataFrame(rows), ["score"], "split", "by image", "by subject"
    )
    assert (added.value, added.low, added.high) == pytest.approx((25, 25, 25))


def test_the_third_line_is_the_leaking_classifier_on_further_subjects():
    found = planted_leaks.planted(noise(images=70), (0,), range(2))
    lines = planted_leaks.long_form(found, "split")
    assert set(lines["line"]) == {"by image", "by subject", "the same on further subjects"}
    further = lines[lines["line"] == "the same on further subjects"]
    assert further["value"].to_list() == found[found["split"] == "by image"]["true"].to_list()


def test_what_is_computed_in_smoke_is_less():
    smoke, book, paper = map(planted_leaks.amounts, ("smoke", "book", "paper"))
    assert smoke.takes < book.takes < paper.takes and smoke.seeds < book.seeds < paper.seeds
    assert 0 in book.copies and book.tried[0] == 1
    assert all(max(of.tried) % count == 0 for of in (smoke, book, paper) for count in of.tried)
