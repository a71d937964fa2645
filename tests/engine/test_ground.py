"""Ranks, closeness, and where artists stand on the dials' axes."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.worlds import FETCHED, known, plays_of
from tests.histories import make_history
from tui_music.engine.candidate import Mode
from tui_music.engine.ground import Ground, nothing_known
from tui_music.engine.listening import listening
from tui_music.engine.presets import PRESETS, Preset
from tui_music.library.history import Bool, Float64, History, Int64


def ground(
    history: History,
    similar: dict[str, dict[str, float]] | None = None,
    listeners: dict[str, float] | None = None,
) -> Ground:
    knowledge = known(history, similar, listeners=listeners)
    return Ground(listening(history, "UTC", FETCHED + 1), knowledge, np.full(len(knowledge), -1, np.int32))


def by_name(ground: Ground, column: Float64 | Int64 | Bool) -> dict[str, float]:
    return dict(zip(ground.knowledge.artists, column.tolist(), strict=True))


def test_ranks_are_by_plays_then_by_name_and_nobody_unheard_has_one() -> None:
    found = ground(plays_of(b=[1, 2], a=[3, 4], c=[5, 6, 7]), similar={"a": {"never": 1.0}})
    assert by_name(found, found.rank) == {"b": 3, "a": 2, "c": 1, "never": 0}
    assert [found.knowledge.artists[code] for code in found.by_name] == ["a", "b", "c", "never"]


def test_ranks_do_not_depend_on_codes() -> None:
    rows = [(FETCHED - day * 86_400, name, "song") for day, name in enumerate("abcdefgabcd")]
    for seed in range(5):
        found = ground(make_history(rows, shuffle_codes=seed))
        assert by_name(found, found.rank) == {name: place for place, name in enumerate("abcdefg", 1)}


def test_recent_plays_halve_every_sixty_days() -> None:
    found = ground(plays_of(a=[0, 60, 120], b=[240]))
    assert by_name(found, found.recent) == pytest.approx({"a": 1.75, "b": 0.0625}, rel=1e-6)


def test_closeness_is_the_best_similarity_to_what_was_heard() -> None:
    """a says 1.0 of near and near .6 of a: both were asked, so it is .8. far is like nobody that was heard."""
    found = ground(plays_of(a=[1], b=[2]), similar={"a": {"near": 1.0}, "near": {"far": 1.0, "a": 0.6}})
    closeness = by_name(found, found.closeness)
    assert closeness == pytest.approx({"a": 1.0, "b": 1.0, "near": 0.8, "far": 0.0})


def test_who_is_in_question() -> None:
    found = ground(plays_of(often=[1, 2, 3], barely=[1, 2]), similar={"often": {"never": 1.0}})
    assert by_name(found, found.candidates(Mode.FAMILIAR, None)) == {"often": True, "barely": True, "never": False}
    assert by_name(found, found.candidates(Mode.DISCOVER, None)) == {"often": False, "barely": True, "never": True}
    of_a_tier = found.candidates(Mode.FAMILIAR, np.array([0], np.int32))
    assert by_name(found, of_a_tier) == {"often": True, "barely": False, "never": False}


def test_the_axes_of_what_is_familiar() -> None:
    history = plays_of(old=[900] * 9, fresh=[1] * 9, few=[400], some=[500, 40], more=[600, 20], rare=[700])
    found = ground(history, listeners={"few": 10, "old": 1e6})
    new, obscure, lately = (by_name(found, axis) for axis in found.axes(Mode.FAMILIAR, np.arange(6)).T)
    assert new["few"] > new["old"] == new["fresh"]
    assert obscure["few"] > obscure["fresh"] == 0.0 > obscure["old"]  # nobody knows how many listen to fresh
    assert lately["fresh"] == max(lately.values())
    assert lately["old"] == min(lately.values())


def test_the_axes_of_what_may_be_discovered() -> None:
    """Of two never heard, one is like what is played now, the other like what was played years ago."""
    found = ground(
        plays_of(now=[1] * 9, then=[900] * 9, tried=[5]),
        similar={"now": {"like now": 1.0}, "then": {"like then": 1.0}, "like now": {"beyond": 1.0}},
    )
    codes = np.flatnonzero(found.candidates(Mode.DISCOVER, None))
    names = [found.knowledge.artists[code] for code in codes]
    new, _, lately = (dict(zip(names, axis, strict=True)) for axis in found.axes(Mode.DISCOVER, codes).T)
    assert new["beyond"] > new["like then"] > new["tried"]
    assert lately["like now"] == max(lately.values())
    assert lately["like then"] == min(lately.values())


def test_a_library_whose_services_were_never_asked() -> None:
    history = plays_of(a=[1, 2], b=[3])
    knowledge = nothing_known(history.names)
    found = Ground(listening(history, "UTC", FETCHED), knowledge, np.full(2, -1, np.int32))
    assert knowledge.is_empty
    assert not found.axes(Mode.DISCOVER, np.arange(2))[:, 1].any()
    assert by_name(found, found.closeness) == {"a": 1.0, "b": 1.0}


def test_presets_are_positions_of_the_dials_and_weight_on_top() -> None:
    assert list(PRESETS) == ["balanced", "comfort", "adventure", "obscure", "right now"]
    weights = np.array([3.0, 1.0])
    for preset in PRESETS.values():
        assert (preset.weights(("decay", "habit"), weights) >= weights).all()
    assert PRESETS["balanced"] == Preset("balanced", PRESETS["balanced"].meaning)
    assert PRESETS["right now"].weights(("decay", "habit"), weights).tolist() == [3.0, pytest.approx(2.6)]
    assert PRESETS["comfort"].dials.new < 0.5 < PRESETS["adventure"].dials.new
    assert PRESETS["obscure"].dials.obscure > 0.5
