"""Charts of many listeners: how many of them have how many plays, and plays per day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

from tui_music.tui.widgets.chart import Plotted
from tui_music.tui.widgets.figures import NOTHING, Figure, count, counted, day, month

_EPOCH = date(1970, 1, 1)


def by_plays(plays: Sequence[int]) -> Plotted:
    """How many listeners have so many plays; the axis of plays is logarithmic: 1, 2, 5, 10, 20, 50 …"""
    top = max(plays, default=0)
    starts = [0] if any(not each for each in plays) else []
    power = 1
    while power <= top:
        starts += [power * step for step in (1, 2, 5) if power * step <= top]
        power *= 10
    values = [0.0] * len(starts)
    for each in plays:
        values[bisect_right(starts, each) - 1] += 1
    first = next((at for at, value in enumerate(values) if value), 0)  # bars begin where there is somebody
    starts, values = starts[first:], values[first:]

    def tell(at: int) -> Figure:
        last = starts[at + 1] - 1 if at + 1 < len(starts) else top
        between = f"{starts[at]:,}–{last:,}" if last > starts[at] else f"{starts[at]:,}"
        return Figure(f"{between}: {counted(round(values[at]), 'listener')}")

    middle = Figure(f"log scale, median {median(plays):,.0f}") if plays else NOTHING
    ticks = [(at, _short(start)) for at, start in enumerate(starts)]
    return Plotted(Figure("listeners by plays"), values, ticks, tell, middle)


def per_day(days: Sequence[int], plays: Sequence[int], most: int) -> Plotted:
    """Plays per day, from the first day to the last; of so many days that more than ``most`` would be drawn the mean of
    a few. ``days`` are since 1970, in order."""
    length = days[-1] - days[0] + 1 if days else 0
    span = max(1, -(-length // max(1, most)))
    sums = [0] * -(-length // span)
    for at, number in zip(days, plays, strict=True):
        sums[(at - days[0]) // span] += number
    sizes = [min(span, length - at * span) for at in range(len(sums))]
    values = [total / size for total, size in zip(sums, sizes, strict=True)]
    starts = [_EPOCH + timedelta(days=days[0] + at * span) for at in range(len(sums))]

    def tell(at: int) -> Figure:
        if sizes[at] == 1:
            return Figure(f"{day(starts[at])}: {counted(sums[at], 'play')}")
        last = starts[at] + timedelta(days=sizes[at] - 1)
        return Figure(f"{day(starts[at])} – {day(last)}: {values[at]:,.1f} a day")

    aside = NOTHING
    if sums:
        highest = max(range(len(values)), key=values.__getitem__)
        aside = Figure(f"most {values[highest]:,.0f}, {month(starts[highest])}")
    return Plotted(Figure("plays per day"), values, _ticks(starts, span), tell, aside)


def _ticks(starts: Sequence[date], span: int) -> list[tuple[int, str]]:
    """Years where they begin, of less than two the months."""

    def begins(what: str) -> list[tuple[int, date]]:
        found = []
        for at, start in enumerate(starts):
            last = start + timedelta(days=span - 1)
            if what == "year" and (start.month == start.day == 1 or last.year > start.year):
                found.append((at, last))
            if what == "month" and (start.day == 1 or last.month != start.month):
                found.append((at, last))
        return found

    years = begins("year")
    if len(years) > 1:
        return [(at, str(when.year)) for at, when in years]
    months = [(at, str(month(when))) for at, when in begins("month")]
    return months or [(at, str(day(when))) for at, when in enumerate(starts)]


def _short(number: int) -> str:
    """``500``, ``2k``, ``10M``"""
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{count(number // size)}{sign}"
    return str(number)
