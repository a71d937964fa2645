"""Tracks: what is like a track by sound and by text, with dials and filters; clusters, charts, playlists that flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.chrome import Hint
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.listing import Line, search_first
from tui_music.tui.prompt import Question
from tui_music.tui.tracks_asked import LEVELS, PAGE, Answer, Asked, Hit, Look, Place, joined
from tui_music.tui.tracks_filters import Wanted, completion, parse, told
from tui_music.tui.tracks_playlist import PlaylistScreen
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.dials import Dial, DialLine
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Rows, Table
from tui_music.tui.widgets.tracks_rows import FoundRows, SimilarRows

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import Catalogue
    from tui_music.library.history import History
    from tui_music.tui.tracks_asked import Own, Start

_WIDTHS = [(0, "-narrow"), (60, "-medium"), (116, "-wide"), (170, "-ultra")]
_HEIGHTS = [(0, "-low"), (20, "-usual"), (32, "-tall")]


class TracksScreen(PlaylistScreen):
    """Screen 7. While a thread is at an answer, keys only change what will be asked next; so the last one wins."""

    HEADING = "Tracks"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        *search_first(),
        *bindings("text-more", "sound-more", "filter", "one-more"),
    ]

    @dataclass
    class Answered(Message):
        """The catalogue answered."""

        catalogue: Catalogue
        answer: Answer

    @dataclass
    class Found(Message):
        """What was found by name."""

        text: str
        catalogue: Catalogue
        hits: list[Hit]

    @dataclass
    class Chose(Message):
        """A track to start from, alone or with those before."""

        start: Start
        also: bool

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._past: list[Place] = []
        self._asking = False
        self._to_top = True
        self._resting: tuple[int, int] | None = None  # cursor and top below a search

    def body(self) -> ComposeResult:
        yield SearchLine("/ to search any track", id="search")
        yield Line(id="doing")
        yield Line(id="starts")
        with Container(id="turning"):
            yield DialLine((Dial(Figure("text"), Figure("sound")),))
            yield Line(id="wanted")
        yield from self.parts()

    def footer(self) -> Sequence[str | Hint]:
        if self.building is not None:
            return (Hint(Figure("esc"), Figure("stop building"), "back"), "screens", "help")
        if self.catalogue is None:
            return (self.hint("build-catalogue", "build a catalogue"), "screens", "help")
        return self.hints()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("text_more", "sound_more"):
            return self.look is Look.SIMILAR
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        self.set_class(True, "-empty")
        self.query_one("#tracks", Table).say(Figure("Opening the catalogue."))
        self.look_at(Look.SIMILAR)

    # the catalogue

    def catalogue_changed(self) -> None:
        """What was asked of another catalogue means nothing in this one."""
        super().catalogue_changed()
        self.asked, self._past, self.answer = Asked(sound=self.asked.sound), [], None
        self._asking, self._to_top = False, True
        self.set_class(self.catalogue is None, "-empty")
        self.note(NOTHING)
        if self.catalogue is None:
            self.look_at(Look.SIMILAR)
            self.building_moved()
        else:
            self._draw_asked()
            self.consult()

    def own_changed(self) -> None:
        super().own_changed()
        self._draw()
        if self.asked.wanted.mine or self.asked.wanted.never_heard:
            self.consult()

    def building_moved(self) -> None:
        self.set_class(self.building is not None, "-building")
        self.query_one("#doing", Line).show([self.progress(self.size.width)])
        if self.catalogue is None:
            whose = "The demo’s own catalogue, of invented tracks," if self.session.settings.demo else "The catalogue"
            doing = Figure(f"{whose} is being built.")
            self.query_one("#tracks", Table).say(doing if self.building is not None else self.trouble)

    # asking

    def want(self, to_top: bool = True, **changed: Any) -> None:
        """Ask for something else: fields of :class:`Asked`."""
        self.asked = replace(self.asked, **changed)
        self._to_top = self._to_top or to_top
        self._draw_asked()
        self.consult()

    def consult(self) -> None:
        """Ask for what is wanted now; while an answer is on its way, when it has come."""
        if self.catalogue is not None and not self._asking:
            self._asking = True
            self.think(self.catalogue, self.own, self.asked)

    @work(thread=True, group="similar", exit_on_error=False)
    def think(self, catalogue: Catalogue, own: Own | None, asked: Asked) -> None:
        from tui_music.tui import tracks_asking as asking

        self.post_message(self.Answered(catalogue, asking.answer(catalogue, own, asked)))

    @on(Answered)
    def answered(self, event: Answered) -> None:
        event.stop()
        if event.catalogue is not self.catalogue:
            return
        before, self._asking = self.answer.asked if self.answer else None, False
        self.answer = event.answer
        wanted = event.answer.asked == self.asked
        if wanted and self._to_top:
            self._to_top = False
            self._resting = (0, 0) if self.text else None
            if not self.text:
                self.tracks.cursor = self.tracks.top = 0
        self._draw(held=not wanted or (before is not None and before.starts == self.asked.starts))
        if not wanted:
            self.consult()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        super().on_worker_state_changed(event)
        if event.worker.group == "similar" and event.state is WorkerState.ERROR:
            self._asking = False

    # drawing

    @property
    def tracks(self) -> Table:
        return self.query_one("#tracks", Table)

    def _draw(self, held: bool = False) -> None:
        """The answer, unless something is being searched for; the cursor stays on its line. While a key is ``held``,
        what is told of the selected one waits."""
        if self.catalogue is None or self.answer is None or self.text:
            return
        answer, table = self.answer, self.tracks
        rows = SimilarRows(answer.rows, answer.considered, self.codes)
        nothing = f"No track is that: {keys_of('filter', self.session.settings.keys)[0]} changes what is asked for."
        table.show(rows, table.cursor, table.top, Figure(nothing))
        self._tell_level()
        if held:
            self.rest()
        else:
            self.tell_selected()

    def _tell_level(self) -> None:
        """What the list rests on, at the right of line 1."""
        if self.answer is not None and self.look is Look.SIMILAR:
            level = LEVELS.get(self.answer.rows[0].level.value, "") if self.answer.rows else ""
            self.note(Figure(level if self.size.width >= 60 else ""))

    def _draw_asked(self) -> None:
        """What the list is like, the dial, and the filters."""
        asked, key = self.asked, keys_of("one-more", self.session.settings.keys)[0]
        starts = self.query_one("#starts", Line)
        if asked.starts:
            starts.show([[(Figure("like "), Role.QUIET), (joined(asked.starts), Role.HEAD)]])
        else:
            starts.say(Figure(f"the most popular   enter: tracks like one   {key}: like several"))
        self.query_one(DialLine).show((asked.sound,), 0)
        sound = round(100 * asked.sound)
        share = [(Figure(f"sound {sound} % · text {100 - sound} %"), Role.QUIET)]
        only = told(asked.wanted)
        self.set_class(bool(only), "-filtered")
        if only and self.text:
            only = Figure("filters rest while you search")
        self.query_one("#wanted", Line).show([*([[(only, Role.NEW)]] if only else []), share])

    # searching

    def action_search(self) -> None:
        if self.catalogue is None:
            self.tell(Figure("There is no catalogue to search yet."))
            return
        self.look_at(Look.SIMILAR)
        line = self.query_one(SearchLine)
        line.earlier = self.session.remembered.searches
        self.set_focus(line)

    @on(Input.Changed, "#search")
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        before, self.text = self.text, event.value.strip()
        if bool(before) != bool(self.text):
            self._draw_asked()
        if self.text and self.catalogue is not None:
            if not before:
                self._resting = (self.tracks.cursor, self.tracks.top)
            self.find(self.catalogue, self.own, self.session.history, self.session.settings, self.text)
        elif before:
            cursor, top = self._resting or (0, 0)
            self.tracks.show(Rows(), 0)
            self.tracks.cursor, self.tracks.top = cursor, top
            self._draw()

    @work(thread=True, exclusive=True, group="find", exit_on_error=False)
    def find(
        self, catalogue: Catalogue, own: Own | None, history: History | None, settings: Settings, text: str
    ) -> None:
        from tui_music.tui import tracks_asking as asking

        hits = asking.find(catalogue, own, history, settings, text)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Found(text, catalogue, hits))

    @on(Found)
    def found(self, event: Found) -> None:
        event.stop()
        if event.text == self.text and event.catalogue is self.catalogue:
            nothing = Figure("No track is called so, here or in your library; esc ends the search.")
            self.tracks.show(FoundRows(event.hits, self.codes), 0, 0, nothing)
            self.note(Figure(f"{len(event.hits):,} found" if self.size.width >= 60 else ""))
            self.tell_selected()

    @on(SearchLine.Entered)
    def entered(self, event: SearchLine.Entered) -> None:
        event.stop()
        self.session.remembered = self.session.remembered.searched(self.text)
        self.set_focus(self.tracks)

    @on(SearchLine.Left)
    def left(self, event: SearchLine.Left) -> None:
        event.stop()
        self._end_search()

    def _end_search(self) -> None:
        self.query_one(SearchLine).value = ""
        self.set_focus(self.tracks)

    # what to start from

    @on(Table.Chosen, "#tracks")
    @on(Table.Chosen, "#playlist")
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        self._choose(also=False)

    def action_one_more(self) -> None:
        """Like those before and the one selected."""
        if self.look in (Look.SIMILAR, Look.PLAYLIST):
            self._choose(also=bool(self.asked.starts))

    def _choose(self, also: bool) -> None:
        hit = self.hit()
        if hit is None or self.catalogue is None:
            self.tell(Figure("No track is selected here."))
        else:
            self.choose(self.catalogue, hit, also)

    @work(thread=True, exclusive=True, group="choose", exit_on_error=False)
    def choose(self, catalogue: Catalogue, hit: Hit, also: bool) -> None:
        from tui_music.tui import tracks_asking as asking

        self.post_message(self.Chose(asking.start_from(catalogue, hit), also))

    @on(Chose)
    def chose(self, event: Chose) -> None:
        event.stop()
        starts = self.asked.starts if event.also else ()
        if event.start.name in [start.name for start in starts]:
            self.tell(Figure("It is among them already."))
            return
        self._go(starts=(*starts, event.start))
        if event.start.say:
            self.tell(shown(event.start.say, 1000))

    def _go(self, **changed: Any) -> None:
        """Ask for something else; ``escape`` comes back."""
        cursor, top = (self._resting or (0, 0)) if self.text else (self.tracks.cursor, self.tracks.top)
        self._past.append(Place(self.asked, cursor, top))
        self.look_at(Look.SIMILAR)
        self._end_search()
        self.want(length=PAGE, **changed)

    def of_cluster(self, cluster: int) -> None:
        """The popular tracks of a cluster."""
        self._go(starts=(), wanted=replace(self.asked.wanted, cluster=cluster))

    def action_back(self) -> None:
        if self.building is not None:
            self.stop_building()
        elif self.look is not Look.SIMILAR:
            self.look_at(Look.SIMILAR)
        elif self.text:
            self._end_search()
        elif self._past:
            place = self._past.pop()
            self.tracks.cursor, self.tracks.top = place.cursor, place.top
            self.asked = place.asked
            self.want(to_top=False)
        else:
            super().action_back()

    # dials and filters

    def action_text_more(self) -> None:
        self._turn(-1)

    def action_sound_more(self) -> None:
        self._turn(1)

    def _turn(self, steps: int) -> None:
        turned = self.asked.turned(steps)
        if turned != self.asked and self.catalogue is not None:
            self.want(to_top=False, sound=turned.sound)

    @on(DialLine.Turned)
    def dial_clicked(self, event: DialLine.Turned) -> None:
        event.stop()
        if self.catalogue is not None:
            self.want(to_top=False, sound=round(event.place, 2))

    def action_filter(self) -> None:
        catalogue = self.catalogue
        if catalogue is None:
            self.tell(Figure("There is no catalogue yet."))
            return

        def check(text: str) -> Wanted:
            return parse(text, self.genres, len(catalogue.clusters))

        hint = Figure("pop, 2010-2019, 90-120 bpm, happy, never heard; tab completes, empty for all")
        given = Question(Figure("only"), check, (), self.asked.wanted.typed, hint, completion(self.genres))
        self.ask(given, lambda wanted: self._go(wanted=wanted))

    # the cursor

    @on(Table.Moved, "#tracks")
    def moved(self, event: Table.Moved) -> None:
        event.stop()
        self.rest()
        rows = event.table.rows
        if isinstance(rows, SimilarRows) and event.row == len(rows) - 1 and len(rows) < rows.considered:
            self.want(to_top=False, length=self.asked.length + PAGE)

    def on_resize(self, event: events.Resize) -> None:
        self.refresh_scope_line()
