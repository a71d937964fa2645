"""Models of factors: each artist a point in a space of a few dozen dimensions, each listener folded in from theirs."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import nnls
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from tui_music.engine.community.models import Float32, emphasis
from tui_music.library.history import Float64, Int64

#: Numbers in the largest block of listeners that is solved at once.
_BLOCK = 4_000_000


class PureSVD:
    """The first factors of the matrix of who plays whom, those not played counted as 0 (Cremonesi, Koren and Turrin
    2010): the score is ``x V Vᵀ``."""

    name = "PureSVD"

    def __init__(self, factors: int = 20, power: float = 0.0) -> None:
        self.factors, self.power = factors, power

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> PureSVD:
        said = emphasis(counts, self.power).astype(np.float64)
        k = min(self.factors, min(said.shape) - 1)
        _, _, self.factors_ = svds(said, k, v0=np.ones(min(said.shape)))
        return self

    def scores(self, profiles: csr_array) -> Float32:
        scores: Float32 = ((emphasis(profiles, self.power) @ self.factors_.T) @ self.factors_).astype(np.float32)
        return scores

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        said = emphasis(profile, self.power)
        towards = self.factors_[:, artists].T @ self.factors_[:, said.indices]
        parts: Float32 = (towards * said.data).astype(np.float32)
        return parts


class NMF:
    """Factors without negative numbers (Lee and Seung 1999) of what was played; listeners are folded in by least
    squares without negative weights. ``fit`` needs scikit-learn."""

    name = "NMF"

    def __init__(self, factors: int = 20, power: float = 0.5) -> None:
        self.factors, self.power = factors, power

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> NMF:
        from sklearn import decomposition
        from sklearn.exceptions import ConvergenceWarning

        said = emphasis(counts, self.power)
        k = min(self.factors, *said.shape)
        fitted = decomposition.NMF(
            k, init="nndsvda" if k < min(said.shape) else "random", max_iter=200, tol=1e-3, random_state=0
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # 200 rounds are near enough
            fitted.fit(said)
        there = fitted.components_.any(axis=1)
        self.factors_ = fitted.components_[there].astype(np.float64)
        gram = self.factors_ @ self.factors_.T
        self.root_ = cholesky(gram + 1e-9 * np.trace(gram) * np.eye(len(gram)))
        return self

    def _weights(self, said: csr_array) -> Float64:
        """The listener's weight on each factor: argmin ‖x − wH‖, w ≥ 0."""
        right = solve_triangular(self.root_, (said @ self.factors_.T).T, trans="T")
        return np.stack([nnls(self.root_, column)[0] for column in right.T])

    def scores(self, profiles: csr_array) -> Float32:
        scores: Float32 = (self._weights(emphasis(profiles, self.power)) @ self.factors_).astype(np.float32)
        return scores

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        """The factors with a weight are a least squares fit of their own, which is linear in what was played."""
        said = emphasis(profile, self.power)
        used = np.flatnonzero(self._weights(said)[0] > 0)
        root = cholesky(self.root_[:, used].T @ self.root_[:, used])
        middle = solve_triangular(root, self.factors_[np.ix_(used, said.indices)], trans="T")
        towards = solve_triangular(root, self.factors_[np.ix_(used, artists)], trans="T").T @ middle
        parts: Float32 = (towards * said.data).astype(np.float32)
        return parts


class IALS:
    """Implicit alternating least squares (Hu, Koren and Volinsky 2008), regularised by how often an artist or listener
    occurs (Rendle, Krichene, Zhang and Koren 2022).

    The loss is ``Σ played c (1 − uᵀv)² + α Σ all (uᵀv)² + Σ λ_u ‖u‖² + Σ λ_v ‖v‖²`` with the emphasis on a play count
    as c, and ``λ = regularisation · (number played + α · number in all)``. Factors are turned so that ``VᵀV`` is
    diagonal, which changes no score: then all but the played part of a listener's equations is diagonal, and the same
    for all who played equally many: those are solved together, in as many unknowns as artists were played where these
    are fewer than factors.
    """

    def __init__(
        self,
        factors: int = 64,
        regularisation: float = 0.003,
        alpha: float = 0.2,
        epochs: int = 10,
        power: float = 2.0,
        seed: int = 0,
    ) -> None:
        self.factors, self.regularisation, self.alpha = factors, regularisation, alpha
        self.epochs, self.power, self.seed = epochs, power, seed
        self.name = f"iALS {factors}"

    def fit(self, counts: csr_array, tags: csr_array | None = None) -> IALS:
        said = emphasis(counts, self.power)
        across = said.T.tocsr()
        rng = np.random.default_rng(self.seed)
        artists = rng.normal(0, 0.1 / np.sqrt(self.factors), (said.shape[1], self.factors))
        for _ in range(self.epochs):
            artists = _turned(artists)
            listeners = _turned(self._solve(artists, _squares(artists), said))
            artists = self._solve(listeners, _squares(listeners), across)
        return self.with_factors(_turned(artists).astype(np.float32))

    def with_factors(self, factors: Float32) -> IALS:
        """The model of factors that were learnt before, turned, shape (artists, factors)."""
        self.factors_, self.squares_ = factors, _squares(factors)
        return self

    def scores(self, profiles: csr_array) -> Float32:
        listeners = self._solve(self.factors_, self.squares_, emphasis(profiles, self.power))
        scores: Float32 = listeners.astype(np.float32) @ self.factors_.T
        return scores

    def parts(self, profile: csr_array, artists: Int64) -> Float32:
        """``vᵀ A⁻¹ v_j c_j`` for each artist j played: equation 7 of Hu, Koren and Volinsky."""
        said = emphasis(profile, self.power)
        played = self.factors_[said.indices].astype(np.float64)
        diagonal = self.alpha * self.squares_ + self._penalty(said.nnz, len(self.factors_))
        matrix = np.diag(diagonal) + (played.T * said.data) @ played
        towards = self.factors_[artists] @ np.linalg.solve(matrix, played.T)
        parts: Float32 = (towards * said.data).astype(np.float32)
        return parts

    def _penalty(self, played: int, of: int) -> float:
        return self.regularisation * (played + self.alpha * of)

    def _solve(self, fixed: NDArray[np.floating], squares: Float64, said: csr_array) -> Float64:
        """The other side's factors, shape (rows of ``said``, factors)."""
        solved = np.zeros((said.shape[0], fixed.shape[1]))
        sizes = np.diff(said.indptr)
        for size in np.unique(sizes[sizes > 0]).tolist():
            inverse = 1 / (self.alpha * squares + self._penalty(size, len(fixed)))
            rows = np.flatnonzero(sizes == size)
            for block in np.array_split(rows, -(-len(rows) * size * fixed.shape[1] // _BLOCK)):
                at = said.indptr[block][:, None] + np.arange(size)
                root = np.sqrt(said.data[at], dtype=np.float64)[:, :, None]
                played = fixed[said.indices[at]] * root
                across = played.transpose(0, 2, 1)
                if size < len(inverse):
                    known = np.linalg.solve((played * inverse) @ across + np.eye(size), root)
                    solved[block] = (across @ known)[:, :, 0] * inverse
                else:
                    solved[block] = np.linalg.solve(across @ played + np.diag(1 / inverse), across @ root)[:, :, 0]
        return solved


def _turned(factors: Float64) -> Float64:
    """The same points along other axes, on which their products with one another sum to 0."""
    turned: Float64 = factors @ np.linalg.eigh(factors.T @ factors)[1]
    return turned


def _squares(factors: NDArray[np.floating]) -> Float64:
    squares: Float64 = np.einsum("ij,ij->j", factors, factors, dtype=np.float64)
    return squares
