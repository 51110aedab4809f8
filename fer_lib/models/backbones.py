"""Split timm backbones into a frozen trunk and a top that is trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fer_lib.models import ALL_STAGES, torchvision_repair
from fer_lib.models.pretrained_registry import IMAGENET, Pretrained

START_SEED = 0  # of a random start whose frozen part every run must find again


class InputRange(nn.Module):
    """Images normalised with ImageNet's mean and std to those that a file was trained with.

    Parameters
    ----------
    source : Pretrained
        Declares them, for pixels in [0, 1].
    """

    def __init__(self, source: Pretrained) -> None:
        super().__init__()
        both = torch.tensor([*IMAGENET, source.mean, source.std], dtype=torch.float64)
        mean, std, own_mean, own_std = both.view(4, 1, 3, 1, 1)
        self.register_buffer("gain", (std / own_std).float(), persistent=False)
        self.register_buffer("offset", ((mean - own_mean) / own_std).float(), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Map normalised images (n, 3, side, side) to the file's own range."""
        return images * self.gain + self.offset


class Trunk(nn.Module):
    """The first stages of a backbone: images in, activations out.

    Always in evaluation mode, with no gradient: what it computes never changes.
    """

    def __init__(self, parts: nn.Sequential) -> None:
        super().__init__()
        self.parts = parts
        self.requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> Trunk:
        """Stay in evaluation mode: batch normalisation keeps the statistics it came with."""
        return super().train(False)

    def forward(self, images: Tensor) -> Tensor:
        """Map normalised images (n, 3, side, side) to activations (n, channels, h, w)."""
        return self.parts(images)


def create(source: Pretrained, tensors: dict[str, Tensor] | None, **options: float) -> nn.Module:
    """Return a backbone of timm with its weights, without a classifier.

    `split` gives it images in the range that its file declares.

    Parameters
    ----------
    source : Pretrained
        Names the architecture.
    tensors : dict or None
        Its weights; None leaves a random start, the same every time.
    options : float
        What `timm.create_model` takes, such as ``drop_path_rate``.
    """
    with torch.random.fork_rng(devices=[]):
        torchvision_repair.ensure()  # of torchvision, which timm imports
        import timm  # takes seconds: who only reads runs does without it

        torch.manual_seed(START_SEED)
        backbone = timm.create_model(source.architecture, num_classes=source.classes, **options)
    if tensors is not None:
        load_tensors(backbone, tensors)
    backbone.reset_classifier(0)
    own = (source.mean, source.std) != IMAGENET
    backbone.input_range = nn.ModuleList([InputRange(source)] if own else [])
    return backbone.to(memory_format=torch.channels_last)


def randomise(backbone: nn.Module) -> None:
    """Draw a backbone's weights anew, from torch's present seed."""
    for module in backbone.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()


def load_tensors(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Copy a checkpoint into a model of the same architecture.

    Where the file names its tensors otherwise, they are matched by order, shape by shape.

    Raises
    ------
    ValueError
        If the counts or the shapes do not agree: then it is another architecture.
    """
    own = model.state_dict()
    if own.keys() == tensors.keys():
        model.load_state_dict(tensors)
        return
    if len(own) != len(tensors):
        raise ValueError(f"the file has {len(tensors)} tensors, the model {len(own)}")
    for (name, target), (source_name, source) in zip(own.items(), tensors.items(), strict=True):
        if target.shape != source.shape:
            raise ValueError(f"{source_name} {tuple(source.shape)} does not fit {name}")
    model.load_state_dict(dict(zip(own, tensors.values(), strict=True)))


def split(backbone: nn.Module, frozen: int) -> tuple[Trunk, nn.Sequential]:
    """Cut a backbone after ``frozen`` stages.

    Parameters
    ----------
    backbone : nn.Module
        Of the EfficientNet family (MobileNetV2 is of the same make), or any backbone with
        ``forward_features`` if all of it is frozen.
    frozen : int
        0 to `ALL_STAGES`; the stem counts as one stage.

    Returns
    -------
    (Trunk, nn.Sequential)
        The top ends in the feature map (n, channels, h, w) before global pooling; it is empty
        where everything is frozen.

    Raises
    ------
    ValueError
        If a backbone of another family is to be cut in the middle.
    """
    own_range = getattr(backbone, "input_range", ())
    if not hasattr(backbone, "conv_stem"):
        if frozen != ALL_STAGES:
            raise ValueError(f"{type(backbone).__name__} is used whole or frozen whole, not cut")
        return Trunk(nn.Sequential(*own_range, _FeatureMap(backbone))), nn.Sequential()
    stages = [
        nn.Sequential(*own_range, backbone.conv_stem, backbone.bn1),
        *backbone.blocks,
    ]
    last = nn.Sequential(backbone.conv_head, backbone.bn2)
    if frozen == ALL_STAGES:
        return Trunk(nn.Sequential(*stages, last)), nn.Sequential()
    return Trunk(nn.Sequential(*stages[:frozen])), nn.Sequential(*stages[frozen:], last)


class _FeatureMap(nn.Module):
    """A backbone without its pooling."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, images: Tensor) -> Tensor:
        return self.backbone.forward_features(images)
