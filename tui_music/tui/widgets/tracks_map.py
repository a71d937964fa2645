"""The map of the catalogue: tracks where the first two principal components put them, one cluster standing out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual import work
from textual.message import Message
from textual.strip import Strip
from textual.worker import get_current_worker

from tui_music.text import cut, shown
from tui_music.tui.widgets.canvas import Canvas, Drawable, Role
from tui_music.tui.widgets.figures import NOTHING, Figure

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import Catalogue

#: Where nothing of the cluster is, but other tracks are.
OTHERS = "·"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map of a ``cluster`` (all tracks for ``None``) in so many cells, line by line."""

    cluster: int | None
    size: tuple[int, int]
    lines: tuple[str, ...]


class TrackMap(Canvas, can_focus=False):
    """A title, and braille for the tracks of the cluster among dots for the others."""

    DEFAULT_CSS = "TrackMap { height: 1fr; }"

    @dataclass
    class Drawn(Message):
        """The map is drawn."""

        drawing: Drawing

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._catalogue: Catalogue | None = None
        self._cluster: int | None = None
        self._title: Drawable = NOTHING
        self._drawing: Drawing | None = None

    def show(self, catalogue: Catalogue, cluster: int | None, title: Drawable) -> None:
        """Show where a cluster is."""
        self._catalogue, self._cluster, self._title = catalogue, cluster, title
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        if self._catalogue is not None and width > 8 and height > 3:
            self.build(self._catalogue, self._cluster, (width, height - 1))

    @work(thread=True, exclusive=True, group="map", exit_on_error=False)
    def build(self, catalogue: Catalogue, cluster: int | None, size: tuple[int, int]) -> None:
        from tui_music.tui.tracks_mapping import drawn

        lines = drawn(catalogue, cluster, *size)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Drawn(Drawing(cluster, size, tuple(lines))))

    def on_track_map_drawn(self, event: Drawn) -> None:
        event.stop()
        if event.drawing.cluster == self._cluster and event.drawing != self._drawing:
            self._drawing = event.drawing
            self.refresh()

    def line(self, y: int) -> Strip:
        if y == 0:
            return self.strip([(Figure(" "), Role.PLAIN), (cut(shown(self._title), self.size.width - 2), Role.HEAD)])
        lines = self._drawing.lines if self._drawing is not None else ()
        if y > len(lines):
            return self.strip([])
        segments = [Segment(text, self.style_of(role)) for text, role in runs(lines[y - 1])]
        return Strip(segments).adjust_cell_length(self.size.width, self.style_of(Role.PLAIN))


def runs(line: str) -> Sequence[tuple[str, Role]]:
    """Braille in the colour of quantity, the rest in that of what explains; spaces go with what is before them."""
    found: list[tuple[str, Role]] = []
    for char in line:
        role = Role.BAR if "\u2800" <= char <= "\u28ff" else Role.QUIET
        if found and (char == " " or found[-1][1] is role):
            found[-1] = (found[-1][0] + char, found[-1][1])
        else:
            found.append((char, role))
    return found
