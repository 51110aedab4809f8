"""A Python that has the packages of others loaded already, for builds of toys.

`python` yields a command that takes the arguments of Python. It hands them, with its folder,
environment and open files, to a server, which has imported what a build, Snakemake, Jupyter Book or
a job imports of others, and forks: half of a toy build's time is not spent anew in each process.
Nothing of ours is loaded before the fork, for a toy has its own copy. What must be exactly as for a
user starts cold: kernels, always, and each test that is about processes or their environment.

The fork goes on as an interpreter does that was just started, and the command lives as long as it;
who kills one has killed the other. Only Linux forks safely with such packages loaded; elsewhere the
command is Python itself.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

# What is loaded, by the seed of the order of sets, which is drawn when Python starts: jobs have 0.
LOADED = {
    "": (
        "bs4 filelock grimp jsonschema jupytext nbformat.v4 packaging.requirements pandas "
        "scipy.optimize scipy.stats snakemake.cli snakemake.workflow yaml IPython.display "
        "jupyter_book.cli.main jupyter_book.sphinx myst_nb.sphinx_ext sphinx.application "
        "sphinx.builders.html sphinx.ext.mathjax sphinx_book_theme sphinx_copybutton sphinx_design "
        "sphinx_external_toc sphinx_togglebutton sphinxcontrib.bibtex"
    ),
    "0": "bs4 filelock grimp jsonschema nbformat.v4 packaging.requirements pandas papermill yaml",
}
OURS = {"claimcheck", "engine", "face_renderer", "fer_lib", "tests"}
WARM = ("-m engine.", "-c ")  # the first arguments that are handed over
COMMAND = """\
#!{python} -SE
import json, os, signal, socket, sys
seed, told = os.environ.get("PYTHONHASHSEED", ""), " ".join(sys.argv[1:3])
if not told.startswith({warm}) or seed not in {seeds} or "font_manager" in told:
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
server = socket.socket(socket.AF_UNIX)
server.connect({folder!r} + "/server" + seed)
what = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), sys.argv[0]]).encode()
socket.send_fds(server, [len(what).to_bytes(8, "big")], [0, 1, 2])
server.sendall(what)
status = int(server.recv(16) or 1)
if status < 0:
    signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
os._exit(status)
"""


@contextlib.contextmanager
def python() -> Iterator[str]:
    """Yield the command; it works until the end."""
    if sys.platform != "linux":
        yield sys.executable
        return
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fer-")))
        for seed in LOADED:
            server = stack.enter_context(_server(folder / f"server{seed}", seed))
            assert server.stdout.readline() == b"ready\n"
        command = folder / "python"
        told = {"python": sys.executable, "warm": WARM, "seeds": [*LOADED], "folder": str(folder)}
        command.write_text(COMMAND.format(**told))
        command.chmod(0o755)
        yield str(command)


@contextlib.contextmanager
def _server(place: Path, seed: str) -> Iterator[subprocess.Popen]:
    """Run a server that listens at ``place``; it ends with its standard input."""
    left = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FER_"))}
    process = subprocess.Popen(
        [sys.executable, __file__, str(place), seed],
        cwd="/",
        env=left | ({"PYTHONHASHSEED": seed} if seed else {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def _forked() -> bool:
    """Fork; return whether this is the child."""
    return os.fork() == 0  # noqa: TID251


def _serve(place: str, seed: str) -> tuple[list[str], str, dict[str, str], str]:
    """Load what ``seed`` names, then wait; return, in a child of its own, each thing to do."""
    del sys.path[0]  # this folder
    for name in LOADED[seed].split():
        importlib.import_module(name)
    assert not OURS & {name.partition(".")[0] for name in sys.modules}
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen()
    os.write(1, b"ready\n")
    while True:
        over = sys.stdin in select.select([listening, sys.stdin], [], [])[0]
        with contextlib.suppress(ChildProcessError):  # there is none
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if over:
            os._exit(0)
        asker, _ = listening.accept()
        if _forked():
            break
        asker.close()
    listening.close()
    return _child(asker)


def _child(asker: socket.socket) -> tuple[list[str], str, dict[str, str], str]:
    """Return what is asked for, in a child whose end is told to who asked."""
    size, files, _, _ = socket.recv_fds(asker, 8, 3)
    told = b""
    while len(told) < int.from_bytes(size, "big"):
        told += asker.recv(1 << 20)
    if not _forked():
        for file in files:
            os.close(file)
        status = os.waitstatus_to_exitcode(os.wait()[1])
        with contextlib.suppress(OSError):  # who asked was killed
            asker.sendall(str(status).encode())
        os._exit(0)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)

    def follow() -> None:
        asker.recv(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=follow, daemon=True).start()
    return json.loads(told)


def _begin(arguments: list[str], folder: str, environment: dict[str, str], command: str) -> None:
    """Do what Python does with its arguments and environment before it runs anything."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = None
    first = folder if arguments[0] == "-m" else ""
    given = [part for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part]
    sys.path[:0] = [first, *given]
    sys.executable = command
    sys.argv[:] = [arguments[0], *arguments[2:]]
    if environment.get("PYTHONWARNINGS"):
        warnings.simplefilter(environment["PYTHONWARNINGS"])


if __name__ == "__main__":
    job = _serve(*sys.argv[1:])
    _begin(*job)
    if job[0][0] == "-m":
        runpy.run_module(job[0][1], run_name="__main__", alter_sys=True)
    else:
        exec(compile(job[0][1], "<string>", "exec"), {"__name__": "__main__"})
