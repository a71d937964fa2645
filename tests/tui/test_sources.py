"""Sources: what was imported, why rows were rejected, importing from here, cancelling."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.exports import imported, row, write
from tests.tui.conftest import Started, rows, screen_of, settled, text_of
from tui_music.library.ingest import Cancelled, Progress
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.tui.app import TuiMusic
from tui_music.tui.prompt import PromptLine
from tui_music.tui.rejected import RejectedScreen
from tui_music.tui.sources import SourceRows
from tui_music.tui.widgets.table import Table


def wait_for(cancelled: Callable[[], bool]) -> None:
    """Work, until cancelled, but not for ever."""
    end = time.monotonic() + 10
    while not cancelled() and time.monotonic() < end:
        time.sleep(0.01)


async def test_every_row_is_accounted_for(library: Library, started: Started) -> None:
    async with started((120, 36)) as pilot:
        await pilot.press("9")
        await settled(pilot)
        text = text_of(pilot)
        table = screen_of(pilot).query_one(Table)
        assert isinstance(table.rows, SourceRows)
        batches = library.batches()
        assert len(batches) == 2
        for batch in batches:
            assert batch.read == batch.added + batch.duplicate + batch.rejected
        assert f"{sum(batch.read for batch in batches):,}" in text
        assert "in all" in text
        assert "5  no title of a track, episode or chapter" in text
        assert "Streaming_History_Audio_2021.json" in text


async def test_imports_open_into_their_files(library: Library, started: Started) -> None:
    async with started() as pilot:
        await pilot.press("9")
        await settled(pilot)
        assert text_of(pilot).count("▸") == 1
        await pilot.press("enter")
        await settled(pilot)
        assert "▾" not in text_of(pilot)


async def test_rejected_rows_are_shown_one_by_one(settings: Settings, tmp_path: Path, started: Started) -> None:
    bad = [row(second, None, None) for second in range(1_200)]
    path = write(tmp_path / "bad.json", [*rows(), *bad])
    async with started(paths=(path,)) as pilot:
        await pilot.press("9")
        await settled(pilot)
        await pilot.press("G", "enter")
        await settled(pilot)
        screen = screen_of(pilot)
        assert isinstance(screen, RejectedScreen)
        assert "Rejected: no title" in text_of(pilot)
        table = screen.query_one(Table)
        assert len(table.rows) == 500
        await pilot.press("G")
        await settled(pilot)
        await pilot.press("G")
        await settled(pilot)
        assert len(table.rows) == 1_205
        await pilot.press("escape")
        await settled(pilot)
        assert " Sources " in text_of(pilot)


async def test_importing_from_here_adds_and_reports(library: Library, tmp_path: Path, started: Started) -> None:
    path = write(tmp_path / "more.json", [row(50 + second * 400, "New song", "New artist") for second in range(7)])
    async with started() as pilot:
        await pilot.press("9", "i")
        await settled(pilot)
        screen_of(pilot).query_one(PromptLine).value = str(path)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.current_mode == "sources"
        assert "7 rows read:   7 added   0 duplicate   0 rejected" in text_of(pilot)
        await pilot.press("2")
        await settled(pilot)
        history = screen_of(pilot).session.history
        assert history is not None
        assert "New artist" in history.names.artists


async def test_a_refused_file_is_named_and_the_others_imported(tmp_path: Path, started: Started) -> None:
    good = write(tmp_path / "good.json", rows())
    (tmp_path / "a folder with a name that fills the line").mkdir()
    bad = write(tmp_path / "a folder with a name that fills the line" / "bad.zip", b"PK\x03\x04 not a zip")
    async with started(paths=(good, bad)) as pilot:
        assert pilot.app.current_mode == "sources"
        assert "Refused: bad.zip: " in text_of(pilot)
        assert "good.json" in text_of(pilot)


async def test_an_import_shows_where_it_is_and_can_be_cancelled(
    library: Library, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, before = threading.Event(), library.revision()

    def slow(store: Any, paths: Any, listener: str, *, progress: Any, cancelled: Any) -> None:
        progress(Progress("reading", "some/folder/Streaming.json", 30, 100, 12_345, 0.5))
        said.set()
        wait_for(cancelled)
        raise Cancelled

    monkeypatch.setattr("tui_music.tui.loading.import_paths", slow)
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, TuiMusic)
        await pilot.press("9")
        await settled(pilot)
        app.start_import([Path("x")])
        for _ in range(500):
            await pilot.pause(0.01)
            if said.is_set() and "importing" in text_of(pilot):
                break
        text = text_of(pilot)
        assert "importing 30%" in text
        assert "12,345 rows" in text
        assert "24,690 rows/s   Streaming.json" in text
        assert "esc cancels" in text
        await pilot.press("1")
        await pilot.pause()
        assert "importing 30%" in text_of(pilot)
        await pilot.press("9", "escape")
        await settled(pilot)
        assert "Cancelled. The library is as it was before." in text_of(pilot)
        assert "importing" not in text_of(pilot)
    assert library.revision() == before


async def test_quitting_cancels_an_import(library: Library, started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def slow(*_: Any, cancelled: Any, **__: Any) -> None:
        wait_for(cancelled)
        ended.set()
        raise Cancelled

    monkeypatch.setattr("tui_music.tui.loading.import_paths", slow)
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, TuiMusic)
        app.start_import([Path("x")])
        await pilot.pause()
        await pilot.press("q")
    assert ended.wait(5)


async def test_an_import_that_fails_says_why(
    library: Library, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device", "/tmp/library")

    monkeypatch.setattr("tui_music.tui.loading.import_paths", full)
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, TuiMusic)
        app.start_import([Path("x")])
        await settled(pilot)
        assert "/tmp/library: No space left on device." in text_of(pilot)


async def test_a_row_can_be_copied(library: Library, started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(TuiMusic, "copy_to_clipboard", lambda _, text: copied.append(text))
    async with started() as pilot:
        await pilot.press("9")
        await settled(pilot)
        await pilot.press("y", "down", "y")
        await settled(pilot)
        assert "1 file" in copied[0]
        assert copied[1].endswith("other.json")


async def test_what_another_program_imports_is_there_at_the_next_screen(
    library: Library, started: Started, tmp_path: Path
) -> None:
    async with started((120, 36)) as pilot:
        new = [row(30 * 86_400 + second, "Anew", "A Newcomer", 3_000_000) for second in range(0, 9_000, 3_000)]
        imported(Library(library.path), write(tmp_path / "more.json", new), listener="mira")
        await pilot.press("2")
        await settled(pilot)
        await settled(pilot)
        assert "A Newcomer" in text_of(pilot)
