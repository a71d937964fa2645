"""Weights: what helps counts, what does not counts nothing, and what is chosen can be made again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tui_music.engine.blend import standardised, weighted
from tui_music.engine.candidate import Mode, Query, Recommender
from tui_music.engine.fitting import Fitting, Weights, usual
from tui_music.engine.habits import Habit
from tui_music.engine.hearings import DAY_S
from tui_music.engine.moments import Moment, Task
from tui_music.engine.pool import made, names, parameters_of, variants
from tui_music.engine.practice import Said
from tui_music.engine.recency import BaseLevel, Decay, Sum
from tui_music.engine.rediscovery import Rediscovery
from tui_music.engine.sequence import Sequence as After
from tui_music.library.history import Float64

POOL: Sequence[Recommender] = [
    *(Decay(Sum(half_life, repeats)) for half_life in (2.0, 16.0, 64.0) for repeats in (0.0, 0.5, 1.0)),
    *(BaseLevel(Sum(0.7, repeats)) for repeats in (0.0, 0.5, 1.0)),
    Habit(),
    After(),
    Rediscovery(),
]
CANDIDATES = 80


def column(kind: type[Recommender], sums: Sum | None = None) -> int:
    """Where a variant stands in the pool."""
    alike = [at for at, each in enumerate(POOL) if type(each) is kind and (sums is None or each.sums == (sums,))]  # type: ignore[attr-defined]
    return alike[0]


def fitted(tell: dict[int, float], moments: int = 120, seed: int = 0, task: Task = Task.SESSION) -> Weights:
    """Weights fitted where the wanted artists are those with the largest Σ tell[column] · what the column says (and
    some chance), and all other columns are chance."""
    fitting = Fitting(task, Mode.FAMILIAR, POOL)
    for number in range(moments):
        fitting.add(moment(tell, np.random.default_rng(1_000 * seed + number), number))
    return fitting.weights()


def moment(tell: dict[int, float], rng: np.random.Generator, number: int) -> Said:
    value = rng.normal(0.0, 1.0, (CANDIDATES, len(POOL)))
    truth = value[:, list(tell)] @ np.array(list(tell.values())) + rng.normal(0.0, 0.5, CANDIDATES)
    wanted = truth >= np.sort(truth)[-5]
    codes, plays = np.arange(CANDIDATES), np.ones(CANDIDATES, np.int64)
    when = Moment(number * DAY_S, number * DAY_S + 1, Query(Mode.FAMILIAR, 0), codes[wanted])
    return Said(when, codes, value, wanted, plays, CANDIDATES, 5, 5)


class TestFitting:
    def test_what_helps_counts_and_what_does_not_counts_nothing(self) -> None:
        """The weights are those that the moments were made with: 1, 0.5 and nothing."""
        weights = fitted({column(Decay, Sum(16.0, 0.5)): 1.0, column(Habit): 0.5})
        of = dict(zip(weights.names, weights.weight.tolist(), strict=True))
        assert of["decay"] == 1.0
        assert of["habit"] == pytest.approx(0.5, abs=0.2)
        assert (of["sequence"], of["rediscovery"], of["rising"]) == (0.0, 0.0, 0.0)
        assert of["base-level"] < 0.1  # the usual blend has it
        assert weights.moments == 120

    def test_it_begins_with_the_variant_that_is_best_alone(self) -> None:
        weights = fitted({column(BaseLevel, Sum(0.7, 1.0)): 1.0})
        of = dict(zip(weights.names, weights.weight.tolist(), strict=True))
        assert of["base-level"] == 1.0
        assert of["decay"] < 0.1
        (_, base, *_) = made(Mode.FAMILIAR, weights.parameters)
        assert isinstance(base, BaseLevel)
        assert max(base.sums, key=lambda each: each.worth)[:2] == (0.7, 1.0)

    def test_a_blend_ranks_better_than_its_first_signal_on_moments_it_was_not_fitted_on(self) -> None:
        tell = {column(Decay, Sum(2.0, 1.0)): 1.0, column(BaseLevel, Sum(0.7, 0.5)): 0.6, column(Habit): 0.4}
        weights = fitted(tell)
        mine, first = [], []
        for number in range(500, 700):
            said = moment(tell, np.random.default_rng(number), number)
            unit, _, _ = standardised(said.value)
            blend = np.array([weights.weight[weights.names.index(POOL[at].name)] for at in tell])
            mine.append(_found(weighted(unit[:, list(tell)], blend), said))
            first.append(_found(unit[:, next(iter(tell))], said))
        assert np.mean(mine) > 1.2 * np.mean(first)

    def test_too_few_moments_have_the_usual_weights(self) -> None:
        weights = fitted({0: 1.0}, moments=19)
        assert weights.moments == 0
        assert weights.weight.tolist() == usual(Task.SESSION, Mode.FAMILIAR).weight.tolist()
        assert weights.by_rank
        assert not fitted({0: 1.0}, moments=20).by_rank

    def test_few_moments_stay_nearer_to_the_usual_weights(self) -> None:
        tell = {column(Decay, Sum(2.0, 1.0)): 1.0}
        few, many = (dict(zip(w.names, w.weight, strict=True)) for w in (fitted(tell, 20), fitted(tell, 300)))
        assert few["base-level"] > 2 * many["base-level"] > 0 or many["base-level"] == 0 < few["base-level"]

    @pytest.mark.parametrize("task", Task)
    def test_it_is_the_same_every_time(self, task: Task) -> None:
        one, other = (fitted({3: 1.0, 9: 0.5}, 60, task=task) for _ in range(2))
        assert one.weight.tolist() == other.weight.tolist()
        assert one.parameters == other.parameters

    def test_one_artist_known_is_no_trouble(self) -> None:
        fitting = Fitting(Task.SESSION, Mode.FAMILIAR, POOL)
        for number in range(30):
            when = Moment(number * DAY_S, number * DAY_S + 1, Query(Mode.FAMILIAR, 0), np.zeros(1, np.int64))
            one = np.ones(1, np.int64)
            fitting.add(Said(when, 0 * one, np.ones((1, len(POOL))), one > 0, one, 1, 1, 1))
        weights = fitting.weights()
        assert np.isfinite(weights.weight).all()
        assert np.isfinite(list(weights.parameters.values())).all()


class TestPool:
    @pytest.mark.parametrize("mode", Mode)
    def test_every_signal_has_a_name_of_its_own(self, mode: Mode) -> None:
        assert len(set(names(mode))) == len(names(mode))
        assert names(Mode.FAMILIAR) == ("decay", "base-level", "habit", "sequence", "rediscovery", "rising")
        assert names(Mode.DISCOVER) == ("similar", "second-hand", "tags", "popularity")

    def test_parameters_make_the_same_again(self) -> None:
        sums = (Sum(8.0, 0.5, 0.75), Sum(64.0, 1.0, 0.25))
        rates = (Sum(0.7, 0.0),)
        given = parameters_of("decay", sums) | parameters_of("base-level", rates)
        assert given["decay.1.rate"] == 64.0
        decay, base, *_ = made(Mode.FAMILIAR, given)
        assert isinstance(decay, Decay)
        assert isinstance(base, BaseLevel)
        assert (decay.sums, base.sums) == (sums, rates)

    def test_without_parameters_they_have_their_own(self) -> None:
        decay, base, *_ = made(Mode.FAMILIAR, {})
        assert isinstance(decay, Decay)
        assert (decay.sums, base.sums) == (Decay().sums, BaseLevel().sums)  # type: ignore[attr-defined]

    def test_ninety_days_have_no_hour(self) -> None:
        told = {task: {each.name for each in variants(Mode.FAMILIAR, task)} for task in Task}
        assert told[Task.SESSION] - told[Task.DAYS] == {"habit", "sequence"}


def _found(score: Float64, said: Said) -> int:
    """How many of the wanted are among the five that score highest."""
    return int(said.wanted[np.argsort(-score)[:5]].sum())
