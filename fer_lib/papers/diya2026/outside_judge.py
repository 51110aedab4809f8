"""Read what a classifier of photographs saw in rendered faces, as `make judge` recorded it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

import face_renderer as faces
from engine.store import paths
from fer_lib.evaluation.bootstrap import Interval

FILE = "book/external_classifier/run.json"
# What each part of the gap between skin tones is called on a page.
PARTS = {
    "gap": "gap, light minus dark",
    "by who they are": "of the gap: by who the subjects are",
    "by colour": "of the gap: by skin colour alone",
    "judge's share": "of colour: the classifier's share",
    "render's share": "of colour: the renderer's share, at most",
    "judge's share, other way round": "check: the classifier's share, light under dark's levels",
}


def interval(record: Mapping[str, float | None], groups: int) -> Interval:
    """Return a record's ``value``, ``low`` and ``high``; nan for null in the file."""
    ends = (float("nan") if record[k] is None else record[k] for k in ("value", "low", "high"))
    return Interval(*ends, groups)


@dataclass(frozen=True)
class Judged:
    """The record of one run of the classifier.

    Attributes
    ----------
    record : dict
        Content of `FILE`.
    """

    record: dict

    @property
    def settings(self) -> dict[str, dict]:
        """What was found in each setting of the renderer."""
        return self.record["settings"]

    @property
    def outdated(self) -> bool:
        """Whether the faces were made by another version of the renderer."""
        return self.record["generator_version"] != faces.GENERATOR_VERSION

    def recall(self, setting: str, kind: str, emotion: str = "all", tone: str = "all") -> Interval:
        """Return the share of faces whose emotion was named, as they were drawn."""
        wanted = {"version": "as drawn", "authenticity": kind, "emotion": emotion, "tone": tone}
        (row,) = (
            row
            for row in self.settings[setting]["recall"]
            if all(row[name] == value for name, value in wanted.items())
        )
        return interval(row, self.record["subjects"])

    def goals(self) -> pd.DataFrame:
        """Return each goal that was set before, and the recall in each setting."""
        rows = []
        for name, emotion in (("genuine expressions", "all"), ("genuine fear", "fear")):
            recalls = {s: self.recall(s, "genuine", emotion) for s in self.settings}
            goal = self.record["goals"][name]
            met = all(one.value >= goal for one in recalls.values())
            rows.append(
                {"recall": name, "goal": goal, **recalls, "reached": "yes" if met else "no"}
            )
        return pd.DataFrame(rows).set_index("recall")

    def by_emotion(self) -> pd.DataFrame:
        """Return the recall of genuine expressions, a row an emotion, a column a setting."""
        return pd.DataFrame(
            {s: {e: self.recall(s, "genuine", e) for e in faces.EMOTIONS} for s in self.settings}
        )

    def fear_is_taken_for(self) -> str:
        """Return for which emotion genuine fear is most often taken, by setting."""
        told, place = [], faces.EMOTIONS.index("fear")
        for setting, found in self.settings.items():
            named = pd.Series(found["confusion"]["genuine"][place], list(faces.EMOTIONS))
            most = named.drop("fear").idxmax()
            told.append(f"{most} ({setting}: {named[most]} of {named.sum()})")
        return ", ".join(told)

    def gap(self) -> pd.DataFrame:
        """Return the gap between skin tones and its parts, a column a setting."""
        found = {
            s: {row["what"]: interval(row, self.record["subjects"]) for row in of["gap"]}
            for s, of in self.settings.items()
        }
        return pd.DataFrame(found).loc[list(PARTS)].rename(index=PARTS).rename_axis("difference")

    def emotions_in_words(self) -> str:
        """Return which emotion is recognised best and worst in the data set's own setting."""
        recalls = self.by_emotion()["default"]
        order = recalls.map(lambda one: one.value).sort_values().index
        return (
            f"In the setting of the data set it recognises {order[-1]} best, "
            f"**{recalls[order[-1]]}**, and {order[0]} worst, {recalls[order[0]]}. Genuine fear is "
            f"most often taken for {self.fear_is_taken_for()}."
        )

    def gap_in_words(self) -> str:
        """Return whether light faces are recognised better in the data set's own setting."""
        gap = self.gap()["default"]
        whole, colour = gap[PARTS["gap"]], gap[PARTS["by colour"]]
        seen = "no gap can be seen" if whole.low <= 0 <= whole.high else "there is a gap"
        moves = "moves nothing that can be seen" if colour.low <= 0 <= colour.high else "moves it"
        return (
            f"In the setting of the data set {seen}: light minus dark is **{whole}**. Skin colour "
            f"alone {moves}, by {colour}."
        )

    def in_words(self) -> str:
        """Return what was asked, of what, and when; and whether it is of another version."""
        asked, run = self.record["judge"], self.record
        told = (
            f"{run['subjects']} subjects, one image for each emotion, genuine and fake, in each "
            f"setting. {asked['package']} {asked['version']}, network {asked['sha256'][:12]}; "
            f"generator {run['generator_version']}, commit {run['commit']}, {run['date'][:10]}. "
            f"This was look {run['look']}."
        )
        if self.outdated:
            told += (
                f" **Outdated:** the faces on this page are from generator "
                f"{faces.GENERATOR_VERSION}; these scores are those of another version until "
                "`make judge` has been run again."
            )
        return told


def load() -> Judged | None:
    """Return the record; None where the classifier has not been asked in this checkout."""
    file = paths.root() / FILE
    return Judged(json.loads(file.read_text())) if file.exists() else None
