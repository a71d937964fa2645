"""All that one import call has read, as columns in memory (about 40 bytes a row), before the library is touched."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tui_music.importers.columns import Columns, Context, Importer, Item, Reason, Rejections, Tables

Codes = NDArray[np.int32]


@dataclass(slots=True)
class StagedFile:
    """One file that was read. ``first`` and ``last`` bound its rows among all staged rows."""

    path: str
    format: str
    minute_precise: bool
    rejections: Rejections = field(default_factory=Rejections)
    first: int = 0
    last: int = 0

    @property
    def read(self) -> int:
        return self.last - self.first + sum(self.rejections.counts.values())


@dataclass(frozen=True, slots=True)
class Staged:
    """All rows of a call in order of file and row; columns of shape (rows,), codes into the tables below."""

    file: Codes
    row: Codes
    minute_precise: NDArray[np.bool_]
    ended: NDArray[np.int64]
    ms_played: Codes
    item: Codes
    context: Codes
    items: list[Item | Reason]
    contexts: list[Context]

    def __len__(self) -> int:
        return len(self.row)


class Staging:
    """Collects the files of a call. What was staged of a file that is refused half-way is dropped whole."""

    def __init__(self) -> None:
        self.files: list[StagedFile] = []
        self.rows = 0
        self._parts: list[tuple[Codes, NDArray[np.int64], Codes, Codes, Codes]] = []
        self.tables = Tables()
        self._mark = (0, 0)

    def begin(self, path: str, importer: Importer) -> StagedFile:
        """Open a file; end it with :meth:`keep` or :meth:`drop`."""
        self._mark = (len(self._parts), self.rows)
        return StagedFile(path, importer.name, importer.minute_precise, first=self.rows, last=self.rows)

    def add(self, columns: Columns) -> None:
        self._parts.append((columns.row, columns.ended, columns.ms_played, columns.item, columns.context))
        self.rows += len(columns)

    def keep(self, file: StagedFile) -> None:
        file.last = self.rows
        self.files.append(file)

    def drop(self) -> None:
        parts, self.rows = self._mark
        del self._parts[parts:]

    def staged(self) -> Staged:
        """The columns of all files kept; the parts they were made of are given up."""
        lengths = [file.last - file.first for file in self.files]
        columns = [
            self._joined(at, dtype) for at, dtype in enumerate((np.int32, np.int64, np.int32, np.int32, np.int32))
        ]
        self._parts.clear()
        row, ended, ms_played, item, context = columns
        return Staged(
            file=np.repeat(np.arange(len(lengths), dtype=np.int32), lengths),
            row=row,
            minute_precise=np.repeat(np.array([file.minute_precise for file in self.files], np.bool_), lengths),
            ended=ended,
            ms_played=ms_played,
            item=item,
            context=context,
            items=list(self.tables.items),
            contexts=list(self.tables.contexts),
        )

    def _joined(self, at: int, dtype: type) -> NDArray:  # type: ignore[type-arg]
        return np.concatenate([np.empty(0, dtype), *(part[at] for part in self._parts)])


def first_of_equal(ended: NDArray[np.int64], ms_played: Codes, track: Codes) -> NDArray[np.int64]:
    """For each row the position of the first row with the same end, length and track; shape (rows,).

    Only rows that share their second with another are compared: in a real history one in twenty.
    """
    first = np.arange(len(ended), dtype=np.int64)
    by_end = np.argsort(ended, kind="stable")
    sorted_ends = ended[by_end]
    twin = sorted_ends[1:] == sorted_ends[:-1]
    shared = by_end[np.append(twin, False) | np.append(False, twin)]
    order = shared[np.lexsort((shared, ms_played[shared], track[shared], ended[shared]))]
    if not len(order):
        return first
    key = np.stack((ended[order], ms_played[order], track[order]))
    begins = np.append(True, (key[:, 1:] != key[:, :-1]).any(axis=0))
    group_start = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    first[order] = order[group_start]
    return first
