"""The claim ledger of a paper: one YAML file in ``book/claims``, checked when it is read.

A record holds what is printed, never what we found; what we found comes from runs, and the verdict
is computed from both.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import yaml

from fer_lib import paths
from fer_lib.claims.record import Claim

SCHEMA = Path(__file__).with_name("schema.json")


class LedgerError(ValueError):
    """A ledger that cannot be used; the message names the file, the claim and what is wrong."""


def load(key: str) -> dict[str, Claim]:
    """Return the ledger of a paper by claim id.

    Raises
    ------
    LedgerError
        If there is no such ledger, or as `parse` says.
    """
    path = paths.root() / "book" / "claims" / f"{key}.yml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yml")))
        raise LedgerError(f"no ledger for {key!r}: choose one of {known}")
    return parse(path)


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Return what checks records against the schema."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def named(record: object) -> str:
    """Return what to call a record in a message."""
    return str(record.get("id", record) if isinstance(record, dict) else record)


def parse(path: Path) -> dict[str, Claim]:
    """Return the claims of one file.

    Raises
    ------
    LedgerError
        If the file is no YAML, breaks the schema (an unknown key, kind, relation, ...), repeats an
        id, names a claim that is not there, or a number is no number.
    """
    try:
        records = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise LedgerError(f"{path.name} is not YAML: {error}") from None
    fault = jsonschema.exceptions.best_match(validator().iter_errors(records))
    if fault is not None:
        at = list(fault.absolute_path)
        of = f", {named(records[at[0]])}" if at else ""
        inside = ".".join(map(str, at[1:]))
        raise LedgerError(f"{path.name}{of}{f', {inside}' if inside else ''}: {fault.message}")
    ledger: dict[str, Claim] = {}
    for record in records:
        means = record.get("means", ())
        means = (means,) if isinstance(means, str) else tuple(means)
        relations = tuple(record.get("relations", ()))
        claim = Claim(**record | {"means": means, "relations": relations})
        if claim.id in ledger:
            raise LedgerError(f"{path.name}: {claim.id} stands twice")
        ledger[claim.id] = claim
    for claim in ledger.values():
        for problem in problems(claim, ledger):
            raise LedgerError(f"{path.name}, {claim.id}: {problem}")
    return ledger


def operands(relation: dict) -> list[str]:
    """Return the ids that a relation names, in order."""
    found = []
    for name, value in relation.items():
        if name not in ("is", "cells"):
            found += [value] if isinstance(value, str) else value
    return found


def problems(claim: Claim, ledger: dict[str, Claim]) -> list[str]:
    """Return what is wrong with a claim beyond what the schema sees."""
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
    for relation in claim.relations:
        for name in operands(relation):
            if name not in ledger:
                found.append(f"relation {relation['is']!r} names {name}, which is not there")
            elif name == claim.id:
                found.append(f"relation {relation['is']!r} names the claim itself")
            elif not (ledger[name].numeric or ledger[name].state):
                found.append(f"relation {relation['is']!r} names {name}, which is no number")
    return found
