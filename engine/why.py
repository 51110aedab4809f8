"""Say in words why a page is stale."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from engine import pairs
from engine.jobs import check, jobs, notebook_cells, page_table
from engine.store import keys, paths


def read(file: Path) -> dict | None:
    """Return the record of a stored result, or None if it cannot be read."""
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None


def stored(ingredients: dict) -> dict:
    """Return ingredients as a record holds them: JSON, as their key is computed, has no tuples."""
    return json.loads(json.dumps(ingredients))


def last(job: jobs.Job) -> dict | None:
    """Return the record of the latest result of the same name in the store.

    A page's name has no settings in it, so one made with the same settings is preferred.
    """
    found = []
    settings = stored(job.ingredients).get("settings")
    for folder in job.place().parent.glob(f"{page_table.stem(job.name)}-*"):
        record = read(folder / job.stage.record)
        if record and "ingredients" in record and len(folder.name) == len(job.place().name):
            same = record["ingredients"].get("settings") == settings
            # The record's own word, not a time stamp, which a copy of the store would lose.
            start = record.get("computed", {}).get("start", "")
            found.append((same, start, folder.name, record))
    return max(found, key=lambda one: one[:3])[3] if found else None


def changed(now: dict, before: dict) -> tuple[list[str], list[str], list[str]]:
    """Return the keys of two mappings that differ, that are new, that are gone."""
    both = now.keys() & before.keys()
    differ = sorted(key for key in both if now[key] != before[key])
    return differ, sorted(now.keys() - before.keys()), sorted(before.keys() - now.keys())


def settings_words(now: dict, before: dict, of: str = "") -> list[str]:
    """Say which settings differ, also those inside others."""
    said = []
    for key in dict.fromkeys([*now, *before]):
        new, old = now.get(key, "not set"), before.get(key, "not set")
        if isinstance(new, dict) and isinstance(old, dict):
            said += settings_words(new, old, f"{of}{key} ")
        elif new != old:
            said.append(f"{of}{key} is {new}, was {old}")
    return said


def cell_words(now: dict, before: dict, page: str) -> list[str]:
    """Say which code cells differ, each with its first line."""
    sources = {}
    if page in page_table.names():
        book = notebook_cells.without_prose(page_table.notebook(page))
        sources = {cell["id"]: cell.source.strip().partition("\n")[0][:60] for cell in book.cells}
    differ, new, gone = changed(now, before)
    said = [f"{name} changed (`{sources.get(name, '')}`)" for name in differ]
    said += [f"{name} is new (`{sources.get(name, '')}`)" for name in new]
    return said + [f"{name} is gone" for name in gone]


def module_of(file: str) -> str:
    """Return the module that a file of the library belongs to."""
    path = Path(file).with_suffix("") if file.endswith(".py") else Path(file).parent
    while path.parts[-1:] == ("__init__",) or not (
        (paths.root() / path).with_suffix(".py").exists()
        or (paths.root() / path / "__init__.py").exists()
    ):
        path = path.parent
    return ".".join(path.parts)


def way(file: str, roots: tuple[str, ...], library: keys.Library) -> str:
    """Say by which imports a file is reached."""
    module = module_of(file)
    if not library.has(module):
        return ""
    chains = [library.chain(root, module) for root in roots]
    chains = [chain for chain in chains if chain]
    if not chains:
        return ""
    chain = min(chains, key=len)
    return f" (imported by way of {' > '.join(chain[:-1])})" if len(chain) > 1 else ""


def library_words(now: dict, before: dict, roots: tuple[str, ...]) -> list[str]:
    """Say which files of the library differ and how they are reached."""
    library = keys.library()
    differ, new, gone = changed(now, before)
    said = [f"{file} changed{way(file, roots, library)}" for file in differ]
    said += [f"{file} is imported now{way(file, roots, library)}" for file in new]
    return said + [f"{file} is no longer imported" for file in gone]


def lock_words(now: dict, before: dict) -> list[str]:
    """Say which packages of the lock differ."""
    differ, new, gone = changed(now, before)
    said = [f"{name} {before[name]} became {now[name]}" for name in differ]
    said += [f"{name} {now[name]} is new" for name in new] + [f"{name} is gone" for name in gone]
    shown = ", ".join(said[:4]) + (f" and {len(said) - 4} more" if len(said) > 4 else "")
    return [f"constraints.txt: {shown}"] if said else []


def row_words(now: dict, before: dict) -> list[str]:
    """Say which rows of the registries differ."""
    differ, new, gone = changed(now, before)
    said = [f"row {row} of fer_lib/tables changed" for row in differ]
    said += [f"row {row} of fer_lib/tables is used now" for row in new]
    return said + [f"row {row} of fer_lib/tables is no longer used" for row in gone]


def reasons(job: jobs.Job, before: dict) -> list[str]:
    """Return in words how a job's ingredients differ from those of ``before``, a record's."""
    now = stored(job.ingredients)
    said = settings_words(now.get("settings", {}), before.get("settings", {}))
    said += cell_words(now.get("cells", {}), before.get("cells", {}), job.name)
    said += library_words(now.get("library", {}), before.get("library", {}), job.modules)
    files = changed(now.get("files", {}), before.get("files", {}))
    said += [f"{file} changed" for group in files for file in group]
    said += row_words(now.get("rows", {}), before.get("rows", {}))
    said += lock_words(now["lock"], before.get("lock", {}))
    for key, name in (
        ("python", "Python"),
        ("threads", "the thread count"),
        ("form", "the form of a stored page"),
        ("subjects", "the number of subjects"),
        ("test_subjects", "the number of further subjects"),
    ):
        if now.get(key) != before.get(key):
            said.append(f"{name} is {now.get(key)}, was {before.get(key)}")
    for key in ("data", "identity"):
        if now.get(key) != before.get(key):
            said.append("the data set is another")
    for kind, what in (("runs", "run of "), ("studies", "study "), ("needs", "study ")):
        differ, new, gone = changed(now.get(kind, {}), before.get(kind, {}))
        said += [f"its {what}{name} is another" for name in differ]
        said += [f"it reads the {what}{name} now" for name in new]
        said += [f"it no longer reads the {what}{name}" for name in gone]
    return said


def explain(job: jobs.Job) -> list[str]:
    """Return why a job has to run; an empty list if its result is in the store and sound."""
    fault = job.fault()
    if fault is None:
        return []
    if fault != "missing":
        return [f"its stored result is damaged ({fault})"]
    record = last(job)
    if record is None:
        return ["the store has no result of it"]
    return reasons(job, record["ingredients"]) or ["its stored result was removed"]


def short(said: list[str], most: int = 2) -> str:
    """Return reasons as one line."""
    more = f", and {len(said) - most} more" if len(said) > most else ""
    return "; ".join(said[:most]) + more


def half_words(name: str) -> list[str]:
    """Say that the halves of a page's pair differ: what is told of the page is told of one."""
    halves = [page_table.notebook(name, end) for end in (".py", ".ipynb")]
    held = [pairs.content(pairs.read(half)) for half in halves if half.exists()]
    if held[0] == held[-1]:
        return []
    return [f"{name}.py differs from {name}.ipynb, of which this is told: bring them together"]


def page_words(name: str, found: dict[str, jobs.Job]) -> list[str]:
    """Return the full report on one page: itself, and the jobs it needs."""
    (job,) = (job for job in found.values() if job.kind == "page" and job.name == name)
    said = explain(job)
    if not said:
        computed = job.stage.told()["computed"]
        lines = [f"{name} is current: computed {computed['start']} at commit {computed['commit']}"]
    else:
        lines = [f"{name} is stale:", *(f"  {reason}" for reason in said)]
    lines += half_words(name)
    for need in job.needs:
        needed = explain(found[need])
        if needed:
            lines.append(f"{found[need].name}, which it needs, is stale:")
            lines += [f"  {reason}" for reason in needed]
    return lines


def main(argv: list[str] | None = None) -> int:
    """Print what made one page stale, or the state of every job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", nargs="?", default="", help="such as paper/topic")
    check.add_arguments(parser)
    args = parser.parse_args(argv)
    try:
        settings = check.of_arguments(args).settings
        if args.page:
            page_table.page(args.page)
        found = jobs.all_jobs(settings)
    except (check.InputError, paths.CacheError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    try:
        if args.page:
            print("\n".join(page_words(args.page, found)))
            return 0
        for job in found.values():
            said = explain(job)
            print(f"{job.name}: {short(said) if said else 'current'}")
            for line in half_words(job.name) if job.kind == "page" else ():
                print(line)
    except paths.CacheError as error:  # a result that may not be read
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
