"""Measure the engine: a cold smoke book against Jupyter Book's own execution, and what it adds.

python bench/bench_engine.py

Three figures, each against a peer in the same run:
- the smoke book from an empty store, against `jupyter-book build` executing the same notebooks, one
  after the other as it does, at whichever of 1 and 2 threads is the faster for it;
- the same book again with nothing changed, in seconds;
- what the engine adds to a notebook, beyond what nbclient takes to start a kernel and run it.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.jobs import page_table
from engine.store import system
from tests.helpers import copies

TRIVIAL = """\
# %% [markdown]
# # A page of nothing

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %%
1 + 1
"""
COUNT = 8  # notebooks of nothing
PAPER = "diya2026"  # whose data set they take
# What an execution cannot do without: a kernel that starts, runs the cells and stops.
KERNEL = """
import sys, time, nbformat
from nbclient import NotebookClient
books = [nbformat.read(path, as_version=4) for path in sys.argv[1:]]
start = time.perf_counter()
for book in books:
    NotebookClient(book, kernel_name="python3").execute()
print((time.perf_counter() - start) / len(books))
"""


def timed(command: list[str], folder: Path, **environment: str) -> float:
    """Return the seconds a command takes; stop with what it said if it fails."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FER_")}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=clean | environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return time.perf_counter() - start


def engine(checkout: Path, store: Path, jobs: str = "2") -> float:
    """Return the seconds of `make book PROFILE=smoke` without the making of the environment."""
    command = [sys.executable, "-m", "engine.build", "--profile", "smoke", "--jobs", jobs]
    return timed(command, checkout, FER_CACHE=str(store))


def jupyter_book(checkout: Path, work: Path, threads: int) -> float:
    """Return the seconds that Jupyter Book takes to execute and render the notebooks."""
    source = work / f"peer{threads}"
    source.mkdir()
    for name in ("notebooks", "book", "claimcheck", "engine", "face_renderer", "fer_lib"):
        shutil.copytree(checkout / name, source / name)
    shutil.copy(checkout / "_toc.yml", source)
    config = yaml.safe_load((checkout / "_config.yml").read_text())
    config["execute"] = {"execute_notebooks": "force", "timeout": 900}
    (source / "_config.yml").write_text(yaml.safe_dump(config))
    shutil.copy(checkout / "constraints.txt", source)
    (source / "book" / "about_this_build.md").write_text("# About this build\n")
    count = str(threads)
    return timed(
        [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "."],
        source,
        FER_CACHE=str(work / f"store of peer{threads}"),
        FER_THREADS=count,
        OMP_NUM_THREADS=count,
        OPENBLAS_NUM_THREADS=count,
        FER_PROGRESS=str(work / "progress"),
        PYTHONPATH=str(source),
    )


def overhead(checkout: Path, work: Path) -> tuple[float, float]:
    """Return seconds a notebook of nothing takes in the engine, one at a time, and in nbclient."""
    trivial = work / "trivial"
    shutil.copytree(checkout, trivial, ignore=shutil.ignore_patterns("_build"))
    shutil.rmtree(trivial / "notebooks")
    (trivial / "notebooks").mkdir()
    names = [f"{number:02d}_page" for number in range(1, COUNT + 1)]
    for name in names:
        (trivial / "notebooks" / f"{name}.py").write_text(TRIVIAL)
    for told in (trivial / "fer_lib" / "papers").glob("*/paper.toml"):
        told.write_text(told.read_text().partition("[pages.")[0])
    table = "".join(f'[{name}]\npaper = "{PAPER}"\n' for name in names)
    (trivial / "fer_lib" / "tables" / "pages.toml").write_text(table)
    chapters = "".join(f"  - file: notebooks/{name}\n" for name in names[1:])
    (trivial / "_toc.yml").write_text(
        f"format: jb-book\nroot: notebooks/{names[0]}\nchapters:\n{chapters}"
    )
    copy = copies.Copy(trivial, work / "store of trivial")
    copy.pairs()
    copy.fill_store()
    shutil.rmtree(copy.store / "pages")
    script = (
        "from engine import build\n"
        "from engine.jobs import check\n"
        "asked = check.Asked(check.check('rendered46', '', 'smoke', '0'), 1, 60)\n"
        "build.paths.build().mkdir(parents=True, exist_ok=True)\n"
        "build.do_jobs(asked, '1', [])\n"
    )
    own = {"FER_CACHE": str(copy.store), "PYTHONPATH": str(trivial)}
    ours = timed([sys.executable, "-c", script], trivial, **own) / COUNT
    found = len(list((copy.store / "pages").glob("*_page-*/SHA256SUMS")))
    if found != COUNT:
        sys.exit(f"{found} pages of {COUNT} were executed")
    books = [str(path) for path in sorted((trivial / "notebooks").glob("*.ipynb"))]
    done = copy.python("-c", KERNEL, *books)
    return ours, float(done.stdout)


def spin(_) -> float:
    """Compute for about half a second."""
    return sum(number * number for number in range(6_000_000))


def ceiling() -> float:
    """Return how much more work two processes do than one here: no engine can gain more."""
    with multiprocessing.Pool(2) as pool:
        taken = []
        for work in ([0], [0, 1], [0], [0, 1]):
            start = time.perf_counter()
            pool.map(spin, work, chunksize=1)
            taken.append(time.perf_counter() - start)
    return 2 * min(taken[::2]) / min(taken[1::2])


def main() -> None:
    """Print the three figures."""
    print(f"two processes do {ceiling():.2f} times the work of one on this machine")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        checkout = copies.sources(work / "checkout")
        ours, own = overhead(checkout, work)
        print(
            f"a notebook of nothing, {COUNT} of them one after the other: {ours:.2f} s each in the "
            f"engine, {own:.2f} s its kernel alone; the engine adds {ours - own:.2f} s"
        )
        cold = engine(checkout, work / "store")
        peers = {threads: jupyter_book(checkout, work, threads) for threads in (1, 2)}
        best = min(peers, key=peers.get)
        print(
            f"smoke book, {len(page_table.names())} notebooks, cold: {cold:.1f} s; "
            f"Jupyter Book alone {peers[1]:.1f} s with 1 thread, {peers[2]:.1f} s with 2: "
            f"{peers[best] / cold:.2f} times faster than its best"
        )
        warm = [engine(checkout, work / "store") for _ in range(3)]
        print(f"nothing changed: {statistics.median(warm):.1f} s (median of {len(warm)})")
    print(f"machine: {system.processors()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
