"""What the system offers is found by the same words in the book's library and in the renderer."""

import inspect

import pytest

from engine.store import system
from face_renderer import disk, workers


@pytest.mark.parametrize(
    ("renderer", "name"), [(workers, "processors"), (disk, "new_folder"), (disk, "refused")]
)
def test_each_function_is_the_renderers_word_for_word(renderer, name):
    """The renderer's own are tested in tests/face_renderer; neither package imports the other's."""
    own = getattr(system, name)
    assert own.__module__ == "engine.store.system"
    assert inspect.getsource(own) == inspect.getsource(getattr(renderer, name))
