"""Architectures have the counts they should, two named heads, and SE that starts as nothing."""

from copy import deepcopy
from functools import cache

import pytest
import torch

from fer_lib import models
from fer_lib.models import backbones, pretrained_registry
from fer_lib.papers.diya2026.models.cnn_baseline import CNNBaseline
from fer_lib.papers.diya2026.models.squeeze_excitation import SqueezeExcitation
from fer_lib.papers.diya2026.task import TASK


def count(model):
    return sum(p.numel() for p in model.parameters())


@cache
def drawn(architecture):
    library = "torchvision" if architecture == MOBILE else "timm"
    return backbones.create(pretrained_registry.random_start(architecture, library), None)


def bare(architecture):
    """Return a copy of the one network that a random start is: to draw it takes long."""
    return deepcopy(drawn(architecture))


def built(model, *architectures, frozen=0, side=64, paper=False, **options):
    made = [bare(name) for name in architectures]
    return models.module(model).build(TASK, made, frozen, side, paper, **options)


def test_baseline_at_128_pixels_has_3_3_million_parameters():
    # Convolutions 896 + 18,496 + 73,856; dense 25,088 x 128 + 128; heads 903 + 129.
    assert count(CNNBaseline(TASK, 128)) == 896 + 18496 + 73856 + 25088 * 128 + 128 + 903 + 129


def test_baseline_at_224_pixels_has_not():
    assert count(CNNBaseline(TASK, 224)) > 11e6


def test_the_papers_layout_prints_as_3_3_million():
    assert round(count(built("cnn_baseline", side=224, paper=True)) / 1e6, 1) == 3.3


def test_the_filters_of_the_baseline_can_be_chosen():
    network = built("cnn_baseline", filters=[4, 8, 16])
    widths = [m.out_channels for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert widths == [4, 8, 16]


def test_baseline_refuses_a_tiny_image():
    with pytest.raises(ValueError, match="image_size is 16"):
        CNNBaseline(TASK, 16)


LITE0, B0, MOBILE = "tf_efficientnet_lite0", "efficientnet_b0", "mobilenet_v2"
EVERY = {
    "cnn_baseline": (),
    "two_stream": (LITE0, MOBILE),
    "embedding_dense": (LITE0,),
    "dual_branch": (LITE0,),
    "dual_task": (LITE0,),
}


@pytest.mark.parametrize("frozen", [0, 4, 8])
@pytest.mark.parametrize("model", EVERY)
def test_heads_have_their_shapes_and_depend_on_the_image(model, frozen):
    if model == "cnn_baseline" and frozen:
        pytest.skip("it has no backbone")
    torch.manual_seed(0)
    network = built(model, *EVERY[model], frozen=frozen).eval()
    output = network(torch.randn(3, 3, 64, 64))
    assert list(output) == ["emotion", "authenticity"]
    assert output["emotion"].shape == (3, 7)
    assert output["authenticity"].shape == (3,)
    assert len({*output["authenticity"].tolist()}) == 3


def test_a_fusion_sees_both_embeddings():
    torch.manual_seed(0)
    network = built("embedding_dense", MOBILE, LITE0, frozen=8).eval()
    assert network.tail.dense[0].in_features == 1280 + 1280
    images = torch.randn(2, 3, 64, 64)
    before = network(images)
    for trunk in network.trunks:  # one after the other is silenced
        kept = trunk.forward
        trunk.forward = lambda images, kept=kept: torch.zeros_like(kept(images))
        assert not torch.allclose(network(images)["emotion"], before["emotion"])
        trunk.forward = kept


def test_the_two_streams_share_nothing():
    torch.manual_seed(0)
    network = built("two_stream", LITE0, MOBILE, frozen=0)
    for head, own, other in (("emotion", 0, 1), ("authenticity", 1, 0)):
        network.zero_grad(set_to_none=True)
        network(torch.randn(2, 3, 64, 64))[head].sum().backward()
        assert all(p.grad is not None for p in network.tail.tops[own].parameters())
        assert all(p.grad is None for p in network.tail.tops[other].parameters())
        assert network.explained_layer(head) is network.tail.tops[own][-1]


@pytest.mark.parametrize("model", EVERY)
@pytest.mark.parametrize("head", ["emotion", "authenticity"])
def test_the_explained_layer_is_the_last_feature_map_that_the_head_sees(model, head):
    network = built(model, *EVERY[model]).eval()
    seen = []
    layer = network.explained_layer(head)
    layer.register_forward_hook(lambda _m, _i, out: seen.append(out.requires_grad_()) or out)
    network(torch.randn(1, 3, 64, 64))[head].sum().backward()
    (features,) = seen
    assert features.ndim == 4
    with pytest.raises(ValueError, match="unknown head 'age'"):
        network.explained_layer("age")


def test_published_b0_backbone_has_its_count():
    assert count(bare(B0)) == 4_007_548


def test_squeeze_excitation_starts_as_the_identity():
    features = torch.randn(2, 16, 5, 5)
    assert torch.equal(SqueezeExcitation(16, 4)(features), features)


def test_added_gates_leave_the_pretrained_network_alone():
    import timm

    torch.manual_seed(0)
    plain = timm.create_model(LITE0, num_classes=1000).eval()
    source = pretrained_registry.get("efficientnet_lite0_packaged")
    gated = backbones.create(source, plain.state_dict())
    network = models.module("dual_task").build(TASK, [gated], 0, 64, False).eval()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        features = network.tail.tops[0](images)
        # The network lies channels-last, so convolutions add up in another order.
        assert torch.allclose(
            features,
            plain.forward_features(backbones.InputRange(source)(images)),
            rtol=1e-4,
            atol=1e-5,
        )
    gates = [m for m in network.modules() if isinstance(m, SqueezeExcitation)]
    assert len(gates) == 16


def test_gates_learn():
    torch.manual_seed(0)
    gate = SqueezeExcitation(8, 2)
    gate(torch.randn(2, 8, 4, 4)).square().sum().backward()
    assert gate.expand.weight.grad.abs().sum() > 0
