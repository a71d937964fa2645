"""Listening over time: by any step of the calendar, by year, and of one artist.

Stored plays, counted plays and times are meant as in :mod:`tui_music.library.statistics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tui_music.library.calendar import (
    Step,
    bucket_end,
    bucket_label,
    bucket_start,
    step_for,
    to_date,
    to_day,
    year_of,
)
from tui_music.library.history import History, Int32, Int64
from tui_music.library.ranking import rank_artists
from tui_music.library.scope import DateRange, Scope
from tui_music.library.selection import Selection, first_counted, select


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Listening over time, one entry a bucket, without holes. The last bucket may be partial, as the first may.

    ``labels`` like 2021-03-01, 2021-W09, 2021-03, 2021-Q1, 2021 (``parse_range`` reads them); ``starts`` the first
    day of each bucket; ``ms`` milliseconds of stored plays; ``counted`` counted plays; ``new_artists`` artists whose
    first counted play ever falls into the bucket.
    """

    step: Step
    labels: tuple[str, ...]
    starts: tuple[date, ...]
    ms: Int64
    counted: Int32
    new_artists: Int32

    def __len__(self) -> int:
        return len(self.starts)

    def bucket(self, index: int) -> DateRange:
        """The whole bucket as a range of dates."""
        start = self.starts[index]
        return DateRange(start, bucket_end(start, self.step), self.labels[index])


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year with stored plays in the scope.

    ``artists`` distinct ones of stored plays; ``new_artists`` artists whose first counted play ever is in it;
    ``first_artist`` artist of its first counted play; ``top_artist`` the one with most ``ms``, ``top_ms`` of them.
    """

    year: int
    ms: int
    counted: int
    artists: int
    new_artists: int
    first_artist: str | None
    top_artist: str
    top_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class ArtistProfile:
    """One artist in a scope: a bucket a year, and milliseconds by local hour of the start (shape (24,)).

    ``rank`` is by hours among the artists of the scope, ``None`` when the artist is not in it (all else is then empty).
    """

    artist: str
    rank: int | None
    plays: int
    counted: int
    ms: int
    engagement: float | None
    tracks: int
    first: int | None
    last: int | None
    years: Series
    hours: Int64


def listening_over_time(history: History, scope: Scope, step: Step | None = None) -> Series:
    """Listening by day, week, month, quarter or year: the step that fits the range unless one is given.

    Buckets are whole ones of the calendar and cover the range as far as the history reaches, so that nothing of it is
    lost at either end.
    """
    return _series(select(history, scope), step)


def by_year(history: History, scope: Scope) -> list[Year]:
    """The calendar years of a scope that have stored plays, in order."""
    plays = select(history, scope)
    if not len(plays):
        return []
    years, year = _years(plays)
    size = len(history.names.artists)
    cell = year * size + plays.artist
    ms = np.bincount(cell, plays.ms, len(years) * size).reshape(len(years), size)
    heard = np.bincount(cell, minlength=ms.size).reshape(ms.shape) > 0
    counted = np.bincount(year, plays.counted, len(years))
    new = year_of(discovery_days(plays))
    found = []
    for at, number in enumerate(years.tolist()):
        top_ms = ms[at][heard[at]].max()
        top = min(history.names.artists[code] for code in np.flatnonzero(heard[at] & (ms[at] == top_ms)))
        found.append(
            Year(
                year=number,
                ms=int(ms[at].sum()),
                counted=int(counted[at]),
                artists=int(heard[at].sum()),
                new_artists=int((new == number).sum()),
                first_artist=_first_artist(plays, np.flatnonzero((year == at) & plays.counted)),
                top_artist=top,
                top_ms=int(top_ms),
            )
        )
    return found


def artist_profile(history: History, scope: Scope, artist_code: int) -> ArtistProfile:
    """One artist in a scope. The buckets are the years of the scope, silent ones included."""
    ranking = rank_artists(history, scope)
    rank = ranking.rank_of(artist_code)
    everyone = select(history, scope)
    plays = everyone.only(everyone.artist == artist_code)
    row = None if rank is None else rank - 1
    return ArtistProfile(
        artist=history.names.artists[artist_code],
        rank=rank,
        plays=len(plays),
        counted=int(plays.counted.sum()),
        ms=int(plays.ms.sum()),
        engagement=None if row is None or np.isnan(ranking.engagement[row]) else float(ranking.engagement[row]),
        tracks=0 if row is None else int(ranking.tracks[row]),
        first=int(plays.start[0]) if len(plays) else None,
        last=int(plays.start[-1]) if len(plays) else None,
        years=_series(plays, Step.YEAR, artist_code),
        hours=np.bincount(plays.of(plays.calendar.hour), plays.ms, 24).astype(np.int64),
    )


def discovery_days(plays: Selection) -> Int32:
    """Local days, within the range, of the first counted play ever of an artist: one for each such artist.

    Ever means in the whole history; an artist who comes back after years of silence is not new.
    """
    first = first_counted(plays.history, plays.scope.kind, plays.scope.counted_ms)
    day = plays.calendar.day[first[first >= 0]]
    return day[(day >= plays.since) & (day <= plays.until)]


def _years(plays: Selection) -> tuple[Int64, Int64]:
    """The calendar years with stored plays, in order, and for each play the position of its year among them."""
    year = year_of(plays.days.numbers)
    years = np.unique(year[plays.days.plays > 0])
    return years, np.searchsorted(years, year)[plays.day - plays.since]


def _first_artist(plays: Selection, rows: NDArray[np.intp]) -> str | None:
    """Artist of the first of some rows; of plays that start in the same second, the first by name."""
    start = plays.start[rows]
    same = rows[start == start[0]] if len(rows) else rows
    return min((plays.history.names.artists[code] for code in plays.artist[same]), default=None)


def _series(plays: Selection, step: Step | None, artist: int | None = None) -> Series:
    """Buckets over the range of a selection; new artists of everyone, or one artist only."""
    days = plays.days
    step = step or step_for(len(days))
    starts: list[date] = []
    if len(days):
        start, last = bucket_start(to_date(plays.since), step), to_date(plays.until)
        while start <= last:
            starts.append(start)
            start = bucket_end(start, step) + timedelta(days=1)
    first = np.array([to_day(start) for start in starts], np.int64)
    new = discovery_days(plays) if artist is None else _discovery_day(plays, artist)
    edges = np.searchsorted(days.numbers, first)  # every bucket has at least a day of the range, so none is empty
    return Series(
        step=step,
        labels=tuple(bucket_label(start, step) for start in starts),
        starts=tuple(starts),
        ms=np.add.reduceat(days.ms, edges) if starts else days.ms,
        counted=np.add.reduceat(days.counted, edges, dtype=np.int32) if starts else days.counted,
        new_artists=np.bincount(np.searchsorted(first, new, "right") - 1, minlength=len(starts)).astype(np.int32),
    )


def _discovery_day(plays: Selection, artist: int) -> Int32:
    """The day, if within the range, of an artist's first counted play ever: none or one."""
    first = first_counted(plays.history, plays.scope.kind, plays.scope.counted_ms)[artist]
    day = plays.calendar.day[first : first + 1] if first >= 0 else plays.calendar.day[:0]
    return day[(day >= plays.since) & (day <= plays.until)]
