"""The Artists screen: searching as one types, opening in place, keeping its place."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.pictures import SIZES, Picture, picture
from tui_music.library.scope import Measure
from tui_music.text import cells, shown
from tui_music.tui.app import TuiMusic
from tui_music.tui.artists_screen import ArtistsScreen
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.widgets.figures import Figure
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Table

__all__ = ["picture"]  # a fixture

pytestmark = pytest.mark.usefixtures("library")


def artists_of(pilot: Pilot[Any]) -> ArtistsScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, ArtistsScreen)
    return screen


def names(pilot: Pilot[Any]) -> list[str]:
    """The names of the list, opened ones included."""
    rows = artists_of(pilot).rows
    assert rows is not None
    return [str(rows.name(index)) for index in range(len(rows)) if rows.rests(index)]


def here(pilot: Pilot[Any]) -> str:
    """The name under the cursor."""
    screen = artists_of(pilot)
    assert screen.rows is not None
    return str(screen.rows.name(screen.table.cursor))


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def search(pilot: Pilot[Any], text: str) -> None:
    await pilot.press("slash", *("space" if char == " " else char for char in text))
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES)
def test_picture(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size, "2", "enter", "j", "j")


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_a_search(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size, "2", "slash", "s", "o", "n", "g")


async def test_everybody_in_order_aligned_and_literal(started: Started) -> None:
    async with started(size=(120, 36)) as pilot:
        await press(pilot, "2")
        assert names(pilot) == [str(shown(name)) for name in HOSTILE]
        table = pilot.app.screen.query_one("#artists", Table)
        lines = [table.render_line(y).text for y in range(table.size.height)]
        assert {cells(line) for line in lines} == {120}
        for name, line in zip(HOSTILE, lines[1:], strict=False):
            assert str(shown(name)) in line
        assert "\x1b" not in text_of(pilot)


class TestSearch:
    async def test_as_one_types_whatever_accents_case_and_errors(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2")
            await search(pilot, "KASIA")
            assert names(pilot)[0] == HOSTILE[1]
            assert "of 30" in text_of(pilot).splitlines()[0], "what is shown, of all artists and songs"
            await press(pilot, *["backspace"] * 5)
            assert len(names(pilot)) == len(HOSTILE)

    async def test_a_burst_of_keys_goes_to_the_search_and_not_to_the_list(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2")
            await pilot.press("slash", "v", "p", "x", "y", "2", "q", "slash")
            await settled(pilot)
            assert pilot.app.screen.query_one(SearchLine).value == "vpxy2q/"
            assert screen_of(pilot).session.measure is Measure.HOURS

    async def test_enter_goes_to_the_list_and_escape_ends_the_search_at_what_was_found(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2")
            await search(pilot, "東ノ宮")
            await press(pilot, "enter")
            assert here(pilot) == HOSTILE[6]
            await press(pilot, "escape")
            assert len(names(pilot)) == len(HOSTILE)
            assert here(pilot) == HOSTILE[6]
            await press(pilot, "escape")
            assert artists_of(pilot) is screen_of(pilot), "there is nothing below"

    async def test_matches_one_after_the_other_with_and_without_the_filter(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2", "n")
            assert "Nothing was searched for yet" in text_of(pilot)
            await search(pilot, "e")
            await press(pilot, "enter")
            first = here(pilot)
            await press(pilot, "n")
            assert here(pilot) != first
            await press(pilot, "N")
            assert here(pilot) == first
            await press(pilot, "escape", "g")
            matches = artists_of(pilot)._matches
            assert matches
            await press(pilot, "N")
            assert artists_of(pilot).table.cursor == matches[-1]
            await press(pilot, "n")
            assert artists_of(pilot).table.cursor == matches[0]

    async def test_a_song_opens_its_artist_at_that_song(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2")
            await search(pilot, "heaven song 1")
            await press(pilot, "enter")
            screen = artists_of(pilot)
            rows = screen.rows
            assert rows is not None
            while rows.found_at(rows.entry(screen.table.cursor)).kind != "track":
                await press(pilot, "j")
            song = here(pilot)
            await press(pilot, "enter")
            assert screen.opened is not None
            assert here(pilot) == song
            assert screen.rows is not None
            assert screen.rows.song(screen.table.cursor) is not None

    async def test_nothing_found_says_so(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2")
            await search(pilot, "zzzzqqq")
            assert "Nothing by that name here; escape ends the search." in text_of(pilot)
            await press(pilot, "down", "j", "k", "enter", "p", "y", "x", "n", "s", "b", "h", "l")
            await press(pilot, "escape")
            assert len(names(pilot)) == len(HOSTILE)

    async def test_earlier_searches_come_back(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2")
            await search(pilot, "kassia")
            await press(pilot, "enter", "escape")
            await search(pilot, "heaven")
            await press(pilot, "enter", "escape", "slash", "up")
            line = pilot.app.screen.query_one(SearchLine)
            assert line.value == "heaven"
            await press(pilot, "up", "up")
            assert line.value == "kassia"
            await press(pilot, "down", "down")
            assert line.value == ""
            assert screen_of(pilot).session.remembered.searches == ("heaven", "kassia")

    async def test_the_search_line_does_not_blink(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2", "slash")
            assert not pilot.app.screen.query_one(SearchLine).cursor_blink


class TestOpening:
    async def test_songs_albums_and_an_artist_over_time(self, started: Started) -> None:
        async with started(size=(120, 36)) as pilot:
            await press(pilot, "2", "enter")
            text = text_of(pilot)
            assert "hours a year   2021" in text
            assert "by hour of day    0" in text
            assert "3 songs by hours" in text
            assert text.count("song ") >= 3
            await press(pilot, "b")
            assert "1 album by hours" in text_of(pilot)
            assert "One" in names(pilot)
            await press(pilot, "b", "enter")
            assert artists_of(pilot).opened is None

    async def test_songs_in_every_order(self, started: Started) -> None:
        async with started(size=(120, 36)) as pilot:
            await press(pilot, "2", "enter", "j")
            song = here(pilot)
            for order in ("plays", "engagement", "last heard", "hours"):
                await press(pilot, "s")
                assert f"3 songs by {order}" in text_of(pilot)
                assert here(pilot) == song, "the cursor stays with its song"
                opened = artists_of(pilot).opened
                assert opened is not None
                if order == "last heard":
                    last = opened.inside.last[opened.positions].tolist()
                    assert last == sorted(last, reverse=True)

    async def test_escape_and_left_close_and_keep_the_place(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2", "j", "j", "l", "j", "j")
            assert artists_of(pilot).opened is not None
            await press(pilot, "escape")
            assert here(pilot) == HOSTILE[2]
            assert artists_of(pilot).opened is None
            await press(pilot, "right", "down", "left")
            assert here(pilot) == HOSTILE[2]

    async def test_the_cursor_never_rests_on_the_notes(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2", "enter", "j")
            assert "song" in here(pilot)
            await press(pilot, "k")
            assert here(pilot) == HOSTILE[0]

    async def test_what_is_opened_stays_opened_when_the_measure_changes(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2", "j", "enter", "v")
            opened = artists_of(pilot).opened
            assert opened is not None
            assert here(pilot) == HOSTILE[1]

    async def test_the_plays_behind_an_artist_a_song_and_an_album(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "2", "p")
            plays = screen_of(pilot)
            assert isinstance(plays, PlaysScreen)
            assert plays.of.artist is not None
            await press(pilot, "escape", "enter", "j", "p")
            song = screen_of(pilot)
            assert isinstance(song, PlaysScreen)
            assert song.of.track is not None
            await press(pilot, "escape", "b", "j", "p")
            album = screen_of(pilot)
            assert isinstance(album, PlaysScreen)
            assert album.of.album is not None
            await press(pilot, "escape")
            assert artists_of(pilot).opened is not None, "it is as it was left"

    async def test_an_artist_can_be_asked_for_before_the_history_is_read(self, started: Started) -> None:
        async with started() as pilot:
            history = screen_of(pilot).session.history
            assert history is not None
            await pilot.app.switch_mode("artists")
            artists_of(pilot).reveal(history.names.artists.index(HOSTILE[4]))
            await settled(pilot)
            await settled(pilot)
            assert here(pilot) == str(shown(HOSTILE[4]))
            assert artists_of(pilot).opened is not None


async def test_copy_and_export(started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with started() as pilot:
        await press(pilot, "2", "j", "y")
        assert pilot.app.clipboard == HOSTILE[1]
        await press(pilot, "x")
        await press(pilot, "enter", "j", "x")
        everybody, songs = (sorted(file.name for file in tmp_path.glob(glob)) for glob in ("artists*", "songs*"))  # noqa: ASYNC240
        assert len(everybody) == len(songs) == 1
        with (tmp_path / songs[0]).open(encoding="utf-8", newline="") as file:
            assert [record["song"] for record in csv.DictReader(file)] == names(pilot)[2:5]


@pytest.mark.parametrize("size", [(40, 10), (41, 11), (200, 60)])
async def test_any_size(started: Started, size: tuple[int, int]) -> None:
    async with started(size=size) as pilot:
        await press(pilot, "2", "enter", "j", "j")
        lines = text_of(pilot).splitlines()
        assert all(cells(line) <= size[0] for line in lines)
        await search(pilot, "song")
        await press(pilot, "enter", "enter", "escape", "escape")
        assert len(names(pilot)) == len(HOSTILE)


async def test_a_failing_library_is_one_sentence(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TuiMusic, "load", lambda self: None)
    async with started() as pilot:
        screen_of(pilot).session.failure = Figure("The library cannot be read.")
        await press(pilot, "2")
        assert "The library cannot be read." in text_of(pilot)
        await search(pilot, "abc")
        assert "still learning the names" in text_of(pilot)
        await press(pilot, "enter", "enter", "n", "s", "b", "p", "escape")
