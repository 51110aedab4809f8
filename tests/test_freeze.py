"""The frozen generator is the one that is here."""

import yaml

from fer_lib import faces, paths


def test_generator_and_difficulty_are_as_frozen():
    frozen = yaml.safe_load((paths.root() / "book" / "freeze.yml").read_text())
    assert frozen["generator_version"] == faces.GENERATOR_VERSION
    # The key covers counts, seeds, difficulty, size and the generator's version.
    assert frozen["rendered46_key"] == faces.RENDERED46.key()
    assert frozen["rendered_test_key"] == faces.RENDERED_TEST.key()
