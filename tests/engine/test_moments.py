"""Which moments of the past are looked at, and what came after them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.worlds import DAY, FETCHED
from tests.histories import make_history, random_history
from tui_music.engine.listening import Listening, listening
from tui_music.engine.moments import Task, block, evenly, slices


def nightly(nights: int, per_night: int = 3, artists: int = 5) -> Listening:
    """A session each night, ``per_night`` plays of artists in turn, the last night's on 2024-01-01."""
    rows = [
        (FETCHED - DAY * (nights - night) + 240 * place, f"Artist {(night + place) % artists}", "a")
        for night in range(nights)
        for place in range(per_night)
    ]
    return listening(make_history(rows), "UTC")


class TestSessions:
    def test_the_last_fifth_is_the_test_and_the_half_before_it_for_choosing(self) -> None:
        heard = nightly(301)  # the first has nothing before it
        found = slices(Task.SESSION, heard)
        assert [len(found.validation), len(found.test)] == [150, 60]
        assert found.validation[-1].until <= found.test[0].now
        assert [moment.now for moment in found.test] == [FETCHED - DAY * night for night in range(60, 0, -1)]

    def test_what_came_and_what_was_asked(self) -> None:
        heard = nightly(301)
        last = slices(Task.SESSION, heard).test[-1]
        assert last.wanted.tolist() == sorted(heard.artist[-3:].tolist())
        assert last.query.hour == int(heard.hour[-3])
        assert last.query.current == heard.artist[-4]
        assert last.until > heard.start[-1]

    def test_short_sessions_ask_for_nothing(self) -> None:
        found = slices(Task.SESSION, nightly(400, per_night=2))
        assert not found.test
        assert "0 sessions" in found.why

    def test_some_of_many_evenly(self) -> None:
        found = slices(Task.SESSION, nightly(2_600))
        assert len(found.test) == 400
        gaps = np.diff([moment.now for moment in found.test])
        assert gaps.min() >= DAY
        assert gaps.max() <= 2 * DAY

    @pytest.mark.parametrize("nights", [0, 1, 30, 140])
    def test_few_are_no_test(self, nights: int) -> None:
        found = slices(Task.SESSION, nightly(nights))
        assert (found.validation, found.test) == ((), ())
        assert found.why


class TestWindows:
    def test_windows_for_choosing_are_over_before_the_test_begins(self) -> None:
        heard = listening(random_history(6_000, artists=40, years=6.0), "UTC")
        found = slices(Task.DAYS, heard)
        assert found.test
        assert max(moment.until for moment in found.validation) <= found.test[0].now
        assert found.test[-1].until <= heard.start[-1] + 1
        assert all(moment.until - moment.now == 90 * DAY for moment in (*found.validation, *found.test))

    def test_two_plays_make_a_wanted_artist(self) -> None:
        heard = listening(random_history(6_000, artists=40, years=6.0), "UTC")
        moment = slices(Task.DAYS, heard).test[3]
        inside = (heard.start >= moment.now) & (heard.start < moment.until)
        plays = np.bincount(heard.artist[inside], minlength=40)
        assert moment.wanted.tolist() == [code for code in range(40) if plays[code] >= 2]

    @pytest.mark.parametrize("years", [0.3, 1.5, 2.0])
    def test_a_short_history_is_no_test(self, years: float) -> None:
        found = slices(Task.DAYS, listening(random_history(4_000, artists=40, years=years), "UTC"))
        assert (found.validation, found.test) == ((), ())
        assert "too short" in found.why

    def test_windows_overlap_and_sessions_do_not(self) -> None:
        heard = listening(random_history(6_000, artists=40, years=4.0), "UTC")
        assert block(slices(Task.DAYS, heard).test) == 7  # 90 days, every fortnight
        assert block(slices(Task.SESSION, nightly(301)).test) == 1
        assert block(()) == 1


def test_evenly() -> None:
    assert evenly(np.arange(5), 9) == [0, 1, 2, 3, 4]
    assert evenly(np.arange(101), 5) == [0, 25, 50, 75, 100]
    assert evenly(np.arange(0), 5) == []
