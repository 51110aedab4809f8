"""A server on this machine and a client for it, for measurements and tests."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from engine.store import paths

LONGEST = 60  # seconds until something is taken to hang


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes
    ----------
    address : str
        Host and port.
    pid : int
        Of its process.
    """

    address: str
    pid: int

    @property
    def url(self) -> str:
        """Address of its page."""
        return f"http://{self.address}"

    def talk(self, origin: str | None = "own") -> ClientConnection:
        """Return an open connection, as the service's own page would make it.

        Another ``origin``, or None for none, is for those who want to be refused.
        """
        return connect(
            f"ws://{self.address}/frames",
            origin=self.url if origin == "own" else origin,
            compression=None,
            max_size=None,
            open_timeout=LONGEST,
            legacy=True,
        )


def answer(socket: ClientConnection, message: bytes | str) -> dict:
    """Send one message and return the answer to it."""
    socket.send(message)
    return received(socket)


def received(socket: ClientConnection) -> dict:
    """Return the next answer."""
    return json.loads(socket.recv(timeout=LONGEST))


def refusal(server: Server, origin: str | None) -> tuple[int, str]:
    """Return the status and the sentence with which a connection is refused.

    Raises
    ------
    RuntimeError
        If it is not.
    """
    try:
        server.talk(origin).close()
    except InvalidStatus as refused:
        response = refused.response
        return response.status_code, json.loads(response.body)["text"]
    raise RuntimeError(f"a page of {origin} was let in")


@contextmanager
def running(model: Path, *more: str, log: IO | None = None, **environment: str) -> Iterator[Server]:
    """Yield a server in a process of its own, stopped in the end as Ctrl+C would stop it.

    Parameters
    ----------
    model : Path
        What it serves.
    more : str
        Further options of ``python -m service``.
    log : file, optional
        Where its errors go; nowhere if there is none.
    environment : str
        Variables to set for it.

    Raises
    ------
    RuntimeError
        If it does not start, or ends with another status than 0.
    """
    command = [sys.executable, "-m", "service", "--model", str(model), "--port", "0", *more]
    started = subprocess.Popen(
        command,
        cwd=paths.root(),
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=log or subprocess.DEVNULL,
        text=True,
    )
    try:
        line = started.stdout.readline()
        found = re.search(r"http://(\S+?)/ ", line)
        if not found:
            raise RuntimeError(f"the server did not start: it said {line.strip()!r}")
        yield Server(found[1], started.pid)
        os.kill(started.pid, signal.SIGINT)
        if started.wait(LONGEST):
            raise RuntimeError(f"the server ended with status {started.returncode}")
    finally:
        if started.poll() is None:
            started.kill()
            started.wait()
        started.stdout.close()
