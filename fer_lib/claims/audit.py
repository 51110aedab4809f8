"""Check every claim of a ledger against the others: `fer-audit my_claims.yml`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from fer_lib.claims import (
    agreement,
    equations,
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
    splits,
    statistics,
    equations,
    protocol,
)


def audit(ledger: Mapping[str, Claim]) -> list[Finding]:
    """Return what every family of checks finds in a ledger."""
    return [finding for family in FAMILIES for finding in family.check(ledger)]


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
