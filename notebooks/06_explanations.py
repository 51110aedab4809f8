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
# # Explanations
#
# Where does the network look? The paper shows Grad-CAM and LIME pictures and reads them by eye
# ({cite}`diya2026`, section 6). On rendered faces the question has an answer: the pixels that carry
# the expression, and those that carry the authenticity, are known. So the maps are not only
# shown, they are scored.
#
# Truth exists for rendered faces only. Whatever data the models were trained on, this page explains
# them on rendered subjects that no training has seen.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
import torch

from fer_lib import (
    claims,
    experiment,
    explain,
    faces,
    page,
    plots,
    profiles,
    progress,
    tensors,
)
from fer_lib.intervals import bootstrap

plots.use_style()
ledger = claims.load("diya2026")
runs = experiment.need_all(data, data_root, profile, seed)
models = {shown: experiment.trained_model(run) for shown, run in runs.items()}
scale = profiles.get(runs["dual-task model"].about["profile"])
about = runs["dual-task model"].about
page.header_of_run(about)

# %% [markdown]
# ## The faces that are explained
#
# Genuine faces of further subjects, one subject after the other, each beside its acted twin.

# %% tags=["hide-input"]
emotions = list(faces.EMOTIONS)
genuine_rows = [
    row
    for row in faces.plan(faces.RENDERED_TEST.with_subjects(scale.test_subjects))
    if row["authenticity"] == "genuine"
]
# Walk through subjects and emotions together, so that every emotion comes equally often.
by_subject = sorted(genuine_rows, key=lambda r: (r["subject_id"], r["emotion"]))
people = sorted({row["subject_id"] for row in by_subject})
chosen = [
    next(r for r in by_subject if r["subject_id"] == people[k % len(people)] and r["emotion"] == e)
    for k, e in enumerate(emotions * (scale.cam_images // (2 * len(emotions))))
]
pairs = []
for row in chosen:
    twin_row, twin = faces.render_twin(row)
    pairs.append((row, faces.render(row), twin_row, twin))
faces_shown = [(row, image) for pair in pairs for row, image in (pair[:2], pair[2:])]
pixels = np.stack([image for _, image in faces_shown])
small = tensors.resize(pixels, scale.image_size)
page.say(
    f"{len(pixels):,} faces of {len({r['subject_id'] for r, _ in faces_shown})} subjects, half of them genuine."
)

# %% [markdown]
# ## Grad-CAM, both heads
#
# Grad-CAM {cite}`selvaraju2017` weighs the activations of one layer by their gradient for one
# class. The model has two heads, so each is wrapped by itself: explaining a model that returns two
# results by accident explains the first. The class that is explained is the true one.

# %%
targets = {
    "emotion": torch.tensor([emotions.index(row["emotion"]) for row, _ in faces_shown]),
    "authenticity": torch.tensor([int(row["authenticity"] == "genuine") for row, _ in faces_shown]),
}
layers = {
    ("CNN baseline", "last convolution"): models["CNN baseline"].explained_layer,
    ("dual-task model", "last convolution"): models["dual-task model"].explained_layer,
    ("dual-task model", "stage 5 of 7"): models["dual-task model"].finer_layer,
}
cams = {}
for (shown, layer_name), layer in layers.items():
    for head, target in targets.items():
        parts = [
            explain.grad_cam(models[shown], small[i : i + 32], head, target[i : i + 32], layer)
            for i in range(0, len(small), 32)
        ]
        cams[shown, layer_name, head] = explain.resized(np.concatenate(parts), pixels.shape[1])
    progress.say(f"Grad-CAM of the {shown}, {layer_name}: done")

# %% tags=["hide-input"]
truth = {
    "emotion": [faces.truth.expression_counterfactual(row) for row, _ in faces_shown],
    "authenticity": [faces.truth.authenticity_counterfactual(row) for row, _ in faces_shown],
}
first_seven = list(range(0, 2 * len(emotions), 2))


def picture(head, layer_name, which):
    """Return rows of faces, truth maps and both models' maps for some of the faces."""
    return np.array(
        [
            [pixels[i] / 255 for i in which],
            [plots.overlay(pixels[i], truth[head][i]) for i in which],
            [
                plots.overlay(pixels[i], cams["CNN baseline", "last convolution", head][i])
                for i in which
            ],
            [plots.overlay(pixels[i], cams["dual-task model", layer_name, head][i]) for i in which],
        ]
    )


row_names = ["face", "truth", "CNN", "dual-task,\nstage 5"]

# %% tags=["hide-input"] mystnb={"image": {"alt": "Emotion head, genuine faces of seven emotions: rows show the face, the true place of the expression, and Grad-CAM of the CNN and of the dual-task model as glowing overlays."}}
figure = plots.image_grid(picture("emotion", "stage 5 of 7", first_seven), emotions, row_names, 12)

# %% [markdown]
# *Head emotion, genuine faces: Grad-CAM of both models below the true change against the neutral face.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Authenticity head, the same genuine faces: rows show the face, the true difference from the acted twin, and Grad-CAM of the CNN and of the dual-task model."}}
figure = plots.image_grid(
    picture("authenticity", "stage 5 of 7", first_seven), emotions, row_names, 12
)

# %% [markdown]
# *Head authenticity, the same genuine faces: below, the true change against the acted twin.*

# %% tags=["hide-input"] mystnb={"image": {"alt": "Authenticity head, the acted twins of these faces: rows show the face, the true difference from the genuine twin, and Grad-CAM of the CNN and of the dual-task model."}}
twins_seven = [i + 1 for i in first_seven]
figure = plots.image_grid(
    picture("authenticity", "stage 5 of 7", twins_seven), emotions, row_names, 12
)

# %% [markdown]
# *Head authenticity, the acted twins of these faces.*

# %% [markdown]
# ## LIME, both heads
#
# LIME {cite}`ribeiro2016` hides parts of the image and fits a linear model to what the network then
# says. A segment is hidden under its mean colour; the same seed repeats the map.

# %%
lime_faces = list(range(min(scale.lime_images, len(pixels))))
limes = {}
for head, target in targets.items():
    maps = []
    for i in lime_faces:
        segments = explain.segments_of(small[i], 50)
        maps.append(
            explain.lime(
                models["dual-task model"],
                small[i],
                head,
                int(target[i]),
                segments,
                scale.lime_samples,
                seed,
            )
        )
    limes[head] = explain.resized(np.stack(maps), pixels.shape[1])
    progress.say(f"LIME of the dual-task model, head {head}: done")

# %% tags=["hide-input"] mystnb={"image": {"alt": "LIME of the dual-task model on genuine faces and acted twins: rows show the face, the segments that speak for the true emotion, and those that speak for the true authenticity."}}
some = lime_faces[: 2 * len(emotions)]
grid = np.array(
    [
        [pixels[i] / 255 for i in some],
        [plots.overlay(pixels[i], limes["emotion"][i]) for i in some],
        [plots.overlay(pixels[i], limes["authenticity"][i]) for i in some],
    ]
)
titles = [f"{faces_shown[i][0]['emotion']},\n{faces_shown[i][0]['authenticity']}" for i in some]
figure = plots.image_grid(grid, titles, ["face", "emotion", "authenticity"], 13)

# %% [markdown]
# ## How much relevance falls on the truth
#
# The truth mask is the smallest set of pixels that holds a fixed share of the true change. The score
# is the share of positive relevance that falls on it. Two levels of chance stand beside it: a map
# that is equal everywhere, and the same method's maps of all *other people's* faces, laid over this
# mask: they keep the habit of looking at the middle of a face, but know nothing of this one. A map
# without any positive relevance is left out.
#
# Maps of different layers have different grids, and a coarse grid cannot follow a thin brow: compare
# the columns within a row, not the rows with each other.

# %%
methods = {
    ("Grad-CAM", shown, layer_name, head): maps for (shown, layer_name, head), maps in cams.items()
}
methods |= {("LIME", "dual-task model", "superpixels", head): maps for head, maps in limes.items()}
subjects = np.array([row["subject_id"] for row, _ in faces_shown])
masks = {head: np.stack([explain.truth_mask(one) for one in truth[head]]) for head in truth}
scored = []
for (method, shown, layer_name, head), maps in methods.items():
    found = explain.shares(maps, masks[head][: len(maps)])
    others = subjects[: len(maps), None] != subjects[None, : len(maps)]
    of_others = np.where(others, found, np.nan)
    for i in range(len(maps)):
        scored.append(
            {
                "method": method,
                "model": shown,
                "layer": layer_name,
                "head": head,
                "group": subjects[i],
                "on truth": found[i, i],
                "equal everywhere": masks[head][i].mean(),
                "other people": pd.Series(of_others[:, i]).mean(),
            }
        )
scored = pd.DataFrame(scored)

# %% tags=["hide-input"]
found = []
for key, part in scored.groupby(["head", "method", "model", "layer"], sort=False):
    part = part.dropna().reset_index(drop=True)

    def means(rows, part=part):
        """Return the mean shares of some rows."""
        held = part.iloc[rows]
        share, even, other = (
            held[c].mean() for c in ("on truth", "equal everywhere", "other people")
        )
        return {
            "on truth": share,
            "equal everywhere": even,
            "maps of other people": other,
            "gain over other people": share - other,
        }

    result = bootstrap(part["group"].to_numpy(), means, scale.bootstrap, seed)
    names_of = dict(zip(("head", "method", "model", "layer"), key, strict=True))
    found.append(names_of | {"faces": len(part), "subjects": part["group"].nunique()} | result)
found = pd.DataFrame(found)
page.say(
    f"The mask holds {explain.TRUTH_ENERGY:.0%} of the true change. Intervals resample subjects "
    f"({scale.bootstrap:,} draws)."
)
for head in targets:
    page.table(
        found[found["head"] == head]
        .assign(map=lambda t: t["method"] + ", " + t["model"] + ", " + t["layer"])
        .set_index("map")
        .drop(columns=["head", "method", "model", "layer"]),
        f"Share of relevance on the truth, head {head}",
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the share of relevance on the truth for each method, model and head, with its interval, beside the share of an even map and of the maps of other people."}}
chart = found.set_index(
    found["head"] + ", " + found["method"] + "\n" + found["model"] + ", " + found["layer"]
)[["equal everywhere", "on truth", "maps of other people"]]
figure = plots.intervals(chart, "share of relevance on the truth mask")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
verdicts = []
for key, head in (("xai.emotion", "emotion"), ("xai.authenticity", "authenticity")):
    claim = ledger[key]
    one = found[
        (found["head"] == head)
        & (found["method"] == "Grad-CAM")
        & (found["model"] == "dual-task model")
        & (found["layer"] == "stage 5 of 7")
    ].iloc[0]
    verdicts.append(
        (
            claim.title,
            claim.printed,
            claims.Verdict(
                "underspecified",
                "no map, mask or score is printed; here, at stage 5, the share beyond the maps of other people "
                f"is {one['gain over other people']}",
            ),
        )
    )
claim = ledger["xai.lime"]
one = found[(found["head"] == "authenticity") & (found["method"] == "LIME")].iloc[0]
verdicts.append(
    (
        claim.title,
        claim.printed,
        claims.Verdict(
            "underspecified",
            "no score is printed; a superpixel is larger than a wrinkle, so LIME cannot separate "
            f"texture from place; its share beyond the maps of other people is {one['gain over other people']}",
        ),
    )
)
page.verdict_table(verdicts, "Verdicts on the explanations")
