"""Score class activation maps of several networks: truth, deletion, randomisation, agreement.

Each function returns one row a face, so that `means_by` can give every mean its interval over
subjects.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import Tensor, nn

from engine.page.sign_words import by_sign
from engine.page.tables import Measurement
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.explain import grad_cam
from fer_lib.papers.diya2026.explanations import (
    cams_one_pass,
    deletion_insertion,
    explained_faces,
    face_regions,
    map_agreement,
    map_scores,
    resized_model,
    sanity_checks,
    score_table,
)
from fer_lib.papers.diya2026.explanations.finer_layer import finer_layer
from fer_lib.papers.diya2026.explanations.map_page import Faces, Masks
from fer_lib.training import augmentation, run_training
from fer_lib.training.run import Run

# Of `map_scores.SCORES`, in the order of a table.
SCORES = ("AUC", "pointing game")


@dataclass(frozen=True)
class Explained:
    """A network with what is explained of it, and its maps of a page's faces.

    Attributes
    ----------
    called : str
        What to call it.
    network : nn.Module
        In evaluation mode.
    layers : mapping
        Head -> the layer whose activations are weighed.
    answers : DataFrame
        As `explained_faces.named` returns it.
    maps : mapping
        (method, head) -> float32 (n, h, w), as `cams_one_pass.maps` returns them.
    """

    called: str
    network: nn.Module
    layers: Mapping[str, nn.Module]
    answers: pd.DataFrame
    maps: Mapping[tuple[str, str], np.ndarray]

    @property
    def targets(self) -> dict[str, Tensor]:
        """The class that each head names, int64 (n,)."""
        return explained_faces.targets(self.answers)


def layers_of(
    network: nn.Module, heads: Sequence[str], layer: str, image: Tensor
) -> dict[str, nn.Module]:
    """Return the layer that is explained for each head.

    Parameters
    ----------
    network, heads
        In evaluation mode, and the names of its heads.
    layer : str
        "last": the last feature map before the head; "finer": the last layer on a finer grid.
    image : Tensor
        As for `finer_layer`.

    Raises
    ------
    ValueError
        If there is no such layer.
    """
    if layer not in ("last", "finer"):
        raise ValueError(f"layer is {layer!r}: choose last or finer")
    last = {head: network.explained_layer(head) for head in heads}
    if layer == "last":
        return last
    return {head: finer_layer(network, module, image) for head, module in last.items()}


def explain(run: Run, called: str, faces: Faces, layer: str = "last") -> Explained:
    """Explain by all methods, for each face, the classes that a run's network names.

    Parameters
    ----------
    run, called : Run, str
        The network, and what to call it.
    faces : Faces
        The faces of the page.
    layer : str
        As for `layers_of`.
    """
    network = resized_model.of_run(run, faces.side)
    layers = layers_of(network, run.task.names, layer, faces.small[:1])
    answers = explained_faces.named(faces.shown, run)
    maps = cams_one_pass.maps(network, faces.small, layers, explained_faces.targets(answers))
    return Explained(called, network, layers, answers, maps)


def beside_package(
    network: nn.Module,
    layers: Mapping[str, nn.Module],
    targets: Mapping[str, Tensor],
    images: Tensor,
) -> pd.DataFrame:
    """Compare one pass with ``pytorch_grad_cam``, a row a method.

    Parameters
    ----------
    network, layers, targets, images
        As for `cams_one_pass.maps`.

    Returns
    -------
    DataFrame
        Index: method. ``correlation``: the lowest of all images and heads, at the size of the
        images; ``one pass`` and ``package``: seconds an image for all heads; ``times faster``. A
        map that is equal everywhere has no correlation and is left out.
    """
    rows = {}
    for method in grad_cam.METHODS:
        start = time.perf_counter()
        own = cams_one_pass.maps(network, images, dict(layers), dict(targets), (method,))
        between = time.perf_counter()
        package = [
            grad_cam.by_package(network, images, layer, head, targets[head], method)
            for head, layer in layers.items()
        ]
        spent = np.array([between - start, time.perf_counter() - between]) / len(images)
        large = [map_scores.resized(own[method, head], images.shape[-1]) for head in layers]
        pairs = zip(np.concatenate(large), np.concatenate(package), strict=True)
        varied = [(a.ravel(), b.ravel()) for a, b in pairs if np.ptp(a) > 0 or np.ptp(b) > 0]
        with np.errstate(invalid="ignore"):  # only one of two that is equal everywhere: no relation
            found = [np.nan_to_num(np.corrcoef(a, b)[0, 1]) for a, b in varied]
        rows[method] = {
            "correlation": float(f"{min(found, default=np.nan):.4f}"),
            "one pass": Measurement(f"{spent[0]:.4f}"),
            "package": Measurement(f"{spent[1]:.4f}"),
            "times faster": Measurement(f"{spent[1] / spent[0]:.0f}"),
        }
    return pd.DataFrame(rows).T.rename_axis("method")


def against_truth(
    every: Iterable[Explained], faces: Faces, masks: Masks, places: np.ndarray
) -> pd.DataFrame:
    """Return `Faces.scored` of all networks, methods and heads, named in columns of their own."""
    found = [
        faces.scored(
            map_scores.resized(maps, faces.side), masks, places, head, one.answers[f"{head} right"]
        ).assign(model=one.called, method=method, head=head)
        for one in every
        for (method, head), maps in one.maps.items()
    ]
    return pd.concat(found, ignore_index=True)


def deletion_and_insertion(
    one: Explained, faces: Faces, which: np.ndarray, steps: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the curves of all methods and of noise, and how much better than noise each is.

    Parameters
    ----------
    one, faces, which
        Whose maps, and the places of the faces.
    steps : int
        As for `deletion_insertion.curves`.

    Returns
    -------
    tuple of DataFrame
        The curves, mean over faces: ``head``, ``method``, ``kind``, ``share of pixels changed``,
        ``probability``; and a row a face of `deletion_insertion.beside_noise` with its names.
    """
    curves, rows = [], []
    for head, target in one.targets.items():
        maps = {
            m: map_scores.resized(one.maps[m, head][which], faces.side) for m in grad_cam.METHODS
        }
        found = deletion_insertion.with_noise(
            one.network,
            faces.small[which],
            maps,
            head,
            target[which],
            one.maps["Grad-CAM", head].shape[-1],
            steps,
            faces.seed,
        )
        for method, held in found.items():
            names = {"head": head, "method": method}
            for kind in ("deletion", "insertion"):
                drawn = {"share of pixels changed": held.share}
                drawn["probability"] = getattr(held, kind).mean(0)
                curves.append(pd.DataFrame(drawn).assign(**names, kind=kind))
            if method != "noise":
                better = deletion_insertion.beside_noise(held, found["noise"])
                rows.append(better.assign(**names, group=faces.people[which]))
    return pd.concat(curves, ignore_index=True), pd.concat(rows, ignore_index=True)


def randomised(one: Explained, faces: Faces, which: np.ndarray, steps: int) -> pd.DataFrame:
    """Return how alike maps stay while the weights are shuffled from the heads down.

    Returns
    -------
    DataFrame
        A row for each face, head, method and step: ``share of layers``; ``correlation``, of ranks,
        with the trained network's map of the same face and class; ``other subjects``, the mean
        correlation of the trained network's maps of different subjects; ``model``, ``group``.
    """
    images, people = faces.small[which], faces.people[which]
    targets = {head: target[which] for head, target in one.targets.items()}
    trained = {key: maps[which] for key, maps in one.maps.items()}
    others = {key: map_agreement.with_others(maps, maps, people) for key, maps in trained.items()}
    example = augmentation.normalise(faces.small[:1])
    places = dict(one.network.named_modules())
    names = {
        head: next(name for name, module in places.items() if module is layer)
        for head, layer in one.layers.items()
    }
    rows = []
    stages = [(0.0, trained)]
    for _, share, copied in sanity_checks.cascade(one.network, example, steps, faces.seed):
        layers = {head: copied.get_submodule(name) for head, name in names.items()}
        stages.append((share, cams_one_pass.maps(copied, images, layers, targets)))
    for share, found in stages:
        for (method, head), maps in found.items():
            kept = map_agreement.spearman(trained[method, head], maps)
            named = {"model": one.called, "head": head, "method": method, "share of layers": share}
            frame = pd.DataFrame({"correlation": kept, "other subjects": others[method, head]})
            rows.append(frame.assign(**named, group=people))
    return pd.concat(rows, ignore_index=True)


def between_methods(one: Explained, faces: Faces) -> pd.DataFrame:
    """Return the rank correlation of every two methods' maps of the same face, with its names."""
    rows = []
    for (a, b), head in itertools.product(itertools.combinations(grad_cam.METHODS, 2), one.layers):
        found = map_agreement.spearman(one.maps[a, head], one.maps[b, head])
        frame = pd.DataFrame({"correlation": found, "group": faces.people})
        rows.append(frame.assign(head=head, methods=f"{a} and {b}"))
    return pd.concat(rows, ignore_index=True)


def between_trainings(
    runs: Sequence[Run], one: Explained, faces: Faces, which: np.ndarray, layer: str
) -> pd.DataFrame:
    """Return how alike the Grad-CAM maps of trainings from different seeds are.

    Parameters
    ----------
    runs, one
        The same configuration from two seeds or more, and the network of the first: explained are
        the classes that it names.
    faces, which, layer
        The faces and the places of those that are explained; the layer, as for `layers_of`.

    Returns
    -------
    DataFrame
        A row a face and head: ``same face``, the mean rank correlation over pairs of trainings;
        ``other subjects``, that of the first two with different subjects' maps; ``model``,
        ``head``, ``group``.
    """
    images, people = faces.small[which], faces.people[which]
    targets = {head: target[which] for head, target in one.targets.items()}
    maps = []
    for run in runs:
        network = resized_model.of_run(run, faces.side)
        layers = layers_of(network, list(targets), layer, images[:1])
        maps.append(cams_one_pass.maps(network, images, layers, targets, ("Grad-CAM",)))
    rows = []
    for head in targets:
        of_head = [found["Grad-CAM", head] for found in maps]
        frame = pd.DataFrame({"same face": map_agreement.over_seeds(of_head)})
        frame["other subjects"] = map_agreement.with_others(of_head[0], of_head[1], people)
        rows.append(frame.assign(model=one.called, head=head, group=people))
    return pd.concat(rows, ignore_index=True)


def by_region(run: Run, faces: Faces, places: np.ndarray) -> pd.DataFrame:
    """Return the share of a network's relevance in each region, and ``: area``, a row a face.

    Of the emotion head by Grad-CAM at the finer layer; the network sees the faces at its own size.
    """
    network, own = run_training.trained_model(run), run.about["image_size"]
    images = augmentation.resize(faces.shown.images, own)
    layer = layers_of(network, ["emotion"], "finer", images[:1])["emotion"]
    named = explained_faces.targets(explained_faces.named(faces.shown, run))["emotion"]
    maps = cams_one_pass.one(network, images, layer, "emotion", named)
    shares = face_regions.shares(map_scores.resized(maps, faces.side), places)
    areas = face_regions.areas(places)
    names = [*face_regions.REGIONS, *(f"{region}: area" for region in face_regions.REGIONS)]
    return pd.DataFrame(np.hstack([shares, areas]), columns=names).assign(group=faces.people)


def means_by(
    rows: pd.DataFrame, faces: Faces, values: str | Sequence[str], index: str, columns: str = "head"
) -> pd.DataFrame:
    """Return the mean of some values for each pair of names, with its interval over subjects.

    Parameters
    ----------
    rows : DataFrame
        One row a face, with ``group``.
    faces : Faces
        Says how many draws the intervals take.
    values : str or sequence of str
        The columns to be averaged.
    index, columns : str
        The columns of names that become rows and columns, in the order in which they come.

    Returns
    -------
    DataFrame
        Intervals. With several values a column is called "name: value".
    """
    several = [values] if isinstance(values, str) else list(values)
    cells: dict[object, dict] = {}
    for (row, column), part in rows.groupby([index, columns], sort=False):
        for value, found in faces.mean(part, several).items():
            name = column if isinstance(values, str) else f"{column}: {value}"
            cells.setdefault(name, {})[row] = found
    return pd.DataFrame(cells).rename_axis(index)


def beside_chance(scored: pd.DataFrame, faces: Faces) -> pd.DataFrame:
    """Return each head's mean scores, those of both levels of chance, and the gain over the second.

    ``scored`` are the rows of one network and method, as `against_truth` gives them.
    """
    lines = {}
    for head, part in scored.groupby("head", sort=False):
        line = score_table.scores(part, faces.mean)
        for score in SCORES:
            lines[f"{score}, {head} head"] = {
                "score": line[score],
                "even map": line[f"{score}: even map"],
                "other subjects' maps": line[f"{score}: other people"],
                "gain": line[f"{score}: gain"],
            }
    return pd.DataFrame(lines).T.rename_axis("map")


def by_kind(scored: pd.DataFrame) -> pd.DataFrame:
    """Return scored faces once for each kind that they are, named in the column ``faces``."""
    return pd.concat(
        [scored[of(scored).astype(bool)].assign(faces=k) for k, of in score_table.KINDS.items()],
        ignore_index=True,
    )


def densities(scored: pd.DataFrame, places: np.ndarray) -> pd.DataFrame:
    """Return the relevance in each region over what an even map has there.

    Index: emotion; columns: regions; the mean over the faces of ``scored``, which are of one head.
    """
    found = scored.groupby("emotion", sort=False)[list(face_regions.REGIONS)].mean()
    return found / face_regions.areas(places).mean(0)


def in_words(gains: Mapping[str, Interval]) -> str:
    """Return whether each head's maps follow the face, from the gain over other subjects' maps.

    Examples
    --------
    >>> print(in_words({"emotion": Interval(0.05, 0.03, 0.07, 50)}))
    Emotion head: yes, better than other subjects' maps (gain in AUC 0.050 [0.030, 0.070]).
    >>> print(in_words({"fake": Interval(0.01, -0.03, 0.04, 50)}))
    Fake head: not shown, about as well as other subjects' maps (gain in AUC 0.010 [-0.030, 0.040]).
    """
    told = []
    for head, gain in gains.items():
        word = by_sign(gain, "yes, better than", "no, worse than", "not shown, about as well as")
        told.append(f"{head.capitalize()} head: {word} other subjects' maps (gain in AUC {gain}).")
    return " ".join(told)
