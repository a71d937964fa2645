"""Which tracks are most like some others, by sound and by text: exact, over the whole catalogue.

Sound is the squared distance in the pipeline's space, over several seeds its weighted mean; text the weighted mean of
the cosines. The two are not of one kind: nearly all distances lie close together, nearly all cosines are 0, so that
blending them as they are, or standardised, lets one of them decide alone whatever the weights. Each is therefore put on
the same scale first, that of rarity: 1 − ln(tracks at least as similar) / ln(tracks). 1 is like nothing else, 0 like
everything, and one step on it is worth the same for both: ten times fewer tracks are that similar. The blend is
``sound`` · rarity of the sound + (1 − ``sound``) · rarity of the text.

The count is over the whole catalogue, whatever is filtered and however many are asked for: a longer list begins with
the shorter one. It is read off a histogram of similarities whose steps are 0.4 % wide, which takes no sorting; within a
step the distance decides, then popularity and names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tui_music.catalogue.features import Float32
from tui_music.catalogue.terms import Terms
from tui_music.library.history import Bool, Float64, Int64

#: Tracks of one step of work: a row of features for so many stays in a core's cache.
_BLOCK = 1 << 14
_STEPS = 1 << 16
_LEAST = np.float32(1e-6)  # squared distance; less is rounding
#: Further candidates judged exactly beside those asked for.
_SPARE = 64

Steps = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Seed:
    """A track to start from. ``weight`` is its share among several."""

    index: int
    weight: float = 1.0


@dataclass(frozen=True, repr=False, eq=False)
class Ranked:
    """Tracks, the best first: ``track`` int64, ``sound`` and ``text`` float64, each the weighted share of the score."""

    track: Int64
    sound: Float64
    text: Float64

    @property
    def score(self) -> Float64:
        return self.sound + self.text


def rank(sound: Float32, terms: Terms, seeds: Sequence[Seed], n: int, weight: float, allowed: Bool | None) -> Ranked:
    """The ``n`` tracks most like the seeds, which are not among them.

    ``sound`` has shape (FEATURES, tracks); ``weight`` is that of sound, 0–1; ``allowed`` (tracks,) says which may be
    answered, ``None`` all.
    """
    tracks = np.array([seed.index for seed in seeds], np.int64)
    share = np.array([seed.weight for seed in seeds], np.float64)
    share /= share.sum()
    centre = (sound[:, tracks].astype(np.float64) * share).sum(1)
    query = terms.query([(seed.index, seed.weight) for seed in seeds])
    distance = _distances(sound, centre.astype(np.float32))
    cosine = terms.cosine(query)
    by_sound, by_text = _rarity(_far(distance), tracks), _rarity(_unlike(cosine), tracks)
    score = _blended(by_sound, by_text, distance, cosine, weight)
    if allowed is not None:
        score[~allowed] = -1.0
    score[tracks] = -1.0
    found = _best(score, n + _SPARE)
    far = ((sound[:, found].astype(np.float64) - centre[:, None]) ** 2).sum(0)
    alike = terms.exact(query, found)
    heard = weight * by_sound[_far(far.astype(np.float32))].astype(np.float64)
    read = (1 - weight) * by_text[_unlike(alike.astype(np.float32))].astype(np.float64)
    order = np.lexsort((found, far, -(heard + read)))[:n]
    return Ranked(found[order], heard[order], read[order])


def _distances(sound: Float32, centre: Float32) -> Float32:
    """Squared distance of each track, shape (tracks,)."""
    out = np.empty(sound.shape[1], np.float32)

    def work(part: slice) -> None:
        for start in range(part.start, part.stop, _BLOCK):
            here = slice(start, min(start + _BLOCK, part.stop))
            total, step = out[here], np.empty(here.stop - here.start, np.float32)
            total[:] = _LEAST
            for row, value in zip(sound, centre, strict=True):
                np.subtract(row[here], value, out=step)
                np.multiply(step, step, out=step)
                np.add(total, step, out=total)

    _in_threads(work, len(out))
    return out


def _far(distance: Float32) -> Steps:
    """Steps of distance, the nearest first: the leading bits of a float grow with its logarithm."""
    bits = np.ascontiguousarray(np.maximum(distance, _LEAST)).view(np.uint32)
    return (bits >> np.uint32(15)).astype(np.uint16)


def _unlike(cosine: Float32) -> Steps:
    """Steps of a cosine, the most similar first."""
    bits = np.ascontiguousarray(cosine).view(np.uint32)
    return np.uint16(_STEPS - 1) - (bits >> np.uint32(15)).astype(np.uint16)


def _rarity(steps: Steps, seeds: Int64) -> Float32:
    """The scale: for each step 1 − ln(tracks at least as similar) / ln(tracks), the seeds themselves not counted."""
    count = np.bincount(steps, minlength=_STEPS)
    count -= np.bincount(steps[np.unique(seeds)], minlength=_STEPS)
    total = int(count.sum())
    if total < 2:
        return np.zeros(_STEPS, np.float32)
    rarity: Float64 = 1 - np.log(np.maximum(np.cumsum(count), 1)) / np.log(total)
    return rarity.astype(np.float32)


def _blended(by_sound: Float32, by_text: Float32, distance: Float32, cosine: Float32, weight: float) -> Float32:
    score = np.empty(len(distance), np.float32)
    sound, text = by_sound * np.float32(weight), by_text * np.float32(1 - weight)

    def work(part: slice) -> None:
        for start in range(part.start, part.stop, _BLOCK):
            here = slice(start, min(start + _BLOCK, part.stop))
            heard = sound.take(_far(distance[here]), mode="clip")  # faster than indexing; nothing is out of range
            np.add(heard, text.take(_unlike(cosine[here]), mode="clip"), out=score[here])

    _in_threads(work, len(score))
    return score


def _best(score: Float32, n: int) -> Int64:
    """Tracks of the ``n`` highest scores and all that equal the last of them, none below 0."""
    least = 0.0 if n >= len(score) else max(float(np.partition(score, len(score) - n)[len(score) - n]), 0.0)
    return np.flatnonzero(score >= np.float32(least))


def _in_threads(work: Callable[[slice], None], size: int) -> None:
    """Do ``work`` on parts of the tracks, on every core; small ones here."""
    cores = min(4, os.cpu_count() or 1)
    if size <= 4 * _BLOCK or cores == 1:
        work(slice(0, size))
        return
    ends = np.linspace(0, size, cores + 1).astype(int).tolist()
    for _ in _threads().map(work, [slice(*pair) for pair in pairwise(ends)]):
        pass  # raises what a thread raised


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="similar")
