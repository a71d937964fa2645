"""The training process: ``python -m tui_music.engine.train`` makes what takes too long for a program that is used.

Each line it prints is how far it is (0–1), a tab, and what it is at; the last one of a failure begins with ``failed``.
What it makes are model files, each written whole as soon as it is done; what fits already is left as it is.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from tui_music.engine.backtest import backtest
from tui_music.engine.candidate import Mode
from tui_music.engine.communities import communities
from tui_music.engine.fitting import Fitting, Weights
from tui_music.engine.gathering import gather, replies_revision, widened
from tui_music.engine.kept import Kept
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening, listening
from tui_music.engine.models import UnfitModel, sweep
from tui_music.engine.moments import TASKS, evenly, slices
from tui_music.engine.others import Others, learnable, open_others
from tui_music.engine.pool import variants
from tui_music.engine.practice import practice
from tui_music.engine.rising import learn_phases
from tui_music.engine.training import FAILED
from tui_music.errors import TuiMusicError
from tui_music.library.history import History
from tui_music.library.library import Library
from tui_music.services.cache import ReplyCache

#: Is told the share done (0–1) and at what.
Say = Callable[[float, str], None]
#: Moments of the past that weights are fitted on. The backtest takes several times as many, and as long.
_MOMENTS = {Mode.FAMILIAR: 200, Mode.DISCOVER: 30}


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tui_music.engine.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the library and the models")
    parser.add_argument("--replies", type=Path, required=True, help="folder of the replies of services")
    parser.add_argument("--community", type=Path, required=True, help="folder of the community")
    parser.add_argument("--catalogue", type=Path, required=True, help="folder of the catalogue")
    parser.add_argument("--zone", required=True, help="time zone of the listener")
    parser.add_argument("--counted-ms", type=int, required=True, help="least milliseconds of a counted play")
    parser.add_argument("--proof", action="store_true", help="run the backtest, too, and recommend by its weights")
    parser.add_argument("listener")
    asked = parser.parse_args(words)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    os.nice(10)  # whatever is on screen goes first

    def say(done: float, doing: str) -> None:
        print(f"{done:.3f}\t{doing}", flush=True)

    try:
        kept = Kept(asked.data / "models", asked.listener)
        sweep(kept.folder)
        say(0.0, "reading the library")
        history = Library(asked.data / "library.duckdb").load(asked.listener)
        others = open_others(asked.community, asked.catalogue)
        others = replace(others, recommenders=learnable(others.recommenders))
        train(kept, history, asked.zone, asked.counted_ms, asked.replies, others, say)
        if asked.proof:
            prove(kept, history, asked.zone, asked.counted_ms, others, say)
    except (TuiMusicError, OSError) as problem:
        print(f"{FAILED}\t{problem}", flush=True)
        return 1
    say(1.0, "done")
    return 0


def train(kept: Kept, history: History, zone: str, counted_ms: int, replies: Path, others: Others, say: Say) -> None:
    """Make the models of a listener that do not fit: knowledge with its communities, phases, weights."""
    heard = listening(history, zone, counted_ms=counted_ms)
    knowledge = _knowledge(kept, history, heard, replies, say)
    learnt_from = kept.learnt_from(zone, counted_ms, knowledge)
    if not kept.has("phases", history.revision, learnt_from):
        say(0.2, "finding phases of taste")
        kept.save_phases(learn_phases(heard), history.revision, learnt_from)
    learnt_from = kept.learnt_from(zone, counted_ms, knowledge, others.recommenders)
    if not kept.has("weights", history.revision, learnt_from):
        fitted = {mode: _weights(mode, heard, widened(knowledge, others.artists), others, say) for mode in Mode}
        kept.save_weights(fitted, history.revision, learnt_from)


def prove(kept: Kept, history: History, zone: str, counted_ms: int, others: Others, say: Say) -> None:
    """Run the backtest, keep it, and recommend by the weights it ends with."""
    knowledge, _ = kept.knowledge(history.revision)
    learnt_from = kept.learnt_from(zone, counted_ms, knowledge, others.recommenders)
    known = widened(knowledge, others.artists)
    proof = backtest(history, zone, known, say, counted_ms=counted_ms, others=others.recommenders)
    kept.save_proof(proof, history.revision, learnt_from)
    fitted = {mode: proof.weights(task)[mode] for mode, task in TASKS.items()}
    kept.save_weights(fitted, history.revision, learnt_from)


def _knowledge(kept: Kept, history: History, heard: Listening, replies: Path, say: Say) -> Knowledge:
    with closing(ReplyCache(replies)) as cache:
        revision = replies_revision(cache)
        try:
            return kept.knowledge(history.revision, revision)[0]
        except UnfitModel:
            say(0.05, "gathering what services told")
            knowledge = gather(cache, history.names, heard.plays)
            say(0.15, "finding communities")
            kept.save_knowledge(knowledge, communities(knowledge.graph, knowledge.artists), history.revision, revision)
            return knowledge


def _weights(mode: Mode, heard: Listening, knowledge: Knowledge, others: Others, say: Say) -> Weights:
    """Weights fitted on moments of the past, evenly taken from those that the backtest looks at."""
    task, most = TASKS[mode], _MOMENTS[mode]
    pool = variants(mode, task, others.recommenders)
    past = slices(task, heard)
    able = mode is Mode.FAMILIAR or others.recommenders or not knowledge.is_empty
    moments = past.validation + past.test if able else ()
    some = [moments[at] for at in evenly(np.arange(len(moments)), most)]
    fitting, begin, end = Fitting(task, mode, pool), *((0.25, 0.7) if mode is Mode.FAMILIAR else (0.7, 1.0))
    done = iter(np.linspace(begin, end, len(some), endpoint=False).tolist())
    for said in practice(heard, knowledge, mode, some, pool, lambda: say(next(done), f"weighing signals: {task}")):
        fitting.add(said)
    return fitting.weights()


if __name__ == "__main__":
    sys.exit(main())
