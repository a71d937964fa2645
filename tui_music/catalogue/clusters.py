"""Clusters of tracks that sound alike: how many, which, and what sets each apart. For the building process alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tui_music.catalogue.features import FEATURES, WORDS, Float32
from tui_music.library.history import Float64, UInt8

#: Numbers of clusters tried; 35 is what the system before this one was said to have found best.
CHOICES = (5, 8, 11, 14, 17, 20, 25, 30, 35)
MOST = 200
_SAMPLE = 4_000
#: Tracks drawn to find out how many clusters there are; then all tracks are clustered.
_TRIED = 40_000
_SEED = 42
#: Standard deviations from the mean that set a cluster apart.
_APART = 0.5


@dataclass(frozen=True, eq=False)
class Clustering:
    """``centre`` float32 (clusters, FEATURES), in the space of the pipeline; ``of_track`` uint8 (tracks,), the nearest
    centre of each; ``names`` of the clusters; ``silhouette`` (on a sample) of each number tried."""

    centre: Float32
    of_track: UInt8
    names: tuple[str, ...]
    silhouette: dict[int, float]


def cluster(sound: Float32, wanted: int | None = None) -> Clustering:
    """Cluster tracks, shape (FEATURES, tracks), into ``wanted`` clusters, else as many as have the best silhouette.

    MiniBatch k-means (Sculley 2010); the silhouette (Rousseeuw 1987) is that of at most 4,000 tracks drawn at random.
    """
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.metrics import silhouette_score

    points = np.ascontiguousarray(sound.T)
    tried = np.random.default_rng(_SEED).permutation(len(points))[:_TRIED]
    drawn = tried[:_SAMPLE]
    distinct = len(np.unique(points[drawn], axis=0))
    choices = [min(wanted, distinct)] if wanted else [k for k in CHOICES if k < distinct] or [max(1, min(2, distinct))]
    scores: dict[int, float] = {}

    def centres(k: int, among: Float32) -> Float32:
        model = MiniBatchKMeans(k, batch_size=8192, n_init=3, compute_labels=False, random_state=_SEED).fit(among)
        return np.asarray(model.cluster_centers_, np.float32)

    for k in choices:
        labels = nearest(centres(k, points[tried]), sound[:, drawn])
        several = 1 < len(np.unique(labels)) < len(drawn)
        scores[k] = float(silhouette_score(points[drawn], labels)) if several else -1.0
    found = centres(max(scores, key=lambda k: scores[k]), points)
    used, label = np.unique(nearest(found, sound), return_inverse=True)  # one that no track is in is none
    size = np.bincount(label)
    order = np.argsort(-size, kind="stable")
    rank = np.empty(len(order), np.uint8)
    rank[order] = np.arange(len(order), dtype=np.uint8)
    centre = found[used][order]
    return Clustering(centre, rank[label], named(centre), scores)


def nearest(centre: Float32, sound: Float32) -> UInt8:
    """The nearest centre of each track, shape (tracks,): the one rule, in building and in serving."""
    out = np.empty(sound.shape[1], np.uint8)
    size = (centre.astype(np.float64) ** 2).sum(1)[:, None] / 2
    for start in range(0, len(out), 1 << 16):
        part = sound[:, start : start + (1 << 16)].astype(np.float64)
        out[start : start + (1 << 16)] = (centre.astype(np.float64) @ part - size).argmax(0)
    return out


def named(centre: Float64 | Float32) -> tuple[str, ...]:
    """A name for each cluster from what sets it apart most, two features or more where two would be called the same."""
    weight = np.array(list(FEATURES.values()))
    apart = np.asarray(centre, np.float64) / weight
    names = [_name(row, 2) for row in apart]
    for length in (3, 4):
        names = [_name(row, length) if names.count(name) > 1 else name for row, name in zip(apart, names, strict=True)]
    return tuple(_numbered(names))


def _name(apart: Float64, length: int) -> str:
    told = [(abs(value), name, value) for name, value in zip(FEATURES, apart.tolist(), strict=True) if name in WORDS]
    told.sort(key=lambda each: (-each[0], each[1]))
    words = [WORDS[name][0 if value > 0 else 1] for size, name, value in told[:length] if size >= _APART]
    return ", ".join(words) or "middle of the road"


def _numbered(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(f"{name} {seen[name]}" if seen[name] > 1 else name)
    return out
