"""Measure the face generator: images/s with one and two processes, the whole set, memory.

python bench/bench_faces.py
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import face_renderer as faces
from face_renderer import workers


def timed(spec, folder, processes):
    """Return the seconds that ``make_set`` takes."""
    start = time.perf_counter()
    faces.make_set(spec, folder, processes=processes)
    return time.perf_counter() - start


def main() -> None:
    """Print one line a measurement."""
    start = time.perf_counter()
    faces.render(faces.plan(faces.RENDERED46)[0])
    print(f"first image, compiling or loading compiled code: {time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        small = faces.RENDERED46.with_subjects(8)
        for processes in (1, 2):
            seconds = timed(small, f"{folder}/{processes}", processes)
            rate = small.n_images / seconds
            print(f"{processes} process(es): {rate:.0f} images/s, subjects included")
        whole = faces.RENDERED46
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        seconds = timed(whole, folder, 2)
        print(f"{whole.name}, {whole.n_images} images, 2 processes, cold: {seconds:.1f} s")
        # What the cold time would be on two idle cores: other load on the machine is left out.
        spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        print(f"CPU time of the children: {spent:.1f} s, half of it: {spent / 2:.1f} s")
        print(f"{whole.name}, from cache: {timed(whole, folder, 2):.2f} s")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes of what getrusage counts in
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    print(f"peak memory: {own / 2**20:.0f} MB here, {child / 2**20:.0f} MB in the largest child")
    print(f"machine: {workers.processors()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
