"""Rankings and tiers."""

from __future__ import annotations

from collections import defaultdict
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import Row, make_history, random_history, rows_of_plays
from tui_music.library.engagement import play_engagement
from tui_music.library.history import History
from tui_music.library.ranking import (
    Ranking,
    albums_of,
    artists_of,
    first_ranks,
    rank_albums,
    rank_artists,
    rank_tracks,
    tracks_of,
)
from tui_music.library.scope import Kind, Measure, Scope
from tui_music.library.selection import select

SCOPE = Scope("mira")


def times(n: int, artist: str, track: str, ms: int, start: int = 0, album: str | None = None) -> list[Row]:
    return [Row(start + i * 400, artist, track, ms, album) for i in range(n)]


def names(ranking: Ranking) -> list[str]:
    return [ranking.name(row) for row in range(len(ranking))]


def test_the_columns() -> None:
    rows = [
        Row(100, "A", "a", 200_000, "x"),
        Row(500, "A", "b", 29_999, "x"),
        Row(900, "A", "a", 90_000, "y"),
        Row(50, "B", "c", 10_000),
        Row(10, "B", "show", 900_000, kind=Kind.PODCAST),
    ]
    artists = rank_artists(make_history(rows), SCOPE)
    assert names(artists) == ["A", "B"]
    assert artists.ms.tolist() == [319_999, 10_000]
    assert artists.plays.tolist() == [3, 1]
    assert artists.counted.tolist() == [2, 0]
    assert artists.tracks.tolist() == [2, 1]
    assert artists.first.tolist() == [100, 50]
    assert artists.last.tolist() == [900, 50]
    # The mean over counted plays: 1 and 0.7 + 0.3 · 90 / 180. Without a counted play there is none.
    assert artists.engagement.tolist() == pytest.approx([0.925, nan], nan_ok=True)


def test_what_is_large_is_not_written_out_where_it_is_described() -> None:
    history = make_history(times(500, "A", "a", 200_000))
    assert max(len(repr(each)) for each in (history, history.names, rank_artists(history, SCOPE))) < 200


def test_tracks_and_albums_of_all_and_of_one_artist() -> None:
    rows = [
        *times(1, "A", "a", 100_000, 0, "x"),
        *times(1, "A", "b", 50_000, 1000, "x"),
        *times(1, "A", "a", 40_000, 2000, "y"),
        *times(1, "A", "c", 70_000, 3000),
        *times(1, "B", "a", 300_000, 4000, "x"),
    ]
    history = make_history(rows)
    tracks = rank_tracks(history, SCOPE)
    assert [(tracks.artist_name(i), tracks.name(i)) for i in range(4)] == [
        ("B", "a"),
        ("A", "a"),
        ("A", "c"),
        ("A", "b"),
    ]
    assert tracks.tracks.tolist() == [1, 1, 1, 1]
    albums = rank_albums(history, SCOPE)
    assert [(albums.artist_name(i), albums.name(i)) for i in range(3)] == [("B", "x"), ("A", "x"), ("A", "y")]
    assert albums.ms.tolist() == [300_000, 150_000, 40_000]  # the play without an album is in none
    assert albums.tracks.tolist() == [1, 2, 1]
    a = history.names.artists.index("A")
    assert names(rank_tracks(history, SCOPE, artist=a)) == ["a", "c", "b"]
    assert names(rank_albums(history, SCOPE, Measure.PLAYS, artist=a)) == ["x", "y"]


def test_hours_and_plays_order_differently() -> None:
    history = make_history(times(1, "Long", "a", 500_000) + times(3, "Often", "b", 100_000))
    assert names(rank_artists(history, SCOPE)) == ["Long", "Often"]
    assert names(rank_artists(history, SCOPE, Measure.PLAYS)) == ["Often", "Long"]


def test_plays_rank_by_counted_plays() -> None:
    history = make_history(times(5, "Skipped", "a", 20_000) + times(2, "Heard", "b", 40_000))
    assert names(rank_artists(history, SCOPE, Measure.PLAYS)) == ["Heard", "Skipped"]


def test_equal_rows_go_by_artist_then_title_by_code_point() -> None:
    rows = [
        Row(i, a, t, 100_000, "x")
        for i, (a, t) in enumerate([("b", "a"), ("Z", "é"), ("Z", "z"), ("a", "z"), ("é", "a")])
    ]
    for measure in Measure:
        assert names(rank_artists(make_history(rows), SCOPE, measure)) == ["Z", "a", "b", "é"]
        tracks = rank_tracks(make_history(rows), SCOPE, measure)
        assert names(tracks) == ["z", "é", "z", "a", "a"]


def test_ten_counted_plays_come_first_by_engagement() -> None:
    rows = times(10, "Steady", "a", 60_000) + times(9, "Loved", "b", 180_000) + times(1, "Never", "c", 5)
    rows += times(11, "Better", "d", 90_000)
    ranking = rank_artists(make_history(rows), SCOPE, Measure.ENGAGEMENT)
    assert names(ranking) == ["Better", "Steady", "Loved", "Never"]
    assert isnan(ranking.engagement[3])


def test_sorted_by_is_the_same_ranking() -> None:
    history = random_history(3_000, seed=3)
    hours = rank_artists(history, SCOPE)
    for measure in Measure:
        again, fresh = hours.sorted_by(measure), rank_artists(history, SCOPE, measure)
        assert again.by is measure
        assert again.code.tolist() == fresh.code.tolist()
        assert again.sorted_by(Measure.HOURS).code.tolist() == hours.code.tolist()


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("n", [0, 1, 7, 1000])
def test_first_ranks_are_the_first_of_all(measure: Measure, n: int) -> None:
    plays = select(random_history(3_000, seed=3), SCOPE)
    for table in (artists_of(plays), tracks_of(plays), albums_of(plays)):
        expected = [int(table.code[row]) for row in _full(table, measure)[:n]]
        assert first_ranks(table, measure, n).code.tolist() == expected


def _full(table: Ranking, measure: Measure) -> np.typing.NDArray[np.intp]:
    """Rows in full order, by plain sorting."""

    def key(row: int) -> tuple[object, ...]:
        ms, counted, engagement = -int(table.ms[row]), -int(table.counted[row]), float(table.engagement[row])
        name = (table.artist_name(row), table.name(row))
        if measure is Measure.HOURS:
            return ms, counted, name
        if measure is Measure.PLAYS:
            return counted, ms, name
        return counted > -10, 1.0 if isnan(engagement) else -engagement, counted, ms, name

    return np.array(sorted(range(len(table)), key=key), np.intp)


@settings(max_examples=60)
@given(rows_of_plays(), st.sampled_from(Measure), st.integers(0, 5))
def test_agrees_with_a_plain_count_whatever_the_codes(rows: list[Row], measure: Measure, seed: int) -> None:
    history = make_history(rows, shuffle_codes=seed)
    engagement = play_engagement(history)
    for rank, fields in (
        (rank_artists, ("artist",)),
        (rank_tracks, ("artist", "track")),
        (rank_albums, ("artist", "album")),
    ):
        plain: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for i in range(len(history)):
            if history.kind[i] == Kind.MUSIC and ("album" not in fields or history.album[i] >= 0):
                plain[tuple(_name(history, field, i) for field in fields)].append(i)
        ranking = rank(history, SCOPE, measure)
        found = [
            (ranking.artist_name(i), ranking.name(i))[2 - len(fields) :] if len(fields) > 1 else (ranking.name(i),)
            for i in range(len(ranking))
        ]
        assert sorted(found) == sorted(plain)
        for row, name in enumerate(found):
            plays = plain[name]
            heard = [int(history.ms_played[i]) for i in plays]
            counted = [engagement[i] for i in plays if history.ms_played[i] >= 30_000]
            assert ranking.ms[row] == sum(heard)
            assert ranking.plays[row] == len(heard)
            assert ranking.counted[row] == len(counted)
            assert ranking.tracks[row] == len({int(history.track[i]) for i in plays})
            assert (ranking.first[row], ranking.last[row]) == (history.start[plays[0]], history.start[plays[-1]])
            mean = sum(counted) / len(counted) if counted else nan
            assert ranking.engagement[row] == pytest.approx(mean, nan_ok=True, abs=1e-12)
        assert _full(ranking, measure).tolist() == list(range(len(ranking)))


def _name(history: History, field: str, play: int) -> str:
    names: list[str] = getattr(history.names, field + "s")
    return names[int(getattr(history, field)[play])]


def test_rank_of_a_code() -> None:
    history = make_history(
        times(2, "A", "a", 100_000) + times(1, "B", "b", 100_000) + [Row(0, "P", "p", kind=Kind.PODCAST)]
    )
    ranking = rank_artists(history, SCOPE)
    assert [ranking.rank_of(history.names.artists.index(name)) for name in "ABP"] == [1, 2, None]


def five() -> Ranking:
    """Five artists of 50, 40, 30, 20 and 10 minutes."""
    rows = [Row(i, name, "t", (5 - i) * 600_000) for i, name in enumerate("ABCDE")]
    return rank_artists(make_history(rows), SCOPE)


def test_a_tier() -> None:
    tier = five().tier(2, 4)
    assert (tier.start, tier.end, tier.corrected) == (2, 4, False)
    assert (tier.rows, tier.artists, tier.total, tier.counted) == (range(1, 4), 3, 5, 3)
    assert tier.ms == 5_400_000
    assert tier.share_of_all == pytest.approx(90 / 150)
    assert (tier.top, tier.bottom) == ("B", "D")


def test_a_tier_that_ends_before_it_starts_is_its_first_rank() -> None:
    tier = five().tier(3, 1)
    assert (tier.start, tier.end, tier.corrected) == (3, 3, True)
    assert (tier.artists, tier.top, tier.bottom) == (1, "C", "C")


@pytest.mark.parametrize(
    ("start", "end", "artists"), [(6, 9, 0), (4, 99, 2), (1, 5, 5), (9, 2, 0), (-3, 2, 2), (0, 0, 0)]
)
def test_a_tier_may_be_empty_or_reach_beyond_the_end(start: int, end: int, artists: int) -> None:
    tier = five().tier(start, end)
    assert tier.artists == len(tier.rows) == artists
    if not artists:
        assert (tier.ms, tier.share_of_all, tier.top, tier.bottom) == (0, 0.0, None, None)


def test_an_empty_history_ranks_nothing() -> None:
    for rank in (rank_artists, rank_tracks, rank_albums):
        ranking = rank(make_history([]), SCOPE)
        assert len(ranking) == 0
        assert ranking.tier(1, 10).artists == 0
        assert len(ranking.sorted_by(Measure.ENGAGEMENT)) == 0


def test_shares_of_nothing_are_nothing() -> None:
    ranking = rank_artists(make_history([Row(0, "A", "a", 0)]), SCOPE)
    assert ranking.tier(1, 1).share_of_all == 0.0
