"""Settings of the randomised experiment beside those of the paper and its public code."""

from __future__ import annotations

import pandas as pd

from fer_lib.papers.huang2025 import pca, printed_code, printed_settings
from fer_lib.papers.huang2025.causal import randomised_experiment, treatment_assignment
from fer_lib.papers.huang2025.causal.treatment_assignment import BALANCED, BY_MINORITY


def table(about: dict) -> pd.DataFrame:
    """Return one row a setting: ``setting``, ``paper``, ``public code``, ``here``, ``from``.

    What text and code say comes from the files of printed values, the amounts from the constants
    that the runs were made with, so neither is typed a second time.

    Parameters
    ----------
    about : dict
        What the study ``micro_trial`` says of itself.

    Raises
    ------
    ValueError
        If a row refers to a setting that the file of settings lacks, or lacks words itself.
    """
    known = printed_settings.load().set_index("setting")
    amounts = _amounts(about)
    rows = []
    for one in printed_code.load("causal")["experiment"]:
        of = one.get("of", [])
        missing = [name for name in of if name not in known.index]
        if missing or not (of or "ours" in one):
            raise ValueError(
                f"setting {one['setting']!r} of the experiment refers to {missing or 'nothing'}: "
                f"name settings of {printed_settings.SETTINGS}, or say what is taken"
            )
        said = {
            name: _joined(known[name][of])
            if of
            else printed_settings.said(one[name], one["setting"])
            for name in ("text", "code")
        }
        ours = one.get("ours") or {"value": known["here"][of[0]], "tag": known["tag"][of[0]]}
        rows.append(
            {
                "setting": one["setting"],
                "paper": said["text"],
                "public code": said["code"],
                "here": ours["value"].format(**amounts),
                "from": ours["tag"],
            }
        )
    return pd.DataFrame(rows)


def _amounts(about: dict) -> dict[str, str]:
    """Return what the braces of the file stand for."""
    return {
        "lowest": f"{treatment_assignment.LOWEST:g}",
        "highest": f"{treatment_assignment.HIGHEST:g}",
        "images": f"{about['training_images'][BY_MINORITY]:,}",
        "balanced_images": f"{about['training_images'][BALANCED]:,}",
        "pairs": f"{about['runs'][BALANCED] // 2}",
        "folds": f"{treatment_assignment.FOLDS}",
        "splits": f"{about['splits']}",
        "dimensions": f"{pca.DIMENSIONS}",
        "neighbours": f"{randomised_experiment.NEIGHBOURS}",
        "gamma": f"{randomised_experiment.GAMMA:g}",
        "trees": f"{randomised_experiment.TREES}",
    }


def _joined(words: pd.Series) -> str:
    """Return what settings (the index) say, each with its name where there are several."""
    said = words[words != printed_settings.NOTHING]
    if len(words) > 1:
        said = said.index + ": " + said
    return "; ".join(said) or printed_settings.NOTHING
