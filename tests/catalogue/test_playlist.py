"""Playlists made, and playlists taken as a beginning."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.invented import of, song, track_id
from tui_music.catalogue.catalogue import Catalogue, Level
from tui_music.catalogue.playlist import LONGEST, flowing, playlist, statistics, steps
from tui_music.catalogue.seeds import Entry, playlist_seeds, read_playlist
from tui_music.catalogue.similar import Seed
from tui_music.errors import TableRefused
from tui_music.library.history import Float64


def test_it_ends_though_there_are_fewer_tracks_than_asked_for(tmp_path: Path) -> None:
    """C3.13: growing by the three nearest of each track never reaches twenty where there are only twelve."""
    catalogue = of(tmp_path, [song(f"Song {at}", f"Artist {at}", energy=at / 12) for at in range(12)])
    made = playlist(catalogue, [Seed(0), Seed(1), Seed(2)], 20)
    assert len({row.track.index for row in made.rows}) == len(made.rows) == 12
    assert [row.rank for row in made.rows] == list(range(1, 13))


@pytest.mark.parametrize("size", [1, 2, 3, 50, LONGEST])
def test_it_is_as_long_as_asked_for_and_begins_with_the_first_seed(invented: Catalogue, size: int) -> None:
    made = playlist(invented, [Seed(9), Seed(2), Seed(9)], size)
    assert len({row.track.index for row in made.rows}) == len(made.rows) == size
    assert made.rows[0].track.index == 9
    assert {row.track.index for row in made.rows if row.level is Level.SEED} == {9, 2} if size > 1 else {9}


@pytest.mark.parametrize("size", [0, -1, 201])
def test_other_sizes_are_refused(invented: Catalogue, size: int) -> None:
    with pytest.raises(ValueError, match="1 to 200"):
        playlist(invented, [Seed(0)], size)


def test_at_most_so_many_of_an_artist_seeds_apart(invented: Catalogue) -> None:
    first = int(invented.artist[0])
    same = np.flatnonzero(invented.artist == first)[:3].tolist()
    made = playlist(invented, [Seed(track) for track in same], 60, sound=0.0, per_artist=2)
    artists = [int(invented.artist[row.track.index]) for row in made.rows]
    assert artists.count(first) == 3
    assert max(artists.count(artist) for artist in set(artists) - {first}) == 2
    assert len(made.rows) == 60


def test_without_seeds_it_is_of_the_popular_and_says_so(invented: Catalogue) -> None:
    assert {row.level for row in playlist(invented, [], 5).rows} == {Level.POPULAR}


class TestFlow:
    def test_steps_worked_by_hand(self, tmp_path: Path) -> None:
        rows = [
            song("A", "A", tempo=100, key=0, mode=1, energy=0.5, popularity=4),
            song("B", "B", tempo=200, key=9, mode=0, energy=0.5, popularity=3),  # twice as fast, the relative minor
            song("C", "C", tempo=107.177, key=7, mode=1, energy=0.8, popularity=2),  # a tenth of an octave, one fifth
            song("D", "D", tempo="", key="", energy="", popularity=1),
        ]
        catalogue = of(tmp_path, rows)
        tracks = [catalogue.track(at) for at in range(4)]
        assert [track.title for track in tracks] == ["A", "B", "C", "D"]
        cost = steps(tracks)
        assert cost[0].tolist() == pytest.approx([0, 0, 1 + 0.5 + 2, 3], abs=1e-4)
        assert np.array_equal(cost, cost.T)
        told = statistics(tracks[:3])
        assert told.tempo_jump == pytest.approx(2 ** (0.1 / 2) - 1, abs=1e-4)
        assert told.key_jump == 0.5
        assert told.energy_jump == pytest.approx(0.15)
        assert (told.tracks, told.artists, told.ms, told.first_year) == (3, 3, 600_000, 2010)
        assert (statistics([]).tempo, statistics(tracks[3:]).energy_jump) == (None, None)

    def test_small_ones_are_as_short_as_can_be_nearly(self) -> None:
        rng = np.random.default_rng(2)
        ratios = []

        def length(cost: Float64, order: Sequence[int]) -> float:
            return float(sum(cost[a, b] for a, b in itertools.pairwise(order)))

        for _ in range(20):
            points = rng.random((7, 2))
            cost = np.sqrt(((points[:, None] - points) ** 2).sum(2))
            best = min(length(cost, (0, *rest)) for rest in itertools.permutations(range(1, 7)))
            order = flowing(cost)
            assert order[0] == 0
            assert sorted(order) == list(range(7))
            ratios.append(length(cost, order) / best)
        assert np.mean(ratios) < 1.03

    def test_it_flows_better_than_the_ranking(self, invented: Catalogue) -> None:
        made = playlist(invented, [Seed(30)], 50)
        tracks = [row.track for row in sorted(made.rows, key=lambda row: -row.score)]
        cost, flow = steps(tracks), steps([row.track for row in made.rows])
        assert np.diagonal(flow, 1).sum() < 0.5 * np.diagonal(cost, 1).sum()

    @given(st.integers(0, 12), st.integers(0, 1000))
    def test_every_order_has_everything_once(self, size: int, seed: int) -> None:
        cost = np.random.default_rng(seed).random((size, size))
        assert sorted(flowing(cost + cost.T)) == list(range(size))


ONE, TWO = track_id(1), track_id(2)
EXPECTED = [Entry("Ilse Morn", "Song, One", ONE), Entry("", "Two", TWO)]
FILES = {
    "exportify": f'\ufeff"Track URI","Track Name","Artist Name(s)"\nspotify:track:{ONE},"Song, One",Ilse Morn;Otto\n'
    f"spotify:track:{TWO},Two,\n",
    "own": f'artist,title,uri,duration_ms,url,note\nIlse Morn,"Song, One",spotify:track:{ONE},,,\n'
    f",Two,spotify:track:{TWO},,,\n",
    "m3u8": f"#EXTM3U\n#PLAYLIST:x\n#EXTINF:12,Ilse Morn - Song, One\nspotify:track:{ONE}\n"
    f"#EXTINF:1,Two\nspotify:track:{TWO}\n",
    "jspf": json.dumps(
        {"playlist": {"title": "x", "track": [
            {"title": "Song, One", "creator": "Ilse Morn", "identifier": [f"https://open.spotify.com/track/{ONE}"]},
            {"title": "Two", "location": f"spotify:track:{TWO}", "duration": 3},
        ]}}
    ),
}  # fmt: skip


class TestFiles:
    @pytest.mark.parametrize("name", FILES)
    def test_known_playlists(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "x").write_text(FILES[name], encoding="utf-8")
        assert read_playlist(tmp_path / "x") == EXPECTED

    def test_files_of_one_s_own(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_text("#EXTM3U\n../Music/Ilse Morn - Song.flac\nC:\\a\\Plain.mp3\n")
        assert read_playlist(tmp_path / "x") == [Entry("Ilse Morn", "Song", ""), Entry("", "Plain", "")]
        (tmp_path / "y").write_text(f"spotify:track:{ONE}\n")
        assert read_playlist(tmp_path / "y") == [Entry("", "", ONE)]

    @pytest.mark.parametrize(
        "data",
        [b"", b"{", b'{"playlist": 3}', b'{"playlist": {"track": [{"title": 3}]}}', b"\xff\xfe", b"a,b\n1,2\n",
         b"[" * 100_000, b"#EXTM3U\n", b"title\n" + b'"' + b"x" * 200_000],
        ids=range(9),
    )  # fmt: skip
    def test_what_is_none_is_refused(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(TableRefused):
            read_playlist(tmp_path / "x")
        with pytest.raises(TableRefused):
            read_playlist(tmp_path)

    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused(self, tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
        path = tmp_path_factory.mktemp("x") / "x"
        for start in (b"", b"#EXTM3U\n", b"title,uri\n", b'{"playlist": {"track": [{'):
            path.write_bytes(start + data)
            with contextlib.suppress(TableRefused):
                assert read_playlist(path)

    def test_seeds_of_it(self, tmp_path: Path) -> None:
        catalogue = of(tmp_path, [song("Song", "Ilse Morn", track_id=ONE), song("Other", "Otto", energy=0.9)])
        entries = [Entry("", "", ONE), Entry("ILSE MORN", "song", ""), Entry("No", "Body", "")]
        found, known = playlist_seeds(catalogue, entries)
        assert ([seed.index for seed in found.seeds], found.level, known) == ([0], Level.FEATURES, 2)
        found, known = playlist_seeds(catalogue, [Entry("Otto", "Something Else Entirely", "")])
        assert (found.level, known) == (Level.SAME, 0)
        assert math.isclose(sum(seed.weight for seed in found.seeds), 1)
