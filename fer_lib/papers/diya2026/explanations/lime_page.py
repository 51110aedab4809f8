"""What the page on LIME opens, draws and says; what it computes stands in modules of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from skimage.segmentation import mark_boundaries
from torch import Tensor, nn

from engine.page import budget, tables
from engine.page.sign_words import by_sign
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.papers.diya2026 import named_configs
from fer_lib.papers.diya2026.explanations import (
    explained_faces,
    face_regions,
    lime_beside_grad_cam,
    map_page,
    part_swaps,
    resized_model,
    score_table,
)
from fer_lib.plots import figures
from fer_lib.settings import Settings
from fer_lib.task import Task
from fer_lib.training import augmentation, load_runs
from fer_lib.training.run import Run

Maps = Mapping[tuple[str, str, str], np.ndarray]  # by method, model and head: (n, side, side)
Gains = Mapping[tuple[str, str, str], Interval]
PROPOSED = named_configs.PROPOSED
FINER = lime_beside_grad_cam.FINER
PARTS = map_page.EXCESS | {map_page.ONLY_SHADING: "shading alone"}
EXAMPLES = ("happy", "angry", "fear", "sad", "surprise", "disgust")
WITHOUT_TRUTH = (
    "These faces are photographs: nobody knows where their expression is. **All scores against the "
    "truth and the exchange of parts are left out on this page**; stability and the agreement with "
    "Grad-CAM are here."
)


@dataclass(frozen=True)
class LimePage:
    """The faces that the page explains, and the models that it explains them of.

    Attributes
    ----------
    scale : budget.Amounts
        What the profile takes.
    runs, models : mapping
        By name, the proposed model first.
    faces : map_page.Faces
        Faces that no training has seen, at the proposed model's size.
    answers, targets : mapping
        By model: what it predicts of the faces, and by head the predicted class, int64 (n,).
    whole, masks : mapping or None
        Truth maps and their masks; None for photographs.
    places : ndarray or None
        The regions of the faces.
    """

    scale: budget.Amounts
    runs: Mapping[str, Run]
    models: Mapping[str, nn.Module]
    faces: map_page.Faces
    answers: Mapping[str, pd.DataFrame]
    targets: Mapping[str, Mapping[str, Tensor]]
    whole: map_page.Masks | None
    masks: map_page.Masks | None
    places: np.ndarray | None

    @property
    def task(self) -> Task:
        """The heads."""
        return self.runs[PROPOSED].task

    @property
    def called(self) -> dict[str, str]:
        """What to call each model."""
        return map_page.titles(self.runs)

    @property
    def has_truth(self) -> bool:
        """Whether it is known where the expression and its fakeness are."""
        return self.whole is not None

    def predicted(self, face: int) -> dict[str, int]:
        """Return by head the class that the proposed model predicts of a face."""
        return {head: int(chosen[face]) for head, chosen in self.targets[PROPOSED].items()}

    def title(self, method: str, name: str) -> str:
        """Return what to call a method's maps of a model."""
        return f"{self.called[name]}, {method}"

    def scored(self, maps: Maps) -> pd.DataFrame:
        """Return a row a face and map: `map_page.Faces.scored` with method, model and head."""
        found = []
        for (method, name, head), held in maps.items():
            right = self.answers[name][f"{head} right"]
            one = self.faces.scored(held, self.masks, self.places, head, right)
            found.append(one.assign(method=method, model=name, head=head))
        return pd.concat(found, ignore_index=True)


def opened(settings: Settings) -> LimePage:
    """Return what the page explains: as many faces and models as the profile takes."""
    scale = budget.get(settings.profile)
    # The proposed model first, then its rival, then the others as far as the profile goes.
    order = dict.fromkeys([PROPOSED, named_configs.RIVAL, *named_configs.MODELS])
    runs = {name: load_runs.load_run(name, settings) for name in [*order][: scale.lime_models]}
    side = runs[PROPOSED].about["image_size"]
    cases = explained_faces.of_run(
        runs[PROPOSED], settings.data_root, scale.lime_images, settings.seed
    )
    small = augmentation.resize(cases.images, side)
    answers = {name: explained_faces.named(cases, run) for name, run in runs.items()}
    whole = masks = places = None
    if cases.has_truth:
        whole = explained_faces.truths(cases, side)
        masks = map_page.masks_of(whole)
        places = face_regions.stack(explained_faces.landmarks(cases, side), side)
    else:
        tables.say(WITHOUT_TRUTH)
    return LimePage(
        scale,
        runs,
        {name: resized_model.of_run(run, side) for name, run in runs.items()},
        map_page.Faces(cases, small, scale.bootstrap, settings.seed),
        answers,
        {name: explained_faces.targets(found) for name, found in answers.items()},
        whole,
        masks,
        places,
    )


def one_face(
    page: LimePage, face: int, segments: np.ndarray, weights: Mapping[str, np.ndarray]
) -> Figure:
    """Draw a face, its superpixels, and each head's LIME map beside the truth.

    Parameters
    ----------
    page, face : LimePage, int
        The place of the face.
    segments : ndarray
        int (side, side), from 0.
    weights : mapping
        Head to the weights of the segments.
    """
    bright = page.faces.picture(face) / 255
    panels = {"face": bright, "superpixels": bright}
    for head, of_head in weights.items():
        panels[f"LIME:\n{head}"] = page.faces.over(face, of_head[segments])
        if page.has_truth:
            panels[f"truth:\n{head}"] = page.faces.over(face, page.whole[head, "whole"][face])
    large = {name: panel.repeat(4, 0).repeat(4, 1) for name, panel in panels.items()}
    edges = segments.repeat(4, 0).repeat(4, 1)
    large["superpixels"] = mark_boundaries(large["superpixels"], edges, (1, 1, 1), mode="inner")
    return figures.image_grid(np.array([list(large.values())]), list(panels), [""], 8.0)


def say_one_face(page: LimePage, face: int, weights: Mapping[str, np.ndarray]) -> None:
    """Say how much a face's strongest superpixel adds, by head."""
    classes = page.predicted(face)
    told = [
        f"to *{page.task[head].classes[classes[head]]}* by {of_head.max():.3f}"
        for head, of_head in weights.items()
    ]
    tables.say(f"The strongest superpixel adds to the predicted class: {' and '.join(told)}.")


def several_seeds(
    page: LimePage,
    face: int,
    segments: np.ndarray,
    both: Mapping[str, tuple[np.ndarray, np.ndarray]],
) -> Figure:
    """Draw a row a head: three seeds of the package, its mean, and a seed of the balanced design.

    ``both`` is what `lime_stability.of_both` returns of the face.
    """
    rows = [
        [
            page.faces.over(face, weights[segments])
            for weights in (*package[:3], package.mean(0), balanced[0])
        ]
        for package, balanced in both.values()
    ]
    names = [f"package,\nseed {seed}" for seed in range(3)] + [
        "package,\nmean",
        "balanced,\nseed 0",
    ]
    return figures.image_grid(np.array(rows), names, list(both), 6.4)


def say_stability(page: LimePage, stable: pd.DataFrame, used: int) -> None:
    """Say how stable the maps are with the copies used; fold the table by number of copies."""
    least = stable[used].min()
    asked = page.scale.lime_stability
    tables.say(
        f"With {used:,} copies the maps of {len(page.models)} models repeat themselves with a mean "
        f"correlation of {least:.2f} to {stable[used].max():.2f}; asked for is {asked:.2f}. "
        + (
            ""
            if least >= asked
            else "**That is not reached everywhere.** Read single pictures below with care. "
            "In means over faces the noise of the copies averages out."
        )
    )
    tables.folded(
        [
            {"map": f"{page.called[name]}, {head}"}
            | {f"{size:,} copies": row[size] for size in row.index}
            for (name, head), row in stable.iterrows()
        ],
        "Stability of the balanced design by number of copies",
    )


def say_comparison(found: pd.DataFrame, used: int, seeds: int, faces: int) -> None:
    """Show `lime_stability.comparison`, and whether ours is within the package's spread."""
    tables.table(
        found,
        f"Both with {used:,} copies, {seeds} seeds, {faces} faces; distance as a share of the "
        "length of the package's mean weights",
    )
    inside = int((found["distance, balanced"] <= found["distance, package"]).sum())
    tables.say(
        f"For {inside} of {len(found)} heads the balanced design lies no farther from the "
        "package's mean than the package's own seeds do."
    )


def examples(page: LimePage, maps: Maps) -> Figure:
    """Draw the LIME maps of two emotions, genuine and fake, with the truth."""
    chosen = {}
    for emotion in EXAMPLES:
        for word in ("genuine", "fake"):
            place = page.faces.of_each_emotion(word, apart=False).get(emotion)
            if place is not None:
                chosen[f"{emotion},\n{word}"] = place
    of_lime = {head: maps["LIME", PROPOSED, head] for head in page.task.names}
    return page.faces.explained(dict([*chosen.items()][:4]), "LIME", of_lime, page.whole)


def gains_of(page: LimePage, scored: pd.DataFrame) -> dict[tuple[str, str, str], Interval]:
    """Return by method, model and head the gain in AUC over other subjects' maps."""
    return {
        key: page.faces.mean(rows, ["AUC: gain"])["AUC: gain"]
        for key, rows in scored.groupby(["method", "model", "head"], sort=False)
    }


def gain_plot(page: LimePage, gains: Gains) -> Figure:
    """Draw the gain of every map with its interval, a colour a head."""
    chart = {head: {} for head in page.task.names}
    for (method, name, head), gain in gains.items():
        chart[head][f"{page.called[name]},\n{method}"] = gain
    return figures.intervals(pd.DataFrame(chart), "gain in AUC over other subjects' maps", 0.0, 5.5)


def say_gains(page: LimePage, scored: pd.DataFrame, gains: Gains) -> None:
    """Say the proposed model's gains, and fold all scores, and those by kind of face."""
    told = [
        f"the {head} head gains {gains['LIME', PROPOSED, head]} with LIME and "
        f"{gains[FINER, PROPOSED, head]} with Grad-CAM at the finer layer"
        for head in page.task.names
    ]
    tables.say(f"Of the {page.called[PROPOSED]}, {'; '.join(told)}.")
    for name in page.models:
        rows = []
        for head in page.task.names:
            columns = {
                method: score_table.scores(lines_of(scored, method, name, head), page.faces.mean)
                for method in scored.loc[scored["model"] == name, "method"].unique()
            }
            of_head = pd.DataFrame(columns).rename_axis("score").reset_index()
            rows.append(of_head.assign(score=of_head["score"].str.replace("people", "subjects")))
            rows[-1].insert(0, "head", head)
        tables.folded(pd.concat(rows), f"All scores of the maps, {page.called[name]}")
    lines = []
    of_lime = scored[scored["method"] == "LIME"].groupby(["model", "head"], sort=False)
    for (name, head), rows in of_lime:
        found = score_table.by_kind(rows, page.faces.mean)
        lines += [
            {
                "model": page.called[name],
                "head": head,
                "faces that are": kind,
                "number": found[f"faces, {kind}"],
                "gain": found[kind],
            }
            for kind in score_table.KINDS
        ]
    tables.folded(lines, "LIME: gain in AUC over other subjects' maps, by kind of face")


def say_parts(page: LimePage, scored: pd.DataFrame) -> None:
    """Show where relevance lies beyond an even map, of authenticity; fold all heads and models."""

    def lines(of: pd.DataFrame) -> list[dict]:
        groups = of.groupby(["method", "model"], sort=False)
        found = {key: page.faces.mean(rows, PARTS) for key, rows in groups}
        return [
            {"map": page.title(*key)} | {PARTS[name]: held[name] for name in PARTS}
            for key, held in found.items()
        ]

    own = scored[(scored["head"] == "authenticity") & (scored["model"] == PROPOSED)]
    caption = "Share of relevance on each part less that of an even map"
    tables.table(lines(own), f"{caption}, authenticity head")
    found = page.faces.mean(lines_of(own, "LIME", PROPOSED, "authenticity"), PARTS)
    tables.say(
        "LIME of the authenticity head lies on geometry by "
        f"{found['geometry: excess']} more than an even map, on wrinkles and shading by "
        f"{found['shading: excess']}."
    )
    for head in page.task.names:
        tables.folded(lines(scored[scored["head"] == head]), f"{caption}, {head} head, all models")


def lines_of(scored: pd.DataFrame, method: str, name: str, head: str) -> pd.DataFrame:
    """Return the scored faces of one method, model and head, numbered anew."""
    return map_page.rows_of(scored, method=method, model=name, head=head)


def swap_pictures(page: LimePage, swapped: np.ndarray) -> Figure:
    """Draw a genuine and a fake face with the parts of its twin.

    ``swapped`` is what `part_swaps.pictures` returns of the page's faces.
    """
    two = {
        word: next(iter(page.faces.of_each_emotion(word, apart=True).values()))
        for word in ("genuine", "fake")
    }
    names = ["the face", "geometry\nalone", "wrinkles and\nshading alone", "both:\nthe twin"]
    return figures.image_grid(swapped[list(two.values())], names, list(two), 5.4)


def swap_plot(page: LimePage, falls: Mapping[str, Mapping[str, Interval]]) -> Figure:
    """Draw how far the log-odds of the true class fall with each exchange, a row a model."""
    frame = pd.DataFrame(falls).T.rename(index=page.called)
    chart = frame[list(part_swaps.CHANGED)]
    return figures.intervals(chart, "fall of the log-odds of the true class", 0.0, 5.5)


def say_swaps(page: LimePage, falls: Mapping[str, Mapping[str, Interval]]) -> None:
    """Say how far the proposed model's log-odds fall; fold the table of all models."""
    geometry, shading, _ = part_swaps.CHANGED
    own = falls[PROPOSED]
    tables.say(
        f"In the {page.called[PROPOSED]} geometry alone moves the log-odds by {own[geometry]}, "
        f"wrinkles and shading alone by {own[shading]}; the difference is "
        f"{own[part_swaps.DIFFERENCE]}."
    )
    frame = pd.DataFrame(falls).T.rename(index=page.called)
    tables.folded(
        frame.rename_axis("model").reset_index(), "How far the log-odds of the true class fall"
    )


def say_together(
    page: LimePage, together: Mapping[tuple[str, str], Mapping[str, Interval]]
) -> dict[str, Interval]:
    """Show how LIME and Grad-CAM agree; return by head what both find more than the better one.

    Parameters
    ----------
    page : LimePage
        The page.
    together : mapping
        (head, Grad-CAM's layer) to the means of `lime_beside_grad_cam.complement`.

    Returns
    -------
    dict
        At the finer layer; empty for photographs.
    """
    better = lime_beside_grad_cam.BOTH_LESS_BETTER
    shown = ("agreement", "with other subjects", "AUC, both", better)
    tables.table(
        [
            {"LIME beside": f"{method}, {head}"}
            | {name: held[name] for name in shown if name in held}
            for (head, method), held in together.items()
        ],
        f"LIME and Grad-CAM of the {page.called[PROPOSED]}: rank correlation; AUC of both together",
    )
    more = {
        head: held[better] for (head, m), held in together.items() if m == FINER and better in held
    }
    if more:
        words = {
            head: by_sign(gain, "more", "less", "not measurably more")
            for head, gain in more.items()
        }
        told = (f"{words[head]} in the {head} head ({gain})" for head, gain in more.items())
        tables.say(f"At the finer layer both together find {'; '.join(told)} than the better one.")
    return more


def answer(page: LimePage, gains: Gains, used: int) -> tuple[str, str]:
    """Return the page's answer and what it rests on; ``gains`` are empty for photographs."""
    told = []
    for head in page.task.names if gains else ():
        own, cam = gains["LIME", PROPOSED, head], gains[FINER, PROPOSED, head]
        word = by_sign(own, "yes", "no", "not measurably")
        told.append(f"{head}: {word}, LIME gains {own}, Grad-CAM at the finer layer {cam}")
    words = "Photographs carry no truth to score against; the page shows how stable LIME is."
    if told:
        words = f"In AUC over the maps of other subjects, {'; '.join(told)}."
    subjects = len(set(page.faces.people))
    return words, (
        f"{len(page.faces.people):,} faces of {subjects} subjects that no training has seen, one "
        f"training of the {page.called[PROPOSED]}, {used:,} perturbed copies a face."
    )
