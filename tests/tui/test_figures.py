"""Numbers, bars and sparks as they are written on screens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_music.text import cells
from tui_music.tui.widgets import figures


def test_numbers() -> None:
    assert figures.count(1_204) == "1,204"
    assert figures.counted(1, "song") == "1 song"
    assert figures.counted(2, "match", "matches") == "2 matches"
    assert figures.hours(1_204.56 * 3.6e6) == "1,204.6"
    assert (figures.hours_alone(61.3 * 3.6e6), figures.hours_alone(3_412 * 3.6e6)) == ("61.3 h", "3,412 h")
    assert (figures.ratio(0.912), figures.ratio(float("nan"))) == ("0.91", "–")
    assert (figures.percent(0.1184), figures.percent(None)) == ("11.8 %", "–")
    assert (figures.clock(42_900), figures.clock(3_727_000)) == ("0:42", "1:02:07")


@given(st.floats(0, 1), st.integers(0, 60))
def test_bars_take_their_room_and_show_anything_above_nothing(share: float, width: int) -> None:
    for drawn in (figures.bar(share, width), figures.dot(share, width)):
        assert cells(drawn) == width
        assert bool(drawn.strip()) == (share > 0 and width > 0)


def test_bars_to_an_eighth() -> None:
    assert [figures.bar(eighth / 16, 2) for eighth in (0, 1, 8, 9, 16)] == ["  ", "▏ ", "█ ", "█▏", "██"]


def test_sparks() -> None:
    assert figures.spark([0, 1, 4, 8]) == "·▁▄█"
    assert figures.spark([0, 0]) == "··"
    assert figures.spark([]) == ""
