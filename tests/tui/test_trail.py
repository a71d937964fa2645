"""The Trail screen: on, back, other ways, the way between two, songs, decisions, and every state it can be in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.services.server import Arrived, Server
from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.knowing import UNHEARD, know
from tests.tui.pictures import SIZES
from tui_music.errors import ServiceUnavailable
from tui_music.library.journal import Journal
from tui_music.library.library import Library
from tui_music.services.cache import CacheKey
from tui_music.services.gateway import Services
from tui_music.settings import Settings
from tui_music.text import cells, shown
from tui_music.tui.app import TuiMusic
from tui_music.tui.branches_screen import BranchesScreen
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.prompt import PromptLine
from tui_music.tui.steps import Sort
from tui_music.tui.trail_screen import TrailScreen
from tui_music.tui.widgets.trail_rows import Entry

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def quick_and_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)
    monkeypatch.setattr("tui_music.tui.trail_screen.REST", 0.01)


@pytest.fixture
def warm(settings: Settings, library: Library) -> None:
    know(settings)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


async def calm(pilot: Pilot[Any]) -> None:
    """Until what is known is drawn and the cursor rested."""
    await settled(pilot)
    await pilot.pause(0.02)
    if any(not worker.is_finished for worker in pilot.app.workers):
        await settled(pilot)
    await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await calm(pilot)


async def answer(pilot: Pilot[Any], key: str, text: str) -> None:
    await press(pilot, key)
    screen_of(pilot).query_one(PromptLine).value = text
    await press(pilot, "enter")


def trail(pilot: Pilot[Any]) -> TrailScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, TrailScreen)
    return screen


def entry(pilot: Pilot[Any]) -> Entry:
    found = trail(pilot).entry
    assert found is not None
    return found


def listed(pilot: Pilot[Any]) -> list[str]:
    rows = trail(pilot).rows
    return [each.artist for each in rows.entries] if rows else []


def way(pilot: Pilot[Any]) -> list[str]:
    return [step.place.name for step in trail(pilot).at.way]


# pictures


@pytest.mark.parametrize("size", SIZES)
class TestPictures:
    @pytest.fixture
    def look(self, snap_compare: Any, settings: Settings, size: tuple[int, int]) -> Any:
        def compare(*keys: str, offline: bool = True) -> bool:
            async def before(pilot: Pilot[Any]) -> None:
                await calm(pilot)
                await press(pilot, *keys)

            return bool(snap_compare(TuiMusic(settings, offline=offline), terminal_size=size, run_before=before))

        return compare

    @pytest.mark.usefixtures("warm")
    def test_home(self, look: Any) -> None:
        assert look("5", "j")

    @pytest.mark.usefixtures("warm")
    def test_offline_warm(self, look: Any) -> None:
        assert look("5", "enter", "j", "j", "space")

    @pytest.mark.usefixtures("library")
    def test_offline_cold(self, look: Any) -> None:
        assert look("5", "enter")

    @pytest.mark.usefixtures("library")
    def test_no_key_and_no_service(self, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise ServiceUnavailable("MusicBrainz cannot be reached: it is asked again at 21:20.")

        monkeypatch.setattr(Services, "mb_search", fail)
        assert look("5", "enter", offline=False)

    @pytest.mark.usefixtures("warm")
    def test_a_path(self, look: Any) -> None:
        assert look("5", "f", *"heaven", "tab", "enter")

    @pytest.mark.usefixtures("warm")
    def test_branches(self, look: Any) -> None:
        assert look("5", "enter", "enter", "left", "j", "enter", "left", "left", "j", "enter", "b")

    @pytest.mark.usefixtures("warm")
    def test_songs(self, look: Any) -> None:
        assert look("5", "t")


def test_without_a_library_there_is_the_first_run(snap_compare: Any, settings: Settings) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await press(pilot, "5")
        assert pilot.app.current_mode == "welcome"

    assert snap_compare(TuiMusic(settings), terminal_size=(80, 24), run_before=before)


# on and back


@pytest.mark.usefixtures("warm")
class TestGoing:
    async def test_on_and_back_to_the_row_one_left(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "j", "j")
            first = entry(pilot).artist
            await press(pilot, "enter", "j", "j", "j")
            second = entry(pilot).artist
            await press(pilot, "enter")
            assert way(pilot) == ["start", first, second]
            await press(pilot, "j", "left")
            assert way(pilot) == ["start", first]
            assert entry(pilot).artist == second
            await press(pilot, "escape")
            assert way(pilot) == ["start"]
            assert entry(pilot).artist == first
            await press(pilot, "left", "escape")
            assert way(pilot) == ["start"]

    async def test_a_click_on_the_way_goes_back(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter", "j", "enter", "enter")
            assert len(way(pilot)) == 4
            await pilot.click("Crumbs", offset=(12, 0))
            await calm(pilot)
            assert way(pilot) == ["start", HOSTILE[0]]

    async def test_a_long_way_shows_its_end(self, started: Started) -> None:
        async with started((60, 24), offline=True) as pilot:
            await press(pilot, "5", "enter", "enter")
            for _ in range(4):
                await press(pilot, "a", "m", "a", "r", "k", "s", "enter", "j", "enter")
            line = text_of(pilot).splitlines()[1]
            assert line.startswith(" … ")
            assert cells(line) <= 60
            assert str(shown(way(pilot)[-1], 20))[:10] in line

    async def test_m_comes_here_and_escape_goes_back(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "2", "j", "p")
            assert isinstance(screen_of(pilot), PlaysScreen)
            await press(pilot, "escape", "m")
            assert way(pilot) == ["start", HOSTILE[1]]
            await press(pilot, "enter", "escape")
            assert way(pilot) == ["start", HOSTILE[1]]
            await press(pilot, "escape")
            assert pilot.app.current_mode == "artists"

    async def test_m_on_a_song_lists_songs(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "1", "t", "m")
            place = trail(pilot).at.place
            assert place.sort is Sort.SONGS
            assert place.title is not None
            await press(pilot, "m")
            assert trail(pilot).at.place.sort is Sort.LIKE

    async def test_branches_are_kept_and_gone_to(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter", "j", "enter", "left", "j", "enter")
            there, before = way(pilot), trail(pilot).at
            await press(pilot, "b")
            assert isinstance(screen_of(pilot), BranchesScreen)
            assert text_of(pilot).count("◂ here") == 1
            assert "2 branches" in text_of(pilot)
            await press(pilot, "k", "enter")
            assert len(way(pilot)) == len(there)
            assert trail(pilot).at is not before
            await press(pilot, "b", "escape")
            assert isinstance(screen_of(pilot), TrailScreen)
            await press(pilot, "1", "5")
            assert trail(pilot).at is not before, "other screens change nothing"

    async def test_what_is_listed(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter")
            entries = trail(pilot).rows.entries  # type: ignore[union-attr]
            likeness = [each.similarity or 0.0 for each in entries]
            assert likeness == sorted(likeness, reverse=True)
            assert {each.artist for each in entries if not each.plays} <= set(UNHEARD)
            text = text_of(pilot)
            assert "✦" in text
            assert f"{len(entries)} artists · {sum(not each.plays for each in entries)} never heard" in text
            assert "as it was 3 days ago" in text
            assert "0 of 1 unheard" in text
            assert "songs to start" in text

    async def test_like_several(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter")
            await answer(pilot, "a", "heaven remix")
            assert trail(pilot).at.place.artists == (HOSTILE[0], HOSTILE[3])
            assert not set(listed(pilot)) & {HOSTILE[0], HOSTILE[3]}

    async def test_a_trail_from_anybody(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5")
            await answer(pilot, "slash", "lantern year")
            assert way(pilot) == ["start", "Lantern Year"]
            assert "1 of 1 unheard" in text_of(pilot)
            await answer(pilot, "slash", "whoever")
            assert "Nothing is known of" in text_of(pilot)


# the way between two


@pytest.mark.usefixtures("warm")
class TestPaths:
    async def test_a_path_with_the_likeness_of_each_step(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5")
            await answer(pilot, "f", "灯台の年")
            assert trail(pilot).at.place.sort is Sort.PATH
            names = listed(pilot)
            assert (names[0], names[-1]) == (HOSTILE[0], "灯台の年")
            steps = [each.similarity for each in trail(pilot).rows.entries]  # type: ignore[union-attr]
            assert steps[0] is None
            assert all(step for step in steps[1:])
            assert f"{len(names) - 1} step" in text_of(pilot)
            await press(pilot, "enter")
            assert trail(pilot).at.place.artists == (HOSTILE[0],)

    async def test_names_are_completed(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "f", *"lant", "tab")
            assert screen_of(pilot).query_one(PromptLine).value == "Lantern Year"
            await press(pilot, "escape", "f", *"o", "tab")
            assert "Moth" in text_of(pilot)

    async def test_every_name_can_be_chosen_as_it_is_offered(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5")
            known = trail(pilot).known
            assert known is not None
            for name in (*HOSTILE, *UNHEARD):
                assert known.name_of(str(shown(name))) in (name, str(shown(name)))

    async def test_no_path_is_said(self, started: Started, settings: Settings) -> None:
        services = Services(settings, offline=True)
        services.cache.put(
            CacheKey("lastfm", "similar_artists", ("Far One",), 100),
            b'{"artist": "Far One", "similar": [{"name": "Far Two", "match": 1.0}]}',
        )
        services.close()
        async with started(offline=True) as pilot:
            await press(pilot, "5")
            await answer(pilot, "f", "far two")
            assert "no way leads from" in text_of(pilot).replace("\n", " ")
            assert listed(pilot) == []
            await press(pilot, "enter", "p", "y", "m", "o", "x", "escape", "space", "t", "u")
            assert isinstance(screen_of(pilot), TrailScreen)


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


async def answer_open(pilot: Pilot[Any], text: str) -> None:
    """Answer the prompt that is open."""
    screen_of(pilot).query_one(PromptLine).value = text
    await press(pilot, "enter")


# services


def online(settings: Settings, server: Server) -> Settings:
    return server.settings(settings.data_dir)


@pytest.fixture
def no_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls follow one another at once."""
    made = Services.__init__

    def quick(self: Services, *given: Any, **named: Any) -> None:
        made(self, *given, **named, gaps={"lastfm": 0.0, "musicbrainz": 0.0, "listenbrainz": 0.0})

    monkeypatch.setattr(Services, "__init__", quick)


@pytest.mark.usefixtures("library", "no_gaps")
class TestOnline:
    async def test_what_is_missing_is_fetched_while_one_reads(
        self, started: Started, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        async with started(given=online(settings, server)) as pilot:
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
        self, started: Started, settings: Settings, server: Server
    ) -> None:
        async with started(given=online(settings, server)) as pilot:
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

    async def test_offline_opens_nothing(self, started: Started, settings: Settings, server: Server) -> None:
        async with started(given=online(settings, server), offline=True) as pilot:
            await press(pilot, "5", "enter", "j", "f", "escape")
            assert "offline" in text_of(pilot).splitlines()[0]
            assert server.calls == []

    async def test_a_failing_service_is_named_and_asked_no_more(
        self, started: Started, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        know(settings)
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        asked = []

        def fail(self: Services, artist: str, *_: object, **__: object) -> None:
            asked.append(artist)
            raise ServiceUnavailable("Last.fm cannot be reached.")

        monkeypatch.setattr(Services, "similar_artists", fail)
        monkeypatch.setattr(Services, "top_tracks", fail)
        async with started(given=online(settings, server)) as pilot:
            await press(pilot, "5")
            await answer(pilot, "slash", "lantern year")
            assert "Last.fm cannot be reached." in text_of(pilot)
            assert listed(pilot), "others named them"
            assert asked.count("Lantern Year") <= 3

    async def test_escape_stops_asking(
        self, started: Started, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)
        go_on = threading.Event()

        def slow(arrived: Arrived) -> bytes:
            go_on.wait(10)
            return server.world.top_tags(*arrived.args)

        server.script("lastfm", "top_tags", None, slow)
        async with started(given=online(settings, server)) as pilot:
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
        self, started: Started, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        know(settings, days=47)
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

        def fail(*_: object) -> None:
            raise ServiceUnavailable("Last.fm cannot be reached.")

        monkeypatch.setattr(Services, "_fetched", fail)
        async with started(given=online(settings, server)) as pilot:
            await press(pilot, "5", "enter")
            assert "Last.fm does not answer: this is what it said 47 days ago." in text_of(pilot)
            assert listed(pilot)

    async def test_escape_stops_asking_and_quitting_does_not_wait(
        self, started: Started, settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LASTFM_API_KEY", KEY)

        def slow(_: object) -> bytes:
            server.closing.wait(30)
            return b""

        server.script("lastfm", "similar_artists", None, slow)
        async with started(given=online(settings, server)) as pilot:
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


# names


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("size", [(40, 10), (80, 24), (130, 36), (200, 60)])
async def test_names_are_literal_and_columns_stay(started: Started, size: tuple[int, int]) -> None:
    async with started(size=size, offline=True) as pilot:
        for keys in (
            ("5",),
            ("enter",),
            ("b",),
            ("escape",),
            ("f", "o", "tab"),
            ("escape",),
            ("t",),
            ("enter",),
            ("x",),
        ):
            await press(pilot, *keys)
            for line in screen_of(pilot)._compositor.render_strips():
                assert line.cell_length == size[0]
                assert "\x1b" not in line.text
            assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())
    assert pilot.app._exception is None
