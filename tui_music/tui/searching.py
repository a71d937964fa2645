"""What the threads of the Artists screen compute: the index of names, what is found, and what is inside an artist."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from tui_music.library.history import History, Int32
from tui_music.library.memo import remember
from tui_music.library.ranking import Ranking, rank_albums, rank_tracks
from tui_music.library.scope import Measure, Scope
from tui_music.library.search import SearchIndex, UnfitIndex
from tui_music.library.statistics import artist_profile
from tui_music.settings import Settings
from tui_music.tui.widgets.artist_rows import Found, Opened

_FILE = "search.npz"
_HITS = 500


def search_index(history: History, settings: Settings) -> SearchIndex:
    """The index over the names of ``history``, most heard first: from the cache where it fits, else built and kept."""
    return remember(history, ("search index",), lambda: _index(history, settings))


def _index(history: History, settings: Settings) -> SearchIndex:
    path, names = settings.cache_dir / _FILE, history.names
    with suppress(UnfitIndex):
        return SearchIndex.load(path, names=names, revision=history.revision)
    artists = np.bincount(history.artist, history.ms_played, len(names.artists)).astype(np.float64)
    tracks = np.bincount(history.track, history.ms_played, len(names.tracks)).astype(np.float64)
    index = SearchIndex.build(names, artists, tracks, revision=history.revision)
    with suppress(OSError):
        index.save(path)
    return index


def find(index: SearchIndex, text: str, artists: Ranking, tracks: Ranking) -> list[Found]:
    """What a text finds, best first, as far as it is in the rankings."""
    places = {"artist": positions(artists), "track": positions(tracks)}
    hits = [(hit.kind, int(places[hit.kind][hit.code])) for hit in index.search(text, _HITS)]
    return [Found(kind, at) for kind, at in hits if at >= 0]


def inside(history: History, scope: Scope, artist: int, what: str, order: str) -> Opened:
    """An artist's songs or albums in an order, and the artist over time."""
    rank = rank_tracks if what == "tracks" else rank_albums
    by = Measure(order) if order in set(Measure) else Measure.HOURS
    return Opened(artist, artist_profile(history, scope, artist), rank(history, scope, by, artist), order)


def positions(ranking: Ranking) -> Int32:
    """For each code its position in a ranking, −1 where it is not in it."""
    names = ranking.names
    size = len({"artists": names.artists, "tracks": names.tracks, "albums": names.albums}[ranking.what])
    places = np.full(size, -1, np.int32)
    places[ranking.code] = np.arange(len(ranking), dtype=np.int32)
    return places
