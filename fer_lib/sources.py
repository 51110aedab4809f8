"""Where pretrained weights come from: each file with its licence, its origins and its hash.

The tables are ``fer_lib/tables/weights.toml`` and ``families.toml``. Nothing heavy is imported;
`fer_lib.weights` fetches and reads the files.
"""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass

from fer_lib import registry

ANSWER_WITHIN = 3  # seconds

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))

WEIGHTS = registry.Table("weights", "file of weights")
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
        The timm model that the tensors fit.
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
        Per channel, of the input it was trained on.
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

    @property
    def downloaded(self) -> bool:
        """Whether one of the origins is an address."""
        return any(map(is_address, self.origins))

    @classmethod
    def restored(cls, told: dict) -> Pretrained:
        """Return what a record has, as JSON keeps it, where tuples are lists."""
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in told.items()})


@dataclass(frozen=True)
class Family:
    """Where the weights of a family are looked for: names of rows, in this order."""

    weights: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a family that has nothing."""
        if not self.weights:
            raise ValueError("weights is empty: name a row of weights.toml")


def get(name: str) -> Pretrained:
    """Return a file of weights by the name of its row.

    Raises
    ------
    ValueError
        If there is none; the message lists those that are known.
    """
    return WEIGHTS.build(name, Pretrained)


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


def random_start(architecture: str) -> Pretrained:
    """Return the marked random start of an architecture."""
    name = f"random start of {architecture} (no pretrained weights)"
    return Pretrained(name, architecture, "-", (), "")


def reachable(name: str) -> bool:
    """Return whether a downloadable file of a family answers, without fetching it."""
    addresses = [o for source in family(name) for o in source.origins if is_address(o)]
    for address in addresses:
        asked = urllib.request.Request(address, method="HEAD")
        try:
            with urllib.request.urlopen(asked, timeout=ANSWER_WITHIN) as answer:
                return answer.status == 200
        except (OSError, http.client.HTTPException):
            continue
    return False
