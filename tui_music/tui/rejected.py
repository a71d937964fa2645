"""The rows of files that are not in the library for one reason, each with its file, number and first words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.keys import bindings
from tui_music.tui.sources import name_of
from tui_music.tui.widgets.canvas import Drawable, Role
from tui_music.tui.widgets.columns import Bar, Cell, Column
from tui_music.tui.widgets.figures import NOTHING, Figure, count
from tui_music.tui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from tui_music.library.library import RejectedReason, RejectedRow

_PAGE = 500


class RejectedRows(Rows):
    """As many rows as were read so far."""

    counting = 0
    columns = (
        Column(Figure("file"), 20, flex=2),
        Column(Figure("row"), 9, "right"),
        Column(Figure("begins"), 10, flex=4, drop=1),
    )

    def __init__(self, rows: Sequence[RejectedRow], total: int) -> None:
        self.rows, self._total = rows, total

    def __len__(self) -> int:
        return len(self.rows)

    def position(self, index: int) -> Figure:
        return Figure(f"{index + 1:,} of {self._total:,}")

    def cells(self, index: int) -> Sequence[Cell | Bar]:
        row = self.rows[index]
        return Cell(name_of(row.file)), Cell(count(row.row)), Cell(shown(row.excerpt), Role.QUIET)


class RejectedScreen(MusicScreen):
    """Pushed over Sources for one reason. Further rows are read when the cursor comes near the end."""

    HEADING = "Rejected"
    SCOPED = False
    FOOTER = ("back", "copy", "help")
    BINDINGS: ClassVar[list[BindingType]] = bindings("copy")

    @dataclass
    class Read(Message):
        """The next page."""

        offset: int
        rows: list[RejectedRow]

    def __init__(self, reason: RejectedReason) -> None:
        super().__init__()
        self._reason = reason
        self._rows: list[RejectedRow] = []
        self._complete = False

    def heading(self) -> Drawable:
        return Figure(f"Rejected: {self._reason.reason.sentence}")

    def body(self) -> Iterable[Widget]:
        yield Table(id="rows")

    def on_mount(self) -> None:
        self.query_one(Table).focus()
        self.read(self.session.settings, 0)

    @work(thread=True, exclusive=True, group="rejected", exit_on_error=False)
    def read(self, settings: Settings, offset: int) -> None:
        from tui_music.library.library import Library

        rows = Library(settings.library_file).rejected_rows(self._reason.reason, offset=offset, limit=_PAGE)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(offset, rows))

    @on(Read)
    def was_read(self, event: Read) -> None:
        event.stop()
        if event.offset == len(self._rows):
            self._rows = [*self._rows, *event.rows]
            self._complete = len(event.rows) < _PAGE
            table = self.query_one(Table)
            nothing = Figure("They were counted, not kept.")
            table.show(RejectedRows(self._rows, self._reason.rows), table.cursor, table.top, nothing)
            kept = len(self._rows)
            self.note(
                Figure(f"{kept:,} of {self._reason.rows:,} kept")
                if self._complete and kept < self._reason.rows
                else NOTHING
            )

    @on(Table.Moved)
    def moved(self, event: Table.Moved) -> None:
        event.stop()
        if not self._complete and event.row > len(self._rows) - 100:
            self.read(self.session.settings, len(self._rows))

    def action_copy(self) -> None:
        if self._rows:
            row = self._rows[self.query_one(Table).cursor]
            self.copy(f"{row.file} row {row.row}: {row.excerpt}")
