"""Where a song can be opened: the Spotify URIs that the history has of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui_music.library.library import number_of
from tui_music.library.store import Store

#: Files of the listener's own (``spotify:local:…``) are left out: nobody else could open them.
_OPENABLE = "spotify:(track|episode|chapter):[0-9A-Za-z]{22}"
_BEST_KNOWN = f"""
SELECT position, uri FROM (
    SELECT position, uri, count(*) AS plays, sum(ms_played) AS ms
    FROM wanted
    JOIN artist ON artist.name = wanted.artist::VARCHAR
    JOIN track ON track.artist = artist.id AND (wanted.title IS NULL OR track.title = wanted.title::VARCHAR)
    JOIN play ON play.track = track.id AND play.listener = ?
    JOIN link ON link.id = play.link AND regexp_full_match(uri, '{_OPENABLE}')
    GROUP BY position, uri)
ORDER BY position, plays DESC, ms DESC, uri
"""


def spotify_uris(store: Store, listener: str, songs: Sequence[tuple[str, str | None]]) -> list[tuple[str, ...]]:
    """For each (artist, title) its Spotify URIs, for each (artist, ``None``) those of all the artist's songs.

    Names are as the library has them. Most stored plays first, then longest heard, then by code point; empty where the
    history has none. Raises :class:`NotFound` for an unknown listener, and the store's errors.
    """
    found: list[list[str]] = [[] for _ in songs]
    with store.reading() as connection:
        who = number_of(connection, listener)
        if songs:
            artists, titles = (np.array(names, object) for names in zip(*songs, strict=True))
            connection.register("wanted", {"position": np.arange(len(songs)), "artist": artists, "title": titles})
            for position, uri in connection.execute(_BEST_KNOWN, [who]).fetchall():
                found[position].append(uri)
    return [tuple(uris) for uris in found]
