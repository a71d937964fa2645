"""What is in the library file: listeners, their histories, and the account of every import."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from tui_music.errors import NoLibrary, NotFound
from tui_music.importers.columns import Reason
from tui_music.library.history import History, Int32
from tui_music.library.names import drop_unused, read_contexts, read_names
from tui_music.library.ordering import order_by
from tui_music.library.store import Store, fetch
from tui_music.library.sums import Sums


@dataclass(frozen=True, slots=True)
class Listener:
    """A person whose plays are in the library. ``first``, ``last``: UTC seconds of ends, ``None`` without plays."""

    name: str
    plays: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One file of an import: ``read == added + duplicate + rejected``."""

    id: int
    path: str
    format: str
    read: int
    added: int
    duplicate: int
    rejected: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class Batch(Sums):
    """One import. ``imported_at`` is UTC seconds."""

    id: int
    imported_at: int
    listener: str
    files: tuple[BatchFile, ...]

    @property
    def rejected(self) -> int:
        return sum(file.rejected for file in self.files)


@dataclass(frozen=True, slots=True)
class RejectedReason:
    """How many rows were rejected for a reason, with the first of them as an example."""

    reason: Reason
    rows: int
    file: str
    row: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One rejected row; ``excerpt`` is empty beyond the first thousand of a file and reason."""

    file: str
    row: int
    reason: Reason
    excerpt: str


class Library(Store):
    """The library file at ``path``. Every method opens it, asks, and closes it again; errors are those of the store."""

    def listeners(self) -> list[Listener]:
        """Everybody with plays or imports, most plays first."""
        with self.reading() as connection:
            return _listeners(connection)

    def load(self, listener: str | None = None) -> History:
        """The whole history of ``listener`` (else of whoever has most plays). Raises :class:`NotFound`.

        1,000,000 plays take about half a second and 50 MB. Codes follow the names' order: equal libraries load equal.
        """
        with self.reading() as connection:
            known = _listeners(connection)
            if not known:
                raise NoLibrary(f"There is nobody in the library at {self.path}. Import: tui-music import FILE.")
            name = listener or known[0].name
            if name not in {each.name for each in known}:
                names = ", ".join(each.name for each in known[:10])
                raise NotFound(f"There is no listener {name!r} in the library. Listeners: {names}.")
            return _load(connection, name)

    def forget(self, listener: str) -> int:
        """Remove a listener with all plays, imports and verdicts; returns how many plays. Raises :class:`NotFound`.

        The file is written anew, so that no name stays behind in it.
        """
        with self.writing(rewrite=True) as connection:
            who = number_of(connection, listener)
            plays = int(connection.execute("SELECT count(*) FROM play WHERE listener = ?", [who]).fetchall()[0][0])
            files = "SELECT file.id FROM file JOIN batch ON batch.id = file.batch WHERE batch.listener = $who"
            for table in ("rejection", "rejection_count"):
                connection.execute(f"DELETE FROM {table} WHERE file IN ({files})", {"who": who})
            connection.execute(f"DELETE FROM file WHERE id IN ({files})", {"who": who})
            for table in ("sighting", "batch", "journal", "passed"):
                connection.execute(f"DELETE FROM {table} WHERE listener = ?", [who])
            connection.execute("DELETE FROM listener WHERE id = ?", [who])
            drop_unused(connection)
        return plays

    def batches(self) -> list[Batch]:
        """Every import, newest first."""
        with self.reading() as connection:
            batches = connection.execute(
                "SELECT batch.id, imported_at, name FROM batch JOIN listener ON listener.id = batch.listener "
                "ORDER BY batch.id DESC"
            ).fetchall()
            files = connection.execute(
                "SELECT batch, id, path, format, read, added, duplicate, rejected, unmatched FROM file ORDER BY id"
            ).fetchall()
        of_batch: dict[int, list[BatchFile]] = {}
        for batch, *file in files:
            of_batch.setdefault(batch, []).append(BatchFile(*file))
        return [Batch(number, at, name, tuple(of_batch.get(number, ()))) for number, at, name in batches]

    def rejections(self, batch: int | None = None) -> list[RejectedReason]:
        """Rejected rows by reason, of one import or of all, most first."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT c.reason, sum(c.rows)::BIGINT AS rows, "
                "arg_min(file.path, (file.id, r.row)), arg_min(r.row, (file.id, r.row)), "
                "arg_min(coalesce(r.excerpt, ''), (file.id, r.row)) "
                "FROM rejection_count c JOIN file ON file.id = c.file "
                "LEFT JOIN (SELECT file, reason, min(row) AS row, arg_min(excerpt, row) AS excerpt "
                "           FROM rejection GROUP BY file, reason) r ON r.file = c.file AND r.reason = c.reason "
                "WHERE ? IS NULL OR file.batch = ? GROUP BY c.reason ORDER BY rows DESC, c.reason",
                [batch, batch],
            ).fetchall()
        return [RejectedReason(Reason(reason), *rest) for reason, *rest in rows]

    def rejected_rows(
        self, reason: Reason | None = None, batch: int | None = None, offset: int = 0, limit: int = 500
    ) -> list[RejectedRow]:
        """A page of rejected rows in order of import, file and row."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT path, row, reason, coalesce(excerpt, '') FROM rejection JOIN file ON file.id = rejection.file "
                "WHERE ($reason IS NULL OR reason = $reason) AND ($batch IS NULL OR batch = $batch) "
                "ORDER BY file.id, row LIMIT $limit OFFSET $offset",
                {
                    "reason": reason.value if reason else None,
                    "batch": batch,
                    "limit": limit,
                    "offset": offset,
                },
            ).fetchall()
        return [RejectedRow(path, row, Reason(why), excerpt) for path, row, why, excerpt in rows]


def number_of(connection: duckdb.DuckDBPyConnection, listener: str) -> int:
    """The number a listener has in the library file. Raises :class:`NotFound`."""
    found = connection.execute("SELECT id FROM listener WHERE name = ?", [listener]).fetchall()
    if not found:
        raise NotFound(f"There is no listener {listener!r} in the library.")
    return int(found[0][0])


def _listeners(connection: duckdb.DuckDBPyConnection) -> list[Listener]:
    rows = connection.execute(
        "SELECT name, count(play), min(ended), max(ended) FROM listener "
        "LEFT JOIN play ON play.listener = listener.id GROUP BY name ORDER BY count(play) DESC, name"
    ).fetchall()
    return [Listener(*row) for row in rows]


_CODED = ("artist", "track", "album")


def _load(connection: duckdb.DuckDBPyConnection, listener: str) -> History:
    revision = int(connection.execute("SELECT revision FROM meta").fetchall()[0][0])
    who = number_of(connection, listener)
    names, codes = read_names(connection, who)
    coded = ", ".join(f"coalesce({name}, -1)::INTEGER AS {name}" for name in _CODED)
    columns = fetch(
        connection,
        f"SELECT ended - (ms_played + 999) // 1000 AS start, ms_played, kind, minute_precise, {coded}, context, file "
        "FROM sighting WHERE chosen AND listener = ?",
        [who],
    )
    for name in _CODED:
        columns[name] = codes[name][columns[name]]
    context, file = columns.pop("context"), columns.pop("file")
    for name, said in read_contexts(connection, names.terms).items():
        columns[name] = said[context]
    columns["source"] = _formats(connection, names.terms)[file]
    order = order_by(*(columns[name] for name in ("start", "track", "ms_played", "minute_precise", "kind")))
    for name in list(columns):
        columns[name] = columns[name][order]
    return History(listener=listener, revision=revision, names=names, **columns)


def _formats(connection: duckdb.DuckDBPyConnection, terms: list[str]) -> Int32:
    """By number of a file the code of its format."""
    files = dict(connection.execute("SELECT id, format FROM file").fetchall())
    code = {term: at for at, term in enumerate(terms)}
    return np.array([code.get(files.get(file, ""), -1) for file in range(max(files, default=0) + 1)], np.int32)
