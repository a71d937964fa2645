"""What all screens have in common on their last lines: the footer, finding a row of a list, choices of a prompt."""

from __future__ import annotations

import pytest

from tests.tui.conftest import Started, screen_of, settled, text_of
from tui_music.tui.prompt import PromptLine
from tui_music.tui.widgets.table import Table

pytestmark = pytest.mark.usefixtures("library")


async def test_the_way_to_the_other_screens_stays_in_the_footer(started: Started) -> None:
    for width, there in ((120, True), (60, True), (59, False)):
        async with started((width, 24)) as pilot:
            for key in "12345":
                await pilot.press(key)
                await settled(pilot)
                last = text_of(pilot).splitlines()[-1]
                assert ("1-9 screens" in last) == there, (width, last)
                assert last.endswith("? help")


async def test_help_says_what_signs_mean(started: Started) -> None:
    async with started() as pilot:
        for key, sign in (("4", "mix"), ("5", "✦  ~"), ("2", "eng")):
            await pilot.press(key, "question_mark")
            await settled(pilot)
            lines = text_of(pilot).splitlines()
            assert " Here" in [line[:5].rstrip() for line in lines]
            assert [line for line in lines if line[1:].startswith(f"{sign} ")]


async def test_a_row_is_found_by_part_of_its_name_in_any_list(started: Started) -> None:
    async with started() as pilot:
        for key, name in (("1", "heaven"), ("3", "AVEN"), ("comma", "palette")):
            await pilot.press(key)
            await settled(pilot)
            await pilot.press("slash", *name, "enter")
            await settled(pilot)
            table = screen_of(pilot).query(Table).first()
            assert name.casefold() in table.rows.name(table.cursor).casefold()
        await pilot.press("escape", "1", "g", "slash")
        await settled(pilot)
        screen_of(pilot).query_one(PromptLine).value = "ea"
        await pilot.press("enter")
        table = screen_of(pilot).query(Table).first()
        seen = [table.cursor]
        for key in ("n", "n", "N"):
            await pilot.press(key)
            seen.append(table.cursor)
        assert seen[0] != seen[1]
        assert seen[2] == seen[0], "two artists have it, and it goes round"
        assert seen[3] == seen[1]


async def test_what_is_not_in_a_list_is_said(started: Started) -> None:
    async with started() as pilot:
        await pilot.press("3", "n")
        await settled(pilot)
        assert "Nothing was searched for yet: / searches." in text_of(pilot)
        await pilot.press("slash", *"zzz", "enter")
        await settled(pilot)
        assert "Nothing in this list has 'zzz' in its name." in text_of(pilot)


async def test_choices_that_do_not_fit_go_on(started: Started) -> None:
    async with started((60, 16)) as pilot:
        await pilot.press("4", "w")
        await settled(pilot)
        assert text_of(pilot).splitlines()[-3].endswith("…")
        await pilot.press("f")
        await settled(pilot)
        assert "fri 22 or weekend evening" in text_of(pilot).splitlines()[-3], "while one types"
        await pilot.press("down")
        await settled(pilot)
        assert "weekday morning" in text_of(pilot).splitlines()[-3]
