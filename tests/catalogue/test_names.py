"""Tracks found as one types, and a library's tracks found in the catalogue; how a listener's music sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.catalogue.invented import of, song, track_id
from tests.exports import imported, row
from tests.exports import write as write_export
from tui_music.catalogue.catalogue import Catalogue
from tui_music.catalogue.meeting import meet
from tui_music.catalogue.profile import TOLD, in_common, sound_profile
from tui_music.library.library import Library
from tui_music.settings import load


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return of(
        tmp_path,
        [
            song(
                "Hoppípolla", "Sigur Rós", track_id=track_id(1), popularity=70, energy=0.9, tempo=120, acousticness=0.1
            ),
            song("Untitled", "Sigur Rós", popularity=20, energy=0.88, tempo=121, acousticness=0.12),
            song("Don’t Stop (feat. Björk)", "Vesper", popularity=60, energy=0.1, tempo=80, acousticness=0.9),
            song("Don't Stop", "Otto", popularity=90, energy=0.15, tempo=81, acousticness=0.92),
        ],
    )


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("hop", "Hoppípolla"),
        ("hoppipola", "Hoppípolla"),
        ("sigur", "Hoppípolla"),
        ("unt sigur ros", "Untitled"),
        ("dont stop", "Don't Stop"),
        ("dont stop vesper", "Don’t Stop (feat. Björk)"),
        ("d", "Don't Stop"),
    ],
)
def test_as_one_types_by_title_and_artist_the_popular_first(catalogue: Catalogue, typed: str, first: str) -> None:
    assert catalogue.search(typed)[0].title == first


def test_nothing_and_limits(catalogue: Catalogue) -> None:
    assert catalogue.search("") == catalogue.search("zzz qqq") == []
    assert len(catalogue.search("d", 1)) == 1


def test_every_track_is_found_by_its_own_name(invented: Catalogue) -> None:
    for index in range(0, invented.size, 150):
        track = invented.track(index)
        titles = [found.title for found in invented.search(f"{track.title} {track.artist}", 50)]
        assert track.title in titles


def test_library_tracks_by_id_then_by_names(catalogue: Catalogue) -> None:
    at = {catalogue.track(index).title: index for index in range(4)}
    found = catalogue.match(
        [f"spotify:track:{track_id(1)}", "", "", "spotify:track:" + track_id(9), "junk"],
        ["X", "VESPER", "sigur ros", "Otto", "Nobody"],
        ["Y", "Dont stop feat. someone", "untitled", "don’t stop", "Nothing"],
    )
    assert found.index.tolist() == [at["Hoppípolla"], -1, at["Untitled"], at["Don't Stop"], -1]
    assert (found.by_id, found.by_names) == (1, 2)
    assert found.index.dtype == np.int32


def test_a_library_meets_the_catalogue(catalogue: Catalogue, tmp_path: Path) -> None:
    library = Library(load().library_file)
    rows = [row(0, "Hoppipolla", "Sigur Ros"), row(900, "Other Name", "Whoever"), row(1800, "Nowhere", "Nobody")]
    rows[1]["spotify_track_uri"] = f"spotify:track:{track_id(1)}"
    rows[0]["spotify_track_uri"] = f"spotify:track:{track_id(8)}"
    imported(library, write_export(tmp_path / "x.json", rows))
    history = library.load()
    found = meet(catalogue, library, history)
    named = dict(zip(history.names.tracks, found.index.tolist(), strict=True))
    hop = next(at for at in range(4) if catalogue.track(at).title == "Hoppípolla")
    assert named == {"Hoppipolla": hop, "Other Name": hop, "Nowhere": -1}
    assert (found.by_id, found.by_names) == (1, 1)


def test_the_sound_profile_worked_by_hand(catalogue: Catalogue) -> None:
    at = {catalogue.track(index).title: index for index in range(4)}
    track = np.array([at["Hoppípolla"], at["Don't Stop"], -1, at["Untitled"]], np.int32)
    found = sound_profile(catalogue, track, np.array([3.0, 1.0, 4.0, 2.0]), np.array([2019, 2019, 2019, 2021]))
    energy = TOLD.index("energy")
    assert found.covered == pytest.approx(0.6)
    assert found.years.tolist() == [2019, 2021]
    assert found.weight.tolist() == [4, 2]
    assert found.by_year[:, energy].tolist() == pytest.approx([(3 * 0.9 + 0.15) / 4, 0.88])
    assert found.mean[energy] == pytest.approx((3 * 0.9 + 0.15 + 2 * 0.88) / 6)
    nothing = sound_profile(catalogue, np.array([-1], np.int32), np.ones(1), np.array([2020]))
    assert (nothing.covered, len(nothing.years)) == (0.0, 0)
    assert np.isnan(nothing.mean).all()


def test_what_two_tracks_have_in_common(catalogue: Catalogue) -> None:
    at = {catalogue.track(index).title: index for index in range(4)}
    assert in_common(catalogue, at["Hoppípolla"], at["Untitled"]).startswith("same energy and tempo")
    assert "both electric" in in_common(catalogue, at["Hoppípolla"], at["Untitled"])
    assert "both acoustic" in in_common(catalogue, at["Don't Stop"], at["Don’t Stop (feat. Björk)"])
    assert "energy" not in in_common(catalogue, at["Hoppípolla"], at["Don't Stop"])


def test_the_first_artist_as_written(tmp_path: Path) -> None:
    billed = {"A": "['Tyle, The Maker', 'Kali Ux']", "B": "Earth, Wind", "C": "Solo"}
    catalogue = of(tmp_path, [song(title, artist) for title, artist in billed.items()])
    first = {catalogue.track(at).title: catalogue.first_artist(at) for at in range(3)}
    assert first == {"A": "Tyle, The Maker", "B": "Earth, Wind", "C": "Solo"}
