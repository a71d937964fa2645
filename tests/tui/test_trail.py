"""The Trail screen: on, back, other ways, the way between two, and every state it can be in."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import HOSTILE, Started, screen_of, text_of
from tests.tui.knowing import UNHEARD
from tests.tui.pictures import SIZES
from tests.tui.walking import (
    answer,
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

__all__ = ["quick_and_without_a_key", "warm"]  # fixtures

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
