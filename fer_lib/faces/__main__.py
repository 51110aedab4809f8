"""Make a rendered set, or the contact sheet of the README.

python -m fer_lib.faces --contact-sheet book/static/contact_sheet.jpg
python -m fer_lib.faces --set rendered46 --folder DIR
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from PIL import Image

from .dataset import FacesError, make_set
from .sheet import contact_sheet
from .spec import RENDERED46, RENDERED_TEST


def main(arguments: list[str] | None = None) -> None:
    """Make a set, or write a contact sheet."""
    parser = argparse.ArgumentParser("python -m fer_lib.faces", description=__doc__.splitlines()[0])
    parser.add_argument("--contact-sheet", type=Path, metavar="PATH")
    parser.add_argument("--set", choices=("rendered46", "rendered_test"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--processes", type=int)
    options = parser.parse_args(arguments)
    if options.contact_sheet:
        # Other people than in any set, and each has every cell.
        show = replace(RENDERED46, name="sheet", seed=12, cells=dict.fromkeys(RENDERED46.cells, 46))
        image = Image.fromarray(contact_sheet(show))
        options.contact_sheet.parent.mkdir(parents=True, exist_ok=True)
        image.save(options.contact_sheet, quality=84, optimize=True)
    if options.set:
        if options.folder is None:
            parser.error("--set needs --folder")
        spec = {"rendered46": RENDERED46, "rendered_test": RENDERED_TEST}[options.set]
        try:
            print(make_set(spec, options.folder, options.processes))
        except FacesError as error:
            sys.exit(str(error))
    if not options.contact_sheet and not options.set:
        parser.error("nothing to do: give --contact-sheet or --set")


if __name__ == "__main__":
    main()
