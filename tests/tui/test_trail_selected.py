"""Whoever is selected on a trail, and what services are asked about them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.services.server import Arrived, Server
from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.knowing import know
from tests.tui.walking import (
    KEY,
    answer,
    answer_open,
    calm,
    entry,
    listed,
    press,
    quick_and_without_a_key,
    trail,
    warm,
    way,
)
from tui_music.errors import ServiceUnavailable
from tui_music.library.journal import Journal
from tui_music.library.library import Library
from tui_music.services.cache import CacheKey
from tui_music.services.gateway import Services
from tui_music.settings import Settings
from tui_music.text import shown
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.trail_screen import TrailScreen

__all__ = ["quick_and_without_a_key", "warm"]  # fixtures

# who is selected


@pytest.mark.usefixtures("warm")
class TestSelected:
    async def test_decisions(self, started: Started, library: Library) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter")
            before, name = listed(pilot), entry(pilot).artist
            await press(pilot, "minus")
            assert listed(pilot) == before[1:]
            await press(pilot, "u")
            assert listed(pilot) == before
            trail(pilot).table.move_to(0)
            await press(pilot, "space")
            assert "◦" in text_of(pilot)
            assert listed(pilot) == before
        assert [each.artist for each in Journal(library).crate("mira")] == [name]
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter")
            assert "◦" in text_of(pilot), "what the journal holds is marked, too"

    async def test_decisions_on_a_song_are_on_the_song_alone(self, started: Started, library: Library) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter", "t")
            artist = entry(pilot).artist

            def titles() -> list[str]:
                rows = trail(pilot).rows
                return [each.title or "" for each in rows.entries] if rows else []

            first, second, *_ = titles()
            await press(pilot, "minus")
            assert f"{shown(artist)} – {shown(first)}: never again"[:30] in text_of(pilot)
            assert first not in titles()
            await press(pilot, "equals_sign")
            assert second not in titles()
            await press(pilot, "space")
            assert "◦" in text_of(pilot)
            third = entry(pilot).title
            held = Journal(library).verdicts("mira")
            assert held.of(artist) is None
            assert [held.of(artist, title) for title in (first, second, third)] == ["never", "known", "later"]
            await press(pilot, "u", "u")
            assert first not in titles()
            assert second in titles()
            await press(pilot, "left")
            assert shown(first) not in text_of(pilot), "nor is it told as a song to start with"
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter", "t")
            assert entry(pilot).title == second
            await press(pilot, "4")
            await settled(pilot)
            assert shown(first) not in text_of(pilot)

    async def test_plays_copy_link_songs(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "y")
            assert pilot.app.clipboard == HOSTILE[0]
            await press(pilot, "p")
            assert isinstance(screen_of(pilot), PlaysScreen)
            await press(pilot, "escape", "o")
            assert "https://www.last.fm/music/Vesper" in text_of(pilot)
            await press(pilot, "t")
            assert {each.why for each in trail(pilot).rows.entries} == {"your best", "top tracks"}  # type: ignore[union-attr]
            await press(pilot, "y")
            assert pilot.app.clipboard.startswith(f"{HOSTILE[0]} – ")
            await press(pilot, "p")
            assert isinstance(screen_of(pilot), PlaysScreen)
            await press(pilot, "escape", "t")
            assert trail(pilot).at.place == trail(pilot).home.onward[0].place or way(pilot)[-1] == HOSTILE[0]

    async def test_somebody_never_played_has_no_plays(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter")
            screen = trail(pilot)
            at = next(at for at, each in enumerate(screen.rows.entries) if not each.plays)  # type: ignore[union-attr]
            screen.table.move_to(at)
            await press(pilot, "p")
            assert isinstance(screen_of(pilot), TrailScreen)
            assert "was never played" in text_of(pilot)

    async def test_export_of_the_way_and_of_the_list(
        self, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter", "enter")
            artists, names = [*way(pilot)[1:]], listed(pilot)
            await press(pilot, "x", "enter")
            await answer_open(pilot, "text")
            await answer_open(pilot, "way.txt")
            await press(pilot, "x", "down", "down", "enter")
            await answer_open(pilot, "text")
            await answer_open(pilot, "list.txt")
            await press(pilot, "t", "j")
            songs = [each.title for each in trail(pilot).rows.entries]  # type: ignore[union-attr]
            await press(pilot, "x", "down", "down", "enter")
            await answer_open(pilot, "text")
            await answer_open(pilot, "songs.txt")
        written = (tmp_path / "songs.txt").read_text(encoding="utf-8").splitlines()
        assert [line.split(" - ")[1] for line in written] == [str(shown(title or "")) for title in songs]
        told = (tmp_path / "way.txt").read_text(encoding="utf-8")
        assert all(name.split()[0] in told for name in artists)
        lines = (tmp_path / "list.txt").read_text(encoding="utf-8").splitlines()
        assert len(lines) >= len(names)


# services


@pytest.mark.usefixtures("library", "no_gaps")
class TestOnline:
    async def test_what_is_missing_is_fetched_while_one_reads(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        async with started(given=online) as pilot:
            await press(pilot, "5", "enter")
            assert "Tomo Morn" in listed(pilot) or "Ilse Morn" in listed(pilot)
            assert entry(pilot).tags
            assert f"{entry(pilot).artist} 1" in text_of(pilot), "songs to start with"
            assert server.count("lastfm", "similar_artists") == 1
            calls = len(server.calls)
            await press(pilot, "left", "enter")
            assert len(server.calls) == calls, "nothing is asked twice"
            assert KEY not in text_of(pilot)

    async def test_without_a_key_those_are_asked_that_need_none(
        self, started: Started, online: Settings, server: Server
    ) -> None:
        async with started(given=online) as pilot:
            await press(pilot, "5")
            services = pilot.app.services  # type: ignore[attr-defined]
            services.cache.put(
                CacheKey("lastfm", "similar_artists", (HOSTILE[0],), 100),
                b'{"artist": "Vesper & the Lamps", "similar": [{"name": "Ilse Morn", "match": 1.0}]}',
            )
            await answer(pilot, "slash", "vesper")
            await press(pilot, "1", "5", "enter")
            assert way(pilot)[-1] == "Ilse Morn"
            assert "Ilse Vale" in listed(pilot)
            assert server.count("listenbrainz", "lb_similar") == 1
            assert server.count("lastfm") == 0
            trail(pilot).table.move_to(listed(pilot).index("Ilse Vale"))
            await calm(pilot)
            assert "with a key to Last.fm" in text_of(pilot)

    async def test_offline_opens_nothing(self, started: Started, online: Settings, server: Server) -> None:
        async with started(given=online, offline=True) as pilot:
            await press(pilot, "5", "enter", "j", "f", "escape")
            assert "offline" in text_of(pilot).splitlines()[0]
            assert server.calls == []

    async def test_a_failing_service_is_named_and_asked_no_more(
        self, started: Started, settings: Settings, online: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        know(settings)
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        asked = []

        def fail(self: Services, artist: str, *_: object, **__: object) -> None:
            asked.append(artist)
            raise ServiceUnavailable("Last.fm cannot be reached.")

        monkeypatch.setattr(Services, "similar_artists", fail)
        monkeypatch.setattr(Services, "top_tracks", fail)
        async with started(given=online) as pilot:
            await press(pilot, "5")
            await answer(pilot, "slash", "lantern year")
            assert "Last.fm cannot be reached." in text_of(pilot)
            assert listed(pilot), "others named them"
            assert asked.count("Lantern Year") <= 3

    async def test_escape_stops_asking(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        go_on = threading.Event()

        def slow(arrived: Arrived) -> bytes:
            go_on.wait(10)
            return server.world.top_tags(*arrived.args)

        server.script("lastfm", "top_tags", None, slow)
        async with started(given=online) as pilot:
            await pilot.press("5")
            for _ in range(500):
                await pilot.pause(0.01)
                if server.count("lastfm", "top_tags"):
                    break
            await pilot.press("escape")
            go_on.set()
            await calm(pilot)
            await calm(pilot)
            assert server.count("lastfm", "top_tags") == 1

    async def test_an_old_reply_in_place_of_an_answer_is_said(
        self, started: Started, settings: Settings, online: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        know(settings, days=47)
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

        def fail(*_: object) -> None:
            raise ServiceUnavailable("Last.fm cannot be reached.")

        monkeypatch.setattr(Services, "_fetched", fail)
        async with started(given=online) as pilot:
            await press(pilot, "5", "enter")
            assert "Last.fm does not answer: this is what it said 47 days ago." in text_of(pilot)
            assert listed(pilot)

    async def test_escape_stops_asking_and_quitting_does_not_wait(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

        def slow(_: object) -> bytes:
            server.closing.wait(30)
            return b""

        server.script("lastfm", "similar_artists", None, slow)
        async with started(given=online) as pilot:
            await press(pilot, "5")
            await pilot.press("enter")
            for _ in range(200):
                await pilot.pause(0.02)
                if "esc stops" in text_of(pilot):
                    break
            assert "asking Last.fm about" in text_of(pilot)
            await pilot.press("j", "escape")
            await pilot.pause()
            assert way(pilot)[-1] == HOSTILE[0], "the first escape only stops asking"
            assert "Nobody else is asked here." in text_of(pilot)
            begun = time.monotonic()
            await pilot.press("q")
        assert time.monotonic() - begun < 5, "far below the 30 s of the service"
