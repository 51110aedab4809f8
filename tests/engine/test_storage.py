"""A store elsewhere: its address, what Snakemake is told, and what is fetched after a failure."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

from engine.jobs import page_table, remote_store
from engine.jobs.check import InputError
from engine.page import study_registry
from engine.store import paths
from tests.helpers import copies


def test_a_store_elsewhere_is_named_by_plugin_and_place(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_BUILD", str(tmp_path))
    assert remote_store.provider("fs:///mnt/disk") == ("fs", "/mnt/disk")
    # What Snakemake copies lies where the store of this build is looked for.
    assert remote_store.local_copy("fs:///mnt/disk") == str(tmp_path / "storage/fs/mnt/disk")
    told = remote_store.flags("fs:///mnt/disk")
    assert told[told.index("--default-storage-prefix") + 1] == "/mnt/disk"
    assert told[told.index("--local-storage-prefix") + 1] == str(tmp_path / "storage")


@pytest.mark.parametrize("given", ["/mnt/disk", "fs://", "fs:///", "://x", "a-b://x"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(InputError, match="must look like s3://bucket/folder"):
        remote_store.provider(given)


def test_a_missing_plugin_is_named():
    with pytest.raises(InputError, match="pip install snakemake-storage-plugin-nowhere first"):
        remote_store.provider("nowhere://bucket/folder")


def test_after_a_failure_the_rest_is_fetched():
    jobs = {
        "sets/a": SimpleNamespace(name="a", needs=()),
        "runs/b": SimpleNamespace(name="b", needs=("sets/a",)),
        "pages/c": SimpleNamespace(name="c", needs=("sets/a",)),
        "pages/d": SimpleNamespace(name="d", needs=("sets/a", "runs/b")),
    }
    assert remote_store.wanted(jobs, {"b"}) == ["sets/a", "pages/c"]
    assert remote_store.wanted(jobs, set()) == list(jobs)


@pytest.mark.skipif(shutil.which("rsync") is None, reason="the plugin for folders needs rsync")
def test_a_fresh_clone_takes_everything_from_a_store_elsewhere(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    first = copies.Copy(copies.sources(tmp_path / "first"), elsewhere)
    fresh = copies.Copy(copies.sources(tmp_path / "fresh"), tmp_path / "unused")
    for copy in (first, fresh):
        copies.few_arms(copy.folder)
    first.fill_store()
    done = fresh.python("-c", FETCH, f"fs://{elsewhere}")
    assert done.returncode == 0, done.stderr
    # The data set of each paper, two trainings, the activations of one, every study and page.
    count = str(2 + 2 + 1 + len(list(study_registry.TABLE)) + len(page_table.names()))
    assert done.stdout.split() == [count, "of", count]
    assert not list(fresh.store.glob("*/*"))


# Run inside the copy: let Snakemake do what is not in the store, count what is there and sound.
FETCH = """
import os, sys
from engine import build
from engine.jobs import check, jobs
from engine.jobs import remote_store as storage
os.environ["FER_CACHE"] = storage.local_copy(sys.argv[1])
build.paths.build().mkdir(parents=True)
asked = check.Asked(check.check("rendered46", "", "smoke", "0"), 1, 60, sys.argv[1])
build.do_jobs(asked, "2", [])
found = jobs.all_jobs(asked.settings).values()
print(sum(job.fault() is None for job in found), "of", len(found))
"""


def test_the_example_of_the_readme_is_an_address():
    assert "STORAGE=fs:///mnt/disk/folder" in (paths.root() / "README.md").read_text()
    assert remote_store.provider("fs:///mnt/disk/folder") == ("fs", "/mnt/disk/folder")
