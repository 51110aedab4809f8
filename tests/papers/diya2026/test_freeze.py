"""The frozen generator is the one that is here."""

import tomllib

import yaml

import face_renderer as faces
from engine.store import paths


def test_generator_and_difficulty_are_as_frozen():
    frozen = yaml.safe_load(
        (paths.root() / "book" / "papers" / "diya2026" / "freeze.yml").read_text()
    )
    assert frozen["generator_version"] == faces.GENERATOR_VERSION
    # The key covers counts, seeds, difficulty, size and the generator's version.
    assert frozen["rendered46_key"] == faces.RENDERED46.key()
    assert frozen["rendered_test_key"] == faces.RENDERED_TEST.key()


def test_the_renderers_own_package_has_the_generators_version():
    project = tomllib.loads((paths.root() / "face_renderer" / "pyproject.toml").read_text())
    assert project["project"]["version"] == faces.GENERATOR_VERSION
