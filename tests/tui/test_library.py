"""The Library screen and its facts."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.pictures import SIZES, Picture, picture
from tui_music.library.scope import DateRange, Measure
from tui_music.text import cells, shown
from tui_music.tui.app import TuiMusic
from tui_music.tui.artists_screen import ArtistsScreen
from tui_music.tui.facts_screen import FactsScreen, StatedRows
from tui_music.tui.library_screen import LibraryScreen
from tui_music.tui.listing import Line
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.widgets.chart import Chart
from tui_music.tui.widgets.heat import HeatMap
from tui_music.tui.widgets.table import Table

__all__ = ["picture"]  # a fixture

pytestmark = pytest.mark.usefixtures("library")


def library_of(pilot: Pilot[Any]) -> LibraryScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, LibraryScreen)
    return screen


def found(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"))


async def press(pilot: Pilot[Any], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


@pytest.mark.parametrize("size", SIZES)
def test_picture(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size)


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_facts(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size, "f")


async def test_totals_chart_list_map_and_facts_are_there(started: Started) -> None:
    async with started() as pilot:
        text = text_of(pilot)
        totals = text.splitlines()[1]
        assert totals.split() == (
            ["63.0", "h", "1,134", "plays", "9", "artists", "21", "songs", "400", "days", "9", "albums"]
        )
        assert "hours a week" in text
        assert "Hour × weekday" in text
        assert "1 of 9" in text
        assert "longest gap" in text
        assert "Eddington" in text


async def test_names_are_drawn_literally_and_aligned(started: Started) -> None:
    async with started(size=(200, 60)) as pilot:
        table = pilot.app.screen.query_one("#top", Table)
        lines = [table.render_line(y).text for y in range(1, len(HOSTILE) + 1)]
        assert {cells(line) for line in lines} == {table.size.width}
        for name in HOSTILE:
            assert any(str(shown(name)) in line for line in lines), name
        assert "\x1b" not in text_of(pilot)


@pytest.mark.parametrize("size", [(40, 10), (60, 20), (79, 23), (119, 31), (200, 60)])
async def test_any_size(started: Started, size: tuple[int, int]) -> None:
    async with started(size=size) as pilot:
        await press(pilot, "j", "tab", "right", "t", "v")
        lines = text_of(pilot).splitlines()
        assert len(lines) == size[1]
        assert all(cells(line) <= size[0] for line in lines)
        assert not any(line.lstrip().startswith("Traceback") for line in lines)


async def test_resizing_keeps_the_chart_as_wide_as_the_screen(started: Started) -> None:
    async with started() as pilot:
        await pilot.resize_terminal(130, 40)
        await settled(pilot)
        chart = pilot.app.screen.query_one(Chart)
        assert chart.size.width == 130
        assert len(chart.render_line(3).text.rstrip()) <= 130
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        assert not chart.display


async def test_artists_songs_albums_by_hours_plays_engagement(started: Started) -> None:
    async with started(size=(120, 36)) as pilot:
        assert library_of(pilot).what == "artists"
        for what, head in (("tracks", "song"), ("albums", "album"), ("artists", "artist")):
            await press(pilot, "t")
            table = pilot.app.screen.query_one("#top", Table)
            assert head in table.render_line(0).text
            assert len(table.rows) == (21 if what == "tracks" else 9)
        await press(pilot, "v")
        assert screen_of(pilot).session.measure is Measure.PLAYS
        assert "plays a week" in text_of(pilot)
        await press(pilot, "v")
        assert "●" in text_of(pilot), "engagement is a place on a line, not an amount"


async def test_a_chosen_artist_opens_on_the_artists_screen(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "j", "enter")
        await settled(pilot)
        screen = screen_of(pilot)
        assert isinstance(screen, ArtistsScreen)
        assert screen.rows is not None
        assert screen.opened is not None
        assert screen.rows.name(screen.table.cursor) == shown(HOSTILE[1])


async def test_the_plays_behind_an_artist_a_bucket_and_an_hour(started: Started) -> None:
    async with started() as pilot:
        library = library_of(pilot)
        await press(pilot, "p")
        plays = screen_of(pilot)
        assert isinstance(plays, PlaysScreen)
        assert [str(word) for word in plays.of.words] == [HOSTILE[0]]
        await press(pilot, "escape")
        assert screen_of(pilot) is library

        library.set_focus(library.query_one(Chart))
        await press(pilot, "p")
        assert screen_of(pilot) is library, "no bucket is picked"
        await press(pilot, "right", "right", "p")
        bucket = screen_of(pilot)
        assert isinstance(bucket, PlaysScreen)
        assert bucket.of.scope.range.label == library._buckets[1].dates.label
        assert len(bucket.query_one(Table).rows) == library._buckets[1].counted
        await press(pilot, "escape")

        library.set_focus(library.query_one(HeatMap))
        await press(pilot, "right", "p")
        hour = screen_of(pilot)
        assert isinstance(hour, PlaysScreen)
        overview = library.session.overview
        assert overview is not None
        assert (hour.of.weekday, hour.of.hour) == overview.week.peak
        assert len(hour.query_one(Table).rows) == overview.week.counted[overview.week.peak]


async def test_the_chart_of_new_artists(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "d")
        assert "new artists a week" in text_of(pilot)
        await press(pilot, "d")
        assert "hours a week" in text_of(pilot)


async def test_an_empty_range_says_so_and_says_what_to_do(started: Started) -> None:
    async with started() as pilot:
        screen = screen_of(pilot)
        screen.music.change_scope(screen.session.scope.within(DateRange(date(1999, 1, 1), date(1999, 2, 1), "1999")))
        await settled(pilot)
        assert "No music was played in these dates: r chooses others" in text_of(pilot)
        assert "No artists in these dates." in text_of(pilot)
        await press(pilot, "p", "enter", "tab", "right", "p")
        assert "No plays in this range." in text_of(pilot)
        await press(pilot, "escape", "tab", "right", "p", "escape", "f")
        assert isinstance(screen_of(pilot), FactsScreen)


async def test_before_the_history_is_read(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TuiMusic, "load", lambda self: None)
    async with started() as pilot:
        assert "Reading your history." in pilot.app.screen.query_one("#totals", Line).render_line(0).text
        await press(
            pilot, "p", "y", "x", "t", "v", "enter", "tab", "right", "f", "escape", "2", "p", "enter", "3", "right"
        )
        assert "Reading your history." in text_of(pilot)


async def test_export_copies_what_is_in_focus(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with started() as pilot:
        await press(pilot, "x")
        files = found(tmp_path)
        assert len(files) == 1
        assert "9 rows written to" in text_of(pilot)
        with files[0].open(encoding="utf-8", newline="") as file:
            records = list(csv.DictReader(file))
        assert [record["rank"] for record in records] == [str(rank) for rank in range(1, 10)]
        assert [record["artist"] for record in records] == list(HOSTILE)
        assert set(records[0]) == {
            "rank", "artist", "hours", "plays", "counted_plays", "engagement", "first", "last",
        }  # fmt: skip
        screen = screen_of(pilot)
        screen.set_focus(screen.query_one(Chart))
        await press(pilot, "x")
        screen.set_focus(screen.query_one(HeatMap))
        await press(pilot, "x")
        assert len(found(tmp_path)) == 3


class TestFacts:
    async def test_every_statistic_years_and_artists(self, started: Started) -> None:
        async with started(size=(120, 60)) as pilot:
            await press(pilot, "f")
            text = text_of(pilot)
            for fact in (
                "listening",
                "longest streak",
                "Eddington number",
                "discovery rate",
                "skipped",
                "By year",
                "2021",
            ):
                assert fact in text
            assert "Heard every year" in text
            table = pilot.app.screen.query_one(Table)
            assert {cells(table.render_line(y).text) for y in range(table.size.height)} == {120}

    async def test_the_plays_of_a_year_and_the_way_back(self, started: Started) -> None:
        async with started(size=(120, 60)) as pilot:
            await press(pilot, "f")
            table = pilot.app.screen.query_one(Table)
            assert isinstance(table.rows, StatedRows)
            names = [str(fact.name) for fact in table.rows.stated]
            table.move_to(names.index("2022"))
            await press(pilot, "p")
            plays = screen_of(pilot)
            assert isinstance(plays, PlaysScreen)
            assert plays.of.scope.range.label == "2022"
            await press(pilot, "escape", "y", "escape")
            assert isinstance(screen_of(pilot), LibraryScreen)
