"""One core learns any heads; what makes no sense is refused; two heads score as they always did."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib import pyplot as plt
from sklearn.metrics import average_precision_score, roc_auc_score
from torch.nn import functional

from fer_lib import models
from fer_lib.data import datasets
from fer_lib.evaluation import metrics
from fer_lib.evaluation import over_seeds as pooled
from fer_lib.evaluation.counts_by_subject import score as score_of
from fer_lib.evaluation.counts_by_subject import summary, tally
from fer_lib.explain import lime
from fer_lib.labels import AUTHENTICITY, EMOTIONS
from fer_lib.models import backbones, pretrained_registry
from fer_lib.papers.diya2026 import result_page, result_plots
from fer_lib.papers.diya2026.explanations import cams_one_pass
from fer_lib.papers.diya2026.models import cnn_baseline
from fer_lib.papers.diya2026.task import TASK as TWO
from fer_lib.settings import Settings
from fer_lib.task import Head, Task
from fer_lib.training import augmentation, configs, loop, losses, run_training, smote
from fer_lib.training.config import Arm, Experiment
from fer_lib.training.dataset import ActivationSamples, ImageSamples
from service import onnx_export
from tests.evaluation.test_over_seeds import faces
from tests.helpers import plain_scores, tiny

SEVEN = Task((Head("emotion", EMOTIONS, "emotion", "cross_entropy"),))
YES_NO = Task((Head("interest", ("bored", "interested"), "attention", "bce"),))
AGES = Head("age", ("child", "adult", "old"), "age_group", "focal", 0.5)
TASKS = {
    "seven classes": SEVEN,
    "yes or no": YES_NO,
    "two heads": TWO,
    "three heads": Task((AGES, *YES_NO.heads, replace(SEVEN.heads[0], name="mood"))),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a function that trains the smallest model for one epoch on noise, once a task."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        tiny.use(patch, tmp_path_factory.mktemp("task"))
        patch.setattr(cnn_baseline, "EPOCHS", 1)
        given = datasets.by_name("gffd2025")
        chance = np.random.default_rng(5)
        more = {
            head.column: chance.choice(head.classes, len(given.table))
            for head in (AGES, *YES_NO.heads)
        }
        patch.setattr(
            datasets, "by_name", lambda *_a, **_m: replace(given, table=given.table.assign(**more))
        )

        def run_of(name):
            if name not in made:
                wanted = Experiment(
                    configs.get("cnn_baseline"),
                    Settings("gffd2025", "", "smoke", 0),
                    TASKS[name],
                )
                made[name] = run_training.obtain(wanted)
            return made[name]

        yield run_of


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_learnt_and_predicted(trained, name):
    run, task = trained(name), TASKS[name]
    assert run.task == task
    assert len(run.history) == 1
    accuracies = [f"train_{head.name}_accuracy" for head in task.heads]
    scores = [
        f"val_{head.name}_{score}"
        for head in task.heads
        for score in (("accuracy", "auc") if head.yes_no else ("accuracy",))
    ]
    assert list(run.history) == [
        *("epoch", "train_loss", *accuracies, "val_loss", *scores),
        *("learning_rate", "best", "seconds"),
    ]
    columns = [column for head in task.heads for column in head.columns]
    assert list(run.predictions) == ["image_id", "set", "group", *task.columns, *columns]
    for head in task.heads:
        p = run.predictions[list(head.columns)].to_numpy()
        assert p.shape[1] == head.outputs
        assert np.allclose(p.sum(1), 1, atol=1e-5) is not head.yes_no
        assert ((p > 0) & (p < 1)).all()
        assert len(np.unique(p[:, 0])) > 1  # the images differ
    table = datasets.by_name("gffd2025").table.astype(str).set_index("image_id")
    of_images = table.loc[run.predictions["image_id"]]
    for column in task.columns:
        assert run.predictions[column].tolist() == of_images[column].tolist()


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_scored(trained, name):
    run, task = trained(name), TASKS[name]
    rows = result_page.rows_of(run, "test")
    matrices = [result_page.confusion([run], "test", head.name) for head in task.heads]
    for head, matrix in zip(task.heads, matrices, strict=True):
        truth = rows[head.column].to_numpy()
        counts = [(truth == c).sum() for c in head.classes]
        assert matrix.sum(1).tolist() == counts
        found = score_of(rows, head, 20)
        assert found["accuracy"].value == matrix.trace() / len(rows)
        assert ("AUC" in found, "AUC (macro)" in found) == (head.yes_no, not head.yes_no)
        assert ("AUC within emotion" in found) is (head.within == "emotion")
        over_seeds = pooled.over_seeds(pooled.tallies([run], "test", head.name), 20)
        assert set(over_seeds) == set(found) - {"average precision (macro)"}
        for score, interval in over_seeds.items():
            assert interval.value == found[score].value
    validation = result_page.on_validation([run], 1)
    assert list(validation)[: len(task.heads)] == [f"{h.name} {h.score}" for h in task.heads]
    assert ("mean of both" in validation) is (len(task.heads) == 2)
    figure = result_plots.all_heads(task, matrices, "m")
    shown = [axis for axis in figure.axes if axis.get_xticklabels()]
    names = [[label.get_text() for label in axis.get_xticklabels()] for axis in shown]
    assert [tuple(each) for each in names if each][: len(task.heads)] == [
        head.classes for head in task.heads
    ]
    plt.close(figure)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_explained_and_exported(trained, name, tmp_path):
    run, task = trained(name), TASKS[name]
    model = run_training.trained_model(run)
    pictures = datasets.by_name("gffd2025").images[:4]
    images = augmentation.resize(pictures, 32)
    said = loop.probabilities_of(model, images)
    assert list(said) == list(task.names)
    places = torch.arange(4)
    targets = {head.name: places % len(head.classes) for head in task.heads}
    layers = {head: model.explained_layer(head) for head in task.names}
    found = cams_one_pass.maps(model, images, layers, targets, ("Grad-CAM",))
    assert set(found) == {("Grad-CAM", head) for head in task.names}
    for maps in found.values():
        assert maps.shape[0] == 4
        assert maps.ndim == 3
        assert maps.max() > 0
    with pytest.raises(ValueError, match="unknown head 'mouth': choose one of"):
        model.explained_layer("mouth")
    segments = np.arange(32)[:, None] // 16 * 2 + np.arange(32)[None] // 16
    picture = images[0].permute(1, 2, 0).contiguous().numpy()
    for head in task.heads:
        weights = lime.weights_of(model, picture, segments, head.name, len(head.classes) - 1, 16, 0)
        assert weights.shape == (4,) and weights.any()
    path = tmp_path / "model.onnx"
    onnx_export.export(model, task, 32, path, {})
    compared = onnx_export.compare(model, path, pictures)
    assert list(compared.index) == [head.output for head in task.heads]
    assert compared["equal"].all()


@pytest.mark.parametrize("name", ["seven classes", "three heads"])
def test_smote_balances_one_head_and_maps_the_others(name):
    task = TASKS[name]
    balanced = "emotion" if name == "seven classes" else "interest"
    chance = np.random.default_rng(0)
    labels = {}
    for head in task.heads:
        places = chance.integers(0, len(head.classes), 80)
        labels[head.name] = torch.from_numpy(places.astype(np.float32) if head.yes_no else places)
    points = torch.from_numpy(chance.normal(size=(80, 4))).half()
    found = smote.with_synthetic(ActivationSamples((points,), (), labels), task, 0)
    counts = found.targets[balanced].unique(return_counts=True)[1]
    assert len(set(counts.tolist())) == 1
    for head, given in labels.items():
        assert found.targets[head].dtype == given.dtype
        assert found.targets[head][:80].equal(given)
        assert len(found.targets[head]) == len(found) > 80


def table_of(**columns):
    return pd.DataFrame({"image_id": ["a", "b"], **columns})


WRONG = {
    "no head": (lambda: Task(()), "a task without heads asks nothing: give one head or more"),
    "an unknown head": (lambda: TWO["mouth"], "unknown head 'mouth': choose one of emotion, auth"),
    "a column that is not there": (
        lambda: SEVEN.targets(table_of(mood=["sad", "sad"])),
        "head emotion reads column 'emotion', which the table lacks: choose one of image_id, mood",
    ),
    "a stratum's column that is not there": (
        lambda: Task(TWO.heads[1:]).targets(table_of(authenticity=["fake", "genuine"])),
        "head authenticity reads column 'emotion', which the table lacks: choose one of image_id",
    ),
    "a class that the head does not know": (
        lambda: SEVEN.targets(table_of(emotion=["sad", "bored"])),
        r"column 'emotion' holds 'bored', which is no class of head emotion \(angry, .*\): add the",
    ),
    "a label that is missing": (
        lambda: TWO.targets(table_of(emotion=["sad", "sad"], authenticity=["fake", None])),
        "head authenticity reads, has no label in 1 rows: give them one or leave them out",
    ),
    "one class": (lambda: Head("x", ("a",), "x", "bce"), "give two or more, each once"),
    "a class twice": (lambda: Head("x", ("a", "b", "a"), "x", "focal"), "two or more, each once"),
    "a name that is none": (lambda: Head("a.b", ("a", "b"), "x", "bce"), "take letters, digits"),
    "an unknown loss": (lambda: Head("x", ("a", "b"), "x", "hinge"), "unknown loss 'hinge'"),
    "bce of many": (lambda: Head("x", EMOTIONS, "x", "bce"), "choose cross_entropy or focal"),
    "cross-entropy of two": (
        lambda: Head("x", ("a", "b"), "x", "cross_entropy"),
        "choose bce or focal",
    ),
    "a negative weight": (lambda: replace(AGES, weight=-1.0), "weight -1.0: give 0 or more"),
    "no weight": (lambda: Task((replace(AGES, weight=0.0),)), "every head has weight 0"),
    "one name twice": (lambda: Task((AGES, AGES)), "two heads share the name 'age': rename one"),
    "one class in two heads": (
        lambda: Task((AGES, replace(AGES, name="other"))),
        "two heads share the column of probabilities 'p_adult'",
    ),
    "weights of an arm for other heads": (
        lambda: Experiment(configs.get("no_emotion"), Settings("gffd2025", "", "smoke", 0), SEVEN),
        "arm no_emotion has 2 loss_weights, and the task has the heads emotion: give one a head",
    ),
    "nothing to turn round": (
        lambda: Experiment(configs.get("wrong_10"), Settings("gffd2025", "", "smoke", 0), SEVEN),
        "turns yes/no labels round, and no head of the task has them: set wrong_labels = 0",
    ),
    "a branch without a head": (
        lambda: models.module("dual_branch").build(YES_NO, [backbone()], 8, 64, False),
        "dual_branch has a branch for each of two heads, and the task has 1: give it two heads or",
    ),
    "a head called like a part": (
        lambda: cnn_baseline.build(Task((replace(AGES, name="dense"),)), [], 0, 32, False),
        "CNNBaseline has a part called dense: rename the head",
    ),
}


def backbone():
    return backbones.create(pretrained_registry.random_start("tf_efficientnet_lite0"), None)


@pytest.mark.parametrize("what", WRONG)
def test_what_makes_no_sense_is_refused_in_one_line(what):
    ask, message = WRONG[what]
    with pytest.raises(ValueError, match=message) as refused:
        ask()
    assert "\n" not in str(refused.value)


def test_a_data_set_of_other_classes_is_refused_before_training(trained, monkeypatch):
    monkeypatch.setattr(run_training, "train", lambda *_a: pytest.fail("it trained"))
    fewer = Task((replace(SEVEN.heads[0], classes=EMOTIONS[1:]),))
    trained("seven classes")
    with pytest.raises(ValueError, match="holds 'angry', which is no class of head emotion"):
        settings = Settings("gffd2025", "", "smoke", 0)
        run_training.obtain(Experiment(configs.get("cnn_baseline"), settings, fewer))


def test_a_task_comes_back_from_json(trained):
    for name, task in TASKS.items():
        assert trained(name).task == task
    changed = configs.get("two_stream").applied(TWO)
    assert [(h.loss, h.weight, h.gamma) for h in changed.heads] == [
        ("cross_entropy", 1.0, 2.0),
        ("focal", 1.5, 2.0),
    ]
    assert configs.get("two_stream").applied(changed) == changed
    assert Arm("x", "dual_task", ("b0",)).applied(TWO) == TWO


# --- the formulas of the two heads as they stood when these were written into every module


@pytest.fixture
def case():
    generator = torch.Generator().manual_seed(0)
    emotion = torch.randint(0, 7, (64,), generator=generator)
    genuine = torch.randint(0, 2, (64,), generator=generator).float()
    output = {
        "emotion": torch.randn(64, 7, generator=generator),
        "authenticity": torch.randn(64, generator=generator),
    }
    return output, emotion, genuine


@pytest.mark.parametrize("kind", ["bce", "focal"])
@pytest.mark.parametrize(("alpha", "beta"), [(0.4, 0.6), (1.0, 1.5), (0.3, 0.7), (0.0, 1.0)])
def test_the_joint_loss_is_to_the_bit_what_it_was(case, kind, alpha, beta):
    output, emotion, genuine = case
    first = functional.cross_entropy(output["emotion"], emotion)
    each = functional.binary_cross_entropy_with_logits(
        output["authenticity"], genuine, reduction="none"
    )
    if kind == "focal":
        each = (1 - torch.exp(-each)) ** 2.0 * each
    expected = alpha * first + beta * each.mean()
    arm = Arm("x", "dual_task", ("b0",), loss=kind, gamma=2.0, loss_weights=(alpha, beta))
    labels = {"emotion": emotion, "authenticity": genuine}
    assert float(losses.joint(arm.applied(TWO), output, labels)) == float(expected)


def test_an_epochs_scores_are_to_the_bit_what_they_were(case, monkeypatch):
    output, emotion, genuine = case
    monkeypatch.setattr(loop, "outputs", lambda *_a: output)
    labels = {"emotion": emotion, "authenticity": genuine}
    found = loop.evaluate(None, ImageSamples(torch.zeros(64), labels), TWO)
    guess = (output["authenticity"] >= 0).float()
    right = (output["emotion"].argmax(1) == emotion).float().mean()
    expected = {
        "loss": float(losses.joint(TWO, output, labels)),
        "emotion_accuracy": float(right),
        "authenticity_accuracy": float((guess == genuine).float().mean()),
        "authenticity_auc": float(roc_auc_score(genuine.numpy(), output["authenticity"].numpy())),
    }
    assert list(found.items()) == list(expected.items())


def test_predictions_are_to_the_bit_what_they_were(case):
    output, emotion, genuine = case
    table = pd.DataFrame(
        {
            "image_id": [f"i{k}" for k in range(64)],
            "group": [f"s{k % 8}" for k in range(64)],
            "emotion": [EMOTIONS[k] for k in emotion],
            "authenticity": [AUTHENTICITY[int(k)] for k in genuine],
        }
    )
    expected = table.astype(str)
    expected.insert(1, "set", "test")
    p_emotion = output["emotion"].softmax(1).numpy()
    for place, name in enumerate(EMOTIONS):
        expected[f"p_{name}"] = p_emotion[:, place]
    expected["p_genuine"] = output["authenticity"].sigmoid().numpy()
    found = run_training.predictions(TWO, table, output, "test")
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_scores_are_to_the_bit_what_they_were():
    table = faces()
    p = table[[f"p_{e}" for e in EMOTIONS]].to_numpy()
    truth = pd.Categorical(table["emotion"], categories=list(EMOTIONS)).codes.astype(np.int64)
    genuine = (table["authenticity"] == "genuine").to_numpy()
    emotion, authenticity = (metrics.judged(table, head) for head in TWO.heads)
    assert np.array_equal(emotion.guess, p.argmax(1))
    assert np.array_equal(emotion.truth, truth)
    assert np.array_equal(emotion.score, p)
    assert np.array_equal(authenticity.guess, (table["p_genuine"] >= 0.5).to_numpy())
    assert np.array_equal(authenticity.truth, genuine)
    score = table["p_genuine"].to_numpy()
    within = plain_scores.auc_within(genuine, score, table["emotion"])
    found = {name: one.value for name, one in score_of(table, TWO["authenticity"], 2).items()}
    assert list(found.items())[-3:] == [
        ("AUC", metrics.auc(genuine, score)),
        (
            "AUC within emotion",
            pytest.approx(within, abs=1e-15),
        ),
        ("average precision", pytest.approx(average_precision_score(genuine, score), abs=1e-15)),
    ]
    found = {name: one.value for name, one in score_of(table, TWO["emotion"], 2).items()}
    expected = {
        "AUC (macro)": roc_auc_score,
        "average precision (macro)": average_precision_score,
    }
    assert list(found)[-2:] == list(expected)
    for name, of_class in expected.items():
        mean = np.mean([of_class(truth == k, p[:, k]) for k in range(7)])
        assert found[name] == pytest.approx(mean, abs=1e-15)
    of = tally(table, TWO["authenticity"])
    weights = pooled.weights_of(len(of.groups), 5, seed=3)
    assert of.wins.shape == (8, 12, 12)
    won = np.stack([((weights @ layer) * weights).sum(1) for layer in of.wins], 1)
    pairs = (weights @ of.positives.T) * (weights @ of.negatives.T)
    found = summary(of, weights)
    assert list(found)[-3:] == ["AUC", "AUC within emotion", "average precision"]
    assert np.array_equal(found["AUC"], won[:, 0] / pairs[:, 0])
    assert np.array_equal(found["AUC within emotion"], won[:, 1:].sum(1) / pairs[:, 1:].sum(1))
