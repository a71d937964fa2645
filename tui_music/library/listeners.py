"""Many listeners in figures: how much each of them plays, what all of them play, and when."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tui_music.library.history import Int64
from tui_music.library.scope import COUNTED_MS, Kind
from tui_music.library.store import Store, fetch

#: So many artists and tracks are charted.
CHARTED = 100


@dataclass(frozen=True, slots=True)
class ListenerSums:
    """Somebody whose plays are in the library: counted ``plays``, ``ms`` of all of them, and the UTC seconds at which
    the first and the last one ended, ``None`` without plays."""

    name: str
    plays: int
    ms: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Charted:
    """An artist, or a track with its ``artist``; ``listeners`` have a counted play of it."""

    name: str
    artist: str
    plays: int
    listeners: int


@dataclass(frozen=True, repr=False, eq=False)
class ListenerCharts:
    """Counted plays over all listeners: the artists and tracks with most; ``days`` since 1970 in UTC that have any, in
    order, with ``plays_on`` of each."""

    artists: tuple[Charted, ...]
    tracks: tuple[Charted, ...]
    days: Int64
    plays_on: Int64


def listener_sums(store: Store, kind: Kind = Kind.MUSIC, counted_ms: int = COUNTED_MS) -> tuple[ListenerSums, ...]:
    """Everybody in the library, most counted plays of ``kind`` first, equals by name. Errors are the store's."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT name, count(*) FILTER (ms_played >= $least) AS plays, coalesce(sum(ms_played), 0)::BIGINT, "
            "min(ended), max(ended) FROM listener LEFT JOIN play ON play.listener = listener.id AND kind = $kind "
            "GROUP BY name ORDER BY plays DESC, name",
            {"kind": int(kind), "least": counted_ms},
        ).fetchall()
    return tuple(ListenerSums(*row) for row in rows)


def listener_charts(store: Store, kind: Kind = Kind.MUSIC, counted_ms: int = COUNTED_MS) -> ListenerCharts:
    """What all listeners play, a few tenths of a second for ten million plays. Errors are the store's."""
    with store.reading() as connection:
        given = {"kind": int(kind), "least": counted_ms}
        counted = "FROM play WHERE kind = $kind AND ms_played >= $least"
        days = fetch(
            connection,
            f"SELECT ended // 86400 AS day, count(*)::BIGINT AS plays {counted} GROUP BY day ORDER BY day",
            given,
        )
        return ListenerCharts(
            artists=_charted(connection, "artist", "name, name", f"SELECT artist AS id, listener {counted}", given),
            tracks=_charted(
                connection,
                "track",
                "title, (SELECT name FROM artist WHERE artist.id = track.artist)",
                f"SELECT track AS id, listener {counted}",
                given,
            ),
            days=days["day"].astype("int64"),
            plays_on=days["plays"].astype("int64"),
        )


def _charted(
    connection: duckdb.DuckDBPyConnection, table: str, named: str, plays: str, given: dict[str, int]
) -> tuple[Charted, ...]:
    """The first of a table by plays, then names; each listener's plays are summed before listeners are counted."""
    rows = connection.execute(
        f"SELECT {named}, top.plays, top.listeners FROM ("
        "  SELECT id, sum(plays)::BIGINT AS plays, count(*) AS listeners FROM ("
        f"    SELECT id, listener, count(*) AS plays FROM ({plays}) GROUP BY id, listener) GROUP BY id"
        f") AS top JOIN {table} ON {table}.id = top.id ORDER BY top.plays DESC, 1, 2 LIMIT {CHARTED}",
        given,
    ).fetchall()
    return tuple(Charted(*row) for row in rows)
