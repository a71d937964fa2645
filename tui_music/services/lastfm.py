"""Last.fm, through pylast: it writes the requests and reads the XML; the transport does all the rest.

pylast's own methods are passed over: they tell less than the service does (no ids, no listeners), try again by
themselves, and ask once for each figure.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus
from xml.dom.minidom import Document, Element

import httpx2
import pylast

from tui_music.errors import Private, ServiceError, ServiceRefused, ServiceUnavailable
from tui_music.services.reading import best_is_one, count_of, mbid_of, name_of, nonsense, number_of, url_of
from tui_music.services.replies import (
    ArtistInfo,
    FoundArtist,
    FoundArtists,
    Similar,
    SimilarArtists,
    SimilarTracks,
    Tag,
    TopTags,
    TopTrack,
    TopTracks,
)
from tui_music.services.transport import Passing, Wire

NAME = "Last.fm"
#: pylast is told this host and this key. Rules of the environment for the real host (``NO_PROXY``) would lead its
#: client past our transport, and a key in its objects would be shown with them.
_HOST, _KEY = "lastfm.invalid", "not-here"
#: Most tags of XML in a reply; the largest that is asked for has some 3,000. The tree of them takes 0.4 KB each.
_MARKUP = 20_000
_TAGS = 100
#: What Last.fm's codes mean. The others say that this program asks wrongly.
_NOT_FOUND, _WAIT, _STOP, _PRIVATE, _TOO_MANY = {"6", "7"}, {"8", "11", "16", "29"}, {"10", "26"}, "17", "29"

_ROOT = re.compile(rb"(<\?xml[^>]{,200}\?>)?\s*<lfm[\s/>]")
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")
#: What XML does not allow, and what pylast would remove together with every emoji of the reply.
_CONTROLS = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|&#(?:x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F])|0*([0-8]|1[124-9]|2\d|3[01]));"
)
#: Names come escaped twice at times.
_ESCAPED = re.compile(r"&(?:amp|quot|apos|lt|gt|#\d{2,5});")

logging.getLogger("pylast").disabled = True  # it logs whole replies


class LastFmWire(Wire):
    """The wire to Last.fm. It puts the key where pylast has none, and keeps from pylast what it would choke on."""

    def __init__(self, *args: Any, key: Callable[[], str]) -> None:
        super().__init__(NAME, *args)
        self._key = key

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = self.bases[0]
        return httpx2.Response(200, content=well_formed(super().handle_request(request).content))

    def written(self, content: bytes) -> bytes:
        return content.replace(f"api_key={_KEY}".encode(), f"api_key={quote_plus(self._key())}".encode())


def well_formed(body: bytes) -> bytes:
    """The XML of a reply, without control characters. Raises :class:`ServiceUnavailable` for what is none of
    Last.fm's, for definitions of types and entities, and for more markup than any reply has."""
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        body.decode("utf-8")
        fits = _ROOT.match(body) and not _OTHER_ENCODING.match(body) and not _DECLARATION.search(body)
    except UnicodeDecodeError:
        fits = None
    if not fits or body.count(b"<") > _MARKUP:
        raise nonsense(NAME)
    return _CONTROLS.sub(b"", body)


class LastFm:
    """Questions to Last.fm. The answer is ``None`` where it knows no such artist or track. Raises
    :class:`ServiceError`."""

    def __init__(self, wire: LastFmWire) -> None:
        self._network = pylast.LastFMNetwork(api_key=_KEY, proxy={f"https://{_HOST}": wire})
        self._network.ws_server = (_HOST, "/")

    def similar_artists(self, name: str, limit: int) -> SimilarArtists | None:
        answer = self._asked("artist.getSimilar", "similarartists", artist=name, limit=limit)
        return answer and SimilarArtists(
            name_of(answer.getAttribute("artist")) or name_of(name),
            best_is_one(map(_similar, _under(answer, "artist")), limit),
        )

    def similar_tracks(self, artist: str, title: str, limit: int) -> SimilarTracks | None:
        answer = self._asked("track.getSimilar", "similartracks", artist=artist, track=title, limit=limit)
        return answer and SimilarTracks(
            name_of(answer.getAttribute("artist")) or name_of(artist),
            name_of(answer.getAttribute("track")) or name_of(title),
            best_is_one(map(_similar, _under(answer, "track")), limit),
        )

    def top_tracks(self, artist: str, limit: int) -> TopTracks | None:
        answer = self._asked("artist.getTopTracks", "toptracks", artist=artist, limit=limit)
        if not answer:
            return None
        known = name_of(answer.getAttribute("artist")) or name_of(artist)
        tracks = (
            TopTrack(
                name_of(_text(node, "name")),
                name_of(_text(node, "artist", "name")) or known,
                count_of(_text(node, "listeners")),
                count_of(_text(node, "playcount")),
            )
            for node in _under(answer, "track")
        )
        return TopTracks(known, tuple(track for track in tracks if track.title)[:limit])

    def top_tags(self, artist: str) -> TopTags | None:
        answer = self._asked("artist.getTopTags", "toptags", artist=artist)
        if not answer:
            return None
        tags = (
            Tag(name_of(_text(node, "name")), min(max(number_of(_text(node, "count")) or 0.0, 0.0), 100.0))
            for node in _under(answer, "tag")
        )
        known = name_of(answer.getAttribute("artist")) or name_of(artist)
        return TopTags(known, tuple(tag for tag in tags if tag.name)[:_TAGS])

    def artist_info(self, name: str) -> ArtistInfo | None:
        """Without tags: here they come uncounted; see :meth:`top_tags`."""
        answer = self._asked("artist.getInfo", "artist", artist=name)
        return answer and ArtistInfo(
            name_of(_text(answer, "name")) or name_of(name),
            mbid=mbid_of(_text(answer, "mbid")),
            listeners=count_of(_text(answer, "stats", "listeners")),
            plays=count_of(_text(answer, "stats", "playcount")),
            url=url_of(_text(answer, "url")),
        )

    def search_artists(self, text: str, limit: int) -> FoundArtists | None:
        answer = self._asked("artist.search", "results", artist=text, limit=limit)
        if not answer:
            return None
        found = (
            FoundArtist(
                name_of(_text(node, "name")),
                mbid=mbid_of(_text(node, "mbid")),
                listeners=count_of(_text(node, "listeners")),
            )
            for node in _under(answer, "artistmatches", "artist")
        )
        return FoundArtists(name_of(text), tuple(each for each in found if each.name)[:limit])

    def check(self) -> None:
        """Ask something that only needs a valid key."""
        if not self._asked("chart.getTopArtists", "artists", limit=1):
            raise nonsense(NAME)

    def _asked(self, method: str, tag: str, **parameters: str | int) -> Element | None:
        """The element ``tag`` that is the answer. Names are corrected by Last.fm as it sees fit."""
        try:
            request = pylast._Request(self._network, method, {"autocorrect": 1, **parameters})
            return _under(request.execute(), "lfm", tag)[0]
        except pylast.WSError as failed:
            problem = _meaning(str(failed.status))
        except pylast.NetworkError as failed:
            inner = failed.underlying_error
            problem = inner if isinstance(inner, ServiceError) else nonsense(NAME)
        except Exception:  # pylast lets whatever it stumbles over escape: IndexError, AttributeError, ExpatError, …
            problem = nonsense(NAME)
        if problem:
            raise problem
        return None


def _meaning(code: str) -> ServiceError | None:
    """What a code of Last.fm is to us; ``None`` when it knows no such thing."""
    if code in _NOT_FOUND:
        return None
    if code in _WAIT:
        return Passing(f"{NAME} cannot answer just now (its error {code}).", everybody=code == _TOO_MANY)
    if code in _STOP:
        why = "does not know this API key" if code == "10" else "has suspended this API key"
        return ServiceRefused(f"{NAME} {why}: enter another one, or do without.")
    if code == _PRIVATE:
        return Private(f"{NAME} keeps this private: only the person it belongs to may see it.")
    return ServiceUnavailable(f"{NAME} did not accept the question (its error {code if code.isdecimal() else '?'}).")


def _similar(node: Element) -> Similar:
    return Similar(
        name_of(_text(node, "name")),
        number_of(_text(node, "match")) or 0.0,
        mbid_of(_text(node, "mbid")),
        name_of(_text(node, "artist", "name")) or None,
    )


def _under(node: Document | Element, tag: str, *deeper: str) -> list[Element]:
    """Elements at the end of a path of tags."""
    found = [child for child in node.childNodes if isinstance(child, Element) and child.tagName == tag]
    return [last for each in found for last in _under(each, *deeper)] if deeper else found


def _text(node: Element, *path: str) -> str:
    """The text of the first element at the end of a path of tags; empty if there is none."""
    for found in _under(node, *path)[:1]:
        text = "".join(
            child.data for child in found.childNodes if child.nodeType in (child.TEXT_NODE, child.CDATA_SECTION_NODE)
        )
        return _ESCAPED.sub(lambda match: html.unescape(match[0]), text)
    return ""
