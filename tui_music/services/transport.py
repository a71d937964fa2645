"""The one way to the network: every request of every service goes through a :class:`Wire`.

It waits for the service's slot, gives up in time, reads no more than it should, follows no redirect to anybody else,
tries again what may pass, and adds a key only while the request is written, so that no object of a library ever holds
it. Everything that goes wrong is a :class:`~tui_music.errors.ServiceError` in words of our own: what a service or a
library says about a failure may repeat the request, and the key in it.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from email.utils import parsedate_to_datetime
from typing import TypeVar, cast

import httpcore2
import httpx2

from tui_music import __version__
from tui_music.errors import ServiceError, ServiceUnavailable
from tui_music.services.connection import pool_for
from tui_music.services.limits import SLICE, Limiter, Patience, left_alone

#: Services ask who calls, and for a way to reach them; the project has no page to name yet.
USER_AGENT = f"tui-music/{__version__} ( listening history in the terminal )"
#: Longest reply in bytes, after decoding.
LONGEST_REPLY = 2_000_000
REDIRECTS = 3

T = TypeVar("T")


class Passing(ServiceUnavailable):
    """A failure that may pass: tried again after ``wait`` seconds, if the service said; ``everybody`` waits if it
    said that there were too many calls."""

    def __init__(self, message: str, wait: float | None = None, everybody: bool = False) -> None:
        super().__init__(message)
        self.wait, self.everybody = wait, everybody


class LeftAlone(ServiceUnavailable):
    """Nobody calls this service for a while."""


class Calls(threading.local):
    """When the call of this thread has to be over, in monotonic seconds; it is set when its first slot is granted."""

    end: float | None = None


class Wire(httpx2.BaseTransport):
    """The transport of one service, for any number of threads and httpx2 clients. ``bases`` are its addresses;
    redirects go to their hosts only, and over https to those that ``others`` matches. ``wanted`` raises when no call
    should go on."""

    def __init__(
        self,
        name: str,
        bases: Iterable[str],
        limiter: Limiter,
        patience: Patience,
        wanted: Callable[[], None],
        others: re.Pattern[str] | None = None,
    ) -> None:
        self.name, self.limiter, self.patience = name, limiter, patience
        self._others = others
        self.bases = [httpx2.URL(base) for base in bases]
        self._wanted = wanted
        self._calls = Calls()
        self._pools: dict[tuple[str, str, int | None], httpcore2.ConnectionPool] = {}
        self._lock = threading.Lock()
        self._active, self._shut = 0, False

    def ask(self, question: Callable[[], T]) -> T:
        """One call: ``question`` is asked again while it fails in a way that may pass and there is time left.

        Raises :class:`ServiceError`. Too many failed calls in a row, and the service is left alone for a while.
        """
        with self._lock:
            self._active += 1
        self._calls.end = None
        try:
            answer = self._asked(question)
            self.limiter.worked()
            return answer
        except ServiceError as problem:
            if isinstance(problem, ServiceUnavailable) and not isinstance(problem, LeftAlone):
                self.limiter.failed(str(problem))
            raise _bare(problem) from None
        finally:
            with self._lock:
                self._active -= 1
            self._close_when_idle()

    def _asked(self, question: Callable[[], T]) -> T:
        attempt = 1
        while True:
            try:
                return question()
            except Passing as problem:
                wait = self.patience.backoff * 2 ** (attempt - 1) if problem.wait is None else problem.wait
                if problem.everybody:
                    self.limiter.pause(wait, str(problem))
                if attempt == self.patience.attempts or time.monotonic() + wait >= (self._calls.end or 0):
                    raise
            attempt += 1
            self._sleep(wait)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request with its redirects, each in a slot of its own. The whole reply is read."""
        content, url = request.read(), request.url
        for _ in range(1 + REDIRECTS):
            self._wait_for_slot()
            status, fields, body = self._exchange(request, url, self.written(content))
            self._judge(status, fields)
            if status not in (301, 302, 303, 307, 308):
                return httpx2.Response(status, content=body)
            url = self._redirected(url, fields.get("location", ""))
        raise ServiceUnavailable(f"{self.name} sends from one address to another without end.")

    def written(self, content: bytes) -> bytes:
        """The body of a request as it is sent. What is added here is seen by nobody else."""
        return content

    def close(self) -> None:
        """For the clients, which close their transport after each call: nothing."""

    def shut(self) -> None:
        """Close what is open, as soon as no call is under way."""
        with self._lock:
            self._shut = True
        self._close_when_idle()

    def _close_when_idle(self) -> None:
        with self._lock:
            if self._active or not self._shut:
                return
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def check(self) -> None:
        """Raise if this call should not go on: nobody wants it any more, or it took too long."""
        self._wanted()
        if self._calls.end is not None and time.monotonic() > self._calls.end:
            raise Passing(f"{self.name} took longer than {self.patience.call:.0f} seconds to answer.")

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, SLICE))
            self.check()

    def _wait_for_slot(self) -> None:
        while True:
            self.check()
            wait = self.limiter.take()
            if not wait:
                break
            if wait > self.patience.call:
                _, why = self.limiter.paused()
                raise LeftAlone(left_alone(self.name, wait, why))
            self._sleep(min(wait, SLICE))
        if self._calls.end is None:
            self._calls.end = time.monotonic() + self.patience.call

    def _redirected(self, url: httpx2.URL, location: str) -> httpx2.URL:
        try:
            target = url.join(location)
        except (httpx2.InvalidURL, ValueError):
            target = httpx2.URL("https://nowhere.invalid")
        if not location or not (origin(target) in map(origin, self.bases) or self._listed(target)):
            raise ServiceUnavailable(
                f"{self.name} was not asked: something on the way sends to another host, perhaps a login page."
            )
        return target

    def _listed(self, url: httpx2.URL) -> bool:
        return (
            self._others is not None
            and (url.scheme, url.port, url.userinfo) == ("https", None, b"")
            and self._others.fullmatch(url.host) is not None
        )

    def _exchange(self, request: httpx2.Request, url: httpx2.URL, content: bytes) -> tuple[int, httpx2.Headers, bytes]:
        """Status, headers and body of the answer to one request."""
        headers = [
            ("Host", url.netloc.decode("ascii")),
            ("User-Agent", USER_AGENT),
            ("Accept", request.headers.get("accept", "*/*")),
            ("Accept-Encoding", "identity"),
        ]
        if content:
            headers += [("Content-Type", request.headers["content-type"]), ("Content-Length", str(len(content)))]
        step = self.patience.step
        extensions = {"timeout": {"connect": step, "read": step, "write": step, "pool": step}}
        try:
            reply = self._pool(url).handle_request(
                httpcore2.Request(request.method, str(url), headers=headers, content=content, extensions=extensions)
            )
            try:
                fields = httpx2.Headers(reply.headers)
                return reply.status, fields, self._body(reply, fields)
            finally:
                reply.close()
        except ServiceError:
            raise
        except Exception as problem:
            raise self._in_our_words(problem) from None

    def _body(self, reply: httpcore2.Response, fields: httpx2.Headers) -> bytes:
        """The body, decoded: at most :data:`LONGEST_REPLY` bytes are ever held."""
        body = bytearray()
        chunks = cast("Iterable[bytes]", reply.stream)
        for chunk in _decoded(chunks, fields.get("content-encoding", "").strip().lower()):
            body += chunk
            if len(body) > LONGEST_REPLY:
                raise ServiceUnavailable(f"{self.name} answered with more than {LONGEST_REPLY // 1_000_000} MB.")
        return bytes(body)

    def _judge(self, status: int, fields: httpx2.Headers) -> None:
        """Heed what a status or a header says about further calls."""
        wait = _retry_after(fields)
        if status in (429, 503):
            raise Passing(f"{self.name} asked for fewer calls.", wait, everybody=True)
        if status >= 500:
            raise Passing(f"{self.name} has a problem of its own (HTTP {status}).", wait)
        reset = fields.get("x-ratelimit-reset-in", "").strip()
        if fields.get("x-ratelimit-remaining", "").strip() == "0" and reset.isdecimal():
            self.limiter.pause(float(reset), f"{self.name} asked for fewer calls.")

    def _in_our_words(self, problem: Exception) -> ServiceError:
        cause = problem.__cause__ or problem
        if isinstance(cause, socket.gaierror):
            return Passing(f"{self.name} cannot be found: there may be no network.")
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ServiceUnavailable(f"{self.name} was not asked: its certificate is not valid on this network.")
        if isinstance(problem, httpcore2.TimeoutException):
            return Passing(f"{self.name} did not answer in time.")
        if isinstance(problem, (httpcore2.ConnectError, httpcore2.ProxyError)):
            return Passing(f"No connection to {self.name}.")
        if isinstance(problem, (httpcore2.NetworkError, httpcore2.ProtocolError, zlib.error)):
            return Passing(f"The connection to {self.name} broke off.")
        return ServiceUnavailable(f"{self.name} cannot be called ({type(problem).__name__}).")

    def _pool(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        """Connections to the host of ``url``, through the proxy that the environment names for it."""
        with self._lock:
            key = origin(url)
            if key not in self._pools:
                self._pools[key] = pool_for(url, self.check)
            return self._pools[key]


def _decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Chunks as they were before ``encoding``, never much longer than a reply may be. Nobody was asked to encode."""
    if encoding in ("", "identity"):
        yield from chunks
    elif encoding in ("gzip", "x-gzip", "deflate"):
        inflate = zlib.decompressobj(wbits=47)  # gzip or zlib, as its head says
        for chunk in chunks:
            yield inflate.decompress(chunk, LONGEST_REPLY + 1)
        if not inflate.eof:
            raise zlib.error("cut off")
    else:
        raise ValueError("unknown encoding")


def _retry_after(fields: httpx2.Headers) -> float | None:
    """Seconds, from a number or a date (by the service's own clock, where it tells it)."""
    text = fields.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        now = parsedate_to_datetime(fields["date"]).timestamp() if "date" in fields else time.time()
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _bare(problem: ServiceError) -> ServiceError:
    """The error without the frames and errors it came through: they hold what was sent, and that is the key."""
    problem.__traceback__ = problem.__cause__ = problem.__context__ = None
    return problem


def origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
