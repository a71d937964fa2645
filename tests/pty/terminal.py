"""A terminal for tests: starts the real command in a pty, types, resizes, and keeps the picture and every sequence."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self
from unicodedata import normalize

import pyte
from wcwidth import wcwidth

#: What is run; options and arguments follow.
COMMAND = (sys.executable, "-m", "tui_music")
ESCAPE, ENTER, TAB, DOWN, PAGE_DOWN = "\x1b", "\r", "\t", "\x1b[B", "\x1b[6~"
#: Seconds that anything may take on a busy machine before it counts as not coming.
PATIENCE = 20.0
_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])|[\x00-\x1f\x7f-\x9f]"
)
_MODE = re.compile(r"\x1b\[\?([\d;]+)([hl])")
#: All that Textual's driver and this program write: colours, the cursor's place, modes, two questions to the terminal.
_OURS = re.compile(
    r"""
    \x1b\[[\d;:]*m                                               # colours and styles
    | \x1b\[\d+;\d+H | [\r\n]                                    # the cursor's place
    | \x1b\[\?(?:25|7|1000|1003|1004|1006|1015|1049|2004|2026|2048)[hl]
    | \x1b\[\?(?:2026|2048)\$p                                   # does the terminal know these modes?
    | \x1b\[>\d+u | \x1b\[<u                                     # kitty's keys, on and off
    | \x1b\]22;[a-z-]+\x07                                       # the mouse pointer's shape
    """,
    re.VERBOSE,
)


class Picture(pyte.Screen):
    """The cells on screen. What has no width, and what joins into one emoji or flag, stands in the cell before it."""

    def draw(self, data: str) -> None:
        joins = False  # the next character, too
        for char in data:
            flag = "\U0001f1e6" <= char <= "\U0001f1ff"
            half = flag and not joins
            if (joins or not wcwidth(char)) and (at := self._before()) is not None:
                y, x = at
                self.buffer[y][x] = self.buffer[y][x]._replace(data=self.buffer[y][x].data + char)
            else:
                super().draw(char)
            joins = char == "\u200d" or half

    def _before(self) -> tuple[int, int] | None:
        """The cell before the cursor that holds a character."""
        y, x = self.cursor.y, min(self.cursor.x, self.columns) - 1
        while x > 0 and not self.buffer[y][x].data:
            x -= 1
        return (y, x) if x >= 0 else None


def environment(home: Path, **more: str) -> dict[str, str]:
    """A plain environment of a 256-colour terminal, with everything of the program in ``home``; "" removes."""
    found = {
        "HOME": str(home),
        "TUI_MUSIC_HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        **more,
    }
    return {name: value for name, value in found.items() if value}


class Terminal:
    """One program on a terminal of ``size`` (columns, lines); a stream given as a file is not the terminal."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        command: Sequence[str] = COMMAND,
        size: tuple[int, int] = (120, 36),
        variables: Mapping[str, str] | None = None,
        streams: Mapping[str, int | IO[bytes]] | None = None,
        before: Callable[[], object] | None = None,
    ) -> None:
        self.size = size
        self.picture = Picture(*size)
        self._stream = pyte.Stream(self.picture)
        self._stream.use_utf8 = False  # names may hold what would choose another character set
        self._decode = codecs.getincrementaldecoder("utf-8")("strict").decode
        self.output: list[str] = []
        self.received = 0
        self.file, slave = pty.openpty()
        self._set_size(*size)

        def own_terminal() -> None:
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored in whatever a script starts in the background
            if before:
                before()

        self.cooked = termios.tcgetattr(slave)
        ends = {"stdin": slave, "stdout": slave, "stderr": slave, **(streams or {})}
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [*command, *arguments],
            env=environment(home, **(variables or {})),
            start_new_session=True,
            preexec_fn=own_terminal,  # noqa: PLW1509 -- nothing is locked that it needs
            cwd=home,
            stdin=ends["stdin"],
            stdout=ends["stdout"],
            stderr=ends["stderr"],
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    # out

    def type(self, keys: str) -> None:
        """Write keys; bytes that are no UTF-8 as surrogates."""
        data = keys.encode("utf-8", "surrogateescape")
        while data:
            data = data[os.write(self.file, data) :]

    def paste(self, text: str) -> None:
        self.type(f"\x1b[200~{text}\x1b[201~")

    def click(self, x: int, y: int) -> None:
        """Press and release the first button on a cell, from 0."""
        self.type(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m")

    def resize(self, columns: int, lines: int) -> None:
        self.size = columns, lines
        self.picture.resize(lines, columns)
        self._set_size(columns, lines)

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    # in

    def read(self, seconds: float) -> int:
        """Take what comes next within ``seconds``; how many bytes that was."""
        if not select.select([self.file], [], [], max(0.0, seconds))[0]:
            return 0
        try:
            data = os.read(self.file, 1 << 16)
        except OSError:  # everybody closed it
            return 0
        text = self._decode(data)
        self.output.append(text)
        self.received += len(data)
        self._stream.feed(text)
        return len(data)

    def until(self, wanted: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Read until ``wanted()``; fails with the screen."""
        deadline = time.monotonic() + seconds
        while not wanted():
            left = deadline - time.monotonic()
            ended = self.process.poll() is not None
            if not self.read(min(left, 0.1)) and (left <= 0 or ended):
                assert wanted(), f"not seen in {seconds:g} s: {what}\nexit {self.process.poll()}\n{self.text}"
                return

    def see(self, *texts: str, seconds: float = PATIENCE) -> None:
        """Read until all these texts are on screen."""
        self.until(lambda: all(text in self.text for text in texts), repr(texts), seconds)

    def miss(self, *texts: str, seconds: float = PATIENCE) -> None:
        """Read until none of these texts is on screen."""
        self.until(lambda: not any(text in self.text for text in texts), f"no {texts!r}", seconds)

    def settle(self, quiet: float = 0.16, seconds: float = PATIENCE) -> int:
        """Read until nothing comes for ``quiet`` seconds; how many bytes came."""
        before, deadline = self.received, time.monotonic() + seconds
        while self.read(quiet) and time.monotonic() < deadline:
            pass
        return self.received - before

    def press(self, keys: str, *texts: str) -> int:
        """Type, read until the texts are seen and then silence; how many bytes came."""
        before = self.received
        self.type(keys)
        if texts:
            self.see(*texts)
        self.settle(0.16 if keys.endswith(ESCAPE) or not texts else 0.08)  # escape waits for what may follow it
        return self.received - before

    def wait(self, seconds: float = PATIENCE) -> int:
        """Read until the program has ended; its exit status, seconds after which it is too late."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.file >= 0:
                self.read(0.05)
            else:
                time.sleep(0.02)
        while self.file >= 0 and self.read(0.0):
            pass
        assert self.process.poll() is not None, f"still there after {seconds:g} s\n{self.text}"
        return self.process.returncode

    # what there is

    @property
    def lines(self) -> list[str]:
        """What stands on each line."""
        return [self.cells(y) for y in range(self.picture.lines)]

    def cells(self, y: int, start: int = 0, stop: int | None = None) -> str:
        """The text in some cells of a line; NFC."""
        row = self.picture.buffer[y]
        return normalize(
            "NFC", "".join(row[x].data for x in range(start, self.picture.columns if stop is None else stop))
        )

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)

    def line_of(self, text: str) -> int:
        """The first line with a text."""
        found = next((y for y, line in enumerate(self.lines) if text in line), None)
        assert found is not None, f"{text!r} is not on screen\n{self.text}"
        return found

    @property
    def sequences(self) -> list[str]:
        """Every control character and escape sequence so far."""
        return _SEQUENCE.findall("".join(self.output))

    @property
    def strange(self) -> list[str]:
        """Sequences that are not of the program's own."""
        return [each for each in self.sequences if not _OURS.fullmatch(each)]

    @property
    def modes(self) -> set[int]:
        """DEC modes that are on."""
        on: set[int] = set()
        for numbers, switch in _MODE.findall("".join(self.output)):
            for number in map(int, numbers.split(";")):
                (on.add if switch == "h" else on.discard)(number)
        return on

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was before the program."""
        attributes: list[Any] = termios.tcgetattr(self.file)
        return not self.modes - {7, 25} and 25 not in self.hidden and attributes == self.cooked

    @property
    def hidden(self) -> set[int]:
        """DEC modes that were switched off last."""
        off: set[int] = set()
        for numbers, switch in _MODE.findall("".join(self.output)):
            for number in map(int, numbers.split(";")):
                (off.discard if switch == "h" else off.add)(number)
        return off

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


def run(home: Path, *arguments: str | bytes, status: int = 0) -> str:
    """Run the command without a terminal; what it printed on stdout."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stderr.decode()
    return done.stdout.decode()
