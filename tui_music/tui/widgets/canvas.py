"""What every drawn widget shares: the roles text plays, their theme colours, and lines assembled from pieces."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar, Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui_music.text import Shown, cells
from tui_music.tui.widgets.figures import Figure

#: What may reach the screen: cleaned names and the program's own figures. A bare ``str`` may not.
Drawable = Shown | Figure


class Role(StrEnum):
    """What a piece of text is for. Colour follows from it; no meaning rests on colour alone."""

    PLAIN = "plain"
    QUIET = "quiet"  # explains
    HEAD = "head"  # titles of columns and panels
    BAR = "bar"  # quantity
    NEW = "new"  # new to the listener
    PICK = "pick"  # the selected place of a chart or map


Piece = tuple[Drawable, Role]


class Canvas(Widget, can_focus=True):
    """A widget drawn line by line. Subclasses implement ``line(y)``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"canvas--{role}" for role in Role), "canvas--cursor"}
    DEFAULT_CSS = """
    Canvas {
        & > .canvas--plain { color: $foreground; }
        & > .canvas--quiet { color: $text-muted; }
        & > .canvas--head { color: $foreground; text-style: bold; }
        & > .canvas--bar { color: $primary; }
        & > .canvas--new { color: $success; text-style: bold; }
        & > .canvas--pick { color: $block-cursor-foreground; background: $block-cursor-background; text-style: bold; }
        & > .canvas--cursor { color: $block-cursor-foreground; background: $block-cursor-background; text-style: bold; }
    }
    """

    _focus_moves = False

    def style_of(self, role: Role, cursor: bool = False) -> Style:
        """The style of a role; on the cursor's line while the widget has the keys, that of the cursor."""
        names = (f"canvas--{role}", "canvas--cursor") if cursor and self.has_focus else (f"canvas--{role}",)
        return self.get_component_rich_style(*names)

    def strip(self, pieces: Iterable[Piece], cursor: bool = False) -> Strip:
        """A line as wide as the widget: pieces one after the other, cut or filled at the end.

        Neighbours of one style become one segment, and plain spaces take the style before them: each change of style
        costs 40 bytes on the wire.
        """
        segments: list[Segment] = []
        texts: list[str] = []
        last: Style | None = None
        for text, role in (*pieces, (" ", Role.PLAIN)):
            style = self.style_of(role, cursor)
            if last is not None and style != last and not (role is Role.PLAIN and text.isspace() and not last.bold):
                segments.append(Segment("".join(texts), last))
                texts, last = [], style
            texts.append(text)
            last = last or style
        segments.append(Segment("".join(texts), last))
        strip = Strip(segments)
        return strip.adjust_cell_length(self.size.width, segments[-1].style)

    def line(self, y: int) -> Strip:
        raise NotImplementedError

    def focused_regions(self) -> Iterable[Region]:
        """What looks different while the widget has the keys: only that is painted when it gets or loses them."""
        return ()

    def _on_focus(self, event: events.Focus) -> None:
        event.prevent_default()  # the handler of the base class is called here, and not once more after this
        self._focus_moves = True
        super()._on_focus(event)
        self._focus_moved()

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self._focus_moves = True
        super()._on_blur(event)
        self._focus_moved()

    def _focus_moved(self) -> None:
        self._focus_moves = False
        regions = tuple(self.focused_regions())
        if regions:
            self.refresh(*regions)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As ever, but Textual's repaint of all of a widget for the sake of its focus is left out: 20 KB a tab key."""
        if self._focus_moves and not regions and not layout and not recompose:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        return self.line(y)


def pieces_width(pieces: Iterable[Piece]) -> int:
    """Cells the pieces take."""
    return sum(cells(text) for text, _ in pieces)
