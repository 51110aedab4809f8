"""The tables of the build: which runs and files each page reads, and what a profile trains."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fer_lib import arms, papers, paths
from fer_lib.plan import Experiment

PARAMETERS = ("profile", "data", "data_root", "seed")


@dataclass(frozen=True)
class Page:
    """What a notebook reads beside its data set and the modules it imports.

    Attributes
    ----------
    paper : str
        Key of the paper whose data set it takes.
    arms : tuple of str
        Arms all of whose runs it reads.
    first : tuple of str
        Arms of which it reads the first run only.
    studies : tuple of str
        Studies of `fer_lib.studies` that it reads.
    files : tuple of str
        Files of the checkout it reads. A file that is read and not named here stops the build.
    """

    paper: str = "diya2026"
    arms: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


CLAIMS = "book/claims/diya2026.yml"
HUANG = "book/claims/huang2025.yml"
SETTINGS = "book/settings/huang2025.yml"
COUNTS = "book/settings/huang2025_counts.yml"
FREEZE = "book/freeze.yml"
BOTH = ("cnn_baseline", "dual_task")
SERVICE = tuple(
    f"service/{name}"
    for name in (
        "__init__.py",
        "align.py",
        "detect.py",
        "export.py",
        "frames.py",
        "local.py",
        "measure.py",
        "models/face_detection_yunet_2023mar.onnx",
        "pipeline.py",
        "predict.py",
        # What the server reads, in a process of its own.
        "__main__.py",
        "app.py",
        "guard.py",
    )
)
EVERY_MODEL = (*arms.MODELS, *arms.SUBSTITUTES)
PAGES = {
    "01_start_here": Page(first=BOTH, files=(CLAIMS,)),
    "02_data": Page(files=(CLAIMS, "book/judge/run.json")),
    "03_cnn_baseline": Page(first=("cnn_baseline",), files=(CLAIMS,)),
    "04_two_stream": Page(arms=arms.VARIANTS["two_stream"], files=(CLAIMS,)),
    "05_b3_embedding": Page(
        arms=arms.VARIANTS["b3_substitute"],
        first=("b3_embedding", "b3_substitute"),
        files=(CLAIMS,),
    ),
    "06_embedding_fusion": Page(
        arms=arms.VARIANTS["fusion_substitute"],
        first=("embedding_fusion", "fusion_substitute"),
        files=(CLAIMS,),
    ),
    "07_dual_branch": Page(arms=arms.VARIANTS["dual_branch"], files=(CLAIMS,)),
    "08_dual_task": Page(arms=arms.VARIANTS["dual_task"], files=(CLAIMS,)),
    "09_sampling": Page(arms=arms.SAMPLING, files=(CLAIMS,)),
    "10_emotion": Page(arms=(arms.PROPOSED,), files=(CLAIMS, FREEZE)),
    "11_authenticity": Page(arms=(arms.PROPOSED,), files=(CLAIMS, FREEZE)),
    "12_comparison": Page(arms=EVERY_MODEL, files=(CLAIMS,)),
    "13_ablations": Page(arms=arms.ABLATIONS, files=(CLAIMS,)),
    "14_leakage": Page(arms=arms.LEAKAGE, files=(CLAIMS,)),
    "15_calibration": Page(arms=(arms.PROPOSED, arms.RIVAL), files=(CLAIMS,)),
    "16_grad_cam": Page(arms=(*arms.MODELS, "lite0", "lite0_se"), files=(CLAIMS,)),
    "17_lime": Page(first=tuple(arms.MODELS), files=(CLAIMS,)),
    "18_fairness": Page(arms=BOTH, files=(CLAIMS,)),
    "19_realtime": Page(first=("dual_task",), files=(CLAIMS, *SERVICE)),
    "20_ethics": Page(first=("dual_task",)),
    "21_audit_diya2026": Page(files=(CLAIMS,)),
    "22_audit_alipour2025": Page(files=("book/claims/alipour2025.yml",)),
    "23_audit_khalid2025": Page(files=("book/claims/khalid2025.yml",)),
    "24_audit_huang2025": Page(files=(HUANG,)),
    "26_micro_data": Page(paper="huang2025", files=(HUANG, SETTINGS, COUNTS)),
    "27_literature": Page(paper="huang2025", files=(HUANG, SETTINGS, "book/references.bib")),
    "28_minority": Page(
        paper="huang2025",
        studies=("micro_features", "micro_scores"),
        files=(HUANG, SETTINGS, "book/settings/huang2025_matrices.yml"),
    ),
    "29_causal": Page(
        paper="huang2025",
        studies=("micro_features", "micro_trial"),
        files=(HUANG, SETTINGS, "book/settings/huang2025_causal.yml"),
    ),
    "30_search": Page(
        paper="huang2025",
        studies=("micro_features", "micro_search"),
        files=(HUANG, SETTINGS, "book/settings/huang2025_search.yml"),
    ),
    "25_audit_your_own": Page(files=("book/examples/made_up.yml", "book/examples/template.yml")),
}


def page(name: str) -> Page:
    """Return what the table says of a notebook.

    Raises
    ------
    ValueError
        If it is not in the table; the message lists those that are.
    """
    if name not in PAGES:
        raise ValueError(f"there is no notebook {name!r}: choose one of {', '.join(PAGES)}")
    return PAGES[name]


def settings_of(name: str, settings: dict) -> dict:
    """Return the settings of a build for one page, whose paper may take another data set.

    Raises
    ------
    ValueError
        If the page is not in the table.
    """
    return papers.settings(papers.get(page(name).paper), settings)


def trainings(settings: dict) -> list[Experiment]:
    """Return every training of a build: each arm from as many seeds as its profile says."""
    of = (settings["data"], settings["data_root"], settings["profile"], settings["seed"])
    return [one for name in arms.TABLE for one in arms.experiments(name, *of)]


def notebook(name: str, suffix: str = ".ipynb") -> Path:
    """Return the path of a notebook in the checkout, ``.ipynb`` or ``.py``."""
    return paths.root() / "notebooks" / f"{name}{suffix}"
