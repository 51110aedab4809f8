"""Verdicts on sections 5-5 and 5-6 of diya2026: Tables 7 and 8, and the sentences on them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from claimcheck import Claim
from engine.page.verdict_rows import VerdictRows
from fer_lib.evaluation import metrics, over_seeds, paired_differences
from fer_lib.evaluation.counts_by_subject import Tally
from fer_lib.evaluation.over_seeds import Pooled, Scores
from fer_lib.evaluation.verdicts import Ground, Verdict, of_direction, verdict
from fer_lib.labels import AUTHENTICITY
from fer_lib.papers.diya2026 import confusion_claims, model_ranking, named_configs
from fer_lib.papers.diya2026.model_ranking import Place
from fer_lib.papers.diya2026.verdicts.authenticity import least_auc

Ledger = Mapping[str, Claim]
# What Table 7 calls each model.
IN_PAPER = dict(
    zip(named_configs.MODELS, ("cnn", "hybrid", "b3", "fusion", "noSE", "proposed"), strict=True)
)
# The columns of Table 7: head, score, and the end of the claim's id.
COLUMNS = {
    "emotion accuracy": ("emotion", "accuracy", "emotion_accuracy"),
    "emotion F1": ("emotion", "macro F1", "emotion_f1"),
    "authenticity AUC": ("authenticity", "AUC", "authenticity_auc"),
    "authenticity F1": ("authenticity", "macro F1", "authenticity_f1"),
}
# Why a study of Table 8 cannot be compared with the proposed model.
REASONS = {
    "anand": "other data, two sets of it behind one percentage",
    "manimohan": "other data; two sets of it and two numbers of classes behind one percentage",
    "khuntia": "other data; section 2-2 gives the value for FER2013+ alone",
    "sunil": "other data; section 2-5 says that it used temporal cues, the proposed model sees "
    "single images",
    "arslan": "four classes from heart and skin signals: neither faces nor genuine against fake",
}
AT_RANDOM = "ours began at random: no weights could be had"
# Models, sets and heads.
AllScores = Mapping[tuple[str, str, str], Mapping[str, Pooled]]


def highest(scores: AllScores, which: str) -> str:
    """Return in words which of the six models has the highest mean of each score of Table 7."""
    told = []
    for column, (head, score, _) in COLUMNS.items():
        mine = {name: scores[name, which, head][score] for name in IN_PAPER}
        best = max(mine, key=lambda name: mine[name].value)
        told.append(f"{column} {named_configs.title(best)}, {mine[best].percent()} %")
    return f"The highest means are: {'; '.join(told)}."


def answer(places: Sequence[Place]) -> str:
    """Return the page's answer: for each score, which orders may be claimed."""
    by_score: dict[str, list[Place]] = {}
    for place in places:
        one = place.comparison
        by_score.setdefault(f"{one.head} {one.score}", []).append(place)
    told = []
    for score, found in by_score.items():
        order = model_ranking.ordering(found)
        claimed = sum(place.claimed for place in found)
        most = max((place.comparison for place in found), key=lambda c: c.difference.value)
        told.append(
            f"For {score} "
            + (
                f"{claimed} of {len(found)} orders can be claimed: {'; '.join(order)}"
                if order
                else f"none of {len(found)} orders can be claimed"
            )
            + f". The largest difference is {most.difference.percent()} points, {most.first} "
            f"above {most.second}."
        )
    return " ".join(told)


def panels(ledger: Ledger, scores: AllScores, which: str) -> dict[str, pd.DataFrame]:
    """Return emotion accuracy and authenticity AUC of the six models, ours and the printed one.

    By score: index the models' names, columns "ours" and "printed, other images"; shares in [0, 1].
    """
    told = {}
    for column in ("emotion accuracy", "authenticity AUC"):
        head, score, what = COLUMNS[column]
        rows = {
            named_configs.title(name): {
                "ours": scores[name, which, head][score],
                "printed, other images": ledger[f"table7.{key}.{what}"].value / 100,
            }
            for name, key in IN_PAPER.items()
        }
        told[column] = pd.DataFrame(rows).T
    return told


def table_7(
    ledger: Ledger, names: Collection[str], scores: AllScores, which: str, head: str
) -> pd.DataFrame:
    """Return the scores of one head of each model on a set, each beside that of Table 7.

    All are in percent.
    """
    table = []
    for name in names:
        row = {"model": named_configs.title(name)}
        for column, (of, score, key) in COLUMNS.items():
            if of == head:
                row[column] = scores[name, which, head][score].percent()
                claim = ledger.get(f"table7.{IN_PAPER.get(name)}.{key}")
                row[f"paper: {column}"] = claim.printed if claim else "–"
        table.append(row)
    return pd.DataFrame(table).set_index("model")


def table_8(ledger: Ledger) -> pd.DataFrame:
    """Return the studies of Table 8, and whether each may stand beside the proposed model."""
    studies = []
    for name, reason in REASONS.items():
        found = {
            what: ledger[f"table8.{name}.{what}"]
            for what in ("task", "data", "model", "classes", "performance")
        }
        studies.append(
            {
                "study": found["task"].about.partition(", ")[2],
                "beside the proposed model": "no: " + reason,
                **{what: found[what].printed for what in ("task", "data", "model", "classes")},
                "printed": found["performance"].shown,
                "score, split": "not said",
            }
        )
    for head in ("emotion", "authenticity"):
        studies.append(
            {
                "study": "the proposed method",
                "beside the proposed model": "–",
                "task": head,
                **{w: ledger[f"table8.proposed.{w}"].printed for w in ("data", "model", "classes")},
                "printed": ledger[f"table8.proposed.{head}"].shown,
                "score, split": "accuracy by the text; stratified split, subjects not mentioned",
            }
        )
    return pd.DataFrame(studies).set_index("study")


def set_side_by_side(studies: pd.DataFrame) -> str:
    """Return in words how many studies of `table_8` can stand beside the proposed model."""
    told = studies["beside the proposed model"]
    others = told[told != "–"]
    no = int(others.str.startswith("no").sum())
    return (
        f"Of the {len(others)} other studies in Table 8, {len(others) - no} can be set beside the "
        f"proposed model: {no} have other data, classes or signals."
    )


def of_table_7(
    ledger: Ledger, ground: Ground, scores: AllScores, which: str, strangers: Collection[str]
) -> VerdictRows:
    """Return the rows of Table 7's numbers beside ours.

    ``strangers`` are models that had to begin at random although the paper's are pretrained.
    """
    rows = VerdictRows(ledger, ground)
    for name, key in IN_PAPER.items():
        alike: dict[Verdict, list[tuple[str, str, str]]] = {}
        for column, (head, score, what) in COLUMNS.items():
            ours, claim = scores[name, which, head][score], f"table7.{key}.{what}"
            told = Verdict("not comparable", AT_RANDOM)
            if name not in strangers:
                told = verdict(ledger[claim], ours, ground, 100)
            alike.setdefault(told, []).append((claim, column, str(ours.percent())))
        for told, found in alike.items():
            names, columns, ours = zip(*found, strict=True)
            about = f"Table 7, {named_configs.title(name)}"
            if len(alike) > 1:
                about += f": {', '.join(columns)}"
            printed = "; ".join(ledger[one].printed for one in names)
            rows.add(names, told, "; ".join(ours), about=about, printed=printed)
    return rows


def of_order(ledger: Ledger, ground: Ground, places: Sequence[Place]) -> VerdictRows:
    """Return the rows on the order of Table 7, the proposed model above each other one.

    ``places`` say of every pair of models whether its order may be claimed.
    """
    rows = VerdictRows(ledger, ground)
    proposed = named_configs.title(named_configs.PROPOSED)
    key_of = {named_configs.title(name): key for name, key in IN_PAPER.items()}
    alike: dict[tuple[str, Verdict], list[tuple[str, Pooled]]] = {}
    for place in places:
        one = place.comparison
        if proposed in (one.first, one.second):
            other = one.second if one.first == proposed else one.first
            told, difference = order(place, proposed, ground)
            alike.setdefault((f"{one.head} {one.score}", told), []).append((other, difference))
    for (score, told), found in alike.items():
        what = COLUMNS[score][2]
        names = [f"table7.{key_of[other]}.{what}" for other, _ in found]
        first = ledger[f"table7.proposed.{what}"]
        rows.add(
            (first.id, *names),
            told,
            "; ".join(str(difference.percent()) for _, difference in found),
            about=f"Table 7: {score}, proposed above {'; '.join(other for other, _ in found)}",
            printed=f"{first.printed} > {'; '.join(ledger[name].printed for name in names)}",
        )
    return rows


def order(place: Place, first: str, ground: Ground) -> tuple[Verdict, Pooled]:
    """Return the verdict that a model stands above another, and the difference that way round."""
    one = place.comparison
    difference = one.difference if one.first == first else paired_differences.turned(one.difference)
    refused = ground.refusal()
    if refused:
        return refused, difference
    if not place.claimed:
        return Verdict("not decided", place.why), difference
    return of_direction(difference, ground), difference


def closest_rival(validation: pd.DataFrame, unranked: Collection[str], profile: str) -> str:
    """Return in words whether the rival that got more seeds is still the closest on validation.

    ``validation`` has a row a configuration and the column "mean of both".
    """
    others = [n for n in named_configs.MODELS if n not in {*unranked, named_configs.PROPOSED}]
    closest = validation.loc[others, "mean of both"].idxmax()
    told = (
        f"The rival that got more seeds is {named_configs.title(named_configs.RIVAL)}; by the "
        f"validation scores the closest is "
    )
    if profile == "smoke":
        return f"{told}not decided: profile smoke trains for seconds."
    if closest == named_configs.RIVAL:
        return f"{told}{named_configs.title(closest)}."
    other = named_configs.title(closest)
    return f"{told}{other}: **another**, so the rival has to be chosen again."


def own_score(
    tallies: Mapping[tuple[str, str, str], Sequence[Tally]],
    which: str,
    resamples: int,
    seed: int,
    name: str,
    head: str,
    score: Scores,
    what: str,
) -> Pooled:
    """Return what a score of `fer_lib.papers.diya2026.confusion_claims` gives for a model, mean
    over seeds.

    ``tallies`` are by model, set and head.
    """
    return over_seeds.over_seeds(tallies[name, which, head], resamples, seed, score)[what]


def of_sentences(
    ledger: Ledger,
    ground: Ground,
    own: Callable[[str, str, Scores, str], Pooled],
    others: Mapping[str, Pooled],
    strangers: Collection[str],
) -> VerdictRows:
    """Return the rows of the sentences on Figure 18, in points.

    Parameters
    ----------
    ledger, ground
        As for `VerdictRows`.
    own : callable
        Takes a model, a head, a score of `fer_lib.papers.diya2026.confusion_claims` and the name of
        what it returns; returns that on the set to judge by.
    others : mapping
        "sensitivity", the recall of genuine of the proposed model less that of the B3 embedding,
        and "without gates", the authenticity AUC of the dual-branch model.
    strangers : collection of str
        As for `of_table_7`.
    """
    rows = VerdictRows(ledger, ground)
    genuine_first = confusion_claims.recall_gap(("genuine",), ("fake",))
    fear_happy = confusion_claims.recall_gap(("fear", "happy"), ("surprise", "sad"))

    where = "section 5-5: {}".format

    def said(name: str, model: str, measured: Pooled, how: str) -> None:
        """Add a sentence on one model, which holds where the number is positive."""
        told = of_direction(measured, ground)
        if model in strangers and not ground.refusal():
            told = Verdict("not decided", AT_RANDOM)
        why = f"{how}: {told.why}"
        about = where(named_configs.title(model))
        rows.add(name, Verdict(told.word, why), measured.percent(), about=about)

    def confused(name: str, model: str, first: str, second: str) -> None:
        """Add the sentence that two emotions are confused more than an average pair."""
        score = confusion_claims.confused_more_than_average(first, second)
        said(name, model, own(model, "emotion", score, "excess"), f"{first} and {second}")

    confused("text.cnn_confusions", "cnn_baseline", "angry", "sad")
    confused("text.cnn_confusions", "cnn_baseline", "neutral", "disgust")
    rows.underspecified(
        "text.cnn_balanced",
        "no bound is given; ours: recalls, genuine minus fake",
        own("cnn_baseline", "authenticity", genuine_first, "gap").percent(),
        about=where(named_configs.title("cnn_baseline")),
    )
    confused("text.hybrid_confusions", "two_stream", "neutral", "sad")
    said(
        "text.hybrid_genuine",
        "two_stream",
        own("two_stream", "authenticity", genuine_first, "gap"),
        "recalls, genuine minus fake",
    )
    said(
        "text.b3_sensitivity",
        "b3_embedding",
        others["sensitivity"],
        "proposed minus this",
    )
    said(
        "text.fusion_recall",
        "embedding_fusion",
        own("embedding_fusion", "emotion", fear_happy, "gap"),
        "recalls, fear and happy minus surprise and sad",
    )
    rows.underspecified(
        "text.noSE_confusion",
        "no test is given; ours: the AUC",
        others["without gates"].percent(),
        about=where(named_configs.title("dual_branch")),
    )
    rows.not_testable(
        "text.noSE_verifies",
        "the models differ in more than the gates; see the ablations",
    )
    return rows


def decisions(counts: np.ndarray) -> dict[str, float]:
    """Return the scores that counts (2, 2) give, with the AUC that decisions alone would have."""
    area = {"AUC of the decisions, not of the scores": least_auc(counts)}
    return metrics.confusion_scores(counts) | area


def one_number(ledger: Ledger) -> list[dict]:
    """Return where the paper prints the accuracy of authenticity, under which names."""
    table_7 = [f"table7.proposed.authenticity_{key}" for key in ("auc", "f1")]
    names = ["authenticity.accuracy", "table6.overall", "authenticity.auc", *table_7]
    names += ["table8.proposed.authenticity", "text.authenticity_accuracy"]
    return [
        {"where": one.where, "what it is called": one.about, "printed": one.shown}
        for one in map(ledger.get, names)
    ]


def in_percent(given: Mapping[str, float]) -> list[dict]:
    """Return one row a score, in percent with two digits."""
    return [{"score": name, "percent": f"{100 * value:.2f}"} for name, value in given.items()]


def of_printed(ledger: Ledger, from_counts: Mapping[str, float]) -> VerdictRows:
    """Return the rows of printed numbers against each other.

    ``from_counts`` are the scores of Figure 13's counts, as `decisions` returns them.
    """
    rows = VerdictRows(ledger)

    def value(model: str, what: str) -> float:
        """Return a printed number of Table 7."""
        return ledger[f"table7.{model}.{what}"].value

    fake, genuine = (ledger[f"table6.{name}.support"].value for name in AUTHENTICITY)
    all_genuine = metrics.confusion_scores(np.array([[0, fake], [0, genuine]]))
    ends = sorted(100 * all_genuine[name] for name in ("macro F1", "weighted F1"))
    rows.within(
        "table7.hybrid.authenticity_f1",
        *ends,
        f"if all samples were called genuine: {ends[0]:.1f} (weighted) to {ends[1]:.1f} (macro)",
    )
    gains = {
        what: [value(model, what) - value("cnn", what) for model in ("fusion", "b3")]
        for what in ("emotion_accuracy", "authenticity_auc")
    }
    told = {what: ", ".join(f"{gain:+.1f}" for gain in found) for what, found in gains.items()}
    rows.consistent_if(
        min(map(min, gains.values())) > 0,
        "text.modest_gains",
        f"points above the CNN in Table 7: emotion accuracy {told['emotion_accuracy']}; "
        f"authenticity AUC {told['authenticity_auc']}",
    )
    least = min(
        value("proposed", what) - value(model, what)
        for model in IN_PAPER.values()
        if model != "proposed"
        for _, _, what in COLUMNS.values()
    )
    rows.consistent_if(
        least > 0,
        "text.above_all",
        f"the smallest lead in Table 7 is {least:.1f} points; no interval is given",
    )
    pair = ("authenticity_auc", "authenticity_f1")
    same = sum(len({value(model, what) for what in pair}) == 1 for model in IN_PAPER.values())
    rows.underspecified(
        "table7.source",
        f"a classification report has no AUC; AUC and F1 print alike for {same} of "
        f"{len(IN_PAPER)} models, as accuracy and F1 would",
    )
    low, high = ledger["table7.proposed.authenticity_f1"].rounding
    named = {name: 100 * from_counts[name] for name in ("macro F1", "weighted F1")}
    fitting = [name for name, one in named.items() if low <= one <= high]
    rows.underspecified(
        "table7.proposed.authenticity_f1",
        f"Figure 13 gives a macro F1 of {named['macro F1']:.2f} and a weighted F1 of "
        f"{named['weighted F1']:.2f}: only {' and '.join(fitting) or 'neither'} rounds to it, "
        "while the emotion column holds the macro F1",
    )
    _of_table_8(rows, ledger)
    return rows


def _of_table_8(rows: VerdictRows, ledger: Ledger) -> None:
    """Add what Table 8 and the text beside it say of other studies."""
    for head in ("emotion", "authenticity"):
        ends = [f"text.range.{head}_{end}" for end in ("low", "high")]
        low, high = ledger[ends[0]].rounding[0], ledger[ends[1]].rounding[1]
        found = [
            ledger[f"table8.{name}.performance"]
            for name in REASONS
            if ledger[f"table8.{name}.task"].printed.lower().startswith(head)
        ]
        outside = [one.printed for one in found if not low <= one.value <= high]
        rows.consistent_if(
            not outside,
            tuple(ends),
            f"of the {len(found)} such rows of Table 8, outside: {', '.join(outside) or 'none'}",
            about=f"section 5-6: ends of the {head} accuracies of other studies",
        )
    rows.inconsistent(
        "text.range.authenticity_kind",
        f"one of the two is {ledger['table8.arslan.model'].printed} in Table 8: no images",
    )
    rows.inconsistent(
        "table8.arslan.task",
        f"Table 8 gives it {ledger['table8.arslan.classes'].printed} classes; genuine or fake "
        "has two",
    )
    proposed = ledger["table8.proposed.authenticity"]
    others = [ledger[f"table8.{name}.performance"] for name in ("sunil", "arslan")]
    better = [one.printed for one in others if one.value > proposed.value]
    rows.consistent_if(
        not better,
        "text.improvement",
        f"for authenticity Table 8 has {proposed.printed} for the proposed model and "
        f"{', '.join(better)} for others",
    )
    left_out = [
        f"{ledger[key].about} {ledger[key].shown}"
        for key, mine in (
            ("table1.ashraf", "table8.proposed.emotion"),
            ("table1.annadurai", "table8.proposed.authenticity"),
        )
        if ledger[key].value > ledger[mine].value
    ]
    rows.underspecified(
        "text.improvement",
        "how they were chosen is not said; higher in Table 1, and left out: "
        + ("; ".join(left_out) or "none"),
        about="Table 8: which studies are compared",
    )
