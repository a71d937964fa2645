"""Every screen visited and its keys pressed: seconds and bytes per key, memory, silence, stalls of the event loop."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.bench.histories import ROOT, environment
from tests.bench.starting import top_artist
from tests.bench.terminal import Reply, Terminal

ENTER, ESCAPE, LEFT, RIGHT, SHIFT_RIGHT, BACKSPACE = "\r", "\x1b", "\x1b[D", "\x1b[C", "\x1b[1;2C", "\x7f"
#: Screen, its key, and what is pressed there: a name for the keys, and the keys one after the other.
PLAN: tuple[tuple[str, str, tuple[tuple[str, Sequence[str]], ...]], ...] = (
    ("Library", "1", (("cursor", "jjjjjjjjjjkkkkkkkkkk"), ("measure", "vvvvvv"), ("type", "tttttt"))),
    (
        "Artists",
        "2",
        (
            ("cursor", "jjjjjjjjjjkkkkkkkkkk"),
            ("page", ["\x1b[6~"] * 5 + ["\x1b[5~"] * 5),
            ("search", [*"/vesper", *[BACKSPACE] * 6, *"halden", *[BACKSPACE] * 6, ESCAPE]),
            ("open and close", [ENTER, "h"] * 3),
        ),
    ),
    ("Tiers", "3", (("dial", [RIGHT] * 15 + [LEFT] * 5 + [SHIFT_RIGHT] * 15), ("cursor", "jjjjjkkkkk"))),
    (
        "Discover",
        "4",
        (
            ("cursor", "jjjjjjjjjjkkkkkkkkkk"),
            ("dial", [RIGHT] * 8 + [LEFT] * 16 + [RIGHT] * 8),
            ("preset", "ttttt"),
            ("decide", " u u u"),
        ),
    ),
    (
        "Trail",
        "5",
        (
            ("cursor", "jjjjjjjjjjkkkkkkkkkk"),
            ("on and back", [ENTER, LEFT] * 5),
            ("songs and back", ["t", LEFT] * 3),
        ),
    ),
    ("Sources", "9", (("cursor", "jjjjjkkkkk"),)),
    ("Plays", "1p", (("cursor", "jjjjjjjjjjkkkkkkkkkk"), ("page", ["\x1b[6~"] * 5 + ["\x1b[5~"] * 5))),
)


@dataclass
class Visit:
    """One screen: its first and a later opening, and the replies to its keys by name. Library is open at first."""

    first: Reply | None
    again: Reply | None = None
    keys: dict[str, list[Reply]] = field(default_factory=dict)


@dataclass
class Tour:
    """All screens. ``stalls`` are the longest delays (s) of the event loop: while starting, and afterwards."""

    visits: dict[str, Visit] = field(default_factory=dict)
    memory: int = 0  # bytes resident after everything was visited
    idle: int = 0  # bytes written in 5 s without a key
    stalls: tuple[float, float] = (0.0, 0.0)


def measure(home: Path) -> Tour:
    tour = Tour()
    top = top_artist(home)
    with tempfile.TemporaryDirectory() as folder:
        beats = Path(folder, "beats.json")
        command = [sys.executable, "-m", "tests.bench.watched", str(beats)]
        with Terminal(command, environment(home) | {"PYTHONPATH": str(ROOT)}) as terminal:
            terminal.until(top)
            terminal.quiet(1.0)
            started = time.perf_counter()
            for name, key, _ in PLAN:
                tour.visits[name] = Visit(first=None if name == "Library" else _open(terminal, key))
            for name, key, groups in PLAN:
                visit = tour.visits[name]
                visit.again = _open(terminal, ("3" if key == "2" else "2") + key)
                for what, keys in groups:
                    visit.keys[what] = [terminal.press(each) for each in keys]
                    terminal.quiet()
            for key in ("?", ESCAPE, "1"):
                terminal.press(key, quiet=0.5)
            tour.idle = terminal.listen(5.0)
            tour.memory = psutil.Process(terminal.pid).memory_info().rss
            terminal.leave()
        late = json.loads(beats.read_text())
    tour.stalls = (
        max((delay for moment, delay in late if moment < started), default=0.0),
        max((delay for moment, delay in late if moment >= started), default=0.0),
    )
    return tour


def _open(terminal: Terminal, keys: str) -> Reply:
    """The reply to the last key; those before only lead there."""
    for key in (ESCAPE, *keys[:-1]):
        terminal.press(key, quiet=0.5)
    return terminal.press(keys[-1], quiet=0.6)
