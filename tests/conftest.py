"""What every test starts from: no test leaves its environment variables to the next."""

import os

import pytest


@pytest.fixture(autouse=True)
def environment_stays():
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
