"""Recommendations: the first answer, another hour, dials turned.

Histories are those of the other benchmarks; what services know of their artists, and of as many more, is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from scipy.sparse import csr_array

from tests.bench.timing import Line, many
from tui_music.engine.blend import Dials, reblend
from tui_music.engine.candidate import Mode, Query
from tui_music.engine.engine import Engine
from tui_music.engine.knowledge import Knowledge
from tui_music.library.history import History

ARTISTS, SIMILAR, TAGS, TAGGED = 20_000, 50, 500, 6
_CANDIDATES, _SIGNALS = 5_000, 10


def measure(history: History) -> Iterator[Line]:
    known = knowledge(history)
    yield "edges of the graph", f"{known.graph.nnz:,} of {len(known):,} artists", ""
    for mode in Mode:
        yield from _measured(history, known, mode)
    rng = np.random.default_rng(0)
    unit, axes = np.asfortranarray(rng.normal(size=(_CANDIDATES, _SIGNALS))), rng.normal(size=(_CANDIDATES, 3))
    blend = partial(reblend, unit, rng.random(_SIGNALS), axes)
    yield f"re-blend of {_CANDIDATES:,} × {_SIGNALS}", many(lambda n: blend(_turned(n)), 200), "< 16 ms"


def _measured(history: History, known: Knowledge, mode: Mode) -> Iterator[Line]:
    query = Query(mode, 90)
    first = many(lambda _: Engine(history, "UTC", known).recommend(query), 7)
    yield f"{mode}: first answer", first, "< 300 ms"
    engine = Engine(history, "UTC", known)
    slate = engine.slate(query)
    yield f"{mode}: another hour", many(lambda n: engine.recommend(Query(mode, n)), 30), ""
    turned = many(lambda n: engine.recommend(query, dials=_turned(n)), 60)
    yield f"{mode}: a dial turned, 25 explained", turned, "≤ 50 ms"
    blend = partial(reblend, slate.scale.unit, slate.weights, slate.axes)
    what = f"{mode}: re-blend of {len(slate):,} × {len(slate.names)}"
    yield what, many(lambda n: blend(_turned(n)), 200), "< 16 ms"


def knowledge(history: History) -> Knowledge:
    """What services might say of a library's artists and of 20,000 more: neighbours on a circle, tags along it."""
    rng = np.random.default_rng(1)
    own = list(history.names.artists)
    artists = own + [f"Stranger {n}" for n in range(ARTISTS)]
    place = rng.permutation(len(artists))  # around the circle
    at = np.argsort(place)
    asked = np.repeat(np.arange(ARTISTS), SIMILAR)
    near = at[(place[asked] + rng.integers(1, 4 * SIMILAR, len(asked))) % len(artists)]
    match = rng.random(len(asked)).astype(np.float32)
    tagged = np.repeat(np.arange(len(artists)), TAGGED)
    tag = (place[tagged] * TAGS // len(artists) + rng.integers(0, 9, len(tagged))) % TAGS
    count = rng.integers(1, 100, len(tagged)).astype(np.float32)
    size = len(artists)
    when = np.where(np.arange(size) < ARTISTS, 1_700_000_000, 0)
    return Knowledge(
        artists=artists,
        own=len(own),
        similar=csr_array((match, (asked, near)), shape=(size, size)),
        tags=csr_array((count, (tagged, tag)), shape=(size, TAGS)),
        tag_names=[f"tag {n}" for n in range(TAGS)],
        listeners=10 ** rng.uniform(1, 7, size),
        asked=when,
        tagged=when,
    )


def _turned(n: int) -> Dials:
    return Dials(new=n % 16 / 16, obscure=n % 11 / 11, lately=n % 7 / 7)
