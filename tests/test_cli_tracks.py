"""The catalogue on the command line: built, told of, searched, and asked for similar tracks and playlists."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.bench.tracks import table
from tests.catalogue.invented import built, song, track_id, write
from tests.commands import Run, runner
from tests.exports import imported, row
from tests.exports import write as write_export
from tui_music.catalogue.tables import SOUND
from tui_music.library.library import Library
from tui_music.settings import load

MEMORIES = song("Memories", "Maroon Five", track_id=track_id(1), popularity=99, energy=0.7)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tracks")
    own = [
        MEMORIES,
        song("Known Song", "Ilse Morn", track_id=track_id(2), popularity=98, explicit=1),
        song("\x1b]0;x\x07 hostile", "[/red] Band", popularity=97, explicit=0),
    ]
    tables = table(folder / "many.csv", 600), write(folder / "own.csv", own)
    built(folder / "home" / "catalogue", *tables, clusters=4)
    return folder / "home"


@pytest.fixture
def catalogue(prepared: Path, home: Path) -> Path:
    """The catalogue in this test's own home."""
    shutil.copytree(prepared, home)
    return home


def test_building_says_what_became_of_every_row(run: Run, tmp_path: Path) -> None:
    rows = [MEMORIES, MEMORIES, song(""), song("Other", energy="loud", tempo="", valence=0.9)]
    path = write(tmp_path / "mine.csv", rows)
    answer = run("catalogue", "build", path, "--clusters", 2, "--json").json
    assert (answer["tracks"], answer["clusters"], answer["lacking"]) == (2, 2, {"energy": 1, "tempo": 1, "explicit": 2})
    assert answer["files"] == [
        {
            "file": "mine.csv", "format": "Spotify tracks, 1,160,000", "read": 4, "kept": 2, "merged": 1,
            "rejected": {"no title": 1}, "missing": {"tempo": 1}, "impossible": {"energy": 1},
        }
    ]  # fmt: skip
    told = run("catalogue", "info")
    assert "4 rows read, 2 kept, 1 merged as doubles, 1 rejected" in told.out
    assert run("catalogue", "info", "--json").json == answer


def test_a_table_of_one_s_own_by_mapping(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Lied,Wer,energy\nSong,Ilse,0.5\n")
    refused = run("catalogue", "build", tmp_path / "x.csv")
    assert refused.code == 1
    assert "--map title=COLUMN" in refused.err
    words = ("catalogue", "build", tmp_path / "x.csv", "--map", "title=Lied", "--map", "artist=Wer", "--json")
    assert run(*words).json["tracks"] == 1
    assert run("catalogue", "build", tmp_path / "x.csv", "--map", "title").code == 2


def test_without_a_catalogue_it_says_what_to_do(run: Run) -> None:
    for words in (("catalogue", "info"), ("tracks", "x"), ("similar", "x"), ("playlist", "x"), ("clusters",)):
        done = run(*words)
        assert done.code == 1
        assert "tui-music catalogue build" in done.err


class TestTracks:
    def test_by_name_with_everything_that_is_known(self, catalogue: Path, run: Run) -> None:
        found = run("tracks", "maroon", "memories", "--json").json[0]
        assert (found["track"], found["artist"], found["id"]) == ("Memories", "Maroon Five", track_id(1))
        assert {name: found[name] for name in SOUND} == {name: MEMORIES[name] for name in SOUND}

    def test_popular_ones(self, catalogue: Path, run: Run) -> None:
        rows = run("tracks", "--popular", "-n", 50, "--json").json
        assert [each["popularity"] for each in rows] == sorted((each["popularity"] for each in rows), reverse=True)
        folk = run("tracks", "--popular", "--genre", "folk", "--csv").csv
        assert len(folk) == 3
        old = run("tracks", "--popular", "--year", "-2004", "--json").json
        assert old
        assert all(each["year"] <= 2004 for each in old)

    def test_nothing_found_is_an_empty_answer(self, catalogue: Path, run: Run) -> None:
        assert run("tracks", "qqq", "zzz", "--json").json == []

    def test_hostile_names_reach_no_terminal(self, catalogue: Path, run: Run) -> None:
        for words in (("tracks", "hostile"), ("similar", "hostile"), ("playlist", "hostile", "--size", 3)):
            done = run(*words)
            assert "\x1b" not in done.out + done.err
        assert "\x1b" not in run("similar", "\x1b]0;owned\x07 xyzzy qqq").err


class TestSimilar:
    def test_rows_with_both_shares_of_the_score(self, catalogue: Path, run: Run) -> None:
        rows = run("similar", "memories maroon five", "--json").json
        assert list(rows[0]) == "rank track artist score sound text level id".split()
        assert [each["rank"] for each in rows] == list(range(1, 21))
        for each in rows:
            assert each["score"] == pytest.approx(each["sound"] + each["text"], abs=2e-6)
            assert each["level"] == "features"
        assert {each["text"] for each in run("similar", "memories", "--sound", 1, "--json").json} == {0.0}

    def test_what_is_taken_for_something_else_is_said(self, catalogue: Path, run: Run) -> None:
        done = run("similar", "memries maron five", "-n", 3, "--json")
        assert {each["level"] for each in done.json} == {"fuzzy name"}
        assert "taken for Memories by Maroon Five" in done.err
        done = run("similar", "qqq zzz", "-n", 2, "--json")
        assert [each["level"] for each in done.json] == ["popular", "popular"]
        assert "is not in the catalogue" in done.err

    def test_of_several_and_of_a_playlist(self, catalogue: Path, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "list.m3u8"
        file.write_text(
            f"#EXTM3U\n#EXTINF:1,A - B\nspotify:track:{track_id(1)}\n#EXTINF:1,Ilse Morn - Known Song\nx.mp3\n"
        )
        one = run("similar", "memories maroon five", "known song ilse morn", "--json").json
        done = run("similar", "--playlist", file, "--json")
        assert done.json == one
        assert "2 of 2 tracks" in done.err

    def test_filters(self, catalogue: Path, run: Run) -> None:
        asked = ("similar", "memories", "-n", 200, "--json")
        assert {each["artist"] for each in run(*asked, "--genre", "folk").json} == {"Ilse Morn", "[/red] Band"}
        assert [each["track"] for each in run(*asked, "--explicit").json] == ["Known Song"]
        assert len(run(*asked, "--clean").json) == 1
        every = len(run(*asked).json)
        assert 0 < len(run(*asked, "--tempo", "100-120", "--mood", "happy", "--popularity", "10-").json) < every
        artists = [each["artist"] for each in run(*asked, "--per-artist", 1).json]
        assert len(artists) == len(set(artists))

    def test_only_what_is_in_the_library_or_was_never_heard(self, catalogue: Path, run: Run, tmp_path: Path) -> None:
        imported(Library(load().library_file), write_export(tmp_path / "x.json", [row(0, "known SONG", "ilse morn")]))
        asked = ("similar", "memories", "-n", 200, "--json")
        assert [each["track"] for each in run(*asked, "--mine").json] == ["Known Song"]
        assert "Known Song" not in {each["track"] for each in run(*asked, "--never-heard", "--genre", "folk").json}

    @pytest.mark.parametrize(
        "wrong",
        [
            (), ("",), (" ",), ("x", "-n", "0"), ("x", "-n", "201"), ("x", "--sound", "1.5"), ("x", "--year", "9-3"),
            ("x", "--year", "-"), ("x", "--tempo", "fast"), ("x", "--mood", "odd"), ("x", "--genre", "none such"),
            ("x", "--json", "--csv"),
        ],
        ids=range(12),
    )  # fmt: skip
    def test_wrong_use(self, catalogue: Path, run: Run, wrong: tuple[str, ...]) -> None:
        assert run("similar", *wrong).code == 2

    def test_a_file_that_is_no_playlist(self, catalogue: Path, run: Run, tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(b"\0\xff")
        assert run("similar", "--playlist", tmp_path / "x").code == 1


class TestPlaylist:
    def test_it_begins_with_what_was_asked_for(self, catalogue: Path, run: Run) -> None:
        done = run("playlist", "memories", "--size", 12, "--json")
        assert [each["rank"] for each in done.json] == list(range(1, 13))
        assert (done.json[0]["track"], done.json[0]["level"]) == ("Memories", "seed")
        assert "12 tracks" in done.err

    def test_written_for_other_programs(self, catalogue: Path, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "x.jspf"
        assert run("playlist", "memories", "--format", "jspf", "-o", file).code == 0
        tracks = json.loads(file.read_text())["playlist"]["track"]
        assert tracks[0]["identifier"] == [f"spotify:track:{track_id(1)}"]
        assert len(tracks) == 20
        assert run("playlist", "memories", "-o", file).code == 1, "it is there already"
        assert run("playlist", "memories", "--format", "uris").out.startswith(f"spotify:track:{track_id(1)}\n")

    @pytest.mark.parametrize("wrong", [("--size", "0"), ("--size", "201"), ("--format", "mp3"), ("--per-artist", "0")])
    def test_wrong_use(self, catalogue: Path, run: Run, wrong: tuple[str, ...]) -> None:
        assert run("playlist", "memories", *wrong).code == 2


def test_clusters(catalogue: Path, run: Run) -> None:
    rows = run("clusters", "--json").json
    assert sum(each["size"] for each in rows) == run("catalogue", "info", "--json").json["tracks"]
    assert len({each["name"] for each in rows}) == len(rows) == 4
    assert run("clusters").out.count("\n") == 5
