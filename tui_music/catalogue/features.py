"""How tracks sound, as numbers that can be compared: the one pipeline of building and of serving.

Each feature is standardised and weighted. Tempo is told twice, by its size and as a place on the circle of an octave
(70 beats a minute are close to 140), keys lie on the circle of fifths, tempo and duration go by ratios. None of them is
a copy or a sum of others. What is missing stands at the mean, 0.

Weights were chosen by how well the nearest tracks predict who shares a playlist (471 real playlists, 28,356 tracks,
NDCG@10). On 2,000 other queries: all columns raw under the cosine 0.010, eleven standardised features 0.030, these
0.038. Cosine (0.039) and Manhattan distance (0.039) did next to nothing better; squared distance is taken, because its
mean to several tracks is the distance to their mean, and because 0 means the same sound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_music.catalogue.tables import SOUND
from tui_music.library.history import Float64

Float32 = NDArray[np.float32]
#: Features with their weight.
FEATURES = {
    "danceability": 1.0,
    "energy": 1.0,
    "loudness": 1.0,
    "speechiness": 1.0,
    "acousticness": 1.0,
    "instrumentalness": 1.0,
    "liveness": 0.5,
    "valence": 1.0,
    "tempo": 0.5,
    "beat x": 0.7,
    "beat y": 0.7,
    "key x": 0.3,
    "key y": 0.3,
    "mode": 0.3,
    "duration": 0.5,
}
#: What music is called that has much, or little, of a feature.
WORDS = {
    "danceability": ("danceable", "hard to dance to"),
    "energy": ("energetic", "calm"),
    "loudness": ("loud", "quiet"),
    "speechiness": ("spoken", "hardly spoken"),
    "acousticness": ("acoustic", "electric"),
    "instrumentalness": ("instrumental", "sung"),
    "liveness": ("live", "studio"),
    "valence": ("cheerful", "sombre"),
    "tempo": ("fast", "slow"),
    "mode": ("major", "minor"),
    "duration": ("long", "short"),
}
_AT = {name: place for place, name in enumerate(SOUND)}
_PLAIN = tuple(FEATURES)[:8]
_CHUNK = 1 << 17


def engineered(raw: Float64) -> Float64:
    """Features of tracks, shape (tracks, FEATURES), from the columns ``SOUND``, shape (tracks, SOUND); nan stays."""
    tempo = np.log2(raw[:, _AT["tempo"]])
    beat = 2 * np.pi * tempo
    fifths = 2 * np.pi * (7 * raw[:, _AT["key"]] % 12) / 12
    return np.column_stack(
        [
            *(raw[:, _AT[name]] for name in _PLAIN),
            tempo,
            np.cos(beat),
            np.sin(beat),
            np.cos(fifths),
            np.sin(fifths),
            raw[:, _AT["mode"]],
            np.log2(raw[:, _AT["duration_ms"]]),
        ]
    )


@dataclass(frozen=True, eq=False)
class Pipeline:
    """From what tables say to what is compared. ``mean`` and ``sd``: float64 (FEATURES,), of the features known."""

    mean: Float64
    sd: Float64

    @classmethod
    def fit(cls, raw: Float64) -> Pipeline:
        """Learn from tracks, shape (tracks, SOUND). A feature that never differs counts nothing."""
        features = engineered(raw)
        known = np.isfinite(features)
        count = np.maximum(known.sum(0), 1)
        mean = np.where(known, features, 0.0).sum(0) / count
        sd = np.sqrt((np.where(known, features - mean, 0.0) ** 2).sum(0) / count)
        return cls(mean, np.where(sd > 1e-9, sd, np.inf))

    def standardised(self, raw: Float64) -> Float64:
        """Shape (tracks, FEATURES): 0 at the mean, 1 a standard deviation above it; 0 where nothing is known."""
        return np.nan_to_num((engineered(raw) - self.mean) / self.sd, nan=0.0)

    def transform(self, raw: Float64) -> Float32:
        """The same, weighted: what distances are taken of. Shape (FEATURES, tracks), a row for each feature."""
        out = np.empty((len(FEATURES), len(raw)), np.float32)
        weight = np.array(list(FEATURES.values()))
        for start in range(0, len(raw), _CHUNK):
            part = slice(start, start + _CHUNK)
            out[:, part] = (self.standardised(raw[part]) * weight).T
        return out


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of the standardised features: ``axes`` float64 (components, FEATURES), ``variance`` the
    share of the whole variance that each one holds, all of them: they sum to 1."""

    axes: Float64
    variance: Float64

    @classmethod
    def fit(cls, standardised: Float64) -> Components:
        """Eigenvectors of the covariance, largest first; the largest entry of each is positive."""
        value, vector = np.linalg.eigh(np.cov(standardised.T))
        axes = vector.T[::-1]
        axes = axes * np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(1)])[:, None]
        value = np.maximum(value[::-1], 0.0)
        return cls(axes, value / max(value.sum(), 1e-12))


def correlations(raw: Float64) -> Float64:
    """Pearson's r of each two columns over the tracks where both are known, shape (columns, columns); nan for none."""
    known = np.isfinite(raw)
    held = np.where(known, raw, 0.0)
    held = np.where(known, raw - held.sum(0) / np.maximum(known.sum(0), 1), 0.0)
    both = known.T.astype(np.float64)
    pairs = both @ known
    with np.errstate(invalid="ignore", divide="ignore"):
        sums, squares = held.T @ known, (held**2).T @ known
        covariance = held.T @ held - sums * sums.T / pairs
        spread = squares - sums**2 / pairs
        r: Float64 = covariance / np.sqrt(spread * spread.T)
    return np.where(pairs > 1, r, np.nan)
