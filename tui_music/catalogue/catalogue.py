"""The catalogue, opened: tracks found by name, tracks like others, clusters, and the library's tracks in it.

Everything is read from arrays mapped into memory; any number of threads may ask at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz

from tui_music.catalogue import terms as kinds
from tui_music.catalogue.cleaning import BuildReport
from tui_music.catalogue.features import Components, Float32, Pipeline
from tui_music.catalogue.filters import Filters
from tui_music.catalogue.names import Strings, by_id, by_key, hashed, search_index
from tui_music.catalogue.similar import Seed, at_most, rank
from tui_music.catalogue.store import Mapped, load
from tui_music.catalogue.tables import SOUND, spotify_id
from tui_music.catalogue.terms import Terms
from tui_music.library.history import Bool, Float64, Int32
from tui_music.library.search import Hit
from tui_music.text import fold

#: Sound's weight in the blend.
SOUND_WEIGHT = 0.6
#: The search's score of a track whose artist alone was named; a higher one names the track.
_SPELT = 0.75
#: Percent of similarity from which a name is taken for another one spelt wrong; words of a text looked at for that.
_LIKE = 75.0
_WORDS = 8
#: Arrays that every question reads whole.
_KEPT = (
    *("sound", "terms_norm", "terms_tracks", "search_artist", "search_offset", "search_code"),
    *("year", "popularity", "explicit", "cluster"),
)
#: Tracks of an artist that stand for it.
_OF_ARTIST = 10


class Level(StrEnum):
    """What an answer rests on, best first."""

    FEATURES = "features"
    FUZZY = "fuzzy name"
    SAME = "same artist or genre"
    POPULAR = "popular"
    SEED = "seed"  # it was asked for itself


@dataclass(frozen=True, slots=True)
class CatalogueTrack:
    """A track. ``features`` are the columns ``SOUND`` in their own units, float32, nan where not known; ``genre`` all
    of its genres; "" and ``None`` where nothing is known."""

    index: int
    spotify_id: str
    title: str
    artist: str
    album: str
    year: int | None
    genre: str
    explicit: bool | None
    popularity: int | None
    duration_ms: int | None
    tempo: float | None
    features: Float32 = field(repr=False, compare=False)
    cluster: int


@dataclass(frozen=True, slots=True)
class SimilarTrack:
    """A track like others. ``sound`` and ``text`` are their shares of ``score``; for a popular one all are 0."""

    rank: int
    track: CatalogueTrack
    score: float
    sound: float
    text: float
    level: Level


@dataclass(frozen=True, slots=True)
class Similar:
    """An answer; ``considered`` is how many tracks were in question."""

    rows: tuple[SimilarTrack, ...]
    considered: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a text means: tracks to start from, none at the level of popular ones."""

    seeds: tuple[Seed, ...]
    level: Level


@dataclass(frozen=True, slots=True)
class Cluster:
    """``means`` of the columns ``SOUND``, float64, nan where no track of it has one."""

    number: int
    name: str
    size: int
    means: Float64 = field(repr=False, compare=False)


@dataclass(frozen=True, eq=False)
class Match:
    """``index`` int32: the track of each, −1 for none; how many were found by id and how many by their names."""

    index: Int32
    by_id: int
    by_names: int


def open_catalogue(folder: Path) -> Catalogue:
    """The catalogue built into ``folder``. Raises :class:`NoCatalogue`, and :class:`UnfitCatalogue` for a damaged one
    or one of another version."""
    return Catalogue(load(folder))


class Catalogue:
    """Tracks by number, the most popular first; columns have shape (tracks,), −1 where nothing is known, and ``raw``
    shape (SOUND, tracks), nan where nothing is known. ``points`` float32 (2, tracks): places on the map."""

    def __init__(self, mapped: Mapped) -> None:
        self._mapped, header, arrays = mapped, mapped.header, mapped.arrays
        self._arrays = arrays
        self.report: BuildReport = header.report
        self.feature_names = SOUND
        self.pipeline = Pipeline(np.array(header.mean), np.array(header.sd))
        self.components = Components(np.array(header.axes), np.array(header.variance))
        self.means = np.array(header.means, np.float64)
        self.correlations = np.array(header.correlations, np.float64)
        self.silhouette = header.silhouette
        self.clusters = tuple(
            Cluster(number, each.name, each.size, np.array(each.means, np.float64))
            for number, each in enumerate(header.clusters)
        )
        self.sound: Float32 = arrays["sound"]
        self.terms = Terms(**{name: arrays[f"terms_{name}"] for name in kinds.ARRAYS})
        self.year, self.popularity, self.explicit = (arrays[name] for name in ("year", "popularity", "explicit"))
        self.raw: Float32 = arrays["raw"]
        self.cluster, self.points = arrays["cluster"], arrays["map"]
        self.centre: Float32 = arrays["centre"]
        self.artist: Int32 = arrays["artist"]
        self._titles, self._albums, self._credits, self._terms = (
            Strings(arrays[f"{name}_data"], arrays[f"{name}_offset"])
            for name in ("titles", "albums", "credits", "terms_names")
        )
        self._search = search_index(arrays)

    @property
    def size(self) -> int:
        return len(self.year)

    @property
    def variance(self) -> Float64:
        """Share of the variance of the standardised features that each principal component holds; sums to 1."""
        return self.components.variance

    def track(self, index: int) -> CatalogueTrack:
        """Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        raw = np.array(self.raw[:, index])
        named = [self._terms[term] for term in self.terms.of(index) if self.terms.kind[term] == kinds.GENRE]
        own = int(self._arrays["own_id"][index])
        return CatalogueTrack(
            index=index,
            spotify_id=self._arrays["id"][own].decode("ascii") if own >= 0 else "",
            title=self._titles[index],
            artist=self._credits[int(self._arrays["credit"][index])],
            album=self._albums[index],
            year=_known(self.year[index]),
            genre=", ".join(named),
            explicit=None if self.explicit[index] < 0 else bool(self.explicit[index]),
            popularity=_known(self.popularity[index]),
            duration_ms=_finite(raw[SOUND.index("duration_ms")], int),
            tempo=_finite(raw[SOUND.index("tempo")], float),
            features=raw,
            cluster=int(self.cluster[index]),
        )

    def first_artist(self, index: int) -> str:
        """The first of those credited, as written; a name may hold the comma that stands between them."""
        parts = self._credits[int(self._arrays["credit"][index])].split(", ")
        names = [", ".join(parts[:end]) for end in range(1, len(parts) + 1)]
        own = int(self.artist[index])
        return next((name for name in names if self._term(kinds.ARTIST, fold(name) or name) == own), names[-1])

    def search(self, text: str, n: int = 20) -> list[CatalogueTrack]:
        """The best ``n`` tracks for what was typed so far, by titles and artists; none for an empty text."""
        found = [self.track(hit.code) for hit in self._hits(text, n)]
        self._mapped.let_go(_KEPT)
        return found

    def find(self, text: str) -> Found:
        """What a text means: a Spotify id, URI or page, a title, a title and an artist in any order; then what is
        spelt like that; then an artist named in it; then nothing but the popular."""
        if (known := spotify_id(text)) and (own := int(self.of_ids([known])[0])) >= 0:
            return Found((Seed(own),), self._level(own))
        best = next(iter(self._hits(text, 1)), None)
        if best and best.score > _SPELT:
            return Found((Seed(best.code),), self._level(best.code))
        if (index := None if self._artists(text, whole=True) else self._spelt_like(text)) is not None:
            return Found((Seed(index),), Level.FUZZY if self._heard(index) else Level.SAME)
        named = self._artists(text, whole=False)
        if not named and best and best.score == _SPELT:  # a part of its artist's name
            named = self._of_artist(int(self.artist[best.code]))
        return Found(named, Level.SAME) if named else Found((), Level.POPULAR)

    def lookup(self, artist: str, title: str, spotify: str = "") -> Found:
        """What a track named elsewhere is here: by id, by folded names, spelt alike, by its artist, else nothing."""
        index = int(self.match([spotify], [artist], [title]).index[0])
        return Found((Seed(index),), self._level(index)) if index >= 0 else self.find(f"{title} {artist}")

    def similar(
        self,
        seeds: Sequence[Seed],
        n: int = 20,
        sound: float = SOUND_WEIGHT,
        filters: Filters | None = None,
        per_artist: int | None = None,
        level: Level = Level.FEATURES,
    ) -> Similar:
        """The ``n`` tracks most like the seeds; of an artist ``per_artist`` at most.

        ``sound`` (0–1) is the weight of sound, the rest that of text. At the level of the same artist or genre only
        such tracks are answered, by text where no seed has a sound; without seeds the popular ones are, as such.
        """
        seeds = [seed for seed in seeds if seed.weight > 0]
        allowed = (filters or Filters()).allowed(self)
        if not seeds:
            return self.popular(n, filters, per_artist)
        weight = min(1.0, max(0.0, sound))
        if not any(self._heard(seed.index) for seed in seeds):
            level, weight = Level.SAME if level is Level.FEATURES else level, 0.0
        if level is Level.SAME:
            allowed = self._akin(seeds) if allowed is None else allowed & self._akin(seeds)
        considered = self.size if allowed is None else int(np.count_nonzero(allowed))
        found = rank(self.sound, self.terms, seeds, n, weight, allowed, self.artist, per_artist)
        shares = zip(found.track.tolist(), found.sound.tolist(), found.text.tolist(), strict=True)
        rows = tuple(
            SimilarTrack(place, self.track(track), heard + read, heard, read, level)
            for place, (track, heard, read) in enumerate(shares, 1)
        )
        self._mapped.let_go(_KEPT)
        return Similar(rows, considered)

    def popular(self, n: int = 20, filters: Filters | None = None, per_artist: int | None = None) -> Similar:
        """The most popular tracks."""
        allowed = (filters or Filters()).allowed(self)
        order = np.arange(self.size) if allowed is None else np.flatnonzero(allowed)
        first = order if per_artist is None else order[at_most(self.artist[order], per_artist)]
        rows = tuple(
            SimilarTrack(place, self.track(track), 0.0, 0.0, 0.0, Level.POPULAR)
            for place, track in enumerate(first[:n].tolist(), 1)
        )
        return Similar(rows, len(order))

    def match(self, spotify_ids: Iterable[str], artists: Sequence[str], titles: Sequence[str]) -> Match:
        """The tracks of a library here, shape (tracks of the library,): by Spotify id ("" for none; URIs will do),
        then by folded artist and title."""
        found = self.of_ids(spotify_ids)
        rest = np.flatnonzero(found < 0)
        keys = np.array([hashed(artists[at], titles[at]) for at in rest.tolist()], np.uint64)
        index = found.copy()
        index[rest] = by_key(self._arrays["key"], self._arrays["key_track"], keys)
        return Match(index, int((found >= 0).sum()), int((index[rest] >= 0).sum()))

    def of_ids(self, spotify_ids: Iterable[str]) -> Int32:
        """The track of each Spotify id, URI or page, −1 for none."""
        return by_id(self._arrays["id"], self._arrays["id_track"], map(spotify_id, spotify_ids))

    def of_genre(self, genre: str) -> Int32:
        """Tracks of a genre, ascending."""
        number = self._term(kinds.GENRE, genre.strip().lower())
        return self.terms.having(number) if number is not None else np.empty(0, np.int32)

    def genres(self) -> list[tuple[str, int]]:
        """Genres with how many tracks each, the largest first."""
        numbers = np.flatnonzero(self.terms.kind == kinds.GENRE).tolist()
        found = [(self._terms[number], len(self.terms.having(number))) for number in numbers]
        return sorted(found, key=lambda each: (-each[1], each[0]))

    def _hits(self, text: str, n: int) -> list[Hit]:
        return self._search.search(text, n, artists=False)

    def artist_numbers(self) -> dict[str, int]:
        """The number, as a term, of each artist by folded name."""
        numbers = np.flatnonzero(self.terms.kind == kinds.ARTIST).tolist()
        return {self._terms[number]: number for number in numbers}

    def sounds(self, tracks: Int32) -> Bool:
        """Whether anything is known of how tracks sound, beyond how long they are; same shape."""
        return np.asarray(np.isfinite(self.raw[: SOUND.index("duration_ms"), tracks]).any(axis=0))

    def _heard(self, index: int) -> bool:
        return bool(self.sounds(np.array([index], np.int32))[0])

    def _level(self, index: int) -> Level:
        return Level.FEATURES if self._heard(index) else Level.SAME

    def _term(self, kind: int, text: str) -> int | None:
        """The number of a term: terms are in order of kind and text."""
        low, high = np.searchsorted(self.terms.kind, [kind, kind + 1]).tolist()
        end = high
        while low < high:
            middle = (low + high) // 2
            if self._terms[middle] < text:
                low = middle + 1
            else:
                high = middle
        return low if low < end and self._terms[low] == text else None

    def _spelt_like(self, text: str) -> int | None:
        """The track whose title, or title and artist in any order, a text is most like; found by its parts."""
        words = fold(text).split()[:_WORDS]
        parts = [" ".join(words), *(" ".join(part) for at in range(1, len(words)) for part in (words[:at], words[at:]))]
        tracks = sorted({hit.code for part in parts for hit in self._hits(part, 20)})
        titles = [fold(self._titles[track]) for track in tracks]
        both = [
            f"{title} {fold(self._credits[int(self._arrays['credit'][track])])}"
            for title, track in zip(titles, tracks, strict=True)
        ]
        like = [
            max(fuzz.ratio(parts[0], title), fuzz.token_sort_ratio(parts[0], whole))
            for title, whole in zip(titles, both, strict=True)
        ]
        self._mapped.let_go(_KEPT)
        best = max(range(len(tracks)), key=lambda at: (like[at], -tracks[at]), default=None)
        return tracks[best] if best is not None and like[best] >= _LIKE else None

    def _artists(self, text: str, *, whole: bool) -> tuple[Seed, ...]:
        """The most popular tracks of the artist that a text is, or that is named in it by the most words."""
        words = re.split(" +", fold(text))[:12]
        spans = (
            [(0, len(words))]
            if whole
            else sorted(
                ((start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1)),
                key=lambda span: (span[0] - span[1], span[0]),
            )
        )
        for start, end in spans:
            number = self._term(kinds.ARTIST, " ".join(words[start:end]))
            if number is not None:
                return self._of_artist(number)
        return ()

    def _of_artist(self, number: int) -> tuple[Seed, ...]:
        return tuple(Seed(track) for track in self.terms.having(number)[:_OF_ARTIST].tolist())

    def _akin(self, seeds: Sequence[Seed]) -> Bool:
        """Tracks of an artist or a genre of the seeds'."""
        mask = np.zeros(self.size, np.bool_)
        for term in {int(term) for seed in seeds for term in self.terms.of(seed.index)}:
            if self.terms.kind[term] in (kinds.ARTIST, kinds.GENRE):
                mask[self.terms.having(term)] = True
        return mask


def _known(value: Any) -> int | None:
    return int(value) if value >= 0 else None


def _finite(value: Any, kind: Any) -> Any:
    return kind(value) if np.isfinite(value) else None
