"""Libraries of other versions: older ones are backed up and migrated, newer ones left alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.exports import imported, new_library, row, write
from tui_music.errors import LibraryDamaged, LibraryTooNew
from tui_music.library import schema
from tui_music.library.ingest import import_paths
from tui_music.library.library import Library


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in [folder, *folder.rglob("*")]}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write(tmp_path / "export.json", [row(at, f"Song {at:04}") for at in range(3_000)])


@pytest.fixture
def older(library: Library, export: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library of the version before, and a program that knows the way from there: a new column."""
    imported(library, export)

    def migrate(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("ALTER TABLE batch ADD COLUMN note VARCHAR DEFAULT 'migrated'")

    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 1, migrate)
    return library


def rows_of(path: Path) -> dict[str, int]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for (name,) in tables}


@pytest.mark.parametrize("how", ["reading", "writing"])
def test_an_older_library_is_backed_up_and_migrated(older: Library, how: str) -> None:
    before = rows_of(older.path)
    with getattr(older, how)() as connection:
        assert connection.execute("SELECT DISTINCT note FROM batch").fetchall() == [("migrated",)]
        assert connection.execute("SELECT version FROM meta").fetchall() == [(schema.VERSION,)]
    (backup,) = (older.path.parent / "backups").iterdir()
    assert backup.name.startswith(f"library-schema{schema.VERSION - 1}-")
    assert rows_of(backup) == before == rows_of(older.path)
    assert set(modes(older.path.parent / "backups").values()) == {"0o700", "0o600"}
    assert len(older.load()) == 3_000
    assert len(list((older.path.parent / "backups").iterdir())) == 1, "once is enough"


def test_a_backup_is_a_library(older: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    older.revision()
    (backup,) = (older.path.parent / "backups").iterdir()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION - 1)
    assert len(Library(backup).load()) == 3_000


def test_a_migration_that_fails_leaves_the_library_as_it_was(older: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("DELETE FROM sighting")
        connection.execute("SELECT no_such_column FROM batch")

    monkeypatch.setitem(schema.MIGRATIONS, schema.VERSION - 1, fail)
    with pytest.raises(LibraryDamaged):
        older.load()
    monkeypatch.setattr(schema, "VERSION", schema.VERSION - 1)
    assert len(older.load()) == 3_000


def test_a_newer_library_is_left_alone(library: Library, export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(library, export)
    with library.writing() as connection:
        connection.execute("UPDATE meta SET version = version + 1")
    for ask in (library.load, lambda: import_paths(library, [export])):
        with pytest.raises(LibraryTooNew, match="Update the program"):
            ask()
