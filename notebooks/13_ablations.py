# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Ablations
#
# What each part of the proposed model of {cite}`diya2026` is worth, one change at a time (sections 4-1,
# 4-2 and 5-5): each branch, the weights of the losses, squeeze-and-excitation, stochastic depth,
# pretrained weights, augmentation.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import pandas as pd
from matplotlib import pyplot as plt

from fer_lib import arms, claims, collect, contrast, page, plots
from fer_lib.compare import pairs, sentences
from fer_lib.compare.pooled import over_seeds, tallies
from fer_lib.labels import EMOTIONS

plots.use_style()
ledger = claims.load("diya2026")
runs = collect.need_arms(arms.ABLATIONS, data, data_root, profile, seed)
at = contrast.opened(runs, data)
about, resamples, ground, last, tested = at.about, at.resamples, at.ground, at.last, at.tested

# %% [markdown]
# ## Parts left out
#
# A branch is left out by giving its loss no weight: no gradient of it reaches the backbone. Its own head
# then learns nothing, so its column says what an untrained head scores.

# %% tags=["hide-input"]
WORDS = {
    "base": "as proposed (reference)",
    "no_authenticity": "without the authenticity branch",
    "no_emotion": "without the emotion branch",
    "no_stochastic_depth": "without stochastic depth",
    "no_augmentation": "without augmentation",
    "alpha_03": "α 0.3, β 0.7",
    "alpha_05": "α 0.5, β 0.5",
    "alpha_06": "α 0.6, β 0.4",
}
out = ("no_authenticity", "no_emotion", "no_stochastic_depth", "no_augmentation")
left_out = contrast.against(runs, [(name, "base") for name in out], last, resamples, seed)
page.table(
    contrast.table(runs, left_out, WORDS, last, resamples, seed),
    f"One part left out at a time, on the {tested}",
)

# %% [markdown]
# Section 4-1 says that without the authenticity branch the emotion declined, fear and sadness most.

# %% tags=["hide-input"]
subtle = {}
for name in ("fear", "sad"):
    subtle[name] = pairs.difference(
        runs["base"],
        runs["no_authenticity"],
        last,
        "emotion",
        resamples,
        seed,
        sentences.recall_of(name),
    )["recall"]
page.table(
    pd.DataFrame({"with the branch, less without": subtle}).rename_axis("recall of"),
    "Does the authenticity branch help fear and sadness?",
)

# %% [markdown]
# ## The weights of the two losses
#
# The reference has α {claim}`diya2026/table4.alpha` and β {claim}`diya2026/table4.beta`, as Table 4.

# %% tags=["hide-input"]
grid = ("alpha_03", "alpha_05", "alpha_06")
weights = contrast.against(runs, [(name, "base") for name in grid], last, resamples, seed)
page.table(
    contrast.table(runs, weights, WORDS, last, resamples, seed), f"Loss weights, on the {tested}"
)
balanced_recall = pairs.difference(
    runs["base"],
    runs["alpha_05"],
    last,
    "authenticity",
    resamples,
    seed,
    sentences.recall_of("genuine"),
)["recall"]

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels over alpha from 0.3 to 0.6: emotion accuracy and authenticity AUC with intervals, nearly level lines with the reference at 0.4 marked."}}
scored = contrast.table(runs, weights, WORDS, last, resamples, seed)
order = ["α 0.3, β 0.7", WORDS["base"], "α 0.5, β 0.5", "α 0.6, β 0.4"]
alphas = [0.3, 0.4, 0.5, 0.6]
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharex=True)
for axis, (head, score) in zip(axes, contrast.SCORES, strict=True):
    values = [scored.loc[name, f"{head} {score}"] for name in order]
    contrast.draw_scores(axis, alphas, values, color=plots.BLUE, marker="o")
    axis.axvline(0.4, color=plots.GREY, lw=0.8, ls="--")
    axis.set(xlabel="α (β = 1 − α)", ylabel=f"{head} {score}", xticks=alphas)
figure.tight_layout()

# %% tags=["hide-input"]
page.folded(scored.loc[order].reset_index(), "The numbers behind the curves of the loss weights")

# %% [markdown]
# ## Squeeze-and-excitation
#
# An effect of squeeze-and-excitation can be claimed only between networks that start from the same
# weights. EfficientNet-B0 as published has a gate in every block; to "add SE" to it, or to leave it out,
# changes a pretrained network in ways that have nothing to do with what a gate is good for. So:
#
# - Lite0 (B0 without gates) against the same Lite0 with gates that start as the identity;
# - B0 against the same B0 with each gate held at its mean over the training part: the gate stays, what it
#   sees does not matter any more;
# - B0 with a second gate behind each of its own, starting as the identity (the other reading of "enhanced
#   with SE");
# - and from random starts: Lite0 without and with gates, B0 with and without its gates.
#
# In the first three only the stages that learn are changed.

# %% tags=["hide-input"]
SE_WORDS = {
    "lite0": "Lite0, no gates",
    "lite0_se": "Lite0, gates from the identity",
    "b0": "B0 as published, gates",
    "b0_fixed": "B0, gates held at their means",
    "b0_on_top": "B0, a second gate behind each",
    "random_lite0": "random start: Lite0, no gates",
    "random_lite0_se": "random start: Lite0, gates",
    "random_b0": "random start: B0, gates",
    "random_b0_bare": "random start: B0, no gates",
}
WITH_LESS_WITHOUT = (
    ("lite0_se", "lite0"),
    ("b0", "b0_fixed"),
    ("b0_on_top", "b0"),
    ("random_lite0_se", "random_lite0"),
    ("random_b0", "random_b0_bare"),
)
gates = contrast.against(runs, WITH_LESS_WITHOUT, last, resamples, seed)
page.table(
    pd.DataFrame(
        [
            {
                "with gates": SE_WORDS[c.first],
                "less": SE_WORDS[c.second],
                "score": f"{c.head} {c.score}",
                "difference": c.difference,
                "p (Holm)": page.p_value(c.p_holm),
                "seeds": c.difference.seeds,
            }
            for c in gates
        ]
    ),
    f"Squeeze-and-excitation, pair by pair, on the {tested}",
    index=False,
)
from_nothing = [
    name for pair in WITH_LESS_WITHOUT for name in pair if not arms.get(name).pretrained
]
alone = {
    (name, head, score): over_seeds(tallies(runs[name], last, head), resamples, seed)[score]
    for name in from_nothing
    for head, score in contrast.SCORES
}
at_chance = [
    name
    for name in from_nothing
    if alone[name, "emotion", "accuracy"].low <= 1 / len(EMOTIONS)
    and alone[name, "authenticity", "AUC"].low <= 0.5
]
if at_chance:
    page.say(
        f"{len(at_chance)} of the {len(from_nothing)} networks from random starts cannot be told from "
        f"chance on either task: in {runs[at_chance[0]][0].about['config']['epochs']} epochs they have "
        "learnt nothing. **Their pairs decide nothing**; profile `book-full` trains them for longer."
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the differences with gates less without for five pairs of networks, in emotion accuracy and authenticity AUC, with intervals and a line at zero."}}
drawn = pd.DataFrame(
    {
        f"{head} {score}": {
            f"{SE_WORDS[c.first]}\nless {SE_WORDS[c.second]}": c.difference
            for c in gates
            if (c.head, c.score) == (head, score)
        }
        for head, score in contrast.SCORES
    }
)
figure = plots.intervals(drawn, "with gates, less without", chance=0.0)

# %% [markdown]
# ## Pretrained or random
#
# The whole network, trained from ImageNet weights and from nothing, at the smallest scale of this
# profile: the same images, epochs and seeds.

# %% tags=["hide-input"]
START = {"whole_pretrained": "ImageNet weights", "random_lite0_se": "random start"}
tiny = runs["whole_pretrained"][0].about
start = contrast.against(runs, [("random_lite0_se", "whole_pretrained")], last, resamples, seed)
page.table(
    contrast.table(runs, start, START, last, resamples, seed),
    f"Where the network starts, at {tiny['image_size']} pixels and {tiny['config']['epochs']} epochs",
)

# %% [markdown]
# ## Verdicts
#
# Each sentence of the paper is put as a difference that it says is positive. On rendered faces the strongest
# verdict is that its direction was seen.

# %% tags=["hide-input"]


def change(found, arm, head, turned=True):
    """Return one difference; turned round, it is the reference less the arm."""
    (one,) = (c.difference for c in found if c.first == arm and c.head == head)
    return pairs.turned(one) if turned else one


judged = {}


def row(claim_id, note, difference):
    """Return the row of the verdict table for a sentence that a difference decides."""
    claim = ledger[claim_id]
    judged[note] = difference
    return claims.Row(
        claim,
        claims.of_direction(difference, ground),
        str(difference),
        about=f"{claim.title} ({note})",
    )


near = [c.difference for c in weights if c.first in ("alpha_03", "alpha_05")]
largest = max(abs(end) for d in near for end in (d.low, d.high))
stable = ledger["ablation.stable"]
page.verdict_table(
    [
        row(
            "ablation.no_authenticity",
            "emotion accuracy with, less without",
            change(left_out, "no_authenticity", "emotion"),
        ),
        row("ablation.no_authenticity", "recall of fear with, less without", subtle["fear"]),
        row("ablation.no_authenticity", "recall of sad with, less without", subtle["sad"]),
        row(
            "ablation.no_emotion",
            "authenticity AUC with, less without",
            change(left_out, "no_emotion", "authenticity"),
        ),
        row(
            "ablation.balanced",
            "recall of genuine at 0.4 / 0.6, less at 0.5 / 0.5",
            balanced_recall,
        ),
        row(
            "ablation.emotion_heavy",
            "authenticity AUC at 0.4 / 0.6, less at 0.6 / 0.4",
            change(weights, "alpha_06", "authenticity"),
        ),
        claims.Row(
            stable,
            ground.refusal()
            or claims.Verdict(
                "not comparable",
                "'relatively stable' has no size; the largest end of an interval of ours is beside it",
            ),
            f"{largest:.3f}",
            printed=f"± {stable.printed}",
        ),
        row(
            "ablation.se",
            "AUC, Lite0 with gates less without",
            change(gates, "lite0_se", "authenticity", False),
        ),
        row(
            "ablation.se",
            "AUC, B0 less the same with gates held",
            change(gates, "b0", "authenticity", False),
        ),
        claims.Row(
            ledger["ablation.depth"],
            claims.Verdict(
                "inconsistent",
                "the two models differ in loss, weights and heads as well, so neither effect is isolated; "
                "here each is measured alone",
            ),
        ),
    ],
    "Verdicts on the ablations",
)
corrected = pairs.corrected([difference.p for difference in judged.values()])
stay = [note for note, p in zip(judged, corrected, strict=True) if p < 0.05]
page.say(
    f"Each verdict goes by its own interval. Corrected by Holm's method for the {len(judged)} differences "
    f"of this table, {len(stay)} {'stays' if len(stay) == 1 else 'stay'} below 0.05"
    + (f": {'; '.join(stay)}." if stay else ".")
)
