"""Hearings: an artist in a session, however often it was played there. What the familiar signals count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tui_music.engine.listening import Listening
from tui_music.library.history import Float64, Int32, Int64, UInt8
from tui_music.library.memo import remember

DAY_S = 86_400


@dataclass(frozen=True, repr=False, eq=False)
class Hearings:
    """The hearings before ``now`` (UTC seconds), artist by artist, oldest first; columns of shape (hearings,).

    ``artist`` is a code; ``session`` counts from 0 the sessions with counted plays; ``plays`` how many counted plays
    the artist has in it; ``first`` and ``last`` are the starts of the first and last of these, UTC seconds; ``hour``
    the local hour of the week, 0–167, of the first.
    """

    now: int
    artist: Int32
    session: Int64
    plays: Int64
    first: Int64
    last: Int64
    hour: UInt8

    def __len__(self) -> int:
        return len(self.artist)

    @cached_property
    def begins(self) -> Int64:
        """Where each artist's hearings begin, shape (artists heard,)."""
        return np.flatnonzero(np.diff(self.artist, prepend=-1))

    @cached_property
    def artists(self) -> Int32:
        """The artists heard, shape (artists heard,)."""
        return self.artist[self.begins]

    @cached_property
    def age(self) -> Float64:
        """Days since the last play of each, above 0."""
        return (self.now - self.last) / DAY_S

    @cached_property
    def log_age(self) -> Float64:
        return np.log(self.age)

    def repeated(self, power: float) -> Float64:
        """plays^power, kept for the last three powers asked."""
        return remember(self, ("repeated", power), lambda: np.asarray(self.plays**power, np.float64), keep=3)

    def summed(self, worth: Float64) -> Float64:
        """Sum of ``worth`` (hearings,) for each artist, shape (artists heard,)."""
        return np.add.reduceat(worth, self.begins) if len(self) else worth

    def of(self, artist: int) -> Hearings:
        """Those of one artist."""
        own = slice(*np.searchsorted(self.artist, (artist, artist + 1)))
        columns = ("artist", "session", "plays", "first", "last", "hour")
        return replace(self, **{name: getattr(self, name)[own] for name in columns})


def hearings(listening: Listening) -> Hearings:
    """The hearings of a listening, kept with it."""
    return remember(listening, ("hearings",), lambda: _hearings(listening))


def _hearings(listening: Listening) -> Hearings:
    session = np.cumsum(np.diff(listening.session, prepend=-1) != 0) - 1
    many, bits = int(session.max(initial=-1)) + 1, len(listening).bit_length()
    # One sort by artist, session and row, all in one number: a third of the time of np.unique.
    key = ((listening.artist.astype(np.int64) * many + session) << bits) | np.arange(len(listening))
    key.sort()
    row = key & ((1 << bits) - 1)
    opens = np.flatnonzero(np.diff(key >> bits, prepend=-1))
    first, last = row[opens], row[np.append(opens, len(row))[1:] - 1]
    return Hearings(
        now=listening.now,
        artist=listening.artist[first],
        session=session[first],
        plays=np.diff(opens, append=len(row)),
        first=listening.start[first],
        last=listening.start[last],
        hour=listening.hour[first],
    )
