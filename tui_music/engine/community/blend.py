"""Several models as one: their scores on one scale, weighed, and added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from tui_music.engine.community.content import Tags
from tui_music.engine.community.ease import EASE, PrunedEASE
from tui_music.engine.community.factors import IALS
from tui_music.engine.community.models import CommunityModel, Float32
from tui_music.library.history import Int64


class Blend:
    """Σ weight × score / deviation, the deviation being that over the artists the listener does not play.

    That is a blend of z-scores but for their means, which are the same for all artists: so it ranks like one, and what
    a listener's artists add to it is exact.
    """

    name = "blend"

    def __init__(self, parts: Sequence[tuple[CommunityModel, float]]) -> None:
        self.models = tuple(model for model, _ in parts)
        self.weights = tuple(weight for _, weight in parts)

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> Blend:
        for model in self.models:
            model.fit(counts, tags)
        return self

    def scores(self, profiles: csr_array) -> Float32:
        return blended([model.scores(profiles) for model in self.models], self.weights, profiles)

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        parts = np.zeros((len(artists), profile.nnz), np.float32)
        for model, weight in zip(self.models, self.weights, strict=True):
            scale = weight / float(deviations(model.scores(profile), profile)[0])
            parts += np.float32(scale) * model.parts(profile, artists)
        return parts


def blended(scores: Sequence[Float32], weights: Sequence[float], profiles: csr_array) -> Float32:
    """Scores of shape (listeners, artists) on one scale, weighed and added."""
    total = np.zeros(profiles.shape, np.float32)
    for each, weight in zip(scores, weights, strict=True):
        total += np.float32(weight) / deviations(each, profiles)[:, None] * each
    return total


def deviations(scores: Float32, profiles: csr_array) -> Float32:
    """The standard deviation of each listener's scores over what they do not play; 1 where all are the same."""
    rows, artists = scores.shape
    row = np.repeat(np.arange(rows), np.diff(profiles.indptr))
    heard = scores[row, profiles.indices].astype(np.float64)
    n = np.maximum(artists - np.diff(profiles.indptr), 1)
    mean = (scores.sum(axis=1, dtype=np.float64) - np.bincount(row, heard, rows)) / n
    squares = np.einsum("ij,ij->i", scores, scores, dtype=np.float64) - np.bincount(row, heard**2, rows)
    variance = squares / n - mean**2
    some = variance > 1e-9 * np.abs(squares) / n  # less is rounding
    return np.sqrt(np.where(some, variance, 1.0)).astype(np.float32)


#: Weights of iALS, EASE with tags, and tags, chosen on validation pairs of HetRec Last.fm.
WEIGHTS = (1.0, 0.6, 0.8)


def default_blend() -> Blend:
    """What does best."""
    return Blend(list(zip((IALS(), EASE(), Tags()), WEIGHTS, strict=True)))


def serving_blend() -> Blend:
    """The same, small enough to be kept."""
    return Blend(list(zip((IALS(), PrunedEASE(), Tags()), WEIGHTS, strict=True)))
