"""The numbers that names have in the library file, and the codes they have in memory.

Numbers follow the order of arrival and never leave the file; codes follow the names' own order, so that equal libraries
load equal. A context (how a play began, ended and was heard) is numbered like a name: histories repeat few of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from tui_music.importers.columns import Context
from tui_music.library.history import Int32, Names
from tui_music.library.store import fetch

_TERMS = ("reason_start", "reason_end", "platform", "country")
_FLAGS = ("shuffle", "skipped", "offline", "incognito")


def next_id(connection: duckdb.DuckDBPyConnection, table: str, column: str = "id") -> int:
    return int(connection.execute(f"SELECT coalesce(max({column}), 0) + 1 FROM {table}").fetchall()[0][0])


def ids(
    connection: duckdb.DuckDBPyConnection, table: str, texts: Sequence[str | None], artists: Int32 | None = None
) -> Int32:
    """The number in ``table`` of each text (and its artist), new ones added; −1 for ``None``. Shape (texts,)."""
    seen: defaultdict[str | None, int] = defaultdict(count().__next__)
    key = np.fromiter(map(seen.__getitem__, texts), np.int64, len(texts))
    distinct = np.array(list(seen), object)
    column = "name" if table == "artist" else "uri" if table == "link" else "title"
    if artists is None:
        wanted, place = {column: distinct}, key
    else:  # names of an artist's: the two numbers as one
        pairs, place = np.unique(artists.astype(np.int64) << 32 | key, return_inverse=True)
        wanted = {"artist": (pairs >> 32).astype(np.int32), column: distinct[pairs & 0xFFFFFFFF]}
    named = wanted[column] != None  # noqa: E711 - element by element
    number = np.full(len(named), -1, np.int32)
    if named.any():
        number[named] = _numbered(connection, table, {name: values[named] for name, values in wanted.items()})
    return number[place]


def _numbered(connection: duckdb.DuckDBPyConnection, table: str, wanted: dict[str, NDArray[Any]]) -> Int32:
    """The numbers of distinct keys, new ones added. Shape (keys,)."""
    names = ", ".join(wanted)
    length = len(next(iter(wanted.values())))
    number = np.full(length, -1, np.int32)
    free = next_id(connection, table)
    if free > 1:
        connection.register("wanted", {"position": np.arange(length, dtype=np.int32), **wanted})
        found = fetch(connection, f"SELECT position, id FROM wanted JOIN {table} USING ({names})")
        connection.unregister("wanted")
        number[found["position"]] = found["id"]
    new = number < 0
    number[new] = np.arange(free, free + int(new.sum()), dtype=np.int32)
    connection.register("new", {"id": number[new], **{name: values[new] for name, values in wanted.items()}})
    connection.execute(f"INSERT INTO {table} SELECT id, {names} FROM new")
    connection.unregister("new")
    return number


def context_ids(connection: duckdb.DuckDBPyConnection, contexts: Sequence[Context]) -> Int32:
    """The number of each context, new ones added. Shape (contexts,)."""
    known = {Context(*fields): number for number, *fields in connection.execute("SELECT * FROM context").fetchall()}
    free = next_id(connection, "context")
    new = [context for context in dict.fromkeys(contexts) if context not in known]
    known.update(zip(new, range(free, free + len(new)), strict=True))
    columns: dict[str, NDArray[Any]] = {"id": np.arange(free, free + len(new), dtype=np.int32)}
    for name in Context._fields:
        values = [getattr(context, name) for context in new]
        columns[name] = _three(values) if name in _FLAGS else np.array(values, object)
    shown = (f"CASE {name} WHEN -1 THEN NULL ELSE {name} = 1 END" if name in _FLAGS else name for name in columns)
    if new:
        connection.register("new", columns)
        connection.execute(f"INSERT INTO context SELECT {', '.join(shown)} FROM new")
        connection.unregister("new")
    return np.array([known[context] for context in contexts], np.int32)


def _three(flags: Sequence[bool | None]) -> NDArray[np.int8]:
    """1 true, 0 false, −1 unknown."""
    return np.array([-1 if flag is None else int(flag) for flag in flags], np.int8)


def drop_unused(connection: duckdb.DuckDBPyConnection) -> None:
    """Remove the names that no sighting uses."""
    for table in ("track", "album", "artist", "link", "context"):
        connection.execute(f"DELETE FROM {table} t WHERE NOT EXISTS (FROM sighting s WHERE s.{table} = t.id)")


def read_names(connection: duckdb.DuckDBPyConnection, who: int) -> tuple[Names, dict[str, Int32]]:
    """The names that a listener's plays use; per table the code of each number (−1 where unused)."""

    def used(table: str, columns: str, joins: str, order: str) -> dict[str, NDArray[Any]]:
        return fetch(
            connection,
            f"SELECT t.id, {columns} FROM {table} t {joins} "
            f"WHERE t.id IN (SELECT {table} FROM play WHERE listener = ?) ORDER BY {order}",
            [who],
        )

    artists = used("artist", "t.name", "", "t.name")
    of_artist = "JOIN artist a ON a.id = t.artist"
    tracks = used("track", "t.title, t.artist", of_artist, "a.name, t.title")
    albums = used("album", "t.title, t.artist", of_artist, "a.name, t.title")
    codes = {"artist": _codes(artists["id"]), "track": _codes(tracks["id"]), "album": _codes(albums["id"])}
    terms = " UNION ".join(f"SELECT {name} AS text FROM context" for name in _TERMS)
    texts = fetch(
        connection, f"SELECT text FROM ({terms} UNION SELECT format FROM file) WHERE text IS NOT NULL ORDER BY 1"
    )
    names = Names(
        artists=artists["name"].tolist(),
        tracks=tracks["title"].tolist(),
        track_artist=codes["artist"][tracks["artist"]],
        albums=albums["title"].tolist(),
        album_artist=codes["artist"][albums["artist"]],
        terms=texts["text"].tolist(),
    )
    return names, codes


def _codes(numbers: NDArray[Any]) -> Int32:
    """By number the position in ``numbers``, −1 elsewhere; the last entry, too, so that number −1 has code −1."""
    codes = np.full(int(numbers.max(initial=0)) + 2, -1, np.int32)
    codes[numbers] = np.arange(len(numbers), dtype=np.int32)
    return codes


def read_contexts(connection: duckdb.DuckDBPyConnection, terms: Sequence[str]) -> dict[str, NDArray[Any]]:
    """By field, and then by number, a context's term as a code into ``terms``, or its flag; −1 where unknown."""
    rows = connection.execute("SELECT * FROM context").fetchall()
    numbers = [number for number, *_ in rows]
    code = {term: at for at, term in enumerate(terms)}
    fields: dict[str, NDArray[Any]] = {}
    for at, name in enumerate(Context._fields, 1):
        values = [row[at] for row in rows]
        said = _three(values) if name in _FLAGS else np.array([code.get(value, -1) for value in values], np.int32)
        fields[name] = np.full(max(numbers, default=0) + 1, -1, said.dtype)
        fields[name][numbers] = said
    return fields
