"""Hostile names on every screen, without a terminal: no cell of any screen carries an action or a link of a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports import imported, write
from tests.pty.hostile import COMMANDS, LISTENERS, hostile_rows
from tests.tui.conftest import no_training
from tui_music.library.library import Library
from tui_music.settings import load
from tui_music.tui.app import TuiMusic

__all__ = ["no_training"]  # a fixture

#: Keys that lead from screen to screen, one place after the other.
TOUR = (
    "1", "t", "t", "f", "G", "p", "escape", "escape",
    "2", "enter", "b", "G", "escape", "p", "escape",
    "3", "d", "j", "tab", "j", "plus", "minus", "u", "f", "escape", "escape", "p", "escape", "c", "escape",
    "5", "j", "enter", "t", "j", "enter", "b", "k", "enter", "f", "e", "tab", "escape", "space", "u", "x", "escape",
    "9", "G", "enter", "escape", "question_mark", "escape", "comma", "escape",
    "ctrl+p", "c", "l", "i", "escape", "1", "r", "escape", "L",
)  # fmt: skip


@pytest.mark.parametrize("size", [(120, 36), pytest.param((200, 60), marks=pytest.mark.slow), (40, 10)], ids=str)
async def test_no_cell_carries_an_action_of_a_name(home: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    settings = load()
    library = Library(settings.library_file)
    for listener in LISTENERS:
        imported(library, write(tmp_path / "[@click=app.quit]x[.json", hostile_rows()), listener=listener)
    app = TuiMusic(settings)
    async with app.run_test(size=size) as pilot:
        for key in ("", *TOUR):
            if key:
                await pilot.press(key)
            for _ in range(2):
                await app.workers.wait_for_complete([each for each in app.workers if not each.is_finished])
                await pilot.pause()
            for y, strip in enumerate(app.screen._compositor.render_strips()):
                for segment in strip:
                    style = segment.style
                    assert style is None or not ("@click" in style.meta or style.link), (key, y, segment)
                    assert not any(command in segment.text for command in COMMANDS), (key, y, segment)
                assert strip.cell_length == size[0], (key, y, strip.text)
        assert app.is_running
