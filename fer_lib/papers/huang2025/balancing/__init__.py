"""Classifiers with and without balancing, scored on held-out subjects."""
