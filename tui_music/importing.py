"""Importing from the command line: a progress bar on a terminal, plain lines elsewhere, and the account of rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tui_music.answers import import_answer
from tui_music.library.ingest import Cancelled, ImportReport, Progress, import_paths
from tui_music.library.library import Library
from tui_music.printing import WIDEST, Cell, Column, Format, number, print_json, print_rows
from tui_music.text import shown
from tui_music.waiting import interruptible, progress

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
    with interruptible() as interrupted, progress(quiet=quiet) as draw:

        def moved(at: Progress) -> None:
            what = f"storing {at.rows:,} rows" if at.stage == "storing" else f"reading {at.file}" if at.file else ""
            draw(at.bytes_read, at.bytes_total, what, f"{at.rows:,} rows · {at.rows_per_second:,.0f} rows/s")

        try:
            return import_paths(
                library, paths, listener, dry_run=dry_run, progress=moved, cancelled=lambda: bool(interrupted)
            )
        except Cancelled:
            return None


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
