"""The key map: complete, free of clashes, rebindable."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.conftest import Started, screen_of, settled, text_of
from tui_music.errors import BadSetting
from tui_music.library.library import Library
from tui_music.library.scope import Measure
from tui_music.settings import Settings
from tui_music.tui.keys import ACTIONS, EVERYWHERE, GROUPS, SCOPE, keymap, keys_of

RESERVED_FOR_LATER = set("6")


def test_the_usual_keys_do_not_clash() -> None:
    assert keymap({name: action.keys for name, action in ACTIONS.items()})
    for group in GROUPS:
        together = {group, EVERYWHERE, SCOPE}
        keys = [key for action in ACTIONS.values() if action.group in together for key in action.keys]
        assert len(keys) == len(set(keys)), group


def test_keys_of_later_versions_are_free() -> None:
    assert not RESERVED_FOR_LATER & {key for action in ACTIONS.values() for key in action.keys}


def test_an_unknown_action_is_named() -> None:
    with pytest.raises(BadSetting, match="no action 'dance'"):
        keymap({"dance": ("r",)})


@pytest.mark.parametrize("keys", [(), ("",)])
def test_an_action_needs_a_key(keys: tuple[str, ...]) -> None:
    with pytest.raises(BadSetting, match="at least one key"):
        keymap({"range": keys})


def test_a_key_cannot_do_two_things_in_one_place() -> None:
    with pytest.raises(BadSetting, match=r"range.*measure|measure.*range"):
        keymap({"range": ("v",)})


def test_keys_may_change_places() -> None:
    assert keymap({"range": ("v",), "measure": ("r",)}) == {"range": "v", "measure": "r"}


def test_keys_are_shown_as_they_are_on_the_keyboard() -> None:
    assert keys_of("help", {}) == ("?", "f1")
    assert keys_of("settings", {}) == (",",)
    assert keys_of("back", {"back": ("left", "question_mark")}) == ("←", "?")


async def test_rebound_keys_work_and_are_shown(settings: Settings, library: Library, started: Started) -> None:
    chosen = replace(settings, keys={"measure": ("M",), "help": ("f2",)})
    async with started(given=chosen) as pilot:
        await pilot.press("v")
        assert screen_of(pilot).session.measure is Measure.HOURS
        await pilot.press("M")
        await settled(pilot)
        assert screen_of(pilot).session.measure is Measure.PLAYS
        assert "M hours/plays" in text_of(pilot)
        await pilot.press("f2")
        await settled(pilot)
        assert "Keys on Library" in text_of(pilot)
