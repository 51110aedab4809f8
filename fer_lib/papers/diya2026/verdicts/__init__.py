"""Verdicts on the claims of this paper, from measured values: one module for each page."""
