"""The playlist of the Tracks screen: grown, resized, edited, taken back, exported."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.cataloguing import built_once, tracks
from tests.tui.conftest import Started, settled, text_of
from tests.tui.pictures import SIZES, Picture, picture
from tests.tui.test_tracks import answer, press, titles, tracks_of
from tui_music.tui.tracks_asked import Look

__all__ = ["built_once", "picture", "tracks"]  # fixtures

pytestmark = pytest.mark.usefixtures("library", "tracks")


async def edit(pilot: Pilot[Any], *keys: str) -> None:
    """Keys for which no thread is asked."""
    await pilot.press(*keys)
    await settled(pilot)


def playlist(pilot: Pilot[Any]) -> list[str]:
    draft = tracks_of(pilot).draft
    return [] if draft is None else [row.track.title for row in draft.rows]


@pytest.mark.parametrize("size", [(40, 10), *SIZES])
def test_picture(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size, "7", "enter", "c", "j", "d")


def test_picture_of_none(picture: Picture) -> None:
    assert picture((80, 24), "7", "t", "t", "t")


async def test_it_begins_with_what_one_started_from(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "7")
        first = titles(pilot)[0]
        await press(pilot, "enter", "c")
        assert tracks_of(pilot).look is Look.PLAYLIST
        assert playlist(pilot)[0] == first
        assert len(playlist(pilot)) == len(set(playlist(pilot))) == 20
        assert "20 tracks · " in text_of(pilot)
        assert "popularity " in text_of(pilot)


async def test_without_a_start_it_begins_with_the_selected_one(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "7", "j")
        second = titles(pilot)[1]
        await press(pilot, "c")
        assert playlist(pilot)[0] == second


async def test_rows_are_dropped_and_moved_and_it_is_taken_back(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "7", "enter", "c")
        table, grown = tracks_of(pilot).front, playlist(pilot)
        await edit(pilot, "j", "d")
        assert playlist(pilot) == [grown[0], *grown[2:]]
        assert table.cursor == 1
        assert "19 tracks · " in text_of(pilot)
        await edit(pilot, "greater_than_sign")
        assert playlist(pilot)[:4] == [grown[0], grown[3], grown[2], grown[4]]
        assert table.cursor == 2, "the cursor goes along"
        await edit(pilot, "less_than_sign", "less_than_sign", "less_than_sign")
        assert playlist(pilot)[:3] == [grown[2], grown[0], grown[3]]
        assert table.cursor == 0
        await edit(pilot, "u", "u", "u", "u")
        assert playlist(pilot) == grown
        await edit(pilot, "u", "u", "u")
        assert playlist(pilot) == []
        assert "Nothing was changed" in text_of(pilot)
        await edit(pilot, "d", "greater_than_sign", "less_than_sign", "enter", "x", "p")
        assert "There is no list here" in text_of(pilot) or tracks_of(pilot).look is Look.PLAYLIST


async def test_its_size_by_keys_and_typed_keeps_what_was_done_by_hand(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "7", "enter", "c", "j", "d", "right_square_bracket")
        edited = playlist(pilot)
        assert len(edited) == len(set(edited)) == 24
        await press(pilot, "left_square_bracket")
        assert playlist(pilot) == edited[:19]
        await answer(pilot, "e", "3")
        assert playlist(pilot) == edited[:3]
        await answer(pilot, "e", "201")
        assert "A playlist has 1 to 200 tracks." in text_of(pilot)
        await press(pilot, "escape")
        await answer(pilot, "e", "200")
        assert playlist(pilot)[:3] == edited[:3]
        assert 24 < len(playlist(pilot)) <= 200
        await answer(pilot, "e", "1")
        await press(pilot, "left_square_bracket", "d", "d")
        assert playlist(pilot) == []


async def test_a_track_is_put_on_it(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "7", "b", "j", "b", "b")
        assert playlist(pilot) == titles(pilot)[:2]
        assert "It is on the playlist already." in text_of(pilot)
        await press(pilot, "t", "t", "t", "right_square_bracket")
        assert len(playlist(pilot)) == 7, "more like both"


async def test_it_is_exported_in_its_order(started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with started() as pilot:
        await press(pilot, "7", "enter", "c", "j", "d")
        await answer(pilot, "x", "csv")
        await press(pilot, "enter")
        expected = playlist(pilot)
    [path] = tmp_path.glob("playlist-like-*.csv")  # noqa: ASYNC240
    with path.open(encoding="utf-8", newline="") as file:
        assert [record["title"] for record in csv.DictReader(file)] == expected
