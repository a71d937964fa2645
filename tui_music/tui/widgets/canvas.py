"""What every drawn widget shares: the roles text plays, their theme colours, and lines assembled from pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.color import Color
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


#: The style of the cursor's line, whatever the roles on it.
_CURSOR = "cursor"
_VARIABLES = ("background", "foreground", "text-muted", "primary", "success")
_SELECTED = ("block-cursor-foreground", "block-cursor-background")


def styles_of(app: App[object]) -> Mapping[str, Style]:
    """The style of each role (and of the cursor's line) in the theme of ``app``.

    Not component classes: those of ten widgets took a third of the time to the first paint.
    """
    variables = app.theme_variables
    return _styles(tuple(variables[name] for name in (*_VARIABLES, *_SELECTED)), app.no_color)


@lru_cache(maxsize=8)
def _styles(colors: tuple[str, ...], no_color: bool) -> Mapping[str, Style]:
    background = Color.parse(colors[0])
    plain, quiet, bar, new = (_style(color, background) for color in colors[1:5])
    bold = Style(bold=True)
    under = Color.parse(colors[6])
    pick = _style(colors[5], under) + bold + Style(reverse=no_color)  # without colours it is reversed
    return {
        Role.PLAIN: plain,
        Role.QUIET: quiet,
        Role.HEAD: plain + bold,
        Role.BAR: bar,
        Role.NEW: new + bold,
        Role.PICK: pick,
        _CURSOR: pick,
    }


def _style(color: str, background: Color) -> Style:
    """A colour of a theme (``#d0d0d0``, ``ansi_cyan``, ``auto 60%``) on a background; palette colours can be dimmed."""
    name, _, share = color.partition(" ")
    alpha = float(share.rstrip("%")) / 100 if share else 1.0
    found = background.get_contrast_text(1.0) if name == "auto" else Color.parse(name)
    dim = alpha < 1 and (found.ansi is not None or background.ansi is not None)
    blended = found if dim else background + found.multiply_alpha(alpha)
    return Style(color=blended.rich_color, bgcolor=background.rich_color, dim=dim or None)


class Canvas(Widget, can_focus=True):
    """A widget drawn line by line. Subclasses implement ``line(y)``."""

    #: Draw the cursor as if the widget had the keys.
    lit = False
    _focus_moves = False

    def style_of(self, role: Role, cursor: bool = False) -> Style:
        """The style of a role; on the cursor's line while the widget has the keys, that of the cursor."""
        return styles_of(self.app)[role if not cursor or not (self.has_focus or self.lit) else _CURSOR]

    def strip(self, pieces: Iterable[Piece], cursor: bool = False) -> Strip:
        """A line as wide as the widget: pieces one after the other, cut or filled at the end.

        Neighbours of one style become one segment, and plain spaces take the style before them: each change of style
        costs 40 bytes on the wire.
        """
        segments: list[Segment] = []
        texts: list[str] = []
        last: Style | None = None
        styles, selected = styles_of(self.app), cursor and (self.has_focus or self.lit)
        for text, role in (*pieces, (" ", Role.PLAIN)):
            style = styles[_CURSOR if selected else role]
            if last is not None and style != last and not (role is Role.PLAIN and text.isspace() and not last.bold):
                segments.append(Segment("".join(texts), last))
                texts, last = [], style
            texts.append(text)
            last = last or style
        segments.append(Segment("".join(texts), last))
        strip = Strip(segments)
        return strip.adjust_cell_length(self.size.width, segments[-1].style)

    def repaint(self, before: Sequence[Sequence[Piece]], after: Sequence[Sequence[Piece]]) -> None:
        """Paint again where lines differ, from the first cell that does."""
        for y in range(self.size.height):
            old, new = (lines[y] if y < len(lines) else () for lines in (before, after))
            if old != new:
                start = _common(old, new)
                end = min(self.size.width, max(pieces_width(old), pieces_width(new)))
                self.refresh(Region(start, y, max(1, end - start), 1))

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


def _common(old: Sequence[Piece], new: Sequence[Piece]) -> int:
    """Cells at the start of two lines that look the same."""
    one, other = ([(char, role) for text, role in line for char in text] for line in (old, new))
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return cells("".join(char for (char, _), _ in same))


def pieces_width(pieces: Iterable[Piece]) -> int:
    """Cells the pieces take."""
    return sum(cells(text) for text, _ in pieces)
