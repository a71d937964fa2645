"""The sums of an import over its files, the same for the report of one and for what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class _File(Protocol):
    @property
    def read(self) -> int: ...

    @property
    def added(self) -> int: ...

    @property
    def duplicate(self) -> int: ...


class Sums:
    """Rows over all ``files``; ``read`` is the sum of the others and of those rejected."""

    __slots__ = ()
    files: Sequence[_File]

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files)

    @property
    def added(self) -> int:
        return sum(file.added for file in self.files)

    @property
    def duplicate(self) -> int:
        return sum(file.duplicate for file in self.files)
