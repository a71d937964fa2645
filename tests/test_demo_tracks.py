"""The demo's table of tracks: made again the same, small, with features that a genre explains in part, as real ones."""

from __future__ import annotations

import csv
import io
import statistics
import zipfile

import pytest
from make_demo import TRACKS, demo_tracks

from tui_music.catalogue.tables import read_table
from tui_music.demo import demo_zip, tracks_table
from tui_music.settings import Settings, load

SHIPPED = demo_zip().with_name("tracks.zip")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with zipfile.ZipFile(SHIPPED) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(TRACKS).decode())))


def test_the_generator_writes_the_shipped_file_byte_for_byte() -> None:
    with zipfile.ZipFile(SHIPPED) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == demo_tracks()
    assert SHIPPED.stat().st_size < 300_000


def test_it_is_a_table_of_tracks_in_which_nothing_is_impossible(home: object) -> None:
    settings: Settings = load().for_demo()
    table = read_table(tracks_table(settings), {})
    assert table.read > 5_000
    assert not table.rejected


def test_features_go_together_as_they_do(rows: list[dict[str, str]]) -> None:
    def column(name: str) -> list[float]:
        return [float(row[name]) for row in rows]

    assert statistics.correlation(column("energy"), column("loudness")) > 0.8
    assert statistics.correlation(column("energy"), column("acousticness")) < -0.6
    assert statistics.correlation(column("valence"), column("danceability")) > 0.5
    choral = [float(row["energy"]) for row in rows if row["genre"] == "choral"]
    techno = [float(row["energy"]) for row in rows if row["genre"] == "techno"]
    assert statistics.mean(choral) < 0.3 < 0.7 < statistics.mean(techno)
