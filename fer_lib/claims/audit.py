"""Check every claim of a ledger against the others: `fer-audit my_claims.yml`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fer_lib.claims import (
    agreement,
    chance,
    equations,
    known_sets,
    matrices,
    protocol,
    ranking,
    relations,
    reports,
    splits,
    statistics,
)
from fer_lib.claims.finding import WORDS, Finding
from fer_lib.claims.ledger import LedgerError, parse
from fer_lib.claims.record import Claim

FAMILIES = (
    relations,
    agreement,
    reports,
    matrices,
    ranking,
    chance,
    splits,
    known_sets,
    statistics,
    equations,
    protocol,
)


def softened(finding: Finding, ledger: Mapping[str, Claim]) -> Finding:
    """Return a contradiction that rests on an open reading as underspecified, all else as it is."""
    named = dict.fromkeys((*finding.claims, *finding.given))
    rests_on = tuple(name for name in named if ledger[name].reading)
    if finding.verdict != "inconsistent" or not rests_on:
        return finding
    how = f"{finding.how}; this rests on how {', '.join(rests_on)} is read"
    return replace(finding, verdict="underspecified", how=how, rests_on=rests_on)


def audit(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return what every family of checks finds in a ledger."""
    return [softened(finding, ledger) for family in FAMILIES for finding in family.check(ledger)]


def line(finding: Finding) -> str:
    """Return a finding as one line of text."""
    of = finding.claims[0] if finding.claims else "(no claim)"
    return f"{finding.verdict}: {of} [{finding.family}]: {finding.how}"


def main(argv: list[str] | None = None) -> int:
    """Audit one file; return 0 if nothing is inconsistent, 1 if something is, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="fer-audit", description=__doc__)
    parser.add_argument("ledger", type=Path, help="a YAML file of claims")
    parser.add_argument("--all", action="store_true", help="list what is consistent as well")
    args = parser.parse_args(argv)
    if hasattr(sys.stdout, "reconfigure"):  # a plain console has no minus sign
        sys.stdout.reconfigure(errors="replace")
    try:
        ledger = parse(args.ledger)
    except (LedgerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    found = audit(ledger)
    for finding in found:
        if args.all or finding.verdict != "consistent":
            print(line(finding))
    count = Counter(finding.verdict for finding in found)
    told = ", ".join(f"{count[word]} {word}" for word in WORDS)
    print(f"{len(ledger)} claims, {len(found)} checks: {told}")
    return 1 if count["inconsistent"] else 0


if __name__ == "__main__":
    sys.exit(main())
