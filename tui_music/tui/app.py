"""The program on the terminal: its screens, its session, and the threads that load, count and import.

Nothing heavier than Textual is imported here: the first paint comes first, the data stack follows in a thread.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.library.scope import Measure, Scope
from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.base import MusicScreen, sentence_for
from tui_music.tui.keys import bindings, keymap
from tui_music.tui.session import remember, started
from tui_music.tui.terminal import (
    DEADLINE,
    HUNG_UP,
    CarefulDriver,
    Ending,
    let_go,
    listen_to_signals,
    require_fit,
    run_to_the_end,
)
from tui_music.tui.themes import THEMES, default_theme
from tui_music.tui.widgets.canvas import Canvas, Drawable
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.ingest import ImportReport, Progress
    from tui_music.tui.loading import Found


def _collect_garbage_again() -> None:
    """The start went without: what imports make stays, and to look through it again and again took 30 ms."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


_REPORT = (
    "\ntui-music stopped because of a mistake of its own. Your library is as it was. "
    "Please report the lines above; the README says where.\n"
)


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
    #: All of them at once: a style sheet of a screen's own makes Textual read the others again.
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        f"{name}.tcss" for name in ("app", "library_screen", "artists_screen", "tiers_screen", "plays_screen")
    ]
    ENABLE_COMMAND_PALETTE = False  # its list costs ten times our own on a slow line
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

    @dataclass
    class ImportMoved(Message):
        """An import got on."""

        progress: Progress

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, TuiMusic.ImportMoved)

    @dataclass
    class ImportEnded(Message):
        """An import is done; ``None`` when it was cancelled."""

        report: ImportReport | None
        then: str

    def __init__(
        self,
        settings: Settings,
        listener: str | None = None,
        paths: Sequence[Path] = (),
        demo: bool = False,
        driver: type[Driver] | None = None,
    ) -> None:
        self.session = started(settings, listener)
        self._paths, self._demo = tuple(paths), demo and not settings.library_file.exists()
        self._ending: Ending | None = None
        self._left: int | None = None  # the exit status, once we are asked to end
        self._cancelling = Event()
        vars(self)["DEFAULT_MODE"] = self._first_mode()  # Textual begins with the mode of this name
        super().__init__(driver_class=driver)
        self.animation_level = "none"
        if self.no_color:  # Textual would draw greys in colour codes
            self._filters = [NoColor() if isinstance(each, Monochrome) else each for each in self._filters]
        self.in_tmux = bool(os.environ.get("TMUX"))
        for theme in THEMES:
            self.register_theme(theme)
        wanted = settings.theme or os.environ.get("TEXTUAL_THEME", "")
        self.theme = wanted if wanted in self.available_themes else self.usual_theme
        self.set_keymap(keymap(settings.keys))

    def _first_mode(self) -> str:
        if self._paths or self._demo:
            return "sources"
        if not self.session.settings.library_file.exists():
            return "welcome"
        kept = self.session.remembered.screen
        return kept if kept in self.MODES else "library"

    @property
    def usual_theme(self) -> str:
        """The theme for this terminal while the person chose none."""
        return default_theme(self.console.color_system, self.no_color)

    def watch_theme(self) -> None:
        """Widgets that are drawn by the line take their colours from the theme themselves."""
        for screen in (screen for stack in self._screen_stacks.values() for screen in stack):
            screen.query(Canvas).refresh()

    def on_mount(self) -> None:
        self.call_after_refresh(_collect_garbage_again)
        if self._paths or self._demo:
            self.call_after_refresh(self.start_import, self._paths, "library", demo=self._demo)
        elif self.current_mode != "welcome":
            self.call_after_refresh(self.load)

    def on_unmount(self) -> None:
        self._cancelling.set()  # however the program ends, an import does not outlive it

    # what is known

    def load(self) -> None:
        """Read the library, beginning with what an earlier run kept."""
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

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        found, session = event.found, self.session
        if found.listeners is not None:
            session.listeners, session.library, session.scope = found.listeners, found.library, found.scope
        if found.scope != session.scope:
            return  # another scope was chosen meanwhile
        session.history, session.overview, session.answered = found.history, found.overview, found.scope
        session.failure = None
        self.redraw()
        if found.zone and found.zone.ask:
            self.tell(Figure(f"Times are in UTC, as {found.zone.why}. Z sets your time zone."))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
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
            session.history, session.overview, session.answered = None, None, None
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

    def open_demo(self) -> None:
        """Go over to the invented listener, in a library of their own."""
        settings = self.session.settings.for_demo()
        self.session = started(settings)
        if settings.library_file.exists():
            self.switch_mode("library")
            self.load()
        else:
            self.switch_mode("sources")
            self.start_import((), "library", demo=True)

    def open_artist(self, artist: int) -> None:
        """To an artist of the loaded history, opened."""
        from tui_music.tui.artists_screen import ArtistsScreen

        self.action_go("artists")
        if isinstance(self.screen, ArtistsScreen):
            self.screen.reveal(artist)

    # keys

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and isinstance(self.screen, MusicScreen) and self.screen.is_mounted:
            self.screen.hush()
        await super().on_event(event)

    def action_go(self, mode: str) -> None:
        """To one of the main screens; without a library they all are the first run."""
        if mode != "sources" and not self.session.settings.library_file.exists():
            mode = "welcome"
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_mode(mode)
        if self.session.failure and self.session.history is None:
            self.load()

    def action_help(self) -> None:
        from tui_music.tui.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
        elif isinstance(self.screen, MusicScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_settings(self) -> None:
        from tui_music.tui.settings_screen import SettingsScreen

        if isinstance(self.screen, SettingsScreen):
            self.pop_screen()
        else:
            self.push_screen(SettingsScreen())

    def action_palette(self) -> None:
        from tui_music.tui.commands import open_palette

        if isinstance(self.screen, MusicScreen):
            open_palette(self.screen)

    def action_help_quit(self) -> None:
        """Textual's ctrl+c."""
        self.action_leave()

    def action_use_theme(self, name: str) -> None:
        """Use these colours, now and later."""
        self.theme = name
        self.change_settings(replace(self.session.settings, theme=name))

    def action_leave(self) -> None:
        self.leave(0)

    def leave(self, status: int) -> None:
        """End the program, remembering where we were; an import that is running is cancelled."""
        self._cancelling.set()
        if self._left is None:
            self._left = status
        if status and self._ending:
            self._ending.start(DEADLINE, status, restore=True)
        if self.current_mode != "welcome":
            remember(self.session.settings.state_file, self.session.kept(self.current_mode))
        self.exit(return_code=status)

    def _fatal_error(self) -> None:
        """What is left on the terminal after a mistake of the program: no values, no control characters."""
        from rich.segment import Segment, Segments
        from rich.traceback import Traceback

        if self._left is not None:  # what is being taken down may miss parts of itself
            self._close_messages_no_wait()
            return
        report = Traceback(show_locals=False, width=None)
        lines = [
            segment if segment.text == "\n" else Segment(shown(segment.text, 4096), segment.style)
            for segment in self.console.render(report, self.console.options)
        ]
        self._exit_renderables.append(Segments([*lines, Segment(_REPORT)]))
        self._close_messages_no_wait()

    @property
    def status(self) -> int:
        """The exit status: that of whoever ended the program, 1 after a mistake."""
        return (self.return_code or 0) if self._left is None else self._left

    async def run_careful(self, ending: Ending) -> None:
        """Run on the terminal, ending in order whatever happens to it."""
        self._ending = ending
        listen_to_signals(self)
        await self.run_async(mouse=self.session.settings.mouse)


def run(settings: Settings, *, paths: Sequence[Path] = (), demo: bool = False, listener: str | None = None) -> int:
    """Show the program until it is left; returns the exit status. ``paths`` are imported first.

    Raises :class:`UnfitTerminal` and, for keys that cannot be, :class:`BadSetting`.
    """
    require_fit()
    ending = Ending()
    app = TuiMusic(settings, listener, paths, demo, CarefulDriver)
    run_to_the_end(lambda: app.run_careful(ending), ending, lambda: app.status)
    if app.status == HUNG_UP:
        let_go()
    return app.status
