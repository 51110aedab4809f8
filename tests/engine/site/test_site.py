"""The rendered smoke book in a browser, from file://, with the network cut off."""

from __future__ import annotations

import functools
import json
import os

import pytest

from devtools import browser
from engine.jobs import page_table
from engine.store import paths
from tests.helpers.pages import LEFT

pytestmark = [pytest.mark.site, pytest.mark.browser]

SITE = paths.build() / "html"
PAGES = page_table.pages_in_toc(paths.root() / "_toc.yml")
# Those that keep the limits of a page; tests/test_notebooks.py makes the other list shorter.
REWRITTEN = {
    name
    for name in PAGES
    if name.startswith("notebooks/") and name.removeprefix("notebooks/") not in LEFT
}
SHOWN = 60  # rows of the ledger before more are asked for
# Contrast hangs on the theme, reflow on the width: axe, the slowest, sees each once.
SEEN_BY_AXE = (("phone", "light"), ("desktop", "dark"))
BROKEN_IMAGES = """() => [...document.images]
    .filter(image => image.loading !== 'lazy' && (!image.complete || image.naturalWidth === 0))
    .map(image => image.src)"""
OVERFLOW = "() => document.scrollingElement.scrollWidth - window.innerWidth"
# What is folded away is not laid out, and asking for its size would do so, one by one.
UNREACHABLE = """() => [...document.querySelectorAll('article *')]
    .filter(box => !box.closest('details:not([open]) > :not(summary)'))
    .filter(box => box.scrollWidth > box.clientWidth + 1
        && ['auto', 'scroll'].includes(getComputedStyle(box).overflowX)
        && box.clientWidth > 0
        && !(box.tabIndex >= 0 && box.getAttribute('aria-label') && box.getAttribute('role')))
    .map(box => box.outerHTML.slice(0, 90))"""
# Tables and equations that are wider than their column, and verdicts that lie outside of it. Code
# may scroll, and so may what is folded away.
CUT = """() => [...document.querySelectorAll('article table, article div.math, article .verdict')]
    .filter(shown => !shown.closest('details:not([open])') && shown.getClientRects().length)
    .filter(shown => {
        const column = document.querySelector('article').getBoundingClientRect();
        const own = shown.matches('div.math') ? shown.scrollWidth - shown.clientWidth : 0;
        const right = shown.getBoundingClientRect().right;
        return own > 1 || right > column.right + 1;
    })
    .map(shown => shown.textContent.trim().slice(0, 90))"""
HIGHEST = 12_000  # pixels of a page on a desktop, everything folded


@pytest.fixture(scope="module")
def running():
    if browser.executable() is None:
        reason = f"no Chromium found, looked for {', '.join(browser.NAMES)}"
        if os.environ.get("FER_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    if not (SITE / "index.html").exists():
        pytest.fail(f"no rendered book in {SITE}: run `make site`")
    with browser.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def windows(running):
    """Return the window of a width and theme, in which each page is opened once."""
    return functools.cache(functools.partial(browser.Window, running))


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


@pytest.mark.parametrize("theme", browser.THEMES)
@pytest.mark.parametrize("width", browser.WIDTHS)
@pytest.mark.parametrize("name", [*PAGES, "search", "genindex"])
def test_page(windows, axe, name, width, theme):
    window = windows(width, theme)
    seen = window.show(SITE / f"{name}.html")
    found = faults(window.page, seen, theme, axe if (width, theme) in SEEN_BY_AXE else None)
    if name in REWRITTEN and theme == "light":
        found |= unseen(window.page, width)
    assert not found, json.dumps(found, indent=1)


def unseen(page, width) -> dict:
    """Return what a reader would have to scroll sideways, or for too long, to see."""
    high = page.evaluate("() => document.querySelector('article').scrollHeight")
    found = {
        "cut": page.evaluate(CUT),
        "high": high if width == "desktop" and high > HIGHEST else 0,
    }
    return {check: fault for check, fault in found.items() if fault}


def faults(page, seen, theme, axe=None) -> dict:
    """Return what is wrong with a page that is open, by check; with ``axe``, its rules as well."""
    found = {
        "theme": page.evaluate(
            "wanted => document.documentElement.dataset.theme !== wanted", theme
        ),
        "scrolls sideways": max(0, page.evaluate(OVERFLOW)),
        "broken images": page.evaluate(BROKEN_IMAGES),
        "scrolling boxes without keyboard focus or name": page.evaluate(UNREACHABLE),
    }
    if axe:
        # Without preload: axe would read style sheets by requests that file:// refuses.
        options = {"preload": False, "resultTypes": ["violations"]}
        found["axe"] = short(axe.run(page, None, options).response["violations"])
    found |= {"requests outside": seen.outside, "errors": seen.errors}
    return {check: fault for check, fault in found.items() if fault}


SOUND = """<!doctype html><html lang="en"><title>Sound</title>
<script>document.documentElement.dataset.theme = localStorage.getItem("theme")</script>
<body style="margin: 0"><main><h1>Sound</h1><article>%s</article></main>"""
UNSOUND = {
    "theme": "<script>document.documentElement.dataset.theme = 'grey'</script>",
    "scrolls sideways": "<p style='width: 3000px'>wide</p>",
    "broken images": "<img src='missing.png' alt='a face'>",
    "scrolling boxes without keyboard focus or name": "<div style='width: 9em; overflow-x: auto'>"
    "<p style='width: 99em'>wide</p></div>",
    "axe": "<p style='color: #999; background: #888'>pale</p>",
    "requests outside": "<link rel='stylesheet' href='https://example.org/style.css'>",
    "errors": "<script>setTimeout(() => { throw Error('late') }, 50)</script>",
}
# A file that cannot be had is an error on the console too, and axe too asks for the keyboard.
SEEN_BESIDE = {
    "broken images": {"errors"},
    "requests outside": {"errors"},
    "scrolling boxes without keyboard focus or name": {"axe"},
}


def test_what_is_wrong_with_a_page_is_seen_and_not_told_of_the_next(windows, axe, tmp_path):
    window = windows("phone", "light")
    file = tmp_path / "page.html"
    for check, planted in UNSOUND.items():
        file.write_text(SOUND % planted)
        found = faults(window.page, window.show(file), "light", axe)
        assert check in found
        assert set(found) - {check} <= SEEN_BESIDE.get(check, set()), found
        file.write_text(SOUND % "<p>As it should be.</p>")
        assert faults(window.page, window.show(file), "light", axe) == {}


CUT_OFF = {
    "cut": "<table><tr><td><p style='width: 2000px'>a table</p></td></tr></table>",
    "high": "<p style='height: 13000px'>long</p>",
}


@pytest.mark.parametrize("check", CUT_OFF)
def test_what_a_reader_would_not_see_is_a_fault(windows, tmp_path, check):
    window = windows("desktop", "light")
    file = tmp_path / "page.html"
    for planted, faults_found in ((CUT_OFF[check], {check}), ("<p>Short.</p>", set())):
        file.write_text(SOUND % planted)
        window.show(file)
        assert set(unseen(window.page, "desktop")) == faults_found
    file.write_text(SOUND % f"<details><summary>Folded</summary>{CUT_OFF[check]}</details>")
    window.show(file)
    assert unseen(window.page, "desktop") == {}


def test_a_figure_is_enlarged_by_a_click_and_by_a_key(running):
    (name,) = (name for name in PAGES if name.endswith("diya2026/data"))
    with browser.opened(running, SITE / f"{name}.html", "desktop", "light") as (page, seen):
        figure = page.locator("article a[data-lightbox]").first
        figure.click()
        page.wait_for_selector("#lightbox img.lb-image", state="visible")
        page.keyboard.press("Escape")
        page.wait_for_selector("#lightbox", state="hidden")
        figure.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#lightbox img.lb-image", state="visible")
        assert (seen.outside, seen.errors) == ([], [])


def short(violations: list[dict]) -> list[dict]:
    """Return rule, help and the first nodes of each violation, short enough to read."""
    return [
        {
            "rule": violation["id"],
            "help": violation["help"],
            "nodes": [node["html"][:160] for node in violation["nodes"][:4]],
            "why": violation["nodes"][0].get("failureSummary", "")[:300],
        }
        for violation in violations
    ]


def test_index_leads_to_the_first_page(running):
    page = running.new_page()
    page.goto((SITE / "index.html").resolve().as_uri())
    page.wait_for_url(f"**/{PAGES[0]}.html")
    page.close()


def test_search_works_from_a_file(running):
    with browser.opened(running, SITE / "search.html", "desktop", "light") as (page, seen):
        page.goto(page.url.partition("?")[0] + "?q=data")
        page.wait_for_selector("#search-results li a")
        assert seen.outside == []
        assert seen.errors == []


def test_formulas_are_set_without_network(running):
    (name,) = (name for name in PAGES if name.endswith("diya2026/dual_task"))
    with browser.opened(running, SITE / f"{name}.html", "desktop", "light") as (page, _):
        assert page.locator("mjx-container").count() > 0


def test_the_ledger_is_searched_filtered_and_linked(running):
    with browser.opened(running, SITE / "book/ledger.html", "desktop", "light") as (page, seen):
        status = page.locator("#ledger-filter [role=status]")
        every = page.locator("#ledger tbody").count()
        assert status.inner_text() == f"{every:,} claims, {SHOWN} shown"
        assert page.locator("#ledger tbody:not([hidden])").count() == SHOWN
        page.click("#ledger-more button[name=step]")
        assert page.locator("#ledger tbody:not([hidden])").count() == 2 * SHOWN
        page.select_option("[name=paper]", "alipour2025")
        page.select_option("[name=verdict]", "underspecified")
        page.fill("[name=words]", "Participants 58")
        page.wait_for_function(
            "document.querySelector('#ledger-filter [role=status]').textContent.startsWith('1 of')"
        )
        (shown,) = page.locator("#ledger tbody:not([hidden])").all()
        shown.locator("summary").click()
        assert "30 subjects + 23 subjects = 53" in shown.locator("details").inner_text()
        page.fill("[name=words]", "no paper prints this")
        page.wait_for_function(
            "document.querySelector('#ledger-filter [role=status]').textContent.startsWith('0 of')"
        )
        page.click("#ledger-filter button[type=reset]")
        page.wait_for_function(
            f"document.querySelectorAll('#ledger tbody:not([hidden])').length === {SHOWN}"
        )
        page.click("#ledger-more button[name=all]")
        assert page.locator("#ledger tbody:not([hidden])").count() == every
        assert page.locator("#ledger-more").is_hidden()
        page.goto(page.url.partition("#")[0] + "#diya2026/authenticity.ap")
        page.wait_for_selector("[id='diya2026/authenticity.ap'] details[open]")
        assert seen.outside == []
        assert seen.errors == []


def test_the_ledger_can_be_read_without_scripts(running):
    context = running.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / "book/ledger.html").resolve().as_uri())
    assert page.locator("#ledger-filter").is_hidden()
    assert page.locator("#ledger tbody").first.is_visible()
    context.close()


def test_a_number_in_prose_leads_to_its_row(running):
    (name,) = (name for name in PAGES if name.endswith("diya2026/audit"))
    with browser.opened(running, SITE / f"{name}.html", "desktop", "light") as (page, seen):
        page.locator("a.claim").first.click()
        page.wait_for_selector("#ledger tbody:target details[open]")
        assert seen.errors == []
