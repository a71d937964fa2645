"""A list of any length drawn by the line: only what is on screen is asked for, a cursor key repaints two lines.

It scrolls by most of a page when the cursor leaves it, which over a slow line is worth more than a smooth list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui_music.text import cells, shown
from tui_music.tui.keys import bindings
from tui_music.tui.widgets.canvas import Canvas, Drawable, Piece, Role
from tui_music.tui.widgets.columns import Cell, Column, Item, Layout, fill, fit, lay
from tui_music.tui.widgets.figures import NOTHING, Figure


class Rows:
    """What a table shows. ``cells`` is called for the rows on screen only, so it may compute them."""

    columns: Sequence[Column] = ()
    #: The column whose title carries the position, ``7 of 1,204``.
    counting: int = 0

    def __len__(self) -> int:
        return 0

    def cells(self, index: int) -> Sequence[Item]:
        """One row, or fewer cells than columns: then the last one takes the rest of the line."""
        raise NotImplementedError

    def name(self, index: int) -> Drawable:
        """What a row is found by: that of the column with the position, or all it says."""
        texts = [cell.text if isinstance(cell, Cell) else NOTHING for cell in self.cells(index)]
        return texts[self.counting] if self.counting < len(texts) else shown(" ".join(texts))

    def rests(self, index: int) -> bool:
        """Whether the cursor may stand on this row."""
        return True

    def position(self, index: int) -> Figure:
        """Where the cursor is, as the person counts."""
        return Figure(f"{index + 1:,} of {len(self):,}")


class Table(Canvas):
    """Draws ``Rows``, moves a cursor through them. Says :class:`Table.Moved` and :class:`Table.Chosen`."""

    BINDINGS = bindings("down", "up", "page-down", "page-up", "first", "last", "open")
    DEFAULT_CSS = "Table { height: 1fr; }"

    @dataclass
    class Moved(Message):
        """The cursor stands on another row."""

        table: Table
        row: int

        @property
        def control(self) -> Table:
            return self.table

    @dataclass
    class Chosen(Message):
        """Enter, or a click on the row that has the cursor."""

        table: Table
        row: int

        @property
        def control(self) -> Table:
            return self.table

    def __init__(self, *, header: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.rows = Rows()
        self.cursor = 0
        self.top = 0
        self._header = int(header)
        self._note: Drawable = NOTHING
        self._layout: Layout | None = None
        self._fitted = 0  # cells it was made for: a resize is drawn before it is told
        self._dragging = False
        self._painted: dict[int, tuple[list[Piece], bool, str]] = {}

    # what is shown

    def show(self, rows: Rows, cursor: int = 0, top: int | None = None, note: Drawable = NOTHING) -> None:
        """Show other rows, with the cursor on one of them; ``top`` is the first row drawn, ``note`` said if none is."""
        self.rows = rows
        self._layout = None
        self._note = note
        self.cursor = self._resting(max(0, min(cursor, len(rows) - 1)), 1)
        self.top = max(0, self.cursor - self._page // 3 if top is None else top)
        self._keep_in_view()
        self._refresh_changed()

    def say(self, sentence: Drawable) -> None:
        """Show one sentence instead of rows."""
        self.show(Rows(), note=sentence)

    @property
    def _page(self) -> int:
        return max(1, self.size.height - self._header)

    def _keep_in_view(self) -> None:
        if not self.size.height:  # not laid out yet: a resize follows
            return
        if not self.top <= self.cursor < self.top + self._page:
            self.top = self.cursor - self._page // 4 if self.cursor >= self.top else self.cursor - self._page * 3 // 4
        self.top = max(0, min(self.top, len(self.rows) - self._page))

    def on_resize(self) -> None:
        self._layout = None
        self._keep_in_view()
        self.refresh()  # rows may have been given before there was room for them

    # drawing

    def line(self, y: int) -> Strip:
        drawn = self._painted[y] = self._pieces(y)
        pieces, here, thumb = drawn
        strip = self.strip(pieces, cursor=here)
        if not thumb:
            return strip
        width = self.size.width - 1
        return Strip([*strip.crop(0, width), Segment(thumb, self.style_of(Role.QUIET))], width + 1)

    def _pieces(self, y: int) -> tuple[list[Piece], bool, str]:
        """What stands on a line, whether the cursor does, and the position bar's part of it."""
        width = self.size.width - self._barred
        if self._layout is None or self._fitted != width:
            self._layout, self._fitted = fit(self.rows.columns, width), width
        if y < self._header:
            return self._head(self._layout), False, ""
        index = self.top + y - self._header
        if index >= len(self.rows):
            note = NOTHING if len(self.rows) else self._said(y - self._header, width)
            return [(Figure(" "), Role.PLAIN), (note, Role.QUIET)], False, ""
        here = index == self.cursor
        mark = (Figure("▌" if here else " "), Role.BAR if self.has_focus else Role.QUIET)
        pieces = [mark, *lay(self.rows.columns, self._layout, self.rows.cells(index), width)]
        return pieces, here, self._thumb(y) if self._barred else ""

    def _said(self, y: int, width: int) -> Drawable:
        """A line of what is said in the place of rows."""
        lines = wrap(self._note, max(10, width - 2))
        return shown(lines[y]) if y < len(lines) else NOTHING

    def _refresh_changed(self) -> None:
        """Paint only the lines that came out different: another answer often has the same rows on screen."""
        for y in range(self.size.height):
            if self._painted.get(y) != self._pieces(y):
                self.refresh(Region(0, y, self.size.width, 1))

    @property
    def _barred(self) -> int:
        """Cells the position bar takes at the right: none while every row is on screen."""
        return int(len(self.rows) > self._page)

    def _thumb(self, y: int) -> str:
        page, total = self._page, len(self.rows)
        length = max(1, page * page // total)
        start = (page - length) * self.top // max(1, total - page)
        return "┃" if start <= y - self._header < start + length else "│"

    def _head(self, layout: Layout) -> list[Piece]:
        columns = self.rows.columns
        pieces: list[Piece] = [(Figure(" "), Role.PLAIN)]
        for index, room in zip(layout.shown, layout.widths, strict=True):
            if len(pieces) > 1:
                pieces.append((Figure(" " * layout.gap), Role.PLAIN))
            column = columns[index]
            place = self._place(column, room) if index == self.rows.counting else NOTHING
            pieces.append((fill(column.title, room - len(place), column.align), Role.HEAD))
            pieces.append((place, Role.QUIET))
        return pieces

    def _place(self, column: Column, room: int) -> Figure:
        """The position, filling what the title leaves of its column; nothing where that is too little."""
        if not len(self.rows):
            return NOTHING
        place = self.rows.position(self.cursor)
        left = room - len(column.title) - 2
        return fill(place, left) if len(place) <= left else NOTHING

    def _refresh_row(self, index: int) -> None:
        self.refresh(Region(0, index - self.top + self._header, self.size.width, 1))

    def focused_regions(self) -> Iterable[Region]:
        return (Region(0, self.cursor - self.top + self._header, self.size.width, 1),)

    # moving

    def move_to(self, row: int, towards: int = 1) -> None:
        """Put the cursor on a row (or the next one it may rest on)."""
        if not len(self.rows):
            return
        row = self._resting(max(0, min(row, len(self.rows) - 1)), towards)
        before, top = self.cursor, self.top
        self.cursor = row
        self._keep_in_view()
        if self.top != top:
            self.refresh()
        elif row != before:
            self._refresh_row(before)
            self._refresh_row(row)
            if self._header and self._layout is not None and self.rows.counting in self._layout.shown:
                self.refresh(self._counting_region(self._layout))
        if row != before:
            self.post_message(self.Moved(self, row))

    def _counting_region(self, layout: Layout) -> Region:
        """Where the position stands in the header: only that is painted again."""
        at = layout.shown.index(self.rows.counting)
        left = layout.indent + sum(layout.widths[:at]) + layout.gap * at
        title = cells(self.rows.columns[self.rows.counting].title)
        return Region(left + title, 0, min(layout.widths[at] - title, len(self.rows.position(self.cursor)) + 4), 1)

    def _resting(self, row: int, towards: int) -> int:
        step = 1 if towards >= 0 else -1
        for direction in (step, -step):
            at = row
            while 0 <= at < len(self.rows):
                if self.rows.rests(at):
                    return at
                at += direction
        return row

    def action_down(self) -> None:
        self.move_to(self.cursor + 1)

    def action_up(self) -> None:
        self.move_to(self.cursor - 1, -1)

    def action_page_down(self) -> None:
        self._turn(self._page - 1)

    def action_page_up(self) -> None:
        self._turn(1 - self._page)

    def _turn(self, rows: int) -> None:
        self._scroll(self.top + rows)
        self.move_to(self.cursor + rows, rows)

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(len(self.rows) - 1, -1)

    def action_open(self) -> None:
        if len(self.rows):
            self.post_message(self.Chosen(self, self.cursor))

    # the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self._barred and event.x == self.size.width - 1:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragging:
            self._drag_to(event.y)

    def on_mouse_up(self) -> None:
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        row = self.top + event.y - self._header
        if event.y < self._header or row >= len(self.rows) or (self._barred and event.x == self.size.width - 1):
            return
        if row == self.cursor:
            self.action_open()
        else:
            self.move_to(row)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(self.top + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(self.top - 3)

    def _drag_to(self, y: int) -> None:
        share = (y - self._header) / max(1, self._page - 1)
        self._scroll(round(share * (len(self.rows) - self._page)))

    def _scroll(self, top: int) -> None:
        """Look elsewhere; the cursor stays, and the next key goes on from it."""
        top = max(0, min(top, len(self.rows) - self._page))
        if top != self.top:
            self.top = top
            self.refresh()
