"""Execute one notebook with papermill, in the running interpreter's own kernel.

Leaves ``NAME.ipynb`` (executed) and ``NAME.json`` (when, how long, with what) in the folder of
executed notebooks. A notebook that raises leaves ``NAME.failed.ipynb`` and ``NAME.failed.json``.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fer_lib import paths
from tools import check, graph

# One thread each: two notebooks share two cores, and the thread count decides the last bits.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def set_environment(scratch: Path) -> None:
    """Prepare what the kernel inherits: threads, store, caches, and the kernelspec to use.

    The kernelspec is written here, and found first, so that the notebook runs in this very
    interpreter whatever ``python3`` kernel is installed elsewhere.
    """
    os.environ.update(ENVIRONMENT)
    os.environ.pop("MPLBACKEND", None)
    store = paths.cache().resolve()
    os.environ["FER_CACHE"] = str(store)
    os.environ["FER_BUILD"] = str(paths.build().resolve())
    os.environ["NUMBA_CACHE_DIR"] = str(store / "numba")
    os.environ["IPYTHONDIR"] = str(scratch / "ipython")
    python_path = [str(paths.root()), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, python_path))
    kernel = scratch / "kernels" / "python3"
    kernel.mkdir(parents=True)
    launch = ["-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": [sys.executable, *launch], "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    os.environ["JUPYTER_PATH"] = str(scratch)


def unknown_parameters(notebook: Path, parameters: dict) -> list[str]:
    """Return the parameters that the notebook's parameters cell does not have."""
    import papermill

    known = papermill.inspect_notebook(str(notebook))
    return sorted(set(parameters) - set(known))


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


@contextmanager
def live_progress(name: str, progress: Path, terminal: int) -> Iterator[None]:
    """Copy lines that ``fer_lib.progress.say`` appends to ``progress`` to the terminal."""
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


def failed_cell(kept: Path) -> str:
    """Return where a kept notebook failed, and drop the banners papermill put into it."""
    import nbformat

    if not kept.exists():
        return ""
    book = nbformat.read(kept, as_version=4)
    banner = "papermill-error-cell-tag"
    book.cells = [cell for cell in book.cells if banner not in cell.metadata.get("tags", [])]
    nbformat.write(book, kept)
    own = [c for c in book.cells if "injected-parameters" not in c.metadata.get("tags", [])]
    for number, cell in enumerate(own, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            first = next((line for line in cell.source.splitlines() if line.strip()), "")
            return f" in cell {number} (`{first[:70]}`)"
    return ""


def explain(name: str, parameters: dict, error: Exception, kept: Path) -> str:
    """Return one paragraph: which notebook, which cell, which error, how to run it alone."""
    given = " ".join(f"{key.upper()}={value}" for key, value in parameters.items() if value != "")
    what = f"{type(error).__name__}: {error}"
    if hasattr(error, "ename"):
        what = f"{error.ename}: {error.evalue}"
    elif type(error).__name__ == "DeadKernelError":
        what = "the kernel died; most often the machine ran out of memory (try JOBS=1)"
    return (
        f"error: {name} failed{failed_cell(kept)}: {what}. Kept as {kept}. "
        f"To run it alone: make notebook N={name} {given}"
    )


def write_record(path: Path, record: dict) -> None:
    """Write a record in one step, so that a kill leaves none or all of it."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(record, indent=1) + "\n")
    part.replace(path)


def execute(name: str, parameters: dict, folder: Path) -> int:
    """Execute notebook ``name``; return 0, or 1 if it raised, or 2 for an unknown parameter."""
    source = graph.notebook(name)
    if not source.exists():
        known = ", ".join(sorted(path.stem for path in source.parent.glob("*.ipynb")))
        print(f"error: there is no notebook {name!r}: choose one of {known}", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    with tempfile.TemporaryDirectory(prefix="fer-") as scratch_name:
        scratch = Path(scratch_name)
        set_environment(scratch)
        unknown = unknown_parameters(source, parameters)
        if unknown:
            print(f"error: {name} has no parameter {', '.join(unknown)}", file=sys.stderr)
            return 2
        from papermill import execute_notebook

        for stale in folder.glob(f"{name}.failed.*"):
            stale.unlink()
        part = folder / f"{name}.part.ipynb"
        started, clock = datetime.now(UTC), time.monotonic()
        problem = None
        progress = scratch / "progress"
        try:
            with quiet_kernel(log) as terminal, live_progress(name, progress, terminal):
                execute_notebook(
                    str(source),
                    str(part),
                    parameters=parameters,
                    kernel_name="python3",
                    cwd=str(source.parent),
                    progress_bar=False,
                    log_output=False,
                    autosave_cell_every=0,
                    request_save_on_cell_execute=False,
                )
        except Exception as error:  # whatever it is, it becomes one readable paragraph
            problem = error
        record = {
            "notebook": name,
            "start": started.isoformat(timespec="seconds"),
            "wall_seconds": round(time.monotonic() - clock, 2),
            "return_code": 1 if problem else 0,
            **parameters,
        }
    outcome = f"{name}.failed" if problem else name
    if part.exists():
        part.replace(folder / f"{outcome}.ipynb")
    write_record(folder / f"{outcome}.json", record)
    if problem:
        kept = folder / f"{name}.failed.ipynb"
        print(explain(name, parameters, problem, kept), file=sys.stderr)
        return 1
    return 0


def parse_extra(pairs: list[str]) -> dict:
    """Turn ``name=value`` into parameters; values are Python literals, or else text."""
    extra = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise check.InputError(f"parameter {pair!r} is not of the form name=value")
        try:
            extra[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            extra[key] = value
    return extra


def main(argv: list[str] | None = None) -> int:
    """Check the settings, then execute one notebook."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="such as 03_cnn_baseline")
    parser.add_argument("-p", dest="extra", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--folder", type=Path, help="where to leave the executed notebook")
    check.add_arguments(parser)
    args = parser.parse_args(argv)
    try:
        parameters = check.check(args.profile, args.data, args.data_root, args.seed)
        parameters |= parse_extra(args.extra)
    except check.InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        return execute(args.name, parameters, args.folder or graph.executed())
    except KeyboardInterrupt:
        return 130  # stopped by hand: the build says so, a traceback would not help


if __name__ == "__main__":
    sys.exit(main())
