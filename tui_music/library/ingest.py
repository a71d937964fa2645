"""Import: from the paths a person gives to a library that holds them, in one transaction, with every row accounted for.

Files are read first, with the library closed; then one transaction names, recognises and stores. Whatever ends it early
(a kill, ctrl+c, a full disk) leaves the library as it was. The same rows give the same library in any order.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unicodedata import category

import duckdb
import numpy as np

from tui_music.errors import BadSetting, ImportRefused
from tui_music.importers.columns import Reason
from tui_music.importers.members import CAPS, Caps, Member, members
from tui_music.kinds import Kind
from tui_music.library import sightings
from tui_music.library.reading import Cancelled, FileRead, read_members
from tui_music.library.schema import TABLES
from tui_music.library.staging import Staged, stage
from tui_music.library.store import Store
from tui_music.library.sums import Sums

__all__ = ["DEFAULT_LISTENER", "Cancelled", "FileReport", "ImportReport", "Progress", "ReasonCount", "import_paths"]

DEFAULT_LISTENER = "me"
LONGEST_NAME = 100


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
class ImportReport(Sums):
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
    def rejected(self) -> int:
        return sum(sum(file.rejected.values()) for file in self.files)

    @property
    def unmatched(self) -> int:
        return sum(file.unmatched for file in self.files)


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

    ``cancelled`` is asked after each file found and each slice read. Raises :class:`Cancelled` and the errors of
    :meth:`Store.writing`; files that cannot be read are in ``refused``, not raised.
    """
    began = time.monotonic()
    listener = _checked(listener)
    found, refused = _find(paths, caps, cancelled)
    total = sum(member.size for member in found)

    def read(name: str, bytes_read: int, rows: int) -> None:
        progress(Progress("reading", name, bytes_read, total, rows, time.monotonic() - began))

    outcome = sightings.Outcome([], [], None)
    with _no_collecting():
        reading = read_members(found, read, cancelled)
        staged = stage(reading)
        if staged.files:
            progress(Progress("storing", "", total, total, len(staged), time.monotonic() - began))
            outcome = _write(store, staged, listener, dry_run, cancelled)
    refused += [str(fate) for fate in reading.fates if isinstance(fate, ImportRefused)]
    ignored = [member.shown for member, fate in zip(found, reading.fates, strict=True) if fate is None]
    return ImportReport(
        listener=listener,
        files=_file_reports(staged.files, outcome),
        refused=tuple(refused),
        ignored=tuple(ignored),
        reasons=_reasons(staged.files),
        kinds=_kinds(staged),
        seconds=time.monotonic() - began,
        dry_run=dry_run,
        batch=None if dry_run else outcome.batch,
    )


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Rows hold no cycles, and looking for some among millions of objects takes a fifth of an import's time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _checked(listener: str) -> str:
    """The name without space around it. Raises :class:`BadSetting` for what nobody could type again."""
    name = listener.strip()
    if not 0 < len(name) <= LONGEST_NAME or any(category(char) in {"Cc", "Cs"} for char in name):
        raise BadSetting(f"A listener's name has 1 to {LONGEST_NAME} characters one can type; {listener!r} has not.")
    return name


def _find(paths: Iterable[Path], caps: Caps, cancelled: Callable[[], bool]) -> tuple[list[Member], list[str]]:
    """The files behind the paths, and sentences about those that cannot be read."""
    found: list[Member] = []
    refused: list[str] = []
    for path in paths:
        for member in members(_at_home(path), caps):
            if isinstance(member, ImportRefused):
                refused.append(str(member))
            else:
                found.append(member)
            if cancelled():
                raise Cancelled
    return found, refused


def _at_home(path: Path) -> Path:
    """``path`` with ``~`` replaced, unless it stands for nobody's home."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


class _DryRun(Exception):
    """Leaves a transaction without keeping it."""


def _write(
    store: Store, staged: Staged, listener: str, dry_run: bool, cancelled: Callable[[], bool]
) -> sightings.Outcome:
    if dry_run and not store.exists():  # leaves nothing behind, not even an empty library
        with duckdb.connect(":memory:") as connection:
            connection.execute(TABLES)
            return sightings.add(connection, staged, listener)
    outcome: sightings.Outcome | None = None
    try:
        with store.writing() as connection:
            outcome = sightings.add(connection, staged, listener)
            if cancelled():
                raise Cancelled
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert outcome is not None
    return outcome


def _file_reports(files: Sequence[FileRead], outcome: sightings.Outcome) -> tuple[FileReport, ...]:
    return tuple(
        FileReport(
            file.path,
            file.format,
            file.read,
            added,
            file.accepted - added,
            dict(file.rejections.counts),
            unmatched,
        )
        for file, added, unmatched in zip(files, outcome.added, outcome.unmatched, strict=True)
    )


def _reasons(files: Sequence[FileRead]) -> dict[Reason, ReasonCount]:
    """Rejected rows by reason, with the first as the example."""
    reasons: dict[Reason, ReasonCount] = {}
    for file in files:
        for reason, count in file.rejections.counts.items():
            if reason in reasons:
                reasons[reason] = replace(reasons[reason], count=reasons[reason].count + count)
            else:
                reasons[reason] = ReasonCount(count, file.path, *file.rejections.example(reason))
    return reasons


def _kinds(staged: Staged) -> dict[str, int]:
    """Accepted rows by kind of what was played."""
    kind = np.fromiter((item.kind for item in staged.items), np.uint8, len(staged.items))
    rows = np.bincount(kind[staged.columns.item], minlength=len(Kind)).tolist()
    return {each.label: rows[each] for each in Kind}
