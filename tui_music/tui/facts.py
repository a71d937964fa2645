"""Every statistic of a scope in words: what it is called, its value, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tui_music.tui.widgets.canvas import Piece, Role
from tui_music.tui.widgets.figures import Figure, count, counted, day, hours_alone, local, percent, span

if TYPE_CHECKING:
    from tui_music.library.scope import Scope
    from tui_music.library.statistics import Run, Totals


@dataclass(frozen=True, slots=True)
class Fact:
    """``short`` is the fact as part of a line, where it has one."""

    name: Figure
    value: Figure
    meaning: Figure
    short: tuple[Piece, ...] = ()


def facts(totals: Totals, scope: Scope) -> list[Fact]:
    """The statistics of a scope, the most telling first. Definitions are those of the README."""
    seconds = f"{scope.counted_ms / 1000:g} s"
    return [
        _fact("listening", hours_alone(totals.ms), "everything that was heard, skipped plays included"),
        _fact("plays", count(totals.counted), f"of at least {seconds}; every list and bar counts these"),
        _fact("stored plays", count(totals.plays), "all of them, the shortest included"),
        _fact("artists", count(totals.artists), "heard at least once"),
        _fact("songs", count(totals.tracks), "heard at least once"),
        _fact("albums", count(totals.albums), "heard at least once; a play may have none"),
        _fact("active days", count(totals.active_days), "days with a play"),
        _dated("first play", totals.first, scope),
        _dated("last play", totals.last, scope),
        _fact(
            "streak now",
            counted(totals.current_streak.days, "day"),
            "days in a row up to the last day",
            _short("streak", counted(totals.current_streak.days, "day"), f" (longest {totals.longest_streak.days:,})"),
        ),
        _run("longest streak", totals.longest_streak, "most days in a row with a play"),
        _run("longest gap", totals.longest_gap, "most days in a row without one", short="longest gap"),
        _fact(
            "Eddington number",
            count(totals.eddington),
            f"{totals.eddington:,} days had at least {totals.eddington:,} plays",
            _short("Eddington", count(totals.eddington)),
        ),
        _fact("new artists", count(totals.new_artists), "played for the first time ever"),
        _fact(
            "discovery rate",
            _rate(totals.new_artists_per_week, "a week"),
            "new artists a week",
            _short("new artists", _rate(totals.new_artists_per_week, "a week")),
        ),
        _fact("sessions", count(totals.sessions.count), "plays with less than 30 minutes of silence between them"),
        _fact(
            "median session",
            _length(totals.sessions.median_s),
            "half of the sessions are longer",
            _short("sessions", count(totals.sessions.count), f" (median {_length(totals.sessions.median_s)})"),
        ),
        _fact("longest session", _length(totals.sessions.longest_s), "from its first start to its last end"),
        _fact(
            "weekend",
            percent(totals.weekend_share),
            "of the hours on Saturday and Sunday",
            _short("weekend", percent(totals.weekend_share)),
        ),
        *_times_of_day(totals),
        _fact(
            "skipped",
            percent(totals.skip_rate),
            "of the plays that say how they ended",
            _short("skipped", percent(totals.skip_rate)),
        ),
        _fact("one-hit wonders", count(totals.one_hit_wonders), "artists with ten plays or more, all of one song"),
        _fact("heard every year", counted(totals.every_year_artists, "artist"), "with a play in each calendar year"),
    ]


def shorts(found: Sequence[Fact]) -> list[tuple[Piece, ...]]:
    """The facts that go on a line."""
    return [fact.short for fact in found if fact.short]


def _fact(name: str, value: Figure, meaning: str, short: tuple[Piece, ...] = ()) -> Fact:
    return Fact(Figure(name), value, Figure(meaning), short)


def _short(name: str, value: Figure, rest: str = "") -> tuple[Piece, ...]:
    return (Figure(f"{name} "), Role.QUIET), (value, Role.PLAIN), (Figure(rest), Role.QUIET)


def _dated(name: str, second: int | None, scope: Scope) -> Fact:
    value = Figure("–") if second is None else day(local(second, scope.zone))
    return _fact(name, value, "in these dates")


def _run(name: str, run: Run, meaning: str, short: str = "") -> Fact:
    value = counted(run.days, "day")
    between = f"; {_both(run.first, run.last)}" if run.days and run.first and run.last else ""
    return _fact(name, value, f"{meaning}{between}", _short(short, value) if short else ())


def _both(first: date, last: date) -> str:
    return f"{day(first)} – {day(last)}" if first != last else day(first)


def _rate(value: float | None, unit: str) -> Figure:
    return Figure("–" if value is None else f"{value:.1f} {unit}")


def _length(seconds: float | None) -> Figure:
    return Figure("–") if seconds is None else span(seconds)


def _times_of_day(totals: Totals) -> list[Fact]:
    names = (("night", "0–5 h"), ("morning", "6–11 h"), ("afternoon", "12–17 h"), ("evening", "18–23 h"))
    if len(totals.times_of_day) != len(names):
        return []
    top = max(totals.times_of_day)
    return [
        _fact(name, percent(share), f"of the hours at {when}", _short(name, percent(share)) if share == top else ())
        for (name, when), share in zip(names, totals.times_of_day, strict=True)
    ]
