"""What a listening history says about any range of dates: totals, listening over time, habits.

Unless a field says otherwise: *stored plays* are the plays of the scope's kind that start on a local day of its range,
*counted plays* those of them with at least ``scope.counted_ms`` heard, and times are UTC seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tui_music.library.calendar import to_date, to_day, year_of
from tui_music.library.engagement import play_skipped
from tui_music.library.history import History, Int32, Int64
from tui_music.library.memo import remember
from tui_music.library.overtime import (
    ArtistProfile,
    Series,
    Year,
    artist_profile,
    by_year,
    discovery_days,
    listening_over_time,
)
from tui_music.library.ranking import artists_of, rank_artists, tracks_of
from tui_music.library.scope import Scope
from tui_music.library.selection import Selection, select
from tui_music.library.sessions import sessions

__all__ = [
    "ArtistProfile",
    "OneHitWonder",
    "Run",
    "Series",
    "SessionTotals",
    "Totals",
    "WeekMap",
    "Year",
    "artist_profile",
    "by_year",
    "eddington",
    "every_year_artists",
    "hour_by_weekday",
    "listening_over_time",
    "one_hit_wonders",
    "totals",
]


#: A one-hit wonder has at least so many counted plays, all of one track.
ONE_HIT_PLAYS = 10


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive local days: how many, the first and the last (``None`` when there are none)."""

    days: int = 0
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """Sessions that start in the range: how many; median and longest length, seconds from first start to last end."""

    count: int
    median_s: float | None
    longest_s: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of one scope.

    ``plays`` stored plays; ``counted`` counted plays; ``ms`` milliseconds of all stored plays; ``artists``, ``tracks``,
    ``albums`` distinct ones of stored plays; ``active_days`` local days with a stored play; ``first``, ``last`` starts
    of the first and last stored play; ``longest_streak`` most consecutive active days (the earliest of equals);
    ``current_streak`` those up to the last day of the scope, or of the history where that is earlier (0 when that day
    is silent); ``longest_gap`` most consecutive silent days between two active ones (the earliest of equals);
    ``eddington`` the largest E with E days of at least E counted plays; ``skip_rate`` skipped plays as a share of those
    that say how they ended, ``None`` when none does; ``weekend_share`` share of ``ms``
    on Saturday and Sunday; ``times_of_day`` shares of ``ms`` at night (0–5 h), in the morning (6–11), afternoon (12–17)
    and evening (18–23), empty without listening; ``new_artists`` artists whose first counted play ever is in the
    range; ``new_artists_per_week`` the same per 7 days of the range, as far as the history reaches;
    ``one_hit_wonders`` artists with at least 10 counted plays, all of one track; ``every_year_artists`` artists with
    counted plays in every calendar year of the range, as far as the history reaches.
    """

    plays: int
    counted: int
    ms: int
    artists: int
    tracks: int
    albums: int
    active_days: int
    first: int | None
    last: int | None
    longest_streak: Run
    current_streak: Run
    longest_gap: Run
    eddington: int
    sessions: SessionTotals
    skip_rate: float | None
    weekend_share: float | None
    times_of_day: tuple[float, ...]
    new_artists: int
    new_artists_per_week: float | None
    one_hit_wonders: int
    every_year_artists: int

    @property
    def hours(self) -> float:
        """Hours of all stored plays."""
        return self.ms / 3_600_000


@dataclass(frozen=True, slots=True, eq=False)
class WeekMap:
    """Listening by local weekday and hour of the start; both arrays have shape (7, 24), Monday is row 0.

    ``ms`` milliseconds of stored plays; ``counted`` counted plays; ``peak`` the (weekday, hour) with most ``ms``, the
    first of equals, ``None`` without listening.
    """

    ms: Int64
    counted: Int32
    peak: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class OneHitWonder:
    """An artist with at least 10 counted plays in the scope, all of one track."""

    artist: str
    track: str
    counted: int
    ms: int


def totals(history: History, scope: Scope) -> Totals:
    """The figures of a scope; see :class:`Totals` for each."""
    plays = select(history, scope)
    artists, tracks, days, week = artists_of(plays), tracks_of(plays), plays.days, _week(plays)
    album = plays.of(history.album)
    active = days.numbers[days.plays > 0]
    ms, new = int(days.ms.sum()), len(discovery_days(plays))
    return Totals(
        plays=len(plays),
        counted=int(days.counted.sum()),
        ms=ms,
        artists=len(artists),
        tracks=len(tracks),
        albums=int(np.count_nonzero(np.bincount(album + 1, minlength=1)[1:])),
        active_days=len(active),
        first=int(plays.start[0]) if len(plays) else None,
        last=int(plays.start[-1]) if len(plays) else None,
        longest_streak=_longest_streak(active),
        current_streak=_current_streak(active, plays),
        longest_gap=_longest_gap(active),
        eddington=eddington(days.counted),
        sessions=_session_totals(plays),
        skip_rate=_skip_rate(plays),
        weekend_share=int(week.ms[5:].sum()) / ms if ms else None,
        times_of_day=tuple((week.ms.sum(axis=0).reshape(4, 6).sum(axis=1) / ms).tolist()) if ms else (),
        new_artists=new,
        new_artists_per_week=new * 7 / len(days) if len(days) else None,
        one_hit_wonders=len(_one_hit_tracks(plays)),
        every_year_artists=len(_every_year(plays)),
    )


def hour_by_weekday(history: History, scope: Scope) -> WeekMap:
    """Listening by weekday and hour. All of a play belongs to the local hour it started in."""
    return _week(select(history, scope))


def one_hit_wonders(history: History, scope: Scope) -> list[OneHitWonder]:
    """Artists with at least 10 counted plays, all of one track: most counted plays first, then by name."""
    plays = select(history, scope)
    tracks = tracks_of(plays)
    rows = [
        OneHitWonder(tracks.artist_name(row), tracks.name(row), int(tracks.counted[row]), int(tracks.ms[row]))
        for row in _one_hit_tracks(plays).tolist()
    ]
    return sorted(rows, key=lambda row: (-row.counted, row.artist))


def every_year_artists(history: History, scope: Scope) -> list[str]:
    """Artists with a counted play in every calendar year from the scope's first to its last: most hours first."""
    ranking = rank_artists(history, scope)
    always = set(_every_year(select(history, scope)).tolist())
    return [ranking.name(row) for row, code in enumerate(ranking.code.tolist()) if code in always]


def eddington(counted: Int32) -> int:
    """The largest E with E days of at least E counted plays; ``counted`` by day, shape (days,)."""
    falling = np.sort(counted)[::-1]
    return int(np.count_nonzero(falling > np.arange(len(falling))))


def _longest_streak(active: Int64) -> Run:
    """``active`` are the days with stored plays, in order."""
    if not len(active):
        return Run()
    ends = np.append(np.flatnonzero(np.diff(active) > 1), len(active) - 1)
    lengths = np.diff(ends, prepend=-1)
    best = int(np.argmax(lengths))
    last = int(active[ends[best]])
    return Run(int(lengths[best]), to_date(last - int(lengths[best]) + 1), to_date(last))


def _current_streak(active: Int64, plays: Selection) -> Run:
    if not len(active):
        return Run()
    now = int(plays.calendar.day.max())
    if plays.scope.range.last is not None:
        now = min(now, to_day(plays.scope.range.last))
    if active[-1] != now:
        return Run()
    days = int(np.count_nonzero(now - active[::-1] == np.arange(len(active))))
    return Run(days, to_date(now - days + 1), to_date(now))


def _longest_gap(active: Int64) -> Run:
    silent = np.diff(active) - 1
    if not silent.any():
        return Run()
    at = int(np.argmax(silent))
    return Run(int(silent[at]), to_date(int(active[at]) + 1), to_date(int(active[at + 1]) - 1))


def _session_totals(plays: Selection) -> SessionTotals:
    every = sessions(plays.history, plays.scope.kind)
    day = plays.calendar.day[np.searchsorted(plays.history.start, every.start)]
    length = every.length[(day >= plays.since) & (day <= plays.until)]
    if not len(length):
        return SessionTotals(0, None, None)
    return SessionTotals(len(length), float(np.median(length)), int(length.max()))


def _skip_rate(plays: Selection) -> float | None:
    history = plays.history
    known = plays.of((history.skipped >= 0) | (history.reason_end >= 0))
    skipped = plays.of(play_skipped(history))
    return int(skipped.sum()) / int(known.sum()) if known.any() else None


def _week(plays: Selection) -> WeekMap:
    return remember(plays, ("week",), lambda: _week_map(plays))


def _week_map(plays: Selection) -> WeekMap:
    cell = (plays.of(plays.calendar.weekday) * 24 + plays.of(plays.calendar.hour)).astype(np.intp)
    ms = np.bincount(cell, plays.ms, 7 * 24).astype(np.int64).reshape(7, 24)
    counted = np.bincount(cell, plays.counted, 7 * 24).astype(np.int32).reshape(7, 24)
    weekday, hour = divmod(int(np.argmax(ms)), 24)
    return WeekMap(ms, counted, (weekday, hour) if ms.any() else None)


def _one_hit_tracks(plays: Selection) -> NDArray[np.intp]:
    """Rows, in the table of tracks, of the only tracks of one-hit wonders."""
    tracks = tracks_of(plays)
    rows = np.flatnonzero(tracks.counted)
    artist = tracks.artist_codes[rows]
    only = np.bincount(artist)[artist] == 1
    found: NDArray[np.intp] = rows[only & (tracks.counted[rows] >= ONE_HIT_PLAYS)]
    return found


def _every_year(plays: Selection) -> NDArray[np.intp]:
    """Codes of artists with a counted play in every calendar year of the range, as far as the history reaches."""
    if not len(plays):
        return np.zeros(0, np.intp)
    size = len(plays.history.names.artists)
    year = year_of(plays.days.numbers)
    heard = np.zeros((year[-1] - year[0] + 1) * size, np.bool_)
    cell = ((year - year[0]) * size)[plays.day - plays.since] + plays.artist
    heard[cell[plays.counted]] = True
    return np.flatnonzero(heard.reshape(-1, size).all(axis=0))
