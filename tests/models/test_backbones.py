"""Backbones are cut without changing what they compute, and files fit by order of their tensors."""

from dataclasses import replace

import pytest
import torch

from engine.store import paths
from fer_lib.models import backbones, pretrained_registry, pretrained_weights, torchvision_repair
from fer_lib.training import feature_cache_key
from tests.helpers.tiny import tensors_of

LITE0 = pretrained_registry.get("efficientnet_lite0_packaged")


def made(source=LITE0):
    return backbones.create(source, tensors_of(source.architecture, source.library))


@pytest.mark.parametrize("row", ["efficientnet_lite0_packaged", "mobilenet_v2"])
@pytest.mark.parametrize("frozen", range(0, feature_cache_key.ALL_STAGES + 1, 2))
def test_trunk_and_top_together_are_the_backbone(row, frozen):
    source = replace(
        pretrained_registry.get(row),
        mean=pretrained_registry.IMAGENET[0],
        std=pretrained_registry.IMAGENET[1],
    )
    whole = made(source).eval()
    trunk, top = backbones.split(made(source), frozen)
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


def of_torchvision(name, **own):
    """Return torchvision's network with seeded weights, and statistics that noise has moved."""
    torchvision_repair.ensure()
    from torchvision import models

    network = getattr(models, name)(weights=None, **own)
    network.load_state_dict(tensors_of(name, "torchvision"))
    return network.eval()


def mobilenets(rate, trained=False):
    """Return the row's MobileNetV2 of torchvision, and timm's with the same weights."""
    source = pretrained_registry.get("mobilenet_v2")
    tensors = tensors_of("mobilenet_v2", "torchvision")
    if trained:
        file = paths.cache() / "weights" / source.file
        if not file.is_file():
            pytest.skip("the file is not in this store")
        pretrained_weights.check_sha256(file, source.sha256)
        tensors = pretrained_weights.load(file)
    timms = replace(source, library="timm", architecture="mobilenetv2_100")
    return [backbones.create(one, tensors, drop_path_rate=rate) for one in (source, timms)]


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("frozen", range(feature_cache_key.ALL_STAGES + 1))
def test_torchvisions_mobilenet_is_cut_where_timms_is_and_computes_the_same_bits(trained, frozen):
    """So results made with timm's network of torchvision's weights hold."""
    own, other = (backbones.split(one, frozen) for one in mobilenets(0.0, trained))
    images = torch.randn(2, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        found, expected = own[0](images), other[0](images)
        assert torch.equal(found, expected)
        assert torch.equal(own[1].eval()(found), other[1].eval()(expected))
    shapes = [[p.shape for p in part.parameters()] for pair in (own, other) for part in pair]
    assert shapes[:2] == shapes[2:]


def test_stochastic_depth_drops_the_same_blocks_as_timms():
    """Both draw from torch's one source in the same order, and forget the same paths."""
    own, other = (backbones.split(one, 0)[1].train() for one in mobilenets(0.5))
    images = torch.randn(4, 3, 64, 64)
    answers = []
    for top in (own, other):
        torch.manual_seed(3)
        answers.append(top(images))
        top.zero_grad()
        answers[-1].square().mean().backward()
    assert torch.equal(answers[0], answers[1])
    gradients = [[p.grad for p in top.parameters()] for top in (own, other)]
    assert all(torch.equal(a, b) for a, b in zip(*gradients, strict=True))
    torch.manual_seed(4)
    assert not torch.equal(own(images), answers[0])
    rates = [m.p for m in own.modules() if type(m).__name__ == "StochasticDepth"]
    blocks = (2, 4, 5, 7, 8, 9, 11, 12, 14, 15)  # those of 17 that add their input
    assert rates == pytest.approx([0.5 * place / 17 for place in blocks])


OFFICIAL = {
    "mobilenet_v2": "MobileNet_V2_Weights",
    "resnet18": "ResNet18_Weights",
    "inception_v3": "Inception_V3_Weights",
}


@pytest.mark.parametrize("row", OFFICIAL)
def test_a_row_of_torchvision_is_the_librarys_own_file_and_input(row):
    torchvision_repair.ensure()
    from torchvision import models

    source, official = pretrained_registry.get(row), getattr(models, OFFICIAL[row]).IMAGENET1K_V1
    assert source.library == "torchvision"
    assert source.origins[0] == official.url
    assert source.sha256.startswith(official.url.rpartition("-")[2].removesuffix(".pth"))
    assert len(official.meta["categories"]) == source.classes
    transform = official.transforms()
    batch = (torch.rand(2, 3, 4, 4) - torch.tensor(transform.mean).view(1, 3, 1, 1)) / (
        torch.tensor(transform.std).view(1, 3, 1, 1)
    )
    seen = backbones.InputRange(source)(batch)
    if row == "inception_v3":  # given its weights, torchvision's maps the batch itself
        network = models.inception_v3(weights=None, init_weights=False, transform_input=True)
        assert torch.allclose(seen, network._transform_input(batch), atol=1e-6)
    else:
        assert torch.allclose(seen, batch, atol=1e-6)


@pytest.mark.parametrize(
    ("row", "side", "width"), [("resnet18", 64, 512), ("inception_v3", 75, 2048)]
)
def test_a_backbone_of_torchvision_is_its_network_up_to_the_pooling(row, side, width):
    own = {"transform_input": True} if row == "inception_v3" else {}
    whole = of_torchvision(row, **own)
    backbone = made(pretrained_registry.get(row))
    assert backbone.num_features == width
    assert not any("Aux" in type(module).__name__ for module in backbone.modules())
    trunk, _ = backbones.split(backbone, feature_cache_key.ALL_STAGES)
    images = torch.randn(2, 3, side, side)
    with torch.no_grad():
        assert torch.allclose(whole.fc(trunk(images).mean((2, 3))), whole(images), atol=1e-4)
    with pytest.raises(ValueError, match="Layers is used whole or frozen whole, not cut"):
        backbones.split(backbone, 4)


def test_an_unknown_library_is_refused():
    with pytest.raises(ValueError, match="unknown library 'keras': timm or torchvision"):
        pretrained_registry.random_start("b0", "keras")


ORDER = {
    "b0_family": ["efficientnet_b0_ra-3dd342df.pth", "efficientnet-lite0-57934424.pth"],
    "b0": ["efficientnet_b0_ra-3dd342df.pth", "AA-ENet_proposed.pt"],
    "lite0": ["tf_efficientnet_lite0-0aa007d2.pth", "efficientnet-lite0-57934424.pth"],
    "mobilenet_v2": ["mobilenet_v2-b0353104.pth"],
    "b3": ["efficientnet_b3_ra2-cf984f9c.pth"],
    "xception": ["xception-43020ad28.pth"],
    "resnet18": ["resnet18-f37072fd.pth", "2025_resnet_imagenet_1k_pretrained_state_dict.pkl"],
    "inception_v3": ["inception_v3_google-0cc3c7bd.pth"],
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
    import torchvision

    known = {"timm": timm.list_models, "torchvision": torchvision.models.list_models}
    assert source.architecture in known[source.library]()


def test_the_same_bytes_stand_in_one_row():
    """Else what a result says of its weights would depend on who fetched the file first."""
    files = [pretrained_registry.get(name) for name in pretrained_registry.WEIGHTS]
    assert len({one.file for one in files}) == len({one.sha256 for one in files}) == len(files)
