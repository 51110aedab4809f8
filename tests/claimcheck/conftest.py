"""A ledger made of a few records."""

import sys
from pathlib import Path

import pytest
import yaml

from claimcheck import parse


@pytest.fixture
def ledger(tmp_path):
    """Return a function that makes a ledger of records, with the fields that all need filled in."""

    def make(*records):
        file = tmp_path / "made.yml"
        needed = {"where": "Table 1", "element": "table", "about": "made up", "kind": "metric"}
        file.write_text(yaml.safe_dump([needed | record for record in records]))
        return parse(file)

    return make


sys.path.insert(0, str(Path(__file__).parent))  # the modules beside the tests
