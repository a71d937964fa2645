"""The lists that recommenders made at moments of the past, and the figures they come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tui_music.engine.metrics import hit_rate, interval, ndcg, novelty, recall
from tui_music.engine.moments import Task
from tui_music.engine.practice import Said, best
from tui_music.library.history import Float64

#: Length of the lists that are compared.
K = 10


class Part(StrEnum):
    """What of all that came is to be found: artists heard before, artists that were new, or both."""

    ALL = "all"
    REPEAT = "repeat"
    DISCOVERY = "discovery"


class Kind(StrEnum):
    BASELINE = "baseline"
    SIGNAL = "signal"
    BLEND = "blend"


@dataclass(frozen=True, slots=True)
class BacktestRow:
    """Figures of a recommender's lists of ``k`` artists, means over the ``n`` moments at which there was something of
    the part to find. ``low`` and ``high`` bound ``ndcg`` (95 %). ``coverage`` is the share of all candidates that were
    ever listed; ``novelty`` is in bits; both are of the whole lists. nan where nothing was listed."""

    task: Task
    part: Part
    kind: Kind
    recommender: str
    k: int
    ndcg: float
    recall: float
    hit_rate: float
    coverage: float
    novelty: float
    n: int
    low: float
    high: float


class Tally:
    """The lists of one recommender."""

    def __init__(self, kind: Kind, name: str) -> None:
        self.kind, self.name = kind, name
        self._figures: dict[Part, list[tuple[float, float, float]]] = {part: [] for part in Part}
        self._novelty: list[float] = []
        self._listed: set[int] = set()
        self._candidates: set[int] = set()

    def add(self, said: Said, score: Float64) -> None:
        """Take in the list that ``score`` (candidates,) makes at a moment; nan is not listed."""
        top = best(score, K)
        hit, known = said.wanted[top], said.plays[top] > 0
        for part, there, relevant in (
            (Part.ALL, hit, said.relevant),
            (Part.REPEAT, hit & known, said.again),
            (Part.DISCOVERY, hit & ~known, said.relevant - said.again),
        ):
            if relevant:
                self._figures[part].append((ndcg(there, relevant, K), recall(there, relevant, K), hit_rate(there, K)))
        if len(top):
            self._novelty.append(novelty(said.plays[top], said.all_plays))
        self._listed.update(said.codes[top].tolist())
        self._candidates.update(said.codes.tolist())

    def ahead_of(self, other: Tally, block: int) -> tuple[float, float, float]:
        """How much more NDCG its lists of the same moments come to, and the bounds of that (95 %)."""
        mine, theirs = (np.array([gain for gain, _, _ in each._figures[Part.ALL]]) for each in (self, other))
        return float((mine - theirs).mean()), *interval(mine - theirs, block)

    def rows(self, task: Task, block: int, parts: tuple[Part, ...] = tuple(Part)) -> Iterator[BacktestRow]:
        coverage = len(self._listed) / len(self._candidates) if self._candidates else float("nan")
        surprise = float(np.mean(self._novelty)) if self._novelty else float("nan")
        for part in parts:
            figures = np.array(self._figures[part]).reshape(-1, 3)
            if len(figures):
                gain, recalled, hit = figures.mean(0).tolist()
                low, high = interval(figures[:, 0], block)
                n = len(figures)
                yield BacktestRow(
                    task, part, self.kind, self.name, K, gain, recalled, hit, coverage, surprise, n, low, high
                )
