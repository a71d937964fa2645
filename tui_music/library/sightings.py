"""Storing rows as sightings of plays: names get numbers, equal rows find each other, the richest lends its fields.

Second-precise rows with the same end, track and length witness one play. A minute-precise row witnesses the
second-precise play of its minute, track and length; of several equal ones in one file the n-th stands for the n-th such
play, and those left over are plays of their own. All of it is a function of the set of files, so the order of imports
does not matter.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from tui_music.library.names import context_ids, ids, next_id
from tui_music.library.reading import FileRead
from tui_music.library.staging import Staged, first_of_equal
from tui_music.library.store import fetch

#: What a sighting says of its play besides when, how long and which track; the play takes it over from the chosen one.
_SAID = ("kind", "album", "link", "context")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Per file: rows that added a play, and minute-precise rows without a partner; the number of the batch."""

    added: list[int]
    unmatched: list[int]
    batch: int | None


def add(connection: duckdb.DuckDBPyConnection, staged: Staged, listener: str) -> Outcome:
    """Store ``staged`` as a batch of ``listener``, inside the caller's transaction."""
    who = _listener(connection, listener)
    batch = next_id(connection, "batch")
    first_file = next_id(connection, "file")
    columns = _named_columns(connection, staged)
    columns["file"] = staged.file + np.int32(first_file)
    columns["listener"] = np.full(len(staged), who, np.int32)
    created = _witness(connection, columns, who)
    connection.register("incoming", columns)
    _insert(connection)
    _choose(connection)
    added, unmatched = _reconcile_minutes(connection, created, who)
    connection.unregister("incoming")
    per_file_added = np.bincount(staged.file[added], minlength=len(staged.files)).tolist()
    per_file_unmatched = np.bincount(staged.file[unmatched], minlength=len(staged.files)).tolist()
    connection.execute("INSERT INTO batch VALUES (?, ?, ?)", [batch, int(time.time()), who])
    _store_files(connection, staged.files, batch, first_file, per_file_added, per_file_unmatched)
    return Outcome(per_file_added, per_file_unmatched, batch)


def _listener(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    found = connection.execute("SELECT id FROM listener WHERE name = ?", [name]).fetchall()
    if found:
        return int(found[0][0])
    number = next_id(connection, "listener")
    connection.execute("INSERT INTO listener VALUES (?, ?)", [number, name])
    return number


def _named_columns(connection: duckdb.DuckDBPyConnection, staged: Staged) -> dict[str, NDArray[Any]]:
    """The columns of ``sighting`` for all staged rows, names replaced by their numbers in the library."""
    kinds, artists, titles, albums, uris = zip(*staged.items, strict=True) if staged.items else ((),) * 5
    artist = ids(connection, "artist", artists)
    numbers: dict[str, NDArray[Any]] = {
        "artist": artist,
        "track": ids(connection, "track", titles, artist),
        "album": ids(connection, "album", albums, artist),
        "link": ids(connection, "link", uris),
        "kind": np.array(kinds, np.uint8),
    }
    return {
        "position": np.arange(len(staged), dtype=np.int32),
        "row": staged.columns.row,
        "minute_precise": staged.minute_precise,
        "ended": staged.columns.ended,
        "ms_played": staged.columns.ms_played,
        **{name: number[staged.columns.item] for name, number in numbers.items()},
        "context": context_ids(connection, staged.contexts)[staged.columns.context],
    }


def _witness(connection: duckdb.DuckDBPyConnection, columns: dict[str, NDArray[Any]], who: int) -> NDArray[np.bool_]:
    """Give every second-precise row its play (column ``play``, −1 for the others); returns which rows made theirs."""
    precise = np.flatnonzero(~columns["minute_precise"].astype(np.bool_))
    ended, ms_played, track = (columns[name][precise] for name in ("ended", "ms_played", "track"))
    first = precise[first_of_equal(ended, ms_played, track)]
    known = np.full(len(columns["row"]), -1, np.int64)
    leaders = precise[first == precise]
    if len(leaders) and connection.execute("SELECT 1 FROM sighting WHERE listener = ? LIMIT 1", [who]).fetchall():
        keys = {name: columns[name][leaders] for name in ("position", "ended", "ms_played", "track")}
        connection.register("leaders", keys)
        found = fetch(
            connection,
            "SELECT position, play FROM leaders JOIN sighting s USING (ended, ms_played, track) "
            "WHERE s.chosen AND NOT s.minute_precise AND s.listener = ?",
            [who],
        )
        connection.unregister("leaders")
        known[found["position"]] = found["play"]
    created = np.zeros(len(known), np.bool_)
    fresh = leaders[known[leaders] < 0]
    known[fresh] = next_id(connection, "sighting", "play") + np.arange(len(fresh))
    created[fresh] = True
    known[precise] = known[first]
    columns["play"], columns["created"] = known, created
    return created


def _insert(connection: duckdb.DuckDBPyConnection) -> None:
    """Store the rows. The row that made a play is chosen at first; minute-precise rows have no play yet."""
    connection.execute(
        "INSERT INTO sighting SELECT file, row, listener, nullif(play, -1), created, minute_precise, kind, ended, "
        "ms_played, artist, track, nullif(album, -1), nullif(link, -1), context FROM incoming"
    )


_WORDS = ("reason_start", "reason_end", "platform", "country", "shuffle", "skipped", "offline", "incognito")
#: Best sighting first, told apart by what it says and not by when it came; file and row decide only between equals.
_BEST_FIRST = f"""
SELECT s.file, s.row, row_number() OVER (
    PARTITION BY s.play
    ORDER BY {" + ".join(f"({said} IS NOT NULL)::INTEGER" for said in ("s.album", "s.link", *_WORDS))} DESC,
             s.kind, album.title, link.uri, {", ".join(_WORDS)}, s.file, s.row) = 1 AS best
FROM sighting s SEMI JOIN torn USING (play) JOIN context ON context.id = s.context
LEFT JOIN album ON album.id = s.album LEFT JOIN link ON link.id = s.link
WHERE NOT s.minute_precise
"""


def _choose(connection: duckdb.DuckDBPyConnection) -> None:
    """Of plays seen again and differently, choose the richest sighting anew."""
    said = ", ".join(_SAID)
    connection.execute(
        "CREATE TEMP TABLE torn AS SELECT play FROM sighting "
        "SEMI JOIN (SELECT play FROM incoming WHERE play >= 0 AND NOT created) USING (play) "
        f"WHERE NOT minute_precise GROUP BY play HAVING min(hash({said})) <> max(hash({said}))"
    )
    connection.execute(
        f"UPDATE sighting SET chosen = ranked.best FROM ({_BEST_FIRST}) ranked "
        "WHERE sighting.file = ranked.file AND sighting.row = ranked.row AND sighting.chosen <> ranked.best"
    )
    connection.execute("DROP TABLE torn")


_AFFECTED = """
CREATE TEMP TABLE affected AS
SELECT DISTINCT i.ended - i.ended % 60 AS minute, i.track, i.ms_played FROM incoming i
SEMI JOIN (SELECT ended, track, ms_played FROM sighting WHERE listener = $who AND minute_precise) s
ON s.ended = i.ended - i.ended % 60 AND s.track = i.track AND s.ms_played = i.ms_played
"""
_PRECISE = """
CREATE TEMP TABLE precise AS
SELECT s.play, minute, a.track, a.ms_played,
       row_number() OVER (PARTITION BY minute, a.track, a.ms_played ORDER BY s.ended) AS nth
FROM sighting s JOIN affected a
ON s.ended - s.ended % 60 = a.minute AND s.track = a.track AND s.ms_played = a.ms_played
WHERE s.listener = $who AND s.chosen AND NOT s.minute_precise
"""
#: A file that begins in the minute where another ends counts on from there: they were one file, and split.
_VAGUE = """
CREATE TEMP TABLE vague AS
WITH mine AS (
    SELECT file, row, kind, ended AS minute, track, ms_played, chosen FROM sighting
    WHERE listener = $who AND minute_precise),
span AS (SELECT file, min(minute) AS first, max(minute) AS last FROM mine GROUP BY file),
counted AS (
    SELECT mine.*, span.first, span.last,
           row_number() OVER (PARTITION BY file, minute, track, ms_played ORDER BY row) AS nth
    FROM mine SEMI JOIN affected USING (minute, track, ms_played) JOIN span USING (file)),
before AS (
    SELECT minute, track, ms_played, max(nth) AS rows FROM counted
    WHERE minute = last AND first < last GROUP BY minute, track, ms_played),
numbered AS (
    SELECT counted.* EXCLUDE (nth, first, last),
           nth + CASE WHEN minute = first AND first < last THEN coalesce(before.rows, 0) ELSE 0 END AS nth
    FROM counted LEFT JOIN before USING (minute, track, ms_played))
SELECT n.file, n.row, n.minute, n.track, n.ms_played, n.nth, n.chosen AS was_chosen, p.play AS partner,
       row_number() OVER (
           PARTITION BY n.minute, n.track, n.ms_played, n.nth ORDER BY n.kind DESC, n.file, n.row) AS turn,
       dense_rank() OVER (ORDER BY n.minute, n.track, n.ms_played, n.nth) AS number
FROM numbered n LEFT JOIN precise p USING (minute, track, ms_played, nth)
"""
_ASSIGN = """
UPDATE sighting SET play = coalesce(v.partner, $base + v.number), chosen = v.partner IS NULL AND v.turn = 1
FROM vague v WHERE sighting.file = v.file AND sighting.row = v.row
"""
_CHANGE = """
CREATE TEMP TABLE change AS
SELECT minute, track, ms_played,
       count(*) FILTER (partner IS NULL AND turn = 1) - count(*) FILTER (was_chosen) AS plays
FROM vague GROUP BY minute, track, ms_played
"""
#: The rows that account for more plays: those unmatched first. (A row may as well have moved others on by one.)
_ADDED_VAGUE = """
WITH one_of_each AS (
    SELECT i.position, v.* FROM vague v JOIN incoming i ON i.file = v.file AND i.row = v.row
    QUALIFY row_number() OVER (PARTITION BY v.minute, v.track, v.ms_played, v.nth ORDER BY i.position) = 1)
SELECT position FROM (
    SELECT position, plays, row_number() OVER (
        PARTITION BY minute, track, ms_played ORDER BY partner IS NOT NULL, nth DESC) AS rank
    FROM one_of_each JOIN change USING (minute, track, ms_played))
WHERE rank <= plays
"""
_KNOWN_BY_MINUTE = """
SELECT position FROM (
    SELECT i.position, c.plays, row_number() OVER (
        PARTITION BY c.minute, c.track, c.ms_played ORDER BY i.position) AS rank
    FROM incoming i JOIN change c
    ON i.ended - i.ended % 60 = c.minute AND i.track = c.track AND i.ms_played = c.ms_played
    WHERE i.created)
WHERE rank <= -plays
"""
_UNMATCHED = """
SELECT i.position FROM vague v JOIN incoming i ON i.file = v.file AND i.row = v.row
WHERE v.partner IS NULL AND v.minute BETWEEN
    (SELECT min(ended) - 60 FROM sighting WHERE listener = $who AND NOT minute_precise) AND
    (SELECT max(ended) FROM sighting WHERE listener = $who AND NOT minute_precise)
"""


def _reconcile_minutes(
    connection: duckdb.DuckDBPyConnection, created: NDArray[np.bool_], who: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Match minute-precise rows with plays; returns the positions of rows that added a play, and of those unmatched."""
    added = created.copy()
    minutes = connection.execute(
        "SELECT 1 FROM sighting WHERE listener = ? AND minute_precise LIMIT 1", [who]
    ).fetchall()
    if not minutes:
        return np.flatnonzero(added), np.empty(0, np.intp)
    given = {"who": who}
    for statement in (_AFFECTED, _PRECISE, _VAGUE):
        connection.execute(statement, given)
    connection.execute(_ASSIGN, {"base": next_id(connection, "sighting", "play")})
    connection.execute(_CHANGE)
    added[_positions(connection, _ADDED_VAGUE)] = True
    added[_positions(connection, _KNOWN_BY_MINUTE)] = False
    unmatched = _positions(connection, _UNMATCHED, given)
    for table in ("affected", "precise", "vague", "change"):
        connection.execute(f"DROP TABLE {table}")
    return np.flatnonzero(added), unmatched


def _positions(
    connection: duckdb.DuckDBPyConnection, query: str, given: dict[str, int] | None = None
) -> NDArray[np.intp]:
    return fetch(connection, query, given or {})["position"].astype(np.intp)


def _store_files(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[FileRead],
    batch: int,
    first_file: int,
    added: list[int],
    unmatched: list[int],
) -> None:
    for number, file in enumerate(files):
        identity, counts = first_file + number, file.rejections.counts
        connection.execute(
            "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                identity, batch, file.path, file.format,
                file.read, added[number], file.accepted - added[number], sum(counts.values()), unmatched[number],
            ],
        )  # fmt: skip
        for reason, rows in counts.items():
            connection.execute("INSERT INTO rejection_count VALUES (?, ?, ?)", [identity, reason.value, rows])
        if file.rejections.rows:
            rejected = file.rejections
            kept = {
                "file": np.full(len(rejected.rows), identity, np.int32),
                "row": np.array(rejected.rows, np.int32),
                "reason": np.array([reason.value for reason in rejected.reasons], object),
                "excerpt": np.array(rejected.excerpts, object),
            }
            connection.register("kept", kept)
            connection.execute("INSERT INTO rejection SELECT file, row, reason, excerpt FROM kept")
            connection.unregister("kept")
