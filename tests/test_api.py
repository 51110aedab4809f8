"""The twelve verbs: their table, their examples, and a training with its evaluation by them."""

import ast
import doctest
import importlib
import inspect
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import metrics as sk

from engine.store import keys, paths
from fer_lib import api
from fer_lib.data import datasets, splits
from fer_lib.evaluation import metrics
from fer_lib.evaluation.bootstrap import bootstrap
from fer_lib.explain import grad_cam
from fer_lib.explain import lime as lime_module
from fer_lib.labels import AUTHENTICITY, EMOTIONS
from fer_lib.settings import Settings
from fer_lib.training import augmentation, configs, fit_predict, run_training
from tests.helpers import tiny

README = (paths.root() / "fer_lib" / "README.md").read_text(encoding="utf-8")
ROOMS = ("data", "models", "training", "evaluation", "explain", "plots")
VERBS = {
    *("load", "split", "build", "fit", "load_run", "predict"),
    *("score", "confusion", "curves", "cams", "lime", "verdict"),
}
SETTINGS = Settings("rendered46", "", "smoke", 0)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Let everything use noise in place of faces, and a store of its own."""
    with pytest.MonkeyPatch.context() as patch:
        yield tiny.use(patch, tmp_path_factory.mktemp("api"), rendered=True)


@pytest.fixture(scope="module")
def trained(small):
    """Return an experiment, its faces and parts, and the network that `fit` has trained."""
    experiment = configs.first("cnn_baseline", SETTINGS)
    faces = api.load(SETTINGS)
    parts = api.split(faces.table, SETTINGS.seed)
    network = api.build(experiment)
    history = api.fit(network, experiment, faces, parts)
    return experiment, faces, parts, network, history


def core() -> list[str]:
    """Return the modules of the core's rooms."""
    files = (f for room in ROOMS for f in (paths.root() / "fer_lib" / room).rglob("*.py"))
    names = (f.relative_to(paths.root()).with_suffix("").as_posix() for f in files)
    return [name.removesuffix("/__init__").replace("/", ".") for name in names]


def shown(verb: str) -> str:
    """Return a verb's real signature, without annotations."""
    parameters = inspect.signature(getattr(api, verb)).parameters.values()
    plain = (p.replace(annotation=inspect.Parameter.empty) for p in parameters)
    return f"{verb}({', '.join(map(str, plain))})"


def rows() -> dict[str, list[str]]:
    """Return the cells of the README's table of verbs by verb."""
    lines = re.findall(r"^\| (\w+) \| (`\1\(.*)\|$", README, re.M)
    return {verb: [cell.strip() for cell in rest.split(" | ")] for verb, rest in lines}


def test_the_facade_exports_the_twelve_and_nothing_else():
    assert set(api.__all__) == VERBS
    public = {n for n in vars(api) if not n.startswith("_")}
    assert public == VERBS


def test_the_table_of_the_readme_has_the_real_signatures_and_rooms():
    assert set(rows()) == VERBS
    for verb, (signature, returns, room) in rows().items():
        assert signature == f"`{shown(verb)}`"
        assert returns
        assert room == f"`{getattr(api, verb).__module__.replace('.', '/')}.py`"


def test_each_verb_is_one_function_with_one_meaning_in_its_room():
    for verb in VERBS:
        function = getattr(api, verb)
        assert inspect.isfunction(function) and function.__name__ == verb
        assert function.__module__.split(".")[1] in ROOMS


def test_no_room_imports_the_facade_and_no_room_imports_its_own_modules():
    library = keys.library()
    assert "fer_lib.training.loop" in core()
    assert "fer_lib.api" not in library.modules(*core())
    for room in ROOMS:
        own = {m for m in library.modules(f"fer_lib.{room}") if m.startswith(f"fer_lib.{room}.")}
        assert not own, "a result that imports one module would depend on these as well"
    assert "fer_lib.training.loop" in library.modules("fer_lib.api")


def test_a_room_imports_those_to_its_left():
    """The order is the README's."""
    (order,) = re.findall(r"```\n(data -> .*)\n```", README)
    assert tuple(order.split(" -> ")) == ROOMS
    for place, room in enumerate(ROOMS):
        for file in (paths.root() / "fer_lib" / room).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
            named = [n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module]
            named += [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
            for name in named:
                found = re.match(r"fer_lib\.(\w+)", name)
                if found and found[1] in ROOMS:
                    assert ROOMS.index(found[1]) <= place, f"{file}: {name}"
                assert not name.startswith("fer_lib.papers"), f"{file}: {name}"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_says_what_it_takes_and_its_example_runs(small, verb):
    function = getattr(api, verb)
    text = inspect.getdoc(function)
    first = text.splitlines()[0]
    assert re.match(r"(Return|Load|Split|Train) .*\.$", first)
    sections = re.findall(r"^(\w+)\n-+$", text, re.M)
    assert sections[0] == "Parameters" and "Returns" in sections and "Examples" in sections
    module = importlib.import_module(function.__module__)
    (found,) = doctest.DocTestFinder(recurse=False).find(function, verb, module)
    assert found.examples
    said = []
    flags = doctest.NORMALIZE_WHITESPACE
    result = doctest.DocTestRunner(optionflags=flags).run(found, out=said.append)
    assert result.failed == 0, "".join(said)


def test_a_planted_error_in_an_example_is_noticed():
    found = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "planted", None, None)
    assert doctest.DocTestRunner().run(found, out=lambda _: None).failed == 1


def test_the_script_of_the_readme_runs_and_scores_as_the_stored_run_does(small, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len([line for line in code.splitlines() if line]) <= 20
    used = {}
    exec(compile(code, "fer_lib/README.md", "exec"), used)
    said = capsys.readouterr().out
    run = run_training.obtain(used["experiment"])
    tested = run.predictions[run.predictions["set"] == "test"].reset_index(drop=True)
    pd.testing.assert_frame_equal(used["predictions"], tested, check_exact=True)
    for head, score in (("emotion", "accuracy"), ("authenticity", "AUC")):
        of = metrics.judged(tested, run.task[head])

        def scores(chosen, of=of, score=score):
            if score == "AUC":
                return {score: metrics.auc(of.truth[chosen], of.score[chosen])}
            return {score: float((of.truth[chosen] == of.guess[chosen]).mean())}

        expected = bootstrap(of.groups, scores, 1000, 0)[score]
        assert f"{head} {score} {expected}\n" in said
    of = metrics.judged(tested, run.task["emotion"])
    expected = sk.confusion_matrix(of.truth, of.guess, labels=range(7))
    table = pd.DataFrame(expected, *(pd.Index(EMOTIONS, name=n) for n in ("true", "predicted")))
    assert str(table) in said


def test_fit_without_frozen_stages_gives_the_stored_run_bit_for_bit(trained):
    experiment, _, _, network, history = trained
    run = run_training.obtain(experiment)
    for name, tensor in run.weights().items():
        assert tensor.equal(network.tail.state_dict()[name]), name
    same = [column for column in run.history if column != "seconds"]
    pd.testing.assert_frame_equal(history[same], run.history[same])
    assert not network.training


def test_fit_and_predict_learn_from_the_images_that_they_are_given(trained):
    experiment, faces, parts, network, _ = trained
    dark = replace(faces, images=faces.images // 4)
    other = api.build(experiment)
    api.fit(other, experiment, dark, parts)
    assert not other.tail.dense[1].weight.equal(network.tail.dense[1].weight)
    one, two = (api.predict(network, of, parts)["p_genuine"] for of in (faces, dark))
    assert not one.equals(two)


def test_a_partly_frozen_network_learns_from_images(small, monkeypatch):
    tiny.use_weights(monkeypatch, None)
    experiment = configs.first("dual_task", SETTINGS)
    faces = api.load(SETTINGS)
    network = api.build(experiment)
    before = {k: v.clone() for k, v in network.state_dict().items()}
    api.fit(network, experiment, faces, api.split(faces.table))
    changed = {k for k, v in network.state_dict().items() if not v.equal(before[k])}
    assert changed and all(name.startswith("tail.") for name in changed)


def test_predict_takes_a_part_or_every_image(trained):
    _, faces, parts, network, _ = trained
    every = api.predict(network, faces)
    assert list(every["image_id"]) == list(faces.table["image_id"])
    some = api.predict(network, faces, parts, "val")
    assert set(some["set"]) == {"val"}
    assert list(some["image_id"]) == list(faces.table.loc[parts == "val", "image_id"])
    np.testing.assert_allclose(
        some["p_genuine"], every.loc[(parts == "val").to_numpy(), "p_genuine"], atol=1e-6
    )


def test_what_cannot_be_fitted_or_predicted_is_refused_at_once(trained):
    experiment, faces, parts, network, _ = trained
    with pytest.raises(ValueError, match="no image is in part 'tset': choose one of train, val"):
        api.predict(network, faces, parts, "tset")
    with pytest.raises(ValueError, match="100 parts for 140 images"):
        api.predict(network, faces, parts[:100])
    with pytest.raises(ValueError, match="no image is in part 'val'"):
        api.fit(network, experiment, faces, parts.replace("val", "train"))
    smote = configs.first("b3_embedding", SETTINGS)
    with pytest.raises(ValueError, match="b3_embedding needs stored activations: load_run"):
        api.fit(network, smote, faces, parts)


def test_load_takes_as_many_subjects_as_the_profile_does(monkeypatch):
    asked = []
    monkeypatch.setattr(datasets, "by_name", lambda *given: asked.append(given))
    monkeypatch.setattr(datasets, "subjects", lambda name, profile: (name, profile))
    api.load(Settings("gffd2025", "/my/faces", "book", 3), size=64)
    api.load(SETTINGS, progress=False)
    assert asked == [
        ("gffd2025", "/my/faces", 64, ("gffd2025", "book"), True),
        ("rendered46", None, None, ("rendered46", "smoke"), False),
    ]


def test_load_run_is_the_stored_run(trained):
    experiment = trained[0]
    assert api.load_run("cnn_baseline", SETTINGS).folder == run_training.obtain(experiment).folder
    with pytest.raises(ValueError, match="unknown arm 'cnn'"):
        api.load_run("cnn", SETTINGS)


def answers(n=200, seed=0):
    """Return made-up predictions of both heads."""
    chance = np.random.default_rng(seed)
    p = chance.dirichlet(np.ones(len(EMOTIONS)), n)
    table = pd.DataFrame(p, columns=[f"p_{name}" for name in EMOTIONS])
    return table.assign(
        group=chance.integers(0, 9, n).astype(str),
        emotion=chance.choice(EMOTIONS, n),
        authenticity=chance.choice(AUTHENTICITY, n),
        p_genuine=chance.random(n),
    )


def test_confusion_is_scikit_learns(trained):
    table, task = answers(), trained[0].task
    guess = np.array(EMOTIONS)[table[[f"p_{e}" for e in EMOTIONS]].to_numpy().argmax(1)]
    found = api.confusion(table, task["emotion"])
    expected = sk.confusion_matrix(table["emotion"], guess, labels=EMOTIONS)
    assert found.to_numpy().tolist() == expected.tolist()
    assert tuple(found.index) == tuple(found.columns) == EMOTIONS
    assert (found.index.name, found.columns.name) == ("true", "predicted")


def test_curves_are_those_of_each_class_against_the_rest(trained):
    table, task = answers(), trained[0].task
    found = api.curves(table, task["emotion"], 5)
    assert found["class"].unique().tolist() == list(EMOTIONS)
    for name, own in found.groupby("class"):
        expected = metrics.curve_points(table["emotion"] == name, table[f"p_{name}"], 5)
        pd.testing.assert_frame_equal(own.drop(columns="class").reset_index(drop=True), expected)
    genuine = api.curves(table, task["authenticity"])
    assert genuine["class"].unique().tolist() == ["genuine"] and len(genuine) == 11
    expected = metrics.curve_points(table["authenticity"] == "genuine", table["p_genuine"])
    pd.testing.assert_frame_equal(genuine.drop(columns="class"), expected)
    seen = api.curves(table[table["emotion"] != "fear"], task["emotion"])
    assert "fear" not in set(seen["class"]) and seen["class"].nunique() == 6
    with pytest.raises(ValueError, match="every image has one class of head authenticity"):
        api.curves(table[table["authenticity"] == "fake"], task["authenticity"])


def test_cams_and_lime_are_the_older_functions_on_the_predicted_class(trained):
    experiment, faces, _, network, _ = trained
    images = augmentation.resize(faces.images[:3], network.side)
    for head in experiment.task.heads:
        said = api.predict(network, faces)[:3]
        guess = metrics.judged(said, head).guess
        asked = torch.from_numpy(guess)
        found = api.cams(network, faces.images[:3], head)
        assert set(found) == set(grad_cam.METHODS)
        layer = network.explained_layer(head.name)
        for method, maps in found.items():
            older = grad_cam.by_package(network, images, layer, head.name, asked, method)
            assert maps.tobytes() == older.tobytes()
        named = api.cams(network, faces.images[:3], head, 0, ("Grad-CAM",))["Grad-CAM"]
        older = grad_cam.by_package(network, images, layer, head.name, asked * 0, "Grad-CAM")
        assert named.tobytes() == older.tobytes()
        picture = images[0].permute(1, 2, 0).contiguous().numpy()
        parts = lime_module.segments_of(picture, 50)
        for target in (None, 1):
            place = int(guess[0]) if target is None else target
            weights = lime_module.weights_of(network, picture, parts, head.name, place, 32, 5)
            map_ = api.lime(network, faces.images[0], head, target, copies=32, seed=5)
            assert map_.tobytes() == weights.astype(np.float32)[parts].tobytes()


def test_split_is_by_subject_and_by_image_is_not(small):
    table = api.load(SETTINGS).table
    assert table["group"].groupby(api.split(table)).nunique().sum() == table["group"].nunique()
    assert splits.by_image(table).groupby(table["group"]).nunique().max() == 3
    assert fit_predict.SPLITS == splits.SPLITS
