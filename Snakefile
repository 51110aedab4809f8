# One rule per job of engine/jobs/jobs.py: the data set, each training, each page; short jobs that need the
# same share one (engine/jobs/batches.py). What a job leaves lies in the store under a key made of all that decides
# it, so Snakemake runs exactly what is not there.
# `make book` calls this through engine/build.py.
import json
import os
import sys

sys.path.insert(0, workflow.basedir)
from engine.store import paths
from engine.jobs import batches, check, jobs

with open(config["settings"]) as file:
    ASKED = check.Asked.restored(json.load(file))
JOBS = jobs.all_jobs(ASKED.settings)
# Empty if Snakemake keeps the store itself, through one of its storage plugins.
STORE = config["store"]
# Asked of a cluster for each training: --config gpus=1.
GPU = {"gpu": int(config["gpus"])} if config.get("gpus") else {}
PYTHON = sys.executable
ROOT = paths.root()


def result(folder):
    return [STORE + name for name in JOBS[folder].files]


def there(folder):
    return STORE and all(os.path.exists(paths.cache() / name) for name in JOBS[folder].files)


if config.get("fetch"):

    # From a store elsewhere Snakemake brings what a job reads, so a job reads everything.
    rule fetch:
        input:
            [name for folder in config["fetch"] for name in result(folder)],
        output:
            local("fetched"),
        shell:
            "touch {output:q}"

else:
    # What is there is not asked for: it stands even if what it came from is made again.
    TODO = [folder for folder in JOBS if not there(folder) and folder not in config["left_out"]]

    rule all:
        input:
            [ancient(name) for folder in TODO for name in result(folder)],

    for bundle in [(JOBS[folder],) for folder in JOBS if folder not in TODO] + batches.of(
        [JOBS[folder] for folder in TODO], config["at_once"]
    ):
        job = bundle[0]

        rule:
            name:
                batches.name(bundle)
            input:
                # Snakemake is told to go by time stamps alone, and ancient() forbids these too.
                [ancient(name) for need in job.needs for name in result(need)],
            output:
                [name for one in bundle for name in result(one.folder)],
            params:
                folders=[one.folder for one in bundle],
            priority: job.urgency
            threads: ASKED.threads
            resources:
                **GPU if job.kind == "run" else {},
            shell:
                # The order of a set of words is drawn by lot when Python starts, unless told.
                "PYTHONHASHSEED=0 PYTHONPATH={ROOT:q} {PYTHON:q} -m engine.jobs.run_job {params.folders:q}"
                " --result {output[0]:q} --settings {config[settings]:q}"
