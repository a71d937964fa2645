"""Invented listeners from seeds, as histories: people who live otherwise than the demo's (``data/demo_lives.py``)."""

from __future__ import annotations

import json
from functools import lru_cache

from demo_listener import Play
from demo_lives import PEOPLE, history, said
from demo_world import Track

from tests.histories import Row, make_history
from tui_music.library.history import History
from tui_music.services.cache import CacheKey, ReplyCache

#: How these listeners live: mixed, albums, few, many, gaps.
LIVES = tuple(PEOPLE)


@lru_cache(maxsize=8)
def invented_history(seed: int, life: str = "mixed", plays: int = 6_000) -> History:
    """At most ``plays`` plays of music, of an invented listener who lives so."""
    return make_history((_row(play) for play in history(seed, life, plays)[1]), listener=f"{life} {seed}")


def keep_invented_replies(cache: ReplyCache, seed: int, life: str = "mixed", plays: int = 6_000) -> None:
    """What services say of the artists of :func:`invented_history` and of 300 more, as fetched now."""
    people, _ = history(seed, life, plays)
    cache.put_all(
        (CacheKey("lastfm", method, asked, limit), None if reply is None else json.dumps(reply).encode())
        for method, asked, limit, reply in said(seed, people)
    )


def _row(play: Play) -> Row:
    track = play.what
    assert isinstance(track, Track)
    return Row(
        start=play.end - play.ms // 1000,
        artist=track.artist.name,
        track=track.title,
        ms=play.ms,
        album=track.album,
        reason_end=play.ended,
        reason_start=play.began,
        platform=play.device,
        country=play.country,
        shuffle=play.shuffle,
        offline=play.offline,
        incognito=play.private,
    )
