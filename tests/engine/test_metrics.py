"""Figures of rankings, by hand, and intervals that hold what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_music.engine.metrics import discounts, hit_rate, interval, ndcg, novelty, recall


def hits(places: str) -> np.ndarray:
    """Hits as text: "x.." is one at the first of three places."""
    return np.array([place == "x" for place in places])


class TestNdcg:
    @pytest.mark.parametrize(
        ("places", "relevant", "expected"),
        [
            ("x....", 10, 0.339),  # as published 1.000: the ideal was taken from the list alone (C3.7)
            ("....x", 10, 0.131),  # as published 0.487
            ("....x", 1, 0.387),
            ("x....", 1, 1.0),
            ("xxxxx", 5, 1.0),
            ("xxxxx", 90, 1.0),  # more cannot stand in five places
            (".....", 3, 0.0),
            ("x", 1, 1.0),  # as published an error
        ],
    )
    def test_the_ideal_is_of_all_that_is_relevant(self, places: str, relevant: int, expected: float) -> None:
        assert ndcg(hits(places), relevant, 5) == pytest.approx(expected, abs=0.0005)

    def test_by_hand(self) -> None:
        """(1/log2 2 + 1/log2 4) / (1/log2 2 + 1/log2 3 + 1/log2 4)"""
        assert ndcg(hits("x.x"), 3, 3) == pytest.approx(1.5 / (1.5 + 1 / math.log2(3)))
        assert discounts(3).tolist() == pytest.approx([1.0, 1 / math.log2(3), 0.5])

    def test_places_beyond_k_count_for_nothing(self) -> None:
        assert ndcg(hits(".....x"), 1, 5) == 0.0

    def test_a_short_list_is_no_better_for_it(self) -> None:
        assert ndcg(hits("x"), 4, 10) == ndcg(hits("x........."), 4, 10)

    def test_nothing_relevant_is_no_figure(self) -> None:
        assert math.isnan(ndcg(hits("..."), 0, 3))
        assert math.isnan(recall(hits("..."), 0, 3))


def test_recall_and_hit_rate() -> None:
    assert recall(hits("x.x..x"), 4, 5) == 0.5
    assert [hit_rate(hits("..x"), 3), hit_rate(hits("..x"), 2)] == [1.0, 0.0]


def test_novelty_is_bits() -> None:
    """One play more for each: 1 of 8 is 3 bits, 4 of 8 one."""
    assert novelty(np.array([0]), 7) == 3.0
    assert novelty(np.array([0, 3]), 7) == 2.0
    assert math.isnan(novelty(np.array([], np.int64), 7))


class TestInterval:
    def test_it_holds_the_mean_as_often_as_it_says(self) -> None:
        rng = np.random.default_rng(1)
        held = [
            low <= 0.3 <= high
            for low, high in (interval((rng.random(200) < 0.3).astype(np.float64)) for _ in range(300))
        ]
        assert 0.91 < np.mean(held) < 0.98

    def test_blocks_keep_neighbours_together(self) -> None:
        """Overlapping windows are not so many independent ones."""
        rng = np.random.default_rng(2)
        walks = np.convolve(rng.normal(0, 1, 400), np.ones(7) / 7, "valid")
        plain, blocks = interval(walks), interval(walks, block=7)
        assert blocks[1] - blocks[0] > 1.8 * (plain[1] - plain[0])

    def test_it_is_the_same_every_time(self) -> None:
        value = np.random.default_rng(3).random(50)
        assert interval(value) == interval(value)

    def test_few_values(self) -> None:
        assert interval(np.array([0.5]), block=7) == (0.5, 0.5)
        assert all(math.isnan(bound) for bound in interval(np.array([])))
