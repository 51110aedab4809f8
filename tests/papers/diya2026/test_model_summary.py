"""The paper's printed counts come out of its architectures; tables and drawings miss no part."""

from dataclasses import asdict, replace

import pytest
import torch

from fer_lib import models
from fer_lib.evaluation import ledgers
from fer_lib.models import ALL_STAGES, backbones
from fer_lib.models.pretrained_registry import random_start
from fer_lib.papers.diya2026 import architecture_plot, model_summary
from fer_lib.papers.diya2026.models import dual_branch, two_stream
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training import configs

LITE0, MOBILE = ("tf_efficientnet_lite0",), ("mobilenet_v2", "torchvision")


def in_millions(count):
    return round(count / 1e6, 1)


@pytest.fixture(scope="module")
def ledger():
    return ledgers.load("diya2026")


# The claim, the architecture, and which of its counts the paper prints.
PRINTED = {
    "cnn.parameters": ("cnn_baseline", (), "trainable", 3.3),
    "hybrid.parameters": ("two_stream", two_stream.PAPER, "with running statistics", 6.8),
    "noSE.parameters": ("dual_branch", dual_branch.PAPER, "with running statistics", 11.6),
    "noSE.trainable": ("dual_branch", dual_branch.PAPER, "trainable", 11.5),
}


@pytest.mark.parametrize("claim", PRINTED)
def test_a_printed_count_is_that_of_the_architecture(claim, ledger):
    model, names, which, expected = PRINTED[claim]
    found = model_summary.counts(model_summary.of_paper(model, names))[which]
    assert in_millions(found) == expected == float(ledger[claim].printed)


def test_running_statistics_are_two_a_channel():
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 1), torch.nn.BatchNorm2d(8))
    assert model_summary.counts(model) == {
        "parameters": 3 * 8 + 8 + 16,
        "trainable": 3 * 8 + 8 + 16,
        "with running statistics": 3 * 8 + 8 + 16 + 16,
    }


def built(model, *names, frozen=0, **options):
    made = [backbones.create(random_start(*name), None) for name in names]
    return models.module(model).build(TASK, made, frozen, 64, False, **options)


CASES = {
    "cnn_baseline": lambda: built("cnn_baseline"),
    "two_stream": lambda: built("two_stream", LITE0, MOBILE, frozen=6),
    "fusion": lambda: built("embedding_dense", MOBILE, LITE0, frozen=ALL_STAGES),
    "dual_branch": lambda: built("dual_branch", LITE0, frozen=4),
    "dual_task": lambda: built("dual_task", LITE0, frozen=4),
    "frozen whole": lambda: built("dual_task", LITE0, frozen=ALL_STAGES),
}


@pytest.mark.parametrize("case", CASES)
def test_every_parameter_stands_in_the_table_once(case):
    model = CASES[case]()
    parts = model_summary.parts(model, 64)
    assert parts["parameters"].sum() == model_summary.counts(model)["parameters"]
    learning = sum(p.numel() for p in model.tail.parameters() if p.requires_grad)
    assert parts.loc[parts["learns"], "parameters"].sum() == learning
    assert sorted(set(parts["stream"])) == [-1, *range(len(model.trunks))]
    assert not parts.duplicated(["stream", "part"]).any()


def test_shapes_are_those_that_an_image_meets():
    parts = model_summary.parts(built("dual_task", LITE0, frozen=4), 64).set_index("part")
    assert parts.loc["stem", "output"] == "32 × 32 × 32"
    assert parts.loc["last convolution", "output"] == "1280 × 2 × 2"
    assert parts.loc["emotion", "output"] == "7"
    assert parts.loc["authenticity", "output"] == "1"
    assert parts.loc[["stem", "stage 3"], "learns"].tolist() == [False, False]
    assert parts.loc[["stage 4", "last convolution", "emotion"], "learns"].all()
    # Gates are added to what learns: stages 4 to 7 have 3, 3, 4 and 1 blocks.
    assert parts["gates"].tolist() == [0, 0, 0, 0, 3, 3, 4, 1, 0, 0, 0]


def test_looking_at_a_model_leaves_it_as_it_was():
    model = built("dual_task", LITE0, frozen=4).train()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    model_summary.parts(model, 64)
    assert model.training
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    assert not any(m._forward_hooks for m in model.modules())


@pytest.mark.parametrize("case", CASES)
def test_a_drawing_shows_every_part(case):
    model = CASES[case]()
    parts = model_summary.parts(model, 64)
    names = [f"stream {k}" for k in range(len(model.trunks))]
    figure = architecture_plot.architecture(parts, names, 64)
    (axis,) = figure.axes
    texts = [text.get_text() for text in axis.texts]
    for _, part in parts.iterrows():
        gates = f" · {part['gates']} SE" if part["gates"] else ""
        expected = texts.count(part["part"] + gates)
        same = ((parts["part"] == part["part"]) & (parts["gates"] == part["gates"])).sum()
        assert expected == same, part["part"]
    for name in names:
        assert any(text.startswith(name) for text in texts)
    shown = " ".join(texts)
    assert all(output.replace(" × ", "×") in shown for output in parts["output"] if output)
    # A box says its parameters in millions or thousands, or a dash for none.
    counted = [text for text in texts if text.endswith((" M", " k", "–"))]
    assert len(counted) == len(parts)
    assert sum(text.endswith("–") for text in counted) == (parts["parameters"] == 0).sum()


def test_settings_stand_beside_those_of_the_paper(ledger):
    config = {"batch_size": 16, "learning_rate": 1e-4, "epochs": 5, "patience": 2}
    task = asdict(replace(configs.get("base"), loss_weights=(0.3, 0.7)).applied(TASK))
    about = {"config": config, "task": task, "image_size": 96}
    table = model_summary.settings(about, ledger)
    assert table["this run"].tolist() == ["96", "16", "0.0001", "5", "2", "0.3", "0.7"]
    assert table.loc["weight of the emotion loss", "paper"] == ledger["table4.alpha"].printed
