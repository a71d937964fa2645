"""Numbers, times and small drawings as text: thousands separated, with a unit where they stand alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import NewType

#: Text this program made of numbers and its own words. It needs no cleaning, unlike a name (``Shown``).
Figure = NewType("Figure", str)

MS_AN_HOUR = 3_600_000
NOTHING = Figure("")
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = "▁▂▃▄▅▆▇█"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def count(number: int) -> Figure:
    """``61,208``"""
    return Figure(f"{number:,}")


def counted(number: int, one: str, many: str | None = None) -> Figure:
    """``1 song``, ``2,317 artists``"""
    return Figure(f"{number:,} {one if number == 1 else many or one + 's'}")


def hours(ms: float) -> Figure:
    """Hours with one decimal, for a column: ``1,204.6``."""
    return Figure(f"{ms / MS_AN_HOUR:,.1f}")


def hours_alone(ms: float) -> Figure:
    """Hours with their unit: ``3,412 h`` from a hundred hours on, ``61.3 h`` below."""
    amount = ms / MS_AN_HOUR
    return Figure(f"{amount:,.0f} h" if amount >= 99.95 else f"{amount:.1f} h")


def ratio(value: float) -> Figure:
    """Two decimals, – where there is nothing to tell: ``0.91``."""
    return Figure("–" if math.isnan(value) else f"{value:.2f}")


def percent(share: float | None) -> Figure:
    """``11.8 %``, – where unknown."""
    return Figure("–" if share is None or math.isnan(share) else f"{share * 100:.1f} %")


def clock(ms: float) -> Figure:
    """Length as ``3:42`` or ``1:02:07``."""
    minutes, seconds = divmod(int(ms) // 1000, 60)
    hour, minutes = divmod(minutes, 60)
    return Figure(f"{hour:,}:{minutes:02}:{seconds:02}" if hour else f"{minutes}:{seconds:02}")


def span(seconds: float) -> Figure:
    """A stretch of time in the unit that fits: ``48 min``, ``3.2 h``, ``12 days``."""
    if seconds < 90 * 60:
        return Figure(f"{round(seconds / 60)} min")
    if seconds < 48 * 3600:
        return Figure(f"{seconds / 3600:.1f} h")
    return Figure(f"{seconds / 86400:,.0f} days")


def ago(seconds: float) -> Figure:
    """A stretch of days in the unit that fits: ``2 days``, ``6 years``."""
    days = int(max(0, seconds) // 86400)
    if days < 60:
        return counted(days, "day")
    if days < 730:
        return counted(round(days / 30.44), "month")
    return counted(round(days / 365.25), "year")


def day(when: date) -> Figure:
    """``3 Mar 2016``"""
    return Figure(f"{when.day} {_MONTHS[when.month - 1]} {when.year}")


def month(when: date) -> Figure:
    """``Mar 2016``, always eight cells."""
    return Figure(f"{_MONTHS[when.month - 1]} {when.year}")


def moment(when: datetime) -> Figure:
    """``2016-03-01 21:04``: sorts as it reads."""
    return Figure(f"{when:%Y-%m-%d %H:%M}")


def local(second: int, zone: str) -> datetime:
    """The listener's wall clock at a UTC second."""
    from zoneinfo import ZoneInfo  # not needed for the first paint

    return datetime.fromtimestamp(int(second), ZoneInfo(zone))


def first_to_last(first: int, last: int, zone: str) -> Figure:
    """``Mar 2016 → Jun 2024``, or one month when both are in it."""
    from_, to = month(local(first, zone)), month(local(last, zone))
    return from_ if from_ == to else Figure(f"{from_} → {to}")


def bar(share: float, width: int) -> Figure:
    """A bar of ``share`` (0..1) of ``width`` cells, to an eighth of a cell; anything above nothing shows."""
    if width <= 0 or not share > 0:
        return Figure(" " * max(0, width))
    eighths = max(1, min(width * 8, round(share * width * 8)))
    full, part = divmod(eighths, 8)
    return Figure(("█" * full + (_EIGHTHS[part] if part else "")).ljust(width))


def dot(share: float, width: int) -> Figure:
    """A dot at ``share`` (0..1) of ``width`` cells on a line from the left: for what is a quality, not an amount."""
    if width <= 0 or not share > 0:
        return Figure(" " * max(0, width))
    return Figure(("─" * (max(1, min(width, round(share * width))) - 1) + "●").ljust(width))


def spark(values: Sequence[float]) -> Figure:
    """One cell a value, eight heights; nothing is a dot on the ground."""
    top = max(values, default=0)
    if top <= 0:
        return Figure("·" * len(values))
    return Figure("".join("·" if v <= 0 else _LEVELS[min(7, int(v / top * 7.999))] for v in values))
