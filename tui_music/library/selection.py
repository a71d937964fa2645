"""The plays of a scope, chosen once and shared by every question about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tui_music.library.calendar import LocalCalendar, local_calendar, to_day
from tui_music.library.engagement import play_engagement
from tui_music.library.history import Bool, Float64, History, Int32, Int64
from tui_music.library.memo import remember
from tui_music.library.scope import Kind, Scope

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Days:
    """Sums by local day, without holes, from day ``first`` (days since 1970-01-01) on; columns of shape (days,)."""

    first: int
    ms: Int64
    plays: Int32
    counted: Int32

    def __len__(self) -> int:
        return len(self.ms)

    @property
    def numbers(self) -> Int64:
        """The days themselves, as days since 1970-01-01."""
        return self.first + np.arange(len(self.ms), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Selection:
    """Stored plays of a scope. ``rows`` are their positions in the history, by start; columns have shape (rows,).

    ``since`` and ``until`` are the first and last local day (days since 1970-01-01) of the scope's range as far as the
    history has plays of its kind; ``since > until`` when that leaves nothing.
    """

    history: History
    scope: Scope
    calendar: LocalCalendar
    rows: NDArray[np.intp]
    since: int
    until: int

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, column: NDArray[Number]) -> NDArray[Number]:
        """A column of the history at the rows of the selection (the column itself when that is all of it)."""
        return column if len(self.rows) == len(column) else column[self.rows]

    @cached_property
    def artist(self) -> Int32:
        return self.of(self.history.artist)

    @cached_property
    def track(self) -> Int32:
        return self.of(self.history.track)

    @cached_property
    def day(self) -> Int32:
        return self.of(self.calendar.day)

    @cached_property
    def start(self) -> Int64:
        return self.of(self.history.start)

    @cached_property
    def ms(self) -> Float64:
        """Milliseconds heard, as floats: sums of them are exact to 2⁵³, 285,000 years."""
        return self.of(self.history.ms_played).astype(np.float64)

    @cached_property
    def counted(self) -> Bool:
        return self.of(self.history.ms_played) >= self.scope.counted_ms

    @cached_property
    def engagement(self) -> Float64:
        """Engagement of counted plays, 0 of others."""
        return self.of(play_engagement(self.history)) * self.counted

    @cached_property
    def days(self) -> Days:
        """Sums by local day, ``since`` to ``until``."""
        size = max(0, self.until - self.since + 1)
        if not len(self):
            return Days(self.since, np.zeros(size, np.int64), np.zeros(size, np.int32), np.zeros(size, np.int32))
        runs = np.append(0, np.flatnonzero(self.day[1:] != self.day[:-1]) + 1)
        day = self.day[runs] - self.since  # a day may come twice, where the clock goes back at midnight
        ms = np.add.reduceat(self.ms, runs)
        counted = np.add.reduceat(self.counted, runs, dtype=np.int64)
        return Days(
            self.since,
            np.bincount(day, ms, size).astype(np.int64),
            np.bincount(day, np.diff(runs, append=len(self)), size).astype(np.int32),
            np.bincount(day, counted, size).astype(np.int32),
        )

    def only(self, chosen: Bool) -> Selection:
        """The same scope, narrowed to some of its rows."""
        return Selection(self.history, self.scope, self.calendar, self.rows[chosen], self.since, self.until)


def select(history: History, scope: Scope) -> Selection:
    """The stored plays of a scope, kept for the last three scopes asked."""
    dates = scope.range
    key = ("selection", scope.kind, dates.first, dates.last, scope.counted_ms, scope.zone)
    return remember(history, key, lambda: _select(history, scope), keep=3)


def _select(history: History, scope: Scope) -> Selection:
    calendar = local_calendar(history, scope.zone)
    rows = np.flatnonzero(history.kind == scope.kind)
    day = calendar.day if len(rows) == len(history) else calendar.day[rows]
    if not len(rows):
        return Selection(history, scope, calendar, rows, 0, -1)
    since, until = int(day.min()), int(day.max())
    if scope.range.first is not None:
        since = max(since, to_day(scope.range.first))
    if scope.range.last is not None:
        until = min(until, to_day(scope.range.last))
    rows = rows[(day >= since) & (day <= until)]
    return Selection(history, scope, calendar, rows, since, until)


def first_counted(history: History, kind: Kind, counted_ms: int) -> Int64:
    """Position in the history of each artist's first counted play ever, of a kind; −1 without any. Shape (artists,)."""
    return remember(history, ("first counted", kind, counted_ms), lambda: _first_counted(history, kind, counted_ms), 2)


def _first_counted(history: History, kind: Kind, counted_ms: int) -> Int64:
    rows = np.flatnonzero((history.ms_played >= counted_ms) & (history.kind == kind))[::-1]
    first = np.full(len(history.names.artists), -1, np.int64)
    first[history.artist[rows]] = rows  # from the last play to the first: the first stays
    return first
