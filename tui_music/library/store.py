"""The one place that opens the library file.

DuckDB lets one process write and shuts all others out meanwhile, so a connection is opened for one piece of work and
closed after it, one at a time in this process; whoever finds the file held tries again for :data:`PATIENCE` seconds.
"""

from __future__ import annotations

import os
import re
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import duckdb
from numpy.typing import NDArray

from tui_music.errors import LibraryBusy, LibraryDamaged, LibraryTooNew, LibraryUnwritable, NoLibrary
from tui_music.library import schema
from tui_music.settings import private_folder

#: Seconds to wait for another process that holds the file.
PATIENCE = 10.0
#: The format of the oldest DuckDB allowed, so that every version allowed can read what any of them wrote.
STORAGE_VERSION = "v1.4.0"
MEMORY_LIMIT = "512MB"
_one_at_a_time = threading.RLock()


class Store:
    """The library file at ``path``; it need not exist before something is written."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self.path, self.patience = path, patience

    def exists(self) -> bool:
        return self.path.exists()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to read with. Raises :class:`NoLibrary` and the errors of :meth:`writing`."""
        if not self.exists():
            raise NoLibrary(f"There is no library at {self.path}. Import an export: tui-music import FILE.")
        with _one_at_a_time:
            connection = self._current(read_only=True)
            try:
                yield connection
            except duckdb.Error as problem:
                raise self._named(problem) from problem
            finally:
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection inside one transaction: committed at the end with a new revision, rolled back on any exception.

        Makes the library if there is none. Raises :class:`LibraryBusy`, :class:`LibraryDamaged`,
        :class:`LibraryTooNew`, :class:`LibraryUnwritable`.
        """
        with _one_at_a_time:
            before = os.umask(0o077)
            try:
                try:
                    private_folder(self.path.parent)
                except OSError as problem:
                    raise self._unwritable(problem) from problem
                connection = self._current(read_only=False)
                try:
                    self._prepare(connection)
                    connection.execute("BEGIN")
                    yield connection
                    connection.execute("UPDATE meta SET revision = revision + 1")
                    connection.execute("COMMIT")
                except duckdb.Error as problem:
                    raise self._named(problem) from problem
                finally:
                    connection.close()
            finally:
                os.umask(before)

    def revision(self) -> int:
        """Counts the changes of the library; answers computed from one revision hold while it lasts."""
        with self.reading() as connection:
            return int(connection.execute("SELECT revision FROM meta").fetchall()[0][0])

    def _current(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        """A connection to a library of this program's schema version, migrated if it was older."""
        connection = self._connect(read_only=read_only)
        if _is_made(connection) and self._version(connection) < schema.VERSION:
            connection.close()
            self._migrate()
            connection = self._connect(read_only=read_only)
        return connection

    def _connect(self, *, read_only: bool, sealed: bool = True) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return _attached(self.path, read_only=read_only, sealed=sealed)
            except duckdb.Error as problem:
                held = "lock" in str(problem) and isinstance(problem, duckdb.IOException)
                if not held or time.monotonic() > deadline:
                    raise self._named(problem) from problem
            time.sleep(0.05)

    def _prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the tables of a new library; bring an old one to this version."""
        if not _is_made(connection):
            connection.execute("BEGIN")
            connection.execute(schema.TABLES)
            connection.execute("INSERT INTO meta VALUES (?, ?, 0)", [schema.VERSION, str(uuid.uuid4())])
            connection.execute("COMMIT")
        version = self._version(connection)
        for step in range(version, schema.VERSION):
            connection.execute("BEGIN")
            schema.MIGRATIONS[step](connection)
            connection.execute("UPDATE meta SET version = ?", [step + 1])
            connection.execute("COMMIT")

    def _migrate(self) -> None:
        """Bring an old library to this version, after a copy of it was set aside in ``backups``."""
        before = os.umask(0o077)
        try:
            connection = self._connect(read_only=False, sealed=False)
            try:
                stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
                name = f"{self.path.stem}-schema{self._version(connection)}-{stamp}{self.path.suffix}"
                backup = private_folder(self.path.parent / "backups") / name
                connection.execute(f"ATTACH {_quoted(backup)} AS backup (STORAGE_VERSION '{STORAGE_VERSION}')")
                connection.execute("COPY FROM DATABASE library TO backup")
                connection.execute("DETACH backup")
                self._prepare(connection)
            finally:
                connection.close()
        except duckdb.Error as problem:
            raise self._named(problem) from problem
        finally:
            os.umask(before)

    def _version(self, connection: duckdb.DuckDBPyConnection) -> int:
        version = int(connection.execute("SELECT version FROM meta").fetchall()[0][0])
        if version > schema.VERSION:
            raise LibraryTooNew(
                f"{self.path} was written by a newer tui-music (schema {version}, this one knows {schema.VERSION}). "
                "Update the program."
            )
        return version

    def _named(self, problem: duckdb.Error) -> Exception:
        text = str(problem)
        if "lock" in text and isinstance(problem, duckdb.IOException):
            holder = re.search(r"held in (.+?) \(PID (\d+)\)", text)
            who = f"process {holder.group(2)} ({os.path.basename(holder.group(1))})" if holder else "another process"
            return LibraryBusy(f"{self.path} is being written by {who}. Wait until it is done and try again.")
        if re.search(r"No space|Disk full|disk is full|Out of Memory|out of memory|File too large", text):
            return LibraryUnwritable(
                f"{self.path}: no room to write ({text.splitlines()[0][:120]}). The library is as it was before."
            )
        if re.search(r"Permission denied|Read-only|read-only|Cannot open file", text):
            return LibraryUnwritable(
                f"{self.path} cannot be opened: {text.splitlines()[0][:160]}. Check its owner and mode."
            )
        return LibraryDamaged(
            f"{self.path} cannot be read ({text.splitlines()[0][:160]}). "
            f"Run tui-music doctor; move the file away and import again if it stays so."
        )

    def _unwritable(self, problem: OSError) -> LibraryUnwritable:
        return LibraryUnwritable(
            f"{self.path.parent} cannot be made: {problem.strerror}. Choose another with --library DIR."
        )


def fetch(
    connection: duckdb.DuckDBPyConnection, query: str, given: Sequence[object] | Mapping[str, object] = ()
) -> dict[str, NDArray[Any]]:
    """The answer of ``query`` as numpy columns by name."""
    return cast("dict[str, NDArray[Any]]", connection.execute(query, given).fetchnumpy())


def _is_made(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'meta'").fetchall())


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _attached(path: Path, *, read_only: bool, sealed: bool) -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB with the library attached; ``sealed``: no other file is within its reach."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": "",
            "threads": str(min(4, os.cpu_count() or 1)),
        },
    )
    try:
        options = "READ_ONLY" if read_only else f"STORAGE_VERSION '{STORAGE_VERSION}'"
        connection.execute(f"ATTACH {_quoted(path)} AS library ({options})")
        connection.execute("USE library")
        if sealed:
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection
