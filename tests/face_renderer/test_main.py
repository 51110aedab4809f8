"""The command line: a face and its truth, and what is said where nothing can be done."""

import numpy as np
import pytest
from PIL import Image

import face_renderer as faces
from face_renderer.__main__ import _counter, main


def test_a_picture_is_that_of_its_units_and_its_truth_is_told(tmp_path, capsys):
    path = tmp_path / "new" / "face.png"
    main(["--picture", str(path), "--units", "AU06=0.8", "12=1.0,0.9", "--row", "40"])
    row = faces.with_units(faces.plan(faces.RENDERED46)[40], {6: 0.8, 12: (1.0, 0.9)})
    assert np.array_equal(np.asarray(Image.open(path)), faces.render(row))
    moved, marks = faces.truth_masks.au_displacement(row), faces.truth_masks.landmarks(row)
    x, y = marks[36:42].mean(0)
    assert capsys.readouterr().out.splitlines()[:5] == [
        f"rendered46-00040: {row['subject_id']}, 224 x 224 pixels",
        "AU06 cheek raiser: left 0.8, right 0.8",
        "AU12 lip corner puller: left 1, right 0.9",
        f"moved by more than half a pixel: {(moved > 0.5).sum()} pixels, "
        f"the furthest by {moved.max():.1f}",
        f"right eye: column {x:.1f}, row {y:.1f}",
    ]


def test_without_units_a_face_is_neutral(tmp_path, capsys):
    main(["--picture", str(tmp_path / "face.png")])
    told = capsys.readouterr().out
    assert "AU" not in told
    assert "moved by more than half a pixel: 0 pixels" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to do: give --picture, --contact-sheet or --set"),
        (["--set", "rendered46"], "--set needs --folder"),
        (["--picture", "face.png", "--units", "6=x"], "'6=x' must be like 6=0.8 or 12=1.0,0.9"),
        (["--picture", "face.png", "--units", "3=1"], "no action unit 3: choose of 1, 2, 4, 5"),
        (["--picture", "face.png", "--units", "6=1,1,1"], "give one intensity, or left and right"),
        (["--picture", "face.png", "--units", "6=1.4"], "AU06 is (1.4, 1.4), outside [0, 1.3]"),
        (["--picture", "face.png", "--row", "1657"], "--row is 1657, must be 0 to 1656"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_ten_times_in_a_set(capsys):
    spec = faces.RenderedSpec("some", 2, 1, {("happy", "genuine"): 40}, seed=5, size=64)
    count = _counter(spec)
    for _ in range(20):
        count(2)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "some: rendered 4 of 40 images"
    assert lines[-1] == "some: rendered 40 of 40 images"
    assert len(lines) == 10
