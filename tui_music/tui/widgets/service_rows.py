"""How it stands with the services, line by line: whom to ask, the key, the cache, coverage, what a budget buys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from tui_music.text import shown
from tui_music.tui.widgets.canvas import Piece, Role
from tui_music.tui.widgets.columns import Column, Item, Run, fill
from tui_music.tui.widgets.figures import NOTHING, Figure, bar, count, counted, span
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    from tui_music.services.cache import CacheStats
    from tui_music.services.planning import Plan
    from tui_music.services.warm import Progress
    from tui_music.tui.serving import Standing

#: What the terms of Last.fm ask for, and where a key is to be had.
CREDIT, HOME = Figure("Powered by AudioScrobbler · www.last.fm"), Figure("https://www.last.fm/")
SIGN_UP = Figure("https://www.last.fm/api/account/create")
_SIGNS = {"ok": Figure("● "), "no key": Figure("○ "), "paused": Figure("◌ ")}
_LABEL = 17
_WIDEST = 40
_NUMBERS = 13  # " 41 % → 63 %"
_WORTH = 0.005  # of all hours
_NO_KEY = "none: a enters one, free at www.last.fm/api/account/create"

Line = tuple[list[Piece], str]  # and the action of a click or enter, if there is one


class ServiceRows(Rows):
    """Sentences wrapped to ``width`` cells, and bars."""

    counting = 9
    columns = (Column(Figure("services"), 10, flex=1), Column(NOTHING, 0))

    def __init__(self, standing: Standing, *, demo: bool, width: int) -> None:
        self._width = max(24, width - 3)
        offline = all(each.state == "offline" for each in standing.services)
        self._lines: list[Line] = [
            *self._whom(standing, offline=offline, demo=demo),
            *self._kept(standing.cache, standing.trouble),
            *(self._covered(standing.plan, gains=not demo) if standing.plan else ()),
        ]
        if not demo:
            self._lines += [*self._ahead(standing, offline=offline), ([(CREDIT, Role.QUIET)], "link")]

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
        told = f"•••••••• from {standing.key}" if standing.key else _NO_KEY
        yield from self._labelled("key to Last.fm", told, "key")

    def _said(self, sign: Figure, text: str, action: str = "", role: Role = Role.PLAIN) -> Iterator[Line]:
        for row in wrap(shown(text, 1000), self._width - 2):
            yield [(fill(sign, 2), Role.BAR), (shown(row), role)], action
            sign = NOTHING

    def _labelled(self, label: str, text: str, action: str) -> Iterator[Line]:
        for row in wrap(shown(text, 1000), self._width - _LABEL):
            yield [_label(label), (shown(row), Role.PLAIN)], action
            label = ""

    def _kept(self, stats: CacheStats, trouble: str) -> Iterator[Line]:
        if trouble:
            yield from self._said(Figure("! "), trouble)
        size = f"{stats.bytes / 1e6:,.1f} MB" if stats.bytes >= 1e5 else f"{stats.bytes / 1e3:,.0f} kB"
        hits, misses = counted(stats.hits, "hit"), counted(stats.misses, "miss", "misses")
        replies = f"{counted(stats.entries, 'reply', 'replies')}, {size}"
        yield from self._labelled("cache", f"{replies} · {hits} · {misses} · {count(stats.stale)} stale", "")

    def _covered(self, plan: Plan, *, gains: bool) -> Iterator[Line]:
        """The share of the hours whose artist something is known of; what the budget adds is the bar's lighter end."""
        wide = max(6, min(_WIDEST, self._width - _LABEL - _NUMBERS))
        after = f"  now → after {counted(len(plan.calls), 'call')}" if plan.calls and gains else "  now"
        title = fill(Figure("known of your hours"), _LABEL + wide)
        yield [(title, Role.QUIET), (Figure(after if len(after) <= self._width - len(title) else ""), Role.QUIET)], ""
        for signal, share in plan.before.shares.items():
            then = plan.after.shares[signal] if gains else share
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

    def _ahead(self, standing: Standing, *, offline: bool) -> Iterator[Line]:
        """What the aim buys; calls that add nothing are not worth a word."""
        plan, ranks = standing.plan, standing.aim.ranks
        if plan is None:
            yield from self._labelled("fetch ahead", "once there is a history", "")
        elif plan.after.whole - plan.before.whole < _WORTH:
            without = "" if standing.key else ", as far as it goes without a key"
            yield from self._labelled("fetch ahead", f"Everything is here{without}.", "fetch" if plan.calls else "")
        else:
            only = f" (ranks {ranks[0]:,}–{ranks[1]:,})" if ranks else ""
            yield from self._labelled("fetch ahead", f"{plan.sentence}{only}, in {_about(plan.seconds)}", "fetch")
            hints = ["O goes online first" if offline else "w begins", "b other numbers"]
            hints += [f"{count(plan.left)} more to be had"] if plan.left else []
            yield [_label(""), (Figure("   ".join(hints)), Role.QUIET)], "fetch"


def going(at: Progress, width: int) -> tuple[list[Piece], list[list[Piece]]]:
    """How far fetching ahead is: a line with a bar, and the parts of a line below it."""
    share = at.done / max(1, at.of)
    above: list[Piece] = [
        (Figure("Fetching ahead "), Role.HEAD),
        (bar(share, max(10, min(60, width - 35))), Role.BAR),
        (Figure(f" {share:4.0%}"), Role.PLAIN),
        (Figure("   esc stops"), Role.QUIET),
    ]
    if not at.of:
        return above, [[(Figure("finding out what is missing"), Role.QUIET)]]
    counts = [f"{count(at.done)} of {count(at.of)}", f"{_about(at.seconds)} left"]
    counts += [f"{n:,} {what}" for n, what in ((at.unknown, "unknown"), (at.failed, "failed")) if n]
    below: list[list[Piece]] = [[(Figure(text), Role.PLAIN)] for text in counts]
    return above, [*below, [(shown(at.artist), Role.QUIET)]]


def _label(text: str) -> Piece:
    return fill(Figure(text), _LABEL), Role.QUIET


def _about(seconds: float) -> Figure:
    """``20 s``, ``3 min``, ``1.6 h``"""
    return Figure(f"{max(1, round(seconds))} s") if seconds < 90 else span(seconds)
