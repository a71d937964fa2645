"""The network of artists that are like one another: its shape, its communities, who stands in the middle of them and
who joins one to another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from tui_music.library.history import Float64, Int32, Int64
from tui_music.text import fold

#: Weaker similarities are no links.
THRESHOLD = 0.1
PERCENTILES = (25, 50, 75, 90, 95)


@dataclass(frozen=True, slots=True)
class Member:
    """An artist in the network. ``links`` counts the artists it is like, ``strength`` is the sum of these similarities,
    ``outside`` what of that goes to other communities, and ``participation`` how evenly it is spread over communities,
    0 for one alone and near 1 for many (Guimerà and Amaral 2005). ``plays`` are the listener's counted plays."""

    code: int
    name: str
    plays: int
    community: int
    links: int
    strength: float
    outside: float
    participation: float


@dataclass(frozen=True, slots=True)
class Community:
    """Artists more like one another than like the rest. ``heard`` of its ``artists`` the listener has played;
    ``density`` is the share of the links that there could be among them; ``central`` come by falling strength inside
    it."""

    number: int
    artists: int
    heard: int
    density: float
    central: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A network in numbers. ``similarity`` is the mean over links, ``deviation`` their standard deviation, and
    ``percentiles`` are at 25, 50, 75, 90 and 95 %; ``modularity`` (Newman 2006, weighted) is −½ to 1: how much more
    similarity lies inside communities than chance would put there."""

    artists: int
    links: int
    density: float
    clustering: float
    similarity: float
    deviation: float
    percentiles: tuple[float, ...]
    communities: int
    modularity: float


@dataclass(frozen=True, repr=False, eq=False)
class Network:
    """``graph`` (artists, artists) is symmetric with similarities 0–1 and no diagonal; ``community`` (artists,) numbers
    communities, −1 for none; ``plays`` (artists,) are the listener's counted plays; ``names`` the artists'."""

    graph: csr_array
    names: list[str]
    plays: Int64
    community: Int32

    @cached_property
    def code_of(self) -> dict[str, int]:
        """Whom a folded name means: of several the one played most."""
        code_of: dict[str, int] = {}
        for code in sorted(range(len(self.names)), key=lambda code: (-self.plays[code], self.names[code])):
            code_of.setdefault(fold(self.names[code]), code)
        return code_of

    @cached_property
    def links(self) -> Int64:
        """How many artists each is like, shape (artists,)."""
        return np.asarray(np.diff(self.graph.indptr), np.int64)

    @cached_property
    def _towards(self) -> csr_array:
        """The similarity of each artist to all of each community, shape (artists, communities)."""
        placed = np.flatnonzero(self.community >= 0)
        shape = len(self.community), int(self.community.max(initial=-1)) + 1
        belongs = csr_array((np.ones(len(placed)), (placed, self.community[placed])), shape=shape)
        return (self.graph.astype(np.float64) @ belongs).tocsr()

    @cached_property
    def strength(self) -> Float64:
        """Σ similarity, shape (artists,)."""
        return np.asarray(self.graph.sum(axis=1, dtype=np.float64))

    @cached_property
    def inside(self) -> Float64:
        """Σ similarity to artists of the same community, shape (artists,)."""
        towards = self._towards.tocoo()
        own = towards.data * (self.community[towards.row] == towards.col)
        return np.bincount(towards.row, own, len(self.community)).astype(np.float64, copy=False)

    @cached_property
    def participation(self) -> Float64:
        """1 − Σ (similarity to a community / all of it)² over the communities, shape (artists,)."""
        squares = np.asarray(self._towards.power(2).sum(axis=1), np.float64)
        share = np.divide(squares, self.strength**2, out=np.ones(len(squares)), where=self.strength > 0)
        return np.maximum(1.0 - share, 0.0)

    def shape(self) -> Shape:
        """The network in numbers; takes seconds where links are a million."""
        joined = np.flatnonzero(self.links)
        similarity = np.sort(self.graph.data[self._once()].astype(np.float64))
        some = len(similarity) > 0
        return Shape(
            artists=len(joined),
            links=len(similarity),
            density=_density(len(joined), len(similarity)),
            clustering=float(clustering(self.graph[joined][:, joined]).mean()) if some else 0.0,
            similarity=float(similarity.mean()) if some else 0.0,
            deviation=float(similarity.std()) if some else 0.0,
            percentiles=tuple(np.percentile(similarity, PERCENTILES).tolist()) if some else (0.0,) * len(PERCENTILES),
            communities=len(np.unique(self.community[joined])),
            modularity=self.modularity(),
        )

    def modularity(self) -> float:
        """Σ over communities of (share of the similarity inside − share expected by chance)."""
        total = float(self.strength.sum())
        if not total:
            return 0.0
        placed = self.community >= 0
        of_each = np.bincount(self.community[placed], self.strength[placed])
        return float(self.inside.sum()) / total - float(((of_each / total) ** 2).sum())

    def communities(self, most: int = 9) -> tuple[Community, ...]:
        """All communities, the largest first, each with the ``most`` artists that stand in its middle."""
        sizes = np.bincount(self.community[self.community >= 0])
        order = np.argsort(-sizes, kind="stable")
        return tuple(self.one(number, most) for number in order.tolist() if sizes[number])

    def one(self, number: int, most: int = 9) -> Community:
        """The community of a number."""
        members, graph = self._part(number)
        return Community(
            number=number,
            artists=len(members),
            heard=int(np.count_nonzero(self.plays[members])),
            density=_density(len(members), graph.nnz // 2),
            central=self._first(members, self.inside, most),
        )

    def clustering(self, number: int) -> float:
        """The mean share of the neighbours of an artist of a community, in it, that are neighbours themselves; some
        tenths of a second for thousands of artists."""
        members, graph = self._part(number)
        return float(clustering(graph).mean()) if len(members) else 0.0

    def central(self, n: int) -> tuple[Member, ...]:
        """The ``n`` artists of the largest strength."""
        return self._first(np.flatnonzero(self.links), self.strength, n)

    def bridges(self, n: int, community: int | None = None) -> tuple[Member, ...]:
        """The ``n`` artists that tie communities together most, or one community to the others: by similarity to
        artists outside their own."""
        chosen = self.links > 0 if community is None else self.community == community
        outside = self.strength - self.inside
        return self._first(np.flatnonzero(chosen & (outside > 0)), outside, n)

    def centre(self, number: int, n: int) -> tuple[Member, ...]:
        """The ``n`` artists in the middle of a community."""
        return self._first(np.flatnonzero(self.community == number), self.inside, n)

    def leaning(self, code: int) -> tuple[int, float] | None:
        """The community, other than its own, that an artist is most like, and the similarity to it in all."""
        row = slice(*self._towards.indptr[code : code + 2])
        found = zip(self._towards.indices[row].tolist(), self._towards.data[row].tolist(), strict=True)
        others = [(number, towards) for number, towards in found if number != self.community[code]]
        return min(others, key=lambda each: (-round(each[1], 9), each[0]), default=None)

    def next_to(self, number: int, n: int) -> tuple[tuple[int, float], ...]:
        """The ``n`` communities that a community is most like, each with the similarity between the two in all."""
        towards = np.asarray(self._towards[np.flatnonzero(self.community == number)].sum(axis=0), np.float64)
        towards[number] = 0.0
        order = np.argsort(-towards, kind="stable")[:n].tolist()
        return tuple((other, float(towards[other])) for other in order if towards[other])

    def member(self, code: int) -> Member:
        """What the network says of one artist."""
        return Member(
            code=code,
            name=self.names[code],
            plays=int(self.plays[code]),
            community=int(self.community[code]),
            links=int(self.links[code]),
            strength=float(self.strength[code]),
            outside=float(self.strength[code] - self.inside[code]),
            participation=float(self.participation[code]),
        )

    def _part(self, number: int) -> tuple[Int64, csr_array]:
        """The members of a community, and the network among them."""
        members = np.flatnonzero(self.community == number)
        return members, self.graph[members][:, members]

    def _first(self, codes: Int64, worth: Float64, n: int) -> tuple[Member, ...]:
        """By falling worth (to 9 places: sums differ in the last with the order they are made in), equals by name."""
        if 0 < n < len(codes):
            least = np.partition(worth[codes], -n)[-n]
            codes = codes[worth[codes] >= least - 1e-8]
        ranked = sorted(codes.tolist(), key=lambda code: (-round(float(worth[code]), 9), self.names[code]))
        return tuple(self.member(code) for code in ranked[:n])

    def _once(self) -> Int64:
        """Each link one time: where the column is beyond the row."""
        row = np.repeat(np.arange(self.graph.shape[0]), np.diff(self.graph.indptr))
        return np.flatnonzero(self.graph.indices > row)


def among(graph: csr_array, artists: Int64, threshold: float = THRESHOLD) -> csr_array:
    """The part of a symmetric graph of similarity that lies among some artists, weaker links left out; same shape."""
    chosen = np.zeros(graph.shape[0], np.bool_)
    chosen[artists] = True
    row = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
    part = graph.copy()
    part.data[~(chosen[row] & chosen[graph.indices] & (graph.data >= threshold))] = 0
    part.eliminate_zeros()
    return part


def clustering(graph: csr_array) -> Float64:
    """The share of each artist's pairs of neighbours that are neighbours (Watts and Strogatz 1998), shape (artists,);
    0 with fewer than two neighbours."""
    plain = csr_array((np.ones(graph.nnz, np.int32), graph.indices, graph.indptr), shape=graph.shape)
    triangles = np.asarray((plain @ plain).multiply(plain).sum(axis=1), np.float64)
    neighbours = np.asarray(np.diff(graph.indptr), np.float64)
    pairs: Float64 = neighbours * (neighbours - 1)
    share: Float64 = np.divide(triangles, pairs, out=np.zeros(len(pairs)), where=pairs > 0)
    return share


def _density(artists: int, links: int) -> float:
    return 2.0 * links / (artists * (artists - 1)) if artists > 1 else 0.0
