"""How many listen to an artist, everywhere: what is left to recommend by when nothing else is known of it."""

from __future__ import annotations

import numpy as np

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64


class Popularity:
    """ln(1 + listeners): damped, so that ten times as many listeners are one step and not ten."""

    name = "popularity"

    def fit(self, listening: Listening, knowledge: Knowledge) -> Popularity:
        self.listeners_ = knowledge.listeners
        self.score_: Float64 = np.log1p(knowledge.listeners)
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan where the listeners are not known."""
        return self.score_

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """The listeners; the effect is what none would change."""
        many, score = float(self.listeners_[artist]), float(self.score_[artist])
        return [] if np.isnan(many) else [Evidence(Of.POPULARITY, "everybody", many, "listeners", score)]
