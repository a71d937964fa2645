"""One listener's whole history in memory: columns of integers beside tables of names.

Every statistic reads this; it is loaded whole and never written to. Strings are looked up only for what is shown.
What is large has no ``repr`` of its own: frameworks describe what they pass on, and a million plays take 80 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Int8 = NDArray[np.int8]
UInt8 = NDArray[np.uint8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class Names:
    """Names by code. Codes are positions; they hold for one loaded history only and are never shown."""

    artists: list[str]
    tracks: list[str]
    track_artist: Int32  # shape (tracks,): the artist code of each track
    albums: list[str]
    album_artist: Int32  # shape (albums,)
    terms: list[str]  # reasons, platforms, countries, formats


@dataclass(frozen=True, repr=False)
class History:
    """Plays of one listener, sorted by start; all columns have shape (plays,).

    ``start`` is UTC seconds; ``ms_played`` milliseconds; ``kind`` a :class:`Kind`; ``artist``, ``track``, ``album``
    codes into ``names`` (album −1 where missing; for podcasts the artist is the show, for audiobooks the book);
    ``reason_start``, ``reason_end``, ``platform``, ``country``, ``source`` codes into ``names.terms`` (−1 where
    missing); ``shuffle``, ``skipped``, ``offline``, ``incognito`` 1 true, 0 false, −1 unknown; ``minute_precise`` plays
    whose source gives minutes only. ``revision`` is the library's when this was read. About 50 bytes a play.
    """

    listener: str
    revision: int
    start: Int64
    ms_played: Int32
    kind: UInt8
    artist: Int32
    track: Int32
    album: Int32
    reason_start: Int32
    reason_end: Int32
    platform: Int32
    country: Int32
    source: Int32
    shuffle: Int8
    skipped: Int8
    offline: Int8
    incognito: Int8
    minute_precise: Bool
    names: Names

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def end(self) -> Int64:
        """End of each play, UTC seconds, rounded up so that a play never ends before it was heard."""
        return self.start + (self.ms_played.astype(np.int64) + 999) // 1000

    def term(self, text: str) -> int:
        """Code of a term, −2 when no play carries it (never equal to a stored code)."""
        try:
            return self.names.terms.index(text)
        except ValueError:
            return -2
