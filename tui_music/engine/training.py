"""Training from where it is asked for: a child process is started, followed, and killed to cancel it.

Nothing here imports what training needs. A killed training leaves the models as they were (see models.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass

from tui_music.errors import TuiMusicError
from tui_music.settings import Settings

#: Threads that numpy's libraries would start in the child: one core is left to the screen.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class TrainingFailed(TuiMusicError):
    """Models could not be trained."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far training is: ``done`` of the whole, 0–1, and what it is at."""

    done: float
    doing: str


class Training:
    """A training for one listener, running from the start. ``zone`` is the listener's clock; with ``proof`` the
    backtest is run, too."""

    def __init__(self, settings: Settings, listener: str, zone: str, *, proof: bool = False) -> None:
        self.step = Step(0.0, "starting")
        self._said = ""
        cores = str(max(1, (os.cpu_count() or 2) - 1))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui_music.engine.train", *words(settings, listener, zone, proof=proof)],
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
        """After the end: raises :class:`TrainingFailed` if it failed or was killed."""
        self._follower.join()
        if self._process.wait():
            why = self._said or f"its process ended with {self._process.returncode}"
            raise TrainingFailed(f"Training stopped: {why}. What was trained before stays in use.")

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


FAILED = "failed"


def words(settings: Settings, listener: str, zone: str, *, proof: bool) -> list[str]:
    """The arguments of ``python -m tui_music.engine.train``."""
    return [
        *("--data", str(settings.data_dir), "--replies", str(settings.replies_dir), "--zone", zone),
        *("--counted-ms", str(settings.counted_ms), *(["--proof"] if proof else []), "--", listener),
    ]
