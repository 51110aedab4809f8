"""A checkout with a few tiny pages, to see what the engine does when something goes wrong.

Everything is the project's own but the notebooks, the data set, the activations and the trainings,
of which there are two: these take no time. What a page does beside its page, such as waiting or
dying, is asked of it by files in the toy's folder, which lies outside the checkout and so decides
no key.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from bs4 import BeautifulSoup, Tag

from engine import pairs
from engine.store import keys, paths, registry
from tests.helpers import copies

COPIED = (
    *keys.PACKAGES,
    "book",
    "Snakefile",
    "constraints.txt",
    "pyproject.toml",
    "_config.yml",
    "Makefile",
)
PAPERS = tuple(registry.papers())
LONGEST = 120  # seconds until something is taken to hang
HEAD = """\
# %% [markdown]
# # {title}
#
# What this page says of itself.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %%
from fer_lib import asked

asked.of("{name}")

"""
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJg"
    "gg=="
)
FIGURE = f"""\
# %% mystnb={{"image": {{"alt": "A red dot."}}}}
from base64 import b64decode

from IPython.display import Image

Image(b64decode("{DOT}"))

# %% [markdown]
# A sentence after the figure.

# %%
print("said by 01_first")
"""
RUN = """\
# %%
import json

from engine.store import paths, registry

(run,) = paths.cache().glob("runs/cnn_baseline-*/run.json")
print("03_third read a run of", json.loads(run.read_text())["arm"])
"""
# A page: its title, its cells, what its row in the table of pages says.
PAGES = {
    "01_first": ("The first page", FIGURE, ""),
    "02_second": (
        "The second page",
        '# %%\nfrom fer_lib import words\n\nprint("02_second", words.SAID)\n',
        "",
    ),
    "03_third": ("The third page", RUN, 'first = ["cnn_baseline"]\n'),
}
ASKED = '''\
"""What a page or a training does besides, as files in the folder ``$TOY`` ask."""

import os
import sys
import time
from pathlib import Path


def wants(name, what):
    """Return whether something is asked of ``name``."""
    return (Path(os.environ["TOY"]) / f"{name}.{what}").exists()


def of(name):
    """Leave a witness; then do what is asked of ``name``: wait, warn, die, edit, say much."""
    folder = Path(os.environ["TOY"])
    with (folder / "witness").open("a") as witness:
        witness.write(f"{name}\\n")
    (folder / f"{name}.running").write_text(str(hash("a word")))
    while wants(name, "hold"):
        time.sleep(0.05)
    if wants(name, "warn"):
        print("mkdir -p failed for path /proc/.config", file=sys.stderr)
    if wants(name, "die"):
        (folder / f"{name}.die").unlink()
        os.kill(os.getpid(), 9)
    if wants(name, "edit"):
        Path((folder / f"{name}.edit").read_text()).write_text("SAID = 'after the edit'\\n")
        (folder / f"{name}.edit").unlink()
    if wants(name, "large"):
        print("x" * 8_000_000)
'''
DATA = '''

def load(name, n_subjects=None, size=224, progress=True):
    """Return a data set of two images, made at once."""
    from types import SimpleNamespace

    table = pd.DataFrame({"group": ["a", "b"]})
    known = {"sha256": "0" * 64, "kind": "rendered", "group_kind": "subject", "has_truth": False}
    return SimpleNamespace(table=table, **known)
'''
TRAINING = '''\
"""Trainings that take no time; stored as the real ones are."""

from dataclasses import asdict

from fer_lib import asked
from engine.store import machine


def make(experiment, stage, folder):
    """Make a run at once."""
    name = experiment.arm.name
    size = 8_000_000 if asked.wants(name, "large") else 1000
    (folder / "history.csv").write_text("epoch\\n1\\n")
    asked.of(name)
    (folder / "predictions.parquet").write_bytes(b"p" * 1000)
    (folder / "weights.safetensors").write_bytes(b"w" * size)
    return {
        **asdict(experiment.settings),
        "arm": name,
        "settings": asdict(experiment.arm),
        "image_size": 64,
        "frozen_stages": 0,
        "trainable": 0,
        "config": {"epochs": 1, "precision": "float32"},
        "random_start": False,
        "weights": [],
        "environment": machine.environment(1),
    }
'''
ACTIVATE = '''\
"""Activations that take no time; stored as the real ones are."""

from dataclasses import asdict

from fer_lib import asked


def make(wanted, data_root, stage, folder):
    """Make activations at once."""
    asked.of(wanted.family)
    for name in ("plain", "views", "further"):
        (folder / f"{name}.npy").write_bytes(b"a" * 1000)
    return {**asdict(wanted), "weights": {"file": "x"}}
'''
# The real ledgers and the real list of sources would take half of the time of a rendering.
CLAIM = """\
- {id: images, where: Table 1, element: table, about: images, printed: "1,657", kind: count}
"""
PROSE = ("book/glossary", "book/about_this_build", "book/references")
TOC = """\
format: jb-book
root: notebooks/01_first
chapters:
{chapters}
"""
MEASURED = re.compile(r'<span class="measurement">.*?</span>', re.DOTALL)
CAME_FROM = re.compile(r"<td[^>]*>(this build|the store)</td>")


@dataclass(frozen=True)
class Built:
    """How a build ended: its exit status and everything that it said."""

    status: int
    said: str

    def __contains__(self, words: str) -> bool:
        """Return whether it said these words."""
        return words in self.said

    def line(self, *words: str) -> str:
        """Return the one line with all of these words; it may have been said twice."""
        (found,) = {line for line in self.said.splitlines() if all(word in line for word in words)}
        return found


class Toy:
    """A toy checkout in a folder, with its own store and build folder beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkout = folder / "checkout"
        self.store = folder / "store"
        self.built = folder / "built"
        self.temporary = folder / "tmp"
        self.surroundings: dict[str, str | None] = {}  # more variables; None takes one away
        self.warm = sys.executable  # or a Python that starts quicker: `tests.helpers.warm`

    def environment(self) -> dict[str, str]:
        """Return the environment of a build."""
        left_out = {"FER_THREADS", "FER_PROGRESS", "PYTHONPATH"}
        found = {
            **{name: value for name, value in os.environ.items() if name not in left_out},
            "TOY": str(self.folder),
            "FER_CACHE": str(self.store),
            "FER_BUILD": str(self.built),
            "TMPDIR": str(self.temporary),
            **self.surroundings,
        }
        return {name: value for name, value in found.items() if value is not None}

    def start(
        self, *arguments: str, log: str = "said", cold: bool = False, **more
    ) -> subprocess.Popen:
        """Start a build, ``cold`` as a user's; what it says goes into the file ``log``."""
        python = sys.executable if cold else self.warm
        command = [python, "-m", "engine.build", "--profile", "smoke", *arguments]
        with (self.folder / log).open("w") as said:
            return subprocess.Popen(
                command,
                cwd=self.checkout,
                env=self.environment(),
                stdout=said,
                stderr=subprocess.STDOUT,
                **more,
            )

    def end(self, process: subprocess.Popen, log: str = "said") -> Built:
        """Wait for a build; return how it ended."""
        status = process.wait(timeout=LONGEST)
        return Built(status, self.said(log))

    def build(self, *arguments: str, log: str = "said", **more) -> Built:
        """Build, as ``make book PROFILE=smoke`` does."""
        return self.end(self.start(*arguments, log=log, **more), log)

    def said(self, log: str = "said") -> str:
        """Return what a running build has said so far."""
        return (self.folder / log).read_text()

    def asked(self, name: str, what: str) -> bool:
        """Return whether something is still asked of a page or a training, or if it is running."""
        return (self.folder / f"{name}.{what}").exists()

    def ask(self, name: str, what: str, text: str = "") -> Path:
        """Ask something of a page or a training; the file that is returned says so."""
        file = self.folder / f"{name}.{what}"
        file.write_text(text)
        return file

    def write(self, name: str, body: str, title: str = "") -> None:
        """Write a notebook, both halves."""
        title = title or PAGES.get(name, (name,))[0]
        folder = self.checkout / "notebooks"
        (folder / f"{name}.py").write_text(HEAD.format(title=title, name=name) + body)
        pairs.write(folder, "py")

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace words in a file of the checkout."""
        path = self.checkout / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        if path.parent.name == "notebooks":
            pairs.write(path.parent, "py")

    def set_pages(self, pages: dict[str, tuple[str, str, str]]) -> None:
        """Write these notebooks, the table of pages and the table of contents."""
        for name, (title, body, _) in pages.items():
            self.write(name, body, title)
        table = self.checkout / "fer_lib" / "tables" / "pages.toml"
        table.write_text(
            "".join(f'[{name}]\npaper = "diya2026"\n{row}' for name, (_, _, row) in pages.items())
        )
        files = [*(f"notebooks/{name}" for name in list(pages)[1:]), *PROSE]
        chapters = "\n".join(f"  - file: {file}" for file in files)
        (self.checkout / "_toc.yml").write_text(TOC.format(chapters=chapters))
        # They lead to the real pages, which a toy has not.
        for page in (
            "contributing",
            "ledger",
            "verdicts",
            *(f"papers/{key}/coverage" for key in PAPERS),
        ):
            (self.checkout / "book" / f"{page}.md").unlink(missing_ok=True)
        for key in PAPERS:
            told = self.checkout / "fer_lib" / "papers" / key / "paper.toml"
            text = re.sub(r"^\[moved\]\n.*\n", "", told.read_text(), flags=re.MULTILINE)
            told.write_text(text.partition("[pages.")[0])

    def stored(self, name: str) -> Path:
        """Return the one stored result of a page, a training or the data set."""
        (found,) = self.store.glob(f"*/{name}-*")
        return found

    def entries(self) -> set[str]:
        """Return the results in the store, also half-made ones; empty folders are none."""
        kinds = (folder for folder in self.store.iterdir() if folder.name in KINDS)
        return {
            f"{kind.name}/{entry.name}"
            for kind in kinds
            for entry in kind.iterdir()
            if entry.is_dir() and any(entry.iterdir())
        }

    def forget(self, name: str) -> None:
        """Remove a stored result, so that the next build makes it again."""
        shutil.rmtree(self.stored(name))

    def witnesses(self) -> list[str]:
        """Return the pages that were executed since the last call, in order of their names."""
        file = self.folder / "witness"
        told = sorted(file.read_text().split()) if file.exists() else []
        file.unlink(missing_ok=True)
        return told

    def page(self, name: str) -> BeautifulSoup:
        """Return a rendered page."""
        return BeautifulSoup((self.built / "html" / f"{name}.html").read_text(), "html.parser")

    def text(self, name: str) -> str:
        """Return the words of a notebook's page, as a reader sees them."""
        return " ".join(self.page(f"notebooks/{name}").article.get_text(" ").split())

    def outputs(self, name: str) -> list:
        """Return the stored outputs of a page."""
        book = json.loads((self.stored(name) / "page.ipynb").read_text())
        return [cell["outputs"] for cell in book["cells"]]

    def article(self, name: str) -> str:
        """Return the HTML of a notebook's page, without measured times."""
        return plain(self.page(f"notebooks/{name}").article)

    def site(self) -> dict[str, str]:
        """Return every rendered page and every published notebook, without measured times."""
        html = self.built / "html"
        files = [*html.rglob("*.html"), *html.glob("records/*.ipynb")]
        return {str(file.relative_to(html)): plain(file.read_text()) for file in files}

    def stop(self) -> None:
        """End whatever of this toy still runs."""
        for process in self.processes(""):
            process.kill()

    def processes(self, word: str) -> list[psutil.Process]:
        """Return the processes of this toy that have ``word`` in their command."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                mine = process.environ().get("TOY") == str(self.folder)
                if mine and word in " ".join(process.cmdline()):
                    found.append(process)
        return found


KINDS = ("sets", "activations", "runs", "pages")


def wait_for(what: Callable[[], object], process: subprocess.Popen | None = None) -> None:
    """Wait until ``what()`` holds; fail if ``process`` ends before."""
    end = time.monotonic() + LONGEST
    while not what():
        assert time.monotonic() < end, "waited in vain"
        assert process is None or process.poll() is None, "the build ended before"
        time.sleep(0.05)


def plain(html: Tag | str) -> str:
    """Return HTML without what may differ between builds: times, and what came from the store."""
    return CAME_FROM.sub("", MEASURED.sub("", str(html)))


def few_words(book: Path) -> None:
    """Leave one claim a paper, and the papers themselves of the list of sources."""
    for ledger in book.glob("papers/*/claims.yml"):
        ledger.write_text(CLAIM)
    sources = book / "references.bib"
    entries = re.split(r"^(?=@)", sources.read_text(), flags=re.MULTILINE)
    sources.write_text("".join(e for e in entries if e.partition("{")[2].startswith(PAPERS)))


def make(folder: Path) -> Toy:
    """Make a toy checkout in an empty folder."""
    toy = Toy(folder)
    (toy.checkout / "notebooks").mkdir(parents=True)
    toy.temporary.mkdir()
    left_out = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        origin, target = paths.root() / name, toy.checkout / name
        if origin.is_dir():
            shutil.copytree(origin, target, ignore=left_out)
        else:
            shutil.copy(origin, target)
    library = toy.checkout / "fer_lib"
    (library / "asked.py").write_text(ASKED)
    (library / "words.py").write_text("SAID = 'before the edit'\n")
    (library / "training" / "run_training.py").write_text(TRAINING)
    (library / "training" / "feature_cache.py").write_text(ACTIVATE)
    copies.few_arms(toy.checkout)
    few_words(toy.checkout / "book")
    with (library / "data" / "rendered.py").open("a") as rendered:
        rendered.write(DATA)
    toy.set_pages(PAGES)
    return toy


def copy(toy: Toy, folder: Path) -> Toy:
    """Return a copy of a toy with its store and what it built."""
    left_out = shutil.ignore_patterns("*.running", ".store")  # a link to the store
    shutil.copytree(toy.folder, folder, dirs_exist_ok=True, ignore=left_out)
    return Toy(folder)
