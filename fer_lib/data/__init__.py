"""Data sets in one table schema, their splits, and the leakage audit."""
