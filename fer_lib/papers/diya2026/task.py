"""The task of this paper: emotion and authenticity, equation (1) with the weights of Table 4."""

from __future__ import annotations

from fer_lib import paper_registry

TASK = paper_registry.get("diya2026").task
