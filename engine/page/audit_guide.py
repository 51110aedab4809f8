"""The guide to auditing your own paper: the fields of the schema, and the command at work."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from engine.store import paths

FORMS = {"string": "text", "object": "a tie, see below", "array": "a list, see below"}
WHAT = {"#/$defs/id": "one claim", "#/$defs/ids": "claims", "array": "two claims"}


def flow(value: object) -> str:
    """Return a value as one line of YAML."""
    return " ".join(yaml.safe_dump(value, default_flow_style=True).removesuffix("...\n").split())


def allowed(field: Mapping, places: Collection[str]) -> str:
    """Describe the values that the schema allows for a field; ``places``: how places begin."""
    if "enum" in field:
        return ", ".join(field["enum"])
    if "pattern" in field:
        return f"begins with {', '.join(places)}; or two joined by and"
    if "oneOf" in field and "type" not in field:
        return "a word, or a list of words"
    return FORMS.get(field.get("type"), "a name: letters, digits, _ and dots")


def needed(name: str, field: Mapping, required: Collection[str]) -> str:
    """Return an operand of a relation with its description."""
    what = WHAT.get(field.get("$ref") or field["type"], "a word")
    what = "a whole number" if field.get("type") == "integer" else what
    return f"{name} ({what}{'' if name in required else ', optional'})"


def said_of(path: str | Path) -> tuple[str, int]:
    """Return the output of ``fer-audit`` for a file of claims, and its exit status."""
    command = [sys.executable, "-m", "claimcheck.cli", str(path)]
    settings = {"cwd": paths.root(), "env": os.environ | {"PYTHONUTF8": "1"}, "encoding": "utf-8"}
    done = subprocess.run(command, capture_output=True, check=False, **settings)
    return (done.stdout + done.stderr).strip(), done.returncode


def said_of_records(records: list[dict]) -> tuple[str, int]:
    """Return the output of ``fer-audit`` for some records, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.yml"
        path.write_text(yaml.safe_dump(records, allow_unicode=True), encoding="utf-8")
        return said_of(path)
