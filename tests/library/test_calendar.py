"""Local days and hours, and ranges of dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import Row, make_history, utc
from tui_music.errors import BadRange, BadSetting
from tui_music.library.calendar import (
    Step,
    bucket_end,
    bucket_label,
    bucket_start,
    hour_of_week,
    local_calendar,
    now_of,
    parse_range,
    presets,
    step_for,
    to_date,
    to_day,
    today,
)
from tui_music.library.scope import ALL_TIME, DateRange

TODAY = date(2024, 6, 15)  # a Saturday
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",  # half an hour
    "Australia/Lord_Howe",  # clocks move by half an hour
    "Pacific/Apia",  # left out a day in 2011
    "America/Havana",  # clocks move at midnight
    "Africa/Casablanca",  # summer time that stops for Ramadan
    "Africa/Monrovia",  # seconds of offset until 1972
]


def local(start: str, zone: str = "Europe/Berlin") -> tuple[date, int, int]:
    """Local date, hour and weekday of a play."""
    calendar = local_calendar(make_history([Row(start, "A", "a")]), zone)
    return to_date(int(calendar.day[0])), int(calendar.hour[0]), int(calendar.weekday[0])


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # 28 March 2021: 02:00 becomes 03:00, so the day has 23 hours.
        ("2021-03-27T23:00:00Z", (date(2021, 3, 28), 0, 6)),
        ("2021-03-28T00:59:59Z", (date(2021, 3, 28), 1, 6)),
        ("2021-03-28T01:00:00Z", (date(2021, 3, 28), 3, 6)),
        ("2021-03-28T21:59:59Z", (date(2021, 3, 28), 23, 6)),
        ("2021-03-28T22:00:00Z", (date(2021, 3, 29), 0, 0)),
        # 31 October 2021: 03:00 becomes 02:00, so the hour from two to three comes twice.
        ("2021-10-30T22:00:00Z", (date(2021, 10, 31), 0, 6)),
        ("2021-10-31T00:30:00Z", (date(2021, 10, 31), 2, 6)),
        ("2021-10-31T01:30:00Z", (date(2021, 10, 31), 2, 6)),
        ("2021-10-31T22:59:59Z", (date(2021, 10, 31), 23, 6)),
        ("2021-10-31T23:00:00Z", (date(2021, 11, 1), 0, 0)),
    ],
)
def test_days_on_which_clocks_change(start: str, expected: tuple[date, int, int]) -> None:
    assert local(start) == expected


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(ZONES),
    st.lists(st.integers(0, 2_000_000_000), max_size=20),
    st.lists(st.tuples(st.integers(0, 23_000), st.integers(-7200, 7200)), max_size=20),
)
def test_agrees_with_the_clock(zone: str, anywhere: list[int], near_midnight: list[tuple[int, int]]) -> None:
    starts = sorted(anywhere + [max(0, day * 86_400 + shift) for day, shift in near_midnight])
    calendar = local_calendar(make_history([Row(start, "A", "a") for start in starts]), zone)
    clocks = [(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)).astimezone(ZoneInfo(zone)) for at in starts]
    assert calendar.day.tolist() == [to_day(clock.date()) for clock in clocks]
    assert calendar.hour.tolist() == [clock.hour for clock in clocks]
    assert calendar.weekday.tolist() == [clock.weekday() for clock in clocks]


def test_each_change_is_found_to_the_second() -> None:
    change = utc("2021-03-28T01:00:00Z")
    starts = range(change - 40, change + 40)
    calendar = local_calendar(make_history([Row(start, "A", "a") for start in starts]), "Europe/Berlin")
    assert calendar.hour.tolist() == [1] * 40 + [3] * 40


def test_is_computed_once_for_each_of_two_zones() -> None:
    history = make_history([Row(0, "A", "a")])
    berlin = local_calendar(history, "Europe/Berlin")
    local_calendar(history, "UTC")
    assert local_calendar(history, "Europe/Berlin") is berlin
    assert [str(column.dtype) for column in (berlin.day, berlin.hour, berlin.weekday)] == ["int32", "uint8", "uint8"]


def test_an_unknown_zone_is_a_bad_setting() -> None:
    with pytest.raises(BadSetting, match="Mars/Olympus"):
        local_calendar(make_history([]), "Mars/Olympus")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        (" 2021-02 ", date(2021, 2, 1), date(2021, 2, 28)),
        ("2021-03-01", date(2021, 3, 1), date(2021, 3, 1)),
        ("2021-Q4", date(2021, 10, 1), date(2021, 12, 31)),
        ("2020-w53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2021-03-01..2021-06-30", date(2021, 3, 1), date(2021, 6, 30)),
        ("2021-02 .. 2022", date(2021, 2, 1), date(2022, 12, 31)),
        ("2021..", date(2021, 1, 1), None),
        ("..2021-02", None, date(2021, 2, 28)),
        ("last 1 day", TODAY, TODAY),
        ("last 90 days", date(2024, 3, 18), TODAY),
        ("Last  2 Weeks", date(2024, 6, 2), TODAY),
        ("last 1 month", date(2024, 5, 16), TODAY),
        ("last 12 months", date(2023, 6, 16), TODAY),
        ("last 3 years", date(2021, 6, 16), TODAY),
        ("this month", date(2024, 6, 1), date(2024, 6, 30)),
        ("last month", date(2024, 5, 1), date(2024, 5, 31)),
        ("this year", date(2024, 1, 1), date(2024, 12, 31)),
        ("last year", date(2023, 1, 1), date(2023, 12, 31)),
        ("last week", date(2024, 6, 3), date(2024, 6, 9)),
        ("today", TODAY, TODAY),
        ("all", None, None),
        ("all time", None, None),
        ("..", None, None),
    ],
)
def test_ranges(text: str, first: date | None, last: date | None) -> None:
    asked = parse_range(text, TODAY)
    assert (asked.first, asked.last) == (first, last)
    assert parse_range(asked.label, TODAY) == asked


@pytest.mark.parametrize(
    "text",
    [
        *("x", "20", "20211", "2021-13", "2021-00", "2021-02-30", "2021-Q5", "2021-W54", "0000", "2021-3", "٢٠٢١"),
        *("last", "this", "last 0 days", "last 5 hours", "last 99999 years", "last days", "this day"),
        *("2022..2021", "2021..2020-12-31", "2021..x", "2021...2022", "2021-01-01..2021-01-02..2021-01-03"),
    ],
)
def test_bad_ranges_are_refused_with_examples(text: str) -> None:
    with pytest.raises(BadRange, match="Try 2021") as refused:
        parse_range(text, TODAY)
    assert repr(text) in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_is_a_range_or_refused(text: str) -> None:
    try:
        asked = parse_range(text, TODAY)
    except BadRange:
        return
    assert parse_range(asked.label, TODAY) == asked


def test_months_end_where_months_end() -> None:
    assert parse_range("last 1 month", date(2024, 3, 31)).first == date(2024, 3, 1)
    assert parse_range("last 1 month", date(2024, 3, 30)).first == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("clock", "now"),
    [
        ("2024-05-12T21:30:00", "2024-05-12T21:30:00"),  # it goes on: what one does now counts
        ("2024-05-19T20:59:59", "2024-05-19T20:59:59"),
        ("2024-05-19T21:00:00", "2024-05-12T21:00:00"),  # it ended seven days ago
        ("2031-01-01T00:00:00", "2024-05-12T21:00:00"),
        ("2024-05-12T20:59:00", "2024-05-12T21:00:00"),  # a clock that is wrong
    ],
)
def test_now_is_the_end_of_a_history_unless_it_is_live(clock: str, now: str) -> None:
    history = make_history([(utc("2024-05-12T20:50:00"), "Tallow", "Tide", 600_000), (0, "Tallow", "Old", 60_000)])
    assert now_of(history, utc(clock) + 0.9) == utc(now)


def test_nothing_was_heard_yet_at_the_beginning_of_time() -> None:
    assert now_of(make_history([]), utc("2024-05-12T20:50:00")) == 0


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 6 * 24 + 22), ("Europe/Berlin", 0), ("America/New_York", 6 * 24 + 18)]
)
def test_the_hour_of_the_week_is_local(zone: str, hour: int) -> None:
    """22:00 on a Sunday, which is midnight in Berlin's summer."""
    assert hour_of_week(utc("2024-05-12T22:00:00"), zone) == hour


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.sampled_from(Step))
def test_buckets_hold_their_days_and_leave_no_hole(day: date, step: Step) -> None:
    start = bucket_start(day, step)
    end = bucket_end(start, step)
    assert start <= day <= end
    assert bucket_start(end, step) == start
    assert bucket_start(end + timedelta(days=1), step) == end + timedelta(days=1)
    asked = parse_range(bucket_label(start, step), TODAY)
    assert (asked.first, asked.last) == (start, end)


def test_steps_fit_the_range() -> None:
    steps = [step_for(days) for days in (1, 31, 90, 365, 3650, 7300, 20_000)]
    assert steps == [Step.DAY, Step.DAY, Step.WEEK, Step.WEEK, Step.MONTH, Step.QUARTER, Step.YEAR]


def test_presets_name_each_year_newest_first_in_local_time() -> None:
    # In Berlin the second play is in 2021 already; 2020 has no play.
    history = make_history([Row("2019-05-01T12:00:00", "A", "a"), Row("2020-12-31T23:30:00", "A", "a")])
    assert today(history, "Europe/Berlin") == date(2021, 1, 1)
    labels = [preset.label for preset in presets(history, "Europe/Berlin")]
    assert labels == ["all time", "last 30 days", "last 90 days", "last 12 months", "2021", "2019"]
    assert presets(history, "UTC")[1] == DateRange(date(2020, 12, 2), date(2020, 12, 31), "last 30 days")


def test_an_empty_history_has_all_time_only() -> None:
    assert presets(make_history([]), "UTC") == [ALL_TIME]
    assert today(make_history([]), "UTC") == date(1970, 1, 1)
