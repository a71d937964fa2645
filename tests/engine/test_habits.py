"""Habits and sequences: against the listener's own base rates, shrunk, bounded, and taken apart exactly."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.engine.test_recency import without
from tests.histories import Row, make_history
from tui_music.engine.candidate import Mode, Of, Query
from tui_music.engine.ground import nothing_known
from tui_music.engine.habits import Habit, context_name
from tui_music.engine.listening import listening
from tui_music.engine.sequence import Sequence
from tui_music.library.history import History

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
SATURDAY = 5 * 24


def at(hour: int) -> Query:
    """The query for an hour of the week."""
    return Query(Mode.FAMILIAR, hour)


def weeks(count: int, **hours: list[int]) -> History:
    """So many weeks in which each artist is played at these hours of the week, in sessions of their own."""
    return make_history(
        Row(int((MONDAY + timedelta(weeks=week, hours=hour, minutes=minute)).timestamp()), artist, "a", 60_000)
        for week in range(count)
        for minute, (artist, of_artist) in enumerate(hours.items())
        for hour in of_artist
    )


def habit(history: History, query: Query, **parameters: float) -> dict[str, float]:
    fitted = Habit(half_life=1e9, **parameters).fit(listening(history, "UTC"), nothing_known(history.names))  # type: ignore[arg-type]
    return dict(zip(history.names.artists, fitted.scores(query).tolist(), strict=True))


class TestHabit:
    def test_it_is_the_shrunk_share_over_the_usual_one(self) -> None:
        """A is played 4 times, 3 of them about 9 h; of all 8 hearings 4 are: ln((3 + 2·½) / (4 + 2) / ½)."""
        history = weeks(1, A=[9, 33, 57, 20], B=[9, 44, 45, 46])
        lift = habit(history, at(24 + 8), reach=1, shrink=2.0)
        assert lift["A"] == pytest.approx(math.log((3 + 2 * 0.5) / (4 + 2) / 0.5))
        assert lift["B"] == pytest.approx(math.log((1 + 2 * 0.5) / (4 + 2) / 0.5))

    def test_who_is_played_on_weekdays_is_for_weekdays(self) -> None:
        """As published, the weekday bonus goes to artists with few weekday plays (C0.22)."""
        nine_of_ten = [9, 33, 57, 81, 105, 10, 34, 58, 82, SATURDAY + 9]
        history = weeks(4, weekday=nine_of_ten, weekend=[SATURDAY + 9, SATURDAY + 10, SATURDAY + 33, 9])
        assert habit(history, at(9))["weekday"] > 0 > habit(history, at(9))["weekend"]
        assert habit(history, at(SATURDAY + 9))["weekday"] < 0 < habit(history, at(SATURDAY + 9))["weekend"]

    def test_who_is_played_every_day_has_no_habit(self) -> None:
        """Raw counts of five days against two make everybody an artist for weekdays (C0.28)."""
        every_day = [24 * day + 9 for day in range(7)]
        history = weeks(6, A=every_day, B=every_day)
        for hour in (9, 33, SATURDAY + 9):
            assert habit(history, at(hour)) == pytest.approx({"A": 0.0, "B": 0.0})

    def test_a_play_or_two_prove_little_and_many_no_more_than_the_bound(self) -> None:
        others = [24 * day + 20 for day in range(7)] * 1
        once = habit(weeks(1, A=[9], B=others), at(9), shrink=10.0)["A"]
        often = habit(weeks(30, A=[9], B=others), at(9), shrink=10.0)["A"]
        assert 0 < once < often
        assert habit(weeks(300, A=[9], B=others), at(9), bound=1.1)["A"] == 1.1
        assert habit(weeks(300, A=[20], B=others), at(9)) == pytest.approx({"A": math.nan, "B": math.nan}, nan_ok=True)

    def test_habits_fade(self) -> None:
        mornings, evenings = weeks(20, A=[9], B=[20]), weeks(20, A=[20], B=[9])
        later = 30 * 7 * 86_400
        rows = [(int(s), "AB"[a], "x") for h in (mornings,) for s, a in zip(h.start, h.artist, strict=True)]
        rows += [
            (int(s) + later, evenings.names.artists[a], "x")
            for s, a in zip(evenings.start, evenings.artist, strict=True)
        ]
        history = make_history(rows)
        fitted = Habit(half_life=30.0).fit(listening(history, "UTC"), nothing_known(history.names))
        assert fitted.scores(at(20))[history.names.artists.index("A")] > 0

    def test_effects_are_what_the_score_loses_without_the_sessions(self) -> None:
        rng = np.random.default_rng(2)
        history = make_history(
            (int(MONDAY.timestamp()) + 3_600 * int(hour), f"Artist {artist}", "a", 60_000)
            for hour, artist in zip(rng.integers(0, 24 * 200, 900), rng.integers(0, 5, 900), strict=True)
        )
        heard, known = listening(history, "UTC"), nothing_known(history.names)
        fitted, query = Habit().fit(heard, known), at(40)
        context = [hour for hour in range(120) if 15 <= hour % 24 <= 17]
        for artist in range(5):
            (found,) = fitted.evidence(query, artist)
            gone = (heard.artist == artist) & np.isin(heard.hour, context)
            after = Habit().fit(without(heard, gone), known).scores(query)[artist]
            assert (found.of, found.text) == (Of.TIME, "weekdays 15–18 h")
            assert found.effect == pytest.approx(fitted.scores(query)[artist] - after)

    def test_no_sessions_no_evidence(self) -> None:
        history = weeks(3, A=[9], B=[20])
        fitted = Habit().fit(listening(history, "UTC"), nothing_known(history.names))
        assert fitted.evidence(at(9), history.names.artists.index("B")) == []

    def test_contexts_have_names(self) -> None:
        assert context_name(9, 1) == "weekdays 8–11 h"
        assert context_name(SATURDAY + 23, 1) == "weekends 22–1 h"


def sessions(*played: str) -> History:
    """One session a day; each letter is a play of that artist."""
    return make_history(
        (int((MONDAY + timedelta(days=day, minutes=4 * place)).timestamp()), artist, "a", 200_000)
        for day, artists in enumerate(played)
        for place, artist in enumerate(artists)
    )


def after(history: History, current: str | None, **parameters: float) -> dict[str, float]:
    code = None if current is None else history.names.artists.index(current)
    fitted = Sequence(**parameters).fit(listening(history, "UTC"), nothing_known(history.names))
    found = fitted.scores(Query(Mode.FAMILIAR, 0, None, code)).tolist()
    return dict(zip(history.names.artists, found, strict=True))


class TestSequence:
    def test_it_is_the_shrunk_share_over_that_after_any_artist(self) -> None:
        """B comes after A in 2 of 3 sessions; 2 of the 7 hearings are followed by it."""
        found = after(sessions("ABC", "AB", "CA"), "A", shrink=1.0)
        assert found["B"] == pytest.approx(math.log((2 + 2 / 7) / (3 + 1) / (2 / 7)))
        assert found["C"] == pytest.approx(math.log((1 + 2 / 7) / (3 + 1) / (2 / 7)))  # after A, after B

    def test_order_matters(self) -> None:
        history = sessions("AXC", "AXC", "AX", "BC")
        assert after(history, "A")["X"] > 0 > after(history, "C")["X"]
        assert math.isnan(after(history, "X")["A"])  # never after anybody

    def test_who_comes_after_everybody_does_not_come_after_this_one_in_particular(self) -> None:
        found = after(sessions("AHB", "CHD", "EHF", "GH", "AHB", "IH", "JH"), "A")
        assert found["B"] > found["H"]

    def test_repeats_and_the_artist_itself_count_for_nothing(self) -> None:
        assert after(sessions("ABAB", "CB"), "A")["B"] == after(sessions("AB", "CB"), "A")["B"]
        assert math.isnan(after(sessions("ABAB", "CA"), "A")["A"])

    def test_without_a_current_artist_there_is_no_opinion(self) -> None:
        assert all(math.isnan(each) for each in after(sessions("AB", "BA"), None).values())
        empty = make_history([])
        assert len(Sequence().fit(listening(empty, "UTC"), nothing_known(empty.names)).scores(at(0))) == 0

    def test_evidence_is_the_current_artist(self) -> None:
        history = sessions("ABC", "AB", "CA")
        fitted = Sequence().fit(listening(history, "UTC"), nothing_known(history.names))
        query = Query(Mode.FAMILIAR, 0, None, history.names.artists.index("A"))
        (found,) = fitted.evidence(query, history.names.artists.index("B"))
        assert (found.of, found.text, found.value, found.unit) == (Of.ARTIST, "A", 2, "sessions")
        assert found.effect == fitted.scores(query)[history.names.artists.index("B")]
        assert fitted.evidence(at(0), 1) == []

    def test_codes_do_not_matter_where_artists_begin_at_once(self) -> None:
        rows = [
            (int(MONDAY.timestamp()) + 7_200 * day, artist, "a") for day in range(9) for artist in "ABC"[: 1 + day % 3]
        ]
        plain, shuffled = make_history(rows), make_history(rows, shuffle_codes=1)
        assert after(plain, "A") == pytest.approx(after(shuffled, "A"), nan_ok=True)
