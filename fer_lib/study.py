"""Obtain a study's results: from the store if they are there and sound, else made."""

from __future__ import annotations

import errno
import importlib
import json
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from threadpoolctl import threadpool_limits

from fer_lib import keys, paths, progress, sealed, studies, threads
from fer_lib.sources import Pretrained
from fer_lib.studies import ABOUT, Asked, Study

# What a study has from those that it reads.
HANDED_ON = (
    "data_sha256",
    "data_kind",
    "group_kind",
    "random_start",
    "family",
    "pretrained",
    "weights",
)


def obtain(name: str, data: str, data_root: str, profile: str, seed: int) -> Path:
    """Return the folder of a study for a page; where it is missing, make it in ``smoke``.

    A page opened alone must not start many minutes of work: it says what it does instead.

    Parameters
    ----------
    name : str
        A row of ``fer_lib/tables/studies.toml``.
    data, data_root, profile, seed
        A page's parameters.
    """
    study, asked = studies.get(name), Asked(profile, data, data_root, seed)
    if profile != "smoke" and not sealed.exists(studies.place(study, asked)[0]):
        progress.say(
            f"no {name} in profile {profile} yet: making it in profile smoke; `make book` makes "
            "the full one"
        )
        asked = replace(asked, profile="smoke")
    return made(study, asked)


def made(study: Study, asked: Asked) -> Path:
    """Return the folder of a study, made if it is not there, damaged, or began at random in vain.

    Raises
    ------
    fer_lib.paths.CacheError
        If the store cannot be read, or cannot take it.
    ValueError, fer_lib.data.DataError
        As the study's ``make``.
    """
    folder, decides = studies.place(study, asked)
    if _damage(study, folder) is None:
        return folder
    with sealed.only_one(folder):
        damage = _damage(study, folder)
        if damage is not None:
            if damage != "missing":
                progress.say(f"{folder.name}: {damage}: making it again")
            _make(study, asked, decides, folder)
    return folder


def _damage(study: Study, folder: Path) -> str | None:
    """Return why a study has to be made, or None if it is there, sound and could not be better."""
    damage = sealed.fault(folder, study.contents) if sealed.exists(folder) else "missing"
    if damage is None and _could_start_better(about(folder)):
        damage = "it began at random, and weights can be had now"
    return damage


def _could_start_better(told: dict) -> bool:
    """Return whether the network behind a study lacked weights that can be had by now."""
    if not told.get("pretrained") or told["weights"]["file"]:
        return False
    from fer_lib import weights  # torch: only where there is something to ask

    return weights.to_be_had(told["family"], Pretrained.restored(told["weights"]))


def about(folder: Path) -> dict:
    """Return what a study says of itself."""
    return json.loads((folder / ABOUT).read_text(encoding="utf-8"))


def _make(study: Study, asked: Asked, decides: dict, folder: Path) -> None:
    keys.refuse_outdated(*studies.modules(study, asked.data))
    needs = {name: made(studies.get(name), asked) for name in study.needs}
    start, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
    handed = {}
    for one in needs.values():
        handed |= {name: about(one)[name] for name in HANDED_ON}
    settings = asdict(asked)
    del settings["data_root"]
    # Imported first: the limit holds for what is loaded when it is set.
    module = importlib.import_module(study.module)
    try:
        with sealed.writing(folder) as part:
            # Whoever asks, in whatever kernel: the last bits depend on the number of threads.
            with threadpool_limits(threads.count()):
                told = module.make(asked, needs, part)
            whole = {
                "study": study.name,
                **settings,
                **handed,
                **told,
                "ingredients": decides,
                "computed": {"start": started},
                "wall_seconds": round(time.perf_counter() - start, 1),
            }
            text = json.dumps(whole, indent=1, sort_keys=True) + "\n"
            (part / ABOUT).write_text(text, encoding="utf-8")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        raise paths.CacheError(
            f"the store {folder.parent} cannot take {study.name} ({error.strerror}): free some "
            "space or set FER_CACHE to another folder"
        ) from None
