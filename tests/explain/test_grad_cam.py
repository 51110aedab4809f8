"""`pytorch_grad_cam` explains the head, class and images asked for, and changes nothing."""

import numpy as np
import pytest
import torch
from torch import nn

from fer_lib.explain import grad_cam
from fer_lib.explain.grad_cam import METHODS, SCORE_CAM, by_package, cams
from fer_lib.explain.one_head import OneHead, logits
from fer_lib.papers.diya2026.models import cnn_baseline
from fer_lib.papers.diya2026.task import TASK
from fer_lib.training.augmentation import normalise
from tests.helpers.explained import SIDE, TARGETS, Corners, corner, image, noisy  # noqa: F401


def network():
    torch.manual_seed(0)
    model = cnn_baseline.build(TASK, [], 0, SIDE, False).eval()
    model.side = SIDE
    return model


@pytest.mark.parametrize("method", ["Grad-CAM", "Grad-CAM++", SCORE_CAM])
@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_a_map_lies_where_its_head_looks(image, head, target, method):  # noqa: F811
    model = Corners().eval()
    (found,) = by_package(model, image[None], model.bright, head, torch.tensor([target]), method)
    inside = found[corner(head)].sum() / found.sum()
    assert found.shape == (SIDE, SIDE)
    assert inside > (0.95 if method != SCORE_CAM else 0.3)


def test_the_wrong_head_at_batch_one_is_noticed(image, monkeypatch):  # noqa: F811
    """The trap of the package: a first output is explained whatever is asked for."""
    monkeypatch.setattr("fer_lib.explain.one_head.logits", lambda out, head: logits(out, "emotion"))
    model = Corners().eval()
    (found,) = by_package(
        model, image[None], model.conv, "authenticity", torch.tensor([0]), "Grad-CAM"
    )
    assert found[corner("authenticity")].sum() < 0.05 * found.sum()


def test_one_head_has_the_models_own_probabilities():
    model = Corners().eval()
    batch = torch.randn(4, 3, 32, 32)
    seen = OneHead(model, "authenticity")(batch).softmax(1)
    assert torch.allclose(seen[:, 1], model(batch)["authenticity"].sigmoid())
    assert torch.allclose(seen.sum(1), torch.ones(4))
    with pytest.raises(ValueError, match="unknown head 'mouth': choose one of emotion, authent"):
        OneHead(model, "mouth")(batch)


def test_each_image_has_its_own_class_and_one_image_is_as_many(noisy, monkeypatch):  # noqa: F811
    model = network()
    images = noisy.permute(0, 2, 3, 1).numpy()
    for head in TASK.heads:
        classes = logits(model(normalise(noisy)), head.name).argmax(1)
        found = cams(model, images, head)
        assert list(found) == list(METHODS)
        layer = model.explained_layer(head.name)
        for method, maps in found.items():
            assert maps.shape == (5, SIDE, SIDE) and maps.dtype == np.float32
            assert maps.min() == 0 and maps.max() == pytest.approx(1, abs=1e-5)
            for k in range(5):
                one = by_package(model, noisy[[k]], layer, head.name, classes[[k]], method)
                np.testing.assert_allclose(one[0], maps[k], atol=1e-4)
        monkeypatch.setattr(grad_cam, "BATCH", 2)
        parts = cams(model, images, head, methods=("Grad-CAM",))["Grad-CAM"]
        np.testing.assert_allclose(parts, found["Grad-CAM"], atol=1e-4)
        other = cams(model, images, head, 1, ("Grad-CAM",))["Grad-CAM"]
        for k in range(5):
            assert np.allclose(other[k], parts[k], atol=1e-4) == bool(classes[k] == 1)


@pytest.mark.parametrize("method", [*METHODS, SCORE_CAM])
def test_nothing_is_changed_and_nothing_is_printed(noisy, method, capfd):  # noqa: F811
    model = network().train()
    model.tail.eval()
    first = next(model.parameters())
    first.requires_grad_(False)
    last = list(model.parameters())[-1]
    last.grad = torch.ones_like(last)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    images = noisy[:2].permute(0, 2, 3, 1).numpy()
    assert cams(model, images, TASK["emotion"], methods=(method,))[method].max() > 0
    assert [module.training for module in model.modules()] == modes
    assert not any(module._forward_hooks for module in model.modules())
    assert all(p.requires_grad == (p is not first) for p in model.parameters())
    assert torch.equal(last.grad, torch.ones_like(last))
    assert all(p.grad is None for p in model.parameters() if p is not last)
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert capfd.readouterr() == ("", "")


def test_a_failure_is_raised_and_leaves_no_hook(noisy):  # noqa: F811
    """The package's own ``with`` swallows an IndexError and prints it."""
    model = network()
    layer = model.explained_layer("emotion")
    with pytest.raises(IndexError):
        by_package(model, noisy, layer, "emotion", torch.full((5,), 7), "Grad-CAM")
    assert not layer._forward_hooks
    assert all(p.requires_grad for p in model.parameters())
    with pytest.raises(ValueError, match="unknown method 'CAM': choose one of Grad-CAM, Grad-C"):
        by_package(model, noisy, layer, "emotion", torch.zeros(5, dtype=torch.int64), "CAM")
    images = noisy.permute(0, 2, 3, 1).numpy()
    with pytest.raises(ValueError, match="head emotion has no class 7: it has 7"):
        cams(model, images, TASK["emotion"], 7)


def test_eigen_cam_does_not_show_the_inverse(noisy):  # noqa: F811
    """A component's sign is arbitrary: its larger end must be up, also of negative features."""

    class Dark(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 1, bias=False)
            nn.init.constant_(self.conv.weight, self.weight)

        def forward(self, images):
            return {"emotion": self.conv(images).mean((2, 3)).repeat(1, 2)[:, :7]}

    lit = torch.full((1, 3, SIDE, SIDE), 110, dtype=torch.uint8)
    lit[:, :, 4:8, 4:8] = 250
    for weight in (-1.0, 1.0):
        Dark.weight = weight
        model = Dark().eval()
        (found,) = by_package(
            model, lit, model.conv, "emotion", torch.zeros(1, dtype=torch.int64), "EigenCAM"
        )
        assert found[4:8, 4:8].min() > 0.99 and found[8:].max() == 0
