"""Keep the store elsewhere (a bucket, another disk), through a storage plugin of Snakemake.

``STORAGE=s3://bucket/folder`` needs ``snakemake-storage-plugin-s3`` and its settings; the scheme is
the plugin's name. ``STORAGE=fs:///folder`` is a folder on another disk, copied by rsync.
"""

from __future__ import annotations

import importlib.util

from engine.jobs.check import InputError
from engine.store import paths


def provider(storage: str) -> tuple[str, str]:
    """Return the plugin's name and the part after ``://``.

    Raises
    ------
    InputError
        If it is no such address or the plugin is not installed.
    """
    name, mark, rest = storage.partition("://")
    if not mark or not name.isidentifier() or not rest.strip("/"):
        raise InputError(f"STORAGE={storage}: must look like s3://bucket/folder or fs:///folder")
    if importlib.util.find_spec(f"snakemake_storage_plugin_{name}") is None:
        raise InputError(f"STORAGE={storage}: pip install snakemake-storage-plugin-{name} first")
    return name, rest


def local_copy(storage: str) -> str:
    """Return the folder in which Snakemake keeps its local copy of a store elsewhere."""
    name, rest = provider(storage)
    return str(paths.build().resolve() / "storage" / name / rest.strip("/"))


def wanted(found: dict, failed: set[str]) -> list[str]:
    """Return the folders of a build's results that must be there, given which jobs failed."""
    missing: set[str] = set()
    for folder, job in found.items():  # in an order in which they could run
        if job.name in failed or missing & set(job.needs):
            missing.add(folder)
    return [folder for folder in found if folder not in missing]


def flags(storage: str) -> list[str]:
    """Return the options that make Snakemake keep the store at ``storage``."""
    name, rest = provider(storage)
    given = ["--default-storage-provider", name]
    given += ["--default-storage-prefix", rest if name == "fs" else storage]
    given += ["--local-storage-prefix", str(paths.build().resolve() / "storage")]
    return [*given, "--keep-storage-local-copies"]
