"""Serve the trained dual-task model: `make serve`."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from pathlib import Path

import uvicorn

from engine.command_line import Asked, InputError, add_arguments, of_arguments
from engine.store import threads
from engine.store.paths import CacheError
from service.app import LARGEST_MESSAGE, Settings, create_app
from service.detect import Detector
from service.pipeline import Pipeline
from service.predict import Predictor

EVERYBODY = """\
Listening on {host}: whoever reaches this machine over the network can send pictures to it and
is answered. The connection is not encrypted, and browsers give a page from another machine the
camera only over https: put a proxy that does TLS in front, and name it with --name.
Without HOST=... nobody but this machine is served."""


def main(argv: list[str] | None = None) -> int:
    """Find or make the model, then serve it until stopped; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--model", type=Path, help="serve this exported file, whatever is stored")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="0 for any that is free")
    parser.add_argument("--name", action="append", default=[], help="of a proxy in front")
    parser.add_argument("--rate", type=float, default=10.0, help="frames a second a connection")
    args = parser.parse_args(argv)
    logging.basicConfig(format="%(message)s")
    try:
        family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
        listening = socket.create_server((args.host, args.port), family=family)
    except (OSError, OverflowError) as error:
        print(f"error: cannot listen on {args.host}:{args.port}: {error}", file=sys.stderr)
        return 2
    try:
        with listening:
            if args.model and not args.model.is_file():
                raise InputError(f"there is no file {args.model}")
            model = args.model or stored_model(of_arguments(args))
            settings = Settings(args.host, tuple(args.name), args.rate)
            pipeline = Pipeline(Detector(), Predictor(model, threads.count()))
            if not settings.only_this_machine:
                print(EVERYBODY.format(host=args.host), file=sys.stderr)
            serve(pipeline, settings, listening)
    except (InputError, CacheError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass  # stopped by hand
    return 0


def stored_model(asked: Asked) -> Path:
    """Return the exported model of the profile's run; made now if it is missing, in ``smoke``."""
    from fer_lib.training import configs
    from service import exported_model

    print("looking for the trained model (a missing one takes a minute)", file=sys.stderr)
    run, model = exported_model.need(configs.first("dual_task", asked.settings))
    print(f"model: {run.folder.name}", file=sys.stderr)
    return model


def serve(pipeline: Pipeline, settings: Settings, listening: socket.socket) -> None:
    """Serve on a socket that listens already, until interrupted."""
    config = uvicorn.Config(
        create_app(pipeline, settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws_max_size=LARGEST_MESSAGE,
        ws_max_queue=4,
        ws_per_message_deflate=False,  # a compressed frame could unpack to any size
        timeout_graceful_shutdown=2,
    )
    # uvicorn says this of every WebSocket that is refused with an answer, although all is well.
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: "without completing handshake" not in record.getMessage()
    )
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"serving http://{shown}:{port}/ (Ctrl+C ends it)", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    sys.exit(main())
