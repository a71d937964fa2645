"""A series of listening as a chart: what it shows, its unit, its labels, and each bucket in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from tui_music.library.scope import DateRange
from tui_music.tui.widgets.chart import Plotted
from tui_music.tui.widgets.figures import Figure, count, counted, day, hours_alone, month

if TYPE_CHECKING:
    from tui_music.library.overtime import Series

Shows = Literal["hours", "plays", "new artists"]
#: Buckets of a coarser step, where a series has more than can be drawn.
_COARSER = {"day": "week", "week": "month", "month": "quarter", "quarter": "year"}


@dataclass(frozen=True)
class Bucket:
    """One bar: its dates and what was listened to."""

    dates: DateRange
    ms: int
    counted: int
    new_artists: int


def buckets(series: Series, most: int) -> tuple[str, list[Bucket]]:
    """The buckets of a series, in coarser steps until there are at most ``most``; and the step."""
    from tui_music.library.calendar import Step, bucket_end, bucket_label, bucket_start

    step = series.step
    while len({bucket_start(start, step) for start in series.starts}) > max(1, most) and step.value in _COARSER:
        step = Step(_COARSER[step.value])
    found: dict[DateRange, list[int]] = {}
    figures = zip(series.ms.tolist(), series.counted.tolist(), series.new_artists.tolist(), strict=True)
    for start, row in zip(series.starts, figures, strict=True):
        first = bucket_start(start, step)
        sums = found.setdefault(DateRange(first, bucket_end(first, step), bucket_label(first, step)), [0, 0, 0])
        sums[:] = (a + b for a, b in zip(sums, row, strict=True))
    return step.value, [Bucket(dates, *sums) for dates, sums in found.items()]


def plotted(step: str, bars: Sequence[Bucket], shows: Shows) -> Plotted:
    """What a chart of the buckets shows."""
    values = [bar.ms / 3_600_000 if shows == "hours" else float(_amount(bar, shows)) for bar in bars]
    names = [_name(step, bar.dates) for bar in bars]

    def tell(at: int) -> Figure:
        bar = bars[at]
        new = f" · {counted(bar.new_artists, 'new artist')}" if bar.new_artists else ""
        return Figure(f"{names[at]}: {hours_alone(bar.ms)} · {counted(bar.counted, 'play')}{new}")

    aside = ""
    if any(values):
        top = max(range(len(bars)), key=values.__getitem__)
        most = hours_alone(bars[top].ms) if shows == "hours" else count(_amount(bars[top], shows))
        aside = f"most in {names[top]}: {most}"
    return Plotted(Figure(f"{shows} a {step}"), values, _ticks(step, bars), tell, Figure(aside))


def _amount(bar: Bucket, shows: Shows) -> int:
    return {"hours": bar.ms, "plays": bar.counted, "new artists": bar.new_artists}[shows]


def _name(step: str, dates: DateRange) -> Figure:
    """``Mar 2016``, ``3 Mar 2016``, ``3–9 Mar 2016`` in full: weeks and quarters by both ends."""
    first, last = dates.first, dates.last
    if first is None or last is None or step == "year":
        return Figure(dates.label)
    if step == "day":
        return day(first)
    if step == "month":
        return month(first)
    if step == "week":
        return Figure(f"week of {day(first)}")
    return Figure(f"{month(first)[:3]}–{month(last)}")


def _ticks(step: str, bars: Sequence[Bucket]) -> list[tuple[int, str]]:
    """Where the axis may be labelled: years on their first bucket, months and days within shorter ranges."""
    starts = [(at, bar.dates.first) for at, bar in enumerate(bars) if bar.dates.first is not None]
    if step == "year":
        return [(at, str(first.year)) for at, first in starts]
    if step in ("month", "quarter"):
        januaries = [(at, str(first.year)) for at, first in starts if first.month == 1]
        return januaries if len(januaries) > 1 else [(at, str(month(first))) for at, first in starts]
    if step == "week":
        return [
            (at, str(month(first)))
            for at, first in starts
            if (first + timedelta(days=6)).day <= 7
        ]  # fmt: skip
    return [(at, str(day(first))) for at, first in starts if first.weekday() == 0] or [
        (at, str(day(first))) for at, first in starts
    ]
