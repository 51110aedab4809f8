"""Modules that only the paper alipour2025 needs."""
