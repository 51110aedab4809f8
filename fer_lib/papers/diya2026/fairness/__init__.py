"""Fairness: scores by group, and predictions for the same face in several skin tones.

``group_fairness``    scores by skin tone, sex and age, and differences between such groups.
``group_tables``      their tables.
``skin_tone_swap``    the controlled experiment: rows and pictures with only the tone changed.
``skin_tone_effects`` predictions for the same face in each tone, beside irrelevant changes.
"""
