"""A computation whose result is kept in the store, under a key of everything that decides it.

Trainings, frozen activations, studies, data sets and pages are stages of a build. What one computes
is handed in as a function, so nothing heavy is imported here.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from engine.store import artifact, keys, paths, progress

# Each kind of result, in the order in which they are made, and its folder in the store.
FOLDERS = {
    "data": "sets",
    "activations": "activations",
    "run": "runs",
    "study": "studies",
    "page": "pages",
}
MISSING = "missing"


def fault(place: Path, contents: tuple[str, ...]) -> str | None:
    """Return the fault of a folder in the store, or None; `MISSING` if there is no folder.

    Raises
    ------
    engine.store.paths.CacheError
        If it may not be read.
    """
    # Snakemake makes the folder before the job has anything to put there.
    with artifact.reading(place):
        if not place.exists() or (place.is_dir() and not any(place.iterdir())):
            return MISSING
    return artifact.fault(place, contents)


def reason(place: Path, contents: tuple[str, ...]) -> str | None:
    """Return in words why a folder of the store has to be made, or None; `MISSING` as it stands."""
    found = fault(place, contents)
    return found if found in (None, MISSING) else f"{found} in {place.name}"


def made_once(place: Path, reason: Callable[[], str | None], make: Callable[[], None]) -> None:
    """Make a folder of the store if there is a reason to: look, lock, look again.

    A second process waits for the first, and then finds the folder made. Where there is no reason
    nothing is written, so that a store that is only read serves as well.

    Parameters
    ----------
    place : Path
        The folder.
    reason : callable
        Says why it has to be made, such as `MISSING`; None if it has not.
    make : callable
        Makes it.
    """
    if reason() is None:
        return
    with artifact.only_one(place):
        why = reason()
        if why is None:
            return
        if why != MISSING:
            progress.say(f"{why}: making it again")
        make()


def clear(unfinished: Path) -> None:
    """Delete unfinished work that has served, and what a killed process left of writing it."""
    for file in [unfinished, *unfinished.parent.glob(f".{unfinished.name}.*")]:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def later(module: str, *given: object) -> Callable[[Stage, Path], dict]:
    """Return the function ``make`` of a module that is imported when something is to be made.

    ``given`` comes before the stage and the folder. So asking for a key does not load torch.
    """
    return lambda stage, folder: importlib.import_module(module).make(*given, stage, folder)


@dataclass(frozen=True, eq=False)
class Stage:
    """A computation, and where its result lies or will lie.

    Attributes
    ----------
    kind : str
        One of `FOLDERS`.
    name : str
        What people call it; the result's folder is called so, with the key behind. A ``/`` in
        the name of a page is a hyphen there.
    ingredients : dict
        All that decides the result; ``library`` as `engine.store.keys.Library.ingredients` has it.
    contents : tuple of str
        Every file of the result, ``record`` included.
    modules : tuple of str
        The modules from whose imports ``library`` was found; the first one computes.
    make : callable
        Given the stage and an empty folder, fills the folder with all but ``record`` and returns
        what ``record`` is to say beside the ingredients, the start and the duration. None if
        something else makes the result.
    what : object
        What is computed, as its own module describes it.
    needs : tuple of Stage
        Those whose results it reads; ``make`` obtains them.
    record : str
        The file, JSON, that says how the result was made.
    at_random : callable
        Given the record, returns the families of pretrained weights that the computation wanted
        and had to begin without. None if it wants none.
    to_be_had : callable
        Given a family, says whether its weights can be had now; asked before a result is used
        that began without.
    """

    kind: str
    name: str
    ingredients: dict
    contents: tuple[str, ...]
    modules: tuple[str, ...] = ()
    make: Callable[[Stage, Path], dict] | None = None
    what: object = None
    needs: tuple[Stage, ...] = ()
    record: str = "about.json"
    at_random: Callable[[dict], Iterable[str]] | None = None
    to_be_had: Callable[[str], bool] | None = None

    @cached_property
    def key(self) -> str:
        """The key that the folder's name ends in."""
        return keys.digest(self.ingredients)

    @property
    def folder(self) -> str:
        """Where the result lies, or will lie, relative to the store."""
        return f"{FOLDERS[self.kind]}/{self.name.replace('/', '-')}-{self.key}"

    def place(self) -> Path:
        """Return where the result lies, or will lie."""
        return paths.cache() / self.folder

    def unfinished(self) -> Path:
        """Return the file that ``make`` may keep to go on from; deleted with the result sealed."""
        return self.place().with_name(f".{self.place().name}.checkpoint")

    def fault(self) -> str | None:
        """Return what is wrong with the stored result, or None; as `fault`."""
        return fault(self.place(), self.contents)

    def told(self) -> dict:
        """Return the stored record."""
        return json.loads((self.place() / self.record).read_text(encoding="utf-8"))

    def could_start_better(self, to_be_had: Callable[[str], bool]) -> bool:
        """Return True if a sound result began at random and could now use pretrained weights.

        False where the store takes no other result: nothing is fetched for what cannot be kept.
        """
        families = list(self.at_random(self.told())) if self.at_random else []
        return bool(families) and paths.may_write() and any(map(to_be_had, families))

    def obtain(self) -> Path:
        """Return the folder of the result, made if it is missing, damaged or could start better.

        Raises
        ------
        engine.store.paths.CacheError
            If the store cannot be read, or cannot take the result.
        engine.store.keys.LibraryError
            If it has to be made and the code that would is no longer that of the files.
        Exception
            Whatever ``make`` raises.
        """
        made_once(self.place(), self._reason, self._make)
        return self.place()

    def _reason(self) -> str | None:
        """Return why the result has to be made, or None if it can be used."""
        found = reason(self.place(), self.contents)
        if found is None and self.could_start_better(self.to_be_had):
            return f"{self.place().name} began at random, and weights can be had now"
        return found

    def _make(self) -> None:
        """Compute the result and seal it, unless the code is another than the key's."""
        for module in self.modules[:1]:
            importlib.import_module(module)  # or an edit between the question and this would stay
        keys.refuse_outdated(*self.modules, counted=self.ingredients.get("library"))
        start, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
        place = self.place()
        try:
            with artifact.writing(place) as part:
                record = {
                    **self.make(self, part),
                    "ingredients": self.ingredients,
                    "computed": {"start": started},
                    "wall_seconds": round(time.perf_counter() - start, 1),
                }
                text = json.dumps(record, indent=1, sort_keys=True) + "\n"
                (part / self.record).write_text(text, encoding="utf-8")
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
                raise
            raise paths.CacheError(
                f"the store {place.parent} cannot take {self.name} ({error.strerror}): free some "
                "space or set FER_CACHE to another folder"
            ) from None
        clear(self.unfinished())
