"""Discover: what to play again and what is new, why, and dials to turn it. One key each decides about an artist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.library.scope import ALL_TIME, Kind
from tui_music.text import fold, shown
from tui_music.tui import asked as hours
from tui_music.tui.asked import PAGE, Asked
from tui_music.tui.base import sentence_for
from tui_music.tui.chrome import Hint
from tui_music.tui.consulting import ConsultingScreen
from tui_music.tui.exporting import Songlist
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.listing import PlaysOf, Sentence
from tui_music.tui.session import Session
from tui_music.tui.widgets.anatomy import About, Anatomy
from tui_music.tui.widgets.candidates import MEANINGS, CandidateRows
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.dials import Dial, DialLine
from tui_music.tui.widgets.figures import NOTHING, Figure, ago
from tui_music.tui.widgets.grid import Grid
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.engine.candidate import Candidate, Recommendations
    from tui_music.tui.recommending import Answer, Desk

_DIALS = (
    Dial(Figure("familiar"), Figure("new")),
    Dial(Figure("popular"), Figure("obscure")),
    Dial(Figure("all-time"), Figure("lately")),
)
#: Side by side only where reasons have room, too.
_WIDTHS = [(0, "-narrow"), (150, "-wide"), (170, "-ultra")]
_HEIGHTS = [(0, "-low"), (20, "-medium"), (32, "-tall"), (48, "-high")]
_DAY_S = 86_400
#: So many artists are passed over before the journal hears of it, or as many as there are when one goes elsewhere.
_PASSED = 10
#: Seconds the cursor rests before an artist is taken apart: a held key paints two lines only.
REST = 0.15
_TITLES = {"familiar": "Play again", "discover": "Discover"}
#: Verdicts with which an artist leaves a list at once; with others they are marked.
_LEAVES = {"familiar": frozenset(("later", "never")), "discover": frozenset(("later", "known", "never"))}


class DiscoverScreen(ConsultingScreen):
    """Two lists, the dials above them, and below the anatomy of whoever is selected, or the grid to start from."""

    HEADING = "Discover"
    SIGNS = MEANINGS
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "dial-down",
        "dial-up",
        "next-dial",
        "grid",
        "crate",
        "panel",
        "previous-panel",
        "open",
    )

    @dataclass
    class Looked(Message):
        """What else is known of an artist."""

        about: About

    def __init__(self) -> None:
        super().__init__()
        self._turning = 0
        self._front = "discover"
        self._verdicts: object = None  # those drawn
        self._abouts: dict[str, About] = {}
        self._told: object = None  # the desk they are of
        self._rest: Timer | None = None
        self._fetching = False
        self._passed: frozenset[str] = frozenset()  # whom the cursor went past, for the journal

    def body(self) -> ComposeResult:
        yield DialLine(_DIALS)
        with Container(id="lists"):
            yield Table(id="familiar")
            yield Table(id="discover", classes="-front")
        yield Sentence(id="note")
        with Container(id="below"):
            yield Anatomy()
            yield Grid(Figure("Start from: ranks × last played"))

    def footer(self) -> Sequence[str | Hint]:
        if self.has_class("-from"):
            return (self.hint("open", "start from these"), "back", "help")
        dials = Hint(Figure("←→ d"), Figure("dials"), "next_dial")
        like, more = self.hint("trail", "like this"), ("when", "grid", "plays", "diversity", "export")
        return ("yes", "later", "known", "never", "undo", dials, "preset", "crate", like, *more, "screens", "help")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("range", "measure", "kind"):  # it is about all music of all time
            return False
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        self.set_focus(self._table(self._front))

    # what is drawn

    def show(self, session: Session) -> None:
        if session.history is None:
            for name in _TITLES if self.answer is None else ():
                self._table(name).say(shown(session.failure or "Reading your history."))
            return
        decided = self._verdicts is not session.verdicts
        if decided:
            self._draw()
        if not decided or self.out_of_date:  # what was decided changes no list but by who left
            self.keep_up()

    def take(self, answer: Answer, wanted: bool) -> None:
        if self._told is not self.desk:
            self._told = self.desk
            self._abouts.clear()
            if not answer.discover.candidates and self.focused is self._table("discover"):
                self.set_focus(self._table("familiar"))
        if self.board is not None:
            self.query_one(Grid).show(self.board.counts)
        if wanted and self.to_top:
            self.to_top = False
            for name in _TITLES:
                self._table(name).cursor = self._table(name).top = 0
        self._draw()
        self._tell_level()

    def _draw(self) -> None:
        """Both lists as they are without those who left; cursors stay on their lines."""
        answer, session = self.answer, self.session
        self._verdicts = session.verdicts
        if answer is None:
            return
        verdicts = {name: each for name, each in {**answer.verdicts, **session.verdicts}.items() if each is not None}
        for name, found in (("familiar", answer.familiar), ("discover", answer.discover)):
            table = self._table(name)
            rows = CandidateRows(_TITLES[name], found, verdicts, _LEAVES[name])
            table.show(rows, rows.came_back(table.rows, table.cursor), table.top, self.said(found.note))
        self._look()

    def failed(self, error: BaseException | None) -> None:
        """The sentence goes with the next key; where there is nothing to show, it stays."""
        super().failed(error)
        if self.desk is None:
            self.note(NOTHING)
            for name in _TITLES:
                if not len(self._table(name).rows):
                    self._table(name).say(sentence_for(error))

    def _tell_level(self) -> None:
        """What the list in front rests on, how old that is, and what is to be said of it."""
        if self.answer is None:
            return
        found = self.answer.familiar if self._front == "familiar" else self.answer.discover
        words = [] if found.age is not None and found.level.name == "CACHED" else [found.level.value]
        if found.age is not None and found.age >= _DAY_S:
            words.append(f"cache of {ago(found.age)}")
        if self.learning:
            words.append("learning")
        self.note(Figure(" · ".join(words) if self.size.width >= 60 else ""))
        self.query_one(Sentence).say(self.said(found.note) or self._order_of(found) if found.candidates else NOTHING)

    def _order_of(self, found: Recommendations) -> Drawable:
        """Why scores go up and down in a list, if they do."""
        if all(one.score >= other.score for one, other in pairwise(found.candidates)):
            return NOTHING
        key = keys_of("diversity", self.session.settings.keys)[0]
        return Figure(f"Not by score alone: who is like somebody above stands lower. {key} changes that.")

    def _table(self, name: str) -> Table:
        return self.query_one(f"#{name}", Table)

    def _rows(self) -> CandidateRows | None:
        """The rows of the list in front, if there are any."""
        rows = self._table(self._front).rows
        return rows if isinstance(rows, CandidateRows) and len(rows) else None

    def _candidate(self) -> Candidate | None:
        rows = self._rows()
        return None if rows is None else rows.candidates[self._table(self._front).cursor]

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        if event.widget.id in _TITLES:
            self._bring_to_front(str(event.widget.id))

    def _bring_to_front(self, name: str) -> None:
        """Keys are about this list from now on."""
        if name != self._front:
            self._front = name
            for each in _TITLES:
                self._table(each).set_class(each == name, "-front")
            self._tell_level()
            self._look()

    @on(Table.Moved)
    def moved(self, event: Table.Moved) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._look)
        rows = event.table.rows
        if not isinstance(rows, CandidateRows):
            return
        if event.row == len(rows) - 1 and len(rows.found.candidates) < rows.found.considered:
            self.want(length=self.wanted().length + PAGE)
        if event.table.id == "discover" and event.row:
            self._passed |= {rows.candidates[event.row - 1].name}
            if len(self._passed) >= _PASSED:
                self._keep_passed()

    def on_screen_suspend(self) -> None:
        self._keep_passed()

    def _keep_passed(self) -> None:
        library, listener = self.session.library, self.session.scope.listener
        passed = frozenset(name for name in self._passed if fold(name) not in self.session.verdicts)
        if library is not None and passed:
            self._passed = frozenset()
            self.pass_over(library, listener, passed)

    def _look(self) -> None:
        """Take the selected one apart; what is known besides is looked up first, and is a moment's work."""
        candidate, rows = self._candidate(), self._rows()
        about = None if candidate is None else self._abouts.get(candidate.name)
        if candidate is None or rows is None:
            self.query_one(Anatomy).clear()
        elif about is None and self.desk is not None:
            self.look(self.desk, candidate)
        else:
            self.query_one(Anatomy).show(candidate, rows.scale, self.session.scope.zone, about)
            if about is not None and not about.songs and not about.whole and self.desk is not None:
                self._complete(self.desk, about)

    @work(thread=True, exclusive=True, group="about", exit_on_error=False)
    def look(self, desk: Desk, candidate: Candidate) -> None:
        about = desk.about(candidate)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Looked(about))

    def _complete(self, desk: Desk, about: About) -> None:
        """One question at a time: it cannot be taken back, and meanwhile another artist may be the selected one."""
        if not self._fetching:
            self._fetching = True
            self.fetch(desk, about)

    @work(thread=True, group="fetch", exit_on_error=False)
    def fetch(self, desk: Desk, about: About) -> None:
        self.post_message(self.Looked(desk.completed(about)))

    @on(Looked)
    def looked(self, event: Looked) -> None:
        event.stop()
        self._abouts[event.about.name] = event.about
        self._fetching = self._fetching and not event.about.whole
        self._look()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        super().on_worker_state_changed(event)
        if event.worker.group == "fetch" and event.state is WorkerState.ERROR:
            self._fetching = False

    # what is asked

    def wanted(self) -> Asked:
        wanted = super().wanted()
        return replace(wanted, length=max(wanted.length, self._table("discover").size.height))

    def want(self, **changed: Any) -> None:
        super().want(**changed)
        if self.is_mounted:
            self.query_one(DialLine).show(self.asked.dials, self._turning)

    def action_dial_down(self) -> None:
        self.want(dials=hours.turned(self.asked.dials, self._turning, -1))

    def action_dial_up(self) -> None:
        self.want(dials=hours.turned(self.asked.dials, self._turning, 1))

    def action_next_dial(self) -> None:
        self._turning = (self._turning + 1) % len(_DIALS)
        self.query_one(DialLine).show(self.asked.dials, self._turning)

    @on(DialLine.Turned)
    def dial_clicked(self, event: DialLine.Turned) -> None:
        event.stop()
        self._turning = event.which
        self.want(dials=hours.put(self.asked.dials, event.which, event.place))

    def action_grid(self) -> None:
        """Open the grid, or close it again."""
        opened = not self.has_class("-from")
        self.set_class(opened, "-from")
        self.set_focus(self.query_one(Grid) if opened else self._table(self._front))
        self.refresh_footer()

    @on(Grid.Chosen)
    def cell_chosen(self, event: Grid.Chosen) -> None:
        event.stop()
        if self.board is not None:
            cell = self.board.cells[event.row][event.column]
            self.set_class(False, "-from")
            self.refresh_footer()
            self.set_focus(self._table(cell.mode))
            self.start_from(cell.seeds)

    def action_back(self) -> None:
        if self.has_class("-from"):
            self.action_grid()
        elif self.asked.seeds is not None:
            self.start_from(None)
        else:
            super().action_back()

    def action_panel(self) -> None:
        self._next_panel(1)

    def action_previous_panel(self) -> None:
        self._next_panel(-1)

    def _next_panel(self, step: int) -> None:
        """From list to list, also where only the one in front is drawn; and to the grid while it is there."""
        grid = self.query_one(Grid)
        panels = [self._table(name) for name in _TITLES] + [grid] * bool(grid.display)
        at = panels.index(self.focused) if self.focused in panels else 0
        panel = panels[(at + step) % len(panels)]
        panel.display = True
        self.set_focus(panel)
        if panel is not grid:
            self._bring_to_front(str(panel.id))  # at once: a key may follow before the focus is told

    # what is selected

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        self.action_trail()

    def artist(self) -> str | None:
        candidate = self._candidate()
        return None if candidate is None else candidate.name

    def plays_of(self) -> PlaysOf | None:
        candidate, history = self._candidate(), self.session.history
        if candidate is None or history is None or candidate.code >= len(history.names.artists):
            return None
        scope = replace(self.session.scope, kind=Kind.MUSIC, range=ALL_TIME)
        return PlaysOf((shown(candidate.name),), history, scope, artist=candidate.code)

    async def action_plays(self) -> None:
        candidate = self._candidate()
        if candidate is not None and self.plays_of() is None:
            self.tell(shown(f"{shown(candidate.name, 60)} was never played: m shows who is like them."))
        else:
            await super().action_plays()

    def copied(self) -> Drawable | None:
        artist = self.artist()
        return None if artist is None else shown(artist)

    def songlist(self) -> Songlist | None:
        """The list in front, without those who left it."""
        rows, session = self._rows(), self.session
        if rows is None or session.library is None or session.history is None:
            return None
        from tui_music.tui import recommending

        found = replace(rows.found, candidates=tuple(rows.candidates))
        services, library, history, scope = self.music.services, session.library, session.history, session.scope
        return Songlist(
            f"{_TITLES[self._front]} {scope.listener}",
            lambda: recommending.list_rows(services, library, history, scope, found),
        )

    async def action_crate(self) -> None:
        from tui_music.tui.crate_screen import CrateScreen

        with self.app.batch_update():  # it is painted with its frame, and not once before
            await self.app.push_screen(CrateScreen())
