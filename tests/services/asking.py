"""Every question there is, and services that lose patience soon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.services.server import Server
from tests.services.world import mbid
from tui_music.services.gateway import Services
from tui_music.services.limits import GAPS, Patience

#: Where programs that tests start find the tests.
ROOT = Path(__file__).parents[2]
#: A key that is found wherever it leaks to.
KEY = "5ent1nel5ecretKeyOfNobody0000000"
ARTIST, ID = "Ilse Morn", mbid("Ilse Morn")

CALLS: dict[str, Callable[[Services], Any]] = {
    "similar_artists": lambda services: services.similar_artists(ARTIST),
    "similar_tracks": lambda services: services.similar_tracks(ARTIST, "Harbour Lights"),
    "top_tracks": lambda services: services.top_tracks(ARTIST),
    "top_tags": lambda services: services.top_tags(ARTIST),
    "artist_info": lambda services: services.artist_info(ARTIST),
    "search_artists": lambda services: services.search_artists("Vale"),
    "check_key": lambda services: services.check_key(),
    "mb_search": lambda services: services.mb_search(ARTIST),
    "mb_artist": lambda services: services.mb_artist(ID),
    "lb_similar": lambda services: services.lb_similar(ID),
    "mb_album": lambda services: services.mb_album(ARTIST, "Low Tide"),
    "cover": lambda services: services.cover(ID),
    "lb_popularity": lambda services: services.lb_popularity([ID, mbid("Tomo Vale")]),
}
OF_LASTFM = list(CALLS)[:7]
SOON = Patience(step=0.25, call=0.6, backoff=0.01, attempts=2)
NO_GAPS = dict.fromkeys(GAPS, 0.001)


def hasty(server: Server, home: Path, **settings: Any) -> Services:
    """Services that wait for next to nothing: neither for their turn nor for an answer."""
    return Services(server.settings(home, **settings), patience=SOON, gaps=NO_GAPS)
