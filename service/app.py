"""The web application: one page, and one WebSocket that answers frames."""

from __future__ import annotations

import asyncio
import json
import logging
import socket as sockets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import guard
from service.frames import Refusal
from service.pipeline import Pipeline

STATIC = Path(__file__).parent / "static"
LONGEST_WISH = 1000  # characters of a message that is text
LARGEST_MESSAGE = 48_000_000  # bytes: so that a frame of 40 MB is told why it is refused
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
log = logging.getLogger("service")


@dataclass(frozen=True)
class Settings:
    """Who is served, and how much.

    Attributes
    ----------
    host : str
        Address that is listened on.
    names : tuple of str
        Further names by which this service is reached, behind a proxy for instance.
    a_second : float
        Messages that one connection may send in a second.
    most_connections : int
        At a time.
    """

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    a_second: float = 10.0
    most_connections: int = 8

    @property
    def only_this_machine(self) -> bool:
        """Whether nobody but this machine is served."""
        return self.host in guard.LOCAL_NAMES

    @property
    def known_names(self) -> frozenset[str]:
        """Names that a ``Host`` header may have."""
        own = set() if self.only_this_machine else {self.host, sockets.gethostname().lower()}
        return frozenset(guard.LOCAL_NAMES | own | {name.lower() for name in self.names})


@dataclass
class Connections:
    """How many are open, and the one worker that computes for all of them."""

    open: int = 0
    worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "frames"))


class OnlyKnownHosts:
    """Refuse requests to other names, and give every answer the headers that browsers heed."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Content-Security-Policy"] = POLICY.format(host=host)
            await send(message)

        settings = self.settings
        if guard.known_host(host, settings.known_names, not settings.only_this_machine):
            await self.app(scope, receive, send_with_headers)
            return
        refused = Refusal("unknown_host", "This service is not reached by that name.")
        if scope["type"] == "http":
            await JSONResponse(refused.answer(), 421)(scope, receive, send)
        else:
            socket = WebSocket(scope, receive, send)
            await socket.send_denial_response(JSONResponse(refused.answer(), 421))


def create_app(pipeline: Pipeline, settings: Settings) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    pipeline : Pipeline
        Looks at frames, one at a time.
    settings : Settings
        Who is served, and how much.
    """
    # The interactive documentation of FastAPI loads its scripts from elsewhere: it is off.
    app = FastAPI(title="Faces, frame by frame", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(OnlyKnownHosts, settings=settings)
    connections = Connections()

    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/ethics")
    def ethics() -> FileResponse:
        return FileResponse(STATIC / "ethics.html")

    @app.get("/about")
    def about() -> dict:
        told = pipeline.predictor.about
        return {key: value for key, value in told.items() if key != "template"}

    app.mount("/static", StaticFiles(directory=STATIC))

    @app.websocket("/frames")
    async def frames(socket: WebSocket) -> None:
        refused = None
        if not guard.same_origin(socket.headers.get("origin"), socket.headers.get("host")):
            refused = (
                403,
                Refusal("wrong_origin", "Frames are taken from this service's own page only."),
            )
        elif connections.open >= settings.most_connections:
            refused = (
                503,
                Refusal("too_many_connections", "Too many connections are open: try again later."),
            )
        if refused:
            status, why = refused
            await socket.send_denial_response(JSONResponse(why.answer(), status))
            return
        connections.open += 1
        try:
            await socket.accept()
            await talk(socket, pipeline, settings, connections.worker)
        except (WebSocketDisconnect, RuntimeError):
            log.debug("a client left in the middle")  # nothing is left to be told to it
        finally:
            connections.open -= 1

    return app


async def talk(
    socket: WebSocket, pipeline: Pipeline, settings: Settings, worker: ThreadPoolExecutor
) -> None:
    """Answer the messages of one connection, each with one JSON object, until it closes."""
    rate = guard.Rate(settings.a_second)
    level = True
    loop = asyncio.get_running_loop()
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        content, text = message.get("bytes"), message.get("text")
        try:
            if not rate.allows():
                raise Refusal(
                    "too_often", f"At most {settings.a_second:g} messages a second are answered."
                )
            if content is not None:
                answer = await loop.run_in_executor(worker, pipeline.answer, content, level)
            else:
                level = wish(text)
                answer = {"kind": "settings", "align": level}
        except Refusal as refusal:
            answer = refusal.answer()
        except Exception as error:  # one frame must not end the service, whatever is in it
            log.error("a frame failed: %s", type(error).__name__)
            answer = Refusal("failed", "This frame could not be looked at.").answer()
        # Dropped before waiting for the next: no frame outlives its answer.
        del message, content, text
        await socket.send_json(answer)


def wish(text: str | None) -> bool:
    """Return whether a message ``{"align": true}`` asks for aligned faces.

    Raises
    ------
    Refusal
        ``bad_request``, if it says anything else.
    """
    try:
        if text is None or len(text) > LONGEST_WISH:
            raise ValueError
        said = json.loads(text)
        if set(said) != {"align"} or not isinstance(said["align"], bool):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise Refusal(
            "bad_request", 'A message is a frame, or {"align": true} or {"align": false}.'
        ) from None
    return said["align"]
