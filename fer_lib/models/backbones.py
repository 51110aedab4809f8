"""Build backbones of torchvision and timm; split them into a frozen trunk and a top that learns."""

from __future__ import annotations

from itertools import accumulate, pairwise, takewhile

import torch
from torch import Tensor, nn

from fer_lib.models import ALL_STAGES, torchvision_repair
from fer_lib.models.pretrained_registry import IMAGENET, Pretrained

START_SEED = 0  # of a random start whose frozen part every run must find again
# Layers in each stage of torchvision's MobileNetV2, as timm counts the stages of its family: the
# stem, seven of blocks, the last convolution.
MOBILENET_V2 = (1, 1, 2, 3, 4, 3, 3, 1, 1)


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
    """Return a backbone of torchvision or timm with its weights, without a classifier.

    `split` gives it images in the range that its file declares.

    Parameters
    ----------
    source : Pretrained
        Names the architecture and the library.
    tensors : dict or None
        Its weights; None leaves a random start, the same every time.
    options : float
        ``drop_path_rate``: stochastic depth at the last block, less before; of torchvision's
        networks MobileNetV2 alone has residual blocks that take it. For timm, whatever
        `timm.create_model` takes.
    """
    with torch.random.fork_rng(devices=[]):
        torchvision_repair.ensure()  # timm imports torchvision too
        torch.manual_seed(START_SEED)
        if source.library == "torchvision":
            backbone = _of_torchvision(source, tensors, **options)
        else:
            from timm import create_model  # takes seconds: who only reads runs does without it

            backbone = create_model(source.architecture, num_classes=source.classes, **options)
            if tensors is not None:
                load_tensors(backbone, tensors)
            backbone.reset_classifier(0)
    own = (source.mean, source.std) != IMAGENET
    backbone.input_range = nn.ModuleList([InputRange(source)] if own else [])
    return backbone.to(memory_format=torch.channels_last)


class Layers(nn.Module):
    """A network of torchvision up to its last feature map, in stages.

    Parameters
    ----------
    network : nn.Module
        MobileNetV2, a ResNet or Inception v3; the stages of the first are those that timm counts,
        the others are one.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        linear = [m for m in network.modules() if isinstance(m, nn.Linear)]
        self.num_features = linear[-1].in_features
        if hasattr(network, "features"):
            cuts = pairwise(accumulate(MOBILENET_V2, initial=0))
            stages = [network.features[start:end] for start, end in cuts]
        else:
            # The auxiliary classifier of Inception v3 only ever helped to train it.
            parts = [part for name, part in network.named_children() if name != "AuxLogits"]
            stages = takewhile(lambda part: not isinstance(part, nn.AdaptiveAvgPool2d), parts)
        self.stages = nn.Sequential(*stages)

    def forward_features(self, images: Tensor) -> Tensor:
        """Map images (n, 3, side, side) in the network's range to a map (n, channels, h, w)."""
        return self.stages(images)


def _of_torchvision(
    source: Pretrained, tensors: dict[str, Tensor] | None, drop_path_rate: float = 0.0
) -> Layers:
    from torchvision import models, ops

    own = {"init_weights": False} if source.architecture == "inception_v3" else {}
    network = getattr(models, source.architecture)(num_classes=source.classes, **own)
    if tensors is not None:
        load_tensors(network, tensors)
    else:  # torchvision's own start tells no two images apart before it has learnt
        for convolution in (m for m in network.modules() if isinstance(m, nn.Conv2d)):
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    blocks = [m for m in network.modules() if hasattr(m, "use_res_connect") and drop_path_rate]
    for place, block in enumerate(blocks):
        if block.use_res_connect:
            block.conv.append(ops.StochasticDepth(drop_path_rate * place / len(blocks), "row"))
    return Layers(network)


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
        Of the EfficientNet family or MobileNetV2, or any backbone with ``forward_features`` if all
        of it is frozen.
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
    if isinstance(backbone, Layers) and len(backbone.stages) == len(MOBILENET_V2):
        stem, *blocks, last = backbone.stages
    elif hasattr(backbone, "conv_stem"):
        stem, blocks = nn.Sequential(backbone.conv_stem, backbone.bn1), backbone.blocks
        last = nn.Sequential(backbone.conv_head, backbone.bn2)
    else:
        if frozen != ALL_STAGES:
            raise ValueError(f"{type(backbone).__name__} is used whole or frozen whole, not cut")
        return Trunk(nn.Sequential(*own_range, _FeatureMap(backbone))), nn.Sequential()
    stages = [nn.Sequential(*own_range, *stem), *blocks]
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
