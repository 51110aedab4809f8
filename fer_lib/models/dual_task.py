"""The proposed dual-task model (diya2026, sections 4-1 and 4-2, Figure 3, Table 4)."""

from __future__ import annotations

from torch import Tensor, nn

from fer_lib import torchvision_repair, weights
from fer_lib.models.output import DualOutput
from fer_lib.models.squeeze_excitation import SqueezeExcitation
from fer_lib.profiles import Profile
from fer_lib.weights import Pretrained

torchvision_repair.ensure()
import timm  # noqa: E402  (timm imports torchvision, which may need the repair)


class DualTask(nn.Module):
    """A shared EfficientNet-B0-family backbone with squeeze-and-excitation, and two heads.

    EfficientNet-B0 as published carries squeeze-and-excitation in its MBConv blocks, after the
    depthwise convolution, which is where the paper puts it. EfficientNet-Lite0 is B0 without it:
    there the gates are added at the same place and start as the identity.

    Parameters
    ----------
    pretrained : Pretrained
        Names the architecture.
    tensors : dict or None
        Its weights; None leaves a random start.
    dropout : float
        Before each head, in [0, 1). The paper names dropout but not its rate: our choice.
    stochastic_depth : float
        Rate of dropped residual branches at the last block, in [0, 1). Not given in the paper
        either; 0.2 is EfficientNet's own.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, sections 4-1 and 4-2;
    EfficientNet: Tan and Le, ICML 2019, arXiv:1905.11946.
    """

    def __init__(
        self,
        pretrained: Pretrained,
        tensors: dict[str, Tensor] | None,
        dropout: float = 0.3,
        stochastic_depth: float = 0.2,
    ) -> None:
        super().__init__()
        self.stochastic_depth = stochastic_depth
        self.backbone = timm.create_model(
            pretrained.architecture, num_classes=1000, drop_path_rate=stochastic_depth
        )
        if tensors is not None:
            load_tensors(self.backbone, tensors)
        self.backbone.reset_classifier(0)
        add_squeeze_excitation(self.backbone)
        width = self.backbone.num_features
        self.emotion = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, 7))
        self.authenticity = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, 1))

    def forward(self, images: Tensor) -> DualOutput:
        """Map images (batch, 3, side, side), normalised, to the logits of both heads."""
        embedding = self.backbone(images)
        return DualOutput(self.emotion(embedding), self.authenticity(embedding).squeeze(1))

    @property
    def explained_layer(self) -> nn.Module:
        """The layer whose activations Grad-CAM weighs: the last convolution, normalised."""
        return self.backbone.bn2

    @property
    def finer_layer(self) -> nn.Module:
        """An earlier layer, at twice the resolution: the fifth of the seven block stages."""
        return self.backbone.blocks[4]


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


def add_squeeze_excitation(backbone: nn.Module, ratio: int = 4) -> None:
    """Put an identity gate after each depthwise convolution that has none.

    ``ratio`` is the bottleneck relative to the block's input channels, 4 as in EfficientNet-B0.
    """
    for stage in backbone.blocks:
        for block in stage:
            if isinstance(block.se, nn.Identity):
                entry = block.conv_pw if hasattr(block, "conv_pwl") else block.conv_dw
                reduced = max(1, entry.in_channels // ratio)
                block.se = SqueezeExcitation(block.conv_dw.out_channels, reduced)


def quick(profile: Profile) -> dict:
    """Return what training takes where epochs are few."""
    return {"learning_rate": 1e-3, "average": profile.weight_average}


def build(profile: Profile, about: dict | None = None) -> tuple[DualTask, Pretrained]:
    """Return a new model and the weights it starts from.

    With ``about`` (a run's ``run.json``), the architecture of that run, to be filled with its
    trained weights.
    """
    if about is not None:
        source = Pretrained(**about["weights"])
        return DualTask(source, None), source
    source, tensors = weights.resolve()
    return DualTask(source, tensors), source
