"""The scanner of class folders, through two made-up adapters: numbered classes, and subjects."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image

from engine.store import file_index
from fer_lib.data import image_files
from fer_lib.data.class_folders import EMOTION, Layout, Level, part_and_source, scan
from fer_lib.data.photographs import ClassFolders
from fer_lib.data.schema import EMOTIONS, DataError


def by_name(above: tuple[str, ...], within: tuple[str, ...]) -> dict[str, str]:
    """Return the part that the name of a file begins with, else that of its folders."""
    part = {"Training": "train", "PublicTest": "val", "PrivateTest": "test"}
    return {"part": part.get(within[-1].partition("_")[0]) or part_and_source(above)["part"]}


ORDER = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
NUMBERS = {emotion: str(place) for place, emotion in enumerate(ORDER)}
NUMBERED = Layout(
    "<root>/train/0/*.jpg",
    (Level("emotion", {e: (*EMOTION.words[e], NUMBERS[e], f"{e}é") for e in EMOTIONS}, "emotion"),),
    several=True,
    row_a_file=True,
    further=by_name,
)
REACTIONS = ClassFolders(
    "reactions",
    "fer_lib.data.photographs",
    "give DATA_ROOT",
    prefix="r",
    size=32,
    layout=Layout(
        "<root>/<reaction>/<subject>/*.png",
        (Level("emotion", {"bored": ("bored",), "keen": ("keen", "interested")}, "reaction"),),
        deep=True,
        further=lambda above, within: {"subject_id": within[0]},
    ),
)


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))


@pytest.fixture
def root(tmp_path):
    return tmp_path / "data"


def put(*files):
    """Write pictures that differ from each other."""
    for number, file in enumerate(files):
        file.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((40, 40)).save(file, "PNG")


def labels(root, layout=NUMBERED):
    found, rows = scan(root, layout)
    return {one.file: one.columns for one in found}, {row[0]: row[1:] for row in rows}


def test_names_that_are_no_words_are_labels_as_a_whole(root):
    put(root / "train/0/a", root / "train/1 (disgust)/a", root / "FER2013Test/4/a")
    put(root / "x/hAPPY/PublicTest_7.jpg", root / "x/feare\u0301/b")
    found, rows = labels(root)
    assert {file: (c["emotion"], c["part"]) for file, c in found.items()} == {
        "FER2013Test/4/a": ("sad", "test"),
        "train/0/a": ("angry", "train"),
        "train/1 (disgust)/a": ("disgust", "train"),
        "x/fear\u0065\u0301/b": ("fear", ""),
        "x/hAPPY/PublicTest_7.jpg": ("happy", "val"),
    }
    assert rows["train/0/"] == (
        "spelt '0', read as 'angry'",
        "nothing to do, or rename it to Angry",
        "used",
        1,
    )
    assert "x/hAPPY/" not in rows


def test_nothing_is_left_out_in_silence(root, monkeypatch):
    put(root / "train/0/a", root / "train/07/b", root / "train/07/in/c", root / "train/2/in/d")
    put(root / "shut/0/e", root / "train/3/f")
    (root / "train/happy.ZIP").write_bytes(b"PK")
    (root / "fer2013.csv").write_text("emotion,pixels\n")
    (root / "train/0/.DS_Store").write_bytes(b"")
    real = os.scandir

    def refuse(path):
        if os.fspath(path).endswith(("shut", "train/3")):
            raise PermissionError(13, "Permission denied")
        return real(path)

    # The tests may run as root, whom chmod does not stop.
    monkeypatch.setattr(os, "scandir", refuse)
    found, rows = labels(root)
    assert list(found) == ["train/0/a"]
    every = "angry, disgust, fear, happy, neutral, sad, surprise"
    for file, told in {
        "train/07/": (f"'07' is no class: none of {every}", "rename it", "skipped", 2),
        "train/2/in/": ("'in' is no class: only files", "one folder up", "skipped", 1),
        "train/3/": ("cannot be listed: permission denied", "chmod u+rx", "skipped", 1),
        "shut/": ("cannot be listed: permission denied", "chmod u+rx", "skipped", 1),
        "train/happy.ZIP": ("lies beside the emotion folders", "unpack it", "skipped", 1),
        "fer2013.csv": ("lies beside the emotion folders", "move it", "skipped", 1),
        "train/0/.DS_Store": ("left there by an operating system", "delete it", "ignored", 1),
    }.items():
        problem, cure, *rest = rows.pop(file)
        assert told[0] in problem and told[1] in cure and tuple(rest) == told[2:], file
    assert {told[0].partition(" ")[0] for told in rows.values()} == {"spelt"}


def test_a_folder_is_read_under_its_own_name_and_once(root):
    put(root / "test/0/a", root / "train/0/b")
    (root / "alias").symlink_to("test")
    (root / "train/1").symlink_to("0")
    (root / "train/2").symlink_to("../../elsewhere")
    put(root.parent / "elsewhere/c")
    (root / "self").symlink_to("self")
    found, rows = labels(root)
    assert list(found) == ["test/0/a", "train/0/b", "train/2/c"]
    for link in ("alias/", "train/1/"):
        assert rows[link][0] == "a link to a folder that was read already"
    assert rows["self"][0].startswith("lies beside the emotion folders")


@pytest.mark.parametrize("second", ["old/0/b", "much/older/0/b"])
def test_one_of_several_sets_has_to_be_chosen(root, second):
    put(root / "new/0/a", root / second)
    one = Layout("<root>/0/*", NUMBERED.levels, above=2)
    with pytest.raises(DataError, match=r"several sets of emotion folders.*new.*set DATA_ROOT"):
        scan(root, one)
    # What lies beside the one set, and beside its folder, is told.
    put(root / "0/c")
    found, rows = labels(root, one)
    assert list(found) == ["0/c"]
    assert {"new/", second.split("/")[0] + "/"} <= set(rows)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("train/wut/a", "train/ekel/a"), r"found: train/ekel, train/wut\): expected <root>/train"),
        (("fer2013.csv",), r"found: fer2013.csv\)"),
        (tuple(f"{k}x/a" for k in range(10, 20)), r"found: 10x, .*17x, \.\.\.\)"),
    ],
)
def test_a_refusal_names_what_was_found_instead(root, names, told):
    put(*(root / name for name in names))
    with pytest.raises(DataError, match=f"no emotion folders in .*{told}"):
        scan(root, NUMBERED)


def test_a_set_of_other_labels_with_subjects(root):
    put(*(root / f"{of}/{who}/{k}.png" for of in ("Bored", "Keen") for who in "ab" for k in "xy"))
    loaded = REACTIONS.load(root, progress=False)
    table = loaded.table
    assert loaded.emotions == tuple(table["emotion"].cat.categories) == ("bored", "keen")
    assert (loaded.group_kind, set(table["group"])) == ("subject", {"reactions/a", "reactions/b"})
    assert list(table["subject_id"]) == list("aabbaabb")
    assert table["authenticity"].isna().all()
    assert not len(loaded.report)
    for file in (root / "Keen").rglob("*.png"):
        file.write_bytes(b"")
    with pytest.raises(DataError, match=r"of keen in .*\(skipped: Keen/a/x.png, .*at least 2"):
        REACTIONS.load(root, progress=False)


def test_hashes_are_kept_for_files_that_do_not_change(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(name)
    index = tmp_path / "store" / "index.json"
    read = []

    def content(path):
        read.append(path.name)
        return path.read_bytes() or image_files.UnusableImage("empty", "copy it")

    first = list(file_index.hashes(tmp_path, ["a", "b"], index, content))
    assert [size for _, size in first] == [1, 1] and first[0] != first[1]
    (tmp_path / "b").write_text("")
    second = list(file_index.hashes(tmp_path, ["a", "b"], index, content))
    assert second[0] == first[0] and isinstance(second[1], image_files.UnusableImage)
    assert sorted(read) == ["a", "b", "b"]
