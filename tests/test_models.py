"""Architectures have the counts they should, two named heads, and SE that starts as nothing."""

import pytest
import torch

from fer_lib.models.cnn_baseline import PAPER, CNNBaseline
from fer_lib.models.dual_task import DualTask, load_tensors
from fer_lib.models.squeeze_excitation import SqueezeExcitation
from fer_lib.weights import OFFICIAL_B0, PACKAGED_LITE0


def count(model):
    return sum(p.numel() for p in model.parameters())


def test_baseline_at_128_pixels_has_3_3_million_parameters():
    # Convolutions 896 + 18,496 + 73,856; dense 25,088 x 128 + 128; heads 903 + 129.
    assert count(CNNBaseline(128)) == 896 + 18496 + 73856 + 25088 * 128 + 128 + 903 + 129


def test_baseline_at_224_pixels_has_not():
    assert count(CNNBaseline(224)) > 11e6


def test_the_papers_layout_prints_as_3_3_million():
    assert round(count(CNNBaseline(224, **PAPER)) / 1e6, 1) == 3.3


def test_baseline_refuses_a_tiny_image():
    with pytest.raises(ValueError, match="image_size is 16"):
        CNNBaseline(16)


@pytest.mark.parametrize("source", [OFFICIAL_B0, PACKAGED_LITE0])
def test_heads_have_their_shapes(source):
    output = DualTask(source, None).eval()(torch.zeros(3, 3, 64, 64))
    assert output.emotion.shape == (3, 7)
    assert output.authenticity.shape == (3,)


def test_published_b0_backbone_has_its_count():
    backbone = DualTask(OFFICIAL_B0, None).backbone
    assert count(backbone) == 4_007_548


def test_squeeze_excitation_starts_as_the_identity():
    features = torch.randn(2, 16, 5, 5)
    assert torch.equal(SqueezeExcitation(16, 4)(features), features)


def test_added_gates_leave_the_pretrained_network_alone():
    import timm

    torch.manual_seed(0)
    plain = timm.create_model(PACKAGED_LITE0.architecture, num_classes=1000).eval()
    gated = DualTask(PACKAGED_LITE0, plain.state_dict()).eval()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        plain.reset_classifier(0)
        assert torch.equal(gated.backbone(images), plain(images))
    gates = [m for m in gated.modules() if isinstance(m, SqueezeExcitation)]
    assert len(gates) == 16


def test_gates_learn():
    torch.manual_seed(0)
    gate = SqueezeExcitation(8, 2)
    gate(torch.randn(2, 8, 4, 4)).square().sum().backward()
    assert gate.expand.weight.grad.abs().sum() > 0


def test_tensors_are_matched_by_order_and_shape():
    model = torch.nn.Linear(3, 2)
    load_tensors(model, {"w": torch.ones(2, 3), "b": torch.zeros(2)})
    assert torch.equal(model.weight, torch.ones(2, 3))
    with pytest.raises(ValueError, match="does not fit"):
        load_tensors(model, {"w": torch.ones(3, 2), "b": torch.zeros(2)})
    with pytest.raises(ValueError, match="has 1 tensors, the model 2"):
        load_tensors(model, {"w": torch.ones(2, 3)})
