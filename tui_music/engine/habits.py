"""Whether this is the time of an artist: its share of hearings at such hours, against that of all listening."""

from __future__ import annotations

import numpy as np

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.hearings import DAY_S, Hearings, hearings
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Bool, Float64

_HOURS = np.arange(168)  # of the week, from Monday midnight
_SATURDAY = 120


class Habit:
    """How many times as large an artist's share of hearings in a context is as that of all hearings, as a logarithm.

    The context is the kind of day (Monday to Friday, or the weekend) and ``reach`` hours of the clock around the asked
    one. An artist's share is shrunk towards the listener's own, as if it had ``shrink`` more hearings of the usual
    share, and the logarithm is bounded by ±``bound``: a few plays prove no habit, and no habit outweighs all else.
    Hearings count half after ``half_life`` days. Comparing with the listener's own share is what makes it a habit of
    the artist: who listens five weekdays out of seven plays everybody mostly on weekdays.
    """

    name = "habit"

    def __init__(self, reach: int = 1, half_life: float = 180.0, shrink: float = 4.0, bound: float = 1.1) -> None:
        self.reach, self.half_life, self.shrink, self.bound = reach, half_life, shrink, bound

    def fit(self, listening: Listening, knowledge: Knowledge) -> Habit:
        self.hearings_ = heard = hearings(listening)
        self.artists_ = len(knowledge)
        self.worth_ = self._fading(heard)
        self.all_ = heard.summed(self.worth_)
        self.by_hour_ = np.bincount(heard.hour, self.worth_, 168)
        return self

    def scores(self, query: Query) -> Float64:
        """ln of the lift, shape (artists,); nan for artists never heard, and where no hearing is in the context."""
        context = self._context(query.hour)
        base = self._base(context)
        score = np.full(self.artists_, np.nan)
        if not base:
            return score
        inside = self.hearings_.summed(np.where(context[self.hearings_.hour], self.worth_, 0.0))
        score[self.hearings_.artists] = self._lift(inside, self.all_, base / self.by_hour_.sum())
        return score

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """The sessions in the context; the effect is what the score loses without them, whatever they are a part of."""
        own = self.hearings_.of(artist)
        context = self._context(query.hour)
        named = context[own.hour]
        if not named.any():
            return []
        worth = self._fading(own)
        inside, mine = worth[named].sum(), worth.sum()
        base, total = self._base(context), self.by_hour_.sum()
        score = self._lift(inside, mine, base / total)
        rest = np.zeros(())
        if not named.all() and base - inside > 1e-9 * base:  # less is rounding: nobody else is played at such hours
            rest = self._lift(0.0, mine - inside, (base - inside) / (total - inside))
        text = context_name(query.hour, self.reach)
        return [Evidence(Of.TIME, text, float(np.count_nonzero(named)), "sessions", float(score - rest))]

    def _fading(self, hearings: Hearings) -> Float64:
        return np.exp2((hearings.first - hearings.now) / (self.half_life * DAY_S))

    def _context(self, hour: int) -> Bool:
        """Which hours of the week are in the context of one, shape (168,)."""
        away = np.abs(_HOURS % 24 - hour % 24)
        context: Bool = (np.minimum(away, 24 - away) <= self.reach) & ((_HOURS >= _SATURDAY) == (hour >= _SATURDAY))
        return context

    def _base(self, context: Bool) -> float:
        return float(self.by_hour_[context].sum())

    def _lift(self, inside: Float64 | float, mine: Float64 | float, usual: float) -> Float64:
        """ln of the shrunk share over the usual one, bounded; of the shape of its arguments."""
        share = (inside + self.shrink * usual) / (mine + self.shrink)
        return np.clip(np.log(share / usual), -self.bound, self.bound)


def context_name(hour: int, reach: int) -> str:
    """The context of an hour of the week in words: "weekdays 19–23 h"."""
    days = "weekends" if hour >= _SATURDAY else "weekdays"
    return f"{days} {(hour - reach) % 24}–{(hour + reach + 1) % 24} h"
