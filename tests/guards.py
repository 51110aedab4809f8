"""Take each guard of the engine out, one at a time, and see that its test fails.

python -m tests.guards [WORDS]     only guards whose name has WORDS in it

A test that passes without its guard proves nothing. Each row changes one piece of a copy of the
checkout and runs one test there; the row is sound if that test fails.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fer_lib import paths

EDITS = "test_engine_edits.py::test_exactly_what_depends_on_an_edit_runs_again"


@dataclass(frozen=True)
class Guard:
    """A piece of code, what stands there without it, and the test that must notice."""

    name: str
    file: str
    old: str
    new: str
    test: str


GUARDS = (
    Guard(
        "code cells count",
        "tools/jobs.py",
        '"cells": cells.hashes(book)',
        '"cells": {}',
        f"{EDITS}[a code cell]",
    ),
    Guard(
        "prose does not count",
        "tools/jobs.py",
        '"cells": cells.hashes(book)',
        '"cells": keys.sha256(graph.notebook(name).read_bytes())',
        f"{EDITS}[prose in a markdown cell]",
    ),
    Guard(
        "new paragraphs leave the names of code cells",
        "tools/cells.py",
        'cell["id"] = f"{kind}-{counts[kind]:02d}"',
        'cell["id"] = f"cell-{sum(counts.values()):02d}"',
        f"{EDITS}[a new markdown cell in front]",
    ),
    Guard(
        "only some tags count",
        "tools/cells.py",
        'return sorted(EXECUTED_TAGS & set(cell.metadata.get("tags", [])))',
        'return sorted(cell.metadata.get("tags", []))',
        f"{EDITS}[a tag on a cell]",
    ),
    Guard(
        "modules that a page imports count",
        "tools/jobs.py",
        '"library": library.hashes(*modules)',
        '"library": {}',
        f"{EDITS}[a plot function]",
    ),
    Guard(
        "modules that it does not import do not",
        "tools/jobs.py",
        '"library": library.hashes(*modules)',
        '"library": library.hashes(*library._graph.modules)',
        f"{EDITS}[a module of one page]",
    ),
    Guard(
        "imports are followed to the end",
        "fer_lib/keys.py",
        "waiting |= more - found",
        "pass",
        f"{EDITS}[an AU recipe]",
    ),
    Guard(
        "what a package carries counts",
        "fer_lib/keys.py",
        "files += carried(place)",
        "pass",
        f"{EDITS}[the head]",
    ),
    Guard(
        "the lock counts",
        "fer_lib/keys.py",
        "return {name.strip(): version.strip() for name, _, version in pins}",
        "return {}",
        f"{EDITS}[constraints.txt]",
    ),
    Guard(
        "comments of the lock do not",
        "fer_lib/keys.py",
        "return {name.strip(): version.strip() for name, _, version in pins}",
        'return {"all": (paths.root() / "constraints.txt").read_text()}',
        f"{EDITS}[a comment in constraints.txt]",
    ),
    Guard(
        "files that a page reads count",
        "tools/jobs.py",
        "for file in sorted(page.files)",
        "for file in ()",
        f"{EDITS}[the freeze]",
    ),
    Guard(
        "the code of a training counts",
        "fer_lib/plan.py",
        '"library": library.hashes(*modules_behind(experiment.arm.model))',
        '"library": {}',
        f"{EDITS}[a loss]",
    ),
    Guard(
        "the code of another model does not",
        "fer_lib/plan.py",
        'return "fer_lib.experiment", f"fer_lib.models.{model}"',
        'return "fer_lib.experiment", *(f"fer_lib.models.{name}" for name in '
        '("cnn_baseline", "dual_task", "embedding_dense"))',
        f"{EDITS}[one model]",
    ),
    Guard(
        "a page depends on the model it opens",
        "tools/jobs.py",
        '"runs": {run: job.key for run, job in read.items()}',
        '"runs": {}',
        "test_engine_edits.py::test_why_says_it_in_words",
    ),
    Guard(
        "the code of a frozen backbone counts",
        "fer_lib/activations.py",
        '"library": library.hashes(MODULE)',
        '"library": {}',
        f"{EDITS}[how a backbone is cut]",
    ),
    Guard(
        "the table of arms does not count for trainings",
        "fer_lib/plan.py",
        "library.hashes(*modules_behind(experiment.arm.model))",
        'library.hashes("fer_lib.arms", *modules_behind(experiment.arm.model))',
        f"{EDITS}[one arm]",
    ),
    Guard(
        "trainings wait for their activations",
        "tools/jobs.py",
        "needs.append(made.folder)",
        "pass",
        "test_engine_keys.py::test_each_training_waits_for_the_activations_it_reads_and_no_others",
    ),
    Guard(
        "a first run is the first seed's",
        "tools/jobs.py",
        "(arm in page.first and first)",
        "arm in page.first",
        "test_engine_keys.py::test_a_page_reads_the_runs_that_the_table_names",
    ),
    Guard(
        "results that rest on a random start are made again",
        "tools/build.py",
        "repeated.add(job.folder)",
        "pass",
        "test_engine_keys.py::test_a_result_that_began_at_random_is_made_again_once_weights_answer",
    ),
    Guard(
        "no time stamp counts",
        "Snakefile",
        "[ancient(name) for need in job.needs for name in result(need)]",
        "[name for need in job.needs for name in result(need)]",
        "test_engine_edits.py::test_a_result_that_is_gone_is_made_again_alone",
    ),
    Guard(
        "what is there stands when what it came from is made again",
        "Snakefile",
        "for folder in JOBS if not there(folder)",
        "for folder in JOBS if True",
        "test_engine_edits.py::test_a_result_that_is_gone_is_made_again_alone",
    ),
    Guard(
        "a training that failed stops no other in its process",
        "tools/build.py",
        "            do_jobs(settings, count, flags, left_out)\n",
        "            pass\n",
        "test_engine_failures.py::test_a_training_that_fails_stops_no_other_in_its_process",
    ),
    Guard(
        "what was trained beside it stays",
        "tools/build.py",
        'command += ["--keep-incomplete"]',
        "command += []",
        "test_engine_failures.py::test_a_training_that_fails_stops_no_other_in_its_process",
    ),
    Guard(
        "no folder counts",
        "fer_lib/keys.py",
        "str(file.relative_to(paths.root())): self._hash(file)",
        "str(file): self._hash(file)",
        "test_engine_edits.py::test_a_second_clone_elsewhere_runs_nothing",
    ),
    Guard(
        "the thread count counts",
        "fer_lib/keys.py",
        '"threads": threads.count()}',
        '"threads": 1}',
        "test_engine_edits.py::test_a_setting_that_decides_makes_everything_it_decides",
    ),
    Guard(
        "the profile counts",
        "tools/jobs.py",
        'for key in ("profile", "data", "seed")',
        'for key in ("data", "seed")',
        "test_engine_edits.py::test_a_setting_that_decides_makes_everything_it_decides",
    ),
    Guard(
        "faces are named after the code that renders them",
        "fer_lib/data/generator.py",
        'return "faces-" + keys.digest({"library": code, "lock": keys.lock()})',
        'return "faces"',
        "test_engine_keys.py::test_faces_are_named_after_the_code_that_renders_them",
    ),
    Guard(
        "outputs join only the code they came from",
        "tools/stage.py",
        "if executed is None or executed.source != cell.source:",
        "if executed is None:",
        "test_engine_keys.py::test_outputs_join_by_id_and_only_with_the_code_they_came_from",
    ),
    Guard(
        "the gate comes before the seal",
        "tools/work.py",
        "found = failure.of_outputs(job.name, outcome.book, command)",
        "found = None",
        "test_engine_failures.py::test_a_page_that_the_gate_refuses_is_not_stored",
    ),
    Guard(
        "a sound site stays",
        "tools/unchanged.py",
        'return told == {"key": wanted, "files": files(site)}',
        "return False",
        "test_engine_failures.py::test_a_sound_site_stays_until_it_or_a_byte_behind_it_changes",
    ),
    Guard(
        "a changed source is rendered anew",
        "tools/unchanged.py",
        "keys.sha256(f.read_bytes()) for f in staged",
        '"" for f in staged',
        "test_engine_failures.py::test_a_sound_site_stays_until_it_or_a_byte_behind_it_changes",
    ),
    Guard(
        "a lost file is noticed",
        "tools/unchanged.py",
        'return told == {"key": wanted, "files": files(site)}',
        'return told["key"] == wanted',
        "test_engine_failures.py::test_a_sound_site_stays_until_it_or_a_byte_behind_it_changes",
    ),
    Guard(
        "a study counts what it reads",
        "fer_lib/studies.py",
        '"needs": needs,',
        '"needs": {},',
        "test_studies.py::test_a_key_counts_settings_and_what_is_read_but_not_where_the_data_lie",
    ),
    Guard(
        "a study has one thread",
        "fer_lib/study.py",
        "with threadpool_limits(threads.count()):",
        "with threadpool_limits(None):",
        "test_studies.py::test_a_study_has_one_thread_whoever_asks",
    ),
    Guard(
        "a damaged study is made again",
        "fer_lib/study.py",
        'sealed.fault(folder, study.contents) if sealed.exists(folder) else "missing"',
        'None if sealed.exists(folder) else "missing"',
        "test_studies.py::test_a_damaged_study_is_made_again",
    ),
    Guard(
        "times are no difference",
        "tools/verify.py",
        "for name in sorted(first | second) if name not in TIMED]",
        "for name in sorted(first | second)]",
        "test_verify.py::test_files_are_compared_byte_by_byte_but_for_what_holds_times",
    ),
    Guard(
        "names of photographs stay away from the site",
        "fer_lib/micro/features.py",
        'if data.kind != "rendered":',
        "if False:",
        "test_micro_features.py::test_of_photographs_no_name_and_no_hash_is_left",
    ),
)


def taken_out(guard: Guard) -> tuple[bool, str]:
    """Return whether the guard's test fails without it, and what it said."""
    with tempfile.TemporaryDirectory() as name:
        checkout = Path(name) / "checkout"
        hidden = shutil.ignore_patterns("_build", ".git", ".venv*", "__pycache__", ".*_cache")
        shutil.copytree(paths.root(), checkout, ignore=hidden)
        path = checkout / guard.file
        text = path.read_text()
        if text.count(guard.old) != 1:
            return False, f"{guard.old!r} stands {text.count(guard.old)} times in {guard.file}"
        path.write_text(text.replace(guard.old, guard.new))
        command = [sys.executable, "-m", "pytest", "-q", "-x", f"tests/{guard.test}"]
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
        lines = done.stdout.splitlines()
        said = next((line[1:].strip() for line in lines if line.startswith("E  ")), "nothing")
        # An error on the way to the test would prove nothing.
        failed = any(line.startswith("FAILED") for line in lines)
        return done.returncode == 1 and failed, said[:110]


def main() -> int:
    """Print one line a guard; return 1 if a test did not notice that its guard was gone."""
    words = " ".join(sys.argv[1:])
    chosen = [guard for guard in GUARDS if words in guard.name]
    unnoticed = 0
    with ThreadPoolExecutor(2) as pool:
        for guard, (noticed, said) in zip(chosen, pool.map(taken_out, chosen), strict=True):
            unnoticed += not noticed
            print(f"{'noticed  ' if noticed else 'UNNOTICED'} {guard.name}: {said}", flush=True)
    print(f"{len(chosen) - unnoticed} of {len(chosen)} guards are noticed when they are gone")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
