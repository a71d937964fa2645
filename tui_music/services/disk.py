"""diskcache without what makes it dangerous: it runs what a planted pickle says, and can wait for a minute.

``JSONDisk`` is no help: it unpickles before it decodes, when the row says so (CVE-2025-69872).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from diskcache import UNKNOWN, Cache, Disk, Timeout

from tui_music.settings import private_folder

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

    def remove(self, file_path: object) -> None:
        """Nothing of ours is in a file; a row that names one may name any."""


#: Beside diskcache's tables: what was counted, and for each method, which a key begins with (``["top_tags",``), how
#: often its replies changed.
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS Counts (name TEXT PRIMARY KEY, n INTEGER NOT NULL)",
    *(
        f"CREATE TRIGGER IF NOT EXISTS Changed_{event} AFTER {event} ON Cache BEGIN"
        f" INSERT INTO Counts VALUES ('revision ' || substr({row}.key, 3, instr(substr({row}.key, 3), '\"') - 1), 1)"
        " ON CONFLICT (name) DO UPDATE SET n = n + 1; END"
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ),
)
#: What goes when the replies fetched last stay, as far as they fit in ? bytes. (A value starts with ``{"at":``.)
_OLDEST = """
    DELETE FROM Cache WHERE rowid IN (
        SELECT rowid FROM (
            SELECT rowid, sum(size) OVER (ORDER BY CAST(substr(value, 7, 12) AS INTEGER) DESC, rowid DESC) AS held
            FROM Cache WHERE tag = ?)
        WHERE held > ?)
"""


class Writer(Cache):  # type: ignore[misc]
    """The cache in ``folder``, made if missing, for its owner alone. Waits for other processes ``patience`` seconds.

    Every method raises what SQLite and diskcache raise over a file that is not theirs, and :class:`TimeoutError`.
    """

    def __init__(self, folder: Path, patience: float) -> None:
        self._patience = patience
        private_folder(folder)
        os.close(os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600))  # -wal and -shm take its mode
        for path, mode in ((folder, 0o700), *((each, 0o600) for each in folder.glob(f"{FILE}*"))):
            if path.stat().st_mode & 0o777 != mode:
                path.chmod(mode)
        with closing(sqlite3.connect(folder / FILE, timeout=patience, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")  # diskcache would try for 60 s
        super().__init__(str(folder), disk=PlainDisk, **_MINE)
        for statement in _SCHEMA:
            self._sql(statement)
        for name, n in {"hits": 0, "misses": 0, "stale": 0, "revision": time.time_ns() // 1000}.items():
            self._sql("INSERT OR IGNORE INTO Counts VALUES (?, ?)", (name, n))

    @property
    def _timeout(self) -> float:
        return self._patience

    @_timeout.setter
    def _timeout(self, _: float) -> None:
        """Cache sets 0 while it opens, and tries again for 60 s."""

    @property
    def _sql_retry(self) -> Any:
        return self._sql

    def keep(self, values: Iterable[tuple[str, bytes, str]]) -> None:
        """Key, value and service of each; all of them or none."""
        try:
            with self.transact():
                for key, value, service in values:
                    self.set(key, value, tag=service)
        except Timeout:
            raise TimeoutError("locked") from None

    def size_of(self, service: str) -> int:
        """Bytes of a service's replies."""
        ((size,),) = self._sql("SELECT total(size) FROM Cache WHERE tag = ?", (service,))
        return int(size)

    def keep_newest(self, service: str, limit: int) -> None:
        """Remove the replies of a service that were fetched first, until at most ``limit`` bytes are left."""
        self._sql(_OLDEST, (service, limit))

    def add_counts(self, counted: Mapping[str, int]) -> None:
        for name, n in counted.items():
            self._sql("UPDATE Counts SET n = n + ? WHERE name = ?", (n, name))
