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
# # LIME, scored
#
# LIME {cite}`ribeiro2016` hides parts of an image and fits a linear model to what the network then says. The paper
# shows such pictures (Figure 21) and reads from them that authenticity lies in fine texture, wrinkles and
# shading, and that LIME and Grad-CAM complement each other ({cite}`diya2026`, sections 6-2 and 6-3). On rendered
# faces both can be measured: the renderer can move the skin without changing its shading, and the
# other way round.
#
# The paper's Figure 21 itself: image not available.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import time

import numpy as np
import pandas as pd
import torch

from fer_lib import amounts, arms, claims, collect, page, plots, progress, tensors
from fer_lib.explain import (
    agreement,
    cams,
    cases,
    faithfulness,
    lime,
    regions,
    score_table,
    sized,
    truth,
)
from fer_lib.explain.summary import means
from fer_lib.explain.view import logits
from fer_lib.faces import truth_parts
from fer_lib.labels import AUTHENTICITY, EMOTIONS
from fer_lib.models.output import HEADS

plots.use_style()
ledger = claims.load("diya2026")
scale = amounts.get(profile)
# The proposed model first, then its rival, then the others as far as the profile goes.
chosen = list(dict.fromkeys(["dual_task", arms.RIVAL, *arms.MODELS]))[: scale.lime_models]
runs = {name: collect.first(name, data, data_root, profile, seed) for name in chosen}
if len({run.about["profile"] for run in runs.values()}) > 1:
    # Runs of two profiles have other faces and sizes: then all are the quick ones.
    runs = {name: collect.first(name, data, data_root, "smoke", seed) for name in chosen}
about = runs["dual_task"].about
scale = amounts.get(about["profile"])
side = about["image_size"]
models = {name: sized.of_run(run, side) for name, run in runs.items()}
called = {
    name: arms.MODELS[name] + (", random start" if run.about["random_start"] else "")
    for name, run in runs.items()
}
page.header_of_run(about)

# %% [markdown]
# ## What is explained
#
# Test faces by lot, as on the page before; the class that the model names is explained. The segments are SLIC
# superpixels, the same for every seed, both heads and every model; a segment is hidden under its mean
# colour. Both heads read the same perturbed copies.

# %% tags=["hide-input"]
SEGMENTS = 50  # asked for; SLIC makes somewhat fewer
shown = cases.of_run(runs["dual_task"], data_root, scale.lime_images, seed)
small = tensors.resize(shown.images, side)
people = shown.groups
answers = {name: cases.named(shown, run) for name, run in runs.items()}
segments = [lime.segments_of(image, SEGMENTS) for image in small]
counts = [int(one.max()) + 1 for one in segments]
page.say(
    f"{len(small):,} faces of {len(set(people)):,} subjects, {min(counts)} to {max(counts)} segments each, "
    f"{side} x {side} pixels; {len(models)} models."
)

# %% [markdown]
# ## How many copies are needed
#
# LIME is a lottery: other perturbed copies give another picture. How far it repeats itself is measured first:
# the mean Spearman correlation of the segments' weights over all pairs of five seeds. The copies are not drawn
# one by one but designed: within a block each segment is hidden in half of them, each pair together in a quarter, and every
# copy has its opposite. The smallest number of copies that reaches the stated stability for every model and head is used below.

# %% tags=["hide-input"]
SEEDS = 5
block = 2 << max(counts).bit_length()  # copies of one whole design
sizes = tuple(block << k for k in range(8) if block << k <= max(block, scale.lime_samples))
few = np.unique(np.linspace(0, len(small) - 1, min(4, scale.probe_images)).round().astype(int))
found = {}
for name, model in models.items():
    each = {size: [] for size in sizes}
    for i in few:
        by_size = lime.stability(lime.both_heads(model), small[i], segments[i], sizes, SEEDS)
        for size, values in by_size.items():
            each[size].append(
                [values[lime.column(head, int(answers[name][head][i]))] for head in HEADS]
            )
    for size, values in each.items():
        for k, head in enumerate(HEADS):
            found[name, head, size] = float(np.mean(values, axis=0)[k])
    progress.say(f"stability of LIME, {name}: done")
enough = [
    size
    for size in sizes
    if all(found[name, head, size] >= scale.lime_stability for name in models for head in HEADS)
]
copies = enough[0] if enough else sizes[-1]
page.table(
    pd.DataFrame(
        [
            {"model": called[name], "head": head}
            | {f"{size:,} copies": found[name, head, size] for size in sizes}
            for name in models
            for head in HEADS
        ]
    ),
    f"Stability: mean Spearman correlation over {SEEDS} seeds, {len(few)} faces",
    index=False,
)
page.say(
    f"Asked for is {scale.lime_stability:.2f}. "
    + (
        f"{copies:,} copies reach it."
        if enough
        else f"**The most copies that this profile allows, {copies:,}, do not reach it** for every model and "
        "head: single pictures below are to be read with that in mind; means over faces are not touched by it."
    )
)

# %% tags=["hide-input"]
weights, maps, spent = {}, {}, {}
for name, model in models.items():
    start = time.perf_counter()
    for i, image in enumerate(small):
        weights[name, i] = lime.weights_of(model, image, segments[i], copies, seed)
    spent[name] = (time.perf_counter() - start) / len(small)
    for head in HEADS:
        maps[name, head] = np.stack(
            [
                weights[name, i][segments[i], lime.column(head, int(answers[name][head][i]))]
                for i in range(len(small))
            ]
        ).astype(np.float32)
    progress.say(f"LIME of {name}: done")
page.table(
    pd.DataFrame(
        {"model": [called[name] for name in models], "seconds": [f"{spent[n]:.2f}" for n in models]}
    ),
    f"Seconds an image for both heads, {copies:,} copies",
    index=False,
)

# %% tags=["hide-input"]
if shown.has_truth:
    whole = cases.truths(shown, side)
    masks = {
        key: np.stack([truth.truth_mask(one) if one.any() else one > 0 for one in found_])
        for key, found_ in whole.items()
    }
    places = regions.stack(cases.landmarks(shown, side), side)
    progress.say("truth maps: done")
else:
    page.say(
        "These faces are photographs: nobody knows where their expression is. **All scores against "
        "truth, the regions and the exchange of geometry and shading are left out on this page**; "
        "stability, deletion and insertion and the agreement with Grad-CAM are here."
    )

# %% [markdown]
# ## Figure 21, re-made
#
# Segments that speak for the class that the proposed model names, brighter the more, one face of each emotion.

# %% tags=["hide-input"]


def figure_21(authenticity):
    """Draw one row an emotion: the face, and for each head truth and LIME."""
    which = [
        int(places_[0])
        for emotion in EMOTIONS
        if len(
            places_ := np.nonzero(
                (shown.table["authenticity"] == authenticity) & (shown.table["emotion"] == emotion)
            )[0]
        )
    ]
    columns = {"face": [small[i].permute(1, 2, 0).numpy() / 255 for i in which]}
    for head in HEADS:
        if shown.has_truth:
            columns[f"truth:\n{head}"] = [
                plots.overlay(small[i].permute(1, 2, 0).numpy(), whole[head, "whole"][i])
                for i in which
            ]
        columns[f"LIME:\n{head}"] = [
            plots.overlay(small[i].permute(1, 2, 0).numpy(), maps["dual_task", head][i])
            for i in which
        ]
    names = [shown.table["emotion"][i] for i in which]
    return plots.image_grid(
        np.array(list(columns.values())).swapaxes(0, 1), list(columns), names, 6.5
    )


# %% tags=["hide-input"] mystnb={"image": {"alt": "Genuine faces, one an emotion and a row each: the face, the true place of the expression, LIME of the emotion head, the true place of authenticity, LIME of the authenticity head; segments that speak for the class glow."}}
figure = figure_21("genuine")

# %% [markdown]
# *Genuine expressions.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Fake faces, one an emotion and a row each: the face, the true place of the expression, LIME of the emotion head, the true place of authenticity, LIME of the authenticity head; segments that speak for the class glow."}}
figure = figure_21("fake")

# %% [markdown]
# *Fake expressions.*

# %% [markdown]
# ## Against the truth
#
# The same scores and levels of chance as for Grad-CAM: an even map, and the maps of other people. Grad-CAM of the same faces stands
# beside LIME, at the last feature map and, for the proposed model, at the finer layer.

# %% tags=["hide-input"]
compared = {("LIME", name, head): held for (name, head), held in maps.items()}
for name, model in models.items():
    targets = cases.targets(answers[name])
    last = {head: model.explained_layer(head) for head in HEADS}
    chosen_layers = {"Grad-CAM": last}
    if name == "dual_task":
        chosen_layers["Grad-CAM, finer layer"] = {
            head: cams.finer_layer(model, last[head], small[:1]) for head in HEADS
        }
    for method, layers in chosen_layers.items():
        for (_, head), held in cams.maps(model, small, layers, targets, ("Grad-CAM",)).items():
            compared[method, name, head] = truth.resized(held, side)
if shown.has_truth:
    scored = []
    for (method, name, head), held in compared.items():
        one = score_table.of_faces(held, masks[head, "whole"], people)
        one = one.assign(method=method, model=name, head=head, group=people)
        for part in ("geometry", "shading"):
            one[part] = np.diagonal(truth.energy_share(held, masks[head, part]))
            one[f"{part}: excess"] = one[part] - masks[head, part].mean((1, 2))
        only = masks[head, "shading"] & ~masks[head, "geometry"]
        one["shading only: excess"] = np.diagonal(truth.energy_share(held, only)) - only.mean(
            (1, 2)
        )
        outside = regions.REGIONS.index("periphery")
        one["periphery: excess"] = (
            regions.shares(held, places)[:, outside] - regions.areas(places)[:, outside]
        )
        one["right"] = answers[name][f"{head} right"].to_numpy()
        one["authenticity"] = shown.table["authenticity"].to_numpy()
        scored.append(one)
    scored = pd.concat(scored, ignore_index=True)


def of(method, name, head):
    """Return the scored faces of one method, model and head."""
    return scored[
        (scored["method"] == method) & (scored["model"] == name) & (scored["head"] == head)
    ].reset_index(drop=True)


def mean_of(part, columns):
    """Return each column's mean with its interval by subject."""
    return means(part, list(columns), part["group"].to_numpy(), scale.bootstrap, seed)


# %% tags=["hide-input"]
if shown.has_truth:
    page.say(
        f"The mask holds {truth.TRUTH_ENERGY:.0%} of the true change. Intervals resample subjects "
        f"({scale.bootstrap:,} draws)."
    )
    gains = {}
    for head in HEADS:
        lines = []
        for method, name, of_head in compared:
            if of_head != head:
                continue
            line = score_table.scores(of(method, name, head), mean_of)
            gains[method, name, head] = line["AUC: gain"]
            lines.append({"map": f"{called[name]}, {method}"} | line)
        page.table(pd.DataFrame(lines).set_index("map"), f"Maps against the truth, head {head}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot: how much better than other people's maps LIME and Grad-CAM of each model rank the pixels of the truth, as a gain in AUC with its interval, for both heads; the dashed line is no gain."}}
if shown.has_truth:
    order = list(dict.fromkeys((method, name) for method, name, _ in compared))
    chart = pd.DataFrame(
        {head: [gains[method, name, head] for method, name in order] for head in HEADS},
        index=[f"{called[name]},\n{method}" for method, name in order],
    )
    figure = plots.intervals(chart, "gain in AUC over other people's maps", 0.0)

# %% tags=["hide-input"]
if shown.has_truth:
    lines = [
        {"model": called[name], "head": head} | score_table.by_kind(of("LIME", name, head), mean_of)
        for name in models
        for head in HEADS
    ]
    page.table(
        pd.DataFrame(lines),
        "LIME: gain in AUC over other people's maps, by kind of face",
        index=False,
    )

# %% [markdown]
# ## Geometry, wrinkles and shading, periphery
#
# Where a face differs from its twin of the other class (authenticity) or from the neutral face (emotion), the skin
# lies elsewhere, and light falls on it otherwise. The renderer makes each change alone, so each has its mask. Shown is the
# share of relevance on a mask less that of an even map. The masks overlap, because folds lie where
# skin moves; the fourth column is what shading alone covers. A superpixel is larger than a
# wrinkle: no map of superpixels can separate the two where they lie side by side.

# %% tags=["hide-input"]
WORDS = {
    "geometry: excess": "geometry",
    "shading: excess": "wrinkles and shading",
    "periphery: excess": "periphery",
    "shading only: excess": "wrinkles and shading, without geometry",
}
if shown.has_truth:
    lines = []
    for head in HEADS:
        for method, name, of_head in compared:
            if of_head == head:
                held = mean_of(of(method, name, head), WORDS)
                lines.append(
                    {"head": head, "map": f"{called[name]}, {method}"}
                    | {words: held[column] for column, words in WORDS.items()}
                )
    page.table(
        pd.DataFrame(lines),
        "Share of relevance on each part, less that of an even map",
        index=False,
    )

# %% [markdown]
# ## What the model answers when only one part changes
#
# There is a better question than where a map glows. Give the model the same face with only the geometry of its twin of the
# other class, or with only the twin's wrinkles and shading, and see how far its answer moves towards the other class. The
# whole change is the twin itself. This is measured in log-odds of the true class (positive: the change misleads the
# model as it should), on noiseless renders of the faces above.

# %% tags=["hide-input"]
if shown.has_truth:
    moved = []
    for i, row in enumerate(shown.rows):
        steps = truth_parts.steps(row, cases.others(row)["authenticity"])
        batch = np.stack([steps.itself, steps.moved, steps.shaded, steps.other])
        batch = tensors.normalise(tensors.resize(batch, side))
        true = AUTHENTICITY.index(row["authenticity"])
        for name, model in models.items():
            with torch.inference_mode():
                said = logits(model(batch), "authenticity")
            odds = (said[:, 1] - said[:, 0]).numpy() * (1 if true == 1 else -1)
            moved.append(
                {
                    "model": name,
                    "group": people[i],
                    "geometry alone": odds[0] - odds[1],
                    "wrinkles and shading alone": odds[0] - odds[2],
                    "both, the twin": odds[0] - odds[3],
                }
            )
    moved = pd.DataFrame(moved)
    moved["geometry less shading"] = moved["geometry alone"] - moved["wrinkles and shading alone"]
    columns = list(moved.columns[2:])
    exchanged = {name: mean_of(moved[moved["model"] == name], columns) for name in models}
    page.table(
        pd.DataFrame({called[name]: exchanged[name] for name in models}).T.rename_axis("model"),
        "How far the authenticity head's log-odds of the true class fall",
    )

# %% [markdown]
# ## Deletion and insertion
#
# As on the page before: the proposed model's probability of the named class while the pixels that a map calls
# important are blurred, or brought back; noise on a grid as coarse as the segments is chance.

# %% tags=["hide-input"]
probe = np.unique(np.linspace(0, len(small) - 1, min(14, scale.probe_images)).round().astype(int))
STEPS = 8
lines = []
curves = {}
for head in HEADS:
    asked = cases.targets(answers["dual_task"])[head][probe]
    tried = {
        method: compared[method, "dual_task", head][probe]
        for method in ("LIME", "Grad-CAM", "Grad-CAM, finer layer")
    }
    cells = round(np.mean(counts) ** 0.5)
    tried["noise"] = faithfulness.chance_maps(len(probe), cells, side, seed)
    for method, held in tried.items():
        curves[head, method] = faithfulness.curves(
            models["dual_task"], small[probe], held, head, asked, STEPS
        )
    chance = curves[head, "noise"].areas()
    for method in list(tried)[:-1]:
        areas_of = curves[head, method].areas()
        frame = pd.DataFrame(
            {
                "deletion": areas_of["deletion"],
                "insertion": areas_of["insertion"],
                "deletion below noise": chance["deletion"] - areas_of["deletion"],
                "insertion above noise": areas_of["insertion"] - chance["insertion"],
            }
        )
        held = means(frame, list(frame), people[probe], scale.bootstrap, seed)
        lines.append({"head": head, "method": method} | held)
page.table(
    pd.DataFrame(lines),
    f"Mean probability along the curves, {called['dual_task']}, {len(probe)} faces, {STEPS} steps",
    index=False,
)
progress.say("deletion and insertion: done")

# %% [markdown]
# ## Do LIME and Grad-CAM complement each other?
#
# Two maps that rank the pixels alike repeat each other; two that disagree may both be wrong. They complement each other
# if they disagree *and* the mean of their ranks finds the truth better than either alone. The agreement of a
# map with other people's maps of the other method is the level of chance.

# %% tags=["hide-input"]


def ranked(held):
    """Return maps as ranks in [0, 1], face by face."""
    order = np.argsort(np.argsort(held.reshape(len(held), -1), axis=1, kind="stable"), axis=1)
    return (order / order.shape[1]).reshape(held.shape)


lines = []
together = {}
for head in HEADS:
    for method in ("Grad-CAM", "Grad-CAM, finer layer"):
        one, two = compared["LIME", "dual_task", head], compared[method, "dual_task", head]
        frame = pd.DataFrame(
            {
                "agreement": agreement.spearman(one, two),
                "with other people": agreement.with_others(one, two, people),
            }
        )
        if shown.has_truth:
            mask = masks[head, "whole"]
            alone = [np.diagonal(truth.auc(held, mask)) for held in (one, two)]
            both = np.diagonal(truth.auc(ranked(one) + ranked(two), mask))
            frame["AUC, LIME"], frame["AUC, Grad-CAM"], frame["AUC, both"] = *alone, both
            best = np.nanmean(alone, axis=1).argmax()
            frame["both less the better"] = both - alone[best]
        held = means(frame, list(frame), people, scale.bootstrap, seed)
        together[head, method] = held
        lines.append({"head": head, "LIME beside": method} | held)
page.table(pd.DataFrame(lines), f"LIME and Grad-CAM, {called['dual_task']}", index=False)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
ground = claims.Ground("diya2026", data, about["profile"])
verdicts = []
if shown.has_truth:
    held = of("LIME", "dual_task", "authenticity")
    held["texture less geometry"] = held["shading: excess"] - held["geometry: excess"]
    found_ = mean_of(held, ["shading: excess", "texture less geometry", "AUC: gain"])
    rows = [
        (
            "xai.lime",
            "share of relevance on wrinkles and shading, less an even map's",
            found_["shading: excess"],
        ),
        (
            "xai.lime",
            "the same, less the excess on geometry",
            found_["texture less geometry"],
        ),
        (
            "xai.lime",
            "fall of log-odds when only wrinkles and shading are the twin's",
            exchanged["dual_task"]["wrinkles and shading alone"],
        ),
        (
            "xai.complementary",
            "AUC of both maps together less the better one's, authenticity head, finer layer",
            together["authenticity", "Grad-CAM, finer layer"]["both less the better"],
        ),
        (
            "xai.complementary",
            "the same, emotion head",
            together["emotion", "Grad-CAM, finer layer"]["both less the better"],
        ),
    ]
    for key, what, measured in rows:
        verdict = claims.of_direction(measured, ground)
        verdicts.append(
            claims.Row(ledger[key], verdict, measured, about=f"{ledger[key].title}: {what}")
        )
else:
    for key in ("xai.lime", "xai.complementary"):
        why = claims.Verdict("not testable", "photographs carry no truth here")
        verdicts.append(claims.Row(ledger[key], why))
page.verdict_table(verdicts, "Verdicts on the paper's sentences about LIME")
