"""What the pages on the six models say in words and tables is what their runs hold."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fer_lib.evaluation import over_seeds
from fer_lib.evaluation.over_seeds import Pooled
from fer_lib.models import pretrained_registry
from fer_lib.papers.diya2026 import model_page, named_configs
from fer_lib.papers.diya2026.task import TASK
from fer_lib.settings import Settings
from fer_lib.training import configs, load_runs
from tests.helpers import tiny

EMOTION, AUTHENTICITY = TASK.heads


def answers(seed=0, right=0.7, of="test"):
    """Return predictions for 10 subjects with every emotion, fake and genuine, some right."""
    chance = np.random.default_rng(seed)
    table = tiny.faces_of(1).table.copy()
    n, k = len(table), len(EMOTION.classes)
    place = EMOTION.places(table)
    known = chance.random(n) < right
    guess = np.where(known, place, (place + chance.integers(1, k, n)) % k)
    p = np.full((n, k), 0.05)
    p[np.arange(n), guess] = 1 - 0.05 * (k - 1)
    for column, values in zip(EMOTION.columns, p.T, strict=True):
        table[column] = values
    truth = AUTHENTICITY.places(table)
    table["p_genuine"] = np.clip(truth * 0.2 + chance.random(n) * 0.8, 0, 1)
    return table.assign(set=of)


def run(seed=0, right=0.7, sets=("test", "validation"), **about):
    history = pd.DataFrame(
        {
            "epoch": [1, 2],
            "best": [False, True],
            **{
                f"{part}_{head}_accuracy": [0.2, level]
                for part, level in (("train", 0.75), ("val", 0.5))
                for head in TASK.names
            },
        }
    )
    told = {"config": {"epochs": 2}, "group_kind": "subject", "frozen_stages": 0, "views": 0}
    predictions = pd.concat([answers(seed + k, right, of) for k, of in enumerate(sets)])
    return SimpleNamespace(
        task=TASK, predictions=predictions, history=history, about=told | about | {"seed": seed}
    )


def test_scores_are_those_over_seeds_on_the_set_to_judge_by():
    runs = [run(0), run(5)]
    found = model_page.scores(runs, seed=3)
    assert list(found.columns) == ["emotion", "authenticity"]
    for head, score, name in (
        ("emotion", "accuracy", "accuracy"),
        ("emotion", "AUC (macro)", "AUC"),
        ("authenticity", "AUC", "AUC"),
    ):
        tallies = over_seeds.tallies(runs, "test", head)
        assert found.loc[name, head] == over_seeds.over_seeds(tallies, 1000, 3)[score]
    assert pd.isna(found.loc["AUC within emotion", "emotion"])
    assert set(found.index) == set(model_page.SHOWN)


def test_further_subjects_come_before_the_test_part():
    both = run(sets=("test", "rendered_test"))
    assert model_page.judged_on(both) == "rendered_test"
    assert model_page.judged_on(run()) == "test"
    assert "further rendered subjects (10 subjects)" in model_page.rests_on([both])
    assert model_page.rests_on([run()]).startswith("1 training of at most 2 epochs, tested on the")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.2, 0.4, "above"), (0.05, 0.1, "below"), (0.1, 0.2, "not told apart from")],
)
def test_the_answer_says_where_the_interval_lies(low, high, said):
    one = Pooled((low + high) / 2, low, high, 10)
    found = pd.DataFrame({"emotion": {"accuracy": one}, "authenticity": {"AUC": one}})
    told = model_page.answer(found, TASK)
    assert f"{one}, {said} the chance level of 0.143" in told
    assert "below the chance level of 0.500" in told
    assert told.startswith("Emotion accuracy")


def test_the_most_frequent_confusion_is_named():
    table = answers(right=1.0)
    fear = np.flatnonzero((table["emotion"] == "fear").to_numpy())[:4]
    swapped = table.iloc[fear][["p_fear", "p_sad"]].to_numpy()[:, ::-1]
    table.loc[table.index[fear], ["p_fear", "p_sad"]] = swapped
    said = model_page.confused(table, EMOTION)
    assert "4 of 20 images of *fear* are named *sad*" in said
    assert said.endswith("Right are 136 of 140 images.")


def test_each_class_stands_against_the_rest():
    table = answers()
    found = list(model_page.against_rest(table, EMOTION))
    assert [name for name, _, _ in found] == list(EMOTION.classes)
    assert all((truth == (table["emotion"] == name)).all() for name, truth, _ in found)
    ((name, truth, p),) = model_page.against_rest(table, AUTHENTICITY)
    assert name == "genuine"
    assert np.array_equal(truth, table["authenticity"] == "genuine")
    assert np.array_equal(p, table["p_genuine"])
    happy = table[table["emotion"] == "happy"]
    assert not list(model_page.against_rest(happy, EMOTION))


def test_the_areas_are_named_from_the_largest_to_the_smallest():
    table = answers(right=0.5)
    table.loc[table["emotion"] != "sad", "p_sad"] = 0.0
    table.loc[table["emotion"] == "sad", "p_sad"] = 1.0
    said = model_page.areas(table, TASK)
    assert "*sad* has the area 1.000, the largest of all" in said
    assert said.count("area") == 2


def test_the_kept_epoch_is_the_one_that_is_told():
    said = model_page.parted(run())
    assert said.startswith("At the kept epoch (2), emotion accuracy is 0.750 in training and 0.500")


def test_what_is_frozen_is_told():
    assert model_page.frozen(run()) == "Every stage learns."
    said = model_page.frozen(run(frozen_stages=8, views=0))
    assert said.startswith("All stages")
    assert "3 changed copies" in model_page.frozen(run(frozen_stages=5, views=3))


def test_weights_stand_a_backbone_a_column():
    sources = [pretrained_registry.get(name) for name in ("mobilenet_v2", "xception")]
    found = model_page.weights(run(weights=[vars(source) for source in sources])).set_index("of")
    assert found.columns.tolist() == ["mobilenet_v2", "legacy_xception"]
    assert found.loc["built by"].tolist() == ["torchvision", "timm"]
    assert found.loc["first origin", "mobilenet_v2"] == "download.pytorch.org"
    assert found.loc["input mean"].tolist() == ["0.485 0.456 0.406", "0.5 0.5 0.5"]
    assert found.loc["sha256", "mobilenet_v2"] == "b0353104"


def test_the_better_variant_is_the_one_of_the_validation_part(monkeypatch):
    names = named_configs.VARIANTS["dual_task"]
    right = dict(zip(names, (0.3, 0.9), strict=True))
    asked, shown = [], []

    def need(wanted):
        asked.append((wanted.arm.name, wanted.settings.seed))
        return run(10 * wanted.settings.seed, right[wanted.arm.name], ("validation",))

    monkeypatch.setattr(load_runs, "need", need)
    monkeypatch.setattr(configs, "seeds", lambda name, _: 3 if name == "dual_task" else 2)
    monkeypatch.setattr(model_page.tables, "table", lambda frame, _: shown.append(frame))
    monkeypatch.setattr(model_page.tables, "say", shown.append)
    each = [Settings("rendered46", "", "book", seed) for seed in range(3)]
    assert model_page.variants("dual_task", each) == "dual_task_frozen"
    assert asked == [(name, seed) for name in names for seed in (0, 1)]
    table, said = shown
    assert table.loc["frozen: heads learn", "emotion accuracy"].value == pytest.approx(0.9, abs=0.1)
    assert "`dual_task_frozen` has the higher mean" in said
    assert "in 2 of 2 seeds" in said
