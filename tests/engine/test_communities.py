"""Communities of artists."""

from __future__ import annotations

import numpy as np

from tests.engine.worlds import known
from tests.histories import make_history
from tests.test_layers import modules_after
from tui_music.engine.communities import communities
from tui_music.engine.ground import nothing_known

CLIQUES = ("abcdef", "ghijk", "lmn")
SIMILAR = {
    name: {other: 1.0 for other in clique if other != name} | {other[0]: 0.1 for other in CLIQUES if name == clique[0]}
    for clique in CLIQUES
    for name in clique
}


def test_artists_that_are_like_one_another_are_together_the_largest_group_first() -> None:
    for seed in range(4):
        history = make_history([(at, name, "song") for at, name in enumerate("azbyglm")], shuffle_codes=seed)
        knowledge = known(history, SIMILAR)
        found = dict(zip(knowledge.artists, communities(knowledge.graph, knowledge.artists).tolist(), strict=True))
        together = ["".join(sorted(name for name in found if found[name] == n)) for n in range(3)]
        assert together == list(CLIQUES)
        assert found["y"] == found["z"] == -1


def test_codes_make_no_difference() -> None:
    rng = np.random.default_rng(5)
    names = [f"artist {n}" for n in range(80)]
    similar = {name: {names[other]: float(rng.random()) for other in rng.integers(0, 80, 8)} for name in names}
    partitions = set()
    for seed in range(3):
        history = make_history([(at, name, "song") for at, name in enumerate(names)], shuffle_codes=seed)
        knowledge = known(history, similar)
        partitions.add(
            tuple(sorted(zip(knowledge.artists, communities(knowledge.graph, knowledge.artists).tolist(), strict=True)))
        )
    assert len(partitions) == 1


def test_where_nothing_is_known_there_are_none() -> None:
    history = make_history([(1, "a", "song")])
    nothing = nothing_known(history.names)
    assert communities(nothing.graph, nothing.artists).tolist() == [-1]
    nobody = nothing_known(make_history([]).names)
    assert len(communities(nobody.graph, nobody.artists)) == 0


def test_the_library_is_imported_when_communities_are_asked_for() -> None:
    assert "sknetwork" not in modules_after("import tui_music.engine.communities")
