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
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
import textwrap
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from engine.page import budget, tables
from engine.page.verdict_rows import VerdictRows
from engine.store import progress
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.verdicts import Ground
from fer_lib.explain import grad_cam
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import named_configs
from fer_lib.papers.diya2026.explanations import (
    deletion_insertion,
    explained_faces,
    face_regions,
    map_agreement,
    map_page,
    map_plots,
    map_scores,
    resized_model,
    sanity_checks,
    score_table,
)
from fer_lib.papers.diya2026.explanations.finer_layer import finer_layer
from fer_lib.papers.diya2026.verdicts import maps as map_verdicts
from fer_lib.plots import figures
from fer_lib.training import augmentation, configs, load_runs, run_training

figures.use_style()
ledger = ledgers.load("diya2026")
NO_SE, WITH_SE = "lite0", "lite0_se"  # the same start and training, without and with gates
asked = (*named_configs.MODELS, NO_SE, WITH_SE)
runs = load_runs.need_arms(configs.planned(asked, settings))
if len({run.about["profile"] for held in runs.values() for run in held}) > 1:
    # Runs of two profiles have other faces and sizes: then all are the quick ones.
    runs = load_runs.need_arms(configs.planned(asked, replace(settings, profile="smoke")))
first = {name: runs[name][0] for name in named_configs.MODELS}
about, HEADS = first["dual_task"].about, first["dual_task"].task.names
scale = budget.get(about["profile"])
side = about["image_size"]
models = {name: resized_model.of_run(run, side) for name, run in first.items()}
called = map_page.titles(first)
tables.header_of_run(about)

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
shown = explained_faces.of_run(first["dual_task"], data_root, scale.cam_images, seed)
small = augmentation.resize(shown.images, side)
faces = map_page.Faces(shown, small, scale.bootstrap, seed)
people = faces.people
answers = {name: explained_faces.named(shown, run) for name, run in first.items()}
targets = {name: explained_faces.targets(found) for name, found in answers.items()}
layers = {
    name: {head: model.explained_layer(head) for head in HEADS} for name, model in models.items()
}
maps, spent = {}, {}
for name, model in models.items():
    start = time.perf_counter()
    made = grad_cam.maps(model, small, layers[name], targets[name])
    maps |= {(name, *key): found for key, found in made.items()}
    spent[name] = (time.perf_counter() - start) / len(small)
    progress.say(f"CAMs of {name}: done")
# The same model once more, at a layer that runs earlier.
FINER = "finer"
called[FINER] = f"{called['dual_task']}, finer layer"
finer = {
    head: finer_layer(models["dual_task"], layers["dual_task"][head], small[:1]) for head in HEADS
}
answers[FINER], targets[FINER] = answers["dual_task"], targets["dual_task"]
again = grad_cam.maps(models["dual_task"], small, finer, targets[FINER])
maps |= {(FINER, *key): found for key, found in again.items()}
everyone = [*models, FINER]
tables.table(
    pd.DataFrame(
        {
            called[name]: {
                f"maps' grid, {head}": "{} x {}".format(*maps[name, "Grad-CAM", head].shape[1:])
                for head in HEADS
            }
            | {f"{head} right": float(answers[name][f"{head} right"].mean()) for head in HEADS}
            for name in models
        }
    ).T.rename_axis("model"),
    f"The models on the {len(small):,} faces of {len(set(people)):,} subjects that are explained",
)
tables.say(
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
    whole = explained_faces.truths(shown, side, ("authenticity",))
    masks = map_page.masks_of(whole)
    places = face_regions.stack(explained_faces.landmarks(shown, side), side)
    areas = face_regions.areas(places)
    progress.say("truth maps: done")
else:
    tables.say(
        "These faces are photographs: nobody knows where their expression is. **All scores against "
        "truth and all facial regions are left out on this page**; deletion and insertion, "
        "randomisation, agreement and stability need no truth and are here."
    )


def large(name, method, head, which=slice(None)):
    """Return maps at the size of the images."""
    return map_scores.resized(maps[name, method, head][which], side)


# %% [markdown]
# ## Figure 20, re-made
#
# The proposed model at its finer layer, one test face of each emotion, by lot: Grad-CAM of each head
# and, where faces are rendered, the true change against the neutral face, and against the same face of
# the other class.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven genuine faces, one an emotion and a row each: the face, the true place of the expression, Grad-CAM of the emotion head, the true place of authenticity, Grad-CAM of the authenticity head, as glowing overlays."}}
finest = {head: large(FINER, "Grad-CAM", head) for head in HEADS}
true_maps = whole if shown.has_truth else None
figure = faces.explained(
    faces.of_each_emotion("genuine", apart=True), "Grad-CAM", finest, true_maps
)

# %% [markdown]
# *Genuine expressions.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Seven fake faces, one an emotion and a row each: the face, the true place of the expression, Grad-CAM of the emotion head, the true place of authenticity, Grad-CAM of the authenticity head, as glowing overlays."}}
figure = faces.explained(faces.of_each_emotion("fake", apart=True), "Grad-CAM", finest, true_maps)

# %% [markdown]
# *Fake expressions.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Grad-CAM of all models on one genuine and one fake happy face, a row a model, each head in a column of its own."}}
two = [faces.of_each_emotion(word, apart=True)["happy"] for word in ("genuine", "fake")]
grid = np.array(
    [
        [faces.over(i, large(name, "Grad-CAM", head, [i])[0]) for i in two for head in HEADS]
        for name in models
    ]
)
titles = [f"{word}:\n{head}" for word in ("genuine", "fake") for head in HEADS]
figure = figures.image_grid(grid, titles, [textwrap.fill(called[n], 16) for n in models], 6.5)

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
        right = answers[name][f"{head} right"]
        one = faces.scored(large(name, method, head), masks, places, head, right)
        scored.append(one.assign(model=name, method=method, head=head))
    scored = pd.concat(scored, ignore_index=True)
    progress.say("scores: done")
    tables.say(
        f"The mask holds {map_scores.TRUTH_ENERGY:.0%} of the true change. Intervals resample subjects "
        f"({scale.bootstrap:,} draws). *Gain* is the mean difference from other people's maps."
    )


def of(name, method, head):
    """Return the scored faces of one model, method and head."""
    return map_page.rows_of(scored, model=name, method=method, head=head)


# %% tags=["hide-input"]
if shown.has_truth:
    summary = {}
    for head in HEADS:
        lines = []
        for name in everyone:
            for method in grad_cam.METHODS:
                line = score_table.scores(of(name, method, head), faces.mean)
                summary[name, method, head] = line
                lines.append({"map": f"{called[name]}, {method}"} | line)
        tables.table(pd.DataFrame(lines).set_index("map"), f"Maps against the truth, head {head}")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot: how much better than other people's maps each model's Grad-CAM ranks the pixels of the truth, as a gain in AUC with its interval, for the emotion head and the authenticity head; the dashed line is no gain."}}
if shown.has_truth:
    chart = pd.DataFrame(
        {
            head: [summary[name, "Grad-CAM", head]["AUC: gain"] for name in everyone]
            for head in HEADS
        },
        index=[called[name] for name in everyone],
    )
    figure = figures.intervals(chart, "gain in AUC over other people's maps, Grad-CAM", 0.0)

# %% [markdown]
# ## Genuine and fake, right and wrong
#
# The same gain in AUC, for the faces that are genuine and fake, and for those that the head in question names
# rightly and wrongly. A column without a face has no value.

# %% tags=["hide-input"]
if shown.has_truth:
    for head in HEADS:
        lines = [
            {"model": called[name]} | score_table.by_kind(of(name, "Grad-CAM", head), faces.mean)
            for name in everyone
        ]
        tables.table(
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
        true_shares = face_regions.shares(whole[head, "whole"], places)
        lines = []
        for emotion in EMOTIONS:
            part = of(FINER, "Grad-CAM", head)
            part = part[part["emotion"] == emotion]
            found = faces.mean(part, face_regions.REGIONS)
            by_emotion[head, emotion] = found
            lines.append({"faces": emotion, "map": "Grad-CAM"} | found)
            true = np.nanmean(true_shares[part["face"]], 0)
            true = dict(zip(face_regions.REGIONS, true, strict=True))
            lines.append({"faces": emotion, "map": "truth"} | true)
        even = dict(zip(face_regions.REGIONS, areas.mean(0), strict=True))
        lines.append({"faces": "all", "map": "even map"} | even)
        tables.table(
            lines, f"Share of relevance by region and emotion, {called[FINER]}, head {head}"
        )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two heat maps, emotion head above and authenticity head below: rows are the seven emotions, columns the six regions; each cell is the relevance there over what an even map would put there."}}
if shown.has_truth:
    of_head = {
        head: np.array(
            [[by_emotion[head, e][r].value for r in face_regions.REGIONS] for e in EMOTIONS]
        )
        / areas.mean(0)
        for head in HEADS
    }
    figure = map_plots.density(of_head, EMOTIONS, face_regions.REGIONS)
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
        part = of(name, "Grad-CAM", "authenticity")
        found = faces.mean(part, map_page.EXCESS)
        words = {words: found[column] for column, words in map_page.EXCESS.items()}
        lines.append({"model": called[name]} | words)
    tables.table(
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
probe = map_page.probed(len(small), scale.probe_images)
STEPS = 8
curves = {}
lines = []
for name in dict.fromkeys(("dual_task", named_configs.RIVAL)):
    for head in HEADS:
        asked, cells = targets[name][head][probe], maps[name, "Grad-CAM", head].shape[-1]
        held = {method: large(name, method, head, probe) for method in grad_cam.METHODS}
        found = deletion_insertion.with_noise(
            models[name], small[probe], held, head, asked, cells, STEPS, seed
        )
        curves[name, head] = found
        for method in grad_cam.METHODS:
            frame = deletion_insertion.beside_noise(found[method], found["noise"])
            line = {"model": called[name], "head": head, "method": method}
            lines.append(line | faces.mean(frame, people=people[probe]))
    progress.say(f"deletion and insertion of {name}: done")
tables.table(
    lines,
    f"Mean probability along the curves, {len(probe)} faces, {STEPS} steps: deletion low and "
    "insertion high is good, and so are positive differences from noise",
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Four panels of the proposed model: deletion and insertion for each head, probability of the named class against the share of pixels changed, for three CAM methods and for noise."}}
colours = map_plots.colours(grad_cam.METHODS)
figure = map_plots.curves({head: curves["dual_task", head] for head in HEADS}, colours)
# %% tags=["hide-input"]
tables.folded(
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
            for (name, head), found in curves.items()
            for method, held in found.items()
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
    example = augmentation.normalise(small[:1])
    kept = {head: targets[name][head][probe] for head in HEADS}
    for lowest, share, randomised in sanity_checks.cascade(model, example, CASCADE, seed):
        where = {head: randomised.explained_layer(head) for head in HEADS}
        found = grad_cam.maps(randomised, small[probe], where, kept)
        for (method, head), changed in found.items():
            trained = maps[name, method, head][probe]
            others = map_agreement.with_others(trained, trained, people[probe])
            row = {"model": called[name], "head": head, "method": method}
            row |= {"share of layers": share, "down to": lowest}
            row["correlation"] = float(map_agreement.spearman(trained, changed).mean())
            falls.append(row | {"different people": float(np.nanmean(others))})
falls = pd.DataFrame(falls)
progress.say("randomisation: done")
last = falls[falls["share of layers"] == 1]
tables.table(
    last.pivot_table(index=["model"], columns=["head", "method"], values="correlation", sort=False)
    .pipe(lambda t: t.set_axis([f"{h}: {m}" for h, m in t.columns], axis=1))
    .rename_axis("model"),
    f"Rank correlation with the trained model's maps once every layer is shuffled, {len(probe)} faces",
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels for the proposed model, one a head: rank correlation with the trained model's map against the share of layers whose weights are shuffled, for three CAM methods; dotted lines mark how alike maps of different people are."}}
proposed = {
    head: {
        method: map_page.rows_of(falls, model=called["dual_task"], head=head, method=method)
        for method in grad_cam.METHODS
    }
    for head in HEADS
}
figure = map_plots.falls(proposed, colours)
# %% tags=["hide-input"]
tables.folded(falls, "Cascading randomisation, all models")

# %% [markdown]
# ## Agreement between methods, stability over trainings
#
# The rank correlation of two maps of the same face, beside that with other people's maps. Agreement with oneself over
# trainings that differ by their seed alone says how much of a picture is the luck of one training.

# %% tags=["hide-input"]
methods = list(grad_cam.METHODS)
pairs = [(a, b) for i, a in enumerate(methods) for b in methods[i + 1 :]]
lines = []
for head in HEADS:
    for one, two_ in pairs:
        line = {"head": head, "methods": f"{one} and {two_}"}
        for name in models:
            found = map_agreement.spearman(maps[name, one, head], maps[name, two_, head])
            line[called[name]] = faces.mean(pd.DataFrame({"r": found}), people=people)["r"]
        lines.append(line)
tables.table(lines, "Rank correlation between methods on the same face")

# %% tags=["hide-input"]
lines = []
for name in models:
    held = runs[name]
    if len(held) < 2:
        continue
    kept = {head: targets[name][head][probe] for head in HEADS}
    over = []
    for run in held:
        other = resized_model.of_run(run, side)
        where = {head: other.explained_layer(head) for head in HEADS}
        over.append(grad_cam.maps(other, small[probe], where, kept))
    for (method, head), found in over[0].items():
        stable = map_agreement.over_seeds([one[method, head] for one in over])
        others = map_agreement.with_others(found, over[1][method, head], people[probe])
        both = pd.DataFrame({"same face": stable, "different people": others})
        line = {"model": called[name], "head": head, "method": method, "trainings": len(held)}
        lines.append(line | faces.mean(both, people=people[probe]))
progress.say("stability over trainings: done")
if lines:
    tables.table(
        lines,
        f"Rank correlation of maps between trainings from different seeds, {len(probe)} faces",
    )
else:
    tables.say("Every arm has one training here: stability over seeds needs two or more.")

# %% [markdown]
# ## Time
#
# All three methods, both heads, from one forward pass.

# %% tags=["hide-input"]
what = f"{len(grad_cam.METHODS)} methods and {len(HEADS)} heads, {side} px"
map_page.say_times({name: called[name] for name in models}, spent, 4, what)
# %% [markdown]
# ## Verdicts
#
# The paper prints no map, mask or score, so no number can be reproduced; what can be checked is the direction of its
# sentences. Each is turned into a difference that should be positive, of the proposed model's Grad-CAM maps
# at the finer layer.
# A still picture has no micro-expression, which is a movement: the stand-in is whether the authenticity
# head's map finds where this face differs from its twin of the other class.

# %% tags=["hide-input"]
ground = Ground("diya2026", data, about["profile"])
verdicts = VerdictRows(ledger, ground)
if shown.has_truth:
    emotion, authentic = (of(FINER, "Grad-CAM", head) for head in HEADS)
    emphasis = {}
    for words, arm in (("without", NO_SE), ("with", WITH_SE)):
        run = runs[arm][0]
        model, own = run_training.trained_model(run), run.about["image_size"]
        images = augmentation.resize(shown.images, own)
        layer = finer_layer(model, model.explained_layer("emotion"), images[:1])
        named = explained_faces.targets(explained_faces.named(shown, run))["emotion"]
        found = map_scores.resized(grad_cam.one(model, images, layer, "emotion", named), side)
        inside = face_regions.shares(found, places)
        frame = emotion.assign(**dict(zip(face_regions.REGIONS, inside.T, strict=True)))
        emphasis[words] = map_verdicts.in_face(frame, face_regions.NAMED)
    anger = map_verdicts.brows_of_anger(emotion, scale.bootstrap, seed)
    map_verdicts.grad_cam(verdicts, faces.mean, emotion, authentic, anger, emphasis)
else:
    why = "photographs carry no truth and no landmarks here"
    map_verdicts.without_truth(verdicts, map_verdicts.OF_GRAD_CAM, why)
map_verdicts.of_psychology(verdicts)
verdicts.show("Verdicts on the paper's sentences about Grad-CAM")
