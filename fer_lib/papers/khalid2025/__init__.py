"""Modules that only the paper khalid2025 needs."""
