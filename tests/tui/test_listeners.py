"""The Listeners screen: everybody, what each method recommends to one, charts over all, and turning to somebody."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from tests.community.matrices import counts_of
from tests.exports import imported, row, write
from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.discovering import press, quiet_world, tap
from tests.tui.knowing import UNHEARD, know
from tests.tui.pictures import SIZES
from tui_music.engine.community import kept
from tui_music.engine.community.build import build
from tui_music.engine.community.community import Community
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.text import cells, shown
from tui_music.tui import listeners_screen
from tui_music.tui.app import TuiMusic
from tui_music.tui.listeners_screen import ListenersScreen
from tui_music.tui.widgets.chart import Chart
from tui_music.tui.widgets.listeners_charts import by_plays, per_day
from tui_music.tui.widgets.listeners_rows import Compared, ListenerRows, MethodRows
from tui_music.tui.widgets.table import Table

__all__ = ["quiet_world"]  # a fixture

DAY = 86_400
NAMES = [f"{name} of {place}" for place in ("Halden", "Ulvik", "Brekke") for name in ("Ilse", "Ola", "Noor", "Jun")]


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners_screen, "REST", 0.01)


@pytest.fixture(scope="session")
def many_once(imported_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library of mira and jun with twelve more: the n-th has 3n plays, from the n-th month on."""
    folder = tmp_path_factory.mktemp("many")
    shutil.copyfile(imported_once, folder / "library.duckdb")
    for at, name in enumerate(NAMES, 1):
        plays = [row(DAY * (30 * at + day), f"song {day % 2}", HOSTILE[(at + day) % 4]) for day in range(3 * at)]
        imported(Library(folder / "library.duckdb"), write(folder / f"{at}.json", plays), listener=name)
    return folder / "library.duckdb"


@pytest.fixture
def many(settings: Settings, many_once: Path) -> Library:
    settings.library_file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(many_once, settings.library_file)
    settings.library_file.chmod(0o600)
    return Library(settings.library_file)


@pytest.fixture
def built(settings: Settings) -> None:
    """A community of 24 who play what is played here, and two artists more."""
    artists = [*HOSTILE, "Quiet Machines", "Ilse Morn"]
    plays = np.array([[(who * (at + 2)) % 13 for at in range(len(artists))] for who in range(1, 25)], np.float64)
    community = Community("invented", [f"listener {who}" for who in range(24)], artists, counts_of(plays.tolist()))
    build(settings.community_dir / kept.FILE, community, [], 5, 2)


def listeners(pilot: Pilot[Any]) -> ListenersScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, ListenersScreen)
    return screen


def names(pilot: Pilot[Any]) -> list[str]:
    rows = listeners(pilot).table.rows
    return [each.name for each in rows.listeners] if isinstance(rows, ListenerRows) else []


def selected(pilot: Pilot[Any]) -> str:
    return names(pilot)[listeners(pilot).table.cursor]


def compared(pilot: Pilot[Any]) -> Compared:
    rows = listeners(pilot).query_one("#methods", Table).rows
    assert isinstance(rows, MethodRows)
    return rows.compared


# pictures


@pytest.mark.parametrize("size", [*SIZES, (180, 50)])
class TestPictures:
    @pytest.fixture
    def look(self, snap_compare: Any, settings: Settings, size: tuple[int, int]) -> Any:
        def compare(*keys: str) -> bool:
            async def before(pilot: Pilot[Any]) -> None:
                await settled(pilot)
                await press(pilot, *keys)
                assert isinstance(screen_of(pilot), ListenersScreen)

            return bool(snap_compare(TuiMusic(settings, offline=True), terminal_size=size, run_before=before))

        return compare

    @pytest.mark.usefixtures("many", "built")
    def test_methods(self, look: Any, settings: Settings) -> None:
        know(settings)
        assert look("L", "j")

    @pytest.mark.usefixtures("many")
    def test_charts(self, look: Any, size: tuple[int, int]) -> None:
        assert look("L", "tab", "tab", "right", "right", "right")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("many")
def test_what_all_play(snap_compare: Any, settings: Settings, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await press(pilot, "L")
        await tap(pilot, "slash", *"ulv", "enter", "shift+tab")

    assert snap_compare(TuiMusic(settings, offline=True), terminal_size=size, run_before=before)


# everybody


@pytest.mark.usefixtures("many")
class TestEverybody:
    async def test_they_are_listed_searched_and_sorted(self, started: Started) -> None:
        async with started((120, 40), offline=True) as pilot:
            await press(pilot, "L")
            assert names(pilot)[:2] == ["mira", "jun"]
            assert names(pilot)[2:] == NAMES[::-1], "most plays first"
            assert selected(pilot) == "mira"
            text = text_of(pilot)
            assert "14 listeners" in text
            assert "●" in text
            assert "Feb 2022 → Mar 2022" in text
            await tap(pilot, "slash", *"ULVIK")
            assert names(pilot) == NAMES[7:3:-1]
            assert "4 of 14" in text_of(pilot)
            await press(pilot, "enter", "s", "s", "s")
            assert names(pilot) == ["Ilse of Ulvik", "Jun of Ulvik", "Noor of Ulvik", "Ola of Ulvik"], "by name"
            await press(pilot, "escape")
            assert len(names(pilot)) == 14
            await tap(pilot, "slash", *"nobody")
            assert "Nobody by that name; escape ends the search" in text_of(pilot)
            await press(pilot, "escape", "s", "G")
            assert selected(pilot) == NAMES[0]
            await press(pilot, "s")
            assert selected(pilot) == NAMES[0], "the cursor stays with a listener"

    async def test_enter_turns_the_program_to_one(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "2", "p")
            assert len(pilot.app.screen_stack) == 2
            await press(pilot, "L", "G", "k", "enter")
            assert len(pilot.app.screen_stack) == 1
            assert pilot.app.current_mode == "artists"
            session = screen_of(pilot).session
            assert session.history is not None
            assert session.history.listener == session.scope.listener == NAMES[1]
            await press(pilot, "9", "L")
            assert selected(pilot) == NAMES[1], "from any screen, and there it begins"
            await press(pilot, "L")
            assert pilot.app.current_mode == "sources"
            assert len(pilot.app.screen_stack) == 1

    async def test_it_follows_threshold_and_kind(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "L", "T")
            await tap(pilot, *"4 min", "enter")
            assert "plays ≥ 4 min" in text_of(pilot)
            rows = listeners(pilot).table.rows
            assert isinstance(rows, ListenerRows)
            assert {each.plays for each in rows.listeners} == {0}
            assert sum(each.ms for each in rows.listeners) > 0

    async def test_it_is_copied_and_exported(
        self, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        async with started(offline=True) as pilot:
            await press(pilot, "L", "j", "y")
            assert pilot.app.clipboard == "jun"
            await press(pilot, "x")
        rows = list(csv.DictReader((tmp_path / "listeners-mira-all-time.csv").read_text("utf-8").splitlines()))
        assert [each["listener"] for each in rows[2:]] == NAMES[::-1]
        assert rows[-1]["plays"] == "3"
        assert rows[-1]["hours"] == str(round(3 * 200 / 3600, 4))


# methods side by side


@pytest.mark.usefixtures("many")
class TestMethods:
    async def test_own_methods_and_what_would_add_more(self, started: Started, settings: Settings) -> None:
        know(settings)
        async with started((120, 40), offline=True) as pilot:
            await press(pilot, "L", "j")
            found = compared(pilot)
            assert found.listener == "jun"
            assert [each.method for each in found.methods] == ["play again", "discover"]
            assert set(found.methods[1].artists) <= {*UNHEARD, *HOSTILE}
            assert "Recommended to jun" in text_of(pilot)
            assert "tui-music community build PATH adds" in text_of(pilot)

    @pytest.mark.usefixtures("built")
    async def test_with_a_community(self, started: Started) -> None:
        async with started((180, 50), offline=True) as pilot:
            await press(pilot, "L", "G")
            found = compared(pilot)
            own, _, everything, *models = found.methods
            assert everything.method == "community"
            assert len(models) == 2, "without tags in the data there is no model of tags"
            heard = set(own.artists)
            assert heard <= set(HOSTILE)
            for each in (everything, *models):
                assert not set(each.artists) & heard, "only who was never heard"
                assert set(each.artists) | heard == {*HOSTILE, "Quiet Machines", "Ilse Morn"}
            assert "community build" not in text_of(pilot)

    @pytest.mark.usefixtures("built")
    async def test_a_listener_whom_the_community_does_not_share(
        self, started: Started, many: Library, tmp_path: Path
    ) -> None:
        imported(many, write(tmp_path / "far.json", [row(9, "Song", "Far One")]), listener="far")
        async with started(offline=True) as pilot:
            await press(pilot, "L", "G")
            assert selected(pilot) == "far"
            assert "The community knows nobody whom this listener plays." in text_of(pilot)
            assert [each.method for each in compared(pilot).methods] == ["play again", "discover"]

    async def test_the_one_where_the_cursor_rests_is_asked_for(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "L")
            await tap(pilot, "j", "j", "j", "j", "j", "k")
            assert compared(pilot).listener == selected(pilot)


# charts


class TestCharts:
    def test_listeners_by_plays(self) -> None:
        chart = by_plays([0, 1, 1, 3, 9, 10, 19, 20, 1_500])
        assert chart.values == [1, 2, 1, 1, 2, 1, 0, 0, 0, 0, 1]
        assert [label for _, label in chart.ticks] == ["0", "1", "2", "5", "10", "20", "50", "100", "200", "500", "1k"]
        assert chart.aside == "log scale, median 9"
        assert chart.tell(4) == "10–19: 2 listeners"
        assert chart.tell(10) == "1,000–1,500: 1 listener"
        assert by_plays([40, 60]).ticks == [(0, "20"), (1, "50")], "bars begin where there is somebody"
        assert by_plays([]).values == []

    def test_plays_per_day(self) -> None:
        first = 18_993  # 1 January 2022
        chart = per_day([first, first + 1, first + 4], [3, 1, 6], 10)
        assert chart.values == [3, 1, 0, 0, 6]
        assert chart.tell(4) == "5 Jan 2022: 6 plays"
        chart = per_day([first, first + 1, first + 4], [3, 1, 6], 3)
        assert chart.values == [2, 0, 6], "the mean of as many days as there are"
        assert chart.tell(0) == "1 Jan 2022 – 2 Jan 2022: 2.0 a day"
        assert per_day([], [], 10).values == []
        years = per_day([first, first + 1_000], [1, 1], 100)
        assert [label for _, label in years.ticks] == ["2022", "2023", "2024"]

    @pytest.mark.usefixtures("many", "built")
    async def test_the_librarys_or_the_communitys(self, started: Started) -> None:
        async with started((180, 50), offline=True) as pilot:
            await press(pilot, "L")
            chart = listeners(pilot).query_one("#by-plays", Chart)
            assert chart._plotted is not None
            assert sum(chart._plotted.values) == 14
            assert "Vesper & the Lamps" in text_of(pilot)
            await press(pilot, "c")
            assert sum(chart._plotted.values) == 24
            assert "charts of the community: invented" in text_of(pilot)
            assert "The data of the community have none." in text_of(pilot), "no tracks"
            await press(pilot, "c")
            assert sum(chart._plotted.values) == 14

    @pytest.mark.usefixtures("many")
    async def test_without_a_community_that_is_said(self, started: Started) -> None:
        async with started(offline=True) as pilot:
            await press(pilot, "L", "c")
            assert "No community was built" in text_of(pilot)

    @pytest.mark.usefixtures("library", "built")
    async def test_one_listener_makes_no_chart(self, started: Started, settings: Settings) -> None:
        Library(settings.library_file).forget("jun")
        async with started((180, 50), offline=True) as pilot:
            await press(pilot, "L")
            assert names(pilot) == ["mira"]
            assert "1 listener " in text_of(pilot)
            assert "import --listener NAME FILE adds others" in text_of(pilot)
            assert "artist of the community" in text_of(pilot)


# panels


@pytest.mark.usefixtures("many")
async def test_panels_are_gone_through(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "L")
        for panel in ("methods", "by-plays", "per-day", "top-artists", "top-tracks", "listeners"):
            await press(pilot, "tab")
            assert listeners(pilot).focused is not None
            assert listeners(pilot).focused.id == panel  # type: ignore[union-attr]
            assert listeners(pilot).focused.size.height > 3  # type: ignore[union-attr]
        await press(pilot, "shift+tab", "enter")
        assert "enter turns to one" in text_of(pilot)
        await press(pilot, "escape")
        assert listeners(pilot).focused is listeners(pilot).table
        await press(pilot, "escape")
        assert screen_of(pilot).HEADING == "Library"


@pytest.mark.usefixtures("many", "built")
@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_names_are_literal_and_columns_stay(
    started: Started,
    settings: Settings,
    many: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    monkeypatch.chdir(tmp_path)
    know(settings)
    for at, name in enumerate((HOSTILE[1], HOSTILE[5], HOSTILE[8])):
        imported(many, write(tmp_path / f"{at}.json", [row(DAY * at, "Song", name)]), listener=name)
    async with started(size=size, offline=True) as pilot:
        for keys in (("L",), ("G",), ("tab",), ("tab",), ("tab", "tab"), ("slash", *"mark"), ("enter", "x")):
            await press(pilot, *keys)
            for line in screen_of(pilot)._compositor.render_strips():
                assert line.cell_length == size[0]
                assert "\x1b" not in line.text
            assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())
        assert selected(pilot) == HOSTILE[8]
        await press(pilot, "enter")
        assert screen_of(pilot).session.scope.listener == HOSTILE[8]
        assert str(shown(HOSTILE[8])) in text_of(pilot) or size[0] < 60
    assert pilot.app._exception is None


async def test_without_a_library_there_is_nobody_to_turn_to(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "L")
        assert not isinstance(screen_of(pilot), ListenersScreen)
