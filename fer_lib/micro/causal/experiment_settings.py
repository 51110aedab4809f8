"""The settings of the randomised experiment beside what the paper and its public code say."""

from __future__ import annotations

import pandas as pd

from fer_lib.micro import projection, public_code, settings
from fer_lib.micro.causal import assignment, trial
from fer_lib.micro.causal.assignment import BALANCED, BY_MINORITY


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
    known = settings.load().set_index("setting")
    amounts = _amounts(about)
    rows = []
    for one in public_code.load("causal")["experiment"]:
        of = one.get("of", [])
        missing = [name for name in of if name not in known.index]
        if missing or not (of or "ours" in one):
            raise ValueError(
                f"setting {one['setting']!r} of the experiment refers to {missing or 'nothing'}: "
                f"name settings of {settings.SETTINGS}, or say what is taken"
            )
        ours = one.get("ours") or {"value": known["here"][of[0]], "tag": known["tag"][of[0]]}
        rows.append(
            {
                "setting": one["setting"],
                "paper": _joined(known["text"][of]) if of else _said(one["text"]),
                "public code": _joined(known["code"][of]) if of else _said(one["code"]),
                "here": ours["value"].format(**amounts),
                "from": ours["tag"],
            }
        )
    return pd.DataFrame(rows)


def _amounts(about: dict) -> dict[str, str]:
    """Return what the braces of the file stand for."""
    return {
        "lowest": f"{assignment.LOWEST:g}",
        "highest": f"{assignment.HIGHEST:g}",
        "images": f"{about['training_images'][BY_MINORITY]:,}",
        "balanced_images": f"{about['training_images'][BALANCED]:,}",
        "pairs": f"{about['runs'][BALANCED] // 2}",
        "folds": f"{assignment.FOLDS}",
        "splits": f"{about['splits']}",
        "dimensions": f"{projection.DIMENSIONS}",
        "neighbours": f"{trial.NEIGHBOURS}",
        "gamma": f"{trial.GAMMA:g}",
        "trees": f"{trial.TREES}",
    }


def _said(one: dict | None) -> str:
    return f"{one['value']} ({one['where']})" if one else settings.NOTHING


def _joined(words: pd.Series) -> str:
    """Return what settings (the index) say, each with its name where there are several."""
    said = words[words != settings.NOTHING]
    if len(words) > 1:
        said = said.index + ": " + said
    return "; ".join(said) or settings.NOTHING
