"""Sessions: listening without half an hour of silence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_music.library.history import History, Int32, Int64
from tui_music.library.memo import remember
from tui_music.library.scope import Kind

#: Silence from the end of one play to the start of the next that ends a session, seconds.
SILENCE_S = 1_800


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """Sessions of one kind of play, by start; columns of shape (sessions,).

    ``start`` of the first play and ``end`` of the one that ends last, UTC seconds; ``plays`` stored plays; ``ms``
    milliseconds listened, their sum. ``of_play`` has shape (plays of the history,): the session of each, −1 for
    plays of another kind.
    """

    start: Int64
    end: Int64
    plays: Int32
    ms: Int64
    of_play: Int32

    def __len__(self) -> int:
        return len(self.start)

    @property
    def length(self) -> Int64:
        """Seconds from start to end; plays that overlap are not counted twice."""
        return self.end - self.start


def sessions(history: History, kind: Kind) -> Sessions:
    """The sessions of all stored plays of a kind, however short; no filter of a scope may cut one in two.

    A new one starts when a play begins 1,800 s or more after the latest end of all plays before it. The silence is
    measured from that end, so that a long track is not silence.
    """
    return remember(history, ("sessions", kind), lambda: _sessions(history, kind))


def _sessions(history: History, kind: Kind) -> Sessions:
    found = np.flatnonzero(history.kind == kind)
    of_play = np.full(len(history), -1, np.int32)
    if not len(found):
        none = np.zeros(0, np.int64)
        return Sessions(none, none, none.astype(np.int32), none, of_play)
    rows = slice(None) if len(found) == len(history) else found  # a view of the columns is quicker than a copy
    start, end = history.start[rows], np.maximum.accumulate(history.end[rows])
    opens = np.append(True, start[1:] - end[:-1] >= SILENCE_S)
    of_play[rows] = np.cumsum(opens, dtype=np.int32) - 1
    first = np.flatnonzero(opens)
    return Sessions(
        start=start[first],
        end=end[np.append(first[1:], len(found)) - 1],
        plays=np.diff(first, append=len(found)).astype(np.int32),
        ms=np.add.reduceat(history.ms_played[rows], first, dtype=np.int64),
        of_play=of_play,
    )
