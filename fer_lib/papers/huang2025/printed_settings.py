"""Settings in ``huang2025`` and in its public code, beside those used here."""

from __future__ import annotations

import pandas as pd
import yaml

from engine.store import paths

SETTINGS = "book/papers/huang2025/settings.yml"
TAGS = ("text", "code", "our choice")
PARTS = (
    "data",
    "preparation",
    "features",
    "balancing",
    "classifiers",
    "evaluation",
    "explanation",
    "causal",
    "optimisation",
)
NOTHING = "–"


class SettingsError(ValueError):
    """A file of settings that cannot be used; one line that names the setting and the cure."""


def load(text: str | None = None) -> pd.DataFrame:
    """Return every setting: in the text, in the code, the one used here, and why.

    Parameters
    ----------
    text : str, optional
        YAML instead of the book's file.

    Returns
    -------
    DataFrame
        ``part``, ``setting``, ``text``, ``code`` (each with its place, or `NOTHING`), ``here``,
        ``tag``, ``why``; strings, in the order of the file.

    Raises
    ------
    SettingsError
        If a setting is met twice, lacks a field, or has an unknown part or tag.
    """
    content = yaml.safe_load(
        (paths.root() / SETTINGS).read_text(encoding="utf-8") if text is None else text
    )
    known = tuple(content["notebooks"])
    rows = [_row(one, known) for one in content["settings"]]
    table = pd.DataFrame(rows)
    twice = table["setting"][table["setting"].duplicated()]
    if len(twice):
        raise SettingsError(f"setting {twice.iloc[0]!r} occurs twice: keep one")
    return table


def _row(one: dict, notebooks: tuple[str, ...]) -> dict:
    name = one.get("setting", "without a name")
    for field in ("setting", "part", "text", "code", "ours"):
        if field not in one:
            raise SettingsError(
                f"setting {name!r} lacks {field!r}: add it (null if nothing is said)"
            )
    ours = one["ours"] or {}
    for field in ("value", "tag", "why"):
        if not str(ours.get(field) or "").strip():
            raise SettingsError(f"setting {name!r}: ours lacks {field!r}: say what is taken here")
    if ours["tag"] not in TAGS:
        raise SettingsError(f"setting {name!r}: tag {ours['tag']!r}, choose {', '.join(TAGS)}")
    if one["part"] not in PARTS:
        raise SettingsError(f"setting {name!r}: part {one['part']!r}, choose {', '.join(PARTS)}")
    if ours["tag"] != "our choice" and one[ours["tag"]] is None:
        raise SettingsError(f"setting {name!r} is tagged {ours['tag']!r}, which says nothing of it")
    code = said(one["code"], name)
    if one["code"] and not str(one["code"]["where"]).startswith(notebooks):
        raise SettingsError(f"setting {name!r}: code {one['code']['where']!r} names no notebook")
    return {
        "part": one["part"],
        "setting": name,
        "text": said(one["text"], name),
        "code": code,
        "here": str(ours["value"]),
        "tag": ours["tag"],
        "why": ours["why"],
    }


def said(one: dict | None, name: str) -> str:
    """Return what a source says of setting ``name``, with its place.

    Raises
    ------
    SettingsError
        If the entry has other fields than a value and where it stands.
    """
    if one is None:
        return NOTHING
    if set(one) != {"value", "where"}:
        raise SettingsError(f"setting {name!r}: {one} needs value and where, and nothing else")
    return f"{one['value']} ({one['where']})"
