"""The service as a whole: a real server on loopback, spoken to as a browser would."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from engine.store import paths
from service import camera_frames
from tests.helpers import serving
from tests.helpers.serving import answer, encoded


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving.server(tmp_path_factory.mktemp("served"), "--rate", "1000") as running:
        yield running


@pytest.fixture(scope="module")
def pictures():
    return serving.rendered(5)


@pytest.fixture(scope="module")
def one_face(pictures):
    return camera_frames.frame(pictures[0], camera_frames.Place((250, 230), 300, 12, (90, 140)))


def get(server, path, host=None):
    """Return status, headers and body of a page."""
    connection = http.client.HTTPConnection(server.address, timeout=serving.LONGEST)
    connection.request("GET", path, headers={"Host": host or server.address})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, response.headers, body


def patiently(do, *given):
    """Return what ``do`` returns, once the places of clients that left are free again."""
    deadline = time.monotonic() + serving.LONGEST
    while True:
        try:
            return do(*given)
        except InvalidStatus:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def fine(server, one_face) -> None:
    """Fail unless a face is found as at the start: the service goes on."""
    with server.talk() as socket:
        said = answer(socket, encoded(one_face))
        assert said["kind"] == "faces"
        assert len(said["faces"]) == 1


def test_a_face_is_found_and_judged(server, one_face):
    with server.talk() as socket:
        said = answer(socket, encoded(one_face))
    assert said["kind"] == "faces"
    assert said["text"] == "One face was found."
    assert (said["width"], said["height"]) == (640, 480)
    assert said["aligned"] is True
    (face,) = said["faces"]
    x, y, width, height = face["box"]
    assert abs(x + width / 2 - 250) < 50
    assert abs(y + height / 2 - 245) < 50
    assert list(face["p_emotion"])[:2] == ["angry", "disgust"]
    assert sum(face["p_emotion"].values()) == pytest.approx(1, abs=1e-5)
    assert 0 < face["p_genuine"] < 1
    assert set(said["ms"]) == {"decode", "detect", "align", "network"}
    assert all(ms >= 0 for ms in said["ms"].values())


def test_alignment_can_be_switched_off_and_on(server, pictures):
    turned = encoded(
        camera_frames.frame(pictures[1], camera_frames.Place((300, 240), 340, 30, (90, 140)))
    )
    with server.talk() as socket:
        level = answer(socket, turned)
        assert answer(socket, '{"align": false}') == {"kind": "settings", "align": False}
        off = answer(socket, turned)
        answer(socket, '{"align": true}')
        again = answer(socket, turned)
    assert off["aligned"] is False
    assert off["faces"][0]["box"] == level["faces"][0]["box"]
    assert off["faces"][0]["p_genuine"] != level["faces"][0]["p_genuine"]
    assert again["faces"] == level["faces"]  # and the same frame gets the same answer


def test_no_face_and_many_faces(server, pictures):
    with server.talk() as socket:
        nobody = answer(socket, encoded(np.full((480, 640, 3), 90, np.uint8)))
        assert nobody["faces"] == []
        assert nobody["text"] == "No face was found in this frame."
        row = np.hstack([picture[::2, ::2] for picture in pictures])
        crowd = answer(socket, encoded(np.vstack([row, row])))
        assert crowd["text"] == "10 faces were found; the 8 largest were looked at."
        assert len(crowd["faces"]) == 8
        areas = [face["box"][2] * face["box"][3] for face in crowd["faces"]]
        assert areas == sorted(areas, reverse=True)


def test_bad_frames_get_a_clear_answer_and_the_connection_goes_on(server, one_face):
    good = encoded(one_face)
    bad = {
        "empty": b"",
        "not_an_image": b"<html>",
        "damaged": good[: len(good) // 2],
        "too_small": encoded(one_face[:16, :16]),
        "too_large": bytes(40_000_000),
        "too_many_pixels": encoded(np.zeros((4000, 6000, 3), np.uint8), "PNG"),
    }
    with server.talk() as socket:
        for code, content in bad.items():
            said = answer(socket, content)
            assert (said["kind"], said["code"]) == ("refused", code)
            assert len(said["text"]) > 15
            assert answer(socket, good)["kind"] == "faces"
        assert answer(socket, "hello")["code"] == "bad_request"
        assert answer(socket, good)["kind"] == "faces"


def test_more_than_the_largest_message_ends_that_connection_only(server, one_face):
    with pytest.raises(ConnectionClosed), server.talk() as socket:
        socket.send(bytes(60_000_000))
        socket.recv(timeout=serving.LONGEST)
    fine(server, one_face)


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://127.0.0.1:1"])
def test_another_origin_or_none_is_refused(server, one_face, origin):
    with pytest.raises(InvalidStatus) as refused:
        server.talk(origin)
    assert refused.value.response.status_code == 403
    assert json.loads(refused.value.response.body)["code"] == "wrong_origin"
    fine(server, one_face)


def test_another_name_is_refused(server, one_face):
    status, _, body = get(server, "/", host="evil.example")
    assert status == 421
    assert json.loads(body)["code"] == "unknown_host"
    assert get(server, "/", host="localhost:8000; script-src *")[0] == 421
    fine(server, one_face)


def test_too_many_connections(server, one_face):
    from service.app import Settings

    held = [server.talk() for _ in range(Settings().most_connections)]
    with pytest.raises(InvalidStatus) as refused:
        server.talk()
    assert refused.value.response.status_code == 503
    assert json.loads(refused.value.response.body)["code"] == "too_many_connections"
    for connection in held:
        connection.close()
    fine(server, one_face)


def test_clients_that_leave_in_the_middle_take_no_place(server, one_face):
    from service.app import Settings

    for _ in range(2 * Settings().most_connections):
        connection = patiently(server.talk)
        connection.send(encoded(one_face))
        connection.socket.close()  # without a goodbye
    patiently(fine, server, one_face)


def test_ten_thousand_a_minute_get_a_clear_answer(tmp_path, one_face):
    """Sent as fast as possible; each is answered, few are computed."""
    frame = encoded(one_face)
    with serving.server(tmp_path) as server, server.talk() as socket:
        start = time.monotonic()
        kinds = []
        for _ in range(20):
            for _ in range(50):
                socket.send(frame)
            kinds += [json.loads(socket.recv(timeout=serving.LONGEST)) for _ in range(50)]
        seconds = time.monotonic() - start
        assert len(kinds) == 1000
        assert seconds < 6  # 10,000 a minute
        served = [said for said in kinds if said["kind"] == "faces"]
        refused = [said for said in kinds if said["kind"] == "refused"]
        assert len(served) + len(refused) == 1000
        assert 10 <= len(served) <= 10 * (seconds + 1) + 1
        assert {said["code"] for said in refused} == {"too_often"}
        assert "10 messages a second" in refused[0]["text"]
        time.sleep(0.2)
        assert answer(socket, frame)["kind"] == "faces"


def test_a_client_that_never_reads_does_not_fill_the_memory(server, one_face):
    """350 MB are sent as fast as they are taken: they wait with the sender, not in the server."""
    frame = encoded(one_face) + bytes(3_500_000)
    before = server.process.memory_info().rss
    most = 0
    with server.talk() as greedy:
        for _ in range(100):
            greedy.send(frame)
            most = max(most, server.process.memory_info().rss - before)
        fine(server, one_face)  # others are served meanwhile
        greedy.socket.close()
    assert most < 100_000_000
    fine(server, one_face)


def test_memory_stays_where_it_is(server, one_face):
    frame = encoded(one_face)
    with server.talk() as socket:
        for _ in range(20):
            answer(socket, frame)
        before = server.process.memory_info().rss
        for _ in range(200):
            answer(socket, frame)
    assert server.process.memory_info().rss - before < 20_000_000


def test_only_this_machine_is_listened_to(server):
    addresses = {c.laddr.ip for c in server.process.net_connections() if c.status == "LISTEN"}
    assert addresses == {"127.0.0.1"}


def test_no_frame_is_stored_or_logged(server, one_face):
    fine(server, one_face)
    with server.talk() as socket:
        answer(socket, b"secret words")
    assert server.log.read_text() == ""
    kept = {file.path for file in server.process.open_files() if file.mode != "r"}
    assert kept <= {str(server.log)}


def test_nothing_is_reported_to_anybody(tmp_path):
    """Neither is a file left in the home folder, nor is anyone outside spoken to."""
    home = tmp_path / "home"
    home.mkdir()
    with serving.server(tmp_path, HOME=str(home), XDG_CACHE_HOME="", CI="") as server:
        with server.talk() as socket:
            answer(socket, b"")
        outside = [c for c in server.process.net_connections() if c.raddr]
        assert all(c.raddr.ip == "127.0.0.1" for c in outside)
    assert list(home.rglob("*")) == []


def test_a_frame_that_breaks_the_program_ends_nothing_and_says_nothing(monkeypatch, caplog):
    """What no test foresaw: any exception becomes an answer, and the log has its kind only."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from service.app import Settings, talk

    class Broken:
        def answer(self, content, level):
            raise IndexError(f"secret {content!r}")

    sent = []
    waiting = [
        {"type": "websocket.receive", "bytes": b"face"},
        {"type": "websocket.receive", "text": '{"align": true}'},
        {"type": "websocket.disconnect"},
    ]

    class Socket:
        async def receive(self):
            return waiting.pop(0)

        async def send_json(self, said):
            sent.append(said)

    with ThreadPoolExecutor(1) as worker:
        asyncio.run(talk(Socket(), Broken(), Settings(), worker))
    assert [said["kind"] for said in sent] == ["refused", "settings"]
    assert sent[0]["code"] == "failed"
    assert "IndexError" in caplog.text
    assert "secret" not in caplog.text + json.dumps(sent)


def test_pages_and_their_headers(server):
    for path in ("/", "/ethics", "/static/page.js", "/static/picture.js", "/static/page.css"):
        status, headers, body = get(server, path)
        assert status == 200
        assert len(body) > 500
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert f"ws://{server.address}" in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in headers
    page = " ".join(get(server, "/")[2].decode().split())
    assert "not a lie detector" in page
    assert 'href="/ethics"' in page
    assert get(server, "/docs")[0] == 404
    assert get(server, "/static/../app.py")[0] == 404


def test_what_the_model_is(server):
    about = json.loads(get(server, "/about")[2])
    assert about["data_kind"] == "rendered"
    assert len(about["emotions"]) == 7
    assert "template" not in about


def test_the_whole_network_only_if_asked_and_then_it_is_said(tmp_path):
    """Listens on another loopback address, which is not one of the names of this machine."""
    with serving.server(tmp_path, "--host", "127.0.0.2") as server:
        assert "not encrypted" in server.log.read_text()
        assert server.address.startswith("127.0.0.2:")
        assert get(server, "/")[0] == 200


def test_the_other_loopback_address(tmp_path):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    with serving.server(tmp_path, "--host", "::1") as server:
        assert server.log.read_text() == ""
        assert server.address.startswith("[::1]:")
        assert get(server, "/")[0] == 200


@pytest.mark.parametrize("extra", [["--port", "taken"], ["--model", "missing.onnx"]])
def test_what_cannot_be_served_is_said_in_a_line(extra, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        words = [taken if word == "taken" else word for word in extra]
        if "--port" not in words:
            words += ["--port", "0"]
        done = subprocess.run(
            [sys.executable, "-m", "service", *words],
            cwd=paths.root(),
            capture_output=True,
            text=True,
            timeout=serving.LONGEST,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
