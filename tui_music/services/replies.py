"""What services answer, typed; kept in the cache as JSON. Every field from outside is bounded before it gets here."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec


class Similar(msgspec.Struct, frozen=True):
    """An artist or track that a service takes for similar. ``match`` is 0–1, 1 for the best of the reply."""

    name: str
    match: float
    mbid: str | None = None
    artist: str | None = None  # of a track


class SimilarArtists(msgspec.Struct, frozen=True):
    artist: str
    similar: tuple[Similar, ...]


class SimilarTracks(msgspec.Struct, frozen=True):
    artist: str
    title: str
    similar: tuple[Similar, ...]


class Tag(msgspec.Struct, frozen=True):
    """``count`` is 0–100, relative to the artist's most used tag."""

    name: str
    count: float


class TopTags(msgspec.Struct, frozen=True):
    artist: str
    tags: tuple[Tag, ...]


class TopTrack(msgspec.Struct, frozen=True):
    title: str
    artist: str
    listeners: int | None = None
    plays: int | None = None


class TopTracks(msgspec.Struct, frozen=True):
    artist: str
    tracks: tuple[TopTrack, ...]


class ArtistInfo(msgspec.Struct, frozen=True):
    """What is known of an artist: listeners and plays are of everybody on the service."""

    artist: str
    mbid: str | None = None
    listeners: int | None = None
    plays: int | None = None
    tags: tuple[Tag, ...] = ()
    area: str | None = None
    begin: str | None = None
    end: str | None = None
    links: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    url: str | None = None


class FoundArtist(msgspec.Struct, frozen=True):
    """A hit of a search. ``score`` is the service's own, 0–100, where it gives one."""

    name: str
    mbid: str | None = None
    score: float | None = None
    listeners: int | None = None
    note: str | None = None


class FoundArtists(msgspec.Struct, frozen=True):
    query: str
    artists: tuple[FoundArtist, ...]


class Popularity(msgspec.Struct, frozen=True):
    """How many listen to an artist, by its MusicBrainz id, and how often; ``None`` where nobody knows."""

    mbid: str
    listeners: int | None = None
    plays: int | None = None


class Album(msgspec.Struct, frozen=True):
    """An album in all its editions: what MusicBrainz calls a release group."""

    artist: str
    title: str
    mbid: str


class Cover(msgspec.Struct, frozen=True):
    """The front cover of an album, by the id of the album: a JPEG as it came, which nobody has looked into."""

    mbid: str
    image: bytes


T = TypeVar("T")


class Reply(msgspec.Struct, Generic[T], frozen=True):
    """An answer and where it is from. ``fetched_at`` is UTC seconds; ``stale`` when it is older than it should be and
    could not be fetched anew; ``value`` is ``None`` when the service knows no such thing."""

    value: T | None
    service: str
    fetched_at: int
    stale: bool = False
    from_cache: bool = False
