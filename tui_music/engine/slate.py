"""The candidates of one question with what every signal says of each; weights and dials then act on it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from tui_music.engine.blend import DIALS, Dials, ranked, reblend, scale_of
from tui_music.engine.candidate import Candidate, Evidence, Mode, Of, Query, Recommender, Share
from tui_music.engine.diversity import Diversity, apart, first_of_each
from tui_music.engine.ground import Ground
from tui_music.engine.reasons import DIAL, reason
from tui_music.library.history import Bool, Float64, Int64

#: Signals that speak of an artist without regard to the listener; they alone make nobody a candidate.
OF_NOBODY = frozenset({"popularity"})
#: Signals that speak of some artists only, by their nature: that they are silent is no want of knowledge.
OCCASIONAL = frozenset({"sequence", "rediscovery", "rising", "wanted"})
#: So many pieces of evidence are kept of one signal, the ones with the largest effects.
MOST = 12
#: So many times the length of a list is looked at for its diversity.
_POOL = 6


class Slate:
    """Candidates in the order of their names: ``codes`` (candidates,), ``value`` (candidates, signals), nan for no
    opinion, by the signals ``names`` with ``weights``; ``axes`` (candidates, 3) of the dials.

    Signals count by their ranks alone where that is asked (``by_rank``), else by their scores. ``covers`` says of a
    signal what share (0–1) of what it starts from services were asked about.
    """

    def __init__(
        self,
        query: Query,
        ground: Ground,
        recommenders: Sequence[Recommender],
        weights: Float64,
        hidden: Bool,
        covers: Mapping[str, float],
        *,
        by_rank: bool = False,
    ) -> None:
        self.query, self.ground = query, ground
        self.names = tuple(each.name for each in recommenders)
        self.weights = weights
        self._recommenders = recommenders
        self._covers = np.array([covers.get(name, 1.0) for name in self.names])
        self._constant = np.array([name not in OCCASIONAL for name in self.names])
        said = np.column_stack([each.scores(query) for each in recommenders])
        speaks = ~np.isnan(said[:, [name not in OF_NOBODY for name in self.names]]).all(1)
        asked = speaks & ground.candidates(query.mode, query.seeds)
        self.cover = covers.get("similar", 1.0)
        self.hidden = int(np.count_nonzero(asked & hidden))  # would be candidates
        self.codes: Int64 = ground.by_name[(asked & ~hidden)[ground.by_name]]
        self.value = said[self.codes]
        self.by_rank, self.scale = by_rank, scale_of(self.value, by_rank=by_rank)
        self.axes = ground.axes(query.mode, self.codes)
        self._evidence: dict[tuple[int, int], list[Evidence]] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def speaks(self, name: str) -> bool:
        """Whether a signal has an opinion on any candidate."""
        return not bool(np.isnan(self.value[:, self.names.index(name)]).all())

    def score(self, weights: Float64, dials: Dials) -> tuple[Float64, Float64]:
        """Scores (candidates,), and what each dial adds to them (candidates, 3)."""
        return reblend(self.scale.unit, weights, self.axes, dials)

    def best(
        self, weights: Float64, dials: Dials, n: int, diversity: Diversity, resting: Bool | None = None
    ) -> tuple[Candidate, ...]:
        """The ``n`` best candidates, explained. ``resting`` (artists of the knowledge,) are left out."""
        score, added = self.score(weights, dials)
        order = ranked(score)
        if resting is not None:
            order = order[~resting[self.codes[order]]]
        community = self.ground.community[self.codes]
        pool = np.array(first_of_each(order.tolist(), community, diversity.of_one(n), _POOL * n), np.int64)
        chosen = apart(score[pool], self._likeness(pool), n, diversity.likeness)
        return tuple(self._candidate(row, score, added, weights, dials) for row in pool[chosen].tolist())

    def _likeness(self, pool: Int64) -> Callable[[int], Float64]:
        codes = self.codes[pool]
        graph = self.ground.knowledge.graph

        def to_all(position: int) -> Float64:
            start, stop = graph.indptr[codes[position] : codes[position] + 2]
            row = np.zeros(len(self.ground.knowledge))
            row[graph.indices[start:stop]] = graph.data[start:stop]
            likeness: Float64 = row[codes]
            return likeness

        return to_all

    def _candidate(self, row: int, score: Float64, added: Float64, weights: Float64, dials: Dials) -> Candidate:
        code = int(self.codes[row])
        ground = self.ground
        shares = tuple(self._share(row, column, weights) for column in np.flatnonzero(weights).tolist())
        shares += tuple(self._turned(code, row, dial, added) for dial in np.flatnonzero(added[row]).tolist())
        rank, last = int(ground.rank[code]), int(ground.last[code])
        return Candidate(
            rank=rank or None,
            code=code,
            name=ground.knowledge.artists[code],
            score=float(score[row]),
            confidence=self._confidence(row, weights),
            plays=int(ground.plays[code]),
            last=last if last >= 0 else None,
            signals=shares,
            reason=reason(shares, code, ground),
        )

    def _confidence(self, row: int, weights: Float64) -> float:
        """The share of the weight that had something to go by: of signals that speak, as far as services were asked."""
        counts = np.abs(weights) * self._constant
        total = float(counts.sum())
        return float((counts * self._covers)[~np.isnan(self.value[row])].sum()) / total if total else 1.0

    def _share(self, row: int, column: int, weights: Float64) -> Share:
        value, weight = float(self.value[row, column]), float(weights[column])
        share = weight * float(self.scale.unit[row, column])
        if np.isnan(value):
            return Share(self.names[column], value, 0.0, ())
        found = self._found(column, int(self.codes[row]))
        effects = weight * self.scale.effects(row, column, np.array([each.effect for each in found]))
        if len(found) == 1 and np.isclose(found[0].effect, value):
            effects[0] = share  # without it the signal would have no opinion
        told = zip(found[:MOST], effects.tolist(), strict=False)
        return Share(self.names[column], value, share, tuple(replace(each, effect=effect) for each, effect in told))

    def _found(self, column: int, code: int) -> list[Evidence]:
        key = column, code
        if key not in self._evidence:
            self._evidence[key] = self._recommenders[column].evidence(self.query, code)
        return self._evidence[key]

    def _turned(self, code: int, row: int, dial: int, added: Float64) -> Share:
        """What a dial adds, and what it goes by."""
        share, ground = float(added[row, dial]), self.ground
        name = DIALS[dial]
        familiar = self.query.mode is Mode.FAMILIAR
        if name == "obscure":
            listeners = float(ground.knowledge.listeners[code])
            by = Evidence(Of.POPULARITY, "everybody", listeners, "listeners", share)
        elif name == "lately" and familiar:
            by = Evidence(Of.PLAYS, "of late", float(ground.recent[code]), "plays", share)
        elif name == "lately":
            by = Evidence(Of.TREND, "like what you play of late", float(ground.leaning[0][code]), "leaning", share)
        elif familiar:
            by = Evidence(Of.PLAYS, "in all", float(ground.plays[code]), "plays", share)
        else:
            nearest = float(ground.closeness[code] - (ground.plays[code] > 0))
            by = Evidence(Of.ARTIST, "the nearest you know", nearest, "similarity", share)
        return Share(f"{DIAL}{name}", float(self.axes[row, dial]), share, (by,))
