"""What services know: gathered, stored, opened again, and asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from tests.bench.histories import ROOT
from tests.bench.timing import Line, many, once
from tests.engine.invented import Invented, invent
from tui_music.engine.candidate import Mode, Query, Recommender
from tui_music.engine.communities import communities
from tui_music.engine.gathering import from_arrays, gather, learn, to_arrays
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.models import load, save
from tui_music.engine.paths import like, path
from tui_music.engine.popularity import Popularity
from tui_music.engine.similar import SecondHand, Similar
from tui_music.engine.tags import Tags

ARTISTS, SIMILAR, PLAYS = 20_000, 100, 140_000
QUERY = Query(Mode.DISCOVER, hour=0)


def measure(folder: Path) -> Iterator[Line]:
    world = invent(1, ARTISTS, 150, PLAYS, SIMILAR, days=4_000, everybody=True)
    yield from _gathering(world, folder)
    knowledge = from_arrays(load(folder / "knowledge.npz").arrays)
    yield "the graph made symmetric", once(lambda: knowledge.graph), ""
    yield "edges of the graph", f"{knowledge.graph.nnz:,} of {knowledge.similar.nnz:,} answers", ""
    signals: tuple[Recommender, ...] = (Similar(), SecondHand(), Tags(), Popularity())
    for signal in signals:
        yield from _signal(signal, world, knowledge)
    yield from _walks(world, knowledge)
    yield "communities", once(lambda: communities(knowledge.graph, knowledge.artists)), "in the training process"
    yield "import of scikit-network", _import("sknetwork.clustering"), "in the training process"
    yield "import of the paths", _import("tui_music.engine.paths"), ""


def _gathering(world: Invented, folder: Path) -> Iterator[Line]:
    plays = world.listening.plays
    with closing(world.fill(folder / "replies")) as cache:
        yield "gathering", once(lambda: gather(cache, world.history.names, plays)), "a few seconds"
    knowledge = world.knowledge
    one = [world.answers[0]._replace(artist="Somebody New")]
    yield "one more reply", many(lambda _: learn(knowledge, plays, one), 9), ""
    save(folder / "knowledge.npz", to_arrays(knowledge), 1, {})
    yield "size of the file", f"{(folder / 'knowledge.npz').stat().st_size / 1e6:.0f} MB", ""
    yield "opening it again", many(lambda _: from_arrays(load(folder / "knowledge.npz").arrays), 15), "≤ 100 ms"


def _signal(signal: Recommender, world: Invented, knowledge: Knowledge) -> Iterator[Line]:
    yield f"{signal.name}: fit", many(lambda _: signal.fit(world.listening, knowledge), 9), ""
    yield f"{signal.name}: scores", many(lambda _: signal.scores(QUERY), 50), ""
    yield f"{signal.name}: evidence", many(lambda at: signal.evidence(QUERY, at), 200), ""


def _walks(world: Invented, knowledge: Knowledge) -> Iterator[Line]:
    random, plays = Random(0), world.listening.plays
    pairs = [(random.randrange(ARTISTS), random.randrange(ARTISTS)) for _ in range(200)]
    yield "like", many(lambda at: like(knowledge, plays, [pairs[at][0]]), 200), "≤ 50 ms"
    yield "like two", many(lambda at: like(knowledge, plays, pairs[at]), 200), "≤ 50 ms"
    yield "path", many(lambda at: path(knowledge, plays, *pairs[at]), 200), "≤ 50 ms"
    stops = [len(path(knowledge, plays, *pair).stops) for pair in pairs[:50]]
    yield "stops of a path", f"{min(stops)} to {max(stops)}", ""


def _import(module: str) -> str:
    code = f"import numpy, scipy.sparse, time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return f"{float(done.stdout):.2f} s beyond scipy.sparse"
