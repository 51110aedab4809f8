"""What every model's page shows: its drawing, its counts, its training, its two variants."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from fer_lib import arms, claims, collect, describe, drawing, experiment, page
from fer_lib.activations import ALL_STAGES
from fer_lib.claims import Claim, Row, Verdict
from fer_lib.models.staged import Staged
from fer_lib.runs import Run

SCORES = {"val_emotion_accuracy": "emotion accuracy", "val_authenticity_auc": "authenticity AUC"}


def open_run(arm: str, data: str, data_root: str, profile: str, seed: int) -> tuple[Run, Staged]:
    """Return an arm's first run and its trained network, and show the page's header."""
    run = collect.first(arm, data, data_root, profile, seed)
    page.header_of_run(run.about)
    return run, experiment.trained_model(run)


def streams(run: Run) -> list[str]:
    """Return the name of each stream of a run's network."""
    return [one["architecture"] for one in run.about["weights"]] or ["images"]


def draw(run: Run, model: Staged) -> Figure:
    """Draw the run's network."""
    side = run.about["image_size"]
    return drawing.architecture(describe.parts(model, side), streams(run), side)


def parts(run: Run, model: Staged) -> None:
    """Show the table behind the drawing, folded away."""
    side = run.about["image_size"]
    shown = describe.parts(model, side).drop(columns="stream")
    shown = shown.rename(
        columns={"output": "output (channels × height × width)", "gates": "SE gates"}
    )
    shown["learns"] = shown["learns"].map({True: "yes", False: "no"})
    page.folded(shown, f"The parts of the run's network at {side} pixels")


def counts(of: dict[str, Staged], caption: str) -> pd.DataFrame:
    """Show the parameters of some live networks, one a row; return them."""
    table = pd.DataFrame({name: describe.counts(model) for name, model in of.items()}).T
    page.table(table.rename_axis("network"), caption)
    return table


def count_verdict(claim: Claim, found: int, which: str) -> Row:
    """Return the row of a table of verdicts for a printed number of parameters, in millions."""
    low, high = claim.rounding
    fits = low <= found / 1e6 < high
    word = "consistent" if fits else "inconsistent"
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
            claims.of_arithmetic(claim, found, found, "read off the architecture as published"),
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
    page.verdict_table([*rows, start], caption)


def weights(run: Run) -> None:
    """Show where the weights of each backbone came from."""
    table = pd.DataFrame(
        [
            {
                "backbone": one["architecture"],
                "start": one["name"],
                "licence": one["licence"],
                "origin": ", or ".join(one["origins"]) or "-",
                "sha256": one["sha256"] or "-",
            }
            for one in run.about["weights"]
        ]
    )
    page.table(table, "Where the weights of the backbones come from", index=False)


def training(run: Run, ledger: dict[str, Claim]) -> None:
    """Show the paper's training settings beside the run's, and how the training went."""
    page.table(
        describe.settings(run.about, ledger), "Training settings: the paper's and this run's"
    )
    page.say(describe.training(run))
    frozen = run.about["frozen_stages"]
    if frozen:
        which = "All" if frozen == ALL_STAGES else f"The first {frozen}"
        views = run.about["views"]
        page.say(
            f"{which} stages of each backbone stay as they came; what they compute was stored once "
            "for every image" + (f" and for {views} changed copies of it." if views else ".")
        )


def best(run: Run) -> pd.Series:
    """Return the validation scores of the kept epoch."""
    return run.history.loc[run.history["best"], list(SCORES)].iloc[0].rename(SCORES)


def variants(model: str, *where: object) -> str:
    """Show the frozen and the fine-tuned variant on the validation part; return the better arm.

    Parameters
    ----------
    model : str
        A key of `fer_lib.arms.VARIANTS`.
    where
        data, data_root, profile and seed.

    Returns
    -------
    str
        The arm with the higher mean of both validation scores over the seeds that all have.
    """
    runs = collect.need_arms(arms.VARIANTS[model], *where)
    common = min(map(len, runs.values()))
    rows = {}
    for name, of_arm in runs.items():
        scores = pd.DataFrame([best(run) for run in of_arm[:common]])
        rows[name] = {
            "trained": "embeddings only"
            if arms.get(name).trained == "heads"
            else "late stages too",
            "seeds": common,
            **{column: float(scores[column].mean()) for column in scores},
            "mean of both": float(scores.to_numpy().mean()),
        }
    table = pd.DataFrame(rows).T
    table = table.astype({c: float for c in table.columns if c not in ("trained", "seeds")})
    table["seeds"] = table["seeds"].astype(int)
    page.table(
        table.rename_axis("variant"), "Frozen or fine-tuned, on the validation part (mean of seeds)"
    )
    return str(table["mean of both"].idxmax())
