"""The doctor reads everything, and finds what is wrong with a library, its files and the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.exports import answers, copied, imported, new_library, row, short, write
from tui_music.doctor import Finding, examine, print_findings
from tui_music.library import schema
from tui_music.library.library import Library
from tui_music.settings import Settings


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("template")
    library = new_library(folder / "home")
    rows = [row(at, f"Song {at}") for at in range(2_000)]
    imported(library, write(folder / "a.json", [*rows, row(title=None), rows[0]]))
    imported(library, write(folder / "b.json", [short(5), short(9_000_000)]))
    return library


@pytest.fixture
def library(template: Library, home: Path) -> Library:
    return copied(template, home)


def findings(library: Library) -> dict[str, Finding]:
    folder = library.path.parent
    return {each.what: each for each in examine(Settings(folder, folder / "cache", folder))}


def test_a_sound_library(library: Library) -> None:
    before, found = answers(library), findings(library)
    assert {what for what, each in found.items() if each.state == "broken"} <= {"terminal"}
    assert f"schema {schema.VERSION}; every column read" in found["content"].found
    assert "2 imports" in found["content"].found
    assert found["library"].found == str(library.path)
    assert answers(library) == before


def test_no_library_is_fine(tmp_path: Path) -> None:
    found = findings(new_library(tmp_path / "nowhere"))
    assert found["content"].state == "fine"
    assert "tui-music import" in found["content"].advice
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("one listener a name", "INSERT INTO listener VALUES (99, 'me')"),
        ("one artist a name", "INSERT INTO artist SELECT 99, name FROM artist LIMIT 1"),
        ("one track a name", "INSERT INTO track SELECT 9999, artist, title FROM track LIMIT 1"),
        ("tracks have artists", "DELETE FROM artist"),
        ("plays have tracks", "UPDATE sighting SET track = 9999 WHERE row = 7"),
        ("sightings have files", "UPDATE sighting SET file = 99 WHERE row = 7"),
        ("one sighting a row", "INSERT INTO sighting SELECT * FROM sighting WHERE row = 7"),
        ("one choice a play", "UPDATE sighting SET chosen = false WHERE row = 7"),
        ("one choice a play", "UPDATE sighting SET play = NULL WHERE row = 7"),
        ("one play a time", "UPDATE sighting SET ended = ended + 1, track = 9 WHERE track = 8"),
        ("sums of files", "UPDATE file SET read = read + 1"),
        ("rows of files", "DELETE FROM sighting WHERE row = 7"),
        ("plays of batches", "UPDATE file SET added = added + 1, duplicate = duplicate - 1"),
        ("sums of reasons", "DELETE FROM rejection_count"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_found(rule: str, change: str, library: Library) -> None:
    with library.writing() as connection:
        connection.execute(change)
    found = findings(library)
    assert found[rule].state == "broken"
    assert "rows break this rule" in found[rule].found
    assert "import your exports again" in found[rule].advice


def test_every_block_is_read(library: Library) -> None:
    """Damage anywhere in the stored tables is found, in columns that no answer needs too."""
    sound = library.path.read_bytes()
    blocks = [at for at in range(12_288, len(sound), 262_144) if any(sound[at : at + 262_144])]
    unnoticed = []
    for at in blocks:
        end = at + len(sound[at : at + 262_144].rstrip(b"\0"))
        library.path.write_bytes(sound[: end - 8] + bytes(255 - byte for byte in sound[end - 8 : end]) + sound[end:])
        content = findings(library)["content"]
        if content.state != "broken":
            unnoticed.append(at)
        else:
            assert "cannot be read" in content.found
    assert len(unnoticed) <= len(blocks) // 3, "blocks that hold nothing any more"


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_files_that_others_can_reach(mode: int, library: Library) -> None:
    library.path.chmod(mode)
    found = findings(library)["library"]
    assert found.state == "odd"
    assert f"mode {mode:04o}" in found.found
    assert f"chmod go= '{library.path}'" in found.advice


@pytest.mark.parametrize(
    ("environment", "what", "state"),
    [
        ({"TERM": "xterm-256color"}, "terminal", "fine"),
        ({"TERM": "dumb"}, "terminal", "broken"),
        ({"TERM": ""}, "terminal", "broken"),
        ({"NO_COLOR": "1"}, "colour", "fine"),
        ({"TMUX": "/tmp/x"}, "tmux", "fine"),
        ({"COLUMNS": "30", "LINES": "8"}, "size", "odd"),
    ],
)
def test_the_terminal(
    environment: dict[str, str], what: str, state: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert findings(library)[what].state == state


def test_without_a_terminal_there_is_a_word_about_it(library: Library) -> None:
    found = findings(library)["terminal"]
    assert (found.state, found.found) == ("odd", "none here")


def test_findings_are_printed_safely(capsys: pytest.CaptureFixture[str]) -> None:
    listed = [Finding("broken", "library", "\x1b[31mx\x9b", "do \x07this"), Finding("fine", "a", "b")]
    print_findings(listed, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert all(line.isprintable() for line in lines)
    assert [line[:3] for line in lines] == ["!! ", "   ", "ok "]
    print_findings(listed, as_json=True)
    assert json.loads(capsys.readouterr().out)[0]["what"] == "library"
