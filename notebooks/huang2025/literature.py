# %% [markdown]
# # The literature in numbers
#
# The first part of {cite}`huang2025` counts words. From {claim}`huang2025/s3_1.corpus` of the field it makes
# a word cloud (Figure 2) and a network of keywords (Figure 3), and concludes that research looks at
# performance and data sets and leaves fairness aside. The list of these abstracts is not printed, so the
# pictures cannot be made again from the same texts. This page does three other things. It builds the same
# tools, for a corpus of your own. It varies what the text leaves open, and shows how much of a list of top
# terms hangs on that. And it asks how many documents it takes before such a list stays the same.

# %% tags=["parameters", "hide-cell"]
data = "rendered_micro"
data_root = ""
profile = "smoke"
seed = 0

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from engine.page import budget, tables
from fer_lib.evaluation import ledgers
from fer_lib.evaluation.bootstrap import student_ends
from fer_lib.papers.huang2025 import printed_settings
from fer_lib.papers.huang2025.literature import corpus as corpora
from fer_lib.papers.huang2025.literature import network, stability, terms
from fer_lib.papers.huang2025.literature import plots as pictures
from fer_lib.papers.huang2025.literature import verdicts as literature_verdicts
from fer_lib.papers.huang2025.literature.stability import TOP, shared
from fer_lib.plots import figures

figures.use_style()
ledger = ledgers.load("huang2025")
draws = min(budget.get(profile).bootstrap, 500)

# %% [markdown]
# ## The corpus
#
# Put the path of your own export here: BibTeX (`.bib`), RIS (`.ris`) or CSV (`.csv`) with a column of
# titles or abstracts, in UTF-8, in English. Search engines and reference managers write all three. Without
# one, the titles of the works that this book cites are taken, so that the page has something to count. The
# book's build does not watch your file: when it changes, open this page as a notebook and run it again.

# %%
own_corpus = ""  # for instance "/home/me/export.ris"
corpus = corpora.read(own_corpus) if own_corpus else corpora.default()

# %% tags=["hide-input"]
name = corpus.name if own_corpus else "titles of the references of this book"
tables.header(profile, name, corpus.sha256, "", seed)
documents = len(corpus.documents)
found = {
    "documents": documents,
    "of them with an abstract": corpus.abstracts,
    f"of abstract length ({corpora.LONG} words or more)": corpus.long,
    "running words": corpus.words,
    "dropped because they come twice": len(corpus.duplicates),
    "left out: neither title nor abstract": corpus.without_text,
}
tables.table(pd.DataFrame({"number": found}).rename_axis("what"), f"The corpus: {name}")
if corpus.duplicates:
    twice = pd.DataFrame(corpus.duplicates, columns=["dropped", "repeats"])
    tables.folded(twice, "Works that come twice")
if corpus.demonstration:
    tables.say(
        f"**This is a demonstration.** {corpus.told}: below {corpora.ENOUGH} documents of abstract "
        "length (our choice) a page like this shows how the tools work, and nothing about a "
        f"literature. The paper counts {ledger['s3_1.corpus'].shown}."
    )
standing = (
    ("a demonstration" if corpus.demonstration else "another corpus")
    + f" ({corpus.told}, {corpus.long:,} of abstract length); the list of the paper's abstracts is not "
    "printed"
)

# %% [markdown]
# ## What the text says, what the public code does
#
# The paper points to its repository {cite}`huang2025code`. Its notebook for this part is saved without
# outputs: it shows code as last saved, not that it ran nor what it printed. In several steps it differs from
# the text. Where both are silent, the choice is ours. TF-IDF weighs a term by how often it occurs in a
# document (term frequency) and by how few documents have it at all (inverse document frequency).

# %% tags=["hide-input"]
known = printed_settings.load()
tables.table(
    known[known["part"] == "explanation"].drop(columns="part"),
    "Settings of the explanation part",
    index=False,
)

# %% [markdown]
# ## From words to lemmas
#
# Section 3.1 lists {claim}`huang2025/s3_1.lemmas` among its steps. A lemma stands for all forms of a word.
# Here is the beginning of a document of the corpus, and what is counted of it:

# %%
beginning = " ".join(max(corpus.texts, key=len).split()[:16])
print(beginning, terms.prepared(beginning), sep="\n")

# %% [markdown]
# The same step can be taken on the ten terms that section 4.1 prints as those of highest degree centrality.
# No corpus is needed for that. Nor is one needed to see which of them are words of the subject itself: the
# corpus was collected on "facial microexpression recognition and machine learning" (section 3.1).

# %% tags=["hide-input"]
ten = literature_verdicts.printed(ledger)
printed, lemmas = ten.terms, ten.lemmas
tables.table(ten.table(), "The printed terms of highest degree centrality, lemmatised", index=False)
of_subject = sum(ten.of_subject)
changed = sum(one != other for one, other in zip(printed, lemmas, strict=True))
tables.say(
    f"**The {len(printed)} printed terms are {len(set(lemmas))} lemmas.** In the list {ten.apart} stand as "
    f"separate terms, and {changed} of the {len(printed)} terms are not their own lemma. On *based* and "
    "*learning* lemmatisers may differ, since the form alone does not tell a verb from a noun; on regular "
    f"plurals they should not. {of_subject} of the {len(printed)} are words of the subject that the corpus "
    "was collected on: they are bound to stand high in any such corpus, whatever its works are concerned "
    "with."
)

# %% [markdown]
# A network of lemmas cannot hold a plural beside its singular. So either the network was made of other text
# than the one that section 3.1 describes, or the lemmatiser left these nouns as they were. The public code
# has no lemmatiser, and the picture of Figure 3 in the repository has more such pairs (*emotion* and
# *emotions*, *video* and *videos*). Our inference is that the network was made of word forms.
#
# ## The word cloud
#
# By the caption of Figure 2 "{claim}`huang2025/fig2.word_size`". Below, size is how often a lemma occurs, and
# blue are the ten of highest TF-IDF weight. A word cloud is a poor instrument: a long word looks larger, and
# a word is made smaller when there is no room left. The table behind it is what should be read.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Word cloud of the corpus. The size of a word stands for how often its lemma occurs; the ten lemmas of highest TF-IDF weight are blue, the others grey. The folded table below has the counts and weights."}}
counts = terms.counted(corpus.texts)
frequency, in_documents, weights = counts.frequency(), counts.documents(), counts.tfidf()
most_frequent, heaviest = terms.top(frequency, TOP), terms.top(weights, TOP)
image = pictures.cloud(frequency, dict.fromkeys(heaviest, figures.BLUE), figures.GREY, seed)
figure, axis = plt.subplots(figsize=(11, 5))
axis.imshow(image)
axis.axis("off")
figure.tight_layout(pad=0.2)

# %% tags=["hide-input"]
ENOUGH_TO_RESAMPLE = 10
resampling = documents >= ENOUGH_TO_RESAMPLE
shown = list(dict.fromkeys(terms.top(weights, 2 * TOP) + most_frequent))
around = stability.weights(counts, shown, draws, seed) if resampling else weights
tables.folded(
    pd.DataFrame(
        {
            "lemma": shown,
            "occurrences": [int(frequency[term]) for term in shown],
            "documents": [int(in_documents[term]) for term in shown],
            "mean TF-IDF weight": [around[term] for term in shown],
        }
    ),
    f"The heaviest and most frequent of {len(counts.terms):,} lemmas; intervals of 95 % from "
    f"{draws:,} resamples of the documents",
)
tables.say(
    f"Of the {TOP} most frequent and the {TOP} heaviest lemmas {shared(most_frequent, heaviest)} are the "
    f"same. At the tenth place {terms.tied(frequency, TOP)} more are as frequent, and "
    f"{terms.tied(weights, TOP)} more as heavy; among equals the alphabet decides."
)

# %% [markdown]
# ### What the public picture of Figure 2 suggests
#
# The repository {cite}`huang2025code` has a picture of Figure 2. We can read
# {literal}`75 words <counted by us in the picture of Figure 2 in the repository>` in it, and every one of
# them occurs in the abstract of one work {cite}`liong2021`: also words that belong to this work and hardly to
# a field, such as SOFTNet, MEGC, pseudo, fashioning. The other way round, no word of that abstract is missing
# in the picture, save stop words and a plural which the program folds into its singular. Our inference is
# that this picture shows one abstract, not the whole corpus. The picture of Figure 3 has many words that the
# abstract does not have, so it was made of more.
#
# This is read off a picture. The proposal's PDF in the repository (`docs/Final Project.pdf`) has the same
# picture as its Figure 2. That it shows one abstract remains our inference: no output and no corpus is saved.
# By it *videos*, *spotting*, *subtle* and *suppression*, the themes that section 4.1 reads as those of the
# field, are the words of one paper. The table of counts would settle it. To redo this, save that abstract as a CSV with a column `abstract` and one
# row, and set `own_corpus` above: the page also runs on one document.
#
# The captions can be held against each other without any picture. Of the terms that dominate Figure 2, few
# are among those that Figure 3 finds most connected, though both are said to come from the same abstracts.
# That is no contradiction: one counts occurrences, the other neighbours. The table has both lists, and those
# of the corpus of this page:

# %% tags=["hide-input"]
dominant = literature_verdicts.listed(ledger, "fig2.dominant")
dominant_lemmas = [terms.lemma(term) for term in dominant]
keywords = network.keywords(counts)
graph = network.cooccurrence(counts, keywords)
measured = network.measures(graph)
central = terms.top(measured["degree centrality"], TOP)
tables.table(
    [
        {
            "where": where,
            "dominant or most frequent": ", ".join(frequent),
            "in common": f"{shared(frequent, centre)} of {len(set(frequent))}",
        }
        for where, frequent, centre in (
            ("printed", dominant_lemmas, lemmas),
            ("this page", most_frequent, central),
        )
    ],
    "Frequent terms that are also among the ten of highest degree centrality, as lemmas",
)
# %% [markdown]
# ## The network of keywords
#
# Nodes are keywords, an edge ties two that occur in the same documents. The area of a node follows its degree
# centrality: the share of the other keywords that it is tied to. Betweenness, in the table, is how often a
# node lies on the shortest way between two others; a node's eigenvector centrality is high where its
# neighbours' is. The ten highest by degree are blue. Where a node stands has no meaning beyond its ties; edges are thicker where more documents hold both.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Network of keywords. The area of a node stands for its degree centrality, the ten highest are blue, and an edge is the thicker the more documents hold both keywords. The folded table below has degree and centralities of every keyword."}}
figure = pictures.draw(graph, measured, central, seed)

# %% tags=["hide-input"]
least = network.least_shared(counts, keywords)
by_degree = stability.resampled(counts, network.degrees, draws, seed)
shares = by_degree.shares()
table = measured.copy()
if resampling:
    table["share in the top ten"] = [shares.get(term, 0.0) for term in table.index]
tables.folded(
    table.reset_index(),
    f"{len(graph)} keywords, {graph.number_of_edges()} edges; an edge takes {least} documents or more; the "
    f"share is that of {draws:,} resamples of the documents",
)

# %% [markdown]
# A degree gets no percentile interval: a resample repeats some documents and lacks others, so it has fewer
# ties than the corpus, and its degrees lie lower. What can be compared is the order. So the table has the
# share of resamples in which a keyword is among the ten highest.
#
# ## Does the top ten change?
#
# Section 3.1 leaves much open, and the public code takes another way. Each row changes one thing against
# the first. Word forms are compared by their lemmas, so that *feature* and *features* are not held to differ.

# %% tags=["hide-input"]
forms = terms.counted(corpus.texts, lemmas=False)


variants = network.variants(counts, forms, graph)
tables.table(variants, "The ten terms in the centre, by how the network is made", index=False)
others = variants["in common"][1:][variants["nodes"][1:] > 0]
kept_by_all = f"keep {others.min()} to {others.max()} of the {len(central)} terms"
tables.say(
    (f"The ways that give a network at all {kept_by_all}. " if central else "There is no network. ")
    + f"The threshold {network.THRESHOLD} of the public code fits a certain amount of text: the number of "
    "words of a corpus decides how many pairs reach it. Beside it stands the lowest one that leaves at most "
    f"{network.MANY} nodes, about as many as the public picture of Figure 3 has."
)

# %% [markdown]
# ### Is the centre more than frequency?
#
# A frequent word meets many others by chance alone. To see how much of the centre is that, the words are
# dealt out again: every document keeps its length, every word keeps its number of occurrences, and which of
# them meet is chance.

# %% tags=["hide-input"]
pairs = max(draws // 10, 20)
dealt = stability.by_chance(counts, network.degrees, central, pairs, seed)
tables.say(
    f"In {pairs} such corpora, whose words have nothing to do with each other, {dealt} of the "
    f"{len(central)} terms above are again among the ten of highest degree (mean and interval of 95 %). To "
    "that extent the list says which words are frequent, not which ideas belong together. The printed list comes "
    "without such a comparison."
)

# %% [markdown]
# ### A search word is central by construction
#
# A word that was searched for stands in every document, so it has a tie to every keyword. To show it, one
# made-up word is added once to each document of the corpus. It says nothing about the literature.

# %%
searched = "searchword"
with_word = terms.counted([f"{text} {searched}" for text in corpus.texts])
order = list(network.degrees(with_word).index)
if searched in order:
    tables.say(
        f"By degree centrality the added word takes place **{order.index(searched) + 1}**; by TF-IDF "
        f"weight it takes place {list(with_word.tfidf().index).index(searched) + 1}. TF-IDF is meant to "
        "hold back what occurs everywhere, but as scikit-learn smooths it, its factor never falls below "
        "one."
    )

# %% [markdown]
# ## How stable are the top terms?
#
# The documents are drawn again, with replacement, as many as there are. If a term is in the top ten of the
# field and not only of these texts, it should be in the top ten of nearly all resamples.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Dot plot of the share of resamples in which a term is among the ten of highest TF-IDF weight, and among the ten of highest degree centrality. The folded table below has the shares."}}
by_weight = stability.resampled(counts, terms.Counted.tfidf, draws, seed)
both = {"TF-IDF weight": by_weight.shares(), "degree centrality": shares}
listed = list(dict.fromkeys(heaviest + central))
held = pd.DataFrame({name: one.reindex(listed).fillna(0.0) for name, one in both.items()})
held = held.loc[held.max(axis=1).sort_values(ascending=False, kind="stable").index]
if resampling:
    figure = pictures.shares(held)
else:
    tables.say(f"With fewer than {ENOUGH_TO_RESAMPLE} documents nothing is resampled.")

# %% tags=["hide-input"]
if resampling:
    tables.folded(
        held.rename_axis("lemma").reset_index(),
        f"Share of {draws:,} resamples with the term in the top ten; with so many, chance moves a share by up "
        f"to {student_ends(0.0, 0.5 / draws**0.5, np.inf)[1]:.3f} either way",
    )
    kept_weight, kept_degree = by_weight.kept(heaviest), by_degree.kept(central)
    tables.say(
        f"Of its own top ten by TF-IDF weight a resample keeps {kept_weight} terms, by degree centrality "
        f"{kept_degree} (mean and interval of 95 %). In more than nine of ten resamples stand "
        f"{(held['TF-IDF weight'] > 0.9).sum()} terms by weight and "
        f"{(held['degree centrality'] > 0.9).sum()} by degree. A resample is made of the same documents, "
        "so this flatters both lists."
    )

# %% [markdown]
# ## How many documents are needed?
#
# Two corpora of the same size are drawn that have no document in common, as two people would have them who
# search the same field independently. How many of their ten top terms are the same? That can be asked up to
# half of the corpus; beyond it nothing is drawn, and nothing is extrapolated.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Line plot of the number of top ten terms that two corpora without a common document share, against their number of documents, by TF-IDF weight and by degree centrality, with intervals and the number expected of blindly drawn terms as a dashed line. The folded table below has the numbers."}}
sizes = [n for n in (5, 10, 25, 50, 100, 185, 370, 1000) if n <= 0.8 * (documents // 2)]
sizes = [*sizes, documents // 2] if resampling else []
scores = {"TF-IDF weight": terms.Counted.tfidf, "degree centrality": network.degrees}
needed = {
    name: [stability.halves(counts, score, size, pairs, seed) for size in sizes]
    for name, score in scores.items()
}
expected = stability.expected(counts)
if sizes:
    figure = pictures.needed(sizes, needed, expected, TOP)
# %% tags=["hide-input"]
if sizes:
    tables.folded(
        pd.DataFrame({"documents": sizes} | needed),
        f"Terms that two separate corpora share in their top ten: mean and interval of 95 % over {pairs} "
        f"pairs; blindly {expected:.1f}",
    )
    largest = needed["degree centrality"][-1]
    tables.say(
        f"Two separate corpora of {sizes[-1]} documents like these share {largest} of ten terms by degree "
        f"centrality and {needed['TF-IDF weight'][-1]} by TF-IDF weight. "
        + (
            "Titles hold few words, so abstracts should settle sooner; how much sooner this corpus "
            "cannot tell."
            if corpus.demonstration
            else "How this would be for the paper's corpus cannot be told from another one."
        )
    )

# %% [markdown]
# ## Performance and fairness
#
# Section 2.2 finds clusters such as *dataset*, *learning* and *performance*, and little on fairness; section
# 1.4 sees *bias*, *fairness* and *diversity* only at the edge. The plainest way to ask this is to count the
# documents that hold one of those words at all. (*Learning* comes with every machine learning and deep
# learning, so the first set has a head start.) It needs no network. A term can be missing from a network
# because few edges pass its threshold, and the degree of one word says nothing about a topic that has many.

# %% tags=["hide-input"]
SIDES = {
    "dataset, learning or performance": ("dataset", "learning", "performance"),
    "bias, fairness or diversity": ("bias", "fairness", "diversity"),
}
emphasis = stability.emphasis(counts, SIDES, draws, seed)
tables.table(
    pd.DataFrame({"share of documents": emphasis}).rename_axis("holds one of"),
    "Documents that hold at least one of the words: Wilson's intervals; of the difference, resampled documents",
)
stands = literature_verdicts.places(list(measured.index))
tables.say(
    "In the network above stand "
    + (
        ", ".join(f"*{one}* at place {place}" for one, place in stands.items() if place)
        or "none of the words that the paper sees at the edge"
    )
    + f", of {len(measured)} keywords. "
    + "Not among the keywords: "
    + (", ".join(f"*{one}*" for one, place in stands.items() if not place) or "none of them")
    + "."
)

# %% [markdown]
# In the repository's picture of Figure 3, as far as its labels can be read, *spontaneous*, *subtle* and
# *accuracy* are nodes; *bias*, *fairness* and *diversity* are not. The caption names *bias* among the
# connected nodes at the edge. What is not in the network is neither central nor peripheral in it.
#
# ## Verdicts
#
# A measurement on another corpus cannot reproduce a list or refute it. What can be judged is whether the
# printed parts fit together, and what the text leaves open.

# %% tags=["hide-input"]
verdicts = literature_verdicts.rows(
    ledger,
    (corpus.told, standing),
    (most_frequent, central),
    frequency,
    graph,
    stands,
    emphasis["difference"],
)
verdicts.show("Verdicts on the explanation part")
