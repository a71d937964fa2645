"""What a recommender has to beat: rankings in one line, of the artists one knows, as they are published."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from tui_music.engine.candidate import Evidence, Query
from tui_music.engine.hearings import DAY_S
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64


class Baseline(ABC):
    """A ranking by one number of each artist. It is compared with and never recommended from, so it has no evidence."""

    name: str

    @property
    def parameters(self) -> dict[str, float]:
        """What it was made with."""
        return {key: value for key, value in vars(self).items() if not key.endswith("_")}

    def fit(self, listening: Listening, knowledge: Knowledge) -> Baseline:
        self.score_ = np.full(len(knowledge), np.nan)
        self.score_[: listening.artists] = np.where(listening.plays > 0, self.ranked_by(listening), np.nan)
        return self

    @abstractmethod
    def ranked_by(self, listening: Listening) -> Float64:
        """The number, shape (artists of the history,)."""

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan for artists never heard."""
        return self.score_

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        return []


class PlayCount(Baseline):
    name = "play count"

    def ranked_by(self, listening: Listening) -> Float64:
        return listening.plays.astype(np.float64)


class Hours(Baseline):
    name = "hours"

    def ranked_by(self, listening: Listening) -> Float64:
        return _sums(listening, listening.ms / 3_600_000)


class LastDays(Baseline):
    """Plays of the last 90 days."""

    name = "last 90 days"

    def ranked_by(self, listening: Listening) -> Float64:
        return _sums(listening, (listening.start >= listening.now - 90 * DAY_S).astype(np.float64))


class MostRecent(Baseline):
    name = "most recently played"

    def ranked_by(self, listening: Listening) -> Float64:
        return listening.last.astype(np.float64)


class PlainDecay(Baseline):
    """Σ ½^(age / half-life) over plays, in days."""

    name = "decay"

    def __init__(self, half_life: float) -> None:
        self.half_life = half_life

    def ranked_by(self, listening: Listening) -> Float64:
        return _sums(listening, np.exp2((listening.start - listening.now) / (self.half_life * DAY_S)))


class ActR(Baseline):
    """Σ t^(−rate) over plays, t in days. The logarithm that the formula has around it changes no order."""

    name = "ACT-R"

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def ranked_by(self, listening: Listening) -> Float64:
        return _sums(listening, ((listening.now - listening.start) / DAY_S) ** -self.rate)


def _sums(listening: Listening, worth: Float64) -> Float64:
    return np.bincount(listening.artist, worth, listening.artists).astype(np.float64, copy=False)
