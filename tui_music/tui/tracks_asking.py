"""What the threads of the screen Tracks compute: the catalogue opened, met with the library, asked, and charted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from tui_music.catalogue.catalogue import Catalogue, CatalogueTrack, Level, SimilarTrack, open_catalogue
from tui_music.catalogue.filters import Filters, Mood
from tui_music.catalogue.meeting import meet
from tui_music.catalogue.playlist import playlist, statistics
from tui_music.catalogue.profile import TOLD, sound_profile
from tui_music.catalogue.similar import Seed
from tui_music.export import Row
from tui_music.library.history import History
from tui_music.library.library import Library
from tui_music.library.scope import Kind
from tui_music.settings import Settings
from tui_music.text import fold
from tui_music.tui.searching import search_index
from tui_music.tui.tracks_asked import EACH, Answer, Asked, Draft, Hit, Own, Start, label_of
from tui_music.tui.tracks_filters import Wanted

#: Tracks found at most, and among them such as only the library has.
_FOUND, _OWN = 200, 20
_HEADER = "catalogue.json"
_SAID = {
    Level.FUZZY: "is spelt like nothing better: taken for",
    Level.SAME: "is not in the catalogue, or its sound is not known: its artist or genre stands for it, with",
}


def stamp(folder: Path) -> int:
    """Another one after every build; 0 where there is no catalogue."""
    with suppress(OSError):
        return (folder / _HEADER).stat().st_mtime_ns
    return 0


def opened(folder: Path) -> Catalogue:
    """Raises :class:`NoCatalogue` and :class:`UnfitCatalogue`."""
    return open_catalogue(folder)


def own_tracks(catalogue: Catalogue, library: Library, history: History) -> Own:
    """The listener's music in the catalogue. Raises the library's errors."""
    found = meet(catalogue, library, history)
    music = history.kind == Kind.MUSIC
    plays = np.bincount(history.track[music], minlength=len(found.index))
    known = np.flatnonzero((found.index >= 0) & (plays > 0))
    known = known[np.argsort(plays[known], kind="stable")]
    of_play = found.index[history.track[music]]
    profile = sound_profile(catalogue, of_play, np.ones(len(of_play)), np.zeros(len(of_play), np.int64))
    codes = dict(zip(found.index[known].tolist(), known.tolist(), strict=True))  # the most played one stays
    means = dict(zip(TOLD, profile.mean.tolist(), strict=True))
    return Own(codes, frozenset(known.tolist()), profile.covered, means)


def answer(catalogue: Catalogue, own: Own | None, asked: Asked) -> Answer:
    """Tracks like those asked for, or the popular ones."""
    seeds = [replace(seed, weight=seed.weight / len(start.seeds)) for start in asked.starts for seed in start.seeds]
    found = catalogue.similar(seeds, asked.length, asked.sound, filters(asked.wanted, own), level=level_of(asked))
    return Answer(asked, found.rows, found.considered)


def level_of(asked: Asked) -> Level:
    """The weakest of what it starts from."""
    order = list(Level)
    return max((Level(start.level) for start in asked.starts if start.seeds), key=order.index, default=Level.FEATURES)


def filters(wanted: Wanted, own: Own | None) -> Filters:
    """What is wanted, for the catalogue; without a library nothing is in it."""
    open_range = (None, None)
    codes = own.codes if own is not None and (wanted.mine or wanted.never_heard) else {}
    mine = np.fromiter(codes, np.int32, len(codes))
    return Filters(
        genre=wanted.genre,
        year=wanted.year or open_range,
        tempo=wanted.tempo or open_range,
        popularity=wanted.popularity or open_range,
        mood=None if wanted.mood is None else Mood(wanted.mood),
        explicit=wanted.explicit,
        cluster=wanted.cluster,
        among=mine if wanted.mine else None,
        never=mine if wanted.never_heard else None,
    )


def start_at(track: CatalogueTrack) -> Start:
    """A track of the catalogue to start from."""
    return Start(label_of(track.title, track.artist), (Seed(track.index),), Level.FEATURES)


def start_from(catalogue: Catalogue, hit: Hit) -> Start:
    """What was found to start from; of a song that only the library has, what stands for it in the catalogue."""
    if hit.track is not None:
        return start_at(hit.track)
    found = catalogue.lookup(hit.artist, hit.title)
    name = label_of(hit.title, hit.artist)
    if not found.seeds:
        return Start(name, (), Level.POPULAR, f"{name} is not in the catalogue, nor its artist: these are popular.")
    first = catalogue.track(found.seeds[0].index)
    said = _SAID.get(found.level)
    say = f"{name} {said} {label_of(first.title, first.artist)}." if said else ""
    return Start(name, found.seeds, found.level, say)


def find(catalogue: Catalogue, own: Own | None, history: History | None, settings: Settings, text: str) -> list[Hit]:
    """Tracks of the catalogue by name; those that only the library has come first if they are called exactly so."""
    hits = [Hit(track.title, track.artist, track) for track in catalogue.search(text, _FOUND)]
    if history is None or own is None:
        return hits
    names = history.names
    found = search_index(history, settings).search(text, _OWN, artists=False)
    codes = [hit.code for hit in found if hit.code not in own.known]
    if not codes:
        return hits
    there = {(fold(hit.title), fold(hit.artist)) for hit in hits}
    lone = [Hit(names.tracks[code], names.artists[int(names.track_artist[code])], None, code) for code in codes]
    lone = [hit for hit in lone if (fold(hit.title), fold(hit.artist)) not in there]
    wanted = fold(text)
    first = [hit for hit in lone if fold(hit.title).startswith(wanted)][:3]
    return [*first, *hits, *(hit for hit in lone if hit not in first)]


def grown(catalogue: Catalogue, own: Own | None, asked: Asked, size: int) -> Draft:
    """A playlist that begins with the tracks started from, in an order that flows."""
    seeds = [seed for start in asked.starts for seed in start.seeds]
    made = playlist(catalogue, seeds, size, asked.sound, filters(asked.wanted, own), EACH, level_of(asked))
    return Draft(made.rows, size, made.statistics)


def longer(catalogue: Catalogue, own: Own | None, asked: Asked, draft: Draft, size: int) -> Draft:
    """A playlist with more at its end: what is most like those that were asked for and are in it, else like all."""
    there = {row.track.index for row in draft.rows}
    begun = [row.track.index for row in draft.rows if row.level is Level.SEED]
    seeds = [Seed(index) for index in begun or there]
    wanted = filters(asked.wanted, own)
    found = catalogue.similar(seeds, size + len(there), asked.sound, wanted, EACH).rows
    more = [row for row in found if row.track.index not in there]
    return edited([*draft.rows, *more[: size - len(draft.rows)]], size)


def as_row(track: CatalogueTrack) -> SimilarTrack:
    """A track that was put on a playlist by hand."""
    return SimilarTrack(0, track, 0.0, 0.0, 0.0, Level.SEED)


def edited(rows: Sequence[SimilarTrack], size: int) -> Draft:
    """A playlist of these rows, its figures counted anew."""
    return Draft(tuple(rows), size, statistics([row.track for row in rows]))


def songs(rows: Sequence[SimilarTrack]) -> list[Row]:
    """Rows for other programs."""
    return [_row(row.track, row.level.value) for row in rows]


def found_songs(hits: Sequence[Hit]) -> list[Row]:
    """What was found, for other programs."""
    return [Row(hit.artist, hit.title) if hit.track is None else _row(hit.track, "") for hit in hits]


def _row(track: CatalogueTrack, note: str) -> Row:
    uri = f"spotify:track:{track.spotify_id}" if track.spotify_id else None
    return Row(track.artist, track.title, uri, track.duration_ms, note=note)
