"""Waiting on the command line: a bar on a terminal, plain lines elsewhere, and ctrl+c between two steps."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from tui_music.text import shown

#: ``draw(done, of, what, pace)``: how far it is, what is under way, and how fast or how long.
Draw = Callable[[int, int, str, str], None]
_WIDTH = 32


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Collects ctrl+c instead of raising it, so that it takes effect between two steps and never inside one."""
    caught: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        caught.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Draw]:
    """Shows how something gets on, on stderr: nothing when ``quiet``, a line for each new step where there is no
    terminal, else a bar."""
    if quiet:
        yield lambda done, of, what, pace: None
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        with _bar() as draw:
            yield draw


class _Lines:
    def __init__(self) -> None:
        self.what = ""

    def __call__(self, done: int, of: int, what: str, pace: str) -> None:
        if what not in {"", self.what}:
            self.what = what
            print(shown(what), file=sys.stderr)


@contextmanager
def _bar() -> Iterator[Draw]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn("{task.fields[what]}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, what="", pace="")

        def draw(done: int, of: int, what: str, pace: str) -> None:
            bar.update(task, total=max(of, 1), completed=done, what=str(shown(what))[-_WIDTH:], pace=pace)

        yield draw
