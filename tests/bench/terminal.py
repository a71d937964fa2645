"""A terminal that is a pipe with a clock: starts a program in a pty, writes keys, and times what comes back."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|[ -/]*[0-~])", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a key brought: bytes, and seconds from the key to the first and to the last of them (0 without any)."""

    size: int
    first: float
    last: float


@dataclass
class Terminal:
    """One program on a terminal of ``columns`` × ``lines``."""

    command: Sequence[str]
    environment: Mapping[str, str]
    columns: int = 120
    lines: int = 36
    began: float = field(init=False)
    output: bytearray = field(init=False, default_factory=bytearray)

    def __enter__(self) -> Terminal:
        size = struct.pack("HHHH", self.lines, self.columns, 0, 0)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self.began = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for standard in range(3):
                os.dup2(slave, standard)
            os.closerange(3, 64)
            os.execve(self.command[0], list(self.command), dict(self.environment))
        os.close(slave)
        self._file = master
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        os.close(self._file)

    def until(self, *texts: str, seconds: float = 60.0) -> float:
        """Seconds from the start until every text has been drawn. Raises :class:`TimeoutError`."""
        wanted = [text.encode() for text in texts]
        while True:
            shown = _ESCAPES.sub(b"", bytes(self.output))
            if all(text in shown for text in wanted):
                return time.perf_counter() - self.began
            if not self._read(seconds - (time.perf_counter() - self.began)):
                raise TimeoutError(f"{texts} not drawn in {seconds} s; drawn: {shown[-600:].decode(errors='replace')}")

    def press(self, keys: str, quiet: float = 0.12, patience: float = 2.0) -> Reply:
        """Write keys, wait ``patience`` seconds for a reply, and read until nothing comes for ``quiet`` seconds."""
        begin = time.perf_counter()
        os.write(self._file, keys.encode())
        return self._listen(begin, quiet, seconds=10.0, patience=patience)

    def quiet(self, quiet: float = 0.5, seconds: float = 30.0) -> Reply:
        """Read until nothing comes for ``quiet`` seconds."""
        return self._listen(time.perf_counter(), quiet, seconds, quiet)

    def listen(self, seconds: float) -> int:
        """How many bytes come in so many seconds."""
        return self._listen(time.perf_counter(), seconds, seconds, seconds).size

    def leave(self, keys: str = "q", seconds: float = 5.0) -> int:
        """Press a key that ends the program; its exit status."""
        with suppress(OSError):
            os.write(self._file, keys.encode())
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        raise TimeoutError(f"{self.command} did not end in {seconds} s")

    def _listen(self, begin: float, quiet: float, seconds: float, patience: float) -> Reply:
        size, first, last = 0, 0.0, 0.0
        while (left := min(quiet if size else patience, begin + seconds - time.perf_counter())) > 0:
            got = self._read(left)
            if not got:
                break
            last = time.perf_counter() - begin
            first = first or last
            size += got
        return Reply(size, first, last)

    def _read(self, seconds: float) -> int:
        ready, _, _ = select.select([self._file], [], [], max(0.0, seconds))
        if not ready:
            return 0
        try:
            data = os.read(self._file, 1 << 16)
        except OSError:  # the program ended
            time.sleep(min(0.01, max(0.0, seconds)))
            return 0
        self.output += data
        return len(data)
