"""Ways in which a service can go wrong: each is what one connection gets to see."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler

from tests.services.world import as_json, failed, jpeg, lfm, mbid

HTML = b"<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>It broke</h1><br></body></html>"
#: The HTTP status that goes with a code of Last.fm, as it was seen.
CODES = {2: 400, 6: 400, 8: 500, 9: 403, 10: 403, 11: 503, 16: 200, 17: 403, 26: 403, 29: 200}
STATUSES = (400, 403, 404, 429, 500, 502, 503, 504, 520)


class Connection:
    """What a fault has to work with. ``closing`` is set when the server is done."""

    def __init__(self, handler: BaseHTTPRequestHandler, service: str, request: bytes, closing: threading.Event) -> None:
        self.handler, self.service, self.request, self.closing = handler, service, request, closing

    @property
    def lastfm(self) -> bool:
        return self.service == "lastfm"

    def send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.handler.send_response_only(status)
        kind = "text/xml; charset=UTF-8" if self.lastfm else "application/json; charset=utf-8"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def raw(self, *parts: bytes) -> None:
        """Bytes as they are; the connection ends with them."""
        self.handler.close_connection = True
        for part in parts:
            self.handler.wfile.write(part)
            self.handler.wfile.flush()

    def good(self) -> bytes:
        """A reply that would be fine, to be spoilt."""
        if self.lastfm:
            return lfm('<similarartists artist="Ilse Morn"><artist><name>Tomo Vale</name></artist></similarartists>')
        if self.service == "musicbrainz":
            return as_json({"id": mbid("Ilse Morn"), "name": "Ilse Morn", "artists": [], "release-groups": []})
        if self.service == "coverart":
            return jpeg("Ilse Morn")
        return as_json([{"artist_mbid": mbid("Tomo Vale"), "name": "Tomo Vale", "score": 5}])


Fault = Callable[[Connection], None]


def _status(status: int) -> Fault:
    return lambda connection: connection.send(status, HTML, {"Content-Type": "text/html"})


def _code(code: int) -> Fault:
    def fault(connection: Connection) -> None:
        body = failed(code, "It did not work") if connection.lastfm else as_json({"error": "Not Found", "code": code})
        connection.send(CODES[code], body)

    return fault


def _saying(lastfm: bytes, others: bytes | None = None, **headers: str) -> Fault:
    """An answer with status 200."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda connection: connection.send(200, lastfm if connection.lastfm or others is None else others, fields)


def _redirect(connection: Connection) -> None:
    port = connection.handler.server.server_address[1]  # type: ignore[index]
    connection.send(302, b"", {"Location": f"http://localhost:{port}{connection.handler.path}"})


def _redirect_to_nonsense(connection: Connection) -> None:
    connection.raw("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: http://[ö:99999999/\r\n\r\n".encode("latin-1"))


def _odd_headers(connection: Connection) -> None:
    good = connection.good()
    odd = (
        "Content-Type: töxt\r\nRetry-After: ö\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset-In: ²\r\n"
        + "A: b\r\n" * 200
    )
    connection.raw(f"HTTP/1.1 200 \r\nContent-Length: {len(good)}\r\n{odd}\r\n".encode("latin-1"), good)


def _redirect_in_circles(connection: Connection) -> None:
    connection.send(307, b"", {"Location": connection.handler.path})


def _control_character(connection: Connection) -> None:
    """Names with a control character beside an emoji: pylast alone would drop the emoji."""
    spoilt = connection.good().replace(b"Tomo Vale", "To\x01mo 😀 &#x1;𝄞".encode())
    connection.send(200, spoilt)


def _head(length: int | None) -> bytes:
    size = f"Content-Length: {length}\r\n" if length is not None else "Connection: close\r\n"
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n{size}\r\n".encode()


def _cut_with_length(connection: Connection) -> None:
    good = connection.good()
    connection.raw(_head(len(good)), good[:-20])


def _cut_without_length(connection: Connection) -> None:
    connection.raw(_head(None), connection.good()[:-20])


def _reset(connection: Connection) -> None:
    connection.raw()
    connection.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.handler.connection.close()


def _hang(connection: Connection) -> None:
    connection.raw()
    connection.closing.wait(30)


def _hang_after_head(connection: Connection) -> None:
    connection.raw(_head(1000))
    connection.closing.wait(30)


def _drip(connection: Connection) -> None:
    good = connection.good() + b" " * 10_000
    connection.raw(_head(len(good)))
    _slowly(connection, good)


def _drip_head(connection: Connection) -> None:
    _slowly(connection, _head(10) + b"0123456789")


def _slowly(connection: Connection, data: bytes) -> None:
    for place in range(len(data)):
        if connection.closing.wait(0.05):
            return
        connection.raw(data[place : place + 1])


def _huge(connection: Connection) -> None:
    connection.raw(_head(None), b'<lfm status="ok">', *(b"<a>0123456789</a>" * 4000 for _ in range(3000)))


@cache
def _packed() -> bytes:
    deflate = zlib.compressobj(wbits=31)
    return b"".join(deflate.compress(b" " * 2**20) for _ in range(100)) + deflate.flush()


def _gzip_bomb(connection: Connection) -> None:
    connection.send(200, _packed(), {"Content-Encoding": "gzip"})


def _many_entities() -> bytes:
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE lfm [<!ENTITY e0 "ha">{nested}]><lfm status="ok">&e9;</lfm>'.encode()


def _large_entity() -> bytes:
    return f'<!DOCTYPE lfm [<!ENTITY e "{"x" * 100_000}">]><lfm status="ok">{"&e;" * 10_000}</lfm>'.encode()


def _echo(connection: Connection) -> None:
    """The request in the answer, as some proxies do in their error pages."""
    said = connection.request.decode().replace("&", "&amp;")
    body = failed(13, said) if connection.lastfm else as_json({"error": said})
    connection.send(400, body, {"X-Request": connection.request.decode()})


_XXE = b'<!DOCTYPE lfm [<!ENTITY e SYSTEM "file:///etc/passwd">]><lfm status="ok">&e;</lfm>'
_OTHER_JSON = b'{"similarartists":{"artist":[]}}'

FAULTS: dict[str, Fault] = {
    **{f"HTTP {status}": _status(status) for status in STATUSES},
    **{f"error {code}": _code(code) for code in CODES},
    "empty error": _saying(b'<lfm status="failed"><error code="6"></error></lfm>', b'{"error":""}'),
    "failed without error": _saying(b'<lfm status="failed"></lfm>', b"{}"),
    "another root": _saying(b"<rss><channel/></rss>", b'"text"'),
    "another format": _saying(_OTHER_JSON, lfm("<artist/>")),
    "login page": _saying(HTML, Content_Type="text/html"),
    "redirect to another host": _redirect,
    "redirect in circles": _redirect_in_circles,
    "redirect to nonsense": _redirect_to_nonsense,
    "odd headers": _odd_headers,
    "empty body": _saying(b""),
    "bad UTF-8": _saying(lfm("<artist><name>\0</name></artist>").replace(b"\0", b"\xff\xc3"), b'["\xff\xc3"]'),
    "Latin-1": _saying("<?xml version='1.0' encoding='ISO-8859-1'?><lfm status='ok'>ö</lfm>".encode("latin-1")),
    "Latin-1 that is UTF-8": _saying("<?xml version='1.0' encoding='ISO-8859-1'?><lfm status='ok'>ö</lfm>".encode()),
    "control character": _control_character,
    "cut, with its length": _cut_with_length,
    "cut, without length": _cut_without_length,
    "reset": _reset,
    "hang": _hang,
    "hang after the head": _hang_after_head,
    "drip": _drip,
    "drip in the head": _drip_head,
    "entities in entities": _saying(_many_entities()),
    "a large entity": _saying(_large_entity()),
    "an entity from a file": _saying(_XXE),
    "200 MB": _huge,
    "gzip bomb": _gzip_bomb,
    "unknown encoding": _saying(b"\x0b\x02\x80", Content_Encoding="br"),
    "half a gzip": _saying(gzip.compress(lfm("<artist/>") * 10)[:-20], Content_Encoding="gzip"),
    "many elements": _saying(lfm("<a/>" * 400_000), b"[" + b"{}," * 400_000 + b"{}]"),
    "deep": _saying(lfm("<a>" * 9000 + "</a>" * 9000), b"[" * 500_000),
    "something else": _saying(lfm('<events page="1"/>'), b'{"count":0}'),
    "wrong types": _saying(b'<lfm status="ok"/>', json.dumps({"artists": 5, "id": [], "name": {}}).encode()),
    "Retry-After": lambda connection: connection.send(503, HTML, {"Retry-After": "1"}),
    "Retry-After nonsense": lambda connection: connection.send(429, HTML, {"Retry-After": "Someday, \xf6"}),
    "the request in the answer": _echo,
}
