"""How soon the program paints, and how soon the library is on the screen."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.histories import ROOT, environment, run
from tests.bench.terminal import Terminal

PROGRAM = [sys.executable, "-m", "tui_music"]
MINIMAL = [sys.executable, "-m", "tests.bench.minimal"]


@dataclass(frozen=True, slots=True)
class Start:
    """Medians in seconds: the first paint of the smallest app and of ours, the library on screen, ``--help``.

    ``counted`` is with nothing kept from an earlier run, ``kept`` with it.
    """

    minimal: float
    paint: float
    counted: float
    kept: float
    help: float


def top_artist(home: Path) -> str:
    return str(json.loads(run(home, "artists", "-n", "1", "--json"))[0]["artist"])


def measure(home: Path, runs: int = 9) -> Start:
    """Runs take turns, so that a busy machine is busy for all of them."""
    variables, top = environment(home) | {"PYTHONPATH": str(ROOT)}, top_artist(home)
    kept_answers = home / "cache" / "overview.bin"
    minimal: list[float] = []
    paint: list[float] = []
    counted: list[float] = []
    kept: list[float] = []
    helped: list[float] = []
    for turn in range(runs):
        with Terminal(MINIMAL, variables) as terminal:
            minimal.append(terminal.until("the first line", "the last line"))
            terminal.leave()
        if turn < 3:
            kept_answers.unlink(missing_ok=True)
            with Terminal(PROGRAM, variables) as terminal:
                counted.append(terminal.until(top))
                terminal.quiet()
                terminal.leave()
        with Terminal(PROGRAM, variables) as terminal:
            paint.append(terminal.until("Library", "help"))
            kept.append(terminal.until(top))
            terminal.quiet()
            terminal.leave()
        begin = time.perf_counter()
        subprocess.run([*PROGRAM, "--help"], env=variables, check=True, stdout=subprocess.DEVNULL)
        helped.append(time.perf_counter() - begin)
    return Start(*(median(taken) for taken in (minimal, paint, counted, kept, helped)))
