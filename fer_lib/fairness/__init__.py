"""Fairness, measured: scores of groups, and the same face in several skin tones.

``sums``    scores from sums by subject.
``groups``  scores by skin tone, sex and age, and the differences between such groups.
``tones``   the controlled experiment: rows and pictures with only the tone changed.
``effects`` what a network answers to the same face in each tone, beside irrelevant changes.
"""
