"""Render one face, a whole set, or a contact sheet of many people.

python -m face_renderer --picture smile.png --units 6=0.8 12=1.0,0.9
python -m face_renderer --set rendered46 --folder DIR
python -m face_renderer --contact-sheet book/static/contact_sheet.jpg
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image

from face_renderer import truth_masks
from face_renderer.action_units import ACTION_UNITS, column, with_units
from face_renderer.contact_sheet import contact_sheet
from face_renderer.dataset import FacesError, make_set
from face_renderer.manifest import plan
from face_renderer.render import render
from face_renderer.spec import RENDERED46, RENDERED_TEST, RenderedSpec

SETS = {spec.name: spec for spec in (RENDERED46, RENDERED_TEST)}


def _unit(text: str) -> tuple[int, float | tuple[float, ...]]:
    """Return the action unit and intensity of ``12=0.8``, or of ``12=1.0,0.9`` (left, right)."""
    number, _, intensity = text.removeprefix("AU").partition("=")
    try:
        sides = tuple(float(side) for side in intensity.split(","))
        return int(number), sides if len(sides) > 1 else sides[0]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} must be like 6=0.8 or 12=1.0,0.9") from None


def truth(row: dict) -> list[str]:
    """Return lines that say what a manifest row's picture shows, and where."""
    lines = [f"{row['image_id']}: {row['subject_id']}, {row['size']} x {row['size']} pixels"]
    for unit in ACTION_UNITS:
        left, right = (row[column(unit.number, side)] for side in "LR")
        if left or right:
            lines.append(f"AU{unit.number:02d} {unit.name}: left {left:g}, right {right:g}")
    moved = truth_masks.au_displacement(row)
    lines.append(
        f"moved by more than half a pixel: {(moved > 0.5).sum()} pixels, "
        f"the furthest by {moved.max():.1f}"
    )
    marks = truth_masks.landmarks(row)
    places = {"right eye": slice(36, 42), "left eye": slice(42, 48), "mouth": slice(48, 68)}
    for name, points in places.items():
        x, y = marks[points].mean(0)
        lines.append(f"{name}: column {x:.1f}, row {y:.1f}")
    return lines


def _counter(spec: RenderedSpec) -> Callable[[int], None]:
    """Return what prints, ten times in a set, how many of its images are there."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        before, done = done, done + more
        if before * 10 // spec.n_images < done * 10 // spec.n_images:
            print(f"{spec.name}: rendered {done} of {spec.n_images} images", file=sys.stderr)

    return count


def main(arguments: list[str] | None = None) -> None:
    """Render a face, make a set, or write a contact sheet."""
    parser = argparse.ArgumentParser("python -m face_renderer", description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, metavar="PATH", help="one face, and its truth")
    parser.add_argument(
        "--units", type=_unit, nargs="*", default=[], metavar="AU=INTENSITY", help="of that face"
    )
    parser.add_argument("--row", type=int, default=0, help="its person and scene in rendered46")
    parser.add_argument("--contact-sheet", type=Path, metavar="PATH")
    parser.add_argument("--set", choices=sorted(SETS))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--processes", type=int)
    options = parser.parse_args(arguments)
    if options.picture:
        rows = plan(RENDERED46)
        if not 0 <= options.row < len(rows):
            parser.error(f"--row is {options.row}, must be 0 to {len(rows) - 1}")
        try:
            row = with_units(rows[options.row], dict(options.units))
        except ValueError as error:
            parser.error(str(error))
        options.picture.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(render(row)).save(options.picture)
        print("\n".join(truth(row)))
    if options.contact_sheet:
        # Other people than in any set, and each has every cell.
        show = replace(RENDERED46, name="sheet", seed=12, cells=dict.fromkeys(RENDERED46.cells, 46))
        image = Image.fromarray(contact_sheet(show))
        options.contact_sheet.parent.mkdir(parents=True, exist_ok=True)
        image.save(options.contact_sheet, quality=84, optimize=True)
    if options.set:
        if options.folder is None:
            parser.error("--set needs --folder")
        spec = SETS[options.set]
        report = functools.partial(print, file=sys.stderr)
        try:
            print(make_set(spec, options.folder, options.processes, _counter(spec), report))
        except FacesError as error:
            sys.exit(str(error))
    if not (options.picture or options.contact_sheet or options.set):
        parser.error("nothing to do: give --picture, --contact-sheet or --set")


if __name__ == "__main__":
    main()
