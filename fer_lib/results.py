"""What the result pages have in common: the sets, the seeds, and a model's matrices and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_lib import amounts, metrics, page
from fer_lib.claims import Ground
from fer_lib.runs import Run

FEW_GROUPS = 30


@dataclass(frozen=True)
class Setting:
    """What a page of results works with.

    Attributes
    ----------
    about : dict
        ``run.json`` of the run that the page is of.
    resamples : int
        Behind each interval.
    ground : Ground
        What its verdicts stand on.
    sets : dict
        From `sets_of`.
    """

    about: dict
    resamples: int
    ground: Ground
    sets: dict[str, str]

    @property
    def made_in(self) -> str:
        """The profile of the runs, which may be smaller than the page's."""
        return self.about["profile"]

    @property
    def last(self) -> str:
        """The set to judge by."""
        return list(self.sets)[-1]

    @property
    def tested(self) -> str:
        """What to call the set to judge by."""
        return self.sets[self.last]


def opened(run: Run, data: str) -> Setting:
    """Show the header of a page of results, whose data set is ``data``; return its setting."""
    made_in = run.about["profile"]
    page.header_of_run(run.about)
    ground = Ground("diya2026", data, made_in)
    return Setting(run.about, amounts.get(made_in).bootstrap, ground, sets_of(run))


def sets_of(run: Run) -> dict[str, str]:
    """Return the sets that a run was tested on and what to call them, the last the one to judge by.

    That is the further rendered subjects where the faces are rendered: the same for every seed and
    every model, and read by nothing before. Otherwise it is the run's own test part.
    """
    data = run.about["data"]
    known = {"test": f"test part of {data}", "rendered_test": "further rendered subjects"}
    there = set(run.predictions["set"])
    return {name: text for name, text in known.items() if name in there}


def rows_of(run: Run, which: str) -> pd.DataFrame:
    """Return a run's predictions on one set."""
    return run.predictions[run.predictions["set"] == which].reset_index(drop=True)


def what_is_tested(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row a set: images a seed, groups a seed, groups in all seeds together, seeds."""
    rows = []
    for which, text in sets_of(runs[0]).items():
        parts = [rows_of(run, which) for run in runs]
        rows.append(
            {
                "tested on": text,
                "images a seed": round(np.mean([len(part) for part in parts])),
                "groups a seed": round(np.mean([part["group"].nunique() for part in parts])),
                "groups in all": pd.concat(parts)["group"].nunique(),
                "seeds": len(runs),
            }
        )
    return pd.DataFrame(rows).set_index("tested on")


def confusion(runs: Sequence[Run], which: str, head: str) -> np.ndarray:
    """Return a model's confusion matrix, the counts of its seeds added up; rows are the truth."""
    judged = [metrics.judged(rows_of(run, which), head) for run in runs]
    return sum(metrics.confusion(of.truth, of.guess, len(of.classes)) for of in judged)


def counted(matrix: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """Return a confusion matrix as a table with the classes' names."""
    frame = pd.DataFrame(matrix, index=list(classes), columns=list(classes))
    return frame.rename_axis("true").reset_index()


def truth_and_score(
    runs: Sequence[Run], which: str, head: str, place: int = 1
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (truth, score) a seed: genuine or not, or emotion ``place`` against the rest."""
    judged = [metrics.judged(rows_of(run, which), head) for run in runs]
    if head == "authenticity":
        return [(of.truth == 1, of.score) for of in judged]
    return [(of.truth == place, of.score[:, place]) for of in judged]


def seeds_in_words(runs: Mapping[str, Sequence[Run]]) -> str:
    """Return how many seeds each model has, as in "a, b: 5; c: 2"."""
    by_number: dict[int, list[str]] = {}
    for name, found in runs.items():
        by_number.setdefault(len(found), []).append(name)
    parts = [f"{', '.join(by_number[n])}: {n}" for n in sorted(by_number, reverse=True)]
    return "; ".join(parts)


def start_of(run: Run) -> str:
    """Return from which weights a run's backbones started, in words."""
    return "; ".join(one["name"] for one in run.about["weights"]) or "a random start, as printed"


def on_validation(runs: Sequence[Run], seeds: int) -> dict[str, float]:
    """Return scores on the validation part, means over the first ``seeds`` runs.

    "emotion accuracy", "authenticity AUC", and their mean, by which a model is chosen.
    """
    found = []
    for run in runs[:seeds]:
        emotion, authenticity = (
            metrics.judged(rows_of(run, "validation"), head) for head in ("emotion", "authenticity")
        )
        right = float((emotion.guess == emotion.truth).mean())
        found.append((right, metrics.auc(authenticity.truth, authenticity.score)))
    accuracy, area = np.mean(found, axis=0)
    return {
        "emotion accuracy": float(accuracy),
        "authenticity AUC": float(area),
        "mean of both": float((accuracy + area) / 2),
    }
