"""Micro-expressions: the data, features and experiments of the pages on ``huang2025``."""
