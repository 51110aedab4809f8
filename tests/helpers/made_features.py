"""Made-up features of the shape that the rendered micro-expressions have, in no time."""

import numpy as np
import pandas as pd

from fer_lib.labels import EMOTIONS

# Shares of the classes in the public code's training set.
SHARES = {
    "happy": 0.235,
    "sad": 0.170,
    "angry": 0.153,
    "fear": 0.134,
    "surprise": 0.128,
    "neutral": 0.124,
    "disgust": 0.057,
}


def table(images: int = 480, groups: int = 24, seed: int = 0) -> pd.DataFrame:
    """Return emotions and subjects of made-up images, the rows in the order of the subjects."""
    chance = np.random.default_rng(seed)
    counts = {e: max(groups // 3, round(share * images)) for e, share in SHARES.items()}
    emotion = chance.permutation(np.repeat(list(counts), list(counts.values())))
    group = np.sort(np.arange(len(emotion)) % groups)
    return pd.DataFrame(
        {
            "image_id": [f"i{k:04d}" for k in range(len(emotion))],
            "emotion": emotion,
            "group": [f"s{g:02d}" for g in group],
        }
    )


def spaces(of: pd.DataFrame, skill: float = 0.6, widths: tuple[int, int] = (40, 32), seed: int = 1):
    """Return cnn and lbp features: each emotion and each subject moves them, the rest is noise."""
    chance = np.random.default_rng(seed)
    emotion = of["emotion"].map(EMOTIONS.index).to_numpy()
    group = pd.factorize(of["group"])[0]
    found = []
    for width in widths:
        by_emotion = chance.normal(size=(len(EMOTIONS), width))
        by_group = chance.normal(size=(group.max() + 1, width))
        noise = chance.normal(size=(len(of), width))
        found.append((skill * by_emotion[emotion] + by_group[group] + noise).astype(np.float32))
    cnn, lbp = found
    return {"CNN": cnn, "LBP": lbp, "CNN + LBP": np.concatenate([cnn, lbp], 1)}
