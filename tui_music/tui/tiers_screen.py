"""Tiers: a range of ranks, its bars, and what it adds up to. The dials answer at once, whatever the library's size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from tui_music.errors import BadRange
from tui_music.library.scope import Measure, Scope
from tui_music.text import shown
from tui_music.tui.chrome import Hint
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line, Listing, ListScreen, PlaysOf, amount
from tui_music.tui.prompt import Question
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.figures import Figure, ago, count, counted, hours_alone, percent
from tui_music.tui.widgets.ranked import RankRows, RankStrip
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.ranking import Ranking, Tier

_MOST = 10_000_000
_BY = {Measure.HOURS: "hours", Measure.PLAYS: "counted plays", Measure.ENGAGEMENT: "engagement"}


class TiersScreen(ListScreen):
    """``start`` and ``end`` are as the person set them; what does not exist is left out, and said."""

    HEADING = "Tiers"
    SIGNS = (("eng", "engagement, 0–1: how much of its plays was heard, on average"),)
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "tier-start-down",
        "tier-start-up",
        "tier-end-down",
        "tier-end-up",
        "tier-before",
        "tier-after",
        "tier-presets",
        "tier-type",
        "discover-tier",
        "open",
    )

    @dataclass
    class Ranked(Message):
        """The artists of a scope, in order."""

        scope: Scope
        history: History
        ranking: Ranking

    def __init__(self) -> None:
        super().__init__()
        self.start, self.end = 1, 50
        self._ranking: Ranking | None = None
        self._history: History | None = None

    def body(self) -> Iterable[Widget]:
        yield Line(id="tier")
        yield RankStrip()
        yield Table(id="bars")
        yield Line(" · ", id="summary")

    def footer(self) -> Sequence[str | Hint]:
        return (
            Hint(Figure("← →"), Figure("start"), "tier_start_up"),
            Hint(Figure("< >"), Figure("end"), "tier_end_up"),
            "discover-tier",
            "tier-presets",
            Hint(Figure("[ ]"), Figure("next tier"), "tier_after"),
            self.hint("trail", "like this"),
            "tier-type",
            "measure",
            "plays",
            "export",
            "screens",
            "help",
        )

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Table))

    def show(self, session: Session) -> None:
        if session.history is not None:
            self.rank(session.history, session.scope, session.measure)
        elif self._ranking is None:
            sentence = session.failure or "Reading your history."
            self.query_one(Table).say(shown(sentence))

    @work(thread=True, exclusive=True, group="tiers", exit_on_error=False)
    def rank(self, history: History, scope: Scope, measure: Measure) -> None:
        from tui_music.library.ranking import rank_artists

        ranking = rank_artists(history, scope, measure)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Ranked(scope, history, ranking))

    @on(Ranked)
    def ranked(self, event: Ranked) -> None:
        event.stop()
        if event.scope == self.session.scope:
            self._ranking, self._history = event.ranking, event.history
            self.dial()

    # the tier

    def dial(self) -> None:
        """Draw the tier between the two ranks."""
        ranking = self._ranking
        if ranking is None:
            return
        tier = ranking.tier(self.start, self.end)
        table = self.query_one(Table)
        nothing = "No artists in this range of dates." if not tier.total else f"There are {tier.total:,} artists."
        before = table.rows.which if isinstance(table.rows, RankRows) and len(table.rows) else range(1)
        moved = before.start - tier.rows.start  # the cursor stays with its artist, the artist with its line
        rows = RankRows(ranking, self.session.scope.zone, tier.rows)
        table.show(rows, table.cursor + moved, table.top + moved, note=Figure(nothing))
        self.query_one("#tier", Line).show(_headline(tier, ranking.by))
        self.query_one(RankStrip).show(tier.start, tier.end, tier.total)
        self.query_one("#summary", Line).show(_summary(tier, ranking))

    def _set(self, start: int, end: int) -> None:
        most = max(1, len(self._ranking)) if self._ranking is not None else _MOST
        start, end = max(1, min(start, most)), max(1, min(end, most))
        if (start, end) != (self.start, self.end):
            self.start, self.end = start, end
            self.dial()

    def action_tier_start_down(self) -> None:
        self._set(self.start - 1, self.end)

    def action_tier_start_up(self) -> None:
        self._set(self.start + 1, self.end)

    def action_tier_end_down(self) -> None:
        self._set(self.start, self.end - 1)

    def action_tier_end_up(self) -> None:
        self._set(self.start, self.end + 1)

    def action_tier_after(self) -> None:
        """As many ranks, right after these."""
        size = max(1, self.end - self.start + 1)
        if self._ranking is None or self.start + size <= len(self._ranking):
            self._set(self.start + size, self.end + size)

    def action_tier_before(self) -> None:
        """As many ranks, right before these."""
        size = max(1, self.end - self.start + 1)
        start = max(1, self.start - size)
        self._set(start, start + size - 1)

    def action_tier_type(self) -> None:
        hint = Figure("two ranks such as 51 120, one for the start alone, or 500.. for all from there on")
        question = Question(Figure("ranks"), self._typed, (), f"{self.start} {self.end}", hint)
        self.ask(question, lambda ranks: self.put(*ranks))

    def action_tier_presets(self) -> None:
        presets = usual_tiers(len(self._ranking) if self._ranking is not None else 0)
        labels = tuple(Figure(label) for label in presets)

        def check(text: str) -> tuple[int, int]:
            return presets[text.strip()] if text.strip() in presets else self._typed(text)

        self.ask(Question(Figure("tier"), check, labels), lambda ranks: self.put(*ranks))

    def put(self, start: int, end: int) -> None:
        """Show these ranks, even where there are none."""
        self.start, self.end = start, end
        self.query_one(Table).move_to(0)
        self.dial()

    def _typed(self, text: str) -> tuple[int, int]:
        """Two ranks in words; one changes the start alone. Raises :class:`BadRange`."""
        match = re.fullmatch(r"\s*(\d{1,7})\s*(?:(?:-|–|to|\.\.+|,|\s)\s*(\d{1,7})?\s*)?", text.replace("’", ""))
        if not match or int(match[1]) < 1 or (match[2] and int(match[2]) < 1):
            raise BadRange(f"{text!r} is no range of ranks. Try 51 120, or 500.. for all from there on.")
        if match[2]:
            return int(match[1]), int(match[2])
        open_end = ".." in text and self._ranking is not None
        return int(match[1]), max(1, len(self._ranking)) if open_end and self._ranking is not None else self.end

    def action_discover_tier(self) -> None:
        """Recommendations from exactly this tier."""
        from tui_music.tui.asked import Seeds

        tier = None if self._ranking is None else self._ranking.tier(self.start, self.end)
        if tier is None or self._ranking is None or not tier.artists:
            self.tell(Figure("There is nobody in this tier to start from."))
            return
        codes = self._ranking.code[tier.rows.start : tier.rows.stop]
        self.music.discover_from(Seeds(Figure(f"tier {tier.start:,}–{tier.rows.stop:,}"), codes))

    # the selected artist

    def _rows(self) -> RankRows | None:
        rows = self.query_one(Table).rows
        return rows if isinstance(rows, RankRows) and len(rows) else None

    @on(Table.Chosen)
    async def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        await self.action_plays()

    def plays_of(self) -> PlaysOf | None:
        rows, cursor = self._rows(), self.query_one(Table).cursor
        if rows is None or self._ranking is None or self._history is None:
            return None
        code = int(self._ranking.code[rows.which[cursor]])
        return PlaysOf((rows.name(cursor),), self._history, self.session.scope, artist=code)

    def copied(self) -> Drawable | None:
        rows = self._rows()
        return None if rows is None else rows.name(self.query_one(Table).cursor)

    def listing(self) -> Listing | None:
        rows = self._rows()
        return None if rows is None else Listing(f"tier {self.start}-{self.end}", len(rows), rows.record)


def usual_tiers(total: int) -> dict[str, tuple[int, int]]:
    """Tiers by the name a person picks them by; none begins beyond ``total`` artists."""
    tiers = {f"{a:,}–{b:,}": (a, b) for a, b in ((1, 10), (11, 50), (51, 120), (121, 500), (501, 2_000))}
    percents = {1: "top 1 %", 5: "top 5 %", 10: "top 10 %"}
    tiers |= {label: (1, max(1, total * share // 100)) for share, label in percents.items() if total >= 100}
    tiers |= {"last half": (total // 2 + 1, total), "everyone": (1, max(1, total))}
    return {label: (start, end) for label, (start, end) in tiers.items() if start <= max(1, total)}


def _headline(tier: Tier, by: Measure) -> list[list[Piece]]:
    ranks: list[Piece] = [
        (Figure("from "), Role.QUIET),
        (count(tier.start), Role.HEAD),
        (Figure(" to "), Role.QUIET),
        (count(tier.end), Role.HEAD),
        (Figure(f" by {_BY[by]}"), Role.QUIET),
    ]
    if not tier.artists:
        return [ranks, [(Figure("an empty tier: nobody has these ranks"), Role.NEW)]]
    said: list[Piece] = [(Figure("start is after end: the start alone"), Role.NEW)] if tier.corrected else []
    return [
        ranks,
        said,
        [(counted(tier.artists, "artist"), Role.PLAIN)],
        amount(hours_alone(tier.ms)),
        amount(percent(tier.share_of_all), "of all hours"),
        amount(count(tier.counted), "plays"),
    ]


def _summary(tier: Tier, ranking: Ranking) -> list[list[Piece]]:
    if not tier.artists or tier.top is None or tier.bottom is None:
        return []
    last = ranking.last[tier.rows.start : tier.rows.stop]
    now = int(ranking.last.max())
    near, far = ago(now - int(last.max())), ago(now - int(last.min()))
    if near == far:
        heard = f"last heard {near} ago"
    else:
        heard = f"last heard up to {far} ago" if near == ago(0) else f"last heard {near} – {far} ago"
    return [
        [(Figure("top "), Role.QUIET), (shown(tier.top, 40), Role.PLAIN)],
        [(Figure("bottom "), Role.QUIET), (shown(tier.bottom, 40), Role.PLAIN)],
        [(Figure(heard), Role.QUIET)],
    ]
