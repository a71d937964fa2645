"""Facts: every statistic of the scope with its meaning, the years, and artists who stand out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from tui_music.library.scope import DateRange, Scope
from tui_music.text import shown
from tui_music.tui.chrome import Hint
from tui_music.tui.facts import facts
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Listing, ListScreen, PlaysOf, within
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Drawable, Role
from tui_music.tui.widgets.columns import Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, counted, hours_alone
from tui_music.tui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from tui_music.library.history import History


@dataclass(frozen=True, slots=True)
class Stated:
    """One line: a statistic, a year, an artist; or, without a value, what the next lines are."""

    name: Drawable
    value: Figure = NOTHING
    meaning: Drawable = NOTHING
    plays: PlaysOf | None = None


class StatedRows(Rows):
    """Facts, one a line."""

    def __init__(self, stated: Sequence[Stated]) -> None:
        self.stated = stated
        widest = max((len(each.value) for each in stated), default=0)
        self.columns = (
            Column(Figure("what"), 18, flex=1),
            Column(Figure("figure"), max(12, widest), "right"),
            Column(Figure("meaning"), 20, flex=6, drop=1),
        )
        self._facts = [at for at, each in enumerate(stated) if each.value]

    def __len__(self) -> int:
        return len(self.stated)

    def rests(self, index: int) -> bool:
        return bool(self.stated[index].value)

    def cells(self, index: int) -> Sequence[Item]:
        fact = self.stated[index]
        if not fact.value:
            return (Cell(fact.name, Role.HEAD),)
        return Cell(fact.name), Cell(fact.value), Cell(fact.meaning, Role.QUIET)

    def position(self, index: int) -> Figure:
        return NOTHING

    def record(self, index: int) -> dict[str, object]:
        """A fact for a spreadsheet."""
        fact = self.stated[self._facts[index]]
        return {"what": str(fact.name), "figure": str(fact.value), "meaning": str(fact.meaning)}

    @property
    def facts(self) -> int:
        """Lines that state something."""
        return len(self._facts)


class FactsScreen(ListScreen):
    """Pushed over the library; escape goes back."""

    HEADING = "Facts"
    BINDINGS: ClassVar[list[BindingType]] = bindings("open")

    @dataclass
    class Known(Message):
        """Years and artists that stand out."""

        scope: Scope
        stated: list[Stated]

    def body(self) -> Iterable[Widget]:
        yield Table(id="facts")

    def footer(self) -> Sequence[str | Hint]:
        return ("back", "plays", "range", "copy", "export", "help")

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Table))

    def show(self, session: Session) -> None:
        if session.overview is None:
            self.query_one(Table).say(shown(session.failure or "Reading your history."))
        if session.overview is None or session.answered != session.scope:
            return
        found = facts(session.overview.totals, session.scope)
        stated = [Stated(fact.name, fact.value, fact.meaning) for fact in found]
        table = self.query_one(Table)
        table.show(StatedRows(stated), table.cursor, table.top)
        if session.history is not None:
            self.know(session.history, session.scope, stated)

    @work(thread=True, exclusive=True, group="facts", exit_on_error=False)
    def know(self, history: History, scope: Scope, stated: list[Stated]) -> None:
        more = [*stated, *_years(history, scope), *_outstanding(history, scope)]
        if not get_current_worker().is_cancelled:
            self.post_message(self.Known(scope, more))

    @on(Known)
    def known(self, event: Known) -> None:
        event.stop()
        if event.scope == self.session.scope:
            table = self.query_one(Table)
            table.show(StatedRows(event.stated), table.cursor, table.top)

    def _selected(self) -> Stated | None:
        table = self.query_one(Table)
        return table.rows.stated[table.cursor] if isinstance(table.rows, StatedRows) and len(table.rows) else None

    @on(Table.Chosen)
    async def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        await self.action_plays()

    def plays_of(self) -> PlaysOf | None:
        """A year's or an artist's plays; those of the whole scope on any other fact."""
        fact, history, scope = self._selected(), self.session.history, self.session.scope
        if fact is None or history is None:
            return None
        return fact.plays or PlaysOf((Figure("everything"),), history, scope)

    def copied(self) -> Drawable | None:
        fact = self._selected()
        return None if fact is None else shown(f"{fact.name}: {fact.value}")

    def listing(self) -> Listing | None:
        rows = self.query_one(Table).rows
        return Listing("facts", rows.facts, rows.record) if isinstance(rows, StatedRows) else None


def _years(history: History, scope: Scope) -> list[Stated]:
    from datetime import date

    from tui_music.library.statistics import by_year

    stated = [Stated(Figure("By year"))]
    for year in reversed(by_year(history, scope)):
        first = f"first {shown(year.first_artist, 60)} · " if year.first_artist else ""
        new = counted(year.new_artists, "new artist")
        meaning = shown(f"top {shown(year.top_artist, 60)} ({hours_alone(year.top_ms)}) · {first}{new}")
        whole = DateRange(date(year.year, 1, 1), date(year.year, 12, 31), str(year.year))
        plays = PlaysOf((Figure(str(year.year)),), history, within(scope, whole))
        stated.append(Stated(Figure(str(year.year)), hours_alone(year.ms), meaning, plays))
    return stated if len(stated) > 1 else []


def _outstanding(history: History, scope: Scope) -> list[Stated]:
    from tui_music.library.statistics import every_year_artists, one_hit_wonders

    codes = {name: code for code, name in enumerate(history.names.artists)}

    def plays(artist: str) -> PlaysOf:
        return PlaysOf((shown(artist),), history, scope, artist=codes[artist])

    wonders = [
        Stated(
            shown(one.artist), counted(one.counted, "play"), shown(f"all of {shown(one.track, 80)}"), plays(one.artist)
        )
        for one in one_hit_wonders(history, scope)
    ]
    always = [
        Stated(shown(name), Figure("every year"), NOTHING, plays(name)) for name in every_year_artists(history, scope)
    ]
    heads = (Stated(Figure("One-hit wonders")), Stated(Figure("Heard every year")))
    return [*([heads[0], *wonders] if wonders else []), *([heads[1], *always] if always else [])]
