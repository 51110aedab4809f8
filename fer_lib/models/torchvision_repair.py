"""Make ``import torchvision`` work where its compiled operators do not fit the installed torch.

torchvision registers Python parts of two operators, ``nms`` and ``qnms``, when it is imported.
Where its compiled library does not load (a CPU build of torch beside a CUDA build of torchvision),
these operators do not exist and the import dies, and takes timm along. Declaring their schemas is
enough for models and transforms; calling the operators still fails, and nothing here does.
"""

from __future__ import annotations

import importlib
import sys

SYMPTOM = "operator torchvision::nms does not exist"
SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
# A torch library lives as long as a reference to it.
_declared: list = []


def ensure() -> bool:
    """Import torchvision, repairing it if need be; call this before ``import timm``.

    Returns
    -------
    bool
        True if torchvision needed the repair, False if it was sound.

    Raises
    ------
    RuntimeError, ImportError
        Whatever else stops torchvision from being imported, untouched.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if SYMPTOM not in str(error):
            raise
    else:
        return bool(_declared)
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for schema in SCHEMAS:
        library.define(schema)
    _declared.append(library)
    importlib.import_module("torchvision")
    return True
