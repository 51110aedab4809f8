"""The task of a network: its heads, each with classes, labels and loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

# Cross-entropy over many classes, the same for a yes/no head, and the focal loss for either.
LOSSES = ("cross_entropy", "bce", "focal")


@dataclass(frozen=True)
class Head:
    """One question that a network answers for each image.

    With two classes it is a yes/no head: one logit, whose sigmoid is the probability of the second
    class. With more it has one logit a class, and their softmax is the probabilities.

    Attributes
    ----------
    name : str
        What models, tables and pages call it.
    classes : tuple of str
        Two or more, in the order of the outputs.
    column : str
        Of the data set's table, where the labels stand.
    loss : str
        One of `LOSSES`: ``bce`` for a yes/no head only, ``cross_entropy`` for any other.
    weight : float
        Of this head's loss in the joint loss, 0 or more.
    gamma : float
        Of the focal loss, 0 or more; at 0 it is the cross-entropy.
    within : str
        Another column of the table: a yes/no head is then also scored among images of one value
        of it, so that knowing which value is more often positive earns nothing. "" for none.

    Raises
    ------
    ValueError
        If a word is unknown or a number is out of its range.
    """

    name: str
    classes: tuple[str, ...]
    column: str
    loss: str
    weight: float = 1.0
    gamma: float = 2.0
    within: str = ""

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not self.name.isidentifier():
            raise ValueError(
                f"a head is called {self.name!r}: take letters, digits and underscores"
            )
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            raise ValueError(
                f"head {self.name} has the classes {list(self.classes)}: "
                "give two or more, each once"
            )
        if self.loss not in LOSSES:
            known = ", ".join(LOSSES)
            raise ValueError(
                f"unknown loss {self.loss!r} of head {self.name}: choose one of {known}"
            )
        fitting = ("bce" if self.yes_no else "cross_entropy", "focal")
        if self.loss not in fitting:
            raise ValueError(
                f"loss {self.loss} of head {self.name} does not go with {len(self.classes)} "
                f"classes: choose {' or '.join(fitting)}"
            )
        if self.gamma < 0 or self.weight < 0:
            raise ValueError(
                f"head {self.name}: gamma is {self.gamma} and weight {self.weight}: give 0 or more"
            )

    @property
    def yes_no(self) -> bool:
        """Whether it has two classes, hence one logit."""
        return len(self.classes) == 2

    @property
    def outputs(self) -> int:
        """How many logits it has."""
        return 1 if self.yes_no else len(self.classes)

    @property
    def output(self) -> str:
        """What its probabilities are called together, such as ``p_emotion`` or ``p_genuine``."""
        return f"p_{self.classes[1] if self.yes_no else self.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its probabilities in a table of predictions, one an output."""
        return (self.output,) if self.yes_no else tuple(f"p_{name}" for name in self.classes)

    @property
    def score(self) -> str:
        """Its summary score: "AUC" of a yes/no head, "accuracy" of any other."""
        return "AUC" if self.yes_no else "accuracy"

    def places(self, table: pd.DataFrame) -> np.ndarray:
        """Return the place of each row's label among the classes, int64 (n,).

        Raises
        ------
        ValueError
            If the table has no such column, or a label that is missing or none of the classes.
        """
        for column in filter(None, (self.column, self.within)):
            if column not in table:
                raise ValueError(
                    f"head {self.name} reads column {column!r}, which the table lacks: "
                    f"choose one of {', '.join(map(str, table.columns))}"
                )
        labels = table[self.column].astype(object)
        if labels.isna().any():
            raise ValueError(
                f"column {self.column!r}, which head {self.name} reads, has no label in "
                f"{labels.isna().sum()} rows: give them one or leave them out"
            )
        unknown = labels[~labels.isin(self.classes)]
        if len(unknown):
            raise ValueError(
                f"column {self.column!r} holds {unknown.iloc[0]!r}, which is no class of head "
                f"{self.name} ({', '.join(self.classes)}): add the class or leave out its "
                f"{(labels == unknown.iloc[0]).sum()} rows"
            )
        place = {name: k for k, name in enumerate(self.classes)}
        return np.array([place[label] for label in labels], np.int64)

    def targets(self, table: pd.DataFrame) -> np.ndarray:
        """Return the targets of the loss: `places`, for a yes/no head as float32 (n,)."""
        places = self.places(table)
        return places.astype(np.float32) if self.yes_no else places


@dataclass(frozen=True)
class Task:
    """All that one network is asked at once.

    Attributes
    ----------
    heads : tuple of Head
        One or more, in the order of the network's outputs.

    Raises
    ------
    ValueError
        If there is no head, two share a name or a column of probabilities, or none has a weight.
    """

    heads: tuple[Head, ...]

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if not self.heads:
            raise ValueError("a task without heads asks nothing: give one head or more")
        columns = [column for head in self.heads for column in head.columns]
        for what, said in (("name", self.names), ("column of probabilities", columns)):
            twice = sorted({word for word in said if said.count(word) > 1})
            if twice:
                raise ValueError(f"two heads share the {what} {twice[0]!r}: rename one")
        if not any(head.weight for head in self.heads):
            raise ValueError("every head has weight 0, so nothing would be learnt: raise one")

    @classmethod
    def restored(cls, told: dict) -> Task:
        """Return the task that `dataclasses.asdict`, and JSON after it, have made ``told`` of."""
        return cls(tuple(Head(**h | {"classes": tuple(h["classes"])}) for h in told["heads"]))

    def __getitem__(self, name: str) -> Head:
        """Return the head of this name.

        Raises
        ------
        ValueError
            If there is none; the message lists those that there are.
        """
        for head in self.heads:
            if head.name == name:
                return head
        raise ValueError(f"unknown head {name!r}: choose one of {', '.join(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """What the heads are called."""
        return tuple(head.name for head in self.heads)

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns of the data set's table where labels stand, each once."""
        return tuple(dict.fromkeys(head.column for head in self.heads))

    @property
    def columns(self) -> tuple[str, ...]:
        """The `labels`, and the columns within whose values a head is scored."""
        within = (head.within for head in self.heads if head.within)
        return tuple(dict.fromkeys((*self.labels, *within)))

    @property
    def yes_no(self) -> tuple[Head, ...]:
        """The heads that have two classes."""
        return tuple(head for head in self.heads if head.yes_no)

    def pair(self, model: str) -> tuple[Head, Head]:
        """Return both heads, for a model that has a branch of its own for each of two.

        Raises
        ------
        ValueError
            If there are not two.
        """
        if len(self.heads) != 2:
            raise ValueError(
                f"{model} has a branch for each of two heads, and the task has "
                f"{len(self.heads)}: give it two heads or choose another model"
            )
        return self.heads

    def targets(self, table: pd.DataFrame) -> dict[str, np.ndarray]:
        """Return `Head.targets` of a table by head."""
        return {head.name: head.targets(table) for head in self.heads}
