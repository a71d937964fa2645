"""The plays behind a figure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import Row, make_history, rows_of_plays
from tui_music.library.calendar import local_calendar, parse_range, today
from tui_music.library.plays import find_plays
from tui_music.library.scope import Kind, Scope
from tui_music.library.statistics import hour_by_weekday, totals

SCOPE = Scope("mira")
BERLIN = Scope("mira", "Europe/Berlin")


def test_a_row_says_all_of_a_play() -> None:
    play = Row("2021-07-01T21:30:00", "A", "a", 90_000, "x", reason_end="endplay", source="lastfm")
    history = make_history([play, Row("2021-07-02T21:30:00", "S", "e", 1, kind=Kind.PODCAST)])
    (row,) = find_plays(history, BERLIN).page(0, 10)
    assert row.start.isoformat() == "2021-07-01T23:30:00+02:00"
    assert (row.track, row.artist, row.album, row.source, row.kind) == ("a", "A", "x", "lastfm", Kind.MUSIC)
    assert (row.ms_played, row.completion, row.ended, row.counted, row.index) == (90_000, 0.5, "stopped", True, 0)


@pytest.mark.parametrize(
    ("reason_end", "skipped", "ms", "ended"),
    [
        ("trackdone", False, 200_000, "to the end"),
        ("trackdone", None, 200_000, "to the end"),
        ("fwdbtn", True, 42_900, "skipped after 0:42"),
        ("fwdbtn", None, 9_000, "skipped after 0:09"),
        (None, True, 605_000, "skipped after 10:05"),
        ("fwdbtn", None, 42_000, "stopped"),
        ("endplay", None, 42_000, "stopped"),
        ("logout", False, 42_000, "stopped"),
        ("unknown", None, 42_000, "unknown"),
        ("", None, 42_000, "unknown"),
        (None, None, 42_000, "unknown"),
        (None, False, 42_000, "unknown"),
    ],
)
def test_how_it_ended(reason_end: str | None, skipped: bool | None, ms: int, ended: str) -> None:
    history = make_history([Row(0, "A", "a", ms, reason_end=reason_end, skipped=skipped)])
    assert find_plays(history, SCOPE).page(0, 1)[0].ended == ended


def test_newest_first_and_pages() -> None:
    history = make_history([Row(i * 100, "A", str(i)) for i in range(10)])
    found = find_plays(history, SCOPE)
    assert len(found) == 10
    assert [row.track for row in found.page(0, 3)] == ["9", "8", "7"]
    assert [row.track for row in found.page(8, 5)] == ["1", "0"]
    assert found.page(10, 5) == []
    assert [row.track for row in find_plays(history, SCOPE, newest_first=False).page(0, 2)] == ["0", "1"]


def test_by_code() -> None:
    rows = [Row(0, "A", "a", album="x"), Row(1, "A", "b", 10_000), Row(2, "B", "a", album="x")]
    history = make_history(rows)
    names = history.names
    assert find_plays(history, SCOPE, artist=names.artists.index("A")).indices.tolist() == [1, 0]
    assert find_plays(history, SCOPE, track=names.tracks.index("b")).indices.tolist() == [1]
    assert find_plays(history, SCOPE, album=0).indices.tolist() == [0]
    assert find_plays(history, SCOPE, artist=names.artists.index("A"), counted_only=True).indices.tolist() == [0]


def test_text_is_looked_for_word_by_word_in_all_names() -> None:
    rows = [
        Row(0, "Björk", "Hunter", album="Homogenic"),
        Row(1, "Björk", "Jóga", album="Homogenic"),
        Row(2, "Portishead", "Hunter"),
        Row(3, "Aqualung", "Magnetic North"),
    ]
    history = make_history(rows)

    def found(text: str) -> list[int]:
        return [int(i) for i in find_plays(history, SCOPE, text=text, newest_first=False).indices]

    assert found("hunter") == [0, 2]
    assert found("BJORK hunt") == [0]
    assert found("joga homogenic") == [1]
    assert found("homog") == [0, 1]
    assert found("hunter north") == []
    assert found("  ") == [0, 1, 2, 3]


@settings(max_examples=60)
@given(rows_of_plays(), st.integers(0, 6), st.integers(0, 23), st.booleans())
def test_the_plays_behind_a_cell_sum_to_it(rows: list[Row], weekday: int, hour: int, counted_only: bool) -> None:
    history = make_history(rows)
    week = hour_by_weekday(history, BERLIN)
    found = find_plays(history, BERLIN, weekday=weekday, hour=hour, counted_only=counted_only)
    page = found.page(0, len(rows))
    assert len(page) == len(found)
    if counted_only:
        assert len(page) == week.counted[weekday, hour]
    else:
        assert sum(row.ms_played for row in page) == week.ms[weekday, hour]
    assert all((row.start.weekday(), row.start.hour) == (weekday, hour) for row in page)


@settings(max_examples=60)
@given(rows_of_plays(), st.sampled_from(["2021", "last 30 days", "2021-03-28", "all"]))
def test_the_plays_of_a_range_are_those_that_totals_count(rows: list[Row], text: str) -> None:
    history = make_history(rows)
    scope = BERLIN.within(parse_range(text, today(history, "Europe/Berlin")))
    found = find_plays(history, scope)
    assert len(found) == totals(history, scope).plays
    assert found.indices.tolist() == sorted(found.indices.tolist(), reverse=True)
    calendar: Any = local_calendar(history, "Europe/Berlin")
    for row in found.page(0, 100):
        assert row.start.hour == calendar.hour[row.index]
        assert row.counted == (row.ms_played >= 30_000)
