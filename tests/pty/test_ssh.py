"""Terminals come and go: unfit ones, hang-ups, signals, suspending, resizing; what a slow line has to carry."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.exports import episode, row, write
from tests.pty.terminal import COMMAND, DOWN, ENTER, ESCAPE, PAGE_DOWN, Terminal, environment, run

#: Seconds within which the program must be gone when its terminal is.
GONE_WITHIN = 3.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with 60 artists of three songs each, over two years."""
    home = tmp_path_factory.mktemp("ssh") / "home"
    home.mkdir()
    (home / "settings.toml").write_text('zone = "Europe/Berlin"\n')
    rows = [
        row(86_400 * day + 700 * number, f"Song {number % 3} of {number}", f"Artist {number:02}", 200_000 + number)
        for number in range(60)
        for day in range(0, 700, 10 + number)
    ]
    file = write(home / "history.json", [*rows, *(episode(86_400 * day) for day in range(9)), {"no": "play"}])
    run(home, "import", str(file))
    return home


@pytest.fixture
def opened(made: Path) -> Iterator[Terminal]:
    (made / "state.json").unlink(missing_ok=True)
    with Terminal(made) as terminal:
        terminal.press("", "Library", "1 of 60", "peak")
        yield terminal


# unfit terminals


def refused(terminal: Terminal) -> bool:
    """One line, exit 2, and nothing that an unfit terminal would not understand."""
    assert terminal.wait() == 2
    assert terminal.sequences in ([], ["\r", "\n"])
    return terminal.text.strip().startswith("tui-music")


def test_a_pipe_for_stdin_is_refused(made: Path) -> None:
    with Terminal(made, streams={"stdin": subprocess.PIPE}) as terminal:
        assert refused(terminal)
        assert "needs a terminal" in terminal.text


def test_stderr_in_a_file_is_refused(made: Path, tmp_path: Path) -> None:
    with (tmp_path / "errors").open("wb") as errors, Terminal(made, streams={"stderr": errors}) as terminal:
        assert terminal.wait() == 2
    said = (tmp_path / "errors").read_text()
    assert "needs a terminal" in said
    assert said.count("\n") == 1


def test_no_terminal_at_all_is_refused(made: Path) -> None:
    done = subprocess.run(COMMAND, env=environment(made), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)


def test_closed_standard_streams_are_refused(made: Path) -> None:
    def close() -> None:
        os.close(0)
        os.close(2)

    with Terminal(made, before=close) as terminal:
        assert terminal.wait() == 2


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_that_cannot_draw_is_refused(made: Path, term: str) -> None:
    with Terminal(made, variables={"TERM": term}, size=(160, 20)) as terminal:
        assert refused(terminal)
        assert "TERM=" in terminal.text


# the end


def test_quit_gives_the_terminal_back(opened: Terminal) -> None:
    opened.type("q")
    assert opened.wait() == 0
    assert opened.restored


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_ends_the_program_in_order(opened: Terminal, number: int, status: int) -> None:
    os.kill(opened.process.pid, number)
    assert opened.wait(GONE_WITHIN) == status
    assert opened.restored


def test_ctrl_c_leaves(opened: Terminal) -> None:
    opened.type("\x03")
    assert opened.wait() == 0
    assert opened.restored


@pytest.mark.parametrize("ignored", [False, True], ids=["hangup", "hangup ignored"])
def test_a_closed_terminal_ends_the_program(made: Path, ignored: bool) -> None:
    def nohup() -> None:
        if ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with Terminal(made, before=nohup) as terminal:
        terminal.press("", "Library", "1 of 60")
        terminal.close()
        began = time.monotonic()
        assert terminal.wait(GONE_WITHIN) == 129, time.monotonic() - began
    assert run(made, "stats", "--json")


def test_end_of_input_ends_the_program(made: Path) -> None:
    """What stdin reads comes to its end while the terminal that is drawn on stays."""
    keys, other = os.openpty()
    with Terminal(made, streams={"stdin": other}) as terminal:
        os.close(other)
        terminal.press("", "Library", "1 of 60")
        os.close(keys)
        assert terminal.wait(GONE_WITHIN) == 129


@pytest.mark.parametrize("moment", [0.05, 0.3])
def test_a_signal_while_it_starts(made: Path, moment: float) -> None:
    with Terminal(made) as terminal:
        terminal.settle(moment, moment)
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert terminal.wait(GONE_WITHIN) in (143, -signal.SIGTERM)
        assert terminal.restored


def test_a_mistake_of_the_program_shows_no_values(made: Path) -> None:
    script = """
import sys
from tui_music.settings import load
from tui_music.tui import app
from tui_music.tui.library_screen import LibraryScreen

def broken(self, session):
    secret = "sentinel-" + "4711\\x1b]0;OWNED\\x07"
    raise ValueError("the mistake " + "\\x1b]0;OWNED\\x07 [/red]")

LibraryScreen.show = broken
sys.exit(app.run(load()))
"""
    with Terminal(made, command=(sys.executable, "-c", script)) as terminal:
        assert terminal.wait() == 1
        assert "ValueError" in terminal.text
        assert "mistake of its own" in terminal.text
        assert "sentinel-4711" not in "".join(terminal.output)
        assert not [each for each in terminal.strange if each.startswith("\x1b]")]
        assert terminal.restored


def test_suspend_and_resume(made: Path) -> None:
    shell = ("/bin/bash", "--norc", "--noprofile", "-i")
    with Terminal(made, command=shell, variables={"PS1": "sh>", "HISTFILE": ""}) as terminal:
        terminal.see("sh>")
        terminal.type(f"{' '.join(COMMAND)}\r")
        terminal.press("", "Library", "1 of 60", "peak")
        terminal.type("\x1a")
        terminal.see("Stopped")
        assert 1049 not in terminal.modes
        assert 1000 not in terminal.modes
        terminal.type("echo back$((40+2))\r")
        terminal.see("back42")
        terminal.type("fg\r")
        terminal.press("", "Library", "1 of 60", "peak")
        terminal.press("2", "Artists", "→ last")
        terminal.type("q")
        terminal.until(lambda: "".join(terminal.output).endswith("sh>"), "the shell")
        terminal.type("echo ended $?\r")
        terminal.see("ended 0")


# sizes


def test_a_hundred_resizes_end_drawn_at_the_last_size(opened: Terminal) -> None:
    began = time.monotonic()
    for number in range(100):
        opened.resize(1 + number * 53 % 500, 1 + number * 31 % 200)
        opened.read(max(0.0, began + number * 0.02 - time.monotonic()))
    opened.resize(90, 30)
    opened.see("1 of 60", "Artist 00")
    opened.until(lambda: opened.lines[0].startswith(" Library"), "line 1")
    opened.until(lambda: opened.lines[29].rstrip().endswith("? help"), "the last line")
    assert opened.alive
    opened.press("2", "Artists", "→ last")


def test_the_smallest_size_works_and_a_smaller_one_says_so(made: Path) -> None:
    (made / "state.json").unlink(missing_ok=True)
    with Terminal(made, size=(40, 10)) as terminal:
        terminal.press("", "Library", "Artist 00")
        for key, heading in (("2", "Artists"), ("3", "Tiers"), ("9", "Sources"), ("?", "Keys on"), (ESCAPE, "Sources")):
            terminal.press(key, heading)
            assert "help" in terminal.lines[9] or "back" in terminal.lines[9], terminal.text
        terminal.resize(30, 8)
        terminal.see("30×8: too small.", "needs 40×10")
        terminal.resize(1, 1)
        terminal.settle()
        terminal.resize(40, 10)
        terminal.press("1", "Library", "Artist 00")
        terminal.type("q")
        assert terminal.wait() == 0


# bytes

#: Screens by the keys that lead there from the library, and what is seen when they are drawn.
SCREENS: dict[str, tuple[str, str]] = {
    "library": ("1", "peak"),
    "facts": ("f", "streak now"),
    "artists": ("2", "→ last"),
    "artist opened": ("2" + ENTER, "by hour"),
    "tiers": ("3", "bottom"),
    "plays": ("p", "heard"),
    "sources": ("9", "history.json"),
    "help": ("?", "Keys on"),
    "settings": (",", "time zone"),
    "palette": ("\x10", "do or go to"),
    "prompt": ("r", "last 90 days"),
    "search": ("2/", "search artists"),
}


@pytest.mark.parametrize(
    ("screens", "quiet"),
    [
        (["library", "artists", "plays"], 0.6),
        pytest.param(list(SCREENS), 3.0, marks=pytest.mark.slow),
    ],
    ids=["lists", "all"],
)
def test_bytes_of_each_screen(opened: Terminal, screens: list[str], quiet: float) -> None:
    """At 120×36: few to change to it, 1 KB a cursor key, and nothing while idle, neither bytes nor work."""
    process = psutil.Process(opened.process.pid)
    figures = []
    for screen in screens:
        keys, text = SCREENS[screen]
        for key in (ESCAPE, ESCAPE, "1"):
            opened.press(key)
        switch = max(opened.press(key) for key in keys)
        opened.see(text)
        opened.settle(0.4)
        worked = process.cpu_times().user
        idle = opened.settle(quiet, quiet)
        worked = process.cpu_times().user - worked
        moves = [opened.press(DOWN) for _ in range(3)] if screen not in ("prompt", "search") else []
        page = opened.press(PAGE_DOWN) if moves else 0
        figures.append((screen, switch, page, moves, idle, worked))
        print(
            f"{screen}: switch {switch:,} B, page {page:,} B, cursor {moves} B, idle {idle} B, {worked:.2f} s of work"
        )
    for screen, switch, page, moves, idle, worked in figures:
        assert idle == 0, screen
        assert worked <= 0.1, screen
        assert max(moves, default=0) <= 1024, screen
        assert page <= 20_000, screen
        assert switch <= 45_000, screen


# colours and the mouse


def colours(terminal: Terminal) -> set[str]:
    """The parameters of colours that were set."""
    styles = [each[2:-1] for each in terminal.sequences if each.startswith("\x1b[") and each.endswith("m")]
    kinds = set()
    for style in styles:
        parts = [int(part or 0) for part in style.split(";")]
        while parts:
            first = parts.pop(0)
            if first in (38, 48):
                kind = parts.pop(0)
                kinds.add({2: "truecolor", 5: "256"}[kind])
                del parts[: {2: 3, 5: 1}[kind]]
            elif first >= 30 and first not in (39, 49):
                kinds.add("standard")
    return kinds


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, {"truecolor"}),
        pytest.param({"COLORTERM": ""}, {"256"}, marks=pytest.mark.slow),
        pytest.param({"COLORTERM": "", "TERM": "xterm"}, {"standard"}, marks=pytest.mark.slow),
        ({"COLORTERM": "", "TERM": "linux"}, {"standard"}),
        ({"NO_COLOR": "1"}, set()),
        pytest.param({"NO_COLOR": "1", "TERM": "linux", "COLORTERM": ""}, set(), marks=pytest.mark.slow),
    ],
    ids=["truecolor", "256", "xterm", "linux", "NO_COLOR", "NO_COLOR linux"],
)
def test_colours_are_those_of_the_terminal(made: Path, variables: dict[str, str], wanted: set[str]) -> None:
    (made / "state.json").unlink(missing_ok=True)
    with Terminal(made, variables=variables) as terminal:
        terminal.press("", "Library", "1 of 60", "peak")
        for key in ("\t", "2/", ESCAPE, "3", "9", "\x10"):
            terminal.press(key)
        assert colours(terminal) - {"standard"} == wanted - {"standard"}
        assert bool(colours(terminal)) == bool(wanted)


def test_no_mouse_asks_for_no_mouse(made: Path) -> None:
    with Terminal(made, "--no-mouse") as terminal:
        terminal.press("", "Library", "1 of 60")
        assert not terminal.modes & {1000, 1002, 1003, 1006, 1015}
        assert not any("?1000h" in each or "?1003h" in each for each in terminal.sequences)
