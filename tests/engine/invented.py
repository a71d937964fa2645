"""Invented worlds of any size: artists in a space of taste, what services say of them, and a listener who wanders.

Artists of a genre lie close together. Services name an artist's nearest ones, the popular rather than others, and give
the best a match of 1. The listener plays what was played of late, now and then something old, and discovers neighbours:
so recency, similarity and tags all tell something, and none of them everything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

import msgspec
import numpy as np
from scipy.spatial import KDTree

from tests.engine.worlds import FETCHED
from tests.histories import Row, make_history
from tui_music.engine.gathering import Answer, learn
from tui_music.engine.ground import nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening, listening
from tui_music.library.history import Float64, History, Int64
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.services.replies import ArtistInfo, Similar, SimilarArtists, Tag, TopTags

_DAY_S = 86_400
_METHOD = {SimilarArtists: ("similar_artists", 100), TopTags: ("top_tags", None), ArtistInfo: ("artist_info", None)}
_ONE = "Va Mo Li Ter Sol Kan Ve Hal Bru Ny Or Fen Ga Ilm Tor Sa Re Du Pel Wy".split()
_TWO = "ra ven mi lo dan thi sor ell na gar du ki pra bo ster lin ma qui zo fer".split()
_KINDS = "folk wave core beat drone pop jazz rock".split()


@dataclass(frozen=True)
class Invented:
    """A world: ``genre`` by the artist's name, the listener's ``history``, and what services ``answers``."""

    genre: dict[str, str]
    history: History
    answers: list[Answer]

    @cached_property
    def listening(self) -> Listening:
        return listening(self.history, "UTC")

    @cached_property
    def knowledge(self) -> Knowledge:
        return learn(nothing_known(self.history.names), self.listening.plays, self.answers)

    def fill(self, folder: Path) -> ReplyCache:
        """A cache that holds all the answers."""
        cache = ReplyCache(folder)
        for artist, value, at in self.answers:
            method, limit = _METHOD[type(value)]
            cache.put(CacheKey("lastfm", method, (artist,), limit), msgspec.json.encode(value), at)
        return cache


def invent(
    seed: int = 0,
    artists: int = 400,
    genres: int = 8,
    plays: int = 3_000,
    similar: int = 30,
    *,
    days: int = 900,
    everybody: bool = False,
) -> Invented:
    """A world with so many ``artists``, of which the listener hears some; services were asked about these, or about
    ``everybody``."""
    rng, random = np.random.default_rng(seed), Random(seed)
    names = _names(random, artists)
    genre_names = [
        f"{name.lower()} {kind}" for name, kind in zip(_names(random, genres), _KINDS * genres, strict=False)
    ]
    of_genre = rng.integers(0, genres, artists)
    popularity = rng.lognormal(0.0, 1.2, artists)
    place = rng.normal(0.0, 1.0, (genres, 3))[of_genre] + rng.normal(0.0, 0.3, (artists, 3))
    near, match = _neighbours(place, popularity, similar)
    history = make_history(_wander(random, names, near.tolist(), plays, days))
    heard = set(history.names.artists)
    answers: list[Answer] = []
    for code, name in enumerate(names):
        if everybody or name in heard:
            others = zip(near[code].tolist(), match[code].tolist(), strict=True)
            values: tuple[SimilarArtists | TopTags | ArtistInfo, ...] = (
                SimilarArtists(name, tuple(Similar(names[other], round(value, 4)) for other, value in others)),
                TopTags(name, _tags(random, genre_names, int(of_genre[code]))),
                ArtistInfo(name, listeners=int(20_000 * popularity[code])),
            )
            answers += (Answer(name, value, FETCHED) for value in values)
    return Invented({name: genre_names[of_genre[code]] for code, name in enumerate(names)}, history, answers)


def _names(random: Random, n: int) -> list[str]:
    """Different names, sorted."""
    names: set[str] = set()
    while len(names) < n:
        first = "".join(random.choice(words) for words in (_ONE, _TWO, _TWO)[: random.randint(2, 3)])
        names.add(f"{first} {random.choice(_ONE)}{random.choice(_TWO)}")
    return sorted(names)


def _neighbours(place: Float64, popularity: Float64, similar: int) -> tuple[Int64, Float64]:
    """The others that services name, best first, and their matches, both of shape (artists, similar)."""
    among = min(3 * similar, len(place) - 1)
    distance, near = KDTree(place).query(place, among + 1)
    likeness = np.exp(-2.0 * distance[:, 1:]) * popularity[near[:, 1:]] ** 0.3
    best = np.argsort(-likeness, axis=1)[:, :similar]
    likeness = np.take_along_axis(likeness, best, axis=1)
    return np.take_along_axis(near[:, 1:], best, axis=1), likeness / likeness[:, :1]


def _wander(random: Random, names: list[str], near: list[list[int]], plays: int, days: int) -> Iterator[Row]:
    """Sessions of some ten plays around one artist: mostly of late, at times an old one, at times a new neighbour."""
    first = random.randrange(len(names))
    known = [first, *near[first][:5]]
    recent = deque(known, maxlen=150)
    sessions = max(plays // 10, 1)
    for at in sorted(random.uniform(0, days) for _ in range(sessions)):
        chance = random.random()
        anchor = random.choice(recent if chance < 0.7 else known)
        if chance > 0.85 and (new := [other for other in near[anchor] if other not in known]):
            anchor = new[min(int(random.expovariate(0.3)), len(new) - 1)]
            known.append(anchor)
        around = [other for other in near[anchor] if other in known] or [anchor]
        start = FETCHED - int((days - int(at)) * _DAY_S) + random.randint(9, 21) * 3600 + random.randint(0, 3599)
        for _ in range(plays // sessions):
            artist = anchor if random.random() < 0.4 else random.choice(around)
            ms = 15_000 if random.random() < 0.1 else random.randint(150_000, 320_000)
            title = f"{names[artist].split()[0]} {min(int(random.expovariate(0.4)), 11) + 1}"
            yield Row(start, names[artist], title, ms, reason_end="fwdbtn" if ms == 15_000 else "trackdone")
            recent.append(artist)
            start += ms // 1000 + 2


def _tags(random: Random, genres: list[str], genre: int) -> tuple[Tag, ...]:
    """The genre, a part of its name, perhaps a second genre, and what people write besides."""
    tags = {genres[genre]: 100, genres[genre].split()[-1]: random.randint(20, 90)}
    if random.random() < 0.4:
        tags.setdefault(random.choice(genres), random.randint(5, 60))
    tags["seen live"] = random.randint(1, 50)
    return tuple(Tag(name, count) for name, count in sorted(tags.items(), key=lambda item: (-item[1], item[0])))
