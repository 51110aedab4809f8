"""`make notebook N=... PROFILE=book`: what a student changed is trained, at the scale asked for."""

from __future__ import annotations

import json

import nbformat
import pytest

from tests.helpers import copies

# A page that reads a run of a configuration of its own.
PAGE = """\
# %% [markdown]
# # A page

# %% tags=["parameters"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0
beta = 1.0

# %%
from fer_lib.api import load_run
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)
run = load_run("cnn_baseline", settings, loss_weights=(1.0, beta))
print(run.about["profile"], run.about["image_size"], run.about["settings"]["loss_weights"])
"""
# Put behind `fer_lib.data.datasets`: noise in place of faces, which takes no time.
NOISE = '''

def by_name(name, root=None, size=None, n_subjects=None, progress=True):
    """Return ten subjects of noise, an image of each class each."""
    import numpy as np
    import pandas as pd

    from fer_lib.data.schema import empty_report
    from fer_lib.labels import EMOTIONS

    rows = [
        (f"s{subject}", emotion, kind)
        for subject in range(10)
        for emotion in EMOTIONS
        for kind in ("fake", "genuine")
    ]
    table = pd.DataFrame(rows, columns=["group", "emotion", "authenticity"])
    table["image_id"] = [f"i{k}" for k in range(len(rows))]
    images = np.random.default_rng(1).integers(0, 255, (len(rows), 64, 64, 3), dtype=np.uint8)
    return FaceData(table, images, name, "rendered", "subject", "0" * 64, empty_report(), True)
'''
MODEL = "fer_lib/papers/diya2026/models/cnn_baseline.py"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    made = copies.Copy(copies.sources(folder / "checkout"), folder / "store")
    with (made.folder / "fer_lib" / "data" / "datasets.py").open("a") as file:
        file.write(NOISE)
    (made.folder / "notebooks" / "ethics.py").write_text(PAGE)
    done = made.run("pairs", "ethics", "--from", "py")
    assert "rewritten: ethics.ipynb" in done.stdout, done.stderr
    return made


def printed(copy) -> str:
    """Return what the page printed."""
    book = nbformat.read(copy.folder / "_build" / "alone" / "ethics.ipynb", as_version=4)
    return "".join(o.text for cell in book.cells for o in cell.get("outputs", []))


def runs(copy) -> list[dict]:
    """Return what is told of every stored run, the oldest first."""
    files = sorted(copy.store.glob("runs/*/run.json"), key=lambda file: file.stat().st_mtime_ns)
    return [json.loads(file.read_text()) for file in files]


@pytest.mark.slow
def test_what_changed_is_trained_at_the_scale_that_is_asked_for(copy):
    trained = "cnn_baseline from seed 0 in profile book has no run yet: training it now"

    def run(*more):
        done = copy.run("notebook", "ethics", "--profile", "book", *more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    assert trained in run()
    assert printed(copy) == "book 64 [1.0, 1.0]\n"
    assert trained not in run()
    # A parameter of the page.
    assert trained in run("-p", "beta=0.5")
    assert printed(copy) == "book 64 [1.0, 0.5]\n"
    # The model itself.
    model = copy.folder / MODEL
    text = model.read_text()
    assert text.count("nn.Dropout(0.5)") == 1
    model.write_text(text.replace("nn.Dropout(0.5)", "nn.Dropout(0.25)"))
    assert trained in run()
    first, second, third = runs(copy)
    assert [one["settings"]["loss_weights"] for one in (first, second, third)] == [
        [1.0, 1.0],
        [1.0, 0.5],
        [1.0, 1.0],
    ]
    assert {one["profile"] for one in (first, second, third)} == {"book"}
    assert {one["config"]["epochs"] for one in (first, second, third)} == {16}
    library = [one["ingredients"]["library"] for one in (first, third)]
    assert [name for name in library[0] if library[0][name] != library[1][name]] == [MODEL]


def test_an_unknown_parameter_is_refused_with_those_that_the_page_has(copy):
    done = copy.run("notebook", "ethics", "--profile", "book", "-p", "gamma=2")
    assert done.returncode == 2
    assert done.stderr == (
        "error: ethics has no parameter gamma: choose from data, data_root, profile, seed, beta\n"
    )
