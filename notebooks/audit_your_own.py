# %% [markdown]
# # Audit your own paper
#
# The auditor reads a list of claims, one record for each number or procedure that a paper prints, and
# holds them against each other. It needs neither data nor code of the paper, so it can be used on a
# manuscript before it is sent off. What it cannot say matters as much. A contradiction says that two
# printed things cannot both be right; it does not say which of them is off, nor why. Or, for the
# protocol, that the evaluation as described leaks. Where it finds nothing, the numbers hold together;
# that does not make them true. And it sees only what was written into the list.
#
# This page shows how a claim is written, then audits a paper that we made up and put errors into. There
# is no such study, and nobody wrote it.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %% tags=["hide-input"]
import base64
import inspect
import itertools
import json
import re
import textwrap
from collections import Counter
from dataclasses import replace

import pandas as pd
import yaml
from IPython.display import HTML, display
from scipy import stats

from claimcheck import Claim, cli, finding, parse
from claimcheck import ledger as ledgers
from claimcheck.checks import intervals_and_tests, leakage_protocol
from claimcheck.claim import EXACT
from engine.page import header, tables
from engine.page.audit_arithmetic import counts, f1_of
from engine.page.audit_guide import allowed, flow, needed, said_of, said_of_records
from engine.store import keys, paths

EXAMPLES = paths.root() / "book" / "examples"
written = (EXAMPLES / "made_up.yml").read_bytes()
facts = header.of_arithmetic("a made-up paper", keys.sha256(written))
display({"text/html": header.strip(facts, facts["notes"]), header.MIME: facts}, raw=True)

ledger, template = (parse(EXAMPLES / f"{name}.yml") for name in ("made_up", "template"))
found = cli.audit(ledger)
schema = json.loads(ledgers.SCHEMA.read_text(encoding="utf-8"))
fields = schema["$defs"]["claim"]["properties"]


# %% [markdown]
# ## How a claim is written
#
# A ledger is a YAML file: a list of records. These are the fields of a record, taken from the schema that
# every file is checked against. The examples are those of the template below.

# %% tags=["hide-input"]
meant = dict(re.findall(r"^(\w+) : .*\n((?: {4}.*\n?)+)", inspect.getdoc(Claim), re.MULTILINE))
examples = yaml.safe_load((EXAMPLES / "template.yml").read_text(encoding="utf-8"))
places = dict.fromkeys(one.where.split()[0] for one in (*ledger.values(), *template.values()))
rows = {
    name: {
        "required": "yes" if name in schema["$defs"]["claim"]["required"] else "",
        "what it is": " ".join(meant[name].replace("`", "").split()),
        "allowed": allowed(field, places),
        "example": next((flow(one[name]) for one in examples if name in one), "–"),
    }
    for name, field in fields.items()
}
tables.table(pd.DataFrame(rows).T.rename_axis("field"), "Fields of a record")
packed = base64.b64encode(ledgers.SCHEMA.read_bytes()).decode()
link = f'<a download="schema.json" href="data:application/json;base64,{packed}">The schema</a>'
display(HTML(f"<p>{link} is a file that editors can check YAML with while it is typed.</p>"))

# %% [markdown]
# ### Kinds, and what a printed number stands for
#
# The kind says how a number is to be read. A count and a setting are exact. Any other number was rounded,
# so it stands for all values that print like it. All arithmetic is done with these ranges: a sum of rounded
# numbers is contradicted only if no values within them add up. Percentages, points and millions are brought
# to one unit first; any other unit is shown and not converted.

# %% tags=["hide-input"]
rows = {}
for kind in fields["kind"]["enum"]:
    one = next(claim for claim in template.values() if claim.kind == kind and claim.printed)
    read = "exact" if kind in EXACT else "rounded to its last digit"
    rows[kind] = {
        "read as": read if one.numeric else "words, compared by what they mean",
        "for example": one.shown,
        "stands for": finding.shown(one.range) if one.numeric else ", ".join(one.means),
    }
tables.table(pd.DataFrame(rows).T.rename_axis("kind"), "Kinds of claims")

one = ledger["table3.surprise.precision"]
low, high = one.rounding
tables.say(f"A printed {one.printed} means from {low:g} to {high:g}. With other senses:")
senses = ["", *fields["sense"]["enum"]]
rows = {
    f"{sense} {one.printed}": finding.shown(replace(one, sense=sense).range) for sense in senses
}
rows[f"{one.printed}, digits cut off"] = finding.shown(one.cut)
tables.table(pd.DataFrame({"stands for": rows}).rename_axis("printed"), "The sense of a number")

# %% [markdown]
# The last row is a second chance. Where rounding fails and a number would fit if its further digits had
# simply been dropped, arithmetic and reports call it consistent, and say so.
#
# ### Relations
#
# A relation ties a claim to others; the claim is the result. A relation belongs in the ledger where the
# paper asserts it, or where it must hold by what the numbers are. Whether it holds is not for the writer
# to judge: the auditor computes it.

# %% tags=["hide-input"]
SENTENCES = {
    "sum": "All images are those of the training, the validation and the test part.",
    "product": "The images are so many of each person.",
    "mean": "The mean of the folds.",
    "greatest": "The best score of the table.",
    "least": "The worst score of the table.",
    "all above": "Every class has a recall above this.",
    "all below": "No error rate reaches this.",
    "difference": "One count is so much less than another.",
    "quotient": "So many images of each person.",
    "share": "So many per cent of the images are tested on.",
    "relative change": "Accuracy improves by so many per cent over the baseline.",
    "absolute change": "Accuracy rises by so many points.",
    "weighted mean": "The mean over groups, weighted by their sizes.",
    "harmonic mean": "F1 of a precision and a recall.",
    "order": "Happiness is recognised better than all others.",
    "interval": "The score with its interval.",
    "F test": "An F with its degrees of freedom and its p.",
    "stratified share": "A class in the test part of a stratified split.",
    "interval from resamples": "A bootstrap interval from so many resamples.",
    "interval of a proportion": "An interval of an accuracy on so many images.",
    "average precision": "An average precision beside the AUC of the same ranking.",
    "above chance": "A score beside the share of the class that a guess would name.",
    "ranks above chance": "An AUC beside what random scores reach on so many images.",
    "known size": "The size of a public data set that the auditor knows.",
    "count over": "An accuracy on so many images: a whole number of hits.",
}
checked_by = {
    name: family.__name__.rpartition(".")[2]
    for family in cli.FAMILIES
    for name in getattr(family, "CHECKS", ())
}
rows = {}
for of in schema["$defs"]["relation"]["oneOf"]:
    operands = {name: field for name, field in of["properties"].items() if name != "is"}
    names = of["properties"]["is"]
    for name in names.get("enum", [names.get("const")]):
        rows[name] = {
            "needs": ", ".join(needed(*one, of["required"]) for one in operands.items()),
            "checked by": checked_by[name],
            "what a paper says": SENTENCES[name],
        }
tables.table(pd.DataFrame(rows).T.rename_axis("relation"), "Relations")

# %% [markdown]
# ### Reports, quantities, protocol
#
# A `report` says of which test run of which model a score is. From the supports the auditor looks for the
# whole numbers of hits and errors that print like each class, then for a confusion matrix that has all
# classes at once, and judges every overall score by those that fit. For this the table must be whole: write
# the support of every class that was tested, or of none.

# %% tags=["hide-input"]
rows = {one.about: flow(dict(one.report)) for one in template.values() if one.report}
tables.table(pd.DataFrame({"report": rows}).rename_axis("what is tied"), "Three forms of a tie")
tables.say(f"A score is one of: {', '.join(fields['report']['properties']['score']['enum'])}.")

# %% [markdown]
# A `quantity` names the thing itself. All claims with the same one must agree: numbers by a value that all of
# them may stand for, procedures by what they mean. It is the cheapest check to write, and it finds what
# changes between drafts: the abstract against the table, the text against the list of settings. In the
# made-up paper these are printed more than once:

# %% tags=["hide-input"]
groups = {}
for claim in ledger.values():
    if claim.quantity and claim.kind != "procedure":
        groups.setdefault(claim.quantity, []).append(f"{claim.shown} ({claim.where})")
rows = {name: "; ".join(told) for name, told in groups.items() if len(told) > 1}
tables.table(pd.DataFrame({"printed": rows}).rename_axis("quantity"), "One thing, printed twice")

# %% [markdown]
# Quantities that begin with `protocol.` describe the evaluation, in words that the auditor knows. It judges
# the description by the taxonomy of leakage of {cite}`kapoor2023`. What is not said is underspecified, which
# is no contradiction.

# %% tags=["hide-input"]
rows = {
    rule.quantity: {
        "sound": " or ".join(rule.sound),
        "leaks": " or ".join(rule.leaking),
        "entry": rule.entry,
        "what goes wrong": rule.why,
    }
    for rule in leakage_protocol.RULES
}
tables.table(pd.DataFrame(rows).T.rename_axis("quantity"), "Words for the protocol")

# %% [markdown]
# If a place can be read in another way by which a contradiction goes away, write `reading: open` and say in
# the note how you read it. A contradiction that rests on such a record is reported as underspecified.
#
# ## A made-up paper
#
# This is what its reader sees. All numbers come from {download}`its ledger <../book/examples/made_up.yml>`.
# The reports were computed from confusion matrices, and the areas from drawn scores; then some values were
# changed on purpose.

# %% tags=["hide-input"]
p = {claim.id: claim.shown for claim in ledger.values()}
tables.say(f"""
> **Four expressions from photographs** (made up)
>
> *Abstract.* We recognise anger, happiness, sadness and surprise in {p["abstract.images"]} of
> {p["abstract.people"]}. Our classifier reaches an accuracy of {p["abstract.accuracy"]}, a relative
> improvement of {p["abstract.gain"]} over the baseline.
>
> *2 Data.* {p["data.images"]} of {p["data.people"]}, {p["data.per_person"]} each:
> {p["table1.train"]} for training, {p["table1.validation"]} for validation, {p["table1.test"]}
> ({p["data.test_share"]}) for the test. {p["split.unit"].capitalize()} stay in one part, and the parts have
> {p["split.how"]}.
>
> *3 Method.* SMOTE is {p["smote"]}; {p["augmentation"]}. We train for {p["epochs.text"]} (Table 2:
> {p["epochs.table"]}) and keep the {p["selection"]}.
>
> *4 Results.* The baseline has an accuracy of {p["baseline.accuracy"]}, our classifier of
> {p["table3.accuracy"]} ({intervals_and_tests.CONFIDENCE_LEVEL:.0%} interval from {p["interval.low"]} to {p["interval.high"]},
> {p["interval.resamples"]}). Every recall is above {p["result.recalls"]}; {p["result.best"]}. Confidence
> by expression: F({p["anova.between"]}, {p["anova.within"]}) = {p["anova.f"]}, p = {p["anova.p"]}.
""")
CLASSES = ("anger", "happiness", "sadness", "surprise")
SCORES = ("precision", "recall", "f1", "support")
TABLES = {
    "table3": (CLASSES, {"accuracy": "accuracy", "macro F1": "macro_f1", "kappa": "kappa"}),
    "table4": (("posed", "spontaneous"), {"AUC": "auc", "average precision": "ap"}),
}
for name, (classes, overall) in TABLES.items():
    rows = {one: {score: p.get(f"{name}.{one}.{score}") for score in SCORES} for one in classes}
    rows |= {shown: {"all classes": p[f"{name}.{score}"]} for shown, score in overall.items()}
    caption = f"{ledger[f'{name}.{classes[0]}.support'].where} of the made-up paper"
    tables.table(pd.DataFrame(rows).T.fillna("").rename_axis("class"), caption)

# %% [markdown]
# The command is `fer-audit FILE.yml`; with `--all` it also lists what is consistent. Here it runs on the
# ledger of the made-up paper.


# %% tags=["hide-input"]
said, status = said_of("book/examples/made_up.yml")
for line in said.splitlines():
    print(textwrap.fill(line, 96, subsequent_indent="    "))
print("exit status", status)

# %% [markdown]
# Each record that we changed has a note that says what would fit. So the page can compare what was planted
# with what was found: it is not built if an error is missed, or if a contradiction has no planted value in it.

# %% tags=["hide-input"]
noted = {one.id: re.fullmatch("planted; (.+) would fit", one.note) for one in ledger.values()}
planted = {name: note[1] for name, note in noted.items() if note}
rows, times = [], Counter()
for one in found:
    if one.verdict == "inconsistent":
        (of,) = {*one.claims, *one.given} & set(planted)
        times[of] += 1
        row = {"planted in": ledger[of].title, "printed": ledger[of].shown, "fits": planted[of]}
        rows.append(row | {"found by": one.family, "arithmetic": one.how})
if set(times) != set(planted) or status != 1:
    raise ValueError(f"not found: {set(planted) - set(times)}; exit status {status}")
tables.table(rows, "What was planted and what was found")
words = Counter(one.verdict for one in found)
tables.say(
    f"{len(planted)} of {len(ledger)} claims were changed. All were found, no contradiction comes from "
    f"elsewhere, and {words['consistent']} checks hold."
)
for of in (of for of in times if times[of] > 1):
    tables.say(
        f"{ledger[of].title} is told {times[of]} times: as a class that no counts give, and as a "
        "report that therefore has no matrix."
    )
for one in found:
    if one.verdict == "underspecified":
        tables.say(f"Left open, which is no contradiction: {one.how}.")

# %% [markdown]
# A paper on single photographs has nothing to say of clips; a paper that cut its images from videos should.
#
# ## The findings by hand
#
# Nothing below uses the auditor's arithmetic. The cells are open: change a number and run them again. The
# bound on the recalls and the epochs need no arithmetic; they stand in the table above.
#
# **A sum and a change.** The auditor names the total, while the error was planted in one of its parts. It
# cannot know: only that they do not fit.


# %%
def number(name):
    """Return a printed number."""
    return ledger[name].value


def ends(name):
    """Return the ends of what a printed number stands for."""
    return ledger[name].rounding


parts = [number(f"table1.{part}") for part in ("train", "validation", "test")]
tables.say(f"The parts add up to {sum(parts):g}; {p['data.images']} are printed.")

old, new = ends("baseline.accuracy"), ends("table3.accuracy")
least, most = 100 * (new[0] / old[1] - 1), 100 * (new[1] / old[0] - 1)
points = 100 * (number("table3.accuracy") - number("baseline.accuracy"))
tables.say(
    f"From {p['baseline.accuracy']} to {p['table3.accuracy']} is a relative change of {least:.1f} to "
    f"{most:.1f} %; printed is {p['abstract.gain']}. The difference in points is {points:.1f}."
)

# %% [markdown]
# **The same thing twice.** Two digits of the accuracy have changed places in the abstract.

# %%
in_abstract = [end / 100 for end in ends("abstract.accuracy")]
in_table = ends("table3.accuracy")
meet = in_abstract[0] <= in_table[1] and in_table[0] <= in_abstract[1]
tables.say(
    f"The abstract allows {in_abstract[0]:.4f} to {in_abstract[1]:.4f}, the table {in_table[0]:.4f} to "
    f"{in_table[1]:.4f}: {'a' if meet else 'no'} value is in both."
)

# %% [markdown]
# **A class that no whole numbers give.** Precision and recall, each within its rounding, could have the
# printed F1 as their harmonic mean: the three numbers alone show nothing. But hits and false alarms are
# whole numbers, and the support says of how many.


# %%
def of_class(name, scores):
    """Return all hits, false alarms and misses that print like some scores of a class."""
    n, spans = int(number(f"{name}.support")), {score: ends(f"{name}.{score}") for score in scores}
    return counts(n, images - n, spans)


images = int(number("table1.test"))
precision, recall, low_high = (ends(f"table4.posed.{one}") for one in ("precision", "recall", "f1"))
harmonic = [2 * a * b / (a + b) for a, b in zip(precision, recall, strict=True)]
tables.say(
    f"The harmonic mean is {harmonic[0]:.4f} to {harmonic[1]:.4f}; a printed {p['table4.posed.f1']} "
    f"stands for {low_high[0]:.3f} to {low_high[1]:.3f}."
)
fitting = of_class("table4.posed", ("precision", "recall"))
tables.say(
    "Hits, false alarms and misses that print like precision and recall: "
    + "; ".join(f"{one}, whose F1 is {f1_of(*one):.4f}" for one in fitting)
    + "."
)

# %% [markdown]
# **A macro mean that no fitting counts give.** The same search for the four classes of Table 3, with all
# their scores, leaves little choice. A macro mean gives every class the same weight.

# %%
sizes = [number(f"table3.{name}.support") for name in CLASSES]
each = [of_class(f"table3.{name}", ("precision", "recall", "f1")) for name in CLASSES]
for together in itertools.product(*each):
    _, alarms, misses = map(sum, zip(*together, strict=True))
    if alarms == misses:  # every error is a false alarm of one class and a miss of another
        f1 = [f1_of(*one) for one in together]
        weighted = sum(a * b for a, b in zip(f1, sizes, strict=True)) / images
        told = "; ".join(f"{name} {one}" for name, one in zip(CLASSES, together, strict=True))
        tables.say(
            f"Hits, false alarms and misses: {told}. Macro F1 is {sum(f1) / len(f1):.4f}, weighted F1 "
            f"{weighted:.4f}. Printed as macro F1 is {p['table3.macro_f1']}."
        )

# %% [markdown]
# Here we know what happened, for we did it: the mean weighted by support stands where the macro mean should.
# In someone else's paper one would only know that the two do not fit.
#
# **Average precision against AUC.** Both come from one ranking. What costs one costs the other, so an AUC
# below one bounds the average precision from above, whichever class is the positive one.

# %%
for positive in ("posed", "spontaneous"):
    negatives = images - number(f"table4.{positive}.support")
    most = 1 - (1 - ends("table4.auc")[1]) * negatives / images
    tables.say(f"With {positive} as the positive class it is at most {most:.4f}.")
tables.say(f"Printed is {p['table4.ap']}.")

# %% [markdown]
# **Resamples, F and p.** The widest interval that resamples can give reaches from their least to their
# greatest value. And an F with its degrees of freedom has one p.

# %%
resamples = number("interval.resamples")
level = (resamples - 1) / (resamples + 1)
tables.say(f"{p['interval.resamples']}: the widest interval has a level of {level:.0%}.")
tail = stats.f.sf(*(number(f"anova.{name}") for name in ("f", "between", "within")))
tables.say(f"The printed F has p = {tail:.3f}; printed is {p['anova.p']}.")

# %% [markdown]
# **SMOTE before the split.** No arithmetic: by the description itself, points that were made from test images
# are trained on. [The leakage laboratory](diya2026/leakage.ipynb) measures what such a leak adds.
#
# ## The same paper, mended
#
# Every planted value is replaced by the one that its note names, in a copy of the ledger.

# %% tags=["hide-input"]
mended = yaml.safe_load(written)
for one in mended:
    if one["id"] in planted:
        one["printed"] = planted[one["id"]]
        one |= {"means": planted[one["id"]]} if "means" in one else {}


said, status = said_of_records(mended)
if status != 0:
    raise ValueError(f"the mended copy is not sound: {said}")
print(said.splitlines()[-1])
print("exit status", status)

# %% [markdown]
# ## What a faulty file gives
#
# A file that is no ledger is refused before anything is computed. The message names the file, the record
# and what is wrong; the exit status is another than that of a contradiction.

# %% tags=["hide-input"]
FAULTS = {
    "a key that the schema does not have": {"colour": "red"},
    "a relation that it does not have": {"relations": [{"is": "total", "of": ["data.images"]}]},
    "a word where a number should stand": {"printed": "many"},
    "a number without quotation marks": {"printed": number("epochs.text")},
    "a claim that is not there": {"relations": [{"is": "sum", "of": ["data.pictures"]}]},
    "two records with one name": {"id": "data.images"},
}
sound = next(one for one in mended if one["id"] == "epochs.text")
rows = []
for fault, change in FAULTS.items():
    said, status = said_of_records([one for one in mended if one is not sound] + [sound | change])
    if status != 2:
        raise ValueError(f"{fault} is let through: {said}")
    rows.append({"fault": fault, "record has": flow(change), "message": said, "status": status})
tables.table(rows, "Faulty files")

# %% [markdown]
# ## How to begin
#
# - Take {download}`the template <../book/examples/template.yml>`. It has a record of each kind, and says what
#   each field is. The schema is offered below the table of fields.
# - Begin with the abstract and the main table, and give what is printed in both one quantity.
# - Tie every score of the main table to its report, with the supports.
# - Write a relation for every sum, share, difference and improvement that the paper asserts.
# - Write the protocol: how the split was made, and on what the model was chosen.
# - Run the audit. The auditor is a package of its own. In a copy of this book's repository:
#   `pip install ./claimcheck`, then `claimcheck claims.yml`; where the book is installed the same command is
#   called `fer-audit`.
# - Read each number again at the places that a contradiction names: a slip in the ledger looks like a slip in
#   the paper.
#
# Where the manuscript is kept in a repository, the audit can run on every commit. The exit status fails the
# step: zero means that nothing is inconsistent, one that something is, two that the file is no ledger.
# The auditor itself needs few packages and none that trains networks. For GitHub (put the address of this
# book's repository for `OWNER/BOOK`):
#
# ```yaml
# name: claims
# on: [push, pull_request]
# jobs:
#   audit:
#     runs-on: ubuntu-latest
#     steps:
#       - uses: actions/checkout@v4
#         with: {path: paper}
#       - uses: actions/checkout@v4
#         with: {repository: OWNER/BOOK, path: book}
#       - uses: actions/setup-python@v5
#         with: {python-version: "3.11"}
#       - run: pip install ./book/claimcheck
#       - run: claimcheck paper/claims.yml
# ```
#
# ## Similar tools
#
# GRIM {cite}`brown2017` asks whether a mean of whole numbers can be what is printed; our search for the whole
# numbers behind a report is the same idea. SPRITE {cite}`heathers2018` looks for whole samples behind a mean
# and a standard deviation, and DEBIT {cite}`heathers2019` tests the two for binary data. statcheck
# {cite}`nuijten2016` reads tests of significance from the text of an article and recomputes their p-values;
# unlike ours it needs no ledger. mlscorecheck {cite}`fazekas2023` tests whether sets of scores are possible,
# also over folds and for regression, which ours does not. A checklist asks of the protocol what no arithmetic
# can: REFORMS {cite}`kapoor2024`, among its authors those of the taxonomy of leakage that is used here.
