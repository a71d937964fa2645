"""The Tracks screen: what is like a track, by name, by dial and by filter; the other views; without a catalogue."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.cataloguing import FAR, built_once, tracks
from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.pictures import SIZES, Picture, picture
from tui_music.child import Step
from tui_music.settings import Settings
from tui_music.text import cells, shown
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.prompt import PromptLine
from tui_music.tui.tracks_asked import Look
from tui_music.tui.tracks_screen import TracksScreen
from tui_music.tui.trail_screen import TrailScreen
from tui_music.tui.widgets.chart import Chart
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Table
from tui_music.tui.widgets.tracks_rows import FoundRows, SimilarRows, strip

__all__ = ["built_once", "picture", "tracks"]  # fixtures

pytestmark = pytest.mark.usefixtures("library")
THREE = [(40, 10), *SIZES]


def tracks_of(pilot: Pilot[Any]) -> TracksScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, TracksScreen)
    return screen


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def answer(pilot: Pilot[Any], key: str, text: str) -> None:
    await press(pilot, key)
    screen_of(pilot).query_one(PromptLine).value = text
    await press(pilot, "enter")


async def search(pilot: Pilot[Any], text: str) -> None:
    await press(pilot, "slash")
    screen_of(pilot).query_one(SearchLine).value = text
    await settled(pilot)


def titles(pilot: Pilot[Any]) -> list[str]:
    rows = tracks_of(pilot).front.rows
    assert isinstance(rows, SimilarRows)
    return [row.track.title for row in rows.rows]


class TestPictures:
    @pytest.mark.usefixtures("tracks")
    @pytest.mark.parametrize("size", [*THREE, (200, 60)])
    def test_alike(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "7", "j", "enter", "right", "j", "j")

    @pytest.mark.usefixtures("tracks")
    @pytest.mark.parametrize("size", SIZES)
    def test_found(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "7", "slash", "k", "a", "s")

    @pytest.mark.usefixtures("tracks")
    @pytest.mark.parametrize("size", THREE)
    def test_clusters(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "7", "t", "j")

    @pytest.mark.usefixtures("tracks")
    @pytest.mark.parametrize("size", THREE)
    def test_a_feature(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "7", "t", "t", "j", "j", "j")

    @pytest.mark.usefixtures("tracks")
    @pytest.mark.parametrize("keys", [("j", "j"), ("G",)], ids=["genres", "correlations"])
    def test_charts_that_are_lists(self, picture: Picture, keys: tuple[str, ...]) -> None:
        assert picture((80, 24), "7", "t", "t", *keys)

    @pytest.mark.parametrize("size", THREE)
    def test_no_catalogue(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "7")

    def test_a_damaged_one(self, picture: Picture, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        broken(settings)
        monkeypatch.setattr("tui_music.catalogue.store._unfit", lambda home, why: unfit(why))
        assert picture((80, 24), "7")

    def test_while_it_is_built(self, picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(TracksScreen, "build", lambda self, settings, paths: None)
        monkeypatch.setattr("tui_music.tui.paths.paths_of", lambda text: (Path("/home/mira/tracks.csv"),))
        assert picture((80, 24), "7", "i", "x", "enter")


def broken(settings: Settings) -> None:
    settings.catalogue_dir.mkdir(parents=True)
    (settings.catalogue_dir / "catalogue.json").write_text("{")


def unfit(why: str) -> Exception:
    from tui_music.errors import UnfitCatalogue

    return UnfitCatalogue("The catalogue in ~ cannot be used (it is of version 0, not 1). Build it again.")


@pytest.mark.usefixtures("tracks")
class TestAlike:
    async def test_it_begins_with_the_popular_and_says_so(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            screen, text = tracks_of(pilot), text_of(pilot)
            assert "157 tracks" in text
            assert "popular" in text.splitlines()[0]
            popularity = [row.track.popularity or 0 for row in screen.answer.rows] if screen.answer else []
            assert popularity == sorted(popularity, reverse=True)

    async def test_like_one_like_two_and_back(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            first, second = titles(pilot)[:2]
            await press(pilot, "enter")
            assert f"like {HOSTILE[0]}"[:5] in text_of(pilot)
            assert "by features" in text_of(pilot).splitlines()[0]
            assert first not in titles(pilot)
            await press(pilot, "j", "a")
            assert len(tracks_of(pilot).asked.starts) == 2
            assert "  +  " in text_of(pilot)
            await press(pilot, "escape")
            assert len(tracks_of(pilot).asked.starts) == 1
            assert tracks_of(pilot).front.cursor == 1, "one comes back to where one was"
            await press(pilot, "escape")
            assert titles(pilot)[:2] == [first, second]

    async def test_both_shares_make_the_score_and_are_drawn(self, started: Started) -> None:
        async with started(size=(120, 36)) as pilot:
            await press(pilot, "7", "enter")
            rows = tracks_of(pilot).front.rows
            assert isinstance(rows, SimilarRows)
            for row in rows.rows[:5]:
                assert row.score == pytest.approx(row.sound + row.text)
                assert f"{row.score:.3f}" in text_of(pilot)
                assert strip(row.sound, row.text) in text_of(pilot)
        assert strip(0.5, 0.3) == "█████▒▒▒  "
        assert strip(0.0, 1.0) == "▒" * 10
        assert strip(0.0, 0.0) == " " * 10

    async def test_the_dial_decides_and_the_last_key_wins(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7", "enter")
            screen = tracks_of(pilot)
            for _ in range(30):
                await pilot.press("left")
            await settled(pilot)
            assert screen.asked.sound == 0.0
            assert screen.answer is not None
            assert screen.answer.asked == screen.asked, "what is on screen is what the dial says"
            assert {row.sound for row in screen.answer.rows} == {0.0}
            assert "text 100 %" in text_of(pilot)
            await press(pilot, "l")
            assert screen.asked.sound == 0.05

    async def test_filters_act_and_are_seen(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7", "enter")
            await answer(pilot, "f", "dream pop, 1970-1999, never heard")
            rows = tracks_of(pilot).front.rows
            assert isinstance(rows, SimilarRows)
            assert len(rows) == rows.considered > 0
            assert {row.track.genre for row in rows.rows} == {"dream pop"}
            assert all(1970 <= (row.track.year or 0) <= 1999 for row in rows.rows)
            assert not {row.track.index for row in rows.rows} & set(tracks_of(pilot).codes or {})
            assert "only dream pop · 1970–1999 · never heard" in text_of(pilot)
            await search(pilot, "artist")
            assert "filters rest while you search" in text_of(pilot)
            await press(pilot, "escape")
            assert "only dream pop · 1970–1999 · never heard" in text_of(pilot)
            await answer(pilot, "f", "in my library, cluster 1, 9999")
            assert "No track is that: f changes what is asked for." in text_of(pilot)
            await answer(pilot, "f", "nonsense")
            assert "is no genre here" in text_of(pilot)
            await press(pilot, "escape", "escape")
            assert "only dream pop" in text_of(pilot)

    async def test_filters_are_seen_on_the_smallest_terminal(self, started: Started) -> None:
        async with started(size=(40, 10)) as pilot:
            await press(pilot, "7")
            await answer(pilot, "f", "dream pop, 1970-")
            assert "only dream pop · 1970–" in text_of(pilot)

    async def test_what_is_in_the_library_is_without_the_mark(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            screen = tracks_of(pilot)
            assert screen.own is not None
            assert len(screen.own.codes) == 12, "songs 1 and 2 of six artists: there is no song 0"
            assert "% of your plays" in text_of(pilot).splitlines()[0]
            await answer(pilot, "f", "mine")
            assert len(screen.front.rows) == 12
            assert "✦" not in text_of(pilot)
            assert "mean of your plays" in text_of(pilot)
            await press(pilot, "p")
            assert isinstance(screen_of(pilot), PlaysScreen)

    async def test_another_listener_has_other_songs(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            tracks_of(pilot).music.change_listener("jun")
            assert tracks_of(pilot).plays_of() is None, "not those of another library in the meantime"
            await settled(pilot)
            own = tracks_of(pilot).own
            assert own is not None
            assert len(own.codes) == 2, "jun heard one artist"

    async def test_keys_of_every_list(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            await search(pilot, f"once {FAR}")
            await press(pilot, "enter", "p")
            assert "is not in your library" in text_of(pilot)
            await press(pilot, "y")
            assert pilot.app.clipboard == f"{FAR} – Only once"
            await press(pilot, "o")
            assert "https://www.last.fm/music/Zzyzx+Road" in text_of(pilot), "it has no id"
            await pilot.press("m")
            trail = screen_of(pilot)
            assert isinstance(trail, TrailScreen)
            assert trail.at.place.artists == (FAR,)
            await press(pilot, "7")
            await search(pilot, "artist 07 song 2")
            await press(pilot, "enter", "o")
            assert "https://open.spotify.com/track/0000000000000000000066" in text_of(pilot)

    async def test_export(self, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        async with started() as pilot:
            await press(pilot, "7", "enter")
            await answer(pilot, "x", "csv")
            await press(pilot, "enter")
            rows = tracks_of(pilot).front.rows
            assert isinstance(rows, SimilarRows)
        [path] = tmp_path.glob("*.csv")  # noqa: ASYNC240
        with path.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.DictReader(file))) == len(rows)


@pytest.mark.usefixtures("tracks")
class TestSearch:
    async def test_as_one_types_and_back_to_where_one_was(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7", "enter", "j", "j")
            before = titles(pilot)
            await press(pilot, "slash")
            await pilot.press(*"artist")
            await settled(pilot)
            assert isinstance(tracks_of(pilot).front.rows, FoundRows)
            await search(pilot, "artist 12 song 3")
            await press(pilot, "enter")
            hit = tracks_of(pilot).hit()
            assert hit is not None
            assert (hit.title, hit.artist) == ("Artist 12 song 3", "Artist 12")
            await press(pilot, "escape")
            assert titles(pilot) == before
            assert tracks_of(pilot).front.cursor == 2

    async def test_hostile_names_are_found_and_drawn_as_they_are(self, started: Started) -> None:
        async with started(size=(120, 36)) as pilot:
            await press(pilot, "7")
            for name in HOSTILE[1::2]:
                await search(pilot, str(shown(f"{name} song 2")))
                assert str(shown(f"{name} song 2")) in text_of(pilot)
                assert all(cells(line) <= 120 for line in text_of(pilot).splitlines())

    async def test_a_song_that_only_the_library_has_is_stood_for_by_its_artist(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            await search(pilot, "Kassia[/red] Rue song 0")
            hits = tracks_of(pilot).front.rows
            assert isinstance(hits, FoundRows)
            lone = next(at for at, hit in enumerate(hits.hits) if hit.track is None)
            await press(pilot, "enter")
            tracks_of(pilot).tracks.move_to(lone)
            await press(pilot, "p")
            assert isinstance(screen_of(pilot), PlaysScreen), "it has plays though the catalogue has no such track"
            await press(pilot, "escape", "enter")
            text = text_of(pilot)
            assert "song 0" in text.partition("\n")[2]
            assert "by features" not in text.splitlines()[0]

    async def test_nothing(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            await search(pilot, "qqqqqqqqqq")
            assert "No track is called so" in text_of(pilot)
            await pilot.press("enter", "enter", "a", "b", "y", "p", "m", "o", "x")
            await settled(pilot)
            assert isinstance(screen_of(pilot), TracksScreen)


@pytest.mark.usefixtures("tracks")
class TestViews:
    async def test_round_and_back(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            for look in (Look.CLUSTERS, Look.CHARTS, Look.PLAYLIST, Look.SIMILAR):
                await press(pilot, "t")
                assert tracks_of(pilot).look is look
                assert tracks_of(pilot).front.has_focus
            await press(pilot, "t", "t", "escape")
            assert tracks_of(pilot).look is Look.SIMILAR

    async def test_a_cluster_opens_into_its_tracks(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7", "t", "j", "enter")
            screen = tracks_of(pilot)
            assert screen.look is Look.SIMILAR
            assert screen.catalogue is not None
            assert len(screen.front.rows) == screen.catalogue.clusters[1].size
            assert "only cluster 2" in text_of(pilot)
            await press(pilot, "escape")
            assert "only cluster 2" not in text_of(pilot)

    async def test_clusters_are_exported(
        self, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        async with started() as pilot:
            await press(pilot, "7", "t", "x")
            screen = tracks_of(pilot)
            assert screen.catalogue is not None
            sizes = [each.size for each in screen.catalogue.clusters]
        [path] = tmp_path.glob("clusters-*.csv")  # noqa: ASYNC240
        with path.open(encoding="utf-8", newline="") as file:
            assert [int(record["tracks"]) for record in csv.DictReader(file)] == sizes

    async def test_into_a_chart_and_back(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7", "t", "t", "tab", "right")
            screen = tracks_of(pilot)
            assert screen.query_one(Chart).has_focus
            assert screen.query_one(Chart).picked == 0
            assert "1960: " in text_of(pilot)
            await press(pilot, "tab")
            assert screen.query_one("#charts", Table).has_focus


class TestWithoutACatalogue:
    async def test_it_says_what_one_adds_and_how_to_build_it(self, started: Started) -> None:
        async with started() as pilot:
            await press(pilot, "7")
            text = " ".join(text_of(pilot).split())
            assert "tui-music catalogue build PATH" in text
            await pilot.press("t", "f", "c", "slash", "enter", "a", "j", "left", "p", "x", "y", "m", "escape")
            await settled(pilot)
            assert isinstance(screen_of(pilot), TracksScreen)

    async def test_one_that_is_built_meanwhile_is_opened(
        self, started: Started, settings: Settings, built_once: Path
    ) -> None:
        async with started() as pilot:
            await press(pilot, "7", "1")
            shutil.copytree(built_once, settings.catalogue_dir)
            await press(pilot, "7")
            assert "157 tracks" in text_of(pilot)

    async def test_built_from_here(
        self, started: Started, settings: Settings, built_once: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Built:
            """A build in the place of the child process."""

            step = Step(0.3, "reading tracks.csv")

            def __init__(self, home: Path, tables: object) -> None:
                assert tables == (settings.data_dir / "tracks.csv",)
                shutil.copytree(built_once, home)

            def wait(self, seconds: float) -> bool:
                return True

            def finish(self) -> None: ...

        monkeypatch.setattr("tui_music.catalogue.building.Building", Built)
        (settings.data_dir / "tracks.csv").write_text("")
        async with started() as pilot:
            await press(pilot, "7")
            await answer(pilot, "i", "")
            assert "Type the path of a table" in text_of(pilot)
            await press(pilot, "escape")
            await answer(pilot, "i", str(settings.data_dir / "tracks.csv"))
            assert "157 tracks" in text_of(pilot)
            assert "The catalogue is built." in text_of(pilot)

    async def test_the_demo_builds_its_own(
        self, started: Started, settings: Settings, built_once: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Built:
            step = Step(0.3, "")

            def __init__(self, home: Path, tables: tuple[Path, ...]) -> None:
                [table] = tables
                assert table.read_text(encoding="utf-8").startswith("track_id,track_name,artist_name,")
                shutil.copytree(built_once, home)

            def wait(self, seconds: float) -> bool:
                return True

            def finish(self) -> None: ...

        monkeypatch.setattr("tui_music.catalogue.building.Building", Built)
        demo = settings.for_demo()
        demo.library_file.parent.mkdir(parents=True)
        shutil.copyfile(settings.library_file, demo.library_file)
        async with started(given=demo) as pilot:
            await press(pilot, "7")
            assert "157 invented tracks" in text_of(pilot)

    async def test_a_table_that_is_none(self, started: Started, settings: Settings) -> None:
        """Through the child process itself."""
        (settings.data_dir / "none.csv").write_text("a,b\n1,2\n")
        async with started() as pilot:
            await press(pilot, "7")
            await answer(pilot, "i", str(settings.data_dir / "none.csv"))
            assert "Building the catalogue stopped: " in " ".join(text_of(pilot).split())
            await press(pilot, "j")
            assert "Building the catalogue stopped: " in " ".join(text_of(pilot).split()), "it stays"

    async def test_a_build_is_stopped(self, started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
        class Endless:
            step, killed = Step(0.3, "reading [red]tracks.csv"), False

            def __init__(self, *_: object) -> None: ...

            def wait(self, seconds: float) -> bool:
                return False

            def kill(self) -> None:
                Endless.killed = True

        monkeypatch.setattr("tui_music.catalogue.building.Building", Endless)
        async with started() as pilot:
            await press(pilot, "7")
            tracks_of(pilot).start_building([Path("tracks.csv")])
            await pilot.pause(0.3)
            assert "Building" in text_of(pilot)
            assert "reading [red]tracks.csv" in text_of(pilot)
            await pilot.press("i")
            await pilot.press("escape")
            await settled(pilot)
            assert Endless.killed
            assert "Stopped. The catalogue is as it was before." in text_of(pilot)


async def test_any_width(started: Started, tracks: Path) -> None:
    for size in [(60, 20), (118, 31)]:
        async with started(size=size) as pilot:
            await press(pilot, "7")
            for _ in Look:
                assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())
                await press(pilot, "t")
