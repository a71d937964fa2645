"""The Community screen: who is around an artist, the ways on from there, and every state it can be in."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from tests.exports import imported, row, write
from tests.tui.conftest import HOSTILE, Started, screen_of, text_of
from tests.tui.knowing import UNHEARD, know
from tests.tui.pictures import SIZES
from tests.tui.walking import calm, press, quick_and_without_a_key, trail, warm, way
from tui_music.engine.gathering import gather, replies_revision
from tui_music.engine.kept import Kept
from tui_music.library.library import Library
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.settings import Settings
from tui_music.text import cells, shown
from tui_music.tui.app import TuiMusic
from tui_music.tui.community_screen import CommunityScreen
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.trail_screen import TrailScreen
from tui_music.tui.widgets.community_rows import AroundRows, Near, Part

__all__ = ["quick_and_without_a_key", "warm"]  # fixtures

#: The first five of those who are played and two others belong together, the rest do.
ONE = {*HOSTILE[:5], *UNHEARD[:2]}


@pytest.fixture
def learnt(settings: Settings, library: Library, warm: None) -> None:
    """What training keeps: here with communities of our own."""
    learn(settings, library)


def learn(settings: Settings, library: Library) -> None:
    history = library.load("mira")
    with closing(ReplyCache(settings.replies_dir, settings.cache_days)) as cache:
        plays = np.bincount(history.artist, minlength=len(history.names.artists))
        knowledge = gather(cache, history.names, plays)
        revision = replies_revision(cache)
    community = np.array([-1 if not links else name not in ONE for name, links in _links(knowledge)], np.int32)
    Kept(settings.models_dir, "mira").save_knowledge(knowledge, community, history.revision, revision)


def _links(knowledge: Any) -> list[tuple[str, int]]:
    return list(zip(knowledge.artists, np.diff(knowledge.graph.indptr).tolist(), strict=True))


def community(pilot: Pilot[Any]) -> CommunityScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, CommunityScreen)
    return screen


def near(pilot: Pilot[Any], part: Part) -> list[Near]:
    rows = community(pilot).table.rows
    return [each for each in rows.near if each.part is part] if isinstance(rows, AroundRows) else []


# pictures


@pytest.mark.parametrize("size", SIZES)
class TestPictures:
    @pytest.fixture
    def look(self, snap_compare: Any, settings: Settings, size: tuple[int, int]) -> Any:
        def compare(*keys: str) -> bool:
            async def before(pilot: Pilot[Any]) -> None:
                await calm(pilot)
                await press(pilot, *keys)

            return bool(snap_compare(TuiMusic(settings, offline=True), terminal_size=size, run_before=before))

        return compare

    @pytest.mark.usefixtures("learnt")
    def test_of_one(self, look: Any) -> None:
        assert look("5", "c", "j")

    @pytest.mark.usefixtures("warm")
    def test_nothing_learnt_yet(self, look: Any) -> None:
        assert look("5", "c")


# what is there


@pytest.mark.usefixtures("learnt")
class TestAround:
    async def test_a_community_and_the_ways_out(self, started: Started) -> None:
        async with started((120, 40), offline=True) as pilot:
            await press(pilot, "5", "c")
            text = text_of(pilot)
            assert "Community   mira · Vesper & the Lamps · all music" in text
            assert f"{len(ONE)} artists   5 heard   density" in text
            assert "Vesper & the Lamps is like" in text
            middle = near(pilot, Part.MIDDLE)
            assert {each.artist for each in middle} == ONE
            assert [each.worth for each in middle] == sorted((each.worth for each in middle), reverse=True)
            assert {each.artist for each in near(pilot, Part.BRIDGE)} <= ONE
            (other,) = near(pilot, Part.NEXT)
            assert other.artist not in ONE
            assert other.note.startswith(f"{len(HOSTILE) + len(UNHEARD) - len(ONE)} artists, 4 heard · ")
            assert all("to " in each.note for each in near(pilot, Part.BRIDGE))

    async def test_enter_goes_on_there(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "5", "c", "j")
            chosen = community(pilot).artist()
            await press(pilot, "enter")
            assert isinstance(screen_of(pilot), TrailScreen)
            assert way(pilot) == ["start", chosen]
            await press(pilot, "c", "j", "j", "m")
            assert len(way(pilot)) == 3

    async def test_from_community_to_community_and_back(self, started: Started) -> None:
        async with started((120, 40), offline=True) as pilot:
            await press(pilot, "5", "c", "G")
            there = community(pilot).artist()
            assert there not in ONE
            await press(pilot, "c")
            assert f"mira · {shown(str(there))}"[:20] in text_of(pilot)
            assert not {each.artist for each in near(pilot, Part.MIDDLE)} & ONE
            await press(pilot, "escape")
            assert {each.artist for each in near(pilot, Part.MIDDLE)} == ONE
            await press(pilot, "escape")
            assert isinstance(screen_of(pilot), TrailScreen)
            await press(pilot, "c")
            at = next(
                line
                for line, each in enumerate(community(pilot).table.rows.lines)  # type: ignore[attr-defined]
                if isinstance(each, Near) and each.artist == HOSTILE[0]
            )
            community(pilot).table.move_to(at)
            await press(pilot, "c")
            assert isinstance(screen_of(pilot), TrailScreen), "it is open already: the key closes it"

    async def test_whoever_is_selected_is_decided_on_copied_and_played(self, started: Started) -> None:
        async with started((120, 40), offline=True) as pilot:
            await press(pilot, "5", "c")
            chosen = str(community(pilot).artist())
            await press(pilot, "space", "y")
            assert pilot.app.clipboard == str(shown(chosen))
            assert "◦" in text_of(pilot)
            assert community(pilot).artist() == chosen
            heard = next(each for each in near(pilot, Part.MIDDLE) if each.plays)
            community(pilot).table.move_to(community(pilot).table.rows.line_of(heard))  # type: ignore[attr-defined]
            await press(pilot, "p")
            assert isinstance(screen_of(pilot), PlaysScreen)
            await press(pilot, "escape")
            never = next(each for each in near(pilot, Part.MIDDLE) if not each.plays)
            community(pilot).table.move_to(community(pilot).table.rows.line_of(never))  # type: ignore[attr-defined]
            await press(pilot, "p")
            assert "was never played" in text_of(pilot)

    @pytest.mark.parametrize("size", [(40, 10), (80, 24)])
    async def test_names_are_literal_and_columns_stay(self, started: Started, size: tuple[int, int]) -> None:
        async with started(size=size, offline=True) as pilot:
            for keys in (("5",), ("c",), ("j",), ("c",), ("G",), ("x",)):
                await press(pilot, *keys)
                for line in screen_of(pilot)._compositor.render_strips():
                    assert line.cell_length == size[0]
                    assert "\x1b" not in line.text
                assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())
        assert pilot.app._exception is None


async def test_credits_need_no_service(started: Started, settings: Settings, library: Library, tmp_path: Any) -> None:
    songs = [("Ours (feat. Ola Brandt)", HOSTILE[0]), ("Theirs ft. " + HOSTILE[0], "Ola Brandt")]
    rows = [row(100_000_000 + 300 * at, *songs[at % 2]) for at in range(6)]
    imported(library, write(tmp_path / "duets.json", rows), listener="mira")
    async with started((120, 40), offline=True) as pilot:
        await press(pilot, "5", "c")
        assert "No communities have been learnt yet. Discover learns them: 4" in text_of(pilot)
        (pair,) = near(pilot, Part.CREDITED)
        assert (pair.artist, pair.plays, pair.note) == ("Ola Brandt", 3, "2 songs, 6 plays")
        await press(pilot, "enter")
        assert way(pilot) == ["start", "Ola Brandt"]


class TestWithoutACommunity:
    async def test_no_links(self, started: Started, settings: Settings, library: Library, tmp_path: Any) -> None:
        imported(
            library, write(tmp_path / "more.json", [row(200_000_000, "Alone", "Nobody's Friend")]), listener="mira"
        )
        know(settings)
        learn(settings, library)
        async with started(offline=True) as pilot:
            await press(pilot, "5", "G")
            assert trail(pilot).artist() == "Nobody's Friend"
            await press(pilot, "c")
            assert "Nobody is known to be like Nobody's Friend. On the trail" in text_of(pilot).replace("\n ", " ")
            await press(pilot, "enter", "c")
            assert isinstance(screen_of(pilot), TrailScreen), "with nobody there the key closes it"

    @pytest.mark.usefixtures("learnt")
    async def test_known_only_since(self, started: Started, settings: Settings) -> None:
        with closing(ReplyCache(settings.replies_dir, settings.cache_days)) as cache:
            said = b'{"artist": "Late One", "similar": [{"name": "Vesper & the Lamps", "match": 1.0}]}'
            cache.put(CacheKey("lastfm", "similar_artists", ("Late One",), 100), said)
        async with started(offline=True) as pilot:
            await press(pilot, "5", "enter")
            entries = trail(pilot).rows.entries  # type: ignore[union-attr]
            trail(pilot).table.move_to([each.artist for each in entries].index("Late One"))
            await press(pilot, "c")
            assert "Late One was not known when communities were learnt" in text_of(pilot)
            await press(pilot, "escape", "escape", "c")
            assert near(pilot, Part.MIDDLE), "what was learnt then is shown all the same"

    async def test_nobody_to_be_about(self, started: Started, settings: Settings, tmp_path: Any) -> None:
        imported(Library(settings.library_file), write(tmp_path / "none.json", [row(1, None, None), row(9)]))
        async with started(offline=True) as pilot:
            trail_keys = ("5", "enter", "c")
            await press(pilot, *trail_keys)
            assert "No communities have been learnt yet" in text_of(pilot)
