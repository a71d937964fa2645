"""Covers: which album is meant, what counts as a picture, where redirects may lead, what is kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.services.asking import ID, SOON, hasty
from tests.services.faults import HTML
from tests.services.says import coverart, musicbrainz
from tests.services.server import Answer, Server
from tests.services.world import as_json, jpeg, mbid
from tui_music.errors import ServiceUnavailable
from tui_music.services import cache as caches
from tui_music.services.cache import DAY, CacheKey, ReplyCache
from tui_music.services.coverart import NODES
from tui_music.services.gateway import Services
from tui_music.services.limits import Limiter
from tui_music.services.replies import Album, Cover
from tui_music.services.transport import Wire

NONE = f"<!doctype html>\n<title>404 Not Found</title>\n<p>No cover art found for release group {ID}</p>".encode()
COVER = CacheKey("coverart", "cover", (ID,))


def group(title: str, *artists: str, kind: str = "Album", known: str | None = None) -> dict[str, Any]:
    credit = [{"name": name, "joinphrase": " & " if name != artists[-1] else ""} for name in artists]
    return {"id": known or mbid(title + kind), "title": title, "primary-type": kind, "artist-credit": credit}


def album(artist: str, title: str, *groups: dict[str, Any]) -> Album | None:
    return musicbrainz(as_json({"release-groups": groups})).mb_album(artist, title)


class TestTheAlbum:
    @pytest.mark.parametrize(
        "title",
        [
            "Low Tide",
            "LOW TIDE",
            "Low Tide (Deluxe Edition)",
            "Low Tide [Remastered]",
            "Low Tide - Remastered 2011",
            "Low Tide – Live",
        ],
    )
    def test_whatever_edition_is_named(self, title: str) -> None:
        assert album("Ilse Morn", title, group("Low Tide", "Ilse Morn")) == Album(
            "Ilse Morn", "Low Tide", mbid("Low TideAlbum")
        )

    def test_rather_none_than_another_one(self) -> None:
        assert album("Ilse Morn", "Low Tide") is None
        assert album("Ilse Morn", "Low Tide", group("Low Tides", "Ilse Morn")) is None
        assert album("Ilse Morn", "Low Tide", group("Low Tide", "Ilse Morning")) is None
        assert album("Ilse Morn", "Low Tide", group("Low Tide")) is None
        assert album("Ilse Morn", "Low Tide", group("Low Tide", "Ilse Morn", known="../../x")) is None

    def test_one_of_several_artists_or_all_of_them(self) -> None:
        both = group("Low Tide", "Ilse Morn", "Tomo Vale")
        for artist in ("Ilse Morn", "Tomo Vale", "Ilse Morn & Tomo Vale"):
            assert album(artist, "Low Tide", both) is not None

    def test_the_edition_itself_before_the_album_and_an_album_before_a_single(self) -> None:
        single, plain = group("Low Tide", "Ilse Morn", kind="Single"), group("Low Tide", "Ilse Morn")
        live = group("Low Tide (Live)", "Ilse Morn")
        assert getattr(album("Ilse Morn", "Low Tide (Live)", single, plain, live), "mbid", None) == live["id"]
        assert getattr(album("Ilse Morn", "Low Tide", single, plain), "mbid", None) == plain["id"]

    def test_a_title_that_is_all_brackets_is_asked_for_as_it_is(self, server: Server, services: Services) -> None:
        for title in ("(What)", 'A "B" \\ AND artist:*'):
            services.mb_album("Ilse Morn", title)
        assert [arrived.args for arrived in server.calls] == [
            ("Ilse Morn", "(What)"),
            ("Ilse Morn", 'A "B" \\ AND artist:*'),
        ]


class TestThePicture:
    def test_a_jpeg_as_it_came(self) -> None:
        assert coverart(jpeg("x")).cover(ID) == Cover(ID, jpeg("x"))

    def test_none_only_in_the_words_of_the_archive(self) -> None:
        assert coverart(NONE, 404).cover(ID) is None
        with pytest.raises(ServiceUnavailable):
            coverart(HTML, 404).cover(ID)
        with pytest.raises(ServiceUnavailable):
            coverart(NONE, 200).cover(ID)

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(HTML, id="a page"),
            pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), id="a PNG"),
            pytest.param(b"GIF89a" + bytes(100), id="a GIF"),
            pytest.param(jpeg("x")[:-20], id="cut off"),
            pytest.param(jpeg("x")[20:], id="without its head"),
        ],
    )
    def test_nothing_else_is_a_cover(self, body: bytes) -> None:
        with pytest.raises(ServiceUnavailable):
            coverart(body).cover(ID)

    def test_ten_megabytes_are_not_read(self, server: Server, services: Services) -> None:
        server.script("coverart", "cover", None, b"\xff\xd8\xff" + bytes(10_000_000) + b"\xff\xd9")
        with pytest.raises(ServiceUnavailable, match="more than 2 MB"):
            services.cover(ID)
        assert services.cache.stats().entries == 0


class TestRedirects:
    def test_within_the_archive(self, server: Server, services: Services) -> None:
        there = mbid("Tomo Vale")
        server.script(
            "coverart", "cover", (ID,), Answer(b"", 307, {"Location": f"/coverart/release-group/{there}/front-250"})
        )
        assert services.cover(ID).value == Cover(ID, jpeg(there))

    @pytest.mark.parametrize(
        ("location", "followed"),
        [
            ("https://archive.org/download/mbid-x/mbid-x-1_thumb250.jpg", True),
            ("//archive.org/download/x.jpg", True),
            ("https://ia601005.us.archive.org/12/items/x.jpg", True),
            ("https://dn721601.ca.archive.org/0/items/x.jpg", True),
            ("http://archive.org/download/x.jpg", False),
            ("https://archive.org:8443/download/x.jpg", False),
            ("https://somebody@archive.org/download/x.jpg", False),
            ("https://web.archive.org/web/https://elsewhere.invalid/", False),
            ("https://archive.org.elsewhere.invalid/x.jpg", False),
            ("https://notarchive.org/x.jpg", False),
            ("https://ia601005.us.archive.org.elsewhere.invalid/x.jpg", False),
            ("https://127.0.0.1/x.jpg", False),
            ("file:///etc/passwd", False),
            ("", False),
        ],
    )
    def test_lead_to_the_listed_hosts_only(self, tmp_path: Path, location: str, followed: bool) -> None:
        limiter = Limiter(tmp_path / "limits.json", 0.0)
        wire = Wire("Cover Art Archive", ["https://coverartarchive.org/"], limiter, SOON, lambda: None, NODES)
        here = httpx2.URL(f"https://coverartarchive.org/release-group/{ID}/front-250")
        if followed:
            assert wire._redirected(here, location).scheme == "https"
        else:
            with pytest.raises(ServiceUnavailable, match="another host"):
                wire._redirected(here, location)


class TestWhatIsKept:
    def test_that_there_is_none_is_known_for_a_week(self, server: Server, services: Services) -> None:
        server.script("coverart", "cover", None, Answer(NONE, 404))
        for days, calls in ((0, 1), (6, 1), (8, 2)):
            services.cache.put(COVER, None, int(time.time()) - days * DAY) if days else None
            assert services.cover(ID).value is None
            assert server.count() == calls

    def test_a_picture_stays_without_a_network(self, server: Server, tmp_path: Path) -> None:
        with hasty(server, tmp_path) as services:
            fetched = services.cover(ID)
        with hasty(server, tmp_path, offline=True) as services:
            assert services.cover(ID.upper()).value == fetched.value == Cover(ID, jpeg(ID))
        assert server.count() == 1

    def test_the_oldest_go_when_there_are_many(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(caches, "CAP", 50_000)
        monkeypatch.setattr(caches, "_ROOM", 5_000)
        cache = ReplyCache(tmp_path / "replies")
        for at in range(100):
            for service in ("coverart", "musicbrainz"):
                cache.put(CacheKey(service, service, (f"{at:03}",)), b'"' + b"x" * 1_000 + b'"', fetched_at=at)
        kept = [key.args[0] for key, _ in cache.each("coverart")]
        assert kept == [f"{at:03}" for at in range(100 - len(kept), 100)]
        assert 35 <= len(kept) <= 50
        assert len(list(cache.each("musicbrainz"))) == 100
