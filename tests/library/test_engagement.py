"""Assumed durations, completion, engagement, skips."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import Row, make_history
from tui_music.library.engagement import (
    SOURCES,
    assumed_durations,
    play_completion,
    play_engagement,
    play_skipped,
)
from tui_music.library.history import History


def plays_of(*ms: int, reason_end: str | None = "trackdone", track: str = "a") -> list[Row]:
    return [Row(i * 1000, "A", track, m, reason_end=reason_end) for i, m in enumerate(ms)]


def duration(history: History, track: str = "a") -> tuple[int, str]:
    found = assumed_durations(history)
    code = history.names.tracks.index(track)
    return int(found.ms[code]), SOURCES[found.source[code]]


def test_the_95th_percentile_of_plays_to_the_end() -> None:
    # 21 values: the 95th percentile is the 20th of them, not the highest.
    assert duration(make_history(plays_of(*range(10_000, 220_000, 10_000)))) == (200_000, "trackdone")


def test_the_percentile_is_linear_between_neighbours_and_rounded_to_the_ms() -> None:
    assert duration(make_history(plays_of(100_000, 200_000))) == (195_000, "trackdone")
    assert duration(make_history(plays_of(100_000, 100_001))) == (100_001, "trackdone")


def test_without_a_play_to_the_end_it_is_three_minutes() -> None:
    rows = plays_of(400_000, reason_end="endplay") + plays_of(400_000, reason_end=None) + plays_of(0)
    assert duration(make_history(rows)) == (180_000, "default")


def test_each_track_has_its_own() -> None:
    history = make_history(plays_of(240_000) + plays_of(90_000, track="b") + plays_of(5, track="c", reason_end=None))
    assert [duration(history, track)[0] for track in "abc"] == [240_000, 90_000, 180_000]


def test_thirty_seconds_say_less_of_a_longer_track() -> None:
    # Both were worth 1.0 before track lengths counted.
    three = make_history(plays_of(30_000, reason_end="fwdbtn"))
    ten = make_history(plays_of(600_000) + plays_of(30_000, reason_end="fwdbtn"))
    assert play_engagement(three)[0] == pytest.approx(0.75, abs=1e-8)
    assert sorted(play_engagement(ten)) == pytest.approx([0.715, 1.0], abs=1e-8)


def test_completion_is_capped() -> None:
    # 400 s of an assumed 180 s: 2.22 and 1.37 without the cap.
    history = make_history(plays_of(400_000, reason_end="endplay"))
    assert play_completion(history)[0] == 1.0
    assert play_engagement(history)[0] == 1.0


def test_less_than_thirty_seconds_are_worth_their_part() -> None:
    history = make_history(plays_of(15_000, 0, reason_end="fwdbtn"))
    assert play_engagement(history) == pytest.approx([0.7 / 2 + 0.3 * 15 / 180, 0.0], abs=1e-8)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 300_000_000), st.booleans()), max_size=40))
def test_agrees_with_a_plain_computation(played: list[tuple[str, int, bool]]) -> None:
    rows = [Row(i, "A", t, ms, reason_end="trackdone" if done else None) for i, (t, ms, done) in enumerate(played)]
    history = make_history(rows)
    for code, track in enumerate(history.names.tracks):
        done = [ms for t, ms, to_end in played if t == track and to_end and ms > 0]
        expected = 180_000.0
        if done:
            # The inclusive method is the linear one; it needs two values.
            expected = statistics.quantiles(done, n=20, method="inclusive")[-1] if len(done) > 1 else done[0]
        assert abs(assumed_durations(history).ms[code] - expected) <= 0.5
    length = assumed_durations(history).ms[history.track]
    completion = np.minimum(1, history.ms_played / length)
    np.testing.assert_allclose(play_completion(history), completion, atol=1e-9)
    engagement = 0.7 * np.minimum(1, history.ms_played / 30_000) + 0.3 * completion
    np.testing.assert_allclose(play_engagement(history), engagement, atol=2e-9)


def test_sums_of_engagement_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(7)
    history = make_history([Row(i, "A", str(i % 50), int(rng.integers(0, 300_000))) for i in range(3000)])
    values = play_engagement(history)
    assert len({float(np.cumsum(rng.permutation(values))[-1]) for _ in range(20)}) == 1


@pytest.mark.parametrize(
    ("skipped", "reason_end", "ms", "expected"),
    [
        (True, "trackdone", 200_000, True),  # the source says so
        (False, "fwdbtn", 5_000, False),  # the source says no
        (None, "fwdbtn", 29_999, True),  # unknown is derived
        (None, "fwdbtn", 30_000, False),
        (None, "backbtn", 5_000, False),
        (None, None, 5_000, False),
    ],
)
def test_skips(skipped: bool | None, reason_end: str | None, ms: int, expected: bool) -> None:
    history = make_history([Row(0, "A", "a", ms, skipped=skipped, reason_end=reason_end)])
    assert play_skipped(history).tolist() == [expected]
