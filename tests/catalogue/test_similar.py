"""Tracks like others: hand-worked scores, the same answers as by brute force, and what the published versions got
wrong."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.catalogue.invented import of, song, track_id
from tui_music.catalogue import store
from tui_music.catalogue.catalogue import Catalogue, Level
from tui_music.catalogue.filters import Filters, Mood
from tui_music.catalogue.similar import Seed
from tui_music.catalogue.tables import SOUND
from tui_music.library.history import Float64


def titles(catalogue: Catalogue, *seeds: int, n: int = 20, sound: float = 0.6) -> list[str]:
    found = catalogue.similar([Seed(seed) for seed in seeds], n, sound)
    return [row.track.title for row in found.rows]


def by_title(catalogue: Catalogue, title: str) -> int:
    return next(at for at in range(catalogue.size) if catalogue.track(at).title == title)


def distances(catalogue: Catalogue, seed: int) -> Float64:
    sound = catalogue.sound.astype(np.float64)
    far: Float64 = ((sound - sound[:, [seed]]) ** 2).sum(0)
    return far


def test_scores_worked_by_hand(tmp_path: Path) -> None:
    """Sound is exp(−d² / 36), d being energy's difference in standard deviations; text the cosine of TF-IDF."""
    catalogue = of(
        tmp_path,
        [
            song("Seed", "A", energy=0.9, popularity=90),
            song("Near", "B", energy=0.8, genre="rock", year=1990),
            song("Middle", "A", energy=0.5),
            song("Far", "C", energy=0.1, year=1980),
        ],
    )
    deviation = math.sqrt((0.325**2 + 0.225**2 + 0.075**2 + 0.475**2) / 4)
    sound = {
        title: math.exp(-((far / deviation) ** 2) / 36) for title, far in (("Near", 0.1), ("Middle", 0.4), ("Far", 0.8))
    }
    # idf of artist A and year 2010 ln 4/2, of folk ln 4/3, of what only one has ln 4
    seed, far = 2 * math.log(2) ** 2 + math.log(4 / 3) ** 2, 2 * math.log(4) ** 2 + math.log(4 / 3) ** 2
    text = {"Near": 0.0, "Middle": 1.0, "Far": math.log(4 / 3) ** 2 / math.sqrt(seed * far)}
    rows = {row.track.title: row for row in catalogue.similar([Seed(0)], sound=0.6).rows}
    assert list(rows) == ["Middle", "Near", "Far"]
    for title, row in rows.items():
        assert row.sound == pytest.approx(0.6 * sound[title], abs=1e-6)
        assert row.text == pytest.approx(0.4 * text[title], abs=1e-6)
        assert row.score == row.sound + row.text
    assert [(row.rank, row.level) for row in rows.values()] == [(at, Level.FEATURES) for at in (1, 2, 3)]


def test_the_weight_of_sound_decides_where_raw_cosines_leave_it_empty(tmp_path: Path) -> None:
    """C1.1: the cosine of raw columns is over 0.999 for every two songs, whatever they sound like."""
    rows = [song(f"Song {at}", f"Artist {at % 7}", energy=at / 40, valence=(at * 7 % 40) / 40) for at in range(40)]
    rows += [song("Seed", "Twin", energy=0.9, valence=0.9, acousticness=0.0, popularity=99)]
    rows += [song("Sounds so", "Else", genre="rock", energy=0.9, valence=0.9, acousticness=0.0)]
    rows += [song("Is called so", "Twin", energy=0.05, valence=0.05, acousticness=1.0)]
    catalogue = of(tmp_path, rows)
    raw = np.column_stack([np.nan_to_num(catalogue.raw).T, catalogue.popularity, catalogue.year])
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    assert (unit @ unit.T).min() > 0.999
    seed = by_title(catalogue, "Seed")
    assert titles(catalogue, seed, sound=0.8)[0] == "Sounds so"
    assert titles(catalogue, seed, sound=0.2)[0] == "Is called so"


def test_the_dial_leads_from_the_same_text_to_the_same_sound(invented: Catalogue) -> None:
    """Everywhere between 0 and 1 it changes something."""
    far, same = [], []
    for sound in (0.0, 0.4, 0.6, 0.8, 0.9, 1.0):
        found = [(seed, row) for seed in range(0, 300, 10) for row in invented.similar([Seed(seed)], 20, sound).rows]
        far.append(np.mean([distances(invented, seed)[row.track.index] for seed, row in found]))
        same.append(np.mean([invented.artist[seed] == invented.artist[row.track.index] for seed, row in found]))
    assert far == sorted(far, reverse=True)
    assert same[0] > 2 * same[-1]
    assert len({round(value, 3) for value in far}) == 6


@pytest.mark.parametrize("seed", [0, 17, 1234, 2999])
def test_neighbours_by_sound_are_those_of_brute_force(invented: Catalogue, seed: int) -> None:
    far = distances(invented, seed)
    order = [at for at in np.lexsort((np.arange(len(far)), far)).tolist() if at != seed]
    assert [row.track.index for row in invented.similar([Seed(seed)], 200, 1.0).rows] == order[:200]


@pytest.mark.parametrize("seed", [3, 2000])
def test_text_is_the_cosine_of_tf_idf(invented: Catalogue, seed: int) -> None:
    terms = invented.terms
    dense = np.zeros((invented.size, len(terms.kind)))
    for track in range(invented.size):
        dense[track, terms.of(track)] = 1
    for term in range(len(terms.kind)):
        assert terms.having(term).tolist() == np.flatnonzero(dense[:, term]).tolist()
    dense *= np.log(invented.size / dense.sum(0))
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    expected = dense @ dense[seed]
    found = terms.cosine(terms.query([(seed, 1.0)]))
    assert np.allclose(found, expected, atol=2e-5)
    some = np.arange(100)
    assert np.allclose(terms.exact(terms.query([(seed, 1.0)]), some), expected[:100], atol=2e-5)


def test_a_longer_list_begins_with_the_shorter_one(invented: Catalogue) -> None:
    longest = invented.similar([Seed(40)], 500).rows
    for n in (1, 7, 100):
        assert invented.similar([Seed(40)], n).rows == longest[:n]


def test_several_seeds_are_their_weighted_mean(invented: Catalogue) -> None:
    pair = [Seed(10, 3.0), Seed(700, 1.0)]
    far = 0.75 * distances(invented, 10) + 0.25 * distances(invented, 700)
    order = [at for at in np.lexsort((np.arange(len(far)), far)).tolist() if at not in (10, 700)]
    assert [row.track.index for row in invented.similar(pair, 50, 1.0).rows] == order[:50]
    alone = invented.similar([Seed(10)], 20).rows
    assert invented.similar([Seed(10), Seed(700, 0.0)], 20).rows == alone
    assert invented.similar([Seed(10, 5.0)], 20).rows == alone


def test_a_seed_is_never_answered_though_others_sound_just_so(tmp_path: Path) -> None:
    """C2.5, C3.2: the first of the sorted distances is the seed only where nothing else is at distance 0."""
    rows = [song(f"Take {at}", f"Artist {at}") for at in range(5)] + [song("Other", "B", energy=0.9)]
    catalogue = of(tmp_path, rows)
    for seed in range(catalogue.size):
        found = titles(catalogue, seed, sound=1.0)
        assert len(found) == 5
        assert catalogue.track(seed).title not in found
        if catalogue.track(seed).title != "Other":
            assert found[-1] == "Other"


def test_nothing_of_the_size_of_all_pairs_is_kept(invented: Catalogue) -> None:
    """C1.2: all pairs of 1,160,000 tracks are 5.4 TB."""
    size = sum(array.nbytes for name, array in invented._arrays.items() if name != "search_first")
    assert size < 1_000 * invented.size


def test_asking_opens_nothing_again(invented: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """C2.9: models were loaded at every request."""
    monkeypatch.setattr(store, "load", None)
    monkeypatch.setattr("builtins.open", None)
    assert invented.similar([Seed(1)], 5).rows == invented.similar([Seed(1)], 5).rows


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "test"),
        [
            (Filters(year=(2005, 2010)), lambda track: 2005 <= track.year <= 2010),
            (Filters(tempo=(None, 100)), lambda track: track.tempo <= 100),
            (Filters(popularity=(40, None)), lambda track: track.popularity >= 40),
            (Filters(mood=Mood.SAD), lambda track: track.features[1] < 0.5 and track.features[7] < 0.5),
            (Filters(mood=Mood.TENSE), lambda track: track.features[1] >= 0.5 and track.features[7] < 0.5),
            (Filters(cluster=1), lambda track: track.cluster == 1),
            (Filters(among=np.arange(50, dtype=np.int32)), lambda track: track.index < 50),
            (Filters(never=np.arange(2900, dtype=np.int32)), lambda track: track.index >= 2900),
        ],
        ids=["year", "tempo", "popularity", "sad", "tense", "cluster", "among", "never"],
    )
    def test_only_what_passes(self, invented: Catalogue, filters: Filters, test: object) -> None:
        assert callable(test)
        found = invented.similar([Seed(7)], 3_000, filters=filters)
        expected = {at for at in range(invented.size) if test(invented.track(at))}
        assert {row.track.index for row in found.rows} == expected - {7}
        assert found.considered == len(expected)

    def test_genre(self, invented: Catalogue) -> None:
        genre, count = invented.genres()[3]
        found = invented.similar([Seed(7)], 3_000, filters=Filters(genre=genre.upper()))
        assert {row.track.genre for row in found.rows} == {genre}
        assert found.considered == count

    def test_what_is_not_known_does_not_pass(self, tmp_path: Path) -> None:
        catalogue = of(tmp_path, [song("Seed", popularity=90), song("New", "B", year=""), song("Old", "C", year=1970)])
        rows = catalogue.similar([Seed(0)], filters=Filters(year=(None, 2020))).rows
        assert [row.track.title for row in rows] == ["Old"]

    def test_a_filter_changes_no_score(self, invented: Catalogue) -> None:
        score = {row.track.index: row.score for row in invented.similar([Seed(7)], 3_000).rows}
        for row in invented.similar([Seed(7)], 50, filters=Filters(mood=Mood.HAPPY)).rows:
            assert row.score == score[row.track.index]

    def test_at_most_so_many_of_an_artist(self, invented: Catalogue) -> None:
        for limit in (1, 2):
            rows = invented.similar([Seed(0)], 100, 0.1, per_artist=limit).rows
            artists = [row.track.artist for row in rows]
            assert len(rows) == 100
            assert max(map(artists.count, artists)) <= limit
        assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)


class TestLevels:
    """C2.7: every level says what it is, and none is made of random rows."""

    @pytest.fixture
    def catalogue(self, tmp_path: Path) -> Catalogue:
        silent = dict.fromkeys(SOUND[:11], "")
        return of(
            tmp_path,
            [
                song("Memories", "Maroon Five", track_id=track_id(1), popularity=80),
                song("Older Memories", "Maroon Five", popularity=10, energy=0.7),
                song("Elsewhere", "Nobody", genre="rock", popularity=95),
                song("Silent", "Somebody", genre="rock", popularity=5, **silent),
                song("Rocking", "Anybody", genre="rock", popularity=1),
            ],
        )

    @pytest.mark.parametrize(
        ("text", "level", "seed"),
        [
            ("memories maroon five", Level.FEATURES, "Memories"),
            ("MAROON FIVE – Memories", Level.FEATURES, "Memories"),
            (track_id(1), Level.FEATURES, "Memories"),
            (f"spotify:track:{track_id(1)}", Level.FEATURES, "Memories"),
            (f"https://open.spotify.com/track/{track_id(1)}?si=x", Level.FEATURES, "Memories"),
            ("memries maron five", Level.FUZZY, "Memories"),
            ("Silent", Level.SAME, "Silent"),
            ("Maroon Five", Level.SAME, "Memories"),
            ("maroo", Level.SAME, "Memories"),
            ("A B-side that is not here, by Maroon Five", Level.SAME, "Memories"),
        ],
    )
    def test_what_a_text_means(self, catalogue: Catalogue, text: str, level: Level, seed: str) -> None:
        found = catalogue.find(text)
        assert (found.level, catalogue.track(found.seeds[0].index).title) == (level, seed)
        assert {row.level for row in catalogue.similar(found.seeds, level=found.level).rows} <= {level}

    @pytest.mark.parametrize("text", ["", " ", "qqqq zzzz", "\x1b[2J", "\ud800", "!" * 10_000])
    def test_what_means_nothing_gets_the_popular(self, catalogue: Catalogue, text: str) -> None:
        found = catalogue.find(text)
        assert found.level is Level.POPULAR
        rows = catalogue.similar(found.seeds, 2, level=found.level).rows
        assert [(row.track.title, row.level) for row in rows] == [
            ("Elsewhere", Level.POPULAR), ("Memories", Level.POPULAR)
        ]  # fmt: skip

    def test_without_features_the_same_genre(self, catalogue: Catalogue) -> None:
        found = catalogue.similar(catalogue.find("Silent").seeds)
        assert [row.track.title for row in found.rows] == ["Elsewhere", "Rocking"]
        assert {(row.level, row.sound) for row in found.rows} == {(Level.SAME, 0.0)}

    def test_a_track_named_elsewhere(self, catalogue: Catalogue) -> None:
        assert catalogue.lookup("MAROON FIVE", "memories (feat. X)").level is Level.FEATURES
        assert catalogue.lookup("?", "?", track_id(1)).level is Level.FEATURES
        assert catalogue.lookup("Maroon Fife", "Memoris").level is Level.FUZZY
        assert catalogue.lookup("Maroon Five", "Zzyzx Qqq Www").level is Level.SAME
        assert catalogue.lookup("Qqq", "Zzyzx").level is Level.POPULAR
