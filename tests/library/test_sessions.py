"""Sessions."""

from __future__ import annotations

from hypothesis import given, settings

from tests.histories import Row, make_history, random_history, rows_of_plays
from tui_music.library.scope import Kind
from tui_music.library.sessions import SILENCE_S, sessions

MINUTE = 60_000


def test_a_long_track_is_not_silence() -> None:
    # Between the ends of the first two plays lie 42 minutes and 20 seconds, but only 20 seconds of silence.
    rows = [Row(0, "A", "a", 3 * MINUTE), Row(200, "A", "b", 42 * MINUTE), Row(200 + 42 * 60 + 20, "A", "c", MINUTE)]
    found = sessions(make_history(rows), Kind.MUSIC)
    assert (found.start.tolist(), found.end.tolist()) == ([0], [200 + 42 * 60 + 20 + 60])
    assert (found.plays.tolist(), found.ms.tolist()) == ([3], [46 * MINUTE])


def test_half_an_hour_of_silence_opens_a_session() -> None:
    for silence, expected in ((SILENCE_S - 1, 1), (SILENCE_S, 2)):
        rows = [Row(0, "A", "a", 3 * MINUTE), Row(180 + silence, "A", "b", MINUTE)]
        assert len(sessions(make_history(rows), Kind.MUSIC)) == expected


def test_overlapping_plays_are_one_stretch() -> None:
    # The second ends long before the first, which still sounds when the third begins.
    rows = [Row(0, "A", "a", 60 * MINUTE), Row(600, "A", "b", MINUTE), Row(3700, "A", "c", MINUTE)]
    found = sessions(make_history(rows), Kind.MUSIC)
    assert found.length.tolist() == [3760]
    assert found.ms.tolist() == [62 * MINUTE]


def test_a_session_ends_with_the_play_that_ends_last() -> None:
    found = sessions(make_history([Row(0, "A", "a", 60 * MINUTE), Row(600, "A", "b", MINUTE)]), Kind.MUSIC)
    assert found.end.tolist() == [3600]


def test_parts_of_a_second_are_not_silence() -> None:
    rows = [Row(0, "A", "a", 500), Row(SILENCE_S, "A", "b", 500)]
    assert len(sessions(make_history(rows), Kind.MUSIC)) == 1


def test_kinds_do_not_join() -> None:
    rows = [Row(0, "A", "a"), Row(1000, "S", "e", 60 * MINUTE, kind=Kind.PODCAST), Row(5000, "A", "b")]
    history = make_history(rows)
    assert sessions(history, Kind.MUSIC).of_play.tolist() == [0, -1, 1]
    assert sessions(history, Kind.PODCAST).of_play.tolist() == [-1, 0, -1]
    assert len(sessions(history, Kind.VIDEO)) == 0


def test_an_empty_history_has_none() -> None:
    assert len(sessions(make_history([]), Kind.MUSIC)) == 0


def test_no_play_is_left_out_however_many() -> None:
    history = random_history(150_000, years=2)
    found = sessions(history, Kind.MUSIC)
    assert int(found.plays.sum()) == 150_000
    assert int(found.ms.sum()) == int(history.ms_played.sum(dtype=int))


@settings(max_examples=60)
@given(rows_of_plays())
def test_agrees_with_a_plain_walk(rows: list[Row]) -> None:
    history = make_history(rows)
    walked: list[list[int]] = []
    until = 0
    for i in range(len(history)):
        if history.kind[i] != Kind.MUSIC:
            continue
        start, ms = int(history.start[i]), int(history.ms_played[i])
        if not walked or start - until >= SILENCE_S:
            walked.append([start, start, 0, 0])
            until = 0
        until = max(until, start - -ms // 1000)
        walked[-1] = [walked[-1][0], until, walked[-1][2] + 1, walked[-1][3] + ms]
    found = sessions(history, Kind.MUSIC)
    columns = (found.start, found.end, found.plays, found.ms)
    assert [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)] == walked
