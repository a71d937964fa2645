"""Two programs on one library and imports beside them; a library that another process does not let go of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.exports import row, write
from tests.pty.terminal import DOWN, ENTER, Terminal, run


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A home with three artists."""
    home = tmp_path / "shared"
    file = write(
        home / "one.json", [row(900 * number, f"Song {number}", f"Artist {number % 3}") for number in range(30)]
    )
    (home / "settings.toml").write_text('zone = "Europe/Berlin"\n')
    run(home, "import", str(file))
    return home


def test_two_programs_and_an_import_beside_them(library: Path) -> None:
    more = write(library / "two.json", [row(90_000 + 900 * at, f"Other {at}", f"Later {at % 4}") for at in range(40)])
    with Terminal(library) as one, Terminal(library) as two:
        for terminal in (one, two):
            terminal.press("", "Library", "30 plays", "3 artists")
        assert "40" in run(library, "import", str(more))
        for terminal in (one, two):
            terminal.press("2", "Artists", "1 of 7")
            terminal.press(ENTER, "10 songs")
            terminal.press("j" * 2)
            terminal.press("p", "Plays")
            terminal.press("1", "Library", "70 plays")
            assert terminal.alive
        two.press("9", "Sources", "2 imports")
        one.type("q")
        assert one.wait() == 0
    with Terminal(library) as again:
        again.press("", "Library", "70 plays", "7 artists")


def test_an_import_from_one_program_beside_another(library: Path) -> None:
    more = write(library / "two.json", [row(90_000 + 900 * at, f"Other {at}", f"Later {at % 4}") for at in range(40)])
    with Terminal(library) as one, Terminal(library) as two:
        for terminal in (one, two):
            terminal.press("", "Library", "30 plays")
        one.press("9", "Sources", "1 import")
        one.press("i", "import")
        one.paste(str(more))
        one.press(ENTER, "2 imports", "40")
        one.press("1", "Library", "70 plays", "7 artists")
        two.press("2", "Artists", "1 of 7")
        two.press(DOWN)
        assert two.alive


HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE OR REPLACE TABLE held AS SELECT 1")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_a_library_that_is_held_for_long(library: Path) -> None:
    """The program opens, waits, then says who holds the file, and goes on working once it is free."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(library / "library.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with Terminal(library) as terminal:
            terminal.see(f"process {holder.pid}", "not loaded", seconds=40)
            terminal.press("2", "Artists", f"process {holder.pid}")
            holder.communicate("")
            terminal.press("1", "Library", "30 plays")
            terminal.type("q")
            assert terminal.wait() == 0


@pytest.mark.slow
def test_the_command_line_says_who_holds_the_library(library: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(library / "library.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with Terminal(library, "stats", size=(400, 20)) as terminal:
            assert terminal.wait(40) == 1
            assert f"process {holder.pid}" in terminal.text
        holder.communicate("")
