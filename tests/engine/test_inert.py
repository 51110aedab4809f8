"""Modules that count for no key hand nothing back: with stubs in their place, the same numbers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from engine.jobs import undeclared_reads
from engine.store import keys, paths

# Faces, clips, frozen activations and two trainings; what is printed tells their bytes.
COMPUTE = """
import hashlib, importlib, json, sys
from pathlib import Path
from types import ModuleType

class Nothing:
    # Takes every call and every question, and answers nothing.
    def __init__(self, *_, **__): pass
    def __call__(self, *_, **__): return Nothing()
    def __getattr__(self, name): return Nothing()

def asked(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing

for name in json.loads(sys.argv[1]):
    stub = ModuleType(name)
    stub.__getattr__ = asked
    stub.environment = lambda threads: {}
    sys.modules[name] = stub

import pytest
from fer_lib.training import configs as arms, run_training as experiment
from fer_lib.data import datasets
from fer_lib.models import pretrained_registry as sources
from fer_lib.settings import Settings
from tests.helpers import tiny

folder = Path(sys.argv[2])
found = {}
with pytest.MonkeyPatch.context() as patch:
    patch.setenv("FER_CACHE", str(folder / "store"))
    found["faces"] = datasets.by_name("rendered_test", n_subjects=2, progress=True).sha256
    found["clips"] = datasets.by_name("rendered_micro", n_subjects=1, progress=True).sha256
    tiny.use(patch, folder)
    tiny.use_weights(patch, {"lite0": sources.get("efficientnet_lite0_packaged")})
    for name in ("cnn_baseline", "lite0"):
        run = experiment.obtain(arms.first(name, Settings("gffd2025", "", "smoke", 0)))
        for file in ("predictions.parquet", "weights.safetensors"):
            content = (run.folder / file).read_bytes()
            found[f"{name} {file}"] = hashlib.sha256(content).hexdigest()
        found[f"{name} loss"] = run.history.drop(columns="seconds").to_csv()
    for plain in sorted(folder.glob("store/activations/*/plain.npy")):
        found[plain.parent.name] = hashlib.sha256(plain.read_bytes()).hexdigest()
from engine.store import lockfile
found["packages"] = sorted(lockfile.distributions(list(sys.modules)) & set(lockfile.pins()))
print(json.dumps(found))
"""
# Loaded by the test itself.
OF_THE_TEST = {"iniconfig", "pluggy", "pygments", "pytest"}


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """Return what is computed with stubs in place of some modules."""

    def run(*stubs: str) -> dict:
        folder = tmp_path_factory.mktemp("inert")
        command = [sys.executable, "-c", COMPUTE, json.dumps(stubs), str(folder)]
        done = subprocess.run(command, cwd=paths.root(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def whole(computed):
    return computed()


def test_the_numbers_are_the_same_without_them(computed, whole):
    assert len(whole) >= 9
    assert computed(*keys.INERT) | {"packages": 0} == whole | {"packages": 0}


def test_the_packages_that_a_training_loads_count_for_its_key(whole):
    loaded = set(whole.pop("packages")) - OF_THE_TEST - undeclared_reads.OPTIONAL
    assert {"torch", "timm", "numba", "pandas", "pyarrow"} <= loaded
    behind = (
        "fer_lib.training.run_training",
        "fer_lib.data.rendered",
        "fer_lib.papers.huang2025.rendered_clips",
    )
    assert loaded - set(keys.library().versions(*behind)) == set()


@pytest.mark.parametrize("module", keys.INERT)
def test_it_counts_for_no_key_and_brings_nothing_along(module):
    library = keys.library()
    assert library.has(module)
    assert module not in library.modules("fer_lib.training.run_training", module)
    for line in (paths.root() / f"{module.replace('.', '/')}.py").read_text().splitlines():
        assert "fer_lib" not in line or "import" not in line, line


def test_a_module_that_does_count_would_be_noticed(computed, whole):
    """The stubs do take part: without the names of the emotions there is no table."""
    with pytest.raises(AssertionError, match="Error"):
        computed("fer_lib.labels")
