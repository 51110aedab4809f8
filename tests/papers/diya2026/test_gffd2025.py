"""The GFFD-2025 adapter on a tree with the sorts of damage that real folders have."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine.store import keys, paths
from fer_lib.data import (
    class_folders,
    dataset_registry,
    datasets,
    image_array,
    image_files,
    schema,
    splits,
)
from fer_lib.papers.diya2026 import gffd2025, leakage_audit

SIZE = 64
PER_CELL = 3


def face(seed: int, side: int = 96) -> Image.Image:
    """Return a picture that differs from all others: coloured blobs round an oval."""
    rng = np.random.default_rng(seed)
    noise = Image.fromarray(rng.integers(0, 256, (14, 14, 3), dtype=np.uint8))
    oval = Image.radial_gradient("L").resize((side, side))
    plain = Image.new("RGB", (side, side), tuple(int(value) for value in rng.integers(0, 256, 3)))
    return Image.composite(plain, noise.resize((side, side), Image.Resampling.BICUBIC), oval)


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    monkeypatch.delenv("FER_PROGRESS", raising=False)
    return tmp_path / "store" / "data"


@pytest.fixture
def root(tmp_path) -> Path:
    return make_tree(tmp_path / "GFFD")


def make_tree(root: Path, per_cell: int = PER_CELL) -> Path:
    seed = 0
    for emotion in schema.EMOTIONS:
        for authenticity in schema.AUTHENTICITY:
            cell = root / emotion.capitalize() / authenticity.capitalize()
            cell.mkdir(parents=True)
            for number in range(per_cell):
                seed += 1
                face(seed).save(cell / f"img_{number}.jpg", quality=92)
    return root


def load(root, **options) -> schema.FaceData:
    return datasets.by_name("gffd2025", root=root, size=SIZE, progress=False, **options)


def check(root) -> None:
    datasets.check("gffd2025", root)


def rows_about(loaded: schema.FaceData, file: str) -> list:
    report = loaded.report
    return list(report[report["file"] == file].itertuples(index=False))


def one_row(loaded: schema.FaceData, file: str):
    rows = rows_about(loaded, file)
    assert len(rows) == 1, loaded.report.to_string()
    assert rows[0].cure
    assert "\n" not in rows[0].problem
    return rows[0]


def test_a_sound_tree(root):
    loaded = load(root)
    table = loaded.table
    assert len(table) == len(loaded.images) == 14 * PER_CELL
    assert loaded.images.shape[1:] == (SIZE, SIZE, 3)
    assert (loaded.kind, loaded.group_kind) == ("photographs", "near-duplicate")
    assert not loaded.has_truth
    assert list(table["file"]) == sorted(table["file"])
    assert tuple(table["emotion"].cat.categories) == schema.EMOTIONS
    assert table.groupby(["emotion", "authenticity"], observed=True).size().eq(PER_CELL).all()
    assert table["group"].nunique() == len(table)
    notes = loaded.report["problem"].str.contains("smaller than")
    assert notes.all() or len(loaded.report) == 0
    row = table.index[table["file"] == "Happy/Fake/img_1.jpg"][0]
    with Image.open(root / "Happy/Fake/img_1.jpg") as original:
        expected = np.asarray(original.resize((SIZE, SIZE), Image.Resampling.BICUBIC), dtype=float)
    assert np.abs(loaded.images[row] - expected).mean() < 2
    split = splits.split(table, seed=0)
    assert list(leakage_audit.audit(table, split)["verdict"]) == ["ok"] * 4


def test_the_second_time_nothing_is_decoded(root, monkeypatch):
    first = load(root)
    monkeypatch.setattr(image_files, "decode", None)
    monkeypatch.setattr(image_files, "read_bytes", None)
    second = load(root)
    assert np.array_equal(first.images, second.images)
    assert first.table.equals(second.table)
    assert first.report.equals(second.report)
    assert first.sha256 == second.sha256


def test_the_data_hash_follows_content_and_names_only(root, tmp_path):
    first = load(root).sha256
    os.utime(root / "Sad/Fake/img_0.jpg", (1, 1))
    assert load(root).sha256 == first
    moved = tmp_path / "elsewhere"
    root.rename(moved)
    assert load(moved).sha256 == first
    face(999).save(moved / "Sad/Fake/img_0.jpg")
    changed = load(moved).sha256
    assert changed != first
    (moved / "Sad/Fake/img_0.jpg").rename(moved / "Sad/Fake/img_9.jpg")
    assert load(moved).sha256 not in (first, changed)


@pytest.mark.parametrize("cut", ["images.npy", "table.parquet", "report.parquet", "meta.json"])
def test_a_truncated_store_is_said_and_made_again(root, store, cut, capfd):
    first = load(root)
    expected = np.array(first.images)
    (folder,) = (path for path in store.iterdir() if path.is_dir())
    content = (folder / cut).read_bytes()
    (folder / cut).write_bytes(content[: len(content) // 2])
    again = load(root)
    assert "is damaged" in capfd.readouterr().err
    assert np.array_equal(again.images, expected)
    assert [path.name for path in store.iterdir() if path.is_dir()] == [folder.name]


def test_a_damaged_file_index_is_ignored(root, store):
    first = load(root)
    (index,) = store.glob("gffd2025-files-*.json")
    index.write_text('{"a": 1')
    assert load(root).sha256 == first.sha256


def test_two_jobs_at_once_leave_one_sound_store(root, store):
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(load, [root] * 3))
    assert len({result.sha256 for result in results}) == 1
    assert not [path for path in store.iterdir() if path.name.startswith(".")]
    assert len([path for path in store.iterdir() if path.is_dir()]) == 1


def test_a_killed_job_leaves_no_half_store(root, store, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(image_array.StackWriter, "finish", crash)
    with pytest.raises(KeyboardInterrupt):
        load(root)
    assert not [path for path in store.iterdir() if path.is_dir()]


def test_odd_names_are_read_and_said_once(root):
    (root / "Angry").rename(root / "anGER")
    (root / "Happy").rename(root / "HAPPINESS")
    (root / "Sad").rename(root / "07_Sadness")
    (root / "Surprise").rename(root / "surprised faces")
    for emotion in ("Disgust", "Fear", "HAPPINESS"):
        (root / emotion / "Genuine").rename(root / emotion / "REAL")
    (root / "Neutral/Fake").rename(root / "Neutral/neutral_fake")
    loaded = load(root)
    assert len(loaded.table) == 14 * PER_CELL
    assert "read as 'angry'" in one_row(loaded, "anGER/").problem
    assert "read as 'sad'" in one_row(loaded, "07_Sadness/").problem
    assert "read as 'fake'" in one_row(loaded, "Neutral/neutral_fake/").problem
    assert one_row(loaded, "Disgust/REAL/").count == 3
    assert not rows_about(loaded, "Fear/REAL/")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Anger", "angry"),
        ("DISGUSTED", "disgust"),
        ("fearful", "fear"),
        ("1. Happy", "happy"),
        ("Facial Expression - Sad", "sad"),
        ("surprised", "surprise"),
        ("Contempt", None),
        ("happy_sad", None),
        ("not happy", None),
        ("", None),
    ],
)
def test_emotion_names(name, label):
    assert class_folders.EMOTION.label(name) == label


def test_authenticity_names():
    def authenticity_of(name, emotion):
        return gffd2025.AUTHENTICITY.label(name, also=class_folders.EMOTION.words[emotion])

    assert authenticity_of("Posed", "sad") == "fake"
    assert authenticity_of("sad_real", "sad") == "genuine"
    assert authenticity_of("happy_real", "sad") is None
    assert authenticity_of("not genuine", "sad") is None
    assert authenticity_of("real_fake", "sad") is None


def test_a_single_top_folder_is_entered(root, tmp_path):
    outer = tmp_path / "download" / "GFFD 2025" / "Raw"
    outer.parent.mkdir(parents=True)
    root.rename(outer)
    (tmp_path / "download" / "__MACOSX").mkdir()
    loaded = load(tmp_path / "download")
    assert len(loaded.table) == 14 * PER_CELL
    assert loaded.table["file"].iloc[0] == "GFFD 2025/Raw/Angry/Fake/img_0.jpg"
    assert "further down" in one_row(loaded, "GFFD 2025/Raw/").problem


def test_two_archives_side_by_side_need_a_choice(tmp_path):
    make_tree(tmp_path / "both" / "raw", per_cell=1)
    make_tree(tmp_path / "both" / "cropped", per_cell=1)
    with pytest.raises(schema.DataError, match=r"several sets.*cropped, raw.*DATA_ROOT") as caught:
        load(tmp_path / "both")
    assert "\n" not in str(caught.value)


def test_what_systems_leave_behind_is_ignored_by_name(root):
    left = [
        "Thumbs.db",
        "Angry/.DS_Store",
        "Angry/Fake/THUMBS.DB",
        "Angry/Fake/._img_0.jpg",
        "Sad/Genuine/desktop.ini",
    ]
    for name in left:
        (root / name).write_bytes(b"\0\1junk")
    (root / "__MACOSX" / "Angry").mkdir(parents=True)
    loaded = load(root)
    assert len(loaded.table) == 14 * PER_CELL
    for name in [*left, "__MACOSX"]:
        assert one_row(loaded, name).action == "ignored"


def test_each_damaged_file_is_named_with_cure_and_action(root):
    cell = root / "Fear" / "Fake"
    whole = (cell / "img_0.jpg").read_bytes()
    (cell / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (cell / "empty.jpg").write_bytes(b"")
    (cell / "notes.jpg").write_text("taken on Monday\n")
    (cell / "loop.jpg").symlink_to("loop.jpg")
    (cell / "gone.jpg").symlink_to("nowhere.jpg")
    (cell / "blank.png").write_bytes(png(Image.new("RGB", (96, 96), "black")))
    (cell / "really_png.jpg").write_bytes(png(face(500)))
    (cell / "line\nbreak.jpg").write_bytes(b"no image")
    (root / "readme.txt").write_text("hello")
    (root / "Fear" / "stray.jpg").write_bytes(whole)
    (cell / "inner").mkdir()
    face(501).save(cell / "inner" / "a.jpg")
    (cell / "up").symlink_to(root)
    (root / "Contempt" / "Fake").mkdir(parents=True)
    face(502).save(root / "Contempt" / "Fake" / "a.jpg")
    (root / "Sad" / "Unsure").mkdir()
    loaded = load(root)
    expected = {
        "Fear/Fake/cut.jpg": ("truncated", "skipped"),
        "Fear/Fake/empty.jpg": ("empty file", "skipped"),
        "Fear/Fake/notes.jpg": ("text file", "skipped"),
        "Fear/Fake/loop.jpg": ("cannot be read", "skipped"),
        "Fear/Fake/gone.jpg": ("not there", "skipped"),
        "Fear/Fake/blank.png": ("single colour", "skipped"),
        "Fear/Fake/really_png.jpg": ("PNG image", "used"),
        "Fear/Fake/line?break.jpg": ("text file", "skipped"),
        "readme.txt": ("beside the emotion folders", "skipped"),
        "Fear/stray.jpg": ("beside the Fake and Genuine", "skipped"),
        "Fear/Fake/inner/": ("no class", "skipped"),
        "Fear/Fake/up/": ("no class", "skipped"),
        "Contempt/": ("'Contempt' is no class: none of angry", "skipped"),
        "Sad/Unsure/": ("no class: none of fake, genuine", "skipped"),
    }
    for file, (problem, action) in expected.items():
        row = one_row(loaded, file)
        assert problem in row.problem
        assert row.action == action
    assert one_row(loaded, "Contempt/").count == 1
    used = set(loaded.table["file"])
    assert "Fear/Fake/really_png.jpg" in used
    assert len(used) == 14 * PER_CELL + 1


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_other_modes_are_converted_and_reported_once_a_kind(root):
    cell = root / "Sad" / "Fake"
    for number in range(3):
        face(600 + number).convert("L").save(cell / f"grey_{number}.jpg")
    face(610).convert("CMYK").save(cell / "cmyk.jpg")
    face(611).convert("P").save(cell / "palette.png")
    face(612).convert("RGBA").save(cell / "rgba.png")
    loaded = load(root)
    assert len(loaded.table) == 14 * PER_CELL + 6
    grey = one_row(loaded, "Sad/Fake/grey_0.jpg")
    assert (grey.count, grey.action) == (3, "used")
    assert not rows_about(loaded, "Sad/Fake/grey_1.jpg")
    for name, mode in [("cmyk.jpg", "CMYK"), ("palette.png", "palette"), ("rgba.png", "transp")]:
        assert mode in one_row(loaded, f"Sad/Fake/{name}").problem


def test_a_sixty_megapixel_photograph_loads(root):
    big = face(700, 256).resize((10_000, 6_000))
    big.save(root / "Happy/Genuine/phone.jpg", quality=60)
    loaded = load(root)
    row = loaded.table[loaded.table["file"] == "Happy/Genuine/phone.jpg"].iloc[0]
    assert (row.width, row.height) == (10_000, 6_000)
    assert "not square" in one_row(loaded, "Happy/Genuine/phone.jpg").problem


def test_unreadable_file(root, monkeypatch):
    name = "img_1.jpg"
    read = Path.read_bytes

    def refuse(path):
        if path.name == name and path.parts[-3:-1] == ("Angry", "Fake"):
            raise PermissionError(13, "Permission denied")
        return read(path)

    # The tests may run as root, whom chmod does not stop.
    monkeypatch.setattr(Path, "read_bytes", refuse)
    loaded = load(root)
    row = one_row(loaded, f"Angry/Fake/{name}")
    assert "may not be read" in row.problem
    assert "chmod" in row.cure
    assert len(loaded.table) == 14 * PER_CELL - 1


def test_an_empty_cell_loads_loudly(root):
    for file in (root / "Disgust/Fake").iterdir():
        file.unlink()
    loaded = load(root)
    row = one_row(loaded, "Disgust/Fake/")
    assert row.action == "missing"
    assert "NO IMAGE of disgust, fake" in row.problem
    assert len(loaded.table) == 13 * PER_CELL


def test_a_missing_emotion_is_refused(root):
    (root / "Fear").rename(root / "Contempt")
    with pytest.raises(schema.DataError, match=r"no usable image of fear .* restore") as caught:
        load(root)
    assert "\n" not in str(caught.value)


def test_an_emotion_of_damaged_files_only_is_refused(root, store):
    for file in (root / "Fear").rglob("*.jpg"):
        file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(schema.DataError, match="no usable image of fear"):
        load(root)
    assert not [path for path in store.iterdir() if path.is_dir()]


def test_copies_and_contradictory_labels(root):
    source = (root / "Angry/Fake/img_0.jpg").read_bytes()
    (root / "Angry/Fake/img_0 (1).jpg").write_bytes(source)
    sad = (root / "Sad/Fake/img_0.jpg").read_bytes()
    (root / "Sad/Genuine/again.jpg").write_bytes(sad)
    loaded = load(root)
    row = one_row(loaded, "Angry/Fake/img_0 (1).jpg")
    assert "same content as Angry/Fake/img_0.jpg" in row.problem
    row = one_row(loaded, "Sad/Fake/img_0.jpg")
    assert "contradictory labels (sad/fake, sad/genuine)" in row.problem
    assert "right label" in row.cure
    groups = loaded.table.set_index("file")["group"]
    assert groups["Sad/Fake/img_0.jpg"] == groups["Sad/Genuine/again.jpg"]


def test_near_duplicates_share_a_group_and_a_split(root):
    cell = root / "Neutral" / "Fake"
    with Image.open(cell / "img_0.jpg") as source:
        source.load()
    source.save(cell / "again.jpg", quality=50)
    ImageOps.mirror(source).save(cell / "mirrored.jpg")
    source.point(lambda value: int(value * 0.7)).save(cell / "dark.png")
    source.resize((200, 200)).save(cell / "large.jpg")
    loaded = load(root)
    groups = loaded.table.set_index("file")["group"]
    names = ["img_0.jpg", "again.jpg", "mirrored.jpg", "dark.png", "large.jpg"]
    assert len({groups[f"Neutral/Fake/{name}"] for name in names}) == 1
    assert loaded.table["group"].nunique() == 14 * PER_CELL
    split = splits.split(loaded.table, seed=0)
    assert list(leakage_audit.audit(loaded.table, split)["verdict"])[:3] == ["ok"] * 3


def test_a_group_that_swallows_the_set_is_reported(root):
    with Image.open(root / "Neutral/Fake/img_0.jpg") as source:
        source.load()
    for number in range(10):
        source.save(root / f"Neutral/Fake/copy_{number}.jpg", quality=60 + number)
    loaded = load(root)
    problems = " ".join(loaded.report["problem"])
    assert "11 of 52 images hang together" in problems


def test_bad_roots_give_one_line_with_the_cure(tmp_path):
    (tmp_path / "file.zip").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    (tmp_path / "cats" / "tabby").mkdir(parents=True)
    cases = {
        None: "DATA_ROOT is not set: make book DATA=gffd2025 DATA_ROOT=",
        "": "DATA_ROOT is not set",
        "  ": "DATA_ROOT is not set",
        str(tmp_path / "nowhere"): "does not exist",
        str(tmp_path / "file.zip"): "is not a folder: unpack",
        str(tmp_path / "empty"): "is empty: expected <root>/Angry/Fake",
        str(tmp_path / "cats"): r"no emotion folders in .*found: tabby.*expected <root>/Angry",
    }
    for root, message in cases.items():
        for attempt in (load, check):
            with pytest.raises(schema.DataError, match=message) as caught:
                attempt(root)
            assert "\n" not in str(caught.value)


def test_unwritable_store_is_one_clear_line(root, tmp_path, monkeypatch):
    (tmp_path / "in_the_way").write_text("")
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "in_the_way" / "store"))
    with pytest.raises(paths.CacheError, match="set FER_CACHE") as caught:
        load(root)
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_one_clear_line(root, store, monkeypatch):
    def full(self, pixels):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(image_array.StackWriter, "append", full)
    with pytest.raises(paths.CacheError, match=r"No space left.*free some space"):
        load(root)
    assert not [path for path in store.iterdir() if path.is_dir()]


def test_a_file_that_changes_meanwhile_stops_the_load(root, monkeypatch):
    monkeypatch.setattr(keys, "sha256", lambda content: os.urandom(32).hex())
    with pytest.raises(schema.DataError, match="changed while being read"):
        load(root)


def test_another_size_is_another_store(root, store):
    load(root)
    other = datasets.by_name("gffd2025", root=root, size=32, progress=False)
    assert other.images.shape[1:] == (32, 32, 3)
    assert len([path for path in store.iterdir() if path.is_dir()]) == 2


def test_progress_is_plain_lines_on_stderr(root, capfd, monkeypatch):
    monkeypatch.setattr("engine.store.progress.SECONDS_BETWEEN_LINES", 0.0)
    datasets.by_name("gffd2025", root=root, size=SIZE)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "gffd2025: decoded 42 of 42 images" in captured.err
    assert "\r" not in captured.err


def test_progress_goes_to_the_engine_if_there_is_one(root, capfd, monkeypatch, tmp_path):
    monkeypatch.setattr("engine.store.progress.SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setenv("FER_PROGRESS", str(tmp_path / "lines"))
    datasets.by_name("gffd2025", root=root, size=SIZE)
    assert capfd.readouterr() == ("", "")
    assert "decoded 42 of 42 images" in (tmp_path / "lines").read_text()


def test_checking_opens_no_file(root, store, monkeypatch):
    monkeypatch.setattr(image_files, "read_bytes", None)
    check(root)
    assert not store.exists()
    (root / "Sad").rename(root / "Bored")
    with pytest.raises(schema.DataError, match="no usable image of sad"):
        check(root)


def test_the_cell_names_of_the_layout_are_the_schema():
    assert tuple(class_folders.EMOTION.words) == schema.EMOTIONS
    assert tuple(gffd2025.AUTHENTICITY.words) == schema.AUTHENTICITY
    assert all(class_folders.EMOTION.label(emotion) == emotion for emotion in schema.EMOTIONS)
    assert all(emotion.capitalize() in gffd2025.LAYOUT.said for emotion in schema.EMOTIONS)
    assert dataset_registry.get(gffd2025.NAME).adapter == gffd2025.__name__
