"""The Plays screen, and files written from lists."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.pictures import SIZES, Picture, picture
from tui_music.text import cells, shown
from tui_music.tui.app import TuiMusic
from tui_music.tui.library_screen import LibraryScreen
from tui_music.tui.listing import write_csv
from tui_music.tui.plays_screen import PlayRows, PlaysScreen
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Table

__all__ = ["picture"]  # a fixture

pytestmark = pytest.mark.usefixtures("library")


def plays_of(pilot: Pilot[Any]) -> PlaysScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, PlaysScreen)
    return screen


def rows_of(pilot: Pilot[Any]) -> PlayRows:
    rows = plays_of(pilot).query_one(Table).rows
    assert isinstance(rows, PlayRows)
    return rows


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


@pytest.mark.parametrize("size", SIZES)
def test_picture(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size, "j", "p", "j")


async def test_the_plays_of_an_artist_newest_first(started: Started) -> None:
    async with started(size=(140, 36)) as pilot:
        await press(pilot, "p")
        rows = rows_of(pilot)
        assert len(rows) == 400
        assert rows.row(0).start > rows.row(1).start > rows.row(399).start
        text = text_of(pilot)
        assert f"{HOSTILE[0]} · mira · all time · plays ≥ 30 s · Europe/Berlin" in text
        assert "400 plays" in text.splitlines()[0]
        assert "1 of 400" in text
        for word in (
            "start",
            "song",
            "album",
            "heard",
            "%",
            "ended",
            "kind",
            "source",
            "music",
            "spotify-extended",
            "3:20",
        ):
            assert word in text
        await press(pilot, "s")
        assert rows_of(pilot).row(0).start == datetime(2021, 3, 1, 11, 56, 40, tzinfo=UTC)
        await press(pilot, "G")
        assert "400 of 400" in text_of(pilot)


async def test_searching_counting_and_going_back(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "p", "slash")
        await pilot.press(*"song", "space", "1")
        await settled(pilot)
        assert len(rows_of(pilot)) == 133
        assert "133 matches" in text_of(pilot).splitlines()[0]
        await press(pilot, "enter", "escape")
        assert len(rows_of(pilot)) == 400, "escape ends the search first"
        assert not plays_of(pilot).query_one(SearchLine).display
        await press(pilot, "slash", "z", "z", "z", "z")
        assert "No play here matches the search" in text_of(pilot)
        await press(pilot, "escape", "c")
        assert "counted plays" in text_of(pilot).splitlines()[0]
        await press(pilot, "escape")
        assert isinstance(screen_of(pilot), LibraryScreen)


async def test_from_a_play_to_all_plays_of_its_song(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "p", "p")
        assert plays_of(pilot).of.track is not None
        assert len(rows_of(pilot)) in (133, 134)
        await press(pilot, "p", "y", "escape")
        assert plays_of(pilot).of.track is None


async def test_hostile_names_are_drawn_literally(started: Started) -> None:
    async with started(size=(120, 36)) as pilot:
        for name in HOSTILE:
            await press(pilot, "p")
            assert str(shown(name)) in text_of(pilot).splitlines()[1]
            table = plays_of(pilot).query_one(Table)
            assert {cells(table.render_line(y).text) for y in range(table.size.height)} == {120}
            assert "\x1b" not in text_of(pilot)
            await press(pilot, "escape", "j")


@pytest.mark.parametrize("size", [(40, 10), (200, 60)])
async def test_any_size(started: Started, size: tuple[int, int]) -> None:
    async with started(size=size) as pilot:
        await press(pilot, "p", "j", "s", "c", "slash", "a", "escape")
        assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())


async def test_export(started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with started() as pilot:
        await press(pilot, "p", "x", "x")
        assert "400 rows written to" in text_of(pilot).replace("\n", " ")
    files = sorted(tmp_path.glob("*.csv"))  # noqa: ASYNC240
    assert len(files) == 2, "nothing is written over"
    with files[0].open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    assert len(records) == 400
    assert records[0]["artist"] == HOSTILE[0]
    assert datetime.fromisoformat(records[0]["start"]).utcoffset() is not None
    assert (records[0]["ms_played"], records[0]["kind"], records[0]["counted"]) == ("200000", "music", "True")


class TestFiles:
    def test_formulas_are_text_and_numbers_are_numbers(self, tmp_path: Path) -> None:
        values = ["=1+1", "+x", "-x", "@x", "\tx", " =x", "a=b", "", "東ノ宮", 'a,b\n"c"', "\ud800", -5, 0.5]
        path = write_csv(tmp_path, "list", [{f"c{at}": value for at, value in enumerate(values)}])
        with path.open(encoding="utf-8", newline="") as file:
            [_, row] = csv.reader(file)
        assert row[:6] == ["'=1+1", "'+x", "'-x", "'@x", "'\tx", "' =x"]
        assert row[6:] == ["a=b", "", "東ノ宮", 'a,b\n"c"', "?", "-5", "0.5"]

    def test_names_of_files_are_tame_and_new(self, tmp_path: Path) -> None:
        one = write_csv(tmp_path, "../../etc/passwd [x]\x1b 東ノ宮 " + "y" * 500, [{"a": 1}])
        two = write_csv(tmp_path, "../../etc/passwd [x]\x1b 東ノ宮 " + "y" * 500, [{"a": 2}])
        assert one.parent == two.parent == tmp_path
        assert one != two
        assert len(one.name) <= 90
        assert write_csv(tmp_path, "..", [{"a": 1}]).name == "list.csv"

    def test_what_cannot_be_finished_is_not_left_behind(self, tmp_path: Path) -> None:
        def broken() -> Any:
            yield {"a": 1}
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space"):
            write_csv(tmp_path, "list", broken())
        assert not list(tmp_path.glob("*.csv"))


async def test_from_a_play_to_what_is_like_it(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str | None]] = []
    monkeypatch.setattr(TuiMusic, "open_trail", lambda _, artist, title=None: asked.append((artist, title)))
    async with started() as pilot:
        await press(pilot, "p", "m", "p", "m", "o")
        song = asked[0][1]
        assert song is not None
        assert song.startswith(f"{HOSTILE[0]} song")
        assert asked == [(HOSTILE[0], song)] * 2, "from the plays of an artist, and from those of a song"
        assert "https://www.last.fm/music/" in text_of(pilot)
