"""Sums and charts over several listeners, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports import BEGIN, episode, imported, new_library, row, write
from tui_music.errors import NoLibrary
from tui_music.library.library import Library
from tui_music.library.listeners import Charted, ListenerSums, listener_charts, listener_sums
from tui_music.library.scope import Kind

DAY = 86_400
START = int(BEGIN.timestamp())


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """mira: 3 counted plays of A, 1 of B, one skipped, one podcast; jun: 2 of B; ona: nothing that counts."""
    library = new_library(tmp_path)
    mira = [row(at * DAY, "a", "A") for at in range(3)] + [row(9, "b", "B"), row(20, "a", "A", 5_000), episode(40)]
    imported(library, write(tmp_path / "1.json", mira), listener="mira")
    imported(library, write(tmp_path / "2.json", [row(5, "b", "B"), row(9_000, "b", "B")]), listener="jun")
    imported(library, write(tmp_path / "3.json", [row(7, "c", "C", 1_000)]), listener="ona")
    return library


def test_sums(library: Library) -> None:
    assert listener_sums(library) == (
        ListenerSums("mira", 4, 4 * 200_000 + 5_000, START, START + 2 * DAY),
        ListenerSums("jun", 2, 400_000, START + 5, START + 9_000),
        ListenerSums("ona", 0, 1_000, START + 7, START + 7),
    )


def test_sums_of_another_kind_and_threshold(library: Library) -> None:
    assert [each.name for each in listener_sums(library, counted_ms=0)] == ["mira", "jun", "ona"]
    assert [each.plays for each in listener_sums(library, counted_ms=0)] == [5, 2, 1]
    podcasts = listener_sums(library, Kind.PODCAST)
    assert podcasts[0] == ListenerSums("mira", 1, 200_000, START + 40, START + 40)
    assert podcasts[1:] == (ListenerSums("jun", 0, 0, None, None), ListenerSums("ona", 0, 0, None, None))


def test_charts(library: Library) -> None:
    charts = listener_charts(library)
    assert charts.artists == (Charted("A", "A", 3, 1), Charted("B", "B", 3, 2)), "as many plays: by name"
    assert charts.tracks == (Charted("a", "A", 3, 1), Charted("b", "B", 3, 2))
    assert charts.days.tolist() == [START // DAY + day for day in range(3)]
    assert charts.plays_on.tolist() == [4, 1, 1]


def test_charts_of_what_nobody_plays(library: Library) -> None:
    charts = listener_charts(library, Kind.AUDIOBOOK)
    assert (charts.artists, charts.tracks, charts.days.tolist(), charts.plays_on.tolist()) == ((), (), [], [])


def test_no_library(tmp_path: Path) -> None:
    with pytest.raises(NoLibrary):
        listener_sums(new_library(tmp_path))
