"""The terminal's side that needs no terminal: what is read from it, what is left on it, whether it is fit."""

from __future__ import annotations

import os
import random
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.tui.conftest import Started, screen_of, settled, text_of
from tui_music.errors import BadSetting, UnfitTerminal
from tui_music.library.library import Library
from tui_music.settings import Settings
from tui_music.tui import terminal
from tui_music.tui.app import TuiMusic, run
from tui_music.tui.terminal import _without_x10, require_fit
from tui_music.tui.themes import THEMES, default_theme


class TestOldMouseReports:
    @pytest.mark.parametrize(
        ("report", "usual"),
        [
            (b"\x1b[M !!", b"\x1b[<0;1;1M"),
            (b"\x1b[M#+5", b"\x1b[<0;11;21m"),
            (b"\x1b[M`\xff\xf0", b"\x1b[<64;223;208M"),
            (b"\x1b[M   ", b"\x1b[<0;1;1M"),
        ],
    )
    def test_they_become_the_usual_ones(self, report: bytes, usual: bytes) -> None:
        assert _without_x10(b"j" + report + b"k") == (b"j" + usual + b"k", b"")

    def test_one_that_is_cut_off_waits_for_its_rest(self) -> None:
        whole = b"q\x1b[M q\xffq"
        for cut in range(4, len(whole) - 1):
            first, kept = _without_x10(whole[:cut])
            second, rest = _without_x10(kept + whole[cut:])
            assert first + second == b"q\x1b[<0;81;223Mq"
            assert rest == b""

    def test_other_bytes_pass(self) -> None:
        for data in (b"", b"\x1b", b"\x1b[", b"\x1b[A", b"\x1b[<0;3;4M", "東ノ宮".encode(), bytes(range(256))):
            assert _without_x10(data) == (data, b"")

    def test_any_bytes_in_any_pieces_come_to_the_same(self) -> None:
        rng = random.Random(1)
        for _ in range(200):
            data = b"".join(rng.choice([b"\x1b[M", b"\x1b", b"[M", b" ", b"q", b"\xff", b"5"]) for _ in range(12))
            at, out, kept = 0, b"", b""
            while at < len(data):
                step = rng.randint(1, 5)
                clean, kept = _without_x10(kept + data[at : at + step])
                out, at = out + clean, at + step
            whole, rest = _without_x10(data)
            if b"\x1b[M" not in kept and b"\x1b[M" not in out:
                assert (out, kept) == (whole, rest)


class TestFit:
    def fit(self, monkeypatch: pytest.MonkeyPatch, ours: bool = True, **environ: str) -> None:
        monkeypatch.setattr(terminal, "_is_terminal", lambda _: ours)
        require_fit({"TERM": "xterm-256color", **environ})

    def test_an_ordinary_terminal_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fit(monkeypatch)
        self.fit(monkeypatch, TERM="linux", NO_COLOR="1", TEXTUAL_COLOR_SYSTEM="standard")

    @pytest.mark.parametrize("term", ["", "dumb", "unknown"])
    def test_one_that_cannot_draw_is_not(self, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
        with pytest.raises(UnfitTerminal, match="TERM"):
            self.fit(monkeypatch, TERM=term)

    def test_a_colour_system_that_textual_would_fall_over_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UnfitTerminal, match="standard, 256, truecolor"):
            self.fit(monkeypatch, TEXTUAL_COLOR_SYSTEM="millions")

    def test_none_is_not(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        monkeypatch.setattr(sys, "stderr", StringIO())
        with pytest.raises(UnfitTerminal, match="needs a terminal"):
            run(settings)
        assert UnfitTerminal.exit_code == 2


def test_keys_that_cannot_be_are_refused_before_anything_is_drawn(settings: Settings) -> None:
    from dataclasses import replace

    with pytest.raises(BadSetting, match="no action"):
        TuiMusic(replace(settings, keys={"nothing": ("r",)}))


def test_the_usual_theme_fits_the_terminal() -> None:
    names = {theme.name for theme in THEMES}
    for system, no_color in (("truecolor", False), ("256", False), ("standard", False), (None, False), ("256", True)):
        assert default_theme(system, no_color) in names
    assert default_theme("standard", False) == default_theme("truecolor", True) == "tui-music-terminal"
    assert default_theme("256", False) == "tui-music"


@pytest.mark.parametrize(
    "theme", [*(theme.name for theme in THEMES), "ansi-dark", "ansi-light", "nord", "textual-light"]
)
async def test_every_theme_can_be_used(started: Started, library: Library, theme: str) -> None:
    async with started() as pilot:
        app = pilot.app
        assert isinstance(app, TuiMusic)
        app.action_use_theme(theme)
        await settled(pilot)
        await pilot.press("2", "ctrl+p", "escape", "9")
        await settled(pilot)
        assert " Sources " in text_of(pilot)


async def test_a_mistake_leaves_no_values_behind(
    started: Started, library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sentinel = "sentinel-\x1b]0;owned\x07-" + str(47_10 + 1)

    def broken(self: object, *_: object) -> None:
        kept = sentinel  # noqa: F841 (a local variable that must not be shown)
        raise ValueError("what went \x1b[2J wrong")

    async def fail() -> None:
        async with started() as pilot:
            monkeypatch.setattr(type(screen_of(pilot)), "action_measure", broken)
            await pilot.press("v")
            await settled(pilot)

    with pytest.raises(ValueError, match="what went"):
        await fail()
    said = capsys.readouterr().err
    assert "what went" in said
    assert "mistake of its own. Your library is as it was. Please report the lines" in " ".join(said.split())
    assert "4711" not in said
    assert "\x1b[2J" not in said


def test_the_program_is_imported_without_the_data_stack(tmp_path: Path) -> None:
    import subprocess

    code = "import tui_music.tui.app, tui_music.tui.library_screen, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert not {"numpy", "pandas", "duckdb", "msgspec", "plotext"} & set(done.stdout.split())
