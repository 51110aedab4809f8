"""The last layer whose maps have a finer grid than those of the layer that is explained."""

from __future__ import annotations

from torch import Tensor, nn

from fer_lib.papers.diya2026.traced_layers import traced
from fer_lib.training.augmentation import normalise


def finer_layer(model: nn.Module, layer: nn.Module, image: Tensor) -> nn.Module:
    """Return the last module before ``layer`` whose map has a finer grid.

    Parameters
    ----------
    model : nn.Module
        In evaluation mode.
    layer : nn.Module
        What is explained otherwise.
    image : Tensor
        uint8 (1, 3, side, side): run once to see the grids.

    Raises
    ------
    ValueError
        If no module before it has such a grid.
    """
    ran = traced(model, normalise(image), model.modules())
    seen = [(module, shape[-1]) for module, shape in ran if len(shape) == 4]
    order = [module for module, _ in seen]
    if layer in order:
        end = order.index(layer)
        finer = [module for module, cells in seen[:end] if cells > seen[end][1]]
        if finer:
            return finer[-1]
    raise ValueError("no layer before this one has a finer map")
