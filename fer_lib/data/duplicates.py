"""Perceptual hashes, and groups of images that are copies or near-duplicates of each other.

The hash is ``imagehash.phash`` of 16 x 16 = 256 bits (discrete cosine transform of a 64 x 64 grey
thumbnail, one bit a low frequency), of the image and of its mirror image; the smaller distance
counts. Unrelated images differ in about 128 bits.

Two thresholds, since a wrong link costs nothing in a group and a false alarm in an audit:

- ``COPY_DISTANCE`` = 40 bits, for the audit. All 36 such pairs among 13,681 photographs of faces
  (94 million pairs) were, on looking, one picture twice; of 2.3 million pairs of different
  rendered subjects there was none.
- ``GROUP_DISTANCE`` = 48 bits, for grouping. It adds 17 pairs of photographs, nearly all two
  frames of one take, and 10 pairs of rendered subjects. At 56, a fifth of the further
  photographs were other subjects, and chains of such links would swallow a large set.

Found at 48 among 300 rendered and 300 real images: every copy that was recompressed, mirrored,
40 % darker or lighter or of more contrast; of copies turned by 3 degrees 74 to 90 %, cropped by
3 % at each edge 40 to 45 %. Not found: of copies turned by 5 degrees 80 to 92 %; cropped or
shifted by 5 %, or augmented as the GFFD-2025 archive says it was (turned up to 30 degrees,
shifted up to 20 %, sheared), all. A larger threshold would not help: unrelated pairs come before
such copies. So the groups of an augmented archive are too fine, and the raw archive is the one
to split. Nor does the hash know subjects: two takes of one subject are different images.
"""

from __future__ import annotations

import imagehash
import numpy as np
from PIL import Image, ImageOps
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

HASH_SIZE = 16
COPY_DISTANCE = 40
GROUP_DISTANCE = 48

_WORDS = HASH_SIZE * HASH_SIZE // 64
_BLOCK = 256


def hash_pair(pixels: np.ndarray) -> tuple[str, str]:
    """Return the perceptual hash of an image and of its mirror image.

    Parameters
    ----------
    pixels : ndarray
        (S, S, 3) uint8 RGB.

    Returns
    -------
    tuple of str
        Two hashes of 64 hexadecimal digits (256 bits).
    """
    image = Image.fromarray(np.asarray(pixels)).convert("L")
    upright = imagehash.phash(image, hash_size=HASH_SIZE)
    mirrored = imagehash.phash(ImageOps.mirror(image), hash_size=HASH_SIZE)
    return str(upright), str(mirrored)


def near_pairs(hashes: list[str], mirrored: list[str], max_distance: int) -> np.ndarray:
    """Find all pairs of near-duplicates.

    All N(N-1)/2 pairs are compared, in blocks: 15,000 images take two seconds and under 100 MB.

    Parameters
    ----------
    hashes, mirrored : list of str
        As from ``hash_pair``, one per image.
    max_distance : int
        Largest Hamming distance, in bits of 256, at which two images count as a pair.

    Returns
    -------
    ndarray
        (P, 2) int64 positions, first < second.
    """
    upright_words = _words(hashes)
    mirrored_words = _words(mirrored)
    found = [np.empty((0, 2), dtype=np.int64)]
    for start in range(0, len(upright_words), _BLOCK):
        block = upright_words[start : start + _BLOCK]
        near = _distances(block, upright_words[start:]) <= max_distance
        near |= _distances(block, mirrored_words[start:]) <= max_distance
        first, second = np.nonzero(near)
        later = second > first
        found.append(np.stack([first[later], second[later]], axis=1) + start)
    return np.concatenate(found)


def groups(count: int, pairs: np.ndarray) -> np.ndarray:
    """Number the groups of images that are linked by pairs, directly or through others.

    Parameters
    ----------
    count : int
        Number of images, N.
    pairs : ndarray
        (P, 2) positions, as from ``near_pairs``.

    Returns
    -------
    ndarray
        (N,) int64; groups are numbered by their first image, an image alone is a group.
    """
    ones = np.ones(len(pairs), dtype=bool)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return order[inverse].astype(np.int64)


def _words(hashes: list[str]) -> np.ndarray:
    content = b"".join(bytes.fromhex(value) for value in hashes)
    return np.frombuffer(content, dtype=np.uint64).reshape(-1, _WORDS)


def _distances(block: np.ndarray, others: np.ndarray) -> np.ndarray:
    total = np.zeros((len(block), len(others)), dtype=np.uint16)
    for word in range(_WORDS):
        total += np.bitwise_count(block[:, word, None] ^ others[None, :, word])
    return total
