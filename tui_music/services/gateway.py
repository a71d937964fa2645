"""The one door to music services: typed questions, answered from the cache or fetched.

Nothing is fetched twice while it is fresh, two who ask the same at once make one call, and where nothing can be fetched
the old reply is served. The libraries of the network are imported with the first call that needs them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import msgspec

from tui_music.errors import BadSetting, NotCached, Offline, ServiceError, ServiceRefused, Stopped
from tui_music.services import keys
from tui_music.services.cache import CacheKey, ReplyCache
from tui_music.services.limits import GAPS, SLICE, Limiter, Patience, folder_for, left_alone
from tui_music.services.reading import mbid_of
from tui_music.services.replies import (
    Album,
    ArtistInfo,
    Cover,
    FoundArtists,
    Popularity,
    Reply,
    SimilarArtists,
    SimilarTracks,
    TopTags,
    TopTracks,
)
from tui_music.settings import Settings

if TYPE_CHECKING:
    from tui_music.services.coverart import CoverArt
    from tui_music.services.lastfm import LastFm
    from tui_music.services.listenbrainz import ListenBrainz
    from tui_music.services.musicbrainz import MusicBrainz
    from tui_music.services.transport import Wire

    Client = LastFm | MusicBrainz | ListenBrainz | CoverArt

#: The services as they are called in the cache, and by their names.
NAMES = {
    "lastfm": "Last.fm",
    "musicbrainz": "MusicBrainz",
    "listenbrainz": "ListenBrainz",
    "coverart": "Cover Art Archive",
}
NO_KEY = "Last.fm needs an API key, which is free: with it come similar artists and songs, tags and top songs."
#: Most ids in one question to ListenBrainz.
MOST_IDS = 1000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """How it stands with a service, in one sentence. ``until`` is UTC seconds: when it is asked again."""

    name: str
    state: Literal["ok", "no key", "paused", "offline"]
    sentence: str
    until: int | None = None


class Services:
    """Questions to the services of :data:`NAMES`; any number of threads may ask. Making one opens nothing.

    A reply's ``value`` is ``None`` when the service knows no such thing. With ``cached`` the network is not touched:
    the reply is what is kept, however old, else :class:`NotCached`. Otherwise a question raises
    :class:`ServiceUnavailable`, :class:`ServiceRefused`, :class:`Private` or :class:`Offline` if it cannot be answered
    and no old reply is kept, and :class:`Stopped` within a second after :meth:`close`. ``offline`` may be changed at
    any time. Ids must be MusicBrainz ids, else :class:`ValueError`.
    """

    def __init__(
        self,
        settings: Settings,
        offline: bool = False,
        *,
        patience: Patience | None = None,
        gaps: Mapping[str, float] = GAPS,
    ) -> None:
        self.settings, self.offline = settings, offline or settings.offline
        self.cache = ReplyCache(settings.replies_dir, settings.cache_days)
        self._patience, self._gaps = patience or Patience(), gaps
        self._limiters: dict[str, Limiter] = {}
        self._clients: dict[str, tuple[Wire, Any]] = {}
        self._flights: dict[CacheKey, Future[Reply[Any]]] = {}
        self._refused: tuple[object, str] | None = None  # a key that Last.fm refused, and what it said
        self._stopped, self._lock = False, threading.RLock()

    # Last.fm

    def similar_artists(self, name: str, limit: int = 100, *, cached: bool = False) -> Reply[SimilarArtists]:
        key = CacheKey("lastfm", "similar_artists", (name,), limit)
        return self._answer(key, SimilarArtists, lambda last: last.similar_artists(name, limit), cached)

    def similar_tracks(self, artist: str, title: str, limit: int = 50, *, cached: bool = False) -> Reply[SimilarTracks]:
        key = CacheKey("lastfm", "similar_tracks", (artist, title), limit)
        return self._answer(key, SimilarTracks, lambda last: last.similar_tracks(artist, title, limit), cached)

    def top_tracks(self, artist: str, limit: int = 20, *, cached: bool = False) -> Reply[TopTracks]:
        key = CacheKey("lastfm", "top_tracks", (artist,), limit)
        return self._answer(key, TopTracks, lambda last: last.top_tracks(artist, limit), cached)

    def top_tags(self, artist: str, *, cached: bool = False) -> Reply[TopTags]:
        key = CacheKey("lastfm", "top_tags", (artist,))
        return self._answer(key, TopTags, lambda last: last.top_tags(artist), cached)

    def artist_info(self, name: str, *, cached: bool = False) -> Reply[ArtistInfo]:
        key = CacheKey("lastfm", "artist_info", (name,))
        return self._answer(key, ArtistInfo, lambda last: last.artist_info(name), cached)

    def search_artists(self, text: str, limit: int = 10, *, cached: bool = False) -> Reply[FoundArtists]:
        key = CacheKey("lastfm", "search_artists", (text,), limit)
        return self._answer(key, FoundArtists, lambda last: last.search_artists(text, limit), cached)

    # MusicBrainz

    def mb_search(self, name: str, limit: int = 5, *, cached: bool = False) -> Reply[FoundArtists]:
        key = CacheKey("musicbrainz", "mb_search", (name,), limit)
        return self._answer(key, FoundArtists, lambda brainz: brainz.mb_search(name, limit), cached)

    def mb_artist(self, mbid: str, *, cached: bool = False) -> Reply[ArtistInfo]:
        known = _checked(mbid)
        key = CacheKey("musicbrainz", "mb_artist", (known,))
        return self._answer(key, ArtistInfo, lambda brainz: brainz.mb_artist(known), cached)

    # ListenBrainz

    def lb_similar(self, mbid: str, limit: int = 100, *, cached: bool = False) -> Reply[SimilarArtists]:
        known = _checked(mbid)
        key = CacheKey("listenbrainz", "lb_similar", (known,), limit)
        return self._answer(key, SimilarArtists, lambda brainz: brainz.lb_similar(known, limit), cached)

    def lb_popularity(self, mbids: Sequence[str], *, cached: bool = False) -> Reply[tuple[Popularity, ...]]:
        """Of at most :data:`MOST_IDS` artists, in the order of their ids; those that nobody knows are left out."""
        known = tuple(sorted({_checked(mbid) for mbid in mbids}))
        if not 1 <= len(known) <= MOST_IDS:
            raise ValueError(f"between 1 and {MOST_IDS} ids can be asked for at once, not {len(known)}")
        key = CacheKey("listenbrainz", "lb_popularity", known)
        return self._answer(key, tuple[Popularity, ...], lambda brainz: brainz.lb_popularity(known), cached)

    # covers

    def mb_album(self, artist: str, title: str, *, cached: bool = False) -> Reply[Album]:
        key = CacheKey("musicbrainz", "mb_album", (artist, title))
        return self._answer(key, Album, lambda brainz: brainz.mb_album(artist, title), cached)

    def cover(self, mbid: str, *, cached: bool = False) -> Reply[Cover]:
        """Of an album, by its id at MusicBrainz."""
        known = _checked(mbid)
        key = CacheKey("coverart", "cover", (known,))
        return self._answer(key, Cover, lambda archive: archive.cover(known), cached)

    def check_key(self) -> None:
        """Ask Last.fm whether the key is any good. Raises :class:`ServiceRefused` if not, :class:`ServiceUnavailable`
        or :class:`Offline` if that cannot be known now."""
        self._refused = None
        self._fetched("lastfm", lambda last: last.check())

    def status(self) -> tuple[ServiceStatus, ...]:
        """How it stands with each service that recommendations rest on. The network is not touched."""
        return tuple(self._status(service, name) for service, name in NAMES.items() if service != "coverart")

    def close(self) -> None:
        """Give up what is under way, in other threads too. Nothing can be asked afterwards."""
        self._stopped = True
        with self._lock:
            for wire, _ in self._clients.values():
                wire.shut()
        self.cache.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, key: CacheKey, kind: type[T], question: Callable[[Any], T | None], cached: bool) -> Reply[T]:
        if not all(key.args):  # a name of nothing that can be seen
            return Reply(None, key.service, int(time.time()))
        kept = self._kept(key, kind)
        if kept and not kept.stale:
            return kept
        try:
            if cached:
                raise NotCached(f"{NAMES[key.service]} has not been asked about this yet.")
            return self._shared(key, question)
        except ServiceError:
            if not kept:
                raise
        self.cache.served_stale()
        return kept

    def _kept(self, key: CacheKey, kind: type[T]) -> Reply[T] | None:
        """The reply in the cache, stale when it should be fetched anew."""
        found = self.cache.get(key)
        if not found:
            return None
        try:
            value = None if found.not_found else msgspec.json.decode(found.payload, type=kind)
        except msgspec.DecodeError:  # kept by another version of the program
            return None
        return Reply(value, key.service, found.fetched_at, stale=not self.cache.fresh(found), from_cache=True)

    def _shared(self, key: CacheKey, question: Callable[[Any], T | None]) -> Reply[T]:
        """Fetched, by this thread or by another one that is at it already."""
        with self._lock:
            flight = self._flights.get(key)
            mine = flight is None
            flight = self._flights.setdefault(key, Future())
        while not mine:
            try:
                return flight.result(timeout=SLICE)
            except TimeoutError:
                self._wanted()
        try:
            value = self._fetched(key.service, question)
            self.cache.put(key, None if value is None else msgspec.json.encode(value))
            reply = Reply(value, key.service, int(time.time()))
            flight.set_result(reply)
            return reply
        except BaseException as problem:
            flight.set_exception(problem)
            raise
        finally:
            with self._lock:
                del self._flights[key]

    def _fetched(self, service: str, question: Callable[[Any], T | None]) -> T | None:
        self._wanted()
        key = self._key() if service == "lastfm" else None
        wire, client = self._client(service)
        try:
            return wire.ask(lambda: question(client))
        except ServiceRefused as problem:
            self._refused = key, str(problem)
            raise

    def _wanted(self) -> None:
        """Raise if nothing is to be fetched, or waited for any longer."""
        if self._stopped:
            raise Stopped("No answer was waited for: the program is quitting.")
        if self.offline:
            raise Offline("Nothing was asked: the program is offline.")

    def _key(self) -> keys.ApiKey:
        """The key to Last.fm. One that was refused is not tried again."""
        try:
            key = keys.lastfm_key(self.settings)
        except BadSetting as problem:
            raise ServiceRefused(str(problem)) from None
        if not key:
            raise ServiceRefused(NO_KEY)
        if self._refused and self._refused[0] == key:
            raise ServiceRefused(self._refused[1])
        return key

    def _secret(self) -> str:
        return self._key().value

    def _limiter(self, service: str) -> Limiter:
        with self._lock:
            if service not in self._limiters:
                folder = folder_for(self._url(service), self.settings.cache_dir / "limits")
                self._limiters[service] = Limiter(folder / f"{service}.json", self._gaps[service])
            return self._limiters[service]

    def _url(self, service: str) -> str:
        return str(getattr(self.settings, f"{service}_url"))

    def _client(self, service: str) -> tuple[Wire, Client]:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._connected(service)
            return self._clients[service]

    def _connected(self, service: str) -> tuple[Wire, Client]:
        """A client and its wire. Their modules import the network's libraries."""
        from tui_music.services.transport import Wire

        url, how = self._url(service), (self._limiter(service), self._patience, self._wanted)
        if service == "lastfm":
            from tui_music.services.lastfm import LastFm, LastFmWire

            lastfm = LastFmWire([url], *how, key=self._secret)
            return lastfm, LastFm(lastfm)
        if service == "musicbrainz":
            from tui_music.services.musicbrainz import MusicBrainz

            wire = Wire(NAMES[service], [url], *how)
            return wire, MusicBrainz(wire)
        if service == "coverart":
            from tui_music.services.coverart import NODES, CoverArt

            wire = Wire(NAMES[service], [url], *how, NODES)
            return wire, CoverArt(wire)
        from tui_music.services.listenbrainz import ListenBrainz, bases

        wire = Wire(NAMES[service], bases(url), *how)
        return wire, ListenBrainz(wire)

    def _status(self, service: str, name: str) -> ServiceStatus:
        if self.offline:
            return ServiceStatus(name, "offline", f"{name} is not asked: the program is offline.")
        if service == "lastfm":
            try:
                self._key()
            except ServiceRefused as problem:
                return ServiceStatus(name, "no key", str(problem))
        seconds, why = self._limiter(service).paused()
        if seconds:
            return ServiceStatus(name, "paused", left_alone(name, seconds, why), int(time.time() + seconds))
        return ServiceStatus(name, "ok", f"{name} is asked for what is missing.")


def _checked(mbid: str) -> str:
    known = mbid_of(mbid)
    if not known:
        raise ValueError(f"{mbid[:50]!r} is not a MusicBrainz id")
    return known
