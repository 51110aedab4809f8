"""Rendered micro-expressions: what moves, when, and how strongly."""
