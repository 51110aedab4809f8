"""Class activation maps find a planted cue, name their head, and are what captum gives."""

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam

from fer_lib.explain import grad_cam
from fer_lib.explain.one_head import logits
from fer_lib.models import backbones, pretrained_registry
from fer_lib.papers.diya2026.explanations import map_scores, resized_model
from fer_lib.papers.diya2026.explanations.finer_layer import finer_layer
from fer_lib.papers.diya2026.models import cnn_baseline, dual_task
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training.augmentation import normalise
from tests.helpers.explained import (  # noqa: F401
    SIDE,
    TARGETS,
    Corners,
    OneHead,
    corner,
    image,
    noisy,
)

GRADIENT_METHODS = ("Grad-CAM", "Grad-CAM++")


def share(found, mask):
    return map_scores.energy_share(found[None], mask[None])[0, 0]


@pytest.mark.parametrize("method", GRADIENT_METHODS)
@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_a_map_lies_where_its_head_looks(image, head, target, method):  # noqa: F811
    model = Corners().eval()
    (found,) = grad_cam.one(model, image[None], model.conv, head, torch.tensor([target]), method)
    assert found.shape == (32, 32)
    assert share(found, corner(head)) > 0.95


def test_the_wrong_head_is_noticed(image, monkeypatch):  # noqa: F811
    """The trap: a method that explains the first output whatever it is asked for."""
    model = Corners().eval()
    monkeypatch.setattr(grad_cam, "logits", lambda output, head: logits(output, "emotion"))
    (found,) = grad_cam.one(model, image[None], model.conv, "authenticity", torch.tensor([0]))
    assert share(found, corner("authenticity")) < 0.05 < 0.95 < share(found, corner("emotion"))


def models():
    torch.manual_seed(0)
    cnn = cnn_baseline.build(TASK, [], 0, 32, False).eval()
    backbone = backbones.create(pretrained_registry.family("lite0")[0], None)
    dual = dual_task.build(TASK, [backbone], 4, 32, False).eval()
    last = [(model, model.explained_layer("emotion")) for model in (cnn, dual)]
    return [*last, (dual, dual.trunks[0])]


@pytest.mark.parametrize("which", range(3))
def test_both_heads_from_one_pass_equal_captums_one_by_one(noisy, which):  # noqa: F811
    model, layer = models()[which]
    targets = {
        "emotion": torch.tensor([0, 3, 6, 2, 2]),
        "authenticity": torch.tensor([0, 1] * 2 + [1]),
    }
    passes = []
    model.register_forward_hook(lambda *_: passes.append(1))
    found = grad_cam.maps(model, noisy, dict.fromkeys(targets, layer), targets)
    assert len(passes) == 1
    for head, target in targets.items():
        expected = LayerGradCam(OneHead(model, head), layer).attribute(
            normalise(noisy), target=target, relu_attributions=True
        )
        expected = expected.detach().squeeze(1).numpy()
        assert expected.max() > 0
        np.testing.assert_allclose(
            found["Grad-CAM", head], expected, rtol=1e-4, atol=1e-6 * expected.max()
        )
    assert not np.allclose(found["Grad-CAM", "emotion"], found["Grad-CAM", "authenticity"])


def test_many_images_equal_one_by_one(noisy, monkeypatch):  # noqa: F811
    model, layer = models()[0]
    target = torch.tensor([0, 3, 6, 2, 2])
    whole = grad_cam.one(model, noisy, layer, "emotion", target)
    monkeypatch.setattr(grad_cam, "BATCH", 2)
    parts = grad_cam.one(model, noisy, layer, "emotion", target)
    np.testing.assert_allclose(whole, parts, rtol=1e-4, atol=1e-5 * whole.max())


def test_the_model_is_left_as_it_was(noisy):  # noqa: F811
    model, layer = models()[0]
    before = model(normalise(noisy))["emotion"]
    grad_cam.one(model, noisy, layer, "emotion", torch.zeros(5, dtype=torch.int64))
    assert not layer._forward_hooks
    assert all(p.requires_grad and p.grad is None for p in model.parameters())
    assert torch.equal(before, model(normalise(noisy))["emotion"])


class Towers(torch.nn.Module):
    """Each head has a tower of its own; the lower layer of one feeds the other as well."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(2)
        self.low = torch.nn.Conv2d(3, 4, 3)
        self.high = torch.nn.Conv2d(4, 5, 3, padding=1)
        self.alone = torch.nn.Conv2d(3, 2, 3)

    def forward(self, images):
        low = self.low(images).relu_()
        high = self.high(low)
        emotion = torch.cat([high, low], 1).mean((2, 3))[:, :7]
        genuine = self.alone(images).square().mean((1, 2, 3))
        return {"emotion": emotion, "authenticity": genuine}


def test_layers_may_differ_by_head_and_lie_behind_each_other(noisy):  # noqa: F811
    model = Towers().eval()
    targets = {"emotion": torch.full((5,), 1), "authenticity": torch.ones(5, dtype=torch.int64)}
    layers = {"emotion": model.low, "authenticity": model.alone}
    found = grad_cam.features_and_gradients(model, noisy, layers, targets)
    assert found["emotion"][0].shape[1] == 4
    assert found["authenticity"][0].shape[1] == 2
    nested = {"emotion": model.low, "authenticity": model.high}

    class Both(Towers):
        def forward(self, images):
            low = self.low(images).relu()
            high = self.high(low)
            emotion = torch.cat([high, low], 1).mean((2, 3))[:, :7]
            return {"emotion": emotion, "authenticity": high.mean((1, 2, 3))}

    both = Both().eval()
    nested = {"emotion": both.low, "authenticity": both.high}
    together = grad_cam.features_and_gradients(both, noisy, nested, targets)
    for head, layer in nested.items():
        alone = grad_cam.features_and_gradients(both, noisy, {head: layer}, {head: targets[head]})
        torch.testing.assert_close(together[head][1], alone[head][1])


def test_a_layer_without_a_part_in_the_head_is_refused(noisy):  # noqa: F811
    model = Towers().eval()
    with pytest.raises(ValueError, match="takes no part in what head authenticity says"):
        grad_cam.one(model, noisy, model.high, "authenticity", torch.zeros(5, dtype=torch.int64))
    assert not model.high._forward_hooks  # taken off although it failed


def test_a_layer_that_runs_twice_is_refused(noisy):  # noqa: F811
    class Twice(Corners):
        def forward(self, images):
            self.conv(images)
            return super().forward(images)

    model = Twice().eval()
    with pytest.raises(ValueError, match="runs twice"):
        grad_cam.one(model, noisy, model.conv, "emotion", torch.zeros(5, dtype=torch.int64))


def test_grad_cam_plus_plus_by_hand():
    features = torch.tensor([[[[1.0, 2.0]], [[3.0, 0.0]]]])
    gradients = torch.tensor([[[[1.0, -1.0]], [[2.0, 0.0]]]])
    # channel 0: sum 3; places: 1/(2+3) x relu(1), 1/(2-3) x relu(-1) = 0 -> 0.2
    # channel 1: sum 3; places: 4/(8+24) x 2 = 0.25, 0 -> 0.25
    found = grad_cam.grad_cam_plus_plus(features, gradients)
    torch.testing.assert_close(found, torch.tensor([[[0.2 + 0.75, 0.4]]]))


def test_eigen_cam_is_the_first_component_and_knows_no_head(noisy):  # noqa: F811
    place = np.zeros((4, 4))
    place[1, 2] = 3.0
    place[1, 3] = 1.0
    channels = np.array([2.0, 1.0, 0.5])
    features = torch.from_numpy(channels[:, None, None] * place)[None]
    found = grad_cam.eigen_cam(features, torch.zeros_like(features))[0].numpy()
    np.testing.assert_allclose(found, place * np.linalg.norm(channels), atol=1e-12)
    model, layer = models()[0]
    heads = {"emotion": torch.zeros(5, dtype=torch.int64), "authenticity": torch.ones(5).long()}
    maps = grad_cam.maps(model, noisy, dict.fromkeys(heads, layer), heads, ("EigenCAM",))
    assert np.array_equal(maps["EigenCAM", "emotion"], maps["EigenCAM", "authenticity"])


def test_unknown_head_is_refused():
    with pytest.raises(ValueError, match="unknown head 'mouth': choose one of emotion, authent"):
        OneHead(Corners(), "mouth")(torch.zeros(1, 3, 32, 32))


def test_the_explained_probability_is_the_models_own():
    model = Corners().eval()
    batch = torch.randn(4, 3, 32, 32)
    seen = OneHead(model, "authenticity")(batch).softmax(1)
    assert torch.allclose(seen[:, 1], model(batch)["authenticity"].sigmoid())
    assert torch.allclose(seen.sum(1), torch.ones(4))


def test_the_finer_layer_is_the_last_on_a_finer_grid(noisy):  # noqa: F811
    model, layer = models()[0]
    assert finer_layer(model, layer, noisy[:1]) is model.tail.tops[0][3]
    dual, last = models()[1]
    found = finer_layer(dual, last, noisy[:1])
    grids = []
    for module in (last, found):
        hook = module.register_forward_hook(lambda *given: grids.append(given[2].shape[-1]))
        dual(normalise(noisy[:1]))
        hook.remove()
    assert grids == [1, 2]
    with pytest.raises(ValueError, match="no layer before this one"):
        finer_layer(model, model.trunks[0], noisy[:1])


@pytest.mark.parametrize("channels", [3, 40])
def test_eigen_cam_is_that_of_a_singular_value_decomposition(channels):
    features = torch.rand(2, channels, 4, 5, generator=torch.Generator().manual_seed(0)) - 0.2
    found = grad_cam.eigen_cam(features, torch.zeros_like(features)).numpy()
    for picture, one in zip(features.double().numpy(), found, strict=True):
        table = picture.reshape(channels, -1)
        _left, strengths, rows = np.linalg.svd(table, full_matrices=False)
        first = strengths[0] * rows[0]
        first *= np.sign(first @ table.sum(0))
        np.testing.assert_allclose(one.ravel(), first.clip(0), atol=1e-4)


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_a_model_of_another_size_is_explained_on_the_same_image(image, head, target):  # noqa: F811
    model = Corners().eval()
    large = image.repeat_interleave(2, 1).repeat_interleave(2, 2)
    behind = resized_model.Sized(model, SIDE).eval()
    (found,) = grad_cam.one(behind, large[None], model.conv, head, torch.tensor([target]))
    assert found.shape == (SIDE, SIDE)
    assert share(found, corner(head)) > 0.9
    same = model(normalise(image[None]))
    again = behind(normalise(large[None]))
    for own, other in zip(same.values(), again.values(), strict=True):
        assert (own - other).abs().max() < 0.2 * own.abs().max()
