"""What the pages of the smoke book tell of themselves, in the store that it was rendered from."""

import json

import pytest

from engine.jobs import jobs, page_table
from fer_lib.settings import Settings

pytestmark = pytest.mark.site

SETTINGS = Settings("rendered46", "", "smoke", 0)


@pytest.fixture(scope="module")
def records():
    found = [job for job in jobs.all_jobs(SETTINGS).values() if job.kind == "page"]
    return {job.name: json.loads((job.place() / "record.json").read_text()) for job in found}


@pytest.mark.parametrize("name", page_table.names())
def test_every_package_that_a_page_loads_counts_for_its_key(records, name):
    """Else a newer version of it would change the page, and nobody would see that it is stale."""
    assert records[name]["uncounted"] == []
    assert {"ipykernel", "pandas", "pyyaml"} <= set(records[name]["ingredients"]["lock"])
