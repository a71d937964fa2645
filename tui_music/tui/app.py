"""The program on the terminal: its screens, colours, keys, and how it ends.

Nothing heavier than Textual is imported here: the first paint comes first, the data stack follows in a thread.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.screen import Screen

from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.chrome import ScopeLine
from tui_music.tui.keys import bindings, keymap
from tui_music.tui.network import Network
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
from tui_music.tui.widgets.figures import NOTHING, Figure

if TYPE_CHECKING:
    from tui_music.tui.asked import Seeds


def _collect_garbage_again() -> None:
    """The start went without: what imports make stays, and to look through it again and again took 30 ms."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


_REPORT = (
    "\ntui-music stopped because of a mistake of its own. Your library is as it was. "
    "Please report the lines above; the README says where."
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


def _discover() -> Screen[Any]:
    from tui_music.tui.discover_screen import DiscoverScreen

    return DiscoverScreen()


def _trail() -> Screen[Any]:
    from tui_music.tui.trail_screen import TrailScreen

    return TrailScreen()


def _tracks() -> Screen[Any]:
    from tui_music.tui.tracks_screen import TracksScreen

    return TracksScreen()


def _proof() -> Screen[Any]:
    from tui_music.tui.proof_screen import ProofScreen

    return ProofScreen()


def _sources() -> Screen[Any]:
    from tui_music.tui.sources import SourcesScreen

    return SourcesScreen()


def _welcome() -> Screen[Any]:
    from tui_music.tui.first_run import FirstRunScreen

    return FirstRunScreen()


class OpeningScreen(MusicScreen):
    """The first paint: scope and keys, before the screen behind them is even imported."""

    FOOTER = ("library", "artists", "tiers", "discover", "walk", "tracks", "proof", "sources", "quit", "help")

    def heading(self) -> Drawable:
        mode = self.music.first_mode
        return Figure("tui-music" if mode == "welcome" else mode.capitalize())

    def refresh_scope_line(self) -> None:
        scoped = self.music.first_mode not in ("welcome", "sources")
        self.query_one(ScopeLine).show(self.heading(), self.session, NOTHING, scoped)


class TuiMusic(Network):
    """The whole program: its screens, colours, keys, and its end."""

    TITLE = "tui-music"
    #: All of them at once: a style sheet of a screen's own makes Textual read the others again.
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        f"{name}.tcss"
        for name in (
            "app",
            "library_screen",
            "artists_screen",
            "tiers_screen",
            "discover_screen",
            "trail_screen",
            "tracks_screen",
            "proof_screen",
            "listeners_screen",
            "plays_screen",
            "sources",
        )
    ]
    ENABLE_COMMAND_PALETTE = False  # its list costs ten times our own on a slow line
    DEFAULT_MODE = "opening"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "opening": OpeningScreen,
        "library": _library,
        "artists": _artists,
        "tiers": _tiers,
        "discover": _discover,
        "trail": _trail,
        "tracks": _tracks,
        "proof": _proof,
        "sources": _sources,
        "welcome": _welcome,
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "library",
        "artists",
        "tiers",
        "discover",
        "walk",
        "tracks",
        "proof",
        "sources",
        "help",
        "palette",
        "settings",
        "online",
        "quit",
        "suspend",
    )

    def __init__(
        self,
        settings: Settings,
        listener: str | None = None,
        paths: Sequence[Path] = (),
        driver: type[Driver] | None = None,
        offline: bool = False,
    ) -> None:
        self._paths = tuple(paths)
        self._ending: Ending | None = None
        self._left: int | None = None  # the exit status, once we are asked to end
        super().__init__(started(settings, listener, offline), driver)
        self.animation_level = "none"
        if self.no_color:  # Textual would draw greys in colour codes
            self._filters = [NoColor() if isinstance(each, Monochrome) else each for each in self._filters]
        self.in_tmux = bool(os.environ.get("TMUX"))
        for theme in THEMES:
            self.register_theme(theme)
        wanted = settings.theme or os.environ.get("TEXTUAL_THEME", "")
        self.theme = wanted if wanted in self.available_themes else self.usual_theme
        self.set_keymap(keymap(settings.keys))

    @property
    def first_mode(self) -> str:
        """The screen to begin with."""
        if self._paths:
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
            screen.refresh()

    def on_mount(self) -> None:
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        """After the first paint: the screen behind it, and the data."""
        _collect_garbage_again()
        if self.current_mode == "opening":
            self.switch_mode(self.first_mode)
        if self._paths:
            self.start_import(self._paths, "library")
        elif self.session.settings.library_file.exists():
            self.load()

    # where to go

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

    def discover_from(self, seeds: Seeds) -> None:
        """To recommendations that start from these artists alone."""
        from tui_music.tui.discover_screen import DiscoverScreen

        self.action_go("discover")
        if isinstance(self.screen, DiscoverScreen):
            self.screen.start_from(seeds)

    def open_trail(self, artist: str, title: str | None = None) -> None:
        """To the artists like this one, known to the library or not; or to songs like this one of theirs."""
        from tui_music.tui.steps import Place, Sort
        from tui_music.tui.trail_screen import TrailScreen

        came_from = self.current_mode
        self.switch_mode("trail")
        if isinstance(self.screen, TrailScreen):
            self.screen.start(Place(Sort.LIKE if title is None else Sort.SONGS, (artist,), title), came_from)

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
        self.look_again()

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
        if self.current_mode not in ("opening", "welcome"):
            remember(self.session.settings.state_file, self.session.kept(self.current_mode))
        self.exit(return_code=status)

    def _fatal_error(self) -> None:
        """What is left on the terminal after a mistake of the program: no values, no control characters."""
        from rich.console import Group
        from rich.segment import Segment, Segments
        from rich.text import Text
        from rich.traceback import Traceback

        if self._left is not None:  # what is being taken down may miss parts of itself
            self._close_messages_no_wait()
            return
        report = Group(Traceback(show_locals=False, width=None), Text(_REPORT))
        lines = [
            Segment("\n".join(shown(line, 4096) for line in segment.text.split("\n")), segment.style)
            for segment in self.console.render(report, self.console.options)
        ]
        self._exit_renderables.append(Segments(lines))
        self._close_messages_no_wait()

    @property
    def status(self) -> int:
        """The exit status: that of whoever ended the program, 1 after a mistake."""
        return (self.return_code or 0) if self._left is None else self._left

    async def run_careful(self, ending: Ending, mouse: bool) -> None:
        """Run on the terminal, ending in order whatever happens to it; ``mouse`` only if the settings want it, too."""
        self._ending = ending
        listen_to_signals(self)
        await self.run_async(mouse=mouse and self.session.settings.mouse)


def run(
    settings: Settings,
    *,
    paths: Sequence[Path] = (),
    listener: str | None = None,
    mouse: bool = True,
    offline: bool = False,
) -> int:
    """Show the program until it is left; returns the exit status. ``paths`` are imported first; ``offline`` holds for
    this run.

    Raises :class:`UnfitTerminal` and, for keys that cannot be, :class:`BadSetting`.
    """
    require_fit()
    ending = Ending()
    app = TuiMusic(settings, listener, paths, CarefulDriver, offline)
    run_to_the_end(lambda: app.run_careful(ending, mouse), ending, lambda: app.status)
    if app.status == HUNG_UP:
        let_go()
    return app.status
