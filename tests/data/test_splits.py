"""Splits by group and by image, and the audit that finds planted leaks."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageEnhance, ImageOps

from fer_lib.data import duplicates, splits
from fer_lib.data.schema import EMOTIONS, validate
from fer_lib.papers.diya2026 import leakage_audit


def picture(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(noise).resize((96, 96), Image.Resampling.BICUBIC))


def faces(n_groups: int = 20, per_cell: int = 1) -> pd.DataFrame:
    rows = [
        {"group": f"s{group:03d}", "emotion": emotion, "authenticity": authenticity}
        for group in range(n_groups)
        for emotion in EMOTIONS
        for authenticity in ("fake", "genuine")
        for _ in range(per_cell)
    ]
    table = pd.DataFrame(rows)
    table["image_id"] = [f"i{row}" for row in range(len(table))]
    table["sha256"] = [hashlib.sha256(name.encode()).hexdigest() for name in table["image_id"]]
    table["emotion"] = pd.Categorical(table["emotion"], categories=EMOTIONS)
    return validate(
        table.assign(dataset="demo", file="", group_kind="subject", width=96, height=96)
    )


def uneven(seed: int = 0) -> pd.DataFrame:
    table = faces(46, per_cell=5)
    keep = np.random.default_rng(seed).random(len(table)) < 0.5
    return table[keep].reset_index(drop=True)


def test_every_group_is_in_exactly_one_split():
    table = uneven()
    split = splits.split(table, seed=3)
    assert list(split.index) == list(table.index)
    assert set(split) == set(splits.SPLITS)
    assert split.groupby(table["group"]).nunique().eq(1).all()


def test_shares_and_labels_come_close():
    table = uneven()
    for seed in range(5):
        split = splits.split(table, seed=seed)
        shares = split.value_counts(normalize=True)
        assert shares["test"] == pytest.approx(0.2, abs=0.03)
        assert shares["val"] == pytest.approx(0.2, abs=0.03)
        audit = leakage_audit.audit(table, split)
        assert list(audit["verdict"]) == ["ok", "ok", "not checked", "ok"]


def test_the_seed_decides():
    table = uneven()
    assert splits.split(table, seed=1).equals(splits.split(table, seed=1))
    assert not splits.split(table, seed=1).equals(splits.split(table, seed=2))
    assert splits.by_image(table, seed=1).equals(splits.by_image(table, seed=1))


@pytest.mark.parametrize("n_groups", [3, 4, 5, 6, 7, 10])
def test_few_groups_still_fill_every_split(n_groups):
    for seed in range(4):
        split = splits.split(faces(n_groups), seed=seed)
        assert set(split) == set(splits.SPLITS)


def test_a_giant_group_stays_in_training():
    table = faces(20)
    table.loc[table["group"] < "s012", "group"] = "s000"
    split = splits.split(table, seed=0)
    assert set(split[table["group"] == "s000"]) == {"train"}
    assert set(split) == set(splits.SPLITS)


def test_other_fractions():
    table = faces(40)
    shares = splits.split(table, seed=0, fractions=(0.7, 0.2, 0.1)).value_counts(normalize=True)
    assert shares["test"] == pytest.approx(0.1, abs=0.03)
    assert shares["val"] == pytest.approx(0.2, abs=0.06)


def test_the_index_of_the_table_is_kept():
    table = faces(6).sample(frac=1, random_state=0)
    split = splits.split(table, seed=0)
    assert split.index.equals(table.index)
    assert split.groupby(table["group"]).nunique().eq(1).all()


def test_missing_authenticity_is_no_obstacle():
    table = faces(8).assign(authenticity=None)
    split = splits.split(table, seed=0)
    assert split.isin(splits.SPLITS).all() and set(split) == set(splits.SPLITS)
    assert split.groupby(table["group"]).nunique().eq(1).all()


def test_too_few_groups_and_bad_fractions():
    with pytest.raises(ValueError, match=r"2 group.* load at least three subjects"):
        splits.split(faces(2), seed=0)
    for fractions in [(0.5, 0.5), (0.6, 0.2, 0.3), (1.0, 0.0, 0.0), (0.2, 0.2, 0.6)]:
        with pytest.raises(ValueError, match="sum to 1"):
            splits.split(faces(6), fractions=fractions)


def test_by_image_lets_people_recur():
    table = faces(20)
    split = splits.by_image(table, seed=0)
    assert split.value_counts(normalize=True)["test"] == pytest.approx(0.2, abs=0.01)
    assert split.groupby(table["group"]).nunique().gt(1).any()
    assert leakage_audit.audit(table, split)["verdict"].iloc[0] == "leak"


@pytest.fixture
def clean():
    table = faces(12)
    images = np.stack([picture(seed) for seed in range(len(table))])
    return table, images, splits.split(table, seed=0)


def verdicts(audit: pd.DataFrame) -> list[str]:
    return list(audit["verdict"])


def test_a_clean_split_is_ok(clean):
    table, images, split = clean
    assert verdicts(leakage_audit.audit(table, split, images)) == ["ok"] * 4


def test_planted_shared_group(clean):
    table, images, split = clean
    person = table.loc[split == "test", "group"].iloc[0]
    moved = split.copy()
    moved[table.index[table["group"] == person][0]] = "train"
    audit = leakage_audit.audit(table, moved, images)
    assert verdicts(audit) == ["leak", "ok", "ok", "ok"]
    assert person in audit["found"].iloc[0]


def test_planted_exact_duplicate(clean):
    table, images, split = clean
    train = table.index[split == "train"][0]
    test = table.index[split == "test"][0]
    table.loc[test, "sha256"] = table.loc[train, "sha256"]
    assert verdicts(leakage_audit.audit(table, split, images)) == ["ok", "leak", "ok", "ok"]


def edited(image: np.ndarray, how: str) -> np.ndarray:
    source = Image.fromarray(image)
    if how == "mirrored":
        source = ImageOps.mirror(source)
    elif how == "darker":
        source = ImageEnhance.Brightness(source).enhance(0.7)
    else:
        source = source.resize((80, 80)).resize((96, 96))
    return np.asarray(source)


@pytest.mark.parametrize("how", ["mirrored", "darker", "resized"])
def test_planted_near_duplicate(clean, how):
    table, images, split = clean
    train = table.index[split == "train"][5]
    test = table.index[split == "test"][5]
    images = images.copy()
    images[test] = edited(images[train], how)
    audit = leakage_audit.audit(table, split, images)
    assert verdicts(audit) == ["ok", "ok", "leak", "ok"]
    assert table.loc[train, "image_id"] in audit["found"].iloc[2]
    hashed = [duplicates.hash_pair(image) for image in images]
    table = table.assign(phash=[a for a, _ in hashed], phash_mirrored=[b for _, b in hashed])
    assert verdicts(leakage_audit.audit(table, split)) == ["ok", "ok", "leak", "ok"]


def test_planted_imbalance(clean):
    table, images, split = clean
    keep = (split != "test") | table["emotion"].isin(["happy", "sad"])
    audit = leakage_audit.audit(
        table[keep].reset_index(drop=True), split[keep].reset_index(drop=True), images[keep]
    )
    assert verdicts(audit) == ["ok", "ok", "ok", "unbalanced"]
    assert "test" in audit["found"].iloc[3]


def test_the_audit_refuses_what_does_not_fit(clean):
    table, images, split = clean
    with pytest.raises(ValueError, match="differ in their index"):
        leakage_audit.audit(table, split.iloc[1:])
    with pytest.raises(ValueError, match="images for"):
        leakage_audit.audit(table, split, images[1:])
    with pytest.raises(ValueError, match="unknown split 'dev'"):
        leakage_audit.audit(table, split.replace("val", "dev"))
    with pytest.raises(ValueError, match="'val' is empty"):
        leakage_audit.audit(table, split.replace("val", "train"))


def test_pairs_agree_with_a_plain_loop():
    rng = np.random.default_rng(0)
    base = rng.integers(0, 2, (40, 256), dtype=np.uint8)
    copies = base[rng.integers(0, 40, 600)] ^ (rng.random((600, 256)) < 0.08)
    mirrored = rng.integers(0, 2, (600, 256), dtype=np.uint8)
    text = [np.packbits(bits).tobytes().hex() for bits in copies.astype(np.uint8)]
    mirror_text = [np.packbits(bits).tobytes().hex() for bits in mirrored]
    distance = (copies[:, None] != copies[None]).sum(-1)
    expected = np.argwhere(np.triu(distance <= 40, 1))
    found = duplicates.near_pairs(text, mirror_text, 40)
    assert np.array_equal(found[np.lexsort(found.T[::-1])], expected)


def test_groups_follow_chains_and_number_by_first_image():
    pairs = np.array([[1, 4], [4, 5], [2, 3]])
    assert list(duplicates.groups(7, pairs)) == [0, 1, 2, 2, 1, 1, 3]
    assert list(duplicates.groups(3, np.empty((0, 2), dtype=int))) == [0, 1, 2]


def test_ten_thousand_hashes_take_seconds():
    rng = np.random.default_rng(0)
    text = [row.tobytes().hex() for row in rng.integers(0, 256, (10_000, 32), dtype=np.uint8)]
    assert len(duplicates.near_pairs(text, text, duplicates.GROUP_DISTANCE)) == 0
