"""What a listener's plays say to the engine: the counted plays of music before a moment, oldest first.

Recommenders read this and never the whole history, so that none can see what was played later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tui_music.library.calendar import local_calendar
from tui_music.library.engagement import play_completion
from tui_music.library.history import Float64, History, Int32, Int64, Names, UInt8
from tui_music.library.memo import remember
from tui_music.library.scope import COUNTED_MS, Kind
from tui_music.library.sessions import sessions


@dataclass(frozen=True, repr=False, eq=False)
class Listening:
    """Counted plays that started before ``now`` (UTC seconds), sorted by start; columns of shape (plays,).

    ``artist`` and ``track`` are codes into ``names``; ``start`` UTC seconds; ``hour`` the local hour of the week, 0–167
    from Monday midnight; ``session`` grows with time; ``ms`` milliseconds heard; ``completion`` the share heard, 0–1.
    """

    names: Names
    zone: str
    now: int
    start: Int64
    artist: Int32
    track: Int32
    hour: UInt8
    session: Int32
    ms: Int32
    completion: Float64

    def __len__(self) -> int:
        return len(self.start)

    @property
    def artists(self) -> int:
        """How many artists the history names, heard before ``now`` or not."""
        return len(self.names.artists)

    @cached_property
    def plays(self) -> Int64:
        """Counted plays of each artist, shape (artists,)."""
        return np.bincount(self.artist, minlength=self.artists)

    @cached_property
    def last(self) -> Int64:
        """Start of each artist's last counted play, UTC seconds, shape (artists,); −1 for those not heard yet."""
        last = np.full(self.artists, -1, np.int64)
        last[self.artist] = self.start  # sorted by start: the last one stays
        return last

    def until(self, now: int) -> Listening:
        """The same as it was at an earlier moment; the columns are views."""
        end = int(np.searchsorted(self.start, now))
        columns = ("start", "artist", "track", "hour", "session", "ms", "completion")
        return replace(self, now=now, **{name: getattr(self, name)[:end] for name in columns})


def listening(history: History, zone: str, now: int | None = None, counted_ms: int = COUNTED_MS) -> Listening:
    """The listening of a history, as of ``now``: the end of the history if none is given."""
    end = int(history.end.max(initial=0))
    if now is not None and now < end:
        return _listening(history, zone, now, counted_ms)
    whole = remember(history, ("listening", zone, counted_ms), lambda: _listening(history, zone, end, counted_ms))
    return whole if now in (None, end) else replace(whole, now=now)


def _listening(history: History, zone: str, now: int, counted_ms: int) -> Listening:
    rows = np.flatnonzero((history.kind == Kind.MUSIC) & (history.ms_played >= counted_ms) & (history.start < now))
    calendar = local_calendar(history, zone)
    return Listening(
        names=history.names,
        zone=zone,
        now=now,
        start=history.start[rows],
        artist=history.artist[rows],
        track=history.track[rows],
        hour=calendar.weekday[rows] * np.uint8(24) + calendar.hour[rows],
        session=sessions(history, Kind.MUSIC).of_play[rows],
        ms=history.ms_played[rows],
        completion=play_completion(history)[rows],
    )
