"""All accepted rows of an import as one set of columns, and which of them are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from tui_music.importers.columns import Columns, Context, Item
from tui_music.library.ordering import order_by
from tui_music.library.reading import FileRead, Reading, joined

Codes = NDArray[np.int32]
Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Staged:
    """Accepted rows in order of file and row; columns of shape (rows,).

    ``file`` is a position in ``files``; ``columns`` hold codes into ``items`` and ``contexts``, all of which occur.
    """

    files: Sequence[FileRead]
    file: Codes
    minute_precise: NDArray[np.bool_]
    columns: Columns
    items: list[Item]
    contexts: list[Context]

    def __len__(self) -> int:
        return len(self.columns)


def stage(reading: Reading) -> Staged:
    """The rows of all files that were read."""
    files = [fate for fate in reading.fates if isinstance(fate, FileRead)]
    lengths = [file.accepted for file in files]
    columns = joined([part for file in files for part in file.parts])
    items, item = _used(reading.items, columns.item)
    contexts, context = _used(reading.contexts, columns.context)
    return Staged(
        files,
        np.repeat(np.arange(len(files), dtype=np.int32), lengths),
        np.repeat(np.array([file.minute_precise for file in files], np.bool_), lengths),
        replace(columns, item=item, context=context),
        cast("list[Item]", items),  # rows of no item were rejected
        contexts,
    )


def _used(meanings: list[Meaning], codes: Codes) -> tuple[list[Meaning], Codes]:
    """The meanings that occur, and ``codes`` as positions among them."""
    occurs = np.bincount(codes, minlength=len(meanings)) > 0
    if occurs.all():
        return meanings, codes
    return list(compress(meanings, occurs)), (np.cumsum(occurs, dtype=np.int32) - np.int32(1))[codes]


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
