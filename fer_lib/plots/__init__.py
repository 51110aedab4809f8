"""Figures in one style, each with its data."""
