"""Take a screenshot of every page, at two widths and in two themes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from devtools import browser
from engine.jobs import page_table
from engine.store import paths


def main(argv: list[str] | None = None) -> int:
    """Write ``PAGE-WIDTH-THEME.png`` files into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", type=Path, default=paths.build() / "html")
    parser.add_argument("--pages", nargs="*", help="only these, such as paper/topic")
    args = parser.parse_args(argv)
    if browser.executable() is None:
        print(f"error: no Chromium: install one of {', '.join(browser.NAMES)}", file=sys.stderr)
        return 2
    args.folder.mkdir(parents=True, exist_ok=True)
    names = page_table.pages_in_toc(paths.root() / "_toc.yml")
    wanted = [name for name in names if not args.pages or Path(name).name in args.pages]
    with browser.chromium() as running:
        for name in wanted:
            for width in browser.WIDTHS:
                for theme in browser.THEMES:
                    target = args.folder / f"{Path(name).name}-{width}-{theme}.png"
                    file = args.site / f"{name}.html"
                    with browser.opened(running, file, width, theme) as (page, _):
                        page.screenshot(path=target, full_page=True)
    print(f"{4 * len(wanted)} screenshots in {args.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
