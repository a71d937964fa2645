"""The invented world is what tests take it for, and the signals find in it what the listener does next."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.invented import Invented, invent
from tui_music.engine.candidate import Mode, Query, Recommender
from tui_music.engine.popularity import Popularity
from tui_music.engine.similar import SecondHand, Similar
from tui_music.engine.tags import Tags

ANY = Query(Mode.DISCOVER, hour=0)


@pytest.fixture(scope="module")
def world() -> Invented:
    return invent(everybody=True)


def test_a_seed_makes_one_world() -> None:
    one, same, other = invent(3), invent(3), invent(4)
    assert one.answers == same.answers
    assert one.history.start.tolist() == same.history.start.tolist()
    assert one.answers != other.answers


def test_most_artists_were_never_heard_and_genres_hold_together(world: Invented) -> None:
    knowledge = world.knowledge
    assert len(knowledge) > 4 * knowledge.own > 100
    rows, columns = knowledge.similar.nonzero()
    genre = np.array([world.genre[name] for name in knowledge.artists])
    assert (genre[rows] == genre[columns]).mean() > 0.6


def found_later(world: Invented, signal: Recommender) -> float:
    """The mean place (0 best, 1 worst) that a signal gives to the artists which are new after two thirds of the time,
    among all that were not heard before."""
    heard = world.listening
    before = heard.until(int(heard.start[0] + (heard.start[-1] - heard.start[0]) * 2 // 3))
    known = np.zeros(len(world.knowledge), np.bool_)
    known[: heard.artists] = before.plays > 0
    new = ~known[: heard.artists] & (heard.plays > 0)
    assert new.sum() > 5
    scores = np.nan_to_num(signal.fit(before, world.knowledge).scores(ANY), nan=-1.0)
    above = [(scores[~known] > score).mean() for score in scores[: heard.artists][new]]
    return float(np.mean(above))


def test_similarity_finds_what_is_discovered_next_and_everything_else_less_so(world: Invented) -> None:
    places = {signal.name: found_later(world, signal) for signal in (Similar(), SecondHand(), Tags(), Popularity())}
    assert places["similar"] < 0.15
    assert places["second-hand"] < 0.15
    assert places["tags"] < 0.35
    assert places["similar"] < places["tags"] < places["popularity"]
