# %% [markdown]
# # Does Grad-CAM point at the pixels that carry the expression?
#
# *Sections 4-1, 6-1, 6-3 and Figure 20 of {cite}`diya2026`*

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
method = "Grad-CAM"  # or "Grad-CAM++", "EigenCAM": what the answer is about
layer = "finer"  # or "last": the last feature map, whose grid is coarser
authenticity = "genuine"  # or "fake": the faces of the first figure

# %% tags=["hide-input"]
import time

from engine.page import opening
from fer_lib.plots import figures

figures.use_style()
started = time.perf_counter()
question = opening.ask("Does Grad-CAM point at the pixels that carry the expression?")

# %%
from engine.page import budget, tables
from fer_lib.papers.diya2026 import named_configs
from fer_lib.settings import Settings
from fer_lib.training import configs, load_runs

settings = Settings(data, data_root, profile, seed)
names = (*named_configs.MODELS, "lite0", "lite0_se")
runs = load_runs.need_arms(configs.planned(names, settings))
first = {name: runs[name][0] for name in named_configs.MODELS}
proposed = first["dual_task"]
tables.header_of_runs([run for each in runs.values() for run in each])

# %% [markdown]
# The paper shows Grad-CAM pictures and reads them by eye: the emotion head is said to look at eyes,
# mouth and eyebrows, the authenticity head at the periphery of the face. A picture convinces whether
# it is right or wrong. Rendered faces allow a test that photographs do not, because the renderer knows
# which pixels change when the expression changes. This page asks three things. Do the maps lie on the
# pixels that carry the expression? Does the network's answer depend on the pixels that a map calls
# important? Does a map change when the network forgets what it has learnt?
#
# ## The faces and their ground-truth masks
#
# The faces come from test subjects, whom no training has seen. They are drawn at random, each emotion
# equally often genuine and fake. Each face is rendered twice more: with a neutral expression, and as
# its twin of the other authenticity class; everything else stays the same. The difference between the
# face and one of these two pictures is the ground truth of one head. The *ground-truth mask* is the
# smallest set of pixels that holds a fixed share of that difference.

# %%
from fer_lib.papers.diya2026.explanations import explained_faces, face_regions, map_page
from fer_lib.training.augmentation import resize

scale = budget.get(profile)  # how many faces and bootstrap draws this profile takes
side = proposed.about["image_size"]
shown = explained_faces.of_run(proposed, data_root, scale.cam_images, seed)
faces = map_page.Faces(shown, resize(shown.images, side), scale.bootstrap, seed)
truth = masks = places = None
tables.say(f"{len(faces.small):,} faces of {len(set(faces.people))} subjects, {side} pixels wide.")
if shown.has_truth:
    truth = explained_faces.truths(shown, side, divided=())
    masks = map_page.masks_of(truth)
    places = face_regions.stack(explained_faces.landmarks(shown, side), side)
else:
    tables.say("**These are photographs: without a truth, its scores and regions are left out.**")

# %% [markdown]
# ## Grad-CAM with `pytorch_grad_cam`
#
# Grad-CAM {cite}`selvaraju2017` takes the activations of one layer, and the gradient of one class's
# logit with respect to them. It weighs each channel by its mean gradient, adds the channels up, and
# keeps what is positive. Grad-CAM++ {cite}`chattopadhay2018` weighs each place's gradient as well.
# EigenCAM {cite}`muhammad2020` asks no gradient: its map is the first principal component of the
# activations, the same for both heads where they share a layer.
#
# The package `pytorch_grad_cam` does all this for a classifier with one output. Our network returns one
# output for each head, and the package would explain the wrong one without a warning. So `OneHead`
# wraps one head at a time, and the class is named explicitly: it is the class that the network itself
# names, right or wrong.
#
# The layer decides how fine a map can be. The last feature map of a network for small images has few
# cells, too few to follow an eyebrow. `layer = "finer"` takes the last layer before it that has a finer
# grid, which is nearer to what the paper's larger images give its last layer.

# %%
from fer_lib.papers.diya2026.explanations import cam_tables, resized_model

network = resized_model.of_run(proposed, side)
layers = cam_tables.layers_of(network, proposed.task.names, layer, faces.small[:1])
targets = explained_faces.targets(explained_faces.named(shown, proposed))
rows = faces.of_each_emotion(authenticity, apart=True)  # emotion -> place of one face
sample = list(rows.values())

# %%
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from fer_lib.explain.one_head import OneHead
from fer_lib.training.augmentation import normalise

with GradCAM(model=OneHead(network, "emotion"), target_layers=[layers["emotion"]]) as cam:
    named = [ClassifierOutputTarget(int(k)) for k in targets["emotion"][sample]]
    emotion_maps = cam(input_tensor=normalise(faces.small[sample]), targets=named)

# %% [markdown]
# `by_package` runs the same lines for any method and head, and leaves the network as it was. The figure
# has one test face of each emotion in a row. Beside the face stand, for each head, the truth and the
# map. Look at the eyebrows and the mouth where the truth glows, and whether the map glows there too.

# %% tags=["hide-input"] mystnb={"image": {"alt": "One face of each emotion, a row each: the face, the true place of the expression, the map of the emotion head, the true place of authenticity, the map of the authenticity head, as glowing overlays."}}
import matplotlib.pyplot as plt

from fer_lib.explain import grad_cam

package = {}
for head, at in layers.items():
    found = grad_cam.by_package(
        network, faces.small[sample], at, head, targets[head][sample], method
    )
    package[head] = dict(zip(sample, found, strict=True))  # place of the face -> map
figure = faces.explained(rows, method, package, truth, width=5.2)
plt.show()
if truth:
    hits = {
        head: sum(masks[head, "whole"][k].flat[found[k].argmax()] for k in sample)
        for head, found in package.items()
    }
    tables.say(
        f"Of these {len(sample)} {authenticity} faces, the highest point of the map lies on the mask "
        f"in {hits['emotion']} for the emotion head and in {hits['authenticity']} for the "
        "authenticity head."
    )

# %% [markdown]
# ## The same maps from one forward pass
#
# The package takes one forward pass for each head and method. For hundreds of faces and six models this
# page uses code of its own, which takes one pass for all of them. The table holds it against the
# package on the faces above. Look at the first column: the lowest correlation of two maps of the same
# face and head. The other columns are seconds an image, for both heads, measured now. EigenCAM takes the
# package's own correction of the sign, which a principal component does not have by itself.

# %%
from fer_lib.papers.diya2026.explanations import cams_one_pass

images, asked = faces.small[sample], {head: targets[head][sample] for head in layers}
maps = cams_one_pass.maps(network, images, layers, asked)  # by method and head
compared = cam_tables.beside_package(network, layers, asked, images)
tables.table(compared, f"One pass beside pytorch_grad_cam, {len(sample)} faces")
tables.say(
    f"The lowest correlation is {compared['correlation'].min():.4f}; equal means 0.999 or more."
)

# %% [markdown]
# ## Scores against the truth
#
# Two scores compare a map with a mask. The **pointing game** {cite}`zhang2018` asks whether the map's
# highest point lies on the mask. The **AUC** says how well the map ranks the pixels of the mask above all others. Two levels of chance
# stand beside each score. An even map knows nothing. The *same network's maps of other subjects*, laid
# over this mask, know that faces are in the middle of the picture and have eyes and a mouth; they do
# not know this face. Only the gain over the second level shows that a map follows the face it explains.

# %%
called = map_page.titles(first)
every = {name: cam_tables.explain(run, called[name], faces) for name, run in first.items()}
finer = f"{called['dual_task']}, finer layer"
every["finer"] = cam_tables.explain(proposed, finer, faces, "finer")
explained = every["finer" if layer == "finer" else "dual_task"]
if truth:
    scored = cam_tables.against_truth(every.values(), faces, masks, places)
    chosen = map_page.rows_of(scored, model=explained.called, method=method)
    levels = cam_tables.beside_chance(chosen, faces)
    tables.table(levels, f"{method} of the {explained.called} against the truth")

# %% [markdown]
# The next figure has the gain in AUC of every model with its confidence interval, a percentile bootstrap over
# subjects. Look at which intervals lie right of the dashed line, which is no gain. Models whose maps
# have different grids are not to be ranked: a map of a few cells cannot follow a thin eyebrow.

# %% mystnb={"image": {"alt": "Forest plot: how much better than other subjects' maps each model's maps rank the pixels of the truth, as a gain in AUC with its interval, for the emotion head and the authenticity head; the dashed line is no gain."}}
if truth:
    of_method = scored[scored["method"] == method]
    gains = cam_tables.means_by(of_method, faces, "AUC: gain", "model")
    figure = figures.intervals(gains, f"gain in AUC over other subjects' maps, {method}", 0.0)

# %% tags=["hide-input"]
from fer_lib.papers.diya2026.explanations.map_scores import TRUTH_ENERGY

if truth:
    tables.say(
        f"A mask holds {TRUTH_ENERGY:.0%} of the difference. Of {len(gains)} models and layers, "
        + " and ".join(
            f"{sum(gain.low > 0 for gain in gains[head])} show a gain for the {head} head"
            for head in gains
        )
        + "."
    )
    lines = scored.assign(map=scored["model"] + ", " + scored["method"])
    table = cam_tables.means_by(lines, faces, "AUC: gain", "map").reset_index()
    tables.folded(table, "Gain in AUC of all models and methods")
    kinds = cam_tables.means_by(cam_tables.by_kind(chosen), faces, "AUC: gain", "faces")
    tables.folded(
        kinds.reset_index(), f"Gain in AUC by kind of face, {method} of the {explained.called}"
    )

# %% [markdown]
# ## Which regions of the face
#
# The paper speaks of regions. The {literal}`68 landmarks <the number of points in the iBUG annotation>` of a rendered face divide the picture into six: eyes,
# brows, mouth, nose and cheeks, forehead, and the periphery (hair, ears, neck, clothes and background).
# The figure shows the relevance in a region divided by what an even map has there. Look for cells well
# above one, and at the last column, where the paper sees the authenticity head look.

# %% mystnb={"image": {"alt": "Two heat maps, emotion head and authenticity head: rows are the seven emotions, columns the six regions; each cell is the relevance there over what an even map would put there."}}
import seaborn as sns

if truth:
    figure, axes = plt.subplots(1, 2, figsize=(8, 2.5), sharey=True)
    for axis, head in zip(axes, layers, strict=True):
        table = cam_tables.densities(map_page.rows_of(chosen, head=head), places)
        sns.heatmap(table, vmin=0, vmax=4, cmap="Blues", annot=True, fmt=".1f", cbar=False, ax=axis)
        axis.set(title=f"{head} head", ylabel="")
        axis.tick_params(axis="x", rotation=40)

# %% tags=["hide-input"]
if truth:
    whole = chosen.groupby("head")[list(face_regions.REGIONS)].mean() / face_regions.areas(
        places
    ).mean(0)
    tables.say(
        "; ".join(
            f"{head} head: most on {whole.loc[head].idxmax()} ({whole.loc[head].max():.1f} times an "
            f"even map), on the periphery {whole.loc[head, 'periphery']:.1f} times"
            for head in layers
        ).capitalize()
        + "."
    )

# %% [markdown]
# ## Deletion and insertion
#
# A map may be right about the network even where it misses the expression. Deletion blurs the pixels
# that the map calls most important first; the probability of the named class should fall fast.
# Insertion brings them back into a blurred picture; it should rise fast {cite}`petsiuk2018`. No truth is
# needed. Chance is a map of noise on a grid as coarse as the map's own. Look at the distance between
# the lines of the methods and the line of noise.

# %% mystnb={"image": {"alt": "Four panels of the proposed model: deletion and insertion for each head, probability of the named class against the share of pixels changed, for three methods and for noise."}}
probe = map_page.probed(len(faces.small), scale.probe_images)  # places of fewer faces
curves, better = cam_tables.deletion_and_insertion(explained, faces, probe, steps=8)
drawn = {"x": "share of pixels changed", "y": "probability", "hue": "method", "kind": "line"}
grid = sns.relplot(curves, **drawn, row="head", col="kind", height=1.8, aspect=2.1, errorbar=None)
grid = grid.set_titles("{row_name} head: {col_name}")
figures.legend_above(grid, 4)

# %%
above = ["deletion below noise", "insertion above noise"]
areas = cam_tables.means_by(better, faces, above, "method")
tables.say(
    f"Mean probability along the curves of {method}, as far as it is better than noise, for "
    f"{len(probe)} faces: " + "; ".join(f"{name} {areas.loc[method, name]}" for name in areas) + "."
)
tables.folded(areas.reset_index(), "Deletion and insertion of all methods beside noise")

# %% [markdown]
# ## Shuffled weights
#
# A map that stays the same while the weights are shuffled shows the picture, not what was learnt
# {cite}`adebayo2018`. The layers are shuffled from the heads down. The figure shows the rank correlation
# of the maps with those of the trained network. The dotted line is how alike the trained network's maps
# of *different subjects* are, because all look at a face. Look at whether a line falls below it.

# %% mystnb={"image": {"alt": "Two panels, one a head: rank correlation with the trained model's map against the share of layers whose weights are shuffled, for three methods; a dotted line marks how alike maps of different subjects are."}}
shuffled = cam_tables.randomised(explained, faces, probe, steps=5)
drawn = {"x": "share of layers", "y": "correlation", "hue": "method", "kind": "line"}
grid = sns.relplot(shuffled, **drawn, col="head", height=2.4, aspect=1.6, marker="o", errorbar=None)
grid = grid.set_titles("{col_name} head")
others = shuffled.query("method == @method")["other subjects"].mean()
grid = grid.refline(y=others, linestyle=":")
figures.legend_above(grid, 3)

# %% tags=["hide-input"]
end = shuffled[shuffled["share of layers"] == 1]
kept = cam_tables.means_by(end, faces, ["correlation", "other subjects"], "method")
tables.say(
    f"With every layer shuffled, the maps of {method} keep a correlation of "
    + " and ".join(f"{kept.loc[method, f'{head}: correlation']} ({head} head)" for head in layers)
    + "; maps of different subjects have "
    + " and ".join(f"{kept.loc[method, f'{head}: other subjects']}" for head in layers)
    + "."
)
tables.folded(kept.reset_index(), f"All methods, every layer shuffled, {len(probe)} faces")

# %% [markdown]
# Two trainings that differ in their seed alone should show the same pixels, and so should two methods
# that explain one answer. The rank correlation of Grad-CAM over trainings stands beside that with maps
# of other subjects: only what exceeds this is agreement on the face.

# %%
trained = runs["dual_task"]  # one run a seed
if len(trained) > 1:
    alike = cam_tables.between_trainings(trained, explained, faces, probe, layer)
    alike = cam_tables.means_by(alike, faces, ["same face", "other subjects"], "model")
    tables.table(alike, f"Rank correlation between {len(trained)} trainings, {len(probe)} faces")
else:
    tables.say("This profile trains the proposed model once, so trainings are not compared.")
agreement = cam_tables.between_methods(explained, faces)
pairs = cam_tables.means_by(agreement, faces, "correlation", "methods").reset_index()
tables.folded(pairs, f"Rank correlation between methods, {explained.called}")

# %% [markdown]
# ## Verdicts
#
# The paper prints no map, mask or score, so no number can be reproduced. What can be checked is the
# direction of its sentences: each is turned into a difference that should be positive, for the proposed
# model's Grad-CAM maps at the finer layer, whatever the parameters above say. A still picture has no
# micro-expression, which is a movement. In its place stands whether the authenticity head's map finds
# where this face differs from its twin.

# %% tags=["hide-input"]
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.diya2026.verdicts import maps as map_verdicts

verdicts = VerdictRows(ledgers.load("diya2026"), Ground("diya2026", data, profile))
if truth:
    of_head = {h: map_page.rows_of(scored, model=finer, method="Grad-CAM", head=h) for h in layers}
    emphasis = {
        words: map_verdicts.in_face(
            cam_tables.by_region(runs[name][0], faces, places), face_regions.NAMED
        )
        for words, name in (("without", "lite0"), ("with", "lite0_se"))
    }
    anger = map_verdicts.brows_of_anger(of_head["emotion"], scale.bootstrap, seed)
    map_verdicts.grad_cam(verdicts, faces.mean, *of_head.values(), anger, emphasis)
else:
    why = "photographs carry no truth and no landmarks here"
    map_verdicts.without_truth(verdicts, map_verdicts.OF_GRAD_CAM, why)
map_verdicts.of_psychology(verdicts)
verdicts.show("Verdicts on the paper's sentences about Grad-CAM")

# %% [markdown]
# ## Try it
#
# Change a parameter in the first cell and run the page again, or from the command line:
#
# ```
# make notebook N=diya2026/grad_cam PROFILE=book PARAMS='method=EigenCAM authenticity=fake'
# make notebook N=diya2026/grad_cam PROFILE=book PARAMS='layer=last'
# ```

# %% tags=["hide-input"]
spent = tables.measured(f"{time.perf_counter() - started:.0f} seconds")
tables.say(f"With the trainings in the store, this page took {spent} in profile {profile}.")
question.answer(
    cam_tables.in_words(gains.loc[explained.called])
    if truth
    else "Nobody knows these pixels on photographs. Beside noise: "
    + "; ".join(f"{name} {areas.loc[method, name]}" for name in areas),
    rests_on=f"{method} of the {explained.called}, seed {proposed.about['seed']}, on "
    f"{len(faces.small):,} test faces of {len(set(faces.people))} subjects; percentile bootstrap over "
    f"subjects, {scale.bootstrap:,} draws.",
)

# %% [markdown]
# *Exercise.* EigenCAM asks neither head nor class. Run the page with `method = "EigenCAM"`. What does a
# gain of EigenCAM over other subjects' maps tell, and what does it not tell?
#
# <details><summary>Answer</summary>
#
# It tells that the features of the layer change where the face changes: the network *sees* the
# expression there. It does not tell that the head uses these features, because the head was never
# asked. What Grad-CAM adds is the difference between its gain and EigenCAM's. Deletion and insertion
# are the second way to ask the head.
#
# </details>
