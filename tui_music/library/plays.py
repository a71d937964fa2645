"""The plays behind a figure: found quickly, read a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tui_music.library.scope import Kind


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
