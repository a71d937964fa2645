"""What Discover is asked for: dials and presets, the time of week, from whom."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.histories import make_history
from tests.tui.conftest import HOSTILE, Started, screen_of, text_of
from tests.tui.discovering import (
    HOUR_NOW,
    THURSDAY_EVENING,
    calm,
    candidates,
    discover,
    names,
    press,
    quiet_world,
    table,
    tap,
    warm,
)
from tui_music.engine.presets import PRESETS
from tui_music.errors import BadRange
from tui_music.tui import asked
from tui_music.tui.prompt import PromptLine
from tui_music.tui.widgets.dials import DialLine
from tui_music.tui.widgets.grid import Grid

__all__ = ["quiet_world", "warm"]  # fixtures

# dials, presets, time


@pytest.mark.usefixtures("warm")
async def test_the_dials(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        before = [each.score for each in candidates(pilot)]
        await press(pilot, "right", "right")
        assert discover(pilot).asked.dials == (0.625, 0.5, 0.5)
        assert [each.score for each in candidates(pilot)] != before
        assert "balanced, turned" in text_of(pilot)
        await press(pilot, "d", "h")
        assert discover(pilot).asked.dials == (0.625, 0.4375, 0.5)
        await tap(pilot, "d", "l", "d", *["left"] * 12)
        assert discover(pilot).asked.dials == (0.0, 0.4375, 0.5625), "not beyond its end"
        line = text_of(pilot).splitlines()[1]
        assert line == " familiar ▌───┼───┤ new   popular ├───▌───┤ obscure   all-time ├───▐───┤ lately" or "▐" in line


@pytest.mark.usefixtures("warm")
async def test_a_dial_can_be_clicked(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4")
        line = text_of(pilot).splitlines()[1]
        await pilot.click(DialLine, offset=(line.index("┤ obscure"), 0))
        await calm(pilot)
        assert discover(pilot).asked.dials == (0.5, 1.0, 0.5)


@pytest.mark.usefixtures("warm")
async def test_presets_go_round_and_say_what_they_mean(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "j", "t")
        assert "comfort: what you know best" in text_of(pilot)
        assert discover(pilot).asked.dials == astuple(PRESETS["comfort"].dials)
        assert " comfort " in text_of(pilot).splitlines()[0]
        assert table(pilot).cursor == 0, "another list is looked at from its top"
        await tap(pilot, "t", "t", "t", "t")
        assert (discover(pilot).asked.preset, discover(pilot).asked.dials) == ("balanced", asked.MIDDLE)


@pytest.mark.usefixtures("warm")
async def test_the_time_of_week_is_named_and_can_be_changed(started: Started) -> None:
    async with started((120, 36), offline=True) as pilot:
        await press(pilot, "4")
        assert "Thu 21:00, weekday evening, like " in text_of(pilot).splitlines()[0]
        await press(pilot, "w")
        discover(pilot).query_one(PromptLine).value = "weekend morning"
        await press(pilot, "enter")
        assert "Sat 8:00, weekend morning" in text_of(pilot).splitlines()[0]
        await press(pilot, "w")
        assert discover(pilot).query_one(PromptLine).value == "sat 8"
        discover(pilot).query_one(PromptLine).value = "some day"
        await press(pilot, "enter")
        assert "is no time of the week" in text_of(pilot)
        discover(pilot).query_one(PromptLine).value = "now"
        await press(pilot, "enter")
        assert "Thu 21:00" in text_of(pilot).splitlines()[0]


@pytest.mark.usefixtures("warm")
async def test_diversity_can_be_turned_off(started: Started) -> None:
    async with started((120, 36), offline=True) as pilot:
        await press(pilot, "4")
        await tap(pilot, "D", "D")
        assert discover(pilot).asked.diversity == "off"
        assert "diversity off" in text_of(pilot).splitlines()[0]
        scores = [each.score for each in candidates(pilot)]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("now", None),
        ("", None),
        ("fri 22", 4 * 24 + 22),
        ("Sunday", 6 * 24 + 21),
        ("weekend evening", 5 * 24 + 20),
        ("weekday", THURSDAY_EVENING),
        ("7:30", 3 * 24 + 7),
        ("monday mornings", 8),
    ],
)
def test_times_of_the_week_as_people_type_them(text: str, hour: int | None) -> None:
    assert asked.parse_hour(text, THURSDAY_EVENING) == hour


@pytest.mark.parametrize("text", ["x", "25", "-1", "fri 99", "tomorrow", "½"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(BadRange):
        asked.parse_hour(text, THURSDAY_EVENING)


def test_without_a_choice_it_is_the_hour_at_the_end_of_the_history() -> None:
    assert HOUR_NOW(make_history([("2024-05-12T22:30:00", "Tallow", "Tide", 60_000)]), "Europe/Berlin") == 0
    assert HOUR_NOW(None, "Europe/Berlin") == 0, "there is nothing to ask about yet"


@given(st.floats(0, 1), st.integers(0, 2), st.sampled_from([-1, 1]))
def test_a_dial_moves_by_a_step_and_stays_within(place: float, which: int, steps: int) -> None:
    before = asked.put(asked.MIDDLE, which, place)
    after = asked.turned(before, which, steps)
    assert 0 <= after[which] <= 1
    assert abs(after[which] - place) <= asked.STEP + 1e-9
    assert after[which] % asked.STEP == 0
    assert (after[which] - place) * steps >= 0
    assert [after[at] for at in range(3) if at != which] == [0.5, 0.5]


# from whom


@pytest.mark.usefixtures("warm")
async def test_from_a_tier_only_its_artists_are_seeds(started: Started) -> None:
    async with started((120, 36), offline=True) as pilot:
        await press(pilot, "3", "e")
        screen_of(pilot).query_one(PromptLine).value = "2 4"
        await press(pilot, "enter", "d")
        assert "tier 2–4" in text_of(pilot).splitlines()[0]
        assert set(names(pilot, "familiar")) == set(HOSTILE[1:4])
        heard = {
            each.text
            for candidate in candidates(pilot)
            for share in candidate.signals
            if share.signal == "similar"
            for each in share.evidence
        }
        assert heard <= set(HOSTILE[1:4])
        assert heard
        await press(pilot, "escape")
        assert set(names(pilot, "familiar")) == set(HOSTILE), "escape goes back to all"


@pytest.mark.usefixtures("warm")
async def test_a_cell_of_the_grid_is_a_question(started: Started) -> None:
    async with started(offline=True) as pilot:
        await press(pilot, "4", "f")
        assert discover(pilot).query_one(Grid).has_focus
        assert "1–9" in text_of(pilot)
        await press(pilot, "enter")
        assert "ranks 1–9, ≤ 30 d" in text_of(pilot).splitlines()[0]
        assert table(pilot, "familiar").has_focus
        await tap(pilot, "f", "l", "l", "l", "enter")
        assert "from ranks 1–9" in text_of(pilot).splitlines()[0]
        assert table(pilot, "discover").has_focus
        await press(pilot, "f", "escape")
        assert table(pilot, "discover").has_focus
        assert not discover(pilot).has_class("-from")
