"""What goes on beside the screens: threads that load, count and import, and what their answers change for all."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.library.scope import Measure, Scope
from tui_music.settings import Settings
from tui_music.tui.base import MusicScreen, sentence_for
from tui_music.tui.session import Session
from tui_music.tui.verdicts import subject, taken_back
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.ingest import ImportReport, Progress
    from tui_music.library.library import Library
    from tui_music.tui.loading import Found


class Background(App[None]):
    """A program with a session. Threads only post messages; the session is changed here, on the event loop."""

    @dataclass
    class Answered(Message):
        """The library was read, or another scope was counted."""

        found: Found

    class Changed(Message):
        """The library is no longer the one that was read."""

    @dataclass
    class ImportMoved(Message):
        """An import got on."""

        progress: Progress

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Background.ImportMoved)

    @dataclass
    class ImportEnded(Message):
        """An import is done; ``None`` when it was cancelled."""

        report: ImportReport | None
        then: str

    @dataclass
    class Undone(Message):
        """The last verdict in the journal was taken back, and ``holds`` is what holds now; no ``artist``: none was."""

        artist: str | None = None
        track: str | None = None
        verdict: str = ""
        holds: str | None = None

    def __init__(self, session: Session, driver: type[Driver] | None = None) -> None:
        self.session = session
        self._expected = session.scope  # what loading was asked for
        self._cancelling = Event()
        self._decisions: deque[tuple[str, str, str | None] | None] = deque()  # None takes the last one back
        self._deciding = False
        super().__init__(driver_class=driver)

    def on_unmount(self) -> None:
        self._cancelling.set()  # however the program ends, an import does not outlive it

    # what is known

    def load(self) -> None:
        """Read the library, beginning with what an earlier run kept."""
        self._expected = self.session.scope
        self._load(self.session.settings, self.session.scope, self.session.measure)

    @work(thread=True, exclusive=True, group="load", exit_on_error=False)
    def _load(self, settings: Settings, scope: Scope, measure: Measure) -> None:
        from tui_music.tui import loading

        worker = get_current_worker()
        for found in loading.load(settings, scope, measure):
            if worker.is_cancelled:
                return
            self.post_message(self.Answered(found))

    @work(thread=True, exclusive=True, group="count", exit_on_error=False)
    def _count(self, history: History, scope: Scope, measure: Measure, settings: Settings) -> None:
        from tui_music.tui import loading

        found = loading.count(history, scope, measure, settings)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(found))

    def look_again(self) -> None:
        """Load anew if another program has changed the library since it was read."""
        session = self.session
        if session.library and session.history is not None and session.importing is None:
            self._look_again(session.library, session.history.revision)

    @work(thread=True, exclusive=True, group="look", exit_on_error=False)
    def _look_again(self, library: Library, revision: int) -> None:
        if library.revision() != revision and not get_current_worker().is_cancelled:
            self.post_message(self.Changed())

    @on(Changed)
    def _changed(self) -> None:
        self.load()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        found, session = event.found, self.session
        if found.listeners is not None:
            session.listeners, session.library = found.listeners, found.library
            if session.scope == self._expected:
                session.scope = found.scope
            else:  # chosen while loading: it holds for the history that came
                kind, counted_ms = session.scope.kind, session.scope.counted_ms
                session.scope = replace(found.scope, kind=kind, counted_ms=counted_ms)
            self._expected = session.scope
            session.history, session.failure = found.history, None
        if found.scope == session.scope:
            session.overview, session.answered = found.overview, found.scope
        elif found.listeners is not None and found.history is not None:
            self._count(found.history, session.scope, session.measure, session.settings)
        self.redraw()
        if found.zone and found.zone.ask:
            self.tell(Figure(f"Times are in UTC, as {found.zone.why}. Z sets your time zone."))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "journal" and event.worker.is_finished:
            self._journal_kept(event.state is WorkerState.SUCCESS)
        if event.state is not WorkerState.ERROR:
            return
        sentence = sentence_for(event.worker.error)
        if event.worker.group == "import":
            self.session.importing = None
        if event.worker.group == "load" and self.session.history is None:
            self.session.failure = sentence
        self.redraw()
        self.tell(sentence, warns=True)

    def redraw(self) -> None:
        """The session changed: the screen in front shows it now, the others when they come to the front."""
        self.session.version += 1
        if isinstance(self.screen, MusicScreen):
            self.screen.draw()

    def tell(self, sentence: Drawable, warns: bool = False) -> None:
        """Say one sentence on the screen in front."""
        if isinstance(self.screen, MusicScreen):
            self.screen.tell(sentence, warns)

    # what is asked

    def change_scope(self, scope: Scope) -> None:
        """Every number is about ``scope`` from now on."""
        session = self.session
        if scope == session.scope:
            return
        session.scope = scope
        if isinstance(self.screen, MusicScreen):
            self.screen.refresh_scope_line()
            self.screen.scope_changed()
        if session.history is not None:
            self._count(session.history, scope, session.measure, session.settings)

    def change_listener(self, name: str) -> None:
        """Load somebody else's history."""
        session = self.session
        if name != session.scope.listener:
            session.scope = replace(session.scope, listener=name)
            session.history, session.overview, session.answered, session.verdicts = None, None, None, {}
            self.redraw()
            self.load()

    def change_settings(self, settings: Settings) -> None:
        """Use and keep the person's choices."""
        from tui_music.settings import save

        self.session.settings = settings
        self.redraw()
        try:
            save(settings)
        except OSError as problem:
            self.tell(sentence_for(problem), warns=True)

    def next_measure(self) -> None:
        """Hours, plays, engagement, and round again."""
        measures = tuple(Measure)
        self.session.measure = measures[(measures.index(self.session.measure) + 1) % len(measures)]
        self.redraw()

    # decisions about artists and tracks

    def decide(self, artist: str, verdict: str, track: str | None = None) -> None:
        """Give an artist or a track a verdict: it holds at once, and is kept in the journal by a thread."""
        self.session.verdicts = {**self.session.verdicts, subject(artist, track): verdict}
        self._decisions.append((artist, verdict, track))
        self._keep_on()
        self.redraw()

    def undo_decision(self) -> None:
        """Take the last verdict back, of this run or an earlier one; the screen in front hears of it by ``Undone``."""
        self._decisions.append(None)
        self._keep_on()

    def _keep_on(self) -> None:
        """One thread writes at a time, so that verdicts are kept in the order of the keys."""
        if self._decisions and not self._deciding and self.session.library is not None:
            self._deciding = True
            self._keep(self.session.library, self.session.scope.listener)

    @work(thread=True, group="journal", exit_on_error=False)
    def _keep(self, library: Library, listener: str) -> None:
        from tui_music.tui import loading

        while self._decisions:
            decision = self._decisions[0]
            if decision is None:
                self.post_message(self.Undone(*loading.undo(library, listener)))
            else:
                loading.decide(library, listener, *decision)
            self._decisions.popleft()

    def _journal_kept(self, well: bool) -> None:
        """What could not be kept does not hold."""
        self._deciding = False
        if not well:
            lost = {subject(artist, track) for artist, _, track in filter(None, self._decisions)}
            self.session.verdicts = {name: each for name, each in self.session.verdicts.items() if name not in lost}
            self._decisions.clear()
        self._keep_on()

    @on(Undone)
    def _undone(self, event: Undone) -> None:
        if event.artist is not None:
            self.session.verdicts = {**self.session.verdicts, subject(event.artist, event.track): event.holds}
        self.redraw()
        self.tell(taken_back(event.artist, event.track, event.verdict))

    # imports

    def start_import(self, paths: Sequence[Path], then: str = "", *, demo: bool = False) -> None:
        """Import files (or the demo's) in a thread; ``then`` is the screen to go to when that went well."""
        if self.session.importing is not None:
            self.tell(Figure("An import is running; escape on screen 9 cancels it."))
            return
        self._cancelling = Event()
        self.session.report = None
        self._import(() if demo else tuple(paths), then, self._cancelling)

    def cancel_import(self) -> None:
        """Stop the import that is running; the library stays as it was."""
        self._cancelling.set()

    @work(thread=True, group="import", exit_on_error=False)
    def _import(self, paths: tuple[Path, ...], then: str, cancelling: Event) -> None:
        from tui_music.tui import loading

        def moved(progress: Progress) -> None:
            self.post_message(self.ImportMoved(progress))

        settings, listener = self.session.settings, self.session.scope.listener
        report = loading.import_files(settings, paths, listener, moved, cancelling.is_set)
        self.post_message(self.ImportEnded(report, then))

    @on(ImportMoved)
    def _import_moved(self, event: ImportMoved) -> None:
        self.session.importing = event.progress
        if isinstance(self.screen, MusicScreen):
            self.screen.import_moved()

    @on(ImportEnded)
    def _import_ended(self, event: ImportEnded) -> None:
        session, report = self.session, event.report
        session.importing, session.report = None, report
        self.redraw()
        if report is None:
            self.tell(Figure("Cancelled. The library is as it was before."))
        elif session.settings.library_file.exists():
            session.scope = replace(session.scope, listener=session.scope.listener or report.listener)
            self.load()
            if event.then and report.read and not report.refused:
                self.switch_mode(event.then)
