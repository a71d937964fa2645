"""Sources: every import, the fate of every row, and importing from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.worker import get_current_worker

from tui_music.settings import Settings
from tui_music.text import Shown, shown
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line, amount
from tui_music.tui.paths import ask_import
from tui_music.tui.services_part import ServicesScreen, ServicesTable
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.columns import Bar, Cell, Column
from tui_music.tui.widgets.figures import NOTHING, Figure, bar, count, counted, local, moment
from tui_music.tui.widgets.service_rows import going
from tui_music.tui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from tui_music.library.ingest import ImportReport, Progress
    from tui_music.library.library import Batch, BatchFile, RejectedReason

_COLUMNS = (
    Column(Figure("import"), 20, flex=1),
    Column(Figure("format"), 17, drop=3),
    Column(Figure("read"), 9, "right", drop=1),
    Column(Figure("added"), 9, "right"),
    Column(Figure("duplicate"), 9, "right", drop=2),
    Column(Figure("rejected"), 8, "right"),
)
_WIDTHS = [(0, "-narrow"), (130, "-wide")]
_HEIGHTS = [(0, "-low"), (20, "-high"), (32, "-tall")]


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of all imports."""

    read: int
    added: int
    duplicate: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Title:
    """A heading among the rows, or an empty one."""

    text: Figure


Entry = "Batch | BatchFile | Total | Title | RejectedReason"


def name_of(path: str) -> Shown:
    """The last part of a path inside zips and folders."""
    return shown(PurePath(path).name or path)


class SourceRows(Rows):
    """Imports with their files below, sums of all, and the reasons why rows were rejected."""

    counting = 9
    columns = _COLUMNS

    def __init__(
        self, batches: Sequence[Batch], reasons: Sequence[RejectedReason], opened: set[int], zone: str
    ) -> None:
        from tui_music.library.library import Batch, BatchFile, RejectedReason

        self._kinds = (Batch, BatchFile, RejectedReason)
        self._zone, self._opened = zone, opened
        self.entries: list[object] = []
        self._leads: dict[int, str] = {}
        for batch in batches:
            self.entries.append(batch)
            for number, file in enumerate(batch.files if batch.id in opened else ()):
                self._leads[len(self.entries)] = "└ " if number == len(batch.files) - 1 else "├ "
                self.entries.append(file)
        if len(batches) > 1:
            sums = (
                sum(getattr(batch, name) for batch in batches) for name in ("read", "added", "duplicate", "rejected")
            )
            self.entries.append(Total(*sums))
        if reasons:
            self.entries += [Title(NOTHING), Title(Figure("rejected, because")), *reasons]

    def __len__(self) -> int:
        return len(self.entries)

    def rests(self, index: int) -> bool:
        return not isinstance(self.entries[index], Title)

    def cells(self, index: int) -> Sequence[Cell | Bar]:
        entry = self.entries[index]
        batch_type, file_type, reason_type = self._kinds
        if isinstance(entry, batch_type):
            sign = "▾ " if entry.id in self._opened else "▸ "
            when = moment(local(entry.imported_at, self._zone))
            files = counted(len(entry.files), "file")
            return (
                Cell(shown(f"{when}  {shown(entry.listener, 24)}"), lead=Figure(sign)),
                Cell(files, Role.QUIET),
                *_sums(entry),
            )
        if isinstance(entry, file_type):
            lead = Figure(f"  {self._leads[index]}")
            return (Cell(name_of(entry.path), Role.QUIET, lead), Cell(shown(entry.format), Role.QUIET), *_sums(entry))
        if isinstance(entry, Total):
            return (Cell(Figure("in all"), Role.HEAD, Figure("  ")), Cell(NOTHING), *_sums(entry))
        if isinstance(entry, reason_type):
            example = f"row {entry.row:,} of {name_of(entry.file)}: {shown(entry.excerpt)}" if entry.file else ""
            text = f"{entry.rows:>9,}  {entry.reason.sentence}   {example}"
            return (Cell(shown(text)),)
        assert isinstance(entry, Title)
        return (Cell(entry.text, Role.HEAD),)


def _sums(of: Batch | BatchFile | Total) -> tuple[Cell, ...]:
    return (
        Cell(count(of.read)),
        Cell(count(of.added)),
        Cell(count(of.duplicate), Role.QUIET),
        Cell(count(of.rejected), Role.PLAIN if of.rejected else Role.QUIET),
    )


class SourcesScreen(ServicesScreen):
    """Screen 9: imports, and the part Services beside or below them."""

    HEADING = "Sources"
    FOOTER = ("import", "fetch", "budget", "key", "online", "panel", "copy", "screens", "help")
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    SCOPED = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("import", "copy")

    @dataclass
    class Read(Message):
        """The account of all imports."""

        batches: list[Batch]
        reasons: list[RejectedReason]

    def __init__(self) -> None:
        super().__init__()
        self._opened: set[int] = set()
        self._read: SourcesScreen.Read | None = None

    def body(self) -> ComposeResult:
        yield Line(id="doing")
        yield Line(id="details")
        with Container(id="parts"):
            yield Table(id="imports")
            yield ServicesTable(id="services")

    def footer(self) -> Sequence[str]:
        if self.session.importing or self.session.warming:
            return ("back", "screens", "help")
        asking = ("fetch", "budget", "key", "online")
        return [name for name in self.FOOTER if name not in asking or not self.session.settings.demo]

    @property
    def imports(self) -> Table:
        return self.query_one("#imports", Table)

    def on_mount(self) -> None:
        self.imports.focus()

    def show(self, session: Session) -> None:
        self._tell_report(session.report)
        self.import_moved()
        self.warming_moved()
        if self.is_current:
            self.show_services()
        if session.settings.library_file.exists() and session.importing is None:
            self.read(session.settings)
        elif self._read is None:
            self.imports.say(Figure("Nothing was imported yet." if session.importing is None else ""))

    @work(thread=True, exclusive=True, group="sources", exit_on_error=False)
    def read(self, settings: Settings) -> None:
        from tui_music.library.library import Library

        library = Library(settings.library_file)
        read = self.Read(library.batches(), library.rejections())
        if not get_current_worker().is_cancelled:
            self.post_message(read)

    @on(Read)
    def was_read(self, event: Read) -> None:
        event.stop()
        if self._read is None and event.batches:
            self._opened.add(event.batches[0].id)
        self._read = event
        self._draw()

    def _draw(self) -> None:
        if self._read is not None:
            table = self.imports
            rows = SourceRows(self._read.batches, self._read.reasons, self._opened, self.session.scope.zone)
            table.show(rows, table.cursor, table.top, Figure("Nothing was imported yet: i imports."))
            self.note(counted(len(self._read.batches), "import"))

    # importing

    def import_moved(self) -> None:
        super().import_moved()
        self.refresh_footer()
        progress = self.session.importing
        if progress is not None:
            self._account(True)
            self.query_one("#doing", Line).show([_progress(progress, self.size.width)])
            rate = f"{progress.rows_per_second:,.0f} rows/s"
            rows: list[Piece] = amount(count(progress.rows), "rows")
            rest: list[Piece] = [(Figure(f"{rate}   "), Role.QUIET), (name_of(progress.file), Role.QUIET)]
            self.query_one("#details", Line).show([rows, rest])

    def warming_moved(self) -> None:
        super().warming_moved()
        self.refresh_footer()
        progress = self.session.warming
        if progress is not None and self.session.importing is None:
            self._account(True)
            above, below = going(progress, self.size.width)
            self.query_one("#doing", Line).show([above])
            self.query_one("#details", Line).show(below)

    def _tell_report(self, report: ImportReport | None) -> None:
        if self.session.importing is None and self.session.warming is None:
            self._account(report is not None)
            if report is not None:
                self.query_one("#doing", Line).show(_report(report))
                self.query_one("#details", Line).say(_details(report))

    def _account(self, wanted: bool) -> None:
        """Room for two lines on what is going on, or on the import that ran last."""
        self.query_one("#doing").display = self.query_one("#details").display = wanted

    def action_import(self) -> None:
        ask_import(self)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        ask_import(self, text=event.text.strip())

    def action_back(self) -> None:
        if self.session.importing is not None:
            self.music.cancel_import()
            self.tell(Figure("Cancelling; the library stays as it was."))
        elif self.session.warming is not None:
            self.music.cancel_warm()
            self.tell(Figure("Stopping after this call; what was fetched stays."))
        else:
            super().action_back()

    # rows

    @on(Table.Chosen, "#imports")
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        from tui_music.library.library import Batch, RejectedReason

        rows = self.imports.rows
        entry = rows.entries[event.row] if isinstance(rows, SourceRows) else None
        if isinstance(entry, Batch):
            self._opened ^= {entry.id}
            self._draw()
        elif isinstance(entry, RejectedReason):
            from tui_music.tui.rejected import RejectedScreen

            self.app.push_screen(RejectedScreen(entry))

    def action_copy(self) -> None:
        table = self.imports
        if isinstance(table.rows, SourceRows) and len(table.rows):
            from tui_music.library.library import BatchFile

            entry = table.rows.entries[table.cursor]
            cells = [cell.text for cell in table.rows.cells(table.cursor) if isinstance(cell, Cell) and cell.text]
            self.copy(entry.path if isinstance(entry, BatchFile) else "  ".join(cells).strip())


def _progress(progress: Progress, width: int) -> list[Piece]:
    if progress.stage == "storing":
        return [(Figure("Storing"), Role.HEAD), (Figure("   esc cancels"), Role.QUIET)]
    share = progress.bytes_read / max(1, progress.bytes_total)
    return [
        (Figure("Importing "), Role.HEAD),
        (bar(share, max(10, min(60, width - 30))), Role.BAR),
        (Figure(f" {share:4.0%}"), Role.PLAIN),
        (Figure("   esc cancels"), Role.QUIET),
    ]


def _report(report: ImportReport) -> list[list[Piece]]:
    return [
        amount(count(report.read), "rows read:"),
        amount(count(report.added), "added"),
        amount(count(report.duplicate), "duplicate"),
        amount(count(report.rejected), "rejected"),
    ]


def _details(report: ImportReport) -> Drawable:
    """What else there is to say of an import, the worst first."""
    if report.refused:
        more = f" (and {len(report.refused) - 1} more)" if len(report.refused) > 1 else ""
        path, _, why = report.refused[0].partition(": ")
        return shown(f"Refused: {name_of(path)}: {why}{more}", 1000)  # a long path would leave no room for the reason
    if not report.files:
        return Figure("There is no listening history here. i tries another path.")
    parts = [f"{report.unmatched:,} minute-precise rows without a partner stay"] if report.unmatched else []
    if report.ignored:
        names = ", ".join(name_of(path) for path in report.ignored[:3])
        parts.append(f"{counted(len(report.ignored), 'file')} without listening: {names}")
    return shown(" · ".join(parts) or f"in {report.seconds:.1f} s, for {shown(report.listener)}", 1000)
