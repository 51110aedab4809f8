"""Which parts of the proposed model are left out or weighed otherwise, and what that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from engine.page import tables
from fer_lib.evaluation import paired_differences
from fer_lib.evaluation.bootstrap import Interval
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.evaluation.paired_differences import Comparison
from fer_lib.evaluation.verdicts import SIGNIFICANT
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import confusion_claims, named_configs
from fer_lib.papers.diya2026.ablation_page import SCORES, against, by_score, own_score
from fer_lib.settings import Settings
from fer_lib.training import configs, profiles
from fer_lib.training.run import Run

Runs = Mapping[str, Sequence[Run]]
WORDS = {
    "base": "as proposed",
    "no_authenticity": "without the authenticity branch",
    "no_emotion": "without the emotion branch",
    "no_stochastic_depth": "without stochastic depth",
    "no_augmentation": "without augmentation",
    "alpha_03": "α 0.3, β 0.7",
    "alpha_05": "α 0.5, β 0.5",
    "alpha_06": "α 0.6, β 0.4",
    "lite0_se": "Lite0: gates from the identity, less none",
    "b0": "B0: its own gates, less gates held at their means",
    "b0_on_top": "B0: a second gate behind each, less its own",
    "random_lite0_se": "Lite0 from random weights: gates, less none",
    "random_b0": "B0 from random weights: gates, less none",
}
# The same changes as the subject of a sentence.
SAID = {
    "no_authenticity": "Leaving out the authenticity branch",
    "no_emotion": "Leaving out the emotion branch",
    "no_stochastic_depth": "Leaving out stochastic depth",
    "no_augmentation": "Leaving out augmentation",
    "alpha_03": "Weighing the losses 0.3 to 0.7 (0.4 to 0.6 as proposed)",
    "alpha_05": "Weighing the losses alike (0.4 to 0.6 as proposed)",
    "alpha_06": "Weighing the losses 0.6 to 0.4 (0.4 to 0.6 as proposed)",
    "lite0_se": "Adding gates to Lite0",
    "b0": "Letting the gates of B0 see the image",
    "b0_on_top": "Adding a second gate behind each of B0",
}
LEFT_OUT = ("no_authenticity", "no_emotion", "no_stochastic_depth", "no_augmentation")
WEIGHTS = ("alpha_03", "alpha_05", "alpha_06")
GATES = (("lite0_se", "lite0"), ("b0", "b0_fixed"), ("b0_on_top", "b0"))
# From random weights, and the same network from pretrained ones: profile book trains none of it.
RANDOM_GATES = (("random_lite0_se", "random_lite0"), ("random_b0", "random_b0_bare"))
RANDOM = ("whole_pretrained", *(name for pair in RANDOM_GATES for name in pair))
WHO_DECIDES = "book-full"  # the profile that trains them long enough to learn something
# Of one image forward and backward through Lite0 at 96 pixels on one core, measured.
SECONDS_AN_IMAGE, MEASURED_SIDE = 0.02, 96


def planned(settings: Settings) -> dict:
    """Return the trainings of this page by configuration, without those that a profile omits."""
    wanted = configs.planned(named_configs.ABLATIONS, settings)
    return {name: each for name, each in wanted.items() if each}


def compared(
    runs: Runs, pairs: Sequence[tuple[str, str]], which: str, resamples: int, seed: int
) -> list[Comparison]:
    """Return the differences of those pairs that were trained, as `ablation_page.against`."""
    there = [pair for pair in pairs if set(pair) <= set(runs)]
    return against(runs, there, which, resamples, seed)


def recall(
    runs: Runs, pair: tuple[str, str], name: str, which: str, resamples: int, seed: int
) -> Pooled:
    """Return the recall of one class under one configuration, less that under another."""
    head = "emotion" if name in EMOTIONS else "authenticity"
    one, two = (runs[each] for each in pair)
    of = confusion_claims.recall_of(name)
    return paired_differences.difference(one, two, which, head, resamples, seed, of)["recall"]


def clear(found: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons below 0.05 after Holm's correction over all, the largest first."""
    chosen = [c for c in paired_differences.holm(found) if c.p_holm < SIGNIFICANT]
    return sorted(chosen, key=lambda c: -abs(c.difference.value))


def points(found: Sequence[Comparison]) -> pd.DataFrame:
    """Return the differences in percentage points for a figure, a row a change."""
    return by_score(found, WORDS).map(Interval.percent)


def in_words(c: Comparison) -> str:
    """Return a comparison as a sentence without its full stop, in percentage points."""
    return f"{SAID[c.first]} changes {c.head} {c.score} by {c.difference.percent()} points"


def largest(found: Sequence[Comparison]) -> str:
    """Return which difference of a figure is the largest, and whether it is clear of zero."""
    most = max(found, key=lambda c: abs(c.difference.value))
    low, high = most.difference.low, most.difference.high
    sure = "is clear of zero" if low > 0 or high < 0 else "holds zero"
    return f"{in_words(most)}: the largest change here. Its interval {sure}."


def others(found: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons without what a branch that was left out does to its own head."""
    own = {("no_authenticity", "authenticity"), ("no_emotion", "emotion")}
    return [c for c in found if (c.first, c.head) not in own]


def of_start(found: Sequence[Comparison]) -> str:
    """Return what the pretrained start is worth; the comparisons are random less pretrained."""
    told = " and ".join(
        f"{c.head} {c.score} by {paired_differences.turned(c.difference).percent()} points"
        for c in found
    )
    return f"With the pretrained start Lite0 changes {told}."


def scores(
    runs: Runs, names: Sequence[str], which: str, resamples: int, seed: int
) -> list[dict[str, object]]:
    """Return the scores of some configurations, one row each, for the table behind a figure."""
    return [
        {"training configuration": WORDS[name], "seeds": len(runs[name])}
        | {f"{h} {s}": own_score(runs, resamples, seed, name, h, s, which) for h, s in SCORES}
        for name in names
    ]


def differences(found: Sequence[Comparison]) -> list[dict[str, object]]:
    """Return the differences behind a figure, one row each, with Holm's p over them."""
    return [
        {
            "change": WORDS[c.first],
            "score": f"{c.head} {c.score}",
            "difference (points)": c.difference.percent(),
            "p (Holm)": tables.p_value(c.p_holm),
        }
        for c in found
    ]


def hours(settings: Settings, images: int) -> float:
    """Return the core hours that `RANDOM` takes in profile `WHO_DECIDES`, at most.

    Parameters
    ----------
    settings : Settings
        Of the page.
    images : int
        Training images of one epoch.
    """
    tiny = profiles.get(WHO_DECIDES).tiny
    trainings = sum(configs.seeds(name, WHO_DECIDES) for name in RANDOM)
    each = images * tiny.epochs * SECONDS_AN_IMAGE * (tiny.side / MEASURED_SIDE) ** 2
    return trainings * each / 3600


def what_would_decide(settings: Settings, images: int) -> str:
    """Return what a profile that omits `RANDOM` leaves open, and what would decide it."""
    tiny = profiles.get(WHO_DECIDES).tiny
    return (
        f"Profile {settings.profile} trains no network from random weights: a few epochs teach it "
        f"nothing. `make book PROFILE={WHO_DECIDES}` trains these {len(RANDOM)} configurations for "
        f"up to {tiny.epochs} epochs at {tiny.side} pixels, at most about "
        f"{hours(settings, images):.0f} hours on one core."
    )


def at_chance(runs: Runs, which: str, resamples: int, seed: int) -> str:
    """Return how many networks from random weights cannot be told from chance on either task."""
    names = [name for name in RANDOM[1:] if name in runs]
    level = {"emotion": 1 / len(EMOTIONS), "authenticity": 0.5}
    nothing = [
        name
        for name in names
        if all(
            not own_score(runs, resamples, seed, name, head, score, which).low > level[head]
            for head, score in SCORES
        )
    ]
    return (
        f"{len(nothing)} of the {len(names)} networks from random weights cannot be told from "
        "chance on either task."
    )


def answer(found: Sequence[Comparison], runs: Runs, tested: str) -> tuple[str, str]:
    """Return the answer of the page, the strongest difference first, and what it rests on."""
    found = others(found)
    sure, groups = clear(found), found[0].difference.groups
    if sure:
        rest = "".join(f" {in_words(c)}." for c in sure[1:3])
        told = (
            f"{in_words(sure[0])}.{rest} Of {len(found)} differences {len(sure)} "
            f"{'is' if len(sure) == 1 else 'are'} clear after correction."
        )
    else:
        told = f"None of {len(found)} differences is clear after correction. {largest(found)}"
    seeds = sorted({len(runs[c.first]) for c in found})
    rests_on = (
        f"Each difference: {' to '.join(map(str, dict.fromkeys(seeds[:1] + seeds[-1:])))} paired "
        f"{'seed' if seeds == [1] else 'seeds'} and {groups} subjects of the {tested}; clear means "
        f"below 0.05 after Holm's correction over all {len(found)}."
    )
    return told, rests_on
