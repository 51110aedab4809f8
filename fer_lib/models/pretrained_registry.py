"""The table of pretrained files: licence, origins, hash and normalisation of each.

The tables are ``fer_lib/tables/weights.toml`` and ``families.toml``. Nothing heavy is imported;
`fer_lib.models.pretrained_weights` fetches and reads the files.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass

from engine.store import registry

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))

LIBRARIES = ("timm", "torchvision")
FAMILIES = registry.Table("families", "family")


def is_address(origin: str) -> bool:
    """Return whether an origin is an address, not a package with its version."""
    return origin.startswith("https://")


@dataclass(frozen=True)
class Pretrained:
    """One file of ImageNet weights, named by what it is, wherever its bytes came from.

    Attributes
    ----------
    name : str
        What the page calls it.
    architecture : str
        What the library calls the network that the tensors fit.
    licence : str
        As stated by the publisher.
    origins : tuple of str
        Where these bytes can be had, in the order in which that is tried: addresses of the file, or
        packages with their version. Empty for a random start.
    sha256 : str
        Full hash, or its leading digits where the publisher states only those.
    file : str
        Its name in the store.
    prefix : str
        What the names of its tensors begin with; others in the file are left out.
    classes : int
        Of the classifier in it, 0 for none.
    mean, std : tuple of float
        Per channel, of the input it was trained on, for pixels in [0, 1]; its backbone gets that.
    library : str
        One of `LIBRARIES`: whose code builds the network.

    Raises
    ------
    ValueError
        If the library is unknown.
    """

    name: str
    architecture: str
    licence: str
    origins: tuple[str, ...]
    sha256: str
    file: str = ""
    prefix: str = ""
    classes: int = 1000
    mean: tuple[float, ...] = IMAGENET[0]
    std: tuple[float, ...] = IMAGENET[1]
    library: str = "timm"

    def __post_init__(self) -> None:
        """Refuse a library that builds nothing here."""
        if self.library not in LIBRARIES:
            raise ValueError(f"unknown library {self.library!r}: {' or '.join(LIBRARIES)}")

    @property
    def downloaded(self) -> bool:
        """Whether one of the origins is an address."""
        return any(map(is_address, self.origins))

    @classmethod
    def restored(cls, told: dict) -> Pretrained:
        """Return the source from a record in JSON, where tuples are lists."""
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in told.items()})


@dataclass(frozen=True)
class Family:
    """Where the weights of a family are looked for: names of rows, in this order."""

    weights: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a family that has nothing."""
        if not self.weights:
            raise ValueError("weights is empty: name a row of weights.toml")


WEIGHTS = registry.TableOf("weights", "file of weights", Pretrained, field="")
get = WEIGHTS.get


def family(name: str) -> tuple[Pretrained, ...]:
    """Return the files that a family's weights are looked for in, in their order.

    Raises
    ------
    ValueError
        If the family is unknown; the message lists those that are known.
    """
    return tuple(map(get, FAMILIES.build(name, Family).weights))


def rows(families: Iterable[str]) -> dict[str, str]:
    """Return the rows of both tables that some families use, for the key of a result."""
    found = {}
    for name in sorted(set(families)):
        family(name)  # refuses a row that cannot be
        found |= FAMILIES.digests(name) | WEIGHTS.digests(*FAMILIES[name]["weights"])
    return found


def random_start(architecture: str, library: str = "timm") -> Pretrained:
    """Return the marked random start of a library's architecture."""
    name = f"random start of {architecture} (no pretrained weights)"
    return Pretrained(name, architecture, "-", (), "", library=library)


def without_weights(families: Iterable[str], used: Iterable[dict]) -> list[str]:
    """Return those families of which no file was used.

    Parameters
    ----------
    families : iterable of str
        Families that a computation wanted weights of.
    used : iterable of dict
        What it started from instead, one a family, as records have it: the fields of `Pretrained`.
    """
    return [family for family, one in zip(families, used, strict=False) if not one["file"]]


def to_be_had(name: str) -> bool:
    """Return whether weights of a family can be had now; they are fetched if they can."""
    # It loads torch: only where there is something to ask.
    return importlib.import_module("fer_lib.models.pretrained_weights").resolve(name)[1] is not None
