"""The gateway: what is kept, what is fetched, what happens when nothing can be."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.asking import CALLS, ID, KEY, hasty
from tests.services.server import Answer, Arrived, Server
from tests.services.world import as_json, failed, mbid
from tui_music.errors import NotCached, Offline, ServiceUnavailable
from tui_music.services import connection
from tui_music.services.cache import CacheKey
from tui_music.services.gateway import Services
from tui_music.services.replies import Reply, TopTags
from tui_music.settings import Settings

pytestmark = pytest.mark.usefixtures("key")
YEAR = 365 * 86_400


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)


def age(services: Services, key: CacheKey, seconds: int) -> None:
    """Make a kept reply older."""
    found = services.cache.get(key)
    assert found
    services.cache.put(key, found.payload, found.fetched_at - seconds)


TAGS = CacheKey("lastfm", "top_tags", ("Ilse Morn",))


# What is kept


def test_what_was_fetched_is_not_fetched_again(server: Server, services: Services) -> None:
    first = {name: call(services) for name, call in CALLS.items() if name != "check_key"}
    arrived = server.count()
    assert arrived == len(first)
    for name, reply in first.items():
        again = CALLS[name](services)
        assert (again.value, again.from_cache, again.stale) == (reply.value, True, False)
        assert again.fetched_at == reply.fetched_at
        assert reply.from_cache is False
    assert server.count() == arrived


def test_names_are_one_question_however_they_are_written_and_limits_another(server: Server, services: Services) -> None:
    for name in ("Óscar Vale", "OSCAR  VALE", "óscar vale"):
        services.similar_artists(name, 50)
    assert server.count() == 1
    longer = services.similar_artists("Óscar Vale", 55)
    assert server.count() == 2
    assert longer.value
    assert len(longer.value.similar) == 55


def test_replies_stay_after_a_restart(server: Server, tmp_path: Path) -> None:
    for fetched in (True, False):
        with hasty(server, tmp_path) as services:
            assert services.mb_artist(ID).from_cache is not fetched
    assert server.count() == 1


def test_an_old_reply_is_fetched_anew(server: Server, services: Services) -> None:
    services.top_tags("Ilse Morn")
    age(services, TAGS, YEAR)
    again = services.top_tags("Ilse Morn")
    assert (again.from_cache, again.stale, server.count()) == (False, False, 2)


def test_a_reply_of_another_version_is_fetched_anew(server: Server, services: Services) -> None:
    services.cache.put(TAGS, b'{"something":"else"}')
    assert services.top_tags("Ilse Morn").value
    assert server.count() == 1


# When nothing can be fetched


@pytest.fixture
def nowhere(tmp_path: Path) -> Settings:
    """Settings whose services cannot be reached."""
    url = "http://127.0.0.1:9/"
    settings = Settings(data_dir=tmp_path, cache_dir=tmp_path / "cache", config_dir=tmp_path)
    return replace(settings, lastfm_url=url, musicbrainz_url=url, listenbrainz_url=url, coverart_url=url)


@pytest.mark.usefixtures("no_sockets")
def test_with_cached_the_network_is_not_touched(nowhere: Settings) -> None:
    with Services(nowhere) as services:
        with pytest.raises(NotCached):
            services.top_tags("Ilse Morn", cached=True)
        services.cache.put(TAGS, b'{"artist":"Ilse Morn","tags":[]}', int(time.time()) - YEAR)
        reply = services.top_tags("Ilse Morn", cached=True)
    assert (reply.value, reply.from_cache, reply.stale) == (TopTags("Ilse Morn", ()), True, True)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.usefixtures("no_sockets")
def test_offline_opens_no_socket(nowhere: Settings, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("LASTFM_API_KEY")  # that a key is missing does not matter now
    with Services(nowhere, offline=True) as services:
        with pytest.raises(Offline):
            CALLS[name](services)
        assert {each.state for each in services.status()} == {"offline"}
    with Services(replace(nowhere, offline=True)) as services, pytest.raises(Offline):
        CALLS[name](services)


@pytest.mark.parametrize("trouble", ["offline", "failing", "refused", "no key", "paused"])
def test_where_nothing_can_be_fetched_the_old_reply_is_served(
    server: Server, services: Services, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    fetched = services.top_tags("Ilse Morn")
    age(services, TAGS, YEAR)
    services.offline = trouble == "offline"
    server.fault = {"failing": "HTTP 500", "refused": "error 26"}.get(trouble)
    if trouble == "no key":
        monkeypatch.delenv("LASTFM_API_KEY")
    if trouble == "paused":
        services._limiter("lastfm").pause(600, "Asked for it.")
    reply = services.top_tags("Ilse Morn")
    assert (reply.value, reply.stale, reply.from_cache) == (fetched.value, True, True)
    assert reply.fetched_at == fetched.fetched_at - YEAR
    assert services.cache.stats().stale == 1


def test_an_old_not_found_is_served_too(server: Server, services: Services) -> None:
    key = CacheKey("lastfm", "top_tags", ("Nobody",))
    services.cache.put(key, None, int(time.time()) - YEAR)
    server.fault = "reset"
    reply = services.top_tags("Nobody")
    assert (reply.value, reply.stale) == (None, True)


def test_a_broken_cache_costs_only_calls(server: Server, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "replies").write_text("a file where the folder should be")
    with hasty(server, tmp_path) as services:
        for _ in range(2):
            assert services.top_tags("Ilse Morn").value
        assert services.cache.trouble
    assert server.count() == 2


# Several at once


def slowly(server: Server, seconds: float) -> Callable[[Arrived], bytes | Answer]:
    def answer(arrived: Arrived) -> bytes | Answer:
        time.sleep(seconds)
        return server.usual(arrived)

    return answer


def test_who_asks_the_same_at_once_makes_one_call(server: Server, services: Services) -> None:
    server.script("lastfm", "top_tags", None, slowly(server, 0.15))
    with ThreadPoolExecutor(8) as threads:
        names = ("Ilse Morn", "ilse morn") * 4
        replies = list(threads.map(services.top_tags, names))
    assert server.count() == 1
    assert len({reply.fetched_at for reply in replies}) == 1
    assert all(reply.value == replies[0].value for reply in replies)


def test_who_asks_the_same_at_once_gets_the_same_error(server: Server, services: Services) -> None:
    def refused(arrived: Arrived) -> Answer:
        time.sleep(0.15)
        return Answer(b"<html>Not Found</html>", 404)

    server.script("lastfm", "top_tags", None, refused)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(services.top_tags, "Ilse Morn") for _ in range(4)]
        problems = {str(each.exception()) for each in asked}
    assert server.count() == 1
    assert len(problems) == 1
    server.script("lastfm", "top_tags", None, server.usual)
    assert services.top_tags("Ilse Morn").value, "the next one asks again"


# What is asked, and how


def test_what_cannot_be_asked(server: Server, services: Services) -> None:
    for name in ("", "  ", "\u200b\x00"):
        reply = services.similar_artists(name)
        assert (reply.value, reply.from_cache) == (None, False)
    for wrong in ("", "Ilse Morn", ID + "x", "../../" + ID):
        with pytest.raises(ValueError, match="not a MusicBrainz id"):
            services.mb_artist(wrong)
    with pytest.raises(ValueError, match="between 1 and 1000"):
        services.lb_popularity([])
    with pytest.raises(ValueError, match="between 1 and 1000"):
        services.lb_popularity([mbid(str(n)) for n in range(1001)])
    assert server.count() == 0


def test_who_asks_says_so(server: Server, services: Services) -> None:
    for call in CALLS.values():
        call(services)
    for arrived in server.calls:
        assert arrived.headers["User-Agent"].startswith("tui-music/")
        assert " ( listening history" in arrived.headers["User-Agent"]
        assert arrived.headers["Accept-Encoding"] == "identity"
        assert arrived.parameters.get("api_key") == (KEY if arrived.service == "lastfm" else None)


def test_names_with_everything_in_them_arrive_as_they_are(server: Server, services: Services) -> None:
    strange = 'A&B "C" \\ (D) + 100% #1 [é] 😀 &api_key=not-here'
    services.similar_artists(strange)
    services.mb_search(strange)
    assert [arrived.args for arrived in server.calls] == [(strange,), (strange,)]


def test_a_redirect_within_the_service_is_followed(server: Server, services: Services) -> None:
    there = Answer(b"", 301, {"Location": f"/musicbrainz/ws/2/artist/{mbid('Tomo Vale')}?fmt=json"})
    server.script("musicbrainz", "mb_artist", (ID,), there)
    reply = services.mb_artist(ID)
    assert reply.value
    assert reply.value.artist == "Tomo Vale"


def test_an_artist_musicbrainz_does_not_know(server: Server, services: Services) -> None:
    server.script("musicbrainz", "mb_artist", None, Answer(as_json({"error": "Not Found", "help": "…"}), 404))
    assert services.mb_artist(ID).value is None
    server.script("musicbrainz", "mb_artist", None, Answer(b"<html>Not Found</html>", 404))
    with pytest.raises(ServiceUnavailable):
        services.mb_artist(mbid("Tomo Vale"))


def test_lastfm_says_not_found_with_any_status(server: Server, services: Services) -> None:
    for status in (200, 400, 404):
        server.script("lastfm", "top_tags", None, Answer(failed(6, "Not found"), status))
        assert services.top_tags(f"Somebody {status}").value is None


def test_making_services_opens_nothing(tmp_path: Path) -> None:
    with Server() as server, Services(server.settings(tmp_path / "home")) as services:
        services.status()
    assert not (tmp_path / "home").exists()


def test_the_libraries_of_the_network_wait_for_the_first_call() -> None:
    from tests.test_layers import modules_after

    held = modules_after("import tui_music.services.gateway")
    assert not held & {"httpx2", "httpcore2", "pylast", "diskcache", "ssl", "platformdirs"}


# Proxies


def test_the_proxy_of_the_environment_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpcore2
    import httpx2

    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:password@proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "listenbrainz.org")

    def kind(url: str) -> type:
        return type(connection.pool_for(httpx2.URL(url), lambda: None))

    assert kind("https://musicbrainz.org/ws/2/") is httpcore2.HTTPProxy
    assert kind("https://api.listenbrainz.org/") is httpcore2.ConnectionPool
    assert kind("http://127.0.0.1:1/") is httpcore2.ConnectionPool
    monkeypatch.setenv("ALL_PROXY", "127.0.0.1:3128")
    monkeypatch.delenv("HTTPS_PROXY")
    assert kind("https://musicbrainz.org/ws/2/") is httpcore2.HTTPProxy


@pytest.mark.parametrize("rule", ["*", "ws.audioscrobbler.com", "127.0.0.1,localhost", ".invalid"])
def test_no_rule_of_the_environment_leads_past_the_wire(
    server: Server, services: Services, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    monkeypatch.setenv("NO_PROXY", rule)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    reply: Reply[TopTags] = services.top_tags("Ilse Morn")
    assert reply.value
    assert server.calls[0].headers["User-Agent"].startswith("tui-music/")
