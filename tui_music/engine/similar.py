"""Who is like those one listens to: by what services say of them, and at second hand, by neighbours of neighbours."""

from __future__ import annotations

import numpy as np

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.hearings import DAY_S
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64

#: Days after which a play counts half. Of 7 to 730 days and for ever, 30 to 90 found most of the artists that one
#: listener discovered in the 90 days after each of 64 cut-offs (NDCG@20 0.074; for ever 0.054).
HALF_LIFE = 90.0


def seed_weights(listening: Listening, knowledge: Knowledge, half_life: float = HALF_LIFE) -> Float64:
    """How much each artist is a seed, shape (artists of the knowledge,): ln(1 + Σ completion · ½^(age / half-life)).

    The logarithm keeps one artist played a thousand times from deciding alone.
    """
    worth = listening.completion * np.exp2((listening.start - listening.now) / (half_life * DAY_S))
    return np.log1p(np.bincount(listening.artist, worth, len(knowledge)))


def asked_of(weight: Float64, query: Query) -> Float64:
    """Seed weights for one question: 0 for artists it does not start from."""
    if query.seeds is None:
        return weight
    asked = np.zeros(len(weight))
    asked[query.seeds] = weight[query.seeds]
    return asked


class Similar:
    """Similarity to the artists one listens to, those of late above all.

    The score of a candidate is Σ over seeds of seed weight × similarity (:attr:`Knowledge.graph`). It is not divided
    by the candidate's degree once more: the mean of both answers already holds hubs down, and dividing by degree^0.15
    lowered NDCG@10 from 0.236 to 0.232, by degree^0.5 to 0.092 (200 held-out listeners of HetRec Last.fm).
    """

    name = "similar"

    def __init__(self, half_life: float = HALF_LIFE) -> None:
        self.half_life = half_life

    def fit(self, listening: Listening, knowledge: Knowledge) -> Similar:
        self.artists_ = knowledge.artists
        self.graph_ = knowledge.graph
        self.weight_ = seed_weights(listening, knowledge, self.half_life)
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan where no similarity to a seed is known."""
        score: Float64 = self.graph_ @ asked_of(self.weight_, query)
        return np.where(score > 0, score, np.nan)

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """Each seed with its similarity."""
        weight = asked_of(self.weight_, query)
        start, stop = self.graph_.indptr[artist : artist + 2]
        near = zip(self.graph_.indices[start:stop].tolist(), self.graph_.data[start:stop].tolist(), strict=True)
        found = [
            Evidence(Of.ARTIST, self.artists_[seed], similarity, "similarity", similarity * float(weight[seed]))
            for seed, similarity in near
            if weight[seed] > 0
        ]
        return sorted(found, key=lambda each: (-each.effect, each.text))


class SecondHand:
    """Neighbours of neighbours: whom those are like that one's artists are like.

    Two steps of a walk from the seeds over the graph of similarity, each step shared out among all neighbours, and the
    result divided by the candidate's degree^β. With plain sums hubs win, because most walks of two steps pass through
    one (RP3β: Paudel, Christoffel, Newell and Bernstein 2017). ``beta`` 0.5 did best beside :class:`Similar`, raising
    its NDCG@10 from 0.236 to 0.241; one more neighbour than there are keeps artists with a single one from winning.
    """

    name = "second-hand"

    def __init__(self, half_life: float = HALF_LIFE, beta: float = 0.5) -> None:
        self.half_life, self.beta = half_life, beta

    def fit(self, listening: Listening, knowledge: Knowledge) -> SecondHand:
        self.artists_ = knowledge.artists
        self.graph_ = graph = knowledge.graph
        self.degree_: Float64 = 1.0 + graph.sum(axis=1, dtype=np.float64)
        self.weight_ = seed_weights(listening, knowledge, self.half_life) / self.degree_
        row = np.repeat(np.arange(len(knowledge)), np.diff(graph.indptr))
        there = graph.data.astype(np.float64) ** 2 / self.degree_[graph.indices]
        self.and_back_ = np.bincount(row, there, len(knowledge))  # from an artist to a neighbour and back
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,); nan where no other seed is two steps away."""
        weight = asked_of(self.weight_, query)
        own = weight * self.and_back_
        score = self.graph_ @ ((self.graph_ @ weight) / self.degree_) - own
        return np.where(score > 1e-9 * own, score / self.degree_**self.beta, np.nan)  # less is rounding

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """Each seed, with how many neighbours it has in common with the artist."""
        weight = asked_of(self.weight_, query)
        start, stop = self.graph_.indptr[artist : artist + 2]
        between = self.graph_.indices[start:stop]
        step = self.graph_.data[start:stop] / self.degree_[between]
        onward = self.graph_[between]
        effect = weight * (step @ onward) / self.degree_[artist] ** self.beta
        effect[artist] = 0.0
        common = np.bincount(onward.indices, minlength=len(weight))
        found = [
            Evidence(Of.ARTIST, self.artists_[seed], float(common[seed]), "neighbours in common", float(effect[seed]))
            for seed in np.flatnonzero(effect).tolist()
        ]
        return sorted(found, key=lambda each: (-each.effect, each.text))
