"""The graph of similarity and the two signals on it, by hand, and against what the published versions got wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.worlds import FETCHED, known, plays_of
from tests.histories import make_history
from tui_music.engine.candidate import Mode, Query
from tui_music.engine.gathering import Answer, learn
from tui_music.engine.ground import nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening, listening
from tui_music.engine.similar import SecondHand, Similar, seed_weights
from tui_music.library.history import Float64
from tui_music.services.replies import Similar as Near
from tui_music.services.replies import SimilarArtists

ANY = Query(Mode.DISCOVER, hour=0)
Rows = Mapping[str, Mapping[str, float]]


def score_of(knowledge: Knowledge, scores: Float64, name: str) -> float:
    return float(scores[knowledge.artists.index(name)])


def between(knowledge: Knowledge, one: str, other: str) -> float:
    return float(knowledge.graph[knowledge.artists.index(one), knowledge.artists.index(other)])


class TestGraph:
    def test_the_similarity_of_two_that_were_asked_is_the_mean_of_both_answers(self) -> None:
        """The published matrix holds 0.4 or 0.9, whichever reply was written last (C0.12)."""
        knowledge = known(plays_of(A=[1], B=[1]), {"A": {"B": 0.9}, "B": {"A": 0.4}})
        assert between(knowledge, "A", "B") == between(knowledge, "B", "A") == pytest.approx(0.65)

    def test_one_that_named_others_but_not_this_one_answered_nought(self) -> None:
        knowledge = known(plays_of(A=[1], B=[1]), {"A": {"B": 0.8}, "B": {"C": 1.0}})
        assert between(knowledge, "A", "B") == pytest.approx(0.4)

    def test_an_answer_that_was_never_asked_for_is_taken_to_be_six_tenths_of_the_other(self) -> None:
        knowledge = known(plays_of(A=[1]), {"A": {"B": 0.8}})
        assert between(knowledge, "A", "B") == pytest.approx((0.8 + 0.6 * 0.8) / 2)

    def test_who_named_nobody_gave_no_answer(self) -> None:
        knowledge = known(plays_of(A=[1], B=[1]), {"A": {"B": 0.8}, "B": {}})
        assert between(knowledge, "A", "B") == pytest.approx((0.8 + 0.6 * 0.8) / 2)

    def test_nobody_is_similar_to_himself(self) -> None:
        knowledge = known(plays_of(A=[1]), {"A": {"A": 1.0, "B": 0.5}})
        assert knowledge.graph.diagonal().tolist() == [0.0, 0.0]
        assert knowledge.graph.nnz == 2

    def test_rows_are_not_scaled_by_their_own_length(self) -> None:
        """Dividing each row by its length (C0.13) would make A–B differ from B–A and put a 1 on the diagonal."""
        knowledge = known(plays_of(A=[1], B=[1], C=[1]), {"A": {"B": 1.0, "C": 0.5}, "B": {"A": 1.0}, "C": {"A": 1.0}})
        assert between(knowledge, "A", "B") == between(knowledge, "B", "A") == 1.0
        assert between(knowledge, "A", "C") == between(knowledge, "C", "A") == 0.75

    @given(
        st.dictionaries(
            st.sampled_from("ABCDEF"),
            st.dictionaries(st.sampled_from("ABCDEFGH"), st.floats(0.01, 1.0), max_size=8),
            max_size=6,
        ),
        st.randoms(use_true_random=False),
    )
    def test_it_is_symmetric_and_free_of_the_order_of_replies(self, rows: Rows, random: Random) -> None:
        history = plays_of(A=[1], B=[1])
        answers = [
            Answer(name, SimilarArtists(name, tuple(Near(other, match) for other, match in row.items())), FETCHED)
            for name, row in rows.items()
        ]
        plays = np.ones(2, np.int64)
        one = learn(nothing_known(history.names), plays, answers)
        random.shuffle(answers)
        other = learn(nothing_known(history.names), plays, answers)
        assert one.artists == other.artists
        assert (one.graph != other.graph).nnz == 0
        assert (one.graph != one.graph.T).nnz == 0
        assert one.graph.nnz == 0 or 0 < one.graph.data.min() <= one.graph.data.max() <= 1


class TestSeedWeights:
    def test_they_are_damped_sums_of_decayed_completion(self) -> None:
        """Two plays now and one 90 days ago, all heard to their assumed end: ln(1 + 1 + 1 + ½)."""
        history = plays_of(A=[0.01, 0.01, 90.01], B=[0.01])
        heard = listening(history, "UTC", FETCHED)
        weight = seed_weights(heard, known(history, {"A": {"C": 1.0}}))
        assert weight == pytest.approx([np.log(3.5), np.log(2.0), 0.0], rel=1e-3)

    def test_a_thousand_plays_do_not_drown_the_rest(self) -> None:
        weight = seed_weights(
            listening(plays_of(A=[0.1] * 1000, B=[0.1]), "UTC", FETCHED), known(plays_of(A=[1], B=[1]))
        )
        assert weight[0] / weight[1] < 11


@pytest.fixture(scope="module")
def small() -> tuple[Listening, Knowledge]:
    """Two heard artists and their neighbours: New is near both, Other near one, Far only near New."""
    history = plays_of(Much=[1, 2, 3, 4], Little=[5], Known=[200] * 5)
    knowledge = known(
        history,
        {
            "Much": {"New": 1.0, "Known": 0.5, "Other": 0.25},
            "Little": {"New": 0.5},
            "New": {"Much": 1.0, "Far": 0.8},
        },
    )
    return listening(history, "UTC", FETCHED), knowledge


def without(heard: Listening, name: str) -> Listening:
    """The listening as if an artist had never been played."""
    keep = heard.artist != heard.names.artists.index(name)
    columns = ("start", "artist", "track", "hour", "session", "completion")
    return replace(heard, **{column: getattr(heard, column)[keep] for column in columns})


class TestSimilar:
    def test_artists_outside_the_library_are_recommended(self, small: tuple[Listening, Knowledge]) -> None:
        """The published recommender only looks at artists of the library and then leaves these out: nothing (C0.14)."""
        heard, knowledge = small
        scores = Similar().fit(heard, knowledge).scores(ANY)
        outside = {knowledge.artists[code] for code in np.flatnonzero(~np.isnan(scores)) if code >= knowledge.own}
        assert outside == {"New", "Other"}

    def test_the_score_is_the_sum_of_weight_times_similarity(self, small: tuple[Listening, Knowledge]) -> None:
        heard, knowledge = small
        similar = Similar().fit(heard, knowledge)
        weight = dict(zip(knowledge.artists, similar.weight_, strict=True))
        scores = similar.scores(ANY)
        assert score_of(knowledge, scores, "New") == pytest.approx(weight["Much"] * 1.0 + weight["Little"] * 0.25)
        assert score_of(knowledge, scores, "Other") == pytest.approx(weight["Much"] * 0.8 * 0.25)
        assert score_of(knowledge, scores, "Known") == pytest.approx(weight["Much"] * 0.8 * 0.5)
        assert np.isnan(score_of(knowledge, scores, "Far"))

    def test_seeds_are_what_was_listened_to_of_late(self) -> None:
        history = plays_of(Then=[900, 901, 902, 903], Now=[1, 2])
        knowledge = known(history, {"Then": {"Old love": 1.0}, "Now": {"New love": 1.0}})
        scores = Similar().fit(listening(history, "UTC", FETCHED), knowledge).scores(ANY)
        assert score_of(knowledge, scores, "New love") > score_of(knowledge, scores, "Old love")

    def test_a_question_may_start_from_some_artists_only(self, small: tuple[Listening, Knowledge]) -> None:
        heard, knowledge = small
        little = Query(Mode.DISCOVER, 0, seeds=np.array([knowledge.artists.index("Little")], np.int32))
        scores = Similar().fit(heard, knowledge).scores(little)
        assert {knowledge.artists[code] for code in np.flatnonzero(~np.isnan(scores))} == {"New"}
        evidence = Similar().fit(heard, knowledge).evidence(little, knowledge.artists.index("New"))
        assert [(each.text, each.value, each.unit) for each in evidence] == [("Little", 0.25, "similarity")]


class TestSecondHand:
    def test_whom_only_neighbours_name_is_found(self, small: tuple[Listening, Knowledge]) -> None:
        heard, knowledge = small
        scores = SecondHand().fit(heard, knowledge).scores(ANY)
        assert score_of(knowledge, scores, "Far") > 0

    def test_the_score_by_hand(self) -> None:
        """Seed S –0.8– K –0.4– C: degrees 0.8, 1.2 and 0.4, each one more."""
        history = plays_of(S=[1])
        knowledge = known(history, {"S": {"K": 1.0}, "K": {"S": 0.6, "C": 0.5}})
        assert (between(knowledge, "S", "K"), between(knowledge, "K", "C")) == pytest.approx((0.8, 0.4))
        second = SecondHand().fit(listening(history, "UTC", FETCHED), knowledge)
        weight = seed_weights(listening(history, "UTC", FETCHED), knowledge)[0]
        expected = weight / 1.8 * 0.8 / 2.2 * 0.4 / 1.4**0.5
        assert score_of(knowledge, second.scores(ANY), "C") == pytest.approx(expected, rel=1e-6)

    def test_hubs_do_not_win(self) -> None:
        """Hub is a neighbour of everybody's neighbours, Fit of those of the seed alone. By plain sums Hub wins."""
        strangers = {f"Stranger {n}": {"Hub": 1.0} for n in range(30)}
        history = plays_of(S=[1])
        knowledge = known(
            history,
            {
                "S": {"K": 1.0, "L": 1.0},
                "K": {"S": 1.0, "Hub": 0.6, "Fit": 0.5},
                "L": {"S": 1.0, "Hub": 0.6, "Fit": 0.5},
            }
            | strangers,
        )
        paths = knowledge.graph @ (knowledge.graph @ np.eye(len(knowledge))[0])
        assert score_of(knowledge, paths, "Hub") > score_of(knowledge, paths, "Fit")
        scores = SecondHand().fit(listening(history, "UTC", FETCHED), knowledge).scores(ANY)
        assert score_of(knowledge, scores, "Hub") < score_of(knowledge, scores, "Fit")

    def test_an_artist_does_not_speak_for_itself(self) -> None:
        history = plays_of(S=[1])
        knowledge = known(history, {"S": {"K": 0.7}, "K": {"S": 0.3}})
        assert np.isnan(SecondHand().fit(listening(history, "UTC", FETCHED), knowledge).scores(ANY)).all()


@pytest.mark.parametrize("signal", [Similar, SecondHand])
class TestEvidence:
    def test_each_seed_made_what_the_score_falls_by_without_it(
        self, small: tuple[Listening, Knowledge], signal: type[Similar | SecondHand]
    ) -> None:
        heard, knowledge = small
        fitted = signal().fit(heard, knowledge)
        scores = fitted.scores(ANY)
        named = 0
        for code in np.flatnonzero(~np.isnan(scores)).tolist():
            evidence = fitted.evidence(ANY, code)
            assert sum(each.effect for each in evidence) == pytest.approx(scores[code])
            assert [each.effect for each in evidence] == sorted((each.effect for each in evidence), reverse=True)
            for each in evidence:
                less = signal().fit(without(heard, each.text), knowledge).scores(ANY)[code]
                assert scores[code] - np.nan_to_num(less) == pytest.approx(each.effect)
                named += 1
        assert named > 4

    def test_without_an_opinion_there_is_no_evidence(
        self, small: tuple[Listening, Knowledge], signal: type[Similar | SecondHand]
    ) -> None:
        heard, knowledge = small
        fitted = signal().fit(heard, knowledge)
        for code in np.flatnonzero(np.isnan(fitted.scores(ANY))).tolist():
            assert fitted.evidence(ANY, code) == []

    def test_they_drop_out_where_nothing_is_known_or_was_heard(self, signal: type[Similar | SecondHand]) -> None:
        history = plays_of(A=[1], B=[2])
        heard = listening(history, "UTC", FETCHED)
        assert np.isnan(signal().fit(heard, nothing_known(history.names)).scores(ANY)).all()
        silence = listening(history, "UTC", 0)
        knowledge = known(history, {"A": {"B": 1.0}, "B": {"C": 1.0}})
        assert np.isnan(signal().fit(silence, knowledge).scores(ANY)).all()
        empty = make_history([])
        assert signal().fit(listening(empty, "UTC"), nothing_known(empty.names)).scores(ANY).shape == (0,)
