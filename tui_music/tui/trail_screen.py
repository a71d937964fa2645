"""Trail: from artist to artist that are alike, and back, and on another way; or the way from one to another.

What the cache knows is there at once. What it lacks is asked for while one reads, by one thread that always takes the
first of what is wished for by then; escape stops it.
"""

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
from textual.worker import get_current_worker

from tui_music.text import shown
from tui_music.tui.chrome import Hint, threshold
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line
from tui_music.tui.session import Session
from tui_music.tui.steps import Place, Sort, Step
from tui_music.tui.trail_entries import EntryScreen
from tui_music.tui.trail_prompts import ask_also, ask_path, ask_start
from tui_music.tui.verdicts import unwanted
from tui_music.tui.widgets.anatomy import About
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.figures import Figure
from tui_music.tui.widgets.table import Table
from tui_music.tui.widgets.trail_lines import Crumbs, Glance, sums
from tui_music.tui.widgets.trail_rows import TrailRows, View, Wish

if TYPE_CHECKING:
    from tui_music.services.gateway import Services
    from tui_music.tui.trailing import Known

#: Seconds the cursor rests before more is told of an artist: a held key paints two lines only.
REST = 0.15
_WIDTHS = [(0, "-narrow"), (116, "-wide"), (170, "-ultra")]
_HEIGHTS = [(0, "-low"), (18, "-medium"), (30, "-tall")]


class TrailScreen(EntryScreen):
    """Screen 5. All steps of this run are kept, each with the row that was selected there."""

    HEADING = "Trail"
    SIGNS = (
        ("✦  ~", "never heard; heard once or twice"),
        ("similarity", "0–1, as services have it: 1 is most like where you are"),
        ("→  ♪", "a step of a way from one artist to another; songs like a song"),
    )
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "left", "right", "path", "branches", "songs", "also", "community", "search", "open"
    )

    @dataclass
    class Seen(Message):
        """What is at a step."""

        step: Step
        view: View

    @dataclass
    class Looked(Message):
        """What else is known of an artist, and what could be."""

        about: About
        missing: tuple[Wish, ...]

    def __init__(self) -> None:
        super().__init__()
        self._entered: tuple[Step, str] | None = None  # where one came in, and from which screen
        self._view: View | None = None
        self._abouts: dict[str, tuple[About, tuple[Wish, ...]]] = {}
        self._rest: Timer | None = None
        self._decided: object = None  # the verdicts that were drawn

    def body(self) -> ComposeResult:
        yield Crumbs()
        with Container(id="places"):
            yield Table(id="here")
            yield Glance()
        yield Line(" · ", id="state")

    def about(self) -> tuple[Drawable, ...]:
        scope = self.session.scope
        return (shown(scope.listener), Figure("all music"), threshold(scope.counted_ms))

    def footer(self) -> Sequence[str | Hint]:
        ways = self.hint("open", "go on"), Hint(Figure("←"), Figure("back"), "left")
        more = ("community", "later", "also", "search", "link", "export", "plays", "screens", "help")
        return (*ways, "branches", "path", "songs", *more)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("range", "measure", "kind"):  # it is about all music of all time
            return False
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        self.set_focus(self.table)

    def on_resize(self) -> None:
        self._tell_more()

    def on_screen_resume(self) -> None:
        self.hope()
        self.look_through()
        self._tell_more()

    def on_screen_suspend(self) -> None:
        self.wish(())  # nobody reads here now

    # what is known

    def show(self, session: Session) -> None:
        if session.history is None:
            self._view = None
            self.table.say(shown(session.failure or "Reading your history."))
            return
        if self._view is None:
            self.table.say(Figure("Looking through what is known."))
        if self._decided is not session.verdicts:
            self._decided = session.verdicts
            self._abouts.clear()  # of the songs to start with one may have left
        self._draw()
        self.look_through()

    def knew(self) -> None:
        self._abouts.clear()
        self._see()

    # going

    def start(self, place: Place, came_from: str) -> None:
        """To a place from another screen; escape goes back there."""
        self.begin(place)
        self._entered = (self.at, came_from)

    def begin(self, place: Place) -> None:
        """To a place from home."""
        self._leave()
        self.at = self.home.go(place)
        self._arrive()

    def go(self, *places: Place) -> None:
        """On to a place from here, by way of others."""
        self._leave()
        for place in places:
            self.at = self.at.go(place)
        self._arrive()

    def return_to(self, step: Step) -> None:
        """Back to a step, to the row that was selected there."""
        self._leave()
        self.at = step
        self._arrive()

    def _leave(self) -> None:
        if self._view is not None:
            self.at.cursor, self.at.top = self.table.cursor, self.table.top

    def _arrive(self) -> None:
        self.hope()
        self.wish(())
        self._see()

    def _see(self) -> None:
        if self.known is not None:
            self.see(self.music.services, self.known, self.at)

    @work(thread=True, exclusive=True, group="see", exit_on_error=False)
    def see(self, services: Services, known: Known, step: Step) -> None:
        from tui_music.tui import trailing

        view = trailing.view(services, known, step.place)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Seen(step, view))

    @on(Seen)
    def seen(self, event: Seen) -> None:
        event.stop()
        if event.step is self.at:
            again = self._view is not None and self._view.place is event.view.place
            self._view = event.view
            self._draw(stay=again)

    # drawing

    def _draw(self, stay: bool = True) -> None:
        """The list: as one left it, or with the cursor on the one it was on."""
        view, table, before = self._view, self.table, self.entry
        if view is None:
            return
        rows = TrailRows(view, self.verdicts(), self.session.scope.zone)
        cursor, top = self.at.cursor, self.at.top
        if stay:
            line = rows.line_of(before) if before else None
            cursor = table.cursor if line is None else line
            top = table.top + cursor - table.cursor
        table.show(rows, cursor, top, self._nobody(view))
        self._draw_way()
        self._tell_more()
        self._draw_state()

    def _draw_way(self) -> None:
        plays = {} if self.known is None else self.known.heard(self.at.way)
        way = [step.place for step in self.at.way]
        self.query_one(Crumbs).show([(shown(place.name), plays.get(place) == 0) for place in way])
        met = [plays[place] for place in way if place in plays]
        self.note(Figure(f"{met.count(0)} of {len(met)} unheard" if met else ""))

    def _draw_state(self) -> None:
        """Who is being asked, or why nobody is; what the list adds up to, and how old it is."""
        view, rows = self._view, self.rows
        if view is None:
            return
        parts: list[list[Piece]] = []
        if self.asking:
            parts.append([(shown(f"{self.asking} …"), Role.NEW), (Figure(" esc stops"), Role.QUIET)])
        elif self.problem:
            parts.append([(Figure("! "), Role.NEW), (shown(self.problem), Role.PLAIN)])
        elif self._cut_off and view.missing:
            parts.append([(Figure("offline: as far as the cache goes"), Role.NEW)])
        parts += [[(text, Role.QUIET)] for text in sums(view, rows)]
        self.query_one("#state", Line).show(parts)

    def _nobody(self, view: View) -> Drawable:
        """Why a list is empty, and what could be done about it."""
        advice = "What is fetched ahead on screen 9 may lead there." if view.place.sort is Sort.PATH else "← goes back."
        if view.missing and self.asking:
            advice = "One moment."
        elif view.missing and self._cut_off:
            advice = "O goes online."
        elif view.missing and self.problem:
            advice = "9 says who can be asked."
        return shown(f"{view.note} {advice}", 1000)

    @property
    def _cut_off(self) -> bool:
        """Whether more could be known with the network."""
        return self.session.offline and not self.session.settings.demo

    def asking_moved(self) -> None:
        self._draw_state()
        if self._view is not None and not len(self.table.rows):
            self.table.show(self.table.rows, note=self._nobody(self._view))

    @on(Table.Moved)
    def moved(self, event: Table.Moved) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._tell_more)

    def _tell_more(self) -> None:
        """Of the selected one; and wish for what is missing of it and of those in sight."""
        entry = self.entry
        found = None if entry is None else self._abouts.get(entry.artist)
        if entry is not None and found is None and self.known is not None:
            self.look(self.music.services, self.known, entry.artist, unwanted(self.verdicts()))
        else:
            self.query_one(Glance).show(entry, found[0] if found else None, self.session.scope.zone)
            self._wish()

    @work(thread=True, exclusive=True, group="look", exit_on_error=False)
    def look(self, services: Services, known: Known, artist: str, without: frozenset[tuple[str, str]]) -> None:
        from tui_music.tui import trailing

        found = trailing.about(services, known, artist, without)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Looked(*found))

    @on(Looked)
    def looked(self, event: Looked) -> None:
        event.stop()
        self._abouts[event.about.name] = event.about, event.missing
        if self.entry is not None and self.entry.artist == event.about.name:
            self._tell_more()

    def _wish(self) -> None:
        view, rows, entry = self._view, self.rows, self.entry
        if view is None or not self.is_current:
            return
        of_one = self._abouts[entry.artist][1] if entry is not None and entry.artist in self._abouts else ()
        top, page = self.table.top, self.table.size.height
        in_sight = rows.entries[top : top + page] if rows else []
        untagged = tuple(Wish("tags", each.artist) for each in in_sight if not each.tagged)
        self.wish((*view.missing, *of_one, *untagged))

    def granted(self, wish: Wish) -> None:
        self._abouts.clear()
        self._see()

    # the keys

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        self.action_right()

    def action_right(self) -> None:
        """On from whoever is selected."""
        entry = self.entry
        if entry is None:
            self.tell(Figure("There is nobody to go on to."))
        elif entry.title is None:
            self.go(Place(Sort.LIKE, (entry.artist,)))
        else:
            self.go(Place(Sort.SONGS, (entry.artist,), entry.title))

    def action_trail(self) -> None:
        entry = self.entry
        if entry is not None:
            self.go(Place(Sort.LIKE, (entry.artist,)))

    def action_songs(self) -> None:
        """Songs of whoever is selected; from songs the artists like whose they are."""
        entry = self.entry
        if entry is None:
            self.tell(Figure("Nobody is selected here."))
        elif entry.title is None:
            self.go(Place(Sort.SONGS, (entry.artist,)))
        else:
            self.go(Place(Sort.LIKE, (entry.artist,)))

    @on(Crumbs.Chosen)
    def crumb_chosen(self, event: Crumbs.Chosen) -> None:
        event.stop()
        self.return_to(self.at.way[event.index])

    def action_left(self) -> None:
        if self.at.before is not None:
            self.return_to(self.at.before)

    def action_back(self) -> None:
        if self.asking:
            self.halt()
            self.tell(Figure("Nobody else is asked here."))
        elif self._entered is not None and self._entered[0] is self.at:
            self.app.switch_mode(self._entered[1])
        else:
            self.action_left()

    def action_branches(self) -> None:
        from tui_music.tui.branches_screen import BranchesScreen

        self._leave()
        self.app.push_screen(BranchesScreen(self.home, self.at, self.return_to))

    def action_community(self) -> None:
        """Of whoever is selected, or whom the place is about."""
        artist = self.entry.artist if self.entry else next(iter(self.at.place.artists), None)
        if artist is None or self.known is None:
            self.tell(Figure("Nobody is selected here."))
            return
        from tui_music.tui.community_screen import CommunityScreen

        self._leave()
        self.app.push_screen(CommunityScreen(self.known, artist, lambda name: self.go(Place(Sort.LIKE, (name,)))))

    def action_path(self) -> None:
        ask_path(self)

    def action_also(self) -> None:
        ask_also(self)

    def action_search(self) -> None:
        ask_start(self)
