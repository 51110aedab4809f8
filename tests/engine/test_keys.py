"""What the keys are made of: imports followed to the end, code cells without prose, the lock."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest

from engine import build, why
from engine.jobs import check, jobs, notebook_cells, page_table, run_job, undeclared_reads
from engine.page import study_registry
from engine.site import assemble_book
from engine.store import artifact, keys, lockfile, paths, progress_words, registry
from fer_lib.data import datasets
from fer_lib.models import pretrained_registry
from fer_lib.papers.diya2026 import named_configs
from fer_lib.settings import Settings
from fer_lib.training import config, configs
from tests.helpers import copies

SETTINGS = Settings("rendered46", "", "smoke", 0)


@pytest.fixture(scope="module")
def library():
    return keys.library()


def test_imports_are_followed_also_inside_functions(library):
    # fer_lib.models.backbones imports the repair of torchvision where it is needed.
    found = library.modules("fer_lib.training.run_training")
    assert {
        "fer_lib",
        "fer_lib.training.loop",
        "fer_lib.models.tensor_pickle",
        "fer_lib.models.torchvision_repair",
    } <= found
    assert "fer_lib.plots.figures" not in found


def test_packages_on_the_way_count(library):
    found = library.modules("fer_lib.data.splits")
    assert "fer_lib.data" in found  # importing the module executes its package


def test_what_a_package_carries_counts(library):
    assert "face_renderer/data/head.npz" in library.hashes("face_renderer")
    assert "face_renderer/data/LICENCE.md" not in library.hashes("face_renderer")


def test_every_hash_is_the_file_but_for_the_words_of_progress_lines(library):
    for file, digest in library.hashes("fer_lib.training.run_training").items():
        content = (paths.root() / file).read_bytes()
        assert digest == keys.sha256(progress_words.counted(content))
        speaks = re.search(rb"import .*\bprogress\b|fer_lib\.progress|    progress,", content)
        assert speaks or progress_words.counted(content) == content, file


SPEAKING = """\
from engine.store import progress

def fit(epochs, name="a"):
    for epoch in range(epochs):
        progress.say(f"{name}: epoch {epoch:2d}, loss {score(epoch)}", "grün")
    return "progress"
"""


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("epoch {", "round {", True),
        (", loss", ", the loss is", True),
        ("{epoch:2d}", "{epoch:3d}", True),
        ("grün", "green", True),
        ("score(epoch)", "score(1)", False),  # what is computed for it counts
        ("progress.say", "progress.tell", False),
        ('"progress"', '"said"', False),
        ('name="a"', 'name="b"', False),
        ("    for", "    # A comment.\n    for", False),
        ("from engine.store import progress", "import progress", False),  # somebody else's
    ],
)
def test_of_a_progress_line_the_words_alone_do_not_count(old, new, same):
    assert SPEAKING.count(old) >= 1
    first, second = (
        progress_words.counted(s.encode()) for s in (SPEAKING, SPEAKING.replace(old, new))
    )
    assert (first == second) is same


def test_a_page_builds_the_import_graph_once(monkeypatch):
    """Page 13 asks for 36 runs; each needs the graph of all modules."""
    built = []
    build = keys.grimp.build_graph
    monkeypatch.setattr(keys, "_now", None)
    monkeypatch.setattr(
        keys.grimp, "build_graph", lambda *a, **k: built.append(a) or build(*a, **k)
    )
    for name in named_configs.ABLATIONS:
        for experiment in configs.experiments(name, replace(SETTINGS, profile="book")):
            config.stage(experiment).place()
    assert len(built) == 1


def test_an_edit_between_two_questions_is_seen(monkeypatch, tmp_path):
    """A kernel lives long, and the build asks again before it seals a page."""
    copy = copies.Copy(copies.sources(tmp_path / "checkout"), tmp_path / "store")
    code = (
        "from pathlib import Path\n"
        "from engine.store import keys\n"
        "def key():\n"
        "    hashes = keys.library().hashes('fer_lib.training.losses')\n"
        "    return hashes['fer_lib/training/losses.py']\n"
        "first, again, file = key(), key(), Path('fer_lib/training/losses.py')\n"
        "file.write_text(file.read_text() + '# more\\n')\n"
        "print(first == again, first == key())\n"
    )
    assert copy.kept("-c", code).stdout == "True False\n"


def test_an_unknown_module_is_an_error(library):
    with pytest.raises(ValueError, match=r"fer_lib\.nothing is not a module"):
        library.modules("fer_lib.nothing")


def test_faces_are_named_after_the_code_that_renders_them(monkeypatch):
    """A generator that was changed must not show the faces of yesterday."""
    first = datasets.identity("rendered46")
    assert datasets.identity("rendered_test") == first
    assert first.startswith("face_renderer-")
    code = keys.library().ingredients("face_renderer")
    changed = code | {"library": code["library"] | {"face_renderer/shade.py": "0"}}
    monkeypatch.setattr(keys.Library, "ingredients", lambda *_: changed)
    second = datasets.identity("rendered46")
    newer = code | {"lock": code["lock"] | {"numpy": "0"}}
    monkeypatch.setattr(keys.Library, "ingredients", lambda *_: newer)
    assert len({first, second, datasets.identity("rendered46")}) == 3


@pytest.mark.parametrize("module", ["build", "why"])
def test_a_library_that_does_not_parse_is_one_line(tmp_path, module):
    copy = copies.Copy(copies.sources(tmp_path / "checkout"), tmp_path / "store")
    (copy.folder / "fer_lib" / "plots.py").write_text("def half(:\n")
    done = copy.kept("-m", f"engine.{module}", "--profile", "smoke")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "plots.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_working_out_the_keys_loads_nothing_heavy():
    """Each of a build's processes does it; numba must also find its folder set when it comes."""
    code = (
        "import sys\nfrom engine.jobs import jobs\n"
        "from fer_lib.settings import Settings\n"
        f"jobs.all_jobs({SETTINGS!r})\n"
        "heavy = {'torch', 'numba', 'sklearn', 'matplotlib', 'face_renderer'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=paths.root(), capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_two_checkouts_make_a_data_set_once(monkeypatch, tmp_path):
    """With one store and at the same time; the second waits and finds it made."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    monkeypatch.setenv("FER_BUILD", str(tmp_path / "build"))
    found = jobs.all_jobs(SETTINGS).values()
    (job,) = (job for job in found if job.name == "rendered46")
    made = []

    def make(_settings, of, _folder):
        made.append(of.name)
        time.sleep(0.5)  # time enough for the other to come in
        return {}

    monkeypatch.setattr(jobs, "make_data", make)
    monkeypatch.setattr(run_job.run_notebook, "set_environment", lambda _scratch: None)
    monkeypatch.setattr(run_job.run_notebook, "live_progress", lambda *_: nullcontext())
    asked = check.Asked(SETTINGS, 1, 60)
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(run_job.do, [job.folder] * 2, [asked] * 2))
    assert ended == [None, None]
    assert made == ["rendered46"]
    assert job.fault() is None


def test_comments_of_the_lock_do_not_count(monkeypatch, tmp_path):
    (tmp_path / "constraints.txt").write_text("# a comment\nnumpy==1.0\n\ntorch==2.0\n")
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    assert lockfile.pins() == {"numpy": "1.0", "torch": "2.0"}


@pytest.mark.parametrize("package", keys.PACKAGES)
def test_every_file_beside_the_code_is_data_prose_or_a_table(package):
    """Another would be read and count for no key."""
    own = paths.root() / package
    for file in own.rglob("*"):
        parts = set(file.relative_to(own).parts)
        if file.is_file() and not parts & {"__pycache__", "build", f"{package}.egg-info"}:
            table = registry.is_file(file.relative_to(paths.root()))
            installing = file == own / "pyproject.toml"  # read by pip alone
            assert table or installing or file.suffix in (".py", ".md", *keys.DATA), file


def test_what_pip_leaves_of_a_build_does_not_count(tmp_path):
    copied = tmp_path / "claimcheck"
    shutil.copytree(paths.root() / "claimcheck", copied, ignore=shutil.ignore_patterns("build"))
    before = keys.carried(copied)
    assert copied / "schema.json" in before
    for place in (copied / "build" / "lib" / "claimcheck", copied / "claimcheck.egg-info"):
        place.mkdir(parents=True)
        shutil.copy(copied / "schema.json", place)
    assert keys.carried(copied) == before


def test_learners_that_flaml_loads_by_name_count(library):
    """It names them under an extra only, and they decide what it finds."""
    behind = set(library.versions("fer_lib.papers.huang2025.balancing.flaml_classifier"))
    assert {"flaml", "lightgbm", "optuna"} <= behind
    assert behind & {"xgboost", "xgboost-cpu"}
    assert "lightgbm" not in library.versions("fer_lib.training.run_training")


OUTDATED = """
from pathlib import Path
from engine.store import keys
from fer_lib.training import losses
keys.library()
file = Path("fer_lib/training/losses.py")
file.write_text(file.read_text().replace("1.0", "2.0", 1) + "# more\\n")
keys.refuse_outdated("fer_lib.labels")
try:
    keys.refuse_outdated("fer_lib.training.loop")
except keys.LibraryError as error:
    print(error)
"""


def test_a_kernel_that_is_kept_open_stores_nothing_made_with_old_code(tmp_path):
    """Its key would be that of the new code."""
    copy = copies.Copy(copies.sources(tmp_path / "checkout"), tmp_path / "store")
    said = "fer_lib.training.losses changed after it was imported here: restart this kernel\n"
    assert copy.kept("-c", OUTDATED).stdout == said


def test_a_changed_lock_is_seen_by_a_process_that_runs(tmp_path):
    copy = copies.Copy(copies.sources(tmp_path / "checkout"), tmp_path / "store")
    code = (
        "from pathlib import Path\n"
        "from engine.store import keys\n"
        "first, file = keys.library().versions('fer_lib.training.loop'), Path('constraints.txt')\n"
        "file.write_text(file.read_text().replace('numpy==', 'numpy==9.'))\n"
        "print(first['numpy'], keys.library().versions('fer_lib.training.loop')['numpy'])\n"
    )
    first, second = copy.kept("-c", code).stdout.split()
    assert second == f"9.{first}"


def test_tables_are_read_anew_when_a_job_is_looked_for(tmp_path):
    copy = copies.Copy(copies.sources(tmp_path / "checkout"), tmp_path / "store")
    code = (
        "from pathlib import Path\n"
        "from engine.jobs import jobs\nfrom engine.jobs import run_job as work\n"
        "from fer_lib.settings import Settings\n"
        f"settings = {SETTINGS!r}\n"
        "folder = next(iter(jobs.all_jobs(settings)))\n"
        "work.find(folder, settings)\n"
        "file = Path('fer_lib/tables/profiles.toml')\n"
        "file.write_text(file.read_text().replace('test_subjects = 10', 'test_subjects = 11', 1))\n"
        "try:\n"
        "    work.find(folder, settings)\n"
        "except work.JobError as error:\n"
        "    print(error)\n"
    )
    said = "a file it depends on changed while the build was running: build again\n"
    assert copy.kept("-c", code).stdout == said


def test_each_way_of_importing_is_seen(library):
    book = nbformat.v4.new_notebook()
    book.cells = [
        nbformat.v4.new_code_cell(
            "import engine.page.tables\nfrom fer_lib import plots as p, data"
        ),
        nbformat.v4.new_markdown_cell("import fer_lib.training.loop"),
        nbformat.v4.new_code_cell("def f():\n    from fer_lib.data.splits import split"),
    ]
    assert notebook_cells.imports(book, library) == [
        "engine.page.tables",
        "fer_lib",
        "fer_lib.data",
        "fer_lib.data.splits",
        "fer_lib.plots",
    ]


def test_only_tags_that_change_execution_count():
    cell = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["hide-input"]})
    book = nbformat.v4.new_notebook(cells=[cell])
    plain = notebook_cells.hashes(book)
    cell.metadata["tags"] = []
    assert notebook_cells.hashes(book) == plain
    cell.metadata["tags"] = ["parameters"]
    assert notebook_cells.hashes(book) != plain


@pytest.mark.parametrize("name", page_table.names())
def test_a_page_is_executed_without_its_prose(name):
    book = notebook_cells.without_prose(page_table.notebook(name))
    assert {cell.cell_type for cell in book.cells} == {"code"}


def of_kind(kind, **settings):
    found = jobs.all_jobs(replace(SETTINGS, **settings))
    for job in found.values():  # in an order in which they could run
        assert all(list(found).index(need) < list(found).index(job.folder) for need in job.needs)
    return [job for job in found.values() if job.kind == kind]


# What profile book trains not at all.
FROM_NOTHING = {"whole_pretrained", "random_lite0", "random_lite0_se"}
FROM_NOTHING |= {"random_b0", "random_b0_bare"}
SEEDS = {"smoke": (1, 1), "book": (5, 2), "book-full": (5, 5), "paper": (5, 5)}


@pytest.mark.parametrize("profile", SEEDS)
def test_every_profile_trains_each_arm_once_per_seed(profile):
    most, others = SEEDS[profile]
    runs = [job.stage.what for job in of_kind("run", profile=profile, seed=3)]
    told = sorted((e.arm.name, e.settings.seed) for e in runs)
    assert told == sorted(
        (name, 3 + k)
        for name in configs.TABLE
        for k in range(most if name in ("dual_task", named_configs.RIVAL) else others)
        if profile != "book" or name not in FROM_NOTHING
    )
    assert {e.settings.profile for e in runs} == {profile}


@pytest.mark.parametrize("profile", SEEDS)
def test_each_training_waits_for_the_activations_it_reads_and_no_others(profile):
    found = jobs.all_jobs(replace(SETTINGS, profile=profile)).values()
    made = {job.stage.what: job.folder for job in found if job.kind == "activations"}
    (data,) = (job.folder for job in found if job.name == "rendered46")
    read = set()
    for job in found:
        if job.kind != "run":
            continue
        wanted = config.all_activations(job.stage.what)
        assert set(job.needs) == {data, *(made[one] for one in wanted)}
        read |= set(wanted)
        experiment = job.stage.what
        expected = bool(experiment.frozen) * len(experiment.arm.backbones)
        assert len(experiment.activations) == expected
    assert read == set(made)  # none is made for nothing


def test_activations_are_shared_by_all_arms_and_seeds():
    shared = {job.stage.what.activations for job in of_kind("run", profile="book")}
    assert len(of_kind("activations", profile="book")) < 20
    assert len(shared) < len(configs.every()) / 2


def test_a_page_reads_the_runs_that_the_table_names():
    """All seeds of an arm, or the first alone, and names each in its footer."""
    found = {job.name: job for job in of_kind("page", profile="book", seed=3)}
    runs = {job.folder: job for job in of_kind("run", profile="book", seed=3)}
    for name, page in ((name, page_table.page(name)) for name in page_table.names()):
        wanted = {(arm, 3) for arm in page.first}
        wanted |= {(arm, seed) for arm in page.arms for seed in range(3, 3 + seeds_of(arm))}
        needs = found[name].needs[1:]
        read = [runs[need].stage.what for need in needs if need in runs]
        studied = [need.partition("/")[2] for need in needs if need not in runs]
        assert [one.partition("-")[0] for one in studied] == list(page.studies)
        assert {(e.arm.name, e.settings.seed) for e in read} == wanted
        assert list(found[name].ingredients["runs"]) == [
            f"{e.arm.name}, seed {e.settings.seed}" for e in read
        ]


def test_what_a_page_read_is_noted_by_kind_and_name():
    (page,) = (job for job in of_kind("page") if job.name == "huang2025/rare_emotions")
    for needs in (page.needs, page.needs[::-1]):
        noted = run_job.read_by(replace(page, needs=needs))
        assert noted["runs"] == {}
        assert list(noted["studies"]) == ["micro_features", "micro_scores"]
        for name, folder in noted["studies"].items():
            assert folder.startswith(f"{name}-")
            assert folder.endswith(page.ingredients["studies"][name])


def seeds_of(arm):
    """Return how many seeds profile book takes."""
    if arm in FROM_NOTHING:
        return 0
    return 5 if arm in ("dual_task", named_configs.RIVAL) else 2


def test_every_arm_on_a_page_is_one():
    named = {
        name
        for page in map(page_table.page, page_table.names())
        for name in (*page.arms, *page.first)
    }
    assert named <= set(configs.TABLE)


def test_a_result_that_began_at_random_is_made_again_once_weights_answer(monkeypatch, tmp_path):
    """And what rests on it; one whose weights still cannot be had stays."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    found = jobs.all_jobs(SETTINGS)
    for job in found.values():
        with artifact.writing(job.place()) as part:
            for name in job.stage.contents:
                (part / name).write_text(json.dumps(began(job)) if name.endswith("n") else "")
    monkeypatch.setattr(build, "answers", lambda family: family == "b3")
    again = {job.name for job in build.missing(found)}
    assert "b3-8-rendered46-48px" in again
    assert "b3_embedding-rendered46-smoke-seed0" in again
    assert "diya2026/b3_embedding" in again
    assert not any("xception" in name or "fusion" in name for name in again)
    assert not any(name.startswith(("b3_substitute", "dual_task")) for name in again)
    gone = [job for job in found.values() if not artifact.exists(job.place())]
    assert {job.name for job in gone} == again


def began(job):
    """Return a record: b3 and xception at random, all else from weights."""
    absent = ("b3", "xception")
    if job.kind == "activations":
        family = job.stage.what.family
        return {
            "family": family,
            "pretrained": True,
            "weights": {"file": "" if family in absent else "x"},
        }
    if job.kind == "run":
        used = job.stage.what.arm.backbones
        return {
            "random_start": any(family in absent for family in used),
            "weights": [{"file": "" if family in absent else "x"} for family in used],
        }
    return {}


def test_outputs_join_by_id_and_only_with_the_code_they_came_from():
    book = nbformat.v4.new_notebook()
    book.cells = [
        nbformat.v4.new_markdown_cell("a new paragraph"),
        nbformat.v4.new_code_cell("print(1)"),
    ]
    notebook_cells.number_cells(book)
    stored = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)")])
    notebook_cells.number_cells(stored)
    stored.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text="1\n")]
    assemble_book.join_outputs(book, stored)
    assert book.cells[1].outputs[0].text == "1\n"
    book.cells[1].source = "print(2)"
    with pytest.raises(
        assemble_book.StageError, match="code-00 was not executed with the code it has now"
    ):
        assemble_book.join_outputs(book, stored)
    book.cells.pop()
    with pytest.raises(
        assemble_book.StageError, match="code-00 was executed and is not in the notebook"
    ):
        assemble_book.join_outputs(book, stored)


def test_the_page_shows_the_parameters_in_force():
    book = nbformat.read(page_table.notebook("diya2026/data"), as_version=4)
    settings = replace(SETTINGS, profile="book", seed=7, data_root="/home/somebody/faces")
    assemble_book.show_parameters_in_force(book, settings)
    (cell,) = (c for c in book.cells if "parameters" in c.metadata.get("tags", []))
    assert 'profile = "book"' in cell.source
    assert "seed = 7" in cell.source
    assert "somebody" not in cell.source  # where one's data lie is nobody's business
    assert "hide-cell" in cell.metadata["tags"]


def test_compiled_files_count_as_their_source(tmp_path):
    log = tmp_path / "reads"
    cached = paths.root() / "fer_lib/evaluation/__pycache__/metrics.cpython-311.pyc"
    outside = tmp_path / "elsewhere.txt"
    installed = paths.root() / "fer_companion.egg-info" / "PKG-INFO"
    inside = [
        cached,
        paths.root() / "book" / "papers" / "diya2026" / "freeze.yml",
        paths.root() / ".venv" / "x",
    ]
    lines = [*inside, installed, outside]
    log.write_text("".join(f"{line}\n" for line in lines if line != outside))
    counted = {"library": {"fer_lib/evaluation/metrics.py": ""}, "files": {}, "rows": {}}
    assert undeclared_reads.undeclared(log, counted) == ["book/papers/diya2026/freeze.yml"]
    counted = {"library": {}, "files": {"book/papers/diya2026/freeze.yml": ""}, "rows": {}}
    assert undeclared_reads.undeclared(log, counted) == ["fer_lib/evaluation/metrics.py"]


def test_what_a_page_uses_and_its_key_does_not_hold_is_named(tmp_path):
    log = tmp_path / "reads"
    tables = paths.root() / "fer_lib" / "tables" / "families.toml"
    log.write_text(f"{tables}\nrow:families/b0\nrow:profiles/smoke\nimport:yaml\nimport:PIL\n")
    counted = {"library": {}, "files": {}, "rows": {"profiles/smoke": "0"}, "lock": {"pillow": "1"}}
    assert undeclared_reads.undeclared(log, counted) == ["row families/b0 of a registry"]
    assert undeclared_reads.uncounted_packages(log, counted) == ["pyyaml"]
    counted["rows"] |= {"families/b0": "0"}
    counted["lock"] |= {"pyyaml": "1"}
    assert (
        undeclared_reads.undeclared(log, counted)
        == undeclared_reads.uncounted_packages(log, counted)
        == []
    )


def test_rows_that_are_looked_up_are_heard_of():
    table = registry.Table("profiles", "profile")
    table["book"]
    with undeclared_reads.Rows() as rows:
        table["smoke"]
        table.digests("paper")  # a key is no use of a row
        with pytest.raises(ValueError, match="unknown profile 'tiny': choose one of smoke, book"):
            table["tiny"]
    table["book"]
    assert rows.found == {"profiles/smoke", "profiles/*"}  # the message lists what there is
    with undeclared_reads.Rows() as rows:
        table["smoke"]
    assert rows.uncounted({"rows": {}}) == ["profiles/smoke"]
    assert rows.uncounted({"rows": {"profiles/smoke": "0"}}) == []


def test_asking_for_a_key_opens_no_file_that_the_key_does_not_count(tmp_path):
    """A page asks for the keys of the runs that it reads, and would be refused."""
    log = tmp_path / "reads"
    code = (
        "import os\n"
        "from engine.jobs import watching_kernel as kernel\n"
        f"kernel.watch({str(log)!r}, {str(paths.root()) + os.sep!r})\n"
        "from engine.store import keys\n"
        "print(*keys.library().hashes('engine.store.keys'))\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=paths.root(), capture_output=True, text=True, check=True)
    assert (
        undeclared_reads.sources(log) - undeclared_reads.ALWAYS
        == set(done.stdout.split()) - undeclared_reads.ALWAYS
    )


@pytest.mark.parametrize("name", list(study_registry.TABLE))
def test_asking_for_the_place_of_a_study_looks_up_no_other_row(name):
    asked = replace(SETTINGS, data="rendered_micro")
    with undeclared_reads.Rows() as rows:
        decides = study_registry.stage(study_registry.get(name), asked).ingredients
    assert rows.uncounted(decides) == []


def test_a_kernel_tells_what_it_opens_looks_up_and_imports(tmp_path):
    log = tmp_path / "reads"
    code = (
        "import os\n"
        "from engine.jobs import watching_kernel as kernel\n"
        f"kernel.watch({str(log)!r}, {str(paths.root()) + os.sep!r})\n"
        "from fer_lib.training import profiles\n"
        "profiles.get('smoke')\n"
        "import yaml\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=paths.root(), check=True)
    assert undeclared_reads.lines(log, "row:") == ["profiles/smoke"]
    assert {"fer_lib", "yaml"} <= set(undeclared_reads.lines(log, "import:"))
    assert "fer_lib/training/profiles.py" in undeclared_reads.sources(log)
    assert not any("tables" in file for file in undeclared_reads.sources(log))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"form": 1}, "the form of a stored page is 1, was None"),
        ({"subjects": 12}, "the number of subjects is 12, was None"),
        ({"python": "3.12"}, "Python is 3.12, was 3.11"),
        ({"lock": {"numpy": "2"}}, "constraints.txt: numpy 1 became 2"),
        ({"lock": {"numpy": "1", "scipy": "3"}}, "constraints.txt: scipy 3 is new"),
        ({"rows": {"arms/base": "1"}}, "row arms/base of fer_lib/tables changed"),
        ({"rows": {"arms/base": "0", "arms/b0": "1"}}, "row arms/b0 of fer_lib/tables is used now"),
        ({"rows": {}}, "row arms/base of fer_lib/tables is no longer used"),
        ({"settings": {"arm": {"weights": (1, 2), "loss": ()}}}, "arm weights is [1, 2], was [1]"),
        ({"settings": {"arm": {"weights": (1,)}}}, "arm loss is not set, was []"),
        ({"runs": {"a": "0", "b": "1"}}, "it reads the run of b now"),
        ({"runs": {}}, "it no longer reads the run of a"),
        ({"studies": {"s": "1"}}, "its study s is another"),
    ],
)
def test_each_ingredient_that_differs_is_said_in_words(changed, said):
    before = {"lock": {"numpy": "1"}, "rows": {"arms/base": "0"}, "python": "3.11", "threads": 1}
    before |= {"settings": {"arm": {"weights": [1], "loss": []}}}
    before |= {"runs": {"a": "0"}, "studies": {"s": "0"}}
    job = SimpleNamespace(name="x", modules=(), ingredients=before | changed)
    assert why.reasons(job, before) == [said]
    assert why.reasons(SimpleNamespace(name="x", modules=(), ingredients=before), before) == []


class Answer:
    def __init__(self, status):
        self.status = status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_what_answers_asks_official_files_only_and_fetches_none(monkeypatch):
    asked = []

    def urlopen(request, timeout):
        asked.append((request.full_url, request.get_method()))
        return Answer(200)

    monkeypatch.setattr(build.urllib.request, "urlopen", urlopen)
    assert build.answers.__wrapped__("b0")
    assert asked == [(pretrained_registry.get("efficientnet_b0").origins[0], "HEAD")]
    monkeypatch.setattr(build.urllib.request, "urlopen", lambda *_, **__: Answer(404))
    assert not build.answers.__wrapped__("b0")

    def fail(*_args, **_kwargs):
        raise OSError("no network")

    monkeypatch.setattr(build.urllib.request, "urlopen", fail)
    assert not build.answers.__wrapped__("b0")
