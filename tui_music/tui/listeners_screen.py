"""Listeners: whose plays there are, what each method recommends to them, and what all of them play."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import Worker, get_current_worker

from tui_music.library.scope import Scope
from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.chrome import Hint, threshold
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.listeners_panels import PanelsScreen
from tui_music.tui.listing import Line, Listing, amount, search_first
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Drawable, Role
from tui_music.tui.widgets.figures import Figure, count, hours_alone
from tui_music.tui.widgets.listeners_rows import ORDERS, Compared, ListenerRows
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.library import Library
    from tui_music.library.listeners import ListenerSums
    from tui_music.services.gateway import Services

_WIDTHS = [(0, "-narrow"), (110, "-wide"), (170, "-ultra")]
_HEIGHTS = [(0, "-low"), (18, "-medium"), (34, "-tall")]
#: Seconds the cursor rests before methods are asked: a held key paints two lines only.
REST = 0.25
#: So many listeners stay compared.
_KEPT = 50


class ListenersScreen(PanelsScreen):
    """Pushed over any screen; enter turns the whole program to a listener."""

    HEADING = "Listeners"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        *search_first(),
        *bindings("sort", "open"),
    ]

    @dataclass
    class Counted(Message):
        """Everybody in the library."""

        sums: tuple[ListenerSums, ...]

    @dataclass
    class Came(Message):
        """What methods recommend to a listener."""

        compared: Compared

    def __init__(self) -> None:
        super().__init__()
        self.order = ORDERS[0]
        self.text = ""
        self._sums: tuple[ListenerSums, ...] | None = None
        self._compared: dict[str, Compared] = {}
        self._wanted = ""  # to whom methods are to recommend
        self._comparing = False
        self._rest: Timer | None = None
        self._asked: tuple[object, ...] = ()  # what was counted

    def body(self) -> ComposeResult:
        yield SearchLine("/ to search listeners", id="search")
        with Container(id="both"):
            with Container(id="left"):
                yield Line(id="sums")
                yield Table(id="listeners")
            yield self.panels()

    def about(self) -> tuple[Drawable, ...]:
        scope = self.session.scope
        return (Figure("everybody"), Figure(scope.kind.label), Figure("all time"), threshold(scope.counted_ms))

    def footer(self) -> Sequence[str | Hint]:
        following = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        sort = Hint(Figure(keys_of("sort", self.session.settings.keys)[0]), Figure(f"by {following}"), "sort")
        if self.has_class("-beside"):
            return ("panel", self.hint("back", "to the list"), "whose-charts", "help")
        whose = ["whose-charts"] if self.of_community is not None else []
        turn = self.hint("open", "turn to this one")
        return (turn, "search", sort, "panel", *whose, "back", "export", "copy", "help")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("range", "measure", "zone", "plays", "trail", "link"):  # it is about listeners, of all time
            return False
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        self.set_focus(self.table)

    # everybody

    def show(self, session: Session) -> None:
        if session.library is None:
            self.table.say(shown(session.failure or "Reading your history."))
            return
        revision = None if session.history is None else session.history.revision
        asked = (session.scope.kind, session.scope.counted_ms, revision)
        if self._asked != asked:
            self._asked, self._compared = asked, {}
            if self._sums is None:
                self.table.say(Figure("Counting what everybody plays."))
            self.tally(session.library, session.scope, session.settings)
        else:
            self._list()

    @work(thread=True, exclusive=True, group="listeners", exit_on_error=False)
    def tally(self, library: Library, scope: Scope, settings: Settings) -> None:
        from tui_music.tui import comparing

        sums = comparing.everybody(library, scope)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Counted(sums))
        found = comparing.drawn(library, scope, sums)
        community = comparing.opened(settings)
        of_community = None if community is None else comparing.drawn_of(community)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Charted(found, of_community))

    @on(Counted)
    def counted(self, event: Counted) -> None:
        event.stop()
        first, self._sums = self._sums is None, event.sums
        self._list(self.session.scope.listener if first else None)
        plays, ms = sum(each.plays for each in event.sums), sum(each.ms for each in event.sums)
        self.query_one("#sums", Line).show([
            amount(count(len(event.sums)), "listener" if len(event.sums) == 1 else "listeners"),
            amount(count(plays), "play" if plays == 1 else "plays"),
            amount(hours_alone(ms)),
            [(Figure("import --listener NAME FILE adds others"), Role.QUIET)] if len(event.sums) == 1 else [],
        ])  # fmt: skip

    def _list(self, at: str | None = None) -> None:
        """The list again, with the cursor on a listener, else on whom it was on."""
        if self._sums is None:
            return
        table, session, before = self.table, self.session, self._selected
        rows = ListenerRows(self._sums, self.text, self.order, session.scope.listener, session.scope.zone)
        line = rows.line_of(at or (before.name if before else ""))
        nothing = Figure(
            "Nobody by that name; escape ends the search." if self.text else "Nobody is here yet: 9 imports."
        )
        table.show(rows, line or 0, None if at else table.top, nothing)
        self.note(Figure(f"{len(rows):,} of {len(self._sums):,}" if self.text else ""))
        self._soon()

    @property
    def _selected(self) -> ListenerSums | None:
        rows = self.table.rows
        return rows.listeners[self.table.cursor] if isinstance(rows, ListenerRows) and len(rows) else None

    # search and order

    def action_search(self) -> None:
        self.set_focus(self.query_one(SearchLine))

    @on(Input.Changed, "#search")
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        self.text = event.value.strip()
        self._list()

    @on(SearchLine.Entered)
    def entered(self, event: SearchLine.Entered) -> None:
        event.stop()
        self.set_focus(self.table)

    @on(SearchLine.Left)
    def left(self, event: SearchLine.Left) -> None:
        event.stop()
        self.query_one(SearchLine).value = ""
        self.set_focus(self.table)

    def action_sort(self) -> None:
        self.order = ORDERS[(ORDERS.index(self.order) + 1) % len(ORDERS)]
        self._list()
        self.refresh_footer()

    # what methods recommend

    @on(Table.Moved, "#listeners")
    def moved(self, event: Table.Moved) -> None:
        event.stop()
        self._soon()

    def _soon(self) -> None:
        """Follow when the cursor has come to rest."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._follow)

    def _follow(self) -> None:
        """Show what is known for whoever is selected, and have the rest found."""
        selected = self._selected
        if selected is None:
            self.draw_methods("", None)
            return
        self._wanted = selected.name
        compared = self._compared.get(selected.name)
        self.draw_methods(selected.name, compared)
        session = self.session
        if compared is None and not self._comparing and session.library is not None:
            self._comparing = True
            given = self.music.services, session.library, selected.name, session.scope.counted_ms
            self.compare(*given, session.history)

    @work(thread=True, group="compare", exit_on_error=False)
    def compare(
        self, services: Services, library: Library, listener: str, counted_ms: int, history: History | None
    ) -> None:
        from tui_music.tui import comparing

        for compared in comparing.compare(services, library, listener, counted_ms, history):
            if get_current_worker().is_cancelled or self._wanted != listener:  # somebody else is selected by now
                return
            if compared is not None:
                self.post_message(self.Came(compared))

    @on(Came)
    def came(self, event: Came) -> None:
        event.stop()
        self._compared[event.compared.listener] = event.compared
        for old in list(self._compared)[:-_KEPT]:
            del self._compared[old]
        if event.compared.listener == self._wanted:
            self.draw_methods(self._wanted, event.compared)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        super().on_worker_state_changed(event)
        if event.worker.group == "compare" and event.worker.is_finished:
            self._comparing = False
            if self.is_attached and event.worker.error is None and self._wanted not in self._compared:
                self._follow()

    # choosing

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        selected = self._selected
        if event.table is not self.table:
            self.tell(Figure("These are to be compared; in the list of listeners enter turns to one."))
        elif selected is not None:
            while len(self.app.screen_stack) > 1:  # what is pushed is about the listener before
                self.app.pop_screen()
            self.music.change_listener(selected.name)

    def action_back(self) -> None:
        if self.focused is not self.table:
            self.set_focus(self.table)
        elif self.text:
            self.query_one(SearchLine).value = ""
        else:
            super().action_back()

    async def action_listener(self) -> None:
        super().action_back()

    # what is selected

    def copied(self) -> Drawable | None:
        return shown(self._selected.name) if self._selected else None

    def listing(self) -> Listing | None:
        rows = self.table.rows
        return Listing("listeners", len(rows), self._record) if isinstance(rows, ListenerRows) else None

    def _record(self, index: int) -> dict[str, object]:
        rows = self.table.rows
        assert isinstance(rows, ListenerRows)
        each = rows.listeners[index]
        return {
            "listener": each.name,
            "plays": each.plays,
            "hours": round(each.ms / 3_600_000, 4),
            "first": each.first,
            "last": each.last,
        }
