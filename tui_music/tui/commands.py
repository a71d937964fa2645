"""The palette: every action and every artist, found by typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import get_current_worker

from tui_music.settings import Settings
from tui_music.text import Shown, fold, shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.chrome import Hint, KeyFooter
from tui_music.tui.keys import ACTIONS, LISTS, keys_of
from tui_music.tui.prompt import Label, PromptLine
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Bar, Cell, Column
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from tui_music.library.history import History

ARTISTS = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to do: an action (as Textual writes it), or the code of an artist to go to."""

    name: Shown | Figure
    about: Figure
    keys: Figure = NOTHING
    action: str = ""
    artist: int = -1


class Hits(Rows):
    """What was found."""

    counting = 9
    columns = (Column(NOTHING, 20, flex=1), Column(NOTHING, 10, flex=2, drop=1), Column(NOTHING, 9, "right", drop=2))

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = hits

    def __len__(self) -> int:
        return len(self.hits)

    def cells(self, index: int) -> Sequence[Cell | Bar]:
        hit = self.hits[index]
        return Cell(hit.name), Cell(hit.about, Role.QUIET), Cell(hit.keys, Role.BAR)


class Palette(Container):
    """A list over the lower part of the screen, and under it a line to type into, from which the arrows choose."""

    DEFAULT_CSS = """
    Palette {
        layer: prompt; dock: bottom; height: 14; max-height: 80%; margin-bottom: 1; background: $background;
        & > Container { layout: horizontal; height: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "close", show=False),
        Binding("pagedown", "pick(10)", show=False),
        Binding("pageup", "pick(-10)", show=False),
    ]

    @dataclass
    class Found(Message):
        """Artists for what was typed."""

        text: str
        artists: list[Hit]

    def __init__(self, actions: Sequence[Hit], focus_before: Widget | None) -> None:
        super().__init__()
        self.actions, self.focus_before = actions, focus_before
        self._artists: list[Hit] = []

    def compose(self) -> ComposeResult:
        yield Table(header=False)
        with Container():
            yield Label(Figure("do or go to"))
            yield PromptLine(max_length=200)

    def on_mount(self) -> None:
        self.table.can_focus, self.table.lit = False, True
        self.query_one(PromptLine).focus()
        self._draw("")
        hints = (("enter", "do it", "submit"), ("↑↓", "choose", "pick(1)"), ("esc", "back", "leave"))
        self.screen.query_one(KeyFooter).show(Hint(Figure(key), Figure(label), call) for key, label, call in hints)

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    def _draw(self, text: str) -> None:
        """Actions that begin with what was typed, then artists, then actions that only mention it."""
        typed = fold(text)
        first = [hit for hit in self.actions if _begins(hit, typed)]
        rest = [hit for hit in self.actions if hit not in first and typed in fold(f"{hit.name} {hit.about}")]
        nothing = Figure("Nothing by that name." if text else "")
        self.table.show(Hits([*first, *self._artists, *rest]), note=nothing)

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        history = self._screen.session.history
        if history is not None and event.value.strip():
            self.find_artists(history, self._screen.session.settings, event.value)
        else:
            self._artists = []
        self._draw(event.value)

    @work(thread=True, exclusive=True, group="palette", exit_on_error=False)
    def find_artists(self, history: History, settings: Settings, text: str) -> None:
        from tui_music.tui.searching import search_index

        found = search_index(history, settings).search(text, ARTISTS, tracks=False)
        names = history.names.artists
        hits = [Hit(shown(names[hit.code]), Figure("artist"), artist=hit.code) for hit in found]
        if not get_current_worker().is_cancelled:
            self.post_message(self.Found(text, hits))

    @on(Found)
    def found(self, event: Found) -> None:
        event.stop()
        if event.text == self.query_one(PromptLine).value:
            self._artists = event.artists
            self._draw(event.text)

    @on(PromptLine.Picked)
    def picked(self, event: PromptLine.Picked) -> None:
        event.stop()
        self.action_pick(event.step)

    @on(PromptLine.Completing)
    def completing(self, event: PromptLine.Completing) -> None:
        event.stop()
        self.action_pick(1)

    def action_pick(self, rows: int) -> None:
        self.table.move_to(self.table.cursor + rows, rows)

    @on(PromptLine.Left)
    def left(self, event: PromptLine.Left) -> None:
        event.stop()
        self.action_close()

    def action_close(self) -> None:
        self.screen.set_focus(self.focus_before if self.focus_before and self.focus_before.is_attached else None)
        self.remove()
        self._screen.refresh_footer()

    @on(Input.Submitted)
    @on(Table.Chosen)
    async def chosen(self, event: Message) -> None:
        event.stop()
        rows, at = self.table.rows, self.table.cursor
        if isinstance(rows, Hits) and len(rows):
            hit, screen = rows.hits[at], self._screen
            self.action_close()
            if hit.artist >= 0:
                screen.music.open_artist(hit.artist)
            else:
                await screen.perform(hit.action)

    @property
    def _screen(self) -> MusicScreen:
        screen = self.screen
        assert isinstance(screen, MusicScreen)
        return screen


def open_palette(screen: MusicScreen) -> None:
    """Open the palette over a screen, with what can be done there."""
    if screen.query(Palette):
        return
    hits = []
    for name in screen.actions_here():
        action = ACTIONS[name]
        if (name not in ("palette", "back") and action.group != LISTS) or name in _OF_LISTS:
            keys = Figure(" ".join(keys_of(name, screen.session.settings.keys)))
            hits.append(Hit(Figure(action.label), Figure(action.help), keys, screen.action_of(name)))
    themes = screen.app.available_themes
    hits += [Hit(Figure(f"theme {name}"), Figure("colours"), action=f"app.use_theme({name!r})") for name in themes]
    screen.overlay(Palette(hits, screen.focused))


_OF_LISTS = ("search", "plays", "copy", "export")


def _begins(hit: Hit, typed: str) -> bool:
    return any(word.startswith(typed) for word in (fold(hit.name), *fold(hit.name).split()))
