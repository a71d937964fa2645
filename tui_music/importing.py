"""Importing from the command line: a progress bar on a terminal, plain lines elsewhere, and the account of rows."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tui_music.answers import import_answer
from tui_music.library.ingest import Cancelled, ImportReport, Progress, import_paths
from tui_music.library.library import Library
from tui_music.printing import WIDEST, Cell, Column, Format, number, print_json, print_rows
from tui_music.text import shown

_COLUMNS = (
    Column("file"),
    Column("format"),
    Column("read", "read", number, right=True),
    Column("added", "added", number, right=True),
    Column("duplicate", "duplicate", number, right=True),
    Column("rejected", "rejected", number, right=True),
)


def import_with_progress(
    library: Library, paths: Sequence[Path], listener: str, *, dry_run: bool, quiet: bool
) -> ImportReport | None:
    """Import with progress on stderr (none when ``quiet``); ``None`` when ctrl+c stopped it."""
    with _interruptible() as interrupted, _progress(quiet) as progress:
        try:
            return import_paths(
                library, paths, listener, dry_run=dry_run, progress=progress, cancelled=lambda: bool(interrupted)
            )
        except Cancelled:
            return None


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Collects ctrl+c instead of raising it, so that it takes effect between two steps and never inside one."""
    caught: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        caught.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)


class _Line:
    """A plain line at the start of each file."""

    def __init__(self) -> None:
        self.file = ""

    def __call__(self, at: Progress) -> None:
        if at.stage == "storing":
            print(f"storing {at.rows:,} rows", file=sys.stderr)
        elif at.file not in {"", self.file}:
            self.file = at.file
            print(f"reading {shown(at.file)}", file=sys.stderr)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    if quiet:
        yield lambda at: None
    elif not sys.stderr.isatty():
        yield _Line()
    else:
        with _bar() as draw:
            yield draw


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.fields[file]}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows · {task.fields[rate]:,.0f} rows/s", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, file="", rows=0, rate=0.0)

        def draw(at: Progress) -> None:
            name = "storing" if at.stage == "storing" else str(shown(at.file))
            bar.update(
                task, total=max(at.bytes_total, 1), completed=at.bytes_read,
                file=name[-32:], rows=at.rows, rate=at.rows_per_second,
            )  # fmt: skip

        yield draw


def _end(path: str) -> str:
    return path if len(path) <= WIDEST else "…" + path[1 - WIDEST :]


def print_report(report: ImportReport, *, as_json: bool) -> None:
    """The account on stdout; what was refused on stderr."""
    for sentence in report.refused:
        print(f"tui-music: {shown(sentence, 1000)}", file=sys.stderr)
    if as_json:
        print_json(import_answer(report))
        return
    if not report.files:
        print("tui-music: there is no listening history here.", file=sys.stderr)
    else:
        rows: list[list[Cell]] = [
            [_end(file.path), file.format, file.read, file.added, file.duplicate, sum(file.rejected.values())]
            for file in report.files
        ]
        if len(rows) > 1:
            rows.append(["in all", "", report.read, report.added, report.duplicate, report.rejected])
        print_rows(_COLUMNS, rows, Format.TABLE)
    for reason, found in sorted(report.reasons.items(), key=lambda each: -each[1].count):
        where = f"row {found.row} of {Path(found.file).name}"
        print(f"{found.count:,} rejected: {reason.sentence} ({shown(where)}: {shown(found.example, 80)})")
    if report.unmatched:
        print(f"{report.unmatched:,} minute-precise rows have no partner in the extended history; they are kept.")
    if report.ignored:
        names = ", ".join(str(shown(Path(path).name)) for path in report.ignored[:5])
        print(
            f"{len(report.ignored):,} files are no listening history: {names}{' …' if len(report.ignored) > 5 else ''}"
        )
    if report.dry_run:
        print("Nothing was changed.")
