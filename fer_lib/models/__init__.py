"""The papers' models, one file each. Each returns `DualOutput`: one tensor a head.

A file that can be trained has ``build(backbones, frozen, side, paper, **options)``, which returns
a `fer_lib.models.staged.Staged`; ``quick(profile)``, what `TrainConfig` gets in the profiles
smaller than the paper's; and ``PAPER``, the timm names of the backbones that the paper describes.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def module(name: str) -> ModuleType:
    """Return the file of the model called ``name``, such as ``dual_task``.

    Imported by name, so that a run depends on its own model's file and on no other's.
    """
    return import_module(f"fer_lib.models.{name}")
