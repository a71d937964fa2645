"""The library file: private, whole or not there, opened by one at a time, never mistaken for something else."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.exports import answers, assert_healthy, imported, new_library, row, titles, write
from tui_music.errors import LibraryBusy, LibraryDamaged, LibraryTooNew, LibraryUnwritable, NoLibrary, TuiMusicError
from tui_music.library import schema, store
from tui_music.library.ingest import Cancelled, import_paths
from tui_music.library.library import Library


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write(tmp_path / "export.json", [row(at, f"Song {at:04}") for at in range(3_000)])


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(path.stat().st_mode & 0o777) for path in [folder, *folder.rglob("*")]}


def test_nothing_is_made_by_asking(library: Library) -> None:
    for ask in (library.load, library.listeners, library.revision, library.batches, library.rejections):
        with pytest.raises(NoLibrary, match=f"no library at {library.path}"):
            ask()
    with pytest.raises(TuiMusicError):
        library.forget("me")
    assert not library.path.parent.exists() or not list(library.path.parent.iterdir())


def test_files_are_for_their_owner_alone(tmp_path: Path, export: Path) -> None:
    before = os.umask(0)
    try:
        library = new_library(tmp_path / "a" / "b" / "home")
        seen: set[tuple[str, str]] = set()

        def look() -> bool:
            seen.update(modes(tmp_path / "a").items() if (tmp_path / "a").exists() else ())
            return False

        import_paths(library, [export], cancelled=look)
        look()
    finally:
        os.umask(before)
    folders = {"a", "b", "home"}
    assert {mode for name, mode in seen if name in folders} == {"0o700"}
    assert {mode for name, mode in seen if name not in folders} == {"0o600"}
    assert "library.duckdb" in dict(seen)


def test_the_file_has_the_storage_version_of_the_oldest_duckdb_allowed(library: Library, export: Path) -> None:
    imported(library, export)
    with library.reading() as connection:
        ((tags,),) = connection.execute(
            "SELECT tags FROM duckdb_databases() WHERE database_name = 'library'"
        ).fetchall()
    assert tags["storage_version"] == "v1.4.0+"


@pytest.mark.skipif(not os.environ.get("TUI_MUSIC_OLD_DUCKDB"), reason="TUI_MUSIC_OLD_DUCKDB names no folder")
def test_the_oldest_duckdb_allowed_reads_the_file_and_the_other_way_round(library: Library, export: Path) -> None:
    """``TUI_MUSIC_OLD_DUCKDB`` is a folder in which the oldest DuckDB allowed was installed."""
    imported(library, export)
    code = (
        "import sys; from pathlib import Path; from tui_music.library.library import Library\n"
        "from tui_music.library.ingest import import_paths; import duckdb\n"
        "library, export = Library(Path(sys.argv[1])), Path(sys.argv[2])\n"
        "print(duckdb.__version__, len(library.load()), import_paths(library, [export], 'other').added)"
    )
    environment = {**os.environ, "PYTHONPATH": os.environ["TUI_MUSIC_OLD_DUCKDB"]}
    command = [sys.executable, "-c", code, str(library.path), str(export)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1:] == ["3000", "3000"]
    assert done.stdout.startswith("1.4.")
    assert len(library.load("other")) == 3_000
    assert_healthy(library)


def test_every_change_counts_the_revision(library: Library, export: Path) -> None:
    imported(library, export)
    first = library.revision()
    imported(library, export)
    assert library.revision() == first + 1 == library.load().revision


def test_what_fails_changes_nothing(library: Library, export: Path) -> None:
    imported(library, export)
    before, revision = answers(library), library.revision()

    def fail(otherwise: BaseException | None) -> None:
        with library.writing() as connection:
            connection.execute("DELETE FROM sighting")
            if otherwise:
                raise otherwise
            connection.execute("SELECT no_such_column FROM sighting")

    for problem, raised in ((None, LibraryDamaged), (ZeroDivisionError(), ZeroDivisionError)):
        with pytest.raises(raised):
            fail(problem)
    with pytest.raises(KeyboardInterrupt):
        fail(KeyboardInterrupt())
    assert answers(library) == before
    assert library.revision() == revision


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_first_import_that_fails_leaves_no_library(library: Library, export: Path, moment: int) -> None:
    asked = iter(range(1, 10))
    with pytest.raises(Cancelled):
        import_paths(library, [export], cancelled=lambda: next(asked) >= moment)
    assert not library.exists()
    assert not library.path.parent.exists() or list(library.path.parent.iterdir()) == []


def test_what_a_killed_first_import_left_is_swept(library: Library, export: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    name = f".library.duckdb.new-{int(gone.stdout)}"
    living = f".library.duckdb.new-{os.getppid()}"
    for each in (name, f"{name}.wal", living, ".library.duckdb.else"):
        write(library.path.with_name(each), b"x")
    imported(library, export)
    assert {path.name for path in library.path.parent.iterdir()} == {"library.duckdb", living, ".library.duckdb.else"}


def test_a_library_made_by_another_process_meanwhile_is_not_overwritten(
    library: Library, export: Path, tmp_path: Path
) -> None:
    other = new_library(tmp_path / "other")
    imported(other, write(tmp_path / "small.json", [row(0, "theirs")]))

    def meanwhile() -> bool:
        if library.path.parent.exists() and not library.exists():
            shutil.copy(other.path, library.path)
        return False

    with pytest.raises(LibraryBusy, match="made by another process meanwhile"):
        import_paths(library, [export], cancelled=meanwhile)
    assert titles(library) == ["theirs"]
    assert [path.name for path in library.path.parent.iterdir()] == ["library.duckdb"]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "a text": lambda raw: b"hello world",
    "noise": lambda raw: random.Random(1).randbytes(100_000),
    "zeros": lambda raw: bytes(len(raw)),
    "cut in two": lambda raw: raw[: len(raw) // 2],
    "its head only": lambda raw: raw[:5_000],
    "a torn page": lambda raw: raw[: 0x3000 + 500] + b"\xff" * 3_000 + raw[0x3000 + 3_500 :],
}


@pytest.mark.parametrize("case", DAMAGE)
@pytest.mark.parametrize("folder", ["home", "blocks and locks"])
def test_a_damaged_file_is_named_and_left_alone(case: str, folder: str, tmp_path: Path, export: Path) -> None:
    library = new_library(tmp_path / folder)
    imported(library, export)
    damaged = DAMAGE[case](library.path.read_bytes())
    library.path.write_bytes(damaged)
    began = time.monotonic()
    for ask in (library.load, library.listeners, lambda: import_paths(library, [export]), lambda: library.forget("me")):
        with pytest.raises(LibraryDamaged, match=rf"^{library.path} cannot be read .*tui-music doctor"):
            ask()
    assert time.monotonic() - began < 5, "it waited for a lock that nobody holds"
    assert library.path.read_bytes() == damaged


def test_a_file_of_another_program_is_left_alone(library: Library, export: Path) -> None:
    library.path.parent.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{library.path}' AS other (STORAGE_VERSION '{store.STORAGE_VERSION}')")
        connection.execute("CREATE TABLE other.precious (a INTEGER)")
    before = library.path.read_bytes()
    for ask in (library.load, lambda: import_paths(library, [export])):
        with pytest.raises(LibraryDamaged, match="is no library of tui-music"):
            ask()
    assert library.path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, export: Path) -> None:
    write(tmp_path / "file", b"")
    with pytest.raises(LibraryUnwritable, match=r"File exists.*--library DIR"):
        import_paths(new_library(tmp_path / "file"), [export])
    with pytest.raises(LibraryUnwritable, match="its path is no text"):
        import_paths(new_library(tmp_path / "odd\udcff"), [export])


@pytest.mark.parametrize("folder", ["it's", 'a "quoted" one', "sp ace", "東ノ宮", "a\nb", "%d{}", "x.db;DROP"])
def test_any_folder_will_do(folder: str, tmp_path: Path, export: Path) -> None:
    library = new_library(tmp_path / folder)
    imported(library, export)
    assert len(library.load()) == 3_000


def test_the_file_may_be_a_link_to_another_disk(library: Library, export: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    library.path.parent.mkdir()
    library.path.symlink_to(tmp_path / "disk" / "library.duckdb")
    imported(library, export)
    imported(library, export, listener="other")
    library.forget("other")
    assert library.path.is_symlink()
    assert len(library.load()) == 3_000
    for folder in (library.path.parent, tmp_path / "disk"):
        assert [path.name for path in folder.iterdir()] == ["library.duckdb"]


# --- several processes --------------------------------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from tui_music.library.library import Library
library = Library(Path(sys.argv[1]))
with getattr(library, sys.argv[2])() as connection:
    connection.execute("SELECT count(*) FROM sighting").fetchall()
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def held(library: Library, how: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the library, "reading" or "writing", until a line is written to it."""
    command = [sys.executable, "-c", HOLD, str(library.path), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def impatient(library: Library) -> Library:
    return Library(library.path, patience=0.2)


def test_whoever_finds_the_library_held_says_by_whom(library: Library, export: Path) -> None:
    imported(library, export)
    with held(library, "writing") as process:
        for ask in (impatient(library).load, lambda: import_paths(impatient(library), [export])):
            with pytest.raises(LibraryBusy, match=rf"in use by process {process.pid} \(python[\d.]*\)\. Wait"):
                ask()
    with held(library, "reading") as process:
        assert len(impatient(library).load()) == 3_000, "two may read at once"
        with pytest.raises(LibraryBusy, match=f"process {process.pid}"):
            import_paths(impatient(library), [export])
    assert_healthy(library)


@pytest.mark.parametrize("how", ["reading", "writing"])
def test_whoever_finds_the_library_held_waits(library: Library, export: Path, how: str) -> None:
    imported(library, export)
    with held(library, how) as process:

        def let_go() -> None:
            assert process.stdin
            process.stdin.write("\n")
            process.stdin.flush()

        threading.Timer(0.4, let_go).start()
        assert imported(library, export).duplicate == 3_000


def test_two_programs_and_an_import_work_side_by_side(library: Library, export: Path, tmp_path: Path) -> None:
    imported(library, write(tmp_path / "first.json", [row(0, "Song 0000")]))
    read = (
        "import sys; from pathlib import Path; from tui_music.library.library import Library\n"
        "library = Library(Path(sys.argv[1]))\n"
        "print(*sorted({len(library.load()) for _ in range(15)}))"
    )
    readers = [
        subprocess.Popen([sys.executable, "-c", read, library.path], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    time.sleep(0.3)
    added = imported(library, export).added
    for reader in readers:
        seen = reader.communicate(timeout=60)[0].split()
        assert reader.returncode == 0
        assert set(seen) <= {"1", str(1 + added)}, "only whole imports are seen"


def test_threads_of_one_program_take_turns(library: Library, export: Path) -> None:
    imported(library, export)
    failures: list[BaseException] = []

    def work(turn: int) -> None:
        try:
            for _ in range(4):
                if turn == 0:
                    import_paths(library, [export], "other")
                else:
                    assert len(library.load("me")) == 3_000
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


# --- migrations ---------------------------------------------------------------------------------------------


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


def test_the_library_is_sealed_off(library: Library, export: Path, tmp_path: Path) -> None:
    """No statement on it reaches another file, the network or an extension."""
    imported(library, export)
    write(tmp_path / "secret.csv", b"a\n1\n")
    with pytest.raises(LibraryDamaged, match="Permission"), library.reading() as connection:
        connection.execute(f"SELECT * FROM read_csv('{tmp_path}/secret.csv')")
    with pytest.raises(LibraryDamaged), library.reading() as connection:
        connection.execute("SET enable_external_access = true")


def test_patience_is_ten_seconds() -> None:
    assert store.PATIENCE == 10
