"""Scores with intervals by subject, differences between models, and verdicts on claims.

`metrics` has the formulas; `counts_by_subject` adds a run's answers up by subject and scores them
with the intervals of `bootstrap`; `over_seeds` and `paired_differences` do so for several runs;
`verdicts` judges a claim of `ledgers`.
"""
