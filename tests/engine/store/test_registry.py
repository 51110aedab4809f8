"""Tables of what is chosen by name: what a row may say, and what is said of a bad one."""

from dataclasses import dataclass, field, fields

import pytest

from engine.jobs import page_table
from engine.page import budget as amounts
from engine.page import study_registry
from engine.store import paths, registry
from fer_lib import models, paper_registry
from fer_lib.data import dataset_registry
from fer_lib.models import pretrained_registry
from fer_lib.papers.huang2025 import budget as scale
from fer_lib.training import configs, profiles
from tests.helpers import copies


@dataclass(frozen=True)
class Thing:
    name: str
    sizes: tuple[int, ...]
    colour: str = "red"
    more: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.colour == "none":
            raise ValueError("a thing has a colour")


@pytest.fixture
def table(monkeypatch):
    def filled(**rows):
        homes = {n: ("fer_lib/tables/things.toml", n, row) for n, row in rows.items()}
        monkeypatch.setattr(registry, "_homes", lambda _name: homes)
        return registry.Table("things", "thing")

    return filled


def test_a_row_becomes_a_dataclass_with_tuples_and_defaults(table):
    things = table(first={"sizes": [1, 2]}, second={"sizes": [], "more": {"a": 1}})
    assert things.build("first", Thing, name="first") == Thing("first", (1, 2))
    assert things.build("second", Thing, name="x") == Thing("x", (), more={"a": 1})
    assert list(things) == ["first", "second"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"sizes": [1], "size": 2}, "unknown size: choose of sizes, colour, more"),
        ({"colour": "blue"}, "sizes is missing: add it"),
        ({"sizes": [1], "colour": "none"}, "a thing has a colour"),
        ({"sizes": [1], "name": "other"}, "unknown name: choose of sizes, colour, more"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_what_is_wrong(table, row, said):
    with pytest.raises(registry.RegistryError) as error:
        table(first=row).build("first", Thing, name="first")
    assert str(error.value) == f"fer_lib/tables/things.toml, [first]: {said}"


def test_the_digest_is_of_the_row_and_of_nothing_else(table):
    one = table(a={"x": 1}, b={"x": 1}).digests("a", "b")
    assert set(one) == {"things/a", "things/b"}
    assert one["things/a"] == one["things/b"]
    assert table(b={"x": 2}, a={"x": 1}).digests("a")["things/a"] == one["things/a"]
    assert table(a={"x": 2}).digests("a")["things/a"] != one["things/a"]


EVERY = {
    dataset_registry.TABLE: dataset_registry.get,
    study_registry.TABLE: study_registry.get,
    profiles.TABLE: profiles.get,
    pretrained_registry.WEIGHTS: pretrained_registry.get,
    pretrained_registry.FAMILIES: pretrained_registry.family,
    configs.TABLE: configs.get,
    amounts.TABLE: amounts.get,
    scale.TABLE: scale.get,
    page_table.TABLE: page_table.page,
    models.TABLE: models.get,
}


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.name)
def test_every_row_of_every_table_can_be_had_and_another_is_refused(table):
    assert all(EVERY[table](name) for name in table)
    with pytest.raises(ValueError, match=f"unknown {table.what} 'nothing': choose one of "):
        EVERY[table]("nothing")


def test_every_table_is_read_by_something():
    library = paths.root() / "fer_lib"
    files = {file.stem for file in (library / registry.FOLDER).iterdir()}
    files |= {file.stem for file in library.glob("papers/*/*.toml")} - {"paper"}
    sections = {s for said in registry.papers().values() for s, v in said.items() if s != "moved"}
    sections -= {field.name for field in fields(paper_registry.Paper)}
    assert files | sections == {table.name for table in EVERY}


HUANG = "papers/huang2025/paper"
SLIPS = {
    "no TOML": (
        HUANG,
        "[studies.micro_trial]",
        "[studies.micro_trial",
        "paper.toml cannot be read",
    ),
    "an unknown word": ("profiles", "views = 3", "vews = 3", "[smoke]: unknown vews: choose of"),
    "a missing word": ("weights", 'licence = "Apache-2.0"\n', "", "]: licence is missing: add it"),
    "no such arm": (
        "papers/diya2026/arms",
        'like = "weighted"',
        'like = "wieghted"',
        "unknown arm 'wieghted'",
    ),
    "a circle": (
        "papers/diya2026/arms",
        '[base]\nlike = "dual_task"',
        '[base]\nlike = "focal"',
        "]: it is like",
    ),
    "a value that is none": (
        "papers/diya2026/arms",
        "wrong_labels = 0.05",
        "wrong_labels = 5.0",
        "[wrong_05]: ",
    ),
    "no such file": ("families", '["xception"]', '["exception"]', "weights 'exception': choose"),
    "an unknown word in a family": (
        "families",
        "weights = [",
        "weight = [",
        "unknown weight: choose",
    ),
    "a family of nothing": ("families", '["xception"]', "[]", "[xception]: weights is empty"),
    "no such amounts": (
        HUANG,
        'amounts = "fer_lib.papers.huang2025.budget"',
        'amounts = "fer_lib.papers.huang2025.scales"',
        "names the module fer_lib.p",
    ),
    "no such subjects": (
        HUANG,
        'subjects = "fer_lib.papers.huang2025.budget"',
        'subjects = "fer_lib.papers.huang2025.scales"',
        "[datasets.rendered_micro], names ",
    ),
    "no such paper": ("pages", '"diya2026"', '"diya2025"', "unknown paper 'diya2025'"),
    "a word that no paper has": (HUANG, 'line = "', 'lime = "', "unknown lime: choose of title"),
    "a name that is taken": (
        HUANG,
        "[datasets.micro_f",
        "[datasets.gffd2025]\n[datasets.micro_f",
        "]: ",
    ),
    "a page with a hyphen": (HUANG, "[pages.rare_emotions]", "[pages.rare-emotions]", "a hyphen"),
    "studies in a circle": (
        HUANG,
        "[studies.micro_features]\n",
        '[studies.micro_features]\nneeds = ["micro_scores"]\n',
        "[studies.micro_features]: it reads itself, by way of micro_scores",
    ),
    "a word in no row": (
        "papers/diya2026/arms",
        "[dual_task]",
        "x = 1\n[dual_task]",
        "x stands in no row",
    ),
    "amounts that lack one": ("amounts", "cam_images = 14\n", "", "[smoke]: cam_images is missing"),
    "no such module": (
        HUANG,
        "causal.randomised_experiment",
        "causal.randomized_trial",
        "trial is not a module",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slips")
    return copies.Copy(copies.sources(folder / "checkout"), folder / "store")


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_table_ends_a_build_in_one_line(copy, slip):
    name, old, new, said = SLIPS[slip]
    where = name if "/" in name else f"tables/{name}"
    file = copy.folder / "fer_lib" / f"{where}.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    try:
        done = copy.kept("-m", "engine.why", "--profile", "smoke")
    finally:
        file.write_text(text)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
