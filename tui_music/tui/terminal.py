"""The terminal's side: is it fit, what happens when it goes away, and how the program ends.

Over SSH terminals vanish. A hang-up, a termination or a lost terminal ends the program within seconds, whatever its
threads are doing; the library only ever changes whole, so nothing is lost.
"""

from __future__ import annotations

import asyncio
import os
import re
import selectors
import signal
import sys
import termios
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui_music.errors import UnfitTerminal

#: Seconds that threads get to finish after the screen is given back.
PATIENCE = 1.0
#: Seconds from a signal to the end, even if the event loop is busy.
DEADLINE = 2.0
#: Seconds a thread keeps the interpreter while the event loop waits. Python has 5 ms, and a key waits several times.
TURN = 0.0005
HUNG_UP, INTERRUPTED, TERMINATED = (128 + number for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))
_COLOR_SYSTEMS = ("", "auto", "standard", "256", "truecolor", "windows")
#: Everything that Textual switches on, off again: mouse, paste, focus, kitty keys, line wrap; main screen and cursor.
_RESTORE = (
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2004l\x1b[?1004l\x1b[?2048l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h"
)
#: A mouse report in the oldest form, which terminals fall back to after a reattach. Its bytes may be any.
_X10 = re.compile(rb"\x1b\[M([\x20-\xff])([\x20-\xff])([\x20-\xff])", re.DOTALL)
_X10_CUT = re.compile(rb"\x1b\[M[\x20-\xff]{0,2}\Z", re.DOTALL)


def require_fit(environ: Mapping[str, str] = os.environ) -> None:
    """Raise :class:`UnfitTerminal`, which says what to do, unless the program can be drawn and typed at."""
    term = environ.get("TERM", "")
    if not _is_terminal(sys.stdin) or not _is_terminal(sys.stderr):
        raise UnfitTerminal(
            "tui-music needs a terminal to draw on and to read keys from. "
            "Without one: tui-music stats, artists, songs and plays print to a pipe."
        )
    if term in ("", "dumb", "unknown"):
        raise UnfitTerminal(
            f"The terminal type TERM={term or '(unset)'} cannot show the program. "
            "Try TERM=xterm-256color tui-music, or the commands stats, artists, songs, plays."
        )
    if environ.get("TEXTUAL_COLOR_SYSTEM", "auto") not in _COLOR_SYSTEMS:
        raise UnfitTerminal(f"TEXTUAL_COLOR_SYSTEM must be one of {', '.join(filter(None, _COLOR_SYSTEMS))}.")


def _is_terminal(stream: Any) -> bool:
    try:
        return stream is not None and os.isatty(stream.fileno())
    except (OSError, ValueError):
        return False


class Leavable(Protocol):
    """What can be asked to end."""

    def leave(self, status: int) -> None: ...


class CarefulDriver(LinuxDriver):
    """Textual's driver for POSIX terminals; its input thread survives odd bytes and notices a lost terminal."""

    def run_input_thread(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        pastes = Pastes()
        kept = b""
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    data = self._read()
                    if not data:
                        self._loop.call_soon_threadsafe(self._lost)
                        return
                    data, kept = _without_x10(kept + data)
                    for event in parser.feed(pastes.cleaned(decode(data))) if data else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def _read(self) -> bytes:
        """What was typed; nothing when the terminal is gone."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _lost(self) -> None:
        app: Any = self._app
        app.leave(HUNG_UP)

    def _get_terminal_size(self) -> tuple[int, int]:
        """The size of what is drawn on, which is stderr; stdout may be a file, and COLUMNS out of date."""
        for stream in (2, 0):
            with suppress(OSError):
                size = os.get_terminal_size(stream)
                if size.columns and size.lines:
                    return size.columns, size.lines
        return super()._get_terminal_size()


class Pastes:
    """Takes the control characters out of what is pasted: Textual takes what follows an escape in it for keys."""

    _START, _END = "\x1b[200~", "\x1b[201~"
    _CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

    def __init__(self) -> None:
        self._inside = False
        self._kept = ""

    def cleaned(self, text: str) -> str:
        """The next part of what comes from the terminal; a cut-off end of a paste is kept for the part after it."""
        text, self._kept = self._kept + text, ""
        parts: list[str] = []
        while text:
            part, marker, text = text.partition(self._END if self._inside else self._START)
            if self._inside:
                at = part.rfind("\x1b")
                if not marker and at >= 0 and self._END.startswith(part[at:]):
                    part, self._kept = part[:at], part[at:]
                part = self._CONTROLS.sub("", part)
            parts += part, marker
            self._inside ^= bool(marker)
        return "".join(parts)


def _without_x10(data: bytes) -> tuple[bytes, bytes]:
    """``data`` with mouse reports of the oldest form in the usual one, and the start of one that is cut off."""
    data = _X10.sub(_as_sgr, data)
    cut = _X10_CUT.search(data)
    return (data[: cut.start()], data[cut.start() :]) if cut else (data, b"")


def _as_sgr(report: re.Match[bytes]) -> bytes:
    button, x, y = (report[group][0] - 32 for group in (1, 2, 3))
    released = button & 3 == 3 and not button & 64
    return b"\x1b[<%d;%d;%d%c" % (button & ~3 if released else button, max(1, x), max(1, y), b"m" if released else b"M")


def listen_to_signals(app: Leavable) -> None:
    """End ``app`` in order on SIGHUP, SIGTERM and SIGINT. A hang-up that is ignored (nohup) stays ignored."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, app.leave, 128 + number)


class Ending:
    """Ends the process ``seconds`` after :meth:`start` if it is still there."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None
        self._attributes: list[Any] | None = None
        with suppress(termios.error, OSError, ValueError):
            self._attributes = termios.tcgetattr(0)

    def start(self, seconds: float, status: int, *, restore: bool) -> None:
        """``restore``: the screen was not given back yet."""
        self.stop()
        self._timer = threading.Timer(seconds, self._end, (status, restore))
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """The process ends by itself after all."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, status: int, restore: bool) -> None:
        if restore:
            with suppress(OSError):
                os.set_blocking(2, False)  # a terminal that is stuck must not hold us
                os.write(2, _RESTORE)
            with suppress(termios.error, OSError):
                if self._attributes is not None:
                    termios.tcsetattr(0, termios.TCSANOW, self._attributes)
        os._exit(status)


def let_go() -> None:
    """Forget a terminal that may be gone: Python's last flush to it would fail and change the exit status."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.close(nothing)


def run_to_the_end(main: Callable[[], Any], ending: Ending, status: Callable[[], int]) -> None:
    """Run the coroutine ``main()`` makes. Threads that still work when it is done get :data:`PATIENCE` seconds."""

    async def run() -> None:
        try:
            await main()
        finally:
            ending.start(PATIENCE, status(), restore=False)

    sys.setswitchinterval(TURN)
    try:
        asyncio.run(run())
    finally:
        ending.stop()
