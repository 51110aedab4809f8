"""The one table of notebooks: what each needs to have run before it."""

from __future__ import annotations

from fer_lib import paths

UPSTREAM: dict[str, tuple[str, ...]] = {
    "02_data": (),
    "03_cnn_baseline": ("02_data",),
    "04_dual_task": ("02_data",),
    "05_evaluation": ("03_cnn_baseline", "04_dual_task"),
    "06_explanations": ("03_cnn_baseline", "04_dual_task"),
    "08_ethics": ("05_evaluation",),
    "01_start_here": ("05_evaluation", "06_explanations"),
    "07_about_this_build": (
        "01_start_here",
        "02_data",
        "03_cnn_baseline",
        "04_dual_task",
        "05_evaluation",
        "06_explanations",
        "08_ethics",
    ),
}

PARAMETERS = ("profile", "data", "data_root", "seed")


def notebook(name: str, suffix: str = ".ipynb"):
    """Return the path of a notebook in the checkout, ``.ipynb`` or ``.py``."""
    return paths.root() / "notebooks" / f"{name}{suffix}"


def executed():
    """Return the folder of executed notebooks and their records."""
    return paths.build() / "executed"
