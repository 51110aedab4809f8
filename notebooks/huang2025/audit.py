# %% [markdown]
# # Audit: fair recognition of micro-expressions
#
# What the auditor finds in {cite}`huang2025`, a research proposal with preliminary results: text mining
# of abstracts, four classifiers of micro-expressions, and a part on causal inference. No image is used
# and no model is trained: the numbers and descriptions that the paper prints are held against each
# other. A contradiction means that not all of the places named can be right together. It does not say
# which one is off, why, or how well the models work. A proposal may leave out what a report has to say;
# what is missing is listed because a reader needs it, not as a fault.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %% tags=["hide-input"]
import math
import re

import numpy as np

from engine.page import audit as audit_page
from engine.page import tables
from engine.page.audit_arithmetic import possible
from fer_lib.evaluation.bootstrap import student_ends

audit = audit_page.Audit("huang2025")
ledger = audit.ledger
audit.tally()

# %% [markdown]
# The few scores of the paper agree with each other. Every contradiction is one of words: two places that
# describe the same thing in two ways.
#
# ## What does not fit together
#
# The first finding is firm; its consequence is small. The others rest on our reading of the text, and
# each names the reading that would remove it; those that bear most on the conclusions come first. Each
# cell shows the passages with the meaning that the ledger gives them.
#
# To try this, open the page as a notebook in a copy of the book. A meaning is changed in the ledger, in
# the first line of a cell:
# `ledger["s1_4.figure_reference"] = replace(ledger["s1_4.figure_reference"], means=("Figure 3",))`, after
# `from dataclasses import replace`; a printed value by `printed="NEW"`. Where the passages agree after all,
# `audit.redo` stops with an error. To go back, run the notebook from the top.


# %% [markdown]
# ### Which figures hold the keyword network
#
# Section 1.4 takes it as shown that terms of fairness stand at the edge of the field, and points to
# "{claim}`huang2025/s1_4.figure_reference`". By its caption the network is Figure 3, and so says section
# 4.1. Figure 4 has the scores of the classifiers, and Figure 5 a causal diagram. No reading of ours is
# needed. The consequence is small: a reader looks for the evidence in the wrong place. Of the three terms
# that section 1.4 gives as examples the caption of Figure 3 names one, bias.

# %%
named = ("s1_4.figure_reference", "fig3.title", "s4_1.figure_reference")
numbers = {}
for name in named:
    ends = [int(digits) for digits in re.findall(r"\d+", " ".join(ledger[name].means))]
    numbers[name] = set(range(min(ends), max(ends) + 1))  # "Figures 4-5" are both of them
read_as = {name: {str(n) for n in numbers[name]} for name in named}
audit.beside("Where the network stands", named, read_as)
audit.beside("What the figures between show", ("fig4.content", "fig5.t", "fig5.y"))
shared = set.intersection(*numbers.values())
audit.redo(
    "s1_4.figure_reference",
    holds=bool(shared),
    why="figures named: " + " / ".join(str(sorted(found)) for found in numbers.values()),
)

# %% [markdown]
# ### Figure 4: bars or confusion matrices (rests on our reading)
#
# Section 4.2 says what SMOTE does: it is said to raise macro-F1 and the recall of fear and disgust, at
# some cost in accuracy. No score without SMOTE and no recall of a class is printed. The one piece of
# evidence that is named is a confusion matrix, "{claim}`huang2025/s4_2.confusion`". The caption of
# Figure 4 describes bars of three scores, "{claim}`huang2025/fig4.content`", macro-F1 in the middle and
# weighted F1 on the right; it leaves no part of the figure for a matrix, and no other caption has one.
#
# This rests on our reading of the caption as the whole of the figure: we have the captions, not the
# images. If Figure 4 holds matrices that its caption passes over, the two agree. Otherwise the shift of
# predictions toward the rare classes is shown nowhere. The matrices with and without SMOTE would settle it.

# %%
read_as = {name: set(ledger[name].means) for name in ("fig4.content", "s4_2.confusion")}
# read_as["fig4.content"] = {"bars of scores", "confusion matrix"}  # if the caption passes over it
audit.beside("What Figure 4 shows", read_as, read_as)

captions = [c for c in ledger.values() if c.element == "caption"]
with_matrix = [c.where for c in captions if "confusion" in f"{c.about} {c.printed}".lower()]
audit.redo(
    "fig4.content",
    holds=audit_page.agree(read_as.values()),
    why=f"the caption has bars of three scores, the text a confusion matrix; of {len(captions)} "
    f"statements in captions {len(with_matrix)} speak of one",
)

# %% [markdown]
# ### Causal inference: done, or to be done (rests on our reading)
#
# Section 5.1 opens with causal inference as a plan: "{claim}`huang2025/s5_1.future`" the
# "{claim}`huang2025/s5_1.correlation`". Later in the section stand "{claim}`huang2025/s5_1.examines`" and
# "{claim}`huang2025/s5_1.rd`", and the caption of Figure 6 prints an estimate of about
# {claim}`huang2025/fig6.tau`. Section 6 has both: causal inference is a part of the pipeline, and a
# future extension that names regression discontinuity.
#
# What hangs on it is the estimate. If the analysis was done, it is a result, and one needs to know what
# a point of Figure 6 is. If it is to be done, it is an illustration, and SMOTE has no measured effect in
# this paper.
#
# This rests on our reading of tenses. Two others would remove it: a first version is shown and a fuller
# one is to follow; or the present tense describes the plan. The first leaves open why the present analyses
# are called correlational, the second where the estimate comes from. The code and the points behind
# Figure 6 would settle it.

# %%
of_all = ("s5_1.future", "s5_1.examines", "s6.pipeline.causal", "s6.future.causal")
of_design = ("fig6.design", "s5_1.rd", "s6.future.rd")
readings = {
    "Causal inference": {name: set(ledger[name].means) for name in of_all},
    "The regression discontinuity design": {name: set(ledger[name].means) for name in of_design},
}
for of, first in (
    ("Causal inference", "s5_1.future"),
    ("The regression discontinuity design", "fig6.design"),
):
    read_as = readings[of]
    audit.beside(of, read_as)
    done = [ledger[name].where for name, meaning in read_as.items() if "done" in meaning]
    future = [ledger[name].where for name, meaning in read_as.items() if "future work" in meaning]
    audit.redo(
        first,
        holds=audit_page.agree(read_as.values()),
        why=f"done in {', '.join(done)}; future work in {', '.join(future)}; on our reading of tenses",
    )

# %% [markdown]
# ### Lemmas beside word forms (rests on our reading)
#
# Section 3.1 lists lemmatisation among the steps by which the abstracts were prepared. A lemma stands for
# all forms of a word, so plural and singular of a noun become one. Section 4.1 prints the ten terms of
# highest degree centrality, and among them are two nouns in both forms. If the network is made of
# lemmas, this cannot be.
#
# The reading that removes it: the prepared text went into the TF-IDF weights, and the network was made
# from other, unprepared text. Section 3.1 does not say so, but it does not exclude it. Or the program that
# was used left these plurals as they were. It matters for the ranks: a noun in two forms takes two of ten
# places, and its links are divided between them.

# %%
terms = ledger["s4_1.top_ten"].means
both_forms = [(term, term + "s") for term in terms if term + "s" in terms]
audit.beside("How words are counted", ("s3_1.lemmas", "s4_1.top_ten"))
audit.redo(
    "s3_1.lemmas",
    holds=not both_forms,
    why="in the list of terms stand "
    + " and ".join(f"“{one}” beside “{other}”" for one, other in both_forms)
    + "; on our reading that the network is made of the lemmatised text",
)

# %% [markdown]
# ### A rare and frequent word (rests on our reading)
#
# Section 3.1 chooses TF-IDF weights so that "{claim}`huang2025/s3_1.rare_terms`" count for more than
# common ones, and its first example is *subtle*. The caption of Figure 2, where the size of a word is its
# frequency, has *subtle* among the dominant themes, and section 4.1 has it among those that recur. In its
# next sentence section 3.1 itself names it as a recurring theme of the word cloud.
#
# Two readings remove this. The word cloud may show TF-IDF weights; its caption says frequency. Or the word
# is infrequent in the sense of TF-IDF: it may stand in few abstracts and many times in each. That section
# 4.1 has it at the edge of the network speaks for this one. The weights below show what TF-IDF does to a
# word by the number of abstracts that hold it. A table of counts would settle it, and nothing else in the
# paper depends on it.

# %%
examples = ledger["s3_1.rare_terms"].note.removeprefix("examples printed: ").split(", ")
rare = set(examples)
frequent = {
    name: set(ledger[name].means[0].split(", ")) for name in ("fig2.dominant", "s4_1.dominant")
}
in_both = rare & set.union(*frequent.values())
read_as = {"s3_1.rare_terms": rare, **frequent}
audit.beside("Rare examples and dominant terms", read_as, read_as)

abstracts = ledger["s3_1.corpus"].value
rows = [
    {
        "abstracts that hold the word": round(share * abstracts),
        "inverse document frequency": math.log(abstracts / round(share * abstracts)),
    }
    for share in (0.01, 0.1, 0.5, 0.9)
]
tables.table(rows, f"By what TF-IDF multiplies a count, of {abstracts:.0f} abstracts")
audit.redo(
    "s3_1.rare_terms",
    holds=not in_both,
    why=f"{', '.join(sorted(in_both))} is an example of infrequent terms and one of the dominant; on our "
    "reading that both speak of how often it occurs",
)

# %% [markdown]
# ## What is left open

# %% tags=["hide-input"]
audit.listed("underspecified")

# %% [markdown]
# ### The central terms
#
# Figure 3 and section 4.1 call five terms central, and read them as the field's stress on methods and
# data sets. The next sentence prints the ten terms of highest degree centrality. The cell shows which of
# the five are among the ten. It is no contradiction: the five are introduced as examples, and a term
# below the tenth place may still be called central. But the stress on data sets rests on terms that the
# printed list does not have.

# %%
central, top = set(ledger["s4_1.central"].means), set(ledger["s4_1.top_ten"].means)
tables.say(
    f"Called central: {', '.join(ledger['s4_1.central'].means)}. Among the {len(top)} printed terms of "
    f"highest degree centrality: **{', '.join(sorted(central & top))}**; not among them: "
    f"**{', '.join(sorted(central - top))}**."
)

# %% [markdown]
# ### What a reader needs to place the scores
#
# - Three data sets are named ("{claim}`huang2025/s3_2.datasets.names`"), and Table 1 is measured
#   "{claim}`huang2025/table1.caption.data`". Whether they were pooled is not said.
# - How training and test part were divided, whether a subject may be in both, and whether SMOTE came
#   before or after, is not said. The auditor therefore has no check of the protocol for this paper.
# - LBP features are taken beside those of ResNet18 in section 3.2; sections 2.3, 4.2 and 6 name ResNet18
#   only.
# - In Figure 6 units above and below a cutoff of {claim}`huang2025/fig6.cutoff` are compared, and the lines
#   stand for models without and with SMOTE. A discontinuity design needs the treatment to change at the
#   cutoff; on which side it is applied is not said, and neither is how the ratio is computed.
#
# ## What fits together
#
# The number of abstracts is the same in its three places, the rounded scores of the text are those of
# Table 1, and FLAML is ahead in all three scores; section 4.2 names two of them. Random forest and XGBoost
# stay behind logistic regression in all three, by little in macro-F1.

# %% tags=["hide-input"]
audit.listed("consistent", folded=True)

# %% [markdown]
# ## What cannot be known
#
# **The effect of SMOTE.** That it raises macro-F1 and minority recall and lowers accuracy is said, in whole
# or in part, in four sections and two captions, and these passages agree. The models of Table 1 were
# trained with it. No score without SMOTE is printed, so nothing can be computed. The one number, the jump
# of about {claim}`huang2025/fig6.tau` in Figure 6, has no interval, and its points stand only in the
# image.
#
# **Whether the models differ.** The number of test images is not printed, and no score has an interval.
# Two things can be worked out all the same: on how few images the printed accuracies can have been
# measured, and how many are needed for the two best to be told apart.

# %%
names = ("lr", "rf", "xgboost", "automl")
accuracies = {name: ledger[f"table1.{name}.accuracy"] for name in names}


texts = [claim.printed for claim in accuracies.values()]
fewest = next(images for images in range(1, 10_000) if possible(images, texts))
second, best = sorted(claim.value for claim in accuracies.values())[-2:]
rows = []
for images in (fewest, 500, 1000, 2000, 5000):
    spread = np.sqrt((best * (1 - best) + second * (1 - second)) / images)
    low, high = student_ends(best - second, spread, np.inf)
    rows.append(
        {"test images": images, "difference": best - second, "lower end": low, "upper end": high}
    )
tables.table(
    rows, "Accuracy, best less second, with the binomial interval of 95 % on separate test images"
)
macro = sorted(ledger[f"table1.{name}.macro_f1"].value for name in names)
tables.say(
    f"If all four models were tested once on the same images, there were at least **{fewest}** of them: "
    "on fewer, no whole numbers of correct answers give all printed accuracies. A paired comparison on "
    "the same images can have a shorter interval; it needs the answers, which are not printed. In "
    f"macro-F1 the best two models are {macro[-1] - macro[-2]:.3f} apart, and the jump of Figure 6 is "
    f"{ledger['fig6.tau'].printed}."
)

# %% [markdown]
# **The comparison of section 5.2.** SVM with grid search and logistic regression with Optuna are compared
# in words. Every number stands in Figure 7, which is described as animated; we have its caption only. So
# "{claim}`huang2025/s5_2.svm.excels`" cannot be checked.

# %% tags=["hide-input"]
audit.listed("not testable")
audit.unknown()

# %% tags=["hide-input"]
audit.all_redone()
