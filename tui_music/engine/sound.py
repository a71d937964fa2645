"""Artists that sound like what one listens to, by the catalogue's audio features, as a signal of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.engine.similar import asked_of, seed_weights
from tui_music.library.history import Float64, Int64

Places = NDArray[np.float32]
#: Likeness is exp(−d² / so much). Two artists at random are some 6 apart (squared), two of one style 1 or 2; half as
#: much or a quarter of it ranked no better.
_WIDTH = 8.0
#: The seeds that count most; more of them change no ranking that is looked at.
_SEEDS = 100
#: So many pieces of evidence say in words what they have in common with the artist.
_DETAILS = 3


class Sounds(Protocol):
    """Where artists are in a space of sound (catalogue/artists.py)."""

    def of(self, names: Sequence[str]) -> Places: ...

    def in_common(self, one: Places, other: Places) -> str: ...


class Sound:
    """Σ over the seeds of seed weight × likeness of sound, so that each seed's part is exact."""

    name = "sound"

    def __init__(self, sounds: Sounds) -> None:
        self.sounds = sounds
        self._known: tuple[list[str], Places] | None = None  # of these artists

    def fit(self, listening: Listening, knowledge: Knowledge) -> Sound:
        if self._known is None or self._known[0] is not knowledge.artists:
            self._known = knowledge.artists, self.sounds.of(knowledge.artists)
        self.artists_, self.place_ = self._known
        self.weight_ = seed_weights(listening, knowledge)
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan for whom the catalogue lacks, and where it lacks all seeds."""
        seeds, weight = self._seeds(query)
        scores = np.full(len(self.place_), np.nan)
        known = np.flatnonzero(np.isfinite(self.place_[:, 0]))
        if len(seeds):
            scores[known] = self._likeness(known, seeds) @ weight
        return scores

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """Each seed with its likeness; of those that speak most, what they have in common with the artist."""
        seeds, weight = self._seeds(query)
        if not len(seeds) or np.isnan(self.place_[artist, 0]):
            return []
        alike = self._likeness(np.array([artist]), seeds)[0]
        effect = alike * weight
        order = sorted(range(len(seeds)), key=lambda at: (-effect[at], self.artists_[seeds[at]]))
        return [
            Evidence(
                Of.ARTIST,
                self.artists_[seeds[at]],
                float(alike[at]),
                "similarity",
                float(effect[at]),
                self.sounds.in_common(self.place_[artist], self.place_[seeds[at]]) if place < _DETAILS else "",
            )
            for place, at in enumerate(order)
        ]

    def _seeds(self, query: Query) -> tuple[Int64, Float64]:
        """The seeds that count most of those the catalogue knows, and their weights."""
        weight = np.where(np.isfinite(self.place_[:, 0]), asked_of(self.weight_, query), 0.0)
        some = np.flatnonzero(weight > 0)
        order = sorted(some.tolist(), key=lambda code: (-weight[code], self.artists_[code]))[:_SEEDS]
        seeds = np.array(order, np.int64)
        return seeds, weight[seeds]

    def _likeness(self, artists: Int64, seeds: Int64) -> Float64:
        """Shape (artists, seeds), 0–1."""
        one, other = self.place_[artists].astype(np.float64), self.place_[seeds].astype(np.float64)
        apart = (one**2).sum(1)[:, None] + (other**2).sum(1) - 2.0 * one @ other.T
        alike: Float64 = np.exp(-np.maximum(apart, 0.0) / _WIDTH)
        return alike
