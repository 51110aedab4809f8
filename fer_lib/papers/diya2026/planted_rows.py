"""Which rows of tables the study of planted leaks reads, for its key."""

from __future__ import annotations

from fer_lib.training import configs, profiles

CONFIGURATION = "frozen"  # whose stored embeddings the study takes


def rows(profile: str) -> dict[str, str]:
    """Return the digests of a profile's row and of the configuration's."""
    return profiles.TABLE.digests(profile) | configs.rows([CONFIGURATION])
