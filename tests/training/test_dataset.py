"""Training draws changed inputs, evaluation plain ones, and labels stay with their image."""

from dataclasses import replace

import pytest
import torch

from fer_lib.training import augmentation
from fer_lib.training.dataset import ActivationSamples, ImageSamples


def stored(n=20, views=6):
    """Two backbones; every value says which image, which view and which backbone it is of."""
    image = torch.arange(n).float()
    plain = tuple((image * 100 + 90 + b).half()[:, None] for b in (0, 1))
    view = torch.arange(views).float()[None, :, None]
    seen = tuple((image[:, None, None] * 100 + 10 * view + b).half() for b in (0, 1))
    return ActivationSamples(
        plain, seen, {"emotion": torch.arange(n) % 7, "authenticity": image % 2}
    )


def generator():
    return torch.Generator().manual_seed(0)


def test_both_backbones_see_the_same_view_of_the_same_image():
    batch = torch.tensor([3, 17, 5, 5])
    first, second = stored().drawn(batch, generator())
    assert torch.equal(second - first, torch.ones(4, 1))
    assert torch.equal((first[:, 0] // 100).long(), batch)
    assert first.dtype == torch.float32


def test_every_view_is_drawn_and_the_plain_image_is_not():
    samples, chance = stored(), generator()
    drawn = torch.cat([samples.drawn(torch.arange(20), chance)[0] for _ in range(200)])
    view = (drawn[:, 0] % 100 / 10).long()
    share = torch.bincount(view, minlength=10).float() / len(view)
    assert (share[:6] - 1 / 6).abs().max() < 0.03  # standard error 0.006
    assert share[6:].sum() == 0


@pytest.mark.parametrize("views", [(), (torch.zeros(20, 0, 1).half(),) * 2])
def test_without_views_nothing_is_changed(views):
    samples = replace(stored(), views=views)
    batch = torch.tensor([2, 9])
    for one, other in zip(samples.drawn(batch, generator()), samples.plain(batch), strict=True):
        assert torch.equal(one, other)


def test_plain_is_the_image_itself():
    first, second = stored().plain(torch.tensor([4]))
    assert (first.item(), second.item()) == (490, 491)


def test_images_are_normalised_and_changed_only_in_training():
    images = torch.randint(0, 256, (6, 3, 16, 16), dtype=torch.uint8)
    labels = {"emotion": torch.arange(6), "authenticity": torch.ones(6)}
    samples = ImageSamples(images, labels, augmentation.Augmentation())
    batch = torch.tensor([1, 4])
    (plain,) = samples.plain(batch)
    assert torch.equal(plain, augmentation.normalise(images[batch]))
    (drawn,) = samples.drawn(batch, generator())
    assert (drawn - plain).abs().max() > 0.1
    (again,) = samples.drawn(batch, generator())
    assert torch.equal(drawn, again)
    (still,) = replace(samples, augmentation=None).drawn(batch, generator())
    assert torch.equal(still, plain)
