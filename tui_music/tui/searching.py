"""The index of names, kept between runs, and the way from its codes to places in a ranking. For threads."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from tui_music.library.history import History, Int32
from tui_music.library.memo import remember
from tui_music.library.ranking import Ranking
from tui_music.library.search import SearchIndex, UnfitIndex
from tui_music.settings import Settings

_FILE = "search.npz"


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


def positions(ranking: Ranking) -> Int32:
    """For each code its position in a ranking, −1 where it is not in it."""
    names = ranking.names
    size = len({"artists": names.artists, "tracks": names.tracks, "albums": names.albums}[ranking.what])
    places = np.full(size, -1, np.int32)
    places[ranking.code] = np.arange(len(ranking), dtype=np.int32)
    return places
