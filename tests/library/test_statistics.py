"""Totals, habits and listening over time."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import Row, make_history, random_history, rows_of_plays, utc
from tui_music.library.calendar import Step, bucket_end, bucket_start, parse_range
from tui_music.library.scope import ALL_TIME, DateRange, Kind, Scope
from tui_music.library.statistics import (
    Run,
    SessionTotals,
    artist_profile,
    by_year,
    eddington,
    every_year_artists,
    hour_by_weekday,
    listening_over_time,
    one_hit_wonders,
    totals,
)

SCOPE = Scope("mira")
BERLIN = Scope("mira", "Europe/Berlin")


def within(scope: Scope, text: str) -> Scope:
    return scope.within(parse_range(text, date(2024, 1, 1)))


def daily(*days: str, artist: str = "A", ms: int = 60_000) -> list[Row]:
    return [Row(f"{day}T12:00:00", artist, "a", ms) for day in days]


def test_stored_and_counted_plays() -> None:
    rows = [
        Row("2021-01-01T10:00:00", "A", "a", 30_000, "x"),
        Row("2021-01-01T11:00:00", "A", "b", 29_999),
        Row("2021-01-02T10:00:00", "B", "a", 0, "x"),
        Row("2021-01-05T10:00:00", "S", "e", 900_000, kind=Kind.PODCAST),
    ]
    found = totals(make_history(rows), SCOPE)
    assert (found.plays, found.counted, found.ms) == (3, 1, 59_999)
    assert (found.artists, found.tracks, found.albums, found.active_days) == (2, 3, 2, 2)
    assert (found.first, found.last) == (utc("2021-01-01T10:00:00"), utc("2021-01-02T10:00:00"))
    assert found.hours == pytest.approx(59.999 / 3600)
    assert totals(make_history(rows), Scope("mira", counted_ms=29_999)).counted == 2
    assert totals(make_history(rows), Scope("mira", kind=Kind.PODCAST)).plays == 1


def test_days_and_ranges_are_local() -> None:
    history = make_history([Row("2020-12-31T23:30:00", "A", "a"), Row("2021-12-31T23:30:00", "A", "a")])
    assert totals(history, within(SCOPE, "2021")).first == utc("2021-12-31T23:30:00")
    assert totals(history, within(BERLIN, "2021")).first == utc("2020-12-31T23:30:00")


def test_times_of_day_hold_their_first_hour() -> None:
    # With buckets closed on the right, 0 h is lost and 6, 12 and 18 h fall into the bucket before.
    starts = [Row(f"2021-01-04T{time}", "A", "a", 1000) for time in ("00:00:00", "06:00:00", "12:00:00", "18:00:00")]
    ends = [Row(f"2021-01-04T{time}", "A", "a", 1000) for time in ("05:59:59", "11:59:59", "17:59:59", "23:59:59")]
    for rows in (starts, ends, starts + ends):
        assert totals(make_history(rows), SCOPE).times_of_day == (0.25, 0.25, 0.25, 0.25)
    night = totals(make_history(starts[:1] + ends[:1]), SCOPE)
    assert night.times_of_day == (1.0, 0.0, 0.0, 0.0)


def test_a_play_belongs_to_the_local_hour_it_started_in() -> None:
    # Monday 29 March 2021, the day after clocks went forward: 21:50 UTC is 23:50, and an hour of music.
    history = make_history(
        [Row("2021-03-29T21:50:00", "A", "a", 3_600_000), Row("2021-03-28T00:30:00", "A", "a", 20_000)]
    )
    week = hour_by_weekday(history, BERLIN)
    assert week.ms.shape == week.counted.shape == (7, 24)
    assert (week.ms[0, 23], week.ms[6, 1], week.ms.sum()) == (3_600_000, 20_000, 3_620_000)
    assert (week.counted[0, 23], week.counted.sum()) == (1, 1)
    assert week.peak == (0, 23)


def test_silence_has_no_peak() -> None:
    assert hour_by_weekday(make_history([Row(0, "A", "a", 0)]), SCOPE).peak is None


def test_weekend_share_is_of_time() -> None:
    rows = (
        daily("2021-01-01", "2021-01-04", ms=60_000) + daily("2021-01-02", ms=60_000) + daily("2021-01-03", ms=20_000)
    )
    assert totals(make_history(rows), SCOPE).weekend_share == pytest.approx(0.4)


def test_streaks_and_gaps() -> None:
    rows = daily("2021-03-01", "2021-03-02", "2021-03-03", "2021-03-10", "2021-03-11", "2021-03-12", "2021-03-14")
    found = totals(make_history(rows), SCOPE)
    assert found.longest_streak == Run(3, date(2021, 3, 1), date(2021, 3, 3))
    assert found.longest_gap == Run(6, date(2021, 3, 4), date(2021, 3, 9))
    assert found.current_streak == Run(1, date(2021, 3, 14), date(2021, 3, 14))
    cut = totals(make_history(rows), within(SCOPE, "2021-03-02..2021-03-12"))
    assert cut.longest_streak == Run(3, date(2021, 3, 10), date(2021, 3, 12))
    assert cut.current_streak == Run(3, date(2021, 3, 10), date(2021, 3, 12))


def test_the_current_streak_is_over_when_the_last_day_is_silent() -> None:
    rows = [*daily("2021-03-01", "2021-03-02"), Row("2021-03-04T12:00:00", "S", "e", kind=Kind.PODCAST)]
    assert totals(make_history(rows), SCOPE).current_streak == Run()
    assert totals(make_history(rows), within(SCOPE, "..2021-03-02")).current_streak.days == 2


def test_a_streak_counts_local_days_through_a_change_of_clocks() -> None:
    rows = [Row(f"2021-03-{day}T22:30:00", "A", "a") for day in (26, 27, 28)]  # 23:30, 23:30 and 00:30 on the 29th
    assert totals(make_history(rows), BERLIN).longest_streak.days == 2


@pytest.mark.parametrize(
    ("counted", "expected"),
    [([], 0), ([0, 0], 0), ([5], 1), ([3, 3, 3, 1], 3), ([2, 2, 2, 2], 2), ([9, 9, 4, 4, 1], 4)],
)
def test_eddington(counted: list[int], expected: int) -> None:
    rows = [Row(86_400 * day + i, "A", "a") for day, n in enumerate(counted) for i in range(n)]
    assert totals(make_history(rows), SCOPE).eddington == expected


def test_eddington_is_of_counted_plays() -> None:
    assert totals(make_history([Row(i, "A", "a", 29_999) for i in range(9)]), SCOPE).eddington == 0
    assert eddington(listening_over_time(make_history(daily("2021-01-01")), SCOPE, Step.DAY).counted) == 1


def test_skip_rate_leaves_the_unknown_out() -> None:
    def play(skipped: bool | None, reason_end: str | None, ms: int) -> Row:
        return Row(ms, "A", "a", ms, skipped=skipped, reason_end=reason_end)

    unknown = play(None, None, 1000)
    skips = [play(True, "endplay", 2000), play(None, "fwdbtn", 3000), play(True, None, 4000)]
    others = [
        play(False, "fwdbtn", 5000),
        play(None, "fwdbtn", 40_000),
        play(None, "trackdone", 6000),
        play(False, None, 7),
    ]
    assert totals(make_history([unknown, *skips, *others]), SCOPE).skip_rate == pytest.approx(3 / 7)
    assert totals(make_history([unknown]), SCOPE).skip_rate is None


def test_sessions_belong_to_the_day_they_start_on_and_are_never_cut() -> None:
    hour = 3_600_000
    rows = [Row("2021-01-01T23:30:00", "A", "a", hour), Row("2021-01-02T00:35:00", "A", "b", hour)]
    rows += [Row("2021-01-02T12:00:00", "A", "a", hour), Row("2021-01-02T18:00:00", "A", "a", 2 * hour)]
    history = make_history(rows)
    assert totals(history, SCOPE).sessions == SessionTotals(3, 7200.0, 7500)
    assert totals(history, within(SCOPE, "2021-01-02")).sessions == SessionTotals(2, 5400.0, 7200)
    assert totals(history, within(SCOPE, "2021-01-01")).sessions == SessionTotals(1, 7500.0, 7500)


def test_new_is_never_heard_before() -> None:
    # A returns in 2022 after a silent year: not in the window before, yet not new.
    rows = daily("2020-06-01", "2022-06-01") + daily("2021-06-01", "2022-07-01", artist="B")
    rows += [Row("2020-07-01T12:00:00", "C", "c", 29_999), Row("2022-08-01T12:00:00", "C", "c", 30_000)]
    history = make_history(rows)
    series = listening_over_time(history, SCOPE, Step.YEAR)
    assert (series.labels, series.new_artists.tolist()) == (("2020", "2021", "2022"), [1, 1, 1])
    assert totals(history, within(SCOPE, "2022")).new_artists == 1
    assert [year.new_artists for year in by_year(history, SCOPE)] == [1, 1, 1]


def test_new_artists_per_week_go_by_the_days_that_the_history_reaches() -> None:
    history = make_history(daily("2021-01-01", artist="A") + daily("2021-01-14", artist="B"))
    assert totals(history, SCOPE).new_artists_per_week == pytest.approx(1.0)
    assert totals(history, within(SCOPE, "2021")).new_artists_per_week == pytest.approx(1.0)
    assert totals(history, within(SCOPE, "2021-01-08..")).new_artists_per_week == pytest.approx(1.0)


def test_one_hit_wonders() -> None:
    rows = [Row(i, "One", "hit", 60_000) for i in range(10)]
    rows += [Row(i, "One", "skipped once", 10_000) for i in range(3)]
    rows += [Row(i, "Two", f"hit {i % 2}", 60_000) for i in range(20)]
    rows += [Row(i, "Few", "hit", 60_000) for i in range(9)]
    history = make_history(rows)
    assert [(row.artist, row.track, row.counted, row.ms) for row in one_hit_wonders(history, SCOPE)] == [
        ("One", "hit", 10, 600_000)
    ]
    assert totals(history, SCOPE).one_hit_wonders == 1


def test_artists_of_every_year() -> None:
    rows = daily("2019-05-01", "2020-05-01", "2021-05-01") + daily("2019-06-01", "2021-06-01", artist="B")
    rows += daily("2019-07-01", "2020-07-01", "2021-07-01", artist="C", ms=90_000)
    rows += [Row(f"{year}-08-01T12:00:00", "D", "d", 29_999) for year in (2019, 2020, 2021)]
    history = make_history(rows)
    assert every_year_artists(history, SCOPE) == ["C", "A"]
    assert totals(history, SCOPE).every_year_artists == 2
    assert every_year_artists(history, within(SCOPE, "2021")) == ["C", "A", "B"]
    assert every_year_artists(history, within(SCOPE, "2018..2030")) == ["C", "A"]


def test_a_year_of_silence_leaves_nobody() -> None:
    assert every_year_artists(make_history(daily("2019-05-01", "2021-05-01")), SCOPE) == []


def test_years() -> None:
    rows = daily("2019-05-01", artist="B", ms=29_999) + daily("2019-05-02", artist="C", ms=50_000)
    rows += daily("2019-05-03", artist="A", ms=90_000) + daily("2021-02-01", artist="A", ms=10_000)
    first, second = by_year(make_history(rows), SCOPE)
    assert (first.year, first.ms, first.counted, first.artists, first.new_artists) == (2019, 169_999, 2, 3, 2)
    assert (first.first_artist, first.top_artist, first.top_ms) == ("C", "A", 90_000)
    assert (second.year, second.first_artist, second.top_artist) == (2021, None, "A")


@pytest.mark.parametrize("seed", range(4))
def test_first_and_top_artist_of_equals_go_by_name(seed: int) -> None:
    rows = [Row(1_600_000_000, name, "t", 60_000) for name in ("b", "Z", "a")]
    year = by_year(make_history(rows, shuffle_codes=seed), SCOPE)[0]
    assert (year.first_artist, year.top_artist) == ("Z", "Z")


def test_quarters_lose_nothing_at_either_end() -> None:
    # The published windows began at the first month end and dropped the last open one.
    history = make_history(daily("2020-11-20", "2020-12-31", "2021-01-01", "2021-07-02"))
    series = listening_over_time(history, SCOPE, Step.QUARTER)
    assert series.labels == ("2020-Q4", "2021-Q1", "2021-Q2", "2021-Q3")
    assert series.starts == (date(2020, 10, 1), date(2021, 1, 1), date(2021, 4, 1), date(2021, 7, 1))
    assert series.counted.tolist() == [2, 1, 0, 1]
    assert series.bucket(0) == DateRange(date(2020, 10, 1), date(2020, 12, 31), "2020-Q4")


def test_a_series_covers_the_range_as_far_as_the_history_reaches() -> None:
    history = make_history(daily("2021-01-01", "2021-03-05"))
    assert listening_over_time(history, within(SCOPE, "2021-02")).counted.tolist() == [0] * 28
    assert len(listening_over_time(history, within(SCOPE, "2021-03"))) == 5
    assert len(listening_over_time(history, within(SCOPE, "2022"))) == 0
    assert listening_over_time(history, SCOPE).step is Step.WEEK


def test_weeks_start_on_monday() -> None:
    series = listening_over_time(make_history(daily("2021-01-03", "2021-01-04")), SCOPE, Step.WEEK)
    assert series.labels == ("2020-W53", "2021-W01")
    assert series.counted.tolist() == [1, 1]


def test_an_artist() -> None:
    rows = daily("2019-05-01", "2021-05-01") + daily("2020-05-01", artist="B", ms=600_000)
    rows += [Row("2021-05-02T23:10:00", "A", "b", 10_000)]
    history = make_history(rows)
    found = artist_profile(history, SCOPE, history.names.artists.index("A"))
    assert (found.artist, found.rank, found.plays, found.counted, found.ms, found.tracks) == ("A", 2, 3, 2, 130_000, 2)
    assert found.years.labels == ("2019", "2020", "2021")
    assert (found.years.ms.tolist(), found.years.new_artists.tolist()) == ([60_000, 0, 70_000], [1, 0, 0])
    assert (found.hours[12], found.hours[23], found.hours.sum()) == (120_000, 10_000, 130_000)
    assert found.engagement == pytest.approx(0.8, abs=1e-8)
    silent = artist_profile(history, within(SCOPE, "2020"), history.names.artists.index("A"))
    assert (silent.rank, silent.plays, silent.first, silent.engagement) == (None, 0, None, None)
    assert silent.years.ms.tolist() == [0]


@pytest.mark.parametrize(
    ("scope", "rows"),
    [
        (SCOPE, []),
        (within(SCOPE, "2031"), []),
        (within(SCOPE, "2031"), daily("2021-01-01")),
        (within(SCOPE, "2011"), daily("2021-01-01")),
        (Scope("mira", kind=Kind.VIDEO), daily("2021-01-01")),
    ],
)
def test_nothing_to_count(scope: Scope, rows: list[Row]) -> None:
    history = make_history(rows)
    found = totals(history, scope)
    assert (found.plays, found.ms, found.first, found.weekend_share, found.times_of_day) == (0, 0, None, None, ())
    assert found.longest_streak == found.current_streak == found.longest_gap == Run()
    assert found.sessions == SessionTotals(0, None, None)
    assert (found.skip_rate, found.new_artists, found.new_artists_per_week) == (None, 0, None)
    assert len(listening_over_time(history, scope)) == 0
    assert hour_by_weekday(history, scope).ms.sum() == 0
    assert not by_year(history, scope)
    assert not one_hit_wonders(history, scope)
    assert not every_year_artists(history, scope)


def test_large_histories_are_counted_whole() -> None:
    # No play is sampled away: sums of every part are sums of all.
    history = random_history(150_000, 500, 5_000, 800)
    found, series = totals(history, BERLIN), listening_over_time(history, BERLIN)
    assert found.plays == int(hour_by_weekday(history, Scope("mira", counted_ms=0)).counted.sum()) == 150_000
    assert found.ms == int(series.ms.sum()) == int(history.ms_played.sum(dtype=int))
    assert found.counted == int(series.counted.sum()) == sum(year.counted for year in by_year(history, BERLIN))


RANGES = [
    ALL_TIME,
    *(parse_range(text, date(2024, 1, 1)) for text in ("2021", "2021-03-28", "2020-W53..2021-03", "2023")),
]


@settings(max_examples=120)
@given(
    rows_of_plays(),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Havana"]),
    st.sampled_from(RANGES),
    st.sampled_from(Step),
    st.integers(0, 3),
)
def test_agrees_with_a_plain_count(rows: list[Row], zone: str, asked: DateRange, step: Step, seed: int) -> None:
    history = make_history(rows, shuffle_codes=seed)
    scope = Scope("mira", zone, range=asked)
    music = sorted((row for row in rows if row.kind is Kind.MUSIC), key=lambda row: utc(row.start))

    def clock(row: Row) -> datetime:
        return datetime.fromtimestamp(utc(row.start), UTC).astimezone(ZoneInfo(zone))

    heard_first: dict[str, date] = {}
    for row in music:
        if row.ms >= 30_000:
            heard_first.setdefault(row.artist, clock(row).date())
    first, last = asked.first or date.min, asked.last or date.max
    plays = [row for row in music if first <= clock(row).date() <= last]
    counted = [row for row in plays if row.ms >= 30_000]
    days = sorted({clock(row).date() for row in plays})
    new = [day for day in heard_first.values() if first <= day <= last]
    ms = sum(row.ms for row in plays)
    found = totals(history, scope)

    assert (found.plays, found.counted, found.ms) == (len(plays), len(counted), ms)
    assert found.artists == len({row.artist for row in plays})
    assert found.tracks == len({(row.artist, row.track) for row in plays})
    assert found.albums == len({(row.artist, row.album) for row in plays if row.album})
    assert found.active_days == len(days)
    assert (found.first, found.last) == ((utc(plays[0].start), utc(plays[-1].start)) if plays else (None, None))
    assert found.new_artists == len(new)
    runs = [n for n in range(1, len(days) + 1) if any(_run(day, n) <= set(days) for day in days)]
    assert found.longest_streak.days == max(runs, default=0)
    assert found.longest_gap.days == max(((b - a).days - 1 for a, b in pairwise(days)), default=0)
    per_day = Counter(clock(row).date() for row in counted)
    assert found.eddington == max((e for e in range(99) if sum(n >= e for n in per_day.values()) >= e), default=0)
    if ms:
        weekend = sum(row.ms for row in plays if clock(row).weekday() >= 5)
        assert found.weekend_share == pytest.approx(weekend / ms)
        quarters = [sum(row.ms for row in plays if clock(row).hour // 6 == part) / ms for part in range(4)]
        assert found.times_of_day == pytest.approx(tuple(quarters))
    known = [row for row in plays if row.skipped is not None or row.reason_end is not None]
    skips = [r for r in plays if r.skipped or (r.skipped is None and r.reason_end == "fwdbtn" and r.ms < 30_000)]
    assert found.skip_rate == (pytest.approx(len(skips) / len(known)) if known else None)
    tracks: dict[str, Counter[str]] = defaultdict(Counter)
    for row in counted:
        tracks[row.artist][row.track] += 1
    hits = {artist: n for artist, n in tracks.items() if len(n) == 1 and n.total() >= 10}
    assert found.one_hit_wonders == len(hits) == len(one_hit_wonders(history, scope))

    if music:
        reach = max(first, min(clock(row).date() for row in music)), min(last, max(clock(row).date() for row in music))
        years = set(range(reach[0].year, reach[1].year + 1))
        always = {a for a in tracks if years <= {clock(row).year for row in counted if row.artist == a}}
        assert set(every_year_artists(history, scope)) == always

    week = hour_by_weekday(history, scope)
    cells: Counter[tuple[int, int]] = Counter()
    for row in plays:
        cells[clock(row).weekday(), clock(row).hour] += row.ms
    assert all(week.ms[day, hour] == cells[day, hour] for day in range(7) for hour in range(24))
    assert week.counted.sum() == len(counted)

    series = listening_over_time(history, scope, step)
    buckets: Counter[date] = Counter()
    for row in plays:
        buckets[bucket_start(clock(row).date(), step)] += row.ms
    assert {start: n for start, n in zip(series.starts, series.ms.tolist(), strict=True) if n} == +buckets
    assert series.counted.sum() == len(counted)
    new_in = Counter(bucket_start(day, step) for day in new)
    assert {start: n for start, n in zip(series.starts, series.new_artists.tolist(), strict=True) if n} == new_in
    for start, following in pairwise(series.starts):
        assert bucket_end(start, step) + timedelta(days=1) == following

    assert [year.year for year in by_year(history, scope)] == sorted({day.year for day in days})
    for year in by_year(history, scope):
        own = [row for row in plays if clock(row).year == year.year]
        per_artist: Counter[str] = Counter()
        for row in own:
            per_artist[row.artist] += row.ms
        assert (year.ms, year.artists) == (sum(row.ms for row in own), len(per_artist))
        assert (year.top_artist, year.top_ms) == min(per_artist.items(), key=lambda pair: (-pair[1], pair[0]))
        begun = [row for row in own if row.ms >= 30_000]
        starts = min(((utc(row.start), row.artist) for row in begun), default=(0, None))
        assert (year.counted, year.first_artist) == (len(begun), starts[1])


def _run(first: date, days: int) -> set[date]:
    return {first + timedelta(days=i) for i in range(days)}
