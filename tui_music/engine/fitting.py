"""Weights of a blend, fitted on moments of the listener's own past: which signals count, in which variant, how much.

A blend begins with the one variant that ranks best alone; others are added, and their weights changed, as long as the
ranking gains by it. As a few hundred moments leave much to chance, this is done on 32 resamplings of them, and the mean
of all blends is taken (bagging: Breiman 1996); the blend that is usual counts as much as five independent moments. What
does not help on moments that were not drawn gets no weight. Single blends, and weights by logistic regression over all
variants, fell behind the best baseline on more of the histories that were tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tui_music.engine.blend import standardised
from tui_music.engine.candidate import Mode, Recommender
from tui_music.engine.habits import Habit
from tui_music.engine.metrics import discounts
from tui_music.engine.moments import Moment, Task, block
from tui_music.engine.pool import REPEATS, names, parameters_of
from tui_music.engine.practice import Said, best
from tui_music.engine.recency import BaseLevel, Decay, Sum
from tui_music.engine.similar import SecondHand, Similar
from tui_music.engine.tags import Tags
from tui_music.library.history import Bool, Float64

#: Rankings are compared in their first so many places. 90 days bring some 80 artists, of which ten say little.
DEPTHS = {Task.SESSION: (10,), Task.DAYS: (5, 10, 15, 20, 30, 40)}
#: Weights that a variant may have beside the first one, whose weight is 1.
_WEIGHTS = {Mode.FAMILIAR: (0.1, 0.2, 0.4, 0.8), Mode.DISCOVER: (0.0, 0.3, 0.6, 1.0)}
#: Least gain in NDCG that a change must bring, and most changes.
_GAIN, _CHANGES = 0.0005, 6
#: Resamplings, the share of them in which a signal must be taken up, and the weight of the usual blend in moments.
_BAGS, _HELPS, _USUAL = 32, 1 / 3, 5.0
#: So many candidates of each variant are ranked; others reach no list.
_CANDIDATES = 60
#: With fewer moments at which something could be found, nothing is fitted.
_LEAST_MOMENTS = 20

#: The usual weights, beside those of :func:`usual_blend`, of signals that go by files the person has. On 400 listeners
#: of HetRec Last.fm that were held out, company brought NDCG@10 from 0.227 to 0.243; sound, which knew a tenth of the
#: artists, neither gained nor lost: it speaks where the others are silent.
OTHERS = {"company": 1.5, "sound": 0.1}

_Float32: TypeAlias = NDArray[np.float32]
#: Weights of variants by their places in the pool.
_Blend: TypeAlias = dict[int, float]


@dataclass(frozen=True, eq=False)
class Weights:
    """The blend of a mode for a task: ``weight`` (signals,) of the signals ``names``, 0 for those that do not help, and
    the ``parameters`` they are made with (see pool.py). It was fitted on so many ``moments``; on none where it is the
    usual blend.
    """

    task: Task
    mode: Mode
    names: tuple[str, ...]
    weight: Float64
    parameters: Mapping[str, float]
    moments: int

    def of(self, name: str) -> float:
        """The weight of a signal; the usual one of a signal that there was not when these were fitted."""
        return float(self.weight[self.names.index(name)]) if name in self.names else OTHERS.get(name, 0.0)

    @property
    def by_rank(self) -> bool:
        """Whether signals count by their ranks alone: their scores are on no scale that was tried on the listener."""
        return not self.moments


def usual_blend(task: Task, mode: Mode) -> list[tuple[Recommender, float]]:
    """Recommenders and their weights. To play again: what did well on all histories tried, the power of the age beside
    the half-life, because it still ranks when one listens much more or less than before; to discover: what ranked best
    on 400 listeners of HetRec Last.fm that were held out."""
    if mode is Mode.DISCOVER:
        return [(Similar(), 1.0), (SecondHand(), 0.3), (Tags(), 0.6)]
    if task is Task.SESSION:
        return [(Decay(Sum(16.0, 0.5)), 1.0), (BaseLevel(Sum(0.7, 0.5)), 1.0), (Habit(), 0.15)]
    return [(Decay(Sum(64.0, 0.5)), 1.0), (BaseLevel(Sum(0.5, 0.5)), 1.0)]


def usual(task: Task, mode: Mode) -> Weights:
    """The blend of those of whom too little is known to fit one."""
    blend = usual_blend(task, mode)
    of = {each.name: weight for each, weight in blend}
    parameters = {key: value for each, _ in blend for key, value in parameters_of(each.name, _sums(each)).items()}
    weight = np.array([of.get(name, 0.0) for name in names(mode)])
    return Weights(task, mode, names(mode), weight, parameters, 0)


def _sums(recommender: Recommender) -> tuple[Sum, ...]:
    return recommender.sums if isinstance(recommender, Decay | BaseLevel) else ()


class Fitting:
    """Collects what the variants of recommenders said at moments of a slice; :meth:`weights` then fits a blend."""

    def __init__(self, task: Task, mode: Mode, variants: Sequence[Recommender]) -> None:
        self.task, self.mode, self.variants = task, mode, variants
        self._recency = [at for at, each in enumerate(variants) if type(each) in (Decay, BaseLevel)]
        alike = len(REPEATS)  # what differs in repeats alone ranks alike
        self._ranking = self._recency[1::alike] or range(len(variants))
        self._moments: list[Moment] = []
        self._unit: list[_Float32] = []
        self._wanted: list[Bool] = []
        self._relevant: list[int] = []
        self._deviation = np.zeros(len(variants))

    def add(self, said: Said) -> None:
        """Take in one moment, at which the variants come first of all that spoke."""
        unit, _, deviation = standardised(said.value[:, : len(self.variants)])
        reached = np.unique(np.concatenate([best(said.value[:, column], _CANDIDATES) for column in self._ranking]))
        if said.wanted[reached].any():
            self._moments.append(said.moment)
            self._unit.append(unit[reached].astype(np.float32))
            self._wanted.append(said.wanted[reached])
            self._relevant.append(said.relevant if self.mode is Mode.FAMILIAR else said.relevant - said.again)
            self._deviation += deviation

    def weights(self) -> Weights:
        """The mean of the blends that were best, or the usual one if there was too little to go by."""
        if len(self._moments) < _LEAST_MOMENTS:
            return usual(self.task, self.mode)
        board = _Board(self._unit, self._wanted, self._relevant, DEPTHS[self.task])
        blends = [(often, self._climbed(board, often)) for often in _resampled(len(self._moments))]
        helping = self._helping(board, blends)
        mean = np.zeros(len(self.variants))
        for _, blend in blends:
            for at, share in blend.items():
                if self.variants[at].name in helping:
                    mean[at] += share / sum(blend.values())
        mean = self._tempered(mean / mean.sum())
        all_names = tuple(dict.fromkeys([*names(self.mode), *(each.name for each in self.variants)]))
        weight, parameters = np.zeros(len(all_names)), dict[str, float]()
        for place, name in enumerate(all_names):
            own = [at for at in np.flatnonzero(mean).tolist() if self.variants[at].name == name]
            weight[place] = mean[own].sum()
            worth = mean[own] / np.maximum(self._deviation[own], 1e-9)  # weights are of z-scores, worth of logarithms
            sums = [
                (each, part) for at, part in zip(own, worth.tolist(), strict=True) for each in _sums(self.variants[at])
            ]
            parameters |= parameters_of(name, (each._replace(worth=part / float(worth.sum())) for each, part in sums))
        return Weights(self.task, self.mode, all_names, weight / weight.max(), parameters, len(self._moments))

    def _helping(self, board: _Board, blends: Sequence[tuple[Float64, _Blend]]) -> set[str]:
        """The signals that count: what blends begin with, and those that many take up and that gain on moments on which
        the blend was not fitted."""
        gained: dict[str, list[float]] = {}
        for often, blend in blends:
            left = often == 0
            for name in {self.variants[at].name for at in blend} if left.any() else ():
                rest = {at: weight for at, weight in blend.items() if self.variants[at].name != name}
                gain = board.quality(blend)[left] - board.quality(rest)[left]
                gained.setdefault(name, []).append(float(gain.mean()))
        helping = {name for name, all_ in gained.items() if len(all_) >= _HELPS * _BAGS and np.mean(all_) >= _GAIN}
        begin = [self.variants[at] for at in self._recency] or [each for each, _ in usual_blend(self.task, self.mode)]
        return helping | {each.name for each in begin}

    def _tempered(self, mean: Float64) -> Float64:
        """Weights (variants,) moved towards the usual ones, the more so the fewer moments they rest on.

        Those of recency alone: the others helped, or did not.
        """
        usual = np.zeros(len(mean))
        for each, weight in usual_blend(self.task, self.mode):
            for at in self._recency:
                if (self.variants[at].name, _sums(self.variants[at])) == (each.name, _sums(each)):
                    usual[at] = weight
        if not usual.any():
            return mean
        independent = len(self._moments) / block(self._moments)
        tempered: Float64 = (independent * mean + _USUAL * usual / usual.sum()) / (independent + _USUAL)
        return tempered

    def _climbed(self, board: _Board, often: Float64) -> _Blend:
        """The best blend for moments that count ``often`` (moments,).

        One weight is changed at a time, the one that gains most. Each signal counts in one variant.
        """
        if self.mode is Mode.FAMILIAR:
            first = max(self._recency, key=lambda at: float(board.quality({at: 1.0}) @ often))
            blend = {first: 1.0}
        else:
            of = OTHERS | {each.name: weight for each, weight in usual_blend(self.task, self.mode)}
            blend = {at: of.get(each.name, 0.0) for at, each in enumerate(self.variants)}
            first = 0
        reached = float(board.quality(blend) @ often)
        for _ in range(_CHANGES):
            of_name = {self.variants[at].name: at for at in blend}
            free = (at for at, each in enumerate(self.variants) if at != first and of_name.get(each.name, at) == at)
            changed = [blend | {at: weight} for at in free for weight in _WEIGHTS[self.mode]]
            found = max(changed, key=lambda each: float(board.quality(each) @ often))
            gained = float(board.quality(found) @ often)
            if gained < reached + _GAIN:
                break
            blend, reached = found, gained
        return {at: weight for at, weight in blend.items() if weight}


def _resampled(moments: int) -> Iterator[Float64]:
    """How much each moment counts, shape (moments,): all alike, then as often as it is drawn with replacement."""
    rng = np.random.default_rng(0)
    yield np.full(moments, 1.0 / moments)
    for _ in range(_BAGS - 1):
        yield np.bincount(rng.integers(0, moments, moments), minlength=moments) / moments


class _Board:
    """Rankings of all moments at once, of as many candidates each as the moment with most of them has."""

    def __init__(
        self, unit: Sequence[_Float32], wanted: Sequence[Bool], relevant: Sequence[int], depths: Sequence[int]
    ) -> None:
        moments, most, variants = len(unit), max(map(len, unit)), unit[0].shape[1]
        self._unit = np.zeros((variants, moments, most), np.float32)
        self._wanted = np.zeros((moments, most), np.bool_)
        self._outside = np.zeros((moments, most), np.float32)
        for at, (each, came) in enumerate(zip(unit, wanted, strict=True)):
            self._unit[:, at, : len(each)] = each.T
            self._wanted[at, : len(each)] = came
            self._outside[at, len(each) :] = -np.inf
        ideal = np.cumsum(discounts(max(depths)))
        self._places = min(max(depths), most)
        self._discounts = discounts(self._places)
        self._share = np.stack([1.0 / ideal[np.minimum(relevant, depth) - 1] for depth in depths], 1) / len(depths)
        self._last = [min(depth, self._places) - 1 for depth in depths]
        self._known: dict[tuple[tuple[int, float], ...], Float64] = {}

    def quality(self, blend: _Blend) -> Float64:
        """NDCG of the candidates of each moment as a blend ranks them, mean over the depths, shape (moments,)."""
        key = tuple(sorted(blend.items()))
        if key not in self._known:
            score = self._outside.copy()
            for at, weight in key:
                score += np.float32(weight) * self._unit[at]
            top = np.argpartition(-score, self._places - 1, axis=1)[:, : self._places]
            order = np.argsort(-np.take_along_axis(score, top, 1), axis=1, kind="stable")
            hits = np.take_along_axis(self._wanted, np.take_along_axis(top, order, 1), 1)
            gained = np.cumsum(hits * self._discounts, axis=1)[:, self._last]
            self._known[key] = (gained * self._share).sum(1)
        return self._known[key]
