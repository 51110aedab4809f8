# %% [markdown]
# # Ablations
#
# What each part of the proposed model of {cite}`diya2026` is worth, one change at a time (sections 4-1,
# 4-2 and 5-5): each branch, the weights of the losses, squeeze-and-excitation, stochastic depth,
# pretrained weights, augmentation.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
import pandas as pd

from engine.page import tables
from fer_lib.evaluation import ledgers, paired_differences
from fer_lib.evaluation.over_seeds import over_seeds, tallies
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import ablation_page, confusion_claims, named_configs
from fer_lib.papers.diya2026.verdicts import ablations
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
runs = load_runs.need_arms(configs.planned(named_configs.ABLATIONS, settings))
at = ablation_page.opened(runs, data)
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
left_out = ablation_page.against(runs, [(name, "base") for name in out], last, resamples, seed)
tables.table(
    ablation_page.table(runs, left_out, WORDS, last, resamples, seed),
    f"One part left out at a time, on the {tested}",
)

# %% [markdown]
# Section 4-1 says that without the authenticity branch the emotion declined, fear and sadness most.

# %% tags=["hide-input"]
subtle = {}
for name in ("fear", "sad"):
    of = confusion_claims.recall_of(name)
    subtle[name] = paired_differences.difference(
        runs["base"], runs["no_authenticity"], last, "emotion", resamples, seed, of
    )["recall"]
tables.table(
    pd.DataFrame({"with the branch, less without": subtle}).rename_axis("recall of"),
    "Does the authenticity branch help fear and sadness?",
)

# %% [markdown]
# ## The weights of the two losses
#
# The reference has α {claim}`diya2026/table4.alpha` and β {claim}`diya2026/table4.beta`, as Table 4.

# %% tags=["hide-input"]
grid = ("alpha_03", "alpha_05", "alpha_06")
weights = ablation_page.against(runs, [(name, "base") for name in grid], last, resamples, seed)
scored = ablation_page.table(runs, weights, WORDS, last, resamples, seed)
tables.table(scored, f"Loss weights, on the {tested}")
of = confusion_claims.recall_of("genuine")
balanced_recall = paired_differences.difference(
    runs["base"], runs["alpha_05"], last, "authenticity", resamples, seed, of
)["recall"]
# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels, emotion accuracy and authenticity AUC, with a row for each of four loss weights, alpha from 0.3 to 0.6: a mark with its interval."}}
order = ["α 0.3, β 0.7", WORDS["base"], "α 0.5, β 0.5", "α 0.6, β 0.4"]
panels = {
    f"{head} {score}": scored.loc[order, [f"{head} {score}"]].set_axis(["score"], axis=1)
    for head, score in ablation_page.SCORES
}
figure = figures.intervals(panels, "mean over seeds, with its interval")

# %% tags=["hide-input"]
tables.folded(scored.loc[order].reset_index(), "The numbers behind the curves of the loss weights")

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
gates = ablation_page.against(runs, WITH_LESS_WITHOUT, last, resamples, seed)
tables.table(
    [
        {
            "with gates": SE_WORDS[c.first],
            "less": SE_WORDS[c.second],
            "score": f"{c.head} {c.score}",
            "difference": c.difference,
            "p (Holm)": tables.p_value(c.p_holm),
            "seeds": c.difference.seeds,
        }
        for c in gates
    ],
    f"Squeeze-and-excitation, pair by pair, on the {tested}",
)
from_nothing = [
    name for pair in WITH_LESS_WITHOUT for name in pair if not configs.get(name).pretrained
]
alone = {
    (name, head, score): over_seeds(tallies(runs[name], last, head), resamples, seed)[score]
    for name in from_nothing
    for head, score in ablation_page.SCORES
}
at_chance = [
    name
    for name in from_nothing
    if alone[name, "emotion", "accuracy"].low <= 1 / len(EMOTIONS)
    and alone[name, "authenticity", "AUC"].low <= 0.5
]
if at_chance:
    tables.say(
        f"{len(at_chance)} of the {len(from_nothing)} networks from random starts cannot be told from "
        f"chance on either task: in {runs[at_chance[0]][0].about['config']['epochs']} epochs they have "
        "learnt nothing. **Their pairs decide nothing**; profile `book-full` trains them for longer."
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the differences with gates less without for five pairs of networks, in emotion accuracy and authenticity AUC, with intervals and a line at zero."}}
pair_words = {c.first: f"{SE_WORDS[c.first]}\nless {SE_WORDS[c.second]}" for c in gates}
drawn = ablation_page.by_score(gates, pair_words)
figure = figures.intervals(drawn, "with gates, less without", chance=0.0)

# %% [markdown]
# ## Pretrained or random
#
# The whole network, trained from ImageNet weights and from nothing, at the smallest scale of this
# profile: the same images, epochs and seeds.

# %% tags=["hide-input"]
START = {"whole_pretrained": "ImageNet weights", "random_lite0_se": "random start"}
tiny = runs["whole_pretrained"][0].about
start = ablation_page.against(
    runs, [("random_lite0_se", "whole_pretrained")], last, resamples, seed
)
tables.table(
    ablation_page.table(runs, start, START, last, resamples, seed),
    f"Where the network starts, at {tiny['image_size']} pixels and {tiny['config']['epochs']} epochs",
)

# %% [markdown]
# ## Verdicts
#
# Each sentence of the paper is put as a difference that it says is positive. On rendered faces the strongest
# verdict is that its direction was seen.

# %% tags=["hide-input"]
recalls = subtle | {"genuine": balanced_recall}
judged = ablations.differences(left_out, weights, gates, recalls)
ablations.rows(ledger, ground, judged, weights).show("Verdicts on the ablations")
tables.say(ablations.left_after_holm(judged))
