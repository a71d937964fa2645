"""The plays behind a figure: found quickly, read a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tui_music.library.calendar import open_zone
from tui_music.library.engagement import assumed_durations, play_skipped
from tui_music.library.history import Bool, History, Int32
from tui_music.library.memo import remember
from tui_music.library.scope import Kind, Scope
from tui_music.library.selection import select


@dataclass(frozen=True, slots=True)
class PlayRow:
    """One play as it is shown.

    ``start`` local time, with its offset; ``ms_played`` milliseconds heard; ``completion`` the share heard of the
    track's assumed duration, 0–1; ``ended`` "to the end", "skipped after 0:42", "stopped" or "unknown"; ``counted``
    whether it passes the scope's threshold; ``index`` its place in the history.
    """

    start: datetime
    track: str
    artist: str
    album: str | None
    ms_played: int
    completion: float
    ended: str
    kind: Kind
    source: str
    counted: bool
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class PlayList:
    """Plays found: ``indices`` into the history, all of them, in the order asked for; shape (plays found,)."""

    history: History
    scope: Scope
    indices: Int32

    def __len__(self) -> int:
        return len(self.indices)

    def page(self, offset: int, n: int) -> list[PlayRow]:
        """Up to ``n`` rows from position ``offset`` on."""
        return [self._row(index) for index in self.indices[max(0, offset) : max(0, offset) + n].tolist()]

    def _row(self, index: int) -> PlayRow:
        history, names = self.history, self.history.names
        ms, album, source = int(history.ms_played[index]), int(history.album[index]), int(history.source[index])
        at = datetime.fromtimestamp(0, open_zone("UTC")) + timedelta(seconds=int(history.start[index]))
        return PlayRow(
            start=at.astimezone(open_zone(self.scope.zone)),
            track=names.tracks[history.track[index]],
            artist=names.artists[history.artist[index]],
            album=names.albums[album] if album >= 0 else None,
            ms_played=ms,
            completion=min(1.0, ms / int(assumed_durations(history).ms[history.track[index]])),
            ended=_ended(history, index),
            kind=Kind(int(history.kind[index])),
            source=names.terms[source] if source >= 0 else "",
            counted=ms >= self.scope.counted_ms,
            index=index,
        )


def _ended(history: History, index: int) -> str:
    """How a play ended, in words."""
    code = int(history.reason_end[index])
    reason = history.names.terms[code] if code >= 0 else ""
    if reason == "trackdone":
        return "to the end"
    if play_skipped(history)[index]:
        seconds = int(history.ms_played[index]) // 1000
        return f"skipped after {seconds // 60}:{seconds % 60:02}"
    return "unknown" if reason in ("", "unknown") else "stopped"


def find_plays(
    history: History,
    scope: Scope,
    artist: int | None = None,
    track: int | None = None,
    album: int | None = None,
    weekday: int | None = None,
    hour: int | None = None,
    text: str = "",
    newest_first: bool = True,
    counted_only: bool = False,
) -> PlayList:
    """The stored plays of a scope that fit everything asked.

    ``artist``, ``track``, ``album`` are codes; ``weekday`` (0 Monday) and ``hour`` (0–23) are local ones of the start.
    Every word of ``text`` must be in the name of the track, the artist or the album, whatever case or accents.
    """
    plays = select(history, scope)
    chosen = np.ones(len(plays), np.bool_)
    for column, wanted in (
        (history.artist, artist),
        (history.track, track),
        (history.album, album),
        (plays.calendar.weekday, weekday),
        (plays.calendar.hour, hour),
    ):
        if wanted is not None:
            chosen &= plays.of(column) == wanted
    if counted_only:
        chosen &= plays.counted
    if words := _folded_words(text):
        for word in words:
            by_artist = _holding(history, "artists", word)
            by_track = _holding(history, "tracks", word) | by_artist[history.names.track_artist]
            by_album = np.append(_holding(history, "albums", word), False)  # the last is for plays without one: −1
            chosen &= by_track[plays.track] | by_album[plays.of(history.album)]
    indices = plays.rows[chosen].astype(np.int32)
    return PlayList(history, scope, indices[::-1] if newest_first else indices)


def _folded_words(text: str) -> list[str]:
    from tui_music.text import fold

    return fold(text).split()


def _holding(history: History, what: str, word: str) -> Bool:
    """Which names of one sort contain a folded word; shape (names,)."""
    return np.fromiter((word in name for name in _folded(history, what)), np.bool_, len(getattr(history.names, what)))


def _folded(history: History, what: str) -> list[str]:
    """All names of one sort, folded; kept with the history."""
    from tui_music.text import fold

    return remember(history, ("folded " + what,), lambda: [fold(name) for name in getattr(history.names, what)])
