"""Popularity as a signal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engine.worlds import FETCHED, known, plays_of
from tui_music.engine.candidate import Mode, Query
from tui_music.engine.ground import nothing_known
from tui_music.engine.listening import listening
from tui_music.engine.popularity import Popularity

ANY = Query(Mode.DISCOVER, hour=0)


def test_ten_times_the_listeners_are_one_step_wherever_one_stands() -> None:
    history = plays_of(Own=[1])
    knowledge = known(history, listeners={"A": 999, "B": 9_999, "C": 99_999, "Own": 0})
    popularity = Popularity().fit(listening(history, "UTC", FETCHED), knowledge)
    own, a, b, c = popularity.scores(ANY)
    assert own == 0
    assert b - a == pytest.approx(c - b) == pytest.approx(np.log(10))


def test_evidence_is_what_nobody_listening_would_change_and_nan_is_no_opinion() -> None:
    history = plays_of(Own=[1])
    heard = listening(history, "UTC", FETCHED)
    knowledge = known(history, listeners={"A": 5_000}, similar={"Own": {"Unknown": 1.0}})
    popularity = Popularity().fit(heard, knowledge)
    code = knowledge.artists.index("A")
    (evidence,) = popularity.evidence(ANY, code)
    nobody = replace(knowledge, listeners=np.where(knowledge.listeners == 5_000, 0.0, np.nan))
    less = Popularity().fit(heard, nobody).scores(ANY)[code]
    assert evidence.effect == popularity.scores(ANY)[code] - less
    assert (evidence.value, evidence.unit) == (5_000, "listeners")
    assert popularity.evidence(ANY, knowledge.artists.index("Unknown")) == []
    assert np.isnan(Popularity().fit(heard, nothing_known(history.names)).scores(ANY)).all()
