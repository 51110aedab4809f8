"""Each file of weights gets the input it was trained with, whatever range the batch is in."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_images

from engine.store import paths
from fer_lib.models import ALL_STAGES, backbones, pretrained_registry, pretrained_weights
from fer_lib.training import augmentation

ROWS = sorted(pretrained_registry.WEIGHTS)


def stem_of(model):
    """Return the first convolution, which sees the images."""
    return next(one for one in model.modules() if isinstance(one, torch.nn.Conv2d))


def seen_by(convolution, network, images):
    caught = []
    handle = convolution.register_forward_hook(lambda _m, given, _out: caught.append(given[0]))
    with torch.inference_mode():
        network(augmentation.normalise(images))
    handle.remove()
    return caught[0]


@pytest.mark.parametrize("row", ROWS)
def test_a_source_gets_its_own_mean_and_std(row):
    source = pretrained_registry.get(row)
    backbone = backbones.create(source, None)
    stem = stem_of(backbone)
    trunk, _ = backbones.split(backbone, ALL_STAGES)
    pixels = torch.randint(0, 256, (2, 3, 80, 80), dtype=torch.uint8)
    mean, std = (torch.tensor(one).view(1, 3, 1, 1) for one in (source.mean, source.std))
    expected = (pixels / 255 - mean) / std
    assert torch.allclose(seen_by(stem, trunk, pixels), expected, atol=2e-6)


def test_where_every_stage_learns_the_top_converts():
    source = pretrained_registry.get("efficientnet_lite0_packaged")
    backbone = backbones.create(source, None)
    stem = stem_of(backbone)
    trunk, top = backbones.split(backbone, 0)
    pixels = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1).expand(2, 3, 64, 64)
    seen = seen_by(stem, lambda images: top(trunk(images)), pixels)
    assert torch.allclose(seen[0], torch.tensor(-1.0), atol=1e-6)
    assert torch.allclose(seen[1], torch.tensor(1.0), atol=1e-6)


def test_a_file_of_imagenets_own_range_gets_the_batch_itself():
    backbone = backbones.create(pretrained_registry.get("mobilenet_v2"), None)
    assert not len(backbone.input_range)
    trunk, _ = backbones.split(backbone, ALL_STAGES)
    pixels = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    assert torch.equal(seen_by(stem_of(trunk), trunk, pixels), augmentation.normalise(pixels))


def photographs():
    """Return the pictures of things that two packages ship, uint8 (5, 3, 224, 224)."""
    pictures = [data.chelsea(), data.coffee(), data.rocket(), *load_sample_images().images]
    found = []
    for picture in map(Image.fromarray, pictures):
        side = min(picture.size)
        left, top = ((length - side) // 2 for length in picture.size)
        square = picture.crop((left, top, left + side, top + side))
        found.append(np.asarray(square.resize((224, 224), Image.Resampling.BICUBIC)))
    return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2)


@pytest.mark.site
@pytest.mark.parametrize("row", ROWS)
def test_the_statistics_in_a_file_are_those_of_photographs_in_its_range(row):
    """The first batch normalisation has stored how large the stem's outputs were in training."""
    source = pretrained_registry.get(row)
    path = paths.cache() / "weights" / source.file
    if not path.exists():
        pytest.skip(f"{source.name} was not had by the smoke book")
    backbone = backbones.create(source, pretrained_weights.load(path, source.prefix)).eval()
    stem, trunk = stem_of(backbone), backbones.split(backbone, ALL_STAGES)[0]
    pixels = photographs()
    with torch.inference_mode():
        own = stem(seen_by(stem, trunk, pixels)).var((0, 2, 3))
        other = stem(another_range(source, pixels)).var((0, 2, 3))
    stored = next(m for m in trunk.modules() if isinstance(m, torch.nn.BatchNorm2d)).running_var
    assert 0.7 < float((own / stored).median()) < 1.4
    assert not 0.4 < float((other / stored).median()) < 2.5


def another_range(source, pixels):
    """Return the pixels in the range that the file does not declare: of 0.5 or of ImageNet."""
    if source.mean == pretrained_registry.IMAGENET[0]:
        return pixels / 127.5 - 1
    return augmentation.normalise(pixels)
