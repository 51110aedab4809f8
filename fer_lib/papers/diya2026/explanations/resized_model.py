"""Put a resizing layer before a network, so that models of several sizes explain one image."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from fer_lib.models.frozen_trunk import Staged
from fer_lib.training import run_training
from fer_lib.training.run import Run


class Sized(nn.Module):
    """A model that takes images of any size and sees them at its own.

    The filter is that of `fer_lib.data.resizing`, here without rounding and with a gradient.

    Parameters
    ----------
    model : Staged
        A network in evaluation mode.
    side : int
        Side of the images that it was trained on, in pixels.
    """

    def __init__(self, model: Staged, side: int) -> None:
        super().__init__()
        self.model, self.side = model, side

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Map images (n, 3, height, width), normalised, to the logits by head."""
        size = (self.side, self.side)
        return self.model(functional.interpolate(images, size, mode="bicubic", antialias=True))

    def explained_layer(self, head: str) -> nn.Module:
        """Return the module whose output is the last feature map that ``head`` looks at."""
        return self.model.explained_layer(head)


def of_run(run: Run, side: int) -> Staged | Sized:
    """Return a run's trained network, for images (n, 3, ``side``, ``side``)."""
    model, own = run_training.trained_model(run), run.about["image_size"]
    return model if own == side else Sized(model, own).eval()
