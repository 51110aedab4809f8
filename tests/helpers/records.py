"""Records and runs as a build leaves them, for the tests of what is told of them."""

import json

from bs4 import BeautifulSoup

from engine.page import header
from engine.store import artifact
from fer_lib.training import run

SHA = "0f3a" * 16
RUN = "cnn_baseline-rendered46-book-seed3-aaaaaaaaaaaa"
RENDERED = {"commit": "1c4c876abcde", "modified": False}
MACHINE = {
    "python": "3.11.7",
    "packages": {"numpy": "2.4.1", "torch": "2.13.0"},
    "processor": "Processor <b>9000</b>",
    "cores": 2,
    "threads": 1,
}


def record_of(profile="book", data="rendered46", groups="subject", **more):
    computed = {"start": "2026-11-21T12:00:00+00:00", "wall_seconds": 41.2}
    return {
        "notebook": "diya2026/cnn_baseline",
        "key": "0123456789ab",
        "parameters": {"profile": profile, "data": data, "seed": 3},
        "computed": {**RENDERED, **computed},
        "environment": MACHINE,
        "provenance": [header.facts(profile, data, SHA, groups, 3, **more)],
        "paper": "diya2026",
        "runs": {"cnn_baseline, seed 3": RUN},
        "studies": {},
        "ingredients": {},
    }


def stored_run(folder, about, history, predictions, weights):
    """Return a run that was written into a folder and sealed."""
    with artifact.writing(folder) as part:
        run.fill(part, history, predictions, weights)
        (part / "run.json").write_text(json.dumps(about))
    return run.read(folder)


def run_of():
    return {
        "arm": "cnn_baseline",
        "settings": {"protocol": "group", "model": "cnn_baseline", "scale": "full"},
        "image_size": 112,
        "frozen_stages": 0,
        "trainable": 684232,
        "seed": 3,
        "config": {"epochs": 18, "precision": "float32"},
        "epochs": 9,
        "wall_seconds": 301.4,
        "environment": MACHINE,
        "folder": RUN,
        "predictions_sha256": SHA,
    }


def soup(text):
    return BeautifulSoup(text, "html.parser")


def text_of(text):
    return " ".join(soup(text).get_text(" ").split())
