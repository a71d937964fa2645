"""What comes after the current artist in its sessions, more often than it comes after others."""

from __future__ import annotations

import numpy as np

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.hearings import hearings
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Bool, Float64, Int64


class Sequence:
    """How many times as often as after any artist one comes after the current artist, as a logarithm.

    An artist comes after another when it begins later in the same session, however much later. The share of the
    current artist's sessions in which it does is shrunk as if there were ``shrink`` more in which it did as often as
    after any artist, and the logarithm is bounded by ±``bound``. Without the comparison, whoever is played most would
    come after everybody.
    """

    name = "sequence"

    def __init__(self, shrink: float = 4.0, bound: float = 1.6) -> None:
        self.shrink, self.bound = shrink, bound

    def fit(self, listening: Listening, knowledge: Knowledge) -> Sequence:
        self.hearings_ = heard = hearings(listening)
        self.names_ = knowledge.artists
        order = np.argsort(heard.first)  # sessions do not overlap: this is their order, too
        first, session = heard.first[order], heard.session[order]
        earlier = _begin(np.diff(first, prepend=-1) != 0) - _begin(np.diff(session, prepend=-1) != 0)
        after_any = np.bincount(heard.artist[order], earlier, len(knowledge)).astype(np.float64)
        self.usual_ = after_any / max(len(heard), 1)  # how many times it comes after an artist, per hearing of one
        return self

    def scores(self, query: Query) -> Float64:
        """ln of the lift, shape (artists,); nan for the current artist itself and for those that never came after any,
        and for all when none is current."""
        after, sessions = self._after(query.current)
        if not sessions:
            return np.full(len(self.names_), np.nan)
        ever = self.usual_ > 0
        ever[query.current] = False  # it does not come after itself
        usual = np.where(ever, self.usual_, 1.0)
        share = (after + self.shrink * usual) / (sessions + self.shrink)
        return np.where(ever, np.clip(np.log(share / usual), -self.bound, self.bound), np.nan)

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """The current artist, with the number of sessions in which the candidate came after it. All of the score is
        its effect: without a current artist there is none."""
        score = float(self.scores(query)[artist])
        if query.current is None or np.isnan(score):
            return []
        after, _ = self._after(query.current)
        return [Evidence(Of.ARTIST, self.names_[query.current], float(after[artist]), "sessions", score)]

    def _after(self, current: int | None) -> tuple[Float64, int]:
        """In how many sessions each artist comes after ``current``, shape (artists,), and in how many that one is."""
        heard = self.hearings_
        own = heard.of(-1 if current is None else current)
        begun = np.full(int(heard.session.max(initial=-1)) + 1, np.iinfo(np.int64).max)
        begun[own.session] = own.first
        later = heard.first > begun[heard.session]
        return np.bincount(heard.artist[later], minlength=len(self.names_)).astype(np.float64), len(own)


def _begin(opens: Bool) -> Int64:
    """Where the run begins that each place is in; runs begin where ``opens`` says."""
    return np.maximum.accumulate(np.where(opens, np.arange(len(opens)), 0))
