"""All accepted rows of an import as one set of columns, and which of them are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_music.importers.columns import Columns, Context, Item, Reason
from tui_music.library.ordering import order_by
from tui_music.library.reading import FileRead, Reading, joined

Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Staged:
    """Accepted rows in order of file and row; columns of shape (rows,).

    ``file`` is a position in ``files``; ``columns`` hold codes into ``items`` and ``contexts``.
    """

    files: Sequence[FileRead]
    file: Codes
    minute_precise: NDArray[np.bool_]
    columns: Columns
    items: list[Item | Reason]
    contexts: list[Context]

    def __len__(self) -> int:
        return len(self.columns)


def stage(reading: Reading) -> Staged:
    """The rows of all files that were read."""
    files = [fate for fate in reading.fates if isinstance(fate, FileRead)]
    lengths = [file.accepted for file in files]
    return Staged(
        files,
        np.repeat(np.arange(len(files), dtype=np.int32), lengths),
        np.repeat(np.array([file.minute_precise for file in files], np.bool_), lengths),
        joined([part for file in files for part in file.parts]),
        reading.items,
        reading.contexts,
    )


def first_of_equal(ended: NDArray[np.int64], ms_played: Codes, track: Codes) -> NDArray[np.int64]:
    """For each row the position of the first row with the same end, length and track; shape (rows,)."""
    order = order_by(ended, track, ms_played)
    begins = np.ones(len(order), np.bool_)
    begins[1:] = False
    for column in (ended, track, ms_played):
        begins[1:] |= column[order[1:]] != column[order[:-1]]
    start_of_group = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    first = np.empty(len(order), np.int64)
    first[order] = order[start_of_group]
    return first
