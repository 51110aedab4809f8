"""The table of edits: after each, Snakemake's dry run names exactly what runs again."""

from __future__ import annotations

import os
import shutil

import pytest

from fer_lib import paths
from tests import copies

DATA = {"data_rendered46"}
RUNS = {"run_cnn_baseline", "run_dual_task"}
PAGES = {
    "page_01_start_here",
    "page_02_data",
    "page_03_cnn_baseline",
    "page_04_dual_task",
    "page_05_evaluation",
    "page_06_explanations",
    "page_07_ethics",
}
ALL = DATA | RUNS | PAGES


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout, with a store in which every result of profile smoke is there."""
    folder = tmp_path_factory.mktemp("edits")
    copy = copies.Copy(copies.sources(folder / "checkout"), folder / "store")
    copy.fill_store()
    return copy


@pytest.fixture
def edited(checkout):
    """Give the copy to a test and undo what the test did to its files."""
    kept = checkout.folder.with_name("kept")
    shutil.copytree(checkout.folder, kept)
    yield checkout
    shutil.rmtree(checkout.folder)
    kept.rename(checkout.folder)


def replaced(file: str, old: str, new: str):
    """Return an edit that replaces one piece of text in a file."""

    def edit(copy: copies.Copy) -> None:
        path = copy.folder / file
        text = path.read_text()
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1))

    return edit


def appended(file: str, text: str = "\n# A comment.\n"):
    """Return an edit that adds a line to a file."""

    def edit(copy: copies.Copy) -> None:
        with (copy.folder / file).open("a") as stream:
            stream.write(text)

    return edit


def touched(copy: copies.Copy) -> None:
    """Give every file of the checkout and of the store the time of now, and some the year 2001."""
    for number, path in enumerate(sorted([*copy.folder.rglob("*"), *copy.store.rglob("*")])):
        if path.is_file():
            os.utime(path, (1e9, 1e9) if number % 2 else None)


def nothing(copy: copies.Copy) -> None:
    """Leave everything as it is."""


def new_weights(copy: copies.Copy) -> None:
    """Touch the largest kind of file in the store, made as large as a real one."""
    for path in copy.store.glob("runs/*/weights.safetensors"):
        assert path.stat().st_size > 2_000_000
        os.utime(path)


EVALUATION = "notebooks/05_evaluation.py"
TABLE = {
    "nothing": (nothing, set()),
    "prose in a markdown cell": (
        replaced(EVALUATION, "## Authenticity", "## On authenticity"),
        set(),
    ),
    "a new markdown cell": (appended(EVALUATION, "\n# %% [markdown]\n# More.\n"), set()),
    "a new markdown cell in front": (
        replaced(EVALUATION, "# %% tags=", "# %% [markdown]\n# More.\n\n# %% tags="),
        set(),
    ),
    "a code cell": (
        replaced(EVALUATION, "plots.use_style()", "plots.use_style()  # changed"),
        {"page_05_evaluation"},
    ),
    "a new code cell": (appended(EVALUATION, "\n# %%\n1 + 1\n"), {"page_05_evaluation"}),
    "a tag on a cell": (replaced(EVALUATION, 'tags=["hide-input"]', 'tags=["hide-cell"]'), set()),
    "alt text": (replaced(EVALUATION, '"alt": "', '"alt": "Seen: '), set()),
    "a plot function": (
        replaced("fer_lib/plots.py", "def use_style", "def other():\n    pass\n\n\ndef use_style"),
        PAGES,
    ),
    "a module of one page": (appended("fer_lib/data/leakage.py"), {"page_02_data"}),
    "a module of another page": (appended("fer_lib/explain.py"), {"page_06_explanations"}),
    "a loss": (
        replaced(
            "fer_lib/train.py", "return alpha * functional", "return 1.0 * alpha * functional"
        ),
        ALL - DATA - {"page_02_data"},
    ),
    "one model": (
        appended("fer_lib/models/cnn_baseline.py"),
        {
            "run_cnn_baseline",
            "page_01_start_here",
            "page_03_cnn_baseline",
            "page_05_evaluation",
            "page_06_explanations",
        },
    ),
    "the generator": (replaced("fer_lib/faces/shade.py", "import numpy", "\nimport numpy"), ALL),
    "an AU recipe": (appended("fer_lib/faces/recipes.py"), ALL),
    "the head": (appended("fer_lib/faces/data/head.npz", "x"), ALL),
    "constraints.txt": (replaced("constraints.txt", "pandas==", "pandas==9."), ALL),
    "a comment in constraints.txt": (
        replaced("constraints.txt", "# Complete", "# A complete"),
        set(),
    ),
    "a claim": (
        replaced("book/claims/diya2026.yml", "id:", "id: "),
        PAGES - {"page_07_ethics"},
    ),
    "the freeze": (appended("book/freeze.yml", "# A comment.\n"), {"page_05_evaluation"}),
    "a style sheet, a tool, the README": (
        lambda copy: [
            appended(f)(copy) for f in ("book/static/site/custom.css", "tools/gate.py", "README.md")
        ],
        set(),
    ),
    "touch of everything": (touched, set()),
    "touch of large files": (new_weights, set()),
}


@pytest.mark.parametrize("edit", TABLE)
def test_exactly_what_depends_on_an_edit_runs_again(edited, edit):
    change, expected = TABLE[edit]
    change(edited)
    edited.pairs()
    assert edited.would_run() == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [({"FER_THREADS": "2"}, ALL), ({"profile": "book"}, ALL), ({"seed": 1}, RUNS | PAGES)],
)
def test_a_setting_that_decides_makes_everything_it_decides(checkout, settings, expected):
    assert checkout.would_run(**settings) == expected


def test_a_second_clone_elsewhere_runs_nothing(checkout, tmp_path):
    clone = copies.Copy(copies.sources(tmp_path / "another name" / "deeper"), checkout.store)
    assert clone.would_run() == set()


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ("pages/05_evaluation-*", {"page_05_evaluation"}),
        ("runs/cnn_baseline-*", {"run_cnn_baseline"}),
        ("sets/rendered46-*", {"data_rendered46"}),
    ],
)
def test_a_result_that_is_gone_is_made_again_alone(edited, gone, expected):
    (folder,) = edited.store.glob(gone)
    moved = folder.with_name("gone")
    folder.rename(moved)
    for path in edited.store.glob("sets/*/*"):
        os.utime(path)  # newer than the runs that were trained on it
    try:
        assert edited.would_run() == expected
    finally:
        moved.rename(folder)


def test_prune_leaves_what_this_commit_uses(edited, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(edited.store, store)
    old = store / "pages" / "05_evaluation-000000000000"
    shutil.copytree(next(store.glob("pages/05_evaluation-*")), old)
    faces = store / "data" / "faces-000000000000"
    faces.mkdir(parents=True)
    copy = copies.Copy(edited.folder, store)
    done = copy.run("prune", "--profile", "smoke")
    assert done.stdout.startswith("2 old results removed"), done.stderr
    assert not old.exists()
    assert not faces.exists()
    assert copy.would_run() == set()
    assert copy.run("prune", "--profile", "smoke").stdout.startswith("0 old results removed")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (nothing, ["05_evaluation is current: computed 2026-01-01", "at commit 0123456789ab"]),
        (
            replaced(EVALUATION, "plots.use_style()", "plots.use_style()  # changed"),
            ["05_evaluation is stale", "changed (`import numpy as np`)"],
        ),
        (
            appended("fer_lib/intervals.py"),
            ["fer_lib/intervals.py changed", "05_evaluation is stale"],
        ),
        (
            appended("fer_lib/train.py"),
            [
                "fer_lib/train.py changed (imported by way of fer_lib.experiment)",
                "its run of cnn_baseline is another",
                "cnn_baseline-rendered46-smoke-group-seed0, which it needs, is stale",
            ],
        ),
        (
            appended("fer_lib/faces/data/head.npz", "x"),
            ["fer_lib/faces/data/head.npz changed (imported by way of", "the data set is another"],
        ),
        (replaced("constraints.txt", "pandas==", "pandas==9."), ["constraints.txt: pandas"]),
        (appended("book/freeze.yml", "# more\n"), ["book/freeze.yml changed"]),
    ],
)
def test_why_says_it_in_words(edited, change, said):
    change(edited)
    edited.pairs()
    told = edited.why("05_evaluation")
    for words in said:
        assert words in told


def test_why_names_an_unknown_page(checkout):
    done = checkout.run("why", "99_nothing", "--profile", "smoke")
    assert done.returncode == 2
    assert "choose one of 01_start_here" in done.stderr


def test_profile_paper_goes_to_a_cluster(checkout):
    """A dry run under the SLURM executor has one job for each model, seed and split."""
    names = checkout.would_run("--executor", "slurm", profile="paper", gpus=1, whole=True)
    runs = {name for name in names if name.startswith("run_")}
    assert len(runs) == 2 * 5 * 2
    assert "run_dual_task_rendered46_paper_image_seed4" in runs
    assert names >= PAGES
    # Each training asks for a GPU, and nothing limits the cluster to the cores of this machine.
    assert checkout.said.count("gpu=1") == len(runs)
    assert "Provided cores" not in checkout.said


def test_the_copy_has_what_the_checkout_has():
    """The table would prove nothing of a page that it does not have."""
    names = {f"page_{path.stem}" for path in (paths.root() / "notebooks").glob("*.ipynb")}
    assert names == PAGES
