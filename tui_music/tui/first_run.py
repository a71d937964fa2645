"""The first run: how to get an export, where to put its path, and a demo for those who have none yet."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.strip import Strip
from textual.widget import Widget

from tui_music.tui.base import MusicScreen
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.paths import ask_import
from tui_music.tui.widgets.canvas import Canvas, Piece, Role
from tui_music.tui.widgets.figures import Figure

#: A word in the margin, the text beside it, and what the text is for. Texts without a word begin at the margin.
_WELCOME: tuple[tuple[str, str, Role], ...] = (
    ("", "Your listening history, in the terminal.", Role.HEAD),
    ("", "", Role.PLAIN),
    ("{import}", "import your export: a zip, a folder or JSON files", Role.PLAIN),
    ("{demo}", "demo: an invented listener with nine years of music", Role.PLAIN),
    ("{quit}", "quit", Role.PLAIN),
    ("", "", Role.PLAIN),
    ("", "How to get an export", Role.HEAD),
    ("Spotify", "www.spotify.com/account/privacy, “Download your data”", Role.PLAIN),
    ("≤ 30 days", "“Extended streaming history”: everything, with every detail. Ask for this one.", Role.PLAIN),
    ("≈ 5 days", "“Account data”: the last twelve months", Role.PLAIN),
    ("", "", Role.PLAIN),
    ("", "Import them as they come, in any order; what is in both counts once.", Role.QUIET),
    ("", "The library stays on this computer, for you alone.", Role.QUIET),
    ("", "Music services are asked about artists, by name; {online} turns that off.", Role.QUIET),
)
_MARGIN = 12


class Welcome(Canvas, can_focus=False):
    """The words of the first run, wrapped to the width; on a low screen the empty lines go."""

    def __init__(self, keys: dict[str, str]) -> None:
        super().__init__()
        self._text = [(word.format(**keys), text.format(**keys), role) for word, text, role in _WELCOME]

    def line(self, y: int) -> Strip:
        lines = self._lines()
        above = 1 if self.size.height > len(lines) else 0
        return self.strip(lines[y - above] if above <= y < len(lines) + above else ())

    def _lines(self) -> list[list[Piece]]:
        lines: list[list[Piece]] = []
        for word, text, role in self._text:
            margin = (_MARGIN if self.size.width >= 60 else len(word) + 2) if word else 1
            start: Piece = (Figure(f" {word}".ljust(margin)), Role.BAR)
            for row in wrap(text, max(20, self.size.width - margin - 1)) or [""]:
                lines.append([start, (Figure(row), role)])
                start = (Figure(" " * margin), Role.PLAIN)
        full = [line for line in lines if line[1][0]]
        return lines if len(lines) <= self.size.height else full


class FirstRunScreen(MusicScreen):
    """Shown while there is no library."""

    HEADING = "tui-music"
    SCOPED = False
    FOOTER = ("import", "demo", "settings", "quit", "help")
    BINDINGS: ClassVar[list[BindingType]] = bindings("import", "demo")

    def body(self) -> Iterable[Widget]:
        keys = self.session.settings.keys
        yield Welcome({name: keys_of(name, keys)[0] for name in ("import", "demo", "quit", "online")})

    def on_mount(self) -> None:
        self.note(Figure("no library yet"))

    def action_import(self) -> None:
        ask_import(self, "library")

    def action_demo(self) -> None:
        self.music.open_demo()

    def on_paste(self, event: events.Paste) -> None:
        """A path dropped on the terminal arrives as a paste."""
        event.stop()
        ask_import(self, "library", event.text.strip())
