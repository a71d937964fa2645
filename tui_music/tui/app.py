"""The program on the terminal: its screens, its session, and the loading of what they show.

Nothing heavier than Textual is imported here: the first paint comes first, the data stack follows in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import App
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.library.scope import Measure, Scope
from tui_music.settings import Settings
from tui_music.tui.base import MusicScreen, sentence_for
from tui_music.tui.keys import bindings, keymap
from tui_music.tui.session import remember, started

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.tui.loading import Found

MODES = ("library", "artists", "tiers", "sources")


def _library() -> Screen[Any]:
    from tui_music.tui.library_screen import LibraryScreen

    return LibraryScreen()


def _artists() -> Screen[Any]:
    from tui_music.tui.artists_screen import ArtistsScreen

    return ArtistsScreen()


def _tiers() -> Screen[Any]:
    from tui_music.tui.tiers_screen import TiersScreen

    return TiersScreen()


def _sources() -> Screen[Any]:
    from tui_music.tui.sources import SourcesScreen

    return SourcesScreen()


def _welcome() -> Screen[Any]:
    from tui_music.tui.first_run import FirstRunScreen

    return FirstRunScreen()


class TuiMusic(App[None]):
    """The whole program. ``session`` is what it knows."""

    TITLE = "tui-music"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "library": _library,
        "artists": _artists,
        "tiers": _tiers,
        "sources": _sources,
        "welcome": _welcome,
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "library", "artists", "tiers", "sources", "help", "palette", "settings", "quit", "suspend"
    )

    @dataclass
    class Answered(Message):
        """The library was read, or another scope was counted."""

        found: Found

    def __init__(self, settings: Settings, listener: str | None = None, paths: tuple[Path, ...] = ()) -> None:
        self.session = started(settings, listener)
        self.paths = paths
        mode = self.session.remembered.screen
        if not settings.library_file.exists():
            mode = "sources" if paths else "welcome"
        vars(self)["DEFAULT_MODE"] = mode if mode in self.MODES else "library"
        super().__init__()
        self.animation_level = "none"
        self.in_tmux = False
        self.set_keymap(keymap(settings.keys))

    def on_mount(self) -> None:
        if self.current_mode != "welcome":
            self.call_after_refresh(self.load)

    # what is known

    def load(self) -> None:
        """Read the library, beginning with what an earlier run kept."""
        session = self.session
        self._load(session.settings, session.scope, session.measure)

    @work(thread=True, exclusive=True, group="load", exit_on_error=False)
    def _load(self, settings: Settings, scope: Scope, measure: Measure) -> None:
        from tui_music.tui import loading

        worker = get_current_worker()
        for found in loading.load(settings, scope, measure):
            if worker.is_cancelled:
                return
            self.post_message(self.Answered(found))

    @work(thread=True, exclusive=True, group="count", exit_on_error=False)
    def _count(self, history: History, scope: Scope, measure: Measure) -> None:
        from tui_music.tui import loading

        found = loading.count(history, scope, measure, self.session.settings)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(found))

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        found, session = event.found, self.session
        if found.listeners is not None:
            session.listeners, session.library, session.scope = found.listeners, found.library, found.scope
        if found.scope != session.scope:
            return
        session.history, session.overview, session.answered = found.history, found.overview, found.scope
        session.failure = None
        self.redraw()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.group in ("load", "count"):
            sentence = sentence_for(event.worker.error)
            if self.session.history is None:
                self.session.failure = str(sentence)
                self.redraw()
            if isinstance(self.screen, MusicScreen):
                self.screen.tell(sentence, warns=True)

    def redraw(self) -> None:
        """The session changed: the screen in front shows it now, the others when they come to the front."""
        self.session.version += 1
        if isinstance(self.screen, MusicScreen):
            self.screen.draw()

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
            self._count(session.history, scope, session.measure)

    def change_listener(self, name: str) -> None:
        """Load somebody else's history."""
        session = self.session
        if name != session.scope.listener:
            session.scope = replace(session.scope, listener=name)
            session.history, session.overview, session.answered = None, None, None
            self.redraw()
            self.load()

    def change_settings(self, settings: Settings) -> None:
        """Use and keep the person's choices."""
        from tui_music.settings import save

        self.session.settings = settings
        try:
            save(settings)
        except OSError as problem:
            if isinstance(self.screen, MusicScreen):
                self.screen.tell(sentence_for(problem), warns=True)

    def next_measure(self) -> None:
        """Hours, plays, engagement, and round again."""
        measures = tuple(Measure)
        self.session.measure = measures[(measures.index(self.session.measure) + 1) % len(measures)]
        self.redraw()

    # keys

    def action_go(self, mode: str) -> None:
        """To one of the main screens."""
        if self.current_mode != "welcome" or mode == "sources":
            self.switch_mode(mode)

    def action_leave(self) -> None:
        """Quit, and remember where we were."""
        remember(self.session.settings.state_file, self.session.kept(self.current_mode))
        self.exit()


def run(settings: Settings, *, paths: tuple[Path, ...] = (), listener: str | None = None, mouse: bool = True) -> int:
    """Show the program until it is left; returns the exit status. ``paths`` are imported first."""
    app = TuiMusic(settings, listener, paths)
    app.run(mouse=mouse and settings.mouse)
    return app.return_code or 0
