# %% [markdown]
# # What does one dense layer learn from the embeddings of a frozen network?
#
# *Section 4-4-3, Figure 8 of {cite}`diya2026`: EfficientNet-B3 embedding with a dense classifier*
#
# A frozen EfficientNet-B3 turns each image into an embedding, a list of numbers; one dense layer learns from it,
# with synthetic embeddings by SMOTE to balance the authenticity. Nothing of the backbone learns, so everything
# depends on what it has learnt before.

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
sampling = "smote"  # how the training part is balanced: smote or none
seeds = 0  # number of trainings; 0 takes as many as the profile has

# %% tags=["hide-input"]
from engine.page import opening, tables

question = opening.ask("What does one dense layer learn from the embeddings of a frozen network?")

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import seaborn as sns
import torch
from sklearn.metrics import PrecisionRecallDisplay, RocCurveDisplay
from torch.nn import functional

from engine.page import source
from fer_lib.api import build, confusion, load, load_run, predict, score, split
from fer_lib.models import ALL_STAGES
from fer_lib.papers.diya2026 import model_page, model_summary, named_configs
from fer_lib.papers.diya2026.models.embedding_dense import PAPER, EmbeddingDense
from fer_lib.plots import figures
from fer_lib.settings import Settings
from fer_lib.training import augmentation, configs, loop, losses, run_training

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
from fer_lib.evaluation import ledgers

figures.use_style()
ledger = ledgers.load("diya2026")
changes = {"sampling": sampling}
official = load_run("b3_embedding", settings)
name = "b3_substitute" if official.about["random_start"] else "b3_embedding"
number = seeds or configs.seeds(name, profile)
each = [replace(settings, seed=seed + k) for k in range(number)]
runs = [load_run(name, one, **changes) for one in each]
tables.header_of_runs(runs)

# %% [markdown]
# ## Which network is scored here
#
# A frozen network sees only what it learnt before. Where the ImageNet file of EfficientNet-B3 can be had, the
# paper's model is scored on this page. Where it cannot, its run begins at random: its scores would say what random
# features carry, and not what the paper's model does, so they are not shown here. A **substitute** is scored in its
# place: the same classifier on the pretrained backbone of the proposed model. It has its own name on every page, and
# is never ranked under the name of the paper's model.

# %%
starts = {"the paper's model": official, "scored on this page": runs[0]}
rows = [
    {"network": words, "weights of the backbone": one["name"]}
    for words, run in starts.items()
    for one in run.about["weights"]
]
tables.table(rows, "What the backbones start from")

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
# `top` is empty here, because the whole backbone is frozen; `torch.cat` matters only where there are two backbones.
# What learns is one dense layer of {claim}`diya2026/b3.units` units and the two heads.

# %%
source.show(EmbeddingDense)

# %% [markdown]
# The paper prints no count for this model. The table has the network as the paper describes it, built without
# weights, and the one that is scored here. The frozen backbones hold nearly all of the parameters; what is trainable
# is small.

# %%
experiment = configs.first(name, settings, **changes)
network = build(experiment)
paper = model_summary.of_paper("embedding_dense", PAPER, ALL_STAGES)
table = model_page.counts({"as described": paper, "this run": network}, "the B3 embedding model")

# %% [markdown]
# In the drawing of the trained network grey parts stay as they came, blue ones learn, and yellow ones follow the
# feature maps. Look how little is left to learn: the backbone is one grey box.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A column of one box for the frozen backbone, then the dense layer and two heads side by side, each with output shape and parameters."}}
model = run_training.trained_model(runs[0])
figure = model_page.draw(runs[0], model)

# %% [markdown]
# ## The loss
#
# Cross-entropy for the emotion and binary cross-entropy for the authenticity, with the weights of the proposed
# model, as the section says. Here the loss is computed for one batch by the untrained network, and compared with the
# function that training calls.

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
# The backbone never changes, so its embeddings are computed once and stored; training goes through them and not
# through images. SMOTE {cite}`chawla2002` adds synthetic embeddings, on the lines between neighbours of one class,
# until the authenticity labels are balanced.
#
# One step of training is short: compute the answers, the joint loss, its gradients, and move the weights. Around it
# stand the epochs, a learning rate that falls when the validation loss stops falling, and early stopping.

# %%
source.show(loop.step)

# %% [markdown]
# `load_run` finds the trained network in the store, or trains it if it is not there. `fit` of the public API refuses
# this configuration: SMOTE makes embeddings, not images, so it works between stored embeddings only.

# %%
run = load_run(name, settings, **changes)
tables.say(f"{model_summary.training(run)} {model_page.frozen(run)}")

# %% [markdown]
# In the learning curves, compare the training line with the validation line: where they part, the network remembers
# its training subjects. The dotted line marks the epoch whose weights are kept.

# %% mystnb={"image": {"alt": "Three panels over the epochs of the B3 embedding model: joint loss, emotion accuracy and authenticity accuracy, for the training and the validation part, with the kept epoch marked."}}
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
tables.table(found, f"{named_configs.title(name)}, seeds: {len(runs)}")

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
    for label, is_class, p in model_page.against_rest(answers, head):
        RocCurveDisplay.from_predictions(is_class, p, name=label, ax=roc)
        PrecisionRecallDisplay.from_predictions(is_class, p, name=label, ax=precision)
    roc.plot([0, 1], [0, 1], "k--", lw=0.8)
    for axis, kind in ((roc, "ROC"), (precision, "precision and recall")):
        axis.set(title=f"{head.name}: {kind}", xlabel=axis.get_xlabel().split(" (")[0])
        axis.set_ylabel(axis.get_ylabel().split(" (")[0])
        axis.legend(fontsize=7)
plt.show()
tables.say(model_page.areas(answers, run.task))

# %% [markdown]
# ## Frozen or fine-tuned
#
# Section 4-4 says that both variants were tried where a backbone is pretrained, and that the better was reported.
# For the substitute, both are trained at the small scale of this profile. The better one has the higher mean of
# emotion accuracy and authenticity AUC on the validation part; the test part is not looked at.

# %%
better = model_page.variants("b3_substitute", each)

# %% [markdown]
# ## What the paper leaves open, and what was chosen
#
# - Which label SMOTE balances, and to what ratio: this book balances the authenticity, as the section on the other
#   embedding model says, to equal numbers, with five neighbours.
# - The weights of the two losses are said to be those of the proposed model; so they are here.
#
# The tables below unfold: every part of the network, all settings, the files of weights, and every epoch.

# %% tags=["hide-input"]
model_page.details(run, model, ledger)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
dense = paper.tail.dense[0]
widths = {"b3.embedding": dense.in_features, "b3.units": dense.out_features}
model_page.embedding_verdicts(
    official, ledger, widths, "b3.pretrained", "Verdicts on the B3 embedding model"
)

of_whom = "" if name == official.about["arm"] else "Of the substitute, not of the paper's model: "
question.answer(of_whom + model_page.answer(found, run.task), model_page.rests_on(runs))

# %% [markdown]
# ## Try it
#
# Leave SMOTE out and train once, at the scale of the book:
#
# ```
# make notebook N=diya2026/b3_embedding PROFILE=book PARAMS='sampling=none seeds=1'
# ```

# %% tags=["hide-input"]
took = tables.measured(f"{run.about['wall_seconds']:.0f} s")
tables.say(
    f"One training took {took} here. Yours takes as long, and as long again for each variant above that the store does not hold."
)

# %% [markdown]
# **Exercise.** The dense layer is trained for minutes; fine-tuning the backbone as well takes many times as long. In
# which situation would you still stop at the frozen one?
#
# <details><summary>Answer</summary>
#
# When there are few labelled images. A backbone that may move can fit the training subjects themselves; a dense
# layer on frozen embeddings has far less room for that. The table on frozen and fine-tuned variants shows which of
# the two effects wins on these faces.
#
# </details>
