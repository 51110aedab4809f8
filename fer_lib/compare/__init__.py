"""Models compared: scores over subjects and seeds, paired tests, and what may be ranked.

`tally` adds a run's answers up by subject, so that drawing subjects again is a product of matrices;
`pooled` gives a score over several seeds its interval; `pairs` tests models against each other;
`ranking` says which order may be claimed; `few` shows what an interval from few draws is worth.
"""
