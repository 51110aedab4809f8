# %% [markdown]
# # Audit: fine-tuned CNNs with self-attention
#
# What the auditor finds in {cite}`khalid2025`, a paper on recognising facial expressions with
# convolutional networks and self-attention. No image is used and no model is trained: the numbers and
# descriptions that the paper prints are held against each other. A contradiction means that not all of
# the places named can be right together. It does not say which one is off, why, or how well the model
# works.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %% tags=["hide-input"]
import math

import numpy as np
import pandas as pd
from scipy import stats

from engine.page import audit as audit_page
from engine.page import tables

audit = audit_page.Audit("khalid2025")
ledger = audit.ledger
audit.tally()

# %% [markdown]
# ## What does not fit together
#
# The strongest findings come first: those that need nothing but arithmetic, or one sentence beside
# another. All but the first three rest on our reading of the text; each of these names the reading that
# would remove it.
#
# To try this, open the page as a notebook in a copy of the book. A printed value is changed in the
# ledger, in the first line of a cell: `ledger["s41.test"] = replace(ledger["s41.test"], printed="7,178")`,
# after `from dataclasses import replace`; words by `means=("…",)`. Where the printed values fit after all,
# `audit.redo` stops with an error. To go back, run the notebook from the top.
#
# ### The training and test part of section 4.1
#
# Section 4.1 counts {claim}`khalid2025/s41.total` and divides them in two:
# {claim}`khalid2025/s41.train_share`, {claim}`khalid2025/s41.train`, for training and
# {claim}`khalid2025/s41.test_share`, {claim}`khalid2025/s41.test`, for testing. The two parts do not
# add up to the whole, and the test part is not the share that stands beside it. What is missing is as
# large as the validation part of Table 2, {claim}`khalid2025/table2.validation`. So Table 2 is whole,
# and the share of section 4.1 fits if the validation part is counted as test. It matters because the
# paper gives the headline accuracy for the validation set (see below). A statement of which images were
# tested on would settle it.

# %%
total, train, test = (ledger[f"s41.{name}"].value for name in ("total", "train", "test"))
validation = ledger["table2.validation"].value  # a count that only Table 2 prints
low, high = ledger["s41.test_share"].rounding  # the shares that print like this, in per cent
share, both = 100 * test / total, 100 * (test + validation) / total

audit.redo(
    "s41.total",
    holds=train + test == total,
    why=f"{train:,.0f} + {test:,.0f} = {train + test:,.0f}, short by {total - train - test:,.0f}",
)
audit.redo(
    "s41.test_share",
    holds=low <= share <= high,
    why=f"{test:,.0f} of {total:,.0f} are {share:.2f} %, and {both:.2f} % together with the "
    f"{validation:,.0f} validation images of Table 2",
)

# %% [markdown]
# ### Epochs
#
# Table 4 prints {claim}`khalid2025/table4.epochs` for the training, section 4.2
# {claim}`khalid2025/s42.epochs`, both with early stopping. Section 4.1 twice has
# {claim}`khalid2025/s41.epochs_full`, once as a full training and once as the epochs after which the
# greatest accuracy was reached. One setting cannot have two values. Were Table 4 about another run, or
# about the epoch at which training stopped, both could stand; neither is said.

# %%
places = ("s41.epochs_reached", "s41.epochs_full", "s42.epochs", "table4.epochs")
epochs = [ledger[name].value for name in places]
audit.redo(
    "table4.epochs",
    holds=len(set(epochs)) == 1,
    why="; ".join(f"{ledger[name].where}: {ledger[name].shown}" for name in places),
)

# %% [markdown]
# ### Which network it is
#
# This contradiction, and three of those below, are between words. Their cells set the passages side by
# side with the word or list by which our ledger compares them: two passages agree if they mean the same,
# or if one says more than the other.
#
# Section 3.3.2 outlines the network: an input convolution with {claim}`khalid2025/s332.filters.input`,
# then {claim}`khalid2025/s332.pairs` with {claim}`khalid2025/s332.filters.first`,
# {claim}`khalid2025/s332.filters.second` and {claim}`khalid2025/s332.filters.third`. Section 4.2
# fine-tunes "{claim}`khalid2025/s42.backbone`", and Table 4 names {claim}`khalid2025/table4.backbone`.
# An outline of four convolution stages is neither of these networks. The short stack could stand behind
# a pre-trained network, or be an earlier model; the paper does not join them. A layer list, or the
# number of parameters, would settle it.


# %%
named = ("s332.backbone", "s42.backbone", "table4.backbone")
audit.beside("Which network is described", named)
audit.redo(
    "s332.backbone",
    holds=audit.agree(named),
    why="the stack of section 3.3.2 is neither ResNet-50 (section 4.2) nor InceptionV3 (Table 4); "
    "section 4.2 and Table 4 agree as far as ResNet-50 goes",
)

# %% [markdown]
# ### The sign of the loss, equation (6) (rests on our reading)
#
# Equation (6) prints the categorical cross-entropy as
#
# $$\mathcal{L} = \sum_{i=1}^{k} y_i \log(p_i).$$
#
# The logarithm of a probability is never above zero, so neither is this sum. The usual form has a minus
# sign before it. Without the sign, making the loss small makes the probability of the true class small.
# Table 5 prints losses above zero, for instance {claim}`khalid2025/table5.split90.train.loss` in
# training, which speaks for a computed loss with the sign: the equation is at odds with the results as
# well as with its name. A sign may also have got lost between the paper and the text we hold; then
# nothing is left to contradict. A corrected equation would settle it; no printed accuracy depends on it.

# %%
classes = int(ledger["table2.classes"].value)
rows = []
for right in (0.01, 0.1, 0.5, 0.9, 0.99):  # probability given to the true class
    p = np.full(classes, (1 - right) / (classes - 1))
    p[0] = right
    y = np.eye(classes)[0]  # one-hot: the first class is the true one
    as_printed = np.sum(y * np.log(p))
    rows.append({"p of the true class": right, "as printed": as_printed, "textbook": -as_printed})
frame = pd.DataFrame(rows)
tables.table(frame, "Cross-entropy of one image", index=False)

losses = [claim.value for name, claim in ledger.items() if name.endswith(".loss") and claim.numeric]
audit.redo(
    "eq6",
    holds=frame["as printed"].max() > 0,
    why=f"the printed form gives {frame['as printed'].min():.3f} to "
    f"{frame['as printed'].max():.3f}, never above zero, and is least where the true class is "
    f"thought least likely; the {len(losses)} losses of Table 5 are all {min(losses):g} % or more",
)

# %% [markdown]
# ### What Table 3 counts (rests on our reading)
#
# Section 3.3.1 says that Table 3 counts the "{claim}`khalid2025/s331.table3_meaning`". Its seven counts
# add up to the whole data set, {claim}`khalid2025/table2.total`, and not to the training part,
# {claim}`khalid2025/table2.train`. The sum is certain. Read literally, as we read it, the sentence would
# mean that the test images were trained on. The caption, "{claim}`khalid2025/table3.caption`", allows a
# milder reading: the table counts all images, and the sentence of section 3.3.1 says more than the table
# holds. With that reading nothing is left to contradict, but the paper then prints no class counts of
# its parts.

# %%
emotions = ("happiness", "fear", "surprise", "sadness", "disgust", "anger", "neutral")
counts = [ledger[f"table3.{emotion}"].value for emotion in emotions]
whole, train = ledger["table2.total"].value, ledger["table2.train"].value
audit.redo(
    "table2.train",
    holds=sum(counts) == train,
    why=f"the counts of Table 3 add up to {sum(counts):,.0f}; the training part has "
    f"{train:,.0f} images, the whole data set {whole:,.0f}",
)

# %% [markdown]
# ### One reference, two works (rests on our reading)
#
# Section 1 cites `[3]` for an "{claim}`khalid2025/intro.cited3.source`" on the universality of
# expressions. In section 5 and Table 6 the same reference is a study of convolutional networks on
# FER-2013, and the title in the list of references is on convolutional networks. The first place is the
# odd one out, unless the study is meant there as a source that reports the older work. The accuracy quoted
# for `[3]` is not touched.

# %%
cited = ("intro.cited3.source", "s5.cited3.methods", "table6.cited3.methods")
audit.beside("What is cited under one number", cited)
audit.redo(
    "intro.cited3.source",
    holds=audit.agree(cited),
    why="section 1 cites another topic under this number than section 5 and Table 6",
)

# %% [markdown]
# ### The test pictures of Table 5 (rests on our reading)
#
# Table 5 prints three splits. Beside each test part stands a fraction under the heading "Error Rate",
# and next to it the same fraction in per cent. We read the lower number as the pictures that were
# tested: {claim}`khalid2025/table5.split90.test.images` where the test part is
# {claim}`khalid2025/table5.split90.test.share` of the pictures,
# {claim}`khalid2025/table5.split80.test.images` where it is
# {claim}`khalid2025/table5.split80.test.share`, and {claim}`khalid2025/table5.split70.test.images`
# where it is {claim}`khalid2025/table5.split70.test.share`. The paper does not label it. Read so, the
# numbers are far from shares of {claim}`khalid2025/table2.total`; and the second split has the test
# share of Table 2, which counts {claim}`khalid2025/table2.test`.
#
# A smaller data set would not help: the cell also works out which total each row would need, and no
# total fits all three. Two other readings would remove the contradiction. The errors may have been
# counted on some of the test pictures only. Or the fractions may have been shortened; the third is not
# in lowest terms, which speaks against it, but the three need not have been treated alike. The counts
# behind the fractions would settle it.

# %%
splits = ("split90", "split80", "split70")
whole = ledger["table2.total"].value
rows = []
for split in splits:
    low, high = ledger[f"table5.{split}.test.share"].rounding  # in per cent
    errors, pictures = (ledger[f"table5.{split}.test.{of}"].value for of in ("errors", "images"))
    rows.append(
        {
            "test share": ledger[f"table5.{split}.test.share"].shown,
            "pictures printed": int(pictures),
            "share of FER-2013, %": 100 * pictures / whole,
            "needs at least": math.ceil(whole * low / 100),
            "needs at most": math.floor(whole * high / 100),
            "total at least": math.ceil(100 * pictures / high),
            "total at most": math.floor(100 * pictures / low),
            "lowest terms": "yes" if math.gcd(int(errors), int(pictures)) == 1 else "no",
        }
    )
table = pd.DataFrame(rows)
tables.table(table, "The fractions of Table 5, read as errors over test pictures", index=False)

least, most = table["total at least"].max(), table["total at most"].min()
tables.say(
    f"All three rows would need a total of at least {least:,} and at most {most:,} pictures."
)
for split, row in zip(splits, rows, strict=True):
    audit.redo(
        f"table5.{split}.test.share",
        holds=row["needs at least"] <= row["pictures printed"] <= row["needs at most"],
        why=f"read as test pictures, the {row['pictures printed']:,} below the fraction are "
        f"{row['share of FER-2013, %']:.2f} % of {whole:,.0f}; printed are {row['test share']}",
    )

# %% [markdown]
# ### The accuracy in training and the headline (rests on our reading)
#
# Five places print {claim}`khalid2025/abstract.accuracy` for the proposed model: abstract, sections 1,
# 5 and 6, and Table 6. Section 4.1 has {claim}`khalid2025/s41.accuracy` as the maximum after
# {claim}`khalid2025/s41.epochs_reached`. No value prints like both, rounded or cut off. We read both as
# the accuracy of the same model on FER-2013. The contradiction goes away if section 4.1 speaks of the
# model before its settings were tuned, which the text describes a few sentences later, or of another
# set than section 6, which names the validation set. Section 4.1 names no set. On the first test part
# of Table 5 {claim}`khalid2025/table5.split90.test.error_rate` are errors, which leaves nearly the
# accuracy of section 4.1; this fits the second of these readings. One sentence on set and stage would
# settle it.

# %%
places = ("abstract", "intro", "s5", "conclusion", "table6.proposed", "s41")
printed = {ledger[f"{place}.accuracy"].where: ledger[f"{place}.accuracy"] for place in places}
least = max(claim.rounding[0] for claim in printed.values())  # all lie above this
most = min(claim.rounding[1] for claim in printed.values())  # and below this
cut = min(claim.value + 1 for claim in printed.values())  # or below this, if digits were dropped
audit.redo(
    "s41.accuracy",
    holds=least <= max(most, cut),
    why="; ".join(f"{where}: {claim.shown}" for where, claim in printed.items())
    + f": a common value would be at least {least:g} and below {max(most, cut):g}",
)

# %% [markdown]
# ### The accuracy of a compared work (rests on our reading)
#
# For `[26]` section 5 prints nearly {claim}`khalid2025/s5.cited26.accuracy`, Table 6
# {claim}`khalid2025/table6.cited26.accuracy`. We read both as one result, since each place gives a
# single accuracy for that work. Two models are described, though
# ({claim}`khalid2025/s5.cited26.models`), the first for {claim}`khalid2025/s5.cited26.model9`, two of
# them not among the seven of FER-2013. If section 5 speaks of that model, or of other data, and Table 6
# of a model on FER-2013, both can stand. The cited work itself would settle it. The order of Table 6
# stays the same either way: the proposed model is above both values.

# %%
in_text, in_table = ledger["s5.cited26.accuracy"], ledger["table6.cited26.accuracy"]
from_text = (in_text.value - 1, in_text.value + 1)  # "nearly": one unit of the last digit
from_table = in_table.rounding
audit.redo(
    "table6.cited26.accuracy",
    holds=max(from_text[0], from_table[0]) <= min(from_text[1], from_table[1]),
    why=f"section 5: nearly {in_text.value:g} %, so {from_text[0]:g} to {from_text[1]:g}; "
    f"Table 6: {in_table.value:g} %, so {from_table[0]:g} to {from_table[1]:g}",
)

# %% [markdown]
# ### The activation function (rests on our reading)
#
# Section 3.3.2 gives ReLU, for the convolutions in equation (2) and for the fully connected layer in
# equation (4). Section 4.2 says that an {claim}`khalid2025/s42.activation` is used. The two differ for
# every input below zero. We read both as the activation of the network. If ELU belongs to layers that
# section 3.3.2 does not describe, both can stand; the layers are not named.

# %%
x = -1.0  # any input below zero
relu, elu = max(0.0, x), math.expm1(x)  # with alpha = 1, which the paper does not print
named = ("s332.activation", "s332.activation_eq", "s332.fc_activation", "s42.activation")
audit.beside("Which activation is described", named)
audit.redo(
    "s42.activation",
    holds=audit.agree(named),
    why=f"ReLU at three places of section 3.3.2, ELU in section 4.2; at {x:g} the one gives "
    f"{relu:g}, the other {elu:.3f}",
)

# %% [markdown]
# ### The methods of another cited work (rests on our reading)
#
# Section 2 describes `[11]` by classical classifiers ({claim}`khalid2025/lit.cited11.methods` and
# others), section 5 by {claim}`khalid2025/s5.cited11.methods`, Table 6 by
# {claim}`khalid2025/table6.cited11.methods`. Sections 2 and 5 write "including", so no list claims to
# be whole, and a study that compares both kinds would fit all three places. No place says that it did;
# the title in the list of references names a convolutional network. The accuracy quoted for `[11]` is
# the same in section 5 and Table 6.

# %%
cited = ("lit.cited11.methods", "s5.cited11.methods", "table6.cited11.methods")
audit.beside("Which methods are described", cited)
audit.redo(
    "lit.cited11.methods",
    holds=audit.agree(cited),
    why="classical classifiers in section 2, deep networks in section 5 and Table 6",
)

# %% [markdown]
# ### What is divided (rests on our reading)
#
# Here no two printed values clash. The auditor holds the described protocol against a rule
# {cite}`kapoor2023`: training and test images are to be independent of each other. A column of Table 5 is
# headed "{claim}`khalid2025/table5.unit`", and nothing is said of subjects, so we read the division as one
# of single pictures. Then pictures of one subject may lie on both sides, and the test may be easier than
# one on new subjects. FER-2013 was collected by searching for images {cite}`goodfellow2013`; how often a
# subject recurs in it is not known, so neither is how much this changes. The cell shows how likely it
# is that a subject with several pictures is on both sides. A split by subject would remove the finding.

# %%
pictures_of_person = np.array([1, 2, 5, 10])  # try others
seen = {}
for split in splits:
    share = ledger[f"table5.{split}.train.share"].value / 100
    # Each further picture of the person misses the training part with 1 - share.
    seen[f"training share {share:.0%}"] = 1 - (1 - share) ** (pictures_of_person - 1)
frame = pd.DataFrame(seen, index=pd.Index(pictures_of_person, name="pictures of the person"))
tables.table(frame, "Chance that a test picture shows a person of the training part")

unit = set(ledger["table5.unit"].means)
audit.redo(
    "table5.unit",
    holds="subject" in unit,
    why=f"divided by {', '.join(unit)}: with {pictures_of_person[1]} pictures of a person the chance "
    f"is {frame.iloc[1].min():.0%} to {frame.iloc[1].max():.0%} that the person of a test picture "
    "was trained on",
)

# %% [markdown]
# ## What is left open
#
# Two lists of augmentations share some entries and not others: blurring and saturation stand in section
# 4.1 only, brightness in Table 4 only. Whether the changes were made before the images were divided,
# and whether classes were balanced by resampling, is not said; for each, the auditor says what would
# follow. The rule on frames of one clip does not apply, since FER-2013 is described as single images.

# %% tags=["hide-input"]
audit.listed("underspecified")

# %% [markdown]
# ### Which pictures the headline stands on
#
# No rule of the auditor asks this, but the conclusion of the paper depends on it. Section 6 has
# "{claim}`khalid2025/conclusion.set`"; the other places name no set. On the validation set training is
# stopped and the best weights are chosen ({claim}`khalid2025/s41.early.best`), and design and settings
# are tuned after its accuracy was seen ({claim}`khalid2025/s41.selection_tuning`). An accuracy on the
# set that chose the model tends to be too high. Table 6 compares the number with other works; of `[3]`,
# the best of them, section 5 says that its {claim}`khalid2025/s5.cited3.accuracy` is a test accuracy.
#
# If the error rate of Table 5 is the share of wrong predictions, the rest is the accuracy by equation
# (11), on test pictures. The table shows it, with an interval that holds only if the lower number of
# each fraction counts the pictures.

# %% tags=["hide-input"]
headline, best = ledger["table6.proposed.accuracy"], ledger["table6.cited3.accuracy"].value
rows, inside = [], []
for split in splits:
    pictures = int(ledger[f"table5.{split}.test.images"].value)
    errors = int(ledger[f"table5.{split}.test.errors"].value)
    left = 100 - ledger[f"table5.{split}.test.error_rate"].value
    ends = stats.binomtest(pictures - errors, pictures).proportion_ci(0.95, "exact")
    inside.append(100 * ends.low <= best <= 100 * ends.high)
    rows.append(
        {
            "training share": ledger[f"table5.{split}.train.share"].shown,
            "100 − error rate, test": f"{left:.2f}",
            "95 % interval": f"{100 * ends.low:.0f} to {100 * ends.high:.0f}",
            "precision, test": ledger[f"table5.{split}.test.precision"].shown,
            "precision, validation": ledger[f"table5.{split}.validation.precision"].shown,
        }
    )
tables.table(rows, f"Table 5 beside a headline of {headline.shown}")
highest = max(float(row["100 − error rate, test"]) for row in rows)
tables.say(
    f"No split leaves {headline.value:g} % on its test part; the highest is {highest:.2f} %. Read as "
    f"counts of pictures, the lower numbers are too small to set the model apart from the best compared "
    f"work: its {best:g} % lies inside {sum(inside)} of the {len(inside)} intervals."
)

# %% [markdown]
# Some smaller things are open too. Section 3.3.1 speaks of "{claim}`khalid2025/s331.thousands`", and
# Table 3 has {claim}`khalid2025/table3.disgust` of disgust. Section 4.2 gives one number,
# {claim}`khalid2025/s42.l2`, for dropout and for L2 regularisation; Table 4 ties it to dropout only.
# The data set has {claim}`khalid2025/s41.colour`, the input of the model is
# "{claim}`khalid2025/table4.input_colour`". How precision is averaged over the classes is not said.

# %% [markdown]
# ## What fits together
#
# The data set adds up: the three parts of Table 2, and the seven classes of Table 3, both give
# {claim}`khalid2025/table2.total`. The error rates of Table 5 are the fractions beside them; two of the
# three with their last digits cut off and not rounded. Learning rate, batch size, dropout, optimiser
# and loss are the same in text and Table 4, and so are the accuracies of seven of the eight compared
# works in section 5 and Table 6. The proposed model is above all of them as printed. The other
# equations have their textbook form; of the attention, equation (7) gives the weights only.

# %% tags=["hide-input"]
audit.listed("consistent", folded=True)

# %% [markdown]
# ## What cannot be known
#
# Much of the paper is said once, and nothing else in it bears on it. The gain from self-attention
# ("{claim}`khalid2025/s5.attention_effect`") has no run without attention beside it; the dynamic region
# attention of the abstract has no equation. Low cost and use in real time
# ("{claim}`khalid2025/intro.low_computation`") have no time and no count of operations. No result by
# class is printed, so "{claim}`khalid2025/s5.neutral`" cannot be checked, nor can the graphs of Figures
# 4 to 7, whose images we do not have. Number of runs and seeds are not given. The feedback to educators
# is listed as a contribution in section 1, its integration as future work in section 6.

# %% tags=["hide-input"]
audit.listed("not testable")
audit.unknown()

# %% tags=["hide-input"]
audit.all_redone()
