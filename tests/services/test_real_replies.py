"""Replies that were recorded from Last.fm and MusicBrainz: nothing of them is part of the project."""

from __future__ import annotations

import xml.dom.minidom
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from tests.services.asking import ID
from tests.services.says import lastfm, musicbrainz
from tui_music.errors import ServiceError, ServiceRefused, ServiceUnavailable

pytestmark = pytest.mark.real_data


@pytest.fixture
def xml_folder(real_data: Path) -> Path:
    return real_data / "lastfm-api" / "xml"


def counted(path: Path, tag: str, inside: str) -> int:
    """How many elements ``tag`` stand directly in ``inside``."""
    document = xml.dom.minidom.parseString(path.read_text(encoding="utf-8").replace("opensearch:", ""))
    return sum(getattr(node.parentNode, "tagName", "") == inside for node in document.getElementsByTagName(tag))


def test_recorded_lists_come_whole(xml_folder: Path) -> None:
    def body(name: str) -> bytes:
        return (xml_folder / f"{name}.xml").read_bytes()

    similar = lastfm(body("artist_get_similar")).similar_artists("x", 500)
    assert similar
    assert len(similar.similar) == counted(xml_folder / "artist_get_similar.xml", "artist", "similarartists")
    assert similar.artist != "x"
    assert similar.similar[0].match == 1.0
    assert similar.similar[0].mbid

    tracks = lastfm(body("track_get_similar")).similar_tracks("x", "y", 500)
    assert tracks
    assert len(tracks.similar) == counted(xml_folder / "track_get_similar.xml", "track", "similartracks")
    assert all(each.artist and 0 <= each.match <= 1 for each in tracks.similar)
    assert len({each.match for each in tracks.similar}) > 1

    top = lastfm(body("artist_get_top_tracks")).top_tracks("x", 500)
    assert top
    assert len(top.tracks) == counted(xml_folder / "artist_get_top_tracks.xml", "track", "toptracks")
    assert all(track.plays and track.listeners and track.artist == top.artist for track in top.tracks)

    tags = lastfm(body("artist_get_top_tags")).top_tags("x")
    assert tags
    assert len(tags.tags) == counted(xml_folder / "artist_get_top_tags.xml", "tag", "toptags")
    assert tags.tags[0].count == 100

    info = lastfm(body("artist_get_info")).artist_info("x")
    assert info
    assert info.listeners
    assert info.plays
    assert info.mbid
    assert info.url

    found = lastfm(body("artist_search")).search_artists("x", 500)
    assert found
    assert len(found.artists) == counted(xml_folder / "artist_search.xml", "artist", "artistmatches")
    assert all(each.listeners for each in found.artists)


def test_the_recorded_refusal_of_a_key(xml_folder: Path) -> None:
    with pytest.raises(ServiceRefused):
        lastfm((xml_folder / "ng.xml").read_bytes()).check()


def test_every_other_recorded_reply_is_a_typed_error_or_an_answer(xml_folder: Path) -> None:
    for path in sorted(xml_folder.glob("*.xml")):
        client = lastfm(path.read_bytes())
        with suppress(ServiceError):
            assert len(msgspec.json.encode(client.top_tags("x"))) < 100_000
        with suppress(ServiceError):
            assert len(msgspec.json.encode(client.artist_info("x"))) < 10_000


def test_recorded_replies_in_json_are_none_of_ours(real_data: Path) -> None:
    paths = sorted((real_data / "lastfm-api" / "json").rglob("*.json"))
    assert paths
    for path in paths:
        with pytest.raises(ServiceUnavailable):
            lastfm(path.read_bytes()).artist_info("x")


@pytest.mark.parametrize("name", ["artist", "artist_arabic", "artist_ended"])
def test_recorded_artists_of_musicbrainz(real_data: Path, name: str) -> None:
    body = (real_data / "musicbrainz-api" / "picard" / f"{name}.json").read_bytes()
    artist = musicbrainz(body).mb_artist(ID)
    assert artist
    assert artist.artist
    assert artist.mbid != ID
    assert artist.area
    assert artist.begin
    assert (artist.end is not None) == (name == "artist_ended")


def test_every_other_recorded_reply_of_musicbrainz_is_a_typed_error_or_an_answer(real_data: Path) -> None:
    paths = sorted((real_data / "musicbrainz-api" / "picard").glob("*.json"))
    assert paths
    for path in paths:
        client = musicbrainz(path.read_bytes())
        with suppress(ServiceUnavailable):
            assert len(msgspec.json.encode(client.mb_artist(ID))) < 100_000
        with suppress(ServiceUnavailable):
            assert len(msgspec.json.encode(client.mb_search("x", 5))) < 10_000
