"""The Tiers screen: ranks by key, by typing and by preset, and what they add up to."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import HOSTILE, Started, screen_of, settled, text_of
from tests.tui.pictures import SIZES, Picture, picture
from tui_music.errors import BadRange
from tui_music.text import cells, shown
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.prompt import PromptLine
from tui_music.tui.tiers_screen import TiersScreen, usual_tiers
from tui_music.tui.widgets.table import Table

__all__ = ["picture"]  # a fixture

pytestmark = pytest.mark.usefixtures("library")


def tiers_of(pilot: Pilot[Any]) -> TiersScreen:
    screen = screen_of(pilot)
    assert isinstance(screen, TiersScreen)
    return screen


def ranks(pilot: Pilot[Any]) -> tuple[int, int]:
    screen = tiers_of(pilot)
    return screen.start, screen.end


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def answer(pilot: Pilot[Any], key: str, text: str) -> None:
    await press(pilot, key)
    screen_of(pilot).query_one(PromptLine).value = text
    await press(pilot, "enter")


@pytest.mark.parametrize("size", SIZES)
def test_picture(picture: Picture, size: tuple[int, int]) -> None:
    assert picture(size, "3", "right", "right", "j", "j")


async def test_the_tier_and_what_it_adds_up_to(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3")
        text = text_of(pilot)
        assert "from 1 to 50 by hours   9 artists   63.0 h   100.0 % of all hours   1,134 plays" in text
        assert f"top {HOSTILE[0]} · bottom {shown(HOSTILE[8])} · last heard" in text
        assert "1 of 9" in text


async def test_the_dials(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3")
        await answer(pilot, "e", "2 4")
        assert ranks(pilot) == (2, 4)
        await press(pilot, "right")
        assert ranks(pilot) == (3, 4)
        await press(pilot, "left", "left", "left")
        assert ranks(pilot) == (1, 4), "nobody ranks before the first"
        await press(pilot, "shift+right", "greater_than_sign")
        assert ranks(pilot) == (1, 6)
        await press(pilot, "shift+left", "less_than_sign", "less_than_sign")
        assert ranks(pilot) == (1, 3)
        await press(pilot, "right_square_bracket")
        assert ranks(pilot) == (4, 6)
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert ranks(pilot) == (7, 9), "the last tier there is"
        await press(pilot, "left_square_bracket")
        assert ranks(pilot) == (4, 6)
        assert len(tiers_of(pilot).query_one(Table).rows) == 3
        assert "3 artists" in text_of(pilot)


async def test_the_cursor_stays_with_its_artist(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3", "j", "j", "j")
        table = tiers_of(pilot).query_one(Table)
        assert table.cursor == 3
        await press(pilot, "right", "right")
        assert table.cursor == 1
        assert HOSTILE[3] in table.render_line(table.cursor - table.top + 1).text


async def test_start_after_end_is_the_start_alone_and_says_so(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3")
        await answer(pilot, "e", "7 3")
        assert "start is after end: the start alone" in text_of(pilot)
        assert len(tiers_of(pilot).query_one(Table).rows) == 1
        await press(pilot, "p")
        assert isinstance(screen_of(pilot), PlaysScreen)


async def test_an_empty_tier_says_so(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3")
        await answer(pilot, "e", "500 900")
        text = text_of(pilot)
        assert "an empty tier: nobody has these ranks" in text
        assert "There are 9 artists." in text
        await press(pilot, "p", "y", "x", "enter", "j", "k", "G")
        assert isinstance(screen_of(pilot), TiersScreen)
        await press(pilot, "left")
        assert ranks(pilot) == (9, 9), "the dials come back to where somebody is"


async def test_by_plays_and_engagement(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3", "v")
        assert "by counted plays" in text_of(pilot)
        await press(pilot, "v")
        assert "by engagement" in text_of(pilot)


async def test_presets(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3", "t")
        assert "top" in text_of(pilot) or "1–10" in text_of(pilot)
        await press(pilot, "down", "enter")
        assert ranks(pilot) == (1, 10)
    many = usual_tiers(2_317)
    assert many["1–10"] == (1, 10)
    assert many["51–120"] == (51, 120)
    assert many["top 1 %"] == (1, 23)
    assert many["last half"] == (1_159, 2_317)
    assert all(start <= end or start == 1 for start, end in usual_tiers(7).values())
    assert "11–50" not in usual_tiers(7)
    assert usual_tiers(0)["everyone"] == (1, 1)


async def test_typed_ranks(started: Started) -> None:
    async with started() as pilot:
        await press(pilot, "3")
        typed = tiers_of(pilot)._typed
        for text in ("51 120", "51-120", "51–120", " 51 to 120 ", "51,120", "51..120"):
            assert typed(text) == (51, 120), text
        assert typed("7") == (7, 50), "the start alone"
        assert typed("3..") == (3, 9), "to the last rank"
        for text in ("", "x", "0 5", "5 0", "-3", "1 2 3", "99999999999999999999"):
            with pytest.raises(BadRange):
                typed(text)
        await answer(pilot, "e", "nonsense")
        assert "is no range of ranks" in text_of(pilot)


async def test_names_are_literal_and_aligned_and_exported(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with started(size=(120, 36)) as pilot:
        await press(pilot, "3")
        table = tiers_of(pilot).query_one(Table)
        lines = [table.render_line(y).text for y in range(table.size.height)]
        assert {cells(line) for line in lines} == {120}
        for name, line in zip(HOSTILE, lines[1:], strict=False):
            assert str(shown(name)) in line
        await press(pilot, "j", "y", "x")
        assert pilot.app.clipboard == HOSTILE[1]
    [path] = tmp_path.glob("tier-1-50-mira-*.csv")  # noqa: ASYNC240
    with path.open(encoding="utf-8", newline="") as file:
        assert [record["artist"] for record in csv.DictReader(file)] == list(HOSTILE)


@pytest.mark.parametrize("size", [(40, 10), (200, 60)])
async def test_any_size(started: Started, size: tuple[int, int]) -> None:
    async with started(size=size) as pilot:
        await press(pilot, "3", "right", "right", "left", "j")
        assert all(cells(line) <= size[0] for line in text_of(pilot).splitlines())
