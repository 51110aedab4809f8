"""Effects of skin tone on the predictions for the same faces, beside irrelevant changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from torch import nn

from fer_lib.evaluation.bootstrap import means
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026.fairness import group_fairness, skin_tone_swap
from fer_lib.papers.diya2026.fairness.group_fairness import ACCURACY, FALSE, TRUE
from fer_lib.training.loop import probabilities_of

MOVED, FLIPPED, OTHER_EMOTION = "change of P(genuine)", "authenticity flipped", "emotion flipped"
MEASURES = (MOVED, FLIPPED, OTHER_EMOTION)
ANY_TONE = "another tone (mean of all)"
P_GENUINE, P_FAKE = "P(genuine), genuine faces", "P(genuine), fake faces"
RIGHT_AUTHENTICITY = "authenticity accuracy"
PER_TONE = (P_GENUINE, P_FAKE, ACCURACY, RIGHT_AUTHENTICITY, TRUE, FALSE)


@dataclass(frozen=True)
class Answers:
    """One network's answers to every version of the same n faces.

    Attributes
    ----------
    subjects, emotion, genuine : ndarray
        (n,), of the faces: str, place in `EMOTIONS`, bool.
    p_genuine : dict of str -> ndarray
        (n,) for each version of `fer_lib.papers.diya2026.fairness.skin_tone_swap.Versions`.
    p_emotion : dict of str -> ndarray
        (n, 7), likewise.
    """

    subjects: np.ndarray
    emotion: np.ndarray
    genuine: np.ndarray
    p_genuine: dict[str, np.ndarray]
    p_emotion: dict[str, np.ndarray]


def ask(model: nn.Module, versions: skin_tone_swap.Versions) -> Answers:
    """Return the predictions of a network with heads emotion and authenticity for every version."""
    rows = versions.rows
    found = {name: probabilities_of(model, images) for name, images in versions.images.items()}
    return Answers(
        np.array([row["subject_id"] for row in rows]),
        np.array([EMOTIONS.index(row["emotion"]) for row in rows]),
        np.array([row["authenticity"] == "genuine" for row in rows]),
        {name: said["authenticity"].numpy().astype(float) for name, said in found.items()},
        {name: said["emotion"].numpy() for name, said in found.items()},
    )


def _changes(of: Answers) -> dict[tuple[str, str], np.ndarray]:
    """Return (n,) of each measure for each version against the face as it is."""
    own, own_emotion = of.p_genuine[skin_tone_swap.OWN], of.p_emotion[skin_tone_swap.OWN].argmax(1)
    found = {}
    for name in of.p_genuine:
        if name != skin_tone_swap.OWN:
            p, emotion = of.p_genuine[name], of.p_emotion[name].argmax(1)
            found[name, MOVED] = np.abs(p - own)
            found[name, FLIPPED] = ((p >= 0.5) != (own >= 0.5)).astype(float)
            found[name, OTHER_EMOTION] = (emotion != own_emotion).astype(float)
    for measure in MEASURES:
        found[ANY_TONE, measure] = np.mean(
            [found[tone, measure] for tone in skin_tone_swap.TONES], axis=0
        )
    return found


def _per_tone(of: Answers) -> dict[tuple[str, str], np.ndarray]:
    """Return (n,) of each of `PER_TONE` for each tone; nan where a face does not count."""
    found = {}
    for tone in skin_tone_swap.TONES:
        p = of.p_genuine[tone]
        called = (p >= 0.5).astype(float)
        found[tone, P_GENUINE] = np.where(of.genuine, p, np.nan)
        found[tone, P_FAKE] = np.where(of.genuine, np.nan, p)
        found[tone, ACCURACY] = (of.p_emotion[tone].argmax(1) == of.emotion).astype(float)
        found[tone, RIGHT_AUTHENTICITY] = (called == of.genuine).astype(float)
        found[tone, TRUE] = np.where(of.genuine, called, np.nan)
        found[tone, FALSE] = np.where(of.genuine, np.nan, called)
    return found


def _mean(parts: list[dict]) -> dict:
    """Return the mean over seeds, face by face; every seed saw the same faces."""
    return {key: np.mean([part[key] for part in parts], axis=0) for key in parts[0]}


def sign_test(values: np.ndarray, subjects: np.ndarray, seed: int) -> float:
    """Return the two-sided p that subjects' mean differences are as likely of either sign.

    ``values`` (n,) are paired differences; nan is left out. A permutation test by subject.
    """
    each = pd.Series(values).groupby(subjects).mean().dropna().to_numpy()
    if len(each) < 2:
        return float("nan")
    found = stats.permutation_test(
        (each,),
        lambda x, axis: x.mean(axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=group_fairness.PERMUTATIONS,
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def changes(
    answers: list[Answers], versions: skin_tone_swap.Versions, resamples: int, seed: int
) -> pd.DataFrame:
    """Return how far each change of the picture moves the answers, index ``change``.

    Parameters
    ----------
    answers : list of Answers
        One a seed of training; measures are means over them, face by face.
    versions : Versions
        The pictures that were answered.
    resamples, seed : int
        Of the bootstrap by subject.

    Returns
    -------
    DataFrame
        ``size`` (mean absolute change of a pixel, 0 to 255) and an `Interval` for each of
        `MEASURES`: absolute change of P(genuine), and the shares of faces whose authenticity
        (at 0.5) or named emotion is another than on the face as it is.
    """
    values = _mean([_changes(of) for of in answers])
    found = means(values, answers[0].subjects, resamples, seed)
    sizes = {name: float(size.mean()) for name, size in versions.sizes.items()}
    sizes[ANY_TONE] = float(np.mean([sizes[tone] for tone in skin_tone_swap.TONES]))
    names = list(dict.fromkeys([ANY_TONE, *(name for name, _ in values)]))
    return pd.DataFrame(
        {"size": sizes[name]} | {measure: found[name, measure] for measure in MEASURES}
        for name in names
    ).set_index(pd.Index(names, name="change"))


def beside_chance(answers: list[Answers], resamples: int, seed: int) -> pd.DataFrame:
    """Return how much more a change of tone moves the predictions than irrelevant changes do.

    Returns
    -------
    DataFrame
        ``measure``, ``against`` (`DARKER`, `BACKGROUND`, `LIGHT` of `skin_tone_swap`),
        ``difference`` (tone minus the other, paired by face, `Interval` by subject), ``p``
        (`sign_test`), ``p adjusted``, ``told apart``.
    """
    subjects = answers[0].subjects
    values = _mean([_changes(of) for of in answers])
    apart = {
        (measure, other): values[ANY_TONE, measure] - values[other, measure]
        for measure in MEASURES
        for other in (skin_tone_swap.DARKER, skin_tone_swap.BACKGROUND, skin_tone_swap.LIGHT)
    }
    return _tested(apart, ("measure", "against"), subjects, resamples, seed)


def per_tone(answers: list[Answers], resamples: int, seed: int) -> pd.DataFrame:
    """Return `PER_TONE` on the same faces in each tone, each an `Interval`; index ``tone``."""
    values = _mean([_per_tone(of) for of in answers])
    found = means(values, answers[0].subjects, resamples, seed)
    return pd.DataFrame(
        {name: found[tone, name] for name in PER_TONE} for tone in skin_tone_swap.TONES
    ).set_index(pd.Index(skin_tone_swap.TONES, name="tone"))


def ends_apart(answers: list[Answers], resamples: int, seed: int) -> pd.DataFrame:
    """Return the lightest minus the darkest skin on the same faces, for each of `PER_TONE`.

    Returns
    -------
    DataFrame
        ``score``, ``difference`` (`Interval` by subject), ``p`` (`sign_test`), ``p adjusted``
        (all rows, Benjamini and Hochberg), ``told apart``.
    """
    values = _mean([_per_tone(of) for of in answers])
    light, dark = skin_tone_swap.ENDS
    apart = {(name,): values[light, name] - values[dark, name] for name in PER_TONE}
    return _tested(apart, ("score",), answers[0].subjects, resamples, seed)


def _tested(
    apart: dict[tuple, np.ndarray],
    names: tuple[str, ...],
    subjects: np.ndarray,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    found = means(apart, subjects, resamples, seed)
    rows = [
        dict(zip(names, key, strict=True))
        | {"difference": found[key], "p": sign_test(value, subjects, seed)}
        for key, value in apart.items()
    ]
    return group_fairness.adjusted(pd.DataFrame(rows))
