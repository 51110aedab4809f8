"""What is installed works without the rest of the checkout, and loads no more than it needs."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib

import grimp

from engine.store import lockfile, paths


def test_what_is_packaged_imports_nothing_that_is_not():
    with (paths.root() / "pyproject.toml").open("rb") as file:
        found = tomllib.load(file)["tool"]["setuptools"]["packages"]["find"]["include"]
    packaged = [name.rstrip("*") for name in found]
    assert packaged == ["claimcheck", "engine", "face_renderer", "fer_lib", "service"]
    graph = grimp.build_graph(*packaged, include_external_packages=True, cache_dir=None)
    for others in ("devtools", "tests", "bench", "notebooks"):
        if others in graph.modules:
            assert graph.find_modules_that_directly_import(others) == set()


def test_an_installed_service_starts(tmp_path):
    for name in ("claimcheck", "engine", "face_renderer", "fer_lib", "service"):
        shutil.copytree(paths.root() / name, tmp_path / name)
    command = [sys.executable, "-m", "service", "--port", "0", "--profile", "no_such"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "PROFILE=no_such: unknown profile" in done.stderr
    assert done.returncode == 2


def test_metrics_need_no_torch():
    code = "import sys, fer_lib.evaluation.metrics; print('torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=paths.root(), capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "False\n"


def test_the_renderer_imports_what_it_declares_and_nothing_of_ours():
    graph = grimp.build_graph("face_renderer", include_external_packages=True, cache_dir=None)
    others = {name for name in graph.modules if name.split(".")[0] != "face_renderer"}
    others -= sys.stdlib_module_names
    assert others == {"PIL", "numba", "numpy"}
    with (paths.root() / "face_renderer" / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    assert lockfile.distributions(others) == set(declared)


def test_the_renderers_readme_prints_what_it_says(tmp_path):
    text = (paths.root() / "face_renderer" / "README.md").read_text()
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    assert [kind for kind, _ in blocks][:3] == ["console", "python", "text"]
    (_, console), (_, code), (_, printed) = blocks[:3]
    command, told = console.removeprefix("$ ").split("\n", 1)
    for asked, expected in ((shlex.split(command)[1:], told), (["-c", code], printed)):
        done = subprocess.run(
            [sys.executable, *asked],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(paths.root())},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.stdout, done.returncode) == (expected, 0), done.stderr
        assert (tmp_path / "smile.png").stat().st_size > 10_000
        (tmp_path / "smile.png").unlink()
