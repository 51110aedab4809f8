"""Open rendered pages in headless Chromium and inspect what it shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDTHS = {"phone": (390, 844), "desktop": (1400, 900)}
THEMES = ("light", "dark")


def executable() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Seen:
    """What happened while a page was open."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


class Window:
    """A window that shows one file after another, at a width and theme, without the network.

    The process behind it stays, with the scripts and style sheets that the files share: starting
    another one takes longer than a page. What a page leaves in the storage is gone for the next.
    """

    def __init__(self, browser, width: str, theme: str) -> None:
        wide, high = WIDTHS[width]
        self.seen = Seen()
        self.context = browser.new_context(
            viewport={"width": wide, "height": high},
            color_scheme=theme,
            reduced_motion="reduce",
            offline=True,  # reading files goes on; a route would also turn off the cache
        )
        self.context.add_init_script(
            "localStorage.clear(); sessionStorage.clear();"
            f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}');"
        )
        self.page = self.context.new_page()
        self.context.on("request", self._requested)
        self.page.on("console", self._printed)
        self.page.on("pageerror", lambda error: self.seen.errors.append(str(error)))

    def _requested(self, request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.seen.outside.append(request.url)

    def _printed(self, message) -> None:
        if message.type == "error":
            self.seen.errors.append(message.text)

    def show(self, path: Path) -> Seen:
        """Open a file; return what happens from now on, until the next one is shown."""
        self.page.goto("about:blank")  # nothing of the page before is told of this one
        self.seen = Seen()
        self.page.goto(path.resolve().as_uri(), wait_until="load")
        # Formulas are set after loading; a page without any has no MathJax.
        self.page.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : null")
        self.page.wait_for_timeout(150)
        return self.seen


@contextmanager
def chromium(*more: str) -> Iterator:
    """Yield a running browser, started with further flags if there are any."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), headless=True, args=[*FLAGS, *more]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser, path: Path, width: str, theme: str) -> Iterator:
    """Yield ``(page, seen)`` for a file in a window of its own, at a width and theme."""
    window = Window(browser, width, theme)
    try:
        yield window.page, window.show(path)
    finally:
        window.context.close()
