"""The one place that opens the library file.

DuckDB lets one process write and shuts all others out meanwhile, so a connection is opened for one piece of work and
closed after it, one at a time in this process; whoever finds the file held tries again for :data:`PATIENCE` seconds.
A new library is written under another name and takes its own when it is whole, so there is never half of one.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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
            raise self._missing()
        with _one_at_a_time, self._errors_named():
            connection = self._current(read_only=True)
            try:
                yield connection
            finally:
                connection.close()

    @contextmanager
    def writing(self, *, rewrite: bool = False, revises: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection inside one transaction: committed at the end with a new revision, rolled back on any exception.

        Makes the library if there is none; ``rewrite`` leaves nothing in the file of what was deleted; the revision
        stays for what ``revises`` no play, so that answers computed from the plays still hold. Raises
        :class:`LibraryBusy`, :class:`LibraryDamaged`, :class:`LibraryTooNew`, :class:`LibraryUnwritable`.
        """
        with _one_at_a_time, _owner_only(), self._errors_named():
            private_folder(self.path.parent)
            self._sweep()
            if not self.exists():
                with self._new() as connection, _transaction(connection, revises):
                    yield connection
                return
            connection = self._current(read_only=False, sealed=not rewrite)
            try:
                with _transaction(connection, revises):
                    yield connection
                if rewrite:
                    copy = self._beside("copy")
                    _copy(connection, copy)
                    copy.replace(self.path.resolve())
            finally:
                connection.close()

    def revision(self) -> int:
        """Counts the changes of the plays in the library; answers computed from one revision hold while it lasts."""
        with self.reading() as connection:
            return int(connection.execute("SELECT revision FROM meta").fetchall()[0][0])

    @contextmanager
    def _new(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to a new library that gets its name at the end, unless there is an exception."""
        unfinished = self._beside("new")
        connection = self._connect(unfinished, read_only=False)
        try:
            connection.execute(schema.TABLES)
            # libraries begin far apart, so that what is kept of one is never taken for another's
            connection.execute("INSERT INTO meta VALUES (?, ?)", [schema.VERSION, secrets.randbits(32) << 20])
            yield connection
            connection.execute("CHECKPOINT library")
            connection.close()
            if self.exists():
                raise LibraryBusy(f"{self.path} was made by another process meanwhile. Do it again.")
            unfinished.rename(self.path.resolve())
        finally:
            connection.close()
            self._sweep(os.getpid())

    def _beside(self, what: str) -> Path:
        return self.path.resolve().with_name(f".{self.path.name}.{what}-{os.getpid()}")

    def _sweep(self, own: int | None = None) -> None:
        """Remove what processes that were killed have left unfinished."""
        for stray in self.path.resolve().parent.glob(f".{self.path.name}.*-*"):
            process = re.search(r"-(\d+)(\.wal)?$", stray.name)
            if process and (int(process[1]) == own or not _runs(int(process[1]))):
                stray.unlink(missing_ok=True)

    def _current(self, *, read_only: bool, sealed: bool = True) -> duckdb.DuckDBPyConnection:
        """A connection to a library of this program's schema version, migrated if it was older."""
        connection = self._connect(self.path, read_only=read_only, sealed=sealed)
        try:
            older = self._version(connection) < schema.VERSION
        except BaseException:
            connection.close()
            raise
        if older:
            connection.close()
            self._migrate()
            connection = self._connect(self.path, read_only=read_only, sealed=sealed)
        return connection

    def _connect(self, path: Path, *, read_only: bool, sealed: bool = True) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return _attached(path, read_only=read_only, sealed=sealed)
            except duckdb.IOException as problem:
                if "Could not set lock" not in str(problem) or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def _migrate(self) -> None:
        """Bring an old library to this version, after a copy of it was set aside in ``backups``."""
        with _owner_only():
            connection = self._connect(self.path, read_only=False, sealed=False)
            try:
                version = self._version(connection)
                stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
                name = f"{self.path.stem}-schema{version}-{stamp}{self.path.suffix}"
                _copy(connection, private_folder(self.path.parent / "backups") / name)
                for step in range(version, schema.VERSION):
                    connection.execute("BEGIN")
                    schema.MIGRATIONS[step](connection)
                    connection.execute("UPDATE meta SET version = ?", [step + 1])
                    connection.execute("COMMIT")
            finally:
                connection.close()

    def _version(self, connection: duckdb.DuckDBPyConnection) -> int:
        if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'meta'").fetchall():
            raise LibraryDamaged(f"{self.path} is no library of tui-music. Move it away, or use --library DIR.")
        version = int(connection.execute("SELECT max(version) FROM meta").fetchall()[0][0])
        if version > schema.VERSION:
            raise LibraryTooNew(
                f"{self.path} was written by a newer tui-music (schema {version}, this one knows {schema.VERSION}). "
                "Update the program."
            )
        return version

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as problem:
            raise self._named(str(problem)) from problem
        except OSError as problem:
            raise LibraryUnwritable(
                f"{self.path} cannot be written: {problem.strerror}. Mend that, or choose another with --library DIR."
            ) from problem

    def _named(self, problem: str) -> Exception:
        said = problem.splitlines()[0].replace(f'file "{self.path}"', "it")[:200]
        if "Could not set lock" in problem:
            holder = re.search(r"held in (.+?) \(PID (\d+)\)", problem)
            who = f"process {holder[2]} ({Path(holder[1]).name})" if holder else "another process"
            return LibraryBusy(f"{self.path} is in use by {who}. Wait until it is done and try again.")
        if re.search(r"No space|[Dd]isk (is )?full|[Oo]ut of [Mm]emory|File too large|quota", problem):
            return LibraryUnwritable(f"{self.path}: no room to write ({said}). The library is as it was before.")
        if re.search(r"Permission denied|Read-only|read-only|Cannot open file", problem):
            return LibraryUnwritable(f"{self.path} cannot be opened: {said}. Check its owner and mode.")
        return LibraryDamaged(
            f"{self.path} cannot be read ({said}). "
            "Run tui-music doctor; move the file away and import again if it stays so."
        )

    def _missing(self) -> NoLibrary:
        return NoLibrary(f"There is no library at {self.path}. Import an export: tui-music import FILE.")


def fetch(
    connection: duckdb.DuckDBPyConnection, query: str, given: Sequence[object] | Mapping[str, object] = ()
) -> dict[str, NDArray[Any]]:
    """The answer of ``query`` as numpy columns by name."""
    return cast("dict[str, NDArray[Any]]", connection.execute(query, given).fetchnumpy())


@contextmanager
def _owner_only() -> Iterator[None]:
    """What is made meanwhile is open to the owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection, revises: bool) -> Iterator[None]:
    """One transaction that also counts the revision; an exception leaves it open, and closing rolls it back."""
    connection.execute("BEGIN")
    yield
    if revises:
        connection.execute("UPDATE meta SET revision = revision + 1")
    connection.execute("COMMIT")


def _copy(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write all that the library holds to a new file at ``path``."""
    path.unlink(missing_ok=True)
    connection.execute(f"ATTACH {_quoted(path)} AS twin (STORAGE_VERSION '{STORAGE_VERSION}')")
    connection.execute("COPY FROM DATABASE library TO twin")
    connection.execute("DETACH twin")


def _runs(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


def _quoted(path: Path) -> str:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise OSError(None, "its path is no text") from None
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
