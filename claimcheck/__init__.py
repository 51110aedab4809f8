"""Check the numbers that a paper prints against each other.

A paper is transcribed into a ledger, a YAML file with one record for each claim. `parse` reads it,
`claimcheck.cli.audit` returns what every check finds, and ``claimcheck FILE.yml`` prints it.

Importing this package loads none of the checks.
"""

from claimcheck.claim import Claim, Range
from claimcheck.finding import Finding
from claimcheck.ledger import LedgerError, parse

__all__ = ["Claim", "Finding", "LedgerError", "Range", "parse"]
