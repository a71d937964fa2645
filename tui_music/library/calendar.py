"""Local days and hours of plays, and the date ranges a person can ask for."""

from __future__ import annotations

import re
import time
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from tui_music.errors import BadRange, BadSetting
from tui_music.library.history import History, Int32, Int64, UInt8
from tui_music.library.memo import remember
from tui_music.library.scope import ALL_TIME, DateRange

EPOCH = date(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
#: A history whose last play is longer ago is no live one: it came from an export and ended with it.
LIVE_DAYS = 7


class Step(StrEnum):
    """The width of one bucket of a series. Weeks start on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, eq=False)
class LocalCalendar:
    """Where each play starts on the listener's own clock; columns of shape (plays,).

    ``day`` counts local days since 1970-01-01, ``hour`` is 0–23, ``weekday`` 0 for Monday.
    """

    zone: str
    day: Int32
    hour: UInt8
    weekday: UInt8


def local_calendar(history: History, zone: str) -> LocalCalendar:
    """The local calendar of all plays of a history, kept for the last two zones asked.

    ``zone`` is an IANA name; :class:`BadSetting` when there is no such zone.
    """
    return remember(history, ("calendar", zone), lambda: _local_calendar(history.start, zone), keep=2)


def _local_calendar(start: Int64, zone: str) -> LocalCalendar:
    hours = ((start + utc_offsets(start, zone)) // 3600).astype(np.int32)
    day = hours // 24
    hour = (hours - day * 24).astype(np.uint8)
    return LocalCalendar(zone, day, hour, ((day + 3) % 7).astype(np.uint8))  # 1970-01-01 was a Thursday


def utc_offsets(start: Int64, zone: str) -> Int64:
    """Seconds that local time is ahead of UTC, shape (plays,), at sorted UTC seconds ``start``.

    The clock is asked at both ends of every UTC day with plays, and searched to the second where they differ:
    exact, as no zone changes its clock twice in a day, and far quicker than asking for each play.
    """
    clock = open_zone(zone)

    def offset(at: int) -> int:
        ahead = (_EPOCH_UTC + timedelta(seconds=at)).astimezone(clock).utcoffset()
        assert ahead is not None
        return int(ahead.total_seconds())

    days = start // _DAY_S
    days = days[np.diff(days, prepend=-1 << 62) > 0]
    since: list[int] = []
    ahead: list[int] = []
    for day in np.union1d(days, days + 1).tolist():
        at, now = day * _DAY_S, offset(day * _DAY_S)
        if since and ahead[-1] != now:
            low, high = at - _DAY_S, at
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == ahead[-1] else (low, middle)
            at = high
        if not since or ahead[-1] != now:
            since.append(at)
            ahead.append(now)
    which = np.searchsorted(start, np.array(since, np.int64))
    return np.repeat(np.array(ahead, np.int64), np.diff(which, append=len(start)))


def open_zone(zone: str) -> ZoneInfo:
    """The time zone of an IANA name; :class:`BadSetting` when there is none."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise BadSetting(f"There is no time zone {zone!r}. Zones are named like Europe/Berlin or UTC.") from error


def to_date(day: int) -> date:
    """The date of a count of days since 1970-01-01."""
    return EPOCH + timedelta(days=int(day))


def to_day(when: date) -> int:
    """Days since 1970-01-01."""
    return (when - EPOCH).days


def now_of(history: History, clock: float | None = None) -> int:
    """The moment recommendations are for if no other is asked for, in UTC seconds: the end of the history or, while
    that is live (its last play ended less than :data:`LIVE_DAYS` days ago), the time on the ``clock`` (this one's)."""
    end, clock = int(history.end.max(initial=0)), time.time() if clock is None else clock
    return int(clock) if end <= clock < end + LIVE_DAYS * _DAY_S else end


def hour_of_week(at: int, zone: str) -> int:
    """The local hour of the week, 0–167 from Monday midnight, at a moment in UTC seconds."""
    local = (_EPOCH_UTC + timedelta(seconds=at)).astimezone(open_zone(zone))
    return local.weekday() * 24 + local.hour


def today(history: History, zone: str) -> date:
    """The last local day of the history, of any kind of play: its "now" (1970-01-01 when empty)."""
    day = local_calendar(history, zone).day
    return to_date(int(day.max())) if len(day) else EPOCH


def year_of(day: Int32 | Int64) -> Int64:
    """Calendar year of days since 1970-01-01, same shape."""
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def step_for(days: int) -> Step:
    """The step that draws so many days with about 30 to 150 points."""
    for limit, step in ((62, Step.DAY), (400, Step.WEEK), (12 * 366, Step.MONTH), (40 * 366, Step.QUARTER)):
        if days <= limit:
            return step
    return Step.YEAR


def bucket_start(when: date, step: Step) -> date:
    """The first day of the bucket that holds ``when``."""
    if step is Step.WEEK:
        return when - timedelta(days=min(when.weekday(), (when - date.min).days))
    if step is Step.MONTH:
        return when.replace(day=1)
    if step is Step.QUARTER:
        return when.replace(month=when.month - (when.month - 1) % 3, day=1)
    return when.replace(month=1, day=1) if step is Step.YEAR else when


def bucket_end(start: date, step: Step) -> date:
    """The last day of the bucket that begins on ``start``."""
    if step is Step.DAY:
        return start
    if step is Step.WEEK:
        return start + timedelta(days=min(6, (date.max - start).days))
    month = {Step.MONTH: start.month, Step.QUARTER: start.month + 2, Step.YEAR: 12}[step]
    return start.replace(month=month, day=monthrange(start.year, month)[1])


def bucket_label(start: date, step: Step) -> str:
    """How the bucket that begins on ``start`` is written; :func:`parse_range` reads it back."""
    if step is Step.WEEK:
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    if step is Step.QUARTER:
        return f"{start.year:04}-Q{(start.month + 2) // 3}"
    return start.isoformat()[: {Step.DAY: 10, Step.MONTH: 7, Step.YEAR: 4}[step]]


_EXAMPLES = "Try 2021, 2021-03, 2021-03-01..2021-06-30, 2021.., last 90 days, last 12 months, this year, all time."
_PERIOD = re.compile(r"([0-9]{4})(?:-(?:q([1-4])|w([0-9]{2})|([0-9]{2})(?:-([0-9]{2}))?))?")
_LAST = re.compile(r"last ([0-9]{1,5}) (day|week|month|year)s?")


def parse_range(text: str, today: date) -> DateRange:
    """The dates meant by ``text``; ``today`` is the last local day of the history.

    ``2021`` · ``2021-03`` · ``2021-03-01`` · ``2021-Q1`` · ``2021-W09`` · ``A..B`` (each side one of those, or empty) ·
    ``last 90 days`` (weeks, months, years; they end today) · ``this`` or ``last`` ``week``, ``month``, ``year``
    (whole calendar ones) · ``today`` · ``all``, ``all time``. Raises :class:`BadRange` with examples.
    """
    label = " ".join(text.lower().split())
    try:
        if label in ("all", "all time", "..", ""):
            return ALL_TIME
        if "last" in label or "this" in label or label == "today":
            first, last = _relative(label, today)
            return DateRange(first, last, label)
        left, dots, right = label.partition("..")
        since = _period(left.strip())[0] if left.strip() else None
        until = _period((right if dots else left).strip())[1] if right.strip() or not dots else None
    except (ValueError, OverflowError) as error:
        raise BadRange(f"{text!r} is not a range of dates. {_EXAMPLES}") from error
    if since and until and since > until:
        raise BadRange(f"{text!r} ends before it begins. {_EXAMPLES}")
    return DateRange(since, until, label.upper() if "q" in label or "w" in label else label)


def _period(text: str) -> tuple[date, date]:
    """First and last day of a year, quarter, month, week or day; ValueError for anything else."""
    match = _PERIOD.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, quarter, week, month, day = match.groups()
    if week:
        start, step = date.fromisocalendar(int(year), int(week), 1), Step.WEEK
    elif quarter:
        start, step = date(int(year), int(quarter) * 3 - 2, 1), Step.QUARTER
    else:
        start = date(int(year), int(month or 1), int(day or 1))
        step = Step.DAY if day else Step.MONTH if month else Step.YEAR
    return start, bucket_end(start, step)


def _relative(text: str, today: date) -> tuple[date, date]:
    """First and last day of "last 90 days", "this year" and the like; ValueError for anything else."""
    if text == "today":
        return today, today
    if match := _LAST.fullmatch(text):
        count, unit = int(match[1]), match[2]
        if not count:
            raise ValueError(text)
        if unit in ("day", "week"):
            return today - timedelta(days=count * (7 if unit == "week" else 1) - 1), today
        return _months_before(today, count * (12 if unit == "year" else 1)), today
    which, _, unit = text.partition(" ")
    if which not in ("last", "this") or unit not in ("week", "month", "year"):
        raise ValueError(text)
    start = bucket_start(today, Step(unit))
    if which == "last":
        start = bucket_start(start - timedelta(days=1), Step(unit))
    return start, bucket_end(start, Step(unit))


def _months_before(last: date, months: int) -> date:
    """First day of the ``months`` months that end on ``last``, that day included."""
    after = last + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 - months, 12)
    return date(year, month + 1, min(after.day, monthrange(year, month + 1)[1]))


def presets(history: History, zone: str) -> list[DateRange]:
    """All time, the last 30 and 90 days and 12 months, then each calendar year of the history, newest first."""
    day = local_calendar(history, zone).day
    if not len(day):
        return [ALL_TIME]
    now = today(history, zone)
    years = np.unique(year_of(np.unique(day)))
    asked = ["last 30 days", "last 90 days", "last 12 months", *(f"{year:04}" for year in years[::-1])]
    return [ALL_TIME, *(parse_range(text, now) for text in asked)]
