"""Read a plain pickle of tensors: only tensors are returned, and no code is run.

Unpickling calls what the file names. Here a file may name three things, which a table of tensors
needs, and gets our own in their place; any other name stops it.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor


class _Named(OrderedDict):
    """A table of tensors; torch hangs the versions of its modules on it."""


def _tensor(storage, offset: int, size: tuple, stride: tuple, *_further: object) -> Tensor:
    """Rebuild a tensor of its storage; gradients and hooks, which may follow, are left out."""
    return torch._utils._rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict())


def _storage(stored: bytes):
    """Read a storage, which torch wrote as a file of its own; torch's function runs any pickle."""
    return torch.load(io.BytesIO(stored), map_location="cpu", weights_only=True)


class _Tensors(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable:
        # Made anew for each file: what a pickle hangs on them is gone with it.
        allowed = {
            "collections.OrderedDict": lambda *given: _Named(*given),
            "torch._utils._rebuild_tensor_v2": lambda *given: _tensor(*given),
            "torch.storage._load_from_bytes": lambda stored: _storage(stored),
        }
        asked = f"{module}.{name}"
        if asked not in allowed:
            raise pickle.UnpicklingError(f"the file asks for {asked}, which is no part of a tensor")
        return allowed[asked]


def tensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a plain pickle by name, in the order of the file.

    Raises
    ------
    pickle.UnpicklingError
        If the file asks for anything but tensors, or holds anything else; nothing of it is run.
    """
    with path.open("rb") as stream:
        found = _Tensors(stream).load()
    # The class's own `items`, not one that the file may have hung on its table.
    held = list(dict.items(found)) if isinstance(found, dict) else [(None, None)]
    if not all(isinstance(name, str) and type(value) is Tensor for name, value in held):
        raise pickle.UnpicklingError("the file holds something else than tensors by name")
    return dict(held)
