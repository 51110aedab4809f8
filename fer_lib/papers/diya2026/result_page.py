"""Shared parts of the result pages: data sets, seeds, confusion matrices and curves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import yaml

import face_renderer as faces
from claimcheck import Claim
from engine.page import budget, tables
from engine.page.verdict_rows import VerdictRows
from engine.store import paths
from fer_lib.evaluation import metrics, over_seeds
from fer_lib.evaluation.bootstrap import Interval, means
from fer_lib.evaluation.counts_by_subject import Tally, by_class, score, summary
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.verdicts import Ground
from fer_lib.labels import AUTHENTICITY
from fer_lib.papers.diya2026 import named_configs
from fer_lib.task import Task
from fer_lib.training.run import Run

FEW_GROUPS = 30
# What the paper prints of each score: the id of the claim, and 100 where it is in percent.
Printed = Mapping[str, tuple[str, float]]


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


def opened(runs: Run | Sequence[Run], data: str) -> Setting:
    """Show the header of a page of results; return its setting, which is that of the first run.

    ``runs`` are all that the page reads, ``data`` is its data set.
    """
    runs = [runs] if isinstance(runs, Run) else runs
    tables.header_of_runs(runs)
    return setting(runs[0], data)


def setting(run: Run, data: str) -> Setting:
    """Return what a page of results works with; ``run`` stands for all of its runs."""
    made_in = run.about["profile"]
    ground = Ground("diya2026", data, made_in)
    return Setting(run.about, budget.get(made_in).bootstrap, ground, sets_of(run))


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
    return sum(one.matrix.sum(0) for one in over_seeds.tallies(runs, which, head))


def rests_on(runs: Sequence[Run], at: Setting) -> str:
    """Return in words what a page's scores rest on: seeds, subjects, images, profile."""
    row = what_is_tested(runs).loc[at.tested]
    seeds = int(row["seeds"])
    unit = "subjects" if at.about["group_kind"] == "subject" else "groups of near-duplicates"
    told = (
        f"{seeds} training{'s' * (seeds > 1)} of profile {at.made_in} and "
        f"{int(row['groups in all'])} {unit} ({int(row['images a seed'])} images a seed), the "
        f"{at.tested}; 95 % intervals over {unit}{' and seeds' * (seeds > 1)}."
    )
    return told + " Profile smoke trains for seconds: no score means anything." * (
        at.made_in == "smoke"
    )


def few_groups(runs: Sequence[Run]) -> str:
    """Return in words whether there are enough groups to draw again for an interval."""
    fewest = int(what_is_tested(runs)["groups in all"].min())
    told = f"The smallest of these sets has {fewest} groups to draw again"
    return told + (
        f": fewer than {FEW_GROUPS}, so its intervals are themselves uncertain."
        if fewest < FEW_GROUPS
        else ", which is enough for an interval."
    )


def frozen() -> dict:
    """Return what was fixed before any score was read: the faces, and the goals for them."""
    return yaml.safe_load((paths.root() / "book/papers/diya2026/freeze.yml").read_text())


def frozen_before(about: Mapping) -> str:
    """Return in words whether the pixels behind a run are those that were fixed beforehand."""
    if about["data_kind"] != "rendered":
        return "These are photographs: nothing about them was chosen here."
    of = frozen()
    same = of["rendered46_set_sha256"] == about["data_sha256"]
    same &= of["rendered_test_key"] == faces.RENDERED_TEST.key()
    return (
        "The generator of the faces and its difficulty were fixed before any of these scores was "
        f"read: version {of['generator_version']} at commit `{of['commit'][:12]}`. The pixels in "
        f"use are {'the same' if same else '**others**'}."
    )


def most_errors(matrix: np.ndarray, classes: Sequence[str]) -> str:
    """Return in words how many images are right, and which two classes are confused most often."""
    wrong = matrix * (1 - np.eye(len(matrix), dtype=int))
    true, named = np.unravel_index(wrong.argmax(), wrong.shape)
    told = f"{np.trace(matrix):,} of {matrix.sum():,} images are on the diagonal"
    if not wrong.any():
        return f"{told}: there is no error."
    return (
        f"{told}. The most frequent of {wrong.sum():,} errors: {classes[true]} faces called "
        f"{classes[named]}, {wrong.max():,} of {matrix[true].sum():,}."
    )


def counted(matrix: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """Return a confusion matrix as a table with the classes' names."""
    frame = pd.DataFrame(matrix, index=list(classes), columns=list(classes))
    return frame.rename_axis("true").reset_index()


def truth_and_score(
    runs: Sequence[Run], which: str, head: str, place: int = 1
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (truth, score) a seed: yes or no, or class ``place`` against the rest."""
    judged = [metrics.judged(rows_of(run, which), run.task[head]) for run in runs]
    return [
        (of.truth == 1, of.score) if of.head.yes_no else (of.truth == place, of.score[:, place])
        for of in judged
    ]


def emotion_only(
    run: Run, training: pd.DataFrame, sets: Iterable[str], resamples: int, seed: int
) -> dict[str, Interval]:
    """Return by set the AUC of a judge that knows each face's true emotion and nothing else.

    It has learnt from the table ``training``, with ``emotion`` and ``authenticity``, how often
    each emotion is genuine. An emotion that it has not seen counts as one half.
    """
    genuine = (training["authenticity"] == "genuine").to_numpy()
    learnt = shares_of_positives(training["emotion"].astype(str), genuine)
    head = run.task["authenticity"]
    told = {}
    for which in sets:
        held = rows_of(run, which)
        guess = held["emotion"].astype(str).map(learnt).fillna(0.5)
        told[which] = score(held.assign(**{head.output: guess}), head, resamples, seed)["AUC"]
    return told


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


def trainings(runs: Mapping[str, Sequence[Run]], unranked: Collection[str]) -> pd.DataFrame:
    """Return one row a configuration: its name in words, seeds, start, pixels, epochs, ranked."""
    rows = {
        name: {
            "seeds": len(found),
            "pixels": found[0].about["image_size"],
            "epochs": found[0].about["config"]["epochs"],
            "ranked": "no" if name in unranked else "yes",
            "starts from": start_of(found[0]),
        }
        for name, found in runs.items()
    }
    return pd.DataFrame(rows).T.rename(named_configs.title).rename_axis("model")


def never_ranked(strangers: Collection[str]) -> str:
    """Return in words which of the six models cannot be ranked, and why."""
    named = [named_configs.title(name) for name in named_configs.MODELS if name in strangers]
    if not named:
        return "Every model starts from the weights that the paper names, so all six are ranked."
    return (
        f"Never ranked: {', '.join(named)}, which had to start at random for want of weights. A "
        "substitute with other weights stands in the folded tables."
    )


Tallies = Mapping[tuple[str, str, str], Sequence[Tally]]


def every_seed(
    runs: Mapping[str, Sequence[Run]], tallies: Tallies, which: str, head: str
) -> list[dict]:
    """Return the summary scores of one head, a row a run; ``tallies`` by model, set and head."""
    return [
        {"model": named_configs.title(name), "seed": run.about["seed"]} | row
        for name, found in runs.items()
        for run, row in zip(found, each_seed(tallies[name, which, head]), strict=True)
    ]


def every_class(
    runs: Iterable[str], tallies: Tallies, which: str, head: str, resamples: int, seed: int
) -> pd.DataFrame:
    """Return the `class_table` of one head of every model, one below the other."""
    found = [
        class_table(tallies[name, which, head], resamples, seed)
        .reset_index()
        .assign(model=named_configs.title(name))
        for name in runs
    ]
    return pd.concat(found).set_index("model").reset_index()


def on_validation(runs: Sequence[Run], seeds: int) -> dict[str, float]:
    """Return scores on the validation part, means over the first ``seeds`` runs.

    Each head's `Head.score`, such as "emotion accuracy", and, of two heads, "mean of both", by
    which a model is chosen.
    """
    heads = runs[0].task.heads
    parts = [rows_of(run, "validation") for run in runs[:seeds]]
    found = [[metrics.summary_score(metrics.judged(p, head)) for head in heads] for p in parts]
    means = np.mean(found, axis=0)
    scores = {f"{head.name} {head.score}": float(m) for head, m in zip(heads, means, strict=True)}
    return scores | ({"mean of both": float(means.sum() / 2)} if len(heads) == 2 else {})


def history_of(runs: Sequence[Run]) -> pd.DataFrame:
    """Return the training histories of some runs in one table, each with its ``seed``."""
    return pd.concat(run.history.assign(seed=run.about["seed"]) for run in runs)


def scores_of(
    runs: Sequence[Run], sets: Iterable[str], head: str, resamples: int, seed: int
) -> tuple[dict[str, list[Tally]], dict[str, dict[str, Pooled]]]:
    """Return by set the counts of one head, and its scores over the seeds with their intervals."""
    tallies = {which: over_seeds.tallies(runs, which, head) for which in sets}
    scores = {which: over_seeds.over_seeds(of, resamples, seed) for which, of in tallies.items()}
    return tallies, scores


def beside_paper(
    scores: Mapping[str, Mapping[str, Pooled]],
    sets: Mapping[str, str],
    ledger: Mapping[str, Claim],
    printed: Printed,
) -> pd.DataFrame:
    """Return each score on each set, and what the paper prints of it, one row a score."""
    beside = pd.DataFrame({text: scores[which] for which, text in sets.items()})
    beside["paper"] = [
        ledger[printed[name][0]].shown if name in printed else "–" for name in beside.index
    ]
    return beside.rename_axis("score")


def class_table(of: Sequence[Tally], resamples: int, seed: int = 0) -> pd.DataFrame:
    """Return precision, recall, F1 (each a `Pooled`) and support a seed, one row a class."""
    found = over_seeds.over_seeds(of, resamples, seed, by_class)
    support = np.mean([one.matrix.sum((0, 2)) for one in of], axis=0)
    rows = [
        {what: found[f"{name}/{what}"] for what in ("precision", "recall", "F1")}
        | {"support": round(float(support[c]))}
        for c, name in enumerate(of[0].classes)
    ]
    return pd.DataFrame(rows, index=pd.Index(of[0].classes, name="class"))


def each_seed(of: Sequence[Tally]) -> list[dict[str, float]]:
    """Return the summary scores of every seed in the order given."""
    found = [summary(one, np.ones((1, len(one.groups)))) for one in of]
    return [{name: float(value) for name, (value,) in scores.items()} for scores in found]


def classes_beside_paper(
    tallies: Sequence[Tally], ledger: Mapping[str, Claim], table: str, resamples: int, seed: int
) -> pd.DataFrame:
    """Return the scores of each class, each beside what one of the paper's tables prints of it."""
    found = class_table(tallies, resamples, seed)
    for what in ("precision", "recall", "F1"):
        printed = [ledger[f"{table}.{name}.{what.lower()}"].printed for name in found.index]
        found[f"paper: {what.lower()}"] = printed
    order = [
        f"{paper}{what}" for what in ("F1", "recall", "precision") for paper in ("", "paper: ")
    ]
    return found[[name if name in found else name.lower() for name in order] + ["support"]]


def judge_numbers(rows: VerdictRows, scores: Mapping[str, Pooled], printed: Printed) -> None:
    """Add a row for each score of which the paper prints a number."""
    for name, (key, scale) in printed.items():
        rows.number(key, scores[name], scale)


def figure_13(ledger: Mapping[str, Claim]) -> np.ndarray:
    """Return the four counts of the paper's Figure 13, int (2, 2), rows the truth."""
    return np.array(
        [
            [int(ledger[f"figure13.{true}_{named}"].value) for named in AUTHENTICITY]
            for true in AUTHENTICITY
        ]
    )


def shares_of_positives(labels: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return each label's share of positives: all that a guess from the label alone can use."""
    return pd.Series(truth).groupby(np.asarray(labels)).mean().to_dict()


def accuracies(
    task: Task, predictions: pd.DataFrame, resamples: int, seed: int
) -> dict[str, Interval]:
    """Return the accuracy of each head on one run's predictions, with intervals by subject."""
    heads = {head.name: metrics.judged(predictions, head) for head in task.heads}
    right = {head: of.truth == of.guess for head, of in heads.items()}
    return means(right, heads[task.names[0]].groups, resamples, seed)
