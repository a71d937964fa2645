"""How much an artist is in mind: past listening, each hearing worth less the longer it is ago."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.hearings import Hearings, hearings
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64
from tui_music.library.memo import remember

#: Up to how many days ago each piece of evidence reaches, and what it is called.
AGES = (
    (7.0, "in the last 7 days"),
    (30.0, "8 to 30 days ago"),
    (90.0, "31 to 90 days ago"),
    (365.0, "91 days to a year ago"),
    (np.inf, "more than a year ago"),
)


class Sum(NamedTuple):
    """A sum over an artist's hearings: ``rate`` says how they fade, ``repeats`` what playing the artist again in the
    same session adds. Of n plays it counts n^repeats: with 1 every play counts, as the published formulas have it; with
    0 a session does, and an album weighs no more than one song. ``worth`` is its part in a mean of several."""

    rate: float
    repeats: float
    worth: float = 1.0


class Recency(ABC):
    """The logarithm of a sum over an artist's hearings, so that twice the listening is one step wherever it starts; or
    the mean of several such logarithms, each with as much weight as its ``worth``."""

    name: str
    #: Added to each sum. It changes no order, but keeps what is all but forgotten from running to −∞ in a blend.
    floor = 0.0

    def __init__(self, *sums: Sum) -> None:
        self.sums = sums

    @abstractmethod
    def fading(self, hearings: Hearings, rate: float) -> Float64:
        """What each hearing is worth by its age, shape (hearings,)."""

    def fit(self, listening: Listening, knowledge: Knowledge) -> Recency:
        self.hearings_ = heard = hearings(listening)
        score = np.zeros(len(heard.artists))
        for each in self.sums:
            score += each.worth / self._whole * np.log(self.floor + heard.summed(self._amounts(heard, each)))
        self.score_ = np.full(len(knowledge), np.nan)
        self.score_[heard.artists] = score
        return self

    def scores(self, query: Query) -> Float64:
        """ln Σ, shape (artists,); nan for artists never heard."""
        return self.score_

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """The plays of the last week, of the three weeks before and so on, each session as a whole where it ends.

        An effect is what the score loses without these plays: all of it where there are no others, as an artist
        without plays has no score.
        """
        score = float(self.score_[artist])
        if np.isnan(score):
            return []
        own = self.hearings_.of(artist)
        period = np.searchsorted([until for until, _ in AGES], own.age)
        found = []
        for at in np.unique(period).tolist():
            rest = np.flatnonzero(period != at)
            left = score
            for each in self.sums if len(rest) else ():
                amount = self._amounts(own, each)
                without = np.log(self.floor + amount[rest].sum())
                left -= each.worth / self._whole * float(np.log(self.floor + amount.sum()) - without)
            plays = float(own.plays[period == at].sum())
            found.append(Evidence(Of.PLAYS, AGES[at][1], plays, "plays", score - left if len(rest) else score))
        return sorted(found, key=lambda each: -each.effect)

    def _amounts(self, hearings: Hearings, each: Sum) -> Float64:
        fading = remember(hearings, (self.name, each.rate), lambda: self.fading(hearings, each.rate))
        return fading * hearings.repeated(each.repeats)

    @property
    def _whole(self) -> float:
        return sum(each.worth for each in self.sums)


class Decay(Recency):
    """Exponential decay: ln(0.001 + Σ n^repeats · ½^(age / rate)), the age and the ``rate``, a half-life, in days."""

    name = "decay"
    floor = 0.001

    def __init__(self, *sums: Sum) -> None:
        super().__init__(*(sums or (Sum(16.0, 0.5),)))

    def fading(self, hearings: Hearings, rate: float) -> Float64:
        return np.exp2(hearings.age * (-1.0 / rate))


class BaseLevel(Recency):
    """Base-level activation of ACT-R (Anderson and Schooler 1991): ln Σ n^repeats · t^(−rate), t in days.

    A power of the age forgets quickly at first and then ever more slowly, as memory does. The rate is 0.5 for memory in
    general; for listening it is nearer 1. All plays of a session stand where the last of them does.
    """

    name = "base-level"

    def __init__(self, *sums: Sum) -> None:
        super().__init__(*(sums or (Sum(0.7, 0.5),)))

    def fading(self, hearings: Hearings, rate: float) -> Float64:
        return np.exp(hearings.log_age * -rate)
