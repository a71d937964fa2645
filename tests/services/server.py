"""A server on this machine that plays Last.fm, MusicBrainz, ListenBrainz and the Cover Art Archive, well or badly.

    with Server() as server:
        services = Services(server.settings(folder))

It knows an invented world (:mod:`tests.services.world`); replies can be scripted by service, method and arguments,
named as in :class:`~tui_music.services.gateway.Services`; ``server.fault`` makes everything go wrong in one of the ways
of :mod:`tests.services.faults`. What arrived, and when by the server's clock, is in ``server.calls``.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.services.faults import FAULTS, Connection
from tests.services.world import World, as_json, failed
from tui_music.settings import Settings

_LASTFM = {
    "artist.getSimilar": ("similar_artists", ("artist",)),
    "track.getSimilar": ("similar_tracks", ("artist", "track")),
    "artist.getTopTracks": ("top_tracks", ("artist",)),
    "artist.getTopTags": ("top_tags", ("artist",)),
    "artist.getInfo": ("artist_info", ("artist",)),
    "artist.search": ("search_artists", ("artist",)),
    "chart.getTopArtists": ("check_key", ()),
}


@dataclass(frozen=True)
class Arrived:
    """A request. ``at`` is in seconds of the server's clock, which nobody sets."""

    service: str
    method: str
    args: tuple[str, ...]
    at: float
    headers: Mapping[str, str] = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Script = bytes | Answer | Callable[[Arrived], "bytes | Answer"]


class Server:
    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.calls: list[Arrived] = []
        self.fault: str | None = None
        self.closing = threading.Event()
        self._scripts: dict[tuple[str, str, tuple[str, ...] | None], list[Script]] = {}
        self._lock = threading.Lock()
        self._http = _Listening(("127.0.0.1", 0), _handler(self))
        self.port = int(self._http.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def urls(self) -> dict[str, str]:
        """The settings that point a whole run of the program here."""
        return {
            "lastfm_url": f"{self.url}/lastfm/2.0/",
            "musicbrainz_url": f"{self.url}/musicbrainz/ws/2/",
            "listenbrainz_url": f"{self.url}/listenbrainz/",
            "coverart_url": f"{self.url}/coverart/",
        }

    def settings(self, home: Path, **others: Any) -> Settings:
        """Settings for a library in ``home`` whose services are here."""
        return Settings(data_dir=home, cache_dir=home / "cache", config_dir=home, **{**self.urls(), **others})

    def script(self, service: str, method: str, args: Sequence[str] | None, *answers: Script) -> None:
        """Answer so, one after the other, the last one for ever; ``args`` ``None`` means any."""
        self._scripts[service, method, None if args is None else tuple(args)] = list(answers)

    def count(self, service: str | None = None, method: str | None = None) -> int:
        """How many requests arrived."""
        return sum(service in (None, each.service) and method in (None, each.method) for each in self.calls)

    def answer(self, arrived: Arrived) -> Answer:
        with self._lock:
            for args in (arrived.args, None):
                scripts = self._scripts.get((arrived.service, arrived.method, args))
                if scripts:
                    script = scripts[0] if len(scripts) == 1 else scripts.pop(0)
                    break
            else:
                script = self.usual
        answer = script(arrived) if callable(script) else script
        return answer if isinstance(answer, Answer) else Answer(answer)

    def usual(self, arrived: Arrived) -> bytes | Answer:
        """What the invented world answers."""
        unknown = arrived.service == "lastfm" and arrived.args and not self.world.knows(arrived.args[0])
        if unknown and arrived.method != "search_artists":
            return Answer(failed(6, "The artist you supplied could not be found"), status=400)
        limited = "limit" in arrived.parameters and arrived.method != "check_key"
        limit = {"limit": int(arrived.parameters["limit"])} if limited else {}
        reply: bytes = getattr(self.world, arrived.method)(*arrived.args, **limit)
        return reply


class _Listening(ThreadingHTTPServer):
    request_queue_size = 100  # where it is full, a connection takes a second
    daemon_threads = True
    block_on_close = False


def understood(path: str, body: bytes, headers: Mapping[str, str], at: float) -> Arrived | None:
    """Which call of which service a request is."""
    url = urlsplit(path)
    parameters = {name: values[0] for name, values in parse_qs(url.query).items()}
    if url.path == "/lastfm/2.0/":
        parameters = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        method, args = _LASTFM[parameters["method"]]
        return Arrived("lastfm", method, tuple(parameters[name] for name in args), at, headers, parameters)
    if url.path == "/musicbrainz/ws/2/artist":
        quoted = re.fullmatch(r'artist:"(.*)"', parameters["query"])
        name = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
        return Arrived("musicbrainz", "mb_search", (name,), at, headers, parameters)
    if url.path.startswith("/musicbrainz/ws/2/artist/"):
        known = unquote(url.path.rsplit("/", 1)[1])
        return Arrived("musicbrainz", "mb_artist", (known,), at, headers, parameters)
    if url.path == "/musicbrainz/ws/2/release-group":
        quoted = re.fullmatch(r'releasegroup:"(.*)" AND artist:"(.*)"', parameters["query"])
        title, artist = (re.sub(r"\\(.)", r"\1", quoted[at]) if quoted else "" for at in (1, 2))
        return Arrived("musicbrainz", "mb_album", (artist, title), at, headers, parameters)
    if front := re.fullmatch(r"/coverart/release-group/([^/]+)/front-250", url.path):
        return Arrived("coverart", "cover", (front[1],), at, headers, parameters)
    if url.path == "/listenbrainz/similar-artists/json":
        return Arrived("listenbrainz", "lb_similar", (parameters["artist_mbids"],), at, headers, parameters)
    if url.path == "/listenbrainz/1/popularity/artist":
        known = json.loads(body)["artist_mbids"]
        return Arrived("listenbrainz", "lb_popularity", tuple(known), at, headers, parameters)
    return None


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers.get("content-length", 0))))

        def _reply(self, body: bytes) -> None:
            at = time.monotonic()
            arrived = understood(self.path, body, dict(self.headers.items()), at)
            connection = Connection(self, arrived.service if arrived else "", body, server.closing)
            if arrived is None:
                return connection.send(404, as_json({"error": "Not Found"}))
            with server._lock:
                server.calls.append(arrived)
            if server.fault:
                return FAULTS[server.fault](connection)
            answer = server.answer(arrived)
            connection.send(answer.status, answer.body, answer.headers)
            return None

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the client went away: some faults are made for that
                self.close_connection = True

    return Handler
