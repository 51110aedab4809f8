"""A rendered set on disk: the same from any number of processes, sound or made again."""

import hashlib
import json
from collections import Counter

import numpy as np
import pytest

import face_renderer as faces
from face_renderer import dataset, disk, head, workers
from face_renderer.spec import RenderedSpec

TINY = RenderedSpec(
    "tiny",
    2,
    1,
    {("happy", "genuine"): 4, ("fear", "fake"): 5},
    seed=5,
    size=64,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a finished tiny set."""
    return faces.make_set(TINY, tmp_path_factory.mktemp("sets"), processes=1)


def test_files_and_hashes(made):
    assert made.name == f"tiny-{TINY.key()}"
    images = np.load(made / "images.npy", mmap_mode="r")
    rows = faces.read_manifest(made)
    assert images.shape == (9, 64, 64, 3)
    assert images.dtype == np.uint8
    assert rows[3]["sha256"] == hashlib.sha256(images[3].tobytes()).hexdigest()
    meta = json.loads((made / "meta.json").read_text())
    assert meta["set_sha256"] == hashlib.sha256(images.tobytes()).hexdigest()
    assert meta["generator_version"] == faces.GENERATOR_VERSION
    assert meta["spec"]["cells"]["fear/fake"] == 5


def test_rows_read_back_render_the_same(made):
    rows = faces.read_manifest(made)
    planned = faces.plan(TINY)
    assert {k: v for k, v in rows[2].items() if k != "sha256"} == planned[2]
    assert np.array_equal(faces.render(rows[2]), np.load(made / "images.npy")[2])


def test_two_processes_make_the_same_set(made, tmp_path):
    other = faces.make_set(TINY, tmp_path, processes=2)
    for name in ("images.npy", "manifest.csv", "meta.json"):
        assert (other / name).read_bytes() == (made / name).read_bytes()


def test_a_sound_set_is_returned_at_once(made, monkeypatch):
    monkeypatch.setattr(dataset, "_write", None)
    assert faces.make_set(TINY, made.parent) == made


def _cut(place):
    with (place / "images.npy").open("r+b") as file:
        file.truncate(500)


def _alter(place):
    with (place / "images.npy").open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)[0]
        file.seek(5000)
        file.write(bytes([byte ^ 1]))


def _blank_meta(place):
    (place / "meta.json").write_text("{")


def _edit_manifest(place):
    text = (place / "manifest.csv").read_text()
    (place / "manifest.csv").write_text(text.replace("happy", "angry", 1))


def _remove(place):
    (place / "manifest.csv").unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_cut, "images.npy is 500 bytes"),
        (_alter, "images.npy was altered"),
        (_blank_meta, "meta.json cannot be read"),
        (_edit_manifest, "manifest.csv was altered"),
        (_remove, "manifest.csv is missing"),
    ],
)
def test_damage_is_seen_said_and_mended(made, tmp_path, damage, said):
    lines = []
    place = faces.make_set(TINY, tmp_path, processes=1, report=lines.append)
    assert lines == []
    damage(place)
    again = faces.make_set(TINY, tmp_path, processes=1, report=lines.append)
    assert len(lines) == 1
    assert said in lines[0]
    assert lines[0].startswith(f"{place.name}: ")
    assert lines[0].endswith("; it is made again")
    assert again == place
    assert (again / "images.npy").read_bytes() == (made / "images.npy").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [place.name]


def _make(folder):
    faces.make_set(TINY, folder, processes=1)


def test_two_makers_at_once_do_not_harm_each_other(made, tmp_path):
    with workers.pool(2) as executor:
        list(executor.map(_make, [tmp_path] * 2))
    place = dataset.folder_of(TINY, tmp_path)
    assert dataset.fault(TINY, place) is None
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


def test_a_file_in_the_way_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(faces.FacesError, match="choose a folder that can be written to") as error:
        faces.make_set(TINY, tmp_path / "file", processes=1)
    assert "\n" not in str(error.value)


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "reserve", full)
    with pytest.raises(faces.FacesError, match="No space left on device"):
        faces.make_set(TINY, tmp_path, processes=1)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_leaves_no_half_set(tmp_path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(dataset, "_render_part", killed)
    with pytest.raises(KeyboardInterrupt):
        faces.make_set(TINY, tmp_path, processes=1)
    assert list(tmp_path.iterdir()) == []


def test_bad_process_counts_are_refused(tmp_path):
    with pytest.raises(ValueError, match="processes is 0"):
        faces.make_set(TINY, tmp_path, processes=0)


@pytest.mark.parametrize("processes", [1, 2])
def test_progress_counts_every_image_once(tmp_path, processes):
    counted = []
    faces.make_set(TINY, tmp_path, processes, progress=counted.append)
    assert sum(counted) == TINY.n_images == 9
    assert len(counted) == TINY.n_subjects
    faces.make_set(TINY, tmp_path, processes, progress=counted.append)
    assert sum(counted) == 9  # a set that is there is not counted


@pytest.mark.parametrize("processes", [1, 2, None])
def test_subjects_are_rendered_in_the_order_of_their_rows(made, processes):
    images = np.load(made / "images.npy")
    rows = faces.plan(TINY)
    parts = list(dataset.render_subjects(rows, processes))
    counts = Counter(row["subject_id"] for row in rows)
    assert [len(part) for part in parts] == [counts[f"s00{k}"] for k in range(3)]
    assert np.array_equal(np.concatenate(parts), images)


def test_packed_head_is_small_and_named_in_its_licence():
    data = head.PACKED.read_bytes()
    assert len(data) < 1_000_000
    assert hashlib.sha256(data).hexdigest() in (head.PACKED.parent / "LICENCE.md").read_text()


# set_sha256 of the whole default set at GENERATOR_VERSION 1.1.0.
WHOLE_SET = "57fca5fbcad70397925a1177c86420c102a35520cd3f88f64f8ecbfab8acc8f7"


@pytest.mark.slow
def test_the_whole_default_set_is_the_frozen_one(tmp_path):
    place = faces.make_set(faces.RENDERED46, tmp_path)
    meta = json.loads((place / "meta.json").read_text())
    assert meta["set_sha256"] == WHOLE_SET
