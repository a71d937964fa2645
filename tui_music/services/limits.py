"""How often a service is called, and how long it is waited for.

A small file for each service says when the next call may start. All threads and programs of a user share it, so it
holds over restarts too. Times are those of the monotonic clock, which all processes of a machine share: nothing happens
when somebody sets the clock. One that went back even so (another boot) is noticed, and costs one gap.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from tui_music.settings import NAME, private_folder

#: Seconds between the starts of two calls. Last.fm allows five calls a second over some minutes, MusicBrainz and
#: ListenBrainz one; a little more than needed, because a call that is slow to leave comes closer to the next one. The
#: Cover Art Archive sets no limit: it gets one cover a second, which takes two redirects.
GAPS = {"lastfm": 0.27, "musicbrainz": 1.1, "listenbrainz": 1.1, "coverart": 0.35}
#: Longest pause in seconds, whatever a service asks for: after it, one call finds out.
LONGEST = 3600.0
#: A service is left alone after so many failed calls in a row, for so many seconds; each further one doubles them.
FAILURES, ALONE, ALONE_LONGEST = 4, 60.0, 900.0
#: Seconds after which whoever waits looks up whether the wait is still wanted.
SLICE = 0.2
#: Seconds to wait for another program that has the file. It should take microseconds.
_HELD = 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for one step (to connect, to the next byte), for a call from its first slot on, before the second of so
    many attempts (twice as long before each further one)."""

    step: float = 5.0
    call: float = 15.0
    backoff: float = 0.5
    attempts: int = 3


class State(msgspec.Struct):
    """``next`` and ``until`` are seconds of the monotonic clock of ``boot``: when the gap is over, and the pause."""

    boot: str = ""
    next: float = 0.0
    until: float = 0.0
    failures: int = 0
    why: str = ""


def is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def folder_for(url: str, own: Path) -> Path:
    """Where the limits of a service are. They hold for the user, whichever library is open; those of a server on this
    machine are in ``own``."""
    if is_loopback(urlsplit(url).hostname or ""):
        return own
    from platformdirs import PlatformDirs

    return Path(PlatformDirs(NAME, appauthor=False).user_cache_dir) / "limits"


class Limiter:
    """Lets calls start ``gap`` seconds apart. Where the file cannot be used, at least this process keeps to it."""

    def __init__(self, path: Path, gap: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.path, self.gap = path, gap
        self._clock = clock
        self._own, self._lock = State(next=clock() + gap), threading.Lock()

    def take(self) -> float:
        """Start a call now (0), or come back in so many seconds: nothing is taken then."""

        def take(state: State, now: float) -> float:
            wait = max(state.next, state.until) - now
            if wait > 0:
                return wait
            state.next = now + self.gap
            return 0.0

        return self._change(take)

    def pause(self, seconds: float, why: str) -> None:
        """Nobody calls for so long. ``why`` is one sentence."""

        def pause(state: State, now: float) -> None:
            state.until, state.why = max(state.until, now + min(seconds, LONGEST)), why

        self._change(pause)

    def failed(self, why: str) -> None:
        """A call failed for good. After some in a row nobody calls for a while."""

        def failed(state: State, now: float) -> None:
            state.failures += 1
            if state.failures >= FAILURES:
                alone = min(ALONE * 2.0 ** min(state.failures - FAILURES, 10), ALONE_LONGEST)
                state.until, state.why = max(state.until, now + alone), why

        self._change(failed)

    def worked(self) -> None:
        """A call was answered."""

        def worked(state: State, now: float) -> None:
            state.failures = 0

        self._change(worked)

    def paused(self) -> tuple[float, str]:
        """Seconds for which nobody calls (0: somebody may), and why."""
        if not self.path.exists():
            return max(self._own.until - self._clock(), 0.0), self._own.why
        return self._change(lambda state, now: (max(state.until - now, 0.0), state.why))

    def _change(self, change: Callable[[State, float], T]) -> T:
        try:
            with self._shared() as state:
                return change(state, self._clock())
        except OSError:  # no place to write, or a program that was stopped while it had the file
            with self._lock:
                return change(self._own, self._clock())

    @contextmanager
    def _shared(self) -> Iterator[State]:
        """The state in the file, which nobody else has meanwhile; written back if it was changed."""
        private_folder(self.path.parent)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            self._wait_for(handle)
            held = os.read(handle, 10_000)
            state = self._believed(held)
            yield state
            data = msgspec.json.encode(state)
            if data != held:
                os.pwrite(handle, data, 0)
                os.ftruncate(handle, len(data))
        finally:
            os.close(handle)

    def _wait_for(self, handle: int) -> None:
        """The lock on the file; it goes with the handle. Each handle has its own, those of one process too."""
        end = time.monotonic() + _HELD
        while True:
            try:
                return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
            time.sleep(0.002)

    def _believed(self, held: bytes) -> State:
        """What the file says, as far as it can be true."""
        try:
            state = msgspec.json.decode(held, type=State) if held else State(_boot())
        except msgspec.DecodeError:
            state = State()
        now = self._clock()
        if state.boot != _boot() or state.next > now + self.gap or state.until > now + LONGEST:
            return State(_boot(), next=now + self.gap, failures=state.failures)
        return state


def _boot() -> str:
    """What tells one boot of the machine from another, as its clock starts anew; empty where nothing does."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def left_alone(name: str, seconds: float, why: str) -> str:
    return f"{name} is left alone for {in_words(seconds)}{f': {why}' if why else '.'}"


def in_words(seconds: float) -> str:
    """About how long: ``40 seconds``, ``5 minutes``."""
    return f"{max(round(seconds), 1)} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"
