"""The tables of the library file, their version, and the way from each earlier version to this one.

One row of ``sighting`` is one row of a file that witnesses a play. A play is all sightings that share its number; one
of them, the richest, is ``chosen`` and lends the play its fields. Nothing else is stored of a play, so that taking a
file back, or adding a richer source, only moves ``chosen``. ``minute_precise`` sightings carry their minute's start.

``journal`` and ``passed`` are the listener's verdicts on candidates and what was shown to them without one; they name
artists by text (``passed`` by its fold), because those need not be in the library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

VERSION = 2

_TRIAGE = """
CREATE TABLE journal (
    id INTEGER NOT NULL, listener INTEGER NOT NULL, decided_at BIGINT NOT NULL,
    act VARCHAR NOT NULL, artist VARCHAR, track VARCHAR);
CREATE TABLE passed (listener INTEGER NOT NULL, artist VARCHAR NOT NULL, day INTEGER NOT NULL);
"""

TABLES = f"""
CREATE TABLE meta (version INTEGER NOT NULL, revision BIGINT NOT NULL);
CREATE TABLE listener (id INTEGER NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE artist (id INTEGER NOT NULL, name VARCHAR NOT NULL);
CREATE TABLE track (id INTEGER NOT NULL, artist INTEGER NOT NULL, title VARCHAR NOT NULL);
CREATE TABLE album (id INTEGER NOT NULL, artist INTEGER NOT NULL, title VARCHAR NOT NULL);
CREATE TABLE link (id INTEGER NOT NULL, uri VARCHAR NOT NULL);
CREATE TABLE context (
    id INTEGER NOT NULL, reason_start VARCHAR, reason_end VARCHAR,
    shuffle BOOLEAN, skipped BOOLEAN, offline BOOLEAN, incognito BOOLEAN, platform VARCHAR, country VARCHAR);
CREATE TABLE batch (id INTEGER NOT NULL, imported_at BIGINT NOT NULL, listener INTEGER NOT NULL);
CREATE TABLE file (
    id INTEGER NOT NULL, batch INTEGER NOT NULL, path VARCHAR NOT NULL, format VARCHAR NOT NULL,
    read BIGINT NOT NULL, added BIGINT NOT NULL, duplicate BIGINT NOT NULL, rejected BIGINT NOT NULL,
    unmatched BIGINT NOT NULL);
CREATE TABLE sighting (
    file INTEGER NOT NULL, row INTEGER NOT NULL, listener INTEGER NOT NULL,
    play BIGINT, chosen BOOLEAN NOT NULL, minute_precise BOOLEAN NOT NULL,
    kind UTINYINT NOT NULL, ended BIGINT NOT NULL, ms_played INTEGER NOT NULL,
    artist INTEGER NOT NULL, track INTEGER NOT NULL, album INTEGER, link INTEGER, context INTEGER NOT NULL);
CREATE TABLE rejection (file INTEGER NOT NULL, row INTEGER NOT NULL, reason VARCHAR NOT NULL, excerpt VARCHAR);
CREATE TABLE rejection_count (file INTEGER NOT NULL, reason VARCHAR NOT NULL, rows BIGINT NOT NULL);
CREATE VIEW play AS SELECT * FROM sighting WHERE chosen;
{_TRIAGE}"""


def _add_triage(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(_TRIAGE)


#: ``MIGRATIONS[n]`` brings a library of version n to n + 1, inside a transaction and after a backup.
MIGRATIONS: dict[int, Callable[[duckdb.DuckDBPyConnection], None]] = {1: _add_triage}
