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
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from engine.page import budget, tables
from engine.page.verdict_rows import VerdictRows
from engine.store import progress
from face_renderer import truth_parts
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.verdicts import Ground
from fer_lib.explain import lime
from fer_lib.explain.one_head import logits
from fer_lib.labels import AUTHENTICITY
from fer_lib.papers.diya2026 import named_configs
from fer_lib.papers.diya2026.explanations import (
    cams_one_pass,
    deletion_insertion,
    explained_faces,
    face_regions,
    lime_stability,
    map_agreement,
    map_page,
    map_scores,
    resized_model,
    score_table,
)
from fer_lib.papers.diya2026.explanations.finer_layer import finer_layer
from fer_lib.papers.diya2026.verdicts import maps as map_verdicts
from fer_lib.plots import figures
from fer_lib.training import augmentation, configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
scale = budget.get(profile)
# The proposed model first, then its rival, then the others as far as the profile goes.
chosen = list(dict.fromkeys(["dual_task", named_configs.RIVAL, *named_configs.MODELS]))[
    : scale.lime_models
]
runs = {name: load_runs.need(configs.first(name, settings)) for name in chosen}
if len({run.about["profile"] for run in runs.values()}) > 1:
    # Runs of two profiles have other faces and sizes: then all are the quick ones.
    quick = replace(settings, profile="smoke")
    runs = {name: load_runs.need(configs.first(name, quick)) for name in chosen}
about, task = runs["dual_task"].about, runs["dual_task"].task
HEADS = task.names
scale = budget.get(about["profile"])
side = about["image_size"]
models = {name: resized_model.of_run(run, side) for name, run in runs.items()}
called = map_page.titles(runs)
tables.header_of_run(about)

# %% [markdown]
# ## What is explained
#
# Test faces by lot, as on the page before; the class that the model names is explained. The segments are SLIC
# superpixels, the same for every seed, both heads and every model; a segment is hidden under its mean
# colour. Both heads read the same perturbed copies.

# %% tags=["hide-input"]
SEGMENTS = 50  # asked for; SLIC makes somewhat fewer
shown = explained_faces.of_run(runs["dual_task"], data_root, scale.lime_images, seed)
small = augmentation.resize(shown.images, side)
faces = map_page.Faces(shown, small, scale.bootstrap, seed)
people = faces.people
answers = {name: explained_faces.named(shown, run) for name, run in runs.items()}
segments = [lime.segments_of(image, SEGMENTS) for image in small]
counts = [int(one.max()) + 1 for one in segments]
tables.say(
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
few = map_page.probed(len(small), min(4, scale.probe_images))
found = {}
for name, model in models.items():
    predict = lime.all_heads(model)
    each = [lime_stability.stability(predict, small[i], segments[i], sizes, SEEDS) for i in few]
    for head in HEADS:
        columns = [lime.column(task, head, int(answers[name][head][i])) for i in few]
        for size in sizes:
            values = [one[size][k] for one, k in zip(each, columns, strict=True)]
            found[name, head, size] = float(np.mean(values))
    progress.say(f"stability of LIME, {name}: done")
enough = [
    size
    for size in sizes
    if all(found[name, head, size] >= scale.lime_stability for name in models for head in HEADS)
]
copies = enough[0] if enough else sizes[-1]
tables.table(
    [
        {"model": called[name], "head": head}
        | {f"{size:,} copies": found[name, head, size] for size in sizes}
        for name in models
        for head in HEADS
    ],
    f"Stability: mean Spearman correlation over {SEEDS} seeds, {len(few)} faces",
)
tables.say(
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
                weights[name, i][segments[i], lime.column(task, head, int(answers[name][head][i]))]
                for i in range(len(small))
            ]
        ).astype(np.float32)
    progress.say(f"LIME of {name}: done")
map_page.say_times(called, spent, 2, f"both heads, {copies:,} copies")
# %% tags=["hide-input"]
if shown.has_truth:
    whole = explained_faces.truths(shown, side)
    masks = map_page.masks_of(whole)
    places = face_regions.stack(explained_faces.landmarks(shown, side), side)
    progress.say("truth maps: done")
else:
    tables.say(
        "These faces are photographs: nobody knows where their expression is. **All scores against "
        "truth, the regions and the exchange of geometry and shading are left out on this page**; "
        "stability, deletion and insertion and the agreement with Grad-CAM are here."
    )

# %% [markdown]
# ## Figure 21, re-made
#
# Segments that speak for the class that the proposed model names, brighter the more, one face of each emotion.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Genuine faces, one an emotion and a row each: the face, the true place of the expression, LIME of the emotion head, the true place of authenticity, LIME of the authenticity head; segments that speak for the class glow."}}
true_maps = whole if shown.has_truth else None
of_lime = {head: maps["dual_task", head] for head in HEADS}
figure = faces.explained(faces.of_each_emotion("genuine", apart=False), "LIME", of_lime, true_maps)

# %% [markdown]
# *Genuine expressions.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Fake faces, one an emotion and a row each: the face, the true place of the expression, LIME of the emotion head, the true place of authenticity, LIME of the authenticity head; segments that speak for the class glow."}}
figure = faces.explained(faces.of_each_emotion("fake", apart=False), "LIME", of_lime, true_maps)

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
    targets = explained_faces.targets(answers[name])
    last = {head: model.explained_layer(head) for head in HEADS}
    chosen_layers = {"Grad-CAM": last}
    if name == "dual_task":
        chosen_layers["Grad-CAM, finer layer"] = {
            head: finer_layer(model, last[head], small[:1]) for head in HEADS
        }
    for method, layers in chosen_layers.items():
        for (_, head), held in cams_one_pass.maps(
            model, small, layers, targets, ("Grad-CAM",)
        ).items():
            compared[method, name, head] = map_scores.resized(held, side)
if shown.has_truth:
    scored = []
    for (method, name, head), held in compared.items():
        right = answers[name][f"{head} right"]
        one = faces.scored(held, masks, places, head, right)
        scored.append(one.assign(method=method, model=name, head=head))
    scored = pd.concat(scored, ignore_index=True)


def of(method, name, head):
    """Return the scored faces of one method, model and head."""
    return map_page.rows_of(scored, method=method, model=name, head=head)


# %% tags=["hide-input"]
if shown.has_truth:
    tables.say(
        f"The mask holds {map_scores.TRUTH_ENERGY:.0%} of the true change. Intervals resample subjects "
        f"({scale.bootstrap:,} draws)."
    )
    gains = {}
    for head in HEADS:
        lines = []
        for method, name, of_head in compared:
            if of_head != head:
                continue
            line = score_table.scores(of(method, name, head), faces.mean)
            gains[method, name, head] = line["AUC: gain"]
            lines.append({"map": f"{called[name]}, {method}"} | line)
        tables.table(pd.DataFrame(lines).set_index("map"), f"Maps against the truth, head {head}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot: how much better than other people's maps LIME and Grad-CAM of each model rank the pixels of the truth, as a gain in AUC with its interval, for both heads; the dashed line is no gain."}}
if shown.has_truth:
    order = list(dict.fromkeys((method, name) for method, name, _ in compared))
    chart = pd.DataFrame(
        {head: [gains[method, name, head] for method, name in order] for head in HEADS},
        index=[f"{called[name]},\n{method}" for method, name in order],
    )
    figure = figures.intervals(chart, "gain in AUC over other people's maps", 0.0)

# %% tags=["hide-input"]
if shown.has_truth:
    lines = [
        {"model": called[name], "head": head}
        | score_table.by_kind(of("LIME", name, head), faces.mean)
        for name in models
        for head in HEADS
    ]
    tables.table(lines, "LIME: gain in AUC over other people's maps, by kind of face")

# %% [markdown]
# ## Geometry, wrinkles and shading, periphery
#
# Where a face differs from its twin of the other class (authenticity) or from the neutral face (emotion), the skin
# lies elsewhere, and light falls on it otherwise. The renderer makes each change alone, so each has its mask. Shown is the
# share of relevance on a mask less that of an even map. The masks overlap, because folds lie where
# skin moves; the fourth column is what shading alone covers. A superpixel is larger than a
# wrinkle: no map of superpixels can separate the two where they lie side by side.

# %% tags=["hide-input"]
WORDS = map_page.EXCESS | {map_page.ONLY_SHADING: "wrinkles and shading, without geometry"}
if shown.has_truth:
    lines = []
    for head in HEADS:
        for method, name, of_head in compared:
            if of_head == head:
                held = faces.mean(of(method, name, head), WORDS)
                held = {words: held[column] for column, words in WORDS.items()}
                lines.append({"head": head, "map": f"{called[name]}, {method}"} | held)
    tables.table(lines, "Share of relevance on each part, less that of an even map")

# %% [markdown]
# ## What the model answers when only one part changes
#
# There is a better question than where a map glows. Give the model the same face with only the geometry of its twin of the
# other class, or with only the twin's wrinkles and shading, and see how far its answer moves towards the other class. The
# whole change is the twin itself. This is measured in log-odds of the true class (positive: the change misleads the
# model as it should), on noiseless renders of the faces above.

# %% tags=["hide-input"]
if shown.has_truth:
    CHANGED = ("geometry alone", "wrinkles and shading alone", "both, the twin")
    moved = []
    for i, row in enumerate(shown.rows):
        steps = truth_parts.steps(row, explained_faces.others(row)["authenticity"])
        batch = np.stack([steps.itself, steps.moved, steps.shaded, steps.other])
        batch = augmentation.normalise(augmentation.resize(batch, side))
        true = AUTHENTICITY.index(row["authenticity"])
        for name, model in models.items():
            with torch.inference_mode():
                said = logits(model(batch), "authenticity")
            odds = (said[:, 1] - said[:, 0]).numpy() * (1 if true == 1 else -1)
            falls = zip(CHANGED, odds[0] - odds[1:], strict=True)
            moved.append({"model": name, "group": people[i], **dict(falls)})
    moved = pd.DataFrame(moved)
    moved["geometry less shading"] = moved["geometry alone"] - moved["wrinkles and shading alone"]
    columns = list(moved.columns[2:])
    exchanged = {name: faces.mean(moved[moved["model"] == name], columns) for name in models}
    tables.table(
        pd.DataFrame({called[name]: exchanged[name] for name in models}).T.rename_axis("model"),
        "How far the authenticity head's log-odds of the true class fall",
    )

# %% [markdown]
# ## Deletion and insertion
#
# As on the page before: the proposed model's probability of the named class while the pixels that a map calls
# important are blurred, or brought back; noise on a grid as coarse as the segments is chance.

# %% tags=["hide-input"]
probe = map_page.probed(len(small), min(14, scale.probe_images))
STEPS = 8
lines = []
for head in HEADS:
    asked = explained_faces.targets(answers["dual_task"])[head][probe]
    methods = ("LIME", "Grad-CAM", "Grad-CAM, finer layer")
    tried = {method: compared[method, "dual_task", head][probe] for method in methods}
    cells = round(np.mean(counts) ** 0.5)
    curves = deletion_insertion.with_noise(
        models["dual_task"], small[probe], tried, head, asked, cells, STEPS, seed
    )
    for method in tried:
        frame = deletion_insertion.beside_noise(curves[method], curves["noise"])
        held = faces.mean(frame, people=people[probe])
        lines.append({"head": head, "method": method} | held)
tables.table(
    lines,
    f"Mean probability along the curves, {called['dual_task']}, {len(probe)} faces, {STEPS} steps",
)
progress.say("deletion and insertion: done")

# %% [markdown]
# ## Do LIME and Grad-CAM complement each other?
#
# Two maps that rank the pixels alike repeat each other; two that disagree may both be wrong. They complement each other
# if they disagree *and* the mean of their ranks finds the truth better than either alone. The agreement of a
# map with other people's maps of the other method is the level of chance.

# %% tags=["hide-input"]


lines = []
together = {}
for head in HEADS:
    for method in ("Grad-CAM", "Grad-CAM, finer layer"):
        one, two = compared["LIME", "dual_task", head], compared[method, "dual_task", head]
        frame = pd.DataFrame({"agreement": map_agreement.spearman(one, two)})
        frame["with other people"] = map_agreement.with_others(one, two, people)
        if shown.has_truth:
            mask = masks[head, "whole"]
            alone = [np.diagonal(map_scores.auc(held, mask)) for held in (one, two)]
            both = np.diagonal(
                map_scores.auc(map_agreement.ranked(one) + map_agreement.ranked(two), mask)
            )
            frame["AUC, LIME"], frame["AUC, Grad-CAM"], frame["AUC, both"] = *alone, both
            best = np.nanmean(alone, axis=1).argmax()
            frame["both less the better"] = both - alone[best]
        held = faces.mean(frame, people=people)
        together[head, method] = held
        lines.append({"head": head, "LIME beside": method} | held)
tables.table(lines, f"LIME and Grad-CAM, {called['dual_task']}")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
ground = Ground("diya2026", data, about["profile"])
verdicts = VerdictRows(ledger, ground)
if shown.has_truth:
    better = {
        head: together[head, "Grad-CAM, finer layer"]["both less the better"] for head in HEADS
    }
    held = of("LIME", "dual_task", "authenticity")
    map_verdicts.lime(verdicts, faces.mean, held, exchanged["dual_task"], better)
else:
    why = "photographs carry no truth here"
    map_verdicts.without_truth(verdicts, map_verdicts.OF_LIME, why)
verdicts.show("Verdicts on the paper's sentences about LIME")
