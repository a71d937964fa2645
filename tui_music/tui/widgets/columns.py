"""Columns of a table: which fit, how wide each is, and one row's cells laid into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui_music.text import Shown, cells, cut
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.figures import NOTHING, Figure, bar, dot


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` cells, or a share ``flex`` of what the others leave (never under ``width`` then, nor over ``most``).

    ``drop``: where room is short, columns with the highest number go first; 0 always stays.
    """

    title: Figure
    width: int
    align: Literal["left", "right"] = "left"
    flex: int = 0
    drop: int = 0
    most: int = 10_000


@dataclass(frozen=True, slots=True)
class Cell:
    """Text in a role, after ``lead`` (a sign or a branch of a tree), which is never cut."""

    text: Drawable
    role: Role = Role.PLAIN
    lead: Figure = NOTHING


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar over its whole column, or a dot on a line; ``share`` 0..1."""

    share: float
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces one after the other; the last cell of a note."""

    pieces: tuple[Piece, ...]


#: What may stand in a row.
Item = Cell | Bar | Run


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that fit (their indices), their widths in cells, the cells between them and before the first."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    gap: int
    indent: int = 1


def fit(columns: Sequence[Column], width: int) -> Layout:
    """Drop columns until the rest fits, then share out what is left."""
    gap = 1 if width < 60 else 2
    shown = list(range(len(columns)))

    def needed() -> int:
        return 1 + sum(columns[i].width for i in shown) + gap * (len(shown) - 1)

    while needed() > width and (droppable := [i for i in shown if columns[i].drop]):
        shown.remove(max(droppable, key=lambda i: (columns[i].drop, i)))
    spare = width - needed()
    widths = [columns[i].width for i in shown]
    flexible = sorted((k for k, i in enumerate(shown) if columns[i].flex), key=lambda k: columns[shown[k]].most)
    total = sum(columns[shown[k]].flex for k in flexible)
    for left, k in zip(range(len(flexible), 0, -1), flexible, strict=True):
        column = columns[shown[k]]
        part = min(spare if left == 1 else spare * column.flex // total, max(0, column.most - widths[k]))
        widths[k] = max(1, widths[k] + part)
        spare -= part
        total -= column.flex
    return Layout(tuple(shown), tuple(widths), gap)


def fill(text: Drawable, width: int, align: Literal["left", "right"] = "left") -> Figure:
    """``text`` in exactly ``width`` cells, cut with … where it is longer."""
    room = width - cells(text)
    if room < 0:
        # a figure is made of characters of one cell
        text = cut(text, width) if isinstance(text, Shown) else Figure((text[: max(0, width - 1)] + "…")[:width])
        room = max(0, width - cells(text))
    return Figure(" " * room + text if align == "right" else text + " " * room)


def _filled(cell: Cell, width: int, align: Literal["left", "right"]) -> Figure:
    lead = cell.lead[:width]
    return Figure(lead + fill(cell.text, width - len(lead), align))


def lay(columns: Sequence[Column], layout: Layout, row: Sequence[Item], width: int) -> list[Piece]:
    """One row's pieces. A row shorter than the columns is a note: its last cell takes the rest of the line."""
    note = len(row) - 1 if len(row) < len(columns) else -1
    pieces: list[Piece] = []
    used = layout.indent
    for position, (index, room) in enumerate(zip(layout.shown, layout.widths, strict=True)):
        if note >= 0 and index >= note:
            pieces += _note(row[note], max(0, width - used))
            break
        cell = row[index]
        if isinstance(cell, Bar):
            pieces.append(((dot if cell.dotted else bar)(cell.share, room), Role.BAR))
        elif isinstance(cell, Cell):
            pieces.append((_filled(cell, room, columns[index].align), cell.role))
        used += room
        if position < len(layout.shown) - 1:
            pieces.append((Figure(" " * layout.gap), Role.PLAIN))
            used += layout.gap
    return pieces


def _note(item: Item, room: int) -> list[Piece]:
    if isinstance(item, Cell):
        return [(_filled(item, room, "left"), item.role)]
    pieces: list[Piece] = []
    for text, role in item.pieces if isinstance(item, Run) else ():
        text = fill(text, room) if cells(text) > room else text
        pieces.append((text, role))
        room -= cells(text)
    return [*pieces, (Figure(" " * room), Role.PLAIN)]
