"""The command line: what each command prints in each form, its exit status, and where it looks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.commands import Run, apart, runner
from tests.exports import (
    assert_healthy,
    chapter,
    copied,
    episode,
    imported,
    new_library,
    row,
    stored_texts,
    write,
)
from tui_music import __version__
from tui_music.library.library import Library


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("template")
    library = new_library(folder / "home")
    imported(library, write(folder / "rows.json", ROWS))
    return library


@pytest.fixture
def filled(template: Library, home: Path) -> Library:
    return copied(template, home)


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
    imported(filled, write(tmp_path / "rows.json", ROWS))
    assert run("stats", "--json").json["plays"] == 20


def test_forgetting_removes_what_was_worked_out_but_no_replies(run: Run, filled: Library) -> None:
    home = filled.path.parent
    gone = [home / name for name in ("cache/overview.bin", "models/me/weights.npz", "backups/library-schema1.duckdb")]
    stays = [home / "cache/replies/cache.db", home / "settings.toml"]
    for path in (*gone, *stays):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert run("forget", "--listener", "me", "--yes").code == 0
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in stays)


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
