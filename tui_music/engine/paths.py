"""Walks over the graph of similarity: who is near an artist or several, and the way from one artist to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from tui_music.engine.knowledge import Knowledge
from tui_music.library.history import Int64

_TAGS = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """An artist on a walk. ``similarity`` (0–1) is that to the artists one comes from, ``None`` for the first stop;
    ``plays`` the listener's counted plays; ``tags`` its most given ones."""

    code: int
    name: str
    similarity: float | None
    plays: int
    tags: tuple[str, ...]

    @property
    def heard(self) -> bool:
        return self.plays > 0


@dataclass(frozen=True, slots=True)
class Path:
    """``stops`` from the first artist to the last; empty where there is no way, and ``note`` then says why."""

    stops: tuple[Stop, ...]
    note: str = ""


def like(knowledge: Knowledge, plays: Int64, artists: Sequence[int], n: int = 100) -> tuple[Stop, ...]:
    """The ``n`` nearest neighbours of one artist, or of several: the most similar first, equals by name.

    With several, a neighbour's similarity is the mean over them, 0 for one that it is no neighbour of. ``plays`` are
    the listener's counted plays of each of the library's artists.
    """
    graph = knowledge.graph
    near = graph[list(artists)].sum(axis=0, dtype=np.float64) / max(len(artists), 1)
    near[list(artists)] = 0.0
    found = np.flatnonzero(near)
    names = knowledge.artists
    ranked = sorted(found.tolist(), key=lambda code: (-near[code], names[code]))
    return tuple(_stop(knowledge, plays, code, float(near[code])) for code in ranked[:n])


def path(knowledge: Knowledge, plays: Int64, start: int, end: int) -> Path:
    """The way from one artist to another that is shortest when a step costs 1 / similarity; equal ways by name.

    The best neighbour of everybody has a match of 1, so with −ln(similarity) such steps would be free and ways through
    them endless. With 1 / similarity each step costs at least 1, and one weak step (0.1) as much as ten sure ones: what
    is heard on the way changes gradually.
    """
    graph, names = knowledge.graph, knowledge.artists
    for code in (start, end):
        if graph.indptr[code] == graph.indptr[code + 1]:
            return Path((), f"Nobody is known to be like {names[code]} yet.")
    cost = csr_array((1.0 / graph.data.astype(np.float64), graph.indices, graph.indptr), shape=graph.shape)
    left = dijkstra(cost, indices=end)  # the graph is symmetric: the cost to ``end`` from everywhere
    if np.isinf(left[start]):
        return Path((), f"Over what is known so far no way leads from {names[start]} to {names[end]}.")
    stops = [_stop(knowledge, plays, start, None)]
    while (at := stops[-1].code) != end:
        row = slice(graph.indptr[at], graph.indptr[at + 1])
        on_the_way = left[graph.indices[row]] + cost.data[row] == left[at]
        steps = zip(graph.indices[row][on_the_way].tolist(), graph.data[row][on_the_way].tolist(), strict=True)
        code, similarity = min(steps, key=lambda step: names[step[0]])
        stops.append(_stop(knowledge, plays, code, similarity))
    return Path(tuple(stops))


def _stop(knowledge: Knowledge, plays: Int64, code: int, similarity: float | None) -> Stop:
    row = slice(*knowledge.tags.indptr[code : code + 2])
    counted = zip(knowledge.tags.data[row].tolist(), knowledge.tags.indices[row].tolist(), strict=True)
    most = sorted((-count, knowledge.tag_names[tag]) for count, tag in counted)[:_TAGS]
    heard = int(plays[code]) if code < knowledge.own else 0
    return Stop(code, knowledge.artists[code], similarity, heard, tuple(tag for _, tag in most))
