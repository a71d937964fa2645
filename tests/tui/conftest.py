"""A small library of two listeners, and the program started on it without a terminal."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled, WorkerError, WorkerFailed

from tests.exports import Row, episode, imported, row, write
from tests.services.server import Server
from tui_music.library.library import Library
from tui_music.services.gateway import Services
from tui_music.services.limits import GAPS
from tui_music.settings import Settings, load
from tui_music.tui.app import TuiMusic
from tui_music.tui.base import MusicScreen

#: Names that have broken programs like this one, and one that has not.
HOSTILE = (
    "Vesper & the Lamps",
    "[red]Kassia[/red] Rue",
    "[/",
    "Heaven [Remix]",
    "\x1b]0;owned\x07\x1b[2JEscape",
    "[@click=app.leave]press me[/]",
    "東ノ宮",
    "مصباح الفيروز",
    "e\u0301\u0302\u0303\u0304\u0305\u0306 marks",
)
DAY = 86_400

Started = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


def rows() -> list[Row]:
    """A bit over a year: the more a name stands to the front, the more it was played; five rows are no plays."""
    plays = [
        row(
            DAY * day + 3600 * (place % 24),
            f"{name} song {day % 3}",
            name,
            200_000 + place,
            master_metadata_album_album_name="One",
        )
        for place, name in enumerate(HOSTILE)
        for day in range(0, 400, place + 1)
    ]
    return [*plays, *(episode(DAY * day + 60) for day in range(0, 60, 2)), *(row(day, None, None) for day in range(5))]


class NoTraining:
    """A training that is done at once, and made nothing."""

    def __init__(self, *_: object) -> None: ...

    def wait(self, seconds: float) -> bool:
        return True

    def finish(self) -> None: ...


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of screens starts a training process."""
    monkeypatch.setattr("tui_music.engine.training.Training", NoTraining)


@pytest.fixture
def settings(home: Path) -> Settings:
    """Settings of an empty home."""
    return load()


@pytest.fixture(scope="session")
def imported_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library file with plays of mira, fewer of jun."""
    folder = tmp_path_factory.mktemp("library")
    library = Library(folder / "library.duckdb")
    imported(library, write(folder / "Streaming_History_Audio_2021.json", rows()), listener="mira")
    imported(library, write(folder / "other.json", rows()[:50]), listener="jun")
    return library.path


@pytest.fixture
def library(settings: Settings, imported_once: Path) -> Library:
    """A copy of that library, in the test's own home."""
    settings.library_file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(imported_once, settings.library_file)
    settings.library_file.chmod(0o600)
    return Library(settings.library_file)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def online(settings: Settings, server: Server) -> Settings:
    """Settings of the usual home whose services are played by the server."""
    return server.settings(settings.data_dir)


@pytest.fixture
def no_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls follow one another at once."""
    made = Services.__init__

    def quick(self: Services, *given: Any, **named: Any) -> None:
        made(self, *given, **named, gaps=dict.fromkeys(GAPS, 0.0))

    monkeypatch.setattr(Services, "__init__", quick)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until threads are done and what they found is drawn."""
    for _ in range(3):
        for worker in list(pilot.app.workers):
            with suppress(WorkerFailed, WorkerCancelled, WorkerError):
                await worker.wait()
        await pilot.pause()


@pytest.fixture
def started(settings: Settings) -> Started:
    """``async with started() as pilot``: the program at 80×24, loaded; arguments are those of the program."""

    @asynccontextmanager
    async def start(
        size: tuple[int, int] = (80, 24), given: Settings = settings, **more: Any
    ) -> AsyncIterator[Pilot[None]]:
        app = TuiMusic(given, **more)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await settled(pilot)
            yield pilot

    return start


def screen_of(pilot: Pilot[Any]) -> MusicScreen:
    """The screen in front."""
    screen = pilot.app.screen
    assert isinstance(screen, MusicScreen)
    return screen


def text_of(pilot: Pilot[Any]) -> str:
    """What is on the screen, line by line."""
    screen = pilot.app.screen
    strips = screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)
