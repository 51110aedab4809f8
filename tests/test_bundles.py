"""Which trainings share a process."""

from __future__ import annotations

import pytest

from fer_lib import arms
from tools import bundles
from tools.jobs import Job


def runs(profile: str, names=tuple(arms.ARMS), needs=("sets/a",)) -> list[Job]:
    return [
        Job("run", f"{name}-seed{one.seed}", {}, f"runs/{name}-{one.seed}", (), needs, one)
        for name in names
        for one in arms.experiments(name, "rendered46", "", profile, 0)
    ]


def page(name: str) -> Job:
    return Job("page", name, {}, f"pages/{name}", (), ("sets/a",))


@pytest.mark.parametrize("profile", ["smoke", "book", "book-full", "paper"])
@pytest.mark.parametrize("together", [True, False])
def test_every_job_is_in_one_process_and_no_process_has_too_many(profile, together):
    jobs = [page("01_first"), *runs(profile), page("02_second")]
    found = bundles.of(jobs, together)
    assert sorted(job.folder for bundle in found for job in bundle) == sorted(
        job.folder for job in jobs
    )
    shared = together and profile in ("smoke", "book")
    assert max(map(len, found)) == (bundles.SIZE if shared else 1)
    assert len({bundles.name(bundle) for bundle in found}) == len(found)


def test_only_trainings_of_few_epochs_share():
    alone = {job.experiment.arm.name for job in runs("book") if not bundles.short(job.experiment)}
    long = {name for name, arm in arms.ARMS.items() if arm.trained == "all"}
    long |= {n for n, arm in arms.ARMS.items() if arm.scale == "full" and arm.trained == "late"}
    assert alone == long
    assert bundles.of([page("01_first"), page("02_second")], True) == [
        (page("01_first"),),
        (page("02_second"),),
    ]


def test_only_trainings_that_need_the_same_share():
    """Else one would wait for what another needs."""
    one, other = runs("smoke", ("base",)), runs("smoke", ("focal",), needs=("sets/a", "more"))
    assert bundles.of([*one, *other], True) == [(one[0],), (other[0],)]
    same = runs("smoke", ("base", "focal"))
    assert bundles.of(same, True) == [tuple(same)]
    assert bundles.name(tuple(same)) == "run_base_seed0_and_1_more"
    assert bundles.name((same[1],)) == "run_focal_seed0"
