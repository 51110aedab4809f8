"""What a second build is compared by."""

import os

from engine import verify
from engine.store import artifact, paths


def sealed_folder(place, **texts):
    with artifact.writing(place) as part:
        for name, text in texts.items():
            (part / name.replace("_", ".")).write_text(text)
    return place


def test_files_are_compared_byte_by_byte_but_for_what_holds_times(tmp_path):
    one = sealed_folder(tmp_path / "a", rows_parquet="1", about_json="now", times_parquet="3 s")
    same = sealed_folder(tmp_path / "b", rows_parquet="1", about_json="later", times_parquet="4 s")
    assert verify.different(one, same) == []
    other = sealed_folder(tmp_path / "c", rows_parquet="2", about_json="now", times_parquet="3 s")
    assert verify.different(one, other) == ["rows.parquet"]
    less = sealed_folder(tmp_path / "d", about_json="now")
    assert verify.different(one, less) == verify.different(less, one) == ["rows.parquet"]


def test_the_second_build_has_the_weights_of_the_first_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "store"))
    for name in ("weights", "runs", "data"):
        (tmp_path / "store" / name).mkdir(parents=True)
    (tmp_path / "store" / "weights" / "file.pth").write_bytes(b"given")
    folder = tmp_path / "again"
    with verify.elsewhere(folder, 1):
        assert [one.name for one in paths.cache().iterdir()] == ["weights"]
        assert (paths.cache() / "weights" / "file.pth").read_bytes() == b"given"
    with verify.elsewhere(folder, 1, "data"):  # the link is replaced, not what it leads to
        assert (paths.cache() / "weights" / "file.pth").exists()
        assert sorted(one.name for one in paths.cache().iterdir()) == ["data", "weights"]
    assert os.environ["FER_CACHE"] == str(tmp_path / "store")
