"""Execute one notebook with papermill, in the running interpreter's own kernel."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from engine.jobs import tool_folders
from engine.store import paths, threads


@dataclass(frozen=True)
class Outcome:
    """The outcome of an execution.

    Attributes
    ----------
    book : NotebookNode
        The notebook with its outputs, as far as it came.
    seconds : float
        Wall time, kernel start included.
    error : Exception or None
        What stopped it.
    reads : Path
        The files of the checkout that the kernel opened, one a line.
    """

    book: nbformat.NotebookNode
    seconds: float
    error: Exception | None
    reads: Path


def set_environment(scratch: Path) -> None:
    """Prepare what the kernel inherits: threads, store, tools' folders, the kernelspec to use.

    The kernelspec is written here, and found first, so that the notebook runs in this very
    interpreter whatever ``python3`` kernel is installed elsewhere.
    """
    for name in tool_folders.LEFT_OUT:
        os.environ.pop(name, None)
    os.environ.update(tool_folders.environment(scratch))
    tool_folders.list_fonts(Path(os.environ["MPLCONFIGDIR"]))
    # The thread count decides the last bits of a result.
    count = str(threads.count())
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        os.environ[f"{name}_NUM_THREADS"] = count
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    store = paths.cache().resolve()
    os.environ["FER_CACHE"] = str(store)
    os.environ["FER_BUILD"] = str(paths.build().resolve())
    os.environ["FER_ROOT"] = str(paths.root())
    os.environ["FER_READS"] = str(scratch / "reads")
    os.environ["NUMBA_CACHE_DIR"] = str(store / "numba")
    python_path = [str(paths.root()), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, python_path))
    kernel = scratch / "kernels" / "python3"
    kernel.mkdir(parents=True)
    launch = [
        "-Xfrozen_modules=off",
        "-m",
        "engine.jobs.watching_kernel",
        "-f",
        "{connection_file}",
    ]
    spec = {"argv": [sys.executable, *launch], "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    os.environ["JUPYTER_PATH"] = str(scratch)


@contextmanager
def quiet_kernel(log: Path) -> Iterator[int]:
    """Send what the kernel process writes to the terminal into ``log``; yield the real stderr."""
    sys.stderr.flush()
    terminal = os.dup(2)
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(sink, 2)
    try:
        yield terminal
    finally:
        os.dup2(terminal, 2)
        os.close(sink)
        os.close(terminal)


@contextmanager
def live_progress(name: str, progress: Path, terminal: int) -> Iterator[None]:
    """Copy lines that ``engine.store.progress.say`` appends to ``progress`` to the terminal."""
    start = time.monotonic()
    progress.touch()
    before = os.environ.get("FER_PROGRESS")
    os.environ["FER_PROGRESS"] = str(progress)
    done = threading.Event()

    def say(line: str) -> None:
        seconds = time.monotonic() - start
        os.write(terminal, f"[{name} {seconds:5.0f} s] {line}\n".encode())

    def follow() -> None:
        with progress.open() as lines:
            rest = ""
            while True:
                last = done.is_set()
                rest += lines.read()
                *whole, rest = rest.split("\n")
                for line in whole:
                    say(line)
                if last:
                    return
                done.wait(0.3)

    say("started")
    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    outcome = "failed"
    try:
        yield
        outcome = "finished"
    finally:
        done.set()
        thread.join()
        if before is None:
            del os.environ["FER_PROGRESS"]
        else:
            os.environ["FER_PROGRESS"] = before
        say(outcome)


def run(book: nbformat.NotebookNode, name: str, parameters: dict, limit: int, scratch: Path):
    """Execute ``book`` from the folder of the notebooks; return its `Outcome`.

    Parameters
    ----------
    book : NotebookNode
        The notebook without outputs.
    name : str
        For the progress lines.
    parameters : dict
        Injected after the cell tagged ``parameters``.
    limit : int
        Longest a cell may take, in seconds.
    scratch : Path
        An empty folder that lives as long as the result is used.
    """
    from papermill import execute_notebook

    set_environment(scratch)
    source, target = scratch / "source.ipynb", scratch / "target.ipynb"
    nbformat.write(book, source)
    clock = time.monotonic()
    problem = None
    try:
        log = scratch / "kernel.log"
        with quiet_kernel(log) as terminal, live_progress(name, scratch / "progress", terminal):
            execute_notebook(
                str(source),
                str(target),
                parameters=parameters,
                kernel_name="python3",
                cwd=str(paths.root() / "notebooks"),
                progress_bar=False,
                log_output=False,
                autosave_cell_every=0,
                request_save_on_cell_execute=False,
                execution_timeout=limit,
            )
    except Exception as error:  # whatever it is, it becomes one readable report
        problem = error
    seconds = time.monotonic() - clock
    try:
        executed = nbformat.read(target, as_version=4)
    except (OSError, ValueError):  # there is none, or a full disk has cut it short
        executed = nbformat.read(source, as_version=4)
    # The banners that papermill puts into a notebook that raised.
    banner = "papermill-error-cell-tag"
    executed.cells = [c for c in executed.cells if banner not in c.metadata.get("tags", [])]
    return Outcome(executed, seconds, problem, scratch / "reads")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a folder for one execution, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fer-") as name:
        yield Path(name)
