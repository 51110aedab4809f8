"""A store elsewhere: its address, what Snakemake is told, and what is fetched after a failure."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

from fer_lib import papers, paths, studies
from tests import copies
from tools import graph, storage
from tools.check import InputError


def test_a_store_elsewhere_is_named_by_plugin_and_place(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_BUILD", str(tmp_path))
    assert storage.provider("fs:///mnt/disk") == ("fs", "/mnt/disk")
    # What Snakemake copies lies where the store of this build is looked for.
    assert storage.local_copy("fs:///mnt/disk") == str(tmp_path / "storage/fs/mnt/disk")
    told = storage.flags("fs:///mnt/disk")
    assert told[told.index("--default-storage-prefix") + 1] == "/mnt/disk"
    assert told[told.index("--local-storage-prefix") + 1] == str(tmp_path / "storage")


@pytest.mark.parametrize("given", ["/mnt/disk", "fs://", "fs:///", "://x", "a-b://x"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(InputError, match="must look like s3://bucket/folder"):
        storage.provider(given)


def test_a_missing_plugin_is_named():
    with pytest.raises(InputError, match="pip install snakemake-storage-plugin-nowhere first"):
        storage.provider("nowhere://bucket/folder")


def test_after_a_failure_the_rest_is_fetched():
    jobs = {
        "sets/a": SimpleNamespace(name="a", needs=()),
        "runs/b": SimpleNamespace(name="b", needs=("sets/a",)),
        "pages/c": SimpleNamespace(name="c", needs=("sets/a",)),
        "pages/d": SimpleNamespace(name="d", needs=("sets/a", "runs/b")),
    }
    assert storage.wanted(jobs, {"b"}) == ["sets/a", "pages/c"]
    assert storage.wanted(jobs, set()) == list(jobs)


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
    count = str(len(papers.every()) + 2 + 1 + len(list(studies.TABLE)) + len(graph.PAGES))
    assert done.stdout.split() == [count, "of", count]
    assert not list(fresh.store.glob("*/*"))


# Run inside the copy: let Snakemake do what is not in the store, count what is there and sound.
FETCH = """
import os, sys
from tools import build, check, jobs, storage
os.environ["FER_CACHE"] = storage.local_copy(sys.argv[1])
build.paths.build().mkdir(parents=True)
settings = check.check("smoke", "rendered46", "", "0")
settings |= {"threads": 1, "limit": 60, "storage": sys.argv[1], "start": ""}
build.do_jobs(settings, "2", [])
found = jobs.all_jobs(settings).values()
print(sum(job.fault() is None for job in found), "of", len(found))
"""


def test_the_example_of_the_readme_is_an_address():
    assert "STORAGE=fs:///mnt/disk/folder" in (paths.root() / "README.md").read_text()
    assert storage.provider("fs:///mnt/disk/folder") == ("fs", "/mnt/disk/folder")
