"""Invented listeners for tests of the engine: each life has what it is there for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.exports import plays_of
from tests.invented import LIVES, invented_history, keep_invented_replies
from tui_music.library.history import History
from tui_music.services.cache import ReplyCache
from tui_music.text import fold


def artists(history: History) -> int:
    return len(np.unique(history.artist))


def longest_silence(history: History) -> float:
    """In days."""
    return float(np.diff(history.start).max() / 86_400)


@pytest.mark.parametrize("life", LIVES)
def test_a_seed_is_a_listener(life: str) -> None:
    first, again, other = invented_history(1, life), invented_history.__wrapped__(1, life), invented_history(2, life)
    assert 5_500 < len(other) <= len(first) == 6_000
    assert plays_of(first) == plays_of(again)
    assert set(first.names.tracks) != set(other.names.tracks)
    assert 2 < (first.start[-1] - first.start[0]) / 31_557_600 < 4.1


def test_they_live_differently() -> None:
    mixed, albums, few, many, gaps = (invented_history(3, life) for life in ("mixed", "albums", "few", "many", "gaps"))

    def in_a_row(history: History) -> float:
        """The share of plays that are of the same album as the one before."""
        return float(np.mean(history.album[1:] == history.album[:-1]))

    assert in_a_row(albums) > 0.7 > 0.6 > in_a_row(mixed)
    assert artists(few) == 12
    assert artists(many) > 4 * artists(mixed)
    assert longest_silence(gaps) > 200 > 4 * longest_silence(mixed)


def test_services_know_their_artists(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path)
    keep_invented_replies(cache, 3, "few")
    asked = {key.args[0] for key, _ in cache.each("similar_artists")}
    assert {fold(name) for name in invented_history(3, "few").names.artists} <= asked
    assert len(asked) > 250
