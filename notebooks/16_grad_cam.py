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
# # Grad-CAM, scored
#
# Where does the network look? The paper shows Grad-CAM pictures (Figure 20) and reads them by eye
# ({cite}`diya2026`, section 6-1). A picture convinces whether it is right or not. On rendered faces
# the question has an answer: the pixels that carry the expression, and those that carry its
# authenticity, are known. So here the maps are scored: against the truth, against what the model does
# when their pixels go, and against models whose weights have been shuffled.
#
# The paper's Figure 20 itself: image not available.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import textwrap
import time

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from fer_lib import amounts, arms, claims, collect, experiment, page, plots, progress, tensors
from fer_lib.explain import (
    agreement,
    cams,
    cases,
    faithfulness,
    randomisation,
    regions,
    score_table,
    sized,
    truth,
)
from fer_lib.explain.summary import means
from fer_lib.intervals import bootstrap
from fer_lib.labels import EMOTIONS
from fer_lib.models.output import HEADS

plots.use_style()
ledger = claims.load("diya2026")
NO_SE, WITH_SE = "lite0", "lite0_se"  # the same start and training, without and with gates
asked = (*arms.MODELS, NO_SE, WITH_SE)
runs = collect.need_arms(asked, data, data_root, profile, seed)
if len({run.about["profile"] for held in runs.values() for run in held}) > 1:
    # Runs of two profiles have other faces and sizes: then all are the quick ones.
    runs = collect.need_arms(asked, data, data_root, "smoke", seed)
first = {name: runs[name][0] for name in arms.MODELS}
about = first["dual_task"].about
scale = amounts.get(about["profile"])
side = about["image_size"]
models = {name: sized.of_run(run, side) for name, run in first.items()}
called = {
    name: words + (", random start" if first[name].about["random_start"] else "")
    for name, words in arms.MODELS.items()
}
page.header_of_run(about)

# %% [markdown]
# ## What is explained
#
# Test faces that no training has seen, drawn by lot, each emotion equally often genuine and fake.
# **Explained is the class that the model names**, right or wrong, as the paper explains decisions.
# Each head is differentiated by itself, and both heads' maps by all methods come from one forward
# pass. Grad-CAM {cite}`selvaraju2017` and Grad-CAM++ {cite}`chattopadhay2018` ask the gradient of the
# head; EigenCAM {cite}`muhammad2020` does not: it is the first principal component of the features,
# the same for both heads wherever they share a layer, and so shows what a map finds that knows
# neither head nor class.

# %% tags=["hide-input"]
shown = cases.of_run(first["dual_task"], data_root, scale.cam_images, seed)
small = tensors.resize(shown.images, side)
people = shown.groups
answers = {name: cases.named(shown, run) for name, run in first.items()}
targets = {name: cases.targets(found) for name, found in answers.items()}
layers = {
    name: {head: model.explained_layer(head) for head in HEADS} for name, model in models.items()
}
maps, spent = {}, {}
for name, model in models.items():
    start = time.perf_counter()
    for (method, head), found in cams.maps(model, small, layers[name], targets[name]).items():
        maps[name, method, head] = found
    spent[name] = (time.perf_counter() - start) / len(small)
    progress.say(f"CAMs of {name}: done")
# The same model once more, at a layer that runs earlier.
FINER = "finer"
called[FINER] = f"{called['dual_task']}, finer layer"
finer = {
    head: cams.finer_layer(models["dual_task"], layers["dual_task"][head], small[:1])
    for head in HEADS
}
answers[FINER], targets[FINER] = answers["dual_task"], targets["dual_task"]
for (method, head), found in cams.maps(models["dual_task"], small, finer, targets[FINER]).items():
    maps[FINER, method, head] = found
everyone = [*models, FINER]
page.table(
    pd.DataFrame(
        {
            called[name]: {
                "maps' grid, emotion": "{} x {}".format(
                    *maps[name, "Grad-CAM", "emotion"].shape[1:]
                ),
                "maps' grid, authenticity": "{} x {}".format(
                    *maps[name, "Grad-CAM", "authenticity"].shape[1:]
                ),
                "emotion right": float(answers[name]["emotion right"].mean()),
                "authenticity right": float(answers[name]["authenticity right"].mean()),
            }
            for name in models
        }
    ).T.rename_axis("model"),
    f"The models on the {len(small):,} faces of {len(set(people)):,} subjects that are explained",
)
page.say(
    f"Maps are laid over images of {side} x {side} pixels, the proposed model's own size; a model that "
    "learnt from smaller images sees these made smaller. A grid of few cells "
    "cannot follow a thin brow: rows of different grids are not a ranking of models. The proposed model "
    "is therefore explained twice: at its last feature map, and at the last layer before it on a finer "
    f"grid ({maps[FINER, 'Grad-CAM', 'emotion'].shape[1]} x {maps[FINER, 'Grad-CAM', 'emotion'].shape[2]} "
    "cells here), which is nearer to what the paper's image size gives its last layer. Figure 20, the "
    "regions and the verdicts below are of that finer layer."
)

# %% tags=["hide-input"]
if shown.has_truth:
    whole = cases.truths(shown, side, ("authenticity",))
    masks = {
        key: np.stack([truth.truth_mask(one) if one.any() else one > 0 for one in found])
        for key, found in whole.items()
    }
    places = regions.stack(cases.landmarks(shown, side), side)
    areas = regions.areas(places)
    progress.say("truth maps: done")
else:
    page.say(
        "These faces are photographs: nobody knows where their expression is. **All scores against "
        "truth and all facial regions are left out on this page**; deletion and insertion, "
        "randomisation, agreement and stability need no truth and are here."
    )


def large(name, method, head, which=slice(None)):
    """Return maps at the size of the images."""
    return truth.resized(maps[name, method, head][which], side)


# %% [markdown]
# ## Figure 20, re-made
#
# The proposed model at its finer layer, one test face of each emotion, by lot: Grad-CAM of each head
# and, where faces are rendered, the true change against the neutral face, and against the same face of
# the other class.

# %% tags=["hide-input"]


def of_each_emotion(authenticity):
    """Return by emotion the place of one face, genuine or fake, of different people if possible."""
    wanted = shown.table["authenticity"] == authenticity
    found = {
        emotion: np.nonzero((wanted & (shown.table["emotion"] == emotion)).to_numpy())[0]
        for emotion in EMOTIONS
    }
    return {
        emotion: int(one[k * len(one) // len(found)])
        for k, (emotion, one) in enumerate(found.items())
        if len(one)
    }


def figure_20(authenticity):
    """Draw one row an emotion: the face, and for each head truth and Grad-CAM."""
    chosen = of_each_emotion(authenticity)
    which = list(chosen.values())
    columns = {"face": [small[i].permute(1, 2, 0).numpy() / 255 for i in which]}
    for head in HEADS:
        found = large(FINER, "Grad-CAM", head, which)
        if shown.has_truth:
            columns[f"truth:\n{head}"] = [
                plots.overlay(small[i].permute(1, 2, 0).numpy(), whole[head, "whole"][i])
                for i in which
            ]
        columns[f"Grad-CAM:\n{head}"] = [
            plots.overlay(small[i].permute(1, 2, 0).numpy(), one)
            for i, one in zip(which, found, strict=True)
        ]
    grid = np.array(list(columns.values())).swapaxes(0, 1)
    return plots.image_grid(grid, list(columns), list(chosen), 6.5)


# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven genuine faces, one an emotion and a row each: the face, the true place of the expression, Grad-CAM of the emotion head, the true place of authenticity, Grad-CAM of the authenticity head, as glowing overlays."}}
figure = figure_20("genuine")

# %% [markdown]
# *Genuine expressions.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven fake faces, one an emotion and a row each: the face, the true place of the expression, Grad-CAM of the emotion head, the true place of authenticity, Grad-CAM of the authenticity head, as glowing overlays."}}
figure = figure_20("fake")

# %% [markdown]
# *Fake expressions.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Grad-CAM of all models on one genuine and one fake happy face, a row a model, each head in a column of its own."}}
two = [of_each_emotion(word)["happy"] for word in ("genuine", "fake")]
grid = np.array(
    [
        [
            plots.overlay(small[i].permute(1, 2, 0).numpy(), large(name, "Grad-CAM", head, [i])[0])
            for i in two
            for head in HEADS
        ]
        for name in models
    ]
)
titles = [f"{word}:\n{head}" for word in ("genuine", "fake") for head in HEADS]
figure = plots.image_grid(grid, titles, [textwrap.fill(called[n], 16) for n in models], 6.5)

# %% [markdown]
# *All models, Grad-CAM, a genuine and a fake happy face.*

# %% [markdown]
# ## Against the truth
#
# The truth mask is the smallest set of pixels that holds a fixed share of the true change. Three
# scores: the **share of positive relevance** on it, the **pointing game** (does the highest point lie on
# it, {cite}`zhang2018`), and the **AUC** of the map as a ranking of the mask's pixels. Two levels of chance stand
# beside each: what a map that knows nothing gets (the mask's share of the image; one half for the
# AUC), and what the *same model's maps of other people* get on this mask: they keep the habit of
# looking at the middle of a face and know nothing of this one. Only what exceeds the second shows
# that the map follows this face. A map without any relevance is left out.

# %% tags=["hide-input"]
if shown.has_truth:
    scored = []
    for (name, method, head), _ in maps.items():
        found = large(name, method, head)
        one = score_table.of_faces(found, masks[head, "whole"], people)
        one = one.assign(model=name, method=method, head=head, face=range(len(small)))
        in_regions = regions.shares(found, places)
        for k, region in enumerate(regions.REGIONS):
            one[region], one[f"{region}: area"] = in_regions[:, k], areas[:, k]
        for part in ("geometry", "shading") if head == "authenticity" else ():
            one[part] = np.diagonal(truth.energy_share(found, masks[head, part]))
            one[f"{part}: area"] = masks[head, part].mean((1, 2))
        one["right"] = answers[name][f"{head} right"].to_numpy()
        scored.append(one)
    scored = pd.concat(scored, ignore_index=True)
    scored["group"] = people[scored["face"]]
    for column in ("emotion", "authenticity"):
        scored[column] = shown.table[column].to_numpy()[scored["face"]]
    progress.say("scores: done")
    page.say(
        f"The mask holds {truth.TRUTH_ENERGY:.0%} of the true change. Intervals resample subjects "
        f"({scale.bootstrap:,} draws). *Gain* is the mean difference from other people's maps."
    )


def of(name, method, head):
    """Return the scored faces of one model, method and head."""
    return scored[
        (scored["model"] == name) & (scored["method"] == method) & (scored["head"] == head)
    ]


def mean_of(part, columns):
    """Return each column's mean with its interval by subject."""
    return means(part, list(columns), part["group"].to_numpy(), scale.bootstrap, seed)


# %% tags=["hide-input"]
if shown.has_truth:
    summary = {}
    for head in HEADS:
        lines = []
        for name in everyone:
            for method in cams.METHODS:
                line = score_table.scores(of(name, method, head), mean_of)
                summary[name, method, head] = line
                lines.append({"map": f"{called[name]}, {method}"} | line)
        page.table(pd.DataFrame(lines).set_index("map"), f"Maps against the truth, head {head}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot: how much better than other people's maps each model's Grad-CAM ranks the pixels of the truth, as a gain in AUC with its interval, for the emotion head and the authenticity head; the dashed line is no gain."}}
if shown.has_truth:
    chart = pd.DataFrame(
        {
            head: [summary[name, "Grad-CAM", head]["AUC: gain"] for name in everyone]
            for head in HEADS
        },
        index=[called[name] for name in everyone],
    )
    figure = plots.intervals(chart, "gain in AUC over other people's maps, Grad-CAM", 0.0)

# %% [markdown]
# ## Genuine and fake, right and wrong
#
# The same gain in AUC, for the faces that are genuine and fake, and for those that the head in question names
# rightly and wrongly. A column without a face has no value.

# %% tags=["hide-input"]
if shown.has_truth:
    for head in HEADS:
        lines = [
            {"model": called[name]} | score_table.by_kind(of(name, "Grad-CAM", head), mean_of)
            for name in everyone
        ]
        page.table(
            pd.DataFrame(lines).set_index("model"),
            f"Gain in AUC over other people's maps, Grad-CAM, head {head}",
        )

# %% [markdown]
# ## Regions of the face
#
# The rendered faces carry the {literal}`68 landmarks <the number of points in the iBUG annotation>` of the iBUG
# annotation. From them the picture is divided into six regions: eyes (with lids and crow's feet), brows (with the
# skin between them), mouth, nose and cheeks, forehead, and the periphery (hair, ears, neck, clothes, background).
# Each cell is the share of relevance in a region; the even map's row is the region's share of the image, the
# truth's row that of the true change.

# %% tags=["hide-input"]
if shown.has_truth:
    by_emotion = {}
    for head in HEADS:
        true_shares = regions.shares(whole[head, "whole"], places)
        lines = []
        for emotion in EMOTIONS:
            part = of(FINER, "Grad-CAM", head)
            part = part[part["emotion"] == emotion]
            found = mean_of(part, regions.REGIONS)
            by_emotion[head, emotion] = found
            lines.append({"faces": emotion, "map": "Grad-CAM"} | found)
            rows = part["face"].to_numpy()
            lines.append(
                {"faces": emotion, "map": "truth"}
                | dict(zip(regions.REGIONS, np.nanmean(true_shares[rows], 0), strict=True))
            )
        lines.append(
            {"faces": "all", "map": "even map"}
            | dict(zip(regions.REGIONS, areas.mean(0), strict=True))
        )
        page.table(
            pd.DataFrame(lines),
            f"Share of relevance by region and emotion, {called[FINER]}, head {head}",
            index=False,
        )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two heat maps, emotion head above and authenticity head below: rows are the seven emotions, columns the six regions; each cell is the relevance there over what an even map would put there."}}
if shown.has_truth:
    figure, axes = plt.subplots(2, 1, figsize=(6.5, 8.2))
    for axis, head in zip(axes, HEADS, strict=True):
        density = np.array(
            [[by_emotion[head, e][r].value for r in regions.REGIONS] for e in EMOTIONS]
        ) / areas.mean(0)
        axis.imshow(density, cmap="Blues", vmin=0, vmax=4, aspect="auto")
        for (r, c), value in np.ndenumerate(density):
            colour = "white" if value > 2.4 else "black"
            axis.text(c, r, f"{value:.1f}", ha="center", va="center", color=colour)
        axis.set_xticks(
            range(len(regions.REGIONS)), [r.replace(" and ", "\n& ") for r in regions.REGIONS]
        )
        axis.set_yticks(range(len(EMOTIONS)), EMOTIONS)
        axis.set_title(f"head {head}: relevance over an even map's")
        axis.grid(False)
        axis.spines[:].set_visible(False)
    figure.tight_layout()

# %% [markdown]
# ## Geometry, wrinkles and shading, periphery
#
# Where a face differs from its twin of the other class, the skin lies elsewhere
# (geometry), and light falls on it otherwise (wrinkles and shading: normals, shadows, folds). The
# renderer can change one without the other, so each part has a truth mask of its own. Shares that exceed the mask's share of
# the image say that a map is drawn to that part; a wrinkle mostly lies where the skin moves, so the two parts overlap.

# %% tags=["hide-input"]
if shown.has_truth:
    lines = []
    for name in everyone:
        part = of(name, "Grad-CAM", "authenticity").copy()
        for what in ("geometry", "shading", "periphery"):
            part[f"{what}: excess"] = part[what] - part[f"{what}: area"]
        found = mean_of(part, [f"{w}: excess" for w in ("geometry", "shading", "periphery")])
        lines.append(
            {
                "model": called[name],
                "geometry": found["geometry: excess"],
                "wrinkles and shading": found["shading: excess"],
                "periphery": found["periphery: excess"],
            }
        )
    page.table(
        pd.DataFrame(lines).set_index("model"),
        "Authenticity head: share of Grad-CAM's relevance on each part, less that of an even map",
    )

# %% [markdown]
# ## Deletion and insertion
#
# If a map is right about the *model*, then blurring the pixels that it calls most important lowers the
# probability of the named class fast, and bringing them back into a blurred image raises it fast
# {cite}`petsiuk2018`. This needs no truth. Maps of noise on a grid as coarse as the map's own are the level of chance.

# %% tags=["hide-input"]
probe = np.unique(np.linspace(0, len(small) - 1, scale.probe_images).round().astype(int))
STEPS = 8
curves = {}
lines = []
for name in dict.fromkeys(("dual_task", arms.RIVAL)):
    for head in HEADS:
        asked = targets[name][head][probe]
        cells = maps[name, "Grad-CAM", head].shape[-1]
        held = {method: large(name, method, head, probe) for method in cams.METHODS}
        held["noise"] = faithfulness.chance_maps(len(probe), cells, side, seed)
        for method, found in held.items():
            curves[name, head, method] = faithfulness.curves(
                models[name], small[probe], found, head, asked, STEPS
            )
        chance = curves[name, head, "noise"].areas()
        for method in cams.METHODS:
            areas_of = curves[name, head, method].areas()
            frame = pd.DataFrame(
                {
                    "deletion": areas_of["deletion"],
                    "insertion": areas_of["insertion"],
                    "deletion below noise": chance["deletion"] - areas_of["deletion"],
                    "insertion above noise": areas_of["insertion"] - chance["insertion"],
                }
            )
            found = means(frame, list(frame), people[probe], scale.bootstrap, seed)
            lines.append({"model": called[name], "head": head, "method": method} | found)
    progress.say(f"deletion and insertion of {name}: done")
page.table(
    pd.DataFrame(lines),
    f"Mean probability along the curves, {len(probe)} faces, {STEPS} steps: deletion low and "
    "insertion high is good, and so are positive differences from noise",
    index=False,
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Four panels of the proposed model: deletion and insertion for each head, probability of the named class against the share of pixels changed, for three CAM methods and for noise."}}
colours = dict(
    zip([*cams.METHODS, "noise"], (plots.BLUE, plots.ORANGE, plots.GREEN, plots.GREY), strict=True)
)
figure, axes = plt.subplots(2, 2, figsize=(7.5, 6.4), sharey=True)
for row, head in zip(axes, HEADS, strict=True):
    for axis, kind in zip(row, ("deletion", "insertion"), strict=True):
        for method, colour in colours.items():
            held = curves["dual_task", head, method]
            style = "--" if method == "noise" else "-"
            axis.plot(held.share, getattr(held, kind).mean(0), style, color=colour, label=method)
        axis.set(title=f"{head}: {kind}", xlabel="share of pixels changed", ylim=(0, 1))
    row[0].set_ylabel("probability of the class")
axes[0, 0].legend(fontsize=9)
figure.tight_layout()

# %% tags=["hide-input"]
page.folded(
    pd.concat(
        [
            pd.DataFrame(
                {
                    "model": called[name],
                    "head": head,
                    "method": method,
                    "share changed": held.share,
                    "deletion": held.deletion.mean(0),
                    "insertion": held.insertion.mean(0),
                }
            )
            for (name, head, method), held in curves.items()
        ]
    ),
    "Deletion and insertion curves, mean over faces",
)

# %% [markdown]
# ## Randomisation of the weights, layer by layer
#
# A map that stays as it was while the weights are shuffled, from the heads down, shows the picture and not what was
# learnt ({cite}`adebayo2018`). Shown is the rank correlation of each randomised model's maps with the trained
# model's, of the same class. The level to compare with: the trained model's maps of *different people*, which are alike because all look at a face. A map that
# vanishes ranks nothing and counts as zero.

# %% tags=["hide-input"]
CASCADE = 5
falls = []
for name, model in models.items():
    example = tensors.normalise(small[:1])
    kept = {head: targets[name][head][probe] for head in HEADS}
    for lowest, share, randomised in randomisation.cascade(model, example, CASCADE, seed):
        where = {head: randomised.explained_layer(head) for head in HEADS}
        found = cams.maps(randomised, small[probe], where, kept)
        for (method, head), changed in found.items():
            trained = maps[name, method, head][probe]
            falls.append(
                {
                    "model": called[name],
                    "head": head,
                    "method": method,
                    "share of layers": share,
                    "down to": lowest,
                    "correlation": float(agreement.spearman(trained, changed).mean()),
                    "different people": float(
                        np.nanmean(agreement.with_others(trained, trained, people[probe]))
                    ),
                }
            )
falls = pd.DataFrame(falls)
progress.say("randomisation: done")
last = falls[falls["share of layers"] == 1]
page.table(
    last.pivot_table(index=["model"], columns=["head", "method"], values="correlation", sort=False)
    .pipe(lambda t: t.set_axis([f"{h}: {m}" for h, m in t.columns], axis=1))
    .rename_axis("model"),
    f"Rank correlation with the trained model's maps once every layer is shuffled, {len(probe)} faces",
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels for the proposed model, one a head: rank correlation with the trained model's map against the share of layers whose weights are shuffled, for three CAM methods; dotted lines mark how alike maps of different people are."}}
figure, axes = plt.subplots(1, 2, figsize=(8, 3.6), sharey=True)
for axis, head in zip(axes, HEADS, strict=True):
    for method in cams.METHODS:
        held = falls[
            (falls["model"] == called["dual_task"])
            & (falls["head"] == head)
            & (falls["method"] == method)
        ]
        axis.plot(
            [0, *held["share of layers"]],
            [1, *held["correlation"]],
            "o-",
            ms=4,
            color=colours[method],
            label=method,
        )
        axis.axhline(held["different people"].iloc[0], color=colours[method], lw=1, ls=":")
    axis.set(title=f"head {head}", xlabel="share of layers shuffled", ylim=(-0.6, 1.05))
axes[0].set_ylabel("rank correlation")
axes[0].legend(fontsize=9)
figure.tight_layout()

# %% tags=["hide-input"]
page.folded(falls, "Cascading randomisation, all models")

# %% [markdown]
# ## Agreement between methods, stability over trainings
#
# The rank correlation of two maps of the same face, beside that with other people's maps. Agreement with oneself over
# trainings that differ by their seed alone says how much of a picture is the luck of one training.

# %% tags=["hide-input"]
methods = list(cams.METHODS)
pairs = [(a, b) for i, a in enumerate(methods) for b in methods[i + 1 :]]
lines = []
for head in HEADS:
    for one, two_ in pairs:
        line = {"head": head, "methods": f"{one} and {two_}"}
        for name in models:
            found = agreement.spearman(maps[name, one, head], maps[name, two_, head])
            line[called[name]] = means(
                pd.DataFrame({"r": found}), ["r"], people, scale.bootstrap, seed
            )["r"]
        lines.append(line)
page.table(pd.DataFrame(lines), "Rank correlation between methods on the same face", index=False)

# %% tags=["hide-input"]
lines = []
for name in models:
    held = runs[name]
    if len(held) < 2:
        continue
    kept = {head: targets[name][head][probe] for head in HEADS}
    over = []
    for run in held:
        other = sized.of_run(run, side)
        where = {head: other.explained_layer(head) for head in HEADS}
        over.append(cams.maps(other, small[probe], where, kept))
    for (method, head), found in over[0].items():
        stable = agreement.over_seeds([one[method, head] for one in over])
        others = agreement.with_others(found, over[1][method, head], people[probe])
        both = means(
            pd.DataFrame({"same face": stable, "different people": others}),
            ["same face", "different people"],
            people[probe],
            scale.bootstrap,
            seed,
        )
        lines.append(
            {"model": called[name], "head": head, "method": method, "trainings": len(held)} | both
        )
progress.say("stability over trainings: done")
if lines:
    page.table(
        pd.DataFrame(lines),
        f"Rank correlation of maps between trainings from different seeds, {len(probe)} faces",
        index=False,
    )
else:
    page.say("Every arm has one training here: stability over seeds needs two or more.")

# %% [markdown]
# ## Time
#
# All three methods, both heads, from one forward pass.

# %% tags=["hide-input"]
page.table(
    pd.DataFrame(
        {"model": [called[name] for name in models], "seconds": [f"{spent[n]:.4f}" for n in models]}
    ),
    f"Seconds an image for {len(cams.METHODS)} methods and {len(HEADS)} heads, {side} px",
    index=False,
)

# %% [markdown]
# ## Verdicts
#
# The paper prints no map, mask or score, so no number can be reproduced; what can be checked is the direction of its
# sentences. Each is turned into a difference that should be positive, of the proposed model's Grad-CAM maps
# at the finer layer.
# A still picture has no micro-expression, which is a movement: the stand-in is whether the authenticity
# head's map finds where this face differs from its twin of the other class.

# %% tags=["hide-input"]
ground = claims.Ground("diya2026", data, about["profile"])
verdicts = []
NO_TRUTH = claims.Verdict("not testable", "photographs carry no truth and no landmarks here")


def judged(key, what, difference):
    """Add a verdict on a sentence: what was measured, and whether it is positive."""
    verdict = claims.of_direction(difference, ground)
    verdicts.append(
        claims.Row(ledger[key], verdict, difference, about=f"{ledger[key].title}: {what}")
    )


if shown.has_truth:
    emotion = of(FINER, "Grad-CAM", "emotion").reset_index(drop=True)
    authentic = of(FINER, "Grad-CAM", "authenticity").reset_index(drop=True)

    def in_face(frame, names):
        """Return the regions' share of the face's relevance, less their share of the face's area."""
        relevance = sum(frame[r] for r in names) / (1 - frame["periphery"])
        area = sum(frame[f"{r}: area"] for r in names) / (1 - frame["periphery: area"])
        return relevance - area

    def mean(values, frame):
        """Return the mean of some values with its interval by subject."""
        return means(
            pd.DataFrame({"d": values}), ["d"], frame["group"].to_numpy(), scale.bootstrap, seed
        )["d"]

    for region in regions.NAMED:
        judged(
            "xai.emotion",
            f"{region}, share of the face's relevance less share of its area",
            mean(in_face(emotion, [region]), emotion),
        )
    judged(
        "xai.periphery",
        "share of relevance less share of the image",
        mean(authentic["periphery"] - authentic["periphery: area"], authentic),
    )
    judged(
        "xai.periphery",
        "share of relevance, authenticity head less emotion head",
        mean(authentic["periphery"] - emotion["periphery"], authentic),
    )
    judged(
        "xai.micro",
        "gain in AUC on the difference from the twin, over other people's maps",
        mean(authentic["AUC: gain"], authentic),
    )
    angry = (emotion["emotion"] == "angry").to_numpy()
    density = (emotion["brows"] - emotion["brows: area"]).to_numpy()

    def brows(rows):
        """Return by how much angry faces have more on the brows; nan where none was drawn."""
        drawn = pd.Series(density[rows])
        return {"d": float(drawn[angry[rows]].mean() - drawn[~angry[rows]].mean())}

    judged(
        "xai.anger",
        "brows, angry faces less all others, emotion head",
        bootstrap(emotion["group"].to_numpy(), brows, scale.bootstrap, seed)["d"],
    )
    smile = authentic[(authentic["emotion"] == "happy") & (authentic["authenticity"] == "fake")]
    judged(
        "xai.fake_smile",
        "mouth on fake happy faces, authenticity head, less share of the face's area",
        mean(in_face(smile, ["mouth"]), smile),
    )
    judged(
        "xai.conclusion",
        "mouth and eyes, emotion head, less share of the face's area",
        mean(in_face(emotion, ["mouth", "eyes"]), emotion),
    )
    emphasis = {}
    for arm in (NO_SE, WITH_SE):
        run = runs[arm][0]
        model, own = experiment.trained_model(run), run.about["image_size"]
        images = tensors.resize(shown.images, own)
        layer = cams.finer_layer(model, model.explained_layer("emotion"), images[:1])
        named = cases.targets(cases.named(shown, run))["emotion"]
        found = truth.resized(cams.one(model, images, layer, "emotion", named), side)
        inside = regions.shares(found, places)
        frame = emotion.assign(**dict(zip(regions.REGIONS, inside.T, strict=True)))
        emphasis[arm] = in_face(frame, regions.NAMED)
    judged(
        "xai.se",
        "the same start and training, with SE less without, emotion head",
        mean(emphasis[WITH_SE] - emphasis[NO_SE], emotion),
    )
else:
    for key in (
        "xai.emotion",
        "xai.periphery",
        "xai.micro",
        "xai.anger",
        "xai.fake_smile",
        "xai.conclusion",
        "xai.se",
    ):
        verdicts.append(claims.Row(ledger[key], NO_TRUTH))
verdicts.append(
    claims.Row(
        ledger["xai.psychology"],
        claims.Verdict(
            "not testable",
            "no map is compared with a theory's prediction in the paper; here the truth is planted by "
            "recipes made from the same theory",
        ),
    )
)
page.verdict_table(verdicts, "Verdicts on the paper's sentences about Grad-CAM")
