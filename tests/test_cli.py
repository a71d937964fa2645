"""The command line: what each command prints in each form, its exit status, and that nothing drives the terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from tests.exports import (
    answers,
    assert_healthy,
    chapter,
    episode,
    imported,
    new_library,
    old_row,
    row,
    short,
    stored_texts,
    titles,
    write,
    zipped,
)
from tui_music import __version__
from tui_music.cli import main
from tui_music.library.library import Library

HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b2J\u202eevil\r\nline\x00"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def csv(self) -> list[dict[str, str]]:
        assert self.code == 0, self.err
        return list(csv.DictReader(io.StringIO(self.out)))


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``tui-music`` with these arguments, in this process."""

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["tui-music", *map(str, arguments)])
        mask = os.umask(0o077)
        capsys.readouterr()
        try:
            main()
            code: object = 0
        except SystemExit as end:
            code = end.code or 0
        finally:
            os.umask(mask)
        out, err = capsys.readouterr()
        assert isinstance(code, int)
        assert "Traceback" not in err
        return Done(code, out, err)

    return run


def apart(*arguments: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """``tui-music`` with these arguments, in a process of its own."""
    command = [sys.executable, "-m", "tui_music", *map(str, arguments)]
    done = subprocess.run(command, check=False, **({"capture_output": True} | more))
    return cast("subprocess.CompletedProcess[bytes]", done)


@pytest.fixture
def library(home: Path) -> Library:
    return new_library(home)


ROWS = [
    *[row(at * 600, f"Song {at % 3}", "Alpha", ms=180_000) for at in range(12)],
    *[row(90_000 + at * 600, f"Tune {at}", "Beta", ms=240_000) for at in range(6)],
    row(200_000, "Short", "Gamma", ms=5_000, master_metadata_album_album_name=None),
    row(40_000_000, "Later", "Ålesund", ms=60_000),
    episode(300_000, ms=3_600_000),
    chapter(310_000),
]


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    imported(library, write(tmp_path / "rows.json", ROWS))
    return library


# --- import ---------------------------------------------------------------------------------------------------

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


# --- answers --------------------------------------------------------------------------------------------------

STATS_KEYS = {
    "plays", "counted_plays", "hours", "artists", "tracks", "albums", "first", "last", "active_days",
    "longest_streak_days",
}  # fmt: skip
ARTIST_KEYS = ["rank", "artist", "hours", "plays", "counted_plays", "engagement", "tracks", "first", "last"]
SONG_KEYS = ["track", "album", "hours", "plays", "counted_plays", "engagement", "first", "last"]


def test_stats(run: Run, filled: Library) -> None:
    answer = run("stats", "--json").json
    assert set(answer) >= STATS_KEYS
    assert (answer["plays"], answer["counted_plays"], answer["artists"], answer["tracks"]) == (20, 19, 4, 11)
    assert answer["hours"] == round((12 * 180 + 6 * 240 + 5 + 60) / 3600, 4)
    assert answer["first"] == "2021-03-01T12:57:00+01:00"  # conn_country is DE
    assert answer["zone"] == "Europe/Berlin"
    assert answer["listener"] == "me"
    (line,) = run("stats", "--csv").csv
    assert {key: line[key] for key in ("plays", "artists", "first")} == {
        "plays": "20", "artists": "4", "first": "2021-03-01T12:57:00+01:00",
    }  # fmt: skip
    text = run("stats").out
    assert "19 plays of 30 s or more" in text
    assert run("stats", "--kind", "podcast", "--json").json["hours"] == 1


def test_artists(run: Run, filled: Library) -> None:
    rows = run("artists", "--json").json
    assert [list(each) for each in rows] == [ARTIST_KEYS] * 4
    assert [each["artist"] for each in rows] == ["Alpha", "Beta", "Ålesund", "Gamma"]
    assert rows[0]["hours"] == 0.6
    assert (rows[0]["rank"], rows[0]["plays"], rows[0]["counted_plays"], rows[0]["tracks"]) == (1, 12, 12, 3)
    assert (rows[3]["plays"], rows[3]["counted_plays"], rows[3]["engagement"]) == (1, 0, None)
    table = run("artists")
    assert table.out.splitlines()[0].split() == ["#", "artist", "hours", "plays", "eng", "songs", "first", "last"]
    assert [line.split()[1] for line in table.out.splitlines()[1:]] == ["Alpha", "Beta", "Ålesund", "Gamma"]
    assert [list(each) for each in run("artists", "--csv").csv] == [ARTIST_KEYS] * 4


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["-n", "2"], ["Alpha", "Beta"]),
        (["-n", "0"], []),
        (["--range", "2022"], ["Ålesund"]),
        (["--range", "2021-03-01"], ["Alpha"]),
        (["--range", "1999"], []),
        (["--match", "ALES"], ["Ålesund"]),
        (["--match", "a", "-n", "1"], ["Alpha"]),
        (["--match", "nobody"], []),
        (["--tier", "2-3"], ["Beta", "Ålesund"]),
        (["--tier", "2"], ["Beta"]),
        (["--tier", "3-99"], ["Ålesund", "Gamma"]),
        (["--tier", "50-99"], []),
        (["--tier", "3-2"], ["Ålesund"]),
        (["--sort", "plays", "--tier", "1-2"], ["Alpha", "Beta"]),
        (["--sort", "engagement", "-n", "1"], ["Alpha"]),
        (["--kind", "podcast"], ["Show"]),
        (["--kind", "audiobook"], ["Book"]),
        (["--kind", "video"], []),
    ],
)
def test_which_artists(options: list[str], names: list[str], run: Run, filled: Library) -> None:
    assert [each["artist"] for each in run("artists", "--json", *options).json] == names
    assert run("artists", *options).code == 0
    assert run("artists", "--csv", *options).out.startswith("rank,artist")


def test_a_tier_the_wrong_way_round_is_corrected_and_says_so(run: Run, filled: Library) -> None:
    assert run("artists", "--tier", "3-2").err == "3 is above 2: only rank 3 is shown.\n"


def test_songs(run: Run, filled: Library) -> None:
    rows = run("songs", "Alpha", "--json").json
    assert [list(each) for each in rows] == [SONG_KEYS] * 3
    assert [(each["track"], each["album"], each["plays"]) for each in rows] == [
        (f"Song {at}", "Album", 4) for at in range(3)
    ]
    assert [each["track"] for each in run("songs", "alesund", "--json").json] == ["Later"], "names fold"
    assert run("songs", "Gamma", "--json").json[0]["album"] is None
    assert run("songs", "Gamma", "--range", "2022", "--json").json == []
    assert "Song 1" in run("songs", "ALPHA").out
    assert len(run("songs", "Alpha", "--csv").csv) == 3
    assert run("songs", "Show", "--kind", "podcast", "--json").json[0]["track"] == "Episode"


def test_plays(run: Run, filled: Library) -> None:
    rows = run("plays", "--json").json
    assert len(rows) == 20
    assert rows[0]["track"] == "Later"
    assert [each["start"] for each in rows] == sorted((each["start"] for each in rows), reverse=True)
    assert rows[-1]["start"] == "2021-03-01T12:57:00+01:00"
    assert set(rows[0]) >= {"start", "track", "artist", "album", "ms_played", "completion", "ended", "kind", "source"}
    assert [each["track"] for each in run("plays", "--artist", "beta", "-n", "2", "--json").json] == [
        "Tune 5",
        "Tune 4",
    ]
    assert len(run("plays", "--track", "song 1", "--json").json) == 4
    assert len(run("plays", "--artist", "Alpha", "--track", "Song 1", "--csv").csv) == 4
    assert run("plays", "--range", "1999", "--json").json == []
    assert [each["kind"] for each in run("plays", "--kind", "audiobook", "--json").json] == ["audiobook"]
    assert "Later" in run("plays", "-n", "1").out


def test_doctor(run: Run, filled: Library) -> None:
    findings = run("doctor", "--json").json
    found = {each["what"]: each for each in findings}
    assert found["library"]["found"] == str(filled.path)
    assert found["rules"]["state"] == "fine"
    assert all(str(filled.path.parent) in found[what]["found"] for what in ("cache", "models", "backups", "settings"))
    assert str(filled.path) in run("doctor").out


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"tui-music {__version__}\n"
    done = run("--help")
    assert done.code == 0
    for command in ("import", "stats", "artists", "songs", "plays", "listeners", "forget", "doctor", "demo"):
        assert command in done.out
        assert run(command, "--help").code == 0


# --- wrong use, and what could not be done ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["x" * 5_000],
        ["~nobody-of-that-name/x"],
        ["--bogus"],
        ["stats", "--bogus"],
        ["stats", "--range", "nonsense"],
        ["stats", "--range", "2021-02-30"],
        ["stats", "--kind", "opera"],
        ["artists", "--sort", "name"],
        ["artists", "--tier", "0-5"],
        ["artists", "--tier", "a-b"],
        ["artists", "-n", "-1"],
        ["artists", "-n", "many"],
        ["artists", "--json", "--csv"],
        ["songs"],
        ["import"],
        ["forget"],
        ["--library"],
    ],
)
def test_wrong_use_is_2_and_says_why_on_stderr(arguments: list[str], run: Run, filled: Library) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.err.strip()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["songs", "Nobody"], "no artist 'Nobody'"),
        (["plays", "--artist", "Nobody"], "no artist 'Nobody'"),
        (["plays", "--track", "Nothing"], "no track 'Nothing'"),
        (["--listener", "nobody", "stats"], "no listener 'nobody' in the library. Listeners: me."),
        (["forget", "--listener", "nobody", "--yes"], "no listener 'nobody'"),
    ],
)
def test_what_is_not_there_is_1(arguments: list[str], says: str, run: Run, filled: Library) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (1, "")
    assert says in done.err


@pytest.mark.parametrize("arguments", [["stats"], ["artists"], ["plays"], ["songs", "x"], ["listeners"]])
def test_without_a_library_the_status_is_1(arguments: list[str], run: Run, library: Library) -> None:
    done = run(*arguments, "--json")
    assert (done.code, done.out) == (1, "")
    assert done.err == f"tui-music: There is no library at {library.path}. Import an export: tui-music import FILE.\n"
    assert not library.path.parent.exists()


def test_a_damaged_library_is_named(run: Run, library: Library) -> None:
    write(library.path, b"nonsense" * 1_000)
    assert run("stats").code == 1
    assert f"tui-music: {library.path} cannot be read" in run("stats").err
    done = run("doctor")
    assert done.code == 1
    assert "cannot be read" in done.out


# --- forget -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 1), ("\n", 1, 1), ("", 1, 1)])
def test_forget_asks(said: str, code: int, left: int, filled: Library) -> None:
    done = apart("forget", "--listener", "me", input=said.encode())
    assert done.returncode == code
    assert b"Remove me with 22 plays? This cannot be undone." in done.stderr
    assert len(filled.listeners()) == left
    assert_healthy(filled)


def test_after_forgetting_everybody(run: Run, filled: Library, tmp_path: Path) -> None:
    assert run("forget", "--listener", "me", "--yes").out == "Removed me with 22 plays.\n"
    assert stored_texts(filled)[1:] == [], "but the number of the library"
    done = run("stats")
    assert done.code == 1
    assert "There is nobody in the library" in done.err
    assert run("listeners", "--json").json == []
    imported(filled, tmp_path / "rows.json")
    assert run("stats", "--json").json["plays"] == 20


# --- global options ---------------------------------------------------------------------------------------------


def test_everything_may_live_elsewhere(
    run: Run, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.json", [row()])
    run("--library", tmp_path / "there", "import", path)
    assert [each.name for each in (tmp_path / "there").iterdir()] == ["library.duckdb"]
    assert run("--library", tmp_path / "there", "stats", "--json").json["plays"] == 1
    assert not library.exists()
    monkeypatch.setenv("TUI_MUSIC_HOME", str(tmp_path / "there"))
    assert run("stats", "--json").json["plays"] == 1
    monkeypatch.chdir(tmp_path)
    assert run("--library", "there", "stats", "--json").json["plays"] == 1
    monkeypatch.setenv("TUI_MUSIC_HOME", "~nobody-of-that-name/x")
    assert run("stats").code == 2


def test_without_a_home_of_its_own_the_platform_says_where(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "TUI_MUSIC_HOME"}
    for name in ("DATA", "CACHE", "CONFIG", "STATE"):
        environment[f"XDG_{name}_HOME"] = str(tmp_path / name.lower())
    path = write(tmp_path / "a.json", [row()])
    assert apart("import", path, env=environment).returncode == 0
    assert (tmp_path / "data" / "tui-music" / "library.duckdb").exists()
    out = apart("doctor", env=environment).stdout.decode()
    for name in ("data", "cache", "config"):
        assert str(tmp_path / name) in out


def test_the_demo_answers_from_a_library_of_its_own(run: Run, filled: Library) -> None:
    answer = run("--demo", "stats", "--json").json
    assert answer["plays"] > 39_000
    assert run("stats", "--json").json["plays"] == 20
    assert run("--demo", "artists", "-n", "1", "--json").json[0]["artist"] == "Vesper & the Lamps"


# --- names ------------------------------------------------------------------------------------------------------


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


# --- streams ----------------------------------------------------------------------------------------------------


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
