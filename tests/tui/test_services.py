"""The part Services of screen 9: its states, the key, on- and offline, fetching ahead."""

from __future__ import annotations

import logging
import socket
import stat
import time
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.services.server import Answer, Server
from tests.services.world import failed
from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.knowing import know
from tests.tui.pictures import SIZES
from tests.tui.test_pictures import BATCHES, REASONS
from tui_music.errors import BadRange
from tui_music.library.library import Library
from tui_music.services.gateway import Services, ServiceStatus
from tui_music.services.keys import lastfm_key
from tui_music.settings import Settings, load
from tui_music.text import cells
from tui_music.tui.app import TuiMusic
from tui_music.tui.prompt import PromptLine
from tui_music.tui.services_part import Aim, parse_aim

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def enter_key(pilot: Pilot[Any], text: str) -> None:
    await press(pilot, "a", *text, "enter")


async def until(pilot: Pilot[Any], text: str) -> None:
    """Wait until a text is on the screen."""
    for _ in range(500):
        if text in text_of(pilot):
            return
        await pilot.pause(0.02)
    raise AssertionError(f"{text!r} never came:\n{text_of(pilot)}")


# pictures


@pytest.mark.parametrize("size", SIZES)
class TestPictures:
    @pytest.fixture
    def look(
        self, snap_compare: Any, settings: Settings, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
    ) -> Any:
        monkeypatch.setattr(Library, "batches", lambda _: BATCHES)
        monkeypatch.setattr(Library, "rejections", lambda _: REASONS)

        def compare(*keys: str, offline: bool = False) -> bool:
            async def before(pilot: Pilot[Any]) -> None:
                await settled(pilot)
                await press(pilot, "9", *keys)

            return bool(snap_compare(TuiMusic(settings, offline=offline), terminal_size=size, run_before=before))

        return compare

    @pytest.mark.usefixtures("library")
    def test_no_key(self, look: Any) -> None:
        assert look("tab")

    @pytest.mark.usefixtures("library")
    def test_offline_cold(self, look: Any) -> None:
        assert look(offline=True)

    @pytest.mark.usefixtures("library")
    def test_offline_warm(self, look: Any, settings: Settings) -> None:
        know(settings)
        assert look(offline=True)

    @pytest.mark.usefixtures("library")
    def test_with_a_key(self, look: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        know(settings)
        assert look()

    @pytest.mark.usefixtures("library")
    def test_a_service_that_fails(self, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        standing = (
            ServiceStatus("Last.fm", "paused", "Last.fm is left alone for 12 min: it fails with 503.", 1_700_000_000),
            ServiceStatus("MusicBrainz", "ok", "MusicBrainz is asked for what is missing."),
            ServiceStatus("ListenBrainz", "ok", "ListenBrainz is asked for what is missing."),
        )
        monkeypatch.setattr(Services, "status", lambda _: standing)
        assert look()

    @pytest.mark.usefixtures("library")
    def test_a_key_is_asked_for(self, look: Any) -> None:
        assert look("a", *"s3cr3t")


def test_without_a_library(snap_compare: Any, settings: Settings) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await press(pilot, "9")

    assert snap_compare(TuiMusic(settings), terminal_size=(80, 24), run_before=before)


# the key


@pytest.mark.usefixtures("library", "no_gaps")
class TestKey:
    async def test_it_is_asked_for_once_tried_kept_and_never_shown(
        self, started: Started, online: Settings, server: Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        async with started((120, 36), given=online) as pilot:
            await press(pilot, "9")
            assert "last.fm/api/account/create" in text_of(pilot)
            await press(pilot, "a", *KEY)
            text = text_of(pilot)
            assert KEY[:4] not in text
            assert "•" * len(KEY) in text
            await press(pilot, "enter")
            assert "Last.fm takes the key." in text_of(pilot)
            assert [each.method for each in server.calls] == ["check_key"]
            assert "••••••••" in text_of(pilot)
            assert "last.fm/api/account/create" not in text_of(pilot)
            for key in ("1", "comma", "9", "question_mark"):
                await press(pilot, key)
                assert KEY not in text_of(pilot)
            await pilot.press("q")
        kept = online.lastfm_key_file
        assert kept.read_text().strip() == KEY
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert KEY not in caplog.text
        assert KEY.encode() not in b"".join(file.read_bytes() for file in online.data_dir.rglob("*.json"))

    async def test_one_that_is_refused_is_not_kept(self, started: Started, online: Settings, server: Server) -> None:
        server.script("lastfm", "check_key", None, Answer(failed(10, "Invalid API key"), status=403))
        async with started(given=online) as pilot:
            await press(pilot, "9")
            await enter_key(pilot, KEY)
            assert "key" in text_of(pilot).splitlines()[-1] or "refuse" in text_of(pilot)
            assert lastfm_key(online) is None

    async def test_a_refused_one_does_not_replace_one_that_works(
        self, started: Started, online: Settings, server: Server
    ) -> None:
        async with started(given=online) as pilot:
            await press(pilot, "9")
            await enter_key(pilot, KEY)
            server.script("lastfm", "check_key", None, Answer(failed(10, "Invalid API key"), status=403))
            await enter_key(pilot, KEY[::-1])
            found = lastfm_key(online)
            assert found is not None
            assert found.value == KEY

    async def test_what_is_no_key_is_said_at_once(self, started: Started, online: Settings, server: Server) -> None:
        async with started(given=online) as pilot:
            await press(pilot, "9", "a", *"abc", "enter")
            assert "There is no key to Last.fm in what was entered" in text_of(pilot)
            assert server.calls == []
            await press(pilot, "escape")
            assert lastfm_key(online) is None

    async def test_offline_it_is_kept_untried(self, started: Started, online: Settings, server: Server) -> None:
        async with started(given=online, offline=True) as pilot:
            await press(pilot, "9")
            await enter_key(pilot, KEY)
            assert "The key is kept, but was not tried" in text_of(pilot)
            assert server.calls == []
            assert lastfm_key(online) is not None

    async def test_it_can_be_forgotten(self, started: Started, online: Settings) -> None:
        async with started(given=online) as pilot:
            await press(pilot, "9")
            await enter_key(pilot, KEY)
            await press(pilot, "F")
            assert "The key is removed from this computer." in text_of(pilot)
            assert lastfm_key(online) is None
            await press(pilot, "F")
            assert "There is no key to remove." in text_of(pilot)

    async def test_one_in_the_environment_is_changed_there(
        self, started: Started, online: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        async with started((120, 36), given=online) as pilot:
            await press(pilot, "9")
            assert "•••••••• from LASTFM_API_KEY" in text_of(pilot)
            await press(pilot, "a")
            assert "LASTFM_API_KEY" in text_of(pilot).splitlines()[-1]
            assert not screen_of(pilot).query(PromptLine)


# on- and offline


@pytest.mark.usefixtures("library")
class TestOffline:
    async def test_it_is_on_every_screen_and_remembered(self, started: Started, settings: Settings) -> None:
        async with started() as pilot:
            await press(pilot, "O")
            assert "Offline: nobody is asked" in text_of(pilot)
            for key in "123459":
                await press(pilot, key)
                assert "offline" in text_of(pilot).splitlines()[0], key
        assert load().offline
        async with started(given=load()) as pilot:
            assert "offline" in text_of(pilot).splitlines()[0]
            await press(pilot, "O")
            assert "offline" not in text_of(pilot).splitlines()[0]
        assert not load().offline

    async def test_it_is_among_the_settings(self, started: Started, settings: Settings) -> None:
        async with started() as pilot:
            await press(pilot, "comma", "j", "j", "j", "j", "enter")
            assert load().offline
            assert "offline" in text_of(pilot).splitlines()[0]
            await press(pilot, "enter")
            assert not load().offline

    async def test_the_option_holds_for_one_run(self, started: Started, settings: Settings) -> None:
        async with started(offline=True) as pilot:
            assert "offline" in text_of(pilot).splitlines()[0]
            assert pilot.app.services.offline  # type: ignore[attr-defined]
        assert not load().offline

    async def test_offline_nothing_is_connected_to(self, started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        tried = []

        def refuse(*asked: object, **_: object) -> None:
            tried.append(asked)
            raise OSError("no network here")

        for name in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, name, refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter", "t", "1", "m", "4", "j", "enter", "9", "w", "escape", "O")
            assert tried == []
            await press(pilot, "5", "enter")
            for _ in range(200):
                await pilot.pause(0.02)
                if tried:
                    break
            assert tried, "online it is"

    async def test_the_demo_asks_nobody(self, started: Started, settings: Settings) -> None:
        async with started(given=settings.for_demo()) as pilot:
            assert pilot.app.services.offline  # type: ignore[attr-defined]
            await press(pilot, "O")
            assert "invented" in text_of(pilot)
            assert pilot.app.services.offline  # type: ignore[attr-defined]


# fetching ahead


@pytest.mark.usefixtures("library", "no_gaps")
class TestFetching:
    async def test_what_it_buys_and_what_it_bought(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        async with started((120, 36), given=online) as pilot:
            await press(pilot, "9", "b")
            screen_of(pilot).query_one(PromptLine).value = "5"
            await press(pilot, "enter")
            text = text_of(pilot)
            assert "5 calls: 0 % → " in text
            assert "of your hours covered" in text
            assert "now → after 5 calls" in text
            await press(pilot, "w")
            await until(pilot, "5 fetched")
            assert len(server.calls) == 5
            assert "5 replies" in text_of(pilot)
            await press(pilot, "w")
            await until(pilot, "5 fetched")
            assert len({(each.method, each.args) for each in server.calls}) == 10, "it goes on where it ended"

    async def test_its_progress_is_shown_and_it_can_be_stopped(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

        def slow(_: object) -> bytes:
            time.sleep(0.1)
            return server.world.similar_artists(HOSTILE[0], 3)

        server.script("lastfm", "similar_artists", None, slow)
        async with started(given=online) as pilot:
            await press(pilot, "9")
            await pilot.press("w")
            await until(pilot, "esc stops")
            assert "fetching " in text_of(pilot).splitlines()[0]
            await until(pilot, " of 38")
            await pilot.press("1")
            await pilot.pause()
            assert "fetching " in text_of(pilot).splitlines()[0], "on other screens, too"
            await pilot.press("9", "escape")
            await until(pilot, "cancelled")
            done = len(server.calls)
            assert done < 38
            await press(pilot, "1")
            assert len(server.calls) == done

    async def test_offline_nothing_begins_and_going_offline_ends_it(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

        def slow(_: object) -> bytes:
            time.sleep(0.05)
            return server.world.similar_artists(HOSTILE[0], 3)

        server.script("lastfm", "similar_artists", None, slow)
        async with started(given=online) as pilot:
            await press(pilot, "9", "O", "w")
            assert "Offline: nothing can be fetched." in text_of(pilot)
            assert server.calls == []
            await press(pilot, "O")
            await pilot.press("w")
            await until(pilot, "esc stops")
            await pilot.press("O")
            for _ in range(200):
                await pilot.pause(0.02)
                if screen_of(pilot).session.warming is None:
                    break
            assert screen_of(pilot).session.warming is None
            assert len(server.calls) < 36

    async def test_quitting_does_not_wait_for_a_service(
        self, started: Started, online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

        def never(_: object) -> bytes:
            server.closing.wait(30)
            return b""

        server.script("lastfm", "similar_artists", None, never)
        async with started(given=online) as pilot:
            await press(pilot, "9")
            await pilot.press("w")
            await until(pilot, "esc stops")
            begun = time.monotonic()
            await pilot.press("q")
        assert time.monotonic() - begun < 5, "far below the 30 s of the service"


async def test_whose_data_it_is_is_said(started: Started, library: Library) -> None:
    async with started((120, 50)) as pilot:
        await press(pilot, "9")
        assert "Powered by AudioScrobbler · www.last.fm" in text_of(pilot)
        await press(pilot, "o")
        assert "https://www.last.fm/api/account/create" in text_of(pilot)


@pytest.mark.parametrize("size", [(40, 10), (60, 18), (200, 60)])
async def test_any_size(started: Started, library: Library, settings: Settings, size: tuple[int, int]) -> None:
    know(settings)
    async with started(size) as pilot:
        await press(pilot, "9", "j", "tab", "G", "k", "enter", "escape", "tab")
        assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())


def test_aims() -> None:
    assert parse_aim("200") == Aim(200)
    assert parse_aim(" all ") == Aim(None)
    assert parse_aim("1,000 51-120") == Aim(1_000, (51, 120))
    assert parse_aim("all 1–10") == Aim(None, (1, 10))
    assert str(Aim(None, (1, 10)).label) == "all 1-10"
    assert parse_aim(str(Aim(500, (51, 120)).label)) == Aim(500, (51, 120))
    for text in ("", "0", "-1", "many", "200 9-3", "200 0-4", "9999999"):
        with pytest.raises(BadRange):
            parse_aim(text)
