"""Pictures of what all screens share, and of the screens of the shell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import settled
from tests.tui.pictures import SIZES, Picture, picture
from tui_music.errors import LibraryDamaged
from tui_music.importers.columns import Reason
from tui_music.library.library import Batch, BatchFile, Library, RejectedReason, RejectedRow
from tui_music.settings import Settings
from tui_music.tui.app import TuiMusic
from tui_music.tui.base import sentence_for

__all__ = ["picture"]  # a fixture

FILES = (
    BatchFile(1, "export.zip/Streaming_History_Audio_2015-2019_0.json", "spotify-extended", 16_484, 16_404, 35, 45, 0),
    BatchFile(2, "export.zip/Streaming_History_Audio_2019-2022_1.json", "spotify-extended", 15_285, 15_188, 66, 31, 0),
    BatchFile(3, "export.zip/[bold]東ノ宮\x1b[2J.json", "spotify-short", 99, 99, 0, 0, 3),
)
BATCHES = [Batch(2, 1_700_000_000, "mira", FILES), Batch(1, 1_600_000_000, "[red]jun", FILES[:1])]
REASONS = [
    RejectedReason(Reason.NO_TITLE, 107, FILES[0].path, 407, '{"ts": "2015-03-01T20:00:00Z", "ms_played": 0'),
    RejectedReason(Reason.DAMAGED, 14, FILES[1].path, 12, "\x1b]0;owned\x07"),
]
EVERY_SIZE = [(40, 10), *SIZES, (200, 60)]


@pytest.mark.parametrize("size", EVERY_SIZE)
def test_first_run(snap_compare: Any, settings: Settings, size: tuple[int, int]) -> None:
    assert snap_compare(TuiMusic(settings), terminal_size=size)


@pytest.mark.usefixtures("library")
class TestWithALibrary:
    @pytest.mark.parametrize("size", SIZES)
    def test_help(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "2", "question_mark")

    @pytest.mark.parametrize("size", SIZES)
    def test_palette(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "ctrl+p", "k", "a")

    @pytest.mark.parametrize("size", SIZES)
    def test_range(self, picture: Picture, size: tuple[int, int]) -> None:
        assert picture(size, "r", "down", "down")

    def test_a_range_that_cannot_be(self, picture: Picture) -> None:
        assert picture((80, 24), "r", "x", "enter")

    def test_light(self, snap_compare: Any, settings: Settings) -> None:
        async def wait(pilot: Pilot[Any]) -> None:
            pilot.app.theme = "tui-music-light"
            await settled(pilot)

        assert snap_compare(TuiMusic(settings), run_before=wait, terminal_size=(80, 24))

    def test_a_long_sentence(self, snap_compare: Any, settings: Settings) -> None:
        async def wait(pilot: Pilot[Any]) -> None:
            await settled(pilot)
            app = pilot.app
            assert isinstance(app, TuiMusic)
            app.tell(sentence_for(LibraryDamaged("The library cannot be read. " * 9)), warns=True)
            await settled(pilot)

        assert snap_compare(TuiMusic(settings), run_before=wait, terminal_size=(80, 24))

    @pytest.mark.parametrize("size", SIZES)
    def test_settings(self, snap_compare: Any, settings: Settings, size: tuple[int, int]) -> None:
        async def wait(pilot: Pilot[Any]) -> None:
            await settled(pilot)
            await pilot.press("comma", "j")
            await settled(pilot)

        shown_folder = replace(settings, config_dir=Path("/home/mira/.config/tui-music"))
        assert snap_compare(TuiMusic(shown_folder), run_before=wait, terminal_size=size)

    @pytest.mark.parametrize("size", EVERY_SIZE)
    def test_sources(self, picture: Picture, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
        monkeypatch.setattr(Library, "batches", lambda _: BATCHES)
        monkeypatch.setattr(Library, "rejections", lambda _: REASONS)
        assert picture(size, "9")

    def test_rejected_rows(self, picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = [RejectedRow("export.zip/one.json", n * 7, Reason.NO_TITLE, f'{{"ts": "{n}"') for n in range(1, 41)]
        monkeypatch.setattr(Library, "batches", lambda _: BATCHES)
        monkeypatch.setattr(Library, "rejections", lambda _: REASONS)
        monkeypatch.setattr(Library, "rejected_rows", lambda *_, **__: rows)
        assert picture((80, 24), "9", "G", "k", "enter")
