"""The recommenders there are to choose from, and how they are made again from the parameters that were chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from itertools import product
from typing import Any

from tui_music.engine.baselines import ActR, Baseline, Hours, LastDays, MostRecent, PlainDecay, PlayCount
from tui_music.engine.candidate import Mode, Recommender
from tui_music.engine.company import Company
from tui_music.engine.habits import Habit
from tui_music.engine.moments import Task
from tui_music.engine.popularity import Popularity
from tui_music.engine.recency import BaseLevel, Decay, Recency, Sum
from tui_music.engine.rediscovery import Rediscovery
from tui_music.engine.rising import Phases, Rising, RisingAnew
from tui_music.engine.sequence import Sequence as After
from tui_music.engine.similar import SecondHand, Similar
from tui_music.engine.sound import Sound
from tui_music.engine.tags import Tags

#: Half-lives in days, and exponents of the age in days. Blends of more than these were no better.
HALF_LIVES = (2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
RATES = (0.3, 0.5, 0.7, 0.9, 1.1)
REPEATS = (0.0, 0.5, 1.0)

_RECENCY: tuple[type[Recency], ...] = (Decay, BaseLevel)
_FAMILIAR: tuple[type[Any], ...] = (Habit, After, Rediscovery)
_DISCOVER: tuple[type[Any], ...] = (Similar, SecondHand, Tags, Popularity)
#: Recommenders that take too long to learn anew at every moment of the past.
SLOW: tuple[type[Any], ...] = (RisingAnew, *_DISCOVER, Company, Sound)


def names(mode: Mode) -> tuple[str, ...]:
    """The signals of a mode."""
    return tuple(each.name for each in made(mode, {}))


def made(
    mode: Mode,
    parameters: Mapping[str, float],
    phases: Phases | None = None,
    others: Sequence[Recommender] = (),
    *,
    learning: bool = False,
) -> tuple[Recommender, ...]:
    """Every recommender of a mode, not fitted, with ``parameters`` (see :func:`parameters_of`) in place of its own.

    Rising artists are told by ``phases``, or when ``learning`` by those found anew. ``others`` discover, too: those
    that go by files the person has.
    """
    if mode is Mode.DISCOVER:
        return *(kind() for kind in _DISCOVER), *map(copy, others)
    recency = (kind(*_sums(kind.name, parameters)) for kind in _RECENCY)
    return *recency, *(kind() for kind in _FAMILIAR), RisingAnew() if learning else Rising(phases)


def parameters_of(name: str, sums: Iterable[Sum]) -> dict[str, float]:
    """The sums of a recency as numbers by name: "decay.0.rate", "decay.0.repeats", "decay.0.worth", "decay.1.rate" …"""
    return {f"{name}.{at}.{field}": value for at, each in enumerate(sums) for field, value in each._asdict().items()}


def variants(mode: Mode, task: Task, others: Sequence[Recommender] = ()) -> Sequence[Recommender]:
    """What weights are fitted over: the recommenders of a mode that can tell something for a task, in all variants."""
    if mode is Mode.DISCOVER:
        return made(mode, {}, others=others)
    recency: list[Recommender] = [Decay(Sum(*each)) for each in product(HALF_LIVES, REPEATS)]
    recency += [BaseLevel(Sum(*each)) for each in product(RATES, REPEATS)]
    now: tuple[Recommender, ...] = (Habit(), After()) if task is Task.SESSION else ()  # 90 days have no hour
    return [*recency, *now, Rediscovery(), RisingAnew()]


def baselines() -> Sequence[Baseline]:
    """The baselines, those with a parameter in all variants."""
    plain: tuple[Baseline, ...] = (PlayCount(), Hours(), LastDays(), MostRecent())
    return [*plain, *map(PlainDecay, (1.0, *HALF_LIVES, 256.0)), *map(ActR, (*RATES, 1.3))]


def _sums(name: str, parameters: Mapping[str, float]) -> list[Sum]:
    found: dict[int, dict[str, float]] = {}
    for key, value in parameters.items():
        whose, at, field = key.split(".")
        if whose == name:
            found.setdefault(int(at), {})[field] = value
    return [Sum(**found[at]) for at in sorted(found)]
