"""Every fault and every call: a typed error in time, nothing of it kept, memory bounded."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.services.asking import CALLS, OF_LASTFM, ROOT, SOON, hasty
from tests.services.faults import FAULTS
from tests.services.server import Server
from tui_music.errors import Private, ServiceError, ServiceRefused, ServiceUnavailable
from tui_music.services.replies import Reply

pytestmark = pytest.mark.usefixtures("key")
#: What ends in an answer after all: by service, the faults that are none.
BENIGN = {
    "error 6": set(OF_LASTFM) - {"check_key"},
    "control character": set(CALLS),
    "odd headers": set(CALLS),
}
ADDRESSES = {
    "no such host": "https://no-such-host.invalid/",
    "connection refused": "http://127.0.0.1:1/",
    "no TLS": "https://127.0.0.1:{port}/",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def ask_everything(server: Server, tmp_path: Path, **urls: str) -> dict[str, object]:
    """Each call with services of its own, all at once: what came of it."""

    def ask(name: str) -> object:
        with hasty(server, tmp_path / name, **urls) as services:
            try:
                return CALLS[name](services)
            except ServiceError as problem:
                assert services.cache.stats().entries == 0
                return problem

    with ThreadPoolExecutor(len(CALLS)) as threads:
        return dict(zip(CALLS, threads.map(ask, CALLS), strict=True))


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_every_call_is_a_typed_error_in_time(server: Server, tmp_path: Path, fault: str) -> None:
    server.fault = fault
    arrived = server.count()
    start = time.monotonic()
    outcomes = ask_everything(server, tmp_path)
    assert time.monotonic() - start < 20 * SOON.call
    answered = {name for name, outcome in outcomes.items() if not isinstance(outcome, ServiceError)}
    assert answered <= BENIGN.get(fault, set()), {name: outcomes[name] for name in answered}
    for outcome in outcomes.values():
        if isinstance(outcome, ServiceError):
            assert str(outcome)[0].isupper()
            assert str(outcome).endswith(".")
            assert ". " not in str(outcome), "one sentence"
    assert server.count() - arrived <= len(CALLS) * max(SOON.attempts, 4)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_unreachable_address_is_a_typed_error_in_time(server: Server, tmp_path: Path, address: str) -> None:
    url = ADDRESSES[address].format(port=server.port)
    outcomes = ask_everything(
        server, tmp_path, lastfm_url=url, musicbrainz_url=url, listenbrainz_url=url, coverart_url=url
    )
    assert all(isinstance(outcome, ServiceUnavailable) for outcome in outcomes.values()), outcomes


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (8, ServiceUnavailable),
        (11, ServiceUnavailable),
        (16, ServiceUnavailable),
        (29, ServiceUnavailable),
        (2, ServiceUnavailable),
        (9, ServiceUnavailable),
        (10, ServiceRefused),
        (26, ServiceRefused),
        (17, Private),
    ],
)
def test_codes_of_lastfm_have_their_meaning(
    server: Server, tmp_path: Path, code: int, meaning: type[ServiceError]
) -> None:
    server.fault = f"error {code}"
    arrived = server.count()
    with hasty(server, tmp_path) as services, pytest.raises(meaning):
        services.similar_artists("Ilse Morn")
    waits = code in (8, 11, 16, 29)
    assert server.count() - arrived == (SOON.attempts if waits else 1), "only what may pass is asked again"


def test_what_is_not_found_is_an_answer(server: Server, tmp_path: Path) -> None:
    for fault in ("error 6", None):
        server.fault = fault
        with hasty(server, tmp_path / str(fault)) as services:
            reply = services.similar_artists("Nobody in particular")
            assert (reply.value, reply.from_cache) == (None, False)
            again = services.similar_artists("nobody in PARTICULAR")
            assert (again.value, again.from_cache) == (None, True)


def test_a_control_character_costs_no_emoji(server: Server, tmp_path: Path) -> None:
    server.fault = "control character"
    with hasty(server, tmp_path) as services:
        reply = services.similar_artists("Ilse Morn")
    assert isinstance(reply, Reply)
    assert reply.value is not None
    assert [each.name for each in reply.value.similar] == ["Tomo 😀 𝄞"]


@pytest.mark.parametrize("fault", ["redirect to another host", "redirect in circles"])
def test_redirects_lead_to_hosts_of_the_service_only(server: Server, tmp_path: Path, fault: str) -> None:
    server.fault = fault
    arrived = server.count()
    with hasty(server, tmp_path) as services, pytest.raises(ServiceUnavailable):
        services.mb_search("Ilse Morn")
    assert server.count() - arrived == (1 if "another" in fault else 4)


_GREEDY = """
import re, sys
from contextlib import suppress
from pathlib import Path
from tests.services.asking import CALLS, hasty
from tests.services.server import Server
from tui_music.errors import ServiceError

class There(Server):
    def __init__(self, url): self.url = url

def held():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

def ask_everything(url, home):
    for name, call in CALLS.items():
        with hasty(There(url), home / name) as services, suppress(ServiceError):
            call(services)

ask_everything(sys.argv[2] + "/nothing-here", Path(sys.argv[1], "first"))
before = held()
ask_everything(sys.argv[2], Path(sys.argv[1], "then"))
print(held() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
@pytest.mark.parametrize("fault", ["200 MB", "gzip bomb", "many elements", "a large entity", "deep"])
def test_memory_is_bounded(server: Server, tmp_path: Path, fault: str) -> None:
    """Asking everything takes some megabytes more than asking where there is nothing."""
    server.fault = fault
    done = subprocess.run(
        [sys.executable, "-c", _GREEDY, str(tmp_path), server.url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert int(done.stdout) < 40
