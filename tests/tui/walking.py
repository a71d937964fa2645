"""The Trail screen started for tests: without a key, over what services said once."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import screen_of, settled
from tests.tui.knowing import know
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.tui.prompt import PromptLine
from tui_music.tui.trail_screen import TrailScreen
from tui_music.tui.widgets.trail_rows import Entry

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def quick_and_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LASTFM_API_KEY", raising=False)
    monkeypatch.setattr("tui_music.tui.trail_screen.REST", 0.01)


@pytest.fixture
def warm(settings: Settings, library: Library) -> None:
    know(settings)


async def calm(pilot: Pilot[Any]) -> None:
    """Until what is known is drawn and the cursor rested."""
    await settled(pilot)
    await pilot.pause(0.02)
    if any(not worker.is_finished for worker in pilot.app.workers):
        await settled(pilot)
    await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await calm(pilot)


async def answer(pilot: Pilot[Any], key: str, text: str) -> None:
    await press(pilot, key)
    screen_of(pilot).query_one(PromptLine).value = text
    await press(pilot, "enter")


def trail(pilot: Pilot[Any]) -> TrailScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, TrailScreen)
    return screen


def entry(pilot: Pilot[Any]) -> Entry:
    found = trail(pilot).entry
    assert found is not None
    return found


def listed(pilot: Pilot[Any]) -> list[str]:
    rows = trail(pilot).rows
    return [each.artist for each in rows.entries] if rows else []


def way(pilot: Pilot[Any]) -> list[str]:
    return [step.place.name for step in trail(pilot).at.way]


async def answer_open(pilot: Pilot[Any], text: str) -> None:
    """Answer the prompt that is open."""
    screen_of(pilot).query_one(PromptLine).value = text
    await press(pilot, "enter")
