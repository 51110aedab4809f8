"""Layout of the pages on the six models: drawing, counts, scores over seeds, two variants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from claimcheck import Claim
from engine.page import tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import metrics, over_seeds
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.verdicts import Row, Verdict, of_arithmetic
from fer_lib.models import ALL_STAGES
from fer_lib.models.frozen_trunk import Staged
from fer_lib.papers.diya2026 import architecture_plot, model_summary, named_configs
from fer_lib.settings import Settings
from fer_lib.task import Head, Task
from fer_lib.training import configs, load_runs
from fer_lib.training.run import Run

RESAMPLES = 1000  # as `fer_lib.api.score` has them
# Of each head: the score that the page speaks of, and what guessing reaches.
SPOKEN_OF = {"emotion": "accuracy", "authenticity": "AUC"}
SHOWN = ("accuracy", "AUC", "AUC within emotion", "macro F1", "Cohen's kappa", "average precision")
SETS = {"test": "the test part", "rendered_test": "further rendered subjects"}


def draw(run: Run, model: Staged) -> Figure:
    """Draw the run's network."""
    side = run.about["image_size"]
    streams = [one["architecture"] for one in run.about["weights"]] or ["images"]
    return architecture_plot.architecture(model_summary.parts(model, side), streams, side)


def counts(of: dict[str, Staged], what: str) -> pd.DataFrame:
    """Show the parameters of some live networks in millions, one a row; return them, uncut."""
    table = pd.DataFrame({name: model_summary.counts(model) for name, model in of.items()}).T
    shown = (table / 1e6).map("{:.2f}".format).rename_axis("network")
    shown.columns = ["all", "learn", "as Keras counts"]
    tables.table(shown, f"Millions of parameters of {what}")
    return table


def fits(claim: Claim, count: int) -> bool:
    """Return whether a number of parameters prints like a claim, which is in millions."""
    low, high = claim.rounding
    return low <= count / 1e6 < high


def details(run: Run, model: Staged, ledger: dict[str, Claim]) -> None:
    """Show, folded away, the parts of a run's network, its settings, weights and history."""
    side = run.about["image_size"]
    names = {"output": "output (channels × height × width)", "gates": "SE gates"}
    parts = model_summary.parts(model, side).drop(columns="stream").rename(columns=names)
    parts["learns"] = parts["learns"].map({True: "yes", False: "no"})
    tables.folded(parts, f"The parts of the network at {side} pixels")
    settings = model_summary.settings(run.about, ledger).reset_index()
    tables.folded(settings, "Training settings: the paper's and this run's")
    if run.about["weights"]:
        tables.folded(weights(run), "Where the weights of the backbones come from")
    kept = [c for c in run.history if c.startswith(("epoch", "train_", "val_"))]
    shown = run.history[kept].set_index("epoch").T.rename_axis("epoch").reset_index()
    tables.folded(shown, "The numbers behind the learning curves")


def weights(run: Run) -> pd.DataFrame:
    """Return where the weights of each backbone came from and which input they get, a column each.

    The whole address of a file stands in ``fer_lib/tables/weights.toml``.
    """
    rows = {}
    for one in run.about["weights"]:
        first = next(iter(one["origins"]), "")
        mean, std = (" ".join(f"{value:g}" for value in one[name]) for name in ("mean", "std"))
        rows[one["architecture"]] = {
            "weights": one["name"],
            "built by": one["library"],
            "first origin": first.removeprefix("https://").partition("/")[0] or "–",
            "licence": one["licence"],
            "sha256": one["sha256"][:8] or "–",
            "input mean": mean,
            "input std": std,
        }
    return pd.DataFrame(rows).rename_axis("of").reset_index()


def frozen(run: Run) -> str:
    """Return in a sentence which stages of a run's backbones learnt nothing."""
    stages, views = run.about["frozen_stages"], run.about["views"]
    if not stages:
        return "Every stage learns."
    which = "All" if stages == ALL_STAGES else f"The first {stages} of {ALL_STAGES}"
    copies = f" and for {views} changed copies of it" if views else ""
    return (
        f"{which} stages of each backbone stay as they came; what they compute was stored once "
        f"for every image{copies}."
    )


def against_rest(answers: pd.DataFrame, head: Head) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield each class against the rest: its name, its truth, bool (n,), and probability (n,).

    A yes/no head has one, its second class; a class that no image has, or all have, is left out.

    Examples
    --------
    >>> head = Head("authenticity", ("fake", "genuine"), "authenticity", "bce")
    >>> table = pd.DataFrame({"group": ["a", "b"], "authenticity": ["fake", "genuine"]})
    >>> ((name, truth, p),) = against_rest(table.assign(p_genuine=[0.2, 0.7]), head)
    >>> name, truth.tolist(), p.tolist()
    ('genuine', [False, True], [0.2, 0.7])
    """
    of = metrics.judged(answers, head)
    for place, name in enumerate(head.classes):
        truth = of.truth == place
        if truth.any() and not truth.all() and not (head.yes_no and place == 0):
            yield name, truth, of.score if head.yes_no else of.score[:, place]


def judged_on(run: Run) -> str:
    """Return the set that a model is judged by: further subjects if there are, else the test part.

    The further rendered subjects are the same for every seed and every model.
    """
    return "rendered_test" if (run.predictions["set"] == "rendered_test").any() else "test"


def scores(runs: Sequence[Run], which: str = "", seed: int = 0) -> pd.DataFrame:
    """Return each head's scores, means over seeds with intervals over subjects and seeds.

    Parameters
    ----------
    runs : sequence of Run
        Of one training configuration, one a seed.
    which : str
        The set; `judged_on` if it is "".
    seed : int
        Of the draws of subjects.

    Returns
    -------
    DataFrame
        Index: `SHOWN`; columns: heads; `Pooled`, or nan where a head has no such score. The AUC
        of a head of many classes is the mean of each class against the rest.
    """
    which = which or judged_on(runs[0])
    found = {
        head.name: over_seeds.over_seeds(
            over_seeds.tallies(runs, which, head.name), RESAMPLES, seed
        )
        for head in runs[0].task.heads
    }
    table = pd.DataFrame(found).rename_axis("score")
    whole = table.loc[["AUC (macro)"]].rename(index={"AUC (macro)": "AUC"})
    return table.combine_first(whole).reindex([name for name in SHOWN if name in table.index])


def parted(run: Run) -> str:
    """Return in a sentence how far training and validation part at the kept epoch of a run."""
    kept = run.history.loc[run.history["best"]].iloc[0]
    said = []
    for head in run.task.heads:
        own, other = (kept[f"{part}_{head.name}_accuracy"] for part in ("train", "val"))
        said.append(f"{head.name} accuracy is {own:.3f} in training and {other:.3f} in validation")
    return f"At the kept epoch ({int(kept['epoch'])}), {'; '.join(said)}."


def confused(answers: pd.DataFrame, head: Head) -> str:
    """Return in a sentence which class is most often taken for which other."""
    matrix = metrics.confusion(answers, head).to_numpy()
    wrong = matrix * (1 - np.eye(len(matrix), dtype=int))
    true, named = np.unravel_index(wrong.argmax(), wrong.shape)
    return (
        f"The most frequent confusion: {wrong[true, named]} of {matrix[true].sum()} images of "
        f"*{head.classes[true]}* are named *{head.classes[named]}*. "
        f"Right are {np.trace(matrix)} of {matrix.sum()} images."
    )


def areas(answers: pd.DataFrame, task: Task) -> str:
    """Return in a sentence the areas under the ROC curves of all heads."""
    said = []
    for head in task.heads:
        each = {name: metrics.auc(truth, p) for name, truth, p in against_rest(answers, head)}
        best, worst = max(each, key=each.get), min(each, key=each.get)
        said.append(f"*{best}* has the area {each[best]:.3f}")
        if best != worst:
            said[-1] += f", the largest of all; *{worst}* has the smallest, {each[worst]:.3f}"
    return f"Under the ROC curve, {'. Under its own, '.join(said)}."


def rests_on(runs: Sequence[Run]) -> str:
    """Return what the scores of some runs rest on, in words."""
    which, seeds = judged_on(runs[0]), len(runs)
    tested = pd.concat([run.predictions[run.predictions["set"] == which] for run in runs])
    subjects = tested["group"].nunique()
    return (
        f"{seeds} training{'s' * (seeds > 1)} of at most {runs[0].about['config']['epochs']} "
        f"epoch{'s' * (runs[0].about['config']['epochs'] > 1)}, "
        f"tested on {SETS[which]} ({subjects} {runs[0].about['group_kind']}s)."
    )


def answer(found: pd.DataFrame, task: Task) -> str:
    """Return in a sentence what `scores` say of both heads, beside chance."""
    said = []
    for head in task.heads:
        score = SPOKEN_OF[head.name]
        one, chance = found.loc[score, head.name], 0.5 if head.yes_no else 1 / len(head.classes)
        said.append(f"{head.name} {score} {one}, {beside(one, chance)} of {chance:.3f}")
    return "; ".join(said)[0].upper() + "; ".join(said)[1:] + "."


def beside(one: Pooled, chance: float) -> str:
    """Return where an interval lies beside the level of chance, in words."""
    if one.low > chance:
        return "above the chance level"
    return "below the chance level" if one.high < chance else "not told apart from the chance level"


def variants(model: str, each: Sequence[Settings]) -> str:
    """Show the frozen and the fine-tuned variant on the validation part, and return the better.

    Parameters
    ----------
    model : str
        A key of `fer_lib.papers.diya2026.named_configs.VARIANTS`.
    each : sequence of Settings
        The page's, one a seed; no more are taken than every variant is trained with.

    Returns
    -------
    str
        The training configuration with the higher mean of both heads' scores.
    """
    names = named_configs.VARIANTS[model]
    common = min(len(each), *(configs.seeds(name, each[0].profile) for name in names))
    runs = {
        name: [load_runs.need(configs.first(name, one)) for one in each[:common]] for name in names
    }
    rows, means = {}, {}
    for name, of in runs.items():
        heads_only = configs.get(name).trained == "heads"
        words = "frozen: heads learn" if heads_only else "tuned: late stages too"
        found = scores(of, "validation", each[0].seed)
        rows[words] = {f"{h} {s}": found.loc[s, h] for h, s in SPOKEN_OF.items()}
        means[name] = np.mean(
            [
                [scores([run], "validation").loc[s, h].value for h, s in SPOKEN_OF.items()]
                for run in of
            ],
            axis=1,
        )
    tables.table(
        pd.DataFrame(rows).T.rename_axis("variant"), "Frozen or fine-tuned, on the validation part"
    )
    better = max(means, key=lambda name: means[name].mean())
    others = np.max([of for name, of in means.items() if name != better], axis=0)
    wins = int((means[better] > others).sum())
    tables.say(
        f"`{better}` has the higher mean of both scores ({means[better].mean():.3f}), and is the "
        f"better one in {wins} of {common} seed{'s' * (common > 1)}."
    )
    return better


def count_verdict(claim: Claim, found: int, which: str) -> Row:
    """Return the row of a table of verdicts for a printed number of parameters, in millions."""
    word = "consistent" if fits(claim, found) else "inconsistent"
    return Row(claim, Verdict(word, which), f"{found:,}")


def embedding_verdicts(
    run: Run, ledger: dict[str, Claim], widths: dict[str, int], pretrained: str, caption: str
) -> None:
    """Show whether printed widths are those of the live network, and whether it was pretrained.

    Parameters
    ----------
    run : Run
        Of the embedding model.
    ledger : dict
        Of ``diya2026``.
    widths : dict
        A claim that prints a width, and what the architecture as published has.
    pretrained : str
        The claim on the backbone's start.
    caption : str
        Of the table.
    """
    rows = VerdictRows(ledger)
    for claim, width in widths.items():
        verdict = of_arithmetic(ledger[claim], width, width, "read off the published architecture")
        rows.add(claim, verdict, f"{width:,}")
    start = "; ".join(one["name"] for one in run.about["weights"])
    if run.about["random_start"]:
        why = "no pretrained file could be had, so the paper's model was not rebuilt"
        rows.not_testable(pretrained, why, start)
    else:
        rows.consistent_if(True, pretrained, "the official files were used", start)
    rows.show(caption)
