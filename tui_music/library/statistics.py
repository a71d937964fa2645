"""What a listening history says about any range of dates: totals, listening over time, habits.

Unless a field says otherwise: *stored plays* are the plays of the scope's kind that start on a local day of its range,
*counted plays* those of them with at least ``scope.counted_ms`` heard, and times are UTC seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tui_music.library.calendar import Step
from tui_music.library.history import Int32, Int64
from tui_music.library.scope import DateRange


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
    that say how they ended (CAPABILITIES of a source differ: ``None`` when none says); ``weekend_share`` share of ``ms``
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
class Series:
    """Listening over time, one entry a bucket, without holes. The last bucket may be partial, as the first may.

    ``labels`` like 2021-03-01, 2021-W09, 2021-03, 2021-Q1, 2021 (``parse_range`` reads them); ``starts`` first day of each bucket;
    ``ms`` milliseconds of stored plays; ``counted`` counted plays; ``new_artists`` artists whose first counted play
    ever falls into the bucket.
    """

    step: Step
    labels: tuple[str, ...]
    starts: tuple[date, ...]
    ms: Int64
    counted: Int32
    new_artists: Int32

    def __len__(self) -> int:
        return len(self.starts)


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


@dataclass(frozen=True, slots=True)
class OneHitWonder:
    """An artist with at least 10 counted plays in the scope, all of one track."""

    artist: str
    track: str
    counted: int
    ms: int


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
