# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # About this build
#
# What made these pages: the commit, the machine, the data, the versions, and how long each part
# took. It is written by the last notebook of the build.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import json

import pandas as pd

from fer_lib import data as datasets
from fer_lib import experiment, faces, page, paths

face_data = datasets.load(data, data_root or None)
runs = experiment.need_all(data, data_root, profile, seed)
about = runs["dual-task model"].about
page.header_of_run(about)

# %% tags=["hide-input"]
built = {
    "commit": page.commit(),
    "profile": about["profile"],
    "data set": f"{face_data.name}, {len(face_data.table):,} images",
    "data sha256": face_data.sha256,
    "generator of faces": f"version {faces.GENERATOR_VERSION}",
    "processor": about["environment"]["processor"],
    "cores": str(about["environment"]["cores"]),
    "threads per training": str(about["environment"]["threads"]),
    "Python": about["environment"]["python"],
} | about["environment"]["packages"]
page.table(pd.DataFrame({"value": built}).rename_axis("what"), "What made these pages")

# %% [markdown]
# ## Time
#
# Times are measurements of one machine on one day, not results. Notebooks of a build run side by
# side where they can.

# %% tags=["hide-input"]
records = [
    json.loads(path.read_text()) for path in sorted((paths.build() / "executed").glob("*.json"))
]
if records:
    times = pd.DataFrame(
        {
            "seconds": {r["notebook"]: f"{r['wall_seconds']:.0f}" for r in records},
            "profile": {r["notebook"]: r["profile"] for r in records},
        }
    ).rename_axis("notebook")
    page.table(times, "Seconds per notebook, this one not yet counted")
else:
    page.say("No other notebook was executed by the build that this page belongs to.")

# %% [markdown]
# ## Runs
#
# A run is a folder with its settings, its history, its predictions and its weights, each under a
# hash. The pages read runs; nothing is typed in.

# %% tags=["hide-input"]
page.table(
    pd.DataFrame(
        {
            run.folder.name: {
                "seconds": f"{run.about['wall_seconds']:.0f}",
                "epochs": str(len(run.history)),
                "kept epoch": str(int(run.history.loc[run.history["best"], "epoch"].iloc[0])),
                "predictions sha256": run.hashes()["predictions.parquet"][:16],
            }
            for run in runs.values()
        }
    ).T.rename_axis("run"),
    "Runs behind these pages",
)
