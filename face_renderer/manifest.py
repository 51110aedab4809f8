"""The manifest of a set, before any pixel: who, what, where and which action units."""

from __future__ import annotations

from face_renderer import identity, recipes, scene
from face_renderer.exact_math import Draw
from face_renderer.spec import RenderedSpec


def subjects(spec: RenderedSpec) -> list[dict]:
    """Return every subject's factors, sexes in random order, ids ``s000``, ``s001``, ..."""
    sexes = ["male"] * spec.n_male + ["female"] * spec.n_female
    sexes = Draw(spec.seed, "sexes").shuffled(sexes)
    return [
        {"subject_id": f"s{k:03d}", **identity.draw_factors(spec.seed, k, sex)}
        for k, sex in enumerate(sexes)
    ]


def _share_out(spec: RenderedSpec) -> list[tuple[str, str, int, int]]:
    """Return (emotion, authenticity, subject number, lot in the cell) of each image.

    Each cell goes round the subjects as evenly as it can; who gets one more is drawn by lot.
    """
    out = []
    everyone = range(spec.n_subjects)
    for emotion, authenticity in sorted(spec.cells):
        count = spec.cells[emotion, authenticity]
        each, more = divmod(count, spec.n_subjects)
        draw = Draw(spec.seed, "cell", emotion, authenticity)
        lucky = draw.shuffled(everyone)[:more]
        lots = draw.shuffled(range(count))
        for k, lot in zip(sorted([*everyone] * each + lucky), lots, strict=True):
            out.append((emotion, authenticity, k, lot))
    return out


def plan(spec: RenderedSpec) -> list[dict]:
    """Return the manifest: one dict an image, plain strings, ints and floats.

    Returns
    -------
    list of dict
        ``image_id``, ``subject_id``, ``emotion``, ``authenticity``, ``seed``, ``lot``
        (the image's number in its cell), ``size``,
        ``difficulty``, the subject's factors (``identity.SUBJECT_COLUMNS``), the scene's
        (``scene.SCENE_COLUMNS``: angles in radians, colours as display values) and the action
        units (``action_units.COLUMNS``, 0 to 1.3). Rows are ordered by subject.

    Examples
    --------
    >>> from face_renderer import RENDERED46
    >>> rows = plan(RENDERED46)
    >>> len(rows), rows[0]["image_id"], rows[0]["subject_id"]
    (1657, 'rendered46-00000', 's000')
    """
    people = subjects(spec)
    cells = _share_out(spec)
    cells.sort(key=lambda cell: cell[2])
    rows = []
    for number, (emotion, authenticity, k, lot) in enumerate(cells):
        seed = Draw(spec.seed, "image", number).integer(2**31)
        rows.append(
            {
                "image_id": f"{spec.name}-{number:05d}",
                "subject_id": people[k]["subject_id"],
                "emotion": emotion,
                "authenticity": authenticity,
                "seed": seed,
                "lot": lot,
                "size": spec.size,
                "difficulty": spec.difficulty,
                **{name: people[k][name] for name in identity.SUBJECT_COLUMNS},
                **scene.draw_factors(seed, spec.difficulty),
                **recipes.draw_units(emotion, authenticity, spec.difficulty, seed, lot),
            }
        )
    return rows


def twin(row: dict) -> dict:
    """Return the row of the same person and scene with the same emotion, authenticity swapped.

    Examples
    --------
    >>> from face_renderer import RENDERED46
    >>> row = plan(RENDERED46)[0]
    >>> row["authenticity"], twin(row)["authenticity"], twin(twin(row)) == row
    ('fake', 'genuine', True)
    """
    other = recipes.AUTHENTICITY[1 - recipes.AUTHENTICITY.index(row["authenticity"])]
    difficulty, seed, lot = float(row["difficulty"]), int(row["seed"]), int(row["lot"])
    units = recipes.draw_units(row["emotion"], other, difficulty, seed, lot)
    image_id = str(row["image_id"])
    image_id = image_id.removesuffix("-twin") if image_id.endswith("-twin") else image_id + "-twin"
    return {**row, "image_id": image_id, "authenticity": other, **units}
