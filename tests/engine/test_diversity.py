"""Limits per community, distance, rest: each stated, each off when asked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui_music.engine.blend import Dials, ranked, reblend
from tui_music.engine.diversity import OFF, Diversity, apart, first_of_each
from tui_music.library.history import Float64


def likeness(pairs: dict[tuple[int, int], float], size: int) -> Callable[[int], Float64]:
    full = np.zeros((size, size))
    for (one, other), value in pairs.items():
        full[one, other] = full[other, one] = value
    return lambda position: full[position]


def test_at_most_so_many_of_a_community_and_no_limit_for_those_of_none() -> None:
    group = np.array([0, 0, 0, 1, -1, -1, -1], np.int32)
    assert first_of_each(range(7), group, most=2, enough=7) == [0, 1, 3, 4, 5, 6]
    assert first_of_each(range(7), group, most=7, enough=7) == [0, 1, 2, 3, 4, 5, 6]
    assert first_of_each([6, 2, 1, 0, 3], group, most=1, enough=2) == [6, 2]


def test_maximal_marginal_relevance_by_hand() -> None:
    """Scores 10, 9, 5, 0 become 1, 0.9, 0.5, 0. With λ = 0.5 and 1 being like 0 by 0.8, the second choice is between
    0.45 − 0.4 = 0.05 and 0.25: the third goes first. Then 0.05 is left against 0 for the last."""
    score = np.array([10.0, 9.0, 5.0, 0.0])
    alike = likeness({(0, 1): 0.8}, 4)
    assert apart(score, alike, 4, likeness=0.5) == [0, 2, 1, 3]
    assert apart(score, alike, 4, likeness=0.1) == [0, 1, 2, 3]
    assert apart(score, alike, 2, likeness=0.5) == [0, 2]


def test_the_limit_grows_with_the_list() -> None:
    assert [Diversity(most=0.4).of_one(n) for n in (1, 5, 10, 25, 26)] == [1, 2, 4, 10, 11]


def test_a_tie_keeps_the_order_it_had() -> None:
    assert apart(np.ones(4), likeness({}, 4), 3, likeness=0.5) == [0, 1, 2]


def test_turned_off_a_list_stays_as_the_scores_have_it() -> None:
    score = np.array([3.0, 2.0, 1.0])
    alike = likeness({(0, 1): 1.0}, 3)
    group = np.zeros(3, np.int32)
    assert first_of_each(range(3), group, OFF.of_one(3), 3) == [0, 1, 2]
    assert apart(score, alike, 3, OFF.likeness) == [0, 1, 2]
    assert not OFF.rests(99, today=100)


def test_what_was_passed_over_rests_from_the_next_day_on() -> None:
    diversity = Diversity(rest_days=14)
    assert [diversity.rests(100, today) for today in (100, 101, 113, 114)] == [False, True, True, False]
    assert not diversity.rests(None, 100)


@given(
    base=st.lists(st.integers(0, 9).map(float), min_size=1, max_size=25),
    group=st.lists(st.integers(-1, 3), min_size=25, max_size=25),
    axis=st.lists(st.integers(-3, 3).map(float), min_size=25, max_size=25),
    places=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    n=st.integers(1, 8),
)
def test_dials_stay_monotone_under_the_limit_of_communities(
    base: list[float], group: list[int], axis: list[float], places: tuple[float, float], n: int
) -> None:
    axes = np.zeros((len(base), 3))
    axes[:, 1] = axis[: len(base)]
    sums = []
    for place in sorted(places):
        score = reblend(np.array(base)[:, None], np.ones(1), axes, Dials(obscure=place))[0]
        chosen = first_of_each(ranked(score).tolist(), np.array(group, np.int32), 2, n)
        sums.append(axes[chosen, 1].sum())
    assert sums[1] >= sums[0] - 1e-9
