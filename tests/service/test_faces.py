"""Where faces are found, and how they are taken from a frame."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from skimage import data

import face_renderer as faces
from service import alignment, camera_frames, detect
from service.alignment import Template
from service.detect import Detector

TEMPLATE = Template((0.5, 0.45), 0.28, (0.5, 0.54), 0.72)


@pytest.fixture(scope="module")
def detector():
    return Detector()


@pytest.fixture(scope="module")
def rendered():
    rows = faces.plan(faces.RENDERED46)
    return [faces.render(row) for row in rows[3:1600:270]]


def test_the_file_is_the_one_its_readme_names():
    digest = hashlib.sha256(detect.MODEL.read_bytes()).hexdigest()
    assert digest in (detect.MODEL.parent / "README.md").read_text()


def test_one_face_in_each_rendered_picture(detector, rendered):
    for picture in rendered:
        (face,) = detector.find(picture)
        x, y, width, height = face.box
        assert 60 < width < 224
        assert 60 < height < 224
        assert abs(x + width / 2 - 112) < 45
        assert abs(y + height / 2 - 120) < 45
        assert face.eyes[0, 0] < face.eyes[1, 0]
        assert y < face.eyes[:, 1].mean() < y + height / 2 + 10


def test_a_photograph(detector):
    """The one photograph of a person that scikit-image ships."""
    photograph = data.astronaut()
    (face,) = detector.find(photograph)
    # Read off the picture by eye: the middles of the two pupils.
    assert np.abs(face.eyes - [[201, 103], [247, 102]]).max() < 8
    assert face.score > 0.9


@pytest.mark.parametrize("picture", [np.zeros((480, 640, 3), np.uint8), data.coffee()])
def test_no_face(detector, picture):
    assert detector.find(picture) == []


def test_many_faces_the_largest_first(detector, rendered):
    row = np.hstack([picture[::2, ::2] for picture in rendered[:5]])
    crowd = np.vstack([row, row])
    crowd = np.vstack([crowd, np.zeros((400, crowd.shape[1], 3), np.uint8)])
    crowd[crowd.shape[0] - 300 : -76, 100:324] = rendered[0]
    found = Detector(longest=640).find(crowd)
    assert len(found) == 11
    areas = [face.box[2] * face.box[3] for face in found]
    assert areas == sorted(areas, reverse=True)
    assert areas[0] > 2 * areas[1]


def test_boxes_are_in_pixels_of_the_frame_whatever_its_size(detector, rendered):
    small = detector.find(rendered[0])[0]
    large = detector.find(np.repeat(np.repeat(rendered[0], 6, 0), 6, 1))[0]
    assert np.array(large.box) / 6 == pytest.approx(np.array(small.box), abs=12)


@pytest.mark.parametrize("angle", [-40, -20, 20, 40])
def test_eyes_come_to_lie_level_and_in_their_place(detector, rendered, angle):
    left = []
    for picture in rendered:
        own = alignment.turn_of(alignment.closer(picture, detector.find(picture)[0], detector))
        place = camera_frames.Place((320, 240), 300, angle - own, (120, 90))
        shown = camera_frames.frame(picture, place)
        face = alignment.closer(shown, detector.find(shown)[0], detector)
        assert alignment.turn_of(face) == pytest.approx(angle, abs=16)
        again = alignment.aligned(shown, face, TEMPLATE)
        assert again.shape == (224, 224, 3)
        seen = alignment.closer(again, detector.find(again)[0], detector)
        left.append(alignment.turn_of(seen))
        middle = seen.eyes.mean(0) / alignment.SIDE
        assert middle == pytest.approx(TEMPLATE.eyes_middle, abs=0.08)
    assert np.abs(left).mean() < 5


def test_a_single_look_leaves_faces_turned(detector, rendered, monkeypatch):
    """Why there is a closer look: without it, the test above must fail."""
    monkeypatch.setattr(alignment, "LOOKS", 0)
    left = []
    for picture in rendered:
        shown = camera_frames.frame(picture, camera_frames.Place((320, 240), 300, 40, (120, 90)))
        face = alignment.closer(shown, detector.find(shown)[0], detector)
        left.append(40 - alignment.turn_of(face))
    assert np.abs(left).mean() > 10


def test_without_alignment_a_face_stays_turned(detector, rendered):
    shown = camera_frames.frame(rendered[0], camera_frames.Place((320, 240), 300, 30, (120, 90)))
    face = detector.find(shown)[0]
    taken = alignment.cropped(shown, face, TEMPLATE)
    assert taken.shape == (224, 224, 3)
    seen = alignment.closer(taken, detector.find(taken)[0], detector)
    assert alignment.turn_of(seen) > 15


def test_maps_are_exact():
    """A point of the frame comes where the template says, to a fraction of a pixel, and back."""
    frame = np.zeros((400, 600, 3), np.uint8)
    eyes = np.array([[250.0, 200.0], [330.0, 260.0]])
    for x, y in eyes:
        frame[int(y) - 1 : int(y) + 1, int(x) - 1 : int(x) + 1] = 255
    taken = alignment.aligned(frame, detect.Face((200, 150, 200, 200), eyes, 1.0), TEMPLATE)
    lit = np.argwhere(taken[..., 0] > 60)[:, ::-1] + 0.5
    left, right = lit[lit[:, 0] < 112].mean(0), lit[lit[:, 0] > 112].mean(0)
    assert left[1] == pytest.approx(right[1], abs=0.3)
    assert right[0] - left[0] == pytest.approx(TEMPLATE.eyes_apart * 224, abs=0.6)
    assert (left + right) / 2 == pytest.approx(np.array(TEMPLATE.eyes_middle) * 224, abs=0.3)


def test_a_large_face_is_averaged_not_sampled():
    stripes = np.zeros((2000, 2000, 3), np.uint8)
    stripes[:, ::2] = 255
    eyes = np.array([[720.0, 900.0], [1280.0, 900.0]])
    taken = alignment.aligned(stripes, detect.Face((400, 400, 1200, 1200), eyes, 1.0), TEMPLATE)
    assert abs(taken.mean() - 127.5) < 2
    assert taken.std() < 40  # sampled, it would be black and white


def test_template_is_the_median_of_what_is_seen(detector, rendered):
    template = alignment.template_of(rendered, detector)
    assert 0.4 < template.eyes_middle[0] < 0.6
    assert 0.2 < template.eyes_apart < 0.4
    assert template.eyes_middle[1] < template.box_middle[1]
    assert Template(**template.as_dict()) == template
    with pytest.raises(ValueError, match="no face"):
        alignment.template_of([np.zeros((224, 224, 3), np.uint8)], detector)


def test_places_compare_between_angles():
    level, turned = camera_frames.places(20, 0, seed=5), camera_frames.places(20, 30, seed=5)
    for one, other in zip(level, turned, strict=True):
        assert one.middle == other.middle
        assert one.side == other.side
        assert abs(other.angle) == 30
    assert {place.angle for place in turned} == {-30, 30}
    assert camera_frames.places(20, 30, seed=6) != turned
    for place in turned:
        assert 0.4 * place.side < place.middle[0] < camera_frames.WIDTH - 0.4 * place.side


def test_a_frame_shows_the_picture_where_it_says():
    red = np.zeros((100, 100, 3), np.uint8)
    red[..., 0] = 255
    shown = camera_frames.frame(red, camera_frames.Place((200, 150), 200, 0, (10, 10)))
    assert shown.shape == (480, 640, 3)
    found = np.argwhere(shown[..., 0] > 128)
    assert found.min(0).tolist() == [50, 100]
    assert found.max(0).tolist() == [249, 299]
