"""Parts of every model's page: architecture plot, parameter counts, training, two variants."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from claimcheck import Claim
from engine.page import tables
from fer_lib.evaluation.verdicts import Row, Verdict, of_arithmetic
from fer_lib.models import ALL_STAGES
from fer_lib.models.frozen_trunk import Staged
from fer_lib.papers.diya2026 import architecture_plot, model_summary, named_configs
from fer_lib.settings import Settings
from fer_lib.training import configs, load_runs, run_training
from fer_lib.training.run import Run

SCORES = {"val_emotion_accuracy": "emotion accuracy", "val_authenticity_auc": "authenticity AUC"}


def open_run(arm: str, settings: Settings) -> tuple[Run, Staged]:
    """Return a configuration's first run and its trained network, and show the page's header."""
    run = load_runs.need(configs.first(arm, settings))
    tables.header_of_run(run.about)
    return run, run_training.trained_model(run)


def streams(run: Run) -> list[str]:
    """Return the name of each stream of a run's network."""
    return [one["architecture"] for one in run.about["weights"]] or ["images"]


def draw(run: Run, model: Staged) -> Figure:
    """Draw the run's network."""
    side = run.about["image_size"]
    return architecture_plot.architecture(model_summary.parts(model, side), streams(run), side)


def parts(run: Run, model: Staged) -> None:
    """Show the table behind the drawing, folded away."""
    side = run.about["image_size"]
    names = {"output": "output (channels × height × width)", "gates": "SE gates"}
    shown = model_summary.parts(model, side).drop(columns="stream").rename(columns=names)
    shown["learns"] = shown["learns"].map({True: "yes", False: "no"})
    tables.folded(shown, f"The parts of the run's network at {side} pixels")


def counts(of: dict[str, Staged], caption: str) -> pd.DataFrame:
    """Show the parameters of some live networks, one a row; return them."""
    table = pd.DataFrame({name: model_summary.counts(model) for name, model in of.items()}).T
    tables.table(table.rename_axis("network"), caption)
    return table


def fits(claim: Claim, count: int) -> bool:
    """Return whether a number of parameters prints like a claim, which is in millions."""
    low, high = claim.rounding
    return low <= count / 1e6 < high


def embedding_counts(paper: Staged, model: Staged, caption: str) -> None:
    """Show the parameters of an embedding model as the paper describes it, and of this run's."""
    described = "as the paper describes it"
    table = counts({described: paper, "this run": model}, caption)
    tables.say(
        "The paper prints no count for this model. The frozen backbones hold all but "
        f"{int(table.loc[described, 'trainable']):,} of its parameters."
    )


def count_verdict(claim: Claim, found: int, which: str) -> Row:
    """Return the row of a table of verdicts for a printed number of parameters, in millions."""
    word = "consistent" if fits(claim, found) else "inconsistent"
    return Row(claim, Verdict(word, which), f"{found:,}")


def embedding_verdicts(
    run: Run, checks: list[tuple[Claim, int]], pretrained: Claim, caption: str
) -> None:
    """Show whether printed widths are those of the live network, and whether it was pretrained.

    Parameters
    ----------
    run : Run
        Of the embedding model.
    checks : list of (Claim, int)
        A printed width, and what the architecture as published has.
    pretrained : Claim
        What the paper says of the backbone's start.
    caption : str
        Of the table.
    """
    at_random = run.about["random_start"]
    rows = [
        Row(
            claim,
            of_arithmetic(claim, found, found, "read off the architecture as published"),
            f"{found:,}",
        )
        for claim, found in checks
    ]
    why = "the official files were used"
    if at_random:
        why = "no pretrained file could be had: this run's numbers say nothing of the paper's model"
    start = Row(
        pretrained,
        Verdict("not testable" if at_random else "consistent", why),
        "; ".join(one["name"] for one in run.about["weights"]),
    )
    tables.verdict_table([*rows, start], caption)


def weights(run: Run) -> None:
    """Show where the weights of each backbone came from, and which input they get."""
    rows = [
        {
            "backbone": one["architecture"],
            "start": one["name"],
            "input mean": _channels(one["mean"]),
            "input std": _channels(one["std"]),
            "licence": one["licence"],
            "origin": ", or ".join(one["origins"]) or "-",
            "sha256": one["sha256"] or "-",
        }
        for one in run.about["weights"]
    ]
    tables.table(rows, "Where the weights of the backbones come from", index=False)


def _channels(values: Sequence[float]) -> str:
    return " ".join(f"{value:g}" for value in values)


def training(run: Run, ledger: dict[str, Claim]) -> None:
    """Show the paper's training settings beside the run's, and how the training went."""
    tables.table(
        model_summary.settings(run.about, ledger), "Training settings: the paper's and this run's"
    )
    tables.say(model_summary.training(run))
    frozen = run.about["frozen_stages"]
    if frozen:
        which = "All" if frozen == ALL_STAGES else f"The first {frozen}"
        views = run.about["views"]
        tables.say(
            f"{which} stages of each backbone stay as they came; what they compute was stored once "
            "for every image" + (f" and for {views} changed copies of it." if views else ".")
        )


def best(run: Run) -> pd.Series:
    """Return the validation scores of the kept epoch."""
    return run.history.loc[run.history["best"], list(SCORES)].iloc[0].rename(SCORES)


def variants(model: str, settings: Settings) -> str:
    """Show the frozen and the fine-tuned variant on the validation part, and return the better arm.

    Parameters
    ----------
    model : str
        A key of `fer_lib.training.named_configs.VARIANTS`.
    settings : Settings
        The page's.

    Returns
    -------
    str
        The arm with the higher mean of both validation scores over the seeds that all have.
    """
    runs = load_runs.need_arms(configs.planned(named_configs.VARIANTS[model], settings))
    common = min(map(len, runs.values()))
    rows = {}
    for name, of_arm in runs.items():
        scores = pd.DataFrame([best(run) for run in of_arm[:common]])
        rows[name] = {
            "trained": "embeddings only"
            if configs.get(name).trained == "heads"
            else "late stages too",
            "seeds": common,
            **scores.mean(),
            "mean of both": scores.to_numpy().mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    tables.table(
        table.rename_axis("variant"), "Frozen or fine-tuned, on the validation part (mean of seeds)"
    )
    better = str(table["mean of both"].idxmax())
    tables.say(f"The better variant on the validation part is `{better}`.")
    return better
