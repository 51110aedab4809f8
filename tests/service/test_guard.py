"""Who may connect, and how often one may send."""

from __future__ import annotations

import pytest

from service import guard
from service.app import Settings, wish
from service.frames import Refusal

LOCAL = Settings().known_names


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
def test_this_machine_is_known(host):
    assert guard.known_host(host, LOCAL)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "127.0.0.1.evil.example:8000",
        "192.0.2.7:8000",
        "evil.example@localhost",
        "localhost/evil",
        "localhost:8000; script-src *",
        "localhost:port",
        "[::1",
    ],
)
def test_others_are_not(host):
    assert not guard.known_host(host, LOCAL)


def test_addresses_are_known_only_where_the_network_is_served():
    wide = Settings("0.0.0.0", names=("Faces.example",))
    assert guard.known_host("192.0.2.7:8000", wide.known_names, any_address=True)
    assert guard.known_host("faces.example", wide.known_names, any_address=True)
    assert not guard.known_host("evil.example", wide.known_names, any_address=True)
    assert not wide.only_this_machine
    assert Settings().only_this_machine


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("https://faces.example", "faces.example", True),
        ("http://127.0.0.1:8001", "127.0.0.1:8000", False),  # another service here
        ("http://localhost:8000", "127.0.0.1:8000", False),
        ("https://evil.example", "127.0.0.1:8000", False),
        ("https://127.0.0.1:8000.evil.example", "127.0.0.1:8000", False),
        ("http://127.0.0.1:8000@evil.example", "127.0.0.1:8000", False),
        ("file://", "127.0.0.1:8000", False),
        ("null", "127.0.0.1:8000", False),  # a sandboxed frame
        (None, "127.0.0.1:8000", False),
        ("", "", False),
    ],
)
def test_origin(origin, host, same):
    assert guard.same_origin(origin, host) is same


def test_so_many_a_second_and_no_more():
    now = [0.0]
    rate = guard.Rate(10, lambda: now[0])
    assert [rate.allows() for _ in range(12)] == [True] * 10 + [False] * 2
    now[0] += 0.1
    assert rate.allows()
    assert not rate.allows()
    now[0] += 1000  # a pause does not add up to a flood
    assert sum(rate.allows() for _ in range(100)) == 10


def test_wishes():
    assert wish('{"align": true}') is True
    assert wish('{"align": false}') is False


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "3",
        "null",
        '{"align": 1}',
        '{"align": true, "x": 1}',
        "[" * 900,
        '{"align": true}' + " " * 2000,
    ],
)
def test_other_wishes_are_refused(text):
    with pytest.raises(Refusal) as refused:
        wish(text)
    assert refused.value.code == "bad_request"
