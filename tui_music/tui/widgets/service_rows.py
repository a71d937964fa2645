"""How it stands with the services, line by line: whom to ask, the key, the cache, coverage, what a budget buys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from tui_music.text import shown
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.columns import Column, Item, Run, fill
from tui_music.tui.widgets.figures import NOTHING, Figure, bar, count, counted, span
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    from tui_music.services.cache import CacheStats
    from tui_music.services.warm import Plan, Progress
    from tui_music.tui.serving import Standing

#: What the terms of Last.fm ask for.
CREDIT = Figure("Powered by AudioScrobbler · www.last.fm")
_SIGNS = {"ok": Figure("● "), "no key": Figure("○ "), "paused": Figure("◌ ")}
_LABEL = 17
_WIDEST = 40
_NUMBERS = 13  # " 41 % → 63 %"

Line = tuple[list[Piece], str]  # and the action of a click or enter, if there is one


class ServiceRows(Rows):
    """Sentences wrapped to ``width`` cells, and bars."""

    counting = 9
    columns = (Column(Figure("services"), 10, flex=1), Column(NOTHING, 0))

    def __init__(self, standing: Standing, warming: Progress | None, *, offline: bool, demo: bool, width: int) -> None:
        self._width = max(24, width - 3)
        self._lines: list[Line] = [
            *self._whom(standing, offline=offline, demo=demo),
            *self._kept(standing.cache, standing.trouble),
            *(self._covered(standing.plan) if standing.plan else ()),
            *(() if demo else self._ahead(standing, warming, offline=offline)),
            ([(CREDIT, Role.QUIET)], ""),
        ]

    def __len__(self) -> int:
        return len(self._lines)

    def cells(self, index: int) -> Sequence[Item]:
        return (Run(tuple(self._lines[index][0])),)

    def action(self, index: int) -> str:
        """What a line is there to do."""
        return self._lines[index][1]

    def _whom(self, standing: Standing, *, offline: bool, demo: bool) -> Iterator[Line]:
        if demo:
            yield from self._said(_SIGNS["no key"], "The demo asks nobody: its artists and all replies are invented.")
            return
        if offline:
            yield from self._said(_SIGNS["no key"], "Offline: no service is asked, the cache answers. O goes online.")
        for each in standing.services if not offline else ():
            yield from self._said(_SIGNS[each.state], each.sentence)
        if standing.key:
            yield from self._said(NOTHING, f"key to Last.fm •••••••• from {standing.key}", "key", Role.QUIET)
        else:
            told = "no key to Last.fm: a enters one, free at www.last.fm/api/account/create"
            yield from self._said(NOTHING, told, "key", Role.QUIET)

    def _said(self, sign: Figure, text: str, action: str = "", role: Role = Role.PLAIN) -> Iterator[Line]:
        for row in wrap(shown(text, 1000), self._width - 2):
            yield [(fill(sign, 2), Role.BAR), (shown(row), role)], action
            sign = NOTHING

    def _kept(self, stats: CacheStats, trouble: str) -> Iterator[Line]:
        if trouble:
            yield from self._said(Figure("! "), trouble)
        size = f"{stats.bytes / 1e6:,.1f} MB"
        hits, misses = counted(stats.hits, "hit"), counted(stats.misses, "miss", "misses")
        counts = f"{hits} · {misses} · {count(stats.stale)} stale"
        told: tuple[Drawable, Drawable] = counted(stats.entries, "reply", "replies"), Figure(f", {size}   {counts}")
        yield [_label("cache"), (told[0], Role.PLAIN), (told[1], Role.QUIET)], ""

    def _covered(self, plan: Plan) -> Iterator[Line]:
        """The share of the hours whose artist something is known of; what the budget adds is the bar's lighter end."""
        wide = max(6, min(_WIDEST, self._width - _LABEL - _NUMBERS))
        after = f"  now → after {counted(len(plan.calls), 'call')}" if plan.calls else "  now"
        title = fill(Figure("known of your hours"), _LABEL + wide)
        yield [(title, Role.QUIET), (Figure(after if len(after) <= self._width - len(title) else ""), Role.QUIET)], ""
        for signal, share in plan.before.shares.items():
            then = plan.after.shares[signal]
            now = bar(share, wide).rstrip()
            more = Figure("░" * max(0, min(wide, round(then * wide)) - len(now)))
            rest = Figure(" " * (wide - len(now) - len(more)))
            gain = f" → {then:.0%}" if f"{then:.0%}" != f"{share:.0%}" else ""
            numbers = Figure(f"{f'{share:.0%}':>5}{gain}".replace("%", " %"))
            yield (
                [
                    _label(signal.value),
                    (Figure(now), Role.BAR),
                    (more, Role.QUIET),
                    (rest, Role.PLAIN),
                    (numbers, Role.PLAIN),
                ],
                "",
            )

    def _ahead(self, standing: Standing, warming: Progress | None, *, offline: bool) -> Iterator[Line]:
        plan = standing.plan
        if warming is not None:
            yield from self._going(warming)
        elif plan is None:
            yield [_label("fetch ahead"), (Figure("once there is a history"), Role.QUIET)], ""
        elif not plan.calls:
            without = "" if standing.key else ", as far as it goes without a key"
            yield from self._told(f"Everything is here{without}.", "")
        else:
            ranks = f" (ranks {standing.aim.ranks[0]}–{standing.aim.ranks[1]})" if standing.aim.ranks else ""
            yield from self._told(f"{plan.sentence}{ranks}, in {_about(plan.seconds)}", "fetch")
            how = "O goes online first" if offline else "w begins"
            yield (
                [_label(""), (Figure(f"{how}   b other numbers   {count(plan.left)} more to be had"), Role.QUIET)],
                "fetch",
            )

    def _told(self, text: str, action: str) -> Iterator[Line]:
        label = "fetch ahead"
        for row in wrap(text, self._width - _LABEL):
            yield [_label(label), (Figure(row), Role.PLAIN)], action
            label = ""

    def _going(self, at: Progress) -> Iterator[Line]:
        share = at.done / max(1, at.of)
        wide = max(6, min(_WIDEST, self._width - _LABEL - _NUMBERS))
        yield [_label("fetching ahead"), (bar(share, wide), Role.BAR), (Figure(f"{share:5.0%}"), Role.PLAIN)], ""
        counts = [f"{count(at.done)} of {count(at.of)}", f"{_about(at.seconds)} left"]
        counts += [f"{n:,} {what}" for n, what in ((at.unknown, "unknown"), (at.failed, "failed")) if n]
        told = [_label(""), (Figure(" · ".join(counts)), Role.PLAIN), (Figure("   esc stops"), Role.QUIET)]
        yield told, ""
        yield [_label(""), (shown(at.artist), Role.QUIET)], ""


def _label(text: str) -> Piece:
    return fill(Figure(text), _LABEL), Role.QUIET


def _about(seconds: float) -> Figure:
    """``20 s``, ``3 min``, ``1.6 h``"""
    return Figure(f"{max(1, round(seconds))} s") if seconds < 90 else span(seconds)
