"""diskcache without what makes it dangerous: it runs what a planted pickle says, and can wait for a minute.

``JSONDisk`` is no help: it unpickles before it decodes, when the row says so (CVE-2025-69872).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from diskcache import UNKNOWN, Cache, Disk, Timeout

FILE = "cache.db"
_RAW = 1  # diskcache's mode of a value that stands in the row as it is
_MINE = {
    "eviction_policy": "none",
    "cull_limit": 0,
    "statistics": 0,
    "tag_index": 0,
    "sqlite_mmap_size": 0,  # a mapped file that another process cuts short would end the program
}


class PlainDisk(Disk):  # type: ignore[misc]  # diskcache is untyped
    """Keys are text and values bytes, both in the row; anything else is refused with :class:`ValueError`."""

    def put(self, key: object) -> tuple[str, bool]:
        if not isinstance(key, str):
            raise ValueError(f"a key of the cache must be text, not {type(key).__name__}")
        return key, True

    def get(self, key: object, raw: object) -> str:
        if not raw or not isinstance(key, str):
            raise ValueError("a key in the cache is no text")
        return key

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> tuple[int, int, None, bytes]:
        if not isinstance(value, bytes):
            raise ValueError(f"a value of the cache must be bytes, not {type(value).__name__}")
        return len(value), _RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> bytes:
        if mode != _RAW or not isinstance(value, bytes):
            raise ValueError("a value in the cache is no plain bytes")
        return value


class Writer(Cache):  # type: ignore[misc]
    """The cache in ``folder``, opened to be written to. Waits for other processes ``patience`` seconds at a time.

    Raises whatever SQLite and diskcache raise over a file that is not theirs, and :class:`TimeoutError`.
    """

    def __init__(self, folder: Path, patience: float) -> None:
        self._patience = patience
        with closing(sqlite3.connect(folder / FILE, timeout=patience, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")  # diskcache tries some statements for 60 s: not when it is locked
        super().__init__(str(folder), disk=PlainDisk, **_MINE)

    @property
    def _timeout(self) -> float:
        return self._patience

    @_timeout.setter
    def _timeout(self, _: float) -> None:
        """Cache sets 0 while it opens, and tries again for 60 s."""

    @property
    def _sql_retry(self) -> Any:
        return self._sql

    def keep(self, key: str, value: bytes, tag: str) -> None:
        try:
            self.set(key, value, tag=tag)
        except Timeout:
            raise TimeoutError("locked") from None

    def run(self, statement: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Rows of one statement, which is its own transaction."""
        return list(self._sql(statement, parameters))
