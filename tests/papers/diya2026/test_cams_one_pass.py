"""Class activation maps from one pass find a planted cue, and are what two packages give."""

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam

from fer_lib.explain import grad_cam
from fer_lib.explain.one_head import OneHead, logits
from fer_lib.models import backbones, pretrained_registry
from fer_lib.papers.diya2026.explanations import cams_one_pass, map_scores, resized_model
from fer_lib.papers.diya2026.explanations.finer_layer import finer_layer
from fer_lib.papers.diya2026.models import cnn_baseline, dual_task
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training.augmentation import normalise
from tests.helpers.explained import (  # noqa: F401
    SIDE,
    TARGETS,
    Corners,
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
    asked = torch.tensor([target])
    (found,) = cams_one_pass.one(model, image[None], model.bright, head, asked, method)
    assert found.shape == (32, 32)
    assert share(found, corner(head)) > 0.95


def test_the_wrong_head_is_noticed(image, monkeypatch):  # noqa: F811
    """The trap: a method that explains the first output whatever it is asked for."""
    model = Corners().eval()
    monkeypatch.setattr(cams_one_pass, "logits", lambda output, head: logits(output, "emotion"))
    (found,) = cams_one_pass.one(model, image[None], model.conv, "authenticity", torch.tensor([0]))
    assert share(found, corner("authenticity")) < 0.05 < 0.95 < share(found, corner("emotion"))


def models():
    torch.manual_seed(0)
    cnn = cnn_baseline.build(TASK, [], 0, 32, False).eval()
    backbone = backbones.create(pretrained_registry.family("lite0")[0], None)
    dual = dual_task.build(TASK, [backbone], 4, 32, False).eval()
    last = [(model, model.explained_layer("emotion")) for model in (cnn, dual)]
    finer = finer_layer(dual, last[1][1], torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
    return [*last, (dual, dual.trunks[0]), (dual, finer)]


@pytest.mark.parametrize("which", range(3))
def test_both_heads_from_one_pass_equal_captums_one_by_one(noisy, which):  # noqa: F811
    model, layer = models()[which]
    targets = {
        "emotion": torch.tensor([0, 3, 6, 2, 2]),
        "authenticity": torch.tensor([0, 1] * 2 + [1]),
    }
    passes = []
    model.register_forward_hook(lambda *_: passes.append(1))
    found = cams_one_pass.maps(model, noisy, dict.fromkeys(targets, layer), targets)
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


@pytest.mark.parametrize("method", grad_cam.METHODS)
@pytest.mark.parametrize("which", range(4))
def test_all_heads_from_one_pass_equal_the_package_head_by_head(which, method):
    model, layer = models()[which]
    side = SIDE if which == 0 else 2 * SIDE  # a grid of more than one cell
    chance = np.random.default_rng(2)
    images = torch.from_numpy(chance.integers(0, 256, (5, 3, side, side), dtype=np.uint8))
    targets = {
        "emotion": torch.tensor([0, 3, 6, 2, 2]),
        "authenticity": torch.tensor([0, 1, 0, 1, 1]),
    }
    found = cams_one_pass.maps(model, images, dict.fromkeys(targets, layer), targets, (method,))
    shown = 0
    for head, target in targets.items():
        package = grad_cam.by_package(model, images, layer, head, target, method)
        for own, other in zip(found[method, head], package, strict=True):
            assert (np.ptp(own) == 0) == (np.ptp(other) == 0)
            if np.ptp(own) == 0:  # a map may vanish, or say the same everywhere
                continue
            scaled = map_scores.resized(own[None], side)[0]
            scaled = (scaled - scaled.min()) / np.ptp(scaled)
            np.testing.assert_allclose(other, scaled, atol=2e-3)
            assert np.corrcoef(scaled.ravel(), other.ravel())[0, 1] > 0.9999
            shown += 1
    assert shown >= 5


def test_many_images_equal_one_by_one(noisy, monkeypatch):  # noqa: F811
    model, layer = models()[0]
    target = torch.tensor([0, 3, 6, 2, 2])
    whole = cams_one_pass.one(model, noisy, layer, "emotion", target)
    monkeypatch.setattr(cams_one_pass, "BATCH", 2)
    parts = cams_one_pass.one(model, noisy, layer, "emotion", target)
    np.testing.assert_allclose(whole, parts, rtol=1e-4, atol=1e-5 * whole.max())


def test_the_model_is_left_as_it_was(noisy):  # noqa: F811
    model, layer = models()[0]
    before = model(normalise(noisy))["emotion"]
    cams_one_pass.one(model, noisy, layer, "emotion", torch.zeros(5, dtype=torch.int64))
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
    found = cams_one_pass.features_and_gradients(model, noisy, layers, targets)
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
    together = cams_one_pass.features_and_gradients(both, noisy, nested, targets)
    for head, layer in nested.items():
        alone = cams_one_pass.features_and_gradients(
            both, noisy, {head: layer}, {head: targets[head]}
        )
        torch.testing.assert_close(together[head][1], alone[head][1])


def test_a_layer_without_a_part_in_the_head_is_refused(noisy):  # noqa: F811
    model = Towers().eval()
    with pytest.raises(ValueError, match="takes no part in what head authenticity says"):
        cams_one_pass.one(
            model, noisy, model.high, "authenticity", torch.zeros(5, dtype=torch.int64)
        )
    assert not model.high._forward_hooks  # taken off although it failed


def test_a_layer_that_runs_twice_is_refused(noisy):  # noqa: F811
    class Twice(Corners):
        def forward(self, images):
            self.conv(images)
            return super().forward(images)

    model = Twice().eval()
    with pytest.raises(ValueError, match="runs twice"):
        cams_one_pass.one(model, noisy, model.conv, "emotion", torch.zeros(5, dtype=torch.int64))


def test_grad_cam_plus_plus_by_hand():
    features = torch.tensor([[[[1.0, 2.0]], [[3.0, 0.0]]]])
    gradients = torch.tensor([[[[1.0, -1.0]], [[2.0, 0.0]]]])
    # channel 0: sum 3; places: 1/(2+3) x relu(1), 1/(2-3) x relu(-1) = 0 -> 0.2
    # channel 1: sum 3; places: 4/(8+24) x 2 = 0.25, 0 -> 0.25
    found = cams_one_pass.grad_cam_plus_plus(features, gradients)
    torch.testing.assert_close(found, torch.tensor([[[0.2 + 0.75, 0.4]]]))


def test_eigen_cam_is_the_first_component_and_knows_no_head(noisy):  # noqa: F811
    place = np.zeros((4, 4))
    place[1, 2] = 3.0
    place[1, 3] = 1.0
    channels = np.array([2.0, 1.0, 0.5])
    for sign in (1, -1):  # the larger end is up, whichever way the features point
        features = torch.from_numpy(sign * channels[:, None, None] * place)[None]
        found = cams_one_pass.eigen_cam(features, torch.zeros_like(features))[0].numpy()
        expected = (place - place.mean()).clip(0) * np.linalg.norm(channels)
        np.testing.assert_allclose(found, expected, atol=1e-6)
    model, layer = models()[0]
    heads = {"emotion": torch.zeros(5, dtype=torch.int64), "authenticity": torch.ones(5).long()}
    maps = cams_one_pass.maps(model, noisy, dict.fromkeys(heads, layer), heads, ("EigenCAM",))
    assert np.array_equal(maps["EigenCAM", "emotion"], maps["EigenCAM", "authenticity"])


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


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_a_model_of_another_size_is_explained_on_the_same_image(image, head, target):  # noqa: F811
    model = Corners().eval()
    large = image.repeat_interleave(2, 1).repeat_interleave(2, 2)
    behind = resized_model.Sized(model, SIDE).eval()
    (found,) = cams_one_pass.one(behind, large[None], model.conv, head, torch.tensor([target]))
    assert found.shape == (SIDE, SIDE)
    assert share(found, corner(head)) > 0.9
    same = model(normalise(image[None]))
    again = behind(normalise(large[None]))
    for own, other in zip(same.values(), again.values(), strict=True):
        assert (own - other).abs().max() < 0.2 * own.abs().max()
