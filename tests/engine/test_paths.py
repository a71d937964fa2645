"""Neighbours of artists, and ways between them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.worlds import FETCHED, known, plays_of
from tests.histories import make_history
from tui_music.engine.ground import nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import listening
from tui_music.engine.paths import like, path

HISTORY = plays_of(Ilse=[1, 2], Tallow=[3])
PLAYS = listening(HISTORY, "UTC", FETCHED).plays
MUTUAL = {
    "Ilse": {"Tallow": 1.0, "Lantern": 0.8, "Moth": 0.2},
    "Tallow": {"Ilse": 1.0, "Grey": 0.5},
    "Lantern": {"Ilse": 0.8, "Moth": 1.0},
    "Moth": {"Lantern": 1.0, "Ilse": 0.2},
    "Grey": {"Tallow": 0.5},
    "Lone": {"Pair": 1.0},
}
TAGS = {"Lantern": {"dream pop": 100, "slowcore": 40, "b": 40, "x": 1}, "Tallow": {"slowcore": 100}}


def knowledge() -> Knowledge:
    return known(HISTORY, MUTUAL, TAGS)


def code(name: str) -> int:
    return knowledge().artists.index(name)


class TestLike:
    def test_neighbours_come_with_similarity_plays_and_tags(self) -> None:
        found = like(knowledge(), PLAYS, [code("Ilse")])
        assert [(stop.name, stop.plays, stop.heard, stop.tags) for stop in found] == [
            ("Tallow", 1, True, ("slowcore",)),
            ("Lantern", 0, False, ("dream pop", "b", "slowcore")),
            ("Moth", 0, False, ()),
        ]
        assert [stop.similarity for stop in found] == pytest.approx([1.0, 0.8, 0.2])
        assert [stop.code for stop in found] == [code("Tallow"), code("Lantern"), code("Moth")]

    def test_like_two_is_the_mean_of_being_like_each(self) -> None:
        found = like(knowledge(), PLAYS, [code("Ilse"), code("Lantern")])
        assert [stop.name for stop in found] == ["Moth", "Tallow"]
        assert [stop.similarity for stop in found] == pytest.approx([0.6, 0.5])

    def test_whoever_names_an_artist_is_its_neighbour_though_it_was_never_asked(self) -> None:
        (only,) = like(knowledge(), PLAYS, [code("Pair")])
        assert only.name == "Lone"
        assert only.similarity == pytest.approx(0.8)

    def test_equals_are_in_the_order_of_their_names_whatever_their_codes(self) -> None:
        row = dict.fromkeys("hdbacgfe", 0.5)
        for seed in range(4):
            history = make_history([(day, name, "song") for day, name in enumerate("Shdba")], shuffle_codes=seed)
            many = known(history, {"S": row})
            found = like(many, np.zeros(5, np.int64), [many.artists.index("S")], n=6)
            assert [stop.name for stop in found] == list("abcdef")

    def test_nobody_is_like_whom_nothing_is_known_of(self) -> None:
        assert like(nothing_known(HISTORY.names), PLAYS, [0]) == ()


class TestPath:
    def test_sure_steps_are_worth_a_detour(self) -> None:
        """Ilse–Moth directly is one step of 0.2, which costs 5; over Lantern 1 / 0.8 + 1 / 1."""
        found = path(knowledge(), PLAYS, code("Ilse"), code("Moth"))
        assert [stop.name for stop in found.stops] == ["Ilse", "Lantern", "Moth"]
        assert [stop.similarity for stop in found.stops] == [None, pytest.approx(0.8), pytest.approx(1.0)]
        assert [stop.heard for stop in found.stops] == [True, False, False]
        assert found.note == ""

    def test_it_is_the_same_way_back(self) -> None:
        there = path(knowledge(), PLAYS, code("Grey"), code("Moth")).stops
        back = path(knowledge(), PLAYS, code("Moth"), code("Grey")).stops
        assert [stop.name for stop in there] == ["Grey", "Tallow", "Ilse", "Lantern", "Moth"]
        assert [stop.name for stop in back] == [stop.name for stop in reversed(there)]

    def test_perfect_matches_are_not_free(self) -> None:
        """With −ln(similarity) the six steps of 1 cost nothing and beat one of 0.9."""
        ring = {str(n): {str(n + 1): 1.0, str(n - 1): 1.0} for n in range(1, 6)}
        chain = known(make_history([]), ring | {"0": {"1": 1.0, "6": 0.9}, "6": {"5": 1.0, "0": 0.9}})
        found = path(chain, np.zeros(0, np.int64), chain.artists.index("0"), chain.artists.index("6"))
        assert [stop.name for stop in found.stops] == ["0", "6"]

    def test_equal_ways_go_by_name(self) -> None:
        for seed in range(4):
            history = make_history([(day, name, "song") for day, name in enumerate("zyxab")], shuffle_codes=seed)
            square = known(history, {"a": {"z": 0.5, "y": 0.5, "x": 0.5}, "b": {"y": 0.5, "x": 0.5, "z": 0.5}})
            found = path(square, np.zeros(5, np.int64), square.artists.index("a"), square.artists.index("b"))
            assert [stop.name for stop in found.stops] == ["a", "x", "b"]

    def test_where_there_is_no_way_it_says_so(self) -> None:
        found = path(knowledge(), PLAYS, code("Ilse"), code("Pair"))
        assert found.stops == ()
        assert found.note == "Over what is known so far no way leads from Ilse to Pair."
        unknown = path(nothing_known(HISTORY.names), PLAYS, code("Ilse"), code("Tallow"))
        assert unknown.stops == ()
        assert unknown.note == "Nobody is known to be like Ilse yet."

    def test_from_an_artist_to_itself_is_no_step(self) -> None:
        assert [stop.name for stop in path(knowledge(), PLAYS, code("Ilse"), code("Ilse")).stops] == ["Ilse"]

    @given(
        st.dictionaries(
            st.sampled_from("abcdefgh"),
            st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([0.1, 0.3, 0.5, 0.9, 1.0]), max_size=4),
            min_size=2,
        )
    )
    def test_steps_exist_and_no_stop_comes_twice(self, rows: dict[str, dict[str, float]]) -> None:
        some = known(make_history([]), rows)
        for end in range(1, len(some)):
            stops = path(some, np.zeros(0, np.int64), 0, end).stops
            codes = [stop.code for stop in stops]
            assert len(set(codes)) == len(codes)
            for before, stop in pairwise(stops):
                assert stop.similarity == pytest.approx(float(some.graph[before.code, stop.code]))
                assert stop.similarity
