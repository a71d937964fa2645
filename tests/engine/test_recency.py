"""Decay, base level and rediscovery: worked by hand, against the published fault, and taken apart exactly."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from tests.engine.worlds import DAY, FETCHED, plays_of
from tests.histories import make_history
from tui_music.engine.candidate import Mode, Query
from tui_music.engine.ground import nothing_known
from tui_music.engine.hearings import hearings
from tui_music.engine.listening import Listening, listening
from tui_music.engine.recency import AGES, BaseLevel, Decay, Recency, Sum
from tui_music.engine.rediscovery import Rediscovery
from tui_music.library.history import Bool, History

ANY = Query(Mode.FAMILIAR, hour=0)


def score(recommender: Recency, history: History, artist: str, now: int = FETCHED) -> float:
    heard = listening(history, "UTC", now)
    scores = recommender.fit(heard, nothing_known(history.names)).scores(ANY)
    return float(scores[history.names.artists.index(artist)])


def without(heard: Listening, gone: Bool) -> Listening:
    """The same listening without some plays."""
    columns = ("start", "artist", "track", "hour", "session", "ms", "completion")
    return replace(heard, **{name: getattr(heard, name)[~gone] for name in columns})


class TestDecay:
    def test_a_play_counts_half_after_each_half_life(self) -> None:
        history = plays_of(once=[10], twice=[20, 30])
        decay = Decay(Sum(10.0, 1.0))
        assert score(decay, history, "once") == pytest.approx(math.log(0.001 + 1 / 2))
        assert score(decay, history, "twice") == pytest.approx(math.log(0.001 + 1 / 4 + 1 / 8))

    def test_what_was_loved_a_year_ago_falls_behind(self) -> None:
        """base · 0.7 + base · exp(−days / 365) · 0.3, as published, never takes more than 30 % away (C0.15)."""
        history = plays_of(loved=[365 + each for each in range(10)], lately=[1, 2, 3, 4, 5, 6])
        assert score(Decay(Sum(30.0, 1.0)), history, "lately") > score(Decay(Sum(30.0, 1.0)), history, "loved")
        published = {
            name: n * (0.7 + 0.3 * math.exp(-days / 365)) for name, n, days in [("loved", 10, 365), ("lately", 6, 1)]
        }
        assert published["loved"] > published["lately"]

    def test_now_is_the_end_of_an_old_history(self) -> None:
        history = plays_of(once=[10, 0])
        assert score(Decay(), history, "once", now=FETCHED + 1) > score(
            Decay(), history, "once", now=FETCHED + 900 * DAY
        )

    def test_repeats_within_a_session(self) -> None:
        history = make_history([(f"2024-01-01T10:{4 * n:02}", "A", f"{n}") for n in range(4)])
        now = int(history.start[-1]) + DAY
        for repeats, counted in ((0.0, 1.0), (0.5, 2.0), (1.0, 4.0)):
            assert score(Decay(Sum(1.0, repeats)), history, "A", now) == pytest.approx(math.log(0.001 + counted / 2))

    def test_several_sums_are_averaged_by_their_worth(self) -> None:
        history = plays_of(once=[8])
        both = score(Decay(Sum(4.0, 1.0, 3.0), Sum(8.0, 1.0, 1.0)), history, "once")
        assert both == pytest.approx(0.75 * math.log(0.251) + 0.25 * math.log(0.501))


class TestBaseLevel:
    def test_it_is_the_published_sum(self) -> None:
        history = plays_of(one=[4], two=[9, 16])
        assert score(BaseLevel(Sum(0.5, 1.0)), history, "one") == pytest.approx(math.log(1 / 2))
        assert score(BaseLevel(Sum(0.5, 1.0)), history, "two") == pytest.approx(math.log(1 / 3 + 1 / 4))

    def test_a_power_forgets_first_quickly_then_slowly(self) -> None:
        """One play now and two long ago: exponential decay and a power part ways as time goes by."""
        history = plays_of(new=[1], old=[200, 210, 220, 230, 240, 250])
        base, decay = BaseLevel(Sum(0.3, 1.0)), Decay(Sum(10.0, 1.0))
        assert score(base, history, "old") > score(base, history, "new")
        assert score(decay, history, "old") < score(decay, history, "new")


@pytest.mark.parametrize(
    "recommender",
    [Decay(), BaseLevel(), Rediscovery(), Decay(Sum(4, 0, 2), Sum(64, 1, 1))],
    ids=["decay", "base-level", "rediscovery", "two decays"],
)
class TestEveryRecency:
    def test_who_was_never_heard_has_no_score(self, recommender: Recency) -> None:
        history = make_history([("2024-01-01", "A", "a", 200_000), ("2024-01-01T01:00", "B", "b", 5_000)])
        assert math.isnan(score(recommender, history, "B", int(history.start[-1]) + 900 * DAY))
        assert not math.isnan(score(recommender, history, "A", int(history.start[-1]) + 900 * DAY))

    def test_an_empty_history(self, recommender: Recency) -> None:
        history = make_history([])
        fitted = recommender.fit(listening(history, "UTC"), nothing_known(history.names))
        assert len(fitted.scores(ANY)) == 0

    def test_effects_are_what_the_score_loses_without_the_plays(self, recommender: Recency) -> None:
        random = Random(5)
        rows = [
            (
                FETCHED - DAY * (50 * artist + random.randint(0, 900)) - random.randint(0, 4_000),
                f"Artist {artist}",
                f"{n % 9}",
            )
            for artist in range(8)
            for n in range(60)
        ]
        history = make_history(rows)
        heard, known = listening(history, "UTC", FETCHED), nothing_known(history.names)
        fitted, compared = recommender.fit(heard, known), 0
        before = fitted.scores(ANY).copy()
        for artist in np.flatnonzero(~np.isnan(before)).tolist():
            found = {each.text: each for each in fitted.evidence(ANY, artist)}
            own = hearings(heard).of(artist)
            for at, (until, text) in enumerate(AGES):
                since = AGES[at - 1][0] if at else -np.inf
                sessions = own.session[(own.age > since) & (own.age <= until)]
                gone = (heard.artist == artist) & np.isin(_numbered(heard), sessions)
                assert gone.sum() == (found[text].value if text in found else 0)
                if text in found:
                    after = type(recommender).fit(_again(recommender), without(heard, gone), known).scores(ANY)[artist]
                    assert np.isnan(after) == (len(found) == 1)  # nothing is left to have an opinion on
                    assert found[text].effect == pytest.approx(before[artist] - (0 if np.isnan(after) else after))
                    compared += 1
        assert compared > 8

    def test_codes_do_not_matter(self, recommender: Recency) -> None:
        rows = [(FETCHED - n * 37_000, f"Artist {n % 7}", f"{n % 3}") for n in range(400)]
        plain, shuffled = make_history(rows), make_history(rows, shuffle_codes=3)
        for name in plain.names.artists:
            mine, other = score(recommender, plain, name), score(recommender, shuffled, name)
            assert mine == other or (math.isnan(mine) and math.isnan(other))


def test_evidence_that_is_all_there_is_is_worth_the_score() -> None:
    history = plays_of(once=[3])
    fitted = Decay().fit(listening(history, "UTC", FETCHED), nothing_known(history.names))
    (only,) = fitted.evidence(ANY, 0)
    assert (only.text, only.value, only.unit) == ("in the last 7 days", 1, "plays")
    assert only.effect == fitted.scores(ANY)[0]


class TestRediscovery:
    def test_only_who_was_not_played_for_so_long(self) -> None:
        history = plays_of(gone=[91, 300], back=[89, 300])
        assert score(Rediscovery(away=90), history, "gone") == score(Decay(Sum(365.0, 0.5)), history, "gone")
        assert math.isnan(score(Rediscovery(away=90), history, "back"))

    def test_the_most_loved_comes_first_and_love_fades(self) -> None:
        history = plays_of(loved=[100, 110, 120, 130], liked=[95, 98], long_ago=[4_000 + n for n in range(6)])
        scores = {name: score(Rediscovery(), history, name) for name in ("loved", "liked", "long ago")}
        assert sorted(scores, key=scores.__getitem__) == ["long ago", "liked", "loved"]


def _numbered(heard: Listening) -> np.ndarray:
    """The number of each play's session, as hearings count them."""
    return np.unique(heard.session, return_inverse=True)[1]


def _again(recommender: Recency) -> Recency:
    return Rediscovery() if isinstance(recommender, Rediscovery) else type(recommender)(*recommender.sums)
