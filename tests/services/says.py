"""Clients of the services whose every question is answered with the same bytes, without any network."""

from __future__ import annotations

import httpx2

from tui_music.services.coverart import CoverArt
from tui_music.services.lastfm import LastFm, well_formed
from tui_music.services.listenbrainz import ListenBrainz
from tui_music.services.musicbrainz import MusicBrainz


class Says(httpx2.BaseTransport):
    """Stands where a wire does."""

    def __init__(self, body: bytes, status: int = 200, *, lastfm: bool = False) -> None:
        self.body, self.status, self.lastfm = body, status, lastfm
        self.bases = [httpx2.URL("https://service.invalid/"), httpx2.URL("https://labs.service.invalid/")]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        body = well_formed(self.body) if self.lastfm else self.body
        return httpx2.Response(self.status, content=body)


def lastfm(body: bytes) -> LastFm:
    return LastFm(Says(body, lastfm=True))  # type: ignore[arg-type]


def musicbrainz(body: bytes, status: int = 200) -> MusicBrainz:
    return MusicBrainz(Says(body, status))  # type: ignore[arg-type]


def coverart(body: bytes, status: int = 200) -> CoverArt:
    return CoverArt(Says(body, status))  # type: ignore[arg-type]


def listenbrainz(body: bytes) -> ListenBrainz:
    return ListenBrainz(Says(body))  # type: ignore[arg-type]
