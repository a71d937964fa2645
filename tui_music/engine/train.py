"""The training process: ``python -m tui_music.engine.train`` makes what takes too long for a program that is used.

Each line it prints is how far it is (0–1), a tab, and what it is at; the last one of a failure begins with ``failed``.
What it makes are model files, each written whole as soon as it is done; what fits already is left as it is.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tui_music.engine.communities import communities
from tui_music.engine.gathering import gather
from tui_music.engine.kept import Kept
from tui_music.engine.listening import listening
from tui_music.engine.models import UnfitModel, sweep
from tui_music.engine.training import FAILED, Step
from tui_music.errors import TuiMusicError
from tui_music.library.library import Library
from tui_music.services.cache import ReplyCache


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tui_music.engine.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the library and the models")
    parser.add_argument("--replies", type=Path, required=True, help="folder of the replies of services")
    parser.add_argument("--zone", required=True, help="time zone of the listener")
    parser.add_argument("--counted-ms", type=int, required=True, help="least milliseconds of a counted play")
    parser.add_argument("listener")
    asked = parser.parse_args(words)
    os.nice(10)  # whatever is on screen goes first
    try:
        for step in train(asked.data, asked.replies, asked.zone, asked.counted_ms, asked.listener):
            print(f"{step.done:.3f}\t{step.doing}", flush=True)
    except (TuiMusicError, OSError) as problem:
        print(f"{FAILED}\t{problem}", flush=True)
        return 1
    return 0


def train(data: Path, replies: Path, zone: str, counted_ms: int, listener: str) -> Iterator[Step]:
    """Train what does not fit, telling each step before it is taken."""
    kept = Kept(data / "models", listener)
    sweep(kept.folder)
    yield Step(0.0, "reading the library")
    history = Library(data / "library.duckdb").load(listener)
    heard = listening(history, zone, counted_ms=counted_ms)
    with closing(ReplyCache(replies)) as cache:
        revision = cache.revision()
        try:
            knowledge, _ = kept.knowledge(history.revision, revision)
        except UnfitModel:
            yield Step(0.1, "gathering what services told")
            knowledge = gather(cache, history.names, heard.plays)
            yield Step(0.4, "finding communities")
            kept.save_knowledge(knowledge, communities(knowledge), history.revision, revision)
    yield Step(1.0, "done")


if __name__ == "__main__":
    sys.exit(main())
