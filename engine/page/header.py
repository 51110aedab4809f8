"""The header of a page: profile, data and seed, and the notes on what they allow to conclude."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# The output of `engine.page.tables.header` that programs read; rendering puts a banner in its
# place.
MIME = "application/vnd.fer.provenance+json"
RENDERED_NOTE = (
    "These faces are rendered, not photographed: results show whether a method recovers cues that "
    "were planted, and prove nothing about people."
)
ARITHMETIC_NOTE = (
    "No data and no training: this page computes with the numbers that the paper prints. It says "
    "which of them agree, and nothing about why others do not."
)
NEAR_DUPLICATE_NOTE = (
    "This data set has no subject ids. Images are grouped by near-duplication only, so the same "
    "person may recur in training and test."
)
SMOKE_NOTE = "Profile smoke trains for seconds to test the build: its scores mean nothing."
RANDOM_NOTE = (
    "No pretrained weights could be had: the network began at random, and its scores say little "
    "about the model of the paper. With a network the next build will use them."
)


PRINTED = "printed numbers"


def of_arithmetic(key: str, sha256: str) -> dict:
    """Return the facts behind a page that computes with printed numbers only.

    Parameters
    ----------
    key : str
        Of the paper.
    sha256 : str
        Of its ledger.
    """
    return {
        "profile": "",
        "data": f"{PRINTED} of {key}",
        "data_sha256": sha256,
        "rendered": False,
        "group_kind": "",
        "seed": 0,
        "random_start": False,
        "trained": "",
        "measured": "",
        "notes": [ARITHMETIC_NOTE],
    }


def spread(values: Iterable[int]) -> str:
    """Return the range of some numbers as text: "3", or "3 to 5"."""
    found = sorted(set(values))
    return f"{found[0]}" if len(found) == 1 else f"{found[0]} to {found[-1]}"


def of_runs(runs: Sequence[dict]) -> str:
    """Return how a page's networks were trained, from the ``run.json`` of each run.

    Examples
    --------
    >>> run = {"arm": "a", "seed": 0, "image_size": 64, "config": {"epochs": 16}}
    >>> of_runs([run, run | {"seed": 1}])
    '1 training configuration, seeds 0 to 1, at most 16 epochs, images of 64 pixels'
    """
    arms = len({run["arm"] for run in runs})
    seeds = {run["seed"] for run in runs}
    return (
        f"{arms} training configuration{'s' * (arms > 1)}, seed{'s' * (len(seeds) > 1)} "
        f"{spread(seeds)}, at most {spread(run['config']['epochs'] for run in runs)} epochs, "
        f"images of {spread(run['image_size'] for run in runs)} pixels"
    )


# What the record of a study may count, and the word for it on a page.
COUNTED = ("images", "subjects", "groups", "splits", "runs", "folds", "repeats")


def of_study(about: Mapping[str, Any]) -> str:
    """Return what a page's study measured, from its ``about.json``: images, subjects, folds.

    Groups are called subjects where they are; what the record does not count is left out.

    Examples
    --------
    >>> of_study({"group_kind": "subject", "images": 1150, "groups": 60, "folds": 5, "seed": 0})
    '1,150 images, 60 subjects, 5 folds, seed 0'
    """
    counts = {name: about[name] for name in (*COUNTED, "groups") if name in about}
    if isinstance(counts.get("runs"), Mapping):  # by kind
        counts["runs"] = sum(counts["runs"].values())
    if about["group_kind"] == "subject" and "groups" in counts:
        counts["subjects"] = counts.pop("groups")
    told = [
        f"{counts[name]:,} {name if counts[name] != 1 else name[:-1]}"
        for name in COUNTED
        if name in counts
    ]
    return ", ".join([*told, f"seed {about['seed']}"])


def facts(
    profile: str,
    data_name: str,
    data_sha256: str = "",
    group_kind: str = "",
    seed: int = 0,
    random_start: bool = False,
    trained: str = "",
    measured: str = "",
) -> dict:
    """Return the facts behind a page, among them the notes a reader needs before its numbers.

    Parameters
    ----------
    profile, data_name, data_sha256, group_kind : str
        Scale of the work; the data set, the hash of its content, and what its groups are. Empty
        where unknown.
    seed : int
        Of the split, the weights' start and every batch.
    random_start : bool
        Whether the pretrained model had to begin without its weights.
    trained : str
        How the page's networks were trained, from `of_runs`; "" where it reads none.
    measured : str
        What the page's study or data hold, from `of_study` or in words; "" where there is neither.
    """
    rendered = data_name.startswith("rendered")
    told = {
        RENDERED_NOTE: rendered,
        NEAR_DUPLICATE_NOTE: group_kind == "near-duplicate",
        SMOKE_NOTE: profile == "smoke",
        RANDOM_NOTE: random_start,
    }
    return {
        "profile": profile,
        "data": data_name,
        "data_sha256": data_sha256,
        "rendered": rendered,
        "group_kind": group_kind,
        "seed": seed,
        "random_start": random_start,
        "trained": trained,
        "measured": measured,
        "notes": [note for note, holds in told.items() if holds],
    }


def strip(told: dict, notes: list[str], more: str = "") -> str:
    """Return the strip at the head of a page as HTML: `facts` in a line, then the notes.

    ``more`` is HTML that ends the line.
    """
    sha256 = told["data_sha256"][:12]
    shown = {"data": f"{told['data']} ({sha256})" if sha256 else told["data"]}
    if told["profile"]:  # arithmetic has none, nor a seed
        shown = {"profile": told["profile"], **shown}
        of_page = {name: told[name] for name in ("trained", "measured") if told[name]}
        shown |= of_page or {"seed": str(told["seed"])}
    line = " · ".join(
        f"<span><b>{name}</b> {html.escape(value)}</span>" for name, value in shown.items()
    )
    paragraphs = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    return (
        '<div class="provenance" role="note" aria-label="What made this page">'
        f"<p>{line}{more}</p>{paragraphs}</div>"
    )
