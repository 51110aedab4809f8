"""LIME by the package finds a planted segment, names its head, repeats, and prints nothing."""

import numpy as np
import pytest
import torch
from lime import lime_image
from sklearn.linear_model import Ridge
from sklearn.metrics import pairwise_distances

from fer_lib.explain import lime
from fer_lib.papers.diya2026.explanations import map_scores
from tests.helpers.explained import TARGETS, Corners, corner, image, noisy, squares  # noqa: F401


def picture(image):  # noqa: F811
    """Return an image (3, side, side) as the package takes it."""
    return image.permute(1, 2, 0).contiguous().numpy()


@pytest.mark.parametrize(("head", "target"), TARGETS)
def test_finds_the_corner_that_its_head_sees_and_repeats(image, head, target, capsys):  # noqa: F811
    model = Corners().eval()

    def found(seed):
        return lime.weights_of(model, picture(image), squares(), head, target, 64, seed)

    map_ = found(0)[squares()].astype(np.float32)
    assert map_scores.energy_share(map_[None], corner(head)[None])[0, 0] > 0.8
    assert found(0).tobytes() == found(0).tobytes()
    assert not np.array_equal(found(0), found(1))
    assert capsys.readouterr() == ("", "")


def test_the_other_head_is_another_answer(image):  # noqa: F811
    """A planted error: asking the wrong head misses the corner."""
    asked = Corners().eval(), picture(image), squares()
    assert lime.weights_of(*asked, "authenticity", 1, 64, 0).argmax() == 15
    assert lime.weights_of(*asked, "emotion", 1, 64, 0).argmax() != 15
    with pytest.raises(ValueError, match="unknown head 'mouth'"):
        lime.weights_of(*asked, "mouth", 0, 64, 0)


@pytest.mark.parametrize("copies", [0, -2])
def test_copies_are_positive(image, copies):  # noqa: F811
    with pytest.raises(ValueError, match="must be positive"):
        lime.weights_of(Corners().eval(), picture(image), squares(), "emotion", 0, copies, 0)


def test_weights_are_those_of_the_packages_kernel_distance_and_ridge(image):  # noqa: F811
    """Width 0.25 of cosine distances, ridge with alpha 1, all segments, hidden under their mean."""
    seen = []

    class Kept(Corners):
        def forward(self, images):
            seen.append(images.clone())
            return super().forward(images)

    asked = Kept().eval(), picture(image), squares()
    found = lime.weights_of(*asked, "emotion", 0, 40, 7)
    kept = np.random.RandomState(7)
    kept.randint(0, high=1000)  # the package's seed for segments
    kept = kept.randint(0, 2, 40 * 16).reshape(40, 16)
    kept[0] = 1
    assert [len(batch) for batch in seen] == [16, 16, 8]
    shown = torch.cat(seen)
    places = torch.from_numpy(squares())
    hidden = np.nonzero(kept[:, 0] == 0)[0]
    flat = shown[hidden][:, :, places == 0]
    assert flat.std(2).max() < 1e-6
    assert torch.allclose(
        flat.mean(2), shown[0][:, places == 0].mean(1).expand(len(flat), 3), atol=0.02
    )
    with torch.inference_mode():
        answers = Corners().eval()(shown)["emotion"].softmax(1)[:, 0].double().numpy()
    distances = pairwise_distances(kept, kept[:1], metric="cosine").ravel()
    near = np.sqrt(np.exp(-(distances**2) / 0.25**2))
    ridge = Ridge(alpha=1, fit_intercept=True).fit(kept, answers, sample_weight=near)
    np.testing.assert_allclose(found, ridge.coef_, atol=1e-9)


def test_the_bar_is_back_afterwards_even_after_an_error(capsys):
    before = lime_image.tqdm
    with pytest.raises(RuntimeError, match="inside"), lime.without_bar():
        assert list(lime_image.tqdm(range(3))) == [0, 1, 2]
        raise RuntimeError("inside")
    assert lime_image.tqdm is before
    assert list(lime_image.tqdm(range(3))) == [0, 1, 2]
    assert "3/3" in capsys.readouterr().err


def test_segments_have_no_chance_in_them(noisy):  # noqa: F811
    one, two = (lime.segments_of(picture(noisy[0]), 12) for _ in range(2))
    assert np.array_equal(one, two)
    assert one.min() == 0
    assert set(np.unique(one)) == set(range(one.max() + 1))
