"""Small matrices of many listeners' plays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array


def counts_of(rows: Sequence[Sequence[float]]) -> csr_array:
    """Play counts, a row for each listener."""
    return csr_array(np.array(rows, np.float32))


def invented(listeners: int = 60, artists: int = 40, seed: int = 0) -> tuple[csr_array, csr_array]:
    """Plays of listeners who keep to one of four scenes, by and large, and tags that tell these apart."""
    rng = np.random.default_rng(seed)
    scene, of = rng.integers(0, 4, listeners), np.arange(artists) % 4
    likes = np.where(scene[:, None] == of, 0.5, 0.05)
    plays = (rng.random((listeners, artists)) < likes) * np.ceil(rng.exponential(20, (listeners, artists)))
    plays[:, 0] = 1
    tags = np.zeros((artists, 6))
    tags[np.arange(artists), of] = rng.integers(1, 9, artists)
    tags[:, 4] = rng.random(artists) < 0.3
    return counts_of(plays.tolist()), counts_of(tags.tolist())
