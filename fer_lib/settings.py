"""The settings that every command takes, checked before anything costs time."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
from pathlib import Path

from fer_lib import papers, paths, profiles, threads

# Longest a cell may take, in seconds.
LIMITS = {"smoke": 900, "book": 3 * 3600, "book-full": 12 * 3600, "paper": 48 * 3600}


class InputError(ValueError):
    """A setting of the build is wrong; the message is one line and names the cure."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the settings every build takes."""
    parser.add_argument("--profile", default="book")
    parser.add_argument("--data", default="rendered46")
    parser.add_argument("--data-root", default="")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--threads", default="", help="of every computation; 1 if not given")
    parser.add_argument("--limit", default="", help="longest a cell may take, in seconds")


def check(profile: str, data: str, data_root: str, seed: str) -> dict[str, str | int]:
    """Return the settings as notebook parameters.

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
    if not seed.isdecimal() or int(seed) >= 2**32:
        raise InputError(f"SEED={seed}: the seed must be a whole number from 0 to {2**32 - 1}")
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
            papers.of_set(data)
            importlib.import_module("fer_lib.data").check(data, root)
        except (ValueError, RuntimeError, OSError) as error:
            raise InputError(f"DATA={data}: {error}") from None
    return {"profile": profile, "data": data, "data_root": root, "seed": int(seed)}


def of_arguments(args: argparse.Namespace) -> dict[str, str | int]:
    """Return the settings on the command line, checked, with ``threads`` and ``limit``.

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
    settings = check(args.profile, args.data, args.data_root, args.seed)
    limit = args.limit or str(LIMITS.get(args.profile, LIMITS["book"]))
    if not limit.isdecimal() or int(limit) < 1:
        raise InputError(f"LIMIT={limit}: must be a whole number of seconds, 1 or more")
    return settings | {"threads": count, "limit": int(limit)}
