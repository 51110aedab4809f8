# %% [markdown]
# # Does LIME find the pixels that carry the expression?
#
# *Sections 6-2 and 6-3, Figure 21 of {cite}`diya2026`*

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
segments = 50  # superpixels asked for in a face
copies = 0  # perturbed copies of a face; 0: as few as repeat well enough
face = 0  # which of the explained faces is shown alone

# %%
from fer_lib.api import load_run
from fer_lib.explain.lime import probabilities, segments_of, without_bar
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)
run = load_run("dual_task", settings)

# %% tags=["hide-input"]
import time

import numpy as np

from engine.page import opening, tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.verdicts import Ground
from fer_lib.papers.diya2026.explanations import (
    balanced_lime,
    lime_page,
    lime_stability,
    map_page,
    part_swaps,
)
from fer_lib.papers.diya2026.explanations import lime_beside_grad_cam as grad_cam
from fer_lib.papers.diya2026.verdicts import maps as map_verdicts
from fer_lib.plots import figures

started = time.perf_counter()
figures.use_style()
question = opening.ask(
    "Does LIME mark the pixels that make an expression, and those that make it genuine or fake?"
)
page = lime_page.opened(settings)
faces, models, task = page.faces, page.models, page.task
tables.header_of_runs(list(page.runs.values()))

# %% [markdown]
# The paper shows LIME pictures (its Figure 21 is not available to us). It reads from them that authenticity lies in
# fine texture, wrinkles and shading, and that LIME and Grad-CAM complement each other. A picture convinces
# whether it is right or not. On rendered faces we can measure both statements: the renderer knows which pixels
# make the expression. It can also move the skin without changing its shading, or change the shading without moving
# the skin.
#
# ## LIME on one face
#
# LIME {cite}`ribeiro2016` divides an image into superpixels. It makes many copies of the image in which about half of
# the superpixels are hidden, here under their mean colour, and asks the network for the probability of one class.
# Then it fits a linear model: how much does each superpixel add to that probability? Copies near the whole image count
# more, and a ridge penalty keeps the weights small:
#
# $$
# \hat w = \arg\min_w \sum_k e^{-d_k^2 / 2\sigma^2}\,\bigl(f(z_k) - w_0 - w^\top z_k\bigr)^2 + \lVert w\rVert^2,
# \qquad \sigma = 0.25 .
# $$
#
# The vector $z_k$ says which superpixels copy $k$ keeps, $d_k$ is its cosine distance from the whole image, and $f$ is
# the network's probability. We explain the class that the network predicts, right or wrong, for faces that no
# training has seen.

# %%
network = models["dual_task"]
images = faces.small  # uint8 (n, 3, side, side)
superpixels = [segments_of(faces.picture(k), segments) for k in range(len(images))]
picture, parts = faces.picture(face), superpixels[face]

# %% [markdown]
# The package `lime` of the method's authors explains one head at a time. Only a fresh explainer with its `random_state`
# repeats the same copies. `without_bar` keeps its progress bar off the page. We pass SLIC superpixels, because the
# package's default, quickshift, finds only a handful of them in an image this small.

# %%
from lime import lime_image

weights = {}
for head, target in page.predicted(face).items():
    explainer = lime_image.LimeImageExplainer(feature_selection="none", random_state=seed)
    with without_bar():
        explanation = explainer.explain_instance(
            picture,
            probabilities(network, head),
            labels=(target,),
            top_labels=None,
            num_samples=1000,
            batch_size=16,
            segmentation_fn=lambda _: parts,
        )
    weights[head] = np.array([w for _, w in sorted(explanation.local_exp[target])])

# %% [markdown]
# The figure shows the face, its superpixels, and for each head the superpixels that speak for the predicted class,
# brighter the more they add. Beside each map stands the truth: the pixels that the expression, or its authenticity,
# changes. Look whether LIME glows where the truth does.

# %% mystnb={"image": {"alt": "One face, its superpixels, and for each head the LIME map of the package and the true place; superpixels that add to the predicted class glow."}}
figure = lime_page.one_face(page, face, parts, weights)

# %% tags=["hide-input"]
lime_page.say_one_face(page, face, weights)

# %% [markdown]
# ## How far LIME repeats itself
#
# The copies are drawn at random, so another seed gives another map. We measure how stable the maps are: the mean
# Spearman correlation of the superpixels' weights over all pairs of five seeds.
#
# For scores over many faces this book does not draw the copies one by one but uses a **balanced design**. Within a block
# each superpixel is hidden in half of the copies, each pair together in a quarter, and every copy has its opposite. One
# set of such copies also serves both heads, while the package makes new ones for each. The fewest copies that reach the
# stability asked for, with every model and head, are used from here on.

# %%
SEEDS = 5
few = map_page.probed(len(images), min(4, page.scale.probe_images))
most = max(int(parts.max()) + 1 for parts in superpixels)
sizes = (copies,) if copies else lime_stability.sizes_of(most, page.scale.lime_samples)
stable = lime_stability.by_model(
    models,
    images[few],
    [superpixels[k] for k in few],
    task,
    {name: {head: held[few] for head, held in page.targets[name].items()} for name in models},
    sizes,
    SEEDS,
)
used = lime_stability.enough(stable, page.scale.lime_stability) or sizes[-1]
lime_page.say_stability(page, stable, used)

# %% [markdown]
# ### The balanced design against the package
#
# Is the balanced design still LIME? We explain the same faces by both, with the same number of copies and the same
# seeds. For each seed of the package we take the mean weights of its other seeds, and measure two distances from it:
# that of the package's own seed, and that of the balanced design with this seed. The balanced design is within the
# package's own spread if it lies no farther away. What it saves is told by `make bench`: it reaches the stability of the
# package's default with fewer copies.

# %%
compared = few[:2]
both = [
    lime_stability.of_both(network, images[k], superpixels[k], task, page.predicted(k), used, SEEDS)
    for k in compared
]
lime_page.say_comparison(lime_stability.comparison(both), used, SEEDS, len(compared))

# %% [markdown]
# The figure shows what that means for one face: three seeds of the package, the mean of all its seeds, and one seed of
# the balanced design. Compare how much the first three differ from the mean with how much the last one does.

# %% mystnb={"image": {"alt": "LIME maps of one face, a row a head: three seeds of the package, their mean over all seeds, and the balanced design."}}
figure = lime_page.several_seeds(page, compared[0], superpixels[compared[0]], both[0])

# %% [markdown]
# ## All faces
#
# From here on all faces are explained by the balanced design, together with Grad-CAM of the same classes: at each
# model's last feature map and, for the proposed model, at the last layer with a finer grid.

# %%
maps = {}
for name, model in models.items():
    asked = page.targets[name]
    found = balanced_lime.maps(model, images, superpixels, task, asked, used, seed)
    maps |= {("LIME", name, head): held for head, held in found.items()}
    found = grad_cam.grad_cam_maps(model, images, asked, finer=name == "dual_task")
    maps |= {(method, name, head): held for (method, head), held in found.items()}

# %% [markdown]
# Figure 21, made anew: genuine and fake faces with the truth and the LIME map of each head. The emotion's truth is the
# change from the neutral face, the authenticity's that from the same face posed the other way.

# %% mystnb={"image": {"alt": "Genuine and fake faces, a row each: the face, the true place of the expression, LIME of the emotion head, the true place of authenticity, LIME of the authenticity head."}}
figure = lime_page.examples(page, maps)

# %% [markdown]
# ## Against the truth
#
# A map ranks the pixels of a face. Its AUC is the chance that it ranks a true pixel above another one; an even map gets
# one half. Every method likes the middle of a face, so one half is too easy. The fair level of chance is **the maps of other
# subjects**, laid over this face. The gain is the AUC less theirs. True pixels are the fewest that hold four fifths of
# the change.

# %%
gains = {}
if page.has_truth:
    scored = page.scored(maps)
    gains = lime_page.gains_of(page, scored)

# %% [markdown]
# The figure shows the gain of every map with its bootstrap interval over subjects. Right of the dashed line a map
# knows more about its own face than the maps of other subjects do. Compare LIME with Grad-CAM of the same model.

# %% mystnb={"image": {"alt": "Forest plot: how much better than other subjects' maps LIME and Grad-CAM of each model rank the pixels of the truth, as a gain in AUC with its interval, for both heads; the dashed line is no gain."}}
figure = lime_page.gain_plot(page, gains) if gains else None

# %% tags=["hide-input"]
if gains:
    lime_page.say_gains(page, scored, gains)

# %% [markdown]
# ## Geometry, or wrinkles and shading?
#
# Where a fake face differs from its genuine twin, the skin lies elsewhere (geometry), and light falls on it otherwise
# (wrinkles and shading). The renderer makes each change alone, so each has a mask of its own. The table gives the share
# of a map's relevance on each mask, less the share of an even map. Folds lie where skin moves, so the masks overlap; the
# last column is what shading alone covers. A superpixel is larger than a wrinkle, so no map of superpixels separates
# the two where they lie side by side.

# %%
if gains:
    lime_page.say_parts(page, scored)

# %% [markdown]
# ## Swap one part of a face
#
# A map shows where the network looks. A better question is what the network answers when only one part of a face
# changes. We give a face the geometry of its twin of the other class and keep its own shading, or the other way round.
# The last picture of a row is the twin itself.

# %% mystnb={"image": {"alt": "A genuine and a fake face, a row each: the face itself, with the geometry of its twin, with the wrinkles and shading of its twin, and the twin."}}
if page.has_truth:
    swapped = part_swaps.pictures(faces.shown)  # (n, 4, size, size, 3)
    columns = [*part_swaps.CHANGED, part_swaps.DIFFERENCE]
    falls = {}
    for name, model in models.items():
        of_model = part_swaps.falls(model, faces.shown, swapped, faces.side)
        falls[name] = faces.mean(of_model, columns)
    figure = lime_page.swap_pictures(page, swapped)

# %% [markdown]
# The next figure shows how far the authenticity head's log-odds of the true class fall. A positive fall moves the answer
# towards the twin's class, as the change should. The interval resamples subjects.

# %% mystnb={"image": {"alt": "Forest plot: how far each model's log-odds of the true authenticity fall when the geometry, the wrinkles and shading, or all of the face becomes that of its twin, with intervals; the dashed line is no change."}}
figure = lime_page.swap_plot(page, falls) if page.has_truth else None

# %% tags=["hide-input"]
if page.has_truth:
    lime_page.say_swaps(page, falls)

# %% [markdown]
# ## Do LIME and Grad-CAM complement each other?
#
# Two maps that rank the pixels alike repeat each other; two that disagree may both be wrong. They complement each other
# if they disagree **and** the sum of their ranks finds the truth better than the better one alone. The agreement of a
# map with other subjects' maps of the other method is the level of chance.

# %%
together = {}
for head in task.names:
    truth = page.masks[head, "whole"] if page.has_truth else None
    for layer in ("Grad-CAM", grad_cam.FINER):
        pair = maps["LIME", "dual_task", head], maps[layer, "dual_task", head]
        frame = grad_cam.complement(*pair, faces.people, truth)
        together[head, layer] = faces.mean(frame, people=faces.people)
more = lime_page.say_together(page, together)

# %% [markdown]
# ## Verdicts
#
# Each sentence of the paper is read as a difference that should be positive. It is seen if the whole interval lies
# above zero. The first sentence is read three ways: where the map lies, where it lies more than on geometry, and what
# the answer depends on.

# %% tags=["hide-input"]
verdicts = VerdictRows(ledgers.load("diya2026"), Ground("diya2026", data, profile))
if page.has_truth:
    held = lime_page.lines_of(scored, "LIME", "dual_task", "authenticity")
    map_verdicts.lime(verdicts, faces.mean, held, falls["dual_task"], more)
else:
    why = "photographs carry no truth here"
    map_verdicts.without_truth(verdicts, map_verdicts.OF_LIME, why)
verdicts.show("Verdicts on the paper's sentences about LIME")
question.answer(*lime_page.answer(page, gains, used))

# %% [markdown]
# ## Try it
#
# Three parameters of this page can be changed: `segments`, how many superpixels a face is divided into; `copies`, how many
# perturbed copies are made of it, an even number; and `face`, which face is shown alone.
#
# ```sh
# make notebook N=diya2026/lime PROFILE=book PARAMS='segments=20 copies=256'
# ```

# %% tags=["hide-input"]
spent = tables.measured(f"{time.perf_counter() - started:.0f} s")
tables.say(f"Here the page took {spent}, with {used:,} copies of {len(images)} faces.")

# %% [markdown]
# **Exercise.** Run the page with `segments=20` and with `segments=100`, both with `copies=256`. Which of the two gives
# the more stable maps? Which one can follow a brow? Why does LIME not give you both?
#
# <details>
# <summary>Answer</summary>
#
# With `20` superpixels the same copies have to tell `20` weights instead of `100`. Each weight is known more precisely, and the
# maps repeat themselves better. But such a superpixel is larger than a brow, and the map cannot be finer than its
# superpixels. Small superpixels need more copies for the same stability. Hiding one of them also changes the
# probability less, so there is less to measure.
#
# </details>
