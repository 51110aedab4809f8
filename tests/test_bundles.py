"""Which trainings share a process."""

from __future__ import annotations

import pytest

from fer_lib import arms
from tools import bundles
from tools.jobs import Job


def runs(profile: str, names=tuple(arms.TABLE), needs=("sets/a",)) -> list[Job]:
    return [
        Job("run", f"{name}-seed{one.seed}", {}, f"runs/{name}-{one.seed}", (), needs, one)
        for name in names
        for one in arms.experiments(name, "rendered46", "", profile, 0)
    ]


def page(name: str) -> Job:
    return Job("page", name, {}, f"pages/{name}", (), ("sets/a",))


def activations(name: str) -> Job:
    return Job("activations", name, {}, f"activations/{name}", (), ("sets/a",))


@pytest.mark.parametrize("profile", ["smoke", "book", "book-full", "paper"])
@pytest.mark.parametrize("at_once", [0, 1, 2, 16])
def test_every_job_is_in_one_process_and_no_process_has_too_many(profile, at_once):
    jobs = [page("01_first"), *runs(profile), page("02_second")]
    found = bundles.of(jobs, at_once)
    assert sorted(job.folder for bundle in found for job in bundle) == sorted(
        job.folder for job in jobs
    )
    shared = at_once and profile in ("smoke", "book")
    assert max(map(len, found)) <= (bundles.SIZE if shared else 1)
    assert (max(map(len, found)) > 1) == bool(shared)
    assert len({bundles.name(bundle) for bundle in found}) == len(found)


def test_only_short_jobs_share():
    assert all(map(bundles.shares, runs("book")))
    assert not any(map(bundles.shares, runs("paper")))
    pages = [page("01_first"), page("02_second")]
    assert bundles.of(pages, 2) == [(one,) for one in pages]
    many = [activations(name) for name in "abcde"]
    assert bundles.of(many, 2) == [tuple(many[::2]), tuple(many[1::2])]


def test_no_core_waits_while_another_has_a_bundle():
    same = runs("smoke", ("base", "focal", "smote"))
    assert [len(bundle) for bundle in bundles.of(same, 2)] == [2, 1]
    assert [len(bundle) for bundle in bundles.of(same, 8)] == [1, 1, 1]
    many = runs("book", arms.ABLATIONS)
    assert len(bundles.of(many, 2)) == -(-len(many) // bundles.SIZE)


def test_only_jobs_that_need_the_same_share():
    """Else one would wait for what another needs."""
    one, other = runs("smoke", ("base",)), runs("smoke", ("focal",), needs=("sets/a", "more"))
    assert bundles.of([*one, *other], 1) == [(one[0],), (other[0],)]
    made = activations("a")
    assert bundles.of([made, *one], 1) == [(made,), (one[0],)]
    same = runs("smoke", ("base", "focal"))
    assert bundles.of(same, 1) == [tuple(same)]
    assert bundles.name(tuple(same)) == "run_base_seed0_and_1_more"
    assert bundles.name((same[1],)) == "run_focal_seed0"
