"""Work in a child process: started, followed line by line, killed to cancel it.

Each line the child prints is how far it is (0–1), a tab, and what it is at; the last one of a failure begins with
:data:`FAILED`. Nothing here imports what the work needs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from tui_music.errors import TuiMusicError

FAILED = "failed"
#: Threads that numpy's libraries would start in the child: one core is left to the screen.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class ChildFailed(TuiMusicError):
    """A child process could not do its work, or was killed."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far the work is: ``done`` of the whole, 0–1, and what it is at."""

    done: float
    doing: str


class Child:
    """``python -m module words…``, running from the start."""

    #: What is raised at the end, and said around the reason.
    failed: type[ChildFailed] = ChildFailed
    what, stays = "The work", "Nothing was changed."

    def __init__(self, module: str, words: Sequence[str]) -> None:
        self.step = Step(0.0, "starting")
        self._said = ""
        cores = str(max(1, (os.cpu_count() or 2) - 1))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # screens are drawn there
            start_new_session=True,  # ctrl+c is for the process that the person started
            env=os.environ | dict.fromkeys(_THREADS, cores),
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        self._follower.join(seconds)
        return not self._follower.is_alive()

    def finish(self) -> None:
        """After the end: raises :attr:`failed` if it failed or was killed."""
        self._follower.join()
        if self._process.wait():
            why = self._said or f"its process ended with {self._process.returncode}"
            raise self.failed(f"{self.what} stopped: {why}. {self.stays}")

    def kill(self) -> None:
        """End it at once; nothing half made is left in use. Does nothing after the end."""
        self._process.kill()
        self._follower.join()

    def _follow(self) -> None:
        lines = self._process.stdout
        assert lines is not None
        with lines:
            for line in lines:
                done, _, doing = line.rstrip("\n").partition("\t")
                if done == FAILED:
                    self._said = doing.rstrip(".")
                else:
                    self.step = Step(float(done), doing)
        self._process.wait()
