"""Tables of tracks, read with DuckDB: which column is what, and how many cells are missing or cannot be.

A table is recognised by its header, never by its name. A row is only refused when it is no row; what is wrong with a
cell costs the cell.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from tui_music.errors import TableRefused
from tui_music.library.history import Float64

#: Numbers of a track with the least and the most they can be. Loudness is in dB, tempo in beats a minute (0 is what
#: Spotify says of tracks without a beat), key 0–11 from C (−1: not known), mode 1 major.
NUMBERS = {
    "danceability": (0.0, 1.0),
    "energy": (0.0, 1.0),
    "loudness": (-80.0, 10.0),
    "speechiness": (0.0, 1.0),
    "acousticness": (0.0, 1.0),
    "instrumentalness": (0.0, 1.0),
    "liveness": (0.0, 1.0),
    "valence": (0.0, 1.0),
    "tempo": (20.0, 300.0),
    "key": (0.0, 11.0),
    "mode": (0.0, 1.0),
    "duration_ms": (1_000.0, 86_400_000.0),
    "year": (1860.0, 2100.0),
    "popularity": (0.0, 100.0),
    "explicit": (0.0, 1.0),
}
#: How sound is told; without any of it a table is none of tracks.
SOUND = tuple(NUMBERS)[:12]
TEXTS = ("id", "title", "artist", "album", "genre")
FIELDS = (*TEXTS, *NUMBERS)

#: What fields are called in the tables people have.
_CALLED: dict[str, tuple[str, ...]] = {
    "id": ("track_id", "id", "spotify_id", "track uri", "uri"),
    "title": ("track_name", "title", "name", "track name"),
    "artist": ("artists", "artist_name", "track_artist", "artist", "artist name(s)"),
    "album": ("album_name", "track_album_name", "album", "album name"),
    "genre": ("track_genre", "genre", "playlist_genre", "genres"),
    "duration_ms": ("duration_ms", "duration (ms)", "track duration (ms)"),
    "year": ("year", "release_date", "track_album_release_date", "album release date"),
    "popularity": ("popularity", "track_popularity"),
}
#: A finer genre beside the first one.
_FINER = "playlist_subgenre"
#: The well-known tables, by columns that only they have.
_KNOWN = (
    ("Spotify tracks, 114,000", {"track_id", "artists", "album_name", "track_genre"}),
    ("Spotify tracks, 170,000", {"id", "name", "artists", "year", "release_date", "popularity"}),
    ("Spotify tracks, 586,000", {"id", "name", "artists", "id_artists", "popularity"}),
    ("Spotify tracks, 1,160,000", {"artist_name", "track_name", "track_id", "genre", "time_signature"}),
    ("Spotify tracks, 1,200,000", {"id", "name", "album_id", "artist_ids", "track_number"}),
    ("TidyTuesday Spotify songs", {"track_id", "track_artist", "playlist_genre", "playlist_subgenre"}),
)
_LONGEST_HEADER = 1 << 20
#: Characters; what is longer is no name.
LONGEST_NAME = 1_000
_SEPARATOR = "\x1f"
_ID = re.compile(r"(?:spotify:track:|https?://open\.spotify\.com/(?:intl-\w+/)?track/)?([0-9A-Za-z]{22})(?:\?.*)?")

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Cells:
    """What was amiss with a column of a table: cells without a value, and cells with one that cannot be."""

    missing: int
    impossible: int


@dataclass(frozen=True, repr=False, eq=False)
class Table:
    """Rows of one file that name a track. ``rejected`` counts the others by reason; ``read`` is all of them.

    ``texts`` has an object array of shape (rows,) for each of ``TEXTS`` ("" where missing), artists and genres being
    apart by U+001F; ``numbers`` is float64 of shape (rows, NUMBERS), nan where missing or impossible.
    """

    name: str
    format: str
    read: int
    rejected: dict[str, int]
    cells: dict[str, Cells]
    texts: dict[str, Texts]
    numbers: Float64

    def __len__(self) -> int:
        return len(self.numbers)


def spotify_id(text: str) -> str:
    """The 22 characters of a Spotify track, from its id, URI or page; "" for anything else."""
    found = _ID.fullmatch(text.strip())
    return found[1] if found else ""


def read_table(path: Path, mapped: Mapping[str, str] | None = None) -> Table:
    """Read a CSV or Parquet file. ``mapped`` says which column a field is, where the header does not.

    Raises :class:`TableRefused` for what is no table of tracks.
    """
    with _connect() as connection:
        try:
            scan, given, header = _opened(connection, path)
            columns = _recognised(path, header, mapped or {})
            cursor = connection.execute(_query(connection, scan, given, columns), given)
            found: dict[str, Any] = cursor.fetchnumpy()
            refused = _refused(connection) if "read_csv" in scan else {}
        except (duckdb.Error, MemoryError) as problem:
            raise TableRefused(f"{path} cannot be read as a table ({_brief(problem)}).") from None
    return _table(path, _format(header), found, refused, columns)


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "temp_directory": ""},
    )
    connection.execute("SET enable_progress_bar = false")  # it would be drawn on stdout
    return connection


def _opened(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, list[str], dict[str, str]]:
    """How the file is scanned, and its header: each column's name, in lower case, and what it is called in the scan."""
    try:
        with path.open("rb") as file:
            start = file.read(_LONGEST_HEADER)
    except OSError as problem:
        raise TableRefused(f"{path} cannot be read: {problem.strerror}.") from None
    pattern = re.sub(r"[*?\[]", r"[\g<0>]", str(path))
    if start.startswith(b"PAR1"):
        scan = "read_parquet(?)"
        found = connection.execute(f"SELECT * FROM {scan} LIMIT 0", [pattern]).description or []
        called = [str(name) for name, *_ in found]
        return scan, [pattern], _named(called, called)
    line = start.split(b"\n", 1)[0]
    try:
        text = line.decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError:
        text = ""
    if not text.strip() or "\0" in text or len(line) == _LONGEST_HEADER:
        raise TableRefused(f"{path} is no table: it does not begin with a line of column names in UTF-8.")
    delimiter = max(",\t;", key=text.count)
    names = next(csv.reader([text], delimiter=delimiter))
    plain = [f"c{place}" for place in range(len(names))]
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in plain)
    scan = (
        f"read_csv(?, auto_detect = false, columns = {{{columns}}}, header = true, delim = '{delimiter}', "
        """quote = '"', escape = '"', ignore_errors = true, store_rejects = true, rejects_limit = 0)"""
    )
    return scan, [pattern], _named(names, plain)


def _named(names: Sequence[str], called: Sequence[str]) -> dict[str, str]:
    """Of columns with the same name the first one counts."""
    header: dict[str, str] = {}
    for name, call in zip(names, called, strict=True):
        header.setdefault(name.strip().lower(), call)
    return header


def _recognised(path: Path, header: Mapping[str, str], mapped: Mapping[str, str]) -> dict[str, str]:
    """The column of each field that has one."""
    for field, column in mapped.items():
        if field not in FIELDS:
            raise TableRefused(f"There is no field {field!r} to map. Known: {', '.join(FIELDS)}.")
        if column.strip().lower() not in header:
            raise TableRefused(f"{path} has no column {column!r}. It has: {', '.join(header)[:300]}.")
    columns = {}
    for field in FIELDS:
        names = (mapped[field].strip().lower(),) if field in mapped else _CALLED.get(field, (field,))
        if found := next((name for name in names if name in header), None):
            columns[field] = header[found]
    if missing := {"title", "artist"} - set(columns):
        raise TableRefused(
            f"{path} is no table of tracks that is known: no column is the {' or '.join(sorted(missing))}. "
            f"Say which, such as --map title=COLUMN. It has: {', '.join(header)[:300]}."
        )
    if not set(columns) & set(SOUND):
        raise TableRefused(f"{path} says nothing of how tracks sound: no column such as {', '.join(SOUND[:3])}.")
    if "genre" in columns and _FINER in header and "genre" not in mapped:
        columns[_FINER] = header[_FINER]
    return columns


def _format(header: Mapping[str, str]) -> str:
    return next((name for name, own in _KNOWN if own <= set(header)), "table of tracks")


def _query(connection: duckdb.DuckDBPyConnection, scan: str, given: Sequence[str], columns: Mapping[str, str]) -> str:
    kinds = {
        str(name): str(kind)
        for name, kind, *_ in connection.execute(f"SELECT * FROM {scan} LIMIT 0", given).description or []
    }
    parts = []
    for field, column in columns.items():
        quoted = '"' + column.replace('"', '""') + '"'
        listed = kinds.get(column, "").lower() in ("list", "varchar[]")
        text = f"array_to_string({quoted}, chr(31))" if listed else f"CAST({quoted} AS VARCHAR)"
        if field in NUMBERS:
            parts.append(f"{_number(field, text)} AS {field}")
        else:
            parts.append(f"coalesce({text}, '') AS {field}")
    return f"SELECT {', '.join(parts)} FROM {scan}"


def _number(field: str, text: str) -> str:
    """SQL of a number: NULL where missing, nan where there is none in the text."""
    if field == "year":
        text = f"substr(trim({text}), 1, 4)"
    elif field in ("explicit", "mode"):
        text = (
            f"CASE lower(trim({text})) WHEN 'true' THEN '1' WHEN 'false' THEN '0' WHEN 'major' THEN '1' "
            f"WHEN 'minor' THEN '0' ELSE {text} END"
        )
    unknown = "('', '-1', '-1.0')" if field == "key" else "('', 'nan')"
    return (
        f"CASE WHEN {text} IS NULL OR lower(trim({text})) IN {unknown} THEN NULL "
        f"ELSE coalesce(TRY_CAST({text} AS DOUBLE), 'nan'::DOUBLE) END"
    )


def _refused(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = connection.execute(
        "SELECT lower(error_type), count(*) FROM (SELECT line, min(error_type) AS error_type FROM reject_errors "
        "GROUP BY line) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {f"no row: {reason}": int(count) for reason, count in found}


def _brief(problem: BaseException) -> str:
    return re.sub(r"\s+", " ", str(problem))[:160] or type(problem).__name__


def _table(
    path: Path, kind: str, found: Mapping[str, Any], refused: Mapping[str, int], columns: Mapping[str, str]
) -> Table:
    rows = len(found["title"])
    texts: dict[str, Texts] = {}
    for field in TEXTS:
        texts[field] = _texts(found[field]) if field in columns else np.full(rows, "", object)
    texts["id"] = _each(spotify_id, texts["id"])
    texts["artist"] = _each(lambda text: _artists(text, apart=kind == _KNOWN[0][0]), texts["artist"])
    texts["genre"] = _each(_genres, texts["genre"])
    if _FINER in columns:
        finer = _each(_genres, _texts(found[_FINER]))
        texts["genre"] = texts["genre"] + np.where((finer != "") & (texts["genre"] != ""), _SEPARATOR, "") + finer
    numbers, cells = np.full((rows, len(NUMBERS)), np.nan), {}
    for place, (field, (low, high)) in enumerate(NUMBERS.items()):
        if field not in columns:
            continue
        missing = np.ma.getmaskarray(found[field])
        value = np.ma.filled(found[field], np.nan).astype(np.float64)
        impossible = ~missing & ~((value >= low) & (value <= high))
        numbers[:, place] = np.where(missing | impossible, np.nan, value)
        cells[field] = Cells(int(missing.sum()), int(impossible.sum()))
    wrong = Counter(refused)
    keep = np.ones(rows, np.bool_)
    for reason, bad in (
        ("no title", texts["title"] == ""),
        ("no artist", texts["artist"] == ""),
        ("name too long", _longer(texts["title"]) | _longer(texts["artist"])),
    ):
        wrong[reason] += int((keep & bad).sum())
        keep &= ~bad
    rejected = {reason: count for reason, count in sorted(wrong.items()) if count}
    read = rows + sum(refused.values())
    return Table(path.name, kind, read, rejected, cells, {f: text[keep] for f, text in texts.items()}, numbers[keep])


def _texts(column: Any) -> Texts:
    return _each(str.strip, np.ma.filled(column, "").astype(object))


def _each(change: Any, texts: Texts) -> Texts:
    out = np.empty(len(texts), object)
    out[:] = [change(text) for text in texts]
    return out


def _longer(texts: Texts) -> NDArray[np.bool_]:
    return np.fromiter((len(text) > LONGEST_NAME for text in texts), np.bool_, len(texts))


def _artists(text: str, *, apart: bool) -> str:
    """Credited artists apart by U+001F: from a Python or JSON list, a list of Parquet's, or a text with ``;``."""
    if text.startswith("[") and text.endswith("]") and len(text) <= 10 * LONGEST_NAME:
        inside = text[2:-2]
        if text.startswith("['") and text.endswith("']") and not re.search(r"[\"\\']", inside.replace("', '", "")):
            return _joined(inside.split("', '"))
        try:
            listed = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return text
        return _joined(listed) if isinstance(listed, list) and all(isinstance(each, str) for each in listed) else text
    return _joined(text.split(";")) if apart and ";" in text else text.strip(_SEPARATOR)


def _joined(parts: Sequence[str]) -> str:
    return _SEPARATOR.join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _genres(text: str) -> str:
    if text.startswith("["):
        text = _artists(text, apart=False)
    return _joined([part.lower() for part in re.split(rf"[;,{_SEPARATOR}]", text)])
