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
WIDTHS = {"phone": (390, 844), "desktop": (1440, 900)}
THEMES = ("light", "dark")


def executable() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Seen:
    """What happened while a page was open."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


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
    """Yield ``(page, seen)`` for a file at a width and theme; requests outside are cut off."""
    wide, high = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": wide, "height": high}, color_scheme=theme, reduced_motion="reduce"
    )
    context.add_init_script(
        f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}');"
    )
    seen = Seen()

    def only_files(route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            seen.outside.append(route.request.url)
            route.abort()

    context.route("**/*", only_files)
    page = context.new_page()
    page.on(
        "console",
        lambda message: seen.errors.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    try:
        page.goto(path.resolve().as_uri(), wait_until="load")
        # Formulas are set after loading; a page without any has no MathJax.
        page.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : null")
        page.wait_for_timeout(150)
        yield page, seen
    finally:
        context.close()
