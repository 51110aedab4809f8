"""Cascading randomisation of weights: a map that survives it does not show what was learnt."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from fer_lib.papers.diya2026.traced_layers import traced


def layers_from_top(model: nn.Module, example: Tensor) -> list[tuple[str, nn.Module]]:
    """Return (name, module) of the layers with parameters, the last to run first.

    Parameters
    ----------
    model : nn.Module
        In evaluation mode.
    example : Tensor
        float32 (1, 3, side, side): run once to see the order.
    """
    names = {
        module: name
        for name, module in model.named_modules()
        if any(True for _ in module.parameters(recurse=False))
    }
    first_runs = dict.fromkeys(module for module, _ in traced(model, example, names))
    return [(names[module], module) for module in reversed(first_runs)]


def shuffle(module: nn.Module, generator: torch.Generator) -> None:
    """Shuffle the numbers within each of a layer's own parameters.

    Their distribution stays, so that activations keep their size; what was learnt goes.
    """
    with torch.no_grad():
        for parameter in module.parameters(recurse=False):
            flat = parameter.flatten()
            order = torch.randperm(flat.numel(), generator=generator)
            parameter.copy_(flat[order].reshape(parameter.shape))


def cascade(
    model: nn.Module, example: Tensor, steps: int, seed: int
) -> Iterator[tuple[str, float, nn.Module]]:
    """Yield ever more randomised copies of a model, from the top (Adebayo et al., NeurIPS 2018).

    The first step takes the last two layers to run, which are the heads; the last takes all.

    Parameters
    ----------
    model : nn.Module
        Left as it is.
    example : Tensor
        As for `layers_from_top`.
    steps : int
        At least 1; fewer come where the model has fewer layers.
    seed : int
        Of the shuffling.

    Yields
    ------
    tuple
        The lowest layer randomised, the share of layers randomised, and the model. It is one copy
        that goes on being changed: use it before asking for the next.
    """
    randomised = copy.deepcopy(model)
    layers = layers_from_top(randomised, example)
    generator = torch.Generator().manual_seed(seed)
    heads = min(2, len(layers))
    ends = sorted(
        {heads + round((len(layers) - heads) * k / max(1, steps - 1)) for k in range(steps)}
    )
    done = 0
    for end in ends:
        for _, module in layers[done:end]:
            shuffle(module, generator)
        done = end
        yield layers[end - 1][0], end / len(layers), randomised
