"""What every test starts from: no test leaves its environment variables to the next."""

import os

import pytest

# Before torch is imported: on a busy machine two threads that wait for each other are the slowest.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def environment_stays():
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
