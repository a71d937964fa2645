"""Branches: every way taken on the trail in this run, as a tree to go on from any place of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from tui_music.text import shown
from tui_music.tui.finding import FindingScreen
from tui_music.tui.keys import bindings
from tui_music.tui.steps import Step, branches
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Cell, Column, Item
from tui_music.tui.widgets.figures import Figure, counted
from tui_music.tui.widgets.table import Rows, Table

_DEEPEST = 24  # cells that the lines of the tree may take


class BranchRows(Rows):
    """Steps below those they were reached from; the one that one is at is marked."""

    columns = (Column(Figure("every way taken"), 20, flex=1), Column(Figure(""), 10))

    def __init__(self, home: Step, at: Step) -> None:
        self.steps = list(branches(home))
        self._at = at

    def __len__(self) -> int:
        return len(self.steps)

    def cells(self, index: int) -> Sequence[Item]:
        lead, step = self.steps[index]
        if len(lead) > _DEEPEST:
            lead = f"…{lead[1 - _DEEPEST :]}"
        here = step is self._at
        role = Role.HEAD if here else Role.PLAIN
        return Cell(shown(step.place.name), role, Figure(lead)), Cell(Figure("◂ here" if here else ""), Role.BAR)


class BranchesScreen(FindingScreen):
    """Pushed over Trail; enter goes there."""

    HEADING = "Branches"
    SCOPED = False
    FOOTER = ("open", "back", "help")
    BINDINGS: ClassVar[list[BindingType]] = bindings("branches")

    def __init__(self, home: Step, at: Step, then: Callable[[Step], None]) -> None:
        super().__init__()
        self._rows, self._at, self._then = BranchRows(home, at), at, then

    def body(self) -> Iterable[Widget]:
        yield Table()

    def on_mount(self) -> None:
        here = next(index for index, (_, step) in enumerate(self._rows.steps) if step is self._at)
        table = self.query_one(Table)
        table.show(self._rows, here)
        table.focus()
        self.note(counted(sum(not step.onward for _, step in self._rows.steps), "branch", "branches"))

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        step = self._rows.steps[event.row][1]
        self.app.pop_screen()
        self._then(step)

    def action_branches(self) -> None:
        self.action_back()
