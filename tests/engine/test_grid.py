"""The grid of tiers and familiarity."""

from __future__ import annotations

import numpy as np

from tests.engine.worlds import FETCHED, known, plays_of
from tui_music.engine.candidate import Mode
from tui_music.engine.grid import BANDS, TIERS, grid
from tui_music.engine.ground import Ground
from tui_music.engine.listening import listening
from tui_music.library.history import History


def ground(history: History) -> Ground:
    knowledge = known(history, {"a0": {"never": 1.0, "a1": 0.5}, "a30": {"never": 0.3, "also never": 1.0}})
    return Ground(listening(history, "UTC", FETCHED + 1), knowledge, np.full(len(knowledge), -1, np.int32))


def world() -> Ground:
    """a0 has 100 plays, a1 99, …; every third one was last played a day, 100 days, 1,000 days ago."""
    return ground(plays_of(**{f"a{n}": [(1, 100, 1000)[n % 3]] * (100 - n) for n in range(60)}))


def test_every_artist_heard_is_in_one_cell() -> None:
    found = grid(world())
    assert found.counts.shape == (len(TIERS), len(BANDS))
    assert found.counts[:, :3].tolist() == [[4, 3, 3], [13, 14, 13], [3, 3, 4], [0, 0, 0], [0, 0, 0]]
    assert found.counts[:, 3].tolist() == [1, 2, 0, 0, 0]


def test_a_cell_is_the_query_for_its_artists() -> None:
    there = world()
    query = grid(there).query(0, 2, hour=42)
    assert (query.mode, query.hour) == (Mode.FAMILIAR, 42)
    assert query.seeds is not None
    assert [there.knowledge.artists[code] for code in query.seeds] == ["a2", "a5", "a8"]
    new = grid(there).query(1, 3, hour=42, current=7)
    assert (new.mode, new.current) == (Mode.DISCOVER, 7)
    assert new.seeds is not None
    assert len(new.seeds) == 40


def test_the_grid_of_nothing() -> None:
    assert not grid(
        Ground(listening(plays_of(), "UTC", FETCHED), known(plays_of()), np.zeros(0, np.int32))
    ).counts.any()
