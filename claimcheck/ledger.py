"""Read and validate the claim ledger of a paper, one YAML file.

A record holds what is printed, never what we found; what we found comes from runs, and the verdict
is computed from both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jsonschema
import yaml

from claimcheck.claim import Claim

Ledger = Mapping[str, Claim]
SCHEMA = Path(__file__).with_name("schema.json")
OF_CLASS = ("precision", "recall", "f1", "support")
NO_CLAIMS = ("is", "cells", "set", "what")  # what a relation names beside claims
# The safe loader, in C where that was built: pages wait for it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# The operands that count something, by relation: whole numbers of at least one.
COUNTS = {
    "stratified share": ("whole", "size", "total"),
    "interval of a proportion": ("n",),
    "interval from resamples": ("resamples",),
    "F test": ("between", "within"),
    "average precision": ("positives", "total"),
    "above chance": ("whole",),
    "ranks above chance": ("positives", "total"),
    "count over": ("n",),
}


class LedgerError(ValueError):
    """A ledger that cannot be used; the message names the file, the claim and what is wrong."""


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Return the validator of records against the schema."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def named(record: object) -> str:
    """Return the name of a record for a message."""
    return str(record.get("id", record) if isinstance(record, dict) else record)


def told_of(fault: jsonschema.ValidationError) -> str:
    """Return what violates the schema, and what would be allowed."""
    while fault.parent is not None and "relations" in list(fault.parent.absolute_path)[1:2]:
        fault = fault.parent
    at = list(fault.absolute_path)
    if at[1:2] == ["where"]:
        return (
            f"{fault.instance!r} is no place: write, for instance, abstract, section 3.2, Table 5, "
            "Figure S1, equation (6), or two of them with and"
        )
    if at[1:2] == ["relations"] and isinstance(fault.instance, dict):
        known = takes()
        kind = fault.instance.get("is")
        if not isinstance(kind, str) or kind not in known:
            return f"unknown relation {kind!r}: choose one of {', '.join(known)}"
        return f"relation {kind!r} takes {known[kind]}; given are {fault.instance}"
    return fault.message


def takes() -> dict[str, str]:
    """Return every relation with the operands it takes, in words."""
    found = {}
    for one in validator().schema["$defs"]["relation"]["oneOf"]:
        kind = one["properties"]["is"]
        names = [name for name in one["properties"] if name != "is"]
        words = ", ".join(
            name if name in one["required"] else f"{name} (if needed)" for name in names
        )
        found |= dict.fromkeys(kind.get("enum", [kind.get("const")]), words)
    return dict(sorted(found.items()))


def paper_of(path: Path) -> str:
    """Return the key of the paper that a file is the ledger of: its name, or its folder's.

    Examples
    --------
    >>> paper_of(Path("my2026.yml")), paper_of(Path("papers/my2026/claims.yml"))
    ('my2026', 'my2026')
    """
    return path.resolve().parent.name if path.stem == "claims" else path.stem


def parse(path: Path) -> dict[str, Claim]:
    """Return the claims of one file; they belong to the paper that `paper_of` says.

    Raises
    ------
    LedgerError
        If the file is no YAML, breaks the schema (an unknown key, kind, relation, ...), repeats an
        id, names a claim that is not there, or a number is no number.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "my_claims.yml"
    >>> record = "{id: n, where: Table 1, element: table, about: images, printed: %s, kind: count}"
    >>> _ = file.write_text("- " + record % "'1,657'")
    >>> parse(file)["n"].value
    1657.0
    >>> _ = file.write_text("- " + record % "many")
    >>> parse(file)
    Traceback (most recent call last):
    claimcheck.ledger.LedgerError: my_claims.yml, n: 'many' is not a number
    >>> folder.cleanup()
    """
    try:
        records = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except UnicodeDecodeError:
        raise LedgerError(f"{path.name} is not UTF-8: save it so") from None
    except yaml.YAMLError as error:
        raise LedgerError(f"{path.name} is not YAML: {error}") from None
    fault = jsonschema.exceptions.best_match(validator().iter_errors(records))
    if fault is not None:
        at = list(fault.absolute_path)
        of = f", {named(records[at[0]])}" if at else ""
        inside = ".".join(map(str, at[1:]))
        told = told_of(fault)
        raise LedgerError(f"{path.name}{of}{f', {inside}' if inside else ''}: {told}")
    ledger: dict[str, Claim] = {}
    paper = paper_of(path)
    for record in records:
        means = record.get("means", ())
        means = (means,) if isinstance(means, str) else tuple(means)
        relations = tuple(record.get("relations", ()))
        more = {"means": means, "relations": relations, "paper": paper}
        claim = Claim(**record | more)
        if claim.id in ledger:
            raise LedgerError(f"{path.name}: {claim.id} stands twice")
        ledger[claim.id] = claim
    for claim in ledger.values():
        for problem in problems(claim, ledger):
            raise LedgerError(f"{path.name}, {claim.id}: {problem}")
    return ledger


def operands(relation: Mapping) -> list[str]:
    """Return the ids that a relation names, in order."""
    found = []
    for name, value in relation.items():
        if name not in NO_CLAIMS:
            found += [value] if isinstance(value, str) else value
    return found


def whole(claim: Claim, least: int) -> bool:
    """Return whether a claim prints a whole number of at least ``least``."""
    return claim.numeric and claim.value.is_integer() and claim.value >= least


def problems(claim: Claim, ledger: dict[str, Claim]) -> list[str]:
    """Return the problems of a claim that the schema cannot express."""
    found = []
    if claim.state and claim.printed:
        found.append(f"it is {claim.state!r}, and yet {claim.printed!r} is printed")
    if not claim.state and not claim.printed:
        found.append("nothing is printed, and no state says why")
    if claim.printed and claim.kind != "procedure" and not claim.numeric:
        found.append(f"{claim.printed!r} is not a number")
    if claim.kind == "procedure" and bool(claim.quantity) != bool(claim.means):
        found.append("a procedure has both quantity and means, or neither")
    if claim.kind != "procedure" and claim.means:
        found.append("only a procedure has means")
    if "class" in claim.report and claim.report["score"] not in OF_CLASS:
        found.append(f"a class has {', '.join(OF_CLASS)}, not {claim.report['score']}")
    of_one = claim.report.get("score", "n") not in ("n", "support")
    if of_one and claim.numeric and claim.range.low > 1:
        found.append(f"a score of {claim.shown} is above one: is its unit '%' missing?")
    counted = claim.report.get("score") == "support" or "truth" in claim.report
    if counted and claim.printed and not whole(claim, least=0):
        found.append(f"{claim.printed!r} is not a whole number")
    if claim.reading and not claim.note:
        found.append("its reading is open, and no note says how it was read")
    for relation in claim.relations:
        if relation["is"] != "order" and not (claim.numeric or claim.state):
            found.append(f"relation {relation['is']!r} gives a number, and this is none")
        if len(relation.get("weights", ())) != len(relation["of"] if "weights" in relation else ()):
            found.append("a weighted mean has one weight for each value")
        for name in COUNTS.get(relation["is"], ()):
            of = ledger.get(relation[name])
            if of is not None and of.numeric and not whole(of, least=1):
                found.append(f"relation {relation['is']!r}: {of.id} is no whole number above zero")
        for name in operands(relation):
            if name not in ledger:
                found.append(f"relation {relation['is']!r} names {name}, which is not there")
            elif name == claim.id:
                found.append(f"relation {relation['is']!r} names the claim itself")
            elif not (ledger[name].numeric or ledger[name].state):
                found.append(f"relation {relation['is']!r} names {name}, which is no number")
    return found
