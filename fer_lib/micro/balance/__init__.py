"""Classifiers with and without balancing, scored across people."""
