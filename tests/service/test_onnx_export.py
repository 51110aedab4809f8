"""The exported file computes what the model does, and a difference would be seen."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch

import face_renderer as faces
from fer_lib.models import backbones, pretrained_registry
from fer_lib.papers.diya2026.models import cnn_baseline, dual_task, two_stream
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training import augmentation
from fer_lib.training.loop import probabilities_of
from service import onnx_export, onnx_runtime
from service.alignment import Template
from service.predict import Predictor

ABOUT = {"run": "a test", "template": Template((0.5, 0.45), 0.28, (0.5, 0.54), 0.72).as_dict()}


def lite0() -> torch.nn.Module:
    """Return a backbone with a random start."""
    return backbones.create(pretrained_registry.get("efficientnet_lite0_packaged"), None)


def stirred(model: torch.nn.Module) -> torch.nn.Module:
    """Return a model whose statistics and gates are not those it was made with."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.mul_(1 + 0.1 * torch.rand(tensor.shape, generator=generator))
                tensor.add_((torch.rand(tensor.shape, generator=generator) - 0.5) * 0.002)
        model.train()(torch.rand(8, 3, 64, 64, generator=generator))  # moves the statistics
    return model.eval()


@pytest.fixture(scope="module")
def pictures():
    rows = faces.plan(faces.RENDERED46)
    return np.stack([faces.render(row) for row in rows[3:1600:220]])


@pytest.fixture(scope="module", params=["cnn_baseline", "lite0 with gates", "two_stream"])
def exported(request, tmp_path_factory):
    torch.manual_seed(0)
    model = stirred(
        {
            "cnn_baseline": lambda: cnn_baseline.build(TASK, [], 0, 64, False),
            "lite0 with gates": lambda: dual_task.build(TASK, [lite0()], 3, 64, False),
            "two_stream": lambda: two_stream.build(TASK, [lite0(), lite0()], 3, 64, False),
        }[request.param]()
    )
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    onnx_export.export(model, TASK, 64, path, ABOUT)
    return model, path


def test_it_computes_the_same(exported, pictures):
    model, path = exported
    table = onnx_export.compare(model, path, pictures, batch=3)
    assert list(table.index) == ["p_emotion", "p_genuine"]
    assert (table["faces"] == len(pictures)).all()
    assert (table["largest difference"] <= onnx_export.TOLERANCE).all()
    assert (table["labels that differ"] == 0).all()
    assert table["equal"].all()


def test_it_agrees_with_what_the_runs_predict_with(exported, pictures):
    """Not only with our own wrapper: normalising and softmax are those of the training."""
    model, path = exported
    small = augmentation.resize(pictures, 64)
    said = probabilities_of(model, small)
    opened = onnx_runtime.session(path, 1)
    emotion, genuine = opened.run(["p_emotion", "p_genuine"], {onnx_export.INPUT: small.numpy()})
    assert np.abs(emotion - said["emotion"].numpy()).max() < onnx_export.TOLERANCE
    assert np.abs(genuine - said["authenticity"].numpy()).max() < onnx_export.TOLERANCE
    assert emotion.sum(1) == pytest.approx(1, abs=1e-5)
    assert np.ptp(genuine) > 0  # different faces get different answers


@pytest.mark.parametrize("head", ["emotion", "authenticity"])
def test_a_planted_difference_is_noticed(exported, pictures, head):
    model, path = exported
    parameter = list(getattr(model.tail, head).parameters())[-1]
    with torch.no_grad():
        parameter[0] += 0.01
    try:
        table = onnx_export.compare(model, path, pictures)
    finally:
        with torch.no_grad():
            parameter[0] -= 0.01
    wrong, right = ("p_emotion", "p_genuine")[:: 1 if head == "emotion" else -1]
    assert not table.loc[wrong, "equal"]
    assert table.loc[right, "equal"]


def test_a_model_in_training_mode_is_exported_as_it_is_used(pictures, tmp_path):
    torch.manual_seed(0)
    model = cnn_baseline.build(TASK, [], 0, 64, False).train()
    onnx_export.export(model, TASK, 64, tmp_path / "m.onnx", ABOUT)
    assert onnx_export.compare(model, tmp_path / "m.onnx", pictures)["equal"].all()


def test_one_file_that_says_what_it_is(exported, pictures):
    _, path = exported
    assert [file.name for file in path.parent.iterdir()] == ["model.onnx"]
    graph = onnx.load(path).graph
    assert [value.name for value in graph.input] == ["faces"]
    assert [value.name for value in graph.output] == ["p_emotion", "p_genuine"]
    assert graph.input[0].type.tensor_type.shape.dim[0].dim_param == "n"
    predictor = Predictor(path)
    assert predictor.side == 64
    assert predictor.about["run"] == "a test"
    assert predictor.about["emotions"][0] == "angry"
    small = list(augmentation.resize(pictures, 64).numpy().transpose(0, 2, 3, 1))
    together = predictor.judge(small)
    alone = [predictor.judge([face])[0] for face in small]
    for one, other in zip(together, alone, strict=True):
        assert one.p_genuine == pytest.approx(other.p_genuine, abs=1e-5)
        assert list(one.p_emotion.values()) == pytest.approx(
            list(other.p_emotion.values()), abs=1e-5
        )
    assert predictor.judge([]) == []


def test_another_onnx_file_is_not_served(exported, tmp_path):
    graph = onnx.load(exported[1])
    del graph.metadata_props[:]
    onnx.save(graph, tmp_path / "other.onnx")
    with pytest.raises(ValueError, match=r"other\.onnx was not exported by this project"):
        Predictor(tmp_path / "other.onnx")
