"""Which album a song is from, as far as its plays tell."""

from __future__ import annotations

import numpy as np

from tui_music.library.history import History
from tui_music.library.scope import Scope
from tui_music.library.selection import select


def album_of_tracks(history: History, scope: Scope, artist: int) -> dict[int, str | None]:
    """By track code, the album each of the artist's tracks was heard on longest in the scope (of equals the first
    by name), ``None`` where no play names one."""
    plays = select(history, scope)
    track, album, ms = (plays.of(column) for column in (history.track, history.album, history.ms_played))
    own = plays.of(history.artist) == artist
    albums = len(history.names.albums)
    pair, at = np.unique(track[own].astype(np.int64) * (albums + 1) + album[own] + 1, return_inverse=True)
    heard = np.bincount(at, weights=ms[own], minlength=len(pair))
    best: dict[int, str | None] = {}
    for one in np.lexsort((pair, -heard)).tolist():  # codes follow names, so of equals the first by name comes first
        code, of_album = divmod(int(pair[one]), albums + 1)
        if of_album and best.get(code) is None:
            best[code] = history.names.albums[of_album - 1]
        best.setdefault(code, None)
    return best
