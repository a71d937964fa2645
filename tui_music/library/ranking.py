"""Artists, tracks and albums in order, and tiers: ranges of ranks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tui_music.library.history import Float64, Int32, Int64, Names
from tui_music.library.scope import Measure

What = Literal["artists", "tracks", "albums"]

#: Rankings by engagement put first what has at least so many counted plays: a mean of fewer says little.
ENGAGEMENT_PLAYS = 10


@dataclass(frozen=True, slots=True)
class Tier:
    """A contiguous range of ranks, both ends included and counted from 1.

    ``end`` is ``start`` where a start above the end was asked (``corrected``). ``rows`` are the positions in the
    ranking that exist in the range: ``artists`` of them, of ``total`` in all; a tier may be empty. ``ms`` and
    ``counted`` are sums over the tier; ``share_of_all`` is its part of the ranking's ``ms``, 0–1; ``top`` and
    ``bottom`` are its first and last name.
    """

    start: int
    end: int
    corrected: bool
    rows: range
    artists: int
    total: int
    ms: int
    counted: int
    share_of_all: float
    top: str | None
    bottom: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Everything of one sort with a stored play in a scope, in rank order; columns of shape (rows,).

    ``code`` into the names; ``ms`` milliseconds of stored plays; ``plays`` stored plays; ``counted`` counted plays;
    ``engagement`` mean over counted plays, 0–1, nan without any; ``tracks`` distinct tracks; ``first`` and ``last``
    starts of the first and last stored play, UTC seconds. ``by`` says what orders the rows:

    - hours: ms, then counted plays, both falling;
    - plays: counted plays, then ms, both falling;
    - engagement: rows with at least 10 counted plays first, then engagement falling, then as by plays.

    What is still equal is ordered by artist, then by title, by code point: never by code.
    """

    what: What
    by: Measure
    code: Int32
    ms: Int64
    plays: Int32
    counted: Int32
    engagement: Float64
    tracks: Int32
    first: Int64
    last: Int64
    names: Names

    def __len__(self) -> int:
        return len(self.code)

    def name(self, row: int) -> str:
        """Name of the artist, track or album at a position (rank − 1)."""
        names = {"artists": self.names.artists, "tracks": self.names.tracks, "albums": self.names.albums}[self.what]
        return names[self.code[row]]

    def artist_name(self, row: int) -> str:
        """Name of the artist at a position; for tracks and albums of the artist they are by."""
        return self.names.artists[self.artist_code(row)]

    def artist_code(self, row: int) -> int:
        """Code of the artist at a position."""
        if self.what == "artists":
            return int(self.code[row])
        return int((self.names.track_artist if self.what == "tracks" else self.names.album_artist)[self.code[row]])

    def rank_of(self, code: int) -> int | None:
        """Rank of a code, from 1; ``None`` when it is not in the ranking."""
        found = np.flatnonzero(self.code == code)
        return int(found[0]) + 1 if len(found) else None

    def tier(self, start: int, end: int) -> Tier:
        """The rows of ranks ``start`` to ``end``; start > end means the single rank ``start``."""
        corrected = start > end
        end = start if corrected else end
        rows = range(min(max(start, 1) - 1, len(self)), min(max(end, 0), len(self)))
        part = slice(rows.start, rows.stop)
        ms, all_ms = int(self.ms[part].sum()), int(self.ms.sum())
        return Tier(
            start=start,
            end=end,
            corrected=corrected,
            rows=rows,
            artists=len(rows),
            total=len(self),
            ms=ms,
            counted=int(self.counted[part].sum()),
            share_of_all=ms / all_ms if all_ms else 0.0,
            top=self.name(rows[0]) if rows else None,
            bottom=self.name(rows[-1]) if rows else None,
        )

    def sorted_by(self, measure: Measure) -> Ranking:
        """The same rows in the order of another measure."""
        if measure is self.by:
            return self
        order = self._order(measure)
        columns = ("code", "ms", "plays", "counted", "engagement", "tracks", "first", "last")
        return replace(self, by=measure, **{column: getattr(self, column)[order] for column in columns})
