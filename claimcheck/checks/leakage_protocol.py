"""Check whether the described evaluation leaks from the test set into training.

The rules are those of the taxonomy of Kapoor and Narayanan (doi:10.1016/j.patter.2023.100804):
L1.1 no test set of its own, L1.2 preparation on training and test together, L1.4 duplicates, L3.2
training and test samples that are not independent. What is judged is the description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from claimcheck.claim import Claim
from claimcheck.finding import Finding, ids


@dataclass(frozen=True)
class Rule:
    """One way to leak.

    Attributes
    ----------
    quantity : str
        The procedure that decides.
    sound, leaking : tuple of str
        What it may mean.
    entry : str
        Of the taxonomy.
    why : str
        What goes wrong.
    """

    quantity: str
    sound: tuple[str, ...]
    leaking: tuple[str, ...]
    entry: str
    why: str


RULES = (
    Rule(
        "protocol.split_unit",
        ("subject", "category"),
        ("image", "frame"),
        "L3.2",
        "images of one person in training and in test are not independent",
    ),
    Rule(
        "protocol.frames_of_one_clip",
        ("together",),
        ("apart",),
        "L1.4",
        "frames of one clip are near-duplicates",
    ),
    Rule(
        "protocol.validation",
        ("separate",),
        ("none",),
        "L1.1",
        "without a validation part of its own, choices are made on the test part",
    ),
    Rule(
        "protocol.selection_on",
        ("validation", "training"),
        ("test",),
        "L1.1",
        "what is chosen on the test part is not tested by it",
    ),
    Rule(
        "protocol.resampling",
        ("training only", "none"),
        ("before split",),
        "L1.2",
        "synthetic points are made from test points",
    ),
    Rule(
        "protocol.augmentation",
        ("training only", "none"),
        ("before split",),
        "L1.4",
        "copies of one image lie on both sides",
    ),
)


def check(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return one finding for each rule: sound, leaking, or not said.

    Nothing is said of a ledger without any claim about its protocol.

    Examples
    --------
    >>> means = {"quantity": "protocol.resampling", "means": ("before split",)}
    >>> smote = Claim("smote", "section 3", "SMOTE", "applied to all data", "procedure", **means)
    >>> (finding,) = (one for one in check({"smote": smote}) if one.claims)
    >>> finding.verdict, finding.how
    ('inconsistent', 'resampling: before split; synthetic points are made from test points (L1.2)')
    """
    if not any(claim.quantity.startswith("protocol.") for claim in ledger.values()):
        return []
    found = []
    for rule in RULES:
        told = [claim for claim in ledger.values() if claim.quantity == rule.quantity]
        firm = [c for c in told if not c.reading and set(c.means) & set(rule.leaking)]
        told = firm or told  # a leak that is firmly described stands without the other places
        meanings = {word for claim in told for word in claim.means}
        shown = " / ".join(sorted(meanings)) or "not said"
        names = ids(told)
        what = f"{rule.quantity.removeprefix('protocol.').replace('_', ' ')}: {shown}"
        if meanings & set(rule.leaking):
            verdict, how = "inconsistent", f"{what}; {rule.why} ({rule.entry})"
        elif meanings and meanings <= set(rule.sound):
            verdict, how = "consistent", what
        else:
            verdict, how = "underspecified", f"{what}; were it otherwise, {rule.why} ({rule.entry})"
        found.append(Finding("protocol", names, verdict, shown, " or ".join(rule.sound), how))
    return found
