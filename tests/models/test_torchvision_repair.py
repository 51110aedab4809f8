"""The torchvision repair acts only when the import fails."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store import paths


def run(code: str, folder: Path | None = None) -> str:
    """Run ``code`` in a fresh interpreter, with ``folder`` first on its path."""
    path = [str(folder)] if folder else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*path, str(paths.root())])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_sound_torchvision_is_left_alone(tmp_path):
    (tmp_path / "torchvision.py").write_text("sound = True\n")
    code = (
        "import sys\n"
        "from fer_lib.models.torchvision_repair import ensure\n"
        "print(ensure(), sys.modules['torchvision'].sound, 'torch' in sys.modules)"
    )
    assert run(code, tmp_path) == "False True False"


def test_another_error_passes_through(tmp_path):
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('something else')\n")
    code = (
        "from fer_lib.models.torchvision_repair import ensure\n"
        "try:\n    ensure()\nexcept RuntimeError as error:\n    print(error)"
    )
    assert run(code, tmp_path) == "something else"


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")
def test_a_broken_torchvision_is_repaired(tmp_path):
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text("from . import fakes\nrepaired = True\n")
    (package / "fakes.py").write_text(
        "import torch\n@torch.library.register_fake('torchvision::nms')\ndef nms(a, b, c): ...\n"
    )
    code = (
        "import sys\n"
        "from fer_lib.models.torchvision_repair import ensure\n"
        "print(ensure(), ensure(), sys.modules['torchvision'].repaired)"
    )
    assert run(code, tmp_path) == "True True True"


def test_timm_imports_after_it():
    code = (
        "from fer_lib.models.torchvision_repair import ensure\nensure()\n"
        "import timm, torchvision.transforms\n"
        "print(timm.is_model('tf_efficientnet_lite0'))"
    )
    assert run(code) == "True"
