"""The doctor reads everything, and finds what is wrong with a library, its files and the terminal."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from tests.catalogue.invented import of, song
from tests.commands import runner
from tests.exports import answers, copied, imported, new_library, row, short, write
from tui_music.doctor import Finding, examine, print_findings
from tui_music.engine import models
from tui_music.library import schema
from tui_music.library.journal import Journal, Triage
from tui_music.library.library import Library
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.services.keys import save_lastfm_key
from tui_music.services.limits import Limiter, folder_for
from tui_music.settings import Settings


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("template")
    library = new_library(folder / "home")
    rows = [row(at, f"Song {at}") for at in range(2_000)]
    imported(library, write(folder / "a.json", [*rows, row(title=None), rows[0]]))
    imported(library, write(folder / "b.json", [short(5), short(9_000_000)]))
    journal = Journal(library)
    for verdict in (Triage.YES, Triage.LATER):
        journal.record("me", "Artist", verdict, 1_700_000_000)
    journal.undo("me", 1_700_000_001)
    journal.redo("me", 1_700_000_002)
    journal.shown("me", ["Ilse Morn"], 1_700_000_000)
    return library


@pytest.fixture
def library(template: Library, home: Path) -> Library:
    return copied(template, home)


def settings_of(library: Library, **chosen: Any) -> Settings:
    folder = library.path.parent
    return Settings(folder, folder / "cache", folder, **chosen)


def findings(library: Library, **chosen: Any) -> dict[str, Finding]:
    """By what was looked at; of several about the same the first, which says what is wrong."""
    return {each.what: each for each in reversed(examine(settings_of(library, **chosen)))}


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
        ("journals have listeners", "INSERT INTO journal VALUES (9, 99, 0, 'never', 'Artist', NULL)"),
        ("journals have listeners", "INSERT INTO passed VALUES (99, 'artist', 20000)"),
        ("verdicts have artists", "UPDATE journal SET artist = NULL WHERE act = 'later'"),
        ("verdicts have artists", "UPDATE journal SET act = 'maybe' WHERE act = 'later'"),
        ("undone was done", "UPDATE journal SET id = id - 9 WHERE act = 'undo'"),
        ("undone was done", "UPDATE journal SET act = 'redo', artist = NULL WHERE act = 'later'"),
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


class TestWhatServicesSaid:
    @pytest.fixture(autouse=True)
    def _no_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> NoReturn:
            raise AssertionError("a socket was asked for")

        monkeypatch.setattr(socket, "socket", refuse)

    @pytest.fixture
    def cache(self, library: Library) -> ReplyCache:
        """With one reply in it."""
        cache = ReplyCache(settings_of(library).replies_dir)
        key = CacheKey("lastfm", "top_tags", ("Artist",))
        cache.put(key, b"{}")
        cache.get(key)
        cache.close()
        return cache

    def test_how_much_of_it_is_kept(self, library: Library, cache: ReplyCache) -> None:
        found = findings(library)
        assert found["replies"].found == str(cache.folder)
        assert found["kept"].found == "1 replies, 0.0 MB; 1 hits, 0 misses, 0 stale"
        assert found["kept"].state == "fine"
        assert "damaged" not in found

    def test_a_damaged_cache_and_what_was_moved_aside(self, library: Library, cache: ReplyCache) -> None:
        (cache.folder / "cache.db").write_bytes(b"no database" * 1000)
        found = [each for each in examine(settings_of(library)) if each.what in ("kept", "damaged")]
        assert [each.state for each in found] == ["fine", "odd", "odd"]
        assert "was damaged; it was moved to" in found[1].found
        assert str(cache.aside) in found[2].found
        assert "tui-music cache --clear" in found[2].advice
        cache.clear()
        assert "damaged" not in findings(library)

    def test_a_service_that_is_left_alone(self, library: Library) -> None:
        settings = settings_of(library)
        folder = folder_for(settings.musicbrainz_url, settings.cache_dir)
        Limiter(folder / "musicbrainz.json", 0.0).pause(600.0, "It said so.")
        found = findings(library)
        assert (found["MusicBrainz"].state, found["ListenBrainz"].state) == ("odd", "fine")
        assert "left alone for 10 minutes: It said so." in found["MusicBrainz"].found
        assert found["limits"].found == str(folder)

    def test_offline_nobody_is_named(self, library: Library) -> None:
        found = findings(library, offline=True)
        assert "offline = true" in found["network"].found
        assert "Last.fm" not in found
        assert "the demo asks nobody" in findings(library, demo=True)["network"].found

    def test_the_option_is_reported_as_well_as_the_setting(
        self, library: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = runner(capsys, monkeypatch)
        said = {each["what"]: each["found"] for each in run("--offline", "doctor", "--json").json}
        assert said["network"] == "nobody is asked: it was started with --offline"
        assert "Last.fm" not in said
        assert "services are asked" in run("doctor").out

    def test_nothing_of_the_network_is_imported(self, library: Library, cache: ReplyCache) -> None:
        code = (
            "import sys; from tui_music.doctor import examine; from tui_music.settings import load; examine(load()); "
            "print(*{'httpx2', 'pylast', 'diskcache', 'ssl', 'sklearn', 'sknetwork', 'textual'} & sys.modules.keys())"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.split() == []


class TestTheKey:
    KEY = "5ent1nel5ecretKeyOfNobody0000000"

    def test_there_need_not_be_one(self, library: Library) -> None:
        found = findings(library)
        assert (found["key"].state, found["key"].found) == ("fine", "none to Last.fm")
        assert "last.fm/api/account/create" in found["key"].advice
        assert found["key file"].found.endswith("lastfm.key (not made yet)")

    def test_where_it_is_from_but_not_what_it_is(self, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = settings_of(library)
        save_lastfm_key(settings, self.KEY)
        found = examine(settings)
        assert f"from {settings.lastfm_key_file}" in {each.found for each in found if each.what == "key"}
        assert self.KEY not in repr(found)
        monkeypatch.setenv("LASTFM_API_KEY", self.KEY[::-1])
        found = examine(settings)
        assert "from LASTFM_API_KEY" in {each.found for each in found if each.what == "key"}
        assert self.KEY[::-1] not in repr(found)

    def test_one_that_others_can_read_is_not_used(self, library: Library) -> None:
        path = settings_of(library).lastfm_key_file
        path.write_text(self.KEY)
        path.chmod(0o644)
        found = findings(library)
        assert (found["key"].state, found["key"].found) == ("odd", "not used")
        assert "chmod 600" in found["key"].advice
        assert (found["key file"].state, found["key file"].found) == ("odd", f"{path} (mode 0644)")

    def test_one_that_is_none(self, library: Library) -> None:
        path = settings_of(library).lastfm_key_file
        path.touch(0o600)
        path.write_text("two words")
        found = findings(library)
        assert found["key"].state == "odd"
        assert "two words" not in found["key"].advice


class TestModels:
    def test_each_is_read_whole(self, library: Library) -> None:
        folder = settings_of(library).models_dir
        for path in (folder / "knowledge-1", folder / "phases-1", settings_of(library).community_dir / "community"):
            models.save(path.with_suffix(".npz"), {"weight": np.arange(1000.0)}, 1, {})
        assert findings(library)["learnt"] == Finding("fine", "learnt", "3 of 3 models as they were written")
        damaged = folder / "phases-1.npz"
        data = damaged.read_bytes()
        damaged.write_bytes(data[:-4000] + b"\xff" + data[-3999:])
        (folder / "weights-1.npz").write_bytes(b"PK\x03\x04")
        found = [each for each in examine(settings_of(library)) if each.what == "learnt"]
        assert [each.state for each in found] == ["odd", "odd", "fine"]
        assert "phases-1.npz" in found[0].found
        assert "weights-1.npz" in found[1].found
        assert all("trained again" in each.found for each in found[:2])
        assert found[2].found.startswith("2 of 4")

    def test_there_need_not_be_any(self, library: Library) -> None:
        assert findings(library)["learnt"].found == "no models yet"


def test_the_catalogue_is_read_whole(library: Library) -> None:
    settings = settings_of(library)
    assert findings(library)["sound"].found == "no catalogue yet"
    of(settings.data_dir, [song("One"), song("Two", energy=0.9)])
    assert findings(library)["sound"] == Finding("fine", "sound", "a catalogue of 2 tracks, as it was written")
    (year,) = settings.catalogue_dir.glob("*/year.npy")
    year.write_bytes(year.read_bytes()[:-1] + b"\xff")
    found = findings(library)["sound"]
    assert found.state == "odd"
    assert "checksum" in found.found
    assert "tui-music catalogue build" in found.advice


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


def test_why_there_are_no_covers(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings(library)["covers"].found == "beside the albums of an artist"
    assert "art = false" in findings(library, art=False)["covers"].found
    monkeypatch.setattr("tui_music.doctor.find_spec", lambda name: None)
    assert "Pillow" in findings(library)["covers"].found
