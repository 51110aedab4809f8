"""What can go wrong in a build, row by row: its status, what it says, what the site then shows.

Whole builds of a toy checkout (`toy`), each a few seconds: only what a test changes is done again.
Most start from a Python that is warm already (`warm`); those that are about processes do not.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from copy import copy
from dataclasses import dataclass, field

import psutil
import pytest

from tests.helpers import toy as toys
from tests.helpers import warm

RUN = "cnn_baseline-rendered46-smoke-seed0"
ACTIVATIONS = "b0_family-6-rendered46-48px"
LIMIT = 3  # seconds that a cell may take
# Each page but the first three goes wrong in its own way.
TROUBLE = {
    **toys.PAGES,
    "04_crash": (
        "A page that raises",
        "# %%\nprint('came this far')\n\n# %%\n# what this cell is for\nprint(1 / seed)\n",
        "",
    ),
    "05_hung": ("A page that hangs", "# %%\nimport time\n\ntime.sleep(3600)\n", ""),
    "06_stubborn": (
        "A page that cannot be interrupted",
        "# %%\nimport signal\nimport time\n\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(3600)\n",
        "",
    ),
    "07_dying": ("A page whose kernel ends", "# %%\nimport os\n\nos._exit(1)\n", ""),
    "08_file": (
        "A page that reads a file",
        '# %%\nfrom engine.store import paths\n\nfile = paths.root() / "book" / "references.bib"\n'
        'print("read", len(file.read_text()) > 0)\n',
        "",
    ),
    "09_hidden": (
        "A page with an import that nobody sees",
        '# %%\nimport importlib\n\nprint(importlib.import_module("fer_lib.words").SAID)\n',
        "",
    ),
    "10_edited": (
        "A page whose module is edited meanwhile",
        "# %%\nfrom fer_lib import edited\n\nprint(edited.SAID)\n",
        "",
    ),
}
TROUBLE["11_syntax"] = ("A page with a slip", "# %%\nprint('no end'\n", "")
FAILING = [name for name in TROUBLE if name not in ("01_first", "02_second", "10_edited")]
MENDED = {
    **TROUBLE,
    "04_crash": ("A page that raises", "# %%\nprint('mended 04')\n", ""),
    "05_hung": ("A page that hangs", "# %%\nprint('mended 05')\n", ""),
    "06_stubborn": ("A page that cannot be interrupted", "# %%\nprint('mended 06')\n", ""),
    "07_dying": ("A page whose kernel ends", "# %%\nprint('mended 07')\n", ""),
    "11_syntax": ("A page with a slip", "# %%\nprint('mended 11')\n", ""),
    "08_file": (*TROUBLE["08_file"][:2], 'files = ["book/references.bib"]\n'),
    "09_hidden": (*TROUBLE["09_hidden"][:2], 'files = ["fer_lib/words.py"]\n'),
}
# Writes files into the folder that it is given, for ever.
WRITER = """
import sys
from itertools import count
from pathlib import Path
for number in count():
    try:
        Path(sys.argv[1]).mkdir(exist_ok=True)
        (Path(sys.argv[1]) / str(number % 99)).touch()
    except OSError:
        pass
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Return a toy that was built undisturbed; not to be changed."""
    toy = toys.make(tmp_path_factory.mktemp("sound"))
    built = toy.build("--jobs", "4")
    assert built.status == 0, built.said
    done = ["01_first", "02_second", "03_third", "b0_family", "cnn_baseline", "dual_task"]
    assert toy.witnesses() == done
    return toy


@pytest.fixture(scope="module")
def warm_python():
    with warm.python() as command:
        yield command


@pytest.fixture
def toy(sound, warm_python, tmp_path):
    """Return a copy of the built toy, for one test."""
    copied = toys.copy(sound, tmp_path)
    copied.warm = warm_python
    yield copied
    copied.stop()


def check_same(toy, sound):
    """Check that a toy's site and stored outputs are those of the undisturbed one."""
    assert toy.entries() == sound.entries()  # neither more nor half-made ones
    for name in toys.PAGES:
        assert toy.outputs(name) == sound.outputs(name)
    assert toy.site() == sound.site()


@dataclass
class Trouble:
    """Three builds of the pages in `TROUBLE`: twice as they are, then mended."""

    toy: toys.Toy
    builds: list[toys.Built] = field(default_factory=list)
    pages: list[dict] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    kernels: list[int] = field(default_factory=list)

    def build(self) -> None:
        """Build, and keep what was said and shown."""
        self.builds.append(self.toy.build("--limit", str(LIMIT), "--jobs", "4"))
        self.pages.append({name: self.toy.page(f"notebooks/{name}").article for name in TROUBLE})
        self.about.append(self.toy.page("book/about_this_build").article.get_text(" "))
        self.kernels.append(len(self.toy.processes("engine.jobs.watching_kernel")))

    def report(self, build: int, name: str) -> str:
        """Return the report on a page, without what is folded away."""
        (box,) = copy(self.pages[build][name]).select(".failure")
        for folded in box.select("details"):
            folded.decompose()
        return " ".join(box.get_text(" ").split())

    def shown(self, build: int, name: str) -> list[str]:
        """Return the outputs on a page."""
        return [box.get_text().strip() for box in self.pages[build][name].select(".output")]


@pytest.fixture(scope="module")
def trouble(sound, warm_python, tmp_path_factory):
    toy = toys.copy(sound, tmp_path_factory.mktemp("trouble"))
    toy.warm = warm_python
    library = toy.checkout / "fer_lib"
    (library / "edited.py").write_text("SAID = 'before the edit'\n")
    training = (library / "training" / "run_training.py").read_text()
    toy.replace(
        "fer_lib/training/run_training.py",
        "    size = ",
        "    if name == 'cnn_baseline':\n"
        "        raise RuntimeError('the loss is nan')\n"
        "    size = ",
    )
    toy.set_pages(TROUBLE)
    toy.forget("02_second")
    toy.ask("02_second", "die")
    toy.ask("10_edited", "edit", str(library / "edited.py"))
    found = Trouble(toy)
    try:
        found.build()
        found.build()  # the same again, nothing changed
        (library / "training" / "run_training.py").write_text(training)
        toy.set_pages(MENDED)
        found.build()
        yield found
    finally:
        toy.stop()


def test_every_job_has_the_same_order_of_sets(sound):
    """A training has it by lot otherwise, and a page the one that it was told."""
    command = [sys.executable, "-c", "print(hash('a word'))"]
    told = {**sound.environment(), "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=told, capture_output=True, text=True)
    for name in ("02_second", "cnn_baseline", "b0_family"):
        assert (sound.folder / f"{name}.running").read_text() == done.stdout.strip()


SURROUNDINGS = """
import json, os, sys
print(json.dumps([sys.path, sys.argv, os.getcwd(), dict(os.environ), hash("a word"), __name__]))
"""


def test_a_warm_python_is_like_a_cold_one(sound, warm_python):
    told = {**os.environ, "PYTHONPATH": str(sound.checkout), "PYTHONHASHSEED": "0"}

    def run(python, code):
        command = [python, "-c", code, "more"]
        done = subprocess.run(command, cwd=sound.folder, env=told, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr.strip().rpartition("\n")[2]

    for code in (SURROUNDINGS, "import sys; sys.exit(3)", "1 / 0", "import os; os.abort()"):
        assert run(warm_python, code) == run(sys.executable, code)
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(3600)"
    asker = subprocess.Popen([warm_python, "-c", code], stdout=subprocess.PIPE, text=True)
    with asker:
        worker = psutil.Process(int(asker.stdout.readline()))
        asker.kill()
    toys.wait_for(lambda: not worker.is_running())


def test_a_broken_build_ends_with_1_every_time_and_with_0_once_mended(trouble):
    assert [built.status for built in trouble.builds] == [1, 1, 0]
    for built in trouble.builds[:2]:
        for name in FAILING:
            assert f"error: {name} failed" in built
        assert "error: 01_first" not in built
    for about in trouble.about[:2]:
        assert all(name in about.partition("Failed in this build")[2] for name in FAILING)
    assert "Nothing failed in this build." in trouble.about[2]
    assert not any(page.select(".failure") for page in trouble.pages[2].values())


@pytest.mark.parametrize("build", [0, 1])
def test_a_notebook_that_raises_is_a_page_that_says_so(trouble, build):
    said = trouble.builds[build]
    assert (
        "error: 04_crash failed in code cell 4 (`# what this cell is for`): ZeroDivisionError: "
        "division by zero. To run it alone: make notebook N=04_crash "
        "DATA=rendered46 PROFILE=smoke SEED=0"
    ) in said
    report = trouble.report(build, "04_crash")
    assert "ZeroDivisionError: division by zero" in report
    assert "It came from code cell 4: # what this cell is for" in report
    assert "make notebook N=04_crash DATA=rendered46 PROFILE=smoke SEED=0" in report
    page = copy(trouble.pages[build]["04_crash"])
    (folded,) = page.select(".failure details")
    assert "Traceback" in folded.get_text()
    folded.decompose()
    assert "Traceback" not in page.get_text()
    assert trouble.shown(build, "04_crash") == ["came this far"]
    assert trouble.shown(2, "04_crash") == ["mended 04"]


@pytest.mark.parametrize("build", [0, 1])
def test_the_other_pages_are_whole(trouble, sound, build):
    assert toys.plain(trouble.pages[build]["01_first"]) == sound.article("01_first")
    assert trouble.toy.outputs("01_first") == sound.outputs("01_first")


@pytest.mark.parametrize("build", [0, 1])
def test_pages_that_need_a_failed_training_say_so(trouble, build):
    said = trouble.builds[build]
    assert f"error: {RUN} failed: RuntimeError: the loss is nan." in said
    assert f"error: 03_third failed: it needs {RUN}." in said
    assert f"it needs {RUN}" in trouble.report(build, "03_third")
    assert trouble.shown(2, "03_third") == ["03_third read a run of cnn_baseline"]


@pytest.mark.parametrize("build", [0, 1])
@pytest.mark.parametrize("name", ["05_hung", "06_stubborn"])
def test_a_hung_notebook_is_a_failure(trouble, name, build):
    words = f"a cell had not ended after {LIMIT} s (LIMIT=seconds changes that)"
    assert f"error: {name} failed: {words}. To run it alone: make notebook" in trouble.builds[build]
    assert words in trouble.report(build, name)
    assert trouble.kernels[build] == 0


def test_a_kernel_that_dies_is_a_failure_in_words(trouble):
    words = "the kernel died; most often the machine ran out of memory (try JOBS=1)"
    for build, name in ((0, "07_dying"), (1, "07_dying"), (0, "02_second")):
        assert f"error: {name} failed: {words}" in trouble.builds[build]
        assert words in trouble.report(build, name)


def test_a_kernel_that_was_killed_once_leaves_nothing_behind(trouble, sound):
    assert "error: 02_second" not in trouble.builds[1]
    assert toys.plain(trouble.pages[1]["02_second"]) == sound.article("02_second")
    assert trouble.toy.outputs("02_second") == sound.outputs("02_second")


@pytest.mark.parametrize("build", [0, 1])
@pytest.mark.parametrize(
    ("name", "file"), [("08_file", "book/references.bib"), ("09_hidden", "fer_lib/words.py")]
)
def test_a_file_that_no_key_counts_is_refused(trouble, name, file, build):
    words = f"it read {file}, which does not count towards its key"
    assert f"error: {name} failed: {words}" in trouble.builds[build]
    assert words in trouble.report(build, name)
    assert "name the file in the row of the page" in trouble.report(build, name)


@pytest.mark.parametrize("build", [0, 1])
def test_a_notebook_that_does_not_parse_is_a_failure_of_its_own(trouble, build):
    assert "It came from code cell 3: print('no end'" in trouble.report(build, "11_syntax")
    assert "SyntaxError: incomplete input" in trouble.report(build, "11_syntax")


def test_a_file_that_the_table_names_may_be_read(trouble):
    assert trouble.shown(2, "08_file") == ["read True"]
    assert trouble.shown(2, "09_hidden") == ["before the edit"]


def test_an_edit_while_a_page_executes_is_seen(trouble):
    words = "a file it depends on changed while the build was running: build again"
    assert f"error: 10_edited failed: {words}" in trouble.builds[0]
    assert words in trouble.report(0, "10_edited")
    # Kept under one key only, and what was executed belongs to it.
    assert "error: 10_edited" not in trouble.builds[1]
    assert trouble.shown(1, "10_edited") == ["after the edit"]
    assert len(list(trouble.toy.store.glob("pages/10_edited-*"))) == 1


def test_a_new_sentence_is_on_the_page_although_nothing_ran(toy, sound):
    first = "notebooks/01_first.py"
    toy.replace(first, "What this page says of itself.", "A sentence of today.")
    # A paragraph before the figure moves every cell after it; the outputs find theirs by its name.
    toy.replace(first, "# %% mystnb=", "# %% [markdown]\n# One more paragraph.\n\n# %% mystnb=")
    built = toy.build()
    assert built.status == 0, built.said
    assert toy.witnesses() == []
    assert toy.entries() == sound.entries()
    assert "A sentence of today." in toy.text("01_first")
    assert "One more paragraph." in toy.text("01_first")
    assert "What this page says of itself." not in toy.text("01_first")
    assert toy.page("notebooks/01_first").select_one("article img")["alt"] == "A red dot."


def test_a_sound_site_stays_until_it_or_a_byte_behind_it_changes(toy, sound):
    def rendered() -> int:
        built = toy.build()
        assert built.status == 0, built.said
        return (toy.built / "html" / "index.html").stat().st_mtime_ns

    first = rendered()
    assert rendered() == first
    lost = toy.built / "html" / "notebooks" / "01_first.html"
    lost.unlink()
    second = rendered()
    assert second != first and lost.is_file()
    toy.replace("book/references.md", "# ", "# New: ")
    third = rendered()
    assert third != second
    assert rendered() == third
    assert toy.witnesses() == []


def test_what_sphinx_and_the_gate_find_fails_every_build_until_mended(toy, sound):
    first = "notebooks/01_first.py"
    before = (toy.checkout / first).read_text()
    faults = {
        "# A sentence after the figure.": (
            "# [nowhere](02_second.html#nowhere) and ![A dot](no-such-file.png)\n#\n"
            "# {ref}`no-such-label`"
        ),
        'mystnb={"image": {"alt": "A red dot."}}': "",
    }
    for old, new in faults.items():
        toy.replace(first, old, new)
    for _ in range(2):
        built = toy.build()
        assert built.status == 1
        assert built.line("error:", "WARNING", "no-such-label")
        assert built.line("error:", "WARNING", "no-such-file.png")
        assert built.line("error: notebooks/01_first: broken link ", "nowhere")
        assert built.line("error: notebooks/01_first: ", "alt text", "_images/")
        assert "A sentence" not in toy.text("01_first")  # the site is there to be looked at
    assert toy.witnesses() == []  # none of this is code
    (toy.checkout / first).write_text(before)
    toys.pairs.write(toy.checkout / "notebooks", "py")
    built = toy.build()
    assert built.status == 0, built.said
    check_same(toy, sound)


def test_a_page_that_the_gate_refuses_is_not_stored(toy, sound):
    """Such as one that a library warned on, for a reason of this machine."""
    toy.forget("02_second")
    asked = toy.ask("02_second", "warn")
    for _ in range(2):
        built = toy.build()
        assert built.status == 1
        said = built.line("error: ", "02_second")  # one line, and none of the gate's own
        assert said.startswith(
            "error: 02_second failed in code cell 2 (`from fer_lib import asked`): "
            "output on stderr ('mkdir -p failed for path /proc/.config'), "
            "so the page is not stored: "
        )
        assert "mend what wrote it, in the code or on this machine" in said
        assert "1 problem(s)" in built
        assert toy.witnesses() == ["02_second"]  # executed again, each time
        assert sound.entries() - toy.entries() == {
            f"pages/{sound.stored('02_second').name}",
        }
        page = toy.page("notebooks/02_second")
        (report,) = page.select(".failure")
        assert "output on stderr" in report.get_text()
        assert "mkdir -p failed" in report.select_one("details").get_text()
        assert not page.select(".output.stderr")
        assert "before the edit" in page.article.get_text()  # the rest is shown as it came
    asked.unlink()
    built = toy.build()
    assert built.status == 0, built.said
    check_same(toy, sound)


FIGURE = (
    "A page with a line",
    '# %% mystnb={"image": {"alt": "A rising line."}}\nimport matplotlib.pyplot as plt\n\n'
    "plt.plot([0, 1])\nplt.show()\n",
    "",
)


def test_no_file_of_the_users_decides_or_spoils_a_page(toy, tmp_path):
    """Neither does a home that cannot be written to, or is not known."""
    toy.set_pages({**toys.PAGES, "04_figure": FIGURE})
    home = tmp_path / "home"
    (home / ".config" / "matplotlib").mkdir(parents=True)
    red = home / ".config" / "matplotlib" / "matplotlibrc"
    red.write_text("figure.facecolor: red\nsavefig.facecolor: red\n")
    starts = home / "starts.py"
    starts.write_text("raise RuntimeError('read at the start')\n")
    plain = dict.fromkeys(("MATPLOTLIBRC", "PYTHONSTARTUP", "XDG_CONFIG_HOME"))
    before = None
    for own in (
        {"HOME": str(tmp_path)},
        {"HOME": str(home), "MATPLOTLIBRC": str(red), "PYTHONSTARTUP": str(starts)},
        {"HOME": "/proc", "XDG_CACHE_HOME": None},
        {"HOME": None, "XDG_CACHE_HOME": None},
    ):
        toy.surroundings = plain | own
        # Only kernels and jobs look at the second's files, and every kernel starts cold.
        built = toy.build(cold="MATPLOTLIBRC" not in own)
        assert built.status == 0, built.said
        assert before in (None, toy.outputs("04_figure"))
        before = toy.outputs("04_figure")
        assert any("image/png" in output["data"] for (*_, output) in filter(None, before))
        toy.forget("04_figure")
    assert not [path for path in (tmp_path / ".cache", tmp_path / ".jupyter") if path.exists()]


def test_a_store_may_have_braces_and_blanks_in_its_path(toy, sound, tmp_path):
    place = tmp_path / "a b {y}" / "{name,.+}"
    place.parent.mkdir()
    toy.store = toy.store.rename(place)
    for name in ("02_second", "dual_task"):
        toy.forget(name)
    built = toy.build()
    assert built.status == 0, built.said
    assert toy.witnesses() == ["02_second", "dual_task"]
    check_same(toy, sound)


def test_what_stops_the_renderer_is_quoted_and_its_log_named(toy):
    with (toy.checkout / "book" / "_ext" / "fer_page.py").open("a") as extension:
        extension.write('\nimport re\n\nre.compile("(a")\n')
    built = toy.build()
    assert built.status == 1
    said = built.line("error: Jupyter Book stopped: ")
    assert "missing ), unterminated subpattern at position 0" in said
    log = toy.built / "sphinx.log"
    assert said.endswith(f"All that it said is in {log}")
    assert "Traceback" in log.read_text()


def test_killed_snakemake_and_build(toy, sound):
    held = ["02_second", "cnn_baseline", "dual_task"]
    holds = [toy.ask(name, "hold") for name in held]
    for name in (*held, "03_third"):
        toy.forget(name)
    build = toy.start("--jobs", "3", cold=True)
    for name in held:
        toys.wait_for(lambda name=name: toy.asked(name, "running"), build)
    for snakemake in toy.processes("--snakefile"):
        snakemake.kill()
    toys.wait_for(lambda: not toy.processes("--snakefile"))
    assert build.poll() is None  # waits for its jobs, which go on
    build.kill()
    build.wait()
    # One training dies with half of its files written; the other and the page come to their end.
    for training in toy.processes("runs/dual_task"):
        training.kill()
    for hold in holds:
        hold.unlink()
    toys.wait_for(lambda: not toy.processes("engine.jobs.run_job"))
    differ = toy.entries() ^ sound.entries()
    names = {entry.partition("/")[2].partition("-")[0] for entry in differ}
    assert names == {"dual_task", ".dual_task", "03_third"}  # the half-made one is hidden
    built = toy.build()
    assert built.status == 0, built.said
    check_same(toy, sound)
    assert toy.witnesses() == sorted([*held, "dual_task", "03_third"])


def test_a_killed_job(toy, sound):
    toy.forget("02_second")
    hold = toy.ask("02_second", "hold")
    build = toy.start(cold=True)
    toys.wait_for(lambda: toy.asked("02_second", "running"), build)
    for work in toy.processes("engine.jobs.run_job"):
        work.kill()
    hold.unlink()
    built = toy.end(build)
    assert built.status == 1
    assert "SIGKILL" in built
    assert "error: 02_second failed: it was not done" in built
    assert "it was not done" in toy.page("notebooks/02_second").select_one(".failure").get_text()
    toys.wait_for(lambda: not toy.processes("engine.jobs.watching_kernel"))
    built = toy.build()
    assert built.status == 0, built.said
    check_same(toy, sound)


def test_trainings_that_need_activations_which_failed_say_so(toy, sound):
    for name in ("b0_family", "dual_task", "03_third"):
        toy.forget(name)
    toy.ask("b0_family", "die")
    built = toy.build()
    assert built.status == 1
    assert f"error: {ACTIVATIONS} failed: it was not done" in built
    assert f"error: dual_task-rendered46-smoke-seed0 failed: it needs {ACTIVATIONS}." in built
    assert toy.witnesses() == ["03_third", "b0_family"]  # what does not need them is made
    built = toy.build()
    assert built.status == 0, built.said
    assert toy.witnesses() == ["b0_family", "dual_task"]
    check_same(toy, sound)


SHARED = """
[base]
like = "dual_task"

[focal]
like = "dual_task"
"""
WITH_SHARED = {
    **toys.PAGES,
    "04_base": ("The base page", '# %%\nprint("04_base")\n', 'arms = ["base"]\n'),
    "05_focal": ("The focal page", '# %%\nprint("05_focal")\n', 'arms = ["focal"]\n'),
}


def test_a_training_that_fails_stops_no_other_in_its_process(toy, sound):
    """The short trainings that need the same share a process."""
    with (toy.checkout / "fer_lib" / "papers" / "diya2026" / "arms.toml").open("a") as stream:
        stream.write(SHARED)
    raising = "    if name == 'base':\n        raise RuntimeError('the loss is nan')\n"
    training = (toy.checkout / "fer_lib" / "training" / "run_training.py").read_text()
    toy.replace("fer_lib/training/run_training.py", "    size = ", raising + "    size = ")
    toy.set_pages(WITH_SHARED)
    toy.forget("cnn_baseline")
    built = toy.build("--jobs", "1")  # all in one process
    assert built.status == 1
    assert "error: base-rendered46-smoke-seed0 failed: RuntimeError: the loss is nan." in built
    assert "error: 04_base failed: it needs base-rendered46-smoke-seed0." in built
    assert set(re.findall(r"^error: (\S+) failed", built.said, re.MULTILINE)) == {
        "base-rendered46-smoke-seed0",
        "04_base",
    }
    # Made once each: the second look at what is left does nothing again.
    assert sorted(toy.witnesses()) == ["03_third", "05_focal", "cnn_baseline", "dual_task", "focal"]
    toy.forget("cnn_baseline")
    (toy.checkout / "fer_lib" / "training" / "run_training.py").write_text(training)
    built = toy.build()
    assert built.status == 0, built.said


def test_damaged_activations_are_made_again_and_what_came_of_them_stands(toy, sound):
    file = toy.stored("b0_family") / "views.npy"
    file.write_bytes(b"damaged")
    built = toy.build()
    assert built.status == 0, built.said
    assert f"{ACTIVATIONS}: the stored result views.npy is damaged: making it again" in built
    assert toy.witnesses() == ["b0_family"]
    check_same(toy, sound)


def test_killed_while_rendering(toy, sound):
    shutil.rmtree(toy.built / "html")  # a sound site would stay
    build = toy.start(cold=True)
    toys.wait_for(lambda: list(toy.built.glob("rendering*/_build/*")), build)
    build.kill()
    build.wait()
    (left,) = toy.built.glob("rendering*")
    # Sphinx goes on by itself for a while; this makes sure that something writes there all along.
    command = [sys.executable, "-c", WRITER, str(left)]
    writer = subprocess.Popen(command, env=toy.environment())
    built = toy.build()
    writer.kill()
    assert built.status == 0, built.said
    check_same(toy, sound)


def test_power_cut(toy, sound):
    (toy.built / "failed").mkdir(exist_ok=True)
    (toy.built / "failed" / "04_gone.json").write_text('{"kind": "page", "name": "04_gone"}')
    files = [path for part in (toy.store, toy.built) for path in part.rglob("*") if path.is_file()]
    assert len(files) > 100
    for number, path in enumerate(files):
        with path.open("r+b") as stream:
            stream.truncate(path.stat().st_size // 2 if number % 3 else 0)
    built = toy.build()
    assert built.status == 0, built.said
    for name in ("rendered46", ACTIVATIONS, RUN, "01_first", "02_second", "03_third"):
        assert f"{name}: the stored result " in built
        assert "damaged" in built.line(f"{name}: the stored result ")
    check_same(toy, sound)


def test_a_flipped_byte_is_found_and_nothing_else_made_again(toy, sound):
    page = toy.stored("02_second") / "page.ipynb"
    content = bytearray(page.read_bytes())
    content[len(content) // 2] ^= 1
    page.write_bytes(content)
    built = toy.build()
    assert built.status == 0, built.said
    assert "02_second: the stored result page.ipynb is damaged: making it again" in built
    assert toy.witnesses() == ["02_second"]
    check_same(toy, sound)


def test_two_builds_at_once(toy, sound, tmp_path_factory):
    other = toys.copy(sound, tmp_path_factory.mktemp("other"))
    other.store = toy.store
    other.warm = toy.warm
    toy.forget("02_second")
    hold = toy.ask("02_second", "hold")
    build = toy.start(cold=True)
    toys.wait_for(lambda: toy.asked("02_second", "running"), build)
    refused = toy.build(log="refused")
    assert refused.status == 2
    assert refused.said.count("\n") == 1
    assert f"error: another build (process {build.pid}) is at work" in refused
    # Another checkout with the same store.
    beside = other.start()
    toys.wait_for(lambda: "being made by another process: waiting" in other.said(), beside)
    hold.unlink()
    for one, process in ((toy, build), (other, beside)):
        built = one.end(process)
        assert built.status == 0, built.said
        check_same(one, sound)
    assert (toy.witnesses(), other.witnesses()) == (["02_second"], [])


def test_a_full_disk_is_a_failure_in_words(toy, sound):
    # A limit on the size of a file refuses a large one half-way, as a full disk does.
    def at_most(size):
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    asked = [toy.ask("02_second", "large"), toy.ask("cnn_baseline", "large")]
    toy.forget("02_second")
    toy.forget("cnn_baseline")
    built = toy.build(cold=True, preexec_fn=at_most(4_000_000))
    assert built.status == 1
    assert "File too large" in built.line(f"error: {RUN} failed: ")
    assert "File too large" in built.line("error: 02_second failed: ")
    assert "Traceback" not in built
    assert "File too large" in toy.page("notebooks/02_second").select_one(".failure").get_text()
    gone = {entry.partition("/")[2].partition("-")[0] for entry in sound.entries() - toy.entries()}
    assert gone == {"02_second", "cnn_baseline"}
    assert toy.entries() < sound.entries()
    for file in asked:
        file.unlink()
    built = toy.build()
    assert built.status == 0, built.said
    check_same(toy, sound)
    # No room for the site, with all results there: the one before stays.
    (toy.checkout / "book" / "static" / "large.bin").write_bytes(b"x" * 5_000_000)
    built = toy.build(cold=True, preexec_fn=at_most(4_000_000))
    assert built.status == 1
    assert "File too large" in built.line("error: the build stopped: ")
    assert "Traceback" not in built
    check_same(toy, sound)


def test_what_snakemake_refuses_is_shown(toy):
    toy.forget("02_second")
    # One that it does not know, and one that it stumbles over later.
    for flags, words in (
        ("--no-such-option", "unrecognized arguments: --no-such-option"),
        ("--until no_such_rule", "No rule to produce no_such_rule"),
    ):
        built = toy.build(f"--flags={flags}")
        assert built.status == 1
        assert words in built
        assert "error: 02_second failed: it was not done" in built
    assert toy.witnesses() == []
