"""The table of studies: results that pages read and that take too long for a page.

Each is made once by a module of its own, which `engine.page.study` calls, and kept under a key of
everything that decides it. A new study is a module and a row of ``[studies]`` in the ``paper.toml``
of its paper. Nothing heavy is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.store import keys, registry
from engine.store.stage import Stage, later
from fer_lib.data import dataset_registry, datasets
from fer_lib.models import pretrained_registry
from fer_lib.settings import Settings

ABOUT = "about.json"
MAKER = "engine.page.study"  # calls a study's module, with one thread, and writes what it says


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
        Has ``make(settings, needs, folder)``, which fills an empty folder and returns what
        ``about.json`` is to say, and ``read(folder)``.
    files : tuple of str
        What it leaves beside ``about.json``.
    needs : tuple of str
        Studies that it reads.
    families : tuple of str
        Families of `fer_lib.models.pretrained_registry` whose weights it starts from.
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
    return TABLE.build(name, Study, name=name, paper=TABLE.paper(name))


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
    engine.store.registry.RegistryError
        If studies read each other in a circle.
    """
    wanted = _with_needs(names)
    return [get(name) for name in TABLE if name in wanted]


def rows(study: Study, settings: Settings) -> dict[str, str]:
    """Return the rows of the registries that a study uses, for its key.

    Those of the studies that it reads belong to them: it may have to make these first.
    """
    found = TABLE.digests(study.name) | pretrained_registry.rows(study.families)
    for name in study.needs:
        found |= rows(get(name), settings)
    if study.amounts:
        found |= registry.module(study.amounts, TABLE.where(study.name)).rows(settings.profile)
    return found | dataset_registry.rows(settings.data)


def ingredients(study: Study, settings: Settings, identity: str, library: keys.Library) -> dict:
    """Return all that decides a study's results; ``identity`` is the data set's."""
    needs = {
        name: keys.digest(ingredients(get(name), settings, identity, library))
        for name in study.needs
    }
    return {
        "settings": settings.counted,
        "data": identity,
        "rows": rows(study, settings),
        "needs": needs,
        **library.ingredients(*modules(study, settings.data)),
    }


def modules(study: Study, data: str) -> tuple[str, ...]:
    """Return the modules from which the code behind a study is found."""
    return (MAKER, study.module, *dataset_registry.adapters(data))


def stage(
    study: Study,
    settings: Settings,
    identity: str | None = None,
    library: keys.Library | None = None,
) -> Stage:
    """Return how a study is made and where it lies, or will lie.

    Parameters
    ----------
    study : Study
        Which.
    settings : Settings
        For which.
    identity : str, optional
        The data set's (`fer_lib.data.datasets.identity`), if it is known already.
    library : Library, optional
        The code that counts; that of now, if not given.
    """
    _with_needs(study.needs)  # refuses a circle, which would have no end
    identity = identity or datasets.identity(settings.data, settings.data_root or None)
    library = library or keys.library()

    def at_random(record: dict) -> list[str]:
        if not record.get("pretrained"):
            return []
        return pretrained_registry.without_weights([record["family"]], [record["weights"]])

    return Stage(
        "study",
        f"{study.name}-{settings.name}",
        ingredients(study, settings, identity, library),
        study.contents,
        modules(study, settings.data),
        later(MAKER, study, settings),
        what=study,
        needs=tuple(stage(get(name), settings, identity, library) for name in study.needs),
        at_random=at_random,
        to_be_had=pretrained_registry.to_be_had,
    )
