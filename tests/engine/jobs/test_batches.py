"""Which trainings share a process."""

from __future__ import annotations

from functools import cache

import pytest

from engine.jobs import batches, jobs
from engine.jobs.jobs import Job
from engine.store import keys
from engine.store.stage import Stage
from fer_lib.papers.diya2026 import named_configs
from fer_lib.settings import Settings
from fer_lib.training import config, configs


@cache
def runs(profile: str, names=tuple(configs.TABLE), needs=("sets/a",)) -> list[Job]:
    return [
        jobs.run_job(config.stage(one, "a", keys.library()), needs, "diya2026")
        for name in names
        for one in configs.experiments(name, Settings("rendered46", "", profile, 0))
    ]


def page(name: str) -> Job:
    return Job(Stage("page", name, {}, ()), ("sets/a",))


def activations(name: str) -> Job:
    return jobs.activations_job(Stage("activations", name, {}, ()), ("sets/a",), "diya2026")


@pytest.mark.parametrize("profile", ["smoke", "book", "book-full", "paper"])
@pytest.mark.parametrize("at_once", [0, 1, 2, 16])
def test_every_job_is_in_one_process_and_no_process_has_too_many(profile, at_once):
    todo = [page("01_first"), *runs(profile), page("02_second")]
    found = batches.of(todo, at_once)
    assert sorted(job.folder for bundle in found for job in bundle) == sorted(
        job.folder for job in todo
    )
    shared = at_once and profile in ("smoke", "book")
    assert max(map(len, found)) <= (batches.SIZE if shared else 1)
    assert (max(map(len, found)) > 1) == bool(shared)
    assert len({batches.name(bundle) for bundle in found}) == len(found)


def test_only_short_jobs_share():
    assert all(job.short for job in runs("book"))
    assert not any(job.short for job in runs("paper"))
    pages = [page("01_first"), page("02_second")]
    assert batches.of(pages, 2) == [(one,) for one in pages]
    many = [activations(name) for name in "abcde"]
    assert batches.of(many, 2) == [tuple(many[::2]), tuple(many[1::2])]


def test_no_core_waits_while_another_has_a_bundle():
    same = runs("smoke", ("base", "focal", "smote"))
    assert [len(bundle) for bundle in batches.of(same, 2)] == [2, 1]
    assert [len(bundle) for bundle in batches.of(same, 8)] == [1, 1, 1]
    many = runs("book", named_configs.ABLATIONS)
    assert len(batches.of(many, 2)) == -(-len(many) // batches.SIZE)


def test_only_jobs_that_need_the_same_share():
    """Else one would wait for what another needs."""
    one, other = runs("smoke", ("base",)), runs("smoke", ("focal",), needs=("sets/a", "more"))
    assert batches.of([*one, *other], 1) == [(one[0],), (other[0],)]
    made = activations("a")
    assert batches.of([made, *one], 1) == [(made,), (one[0],)]
    same = runs("smoke", ("base", "focal"))
    assert batches.of(same, 1) == [tuple(same)]
    assert batches.name(tuple(same)) == "run_base_rendered46_smoke_seed0_and_1_more"
    assert batches.name((same[1],)) == "run_focal_rendered46_smoke_seed0"


def test_results_of_one_process_are_there_at_once_so_who_needs_one_or_other_may_share():
    first, second, third = made = [activations(name) for name in "abc"]
    names = ("base", "focal", "frozen", "smote")
    needs = (first.folder, third.folder, second.folder, "elsewhere")
    one, other, later, apart = (
        runs("smoke", (name,), ("sets/a", need))[0] for name, need in zip(names, needs, strict=True)
    )
    assert batches.of([*made, one, other, later, apart], 2)[:2] == [(first, third), (second,)]
    # Two processes are made use of if there are two; the third training waits for the other one.
    assert batches.of([*made, one, other, later, apart], 2)[2:] == [
        (one,),
        (other,),
        (later,),
        (apart,),
    ]
    again = runs("smoke", ("weighted",), ("sets/a", third.folder))[0]
    assert batches.of([*made, one, other, later, again], 2)[2:] == [
        (one, again),
        (other,),
        (later,),
    ]
    # With the activations there, each waits for its own only.
    assert batches.of([one, other], 1) == [(one,), (other,)]
