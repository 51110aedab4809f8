"""Class folders of one's own, with the damage and the names that real ones have."""

from __future__ import annotations

import io
import os

import numpy as np
import pytest
from PIL import Image, ImageOps

from fer_lib.data import datasets, image_array, photographs, schema
from fer_lib.data.class_folders import part_and_source, scan
from fer_lib.papers.huang2025 import photo_folders

TREE = {
    # As the public code finds them: the spellings differ from source to source.
    "train/train1": ("disgust", "anger", "fear", "neutral", "surprised", "sad", "happy"),
    "train/train2": ("disgust", "anger", "happiness", "neutral", "sadness", "surprise", "fear"),
    "train/train3": ("Disgust", "Angry", "happiness", "sadness", "surprise", "Fearful"),
    "test/test1": ("disgust", "anger", "surprised", "fear", "sad", "contempt", "happy"),
}
PER_CLASS = 2


def face(seed: int, side: int = 80) -> Image.Image:
    """Return a picture that differs from all others: coloured blobs."""
    noise = np.random.default_rng(seed).integers(0, 256, (14, 14, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC)


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "log"))


@pytest.fixture
def root(tmp_path):
    seed = 0
    for source, names in TREE.items():
        for name in names:
            folder = tmp_path / "data" / source / name
            folder.mkdir(parents=True)
            for number in range(PER_CLASS):
                seed += 1
                face(seed, 48 + seed % 3 * 20).save(folder / f"{name}{number}.jpg", quality=92)
    return tmp_path / "data"


def load(root):
    return datasets.by_name("micro_folders", root, progress=False)


def told(loaded, words: str):
    """Return the one row of the report that has these words in its problem."""
    report = loaded.report
    rows = report[report["problem"].str.contains(words, regex=False)]
    assert len(rows) == 1, report.to_string()
    row = rows.iloc[0]
    assert row["cure"]
    return row


def test_a_sound_tree(root):
    loaded = load(root)
    table = loaded.table
    assert (loaded.kind, loaded.group_kind, loaded.has_truth) == (
        "photographs",
        "near-duplicate",
        False,
    )
    assert loaded.images.shape == (26 * PER_CLASS, 112, 112, 3)
    assert table["authenticity"].isna().all()
    counted = table.groupby("source")["emotion"].value_counts().unstack().fillna(0)
    assert (counted.loc["train2"] == PER_CLASS).all()
    assert counted.loc["train3", "neutral"] == counted.loc["test1", "neutral"] == 0
    assert counted.loc["train3", "angry"] == PER_CLASS
    assert dict(table.groupby("source")["part"].first()) == {
        "train1": "train",
        "train2": "train",
        "train3": "train",
        "test1": "test",
    }
    assert table["group"].nunique() == len(table)
    row = told(loaded, "'contempt' is no class: none of angry, disgust")
    assert (row["file"], row["action"], row["count"]) == (
        "test/test1/contempt/",
        "skipped",
        PER_CLASS,
    )
    assert "the paper names seven" in row["cure"]
    row = told(loaded, "spelt 'happiness', read as 'happy'")
    assert (row["action"], row["count"]) == ("used", 2)
    assert "Fearful" in "".join(loaded.report["problem"])


def test_pixels_are_those_of_the_file(root):
    loaded = load(root)
    place = loaded.table["file"].tolist().index("train/train1/sad/sad1.jpg")
    with Image.open(root / "train/train1/sad/sad1.jpg") as image:
        assert loaded.table.loc[place, "width"] == image.width
        near = np.asarray(image.resize((112, 112), Image.Resampling.BICUBIC))
    assert np.abs(near.astype(int) - loaded.images[place]).mean() < 3


def test_two_loads_agree_bit_for_bit_and_the_second_decodes_nothing(root, monkeypatch):
    first = load(root)
    monkeypatch.setattr(photographs.ClassFolders, "_decode_all", lambda *_: 1 / 0)
    second = load(root)
    assert first.sha256 == second.sha256 == datasets.identity("micro_folders", root)
    assert first.images.tobytes() == second.images.tobytes()
    assert first.table.equals(second.table)
    assert first.report.equals(second.report)


def test_every_format_and_mode_is_read(root):
    folder = root / "train/train1/fear"
    picture = face(900)
    for number, (suffix, mode) in enumerate(
        [("png", "L"), ("BMP", "RGB"), ("tif", "RGB"), ("tiff", "L"), ("JPEG", "L"), ("png", "P")]
    ):
        turned = ImageOps.posterize(face(901 + number), 7).convert(mode)
        turned.save(folder / f"extra{number}.{suffix}")
    picture.save(folder / "extra6.webp")
    (folder / "notes.txt").write_text("about these")
    (folder / ".DS_Store").write_bytes(b"x")
    loaded = load(root)
    extra = loaded.table["file"].str.contains("extra")
    assert extra.sum() == 7
    grey = loaded.images[loaded.table["file"].tolist().index("train/train1/fear/extra0.png")]
    assert (grey[..., 0] == grey[..., 1]).all()
    row = told(loaded, "a text file, not an image")
    assert (row["file"], row["action"]) == ("train/train1/fear/notes.txt", "skipped")
    assert told(loaded, "left there by an operating system")["count"] == 1
    assert told(loaded, "stored as greyscale")["count"] == 3


def test_damaged_files_are_named_and_skipped(root):
    folder = root / "train/train2/anger"
    buffer = io.BytesIO()
    face(800, 200).save(buffer, "JPEG", quality=92)
    (folder / "cut.jpg").write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    (folder / "empty.png").write_bytes(b"")
    (folder / "page.jpg").write_bytes(b"<html>not found</html>")
    Image.new("RGB", (80, 80), "grey").save(folder / "plain.png")
    (folder / "gone.jpg").symlink_to("nowhere.jpg")
    loaded = load(root)
    assert len(loaded.table) == 26 * PER_CLASS
    for name, words in {
        "cut.jpg": "truncated",
        "empty.png": "0 bytes",
        "page.jpg": "a web page",
        "plain.png": "a single colour",
        "gone.jpg": "a link to a file that is not there",
    }.items():
        row = told(loaded, words)
        assert row["file"] == f"train/train2/anger/{name}"
        assert row["action"] == "skipped"


def test_copies_and_near_copies_share_a_group(root):
    whole = (root / "train/train1/happy/happy0.jpg").read_bytes()
    (root / "train/train2/happiness/again.jpg").write_bytes(whole)
    (root / "test/test1/sad/again.jpg").write_bytes(whole)
    with Image.open(root / "train/train1/fear/fear0.jpg") as image:
        ImageOps.mirror(image).point(lambda v: v * 0.8).save(
            root / "test/test1/fear/dark.jpg", quality=60
        )
    loaded = load(root)
    group = dict(zip(loaded.table["file"], loaded.table["group"], strict=True))
    assert (
        group["train/train1/happy/happy0.jpg"]
        == group["train/train2/happiness/again.jpg"]
        == group["test/test1/sad/again.jpg"]
    )
    assert group["train/train1/fear/fear0.jpg"] == group["test/test1/fear/dark.jpg"]
    assert loaded.table["group"].nunique() == 26 * PER_CLASS
    assert told(loaded, "1 contents occur more than once")["count"] == 3
    assert told(loaded, "contradictory labels (happy, sad)")["count"] == 3
    assert told(loaded, "with a copy or near-copy in a training folder")["count"] == 2


def test_a_lost_emotion_is_reported_and_the_rest_is_loaded(root):
    for source in TREE:
        for name in ("surprise", "surprised"):
            for file in (root / source).glob(f"{name}/*"):
                file.unlink()
    loaded = load(root)
    assert "surprise" not in set(loaded.table["emotion"])
    assert told(loaded, "NO IMAGE of surprise")["action"] == "missing"


def test_levels_may_be_missing(tmp_path):
    for name in ("happy", "Sad"):
        (tmp_path / "flat" / name / "deeper").mkdir(parents=True)
        face(ord(name[0])).save(tmp_path / "flat" / name / "deeper" / "one.png")
    loaded = load(tmp_path / "flat")
    assert sorted(loaded.table["emotion"]) == ["happy", "sad"]
    assert set(loaded.table["part"]) == set(loaded.table["source"]) == {""}


@pytest.mark.parametrize(
    ("names", "part", "source"),
    [
        (("train", "train1"), "train", "train1"),
        (("train1",), "train", "train1"),
        (("Test",), "test", "test"),
        (("ziya07", "Training"), "train", "ziya07"),
        (("data", "test", "test2"), "test", "test2"),
        (("train", "kmirfan"), "train", "kmirfan"),
        (("validation",), "val", "val"),
        (("kori",), "", "kori"),
        (("FER2013Train",), "train", "FER2013Train"),
        (("trained",), "", "trained"),
        ((), "", ""),
    ],
)
def test_parts_and_sources_are_read_off_the_folders(names, part, source):
    assert part_and_source(names) == {"part": part, "source": source}


def test_a_link_back_up_is_read_once(root):
    (root / "train/again").symlink_to(root / "train")
    loaded = load(root)
    assert len(loaded.table) == 26 * PER_CLASS
    assert told(loaded, "read already")["file"] == "train/again/"


def test_the_order_does_not_depend_on_the_file_system(root, monkeypatch):
    (root / "train/train1/happy/notes.txt").write_text("x")
    (root / "train/train1/happy/album.txt").write_text("x")
    straight, report = scan(root, photo_folders.LAYOUT)
    assert [one.file for one in straight] == sorted(one.file for one in straight)
    real = os.scandir

    class Backwards:
        """What another file system may give: the same entries in another order."""

        def __init__(self, *where):
            with real(*where) as found:
                ordered = sorted(found, key=lambda entry: entry.name, reverse=True)
            self.entries = iter(ordered)

        def __iter__(self):
            return self.entries

        def __next__(self):
            return next(self.entries)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def close(self):
            pass

    monkeypatch.setattr(os, "scandir", Backwards)
    backwards, other = scan(root, photo_folders.LAYOUT)
    assert straight == backwards and list(report) == list(other)


@pytest.mark.parametrize("ask", [load, lambda root: datasets.check("micro_folders", root)])
def test_a_root_that_cannot_be_used_is_told_in_one_line(ask, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "other/cats").mkdir(parents=True)
    (tmp_path / "one/train/happy").mkdir(parents=True)
    face(1).save(tmp_path / "one/train/happy/a.png")
    for root, words in {
        tmp_path / "nowhere": "does not exist: make book DATA=micro_folders",
        tmp_path / "file": "is not a folder: unpack the archive",
        tmp_path / "empty": "is empty: expected <root>/train",
        tmp_path / "other": r"no emotion folders in .*\(found: cats\): expected <root>/train",
        tmp_path
        / "one": "no usable image of angry, .*, surprise in .*one: restore .* at least 2 of",
    }.items():
        with pytest.raises(schema.DataError, match=words) as error:
            ask(root)
        assert "\n" not in str(error.value)


def test_a_damaged_stack_is_made_again(root, tmp_path):
    first = load(root).images.tobytes()
    (folder,) = (
        path for path in (tmp_path / "store/data").glob("micro_folders-*") if path.is_dir()
    )
    with (folder / "images.npy").open("r+b") as file:
        file.truncate(1000)
    assert image_array.read(folder) is None
    assert load(root).images.tobytes() == first
