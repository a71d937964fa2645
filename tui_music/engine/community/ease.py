"""EASE: the linear model that foretells each artist from all others (Steck 2019), in both of its closed forms."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array, vstack

from tui_music.engine.community.models import Float32, Linear, emphasis
from tui_music.library.history import Float64, Int64

#: Primal: artists beyond so many have no weights. 6,000 take 0.3 GB and a minute.
MOST = 6_000
#: Tags of fewer artists, on a listener's scale, and the largest sum a tag may have.
_LEAST_TAGGED, _TAG_SUM = 5, 30.0
_COLUMNS = 2_000
#: Weights towards an artist that are enough.
KEPT = 300


def tag_rows(tags: csr_array, weight: float) -> csr_array:
    """Tags as if each were a listener of the artists that have it, shape (tags, artists): Jeunen, Van Balen and
    Goethals 2020. A tag given to many artists says little of each."""
    rows = tags.T.tocsr()[np.bincount(tags.indices, minlength=tags.shape[1]) >= _LEAST_TAGGED]
    given = np.log1p(rows.data)
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    share = weight * np.minimum(1.0, _TAG_SUM / np.maximum(np.bincount(row, given, rows.shape[0]), 1e-9))
    return csr_array(((given * share[row]).astype(np.float32), rows.indices, rows.indptr), shape=rows.shape)


class EASE:
    """``B = I − P · diag(1 / diag P)`` with ``P = (XᵀX + λI)⁻¹``; the score is ``x B``.

    Where there are fewer listeners (and tags) than artists, P is taken from the dual: ``K = (XXᵀ + λI)⁻¹ X`` and
    ``P = (I − XᵀK) / λ``, which inverts listeners × listeners instead of artists × artists; both give the same. The
    dual keeps K and multiplies when it is asked. The primal learns of the ``most`` artists with most listeners.
    ``tags`` is how much those weigh, 0 for not at all.
    """

    def __init__(
        self, penalty: float = 80.0, power: float = 1.0, tags: float = 1.5, most: int = MOST, dual: bool | None = None
    ) -> None:
        self.penalty, self.power, self.tags, self.most, self.dual = penalty, power, tags, most, dual
        self.name = "EASE with tags" if tags else "EASE"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> EASE:
        said = emphasis(counts, self.power)
        if tags is not None and self.tags:
            said = vstack([said, tag_rows(tags, self.tags)]).tocsr()
        dual = said.shape[0] < min(said.shape[1], self.most) if self.dual is None else self.dual
        self.artists_: Int64 = np.arange(said.shape[1])
        self.weight_: Float32 | None = None
        if not dual and said.shape[1] > self.most:
            listeners = np.bincount(said.indices, minlength=said.shape[1])
            self.artists_ = np.sort(np.argsort(-listeners, kind="stable")[: self.most])
        self.said_ = said[:, self.artists_] if len(self.artists_) < said.shape[1] else said
        self._fit_dual() if dual else self._fit_primal()
        return self

    def _fit_dual(self) -> None:
        said = self.said_
        factor = _factor((said @ said.T).toarray(), self.penalty)
        self.inverse_ = np.empty(said.shape, np.float32)
        for start in range(0, said.shape[1], _COLUMNS):
            block = slice(start, start + _COLUMNS)
            self.inverse_[:, block] = cho_solve(factor, said[:, block].toarray(), overwrite_b=True, check_finite=False)
        row = np.repeat(np.arange(said.shape[0]), np.diff(said.indptr))
        own = np.bincount(said.indices, said.data * self.inverse_[row, said.indices], said.shape[1])
        self.own_ = own.astype(np.float32)  # what an artist says of itself: 1 − λ · diag P

    def _fit_primal(self) -> None:
        both = (self.said_.T @ self.said_).toarray()
        inverse = cho_solve(_factor(both, self.penalty), np.eye(len(both)), overwrite_b=True, check_finite=False)
        weight = inverse / -np.diag(inverse)
        np.fill_diagonal(weight, 0.0)
        self.weight_ = weight.astype(np.float32)

    def scores(self, profiles: csr_array) -> Float32:
        said = emphasis(profiles, self.power)
        if len(self.artists_) < said.shape[1]:
            scores = np.zeros(said.shape, np.float32)
            scores[:, self.artists_] = self._scores(said[:, self.artists_])
            return scores
        return self._scores(said)

    def _scores(self, said: csr_array) -> Float32:
        if self.weight_ is not None:
            direct: Float32 = said @ self.weight_
            return direct
        scores = np.empty(said.shape, np.float32)
        everyone = np.arange(said.shape[1])
        for start in range(0, said.shape[1], _COLUMNS):
            block = everyone[start : start + _COLUMNS]
            scores[:, block] = said @ self.between(everyone, block)
        return scores

    def between(self, sources: Int64, targets: Int64) -> Float32:
        """Weights from artists to artists, places in ``artists_``; shape (sources, targets)."""
        if self.weight_ is not None:
            return self.weight_[np.ix_(sources, targets)]
        weight: Float32 = (self.said_[:, sources].T @ self.inverse_[:, targets]) / (1 - self.own_[targets])
        weight[sources[:, None] == targets] = 0.0
        return weight

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        said = emphasis(profile, self.power)
        place = np.full(said.shape[1], -1)
        place[self.artists_] = np.arange(len(self.artists_))
        source, target = place[said.indices], place[artists]
        parts = np.zeros((len(artists), said.nnz), np.float32)
        there, known = np.flatnonzero(target >= 0), np.flatnonzero(source >= 0)
        parts[np.ix_(there, known)] = self.between(source[known], target[there]).T * said.data[known]
        return parts


class PrunedEASE(Linear):
    """EASE of which, for each candidate, only the ``kept`` largest weights are kept: small, and quick to ask."""

    weight_: csr_array

    def __init__(self, penalty: float = 80.0, power: float = 1.0, tags: float = 1.5, kept: int = KEPT) -> None:
        super().__init__(power)
        self.penalty, self.tags, self.kept = penalty, tags, kept
        self.name = "EASE with tags" if tags else "EASE"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> PrunedEASE:
        whole = EASE(self.penalty, self.power, self.tags).fit(counts, tags)
        known, everyone = whole.artists_, np.arange(len(whole.artists_))
        rows, columns, values = [], [], []
        for start in range(0, len(known), _COLUMNS):
            block = everyone[start : start + _COLUMNS]
            weight = whole.between(everyone, block)
            if len(known) > self.kept:
                least = np.partition(np.abs(weight), -self.kept, axis=0)[-self.kept]
                weight = np.where(np.abs(weight) >= least, weight, 0)
            row, column = np.nonzero(weight)
            rows.append(known[row])
            columns.append(known[block[column]])
            values.append(weight[row, column])
        where = np.concatenate(rows), np.concatenate(columns)
        self.weight_ = csr_array((np.concatenate(values), where), shape=(counts.shape[1], counts.shape[1]))
        return self


def _factor(gram: Float64, penalty: float) -> tuple[Float64, bool]:
    gram = gram.astype(np.float64, copy=False)
    gram[np.diag_indices_from(gram)] += penalty
    factor: tuple[Float64, bool] = cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    return factor
