"""Verdicts on what diya2026 says about Grad-CAM and LIME (section 5-7), from scores of maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation.bootstrap import Interval, bootstrap
from fer_lib.papers.diya2026.explanations import face_regions

# A table of faces (with ``group``) and some of its columns -> each column's mean.
Mean = Callable[[pd.DataFrame, Sequence[str]], dict[str, Interval]]
OF_GRAD_CAM = (
    "xai.emotion",
    "xai.periphery",
    "xai.micro",
    "xai.anger",
    "xai.fake_smile",
    "xai.conclusion",
    "xai.se",
)
OF_LIME = ("xai.lime", "xai.complementary")


def in_face(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Return the regions' share of the face's relevance, less their share of the face's area.

    ``frame`` is what `fer_lib.papers.diya2026.explanations.map_page.Faces.scored` returns; the face
    is all but the periphery.
    """
    relevance = sum(frame[r] for r in names) / (1 - frame["periphery"])
    area = sum(frame[f"{r}: area"] for r in names) / (1 - frame["periphery: area"])
    return relevance - area


def brows_of_anger(emotion: pd.DataFrame, resamples: int, seed: int) -> Interval:
    """Return by how much angry faces have more relevance on the brows than all others.

    The interval resamples subjects; draws without an angry face are left out.
    """
    angry = (emotion["emotion"] == "angry").to_numpy()
    density = (emotion["brows"] - emotion["brows: area"]).to_numpy()

    def more(rows: np.ndarray) -> dict[str, float]:
        drawn = pd.Series(density[rows])
        return {"d": float(drawn[angry[rows]].mean() - drawn[~angry[rows]].mean())}

    return bootstrap(emotion["group"].to_numpy(), more, resamples, seed)["d"]


def grad_cam(
    rows: VerdictRows,
    mean: Mean,
    emotion: pd.DataFrame,
    authentic: pd.DataFrame,
    anger: Interval,
    emphasis: Mapping[str, pd.Series],
) -> None:
    """Add the sentences on Grad-CAM, each as a difference that should be positive.

    Parameters
    ----------
    rows : VerdictRows
        The table.
    mean : callable
        As `fer_lib.papers.diya2026.explanations.map_page.Faces.mean`.
    emotion, authentic : DataFrame
        The scored maps of each head, the same faces in the same order.
    anger : Interval
        As `brows_of_anger` returns it.
    emphasis : mapping
        "with" and "without": `in_face` of the regions that the paper names, of a model with SE and
        of the same without.
    """

    def judged(name: str, what: str, values: pd.Series, frame: pd.DataFrame) -> None:
        table = pd.DataFrame({"d": values, "group": frame["group"]})
        rows.direction(name, mean(table, ["d"])["d"], what=what)

    for region in face_regions.NAMED:
        what = f"{region}, relevance in the face less area"
        judged("xai.emotion", what, in_face(emotion, [region]), emotion)
    judged(
        "xai.periphery",
        "share of relevance less share of the image",
        authentic["periphery"] - authentic["periphery: area"],
        authentic,
    )
    judged(
        "xai.periphery",
        "share of relevance, authenticity head less emotion head",
        authentic["periphery"] - emotion["periphery"],
        authentic,
    )
    judged(
        "xai.micro",
        "gain in AUC over other subjects' maps",
        authentic["AUC: gain"],
        authentic,
    )
    rows.direction("xai.anger", anger, what="brows, angry faces less all others, emotion head")
    smile = authentic[(authentic["emotion"] == "happy") & (authentic["authenticity"] == "fake")]
    judged(
        "xai.fake_smile",
        "mouth on fake happy faces, relevance in the face less area",
        in_face(smile, ["mouth"]),
        smile,
    )
    judged(
        "xai.conclusion",
        "mouth and eyes, relevance in the face less area",
        in_face(emotion, ["mouth", "eyes"]),
        emotion,
    )
    judged(
        "xai.se",
        "the same start and training, with SE less without, emotion head",
        emphasis["with"] - emphasis["without"],
        emotion,
    )


def without_truth(rows: VerdictRows, names: Sequence[str], why: str) -> None:
    """Add sentences that photographs cannot decide."""
    for name in names:
        rows.not_testable(name, why)


def of_psychology(rows: VerdictRows) -> None:
    """Add the sentence on theories of expression."""
    rows.not_testable(
        "xai.psychology",
        "no map is compared with a theory's prediction in the paper; here the truth is planted by "
        "recipes made from the same theory",
    )


def lime(
    rows: VerdictRows,
    mean: Mean,
    authentic: pd.DataFrame,
    moved: Mapping[str, Interval],
    together: Mapping[str, Interval],
) -> None:
    """Add the sentences on LIME, each as a difference that should be positive.

    Parameters
    ----------
    rows, mean
        As for `grad_cam`.
    authentic : DataFrame
        The scored maps of the authenticity head by LIME.
    moved : mapping
        How far the log-odds fall when a part of the face is the twin's, by part.
    together : mapping
        By head: the AUC of both methods' maps together, less that of the better one.
    """
    excess = authentic["shading: excess"]
    frame = authentic.assign(**{"texture less geometry": excess - authentic["geometry: excess"]})
    found = mean(frame, ["shading: excess", "texture less geometry", "AUC: gain"])
    for name, what, measured in (
        (
            "xai.lime",
            "share of relevance on wrinkles and shading, less an even map's",
            found["shading: excess"],
        ),
        ("xai.lime", "the same, less the excess on geometry", found["texture less geometry"]),
        (
            "xai.lime",
            "fall of log-odds when only wrinkles and shading are the twin's",
            moved["wrinkles and shading alone"],
        ),
        (
            "xai.complementary",
            "AUC of both maps together less the better one's, authenticity head, finer layer",
            together["authenticity"],
        ),
        ("xai.complementary", "the same, emotion head", together["emotion"]),
    ):
        rows.direction(name, measured, what=what)
