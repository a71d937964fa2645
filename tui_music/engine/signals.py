"""What holds of signals wherever they are blended, and two recommenders that come and go with the question."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64, Int64

#: What services must have told something of for a signal to speak.
KNOWING = frozenset({"similar", "tags", "popularity"})


class MostPlayed:
    """Counted plays: what is left when there is too little to learn from."""

    name = "plays"

    def fit(self, listening: Listening, knowledge: Knowledge) -> MostPlayed:
        plays = np.bincount(listening.artist, minlength=len(knowledge)).astype(np.float64)
        self.score_: Float64 = np.where(plays > 0, plays, np.nan)
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan for what was never heard."""
        return self.score_

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """The plays."""
        plays = float(self.score_[artist])
        return [Evidence(Of.PLAYS, "in all", plays, "plays", plays)]


class Wanted:
    """Similarity to artists that the listener said yes to: Σ over those, whatever was played of them."""

    name = "wanted"
    #: Its weight, as a share of the sum of all others.
    WORTH: ClassVar[float] = 0.5

    def __init__(self, artists: Int64) -> None:
        self.artists = artists

    def fit(self, listening: Listening, knowledge: Knowledge) -> Wanted:
        self.names_ = knowledge.artists
        self.graph_ = knowledge.graph
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan where no similarity to one of them is known."""
        score = self.graph_[self.artists].sum(axis=0, dtype=np.float64)
        return np.where(score > 0, score, np.nan)

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """Each of them with its similarity."""
        row = self.graph_[[artist]]
        near = {int(code): float(match) for code, match in zip(row.indices, row.data, strict=True)}
        found = [
            Evidence(Of.ARTIST, self.names_[code], near[code], "similarity", near[code])
            for code in self.artists.tolist()
            if code in near
        ]
        return sorted(found, key=lambda each: (-each.effect, each.text))
