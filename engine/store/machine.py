"""Record what computed a result: versions, processor, thread count."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def environment(threads: int) -> dict[str, object]:
    """Return versions, processor and thread count, for the record."""
    packages = ("numpy", "numba", "torch", "timm", "scikit-learn", "pandas")
    return {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": threads,
    }


def processor() -> str:
    """Return the processor's name and architecture as the system gives them."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.split(':', 1)[1].strip()} ({platform.machine()})"
    except OSError:
        pass
    return platform.processor() or platform.machine()
