"""Formulas of the systems this program replaces, as they were published, to stand beside ours in the same trial.

What listeners play already is left out of their lists here, as of everybody's. Systems 1 and 2 recommend tracks by
their sound and have nothing to say of a community's artists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tui_music.engine.community.models import Float32


class Scorer(Protocol):
    """What is evaluated: see :class:`tui_music.engine.community.models.CommunityModel`."""

    @property
    def name(self) -> str: ...

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> Scorer: ...

    def scores(self, profiles: csr_array) -> Float32: ...


class Random:
    """Any artist is as good as another."""

    name = "random"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> Random:
        self.drawn_ = np.random.default_rng(0)
        return self

    def scores(self, profiles: csr_array) -> Float32:
        scores: Float32 = self.drawn_.random(profiles.shape, np.float32)
        return scores


class SimilarWithin:
    """System 0: preference × similarity, to artists of the listener's library alone, skipping those of the library."""

    name = "system 0: similar artists"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> SimilarWithin:
        return self

    def scores(self, profiles: csr_array) -> Float32:
        return np.full(profiles.shape, -np.inf, np.float32)  # nobody is left


class RawSVD:
    """System 3: TruncatedSVD(50) of raw play counts, so that who plays most decides."""

    name = "system 3: SVD of raw counts"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> RawSVD:
        from sklearn.decomposition import TruncatedSVD

        svd = TruncatedSVD(min(50, min(counts.shape) - 1), random_state=42).fit(counts)
        self.factors_: NDArray[np.float64] = svd.components_
        return self

    def scores(self, profiles: csr_array) -> Float32:
        scores: Float32 = ((profiles @ self.factors_.T) @ self.factors_).astype(np.float32)
        return scores


class ConstantSVD:
    """System 4: the prediction of a rating that is always 1, on a scale from 1 to 1, is 1: the order of the file."""

    name = "system 4: SVD of ones"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> ConstantSVD:
        listed, first = np.unique(counts.indices, return_index=True)
        self.place_ = np.full(counts.shape[1], counts.nnz)
        self.place_[listed] = first  # the first row of the file that names an artist
        return self

    def scores(self, profiles: csr_array) -> Float32:
        return np.tile(-self.place_.astype(np.float32), (profiles.shape[0], 1))


class NamesAlike:
    """System 4: the mean cosine of TF-IDF of names in lower case, without English stop words, to all one plays."""

    name = "system 4: TF-IDF of names"

    def __init__(self, artists: Sequence[str]) -> None:
        self.artists = artists

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> NamesAlike:
        from sklearn.feature_extraction.text import TfidfVectorizer

        try:
            words = TfidfVectorizer(stop_words="english").fit_transform([name.lower() for name in self.artists])
        except ValueError:  # nothing but stop words and signs
            words = csr_array((len(self.artists), 1))
        self.words_ = csr_array(words)
        return self

    def scores(self, profiles: csr_array) -> Float32:
        played = (profiles > 0).astype(np.float64)
        mean = played / np.maximum(np.diff(played.indptr), 1)[:, None]
        scores: Float32 = ((mean @ self.words_) @ self.words_.T).toarray().astype(np.float32)
        return scores


def reciprocal(scores: Sequence[Float32], banned: csr_array, plus: int) -> Float32:
    """Σ 1 / (plus + rank) over the rankings of ``scores``, what is ``banned`` ranked last.

    ``plus`` 60 is reciprocal rank fusion (Cormack, Clarke and Büttcher 2009); system 3 has 0, by which whoever is
    first anywhere is first. Equals share no rank: they stand as they are coded.
    """
    total = np.zeros(scores[0].shape, np.float32)
    row = np.repeat(np.arange(banned.shape[0]), np.diff(banned.indptr))
    for each in scores:
        each = each.copy()
        each[row, banned.indices] = -np.inf
        order = np.argsort(-each, axis=1, kind="stable")
        ranks = np.empty(each.shape, np.float32)
        np.put_along_axis(ranks, order, np.arange(1, each.shape[1] + 1, dtype=np.float32)[None], axis=1)
        total += 1 / (plus + ranks)
    return total
