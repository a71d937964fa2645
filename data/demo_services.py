"""What the music services of the invented world answer when they are asked about its artists.

``answers(rng, people, strangers)`` yields replies as the program keeps them. Artists of one scene are close, those of
one genre near, those of related genres not far. Like real services these know the popular best, do not say the same
both ways, forget some, spell names as they like, and of a few know nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from unicodedata import normalize

import numpy as np
from demo_names import SPELLINGS
from demo_scenes import COMMON, NEAR, ODD_TAGS, TAGS
from demo_world import GENRES, Artist, Track
from numpy.typing import NDArray

Matrix = NDArray[np.float64]  # of shape (artists, artists)
#: The methods that are asked of every artist, and for how much at most. None answers with so many songs.
METHODS = {"similar_artists": 100, "top_tags": None, "top_tracks": 20, "artist_info": None}
SIMILAR_TRACKS = 50
#: How near two scenes of a genre are, and how much a second scene of an artist counts.
_SAME_GENRE, _SECOND = 0.55, 0.6
#: Artists with at most so many listeners have hardly been asked about.
_FEW = 400
#: Of so many of the most liked artists it is known what is like their most liked songs, and of how many of these.
_LOVED, _THEIR_SONGS = 75, 3


class Answer(NamedTuple):
    """What was asked, in the words of ``Services`` in the program. ``reply`` is ``None`` for an unknown artist."""

    method: str
    asked: tuple[str, ...]
    limit: int | None
    reply: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What a service knows of an artist."""

    artist: Artist
    name: str  # as the service spells it
    fame: float  # standard normal, or above
    listeners: int
    scenes: tuple[tuple[str, int], ...]  # one or two
    songs: list[tuple[Track, int]]  # with their listeners, the most popular first


_Near = Sequence[tuple[_Known, float]]  # the most similar first


def answers(rng: random.Random, people: Sequence[Artist], strangers: Sequence[Artist]) -> Iterator[Answer]:
    """The replies about ``people``, whom the listener has heard (most liked first), and about ``strangers``.

    Scene by scene, so that names stand near to where they stand again, and pack well.
    """
    unknown = [each for each in people if each.liking < 0.1 and rng.random() < 0.04]
    for artist in unknown:
        yield from (Answer(method, (artist.name,), limit, None) for method, limit in METHODS.items())
    familiar = {id(each) for each in people}
    listed = [_known(rng, each, id(each) in familiar) for each in [*people, *strangers] if each not in unknown]
    similar = _similarity(rng, listed)
    loved = {id(each) for each in people[:_LOVED]}
    for place in sorted(range(len(listed)), key=lambda place: (listed[place].scenes, place)):
        order = np.argsort(-similar[place], kind="stable")
        near = [(listed[other], float(similar[place, other])) for other in order if similar[place, other] > 0]
        yield from _about(rng, listed[place], near)
        if id(listed[place].artist) in loved:
            yield from _about_songs(rng, listed[place], near[:14])


def _known(rng: random.Random, artist: Artist, familiar: bool) -> _Known:
    fame = rng.gauss(0.4 if familiar else 0.0, 1.0)
    first = 0 if artist.liking > 0.3 else _scene(rng)  # what is liked most is alike
    scenes = [(artist.genre.name, first)]
    if rng.random() < 0.3:  # between two scenes, perhaps of two genres
        related = [genre.name for genre in GENRES if _nearness(genre.name, artist.genre.name) > 0]
        scenes.append((rng.choice(related), _scene(rng)))
    listeners = round(math.exp(9.6 + 1.9 * fame))
    liked = {track.title: (track.liking * rng.lognormvariate(0.0, 0.6), track) for track in artist.tracks()}
    ranked = sorted(liked.values(), key=lambda item: (-item[0], item[1].title))
    most = listeners * rng.uniform(0.25, 0.7)
    songs = [(track, max(1, round(most * place**-0.7))) for place, (_, track) in enumerate(ranked, 1)]
    name = SPELLINGS.get(artist.name, artist.name)
    return _Known(artist, name, fame, listeners, tuple(dict.fromkeys(scenes)), songs)


def _scene(rng: random.Random) -> int:
    return rng.choices(range(4), (4, 3, 2, 1))[0]


def _nearness(one: str, other: str) -> float:
    return 1.0 if one == other else NEAR.get(min(one, other), {}).get(max(one, other), 0.0)


def _similarity(rng: random.Random, listed: Sequence[_Known]) -> Matrix:
    """How similar the artist of the column is said to be when the artist of the row is asked; 0 where not named."""
    n = len(listed)
    spots = np.array([[rng.gauss(0.0, 0.6) for _ in range(3)] for _ in listed])  # within the scene
    apart: Matrix = ((spots[:, None, :] - spots[None, :, :]) ** 2).sum(axis=2)
    fame = np.clip([1.0 + 0.2 * each.fame for each in listed], 0.4, 1.6)
    chance = np.frombuffer(rng.randbytes(4 * n * n), "<u2").reshape(2, n, n) / 65_536  # bytes: the same everywhere
    value: Matrix = _closeness(listed) / (1.0 + apart) * fame * (0.6 + 0.8 * chance[0])
    value[chance[1] < 0.12] = 0.0  # forgotten
    np.fill_diagonal(value, 0.0)
    for row, each in zip(value, listed, strict=True):
        kept = max(4, int(30 + 14 * each.fame + rng.uniform(-6, 6)))
        row[np.argsort(-row, kind="stable")[kept:]] = 0.0
    return value


def _closeness(listed: Sequence[_Known]) -> Matrix:
    """How close the scenes of two artists are: 1 within one scene, more for those who share two."""
    scenes = [(genre.name, scene) for genre in GENRES for scene in range(4)]
    near = np.array([[_scenes_near(one, other) for other in scenes] for one in scenes])
    shares = np.array([[_share(each, scene) for scene in scenes] for each in listed])
    close: Matrix = shares @ near @ shares.T
    return close


def _share(each: _Known, scene: tuple[str, int]) -> float:
    return 1.0 if scene == each.scenes[0] else _SECOND if scene in each.scenes else 0.0


def _scenes_near(one: tuple[str, int], other: tuple[str, int]) -> float:
    within = 1.0 if one[1] == other[1] else _SAME_GENRE
    return within if one[0] == other[0] else _nearness(one[0], other[0]) * _SAME_GENRE * within


def _about(rng: random.Random, each: _Known, near: _Near) -> Iterator[Answer]:
    """The replies about an artist. Some were never asked for, least so for those whom the listener loves."""
    missing = 0.75 if each.listeners <= _FEW else 0.0 if each.artist.liking > 0.1 else 0.06
    tags = _tags(rng, each)
    plays = round(each.listeners * rng.lognormvariate(2.5, 0.6))
    top = each.songs[: METHODS["top_tracks"]]
    replies: tuple[dict[str, Any], ...] = (
        {"similar": [{"name": other.name, "match": round(value / near[0][1], 2)} for other, value in near]},
        {"tags": tags},
        {"tracks": [{"title": track.title, "artist": each.name, "listeners": heard} for track, heard in top]},
        {"listeners": each.listeners, "plays": plays, "tags": tags[:5]},
    )
    for (method, limit), reply in zip(METHODS.items(), replies, strict=True):
        if rng.random() >= missing:
            yield Answer(method, (each.artist.name,), limit, {"artist": each.name, **reply, "invented": True})


def _tags(rng: random.Random, each: _Known) -> list[dict[str, Any]]:
    """Fewer for those whom few know; the first counts 100."""
    weights: dict[str, float] = {}

    def add(word: str, weight: float) -> None:
        weights[word] = max(weight, weights.get(word, 0.0))

    for share, (genre, scene) in zip((1.0, 0.5), each.scenes, strict=False):
        for words, most in ((TAGS[genre][0], 1.0), (TAGS[genre][1 + scene], 0.8)):
            for place, word in enumerate(words.split(", ")):
                add(word, share * most * rng.uniform(0.5, 1.0) / (1 + 0.4 * place))
    for word in rng.sample(COMMON, rng.randint(1, 6)):
        add(word, rng.uniform(0.05, 0.5))
    kept = max(0, min(14, int(7 + 3 * each.fame)))
    ranked = sorted(weights, key=lambda word: (-weights[word], word))[:kept]
    tags: list[dict[str, Any]] = [
        {"name": word, "count": max(1, round(100 * weights[word] / weights[ranked[0]]))} for word in ranked
    ]
    if rng.random() < 0.05:
        tags.append({"name": rng.choice(ODD_TAGS), "count": 1 if tags else 100})
    return tags


def _about_songs(rng: random.Random, each: _Known, near: _Near) -> Iterator[Answer]:
    """Songs like those the listener likes best: some of the artist's own, and one or two of each who is near."""
    best = sorted(each.artist.tracks(), key=lambda track: -track.liking)
    for song in list({normalize("NFC", track.title): track for track in best}.values())[:_THEIR_SONGS]:
        found = [(rng.uniform(0.35, 0.65), each.name, own) for own, _ in each.songs[:6] if own is not song]
        for other, value in near:
            for track, _ in other.songs[: rng.randint(1, 2)]:
                found.append((value / near[0][1] * rng.uniform(0.6, 1.0), other.name, track))
        found.sort(key=lambda item: (-item[0], item[1], item[2].title))
        similar = [
            {"name": track.title, "match": round(value / found[0][0], 2), "artist": artist}
            for value, artist, track in found
        ]
        asked = each.artist.name, song.title
        reply = {"artist": each.name, "title": song.title, "similar": similar, "invented": True}
        yield Answer("similar_tracks", asked, SIMILAR_TRACKS, reply)
