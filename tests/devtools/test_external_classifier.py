"""The outside judge, with planted judges in place of the network: values, refusals, the log."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

import face_renderer as faces
from devtools import external_classifier
from face_renderer import identity

ABOUT = {"package": "none", "version": "0"}


def always(emotion):
    """Return a judge that has one answer."""

    def answer(crops):
        out = np.zeros((len(crops), 7))
        out[:, external_classifier.ANSWERS.index(emotion)] = 1.0
        return out

    return answer


@pytest.fixture(scope="module")
def prepared():
    """Return the inputs of two subjects in the default setting."""
    return external_classifier.prepare(external_classifier.spec("default", 2), hashlib.sha256())


def recalls(found):
    return {
        (r["version"], r["authenticity"], r["emotion"], r["tone"]): r["value"]
        for r in found["recall"]
    }


def test_always_happy_is_right_about_happy_only(prepared):
    table, inputs = prepared
    found = external_classifier.score(table, always("happy")(inputs), resamples=20)
    value = recalls(found)
    for authenticity in faces.AUTHENTICITY:
        for emotion in faces.EMOTIONS:
            right = float(emotion == "happy")
            assert value[external_classifier.AS_DRAWN, authenticity, emotion, "all"] == right
        assert value[external_classifier.AS_DRAWN, authenticity, "all", "all"] == round(1 / 7, 4)
        happy = faces.EMOTIONS.index("happy")
        assert np.array(found["confusion"][authenticity])[:, happy].tolist() == [2] * 7
        assert np.sum(found["confusion"][authenticity]) == 14


def planted(n_subjects, right):
    """Return a table of genuine pictures and answers that are right where ``right`` says so."""
    rows, answers = [], []
    versions = (external_classifier.AS_DRAWN, external_classifier.LIGHT, external_classifier.DARK)
    for k in range(n_subjects):
        tone = ("light", "dark")[k % 2]
        for version in (
            *versions,
            external_classifier.DARK_EQUALISED,
            external_classifier.LIGHT_EQUALISED,
        ):
            for emotion in faces.EMOTIONS:
                rows.append((f"s{k}", emotion, "genuine", tone, version))
                wrong = "sad" if emotion != "sad" else "fear"
                answers.append(emotion if right(tone, version, emotion) else wrong)
    columns = ["subject", "emotion", "authenticity", "tone", "version"]
    probabilities = np.array(
        [[name == a for name in external_classifier.ANSWERS] for a in answers], float
    )
    return pd.DataFrame(rows, columns=columns), probabilities


def test_the_gap_is_split_as_the_docstring_says():
    known = {
        external_classifier.LIGHT: 7,
        external_classifier.DARK: 2,
        external_classifier.DARK_EQUALISED: 5,
        external_classifier.LIGHT_EQUALISED: 4,
    }

    def right(tone, version, emotion):
        drawn = {"light": 6, "dark": 0}[tone]
        return faces.EMOTIONS.index(emotion) < known.get(version, drawn)

    found = external_classifier.score(*planted(6, right), resamples=50)
    shares = {g["what"]: g for g in found["gap"]}
    expected = {
        "gap": 6,
        "by colour": 5,
        "by who they are": 1,
        "judge's share": 3,
        "render's share": 2,
        "judge's share, other way round": 3,
    }
    assert {k: g["value"] for k, g in shares.items()} == {
        name: round(value / 7, 4) for name, value in expected.items()
    }
    assert shares["by colour"]["low"] == shares["by colour"]["high"] == round(5 / 7, 4)
    # No fake picture, no medium skin: undefined, and null in JSON.
    assert recalls(found)[external_classifier.AS_DRAWN, "fake", "all", "all"] is None
    json.dumps(found, allow_nan=False)


def test_swapping_the_tone_changes_colour_only():
    row = faces.plan(external_classifier.spec("default", 2))[3]
    for tone in external_classifier.TONES:
        other = external_classifier.with_tone(row, tone)
        changed = {name for name in row if row[name] != other[name]}
        assert changed == (set() if tone == row["tone"] else {"tone", "tone_angle"})
        assert np.array_equal(faces.truth_masks.landmarks(row), faces.truth_masks.landmarks(other))
        move = faces.truth_masks.au_displacement
        assert np.array_equal(move(row), move(other))
        assert external_classifier.face_box(row) == external_classifier.face_box(other)
        assert np.array_equal(faces.render(row), faces.render(other)) == (tone == row["tone"])


@pytest.mark.parametrize("tone", external_classifier.TONES)
def test_tone_ranges_are_the_generators(tone):
    low, high = external_classifier.TONES[tone]
    assert identity.tone_label(high) == identity.tone_label(low + 0.01) == tone
    middle = external_classifier.with_tone({"tone": "medium", "tone_angle": 11.5}, tone)
    assert middle["tone_angle"] == (low + high) / 2


def test_the_judged_people_are_in_no_other_set():
    assert external_classifier.SEED not in (faces.RENDERED46.seed, faces.RENDERED_TEST.seed)
    whole = external_classifier.spec("full")
    assert (whole.n_male, whole.n_female, whole.n_images) == (50, 50, 1400)
    people = [external_classifier.spec(setting).seed for setting in external_classifier.SETTINGS]
    assert len(set(people)) == 1
    first, second = (
        faces.plan(external_classifier.spec(setting, 2)) for setting in external_classifier.SETTINGS
    )
    factors = identity.SUBJECT_COLUMNS
    assert all(a[name] == b[name] for a, b in zip(first, second, strict=True) for name in factors)


def test_inputs_are_what_the_network_wants(prepared):
    table, inputs = prepared
    assert inputs.shape == (2 * 7 * (2 + 4), 64, 64)
    assert inputs.dtype == np.float32
    assert inputs.min() >= -1
    assert inputs.max() <= 1
    assert (table.groupby("version").size()[external_classifier.DARK_EQUALISED]) == 14
    light = inputs[(table["version"] == external_classifier.LIGHT).to_numpy()].mean()
    dark = inputs[(table["version"] == external_classifier.DARK).to_numpy()].mean()
    assert light > dark + 0.1


def test_the_square_does_not_tell_the_expression():
    rows = faces.plan(external_classifier.spec("full", 2))
    wide = next(r for r in rows if (r["emotion"], r["authenticity"]) == ("surprise", "fake"))
    boxes = {
        external_classifier.face_box({**wide, **{"AU26_L": jaw, "AU26_R": jaw}})
        for jaw in (0.0, 1.0)
    }
    assert len(boxes) == 1
    left, top, side = boxes.pop()
    marks = faces.truth_masks.landmarks(wide)
    assert (marks[17:] > (left, top)).all()
    assert (marks[17:] < (left + side, top + side)).all()


def test_matched_greys_have_the_targets_histogram_and_the_sources_order():
    chance = np.random.default_rng(0)
    source, target = chance.permutation(100), chance.permutation(100) * 2 + 20
    source, target = source.reshape(10, 10), target.reshape(10, 10)
    matched = external_classifier.match_greys(source, target, np.ones((10, 10), bool))
    assert np.array_equal(np.sort(matched.ravel()), np.sort(target.ravel()))
    assert np.array_equal(matched.ravel().argsort(), source.ravel().argsort())


def test_resizing_is_bilinear_without_smoothing():
    ramp = np.tile(np.arange(128.0), (128, 1))
    small = (external_classifier.network_input(ramp) / 2 + 0.5) * 255
    assert np.allclose(small[0], np.arange(64) * 2 + 0.5, atol=1e-3)


def test_a_look_is_logged_and_the_fourth_refused(tmp_path, monkeypatch):
    table, inputs = planted(2, lambda *_: True)

    def ready_made(of, pixels):
        pixels.update(b"pixels")
        return table, np.zeros((len(table), 64, 64), np.float32)

    monkeypatch.setattr(external_classifier, "prepare", ready_made)
    for number in (1, 2, 3):
        run = external_classifier.look(lambda _: inputs, ABOUT, tmp_path / "judge", resamples=5)
        assert run["look"] == number
    log = json.loads((tmp_path / "judge" / "looks.json").read_text())
    assert [entry["look"] for entry in log["looks"]] == [1, 2, 3]
    assert log["looks"][0]["generator_version"] == faces.GENERATOR_VERSION
    assert log["looks"][0]["summary"]["full: genuine, fear"] == 1.0
    assert json.loads((tmp_path / "judge" / "run.json").read_text()) == run
    assert run["pixels_sha256"] == hashlib.sha256(b"pixels" * 2).hexdigest()

    monkeypatch.setattr(external_classifier, "prepare", None)
    with pytest.raises(external_classifier.JudgeError, match="3 of 3 looks"):
        external_classifier.look(always("sad"), ABOUT, tmp_path / "judge")
    log["allowed"] = 4
    (tmp_path / "judge" / "looks.json").write_text(json.dumps(log))
    assert len(external_classifier.read_looks(tmp_path / "judge")["looks"]) == 3


@pytest.mark.parametrize("text", [None, "{", "[]", '{"allowed": 3, "looks": [{"look": 2}]}'])
def test_a_lost_or_altered_log_is_refused(tmp_path, text):
    (tmp_path / "run.json").write_text('{"look": 2}')
    if text is not None:
        (tmp_path / "looks.json").write_text(text)
    with pytest.raises(
        external_classifier.JudgeError,
        match=r"restore book/external_classifier/looks.json from git",
    ):
        external_classifier.read_looks(tmp_path)


def test_a_missing_package_is_one_line_with_the_cure(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(external_classifier.importlib.util, "find_spec", lambda name: None)
    assert external_classifier.main([], tmp_path / "judge") == 2
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "error: the package fer is not installed: run `make judge`, which installs it",
    ]
    assert not (tmp_path / "judge").exists()


def test_a_look_at_fewer_subjects_is_refused(tmp_path, capsys):
    assert external_classifier.main(["--subjects", "4"], tmp_path) == 2
    assert "add --dry" in capsys.readouterr().err
    assert external_classifier.main(["--subjects", "1", "--dry"], tmp_path) == 2
    assert "must be 2 to 100" in capsys.readouterr().err


def test_a_dry_run_tells_no_score_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(external_classifier, "load_network", lambda: (always("happy"), ABOUT))
    assert external_classifier.main(["--subjects", "2", "--dry"], tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("84 inputs (84, 64, 64) -> (84, 7)" in line for line in lines)
    assert list(tmp_path.iterdir()) == []
