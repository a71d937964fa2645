"""What music services are made to have said: replies in the cache on the artists of ``conftest`` and of some nobody
played, by names as hostile."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import msgspec

from tests.tui.conftest import HOSTILE
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.services.replies import ArtistInfo, Similar, SimilarArtists, Tag, TopTags, TopTrack, TopTracks
from tui_music.settings import Settings

DAY = 86_400
UNHEARD = (
    "Lantern Year",
    "[bold]Moth[/bold] & Mirror",
    "\x1b[2JCoastal Error",
    "灯台の年",
    "[@click=app.leave]Grey Ferry",
)
_TAGS = ("dream pop", "[red]slowcore[/]", "ambient")


def know(settings: Settings, days: int = 3) -> None:
    """Fill the cache with replies that are so many days old."""
    replies: list[tuple[CacheKey, bytes]] = []

    def put(method: str, artist: str, value: Any, limit: int | None = None) -> None:
        replies.append((CacheKey("lastfm", method, (artist,), limit), msgspec.json.encode(value)))

    with closing(ReplyCache(settings.replies_dir, settings.cache_days)) as cache:
        for place, name in enumerate(HOSTILE):
            others = [each for each in (*UNHEARD, *HOSTILE) if each != name]
            near = tuple(
                Similar(each, round(1 - 0.07 * ((at * (place + 3)) % len(others)), 2)) for at, each in enumerate(others)
            )
            put("similar_artists", name, SimilarArtists(name, near[:9]), 100)
        for place, name in enumerate((*HOSTILE, *UNHEARD)):
            tags = tuple(Tag(tag, 100.0 - 30 * at) for at, tag in enumerate(_TAGS[place % 3 :] + _TAGS[: place % 3]))
            put("top_tags", name, TopTags(name, tags))
            put("artist_info", name, ArtistInfo(name, listeners=1_000 * 3**place))
            songs = tuple(TopTrack(f"{name} hit {number}", name, 900 - number) for number in range(3))
            put("top_tracks", name, TopTracks(name, songs), 20)
        cache.put_all(replies, int(time.time()) - days * DAY - 60)
