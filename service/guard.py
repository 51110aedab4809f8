"""Restrict who may connect to the service, and how often.

A browser lets any page of any site open a WebSocket to this machine, and CORS does not stop it:
only the ``Origin`` that the browser sends along tells. And a name that resolves to this machine may
be an attacker's: only the ``Host`` tells.
"""

from __future__ import annotations

import ipaddress
import re
import time
from urllib.parse import urlsplit

HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def host_name(host: str | None) -> str | None:
    """Return the name in a ``Host`` header, without the port, or None if it is not one."""
    return urlsplit(f"//{host}").hostname if host and HOST.fullmatch(host) else None


def known_host(host: str | None, names: frozenset[str], any_address: bool = False) -> bool:
    """Return whether a ``Host`` header names this service.

    Parameters
    ----------
    host : str or None
        The header.
    names : frozenset of str
        Names and addresses that are ours.
    any_address : bool
        Whether a bare IP address is too: nobody's name can be made to point at one.
    """
    name = host_name(host)
    if name is None:
        return False
    if name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return any_address


def same_origin(origin: str | None, host: str | None) -> bool:
    """Return whether ``Origin`` is a page of the very service that ``Host`` names.

    A client that sends none is no browser. It is refused too: it can send one as easily.
    """
    if not origin or not host:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


class Rate:
    """A bucket of tokens: so many messages a second, and as many at once.

    Parameters
    ----------
    a_second : float
        How many are allowed.
    clock : callable
        Returns seconds.
    """

    def __init__(self, a_second: float, clock=time.monotonic) -> None:
        self.a_second = a_second
        self._clock = clock
        self._left = a_second
        self._last = clock()

    def allows(self) -> bool:
        """Return whether one more message may be served now, and count it."""
        now = self._clock()
        self._left = min(self.a_second, self._left + (now - self._last) * self.a_second)
        self._last = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
