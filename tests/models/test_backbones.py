"""Backbones are cut without changing what they compute, and files fit by order of their tensors."""

import pytest
import torch

from engine.store import paths
from fer_lib.models import backbones, pretrained_registry, pretrained_weights, torchvision_repair
from fer_lib.training import feature_cache_key
from tests.helpers.tiny import tensors_of

LITE0 = pretrained_registry.get("efficientnet_lite0_packaged")


def made(source=LITE0):
    return backbones.create(source, tensors_of(source.architecture))


@pytest.mark.parametrize("architecture", ["tf_efficientnet_lite0", "mobilenetv2_100"])
@pytest.mark.parametrize("frozen", range(0, feature_cache_key.ALL_STAGES + 1, 2))
def test_trunk_and_top_together_are_the_backbone(architecture, frozen):
    source = pretrained_registry.random_start(architecture)
    whole = backbones.create(source, tensors_of(architecture)).eval()
    trunk, top = backbones.split(backbones.create(source, tensors_of(architecture)), frozen)
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(top.eval()(trunk(images)), whole.forward_features(images))
    total = sum(p.numel() for p in whole.parameters())
    parts = [sum(p.numel() for p in part.parameters()) for part in (trunk, top)]
    assert sum(parts) == total
    assert (parts[0] == 0) is (frozen == 0)
    assert (parts[1] == 0) is (frozen == feature_cache_key.ALL_STAGES)


def test_a_trunk_never_learns_nor_moves():
    trunk, top = backbones.split(made(), 4)
    before = {k: v.clone() for k, v in trunk.state_dict().items()}
    for part in (trunk, top):
        part.train()
    assert not any(module.training for module in trunk.modules())
    top(trunk(torch.randn(4, 3, 64, 64))).sum().backward()
    assert all(p.grad is None and not p.requires_grad for p in trunk.parameters())
    assert all(torch.equal(v, before[k]) for k, v in trunk.state_dict().items())


def test_another_family_is_frozen_whole_or_refused():
    class Other(torch.nn.Module):
        def forward_features(self, images):
            return images * 2

    trunk, top = backbones.split(Other(), feature_cache_key.ALL_STAGES)
    assert len(top) == 0
    assert torch.equal(trunk(torch.ones(1, 3, 2, 2)), torch.full((1, 3, 2, 2), 2.0))
    with pytest.raises(ValueError, match="Other is used whole or frozen whole, not cut"):
        backbones.split(Other(), 4)


def test_a_random_start_is_the_same_every_time_and_disturbs_no_seed():
    source = pretrained_registry.random_start("tf_efficientnet_lite0")
    torch.manual_seed(3)
    first = backbones.create(source, None).state_dict()
    drawn = torch.rand(1)
    torch.manual_seed(99)
    second = backbones.create(source, None).state_dict()
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(1))


def test_randomise_draws_from_the_present_seed():
    found = []
    for seed in (0, 0, 1):
        backbone = made()
        torch.manual_seed(seed)
        backbones.randomise(backbone)
        found.append(backbone.conv_stem.weight.detach().clone())
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])
    assert not torch.equal(found[0], tensors_of(LITE0.architecture)["conv_stem.weight"])


def test_tensors_are_matched_by_order_and_shape():
    model = torch.nn.Linear(3, 2)
    backbones.load_tensors(model, {"w": torch.ones(2, 3), "b": torch.zeros(2)})
    assert torch.equal(model.weight, torch.ones(2, 3))
    with pytest.raises(ValueError, match="does not fit"):
        backbones.load_tensors(model, {"w": torch.ones(3, 2), "b": torch.zeros(2)})
    with pytest.raises(ValueError, match="has 1 tensors, the model 2"):
        backbones.load_tensors(model, {"w": torch.ones(2, 3)})


def test_tensors_with_the_models_own_names_go_by_name():
    model = torch.nn.Linear(2, 2)
    names = {"bias": torch.zeros(2), "weight": torch.ones(2, 2)}  # another order
    backbones.load_tensors(model, names)
    assert torch.equal(model.weight, torch.ones(2, 2))


@pytest.mark.parametrize("trained", [False, True])
def test_mobilenet_of_timm_computes_what_torchvisions_own_does(trained):
    """By order: a swapped pair of tensors of one shape would give other numbers."""
    torchvision_repair.ensure()
    import timm
    from torchvision.models import mobilenet_v2

    own = mobilenet_v2(weights=None)
    if trained:
        file = paths.cache() / "weights" / pretrained_registry.get("mobilenet_v2").file
        if not file.is_file():
            pytest.skip("the file is not in this store")
        pretrained_weights.check_sha256(file, pretrained_registry.get("mobilenet_v2").sha256)
        own.load_state_dict(pretrained_weights.load(file))
    else:
        torch.manual_seed(0)
        own.train()(torch.randn(8, 3, 64, 64))  # statistics that are no longer zero and one
    other = timm.create_model("mobilenetv2_100", num_classes=1000)
    backbones.load_tensors(other, own.state_dict())
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        expected, found = own.eval()(images), other.eval()(images)
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-4 * float(expected.std()))


ORDER = {
    "b0_family": ["efficientnet_b0_ra-3dd342df.pth", "efficientnet-lite0-57934424.pth"],
    "b0": ["efficientnet_b0_ra-3dd342df.pth", "AA-ENet_proposed.pt"],
    "lite0": ["tf_efficientnet_lite0-0aa007d2.pth", "efficientnet-lite0-57934424.pth"],
    "mobilenet_v2": ["mobilenet_v2-b0353104.pth"],
    "b3": ["efficientnet_b3_ra2-cf984f9c.pth"],
    "xception": ["xception-43020ad28.pth"],
    "resnet18": ["resnet18-f37072fd.pth", "2025_resnet_imagenet_1k_pretrained_state_dict.pkl"],
}


def test_families_are_looked_for_in_order_official_first():
    families = {name: pretrained_registry.family(name) for name in pretrained_registry.FAMILIES}
    assert {name: [s.file for s in found] for name, found in families.items()} == ORDER
    for found in families.values():
        assert found[0].downloaded
        assert not any(source.downloaded for source in found[1:])


@pytest.mark.parametrize("name", list(pretrained_registry.WEIGHTS))
def test_every_file_has_a_licence_a_hash_and_fixed_origins(name):
    source = pretrained_registry.get(name)
    assert source.licence in ("Apache-2.0", "MIT", "BSD-3-Clause")
    assert len(source.sha256) >= 8
    assert int(source.sha256, 16) > 0
    assert source.origins
    for origin in source.origins:
        if pretrained_registry.is_address(origin):
            assert origin.endswith(source.file)
        else:
            assert len(source.sha256) == 64 or source.sha256 in source.file
            package, _, version = origin.partition("==")
            assert package
            assert version
    torchvision_repair.ensure()
    import timm

    assert timm.is_model(source.architecture)


def test_the_same_bytes_stand_in_one_row():
    """Else what a result says of its weights would depend on who fetched the file first."""
    files = [pretrained_registry.get(name) for name in pretrained_registry.WEIGHTS]
    assert len({one.file for one in files}) == len({one.sha256 for one in files}) == len(files)


class Answer:
    def __init__(self, status):
        self.status = status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_reachable_asks_official_files_only_and_fetches_none(monkeypatch):
    asked = []

    def urlopen(request, timeout):
        asked.append((request.full_url, request.get_method()))
        return Answer(200)

    monkeypatch.setattr(pretrained_registry.urllib.request, "urlopen", urlopen)
    assert pretrained_registry.reachable("b0")
    assert asked == [(pretrained_registry.get("efficientnet_b0").origins[0], "HEAD")]
    monkeypatch.setattr(pretrained_registry.urllib.request, "urlopen", lambda *_, **__: Answer(404))
    assert not pretrained_registry.reachable("b0")

    def fail(*_args, **_kwargs):
        raise OSError("no network")

    monkeypatch.setattr(pretrained_registry.urllib.request, "urlopen", fail)
    assert not pretrained_registry.reachable("b0")
