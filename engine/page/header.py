"""The header of a page: profile, data and seed, and the notes on what they allow to conclude."""

from __future__ import annotations

import html

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
        "notes": [ARITHMETIC_NOTE],
    }


def facts(
    profile: str,
    data_name: str,
    data_sha256: str = "",
    group_kind: str = "",
    seed: int = 0,
    random_start: bool = False,
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
        "notes": [note for note, holds in told.items() if holds],
    }


def strip(told: dict, notes: list[str], more: str = "") -> str:
    """Return the strip at the head of a page as HTML: `facts` in a line, then the notes.

    ``more`` is HTML that ends the line.
    """
    sha256 = told["data_sha256"][:12]
    shown = {"data": f"{told['data']} ({sha256})" if sha256 else told["data"]}
    if told["profile"]:  # arithmetic has none, nor a seed
        shown = {"profile": told["profile"], **shown, "seed": str(told["seed"])}
    line = " · ".join(
        f"<span><b>{name}</b> {html.escape(value)}</span>" for name, value in shown.items()
    )
    paragraphs = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    return (
        '<div class="provenance" role="note" aria-label="What made this page">'
        f"<p>{line}{more}</p>{paragraphs}</div>"
    )
