"""Record which layers of a network run, in which order, and what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


def traced(
    model: nn.Module, images: Tensor, modules: Iterable[nn.Module]
) -> list[tuple[nn.Module, tuple[int, ...]]]:
    """Return which of some modules ran, in order, with the shape of what each gave.

    Parameters
    ----------
    model : nn.Module
        In evaluation mode.
    images : Tensor
        Run once through the model, as it takes them.
    modules : iterable of nn.Module
        Parts of the model. One that runs twice is there twice; one that gives no tensor has the
        shape ().
    """
    ran: list[tuple[nn.Module, tuple[int, ...]]] = []

    def note(module: nn.Module, _given: object, output: object) -> None:
        ran.append((module, tuple(output.shape) if isinstance(output, Tensor) else ()))

    with hooked((module, note) for module in modules), torch.inference_mode():
        model(images)
    return ran


@contextmanager
def hooked(hooks: Iterable[tuple[nn.Module, Callable]]) -> Iterator[None]:
    """Call each module's hook, as torch's forward hooks are called, until the block ends."""
    handles = [module.register_forward_hook(hook) for module, hook in hooks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
