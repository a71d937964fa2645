"""Candidates taken apart: shares add up, and each piece of evidence is worth what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.engine.worlds import FETCHED, Said, known, plays_of
from tui_music.engine.blend import Dials
from tui_music.engine.candidate import Candidate, Mode, Of, Query
from tui_music.engine.diversity import OFF, Diversity
from tui_music.engine.ground import Ground
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import listening
from tui_music.engine.recency import Decay
from tui_music.engine.similar import Similar
from tui_music.engine.slate import Slate
from tui_music.library.history import History

FAMILIAR = Query(Mode.FAMILIAR, 0)
DISCOVER = Query(Mode.DISCOVER, 0)
ARTISTS = {"Ada": [1, 2, 3], "Ben": [10, 20], "Cid": [400], "Dot": [500, 600, 700, 800]}


def ground(history: History, knowledge: Knowledge | None = None, community: Mapping[str, int] | None = None) -> Ground:
    knowledge = knowledge or known(history)
    of = community or {}
    groups = np.array([of.get(name, -1) for name in knowledge.artists], np.int32)
    return Ground(listening(history, "UTC", FETCHED + 1), knowledge, groups)


def slate(there: Ground, *said: Said, weights: list[float] | None = None, query: Query = FAMILIAR) -> Slate:
    fitted = [each.fit(there.listening, there.knowledge) for each in said]
    nobody = np.zeros(len(there.knowledge), np.bool_)
    return Slate(query, there, fitted, np.array(weights or [1.0, 0.5]), nobody, {}, by_rank=weights is None)


def names(found: tuple[Candidate, ...]) -> list[str]:
    return [each.name for each in found]


NEUTRAL = Dials()
ONE = Said("one", {"Ada": {"x": 1.0, "y": 2.0}, "Ben": {"x": 5.0}, "Cid": {"z": 4.0}, "Dot": {"x": 2.0}})
OTHER = Said("other", {"Ada": {"p": 1.0, "q": 0.5}, "Dot": {"p": 0.1}})


@pytest.mark.parametrize("weights", [[1.0, 0.5], None])
@pytest.mark.parametrize("dials", [NEUTRAL, Dials(0.9, 0.2, 0.7)])
def test_the_shares_of_a_candidate_sum_to_its_score(weights: list[float] | None, dials: Dials) -> None:
    history = plays_of(**ARTISTS)
    there = ground(history, known(history, listeners={"Ada": 10.0, "Ben": 1e6, "Cid": 300.0}))
    board = slate(there, ONE, OTHER, weights=weights)
    found = board.best(board.weights, dials, 10, OFF)
    assert len(found) == 4
    for candidate in found:
        assert sum(share.share for share in candidate.signals) == pytest.approx(candidate.score, abs=1e-12)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


@pytest.mark.parametrize("fitted", [True, False])
def test_without_a_piece_of_evidence_the_score_falls_by_what_is_stated(fitted: bool) -> None:
    """Each piece is taken away, one after the other; the scale is the one of before."""
    there = ground(plays_of(**ARTISTS))
    board = slate(there, ONE, OTHER, weights=[1.0, 0.5] if fitted else None)
    for candidate in board.best(board.weights, NEUTRAL, 10, OFF):
        for share in candidate.signals:
            for each in share.evidence:
                said = {"one": ONE, "other": OTHER}
                old = said[share.signal]
                less = dict(old.of)
                less[candidate.name] = {
                    text: value for text, value in old.of[candidate.name].items() if text != each.text
                }
                if not less[candidate.name]:
                    del less[candidate.name]
                said[share.signal] = replace(old, of=less)
                after = score_held(board, slate(there, *said.values(), weights=[1.0, 0.5]), candidate, fitted)
                assert candidate.score - after == pytest.approx(each.effect, abs=1e-12)


def score_held(before: Slate, after: Slate, candidate: Candidate, fitted: bool) -> float:
    """The score of a candidate by the values of ``after`` on the scale of ``before``, worked out anew."""
    row = before.codes.tolist().index(candidate.code)
    value = after.value[after.codes.tolist().index(candidate.code)] if candidate.code in after.codes else [np.nan] * 2
    total = 0.0
    for column, weight in enumerate(before.weights):
        others = before.value[:, column]
        if np.isnan(value[column]):
            continue
        if fitted:
            total += weight * (value[column] - np.nanmean(others)) / np.nanstd(others)
        else:
            total += weight * 61 / (60 + 1 + np.nansum(np.delete(others, row) > value[column]))
    return float(total)


def without_row(knowledge: Knowledge, one: str, other: str) -> Knowledge:
    """What is known if nobody had said that two artists are similar."""
    a, b = knowledge.artists.index(one), knowledge.artists.index(other)
    full = knowledge.similar.toarray()
    full[a, b] = full[b, a] = 0.0
    return replace(knowledge, similar=type(knowledge.similar)(full))


def test_each_named_artist_is_worth_its_stated_share_of_the_score() -> None:
    """The same with the real recommenders: a similarity is removed from what services said, and all is fitted anew."""
    history = plays_of(Ada=[1, 2, 3], Ben=[4, 9], Cid=[30] * 6)
    near = {
        "Ada": {"New": 1.0, "Other": 0.4, "Third": 0.2},
        "Ben": {"New": 0.9, "Other": 1.0},
        "Cid": {"Third": 1.0, "New": 0.3},
    }
    knowledge = known(history, near)
    there = ground(history, knowledge)
    board = Slate(DISCOVER, there, [Similar().fit(there.listening, knowledge)], np.ones(1), np.zeros(6, np.bool_), {})
    best = board.best(board.weights, NEUTRAL, 1, OFF)[0]
    assert best.name == "New"
    (share,) = best.signals
    assert {each.text for each in share.evidence} == {"Ada", "Ben", "Cid"}
    deviation = float(np.nanstd(board.value[:, 0]))
    for each in share.evidence:
        less = Similar().fit(there.listening, without_row(knowledge, each.text, "New")).scores(DISCOVER)[best.code]
        assert each.effect == pytest.approx((share.value - less) / deviation, rel=1e-6)
        assert each.effect > 0


def test_the_plays_that_are_named_are_worth_their_stated_share() -> None:
    """The plays of each time are removed from the history, the signal is fitted anew."""
    ages = {"Ada": [1, 2, 20, 60, 61, 62, 200, 500], "Ben": [5, 50], "Cid": [300] * 9}
    there = ground(plays_of(**ages))
    board = Slate(
        FAMILIAR, there, [Decay().fit(there.listening, there.knowledge)], np.ones(1), np.zeros(3, np.bool_), {}
    )
    best = board.best(board.weights, NEUTRAL, 1, OFF)[0]
    assert best.name == "Ada"
    (share,) = best.signals
    reach = {"in the last 7 days": 7, "8 to 30 days ago": 30, "31 to 90 days ago": 90, "91 days to a year ago": 365}
    since = dict(zip((*reach, "more than a year ago"), (0, *reach.values()), strict=True))
    assert {each.text for each in share.evidence} == set(since)
    for each in share.evidence:
        rest = [age for age in ages["Ada"] if not since[each.text] < age <= reach.get(each.text, np.inf)]
        assert each.value == len(ages["Ada"]) - len(rest)
        fewer = ground(plays_of(**ages | {"Ada": rest}))
        less = Decay().fit(fewer.listening, fewer.knowledge).scores(FAMILIAR)[fewer.knowledge.artists.index("Ada")]
        assert each.effect == pytest.approx((share.value - less) / float(np.nanstd(board.value[:, 0])), rel=1e-6)


def test_signals_without_an_opinion_lower_the_confidence_and_add_nothing() -> None:
    board = slate(ground(plays_of(**ARTISTS)), ONE, OTHER, weights=[3.0, 1.0])
    by_name = {each.name: each for each in board.best(board.weights, NEUTRAL, 10, OFF)}
    assert by_name["Ada"].confidence == 1.0
    assert by_name["Ben"].confidence == 0.75
    silent = by_name["Ben"].signals[1]
    assert (silent.signal, silent.share, silent.evidence) == ("other", 0.0, ())
    assert np.isnan(silent.value)


def test_confidence_is_lower_where_the_cache_is_cold() -> None:
    there = ground(plays_of(**ARTISTS))
    fitted = ONE.fit(there.listening, there.knowledge)
    board = Slate(FAMILIAR, there, [fitted], np.ones(1), np.zeros(4, np.bool_), {"one": 0.25})
    assert {each.confidence for each in board.best(board.weights, NEUTRAL, 9, OFF)} == {0.25}


def test_who_has_no_evidence_has_no_reason() -> None:
    there = ground(plays_of(**ARTISTS))
    board = slate(there, Said("one", {"Ada": {}, "Ben": {"x": 1.0}}), weights=[1.0])
    reasons = {each.name: each.reason for each in board.best(board.weights, NEUTRAL, 9, OFF)}
    assert reasons["Ada"] == ""
    assert reasons["Ben"] != ""


def test_equal_candidates_are_in_the_order_of_their_names_whatever_their_codes() -> None:
    rows = {name: [5.0] for name in ("Zoe", "Éva", "ada", "Bob", "東")}
    said = Said("one", {name: {"x": 1.0} for name in rows})
    for order in (rows, dict(reversed(rows.items()))):
        board = slate(ground(plays_of(**order)), said, weights=[1.0])
        assert names(board.best(board.weights, NEUTRAL, 9, OFF)) == ["Bob", "Zoe", "ada", "Éva", "東"]


def test_a_dial_is_a_share_with_what_it_goes_by() -> None:
    history = plays_of(**ARTISTS)
    there = ground(history, known(history, listeners={"Ada": 10.0, "Ben": 1e6, "Cid": 300.0}))
    board = slate(there, ONE, weights=[1.0])
    found = {each.name: each for each in board.best(board.weights, Dials(obscure=1.0), 9, OFF)}
    assert [share.signal for share in found["Ada"].signals] == ["one", "dial: obscure"]
    dial = found["Ada"].signals[1]
    assert [(each.of, each.value, each.unit) for each in dial.evidence] == [(Of.POPULARITY, 10.0, "listeners")]
    assert dial.share == dial.evidence[0].effect > 0 > found["Ben"].signals[1].share
    assert [share.signal for share in found["Dot"].signals] == ["one"]  # nobody knows how many listen to Dot


def test_turning_to_obscure_never_raises_the_mean_popularity_of_the_list() -> None:
    rng = np.random.default_rng(1)
    who = [f"artist {n:03}" for n in range(200)]
    history = plays_of(**{name.replace(" ", "_"): [float(rng.integers(1, 900))] for name in who})
    listeners = {name: float(10 ** rng.uniform(1, 7)) for name in who}
    there = ground(history, known(history, listeners=listeners))
    board = slate(there, Said("one", {name: {"x": float(rng.normal())} for name in who}), weights=[1.0])
    popularity = [
        float(np.mean([np.log(listeners[each.name] + 1) for each in board.best(board.weights, dials, 20, OFF)]))
        for dials in (Dials(obscure=place) for place in np.linspace(0, 1, 21))
    ]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(popularity))
    assert popularity[-1] < popularity[10] < popularity[0]


def test_communities_and_likeness_spread_a_list_unless_they_are_off() -> None:
    history = plays_of(**{name: [1.0] for name in ("Ada", "Ben", "Cid", "Dot", "Eve")})
    alike = known(history, {"Ada": {"Ben": 1.0}, "Ben": {"Ada": 1.0}})
    there = ground(history, alike, community={"Ada": 0, "Ben": 0, "Cid": 0, "Dot": 1})
    said = Said("one", {"Ada": {"x": 10.0}, "Ben": {"x": 9.0}, "Cid": {"x": 8.0}, "Dot": {"x": 5.0}, "Eve": {"x": 1.0}})
    board = slate(there, said, weights=[1.0])

    def listed(diversity: Diversity) -> str:
        return "".join(name[0] for name in names(board.best(board.weights, NEUTRAL, 9, diversity)))

    assert listed(OFF) == "ABCDE"
    assert listed(replace(OFF, most=0.2)) == "ABDE"
    assert listed(replace(OFF, likeness=0.5)) == "ACDEB"


def test_what_rests_is_left_out() -> None:
    there = ground(plays_of(**ARTISTS))
    board = slate(there, ONE, weights=[1.0])
    resting = np.array([name == "Ben" for name in there.knowledge.artists])
    assert "Ben" not in names(board.best(board.weights, NEUTRAL, 9, OFF, resting))


def test_evidence_is_asked_for_once_however_the_dials_turn() -> None:
    said = replace(ONE, asked=[])
    board = slate(ground(plays_of(**ARTISTS)), said, weights=[1.0])
    for place in (0.1, 0.5, 0.9):
        board.best(board.weights, Dials(new=place), 2, OFF)
    assert len(said.asked) == len(set(said.asked))


def test_artists_known_only_by_their_popularity_are_no_candidates() -> None:
    history = plays_of(**ARTISTS)
    there = ground(history, known(history, {"Ada": {"New": 1.0}}, listeners={"Famous": 1e9, "New": 5.0}))
    popular = Said("popularity", {"Famous": {"x": 20.0}, "New": {"x": 1.0}})
    near = Said("similar", {"New": {"Ada": 1.0}})
    board = slate(there, near, popular, weights=[1.0, 1.0], query=DISCOVER)
    assert names(board.best(board.weights, NEUTRAL, 9, OFF)) == ["New"]
