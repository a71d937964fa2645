"""The Discover screen: two lists and why, dials and presets, the grid, decisions, and every state it can be in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.exports import episode, imported, write
from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.knowing import UNHEARD, know
from tests.tui.pictures import SIZES
from tui_music.engine.candidate import Candidate
from tui_music.errors import LibraryBusy, ServiceUnavailable
from tui_music.library.journal import Journal, Triage
from tui_music.library.library import Library
from tui_music.services.gateway import Services
from tui_music.settings import Settings
from tui_music.text import cells, fold, shown
from tui_music.tui import asked, loading
from tui_music.tui.app import TuiMusic
from tui_music.tui.discover_screen import REST, DiscoverScreen
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.prompt import PromptLine
from tui_music.tui.widgets.candidates import CandidateRows
from tui_music.tui.widgets.dials import DialLine
from tui_music.tui.widgets.grid import Grid
from tui_music.tui.widgets.table import Table

THURSDAY_EVENING = 3 * 24 + 21


@pytest.fixture(autouse=True)
def quiet_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is always Thursday evening, there is no key, and no training process."""
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)
    monkeypatch.setattr(asked, "hour_now", lambda _: THURSDAY_EVENING)

    class NoTraining:
        def __init__(self, *_: object) -> None: ...

        def wait(self, seconds: float) -> bool:
            return True

        def finish(self) -> None: ...

    monkeypatch.setattr("tui_music.engine.training.Training", NoTraining)


async def calm(pilot: Pilot[Any]) -> None:
    """Until the engine answered and the cursor rested."""
    for _ in range(3):
        await settled(pilot)
    await pilot.pause(REST + 0.05)
    await settled(pilot)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await calm(pilot)


def discover(pilot: Pilot[Any]) -> DiscoverScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, DiscoverScreen)
    return screen


def table(pilot: Pilot[Any], name: str = "discover") -> Table:
    return discover(pilot).query_one(f"#{name}", Table)


def candidates(pilot: Pilot[Any], name: str = "discover") -> list[Candidate]:
    rows = table(pilot, name).rows
    return rows.candidates if isinstance(rows, CandidateRows) else []


def names(pilot: Pilot[Any], name: str = "discover") -> list[str]:
    return [each.name for each in candidates(pilot, name)]


@pytest.fixture
def warm(settings: Settings, library: Library) -> None:
    know(settings)


# its states in pictures


@pytest.mark.parametrize("size", SIZES)
class TestPictures:
    @pytest.fixture
    def look(self, snap_compare: Any, settings: Settings, size: tuple[int, int]) -> Any:
        def compare(*keys: str, offline: bool = False) -> bool:
            async def before(pilot: Pilot[Any]) -> None:
                await calm(pilot)
                await press(pilot, "4", *keys)

            app = TuiMusic(settings, offline=offline)
            return bool(snap_compare(app, terminal_size=size, run_before=before))

        return compare

    @pytest.mark.usefixtures("library")
    def test_no_key(self, look: Any) -> None:
        assert look()

    @pytest.mark.usefixtures("library")
    def test_offline_cold(self, look: Any) -> None:
        assert look(offline=True)

    @pytest.mark.usefixtures("warm")
    def test_offline_warm(self, look: Any) -> None:
        assert look("j", "l", "l", "l", offline=True)

    @pytest.mark.usefixtures("warm")
    def test_the_grid(self, look: Any) -> None:
        assert look("f", "l", offline=True)

    def test_nothing_but_podcasts(self, look: Any, settings: Settings, tmp_path: Path) -> None:
        imported(Library(settings.library_file), write(tmp_path / "a.json", [episode(n * 9_000) for n in range(40)]))
        assert look()

    @pytest.mark.usefixtures("warm")
    def test_a_service_that_fails(self, look: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        know(settings, days=47)

        def fail(*_: object, **__: object) -> None:
            raise ServiceUnavailable("Last.fm cannot be reached: it is asked again at 21:20.")

        monkeypatch.setattr(Services, "top_tracks", fail)
        assert look()


def test_without_a_library_there_is_the_first_run(snap_compare: Any, settings: Settings) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await press(pilot, "4")
        assert pilot.app.current_mode == "welcome"

    assert snap_compare(TuiMusic(settings), terminal_size=(80, 24), run_before=before)
