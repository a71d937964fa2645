"""The blend: z-scores, reciprocal ranks, dials, by hand-worked answers and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui_music.engine.blend import (
    DIALS,
    Dials,
    Reciprocal,
    Standard,
    ranked,
    reblend,
    standardised,
    turned,
    weighted,
)

NAN = float("nan")


def test_a_z_score_is_taken_over_those_with_an_opinion() -> None:
    """(1, 3, nan): mean 2, deviation 1. With nan as 0 the mean would be 4/3 and nan would speak against."""
    unit, mean, deviation = standardised(np.array([[1.0], [3.0], [NAN]]))
    assert unit[:, 0].tolist() == [-1.0, 1.0, 0.0]
    assert (mean.tolist(), deviation.tolist()) == ([2.0], [1.0])


def test_a_signal_that_says_the_same_of_all_or_nothing_at_all_adds_nothing() -> None:
    unit, _, _ = standardised(np.array([[0.1, NAN], [0.1, NAN], [0.1, NAN]]))
    assert not unit.any()
    assert Standard(np.array([[0.1], [0.1]])).effects(0, 0, np.array([5.0])).tolist() == [0.0]


def test_weights_are_of_signals_on_one_scale() -> None:
    """Hours in the thousands do not drown a similarity below 1: both columns are the same once on one scale."""
    value = np.array([[1000.0, 0.9], [3000.0, 0.1], [2000.0, 0.5]])
    assert weighted(Standard(value).unit, np.array([1.0, 1.0])) == pytest.approx([0.0, 0.0, 0.0])


def test_an_effect_is_the_change_of_the_score_with_the_scale_held() -> None:
    value = np.array([[1.0], [3.0], [5.0]])
    scale = Standard(value)
    assert scale.effects(2, 0, np.array([1.0, -2.0])) == pytest.approx(np.array([1.0, -2.0]) / value.std())


def test_reciprocal_ranks_count_from_sixty() -> None:
    """With 1/rank (k = 0) one first place (1 + 1/4) beats two second places (1/2 + 1/2); with 60 it does not."""
    value = np.array([[9.0, 1.0], [8.0, 8.0], [7.0, 9.0], [1.0, 7.0]])
    unit = Reciprocal(value).unit
    assert unit[:, 0].tolist() == [1, 61 / 62, 61 / 63, 61 / 64]
    score = weighted(unit, np.ones(2))
    assert score[0] < score[1]
    assert ranked(score).tolist() == [2, 1, 0, 3]  # 1/63 + 1/61 is a little more than 2/62


def test_equal_scores_share_a_rank_and_no_opinion_adds_nothing() -> None:
    assert Reciprocal(np.array([[5.0], [5.0], [4.0], [NAN]])).unit[:, 0].tolist() == [1, 1, 61 / 63, 0.0]


def test_the_effect_of_evidence_on_a_reciprocal_rank_is_that_of_the_places_it_was_worth() -> None:
    scale = Reciprocal(np.array([[9.0], [8.0], [7.0], [NAN]]))
    assert scale.effects(0, 0, np.array([1.5, 0.5])) == pytest.approx([1 - 61 / 62, 0.0])
    assert scale.effects(2, 0, np.array([-1.5])) == pytest.approx([61 / 63 - 61 / 62])
    assert scale.effects(3, 0, np.array([1.0])) == [0.0]


def test_ties_keep_the_order_of_names() -> None:
    """Rows are in the order of names; what scores the same is ranked so, wherever it stands (not by hash or code)."""
    row = np.random.default_rng(3).normal(size=7)
    scores, _ = reblend(np.tile(row, (1001, 1)), np.arange(7) / 3, np.tile(row[:3], (1001, 1)), Dials(0.9, 0.1, 0.7))
    assert ranked(scores).tolist() == list(range(1001))


def test_dials_in_the_middle_do_nothing() -> None:
    unit, axes = np.eye(4), np.ones((4, 3))
    weights = np.array([4.0, 3.0, 2.0, 1.0])
    assert reblend(unit, weights, axes, Dials())[0].tolist() == weighted(unit, weights).tolist()


def test_a_dial_at_its_end_outweighs_the_way_to_the_hundredth_place() -> None:
    """150 candidates scored 150 … 1: from the first to the hundredth place it is 99."""
    base = np.arange(150.0, 0.0, -1.0)
    axes = np.zeros((150, 3))
    axes[:, 1] = 1.0
    assert turned(base, axes, Dials(obscure=1.0))[:, 1].tolist() == [99.0] * 150
    assert turned(base, axes, Dials(obscure=0.25))[:, 1].tolist() == [-49.5] * 150


def test_dials_act_on_candidates_that_no_signal_tells_apart() -> None:
    axes = np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    assert ranked(reblend(np.zeros((2, 1)), np.ones(1), axes, Dials(new=0.6))[0]).tolist() == [1, 0]


def test_nothing_to_blend() -> None:
    assert reblend(np.zeros((0, 2)), np.ones(2), np.zeros((0, 3)), Dials(1.0, 0.0, 0.3))[0].tolist() == []


@pytest.mark.parametrize("place", [-0.1, 1.1, NAN])
def test_a_dial_stands_between_its_ends(place: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Dials(new=place)


places = st.floats(0.0, 1.0)
numbers = st.integers(-8, 8).map(float)


@given(
    base=arrays(np.float64, (30, 2), elements=numbers),
    axes=arrays(np.float64, (30, 3), elements=numbers),
    others=st.tuples(places, places, places),
    turn=st.tuples(places, places),
    dial=st.sampled_from(DIALS),
    n=st.integers(1, 30),
)
def test_every_dial_is_monotone(
    base: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    axes: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    others: tuple[float, float, float],
    turn: tuple[float, float],
    dial: str,
    n: int,
) -> None:
    """Turned up, a dial never lowers the mean of its axis over the best n: with "obscure", never raises popularity."""
    means = []
    for place in sorted(turn):
        at = dict(zip(DIALS, others, strict=True)) | {dial: place}
        best = ranked(reblend(base, np.array([1.0, 0.5]), axes, Dials(**at))[0])[:n]
        means.append(axes[best, DIALS.index(dial)].mean())
    assert means[1] >= means[0] - 1e-9
