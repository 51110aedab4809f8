"""Scores with intervals by subject, differences between models, and verdicts on claims.

`metrics` scores one run with the intervals of `bootstrap`; `counts_by_subject` adds its answers up
by subject, for `over_seeds` and `paired_differences`; `verdicts` judges a claim of `ledgers`.
"""
