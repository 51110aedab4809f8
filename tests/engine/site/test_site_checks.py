"""The gate finds each planted fault, and only that."""

from __future__ import annotations

import nbformat
import pytest

from engine.jobs import failure_report, page_table
from engine.site import render, site_checks
from engine.store import paths

PAGE = """<!DOCTYPE html><html lang="en"><head><title>The data — Book</title>
<link rel="stylesheet" href="style.css"><link rel="canonical" href="https://example.org/"></head>
<body><article><h1>The data<a class="headerlink" href="#the-data">#</a></h1>
<p id="the-data"><a href="https://example.org/">elsewhere</a>
<a href="other.html#place">other</a></p>
<img src="a.png" alt="A rising line."><img src="b.png" alt="A falling line.">
BODY</article></body></html>"""
OTHER = """<!DOCTYPE html><html><head><title>Other</title></head>
<body><article><h1>Other</h1><p id="place">x</p></article></body></html>"""


@pytest.fixture
def site(tmp_path):
    """Return a function that writes a small site and returns its problems."""
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "style.css").write_text("body { color: black }")
    (tmp_path / "other.html").write_text(OTHER)

    def problems(body="", page=PAGE):
        (tmp_path / "page.html").write_text(page.replace("BODY", body))
        return site_checks.site_problems(tmp_path, ["page", "other"])

    problems.folder = tmp_path
    return problems


def test_a_sound_site_passes(site):
    assert site() == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<img src="a.png">', "no alt text"),
        ('<img src="a.png" alt=" ">', "no alt text"),
        ('<img src="a.png" alt="The data">', "equals the title"),
        ('<img src="a.png" alt="Other words"><img src="b.png" alt="Other words">', "share"),
        ('<img src="a.png" alt="../_images/a.png">', "file name"),
        ('<img src="missing.png" alt="Something else.">', "broken link missing.png"),
        ('<a href="nowhere.html">x</a>', "broken link nowhere.html"),
        ('<a href="other.html#gone">x</a>', "no such place"),
        ('<a href="#gone">x</a>', "no such place"),
        ('<script src="https://cdn.example.org/x.js"></script>', "fetches https://cdn"),
        ('<img src="//example.org/x.png" alt="A third thing.">', "fetches //example.org"),
        ('<script>load("https://unpkg.com/thebe@0.8.2/lib/index.js")</script>', "script names"),
        ("<style>@import 'https://example.org/a.css'</style>", "style fetches"),
        ('<div class="output traceback">boom</div>', "a traceback"),
        ('<div class="output stderr">hm</div>', "stderr"),
        ("<h1>Second</h1>", "2 headings of level 1"),
    ],
)
def test_a_planted_fault_is_found(site, body, said):
    found = site(body)
    assert len(found) == 1, found
    assert found[0].startswith("page: ")
    assert said in found[0]


def test_a_page_without_heading_is_found(site):
    assert "0 headings" in site(page=PAGE.replace("h1", "h2"))[0]


def test_a_missing_page_is_found(site):
    site()
    (site.folder / "other.html").unlink()
    found = site_checks.site_problems(site.folder, ["page", "other"])
    assert "other: page missing" in found


def test_a_style_sheet_that_fetches_is_found(site):
    (site.folder / "style.css").write_text("@font-face { src: url(https://example.org/f.woff2) }")
    assert site() == ["style.css: fetches https://example.org/f.woff2"]


def html(text):
    """Return an output with this HTML."""
    return nbformat.v4.new_output("display_data", {"text/html": text, "text/plain": "<Axes: >"})


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (nbformat.v4.new_output("stream", name="stderr", text="hm\n"), "stderr"),
        (nbformat.v4.new_output("stream", text=" 35%|###   | 7/20\n"), "progress bar"),
        (nbformat.v4.new_output("stream", text="x\ry\n"), "carriage return"),
        (nbformat.v4.new_output("stream", text="UserWarning: old\n"), "a warning"),
        (
            nbformat.v4.new_output("execute_result", {"text/plain": "<Axes: xlabel='x'>"}),
            "repr",
        ),
        (nbformat.v4.new_output("error", ename="E", evalue="v", traceback=[]), "traceback (E: v)"),
        (html('<img src="data:image/png;base64,AA">'), "no alt text: data:image/png"),
        (html('<p><img src="a.png" alt="a.png"></p>'), "file name"),
        (html('<script src="https://cdn.example.org/x.js"></script>'), "fetches https://cdn"),
        (html("<style>@import 'https://example.org/a.css'</style>"), "style fetches"),
        (html("<div><h1>Second</h1></div>"), "a heading of level 1"),
    ],
)
def test_debris_in_a_notebook_is_found(tmp_path, output, said):
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A"), cell])
    nbformat.write(book, tmp_path / "01_a.ipynb")
    found = site_checks.notebook_problems(tmp_path)
    assert len(found) == 1
    assert said in found[0]
    assert found[0].startswith("01_a, code cell 1: ")
    # The same, before it is stored.
    failed = failure_report.of_outputs("01_a", book, "make book")
    assert (failed.cell, failed.line) == (1, "x")
    assert said in failed.reason()


def test_clean_output_passes(tmp_path):
    outputs = [
        nbformat.v4.new_output("stream", text="Loaded 1,657 images; 100 % of them sound\n"),
        nbformat.v4.new_output(
            "display_data", {"image/png": "AAAA", "text/plain": "<Figure size 640x480>"}
        ),
        html(
            '<h2>Part</h2><img src="data:image/png;base64,AA" alt="A line."><a href="//a.b">c</a>'
        ),
    ]
    cell = nbformat.v4.new_code_cell("x", outputs=outputs)
    book = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(book, tmp_path / "01_a.ipynb")
    assert site_checks.notebook_problems(tmp_path) == []
    assert failure_report.of_outputs("01_a", book, "make book") is None


def test_sphinx_warnings_are_read():
    log = "reading\n\x1b[91m/a/b.md:3: WARNING: image file not readable\x1b[39;49;00m\ndone\n"
    assert render.sphinx_problems(log) == ["/a/b.md:3: WARNING: image file not readable"]


SPHINX_LOG = """\
Running Jupyter-Book v1.0.4.post1
\x1b[91mException occurred:\x1b[39;49;00m
  File "/usr/lib/python3.11/re/_parser.py", line 694, in _parse
re.error: multiple repeat at position 14
Traceback (most recent call last):
  File "/a/sphinx.py", line 114, in build_sphinx
    raise ValueError: x
re.error: multiple repeat at position 14
The above exception was the direct cause of the following exception:
RuntimeError:
There was an error in building your book. Look above for the cause.
"""


def test_what_stopped_the_renderer_is_found_in_its_log():
    assert render.causes(SPHINX_LOG) == ["re.error: multiple repeat at position 14"]
    log = "Extension error (sphinx.x):\nCould not import extension y (exception: no z)\ndone\n"
    assert render.causes(log) == [
        "Extension error (sphinx.x): Could not import extension y (exception: no z)"
    ]
    assert render.causes("all is well\n") == []


def test_toc_names_every_page_once():
    pages = page_table.pages_in_toc(paths.root() / "_toc.yml")
    assert len(pages) == len(set(pages))
    for page in pages:
        stem = paths.root() / page
        assert stem.with_suffix(".md").exists() or stem.with_suffix(".ipynb").exists(), page
