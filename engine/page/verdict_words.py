"""What each verdict on a claim means, in the order in which evidence decides."""

from __future__ import annotations

MEANING = {
    "inconsistent": "the printed number does not agree with the paper's other numbers",
    "differs": "measured again on the paper's own data, and our interval does not hold it",
    "reproduced": "measured again on the paper's own data, and our interval holds it",
    "direction not seen on rendered faces": "on rendered faces the ordering is the other way round",
    "direction seen on rendered faces": "the ordering came back on rendered faces, no more",
    "underspecified": "the paper leaves out what one would need to check it",
    "consistent": "the printed number agrees with the paper's other numbers, within rounding",
    "not decided": "our interval holds both directions, or there are too few trainings",
    "said again": "printed in several places, always alike, and compared with nothing else",
    "not comparable": "measured on other data: the two numbers may stand side by side, no more",
    "not testable": "no arithmetic and no data can decide it",
}
