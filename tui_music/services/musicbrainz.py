"""MusicBrainz: who an artist is, and which album is meant. No key is needed."""

from __future__ import annotations

import re

import httpx2
import msgspec

from tui_music.errors import ServiceUnavailable
from tui_music.services.reading import count_of, date_of, decoded, mbid_of, name_of, number_of, url_of
from tui_music.services.replies import Album, ArtistInfo, FoundArtist, FoundArtists, Tag
from tui_music.services.transport import Wire
from tui_music.text import fold

NAME = "MusicBrainz"
#: Longest lists that are kept of an artist.
_TAGS, _LINKS, _RELATIONS = 50, 50, 100
_SPECIAL = re.compile(r'(["\\])')
#: What shops add to the title of an album: ``(Deluxe Edition)``, ``[Live]``, ``- Remastered 2011``.
_EDITION = re.compile(r"\s*(\([^()]*\)|\[[^][]*\]|\s[-–]\s.*)$")
#: Albums of a name that are looked at.
_ALBUMS = 10


class _Area(msgspec.Struct):
    name: str | None = None


class _Span(msgspec.Struct):
    begin: str | None = None
    end: str | None = None


class _Tag(msgspec.Struct):
    name: str | None = None
    count: float | None = None


class _Url(msgspec.Struct):
    resource: str | None = None


class _Other(msgspec.Struct):
    name: str | None = None


class _Relation(msgspec.Struct):
    type: str | None = None
    url: _Url | None = None
    artist: _Other | None = None


class _Artist(msgspec.Struct, rename={"span": "life-span"}):
    id: str
    name: str | None
    type: str | None = None
    score: float | None = None
    area: _Area | None = None
    span: _Span | None = None
    disambiguation: str | None = None
    tags: list[_Tag] | None = None
    genres: list[_Tag] | None = None
    relations: list[_Relation] | None = None


class _Artists(msgspec.Struct):
    artists: list[_Artist]


class _Credit(msgspec.Struct):
    name: str | None = None
    joinphrase: str | None = None


class _Group(msgspec.Struct, rename={"credits": "artist-credit", "type": "primary-type"}):
    id: str
    title: str | None
    type: str | None = None
    credits: list[_Credit] | None = None


class _Groups(msgspec.Struct, rename={"groups": "release-groups"}):
    groups: list[_Group]


class _Missing(msgspec.Struct):
    error: str


class MusicBrainz:
    """Questions to MusicBrainz. The answer is ``None`` where it knows no such artist. Raises
    :class:`~tui_music.errors.ServiceError`."""

    def __init__(self, wire: Wire) -> None:
        self._client = httpx2.Client(transport=wire, trust_env=False)
        self._base = str(wire.bases[0]).rstrip("/")

    def mb_search(self, name: str, limit: int) -> FoundArtists:
        """Artists of that name, best first; ``score`` is 0–100."""
        reply = self._asked("/artist", {"query": f"artist:{_quoted(name)}", "limit": str(limit), "fmt": "json"})
        found = decoded(_accepted(reply), _Artists, NAME).artists
        return FoundArtists(name_of(name), tuple(_found(each) for each in found if name_of(each.name))[:limit])

    def mb_artist(self, mbid: str) -> ArtistInfo | None:
        """Ids, tags and genres, relations, links, area and years. An artist that was merged has the id of the other."""
        reply = self._asked(f"/artist/{mbid}", {"inc": "tags genres artist-rels url-rels", "fmt": "json"})
        if reply.status_code == 404:
            decoded(reply.content, _Missing, NAME)  # its own word that there is none, not that of a login page
            return None
        artist = decoded(_accepted(reply), _Artist, NAME)
        known = mbid_of(artist.id) or mbid
        relations = artist.relations or []
        span = artist.span or _Span()
        links = (url_of(each.url.resource) for each in relations if each.url)
        others = (
            f"{name_of(each.type)}: {name_of(each.artist.name)}" for each in relations if each.artist and each.type
        )
        return ArtistInfo(
            name_of(artist.name),
            mbid=known,
            tags=_tags([*(artist.genres or []), *(artist.tags or [])]),
            area=name_of(artist.area.name if artist.area else None) or None,
            begin=date_of(span.begin),
            end=date_of(span.end),
            links=tuple(sorted({link for link in links if link}))[:_LINKS],
            relations=tuple(sorted(set(others)))[:_RELATIONS],
            url=f"https://musicbrainz.org/artist/{known}",
        )

    def mb_album(self, artist: str, title: str) -> Album | None:
        """The album of that artist and title, whatever edition the title names; rather none than another one."""
        bare = _EDITION.sub("", title) or title
        query = f"releasegroup:{_quoted(bare)} AND artist:{_quoted(artist)}"
        reply = self._asked("/release-group", {"query": query, "limit": str(_ALBUMS), "fmt": "json"})
        titles = [fold(title), fold(bare)]
        found = [
            (titles.index(fold(group.title or "")), group.type != "Album", place, group)
            for place, group in enumerate(decoded(_accepted(reply), _Groups, NAME).groups)
            if fold(group.title or "") in titles and fold(artist) in _credited(group) and mbid_of(group.id)
        ]
        if not found:
            return None
        best = min(found, key=lambda each: each[:3])[3]
        return Album(name_of(artist), name_of(best.title), mbid_of(best.id) or "")

    def _asked(self, path: str, parameters: dict[str, str]) -> httpx2.Response:
        return self._client.get(self._base + path, params=parameters)


def _accepted(reply: httpx2.Response) -> bytes:
    if reply.status_code != 200:
        raise ServiceUnavailable(f"{NAME} did not accept the question (HTTP {reply.status_code}).")
    return reply.content


def _quoted(text: str) -> str:
    """A phrase of MusicBrainz's query language."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return f'"{escaped}"'


def _credited(group: _Group) -> set[str]:
    """The folded names that a group may be known by: of each artist, and of all as they are credited together."""
    credited = group.credits or []
    return {fold(each.name or "") for each in credited} | {
        fold("".join(f"{each.name or ''}{each.joinphrase or ''}" for each in credited))
    }


def _found(artist: _Artist) -> FoundArtist:
    known = (name_of(text) for text in (artist.type, artist.area.name if artist.area else None, artist.disambiguation))
    return FoundArtist(
        name_of(artist.name),
        mbid=mbid_of(artist.id),
        score=number_of(artist.score),
        note=", ".join(text for text in known if text) or None,
    )


def _tags(tags: list[_Tag]) -> tuple[Tag, ...]:
    """Most voted first, counts relative to that one; a genre stands among the tags too."""
    votes = {name_of(tag.name): count_of(tag.count) or 0 for tag in tags}
    best = max(votes.values(), default=0) or 1
    ordered = sorted(votes.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tag(name, 100 * count / best) for name, count in ordered if name)[:_TAGS]
