"""How often the services are called, by the clock of the server."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from tests.services.asking import ROOT
from tests.services.server import Answer, Server
from tests.services.world import NAMES, mbid
from tui_music.services.gateway import Services

pytestmark = pytest.mark.usefixtures("key")
#: A request may be late by so much of a second: then it comes closer to the next one.
LATE = 0.15
#: Most calls a second.
RATES = {"lastfm": 4, "musicbrainz": 1, "listenbrainz": 1}


def kept(server: Server, service: str, at_least: int) -> None:
    """No faster than allowed: over all calls, and in each second."""
    arrivals = sorted(call.at for call in server.calls if call.service == service)
    rate = RATES[service]
    assert len(arrivals) >= at_least
    assert arrivals[-1] - arrivals[0] >= (len(arrivals) - 1) / rate - LATE
    for first, last in zip(arrivals, arrivals[rate:], strict=False):
        assert last - first > 1 - LATE


def ask(services: Services, number: int) -> None:
    """One call of each service."""
    calls: list[Callable[[], object]] = [
        lambda: services.top_tags(NAMES[number]),
        lambda: services.mb_search(NAMES[number]),
        lambda: services.lb_similar(mbid(NAMES[number])),
    ]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda call: call(), calls))


_PROCESS = """
import sys
from pathlib import Path
from tests.services.server import Server
from tests.services.test_rates import ask
from tests.services.world import NAMES
from tui_music.services.gateway import Services

class There(Server):
    def __init__(self, url): self.url = url

with Services(There(sys.argv[1]).settings(Path(sys.argv[2]))) as services:
    for number in map(int, sys.argv[3:]):
        ask(services, number)
        services.artist_info(NAMES[number])
        services.top_tracks(NAMES[number])
"""


def process(server: Server, home: Path, *numbers: int) -> Callable[[], None]:
    """A program that asks about some artists; call what is returned to wait for it."""
    arguments = [sys.executable, "-c", _PROCESS, server.url, str(home), *map(str, numbers)]
    started = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def finish() -> None:
        _, errors = started.communicate()
        assert started.returncode == 0, errors

    return finish


def test_one_after_the_other_and_with_the_clock_set_back(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Services(server.settings(tmp_path)) as services:
        ask(services, 0)
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now - 3600)
        start = time.monotonic()
        ask(services, 1)
        monkeypatch.setattr(time, "time", lambda: now + 7200)
        ask(services, 2)
        assert time.monotonic() - start < 60, "nobody waits for a clock to catch up"
        for number in range(3, 8):
            services.top_tags(NAMES[number])
    for service, calls in {"lastfm": 8, "musicbrainz": 3, "listenbrainz": 3}.items():
        kept(server, service, calls)


def test_eight_threads(server: Server, tmp_path: Path) -> None:
    with Services(server.settings(tmp_path)) as services, ThreadPoolExecutor(8) as threads:
        slow = threads.map(services.mb_search, NAMES[:3])
        quick = threads.map(services.top_tags, NAMES[:12])
        list(slow), list(quick)
    kept(server, "lastfm", 12)
    kept(server, "musicbrainz", 3)


def test_two_programs_and_one_after_them(server: Server, tmp_path: Path) -> None:
    together = [process(server, tmp_path, 0), process(server, tmp_path, 1)]
    for finish in together:
        finish()
    process(server, tmp_path, 2)()
    kept(server, "lastfm", 9)
    kept(server, "musicbrainz", 3)
    kept(server, "listenbrainz", 3)


def test_a_service_that_asks_for_a_pause_gets_it_from_everybody(server: Server, tmp_path: Path) -> None:
    sorry = Answer(b"", 503, {"Retry-After": "1"})
    server.script("lastfm", "top_tags", None, sorry, server.usual)
    with (
        Services(server.settings(tmp_path)) as services,
        Services(server.settings(tmp_path)) as others,
        ThreadPoolExecutor(4) as threads,
    ):
        asked = [threads.submit(each.top_tags, NAMES[number]) for number, each in enumerate((services, others) * 2)]
        replies = [done.result() for done in asked]
    assert all(reply.value and not reply.stale for reply in replies)
    arrivals = [call.at for call in server.calls]
    assert len(arrivals) == 5
    assert arrivals[1] - arrivals[0] >= 1 - LATE
    assert all(later - earlier >= 1 / 4 - LATE for earlier, later in pairwise(arrivals[1:]))


def test_listenbrainz_says_how_many_calls_are_left(server: Server, tmp_path: Path) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "2"}
    server.script("listenbrainz", "lb_similar", None, Answer(b"[]", 200, spent), b"[]")
    with Services(server.settings(tmp_path)) as services:
        for number in range(2):
            services.lb_similar(mbid(NAMES[number]))
    first, second = (call.at for call in server.calls)
    assert second - first >= 2 - LATE
