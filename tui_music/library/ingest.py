"""Import: from the paths a person gives to a library that holds them, in one transaction, with every row accounted for.

Files are read first, with the library closed; then one transaction names, recognises and stores. Whatever ends it early
(a kill, ctrl+c, a full disk) leaves the library as it was. The same rows give the same library in any order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np

from tui_music.errors import ImportRefused
from tui_music.importers import importer_for
from tui_music.importers.columns import Reason
from tui_music.importers.members import CAPS, Caps, Member, members
from tui_music.kinds import Kind
from tui_music.library import sightings
from tui_music.library.schema import TABLES
from tui_music.library.staging import Staged, StagedFile, Staging
from tui_music.library.store import Store

DEFAULT_LISTENER = "me"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an import is. ``rows_per_second`` is of the reading so far."""

    stage: str  # "reading" | "storing"
    file: str
    bytes_read: int
    bytes_total: int
    rows: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many rows were rejected for a reason, and one of them."""

    count: int
    file: str
    row: int
    example: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """The sums of one file: ``read == added + duplicate + rejected``.

    ``unmatched`` rows of a minute-precise file lie within the time of a richer history without a partner; they stay.
    """

    path: str
    format: str
    read: int
    added: int
    duplicate: int
    rejected: dict[Reason, int]
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do. ``batch`` is ``None`` when nothing was stored."""

    listener: str
    files: tuple[FileReport, ...]
    refused: tuple[str, ...]
    ignored: tuple[str, ...]
    reasons: dict[Reason, ReasonCount]
    kinds: dict[str, int]
    seconds: float
    dry_run: bool = False
    batch: int | None = None

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files)

    @property
    def added(self) -> int:
        return sum(file.added for file in self.files)

    @property
    def duplicate(self) -> int:
        return sum(file.duplicate for file in self.files)

    @property
    def rejected(self) -> int:
        return sum(sum(file.rejected.values()) for file in self.files)

    @property
    def unmatched(self) -> int:
        return sum(file.unmatched for file in self.files)


class Cancelled(Exception):
    """The person stopped the import; nothing was stored."""


@dataclass(slots=True)
class _Reading:
    """What is known after the files were read and before the library is opened."""

    staging: Staging = field(default_factory=Staging)
    refused: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def import_paths(
    store: Store,
    paths: Iterable[Path],
    listener: str = DEFAULT_LISTENER,
    *,
    dry_run: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    caps: Caps = CAPS,
) -> ImportReport:
    """Import the files at ``paths`` as plays of ``listener`` and return the account of every row.

    ``cancelled`` is asked after each slice of a file. Raises :class:`Cancelled` and the errors of
    :meth:`Store.writing`; files that cannot be read are in ``refused``, not raised.
    """
    began = time.monotonic()
    reading = _read(paths, caps, progress, cancelled, began)
    staging = reading.staging
    staged = staging.staged()
    progress(Progress("storing", "", 1, 1, len(staged), time.monotonic() - began))
    outcome = sightings.Outcome([0] * len(staging.files), [0] * len(staging.files), None)
    if staging.files:
        outcome = _write(store, staging.files, staged, listener, dry_run, cancelled)
    return _report(reading, staged, outcome, listener, dry_run, time.monotonic() - began)


def _read(
    paths: Iterable[Path],
    caps: Caps,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
    began: float,
) -> _Reading:
    reading = _Reading()
    found: list[Member] = []
    for path in paths:
        for member in members(path.expanduser(), caps):
            if isinstance(member, ImportRefused):
                reading.refused.append(str(member))
            else:
                found.append(member)
    total = sum(member.size for member in found)
    behind = 0
    for member in found:
        for bytes_read in _read_member(member, reading, cancelled):
            rows = reading.staging.rows
            progress(Progress("reading", member.name, behind + bytes_read, total, rows, time.monotonic() - began))
        behind += member.size
    return reading


def _read_member(member: Member, reading: _Reading, cancelled: Callable[[], bool]) -> Iterable[int]:
    """Stage one file, or note why not; yields the bytes of it that are behind us."""
    staging = reading.staging
    try:
        importer = importer_for(member)
        if importer is None:
            reading.ignored.append(member.shown)
            return
        file = staging.begin(member.shown, importer)
        for part in importer.read(member, staging.tables, file.rejections):
            staging.add(part.columns)
            yield part.bytes_read
            if cancelled():
                raise Cancelled
        staging.keep(file)
    except ImportRefused as problem:
        staging.drop()
        reading.refused.append(str(problem))


class _DryRun(Exception):
    """Leaves a transaction without keeping it."""


def _write(
    store: Store,
    files: list[StagedFile],
    staged: Staged,
    listener: str,
    dry_run: bool,
    cancelled: Callable[[], bool],
) -> sightings.Outcome:
    if dry_run and not store.exists():
        return _dry_without_library(files, staged, listener)
    outcome: sightings.Outcome | None = None
    try:
        with store.writing() as connection:
            outcome = sightings.add(connection, files, staged, listener)
            if cancelled():
                raise Cancelled
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert outcome is not None
    return outcome


def _dry_without_library(files: list[StagedFile], staged: Staged, listener: str) -> sightings.Outcome:
    """A dry run leaves nothing behind, not even an empty library."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(TABLES)
        return sightings.add(connection, files, staged, listener)


def _report(
    reading: _Reading,
    staged: Staged,
    outcome: sightings.Outcome,
    listener: str,
    dry_run: bool,
    seconds: float,
) -> ImportReport:
    files = tuple(
        FileReport(
            file.path,
            file.format,
            file.read,
            added,
            file.last - file.first - added,
            dict(file.rejections.counts),
            unmatched,
        )
        for file, added, unmatched in zip(reading.staging.files, outcome.added, outcome.unmatched, strict=True)
    )
    reasons: dict[Reason, ReasonCount] = {}
    for file in reading.staging.files:
        for reason, count in file.rejections.counts.items():
            before = reasons.get(reason)
            row, example = file.rejections.example(reason)
            reasons[reason] = (
                ReasonCount(before.count + count, before.file, before.row, before.example)
                if before
                else ReasonCount(count, file.path, row, example)
            )
    return ImportReport(
        listener=listener,
        files=files,
        refused=tuple(reading.refused),
        ignored=tuple(reading.ignored),
        reasons=reasons,
        kinds=_kinds(staged),
        seconds=seconds,
        dry_run=dry_run,
        batch=None if dry_run else outcome.batch,
    )


def _kinds(staged: Staged) -> dict[str, int]:
    """Accepted rows by kind of what was played."""
    counts = dict.fromkeys((kind.label for kind in Kind), 0)
    if len(staged):
        kinds = [0 if isinstance(item, Reason) else item.kind for item in staged.items]
        kind = np.array(kinds, np.uint8)[staged.item]
        for number, count in enumerate(np.bincount(kind, minlength=len(Kind)).tolist()):
            counts[Kind(number).label] = count
    return counts
