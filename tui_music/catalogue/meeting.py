"""Where a library and the catalogue meet."""

from __future__ import annotations

from tui_music.catalogue.catalogue import Catalogue, Match
from tui_music.library.history import History
from tui_music.library.links import spotify_uris
from tui_music.library.store import Store


def meet(catalogue: Catalogue, library: Store, history: History) -> Match:
    """The library's tracks in the catalogue, by track code: by any Spotify id that their plays have, then by name.

    Raises the store's errors.
    """
    names = history.names
    artists = [names.artists[artist] for artist in names.track_artist.tolist()]
    uris = spotify_uris(library, history.listener, list(zip(artists, names.tracks, strict=True)))
    flat = [uri for of_track in uris for uri in of_track]
    known = iter((catalogue.of_ids(flat) >= 0).tolist())
    ids = [[uri for uri in of_track if next(known)] for of_track in uris]
    return catalogue.match([next(iter(of_track), "") for of_track in ids], artists, names.tracks)
