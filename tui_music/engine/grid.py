"""Tiers of ranks × how familiar: how many artists there are in each cell, and the query that a cell is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tui_music.engine.candidate import Mode, Query
from tui_music.engine.ground import BARELY, Ground
from tui_music.library.history import Bool, Int64

#: First and last rank (by counted plays) of each row; the last one has no end.
TIERS = ((1, 10), (11, 50), (51, 200), (201, 1000), (1001, None))
#: Names of the columns. The first three are the tier's own artists by when they were last played; the last one are
#: artists never or hardly played that are like one of the tier.
BANDS = ("last 30 days", "last 12 months", "longer ago", "new")
_DAY_S = 86_400
_AGES = (0, 30 * _DAY_S, 365 * _DAY_S, np.inf)
_NEW = len(BANDS) - 1


@dataclass(frozen=True, eq=False, repr=False)
class Grid:
    """``counts`` has shape (tiers, bands): how many artists are in question in each cell."""

    counts: Int64
    _tiers: tuple[Bool, ...]
    _bands: tuple[Bool, ...]

    def query(self, tier: int, band: int, hour: int, current: int | None = None) -> Query:
        """The question that a cell asks: which of its artists to play again, or what to discover from the tier."""
        if band == _NEW:
            return Query(Mode.DISCOVER, hour, np.flatnonzero(self._tiers[tier]).astype(np.int32), current)
        cell = np.flatnonzero(self._tiers[tier] & self._bands[band]).astype(np.int32)
        return Query(Mode.FAMILIAR, hour, cell, current)


def grid(ground: Ground) -> Grid:
    """The grid of a listening. Artists outside of every tier, never played, are counted as new alone."""
    rank = ground.rank
    tiers = tuple((rank >= first) & (rank <= (last or len(rank))) for first, last in TIERS)
    since = ground.listening.now - ground.last
    heard = rank > 0
    bands = tuple(heard & (since > low) & (since <= high) for low, high in pairwise(_AGES))
    counts = np.array([[np.count_nonzero(tier & band) for band in bands] for tier in tiers], np.int64)
    near = ground.knowledge.graph @ np.column_stack(tiers).astype(np.float32) > 0
    new = np.count_nonzero(near & (ground.plays <= BARELY)[:, None], axis=0)
    return Grid(np.column_stack([counts, new]), tiers, bands)
