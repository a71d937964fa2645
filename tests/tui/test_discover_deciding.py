"""Decisions on Discover, and what can be done with whoever is selected there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import HOSTILE, Started, screen_of, text_of
from tests.tui.discovering import (
    calm,
    candidates,
    discover,
    names,
    press,
    quiet_world,
    table,
    warm,
)
from tests.tui.knowing import UNHEARD
from tui_music.errors import LibraryBusy
from tui_music.library.journal import Journal, Triage
from tui_music.library.library import Library
from tui_music.text import fold, shown
from tui_music.tui import loading
from tui_music.tui.app import TuiMusic
from tui_music.tui.plays_screen import PlaysScreen
from tui_music.tui.prompt import PromptLine

__all__ = ["quiet_world", "warm"]  # fixtures

# decisions


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize(
    ("key", "verdict", "leaves"),
    [
        ("plus", Triage.YES, False),
        ("space", Triage.LATER, True),
        ("equals_sign", Triage.KNOWN, True),
        ("minus", Triage.NEVER, True),
    ],
)
async def test_one_key_decides(started: Started, library: Library, key: str, verdict: Triage, leaves: bool) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "j")
        before, chosen = names(pilot), names(pilot)[1]
        await pilot.press(key)
        assert (chosen not in names(pilot)) is leaves, "at once, before it is in the journal"
        await calm(pilot)
        assert Journal(library).verdicts("mira").of(chosen) is verdict
        assert table(pilot).cursor == 1, "the next one is in its place"
        if not leaves:
            assert " 2  +  " in text_of(pilot)
        await press(pilot, "u")
        assert "no longer" in text_of(pilot).splitlines()[-1]
        assert names(pilot) == before
        assert Journal(library).verdicts("mira").of(chosen) is None
        await press(pilot, "u")
        assert "There is no decision to take back." in text_of(pilot)


@pytest.mark.usefixtures("warm")
async def test_many_decisions_are_kept_in_the_order_of_the_keys(started: Started, library: Library) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        first, second, third = names(pilot)[:3]
        await pilot.press("space", "minus", "space", "u", "u")
        await calm(pilot)
        assert [(each.artist, each.verdict) for each in Journal(library).entries("mira")] == [(first, Triage.LATER)]
        assert names(pilot)[:2] == [second, third]


@pytest.mark.usefixtures("warm")
async def test_an_earlier_verdict_holds_again_when_the_later_one_is_taken_back(
    started: Started, library: Library
) -> None:
    Journal(library).record("mira", UNHEARD[0], Triage.LATER, 1_700_000_000)
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        assert UNHEARD[0] not in names(pilot)
        await press(pilot, "c", "minus", "u", "escape")
        assert screen_of(pilot).session.verdicts[fold(UNHEARD[0])] == "later"
        assert UNHEARD[0] not in names(pilot)


@pytest.mark.usefixtures("warm")
async def test_a_decision_that_cannot_be_kept_does_not_hold(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise LibraryBusy("The library is held by another program. Try again.")

    async with started(offline=True) as pilot:
        await press(pilot, "4")
        before = names(pilot)
        monkeypatch.setattr(loading, "decide", busy)
        await press(pilot, "minus")
        assert "held by another program" in text_of(pilot)
        assert names(pilot) == before


@pytest.mark.usefixtures("warm")
async def test_whom_the_cursor_went_past_is_remembered(started: Started, library: Library) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "j", "j")
        passed = names(pilot)[:2]
        await press(pilot, "1")
        assert set(Journal(library).verdicts("mira").passed) == {fold(name) for name in passed}


# what is selected


@pytest.mark.usefixtures("warm")
async def test_the_anatomy_takes_the_selected_one_apart(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        candidate = candidates(pilot)[0]
        text = text_of(pilot)
        assert f"{shown(candidate.name)}   never heard" in text
        assert "similar artists   █" in text
        assert f"songs to start    {shown(candidate.name)} hit 0" in text
        assert "ones you know" in text
        await press(pilot, "tab")
        assert f"rank {candidates(pilot, 'familiar')[0].rank} ·" in text_of(pilot)
        assert "often and lately  █" in text_of(pilot)


@pytest.mark.usefixtures("warm")
async def test_keys_on_the_selected_one(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(TuiMusic, "open_trail", lambda _, artist, *__: opened.append(artist))
    async with started(offline=True) as pilot:
        await press(pilot, "4", "y", "p")
        name = names(pilot)[0]
        assert pilot.app.clipboard == str(shown(name))
        assert "was never played: m shows who is like them" in text_of(pilot)
        await press(pilot, "o")
        assert "https://www.last.fm/music/" in text_of(pilot)
        links = {segment.style.link for strip in pilot.app.screen._compositor.render_strips() for segment in strip
                 if segment.style and segment.style.link}  # fmt: skip
        assert len(links) == 1
        assert links.pop().isascii()
        await press(pilot, "m", "enter")
        assert opened == [name, name]
        await press(pilot, "tab", "p")
        screen = screen_of(pilot)
        assert isinstance(screen, PlaysScreen)
        assert screen.of.words == (shown(HOSTILE[0]),) or screen.of.artist is not None


@pytest.mark.usefixtures("warm")
async def test_the_list_is_exported(started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with started(offline=True) as pilot:
        await press(pilot, "4", "minus", "x")
        left = names(pilot)
        discover(pilot).query_one(PromptLine).value = "gold"
        await press(pilot, "enter")
        assert "is none of m3u8, jspf, csv, text, uris" in text_of(pilot)
        discover(pilot).query_one(PromptLine).value = "text"
        await press(pilot, "enter", "enter")
        [path] = tmp_path.glob("*.txt")  # noqa: ASYNC240
        assert path.name == "discover-mira.txt"
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 3 * len(left)
        assert lines[0].endswith("hit 0")
        assert f"12 rows written to {path.name}" in text_of(pilot)
        await press(pilot, "x", "enter", "enter")
        await press(pilot, "x", "enter", "enter")
        assert "is there already" in text_of(pilot)
        discover(pilot).query_one(PromptLine).value = "clipboard"
        await press(pilot, "enter")
        assert pilot.app.clipboard.startswith("#EXTM3U")


@pytest.mark.usefixtures("warm")
async def test_a_key_right_after_tab_is_about_the_other_list(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        screen = discover(pilot)
        assert screen.artist() == names(pilot)[0]
        screen.action_panel()  # as in one burst over a slow line: nothing else is done before the next key
        assert screen.artist() == names(pilot, "familiar")[0]
