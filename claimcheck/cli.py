"""Check every claim of a ledger against the others: ``claimcheck my_claims.yml``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from claimcheck.checks import (
    arithmetic,
    auc_bounds,
    chance_level,
    classification_reports,
    confusion_matrices,
    equations,
    intervals_and_tests,
    leakage_protocol,
    public_datasets,
    repeated_values,
    split_counts,
)
from claimcheck.claim import Claim
from claimcheck.finding import WORDS, Finding
from claimcheck.ledger import LedgerError, parse

FAMILIES = (
    arithmetic,
    repeated_values,
    classification_reports,
    confusion_matrices,
    auc_bounds,
    chance_level,
    split_counts,
    public_datasets,
    intervals_and_tests,
    equations,
    leakage_protocol,
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
    """Return the findings of all checks in a ledger.

    Examples
    --------
    >>> men = Claim("men", "Table 1", "men", "21", "count")
    >>> women = Claim("women", "Table 1", "women", "32", "count")
    >>> tie = {"is": "sum", "of": ["men", "women"]}
    >>> everyone = Claim("all", "abstract", "people", "54", "count", relations=(tie,))
    >>> for finding in audit({claim.id: claim for claim in (men, women, everyone)}):
    ...     print(line(finding))
    inconsistent: all [arithmetic]: 21 + 32 = 53, printed 54
    """
    return [softened(finding, ledger) for family in FAMILIES for finding in family.check(ledger)]


def line(finding: Finding) -> str:
    """Return a finding as one line of text."""
    of = finding.claims[0] if finding.claims else "(no claim)"
    return f"{finding.verdict}: {of} [{finding.family}]: {finding.how}"


def main(argv: list[str] | None = None) -> int:
    """Audit one file; return 0 if nothing is inconsistent, 1 if something is, 2 for bad input.

    Parameters
    ----------
    argv : list of str, optional
        What stands behind the command; by default what it was called with.

    Examples
    --------
    >>> main([str(Path(__file__).parent / "examples" / "planted_error.yml")])
    inconsistent: accuracy [arithmetic]: 180 images / 200 images = 0.9, printed 92 %
    inconsistent: accuracy [agreement]: 92 % (abstract); 0.90 (Table 1)
    4 claims, 3 checks: 1 consistent, 2 inconsistent, 0 underspecified, 0 said again, 0 not testable
    1
    """
    parser = argparse.ArgumentParser(prog="claimcheck", description=__doc__)
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
