"""The rules of the house: who may import whom, who may name a paper, what a new paper touches."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import grimp
import pytest

from engine.store import paths, registry
from tests.helpers import copies

ROOT = paths.root()
CORE = ("data", "models", "training", "evaluation", "explain", "plots")
PACKAGES = ("bench", "claimcheck", "devtools", "engine", "face_renderer", "fer_lib", "service")
PAPERS = tuple(registry.papers())
# A table of rooms: what each may import of the others. The core is one room here; its own floors
# are looked at below.
MAY_IMPORT = {
    "claimcheck": set(),
    "face_renderer": set(),
    "engine.store": set(),
    "fer_lib": {"engine.store", "face_renderer", "claimcheck"},
    "engine.page": {"fer_lib", "engine.store", "claimcheck"},
    "fer_lib.papers": {"fer_lib", "engine.page", "engine.store", "face_renderer", "claimcheck"},
    "engine": {"fer_lib", "engine.page", "engine.store", "claimcheck"},
    "service": {"engine", "fer_lib", "engine.store", "face_renderer"},
}
IPYTHON = {"engine.page", "fer_lib.papers"}
# Where a paper's key may stand: in its own folders, and in what lists or describes papers.
OWN = re.compile(r"(notebooks|fer_lib/papers|book/papers|tests/papers)/")
# Tests on pages that are there use their names; so does the benchmark of the engine.
EXEMPT = re.compile(r"(tests|bench|notebooks)/")


def room(module: str) -> str:
    """Return the room of a module of ours."""
    for name in ("fer_lib.papers", "engine.store", "engine.page"):
        if module == name or module.startswith(f"{name}."):
            return name
    return module.partition(".")[0]


@pytest.fixture(scope="module")
def graph():
    present = [name for name in PACKAGES if (ROOT / name / "__init__.py").exists()]
    return grimp.build_graph(*present, include_external_packages=True, cache_dir=None)


def arrows(graph) -> list[tuple[str, str]]:
    """Return every import of one module of ours by another."""
    ours = [name for name in graph.modules if name.partition(".")[0] in PACKAGES]
    return [(m, i) for m in ours for i in graph.find_modules_directly_imported_by(m) if i in ours]


def forbidden(pairs) -> list[str]:
    """Return the imports that the table of rooms does not allow."""
    return [
        f"{module} imports {other}"
        for module, other in pairs
        if room(module) in MAY_IMPORT
        and room(other) != room(module)
        and room(other) not in MAY_IMPORT[room(module)]
    ]


def test_rooms_import_only_those_below_them(graph):
    assert not forbidden(arrows(graph))


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("fer_lib.training.loop", "fer_lib.papers.diya2026.task"),
        ("fer_lib.data.splits", "engine.page.tables"),
        ("claimcheck.ledger", "engine.store.paths"),
        ("engine.store.keys", "fer_lib.task"),
        ("engine.jobs.jobs", "fer_lib.papers.huang2025.budget"),
    ],
)
def test_an_import_upwards_is_noticed(module, other):
    assert forbidden([(module, other)]) == [f"{module} imports {other}"]


def test_papers_do_not_import_each_other(graph):
    def paper(name: str) -> str:
        return name.split(".")[2] if name.startswith("fer_lib.papers.") else ""

    pairs = [(m, i) for m, i in arrows(graph) if paper(m) and paper(i) and paper(m) != paper(i)]
    assert not pairs


def test_only_pages_and_papers_know_of_notebooks(graph):
    using = set(graph.find_modules_that_directly_import("IPython"))
    assert using
    assert {room(m) for m in using} <= IPYTHON, using


def test_the_core_has_few_rooms_and_floors(graph):
    """Rooms import each other without a circle, over at most six floors."""
    prefix = "fer_lib."
    rooms = {name: set() for name in CORE}
    for module, other in arrows(graph):
        first, second = (name.removeprefix(prefix).partition(".")[0] for name in (module, other))
        if module.startswith(prefix) and other.startswith(prefix) and {first, second} <= set(CORE):
            rooms[first] |= {second} - {first}
    floors: dict[str, int] = {}
    while len(floors) < len(rooms):
        ready = [r for r, below in rooms.items() if r not in floors and below <= set(floors)]
        assert ready, f"a circle among {sorted(set(rooms) - set(floors))}"
        floors |= {r: 1 + max((floors[b] for b in rooms[r]), default=0) for r in ready}
    assert max(floors.values()) <= 6
    folders = {p.parent.name for p in (ROOT / "fer_lib").glob("*/__init__.py")} - {"papers"}
    assert folders == set(CORE)


def test_the_core_is_small():
    files = [file for name in CORE for file in (ROOT / "fer_lib" / name).rglob("*.py")]
    assert sum(len(file.read_text().splitlines()) for file in files) <= 7000


# Each means one thing. Other names of constants may recur: what they mean, their module says.
ONE_MEANING = (
    "RARE",
    "LEVEL",
    "CUTOFF",
    "TAIL",
    "MINORITY",
    "CHUNK",
    "MOST_IMAGES",
    "COPY_DISTANCE",
)


def defining(name: str, texts: dict[str, str]) -> list[str]:
    """Return the files that give a constant a value of their own."""
    return [file for file, text in texts.items() if re.search(rf"(?m)^_?{name}(:.*)? = ", text)]


def test_a_constant_of_one_meaning_stands_in_one_place():
    texts = {str(file): file.read_text() for p in PACKAGES for file in (ROOT / p).rglob("*.py")}
    found = {name: defining(name, texts) for name in ONE_MEANING}
    assert all(len(files) <= 1 for files in found.values()), found


def test_a_constant_defined_twice_is_noticed():
    texts = {"a.py": "LEVEL = 0.95\n", "b.py": "_LEVEL: float = 0.9\n", "c.py": "A_LEVEL = 1\n"}
    assert defining("LEVEL", texts) == ["a.py", "b.py"]


def naming(names: list[str], read) -> list[str]:
    """Return the files outside a paper's folders that name its key."""
    kinds = (".py", ".yml")
    found = []
    for name in names:
        code = name.endswith(".py") or name in ("Makefile", "Snakefile")
        workflow = name.startswith((".github/", ".ci/")) and name.endswith((*kinds, "run"))
        if (code or workflow) and not OWN.match(name) and not EXEMPT.match(name):
            found += [
                f"{name} names {key}" for key in PAPERS if re.search(rf"\b{key}\b", read(name))
            ]
    return found


def tracked() -> list[str]:
    """Return the files of the checkout that are ours."""
    skipped = {".git", "_build", "__pycache__", ".venv", "node_modules"}
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [
        str(path)
        for path in files
        if not any(part in skipped or part.startswith(".venv") for part in path.parts)
    ]


def test_nothing_outside_a_papers_folders_names_it():
    assert not naming(tracked(), lambda name: (ROOT / name).read_text(encoding="utf-8"))


def test_a_named_paper_is_noticed():
    said = naming(
        ["engine/jobs/jobs.py", "fer_lib/papers/diya2026/task.py", "Makefile"],
        lambda _: 'FIRST = "diya2026"',
    )
    assert said == ["engine/jobs/jobs.py names diya2026", "Makefile names diya2026"]


FIFTH = {
    "fer_lib/papers/fifth2026/paper.toml": (
        'title = "A fifth paper"\nchapter = "Fifth"\nline = "A fifth."\n'
        '\n[pages.audit]\nfiles = ["book/papers/fifth2026/claims.yml"]\n'
    ),
    "fer_lib/papers/fifth2026/__init__.py": '"""What only this paper needs."""\n',
    "book/papers/fifth2026/claims.yml": (
        "- {id: n, where: Table 1, element: table, about: images, printed: '1,657', kind: count}\n"
    ),
    "notebooks/fifth2026/audit.py": (
        '# %% [markdown]\n# # A fifth paper\n\n# %% tags=["parameters", "hide-cell"]\n'
        'data = "rendered46"\ndata_root = ""\nprofile = "smoke"\nseed = 0\n\n'
        '# %%\nfrom fer_lib.evaluation import ledgers\n\nledgers.load("fifth2026")["n"].value\n'
    ),
    "tests/papers/fifth2026/test_claims.py": "def test_nothing():\n    assert True\n",
}


def test_an_empty_fifth_paper_is_four_folders_and_a_line(tmp_path):
    """What it adds lies in its own folders; of the old files only the table of contents changes."""
    copy = copies.Copy(copies.sources(tmp_path / "checkout"), tmp_path / "store")
    copy.fill_store()
    for name, text in FIFTH.items():
        (copy.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.folder / name).write_text(text)
    toc = copy.folder / "_toc.yml"
    before = toc.read_text()
    line = "      - file: notebooks/audit_your_own\n"
    assert line in before
    toc.write_text(before.replace(line, f"      - file: notebooks/fifth2026/audit\n{line}"))
    copy.pairs()
    assert copy.stale() == {"page_fifth2026_audit"}
    code = (
        "from engine.jobs import page_table\n"
        "names = page_table.names()\n"
        "print(names.index('fifth2026/audit') + 1 == names.index('audit_your_own'))\n"
        "from fer_lib import paper_registry\n"
        "print(paper_registry.get('fifth2026').data)\n"
    )
    assert copy.kept("-c", code).stdout == "True\n('rendered46',)\n"
    changed = {
        str(path.relative_to(copy.folder))
        for path in copy.folder.rglob("*")
        if path.is_file()
        and path.suffix not in (".pyc", ".nbi", ".nbc")
        and not (
            (ROOT / path.relative_to(copy.folder)).is_file()
            and (ROOT / path.relative_to(copy.folder)).read_bytes() == path.read_bytes()
        )
    }
    new = {*FIFTH, "notebooks/fifth2026/audit.ipynb", "_toc.yml"}
    assert {name for name in changed if not name.startswith("_build")} == new
    shutil.rmtree(copy.folder / "notebooks" / "fifth2026")
    done = subprocess.run(
        [sys.executable, "-m", "engine.why", "--profile", "smoke"],
        cwd=copy.folder,
        env=copy.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and done.stderr.count("\n") <= 3, done.stderr
