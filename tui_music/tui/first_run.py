"""The first run: how to get an export, where to put its path, and a demo for those who have none yet."""

from __future__ import annotations

from collections.abc import Iterable
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

_Line = tuple[str, str]  # what stands in the margin, and the text

_WELCOME: tuple[_Line, ...] = (
    ("", "Your listening history, in the terminal."),
    ("", ""),
    ("{import}", "import an export you have: a zip, a folder or JSON files"),
    ("{demo}", "look around first: an invented listener with nine years of music"),
    ("{quit}", "quit"),
    ("", ""),
    ("#", "How to get an export"),
    ("Spotify", "www.spotify.com/account/privacy, Download your data:"),
    ("", "· Extended streaming history: everything since the beginning, with every detail."),
    ("", "  Comes by e-mail within 30 days. This is the one to ask for."),
    ("", "· Account data: the last twelve months. Comes within about 5 days."),
    ("", "Both can be imported as they come, in any order; what is in both counts once."),
    ("", ""),
    ("", "Nothing is sent anywhere. The library stays on this computer, for you alone to read."),
)
_MARGIN = 10


class Welcome(Canvas, can_focus=False):
    """The words of the first run, wrapped to the width; on a low screen what explains goes first."""

    def __init__(self, keys: dict[str, str]) -> None:
        super().__init__()
        self._text = [(margin.format(**keys), text) for margin, text in _WELCOME]

    def line(self, y: int) -> Strip:
        lines = self._lines()
        above = 1 if self.size.height > len(lines) else 0
        return self.strip(lines[y - above] if above <= y < len(lines) + above else ())

    def _lines(self) -> list[list[Piece]]:
        lines: list[list[Piece]] = []
        room = max(20, self.size.width - _MARGIN - 1)
        for margin, text in self._text:
            role = Role.HEAD if margin == "#" or (not lines) else Role.PLAIN
            if margin == "#":
                margin = ""
            start = Figure(f" {margin}".ljust(_MARGIN if margin or role is Role.PLAIN else 1))
            for row in _wrapped(text, room):
                lines.append([(start, Role.BAR if margin else Role.PLAIN), (Figure(row), role)])
                start = Figure(" " * _MARGIN)
        while len(lines) > self.size.height and any(not text.strip() for _, (text, _) in lines):
            blank = next(index for index, (_, (text, _)) in enumerate(lines) if not text.strip())
            del lines[blank]
        return lines


def _wrapped(text: str, width: int) -> list[str]:
    rows = [""]
    for word in text.split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) > width:
            rows.append("")
        rows[-1] += (" " if rows[-1] else "") + word if rows[-1] or word else " "
    return rows


class FirstRunScreen(MusicScreen):
    """Shown while there is no library."""

    HEADING = "tui-music"
    SCOPED = False
    FOOTER = ("import", "demo", "settings", "quit", "help")
    BINDINGS: ClassVar[list[BindingType]] = bindings("import", "demo")

    def body(self) -> Iterable[Widget]:
        keys = self.session.settings.keys
        yield Welcome({name: keys_of(name, keys)[0] for name in ("import", "demo", "quit")})

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
