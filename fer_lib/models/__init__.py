"""The table of models: which module builds each. Nothing heavy is imported.

A model is a row of ``[models]`` in its paper's ``paper.toml``. Its module can be trained if it has
``build(task, backbones, frozen, side, paper, **options)``, which returns a
`fer_lib.models.frozen_trunk.Staged`; ``quick(profile)``, the changes to `TrainConfig` in the
profiles smaller than ``paper``; and ``PAPER``, random starts of the backbones that the paper
describes. With ``prepare(network, options, again, show)`` it is changed before it learns:
``again(options)`` builds the same network with other options, ``show(tail)`` sends the training
part through a tail.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from engine.store import registry

ALL_STAGES = 8  # the stem and the seven block stages of the EfficientNet family, and what follows


@dataclass(frozen=True)
class Model:
    """One network.

    Attributes
    ----------
    name : str
        What training configurations and pages call it.
    where : str
        The module that builds it.
    """

    name: str
    where: str


TABLE = registry.TableOf("models", "model", Model)
get = TABLE.get


def module(name: str) -> ModuleType:
    """Return the module of the model called ``name``, such as ``dual_task``.

    Imported by name, so that a run depends on its own model's file and on no other's.

    Raises
    ------
    ValueError
        If there is no such model; the message lists those that are known.
    """
    return registry.module(get(name).where, TABLE.where(name))
