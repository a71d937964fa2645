"""One library, several processes and threads: each waits its turn, and says who holds the file."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.exports import assert_healthy, imported, new_library, row, write
from tui_music.errors import LibraryBusy
from tui_music.library.ingest import import_paths
from tui_music.library.library import Library


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write(tmp_path / "export.json", [row(at, f"Song {at:04}") for at in range(3_000)])


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
