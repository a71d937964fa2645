"""The cover of an album, two pixels a cell, looked for when the cursor has rested.

It never stands in the way: nothing is done on a key but to start the wait anew, what is drawn stays until there is
something else to draw, and one thread at most waits for the network, whatever was asked for meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import on, work
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.worker import get_current_worker

from tui_music.text import shown
from tui_music.tui import covering
from tui_music.tui.covering import Picture
from tui_music.tui.widgets.canvas import Canvas, Role
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import NOTHING, Figure

if TYPE_CHECKING:
    from tui_music.tui.network import Network

#: Seconds that the cursor rests before anything is looked for.
REST = 0.3
#: Cells of the picture. A cell is about twice as high as wide, so it is square.
WIDTH, HEIGHT = 20, 10
#: Columns and rows of the terminal from which there is room for it.
ROOM = (120, 20)
#: With fewer colours than these there is nothing to see.
COLOURFUL = ("truecolor", "256")


@dataclass(frozen=True, slots=True)
class Album:
    """Names as they are in the library."""

    artist: str
    title: str


class Cover(Canvas, can_focus=False):
    """Shows the cover of the album that was wanted last, under it its title."""

    DEFAULT_CSS = f"Cover {{ width: {WIDTH + 1}; height: 1fr; margin-left: 1; display: none; }}"

    @dataclass
    class Found(Message):
        """What is known of an album's cover; ``None``: it has to be fetched. ``fetched``: it was."""

        album: Album
        picture: Picture | None
        fetched: bool

    def __init__(self, **options: str) -> None:
        super().__init__(id=options.get("id"))
        self._wanted: Album | None = None
        self._shown: Album | None = None
        self._picture = Picture()
        self._rest: Timer | None = None
        self._fetching = False

    @property
    def possible(self) -> bool:
        """Whether there can be covers: they are wanted, Pillow is there, and the terminal has the room and colours."""
        app = self._network
        fits = app.size.width >= ROOM[0] and app.size.height >= ROOM[1]
        colours = app.console.color_system in COLOURFUL and not app.no_color
        return fits and colours and app.session.settings.art and find_spec("PIL") is not None

    @property
    def _network(self) -> Network:
        return cast("Network", self.app)

    def want(self, artist: str, title: str) -> None:
        """Show this album's cover, once nothing else was wanted for a moment."""
        album = Album(artist, title)
        if album == self._wanted or not self.display:
            return
        self._wanted = album
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._rested)

    def _rested(self) -> None:
        if self._wanted is not None and self.display:
            self.look(self._wanted)

    @work(thread=True, exclusive=True, group="cover", exit_on_error=False)
    def look(self, album: Album) -> None:
        """What is kept of it, which takes milliseconds."""
        picture = covering.kept(self._network.services, album.artist, album.title, WIDTH, 2 * HEIGHT)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Found(album, picture, fetched=False))

    @work(thread=True, group="cover fetched", exit_on_error=False)
    def fetch(self, album: Album) -> None:
        """Ask the services, which may take seconds."""
        picture = covering.fetched(self._network.services, album.artist, album.title, WIDTH, 2 * HEIGHT)
        self.post_message(self.Found(album, picture, fetched=True))

    @on(Found)
    def found(self, event: Found) -> None:
        event.stop()
        if event.fetched:
            self._fetching = False
        if event.album != self._wanted:
            if event.fetched:  # it was waited for while something else was wanted
                self._rested()
            return
        self._show(event.album, event.picture or Picture(why=Figure("looking")))
        if event.picture is None and not self._fetching:
            self._fetching = True
            self.fetch(event.album)

    def _show(self, album: Album, picture: Picture) -> None:
        if (album, picture) != (self._shown, self._picture):
            self._shown, self._picture = album, picture
            self.refresh()

    # drawing

    def line(self, y: int) -> Strip:
        if y == HEIGHT:
            return self.strip([(fill(shown(self._shown.title), WIDTH) if self._shown else NOTHING, Role.QUIET)])
        if y > HEIGHT:
            return self.strip([])
        return self._placeholder(y) if not self._picture.colours else self._half_blocks(y)

    def _half_blocks(self, y: int) -> Strip:
        """Upper halves in the colours of one row of pixels, on those of the row below it."""
        row = 3 * WIDTH
        upper, lower = (self._picture.colours[row * at : row * (at + 1)] for at in (2 * y, 2 * y + 1))
        segments: list[Segment] = []
        for x in range(0, row, 3):
            colours = (Color.from_rgb(*upper[x : x + 3]), Color.from_rgb(*lower[x : x + 3]))
            segments.append(Segment("▀", Style(color=colours[0], bgcolor=colours[1])))
        strip = Strip(Segment.simplify(segments), WIDTH)
        return strip.adjust_cell_length(self.size.width, self.style_of(Role.PLAIN))

    def _placeholder(self, y: int) -> Strip:
        inside = WIDTH - 2
        if y in (0, HEIGHT - 1):
            left, right = ("┌", "┐") if y == 0 else ("└", "┘")
            return self.strip([(Figure(left + "─" * inside + right), Role.QUIET)])
        said = {HEIGHT // 2 - 2: "♪", HEIGHT // 2: str(self._picture.why)}.get(y, "")
        return self.strip([(Figure(f"│{said:^{inside}}│"), Role.QUIET)])
