"""What the threads of Trail compute: who is like whom at a place, what else is known, and what services have to add."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tui_music.engine import gathering, opening, paths, tracks
from tui_music.engine.gathering import Answer
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening, listening
from tui_music.errors import BadSetting, NotFound, ServiceError, ServiceRefused
from tui_music.export import Row
from tui_music.export_rows import Songs, song_rows, trail_rows
from tui_music.library.history import History, Int32
from tui_music.library.journal import Journal
from tui_music.library.library import Library
from tui_music.library.memo import remember
from tui_music.library.ranking import Ranking, rank_artists
from tui_music.library.scope import ALL_TIME, Kind, Scope
from tui_music.services import keys
from tui_music.services.planning import id_of
from tui_music.services.replies import ArtistInfo, Reply, SimilarArtists, TopTags, TopTracks
from tui_music.text import fold, shown
from tui_music.tui.recommending import top_songs
from tui_music.tui.searching import positions
from tui_music.tui.steps import Place, Sort, Step
from tui_music.tui.verdicts import held
from tui_music.tui.widgets.anatomy import About
from tui_music.tui.widgets.trail_rows import Entry, View, Wish

if TYPE_CHECKING:
    from tui_music.services.gateway import Services

T = TypeVar("T")

#: Entries of a list, and songs, tags and known artists told of one.
LENGTH, _SONGS, _TAGS, _KNOWN = 100, 6, 8, 8
_DAY_S = 86_400
_OFFERED, _FAR = 30, 1 << 30


@dataclass(frozen=True, eq=False, repr=False)
class Known:
    """A history and what the cache knew when it was looked through (``revision``); learning makes another one."""

    history: History
    scope: Scope
    listening: Listening
    knowledge: Knowledge
    revision: int

    @cached_property
    def code_of(self) -> dict[str, int]:
        """Whom a folded name means."""
        return gathering.codes(self.knowledge, self.listening.plays)

    @cached_property
    def ranking(self) -> Ranking:
        """Everybody by hours of music."""
        return rank_artists(self.history, self.scope)

    @cached_property
    def places(self) -> Int32:
        """The position of each of the library's artists in the ranking, −1 for none."""
        return positions(self.ranking)

    def name_of(self, text: str) -> str:
        """The artist that is meant: by name, or by what of it only one has. Raises :class:`NotFound`."""
        names, code = self.knowledge.artists, self.code_of.get(fold(text))
        if code is not None:
            return names[code]
        drawn = [name for name in names if str(shown(name)) == text]  # some are not drawn as they are
        found = drawn[:1] or self.complete(text)
        if len(found) == 1:
            return found[0]
        if found:
            few = ", ".join(shown(name, 30) for name in found[:3])
            raise NotFound(f"Several are meant by that: {few}{' …' if len(found) > 3 else ''}. Tab shows them.")
        raise NotFound(f"Nothing is known of {shown(text, 60)!r}.")

    def complete(self, text: str) -> tuple[str, ...]:
        """Artists whose name begins with ``text``, those heard most first; then those that have it in them."""
        wanted, places = fold(text), self.places
        found = [
            (not folded.startswith(wanted), int(places[code]) % _FAR if code < len(places) else _FAR, folded, code)
            for folded, code in self.code_of.items()
            if wanted and wanted in folded
        ]
        return tuple(self.knowledge.artists[code] for *_, code in sorted(found)[:_OFFERED])

    def heard(self, way: Sequence[Step]) -> dict[Place, int]:
        """Counted plays of the artists on a way, where each place is about one."""
        heard = {}
        for step in way:
            if step.place.sort is Sort.LIKE and len(step.place.artists) == 1:
                code = self.code_of.get(fold(step.place.artists[0]), -1)
                heard[step.place] = int(self.listening.plays[code]) if 0 <= code < self.knowledge.own else 0
        return heard

    def track(self, artist: str, title: str) -> int | None:
        """The code of a song, of several spellings the one played most."""
        names, wanted = self.history.names, fold(title)
        own = np.flatnonzero(names.track_artist == self.code_of.get(fold(artist), -1)).tolist()
        found = [track for track in own if fold(names.tracks[track]) == wanted]
        plays = np.bincount(self.listening.track, minlength=len(names.tracks))
        return max(found, key=lambda track: (plays[track], names.tracks[track]), default=None)

    def learned(self, answers: Sequence[Answer], revision: int) -> Known:
        """With what services just said, as of a revision of the cache."""
        if not answers:
            same = copy(self)  # with what it has worked out
            object.__setattr__(same, "revision", revision)
            return same
        knowledge = gathering.learn(self.knowledge, self.listening.plays, answers)
        return replace(self, knowledge=knowledge, revision=revision).ready()

    def ready(self) -> Known:
        """Itself, once what keys would wait for is worked out."""
        _ = self.knowledge.graph, self.code_of, self.places
        return self


def know(services: Services, history: History, scope: Scope, before: Known | None) -> Known:
    """All that the cache knows over a history; what was known ``before`` where that is still all."""
    scope = replace(scope, kind=Kind.MUSIC, range=ALL_TIME)
    revision = services.cache.revision()
    if before and (before.history, before.scope, before.revision) == (history, scope, revision):
        return before

    def made() -> Known:
        heard = listening(history, scope.zone, None, scope.counted_ms)
        knowledge = opening.known(services.settings, services.cache, history, scope.counted_ms)
        return Known(history, scope, heard, knowledge, revision).ready()

    return remember(history, ("known", scope, revision), made)


# what is at a place


def view(services: Services, known: Known, place: Place, now: float | None = None) -> View:
    """The list at a place, and what services could add to it."""
    seeds = [known.code_of.get(fold(name), -1) for name in place.artists]
    if place.sort is Sort.HOME:
        rows = tuple(_entry(known, code) for code in known.ranking.code[:LENGTH].tolist())
        return View(place, rows, "" if rows else "There is no music in this history to start from.")
    if place.sort is Sort.SONGS:
        return _songs_at(services, known, place)
    now = time.time() if now is None else now
    stale = [
        Wish("similar", name)
        for name, code in zip(place.artists, seeds, strict=True)
        if code < 0 or now - known.knowledge.asked[code] > services.settings.cache_days * _DAY_S
    ]
    asked = [int(known.knowledge.asked[code]) for code in seeds if code >= 0 and known.knowledge.asked[code]]
    if place.sort is Sort.PATH:
        found = paths.path(known.knowledge, known.listening.plays, *seeds) if min(seeds) >= 0 else paths.Path(())
        rows = tuple(_entry(known, stop.code, stop.similarity) for stop in found.stops)
        note = found.note or f"Nothing is known of {place.artists[seeds.index(-1)]} yet." if not rows else ""
        return View(place, rows, note, min(asked, default=None), tuple(stale) if not rows else ())
    stops = paths.like(known.knowledge, known.listening.plays, [code for code in seeds if code >= 0], LENGTH)
    rows = tuple(_entry(known, stop.code, stop.similarity) for stop in stops)
    untagged = [
        Wish("tags", name)
        for name, code in zip(place.artists, seeds, strict=True)
        if code < 0 or not known.knowledge.tagged[code]
    ]
    nobody = " or ".join(place.artists)
    note = "" if rows else f"Services know nobody like {nobody}." if asked else f"Nobody was asked about {nobody} yet."
    return View(place, rows, note, min(asked, default=None), (*stale, *untagged))


def _entry(known: Known, code: int, similarity: float | None = None) -> Entry:
    """An artist, and what the listener had of them."""
    knowledge, ranking = known.knowledge, known.ranking
    at = int(known.places[code]) if code < knowledge.own else -1
    return Entry(
        artist=knowledge.artists[code],
        code=code,
        similarity=similarity,
        plays=int(known.listening.plays[code]) if code < knowledge.own else 0,
        ms=int(ranking.ms[at]) if at >= 0 else 0,
        last=int(known.listening.last[code]) if code < knowledge.own else -1,
        listeners=None if np.isnan(knowledge.listeners[code]) else int(knowledge.listeners[code]),
        tags=_tags(knowledge, code),
        tagged=bool(knowledge.tagged[code]),
    )


def _tags(knowledge: Knowledge, code: int) -> tuple[str, ...]:
    row = slice(*knowledge.tags.indptr[code : code + 2])
    columns, counts = knowledge.tags.indices[row].tolist(), knowledge.tags.data[row].tolist()
    most = sorted((-n, knowledge.tag_names[tag]) for n, tag in zip(counts, columns, strict=True))
    return tuple(tag for _, tag in most[:_TAGS])


def _songs_at(services: Services, known: Known, place: Place) -> View:
    """Songs of an artist to start with, or those like a song."""
    artist, title = place.artists[0], place.title
    missing: list[Wish] = []
    ages: list[int] = []
    top = similar = None
    try:
        reply = services.top_tracks(artist, cached=True)
        top = reply.value
        ages.append(reply.fetched_at)
        missing += [Wish("top", artist)] * reply.stale
    except ServiceError:
        missing.append(Wish("top", artist))
    if title is not None:
        try:
            like = services.similar_tracks(artist, title, cached=True)
            similar = like.value
            ages.append(like.fetched_at)
            missing += [Wish("songs", artist, title)] * like.stale
        except ServiceError:
            missing.insert(0, Wish("songs", artist, title))
    found = tracks.songs(known.listening, known.code_of, artist, title, top, similar, LENGTH)
    if title is not None and similar is not None:
        found = tuple(song for song in found if song.source is tracks.Source.SIMILAR) or found
    rows = tuple(
        Entry(
            artist=song.artist,
            title=song.title,
            code=known.code_of.get(fold(song.artist), -1),
            similarity=song.match,
            plays=song.plays,
            why=song.source.value,
        )
        for song in found
    )
    note = "" if rows else f"No song of {artist} is known yet."
    return View(place, rows, note, min(ages, default=None), tuple(missing))


# what else is known of one


def about(
    services: Services, known: Known, name: str, without: frozenset[tuple[str, str]] = frozenset()
) -> tuple[About, tuple[Wish, ...]]:
    """Songs to start with but for those ``without``, tags, and whom the listener knows that is like them; from the
    cache alone. And what services could add."""
    code = known.code_of.get(fold(name), -1)
    top: TopTracks | None = None
    missing: tuple[Wish, ...] = (Wish("top", name),)
    with suppress(ServiceError):
        reply = services.top_tracks(name, cached=True)
        top, missing = reply.value, missing if reply.stale else ()
    found = tracks.songs(known.listening, known.code_of, name, top=top, n=_SONGS, without=without)
    near = paths.like(known.knowledge, known.listening.plays, [code]) if code >= 0 else ()
    told = About(
        name=name,
        songs=tuple(song.title for song in found),
        tags=_tags(known.knowledge, code) if code >= 0 else (),
        known=tuple((stop.name, stop.similarity or 0.0) for stop in near if stop.heard)[:_KNOWN],
        note="" if found or has_key(services) or services.settings.demo else "with a key to Last.fm: screen 9",
    )
    return told, missing


def songs_of(services: Services, library: Library, known: Known, wanted: Sequence[tuple[str, str | None]]) -> list[Row]:
    """Rows for a file: of artists songs to start with, songs (with a title) as they are."""
    artists = [artist for artist, title in wanted if title is None]
    songs = Songs(library, known.history, known.scope, top=top_songs(services, artists))
    return [*trail_rows(songs, artists), *song_rows(songs, [(artist, title) for artist, title in wanted if title])]


def verdicts(library: Library, listener: str) -> dict[str, str]:
    """What the journal holds, by folded name."""
    return held(Journal(library).verdicts(listener))


# asking services


class Asking:
    """Asks services one thing after the other; what is learnt is put together where it costs something."""

    #: Seconds in which answers are gathered before they are learnt: over many artists that takes a moment.
    PAUSE = 1.0

    def __init__(self, services: Services, known: Known) -> None:
        self._services, self._known = services, known
        self._revision = known.revision
        self._answers: list[Answer] = []
        self._learnt = time.monotonic()

    def ask(self, wish: Wish) -> float:
        """The age in seconds of an old reply that the cache gave in place of the service; 0 when that answered, be it
        that it knows nothing. Raises :class:`ServiceError`."""
        before = self._services.cache.revision()
        reply, answers = _ASKED[wish.what](self._services, wish)
        self._answers += answers
        if before == self._revision:  # else somebody else has added to the cache: it is looked through again later
            self._revision = self._services.cache.revision()
        return time.time() - reply.fetched_at if reply.stale else 0.0

    def learned(self, *, now: bool) -> Known:
        """What is known by now, or a moment ago."""
        if now or time.monotonic() - self._learnt > self.PAUSE:
            self._known = self._known.learned(self._answers, self._revision)
            self._answers, self._learnt = [], time.monotonic()
        return self._known


def whom(services: Services, wish: Wish) -> str:
    """The service that a wish is for: Last.fm, or without a key whoever needs none."""
    if has_key(services) or wish.what in ("top", "songs"):
        return "Last.fm"
    return "ListenBrainz" if wish.what == "similar" else "MusicBrainz"


def has_key(services: Services) -> bool:
    """Whether there is a key to Last.fm, good or not."""
    try:
        return keys.lastfm_key(services.settings) is not None
    except BadSetting:  # there is one, and screen 9 says what is wrong with it
        return True


_Answered = tuple[Reply[Any], list[Answer]]


def _similar(services: Services, wish: Wish) -> _Answered:
    try:
        reply = services.similar_artists(wish.artist)
    except ServiceRefused:  # without a key by id, from the services that need none
        reply = _by_id(services, wish.artist, services.lb_similar)
    return reply, [Answer(wish.artist, reply.value or SimilarArtists(wish.artist, ()), reply.fetched_at)]


def _top_tags(services: Services, wish: Wish) -> _Answered:
    reply: Reply[TopTags] | Reply[ArtistInfo]
    try:
        reply = services.top_tags(wish.artist)
    except ServiceRefused:
        reply = _by_id(services, wish.artist, services.mb_artist)
    tags = reply.value.tags if reply.value else ()
    return reply, [Answer(wish.artist, TopTags(wish.artist, tags), reply.fetched_at)]


def _by_id(services: Services, artist: str, question: Callable[[str], Reply[T]]) -> Reply[T]:
    found = services.mb_search(artist)
    mbid = id_of(artist, found.value)
    return question(mbid) if mbid else Reply(None, found.service, found.fetched_at)


def _top(services: Services, wish: Wish) -> _Answered:
    return services.top_tracks(wish.artist), []


def _like_song(services: Services, wish: Wish) -> _Answered:
    return services.similar_tracks(wish.artist, wish.title), []


_ASKED = {"similar": _similar, "tags": _top_tags, "top": _top, "songs": _like_song}
