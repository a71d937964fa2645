"""Connections that can be given up at any time, through the proxy of the environment.

Sockets only time out by the step: a service that sends one byte a second is never late. So steps are cut into slices,
and between them a check says whether the call should go on.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from tui_music.errors import ServiceError
from tui_music.services.limits import SLICE, is_loopback

logging.getLogger("httpcore2").setLevel(logging.INFO)  # below, it logs headers, and in them what a service repeats

#: Seconds for which a connection is kept for the next call.
_KEPT = 5.0


def pool_for(url: httpx2.URL, check: Callable[[], None]) -> httpcore2.ConnectionPool:
    """Connections to the host of ``url``. What waits for one ends soon after ``check`` raises in its thread."""
    how: dict[str, Any] = {
        "ssl_context": httpx2.create_ssl_context() if url.scheme == "https" else None,
        "max_connections": None,
        "keepalive_expiry": _KEPT,
        "network_backend": _Steps(check),
    }
    proxies = getproxies()
    named = proxies.get(url.scheme) or proxies.get("all")
    if not named or is_loopback(url.host) or proxy_bypass(url.host):
        return httpcore2.ConnectionPool(**how)
    proxy = httpx2.Proxy(named if "://" in named else f"http://{named}")
    kind = httpcore2.SOCKSProxy if proxy.url.scheme.startswith("socks") else httpcore2.HTTPProxy
    return kind(proxy_url=str(proxy.url), proxy_auth=proxy.raw_auth, **how)


class _Steps(httpcore2.NetworkBackend):
    def __init__(self, check: Callable[[], None]) -> None:
        self._check, self._inner = check, httpcore2.SyncBackend()

    def connect_tcp(self, *args: Any, **how: Any) -> httpcore2.NetworkStream:
        return _Stream(_abandonable(lambda: self._inner.connect_tcp(*args, **how), self._check), self._check)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream, check: Callable[[], None]) -> None:
        self._inner, self._check = inner, check

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        end = time.monotonic() + (timeout or 0)
        while True:
            self._check()
            left = end - time.monotonic()
            try:
                return self._inner.read(max_bytes, max(min(left, SLICE), 0.001))
            except httpcore2.ReadTimeout:
                if left <= SLICE:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._check()
        self._inner.write(buffer, timeout)  # requests fit into the buffer of the socket: this does not wait

    def start_tls(self, *args: Any, **how: Any) -> httpcore2.NetworkStream:
        return _Stream(_abandonable(lambda: self._inner.start_tls(*args, **how), self._check), self._check)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _abandonable(step: Callable[[], httpcore2.NetworkStream], check: Callable[[], None]) -> httpcore2.NetworkStream:
    """The stream of a step that cannot be cut short (a look-up of a name can take a minute), in a thread of its own
    that is left behind when ``check`` raises."""
    done: queue.SimpleQueue[httpcore2.NetworkStream | Exception] = queue.SimpleQueue()
    abandoned = threading.Event()

    def close_late() -> None:
        try:
            late = done.get_nowait()
        except queue.Empty:
            return
        if isinstance(late, httpcore2.NetworkStream):
            late.close()

    def run() -> None:
        try:
            done.put(step())
        except Exception as problem:  # it is raised in the thread that waits
            done.put(problem)
        if abandoned.is_set():
            close_late()

    threading.Thread(target=run, daemon=True, name="tui-music connecting").start()
    while True:
        try:
            outcome = done.get(timeout=SLICE)
            break
        except queue.Empty:
            try:
                check()
            except ServiceError:
                abandoned.set()
                close_late()
                raise
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
