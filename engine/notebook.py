"""Execute one notebook by itself, with its prose, for `make notebook`."""

from __future__ import annotations

import argparse
import ast
import sys
from dataclasses import asdict, fields
from pathlib import Path

import nbformat

from engine import pairs
from engine.jobs import check, failure_report, page_table, run_notebook
from engine.store import paths
from fer_lib.settings import Settings

SETTINGS = {field.name for field in fields(Settings)}


def literal(text: str) -> object:
    """Return the value of a Python literal, or else the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def parse_extra(given: list[str]) -> dict:
    """Turn ``name=value`` into parameters; values are Python literals, or else text."""
    extra = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals:
            raise check.InputError(f"parameter {one!r} is not of the form name=value")
        extra[key] = literal(value)
    return extra


def known(name: str) -> str:
    """Return the name of a notebook if there is one.

    Raises
    ------
    InputError
        If there is none; the message lists those that there are.
    """
    try:
        page_table.page(name)
    except ValueError as error:
        raise check.InputError(str(error)) from None
    return name


def own_parameters(name: str) -> dict:
    """Return the names and values in the parameters cell of a notebook."""
    import papermill

    found = papermill.inspect_notebook(str(page_table.notebook(name)))
    return {name: literal(one["default"]) for name, one in found.items()}


def refuse_unfit(name: str, parameters: dict) -> None:
    """Refuse what the notebook does not have, and a word or a list in place of a number.

    Raises
    ------
    InputError
        The message lists the parameters that the notebook has.
    """
    own = own_parameters(name)
    unknown = sorted(set(parameters) - set(own))
    if unknown:
        raise check.InputError(
            f"{name} has no parameter {', '.join(unknown)}: choose from {', '.join(own)}"
        )
    for key, value in parameters.items():
        if isinstance(own[key], int | float) and not isinstance(value, int | float):
            raise check.InputError(f"{key}={value}: {name} has {key} = {own[key]}; give a number")


def alone(name: str, parameters: dict, folder: Path, limit: int) -> int:
    """Execute notebook ``name`` into ``folder``; return 0, or 1 if it raised.

    What is executed is the half of the pair that was edited.

    Raises
    ------
    InputError
        For an unknown notebook or parameter, or if it is not known which half was edited.
    """
    known(name)
    told = pairs.bring_together(name)
    if told:
        print(told, file=sys.stderr)
    refuse_unfit(name, parameters)
    book = nbformat.read(page_table.notebook(name), as_version=4)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    with run_notebook.scratch_folder() as scratch:
        outcome = run_notebook.run(book, name, parameters, limit, scratch)
        nbformat.write(outcome.book, target)
        again = f"make notebook N={name}"
        if outcome.error is None:
            found = failure_report.of_outputs(name, outcome.book, again)
        else:
            found = failure_report.of_notebook(name, outcome.book, outcome.error, again, limit)
        if found is None:
            print(f"executed: {target}", file=sys.stderr)
            return 0
        print(f"error: {found.reason()} Kept as {target}.", file=sys.stderr)
        return 1


def main(argv: list[str] | None = None) -> int:
    """Check the settings, then execute one notebook."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="such as paper/topic")
    parser.add_argument("-p", dest="extra", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--folder", type=Path, help="where to leave the executed notebook")
    check.add_arguments(parser)
    args = parser.parse_args(argv)
    try:
        extra = parse_extra(args.extra)
        for setting in SETTINGS & set(extra):  # checked as if given by PROFILE=... and the like
            setattr(args, setting, str(extra.pop(setting)))
        asked = check.of_arguments(args)
        own = page_table.settings_of(known(args.name), asked.settings)
        parameters = asdict(own) | extra
        folder = args.folder or paths.build() / "alone"
        return alone(args.name, parameters, folder, asked.limit)
    except check.InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130  # stopped by hand: a traceback would not help


if __name__ == "__main__":
    sys.exit(main())
