"""``tui-music import``: the account it prints, what it refuses, whose plays, the bar."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.commands import HOSTILE, Run, runner
from tests.exports import (
    episode,
    new_library,
    row,
    short,
    titles,
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


IMPORT_KEYS = {"read", "added", "duplicate", "rejected", "reasons", "kinds", "batches"}


def test_import_prints_the_account_of_every_row(run: Run, library: Library, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", [row(0), row(0), row(1, title=None), row(2, title=None), 7])
    write(tmp_path / "in" / "b.json", [row(3), short(9)])
    write(tmp_path / "in" / "notes.txt", b"hello")
    done = run("import", tmp_path / "in")
    assert done.code == 0
    assert done.err.splitlines() == ["reading a.json", "reading b.json", "storing 3 rows"]
    lines = done.out.splitlines()
    assert lines[0].split() == ["file", "format", "read", "added", "duplicate", "rejected"]
    assert [line.split()[-5:] for line in lines[1:3]] == [
        ["spotify-extended", "5", "1", "1", "3"],
        ["spotify-extended", "2", "1", "0", "1"],
    ]
    assert lines[3].split() == ["in", "all", "7", "2", "1", "4"]
    assert lines[4] == (
        "2 rejected: no title of a track, episode or chapter "
        "(row 3 of a.json: 2021-03-01T12:00:01Z · Artist – ? · 200000 ms)"
    )
    assert [line.split(" (")[0] for line in lines[5:-1]] == [
        "1 rejected: not a play",
        "1 rejected: time missing or impossible",
    ]
    assert lines[-1] == "1 files are no listening history: notes.txt"


def test_import_as_json(run: Run, library: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [row(0), row(0), row(1, title=None), episode(5)])
    answer = run("import", path, "--json").json
    assert set(answer) >= IMPORT_KEYS
    assert [answer[key] for key in ("read", "added", "duplicate", "rejected")] == [4, 2, 1, 1]
    assert answer["reasons"] == {"no-title": 1}
    assert answer["kinds"] == {"music": 2, "podcast": 1, "audiobook": 0, "video": 0}
    assert answer["batches"] == [1]
    assert answer["files"][0]["file"] == str(path)
    assert answer["examples"]["no-title"]["row"] == 3
    assert run("import", path, "--json").json["batches"] == [2]


def test_a_refused_file_is_named_the_others_import_and_the_status_is_1(
    run: Run, library: Library, tmp_path: Path
) -> None:
    good, bad = write(tmp_path / "a.json", [row()]), write(tmp_path / "b.zip", zipped({"a": b"x"})[:-9])
    done = run("import", bad, good, tmp_path / "none")
    assert done.code == 1
    assert f"tui-music: {bad}: it is damaged" in done.err
    assert f"tui-music: {tmp_path / 'none'}: No such file" in done.err
    assert titles(library) == ["Song"]
    done = run("import", "--json", bad, good)
    assert done.code == 1
    assert json.loads(done.out)["refused"] == [f"{bad}: it is damaged (File is not a zip file). Download it again."]


def test_nothing_to_import(run: Run, library: Library, tmp_path: Path) -> None:
    done = run("import", write(tmp_path / "a.txt", b"x"), "~nobody-of-that-name/x")
    assert done.code == 1
    assert "tui-music: there is no listening history here." in done.err
    assert "storing" not in done.err
    assert not library.exists()


def test_a_dry_run_changes_nothing(run: Run, library: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [row()])
    done = run("import", "--dry-run", path)
    assert done.code == 0
    assert done.out.endswith("Nothing was changed.\n")
    assert not library.path.parent.exists()
    run("import", path)
    before = library.path.read_bytes()
    answer = run("import", "--dry-run", "--json", write(tmp_path / "b.json", [row(), row(1)])).json
    assert (answer["dry_run"], answer["added"], answer["duplicate"], answer["batches"]) == (True, 1, 1, [])
    assert library.path.read_bytes() == before


def test_whose_plays(run: Run, library: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", [row(0), row(1)])
    run("import", path, "--listener", "ana")
    run("--listener", "ben", "import", write(tmp_path / "b.json", [row(5)]))
    run("import", write(tmp_path / "c.json", [row(7, "Other")]))
    found = run("listeners", "--json").json
    assert [(each["listener"], each["plays"]) for each in found] == [("ana", 2), ("ben", 1), ("me", 1)]
    assert run("stats", "--json").json["listener"] == "ana"
    assert run("--listener", "me", "stats", "--json").json["plays"] == 1
    done = run("import", path, "--listener", "a\nb")
    assert (done.code, "listener's name" in done.err) == (2, True)


def test_the_bar_of_an_import_on_a_terminal(library: Library, tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    path = write(tmp_path / f"{HOSTILE.replace(chr(0), '')}.json", [row(at) for at in range(20_000)])
    child = pexpect.spawn(
        sys.executable, ["-m", "tui_music", "import", str(path)], timeout=30, encoding="utf-8", dimensions=(24, 100),
        env={**os.environ, "TERM": "xterm-256color"},
    )  # fmt: skip
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "rows/s" in child.before
    assert "\x1b]" not in child.before, "a title of the window"
    assert "\x9b" not in child.before
    assert "\u202e" not in child.before
    assert "spotify-extended" in child.before
