"""Replies of services, kept on disk with the time they were fetched: nothing is asked twice, and offline they remain.

diskcache keeps the file and writes it (:mod:`tui_music.services.disk`). It is read with a connection that writes
nothing, because opening diskcache always writes: a cache that is full, locked or read-only still answers. Nothing that
happens to the cache reaches the caller: without it the program is only slower, and :attr:`ReplyCache.trouble` says why.
"""

from __future__ import annotations

import errno
import re
import shutil
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tui_music.text import fold

if TYPE_CHECKING:
    from tui_music.services.disk import Writer

DAY = 86_400
#: Days for which it is remembered that a service knows no such thing.
NOT_FOUND_DAYS = 7
#: Last.fm asks for similar artists and charts to be kept at least a week…
CHART_DAYS = 7
CHARTS = ("similar", "top_")
#: …and for no more than 100 MB of its data to be kept. Covers, which are large, are held to as much.
CAPPED, CAP = ("lastfm", "coverart"), 100_000_000
#: Bytes that may be added before the sum is taken again.
_ROOM = 1_000_000
#: Seconds to wait for another process that writes, and until a cache that cannot be written is tried again.
PATIENCE, AGAIN = 1.0, 30.0
#: Replies looked up before the counts are written down.
_COUNTED = 100
_FILE = "cache.db"  # diskcache's name for it
#: What SQLite and diskcache raise over a file that is not theirs.
_FAILURES = (sqlite3.Error, OSError, ValueError, TypeError, LookupError, AttributeError, AssertionError)
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CacheKey:
    """What was asked. Names are folded, so that ``Björk`` and ``BJORK`` are one question; ids keep their dashes."""

    service: str
    method: str
    args: tuple[str, ...]
    limit: int | None = None

    def __post_init__(self) -> None:
        args = tuple(arg.lower() if _MBID.fullmatch(arg) else fold(arg) for arg in self.args)
        object.__setattr__(self, "args", args)


@dataclass(frozen=True, slots=True)
class Cached:
    """A reply as JSON (``null`` when the service knows no such thing), and when it was fetched, in UTC seconds."""

    payload: bytes
    fetched_at: int
    method: str

    @property
    def not_found(self) -> bool:
        return self.payload == b"null"


@dataclass(frozen=True, slots=True)
class CacheStats:
    """``hits`` were answered by a fresh reply, ``misses`` not; ``stale`` are the misses answered by an old reply after
    all. ``bytes`` is the size of the replies."""

    hits: int
    misses: int
    stale: int
    entries: int
    bytes: int


class _Kept(msgspec.Struct):
    """A value of the cache; the writer sorts by its beginning, so ``at`` must stay first."""

    at: int
    reply: msgspec.Raw


_decode = msgspec.json.Decoder(_Kept).decode


class ReplyCache:
    """Replies in ``folder``, fresh for ``fresh_days``. Nothing is opened before the first question, which may wait a
    second: not for the thread that draws. Threads and processes may share it."""

    def __init__(self, folder: Path, fresh_days: int = 30, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.fresh_days = folder.absolute(), fresh_days
        self.trouble: str | None = None
        self._clock = clock
        self._lock = threading.RLock()  # of the writer
        self._counting = threading.Lock()
        self._counted = Counter[str]()
        self._writer: Writer | None = None
        self._written: int | None = None  # the file that is open for writing, by inode
        self._room: dict[str, int] = {}  # bytes that may be added, by service
        self._write_again = self._read_again = 0.0

    def get(self, key: CacheKey) -> Cached | None:
        """The reply kept for ``key``, fresh or old; ``None`` if there is none. Counts a hit or a miss."""
        statement = "SELECT value FROM Cache WHERE key = ? AND raw = 1 AND mode = 1"
        row = next(self._rows(statement, _text(key)), None)
        found = self._cached(key.method, row[0]) if row else None
        self._count("hits" if found and self.fresh(found) else "misses")
        return found

    def fresh(self, cached: Cached, now: float | None = None) -> bool:
        """Whether a reply need not be fetched anew. One from the future is not fresh: a clock was wrong."""
        days = self.fresh_days
        if cached.not_found:
            days = NOT_FOUND_DAYS
        elif any(name in cached.method for name in CHARTS):
            days = max(days, CHART_DAYS)
        age = (self._clock() if now is None else now) - cached.fetched_at
        return -DAY < age < days * DAY

    def served_stale(self) -> None:
        """Count a reply that was served although it is old."""
        self._count("stale")

    def put(self, key: CacheKey, payload: bytes | None, fetched_at: int | None = None) -> None:
        """Keep a reply (JSON; ``None`` when the service knows no such thing) as fetched now, or when it was.

        Raises :class:`ValueError` for a payload that is no JSON.
        """
        self.put_all([(key, payload)], fetched_at)

    def put_all(self, replies: Iterable[tuple[CacheKey, bytes | None]], fetched_at: int | None = None) -> None:
        """Keep replies as :meth:`put` does, all or none; thousands of them in a tenth of a second."""
        at = int(self._clock()) if fetched_at is None else fetched_at
        values = [(key, _encoded(at, payload)) for key, payload in replies]
        added = Counter[str]()
        for key, value in values:
            added[key.service] += len(value)

        def keep(writer: Writer) -> None:
            for service in added.keys() & set(CAPPED):
                self._make_room(writer, service, added[service])
            writer.keep((_text(key), value, key.service) for key, value in values)

        self._write(keep)

    def each(self, method: str) -> Iterator[tuple[CacheKey, Cached]]:
        """All replies to ``method``, of whatever age, in the order of their keys."""
        start = msgspec.json.encode([method]).decode()[:-1]
        statement = "SELECT key, value FROM Cache WHERE key > ? AND key < ? AND raw = 1 AND mode = 1 ORDER BY key"
        for text, value in self._rows(statement, start + ",", start + "-"):
            key, cached = self._key(text), self._cached(method, value)
            if key and cached:
                yield key, cached

    def stats(self) -> CacheStats:
        counts = Counter[str](dict(self._rows("SELECT name, CAST(n AS INTEGER) FROM Counts")))
        with self._counting:
            counts += self._counted
        entries, size = next(self._rows("SELECT count(*), total(size) FROM Cache"), (0, 0))
        return CacheStats(counts["hits"], counts["misses"], counts["stale"], entries, int(size))

    def revision(self, *methods: str) -> int:
        """A number that changes whenever replies, to ``methods`` if any are named, are added or removed; 0 without a
        cache."""
        named = {"revision", *(f"revision {method}" for method in methods)}  # the first is another in every cache
        rows = self._rows("SELECT name, CAST(n AS INTEGER) FROM Counts WHERE name GLOB 'revision*'")
        return int(sum(n for name, n in rows if not methods or name in named))

    def clear(self) -> None:
        """Remove all replies, and a damaged cache that was moved aside."""
        with self._lock:
            self.close()
            self._counted.clear()
            for folder in (self.folder, self.aside):
                try:
                    shutil.rmtree(folder)
                except FileNotFoundError:
                    continue
                except OSError as problem:
                    self.trouble = f"{folder} cannot be removed: {problem.strerror or problem}."

    @property
    def refuses(self) -> bool:
        """Whether the last reply could not be kept; :attr:`trouble` says why."""
        return self._write_again > 0

    def close(self) -> None:
        """Write the counts down and let go of the file; it is opened again when needed."""
        with self._lock:
            self._keep_counts()
            self._release()

    @property
    def aside(self) -> Path:
        """Where a damaged cache is moved to."""
        return self.folder.with_name(f"{self.folder.name}.damaged")

    # Counts are kept over runs, but not at the price of a write for every reply that is read.

    def _count(self, name: str) -> None:
        with self._counting:
            self._counted[name] += 1
            due = self._counted.total() >= _COUNTED
        if due:
            self._keep_counts()

    def _keep_counts(self) -> None:
        def add(writer: Writer) -> None:
            with self._counting:
                counted, self._counted = self._counted, Counter()
            writer.add_counts(counted)

        if self._counted and _inode(self._file):
            self._write(add)

    # Reading

    @property
    def _file(self) -> Path:
        return self.folder / _FILE

    def _rows(self, statement: str, *parameters: object) -> Iterator[Any]:
        """Rows of a query; none where there is no cache, or none that can be read."""
        if time.monotonic() < self._read_again or not _inode(self._file):
            return
        alone = False
        try:
            connection, alone = self._reader()
            with closing(connection):
                yield from connection.execute(statement, parameters)
        except (sqlite3.Error, UnicodeError) as problem:  # the latter from SQLite's messages
            if _code(problem) == sqlite3.SQLITE_ERROR:
                return  # no such table: nothing was kept yet
            if _is_damage(problem) and not alone:
                self._move_aside()
            else:
                self._read_again = time.monotonic() + AGAIN
                self.trouble = f"The cache in {self.folder} {_why(problem)}; the program goes on without it."

    def _reader(self) -> tuple[sqlite3.Connection, bool]:
        """A connection that only reads; and whether SQLite had to be told that nobody writes meanwhile, which it needs
        to hear where it cannot make its own files beside the cache."""
        for how in ("mode=rw", "immutable=1"):
            uri = f"{self._file.as_uri()}?{how}"
            connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, check_same_thread=False)
            connection.text_factory = _decoded
            try:
                connection.execute("PRAGMA query_only = 1")
                connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
            except (sqlite3.Error, UnicodeError) as problem:
                connection.close()
                if how == "immutable=1" or _is_damage(problem) or _is_lock(problem):
                    raise
            else:
                break
        return connection, how == "immutable=1"

    def _cached(self, method: str, value: bytes) -> Cached | None:
        """``None`` for a value that is none of ours: it is fetched again and so replaced."""
        try:
            kept = _decode(value)
        except (ValueError, TypeError):
            self._unreadable()
            return None
        return Cached(bytes(kept.reply), kept.at, method)

    def _key(self, text: str) -> CacheKey | None:
        try:
            method, service, args, limit = msgspec.json.decode(text, type=tuple[str, str, tuple[str, ...], int | None])
        except ValueError:
            self._unreadable()
            return None
        return CacheKey(service, method, args, limit)

    def _unreadable(self) -> None:
        self.trouble = f"A reply in the cache in {self.folder} cannot be read; it is fetched again when needed."

    # Writing

    def _write(self, work: Callable[[Writer], None]) -> None:
        with self._lock:
            for _ in range(2):  # once more after damage was moved aside
                if time.monotonic() < self._write_again:
                    return
                try:
                    work(self._opened())
                except _FAILURES as problem:
                    if not (_is_damage(problem) and self._move_aside()):
                        self._write_again = time.monotonic() + AGAIN
                        self.trouble = f"The cache in {self.folder} {_why(problem)}; new replies are not kept."
                else:
                    if self._write_again:
                        self.trouble, self._write_again = None, 0.0
                    return

    def _opened(self) -> Writer:
        from tui_music.services.disk import Writer

        if self._writer and self._written != _inode(self._file):  # moved away or removed by somebody
            self._release()
        if not self._writer:
            self._writer, self._room = Writer(self.folder, PATIENCE), {}
            self._written = _inode(self._file)
        return self._writer

    def _release(self) -> None:
        if self._writer:
            self._writer.close()
        self._writer = None

    def _make_room(self, writer: Writer, service: str, size: int) -> None:
        room = self._room.get(service, 0) - size
        if room < 0:
            if writer.size_of(service) + size + _ROOM > CAP:
                writer.keep_newest(service, min(CAP * 9 // 10, CAP - size - _ROOM))
            room = _ROOM
        self._room[service] = room

    def _move_aside(self) -> bool:
        """Put a damaged cache out of the way, in place of one that was damaged before."""
        with self._lock:
            self._release()
            try:
                shutil.rmtree(self.aside, ignore_errors=True)
                self.folder.rename(self.aside)
            except OSError as problem:
                self.trouble = f"The cache in {self.folder} is damaged and cannot be moved away: {problem.strerror}."
                return False
            self.trouble = f"The cache of replies was damaged; it was moved to {self.aside}, and a new one is made."
            return True


def _is_damage(problem: Exception) -> bool:
    if isinstance(problem, sqlite3.Error):
        return _code(problem) in _DAMAGE
    return not isinstance(problem, OSError)


def _is_lock(problem: Exception) -> bool:
    return isinstance(problem, TimeoutError) or _code(problem) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(problem: Exception) -> int:
    return getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF


def _why(problem: Exception) -> str:
    if _is_lock(problem):
        return "is held by another program"
    if _code(problem) == sqlite3.SQLITE_FULL or getattr(problem, "errno", 0) in (errno.ENOSPC, errno.EDQUOT):
        return "has no room left on its disk"
    return f"cannot be used ({getattr(problem, 'strerror', None) or problem})"


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _decoded(text: bytes) -> str:
    return text.decode(errors="replace")


def _encoded(at: int, payload: bytes | None) -> bytes:
    reply = msgspec.json.decode(b"null" if payload is None else payload, type=msgspec.Raw)
    return msgspec.json.encode(_Kept(at, reply))


def _text(key: CacheKey) -> str:
    """Method first, so that all replies to a method lie side by side."""
    return msgspec.json.encode([key.method, key.service, key.args, key.limit]).decode()
