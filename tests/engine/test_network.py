"""The network of artists, worked out by hand; and who plays with whom."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.worlds import known
from tests.histories import make_history
from tui_music.engine.collaboration import Collaboration, collaborations
from tui_music.engine.communities import communities
from tui_music.engine.listening import listening
from tui_music.engine.network import Network, among

#: Two triangles joined at c and d; e and f are far enough apart to be cut by a threshold.
TRIANGLES = {
    "a": {"b": 1.0, "c": 1.0},
    "b": {"a": 1.0, "c": 1.0},
    "c": {"a": 1.0, "b": 1.0, "d": 1.0},
    "d": {"c": 1.0, "e": 1.0, "f": 1.0},
    "e": {"d": 1.0, "f": 1.0},
    "f": {"d": 1.0, "e": 1.0},
}


def network_of(similar: dict[str, dict[str, float]], heard: str = "abc", seed: int = 0) -> Network:
    history = make_history([(at, name, "song", 200_000) for at, name in enumerate(heard)], shuffle_codes=seed)
    knowledge = known(history, similar)
    plays = np.array([name in heard for name in knowledge.artists], np.int64)
    graph = knowledge.graph
    return Network(graph, knowledge.artists, plays, communities(graph, knowledge.artists))


class TestShape:
    def test_two_triangles_and_a_bridge(self) -> None:
        shape = network_of(TRIANGLES).shape()
        assert (shape.artists, shape.links, shape.communities) == (6, 7, 2)
        assert shape.density == pytest.approx(7 / 15)
        assert shape.clustering == pytest.approx((4 * 1 + 2 * 1 / 3) / 6)
        assert shape.modularity == pytest.approx(6 / 7 - 1 / 2)
        assert (shape.similarity, shape.deviation, shape.percentiles) == (1.0, 0.0, (1.0,) * 5)

    def test_similarities_count(self) -> None:
        weak = {name: dict(row) for name, row in TRIANGLES.items()}
        weak["c"]["d"] = weak["d"]["c"] = 0.5
        shape = network_of(weak).shape()
        assert shape.modularity == pytest.approx(12 / 13 - 1 / 2)
        assert shape.similarity == pytest.approx(6.5 / 7)
        assert shape.percentiles[0] == 1.0

    def test_all_in_one_community_is_no_better_than_chance(self) -> None:
        whole = network_of(TRIANGLES)
        one = Network(whole.graph, whole.names, whole.plays, np.zeros(6, np.int32))
        assert one.modularity() == pytest.approx(0.0)

    def test_of_nothing(self) -> None:
        shape = network_of({}).shape()
        assert (shape.artists, shape.links, shape.density, shape.modularity) == (0, 0, 0.0, 0.0)
        assert network_of({}).communities() == ()


class TestMembers:
    @pytest.mark.parametrize("seed", range(3))
    def test_who_joins_the_two_sides(self, seed: int) -> None:
        network = network_of(TRIANGLES, seed=seed)
        bridges = network.bridges(9)
        assert [each.name for each in bridges] == ["c", "d"]
        assert bridges[0].outside == pytest.approx(1.0)
        assert bridges[0].participation == pytest.approx(1 - (4 + 1) / 9)
        assert [each.name for each in network.central(3)] == ["c", "d", "a"]
        ours = network.community[network.names.index("a")]
        assert [each.name for each in network.bridges(9, int(ours))] == ["c"]

    def test_communities_and_their_neighbours(self) -> None:
        network = network_of(TRIANGLES)
        first, second = network.communities()
        assert {first.artists, second.artists} == {3}
        assert first.density == network.clustering(first.number) == 1.0
        assert sorted((first.heard, second.heard)) == [0, 3]
        assert [each.name for each in first.central] in (["a", "b", "c"], ["d", "e", "f"])
        assert network.next_to(first.number, 5) == ((second.number, 1.0),)
        code = {name: at for at, name in enumerate(network.names)}
        assert network.leaning(code["c"]) == (network.community[code["d"]], 1.0)
        assert network.leaning(code["a"]) is None
        middle = [each.name for each in network.centre(int(network.community[code["a"]]), 2)]
        assert middle == ["a", "b"], "as much inside as c has: by name"

    def test_who_has_no_link_is_in_no_community(self) -> None:
        network = network_of(TRIANGLES, heard="abcz")
        alone = network.member(network.names.index("z"))
        assert (alone.community, alone.links, alone.strength, alone.participation) == (-1, 0, 0.0, 0.0)


def test_weak_links_and_strangers_are_left_out() -> None:
    weak = {name: dict(row) for name, row in TRIANGLES.items()}
    weak["a"]["c"] = weak["c"]["a"] = 0.3
    network = network_of(weak)
    code = {name: at for at, name in enumerate(network.names)}
    part = among(network.graph, np.array([code[name] for name in "abcd"]), 0.5)
    links = {
        "".join(sorted((network.names[row], network.names[column])))
        for row, column in zip(*part.tocoo().coords, strict=True)
    }
    assert links == {"ab", "bc", "cd"}
    assert part.shape == network.graph.shape


class TestCollaborations:
    @staticmethod
    def found(*songs: tuple[str, str]) -> list[tuple[str, str, int, int]]:
        rows = [(1_000 * at, artist, title, 200_000) for at, (artist, title) in enumerate(songs)]
        return [
            (each.artist, each.guest, each.songs, each.plays)
            for each in collaborations(listening(make_history(rows), "UTC"))
        ]

    def test_guests_of_titles_and_of_names(self) -> None:
        assert self.found(
            ("Vesper", "Paper (feat. Ola Brandt)"),
            ("Vesper", "Paper (feat. Ola Brandt)"),
            ("Vesper", "Glass ft. Ola Brandt"),
            ("Kassia feat. Vesper", "Song"),
        ) == [("Vesper", "Ola Brandt", 2, 3), ("Kassia", "Vesper", 1, 1)]

    def test_several_guests_where_each_is_known(self) -> None:
        known_ones = [("Tallow", "One"), ("Ilse", "Two")]
        assert self.found(*known_ones, ("Vesper", "Sea [featuring Tallow & Ilse]")) == [
            ("Vesper", "Ilse", 1, 1),
            ("Vesper", "Tallow", 1, 1),
        ]
        assert self.found(("Vesper", "Sea (feat. Earth, Wind & Fire)")) == [("Vesper", "Earth, Wind & Fire", 1, 1)]

    def test_names_of_two(self) -> None:
        assert self.found(("Tallow", "One"), ("Ilse", "Two"), ("Tallow & Ilse", "Ours")) == [("Tallow", "Ilse", 1, 1)]
        assert self.found(("Tallow & the Lamps", "Ours")) == []

    def test_nothing_is_made_of_lengths_or_of_oneself(self) -> None:
        assert self.found(("Vesper", "6 ft under"), ("Vesper", "Me (feat. Vesper)"), ("Vesper", "Defeat. No")) == []

    def test_a_pair_in_a_frozen_form(self) -> None:
        history = make_history([(1, "A", "b (feat. C)", 200_000)])
        assert collaborations(listening(history, "UTC")) == (Collaboration("A", "C", 1, 1),)
