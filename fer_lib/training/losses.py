"""The joint loss of a task's heads, a weighted sum equation (1) of
doi:10.28991/ESJ-2026-010-02-018."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from fer_lib.task import Head, Task


def of_head(head: Head, logits: Tensor, targets: Tensor) -> Tensor:
    """Return one head's mean loss, unweighted, a scalar.

    Parameters
    ----------
    head : Head
        Says which loss.
    logits : Tensor
        (n, classes), of a yes/no head (n,).
    targets : Tensor
        int64 (n,), of a yes/no head float32 (n,).

    References
    ----------
    Focal loss: Lin et al., doi:10.1109/ICCV.2017.324, equation (4), without its class weight.
    """
    if head.loss == "cross_entropy":
        return functional.cross_entropy(logits, targets)
    if head.yes_no:
        each = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    else:
        each = functional.cross_entropy(logits, targets, reduction="none")
    if head.loss == "focal":
        each = (1 - torch.exp(-each)) ** head.gamma * each
    return each.mean()


def joint(task: Task, output: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Return the mean joint loss, a scalar: the heads' losses, each times its weight, added up.

    Parameters
    ----------
    task : Task
        The heads.
    output, targets : mapping
        By head, as for `of_head`.

    References
    ----------
    doi:10.28991/ESJ-2026-010-02-018, equation (1).
    """
    parts = [
        head.weight * of_head(head, output[head.name], targets[head.name]) for head in task.heads
    ]
    return sum(parts[1:], parts[0])
