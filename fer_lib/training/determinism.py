"""Make torch deterministic: the same seed and thread count give the same bits, in float32."""

from __future__ import annotations

import os

import torch


def set_float32() -> None:
    """Let float32 be float32: not TF32, as a GPU would have it, nor bfloat16, as some CPUs.

    Raises
    ------
    ValueError
        If the environment asks for less; torch has read that when it was imported.
    """
    for name in ("ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_DEFAULT_FPMATH_MODE"):
        if os.environ.get(name, "STRICT").upper() != "STRICT":
            raise ValueError(f"{name} lowers the precision of float32: unset it")
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


def set_determinism(seed: int, threads: int) -> None:
    """Fix seed, thread count, algorithms and precision, so that a run repeats bit for bit."""
    set_float32()
    # cuBLAS reads this when it starts, and without it refuses to work deterministically.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    # Filling memory that is overwritten anyway costs a quarter of the time and changes no result.
    torch.utils.deterministic.fill_uninitialized_memory = False
