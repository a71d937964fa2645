"""Listeners as rows, what methods recommend to one of them side by side, and what all of them play most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_music.text import fold, shown
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Bar, Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, count, first_to_last, hours
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    from tui_music.library.listeners import Charted, ListenerSums

#: What the list can be sorted by.
ORDERS = ("plays", "hours", "last heard", "name")


@dataclass(frozen=True, slots=True)
class Method:
    """What one method recommends, best first."""

    method: str
    artists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What methods recommend to a listener; ``told`` is what they have to say, ``missing`` what would add others."""

    listener: str
    methods: tuple[Method, ...]
    told: str = ""
    missing: str = ""


class ListenerRows(Rows):
    """The listeners whose name has ``text`` in it, in one of the :data:`ORDERS`; the one that the program is about is
    marked."""

    counting = 1

    def __init__(self, every: Sequence[ListenerSums], text: str, order: str, now: str, zone: str) -> None:
        wanted, self._now, self._zone = fold(text), now, zone
        self.listeners = [each for each in every if wanted in fold(each.name)] if wanted else list(every)
        if order == "name":
            self.listeners.sort(key=lambda each: (fold(each.name), each.name))
        elif order != "plays":  # as they come
            self.listeners.sort(key=lambda each: (-(each.ms if order == "hours" else each.last or 0), each.name))
        self._top = max((each.plays for each in every), default=0) or 1
        self.columns = (
            Column(NOTHING, 1),
            Column(Figure("listener"), 16, flex=2, most=40),
            Column(Figure("plays"), max(6, len(count(self._top))), "right"),
            Column(NOTHING, 6, drop=4, flex=1, most=20),
            Column(Figure("hours"), 9, "right", drop=2),
            Column(Figure("first → last"), 19, drop=3),
        )

    def __len__(self) -> int:
        return len(self.listeners)

    def cells(self, index: int) -> Sequence[Item]:
        each = self.listeners[index]
        here = each.name == self._now
        between = NOTHING
        if each.first is not None and each.last is not None:
            between = first_to_last(each.first, each.last, self._zone)
        return (
            Cell(Figure("●" if here else ""), Role.BAR),
            Cell(shown(each.name), Role.HEAD if here else Role.PLAIN),
            Cell(count(each.plays)),
            Bar(each.plays / self._top),
            Cell(hours(each.ms)),
            Cell(between, Role.QUIET),
        )

    def line_of(self, name: str) -> int | None:
        """The line of a listener, if they are listed."""
        return next((at for at, each in enumerate(self.listeners) if each.name == name), None)


class MethodRows(Rows):
    """A column for each method; where there is no room for all of them the last ones go."""

    counting = -1  # every column has a method's name

    def __init__(self, compared: Compared) -> None:
        self.compared = compared
        methods = compared.methods
        columns = (
            Column(Figure(each.method), max(12, len(each.method)), flex=1, most=34, drop=at)
            for at, each in enumerate(methods)
        )
        self.columns = (Column(NOTHING, 2, "right"), *columns)
        self._length = max((len(each.artists) for each in methods), default=0)

    def __len__(self) -> int:
        return self._length

    def cells(self, index: int) -> Sequence[Item]:
        rank = Cell(count(index + 1), Role.QUIET)
        return (rank, *(self._cell(each, index) for each in self.compared.methods))

    @staticmethod
    def _cell(method: Method, index: int) -> Item:
        if index < len(method.artists):
            return Cell(shown(method.artists[index]))
        return Cell(Figure("–" if not index else ""), Role.QUIET)


class ChartedRows(Rows):
    """What is played most: artists, or tracks with their artist."""

    counting = 1

    def __init__(self, title: str, charted: Sequence[Charted]) -> None:
        self.charted = charted
        top = max((each.plays for each in charted), default=0)
        known = any(each.listeners >= 0 for each in charted)
        self.columns = (
            Column(NOTHING, 3, "right"),
            Column(Figure(title), 16, flex=1),
            Column(Figure("plays"), max(5, len(count(top))), "right"),
            *((Column(Figure("listeners"), 9, "right", drop=1),) if known else ()),
        )

    def __len__(self) -> int:
        return len(self.charted)

    def cells(self, index: int) -> Sequence[Item]:
        each = self.charted[index]
        name = shown(each.name) if each.name == each.artist else shown(f"{shown(each.name)} – {shown(each.artist)}")
        return (
            Cell(count(index + 1), Role.QUIET),
            Cell(name),
            Cell(count(each.plays)),
            *((Cell(count(each.listeners), Role.QUIET),) if len(self.columns) > 3 else ()),
        )
