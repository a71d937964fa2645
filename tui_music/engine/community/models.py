"""What every model of a community can do, and the simple ones: popularity, and neighbours of artists.

A model learns from the play counts of many listeners and is then asked about any listener by their own counts, whether
they were among those it learnt from or not: nobody is learnt anew.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tui_music.library.history import Int64

Float32 = NDArray[np.float32]


class CommunityModel(Protocol):
    """``counts`` are plays, shape (listeners, artists); ``tags`` how often an artist was given a tag, shape (artists,
    tags). Parameters are given when it is made, what was learnt has a trailing underscore."""

    name: str

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> CommunityModel: ...

    def scores(self, profiles: csr_array) -> Float32:
        """What listeners with these play counts would like, shape (listeners, artists); larger is better."""
        ...

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        """What each artist of one listener adds to the scores of ``artists``: shape (artists asked, artists played), in
        the order of the profile's indices. They sum to the score."""
        ...


def emphasis(counts: csr_array, power: float) -> csr_array:
    """How much each play count says: (ln(1 + plays) ÷ its mean over the listener's artists) ^ power, float32.

    The logarithm keeps one artist played a thousand times from deciding alone; the mean makes light and heavy listeners
    alike. ``power`` 0 asks only whether an artist was played.
    """
    log = np.log1p(counts.data, dtype=np.float32)
    sizes = np.diff(counts.indptr)
    row = np.repeat(np.arange(len(sizes)), sizes)
    mean = np.bincount(row, log, len(sizes)) / np.maximum(sizes, 1)
    data = (log / np.maximum(mean, 1e-9)[row]) ** power
    return csr_array((data.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)


def dense(matrix: csr_array) -> Float32:
    """A sparse matrix in full."""
    full: Float32 = matrix.toarray().astype(np.float32, copy=False)
    return full


class Popularity:
    """How many listeners play an artist: the same for everybody, so nothing of it comes from anybody's artists."""

    name = "popularity"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> Popularity:
        self.listeners_ = np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.float32)
        return self

    def scores(self, profiles: csr_array) -> Float32:
        return np.tile(self.listeners_, (profiles.shape[0], 1))

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        return np.zeros((len(artists), profile.nnz), np.float32)


class Linear:
    """A model whose score is Σ over a listener's artists of what each says × its weight towards the candidate.

    ``weight_`` has shape (artists, artists): from an artist played to a candidate; none towards itself.
    """

    name = "linear"
    weight_: csr_array | Float32

    def __init__(self, power: float = 1.0) -> None:
        self.power = power

    def scores(self, profiles: csr_array) -> Float32:
        said = emphasis(profiles, self.power) @ self.weight_
        return said if isinstance(said, np.ndarray) else dense(said)

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        said = emphasis(profile, self.power)
        towards = self.weight_[said.indices][:, artists]
        parts: Float32 = (towards if isinstance(towards, np.ndarray) else dense(towards)).T * said.data
        return parts


class ItemKNN(Linear):
    """Neighbours of artists by cosine over listeners (Sarwar et al. 2001), held back by ``shrink`` where few have both.

    ``shrink`` 3 of 0 to 30 was best on held-out listening.
    """

    name = "item-kNN"

    def __init__(self, shrink: float = 3.0, power: float = 1.0) -> None:
        super().__init__(power)
        self.shrink = shrink

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> ItemKNN:
        said = emphasis(counts, self.power)
        both = (said.T @ said).tocsr()
        length = np.sqrt(both.diagonal())
        row = np.repeat(np.arange(both.shape[0]), np.diff(both.indptr))
        both.data /= length[row] * length[both.indices] + np.float32(self.shrink)
        both.data[row == both.indices] = 0
        both.eliminate_zeros()
        self.weight_ = both
        return self
