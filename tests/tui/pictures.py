"""Pictures of screens, compared with those kept beside the tests; ``--snapshot-update`` takes them anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import settled
from tui_music.settings import Settings
from tui_music.tui.app import TuiMusic

SIZES = [(80, 24), (120, 36)]

Picture = Callable[..., bool]


@pytest.fixture
def picture(snap_compare: Any, settings: Settings) -> Picture:
    """``assert picture(size, "2", "enter")``: the program after those keys looks as it did."""

    def compare(size: tuple[int, int], *keys: str) -> bool:
        async def before(pilot: Pilot[Any]) -> None:
            await settled(pilot)
            for key in keys:
                await pilot.press(key)
                await settled(pilot)

        return bool(snap_compare(TuiMusic(settings), terminal_size=size, run_before=before))

    return compare
