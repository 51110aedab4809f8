# %% [markdown]
# # What do ten top terms say about a literature?
#
# *Sections 1.4, 2.2, 3.1 and 4.1 and Figures 1 to 3 of {cite}`huang2025`*

# %% tags=["parameters"]
data = "rendered_micro"
data_root = ""
profile = "smoke"
seed = 0
own_corpus = ""  # for instance "/home/me/export.ris"; "" for the titles that this book cites
keywords = 30  # nodes of the network
lemmas = True  # False counts word forms, as the public code does

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

from engine.page import budget, opening, tables
from fer_lib.evaluation import ledgers
from fer_lib.papers.huang2025 import printed_settings
from fer_lib.papers.huang2025.literature import in_words, network, plots, stability, terms
from fer_lib.papers.huang2025.literature import verdicts as literature_verdicts
from fer_lib.papers.huang2025.literature.stability import TOP
from fer_lib.plots import figures

figures.use_style()
question = opening.ask(
    "How much of a list of ten top terms hangs on the documents and on how they are counted, and do few works speak of "
    "fairness?"
)

# %%
from fer_lib.papers.huang2025.literature import corpus as corpora

corpus = corpora.read(own_corpus) if own_corpus else corpora.default()
name = corpus.name if own_corpus else "titles of the references of this book"
tables.header(profile, name, corpus.sha256, "", seed, measured=corpus.told)
tables.table(pd.DataFrame({"number": in_words.numbers(corpus)}), "The corpus")

# %% [markdown]
# ## The corpus
#
# The first part of {cite}`huang2025` counts words. From {claim}`huang2025/s3_1.corpus` of the field it makes a word cloud
# (Figure 2) and a network of keywords (Figure 3), and concludes that research looks at performance and data sets and leaves
# fairness aside. The list of these abstracts is not printed, so the pictures cannot be made again from the same texts. This
# page builds the same tools, for a corpus of your own: set `own_corpus` to an export as BibTeX, RIS or CSV with a column of
# titles or abstracts, in English. Search engines and reference managers write all three. Without one, the titles of the
# works that this book cites are taken, so that the page has something to count.

# %% tags=["hide-input"]
ledger = ledgers.load("huang2025")
tables.say(in_words.demonstration(corpus, ledger["s3_1.corpus"].shown))
tables.folded([{"dropped": a, "repeats": b} for a, b in corpus.duplicates], "Works that come twice")
known = printed_settings.load()
known = known[known["part"] == "explanation"].drop(columns="part")
tables.folded(
    known, "What the text says of each step, what the public code does, and what is taken here"
)

# %% [markdown]
# ## From words to lemmas
#
# Section 3.1 lists {claim}`huang2025/s3_1.lemmas` among its steps. A lemma stands for all forms of a word. The cell shows
# what is counted of the beginning of a document, and takes the same step on the ten terms that section 4.1 prints as those
# of highest degree centrality. No corpus is needed for that.

# %%
beginning = " ".join(max(corpus.texts, key=len).split()[:16])
print(beginning, terms.prepared(beginning, lemmas), sep="\n")
ten = literature_verdicts.printed(ledger)
print(dict(zip(ten.terms, ten.lemmas, strict=True)))

# %% tags=["hide-input"]
tables.say(in_words.printed(ten))
tables.folded(ten.table(), "The printed terms of highest degree centrality, lemmatised")

# %% [markdown]
# A network of lemmas cannot hold a plural beside its singular. So either the network was made of other text than the one
# that section 3.1 describes, or the lemmatiser left these nouns as they were. The public code {cite}`huang2025code` has no
# lemmatiser, and the picture of Figure 3 in the repository has more such pairs. Our inference is that the network was made
# of word forms. Its notebook for this part is saved without outputs: it shows code as last saved, not that it ran.
#
# ## Counting
#
# scikit-learn's `CountVectorizer` counts each lemma in each document. TF-IDF weighs a term by how often it occurs in a
# document (term frequency) and by how few documents have it at all (inverse document frequency).

# %%
from functools import partial

from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

vectorizer = CountVectorizer(analyzer=partial(terms.prepared, lemmas=lemmas))
matrix = vectorizer.fit_transform(corpus.texts)
words = vectorizer.get_feature_names_out()
frequency = pd.Series(np.asarray(matrix.sum(axis=0)).ravel(), words)
weight = pd.Series(np.asarray(TfidfTransformer().fit_transform(matrix).mean(axis=0)).ravel(), words)
print(frequency.nlargest(10).to_dict())
print(list(weight.nlargest(10).index))

# %% [markdown]
# By the caption of Figure 2 "{claim}`huang2025/fig2.word_size`". In the cloud, size is how often a lemma occurs, and blue
# are the ten of highest TF-IDF weight. A word cloud is a poor instrument: a long word looks larger, and a word is made
# smaller when there is no room left. Compare its largest words with the two lists that the cell above printed.

# %% mystnb={"image": {"alt": "Word cloud of the corpus. The size of a word stands for how often its lemma occurs; the ten lemmas of highest TF-IDF weight are blue, the others grey. The folded table below has the counts and weights."}}
import matplotlib.pyplot as plt

counts = terms.counted(corpus.texts, lemmas)
heaviest = terms.top(counts.tfidf(), TOP)
blue = dict.fromkeys(heaviest, figures.BLUE)
plt.figure(figsize=(8, 3.7))
image = plt.imshow(plots.cloud(counts.frequency(), blue, figures.GREY, seed))
hidden = plt.axis("off")

# %% tags=["hide-input"]
draws = min(budget.get(profile).bootstrap, 500)
most_frequent = terms.top(counts.frequency(), TOP)
shown = list(dict.fromkeys(terms.top(counts.tfidf(), 2 * TOP) + most_frequent))
around = stability.weights(counts, shown, draws, seed)
columns = {"occurrences": counts.frequency()[shown], "documents": counts.documents()[shown]}
frame = pd.DataFrame(columns).assign(weight=[around[term] for term in shown])
tables.folded(frame.rename_axis("lemma").reset_index(), "The heaviest and most frequent lemmas")
tables.say(
    f"Of the {TOP} most frequent and the {TOP} heaviest lemmas {stability.shared(most_frequent, heaviest)} are the same; "
    f"{terms.tied(counts.frequency(), TOP)} more are as frequent as the tenth, and among equals the alphabet decides."
)

# %% [markdown]
# The repository has a picture of Figure 2. We can read
# {literal}`75 words <counted by us in the picture of Figure 2 in the repository>` in it, and every one of them occurs in the
# abstract of one work {cite}`liong2021`: also words that belong to this work and hardly to a field, such as SOFTNet, MEGC,
# pseudo, fashioning. The other way round, no word of that abstract is missing in the picture, save stop words and a plural
# which the program folds into its singular. Our inference is that this picture shows one abstract, not the whole corpus.
# Then *videos*, *spotting*, *subtle* and *suppression*, which section 4.1 reads as the themes of the field, are the words of
# one paper. It remains an inference: no output and no corpus is saved.
#
# ## The network of keywords
#
# Nodes are keywords, an edge ties two that occur in the same documents. The degree centrality of a node is the share of the
# other keywords that it is tied to. networkx computes it from the table of joint documents.

# %%
import networkx as nx

several = np.asarray((matrix > 0).sum(axis=0)).ravel() > 1  # in two documents or more
nodes = list(weight[several].nlargest(keywords).index)
present = (matrix[:, np.searchsorted(words, nodes)] > 0).astype(int)
together = pd.DataFrame((present.T @ present).toarray(), nodes, nodes)
least = network.least_shared(counts, nodes)
tied = together.where((together >= least) & ~np.eye(len(nodes), dtype=bool), 0)
graph = nx.from_pandas_adjacency(tied)
print(pd.Series(nx.degree_centrality(graph), dtype=float).nlargest(10).round(2).to_dict())

# %% [markdown]
# The area of a node follows its degree centrality, and the ten highest are blue. Where a node stands has no meaning beyond
# its ties; edges are thicker where more documents hold both. Ask of each blue word whether it names an idea or is merely
# frequent.

# %% mystnb={"image": {"alt": "Network of keywords. The area of a node stands for its degree centrality, the ten highest are blue, and an edge is the thicker the more documents hold both keywords. The folded table below has degree and centralities of every keyword."}}
measured = network.measures(graph)
central = terms.top(measured["degree centrality"], TOP)
figure = plots.draw(graph, measured, central, seed)

# %% tags=["hide-input"]
by_degree = stability.resampled(counts, partial(network.degrees, most=keywords), draws, seed)
held = by_degree.shares()
table = measured.assign(**{"in the top ten": [held.get(term, 0.0) for term in measured.index]})
tables.folded(table.reset_index(), "All keywords; the last column is the share of resamples")
dominant = [terms.lemma(one) for one in literature_verdicts.listed(ledger, "fig2.dominant")]
pairs = {"printed": (dominant, ten.lemmas), "this page": (most_frequent, central)}
tables.folded(in_words.overlap(pairs), "Frequent terms that are also among the ten in the centre")

# %% [markdown]
# ## Does the top ten change?
#
# Section 3.1 leaves much open, and the public code takes another way. The folded table changes one thing at a time: the
# measure, the number of keywords, how many documents an edge takes, lemmas, and the products of counts that the public code
# takes as weights. Then the words are dealt out again: every document keeps its length, every word its number of
# occurrences, and which of them meet is chance. That is what frequency alone gives.

# %%
variants = network.variants(counts, terms.counted(corpus.texts, lemmas=False), graph)
repeats = max(draws // 10, 20)
dealt = stability.by_chance(counts, network.degrees, central, repeats, seed)
print(f"of {len(central)} terms in the centre {dealt} are there again when words are dealt out")
tables.say(in_words.variants(variants, central))
tables.folded(variants, "The ten terms in the centre, by how the network is made")

# %% [markdown]
# A word that was searched for stands in every document, so it is central by construction. To show it, one made-up word is
# added once to each document of the corpus. It says nothing about the literature.

# %%
with_word = terms.counted([f"{text} searchword" for text in corpus.texts])
for score, order in (("degree", network.degrees(with_word)), ("TF-IDF", with_word.tfidf())):
    place = list(order.index).index("searchword") + 1 if "searchword" in order.index else "none"
    print(f"place of the added word by {score}: {place}")

# %% [markdown]
# ## How stable are the top terms?
#
# The documents are drawn again, with replacement, as many as there are. If a term is in the top ten of the field and not
# only of these texts, it should be in the top ten of nearly all resamples. Look how fast the marks fall away from one.

# %% mystnb={"image": {"alt": "Dot plot of the share of resamples in which a term is among the ten of highest TF-IDF weight, and among the ten of highest degree centrality. The folded table has the shares."}}
by_weight = stability.resampled(counts, terms.Counted.tfidf, draws, seed)
both = {"TF-IDF weight": by_weight.shares(), "degree centrality": held}
listed = list(dict.fromkeys(heaviest + central))
shares = pd.DataFrame({score: one.reindex(listed).fillna(0.0) for score, one in both.items()})
shares = shares.loc[shares.max(axis=1).sort_values(ascending=False, kind="stable").index]
figure = plots.shares(shares)

# %% tags=["hide-input"]
kept_weight, kept_degree = by_weight.kept(heaviest), by_degree.kept(central)
tables.say(in_words.stable(kept_weight, kept_degree, shares))
tables.folded(
    shares.rename_axis("lemma").reset_index(),
    f"Share of {draws:,} resamples with the term in the top ten",
)

# %% [markdown]
# Two corpora of the same size are drawn that have no document in common, as two teams would have them who search the same
# field independently. How many of their ten top terms are the same? That can be asked up to half of the corpus; beyond it
# nothing is extrapolated. The dashed line is what two blindly drawn lists share.

# %% mystnb={"image": {"alt": "Line plot of the number of top ten terms that two corpora without a common document share, against their number of documents, by TF-IDF weight and by degree centrality, with intervals and the number expected of blindly drawn terms as a dashed line."}}
half = len(corpus.documents) // 2
sizes = [n for n in (5, 10, 25, 50, 100, 185, 370, 1000) if n <= 0.8 * half] + [half] * (half > 0)
scores = {"TF-IDF weight": terms.Counted.tfidf, "degree centrality": network.degrees}
needed = {
    kind: [stability.halves(counts, score, size, repeats, seed) for size in sizes]
    for kind, score in scores.items()
}
if sizes:
    figure = plots.needed(sizes, needed, stability.expected(counts), TOP)

# %% tags=["hide-input"]
if sizes:
    tables.say(
        f"Two separate corpora of {half} documents share {needed['degree centrality'][-1]} of ten terms by degree centrality "
        f"and {needed['TF-IDF weight'][-1]} by TF-IDF weight. How this would be for the paper's corpus cannot be told from "
        "another one."
    )
    tables.folded(pd.DataFrame({"documents": sizes} | needed), "The numbers behind the figure")

# %% [markdown]
# ## Performance and fairness
#
# Section 2.2 finds clusters such as *dataset*, *learning* and *performance*, and little on fairness; section 1.4 sees *bias*,
# *fairness* and *diversity* only at the edge. The plainest way to ask this is to count the documents that hold one of those
# words at all. (*Learning* comes with every machine learning, so the first set has a head start.) It needs no network: a term
# can be missing from a network because few edges pass its threshold, and what is not in it is neither central nor
# peripheral.

# %%
SIDES = {
    "dataset, learning or performance": ("dataset", "learning", "performance"),
    "bias, fairness or diversity": ("bias", "fairness", "diversity"),
}
emphasis = stability.emphasis(counts, SIDES, draws, seed)
tables.table(pd.DataFrame({"share of documents": emphasis}), "Documents that hold one of the words")
stands = literature_verdicts.places(list(measured.index))
tables.say(in_words.edge(stands, len(measured)))

# %% [markdown]
# ## Verdicts
#
# A measurement on another corpus cannot reproduce a list or refute it. What can be judged is whether the printed parts fit
# together, and what the text leaves open.

# %%
said = (corpus.told, in_words.standing(corpus))
tops, often = (most_frequent, central), counts.frequency()
judged = literature_verdicts.rows(ledger, said, tops, often, graph, stands, emphasis["difference"])
judged.show("Verdicts on the explanation part")

# %% tags=["hide-input"]
fair = emphasis["bias, fairness or diversity"]
question.answer(
    f"A resample of the same documents keeps {kept_degree} of ten terms by degree, and words dealt out by chance keep {dealt}; "
    f"the printed ten are {len(set(ten.lemmas))} lemmas. Bias, fairness or diversity stand in a share of {fair} of the documents.",
    rests_on=f"{corpus.told}, {in_words.standing(corpus).split(' (')[0]}, and {draws} resamples; the paper's own corpus is not printed",
)

# %% [markdown]
# ## Try it
#
# Change `keywords`, `lemmas` or `own_corpus` in the first cell, or from a shell:
#
# ```sh
# make notebook N=huang2025/literature PROFILE=book PARAMS='keywords=60 lemmas=False'
# ```
#
# The book's build does not watch your own file: when it changes, run the page again.
#
# **Exercise.** Count only documents in which a keyword stands at least twice (`present = (matrix[...] > 1)`). Why does the
# network nearly vanish for titles, and would it for abstracts?
#
# <details><summary>Answer</summary>
#
# A title says a word once. Abstracts repeat their main words, so their network would stay, and rest on the words that each
# work is really about; the products of counts in the public code weigh such repetitions even more.
#
# </details>
