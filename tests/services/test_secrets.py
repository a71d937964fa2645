"""The key is in the request, and nowhere else: whatever goes wrong, and whoever looks."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import httpcore2
import pytest
from rich.console import Console
from rich.traceback import Traceback

from tests.services.asking import CALLS, KEY, OF_LASTFM, hasty
from tests.services.faults import FAULTS
from tests.services.server import Server
from tui_music.errors import ServiceError
from tui_music.services.gateway import Services

#: These take their time, and are alike in what they could show.
SLOW = {"drip", "drip in the head", "hang after the head", "200 MB", "gzip bomb"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """Everything that anybody logs."""
    monkeypatch.setenv("LASTFM_API_KEY", KEY)
    written = StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def everything_said(problem: BaseException) -> str:
    """All that a crash report could show of an error: its words, and the locals of its frames and of what led to it."""
    said = [str(problem), repr(problem), repr(vars(problem)), *map(repr, problem.args)]
    linked: BaseException | None = problem
    while linked:
        said += traceback.TracebackException.from_exception(linked, capture_locals=True).format()
        frame = linked.__traceback__
        while frame:
            said += [f"{name}={value!r}" for name, value in frame.tb_frame.f_locals.items()]
            frame = frame.tb_next
        linked = linked.__cause__ or linked.__context__
    return "\n".join(said)


def as_rich_shows_it(problem: BaseException) -> str:
    report = StringIO()
    shown = Traceback.from_exception(
        type(problem), problem, problem.__traceback__, show_locals=True, locals_max_string=10_000
    )
    Console(file=report, width=500, color_system=None).print(shown)
    return report.getvalue()


def looked_at(services: Services) -> str:
    """What the objects of the gateway, the transport and pylast show of themselves."""
    shown = [repr(services), repr(vars(services))]
    for wire, client in services._clients.values():
        shown += [repr(wire), repr(vars(wire)), repr(client), repr(vars(client))]
        network = getattr(client, "_network", None)
        shown += [repr(network), repr(vars(network))] if network else []
    return "\n".join(shown)


def problem_of(services: Services, name: str) -> ServiceError | None:
    try:
        CALLS[name](services)
    except ServiceError as problem:
        return problem
    return None


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in SLOW])
def test_no_fault_shows_the_key(
    server: Server, tmp_path: Path, log: StringIO, capfd: pytest.CaptureFixture[str], fault: str
) -> None:
    server.fault = fault
    with hasty(server, tmp_path) as services:
        for name in ("similar_artists", "check_key"):
            problem = problem_of(services, name)
            assert KEY not in (everything_said(problem) if problem else "")
        assert KEY not in repr(services.status())
        assert KEY not in looked_at(services)
    assert server.calls[-1].parameters["api_key"] == KEY, "it was sent"
    assert KEY not in log.getvalue()
    assert KEY not in "".join(capfd.readouterr())
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_no_good_answer_shows_the_key(server: Server, tmp_path: Path, log: StringIO) -> None:
    server.fault = None
    with hasty(server, tmp_path) as services:
        replies = [CALLS[name](services) for name in OF_LASTFM]
        assert KEY not in repr(replies) + looked_at(services)
    assert "HTTP Request" in log.getvalue(), "the libraries do log"
    assert KEY not in log.getvalue()


def test_a_mistake_in_the_libraries_shows_no_key(
    server: Server, tmp_path: Path, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object, request: httpcore2.Request) -> None:
        content = b"".join(request.stream)  # type: ignore[arg-type]
        assert KEY.encode() in content, "what is written has the key"
        raise RuntimeError(f"could not send {content!r}")

    monkeypatch.setattr(httpcore2.ConnectionPool, "handle_request", broken)
    with hasty(server, tmp_path) as services, pytest.raises(ServiceError) as caught:
        services.top_tags("Ilse Morn")
    assert KEY not in everything_said(caught.value) + as_rich_shows_it(caught.value)
    assert "RuntimeError" in str(caught.value)
    assert KEY not in log.getvalue()
