"""Settings that every command takes, checked before anything runs."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from engine.store import paths, threads
from fer_lib import paper_registry
from fer_lib.settings import SEEDS, Settings
from fer_lib.training import profiles

# Longest a cell may take, in seconds.
LIMITS = {"smoke": 900, "book": 3 * 3600, "book-full": 12 * 3600, "paper": 48 * 3600}


class InputError(ValueError):
    """A setting of the build is wrong; the message is one line and names the cure."""


@dataclass(frozen=True)
class Asked:
    """The arguments of a command: the settings, and how to compute them.

    Attributes
    ----------
    settings : Settings
        They decide the results.
    threads : int
        Of every computation.
    limit : int
        Longest a cell may take, in seconds.
    storage : str
        A store elsewhere, as `engine.jobs.remote_store` takes it; "" if there is none.
    start : str
        When the command began, as an ISO time.
    repository : str
        Address of the book's repository, to which the pages link; "" for none.
    """

    settings: Settings
    threads: int
    limit: int
    storage: str = ""
    start: str = ""
    repository: str = ""

    @classmethod
    def restored(cls, told: dict) -> Asked:
        """Return what `dataclasses.asdict` made plain."""
        return cls(**told | {"settings": Settings(**told["settings"])})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the settings every build takes."""
    parser.add_argument("--profile", default="book")
    parser.add_argument("--data", default="rendered46")
    parser.add_argument("--data-root", default="")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--threads", default="", help="of every computation; 1 if not given")
    parser.add_argument("--limit", default="", help="longest a cell may take, in seconds")


def check(data: str, data_root: str, profile: str, seed: str) -> Settings:
    """Return the settings, after looking whether they can be used.

    Raises
    ------
    InputError
        For an unknown profile or data set, a missing or empty data root, a seed that is not a
        whole number, a store that cannot be made.
    """
    try:
        profiles.get(profile)
    except ValueError as error:
        raise InputError(f"PROFILE={profile}: {error}") from None
    if not seed.isdecimal() or int(seed) >= SEEDS:
        raise InputError(f"SEED={seed}: the seed must be a whole number from 0 to {SEEDS - 1}")
    if data == "rendered_test":
        raise InputError(
            "DATA=rendered_test: it is the further test set and never trained on; "
            "choose rendered46 or gffd2025"
        )
    try:
        paths.cache()
    except paths.CacheError as error:
        raise InputError(str(error)) from None
    root = data_root and str(Path(data_root).expanduser().resolve())
    # Before the first installation there is no pandas yet; the same check runs again after it.
    if importlib.util.find_spec("pandas"):
        try:
            paper_registry.of_set(data)
            importlib.import_module("fer_lib.data.datasets").check(data, root)
        except (ValueError, RuntimeError, OSError) as error:
            raise InputError(f"DATA={data}: {error}") from None
    return Settings(data, root, profile, int(seed))


def of_arguments(args: argparse.Namespace) -> Asked:
    """Return what is asked for on the command line, checked.

    The thread count is also put into ``$FER_THREADS``, where the library and every job read it.

    Raises
    ------
    InputError
        As `check`, or for a thread count or limit that is not a whole number of 1 or more.
    """
    os.environ["FER_THREADS"] = args.threads or os.environ.get("FER_THREADS") or "1"
    try:
        count = threads.count()
    except ValueError as error:
        raise InputError(str(error)) from None
    settings = check(args.data, args.data_root, args.profile, args.seed)
    limit = args.limit or str(LIMITS.get(args.profile, LIMITS["book"]))
    if not limit.isdecimal() or int(limit) < 1:
        raise InputError(f"LIMIT={limit}: must be a whole number of seconds, 1 or more")
    return Asked(settings, count, int(limit))
