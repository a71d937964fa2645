"""A small invented catalogue in which some songs of the library are: for tests of the screen Tracks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.catalogue.invented import of, song, track_id
from tests.tui.conftest import HOSTILE
from tui_music.settings import Settings

GENRES = ("dream pop", "slowcore", "[red]metal[/]", "folk")
FAR = "Zzyzx Road"


def rows() -> list[dict[str, object]]:
    """Four songs each of thirty invented artists and of the hostile ones, two each in the library; and one more."""
    artists = [*HOSTILE, *(f"Artist {number:02}" for number in range(30))]
    made: list[dict[str, object]] = []
    for place, artist in enumerate(artists):
        for number in range(4):
            at = 4 * place + number
            turn = (at * 37 % 100) / 100
            made.append(
                song(
                    f"{artist} song {number + 1}",
                    artist,
                    track_id=track_id(at + 1),
                    genre=GENRES[place % 4],
                    year=1960 + at * 7 % 60,
                    popularity=(at * 13) % 101,
                    energy=turn,
                    valence=(at * 61 % 100) / 100,
                    danceability=0.2 + turn / 2,
                    acousticness=1 - turn,
                    loudness=-20 + 15 * turn,
                    tempo=70 + at * 11 % 110,
                    key=at % 12,
                    mode=at % 2,
                    duration_ms=150_000 + 1_000 * at,
                    explicit=at % 5 == 0,
                )
            )
    return [*made, song("Only once", FAR, popularity=1, genre="dream pop", instrumentalness=0.9, tempo="", valence="")]


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a catalogue."""
    folder = tmp_path_factory.mktemp("tracks")
    of(folder, rows())
    return folder / "catalogue"


@pytest.fixture
def tracks(settings: Settings, built_once: Path) -> Path:
    """A copy of it in the test's own home."""
    shutil.copytree(built_once, settings.catalogue_dir)
    return settings.catalogue_dir
