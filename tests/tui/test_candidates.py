"""Widgets of Discover on recommendations made by hand: rows, their strips, and the anatomy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from tui_music.engine.candidate import Candidate, Evidence, Level, Mode, Of, Recommendations, Share
from tui_music.text import cells, shown
from tui_music.tui.widgets.anatomy import joined, words_of
from tui_music.tui.widgets.candidates import CandidateRows, scale_of, score_of, sign_of, strip_of
from tui_music.tui.widgets.columns import Cell
from tui_music.tui.widgets.dials import _track
from tui_music.tui.widgets.table import Rows


def candidate(name: str, score: float, shares: Sequence[float], plays: int = 0, sure: float = 1.0) -> Candidate:
    signals = tuple(
        Share(signal, share, 0.0 if math.isnan(share) else share, ())
        for signal, share in zip(("similar", "second-hand", "tags", "dial: new"), shares, strict=False)
    )
    return Candidate(None, sum(map(ord, name)), name, score, sure, plays, None, signals, f"Like {name}.")


def answer(*candidates: Candidate) -> Recommendations:
    return Recommendations(Mode.DISCOVER, candidates, 612, Level.ALL, None, None)


MOTH = candidate("Moth", 0.742, [0.48, 0.17, -0.09])
YEAR = candidate("Year", 0.31, [0.06, math.nan, 0.24, 0.9], sure=0.3)


def test_a_strip_has_a_cell_for_each_signal_in_one_order() -> None:
    scale = scale_of([MOTH, YEAR])
    assert scale.signals == ("similar", "second-hand", "tags"), "dials are no signals"
    assert scale.largest == 0.48
    assert strip_of(MOTH, scale) == "█▃−"
    assert strip_of(YEAR, scale) == "▁·▄"


@pytest.mark.parametrize(
    ("best", "said"), [(1_234.0, "1,234"), (34.25, "34.2"), (3.14159, "3.14"), (0.7421, "0.742"), (0.0311, "0.0311")]
)
def test_scores_have_three_figures_of_the_best(best: float, said: str) -> None:
    assert score_of(candidate("A", best, []), scale_of([candidate("A", best, [])])) == said


def test_low_confidence_and_falling_scores_are_marked() -> None:
    scale = scale_of([MOTH])
    assert score_of(YEAR, scale) == "~0.310"
    assert score_of(candidate("A", -0.2, []), scale) == "−0.200"


def test_new_and_hardly_known_artists_are_marked_and_verdicts_come_first() -> None:
    assert sign_of(MOTH.plays)[0] == "✦"
    assert sign_of(2)[0] == "~"
    assert sign_of(3)[0] == ""
    assert sign_of(MOTH.plays, "yes")[0] == "+"


def test_who_was_decided_on_leaves_and_comes_back_in_the_same_place() -> None:
    found = answer(MOTH, YEAR, candidate("Ferry", 0.1, []))
    leaves = frozenset(("later", "never"))
    all_of_them = CandidateRows("Discover", found, {}, leaves)
    without = CandidateRows("Discover", found, {"year": "never", "moth": "yes"}, leaves)
    assert [each.name for each in without.candidates] == ["Moth", "Ferry"]
    cell = without.cells(0)[1]
    assert isinstance(cell, Cell)
    assert cell.text == "+"
    assert without.position(1) == "2 of 612"
    assert all_of_them.came_back(without, 0) == 1
    assert without.came_back(all_of_them, 1) == 1
    assert all_of_them.came_back(Rows(), 2) == 2


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (Evidence(Of.ARTIST, "Ilse Morn", 0.814, "similarity", 0.1), "Ilse Morn .81"),
        (Evidence(Of.ARTIST, "Tallow", 1.0, "similarity", 0.1), "Tallow 1.00"),
        (Evidence(Of.ARTIST, "Tallow", 53.0, "neighbours in common", 0.1), "Tallow, 53 in common"),
        (Evidence(Of.PLAYS, "in the last 7 days", 1.0, "plays", 0.1), "1 play in the last 7 days"),
        (Evidence(Of.TAG, "dream pop", 2_140.0, "plays", 0.1), "dream pop, 2,140 plays"),
        (Evidence(Of.POPULARITY, "everybody", 1_892.0, "listeners", 0.1), "1,892 listeners"),
        (Evidence(Of.TREND, "a month", 0.25, "more", 0.1), "a month, 0.25 more"),
        (Evidence(Of.TAG, "\x1b[2J[red]", 3.0, "plays", 0.1), "�[2J[red], 3 plays"),
    ],
)
def test_evidence_in_words(evidence: Evidence, said: str) -> None:
    assert words_of(evidence) == said


def test_as_much_as_fits_whole() -> None:
    texts = [shown(each) for each in ("Vesper .81", "東ノ宮 .77", "Tallow .52")]
    assert joined(texts, 40) == "Vesper .81 · 東ノ宮 .77 · Tallow .52"
    assert joined(texts, 25) == "Vesper .81 · 東ノ宮 .77"
    assert cells(joined(texts, 6)) <= 6
    assert joined([], 10) == ""


def test_a_dial_moves_by_half_a_cell_between_its_ends() -> None:
    assert [_track(place, 9) for place in (0, 0.0625, 0.5, 0.9375, 1)] == [
        "▌───┼───┤", "▐───┼───┤", "├───▌───┤", "├───┼──▐┤", "├───┼───▌",
    ]  # fmt: skip
