"""Modules that only the paper huang2025 needs."""
