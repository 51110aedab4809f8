"""The kinds of checks, one module each; its function `check` returns the findings in a ledger."""
