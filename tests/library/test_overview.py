"""The answer that the first screen shows, and its form in a file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import Row, make_history, random_history, rows_of_plays
from tui_music.library.calendar import parse_range
from tui_music.library.history import History
from tui_music.library.overview import TOP, from_bytes, overview, to_bytes
from tui_music.library.ranking import rank_albums, rank_artists, rank_tracks
from tui_music.library.scope import Kind, Measure, Scope
from tui_music.library.statistics import listening_over_time, totals

SCOPE = Scope("mira", "Europe/Berlin")


@pytest.fixture(scope="module")
def history() -> History:
    return random_history(20_000, 300, 2_000, 400)


def test_it_is_what_each_question_answers(history: History) -> None:
    scope = SCOPE.within(parse_range("2016..2018", date(2024, 1, 1)))
    found = overview(history, scope)
    assert found.scope == scope
    assert found.revision == history.revision
    assert found.totals == totals(history, scope)
    assert found.series.ms.tolist() == listening_over_time(history, scope).ms.tolist()
    for what, rank in (("artists", rank_artists), ("tracks", rank_tracks), ("albums", rank_albums)):
        for by in Measure:
            ranking, top = rank(history, scope, by), found.top(what, by)  # type: ignore[arg-type]
            assert (top.total, len(top.rows)) == (len(ranking), TOP)
            for at, row in enumerate(top.rows):
                assert (row.name, row.artist) == (ranking.name(at), ranking.artist_name(at))
                assert (row.ms, row.plays, row.counted) == (ranking.ms[at], ranking.plays[at], ranking.counted[at])
                assert (row.tracks, row.first, row.last) == (ranking.tracks[at], ranking.first[at], ranking.last[at])


def test_it_survives_a_file(history: History) -> None:
    found = overview(history, SCOPE)
    data = to_bytes(found)
    back = from_bytes(data)
    assert back is not None
    assert to_bytes(back) == data
    assert (back.totals, back.tops, back.scope) == (found.totals, found.tops, found.scope)
    assert back.week.ms.shape == (7, 24)
    for column in ("ms", "counted", "new_artists"):
        kept, fresh = getattr(back.series, column), getattr(found.series, column)
        assert (kept.dtype, kept.tolist()) == (fresh.dtype, fresh.tolist())


def test_it_is_small_even_with_long_names(history: History) -> None:
    assert len(to_bytes(overview(history, SCOPE))) < 200_000


def test_the_form_of_dates_times_and_what_is_missing() -> None:
    history = make_history([Row("2021-03-27T23:30:00", "A", "a", 5)])
    form = json.loads(to_bytes(overview(history, SCOPE)))
    assert form["series"]["starts"] == ["2021-03-28"]
    assert form["totals"]["first"] == 1_616_887_800
    assert form["tops"][0]["rows"][0]["engagement"] is None
    assert form["kind"] == Kind.MUSIC


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"schema": 1}'])
def test_damaged_bytes_are_no_overview(data: bytes) -> None:
    assert from_bytes(data) is None


def test_another_form_is_no_overview(history: History) -> None:
    found = overview(history, SCOPE)
    assert from_bytes(to_bytes(replace(found, schema=found.schema + 1))) is None
    assert from_bytes(to_bytes(found)[:-10]) is None


@settings(max_examples=60)
@given(rows_of_plays(), st.integers(1, 1000), st.sampled_from(["UTC", "Europe/Berlin"]))
def test_no_answer_depends_on_codes(rows: list[Row], seed: int, zone: str) -> None:
    scope = Scope("mira", zone)
    plain = to_bytes(overview(make_history(rows), scope))
    assert to_bytes(overview(make_history(rows[::-1], shuffle_codes=seed), scope)) == plain
