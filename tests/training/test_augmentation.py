"""The batched augmentation draws what torchvision's transforms draw, kind by kind and together."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats

from fer_lib.training import augmentation
from fer_lib.training.augmentation import Augmentation

DRAWS, SIDE = 3000, 32
NONE = {
    "flip": 0.0,
    "rotation": 0.0,
    "scale": 0.0,
    "shift": 0.0,
    "brightness": 0.0,
    "contrast": 0.0,
}
CENTRE = slice(10, 22)  # whatever the border does, it does not reach here


def only(**sizes):
    return Augmentation(**NONE | sizes)


def ours(image, how, seed=1):
    """Return changed copies of an image (3, side, side), float in [0, 1], as floats in [0, 1]."""
    mean, std = (torch.tensor(c).view(1, 3, 1, 1) for c in (augmentation.MEAN, augmentation.STD))
    batch = ((image - mean) / std).repeat(DRAWS, 1, 1, 1)
    changed = augmentation.augment(batch, how, torch.Generator().manual_seed(seed))
    return changed * std + mean


def torchvisions(image, how):
    change = augmentation.transforms(how)
    with torch.random.fork_rng():
        torch.manual_seed(2)
        return torch.stack([change(image) for _ in range(DRAWS)])


def ramps():
    """Return an image whose first two channels are the place of each pixel, from -0.5 to 0.5."""
    along = (torch.arange(SIDE) + 0.5) / SIDE - 0.5
    rows, columns = torch.meshgrid(along, along, indexing="ij")
    return torch.stack([columns, rows, torch.zeros_like(rows)])


def places(changed):
    """Return where each output pixel was taken from: matrices (n, 2, 2) and shifts (n, 2)."""
    x, y = ramps()[:2, CENTRE, CENTRE].reshape(2, -1).double()
    design = torch.stack([x, y, torch.ones_like(x)], 1)
    taken = changed[:, :2, CENTRE, CENTRE].reshape(len(changed), 2, -1).double()
    fitted = torch.linalg.lstsq(design, taken.flatten(0, 1).T).solution.T.view(-1, 2, 3)
    return fitted[:, :, :2].numpy(), fitted[:, :, 2].numpy()


def geometry(how):
    return [places(of(ramps(), how)) for of in (ours, torchvisions)]


def same(one, other, expected=None):
    """Hold two samples for one distribution, and each for the expected one if there is any."""
    assert stats.ks_2samp(one, other).pvalue > 0.01
    for found in filter(lambda _: expected is not None, (one, other)):
        assert stats.kstest(found, expected.cdf).pvalue > 0.01


def uniform(centre, half):
    return stats.uniform(centre - half, 2 * half)


def test_each_flips_its_share():
    shares = [np.mean(matrix[:, 0, 0] < 0) for matrix, _ in geometry(only(flip=0.3))]
    assert shares == pytest.approx([0.3, 0.3], abs=4 * np.sqrt(0.3 * 0.7 / DRAWS))


def test_angles_are_uniform_either_way():
    angles = [
        np.degrees(np.arctan2(matrix[:, 1, 0], matrix[:, 0, 0]))
        for matrix, _ in geometry(only(rotation=15.0))
    ]
    same(*angles, uniform(0, 15))


def test_zoom_is_one_over_torchvisions():
    own, theirs = (np.sqrt(np.linalg.det(m)) for m, _ in geometry(only(scale=0.12)))
    same(own, 1 / theirs, uniform(1, 0.12))


def test_shifts_are_uniform_in_both_directions():
    """Torchvision's are whole pixels, so half a pixel of chance is added to compare them."""
    (_, own), (_, theirs) = geometry(only(shift=0.2))
    jitter = np.random.default_rng(0).uniform(-0.5, 0.5, theirs.shape) / SIDE
    for axis in (0, 1):
        assert stats.ks_2samp(own[:, axis], (theirs + jitter)[:, axis]).statistic < 0.04
        assert stats.kstest(own[:, axis], uniform(0, 0.2).cdf).pvalue > 0.01
    assert abs(np.corrcoef(own.T)[0, 1]) < 4 / np.sqrt(DRAWS)


def soft_face():
    """Return a picture that is soft, coloured, and nowhere near black or white, (3, side, side)."""
    x, y = ramps()[:2]
    light = 0.45 + 0.1 * torch.exp(-((x - 0.1) ** 2 + y**2) / 0.05) + 0.05 * torch.sin(9 * y)
    return torch.stack([light + 0.05, light, light - 0.06])


def test_brightness_multiplies_pixels_by_the_same_factors():
    own, theirs = (
        (of(soft_face(), only(brightness=0.3)) / soft_face()).flatten(1)
        for of in (ours, torchvisions)
    )
    assert own.std(1).max() < 1e-4  # one factor a picture
    same(own.mean(1).numpy(), theirs.mean(1).numpy(), uniform(1, 0.3))


def test_contrast_spreads_pixels_by_the_same_factors_about_nearly_the_same_level():
    changed = [of(soft_face(), only(contrast=0.3)) for of in (ours, torchvisions)]
    deviation = soft_face().std((1, 2))
    gains = [(one.std((2, 3)) / deviation).mean(1).numpy() for one in changed]
    same(*gains, uniform(1, 0.3))
    grey = torch.tensor([0.2989, 0.587, 0.114]).view(3, 1, 1)
    own, theirs = ((one * grey).sum(1).mean((1, 2)) for one in changed)
    level = float((soft_face() * grey).sum(0).mean())
    assert torch.allclose(theirs, torch.tensor(level), atol=1e-3)
    assert (own - level).abs().max() * 255 < 6  # what the two means differ by, times 0.3


def test_brightness_and_contrast_may_come_in_either_order():
    """Torchvision draws the order, and ours has one: it must not matter where nothing is cut."""
    from torchvision.transforms.v2 import functional as v2

    one = v2.adjust_contrast(v2.adjust_brightness(soft_face(), 0.8), 1.2)
    other = v2.adjust_brightness(v2.adjust_contrast(soft_face(), 1.2), 0.8)
    assert torch.allclose(one, other, atol=1e-6)


def test_all_kinds_together_have_the_same_moments():
    how = Augmentation(shift=0.03)
    changed = [of(soft_face(), how)[:, :, CENTRE, CENTRE] * 255 for of in (ours, torchvisions)]
    means, deviations = ([one.mean(0) for one in changed], [one.std(0) for one in changed])
    error = deviations[1] * np.sqrt(2 / DRAWS)
    assert ((means[0] - means[1]).abs() < 4 * error + 0.5).all()
    ratio = deviations[0] / deviations[1]
    assert ratio.min() > 0.93
    assert ratio.max() < 1.07


def measures(how):
    """Return what shows a size of each kind: cosine, zoom, and the light of a soft picture."""
    matrix, _ = places(ours(ramps(), replace(how, brightness=0.0, contrast=0.0)))
    light = ours(soft_face(), how).flatten(1)
    zoom = np.sqrt(np.abs(np.linalg.det(matrix)))
    return matrix[:, 0, 0], matrix[:, 0, 0] / zoom, zoom, light.mean(1), light.std(1)


@pytest.mark.parametrize(
    "planted",
    [{"flip": 0.4}, {"rotation": 8.0}, {"scale": 0.1}, {"brightness": 0.3}, {"contrast": 0.4}],
)
def test_another_size_is_noticed(planted):
    both = zip(measures(Augmentation()), measures(Augmentation(**planted)), strict=True)
    assert min(stats.ks_2samp(one, other, method="asymp").pvalue for one, other in both) < 1e-3
