"""Studies: results that pages read and that take too long for a page. Nothing heavy is imported.

Each is made once by a module of its own (`fer_lib.study` calls it) and kept under a key of all that
decides it. A new study is a module and a row of ``fer_lib/tables/studies.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from fer_lib import data as datasets
from fer_lib import dataset_registry, keys, paths, registry, sources

ABOUT = "about.json"
MAKER = "fer_lib.study"  # calls a study's module, with one thread, and writes what it says


@dataclass(frozen=True)
class Asked:
    """For which settings: the parameters of a page.

    Attributes
    ----------
    profile, data, data_root : str
        As for `fer_lib.profiles.get`, and for ``load`` of the paper's data sets.
    seed : int
        Of all that is drawn.
    """

    profile: str
    data: str
    data_root: str
    seed: int


@dataclass(frozen=True)
class Study:
    """One study.

    Attributes
    ----------
    name : str
        What pages call it.
    paper : str
        Key of its paper, whose data sets it takes.
    module : str
        Has ``make(asked, needs, folder)``, which fills an empty folder and returns what
        ``about.json`` is to say, and ``read(folder)``.
    files : tuple of str
        What it leaves beside ``about.json``.
    needs : tuple of str
        Studies that it reads.
    families : tuple of str
        Families of `fer_lib.sources` whose weights it starts from.
    amounts : str
        Module that says how much it computes in each profile; its ``rows(profile)`` count.
    """

    name: str
    paper: str
    module: str
    files: tuple[str, ...]
    needs: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    amounts: str = ""

    @property
    def contents(self) -> tuple[str, ...]:
        """Every file it leaves."""
        return (ABOUT, *self.files)


TABLE = registry.Table("studies", "study")


def get(name: str) -> Study:
    """Return a study by name.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are known.
    """
    return TABLE.build(name, Study, name=name)


def _with_needs(names: Iterable[str]) -> set[str]:
    """Return the names of studies and of all that they read; refuse a circle."""
    wanted: set[str] = set()

    def want(name: str, *readers: str) -> None:
        if name in readers:
            raise registry.RegistryError(
                f"{TABLE.where(name)}: it reads itself, by way of {readers[-1]}: say what it needs"
            )
        if name not in wanted:
            for need in get(name).needs:
                want(need, *readers, name)
            wanted.add(name)

    for name in names:
        want(name)
    return wanted


def with_needs(names: Iterable[str]) -> list[Study]:
    """Return studies with all that they read, each after those, in the order of the table.

    Raises
    ------
    fer_lib.registry.RegistryError
        If studies read each other in a circle.
    """
    wanted = _with_needs(names)
    return [get(name) for name in TABLE if name in wanted]


def rows(study: Study, asked: Asked) -> dict[str, str]:
    """Return the rows of the registries that a study uses, for its key.

    Those of the studies that it reads belong to them: it may have to make these first.
    """
    found = TABLE.digests(study.name) | sources.rows(study.families)
    for name in study.needs:
        found |= rows(get(name), asked)
    if study.amounts:
        found |= registry.module(study.amounts, TABLE.where(study.name)).rows(asked.profile)
    return found | dataset_registry.rows(asked.data)


def ingredients(study: Study, asked: Asked, identity: str, library: keys.Library) -> dict:
    """Return all that decides a study's results; ``identity`` is the data set's."""
    needs = {
        name: keys.digest(ingredients(get(name), asked, identity, library)) for name in study.needs
    }
    settings = asdict(asked)
    del settings["data_root"]
    return {
        "settings": settings,
        "data": identity,
        "rows": rows(study, asked),
        "needs": needs,
        **library.ingredients(*modules(study, asked.data)),
    }


def modules(study: Study, data: str) -> tuple[str, ...]:
    """Return the modules from which the code behind a study is found."""
    return (MAKER, study.module, *dataset_registry.adapters(data))


def folder_name(study: Study, asked: Asked, decides: dict) -> str:
    """Return the name of the folder that ``decides`` (from `ingredients`) gives."""
    of = f"{asked.data}-{asked.profile}-seed{asked.seed}"
    return f"{study.name}-{of}-{keys.digest(decides)}"


def place(study: Study, asked: Asked) -> tuple[Path, dict]:
    """Return where its results lie, or will lie, and the ingredients that say so."""
    _with_needs(study.needs)  # refuses a circle, which would have no end
    identity = datasets.identity(asked.data, asked.data_root or None)
    decides = ingredients(study, asked, identity, keys.library())
    return paths.cache() / "studies" / folder_name(study, asked, decides), decides
