"""Modules that only the paper diya2026 needs."""
