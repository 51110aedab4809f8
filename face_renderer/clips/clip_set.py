"""Rendered micro-expressions: weak, brief expressions of one subject, a frame at a time.

A clip goes from onset over apex to offset in 65 to 500 ms (as micro-expressions do). What moves
is the genuine form of an emotion (`face_renderer.recipes`) at a small share of its full intensity;
what stays is the subject's face at rest and whatever else the face happens to do. The other
numbers are our choice: neither text nor code has them.

    import face_renderer as faces
    from face_renderer.clips import clip_set

    rows = clip_set.plan(clip_set.RENDERED_MICRO)
    picture = faces.render(rows[0])                                    # the apex frame
    onset = faces.render(clip_set.frame(rows[0], 0.0))
"""

from __future__ import annotations

from face_renderer import action_units, identity, scene
from face_renderer.clips import expression_motion, time_course
from face_renderer.clips.clip_spec import RENDERED_MICRO, ClipSpec
from face_renderer.exact_math import Draw

__all__ = ["RENDERED_MICRO", "ClipSpec", "frame", "plan"]

DURATION_MS = (65.0, 500.0)  # of a micro-expression, from onset to offset
FPS = 200  # frames per second, as common recordings of micro-expressions have
INTENSITY = (0.2, 0.5)  # at the apex, share of the full expression
APEX_AT = (0.3, 0.6)  # share of the duration
SESSION = 0.3  # difficulty of pose and light, share of that of the expressions: a laboratory
BACKGROUNDS = ("studio", "wall")
CLOSER = 1.42  # the camera, against `scene`: the face fills the picture
HIGHER = -0.17  # the face in it, in picture heights
# How differently a subject holds head and eyes from clip to clip: sd at difficulty 1.
HELD = {
    "yaw": 0.04,
    "pitch": 0.025,
    "roll": 0.015,
    "shift_x": 0.006,
    "shift_y": 0.006,
    "gaze_x": 0.04,
    "gaze_y": 0.02,
}


def plan(spec: ClipSpec, n_subjects: int | None = None) -> list[dict]:
    """Return one row a clip, ordered by subject; `face_renderer.render` draws its apex frame.

    Parameters
    ----------
    spec : ClipSpec
        The set.
    n_subjects : int, optional
        Only the first so many subjects; their rows are the same as in the whole set.

    Returns
    -------
    list of dict
        ``image_id``, ``subject_id``, ``emotion``, ``size``, ``difficulty``; ``clip_seed``,
        ``duration_ms``, ``apex_ms`` (since the onset), ``fps`` and ``intensity`` (at the apex,
        share of a full expression, 0 if neutral) of the clip; the subject's factors and the
        scene's; ``frame``, ``frame_ms`` (since the onset), ``level`` (share of the intensity),
        ``seed`` (of the noise) and the action units of the frame (as `face_renderer.plan`).

    Raises
    ------
    ValueError
        If there are not so many subjects.

    Examples
    --------
    >>> spec = ClipSpec("two", 1, 1, {"happy": 2}, seed=3, size=48)
    >>> rows = plan(spec)
    >>> [(row["image_id"], row["subject_id"], row["sex"]) for row in rows]
    [('two-00000', 's000', 'male'), ('two-00001', 's001', 'female')]
    >>> plan(spec, 1) == rows[:1]
    True
    """
    wanted = spec.several(n_subjects)
    # Of the first n subjects, as many are men as women, or one more.
    sexes = ("male", "female") if spec.n_male >= spec.n_female else ("female", "male")
    people = [identity.draw_factors(spec.seed, k, sexes[k % 2]) for k in range(wanted)]
    return [
        _row(spec, number, subject, people[subject], emotion)
        for number, (subject, emotion) in enumerate(_shared_out(spec))
        if subject < wanted
    ]


def _shared_out(spec: ClipSpec) -> list[tuple[int, str]]:
    """Return (subject, emotion) of each clip: each emotion goes round as evenly as it can."""
    everyone = range(spec.n_subjects)
    out = []
    for emotion in sorted(spec.counts):
        each, more = divmod(spec.counts[emotion], spec.n_subjects)
        lucky = Draw(spec.seed, "clips", emotion).shuffled(everyone)[:more]
        out += [(subject, emotion) for subject in [*everyone] * each + lucky]
    return sorted(out)


def _row(spec: ClipSpec, number: int, subject: int, person: dict, emotion: str) -> dict:
    seed = Draw(spec.seed, "clip", number).integer(2**31)
    draw = Draw(seed, "curve")
    duration = round(draw.uniform(*DURATION_MS), 1)
    apex = round(duration * draw.uniform(*APEX_AT), 1)
    intensity = round(draw.uniform(*INTENSITY), 4)
    clip = {
        "image_id": f"{spec.name}-{number:05d}",
        "subject_id": f"s{subject:03d}",
        "emotion": emotion,
        "size": spec.size,
        "difficulty": spec.difficulty,
        "clip_seed": seed,
        "duration_ms": duration,
        "apex_ms": apex,
        "fps": FPS,
        "intensity": intensity if emotion != "neutral" else 0.0,
        **{name: person[name] for name in identity.SUBJECT_COLUMNS},
        **_scene(spec, subject, seed),
    }
    return frame(clip, apex)


def _scene(spec: ClipSpec, subject: int, seed: int) -> dict:
    """Return the light and place of the subject's one session, and the pose of a clip."""
    session = Draw(spec.seed, "session", subject)
    factors = scene.draw_factors(session.integer(2**31), SESSION * spec.difficulty)
    factors["background"] = session.choice(BACKGROUNDS)
    factors["zoom"] *= CLOSER
    factors["shift_y"] += HIGHER
    draw = Draw(seed, "pose")
    for name, sd in HELD.items():
        factors[name] += draw.normal(0.0, sd * spec.difficulty)
    return {name: round(x, 5) if isinstance(x, float) else x for name, x in factors.items()}


def frame(row: dict, ms: float) -> dict:
    """Return the row of the frame nearest to a time; `face_renderer.render` draws it.

    Every frame has noise of its own; pose and light stay as they are.

    Parameters
    ----------
    row : dict
        Any frame of a clip, as `plan` gives it.
    ms : float
        Since the onset. A time outside of the clip gives the face at rest.

    Examples
    --------
    >>> row = plan(RENDERED_MICRO, 1)[0]
    >>> [frame(row, ms)["level"] for ms in (0.0, row["duration_ms"] + 5)]
    [0.0, 0.0]
    >>> frame(row, row["apex_ms"]) == row
    True
    """
    fps = float(row["fps"])
    number = time_course.nearest(ms, fps)
    at = number * 1000.0 / fps
    level = time_course.share(at, float(row["duration_ms"]), float(row["apex_ms"]))
    moving, staying = expression_motion.expression(row), expression_motion.at_rest(row)
    units = {}
    for unit in action_units.NUMBERS:
        for k, side in enumerate(action_units.SIDES):
            value = level * moving.get(unit, (0.0, 0.0))[k] + staying[unit][k]
            value = min(action_units.MAX_INTENSITY, max(0.0, value))
            units[action_units.column(unit, side)] = round(value, 4)
    seed = Draw(int(row["clip_seed"]), "noise", number).integer(2**31)
    moment = {"frame": number, "frame_ms": round(at, 1), "level": round(level, 6), "seed": seed}
    return {**row, **moment, **units}
