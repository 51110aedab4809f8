"""The claim ledger: every number a paper prints, and what can be said of it."""

from fer_lib.claims.ledger import LedgerError, files, load, parse
from fer_lib.claims.record import Claim, Range
from fer_lib.claims.verdicts import (
    OWN_DATA,
    Ground,
    Row,
    Verdict,
    checked,
    of_arithmetic,
    of_direction,
    of_number,
)

__all__ = [
    "OWN_DATA",
    "Claim",
    "Ground",
    "LedgerError",
    "Range",
    "Row",
    "Verdict",
    "checked",
    "files",
    "load",
    "of_arithmetic",
    "of_direction",
    "of_number",
    "parse",
]
