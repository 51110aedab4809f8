"""Each way to change the gates does that and nothing else."""

import pytest
import torch
from torch import nn

from fer_lib import models
from fer_lib.models import backbones, pretrained_registry
from fer_lib.papers.diya2026 import model_summary
from fer_lib.papers.diya2026.models import squeeze_excitation
from fer_lib.papers.diya2026.models.squeeze_excitation import FixedGate, SqueezeExcitation
from fer_lib.papers.diya2026.task import TASK
from tests.helpers.tiny import tensors_of

LITE0, B0 = (
    pretrained_registry.get("efficientnet_lite0_packaged"),
    pretrained_registry.get("efficientnet_b0"),
)


def network(source=B0, gates="as_published", frozen=0, seed=0):
    torch.manual_seed(seed)
    backbone = backbones.create(source, tensors_of(source.architecture))
    return models.module("dual_task").build(TASK, [backbone], frozen, 64, False, gates=gates).eval()


def gates_of(model):
    parts = model_summary.parts(model, 64)
    return int(parts["gates"].sum())


@torch.no_grad()
def features_of(model, images):
    return model.tail.tops[0](images)


@pytest.fixture(scope="module")
def images():
    return torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("source", "gates"), [(LITE0, "added"), (B0, "on_top")])
def test_new_gates_start_as_the_identity_and_move_when_learning(images, source, gates):
    plain, gated = network(source), network(source, gates)
    assert torch.equal(features_of(plain, images), features_of(gated, images))
    new = [m for m in gated.modules() if isinstance(m, SqueezeExcitation)]
    assert len(new) == 16
    gated.train()(images)["emotion"].square().sum().backward()
    assert all(gate.expand.weight.grad.abs().sum() > 0 for gate in new)


@pytest.mark.parametrize(("source", "published"), [(LITE0, 0), (B0, 16)])
def test_as_published_changes_nothing_and_removed_leaves_none(images, source, published):
    plain, removed = network(source), network(source, "removed")
    assert (gates_of(plain), gates_of(removed)) == (published, 0)
    same = torch.equal(features_of(plain, images), features_of(removed, images))
    assert same is (published == 0)
    assert not [name for name, _ in removed.named_parameters() if ".se." in name]


def test_a_block_that_has_a_gate_gets_no_second_one_unless_asked():
    assert not [m for m in network(B0, "added").modules() if isinstance(m, SqueezeExcitation)]
    assert gates_of(network(B0, "on_top")) == 16


def test_only_stages_that_learn_are_changed():
    model = network(LITE0, "added", frozen=4)
    assert not [m for m in model.trunks.modules() if isinstance(m, SqueezeExcitation)]
    assert [m for m in model.tail.modules() if isinstance(m, SqueezeExcitation)]


class Gate(nn.Module):
    """As squeeze-and-excitation: one gate a channel, from the mean over the positions."""

    def forward(self, features):
        return features * features.mean((2, 3), keepdim=True).sigmoid()


class Block(nn.Module):
    """What `squeeze_excitation` looks for in a block of timm."""

    def __init__(self):
        super().__init__()
        self.conv_dw, self.se = nn.Conv2d(2, 2, 1, groups=2), Gate()

    def forward(self, features):
        return self.se(features)


def test_a_fixed_gate_is_the_mean_of_the_moving_ones():
    stages, moving = nn.Sequential(Block()), nn.Sequential(Block())
    squeeze_excitation.apply(stages, "fixed")
    means = torch.tensor([[1.0, -2.0], [3.0, 0.5], [0.0, 4.0]])
    images = means[:, :, None, None].expand(-1, -1, 2, 3).clone()
    images[:, :, 0, 0] += 1.0
    images[:, :, 1, 1] -= 1.0
    # In batches of different size: a mean of means would be another number.
    squeeze_excitation.fix_at_means(stages, moving, lambda m: [m(images[:1]), m(images[1:])])
    expected = means.sigmoid().mean(0)
    assert torch.allclose(stages[0].se.gates.flatten(), expected, atol=1e-6)
    # From now on it looks at no image.
    assert torch.allclose(stages(images), images * expected.view(1, 2, 1, 1))


def test_where_a_channel_is_nothing_its_gate_does_not_count():
    stages, moving = nn.Sequential(Block()), nn.Sequential(Block())
    squeeze_excitation.apply(stages, "fixed")
    images = torch.ones(2, 2, 2, 2)
    images[0, 0] = 0.0
    squeeze_excitation.fix_at_means(stages, moving, lambda m: m(images))
    expected = torch.ones(2).sigmoid()
    assert torch.allclose(stages[0].se.gates.flatten(), expected)


def test_fixed_at_one_image_the_net_says_of_it_what_it_said(images):
    """All sixteen blocks: each fixed gate is that of its own block."""
    one, moving = images[:1], network(B0)
    fixed = network(B0, "fixed")
    with torch.no_grad():
        squeeze_excitation.fix_at_means(fixed.tail, moving.tail, lambda tail: tail(one))
    assert sum(isinstance(m, FixedGate) for m in fixed.modules()) == 16
    before = features_of(moving, one)
    assert torch.allclose(features_of(fixed, one), before, rtol=1e-3, atol=1e-3 * before.std())
    others = features_of(moving, images[1:]) - features_of(fixed, images[1:])
    assert others.abs().max() > 0.01 * before.std()


def test_fixed_gates_do_not_learn():
    assert gates_of(network(B0, "fixed")) == 0
    names = dict(network(B0, "fixed").named_parameters())
    assert not [name for name in names if ".se." in name]


def test_unknown_gates_are_refused():
    with pytest.raises(ValueError, match="unknown gates 'none': choose one of as_published, added"):
        squeeze_excitation.apply(nn.Sequential(), "none")


@pytest.mark.parametrize(
    ("source", "one", "other"),
    [
        (LITE0, "as_published", "added"),
        (B0, "as_published", "on_top"),
        (B0, "as_published", "fixed"),
        (B0, "as_published", "removed"),
    ],
)
def test_a_pair_starts_from_the_same_weights_but_for_its_gates(source, one, other):
    """The heads too: drawing new gates must not shift what is drawn after them."""
    pair = [dict(network(source, gates).named_parameters()) for gates in (one, other)]
    common = {name for name in pair[0].keys() & pair[1].keys() if ".se." not in name}
    assert {"tail.emotion.1.weight", "tail.authenticity.1.weight"} <= common
    assert [name for name in common if not torch.equal(pair[0][name], pair[1][name])] == []
