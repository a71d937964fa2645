"""A library of version 1, as the first releases made it, opens with all its plays and gains a journal."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.exports import answers, assert_healthy, copied, imported, new_library, row, short, write
from tui_music.library.journal import Journal, Triage, Verdicts
from tui_music.library.library import Library
from tui_music.library.store import STORAGE_VERSION

#: What version 1 was made with; never to be changed.
TABLES = """
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
"""


def columns(library: Library) -> list[tuple[object, ...]]:
    """Every column of every table and view: its name, type and whether it may be empty."""
    with library.reading() as connection:
        return connection.execute(
            "SELECT table_name, column_name, column_index, data_type, is_nullable FROM duckdb_columns() "
            "WHERE database_name = 'library' AND NOT internal ORDER BY ALL"
        ).fetchall()


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of today's version, of two listeners, with duplicates and rejected rows."""
    folder = tmp_path_factory.mktemp("present")
    library = new_library(folder / "home")
    rows = [row(at * 61, f"Song {at % 40}", f"Artist {at % 7}") for at in range(500)]
    imported(library, write(folder / "a.json", [*rows, rows[0], row(1, title=None)]), listener="mira")
    imported(library, write(folder / "b.json", [short(at * 61, f"Song {at % 40}") for at in range(90)]), listener="tom")
    return library


@pytest.fixture(scope="module")
def model(present: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The same plays in a file of version 1."""
    path = tmp_path_factory.mktemp("past") / "library.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS past (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute(f"ATTACH '{present.path}' AS present (READ_ONLY)")
        connection.execute("USE past")
        connection.execute(TABLES)
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'past'").fetchall()
        for (table,) in tables:
            connection.execute(f"INSERT INTO past.{table} FROM present.{table}")
        connection.execute("UPDATE past.meta SET version = 1")
    return Library(path)


@pytest.fixture
def older(model: Library, home: Path) -> Library:
    return copied(model, home)


def test_it_opens_as_a_library_of_today(older: Library, present: Library) -> None:
    assert answers(older) == answers(present)
    assert older.batches() == present.batches()
    assert older.rejections() == present.rejections()
    assert older.revision() == present.revision(), "what was computed from the plays still holds"
    assert columns(older) == columns(present)
    assert_healthy(older)


def test_a_copy_is_set_aside_once_and_is_a_library_too(older: Library, present: Library) -> None:
    Journal(older).record("mira", "A", Triage.YES, 1)
    (backup,) = (older.path.parent / "backups").iterdir()
    assert backup.name.startswith("library-schema1-")
    assert backup.stat().st_mode & 0o777 == 0o600
    with duckdb.connect(str(backup), read_only=True) as connection:
        assert connection.execute("SELECT version FROM meta").fetchall() == [(1,)]
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert "sighting" in tables
    assert not tables & {"journal", "passed"}
    assert answers(Library(backup)) == answers(present)


def test_it_can_be_judged_and_imported_into(older: Library, tmp_path: Path) -> None:
    journal = Journal(older)
    assert journal.verdicts("mira") == Verdicts()
    journal.record("mira", "Artist 3", Triage.LATER, 7)
    journal.shown("mira", ["Artist 4"], 7)
    assert imported(older, write(tmp_path / "new.json", [row(99_999)]), listener="mira").added == 1
    assert [each.artist for each in journal.crate("mira")] == ["Artist 3"]
    older.forget("mira")
    assert [each.name for each in older.listeners()] == ["tom"]
