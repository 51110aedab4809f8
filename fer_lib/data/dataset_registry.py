"""The table of data sets: which module reads or renders each. Nothing heavy is imported.

The table is ``fer_lib/tables/datasets.toml``. An adapter is imported by its name, so that the code
that reads photographs counts for no result on rendered faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from engine.store import registry


@dataclass(frozen=True)
class Dataset:
    """One data set.

    Attributes
    ----------
    name : str
        As for `fer_lib.data.datasets.by_name`.
    adapter : str
        Module that loads it. Of a rendered set it has ``load(name, ...)``; of the reader's own
        folder ``load(root, ...)``, ``identity(root)`` and ``check(root)``.
    renderer : str
        Module that renders it; "" for a folder of photographs.
    subjects : str
        Module whose ``get(profile).subjects`` says how many subjects a profile loads; "": all.
    own : bool
        Whether it is the set on which the paper that registers it measured its numbers: only
        there can a number be reproduced.
    further : str
        Another set, of further subjects, for testing only; "" if there is none.
    """

    name: str
    adapter: str
    renderer: str = ""
    subjects: str = ""
    further: str = ""
    own: bool = False

    @property
    def rendered(self) -> bool:
        """Whether the book renders it itself; else it is read from the reader's own folder."""
        return bool(self.renderer)


TABLE = registry.TableOf("datasets", "data set", Dataset)
get = TABLE.get


def module(dataset: Dataset, name: str) -> ModuleType:
    """Return a module that the row of a data set names, imported.

    Raises
    ------
    engine.store.registry.RegistryError
        If there is none of this name.
    """
    return registry.module(name, TABLE.where(dataset.name))


def behind(name: str) -> list[Dataset]:
    """Return a data set and its further one, if it has any."""
    first = get(name)
    return [first, get(first.further)] if first.further else [first]


def adapters(name: str) -> list[str]:
    """Return the modules that a computation on a data set may load it with."""
    return sorted({one.adapter for one in behind(name)})


def rows(name: str) -> dict[str, str]:
    """Return the rows of the table that a computation on a data set uses, for its key."""
    return TABLE.digests(*(one.name for one in behind(name)))
