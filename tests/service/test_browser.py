"""The service's page in a real browser, whose camera shows rendered faces."""

from __future__ import annotations

import io
import json
import os

import numpy as np
import pytest
from PIL import Image

from devtools import browser
from service import camera_frames
from tests.helpers import serving

pytestmark = [pytest.mark.browser]
OVERFLOW = "() => document.scrollingElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving.server(tmp_path_factory.mktemp("served")) as running:
        yield running


def two_faces() -> np.ndarray:
    """Return a frame in which two rendered faces are beside each other."""
    left, right = serving.rendered(2)
    shown = camera_frames.frame(left, camera_frames.Place((180, 230), 270, -8, (90, 140)))
    place = camera_frames.Place((480, 250), 270, 10, (90, 140))
    shown[:, 330:] = camera_frames.frame(right, place)[:, 330:]
    return shown


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A browser whose camera shows two rendered faces beside each other, again and again."""
    if browser.executable() is None:
        reason = f"no Chromium found, looked for {', '.join(browser.NAMES)}"
        if os.environ.get("FER_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    film = tmp_path_factory.mktemp("film") / "faces.mjpeg"
    film.write_bytes(serving.encoded(two_faces()) * 5)
    flags = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with browser.chromium(*flags) as started:
        yield started


@pytest.fixture(params=[(w, t) for w in browser.WIDTHS for t in browser.THEMES], ids="-".join)
def page(request, running, server):
    """The page, open at a width and in a theme; what goes elsewhere is noted and cut off."""
    width, theme = request.param
    wide, high = browser.WIDTHS[width]
    context = running.new_context(
        viewport={"width": wide, "height": high},
        color_scheme=theme,
        reduced_motion="reduce",
        accept_downloads=True,
    )
    seen = browser.Seen()

    def only_the_service(route) -> None:
        if route.request.url.startswith((server.url, "data:", "blob:")):
            route.continue_()
        else:
            seen.outside.append(route.request.url)
            route.abort()

    context.route("**/*", only_the_service)
    opened = context.new_page()
    sockets = []
    opened.on("websocket", lambda one: sockets.append(one.url))
    opened.on("pageerror", lambda error: seen.errors.append(str(error)))
    opened.on(
        "console",
        lambda said: seen.errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    opened.goto(server.url)
    yield opened
    context.close()
    assert seen.outside == []
    assert seen.errors == []
    assert all(url == f"ws://{server.address}/frames" for url in sockets)


def accessible(page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    told = [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in found]
    assert not told, json.dumps(told, indent=1)
    assert page.evaluate(OVERFLOW) <= 0, "the page scrolls sideways"


def status(page, words: str) -> None:
    page.wait_for_function(
        "words => document.getElementById('status').textContent.includes(words)", arg=words
    )


def test_from_camera_to_saved_frame(page, server, tmp_path):
    accessible(page)
    assert "rendered faces" in page.inner_text(".notice")
    assert page.inner_text("#where") == server.address
    assert page.is_disabled("#test")
    assert page.is_disabled("#save")
    # By keyboard alone, in the order of the steps.
    page.keyboard.press("Tab")  # the link to the ethics
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "camera"
    page.keyboard.press("Enter")
    status(page, "The camera is on")
    assert page.get_attribute("#camera", "aria-pressed") == "true"
    assert page.inner_text("#camera") == "Stop camera"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    status(page, "Connected")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "test"
    page.keyboard.press("Enter")
    status(page, "2 faces were found.")
    headings = page.locator(".face h3").all_inner_texts()
    assert len(headings) == 2
    for heading in headings:
        assert "genuine" in heading or "fake" in heading
        assert heading.count("%") == 2
    assert page.locator(".face").first.locator("tbody tr").count() == 8
    assert "network" in page.inner_text("#times")
    label = page.get_attribute("#tested", "aria-label")
    assert "face 1" in label
    assert "face 2" in label
    accessible(page)
    with page.expect_download() as coming:
        page.click("#save")
    assert coming.value.suggested_filename.startswith("frame-")
    kept = tmp_path / "frame.png"
    coming.value.save_as(kept)
    with Image.open(kept) as saved:
        pixels = np.asarray(saved.convert("RGB")).astype(int)
    assert pixels.shape == (480, 640, 3)
    # The first box is drawn in this blue.
    blue = (np.abs(pixels - [0x56, 0xB4, 0xE9]).max(2) < 12).sum()
    assert blue > 500


def test_threshold_alignment_and_both_ways_back(page):
    page.click("#camera")
    status(page, "The camera is on")
    page.click("#connect")
    status(page, "Connected")
    page.click("#test")
    status(page, "faces were found")
    page.fill("#threshold", "0.95")
    assert page.inner_text("#threshold-shown") == "0.95"
    assert all(", fake " in words for words in page.locator(".face h3").all_inner_texts())
    page.fill("#threshold", "0.05")
    assert all(", genuine " in words for words in page.locator(".face h3").all_inner_texts())
    before = page.inner_text("#result")
    page.uncheck("#align")
    page.click("#test")
    status(page, "faces were found")
    page.wait_for_function(
        "before => document.getElementById('result').innerText !== before", arg=before
    )
    page.click("#connect")
    status(page, "The connection is closed.")
    assert page.is_disabled("#test")
    page.click("#camera")
    status(page, "The camera is off.")
    assert page.inner_text("#camera") == "Start camera"


def file(name: str, content: bytes) -> dict:
    """Return a file as it is chosen."""
    return {"name": name, "mimeType": "", "buffer": content}


def test_a_picture_is_tested_without_a_camera(page, tmp_path):
    """By keyboard; it connects by itself, and gets the boxes and numbers that a frame gets."""
    assert page.is_disabled("#test-picture")
    assert page.is_hidden("#chosen")
    assert page.get_attribute("label[for=picture]", "for") == "picture"
    large = np.asarray(Image.fromarray(two_faces()).resize((1280, 960)))
    page.set_input_files("#picture", file("group.jpg", serving.encoded(large)))
    status(page, "The picture is chosen, shown with 640 x 480 pixels. Test it.")
    assert page.get_attribute("#chosen", "aria-label") == "The chosen picture, group.jpg"
    assert page.is_visible("#chosen")
    accessible(page)
    page.focus("#picture")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "test-picture"
    page.keyboard.press("Enter")
    status(page, "2 faces were found.")
    assert page.inner_text("#connect") == "Disconnect"
    assert page.inner_text("#camera") == "Start camera"
    headings = page.locator(".face h3").all_inner_texts()
    assert len(headings) == 2
    assert all(heading.count("%") == 2 for heading in headings)
    assert page.locator(".face").first.locator("tbody tr").count() == 8
    label = page.get_attribute("#tested", "aria-label")
    assert label.startswith("The tested picture; face 1: ")
    accessible(page)
    with page.expect_download() as coming:
        page.click("#save")
    coming.value.save_as(tmp_path / "kept.png")
    with Image.open(tmp_path / "kept.png") as saved:
        pixels = np.asarray(saved.convert("RGB")).astype(int)
    assert pixels.shape == (480, 640, 3)
    assert (np.abs(pixels - [0x56, 0xB4, 0xE9]).max(2) < 12).sum() > 500  # the first box
    # None is chosen any more.
    page.set_input_files("#picture", [])
    status(page, "No picture is chosen.")
    assert page.is_hidden("#chosen")
    assert page.is_disabled("#test-picture")


@pytest.fixture(scope="module")
def plain(running, server):
    """The page at one width; several tests choose pictures on it."""
    context = running.new_context()
    opened = context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(server.url)
    yield opened
    context.close()
    assert errors == []


NOISE = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
DAMAGED = "This picture is damaged or cut short."
NO_PICTURE = "This file is no picture that is read: choose a JPEG, PNG or WebP."


def cut(kind: str, share: float) -> bytes:
    """Return the first part of a picture's file."""
    content = serving.encoded(NOISE, kind)
    return content[: int(share * len(content))]


def with_small_one_inside(content: bytes) -> bytes:
    """Return a JPEG in whose head there is a whole small one, as cameras write it."""
    inner = serving.encoded(NOISE[:40, :40])
    head = b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner
    return content[:2] + head + content[2:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", NO_PICTURE),
        (b"a letter", NO_PICTURE),
        (serving.encoded(NOISE, "GIF"), NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", NO_PICTURE),
        (cut("JPEG", 0.6), DAMAGED),
        (cut("JPEG", 0.99), DAMAGED),
        (cut("JPEG", 0.001), DAMAGED),
        (with_small_one_inside(cut("JPEG", 0.6)), DAMAGED),
        (cut("PNG", 0.6), DAMAGED),
        (cut("WEBP", 0.6), DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + bytes(7), DAMAGED),
        (bytes(31_000_000), "This file has 31 MB; at most 30 MB are read."),
        (
            serving.png_that_claims(50_000, 50_000),
            "This picture has 50000 x 50000 pixels; at most 100 million are read.",
        ),
    ],
    ids=range(13),
)
def test_a_file_that_cannot_be_used_is_said_and_not_sent(plain, content, words, tmp_path):
    (tmp_path / "face.jpg").write_bytes(content)  # large ones are slow to hand over otherwise
    plain.set_input_files("#picture", tmp_path / "face.jpg")
    status(plain, words)
    assert plain.inner_text("#status") == words
    assert plain.is_disabled("#test-picture")
    assert plain.is_hidden("#chosen")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_without_a_face_is_said(plain, kind):
    plain.set_input_files("#picture", file("noise", serving.encoded(NOISE, kind)))
    status(plain, "shown with 400 x 300 pixels")
    plain.click("#test-picture")
    status(plain, "No face was found")
    assert plain.inner_text("#result") == "No face was found in this frame."


def test_what_the_service_refuses_is_said_in_its_words(plain):
    plain.set_input_files("#picture", file("tiny.png", serving.encoded(NOISE[:20, :20], "PNG")))
    status(plain, "shown with 20 x 20 pixels")
    plain.click("#test-picture")
    status(plain, "at least 32 pixels a side are needed")
    assert plain.is_enabled("#test-picture")


def test_a_picture_is_shown_as_it_was_taken(plain):
    """Upright, where the file says how the camera was held; white behind what is transparent."""
    into = io.BytesIO()
    held = Image.Exif()
    held[0x0112] = 6  # turned by a quarter
    Image.fromarray(NOISE).save(into, "JPEG", exif=held)
    plain.set_input_files("#picture", file("held.jpg", into.getvalue()))
    status(plain, "shown with 300 x 400 pixels")
    clear = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(clear, "PNG")
    plain.set_input_files("#picture", file("clear.png", clear.getvalue()))
    status(plain, "shown with 64 x 64 pixels")
    assert plain.evaluate(
        "[...document.getElementById('chosen').getContext('2d').getImageData(9, 9, 1, 1).data]"
    ) == [255, 255, 255, 255]


def test_a_picture_is_not_sent_where_there_is_no_service(running, tmp_path):
    context = running.new_context()
    page = context.new_page()
    with serving.server(tmp_path) as short_lived:
        page.goto(short_lived.url)
    page.set_input_files("#picture", file("noise.jpg", serving.encoded(NOISE)))
    status(page, "is chosen")
    page.click("#test-picture")
    status(page, "The service did not take the connection.")
    assert page.is_enabled("#test-picture")
    context.close()


def test_ethics(page):
    page.click("text=What it cannot show")
    page.wait_for_url("**/ethics")
    assert "Nothing here shows that anyone can detect deceit" in page.inner_text("main")
    accessible(page)
    page.click("text=Back to the camera")
    page.wait_for_selector("#camera")


def test_another_site_cannot_use_the_service(running, server):
    """A page of another origin, in the same browser on the same machine, opens the WebSocket."""
    context = running.new_context()
    context.route(
        "http://other.test/", lambda route: route.fulfill(body="<title>other</title>other")
    )
    other = context.new_page()
    other.goto("http://other.test/")
    script = """address => new Promise((done) => {
        const socket = new WebSocket(`ws://${address}/frames`);
        socket.onopen = () => done("open");
        socket.onclose = (event) => done(`closed ${event.code}`);
    })"""
    assert other.evaluate(script, server.address) == "closed 1006"
    context.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "The camera was not allowed."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "The camera is in use by another program."),
        ("AbortError", "The camera cannot be used (AbortError)."),
    ],
)
def test_without_a_camera_it_is_said(running, server, error, words):
    context = running.new_context()
    context.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => "
        f"{{ throw new DOMException('no', '{error}'); }}"
    )
    page = context.new_page()
    page.goto(server.url)
    page.click("#camera")
    status(page, words)
    assert page.get_attribute("#camera", "aria-pressed") == "false"
    context.close()


def test_a_service_that_is_gone_is_said(running, tmp_path):
    context = running.new_context()
    page = context.new_page()
    with serving.server(tmp_path) as short_lived:
        page.goto(short_lived.url)
        page.click("#connect")
        status(page, "Connected")
    status(page, "The connection is closed.")
    page.click("#connect")
    status(page, "The service did not take the connection.")
    context.close()
