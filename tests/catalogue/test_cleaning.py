"""Doubles: which rows are one track, what is kept of them, and that no order matters."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from tests.catalogue.invented import song, track_id, write
from tui_music.catalogue.cleaning import APART, Tracks, clean
from tui_music.catalogue.tables import read_table


def cleaned(folder: Path, *files: list[dict[str, object]]) -> Tracks:
    folder.mkdir(exist_ok=True)
    return clean([read_table(write(folder / f"{at}.csv", rows)) for at, rows in enumerate(files)])


def names(tracks: Tracks) -> list[str]:
    return [f"{title} / {artist}" for title, artist in zip(tracks.title, tracks.artist, strict=True)]


def test_the_same_id_is_the_same_track(tmp_path: Path) -> None:
    one, other = track_id(1), track_id(2)
    tracks = cleaned(
        tmp_path,
        [song("Song", track_id=one, genre="pop", popularity=3), song("Song (Live)", track_id=other, duration_ms=9_000)],
        [song("Song - 2011", track_id=one, genre="rock", popularity=70, energy=""), song("Song", track_id=one)],
    )
    assert names(tracks) == ["Song / Aster Vale", "Song (Live) / Aster Vale"]
    assert tracks.genre[0].split(APART) == ["folk", "pop", "rock"]
    assert tracks.ids.tolist() == [one, other]
    assert [(file.read, file.kept, file.merged) for file in tracks.report.files] == [(2, 1, 1), (2, 1, 1)]


def test_the_same_folded_names_with_nearly_the_same_duration_are(tmp_path: Path) -> None:
    tracks = cleaned(
        tmp_path,
        [
            song("Don’t Stop (feat. X)", "Björk", track_id=track_id(1), popularity=60),
            song("don't stop", "BJORK", track_id=track_id(2), popularity=10, duration_ms=201_900),
            song("Don't stop", "Björk", track_id=track_id(3), popularity=5, duration_ms=240_000),
            song("Don't stop", "Other", track_id=track_id(4), popularity=1),
        ],
    )
    assert names(tracks) == ["Don’t Stop (feat. X) / Björk", "Don't stop / Björk", "Don't stop / Other"]
    assert tracks.ids.tolist() == [track_id(number) for number in (1, 2, 3, 4)]
    assert tracks.id_track.tolist() == [0, 0, 1, 2], "every id finds the track it was merged into"


def test_what_one_row_lacks_is_taken_from_another_and_never_made_up(tmp_path: Path) -> None:
    """C3.1: filled with a mode or a median, and under copy-on-write not even that."""
    tracks = cleaned(
        tmp_path,
        [
            song("Song", track_id=track_id(1), energy="", year="", album="", genre="pop"),
            song("Rest", track_id=track_id(2), popularity=9, energy=""),
        ],
        [song("Song", track_id=track_id(1), energy=0.9, tempo="", valence="", year=1999)],
    )
    assert (tracks.number("energy")[0], tracks.number("tempo")[0], tracks.number("year")[0]) == (0.9, 120, 1999)
    assert np.isnan(tracks.number("energy")[1])
    assert tracks.report.lacking == {"energy": 1, "explicit": 2}


def test_the_row_that_says_most_is_kept(tmp_path: Path) -> None:
    tracks = cleaned(
        tmp_path, [song("SONG", track_id=track_id(1), popularity=90, energy=""), song("Song", track_id=track_id(1))]
    )
    assert (tracks.title.tolist(), tracks.number("popularity")[0]) == (["Song"], 50)


def test_no_answer_depends_on_the_order_of_rows_or_files(tmp_path: Path) -> None:
    shuffler = random.Random(4)
    rows = [
        song(
            f"Song {at % 9}", f"Artist {at % 4}", track_id=track_id(at % 13), popularity=at % 5, genre=f"g {at % 3}",
            duration_ms=shuffler.choice([100_000, 101_000, 104_000, ""]), energy=shuffler.choice([0.1, 0.2, ""]),
        )
        for at in range(60)
    ]  # fmt: skip
    first = cleaned(tmp_path / "first", rows[:30], rows[30:])
    for _ in range(4):
        shuffler.shuffle(rows)
        again = cleaned(tmp_path / "again", rows[:20], rows[20:])
        for name in ("title", "artist", "genre", "ids", "id_track"):
            assert getattr(again, name).tolist() == getattr(first, name).tolist(), name
        assert np.array_equal(again.numbers, first.numbers, equal_nan=True)
