"""A contact sheet: two people a pair of rows, seven emotions each, genuine over fake."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from face_renderer.manifest import plan
from face_renderer.recipes import AUTHENTICITY, EMOTIONS
from face_renderer.render import render
from face_renderer.spec import RenderedSpec


def contact_sheet(
    spec: RenderedSpec, columns: int = 14, rows: int = 8, size: int = 112
) -> np.ndarray:
    """Return a (rows * size, columns * size, 3) uint8 sheet, genuine over fake, a pair of rows.

    Each pair of rows holds the seven emotions of two people: columns 1-7 and 8-14.
    """
    picked = plan(replace(spec, size=size * 2))
    table: dict = {}
    for row in picked:
        key = (row["subject_id"], row["emotion"], row["authenticity"])
        table.setdefault(key, row)
    people = sorted({row["subject_id"] for row in picked})
    cells = [(e, a) for e in EMOTIONS for a in AUTHENTICITY]
    people = [p for p in people if all((p, *cell) in table for cell in cells)]
    sheet = np.zeros((rows * size, columns * size, 3), np.uint8)
    for pair in range(rows // 2):
        for column in range(columns):
            k = pair * (columns // 7) + column // 7
            if k >= len(people):
                break
            for below, authenticity in enumerate(AUTHENTICITY[::-1]):
                picture = render(table[people[k], EMOTIONS[column % 7], authenticity])
                small = picture.reshape(size, 2, size, 2, 3).astype(np.uint16).sum((1, 3)) // 4
                top, left = (2 * pair + below) * size, column * size
                sheet[top : top + size, left : left + size] = small
    return sheet
