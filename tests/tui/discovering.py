"""The Discover screen started for tests: on a Thursday evening, without a key, over what services said once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled, WorkerError, WorkerFailed

from tests.tui.conftest import screen_of
from tests.tui.knowing import know
from tui_music.engine.candidate import Candidate
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.tui import asked, discover_screen
from tui_music.tui.discover_screen import DiscoverScreen
from tui_music.tui.widgets.candidates import CandidateRows
from tui_music.tui.widgets.table import Table

THURSDAY_EVENING = 3 * 24 + 21
REST = 0.01  # for the cursor, in tests
HOUR_NOW = asked.hour_now  # before it is always Thursday


@pytest.fixture(autouse=True)
def quiet_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is always Thursday evening, and there is no key."""
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)
    monkeypatch.setattr(asked, "hour_now", lambda *_: THURSDAY_EVENING)
    monkeypatch.setattr(discover_screen, "REST", REST)


async def calm(pilot: Pilot[Any]) -> None:
    """Until the cursor rested, and no thread is at anything."""
    quiet = 0
    while quiet < 2:
        busy = [each for each in pilot.app.workers if not each.is_finished]
        for worker in busy:
            with suppress(WorkerFailed, WorkerCancelled, WorkerError):
                await worker.wait()
        quiet = 0 if busy else quiet + 1
        await pilot.pause(REST)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """One key after the other, each with what it brings."""
    for key in keys:
        await tap(pilot, key)


async def tap(pilot: Pilot[Any], *keys: str) -> None:
    """Keys as quickly as they come."""
    await pilot.press(*keys)
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
