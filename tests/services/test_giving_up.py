"""When the gateway gives up: quitting, services that fail, keys that are refused."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest

from tests.services.asking import ID, KEY, NO_GAPS, SOON, hasty
from tests.services.server import Answer, Arrived, Server
from tui_music.errors import Offline, ServiceRefused, ServiceUnavailable, Stopped
from tui_music.services import keys
from tui_music.services.gateway import Services
from tui_music.services.limits import FAILURES, Patience

pytestmark = pytest.mark.usefixtures("key")


def waiting(services: Services, call: Callable[[], object]) -> Future[object]:
    """A call that is on its way in another thread."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except Exception as problem:
            future.set_exception(problem)

    threading.Thread(target=run, daemon=True).start()
    time.sleep(0.3)
    assert not future.done()
    return future


@pytest.mark.parametrize("where", ["hang", "drip", "drip in the head", "slot", "backoff", "name", "another's"])
def test_quitting_waits_for_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    services = Services(server.settings(tmp_path), patience=Patience(step=8, call=60, backoff=30), gaps=NO_GAPS)
    if where == "slot":
        services._limiter("lastfm").pause(20, "Asked for it.")
    elif where == "name":
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: server.closing.wait(8) and [])
    else:
        server.fault = {"backoff": "HTTP 500", "another's": "hang"}.get(where, where)
    asked = waiting(services, lambda: services.top_tags("Ilse Morn"))
    follower = waiting(services, lambda: services.top_tags("Ilse Morn")) if where == "another's" else asked
    start = time.monotonic()
    services.close()
    for each in (asked, follower):
        assert isinstance(each.exception(timeout=6), Stopped)
    assert time.monotonic() - start < 3, "far less than the step that was under way"
    with pytest.raises(Stopped):
        services.mb_search("Ilse Morn")


def test_closing_leaves_no_connection(server: Server, services: Services) -> None:
    services.mb_search("Ilse Morn")
    wire = services._clients["musicbrainz"][0]
    (pool,) = wire._pools.values()
    assert len(pool.connections) == 1
    services.close()
    assert (wire._pools, pool.connections) == ({}, [])


def test_going_offline_ends_what_is_under_way(server: Server, tmp_path: Path) -> None:
    server.fault = "hang"
    with Services(server.settings(tmp_path), patience=Patience(step=8, call=60), gaps=NO_GAPS) as services:
        asked = waiting(services, lambda: services.top_tags("Ilse Morn"))
        services.offline = True
        assert isinstance(asked.exception(timeout=6), Offline)
        services.offline, server.fault = False, None
        assert services.top_tags("Ilse Morn").value


# A service that fails, a key that is refused


def test_a_service_that_keeps_failing_is_left_alone(server: Server, services: Services, tmp_path: Path) -> None:
    server.fault = "HTTP 500"
    for _ in range(FAILURES):
        with pytest.raises(ServiceUnavailable, match="problem of its own"):
            services.mb_search("Ilse Morn")
    arrived = server.count()
    assert arrived == FAILURES * SOON.attempts
    with hasty(server, tmp_path) as another, pytest.raises(ServiceUnavailable, match="left alone for 60 seconds"):
        another.mb_search("Ilse Morn")
    assert server.count() == arrived
    lastfm, musicbrainz, listenbrainz = services.status()
    assert (lastfm.state, listenbrainz.state) == ("ok", "ok")
    assert musicbrainz.state == "paused"
    assert musicbrainz.sentence == (
        "MusicBrainz is left alone for 60 seconds: MusicBrainz has a problem of its own (HTTP 500)."
    )
    assert musicbrainz.until
    assert 0 <= musicbrainz.until - time.time() <= 61
    server.fault = None
    assert services.lb_similar(ID).value, "the others go on"


def test_an_answer_in_between_counts(server: Server, services: Services) -> None:
    for fault in ("HTTP 500",) * (FAILURES - 1) + (None,) + ("HTTP 500",) * (FAILURES - 1):
        server.fault = fault
        with suppress(ServiceUnavailable):
            services.mb_search(f"Ilse {server.count()}")
    assert services.status()[1].state == "ok"


def test_what_may_pass_is_tried_again(server: Server, services: Services) -> None:
    server.script("musicbrainz", "mb_search", None, Answer(b"", 502), server.usual)
    assert services.mb_search("Ilse Morn").value
    assert server.count() == 2


def test_a_long_pause_is_not_waited_for(server: Server, services: Services) -> None:
    server.script("musicbrainz", "mb_search", None, Answer(b"", 503, {"Retry-After": "120"}), server.usual)
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            services.mb_search("Ilse Morn")
    assert server.count() == 1
    assert services.status()[1].sentence == (
        "MusicBrainz is left alone for 2 minutes: MusicBrainz asked for fewer calls."
    )


@pytest.mark.parametrize(
    ("retry", "pause"),
    [
        ("120", 120),
        ("Fri, 21 Nov 2031 10:02:00 GMT", 120),
        ("Fri, 21 Nov 2031 09:00:00 GMT", 0),
        ("99999999999999999999", 0),
        ("soon", 0),
        ("-5", 0),
    ],
)
def test_retry_after_is_a_number_or_a_date(server: Server, services: Services, retry: str, pause: int) -> None:
    headers = {"Retry-After": retry, "Date": "Fri, 21 Nov 2031 10:00:00 GMT"}

    def answer(_: Arrived) -> Answer:
        return Answer(b"", 503, headers)

    server.script("musicbrainz", "mb_search", None, answer)
    with suppress(ServiceUnavailable):
        services.mb_search("Ilse Morn")
    assert services._limiter("musicbrainz").paused()[0] == pytest.approx(pause, abs=1)


def test_a_refused_key_is_not_tried_again_until_it_is_another(
    server: Server, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fault = "error 10"
    for _ in range(3):
        with pytest.raises(ServiceRefused, match="does not know this API key"):
            services.top_tags("Ilse Morn")
    assert server.count() == 1
    assert services.status()[0].state == "no key"
    with pytest.raises(ServiceRefused):
        services.check_key()
    assert server.count() == 2, "asked to check, it asks"
    server.fault = None
    monkeypatch.setenv("LASTFM_API_KEY", "another0another0another0")
    services.check_key()
    assert services.top_tags("Ilse Morn").value
    assert services.status()[0].state == "ok"


def test_without_a_key_lastfm_is_not_asked_and_the_others_are(
    server: Server, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LASTFM_API_KEY")
    with pytest.raises(ServiceRefused, match="API key, which is free"):
        services.top_tags("Ilse Morn")
    assert server.count() == 0
    assert services.status()[0].state == "no key"
    assert services.mb_search("Ilse Morn").value
    keys.save_lastfm_key(services.settings, KEY)
    assert services.top_tags("Ilse Morn").value


def test_a_key_that_others_can_read_is_a_refusal_in_words(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LASTFM_API_KEY")
    keys.save_lastfm_key(services.settings, KEY)
    services.settings.lastfm_key_file.chmod(0o644)
    with pytest.raises(ServiceRefused, match="chmod 600"):
        services.top_tags("Ilse Morn")
    assert "chmod 600" in services.status()[0].sentence
