# %% [markdown]
# # Audit: training faces from YouTube and from a generator
#
# What the auditor finds in {cite}`alipour2025`, a paper on interest in advertisements that trains one
# architecture three times: on laboratory images alone, with images from YouTube added, and with generated
# images added. No image is used and no model is trained: the numbers and descriptions that the paper
# prints are held against each other. A contradiction means that not all of the places named can be right
# together. It does not say which one is off, why, or how well the models work.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from scipy import stats

from claimcheck import Range
from claimcheck.checks import auc_bounds
from engine.page import audit as audit_page
from engine.page import tables
from engine.page.audit_arithmetic import precision_if_alike, precision_if_normal
from fer_lib.plots import figures

figures.use_style()
audit = audit_page.Audit("alipour2025")
ledger = audit.ledger
audit.tally()

# %% [markdown]
# No printed result hangs on a check that fails here. What bears on the conclusions is found where the
# auditor sees no contradiction: in the degrees of freedom of the analysis of variance, and in the areas
# under the curves beside the class counts. Both stand below under headings of their own.
#
# ## What does not fit together
#
# Both findings rest on our reading; each names the reading that would remove it.
#
# To try this, open the page as a notebook in a copy of the book. A printed value is changed in the
# ledger, in the first line of a cell:
# `ledger["baseline.male"] = replace(ledger["baseline.male"], printed="28")`, after
# `from dataclasses import replace`; words by `means=("…",)`. Where the printed values fit after all,
# `audit.redo` stops with an error. To go back, run the notebook from the top.
#
# ### The participants, counted by sex (rests on our reading)
#
# Section 2.1 counts the participants twice. By advertisement category there are
# {claim}`alipour2025/baseline.participants.car`, {claim}`alipour2025/baseline.participants.food` and
# {claim}`alipour2025/baseline.participants.cosmetics`, together the
# {claim}`alipour2025/baseline.participants` that the section prints. By sex there are
# {claim}`alipour2025/baseline.female` women and {claim}`alipour2025/baseline.male` men, and some are
# missing. We read the two numbers by sex as all participants. If some named neither, or were not asked,
# nothing is left to contradict; the paper mentions none. A table of participants would settle it. No
# score is computed from these counts; they bear only on what section 2.4 says of the diversity of the
# participants.

# %%
everyone = ledger["baseline.participants"].value
categories = ("car", "food", "cosmetics")
by_category = sum(ledger[f"baseline.participants.{name}"].value for name in categories)
female, male = ledger["baseline.female"].value, ledger["baseline.male"].value
unnamed = 0  # participants counted under neither sex: the paper names none

audit.redo(
    "baseline.participants",
    holds=female + male + unnamed == everyone,
    why=f"{female:.0f} + {male:.0f} = {female + male:.0f} by sex, {by_category:.0f} by category; "
    f"{everyone - female - male:.0f} participants are not accounted for",
)

# %% [markdown]
# ### Equation (2), demodulation (rests on our reading)
#
# Section 3 describes how StyleGAN2 scales the weights of a convolution. In its notation $i$ counts input
# maps, $j$ output maps and $k$ the positions of the kernel. Equation (1) multiplies the weights by a
# style, and equation (2) divides them by a norm:
#
# $$\tilde{w}_{ijk} = \frac{\hat{w}_{ijk}}{\sqrt{\sum_{i} (s_i \cdot w_{ijk})^2 + \epsilon}}.$$
#
# In StyleGAN2 the sum runs over the input maps and over the positions,
#
# $$\tilde{w}_{ijk} = \frac{\hat{w}_{ijk}}{\sqrt{\sum_{i,k} (s_i \cdot w_{ijk})^2 + \epsilon}},$$
#
# so that all weights of an output map together have norm one, and inputs of unit variance give outputs
# of unit variance. As printed, the weights of *each position* get norm one. With more than one position
# the outputs are then too large, and how a filter spreads its weight over the positions is lost.
#
# Two readings remove this. The sum over $i$ may be short for a sum over everything but $j$; and an index
# may have got lost between the paper and the text we hold. For a kernel with a single position the two
# forms are the same. The images came from a platform; no printed result is computed from this equation.

# %%
inputs, outputs, positions = 64, 16, 9  # a 3 x 3 kernel; with positions = 1 the two forms agree
rng = np.random.default_rng(seed)
centred = np.exp(
    -np.abs(np.arange(positions) - positions // 2)
)  # filters with weight in the middle
weights = rng.normal(size=(inputs, outputs, positions)) * centred
style = rng.uniform(0.5, 2.0, size=(inputs, 1, 1))
modulated = style * weights  # equation (1)
forms = {
    "printed: sum over i": modulated / np.sqrt((modulated**2).sum(axis=0, keepdims=True)),
    "StyleGAN2: sum over i and k": modulated
    / np.sqrt((modulated**2).sum(axis=(0, 2), keepdims=True)),
}
signal = rng.normal(size=(20_000, inputs * positions))  # inputs of unit variance
rows, norms = {}, {}
for name, weight in {"before demodulation": modulated, **forms}.items():
    per_output = weight.transpose(0, 2, 1).reshape(inputs * positions, outputs)
    norms[name] = np.sqrt((per_output**2).sum(axis=0))
    energy = (weight**2).sum(axis=0)
    rows[name] = {
        "norm of an output map's weights": norms[name].mean(),
        "deviation of its outputs": (signal @ per_output).std(axis=0).mean(),
        "share of the weight at the centre": (
            energy[:, positions // 2] / energy.sum(axis=1)
        ).mean(),
    }
tables.table(
    pd.DataFrame(rows).T.rename_axis("weights"),
    f"{outputs} output maps from {inputs} input maps, {positions} positions",
)
as_printed, textbook = (norms[name] for name in forms)
audit.redo(
    "equation2",
    holds=bool(np.allclose(as_printed, textbook)),
    why=f"with {positions} positions an output map's weights have norm {as_printed.mean():.3f} as printed, "
    f"and {textbook.mean():.3f} with the sum over both indices; on our reading of the sum",
)

# %% [markdown]
# ## What fits, and raises a question: the analysis of variance
#
# Section 7.3 tests whether the three models differ, by an analysis of variance "{claim}`alipour2025/anova.on`"
# from both the ROC and the PR curves. It prints
# $F$({claim}`alipour2025/anova.df_between`, {claim}`alipour2025/anova.df_within`) =
# {claim}`alipour2025/anova.f` and $p$ < {claim}`alipour2025/anova.p`. The auditor calls this consistent,
# and it is: an $F$ of this size with these degrees of freedom has a far smaller $p$.
#
# In a one-way analysis, which we assume, the degrees of freedom also say how many values went in: the
# groups less one, and the values less the groups. The paper prints one area per model and curve, six in
# all. What the others are it does not say.

# %%
between, within = ledger["anova.df_between"].value, ledger["anova.df_within"].value
f_printed = ledger["anova.f"].value
models = {
    "baseline": "Baseline",
    "youtube": "Baseline + YouTube",
    "stylegan2": "Baseline + StyleGAN2",
}
areas = {m: [ledger[f"table2.{m}.{kind}_auc"].value for kind in ("pr", "roc")] for m in models}

groups = between + 1
values = within + groups
printed_values = sum(len(pair) for pair in areas.values())
p = stats.f.sf(f_printed, between, within)
of_printed = stats.f_oneway(*areas.values())
degrees = len(areas) - 1, printed_values - len(areas)
tables.say(
    f"F({between:.0f}, {within:.0f}) = {f_printed} has p = {p:.1e} and belongs to **{values:.0f} values "
    f"in {groups:.0f} groups**, {values / groups:.0f} per model if the groups are equal. "
    f"**{printed_values} areas are printed**, {printed_values // len(areas)} per model; from those alone "
    f"it would be F({degrees[0]}, {degrees[1]}) = {of_printed.statistic:.0f}, "
    f"with p = {of_printed.pvalue:.1g}. One area per model and epoch would be "
    f"{len(areas) * ledger['training.epochs'].value:.0f} values."
)

# %% [markdown]
# So the values are not the six areas, and not one per model and epoch. They may be areas on resampled test
# images, of repeated trainings, or of some epochs. It matters which. Resamples of the same images and
# epochs of the same training are not independent observations, and their number can be chosen freely; $F$
# grows in proportion to it while the models stay the same. The next cell takes the printed areas as the
# means of equal groups, works out how far single values must scatter around them for the printed $F$, and
# then changes nothing but their number.

# %%
kind = 1  # 0 takes the areas under the PR curves as means, 1 those under the ROC curves
means = np.array([pair[kind] for pair in areas.values()])
per_model = values / groups
scatter = np.sqrt(per_model * means.var(ddof=1) / f_printed)
rows = []
for size in (2, 5, 10, 30, 100, 1000):
    f = size * means.var(ddof=1) / scatter**2
    rows.append(
        {
            "values per model": size,
            "F": f,
            "p": tables.p_value(stats.f.sf(f, groups - 1, groups * (size - 1))),
        }
    )
tables.table(rows, "The same means and the same scatter, other numbers")
tables.say(
    f"With means of {', '.join(f'{mean:.2f}' for mean in means)} and {per_model:.0f} values per model, the "
    f"printed F needs a standard deviation of {scatter:.3f} within a model; neighbouring models "
    f"lie {np.diff(means).min():.2f} apart."
)

# %% [markdown]
# The paper reads the test as a gain from the YouTube images and from the generated ones
# ("{claim}`alipour2025/anova.improvement`"). It is one test over three models, and says that not all
# three means are equal; no pair of models is compared. One sentence on what a single value is, how many
# there are per model, and whether both kinds of area went into one test would settle most of this.
#
# ## What is left open

# %% tags=["hide-input"]
audit.listed("underspecified")

# %% [markdown]
# The checks of PR AUC in this list take the test images for granted, and one of them the class; the next
# cells do not. On resampling nothing is said, and nothing in the paper suggests that there was any.
#
# ### Which images the curves are of, and which class is positive
#
# Section 7.3 does not name the set on which the areas of Table 2 were measured, nor which of the two
# classes counts as positive. Both decide what a PR AUC means: a random ranking has the share of positives
# as its area. On the test images "interested" is
# {claim}`alipour2025/baseline.interested_share.car` of the labels, and Baseline has
# {claim}`alipour2025/table2.baseline.pr_auc`.
#
# More can be said, since both areas come from one ranking. Let $n_j$ be the number of negatives that
# stand before the $j$-th positive. Then
#
# $$1 - \mathrm{AUC} = \frac{1}{PN}\sum_{j=1}^{P} n_j, \qquad \mathrm{AP} = \frac{1}{P}\sum_{j=1}^{P}\frac{j}{j+n_j}.$$
#
# The first fixes the sum of all $n_j$, which can only rise with $j$; the second is then least where they
# rise as $\sqrt{j/\lambda} - j$ up to one level and stay there, with $\lambda$ and the level such that the
# sum comes out (`claimcheck.checks.auc_bounds.bounds`). It is at most $1 - (1 - \mathrm{AUC})\,N/(P+N)$, as every
# precision lost is at least $n_j/(P+N)$. The cell takes the ROC-AUC with its rounding and tries each set,
# with each class as the positive one and with both pooled. The area is taken as average precision, for
# scores without ties. Beside the least stands the area with all $n_j$ alike, which anyone can work out
# and which the least cannot exceed, and what the printed ROC-AUC gives where the scores of both classes
# are normal with the same spread.


# %%
parts = {"test": "car", "validation": "cosmetics"}
rows = []
for part, category in parts.items():
    images = int(ledger[f"baseline.images.{category}"].value)
    interested = int(ledger[f"baseline.interested.{category}"].value)
    for positive, positives, negatives in (
        ("interested", interested, images - interested),
        ("not interested", images - interested, interested),
        ("both, pooled", images, images),  # each image once as a case of either class
    ):
        for model in models:
            low, high = ledger[f"table2.{model}.roc_auc"].rounding
            printed = ledger[f"table2.{model}.pr_auc"].rounding
            bounds = auc_bounds.bounds(Range(low, high), positives, negatives)
            fits = bounds.low <= printed[1] and printed[0] <= bounds.high
            rows.append(
                {
                    "set": part,
                    "positive class": positive,
                    "model": models[model],
                    "share of positives": positives / (positives + negatives),
                    "least possible": bounds.low,
                    "all alike": precision_if_alike(low, positives, negatives),
                    "printed": ledger[f"table2.{model}.pr_auc"].value,
                    "most possible": bounds.high,
                    "normal scores": precision_if_normal(
                        ledger[f"table2.{model}.roc_auc"].value, positives, negatives
                    ),
                    "fits": "yes" if fits else "no",
                }
            )
possible = pd.DataFrame(rows)
tables.table(possible, "PR AUC that the printed ROC-AUC allows", index=False)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Six groups of three horizontal bars, one group per set and positive class, or both classes pooled, and one bar per model: the PR AUC that the printed ROC-AUC allows, with the printed PR AUC as a dot and the share of positives as a tick. With interested as positive on the test images Baseline and Baseline + YouTube have crosses instead of dots, left of their bars."}}
figure, axis = plt.subplots(figsize=(8, 7))
for place, row in possible.iterrows():
    y = -(place + place // len(models))  # a gap after each group
    fits = row["fits"] == "yes"
    width = row["most possible"] - row["least possible"]
    axis.barh(y, width, left=row["least possible"], color=figures.BLUE, alpha=0.35)
    axis.plot(row["share of positives"], y, "|", color=figures.GREY, ms=14, mew=2)
    axis.plot(row["printed"], y, "o" if fits else "X", color="black" if fits else figures.RED, ms=8)
names = [f"{row['set']}, {row['positive class']}: {row['model']}" for _, row in possible.iterrows()]
axis.set_yticks([-(place + place // len(models)) for place in range(len(possible))], names)
axis.set(xlim=(0, 1), xlabel="PR AUC: allowed (bar), printed (dot or cross), random ranking (tick)")
axis.grid(axis="y", visible=False)

# %% tags=["hide-input"]
outside = possible[possible["fits"] == "no"]
rare = possible[(possible["set"] == "test") & (possible["positive class"] == "not interested")]
told = "; ".join(
    f"{row['set']} images with “{row['positive class']}” as the positive class, {row['model']}: "
    f"{row['printed']:.2f} printed, at least {row['least possible']:.3f} possible, "
    f"{row['share of positives']:.3f} by chance"
    for _, row in outside.iterrows()
)
tables.say(f"Outside of what is possible: {told}.")
tables.say(
    "On test images with “not interested” as the positive class all three fit. Printed are "
    + ", ".join(f"{row['printed']:.2f}" for _, row in rare.iterrows())
    + "; normal scores would give "
    + ", ".join(f"{row['normal scores']:.2f}" for _, row in rare.iterrows())
    + ", and the most possible is "
    + ", ".join(f"{row['most possible']:.2f}" for _, row in rare.iterrows())
    + "."
)
pooled = possible[(possible["set"] == "test") & (possible["positive class"] == "both, pooled")]
fitting = (pooled["fits"] == "yes").sum()
tables.say(
    "If both areas pool the two classes, half of all cases are positive, and "
    f"{'all' if fitting == len(pooled) else fitting} of the {len(pooled)} fit on the test images."
)

# %% [markdown]
# So the areas are not those of "interested" on the test images, with the labels as counted in section 2.1
# and no scores tied. If they are of the rare class there, a share of its images about as large as the area
# stands before nearly all others, and the rest behind nearly all. If they are of the validation images,
# they fit with either class; but by these images training was stopped
# ("{claim}`alipour2025/implementation.early_stopping`"), and then no score on the test images is printed.
# What section 7.3 says on PR AUC, "{claim}`alipour2025/curves.pr_minority`", speaks for the rare class.
# Naming set and class would settle it.
#
# ### The gains of the abstract
#
# The abstract prints a gain of {claim}`alipour2025/abstract.accuracy_gain` in accuracy and of
# {claim}`alipour2025/abstract.pr_auc_gain` in PR AUC. No accuracy of any model is printed in the paper,
# so the first has nothing to be checked with. The second is the difference of two areas; as a change
# relative to Baseline, section 7.3 prints {claim}`alipour2025/gains.stylegan2.pr` for the same pair.

# %%
rows = []
for model in ("youtube", "stylegan2"):
    for curve in ("pr", "roc"):
        before, after = (ledger[f"table2.{m}.{curve}_auc"].value for m in ("baseline", model))
        rows.append(
            {
                "model": models[model],
                "curve": curve.upper(),
                "points": f"{100 * (after - before):.0f}",
                "relative, %": f"{100 * (after - before) / before:.1f}",
                "relative as printed, %": ledger[f"gains.{model}.{curve}"].printed,
            }
        )
tables.table(rows, "Gains over Baseline, from the areas of Table 2")
tables.say(
    f"The abstract's accuracy gain of {ledger['abstract.accuracy_gain'].shown} has the same figure as the "
    f"gain of Baseline + YouTube in PR AUC, in points, and nearly that of its ROC-AUC, in percent; "
    "whether it is one of them is not said."
)

# %% [markdown]
# ### Which data were combined
#
# The abstract attributes the gains to "{claim}`alipour2025/abstract.combined`" data, and section 9 says
# "{claim}`alipour2025/conclusion.combined`". By section 2.4 no model saw both, on purpose
# ("{claim}`alipour2025/arms.separate`"). The sentences agree if they mean that each source was added to
# the laboratory data. In the same way section 9 has combined sources ahead of single ones, and the one
# model with a single source is Baseline.
#
# Section 7.2 sees potential overfitting in the model with generated images, whose generalisation it
# calls "{claim}`alipour2025/accuracy.stylegan2.limited`". The same model has the highest areas. Both can
# be true, of different sets or different measures; the paper does not bring them together.
#
# ## What fits together
#
# The bookkeeping is sound. Every total of Table 1 is the sum of its parts, every printed share, and every
# printed gain in area, follows from its numbers, and the areas agree wherever they are repeated. Numbers
# that nobody printed fit too, as the next cell shows. The description of the split rules out the usual
# leak: each participant saw one category, and the three sets are three categories.

# %% tags=["hide-input"]
frames = ledger["baseline.frames_per_video"].value
videos = {name: ledger[f"baseline.images.{name}"].value / frames for name in categories}
six = int(ledger["synthetic.images_per_frame"].plain)
a_person = ledger["youtube.images"].value / ledger["youtube.people"].value
tables.say(
    f"{frames:.0f} frames per video make {videos['car']:.0f} + {videos['food']:.0f} + "
    f"{videos['cosmetics']:.0f} = {sum(videos.values()):,.0f} videos, as many as printed "
    f"({ledger['baseline.videos'].value:,.0f}). {six} generated images for each of the "
    f"{videos['food']:.0f} training videos are {six * videos['food']:,.0f}, as printed "
    f"({ledger['synthetic.images'].value:,.0f}). Only the images of a YouTube person are cut off and not "
    f"rounded: {a_person:.1f} on average, printed {ledger['youtube.images_per_person'].printed}."
)
audit.listed("consistent", folded=True)

# %% [markdown]
# ## What cannot be known
#
# Losses and accuracies by epoch, and the curves behind the areas, stand only in images: there is no
# number for "close", "steady" or "gap". No area has an interval, and nothing says how often a model was
# trained. Accuracy is called a primary measure ("{claim}`alipour2025/metrics.primary`"), and no value of
# it is printed. The factor of the weight penalty, the rate of the decay and the weights that training
# starts from are missing as well. Training is stopped early on the validation loss, and all curves run over
# {claim}`alipour2025/training.epochs`; whether the stop ever took effect, and which weights were tested,
# is not said.

# %% tags=["hide-input"]
audit.listed("not testable")
audit.unknown()

# %% tags=["hide-input"]
audit.all_redone()
