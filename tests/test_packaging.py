"""What is installed works without the rest of the checkout, and loads no more than it needs."""

import shutil
import subprocess
import sys
import tomllib

import grimp

from fer_lib import paths


def test_what_is_packaged_imports_nothing_that_is_not():
    with (paths.root() / "pyproject.toml").open("rb") as file:
        found = tomllib.load(file)["tool"]["setuptools"]["packages"]["find"]["include"]
    packaged = [name.rstrip("*") for name in found]
    assert packaged == ["fer_lib", "service"]
    graph = grimp.build_graph(*packaged, include_external_packages=True, cache_dir=None)
    for others in ("tools", "tests", "bench", "notebooks"):
        if others in graph.modules:
            assert graph.find_modules_that_directly_import(others) == set()


def test_an_installed_service_starts(tmp_path):
    for name in ("fer_lib", "service"):
        shutil.copytree(paths.root() / name, tmp_path / name)
    command = [sys.executable, "-m", "service", "--port", "0", "--profile", "no_such"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "PROFILE=no_such: unknown profile" in done.stderr
    assert done.returncode == 2


def test_metrics_need_no_torch():
    code = "import sys, fer_lib.metrics; print('torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=paths.root(), capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "False\n"
