# One rule per notebook, one papermill job each. The table is tools/graph.py.
# `make book` calls this through tools/build.py; on its own:
#   snakemake --cores 2 --config profile=smoke
import sys

sys.path.insert(0, workflow.basedir)
from fer_lib import paths
from tools import graph

SETTINGS = {
    "profile": config.get("profile", "book"),
    "data": config.get("data", "rendered46"),
    "data_root": config.get("data_root") or "",
    "seed": config.get("seed", 0),
}
EXECUTED = graph.executed()
LIBRARY = sorted(str(path) for path in (paths.root() / "fer_lib").rglob("*.py"))
RECORDS = sorted(
    str(path)
    for pattern in ("claims/*.yml", "freeze.yml", "judge/run.json")
    for path in (paths.root() / "book").glob(pattern)
)
LOCK = str(paths.root() / "constraints.txt")
PYTHON = sys.executable
ROOT = paths.root()


rule all:
    input:
        [EXECUTED / f"{name}.ipynb" for name in graph.UPSTREAM],


for notebook_name, needed in graph.UPSTREAM.items():

    rule:
        name:
            f"run_{notebook_name}"
        input:
            notebook=graph.notebook(notebook_name),
            upstream=[EXECUTED / f"{name}.ipynb" for name in needed],
            library=LIBRARY,
            records=RECORDS,
            lock=LOCK,
        output:
            notebook=EXECUTED / f"{notebook_name}.ipynb",
            record=EXECUTED / f"{notebook_name}.json",
        params:
            notebook=notebook_name,
            folder=EXECUTED,
            profile=SETTINGS["profile"],
            data=SETTINGS["data"],
            data_root=SETTINGS["data_root"],
            seed=SETTINGS["seed"],
        threads: 1
        shell:
            "cd {ROOT:q} && "
            "{PYTHON:q} -m tools.execute {params.notebook:q} --folder {params.folder:q}"
            " --profile={params.profile:q} --data={params.data:q}"
            " --data-root={params.data_root:q} --seed={params.seed:q}"
