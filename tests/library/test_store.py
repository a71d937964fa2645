"""The library file: private, whole or not there, opened by one at a time, never mistaken for something else."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.exports import answers, assert_healthy, imported, new_library, row, titles, write
from tui_music.errors import LibraryBusy, LibraryDamaged, LibraryUnwritable, NoLibrary, TuiMusicError
from tui_music.library import store
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
