"""What comes out: names that drive nothing, any encoding, pipes that close, no terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import HOSTILE, Run, apart, runner
from tests.exports import (
    answers,
    imported,
    new_library,
    old_row,
    row,
    write,
    zipped,
)
from tui_music.library.library import Library


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    imported(library, write(tmp_path / "rows.json", [row(0, artist="Alpha"), row(600)]))
    return library


@pytest.fixture
def hostile(library: Library, tmp_path: Path) -> Library:
    rows = [old_row(at, title=f"{HOSTILE}{at}", artist=HOSTILE, ms=60_000) for at in range(3)]
    rows += [
        row(9, "=1+1", '=HYPERLINK("x")'),
        row(10, "[@click=app.quit]x[/]", "[/red]"),
        row(11, "x" * 1_000, "long"),
    ]
    rows.append(row(12, title=None, artist=HOSTILE))
    imported(library, write(tmp_path / "a.json", rows))
    return library


COMMANDS = [
    ["stats"], ["artists"], ["songs", "[/red]"], ["plays"], ["listeners"], ["artists", "--match", "\x1b"],
    ["songs", "\x1b[31m"], ["songs", "red"], ["plays", "--track", HOSTILE[:9]], ["--listener", HOSTILE[:9], "stats"],
    ["forget", "--listener", HOSTILE[:9]], ["doctor"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_name_drives_the_terminal(arguments: list[str], run: Run, hostile: Library) -> None:
    done = run(*arguments)
    for char in done.out.replace("\n", "") + done.err.replace("\n", ""):
        assert char.isprintable() or char in "\u200d\xa0", f"{char!r} on the terminal"


def test_no_name_of_a_file_or_rejected_row_drives_the_terminal(run: Run, library: Library, tmp_path: Path) -> None:
    name = HOSTILE.replace("\x00", "")
    write(
        tmp_path / "in" / f"{name}.json", [row(0), row(1, title=None, artist=HOSTILE), {"ts": HOSTILE, "ms_played": 1}]
    )
    write(tmp_path / "in" / f"{name}.zip", zipped({HOSTILE: [row(2)], "b": b"x"})[:-5])
    write(tmp_path / "in" / f"{name}.txt", b"x")
    done = run("import", tmp_path / "in", tmp_path / name)
    assert done.code == 1
    assert "red" in done.out
    assert "red" in done.err
    for char in done.out.replace("\n", "") + done.err.replace("\n", ""):
        assert char.isprintable() or char == "\xa0", f"{char!r} on the terminal"


def test_programs_get_names_as_they_are(run: Run, hostile: Library) -> None:
    names = {each["artist"] for each in run("artists", "--json").json}
    assert names == {HOSTILE.replace("\x00", ""), '=HYPERLINK("x")', "[/red]", "long"}
    assert {each["artist"] for each in run("artists", "--csv").csv} == {
        HOSTILE.replace("\x00", ""), "'=HYPERLINK(\"x\")", "[/red]", "long",
    }  # fmt: skip  # what a spreadsheet would take for a formula is marked as text


def test_a_file_whose_name_is_no_text(library: Library, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.json"
    Path(os.fsdecode(path)).write_bytes(json.dumps([row()]).encode())
    for arguments in (["import", os.fsdecode(path)], ["import", "--json", str(tmp_path)]):
        done = apart(*arguments)
        assert done.returncode == 0, done.stderr
        done.stdout.decode()


# --- streams --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", ["plays -n 9999", "plays -n 9999 --json", "plays -n 9999 --csv", "stats", "doctor"]
)
def test_a_reader_that_has_seen_enough_ends_it_quietly(arguments: str, library: Library, tmp_path: Path) -> None:
    imported(library, write(tmp_path / "a.json", [row(at, f"Song {at}") for at in range(9_999)]))
    shell = f"set -o pipefail; {sys.executable} -m tui_music {arguments} | head -c 1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, check=False)
    assert done.stderr == b""
    assert done.returncode == 0


def test_a_full_disk_behind_stdout_is_named(filled: Library) -> None:
    with Path("/dev/full").open("wb") as full:
        done = apart("plays", "--json", stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert done.returncode != 0
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_names_are_printed_in_any_encoding(encoding: str, library: Library, tmp_path: Path) -> None:
    imported(library, write(tmp_path / "東.json", [row(0, "東ノ宮", "Ålesund 🦊"), row(1, title=None)]))
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"}
    for arguments in (["artists"], ["doctor"], ["import", tmp_path / "東.json"]):
        done = apart(*arguments, env=environment)
        assert done.returncode == 0, done.stderr
        done.stdout.decode(encoding)
    (found,) = json.loads(apart("plays", "--json", env=environment).stdout.decode(encoding))
    assert (found["track"], found["artist"]) == ("東ノ宮", "Ålesund 🦊")


def test_a_screen_needs_a_terminal(filled: Library) -> None:
    done = apart(stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1


def test_answers_need_no_terminal_and_change_nothing(run: Run, filled: Library) -> None:
    before, found = filled.path.read_bytes(), answers(filled)
    for arguments in (["stats"], ["artists"], ["songs", "Alpha"], ["plays"], ["listeners"], ["doctor"]):
        assert run(*arguments).code == 0
    assert filled.path.read_bytes() == before
    assert answers(filled) == found
    assert [path.name for path in filled.path.parent.iterdir()] == ["library.duckdb"]
