# %% [markdown]
# # How far does a small network get that starts from nothing?
#
# *Section 4-4-1, Figure 6 of {cite}`diya2026`: the CNN baseline*
#
# The plainest of the paper's six models has three convolutional blocks, one dense layer and two heads, and it is
# trained from a random start. What a better model is worth is measured from here. The paper prints its number of
# parameters but not its filters, so this page also asks which network was meant.

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
filters = ""  # of the three blocks, such as 16/32/64; nothing takes the profile's
seeds = 0  # number of trainings; 0 takes as many as the profile has

# %% tags=["hide-input"]
from engine.page import opening, tables

question = opening.ask(
    "How far does a small network get that starts from nothing, and does its description fix what it is?"
)

# %%
import itertools
from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
import torch
from sklearn.metrics import PrecisionRecallDisplay, RocCurveDisplay
from torch.nn import functional

from engine.page import source
from fer_lib.api import build, confusion, load, load_run, predict, score, split
from fer_lib.papers.diya2026 import model_page, model_summary
from fer_lib.papers.diya2026.models.cnn_baseline import CNNBaseline
from fer_lib.plots import figures
from fer_lib.settings import Settings
from fer_lib.training import augmentation, configs, loop, losses, run_training

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import ledgers

figures.use_style()
ledger = ledgers.load("diya2026")
widths = [int(width) for width in filters.split("/") if width]
changes = {"options": {"filters": widths}} if widths else {}
number = seeds or configs.seeds("cnn_baseline", profile)
each = [replace(settings, seed=seed + k) for k in range(number)]
runs = [load_run("cnn_baseline", one, **changes) for one in each]
tables.header_of_runs(runs)

# %% [markdown]
# ## Data: load and split
#
# Every image has two labels. The split keeps all images of one subject in one part: a network that could meet a test
# subject while it learns would be paid for remembering faces.

# %%
faces = load(settings)
parts = split(faces.table, seed)
counted = faces.table.groupby(parts)["group"].agg(images="size", subjects="nunique")
counted.loc[["train", "val", "test"]]

# %% [markdown]
# ## The model
#
# A convolution looks at three by three pixels at a time, ReLU cuts what is negative, and max pooling halves the map.
# The dense layer sees the whole last map at once. Both heads read the same dense layer.

# %%
source.show(CNNBaseline)

# %%
experiment = configs.first("cnn_baseline", settings, **changes)
network = build(experiment)
table = model_page.counts({"this run": network}, "the CNN baseline")
dense = sum(p.numel() for p in network.tail.dense.parameters())
print(f"{dense / table.loc['this run', 'parameters']:.0%} of them stand in the dense layer")

# %% [markdown]
# In the drawing, compare the numbers of parameters in the boxes. Those of a convolution do not depend on the image
# size; those of the dense layer grow with its square.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A column of boxes: three convolutions with pooling between them, then pooling, the dense layer and two heads side by side, each box with its output shape and parameters."}}
model = run_training.trained_model(runs[0])
figure = model_page.draw(runs[0], model)

# %% [markdown]
# ## Which network has the printed number of parameters?
#
# The paper gives a total but neither the number of filters nor the padding. At its image size the dense layer holds
# nearly everything, so the total depends on that size and on the last block. Below, some of the choices that one
# might make are built and counted; the question is how many of them print as the paper's
# {claim}`diya2026/cnn.parameters` million.

# %%
claim = ledger["cnn.parameters"]
sizes, padding = (112, 128, 224), {"none": 0, "same": 1}
blocks = ((16, 32, 64), (32, 64, 32), (32, 64, 64), (32, 64, 128), (64, 128, 32), (128, 64, 32))
candidates = pd.DataFrame(
    itertools.product(sizes, blocks, padding), columns=["pixels", "filters", "padding"]
)
candidates["parameters"] = [
    sum(p.numel() for p in CNNBaseline(network.task, size, widths, padding[how]).parameters())
    for size, widths, how in candidates.itertuples(index=False)
]
candidates["prints so"] = [model_page.fits(claim, n) for n in candidates["parameters"]]
tables.say(
    f"**{candidates['prints so'].sum()} of {len(candidates)}** candidates print as {claim.printed} million."
)

# %% [markdown]
# The next table has those that do; the fold below it has every candidate.

# %% tags=["hide-input"]
shown = candidates.assign(
    filters=[" / ".join(map(str, widths)) for widths in candidates["filters"]],
    **{"prints so": candidates["prints so"].map({True: "yes", False: "no"})},
)
fitting = shown[candidates["prints so"]].drop(columns=["prints so", "parameters"])
fitting["millions"] = candidates["parameters"] / 1e6
tables.table(fitting, f"Candidates that print as {claim.printed} million", index=False)
tables.folded(shown, "Parameter counts of all candidate architectures")

# %% [markdown]
# ## The loss
#
# Cross-entropy for the emotion and binary cross-entropy for the authenticity, with the weights of Table 4. Here the
# loss is computed for one batch by the untrained network, and compared with the function that training calls. A
# network that knows nothing pays about the logarithm of the number of classes for each head.

# %%
batch = augmentation.normalise(augmentation.resize(faces.images[:16], network.side))
labels = network.task.targets(faces.table[:16])
truth = {head: torch.as_tensor(values) for head, values in labels.items()}
alpha, beta = (head.weight for head in network.task.heads)
output = network.eval()(batch)
emotion = functional.cross_entropy(output["emotion"], truth["emotion"])
felt = functional.binary_cross_entropy_with_logits(output["authenticity"], truth["authenticity"])
joint = losses.joint(experiment.arm.applied(network.task), output, truth)
by_hand = alpha * emotion + beta * felt
print(f"{emotion:.3f} and {felt:.3f} make {by_hand:.3f}; training has {joint:.3f}")

# %% [markdown]
# ## Training
#
# The network starts from nothing and is small. In the profiles below `paper` it sees smaller images than the models
# with a pretrained backbone, and takes more epochs for it.
#
# One step of training is short: compute the answers, the joint loss, its gradients, and move the weights. Around it
# stand the epochs, a learning rate that falls when the validation loss stops falling, and early stopping.

# %%
source.show(loop.step)

# %% [markdown]
# `fit(network, experiment, faces, parts)` of the public API does all of it in front of you. The book keeps the
# trained network instead: `load_run` finds it in the store, or trains it if it is not there.

# %%
run = load_run("cnn_baseline", settings, **changes)
tables.say(f"{model_summary.training(run)} {model_page.frozen(run)}")

# %% [markdown]
# In the learning curves, compare the training line with the validation line: where they part, the network remembers
# its training subjects. The dotted line marks the epoch whose weights are kept.

# %% mystnb={"image": {"alt": "Three panels over the epochs of the CNN baseline: joint loss, emotion accuracy and authenticity accuracy, for the training and the validation part, with the kept epoch marked."}}
figure = figures.learning_curves(run.history)
plt.show()
tables.say(model_page.parted(run))

# %% [markdown]
# ## Scores
#
# The trained network answers for the test part of this split. Each score has a percentile bootstrap interval: the
# test subjects are drawn again and again with replacement, because images of one subject resemble each other.

# %%
answers = predict(model, faces, parts)
emotion, authenticity = run.task.heads
print("emotion accuracy ", score(answers, emotion)["accuracy"])
print("authenticity AUC ", score(answers, authenticity)["AUC"])

# %% [markdown]
# One split and one start are one throw of the dice. The next table has the mean over all seeds, judged on subjects
# that no training, no stopping and no choice has used where there are such. Its intervals hold both the luck of the
# subjects and that of the seeds.

# %%
found = model_page.scores(runs)
tables.table(found, f"The CNN baseline, seeds: {len(runs)}")

# %% [markdown]
# In the confusion matrices each row is one true class. Numbers are images, and the shade is the share of the row: a
# perfect model has a dark diagonal. Look for the pairs of emotions that are taken for each other.

# %% mystnb={"image": {"alt": "Two heat maps of confusion matrices on the test part: seven emotions on the left, fake and genuine on the right; rows are the true class."}}
size = {"figsize": (8, 3.5), "width_ratios": (2.4, 1), "layout": "constrained"}
figure, axes = plt.subplots(1, 2, **size)
for axis, head in zip(axes, run.task.heads, strict=True):
    matrix = confusion(answers, head)
    share = matrix.div(matrix.sum(axis=1).clip(lower=1), axis=0)
    style = {"cmap": "Blues", "vmin": 0, "vmax": 1, "cbar": False}
    sns.heatmap(share, annot=matrix, fmt="d", ax=axis, **style)
    axis.set_title(head.name)
plt.show()
tables.say(model_page.confused(answers, emotion))

# %% [markdown]
# A threshold decides what counts as "genuine", or as one emotion against the rest. The ROC curve goes through all
# thresholds: up is good, and the diagonal is chance. In the precision-recall curve chance is the share of positives,
# so it shows better what a rare class costs.

# %% mystnb={"image": {"alt": "Four panels: ROC and precision-recall curves of each emotion against the rest above, of genuine against fake below."}}
figure, axes = plt.subplots(2, 2, figsize=(8, 5.9), layout="constrained")
for (roc, precision), head in zip(axes, run.task.heads, strict=True):
    for name, is_class, p in model_page.against_rest(answers, head):
        RocCurveDisplay.from_predictions(is_class, p, name=name, ax=roc)
        PrecisionRecallDisplay.from_predictions(is_class, p, name=name, ax=precision)
    roc.plot([0, 1], [0, 1], "k--", lw=0.8)
    for axis, kind in ((roc, "ROC"), (precision, "precision and recall")):
        axis.set(title=f"{head.name}: {kind}", xlabel=axis.get_xlabel().split(" (")[0])
        axis.set_ylabel(axis.get_ylabel().split(" (")[0])
        axis.legend(fontsize=7)
plt.show()
tables.say(model_page.areas(answers, run.task))

# %% [markdown]
# ## What the paper leaves open, and what was chosen
#
# - Filters and padding, as counted above. Profile `paper` takes a layout that meets the printed total at the printed
#   image size; the smaller profiles take a plainer one for smaller images.
# - The number of epochs that a network from a random start was given. Here it has several epochs for each one of a
#   pretrained model, because each is cheap; whether it was still improving at the end is said under Training.
#
# The tables below unfold: every part of the network, all settings, and every epoch.

# %% tags=["hide-input"]
model_page.details(run, model, ledger)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
stated = int(ledger["table4.input"].value)
at_stated = fitting[fitting["pixels"] == stated]
examples = "; ".join(
    f"{row['filters']}, padding {row['padding']}" for _, row in at_stated.iterrows()
)
verdicts = VerdictRows(ledger)
verdicts.underspecified(
    "cnn.parameters",
    f"of the candidates at {stated} pixels, {len(at_stated)} print as {claim.printed} million"
    + (f" (filters {examples})" if examples else "")
    + "; the text does not say which was meant, or whether it is another one",
)
verdicts.show("Verdicts on the CNN baseline")

fixes = "does not fix" if len(fitting) > 1 else "may fix"
described = f" Its description {fixes} it: {len(fitting)} of {len(candidates)} candidates print as {claim.printed} million."
question.answer(model_page.answer(found, run.task) + described, model_page.rests_on(runs))

# %% [markdown]
# ## Try it
#
# Halve the filters of every block and train once, at the scale of the book:
#
# ```
# make notebook N=diya2026/cnn_baseline PROFILE=book PARAMS='filters=16/32/64 seeds=1'
# ```

# %% tags=["hide-input"]
took = tables.measured(f"{run.about['wall_seconds']:.0f} s")
tables.say(f"One training took {took} here. Yours takes about as long.")

# %% [markdown]
# **Exercise.** At the paper's image size, halving the filters of all three blocks leaves the network with about half
# of its parameters, though a convolution between two blocks has only a quarter left. Why?
#
# <details><summary>Answer</summary>
#
# The dense layer holds nearly everything. Its inputs are the positions of the last map times the filters of the last
# block, so they halve, while its units stay the same. A convolution has inputs and outputs that both halve, so a
# quarter remains, but there is little there to begin with.
#
# </details>
