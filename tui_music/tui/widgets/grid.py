"""Tiers of ranks × how well known: a small table of numbers, each of which is a question to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui_music.tui.keys import bindings
from tui_music.tui.widgets.canvas import Canvas, Piece, Role
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import Figure, count

_LEFT, _WIDEST = 12, 12


@dataclass(frozen=True, slots=True)
class Counts:
    """``numbers[row][column]`` artists."""

    rows: tuple[Figure, ...]
    columns: tuple[Figure, ...]
    numbers: tuple[tuple[int, ...], ...]


class Grid(Canvas):
    """A title line, a line of columns, a line for each row. ``picked`` is (row, column)."""

    BINDINGS = bindings("left", "right", "up", "down", "first", "last", "open")

    @dataclass
    class Chosen(Message):
        """Enter on a cell."""

        row: int
        column: int

    def __init__(self, title: Figure, **options: Any) -> None:
        super().__init__(**options)
        self._title = title
        self._counts: Counts | None = None
        self.picked = (0, 0)

    def show(self, counts: Counts) -> None:
        """Other numbers; the picked cell stays where there is one."""
        if counts == self._counts:
            return
        self._counts = counts
        if counts.rows:
            row, column = self.picked
            self.picked = (min(row, len(counts.rows) - 1), min(column, len(counts.columns) - 1))
        self.refresh()

    @property
    def _cell(self) -> int:
        """Cells a number takes."""
        columns = len(self._counts.columns) if self._counts else 1
        return max(4, min(_WIDEST, (self.size.width - _LEFT) // max(1, columns)))

    def line(self, y: int) -> Strip:
        counts = self._counts
        if y == 0:
            return self._heading()
        if counts is None:
            return self.strip([])
        if y == 1:
            return self.strip([(Figure(" " * _LEFT), Role.PLAIN), (self._row(counts.columns), Role.QUIET)])
        row = y - 2 + self._top
        return self.strip(self._numbers(counts, row) if row < len(counts.rows) else [])

    @property
    def _top(self) -> int:
        """The first row drawn: on a low screen not all are."""
        return max(0, self.picked[0] - max(1, self.size.height - 2) + 1)

    def _heading(self) -> Strip:
        mark = (Figure("▌" if self.has_focus else " "), Role.BAR)
        return self.strip([mark, (self._title, Role.HEAD)])

    def _row(self, titles: Sequence[Figure]) -> Figure:
        return Figure("".join(fill(title, self._cell, "right") for title in titles))

    def _numbers(self, counts: Counts, row: int) -> list[Piece]:
        pieces: list[Piece] = [(fill(Figure(f" {counts.rows[row]}"), _LEFT), Role.QUIET)]
        for column, number in enumerate(counts.numbers[row]):
            role = Role.PICK if (row, column) == self.picked else Role.PLAIN if number else Role.QUIET
            text = fill(count(number) if number else Figure("·"), self._cell - 2, "right")
            pieces += [(Figure(" "), Role.PLAIN), (Figure(f"{text} "), role)]
        return pieces

    # picking

    def pick(self, row: int, column: int) -> None:
        """Mark a cell, within the table."""
        counts = self._counts
        if counts is None or not counts.rows:
            return
        before, top = self.picked, self._top
        self.picked = max(0, min(row, len(counts.rows) - 1)), max(0, min(column, len(counts.columns) - 1))
        if self._top != top:
            self.refresh()
        elif self.picked != before:
            for at, across in (before, self.picked):
                self.refresh(Region(_LEFT + across * self._cell + 1, 2 + at - top, self._cell - 1, 1))

    def action_left(self) -> None:
        self.pick(self.picked[0], self.picked[1] - 1)

    def action_right(self) -> None:
        self.pick(self.picked[0], self.picked[1] + 1)

    def action_up(self) -> None:
        self.pick(self.picked[0] - 1, self.picked[1])

    def action_down(self) -> None:
        self.pick(self.picked[0] + 1, self.picked[1])

    def action_first(self) -> None:
        self.pick(0, self.picked[1])

    def action_last(self) -> None:
        self.pick(1_000, self.picked[1])

    def action_open(self) -> None:
        if self._counts is not None and self._counts.rows:
            self.post_message(self.Chosen(*self.picked))

    def on_click(self, event: events.Click) -> None:
        row, column = event.y - 2 + self._top, (event.x - _LEFT) // self._cell
        on_table = event.y >= 2 and self._counts is not None and row < len(self._counts.rows)
        if self._counts is None or not (on_table and 0 <= column < len(self._counts.columns)):
            return
        if self.picked == (row, column):
            self.action_open()
        else:
            self.pick(row, column)

    def focused_regions(self) -> Iterable[Region]:
        return (Region(0, 0, 1, 1),)
