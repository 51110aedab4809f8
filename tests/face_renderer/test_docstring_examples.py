"""The examples in docstrings run and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import face_renderer

# What a user calls first.
ENTRY_POINTS = {
    "face_renderer.action_units.with_units",
    "face_renderer.clips.clip_set.frame",
    "face_renderer.clips.clip_set.plan",
    "face_renderer.dataset.make_set",
    "face_renderer.manifest.plan",
    "face_renderer.manifest.twin",
    "face_renderer.render.render",
    "face_renderer.truth_masks.au_displacement",
    "face_renderer.truth_masks.landmarks",
}


def examples():
    """Return name -> example of every docstring of the package that has one."""
    names = [m.name for m in pkgutil.walk_packages(face_renderer.__path__, "face_renderer.")]
    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    tests = [test for module in modules for test in finder.find(module, module.__name__)]
    return {test.name: test for test in tests if test.examples}


EXAMPLES = examples()


def test_every_entry_point_has_an_example():
    assert set(EXAMPLES) >= ENTRY_POINTS


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_prints_what_it_says(name):
    said = []
    result = doctest.DocTestRunner().run(EXAMPLES[name], out=said.append)
    assert result.attempted > 0
    assert result.failed == 0, "".join(said)
