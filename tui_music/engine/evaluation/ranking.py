"""The lists that a recommender makes in a trial, and the figures they come to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from tui_music.engine.community.models import Float32
from tui_music.engine.evaluation.splits import Part, Protocol, Trial
from tui_music.engine.evaluation.table import EvaluationRow
from tui_music.engine.metrics import discounts, interval
from tui_music.library.history import Float64, Int64

#: Length of the lists that are compared.
K = 10


def top(scores: Float32, banned: csr_array, part: Part, k: int, by_name: Int64) -> Int64:
    """The ``k`` best artists of each listener, best first, shape (listeners, k); −1 where there are no more.

    Every artist is ranked: none is sampled. ``banned`` artists are left out; for :attr:`Part.AGAIN` they are the only
    ones. −inf is never listed; equals stand in the order of ``by_name``, the place of each artist among all names.
    """
    scores = scores.copy()
    row = np.repeat(np.arange(scores.shape[0]), np.diff(banned.indptr))
    if part is Part.AGAIN:
        heard = scores[row, banned.indices]
        scores[:] = -np.inf
        scores[row, banned.indices] = heard
    else:
        scores[row, banned.indices] = -np.inf
    k = min(k, scores.shape[1])
    least = np.partition(scores, -k, axis=1)[:, -k]
    found = np.full((scores.shape[0], k), -1, np.int64)
    for at, (line, bound) in enumerate(zip(scores, least, strict=True)):
        listed = np.flatnonzero((line >= bound) & (line > -np.inf))
        listed = listed[np.lexsort((by_name[listed], -line[listed]))][:k]
        found[at, : len(listed)] = listed
    return found


@dataclass(eq=False)
class Tally:
    """The lists of one recommender over all splits of a protocol; a listener with nothing to find is left out."""

    figures: list[Float64] = field(default_factory=list)  # a column for each figure of a listener
    wholes: list[tuple[float, float, float]] = field(default_factory=list)  # coverage, novelty, diversity

    def add(self, trial: Trial, lists: Int64) -> None:
        """Count the lists of a trial, shape (listeners asked, k)."""
        counts = trial.counts
        size = np.diff(trial.wanted.indptr)
        pairs = np.repeat(np.arange(len(size)), size) * counts.shape[1] + trial.wanted.indices
        asked = np.flatnonzero(size)
        if not len(asked):
            return  # nothing to be found
        lists, size = lists[asked], size[asked]
        hit = np.isin(asked[:, None] * counts.shape[1] + lists, pairs) & (lists >= 0)
        gain = discounts(lists.shape[1])
        found = hit.sum(axis=1)
        precision, recall = found / lists.shape[1], found / size
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        first = np.where(found > 0, 1 / (1 + hit.argmax(axis=1)), 0.0)
        ndcg = (hit @ gain) / np.cumsum(gain)[np.minimum(size, lists.shape[1]) - 1]
        self.figures.append(np.stack([ndcg, precision, recall, f1, found > 0, first], axis=1))
        self.wholes.append(_wholes(counts, lists))

    def row(self, protocol: Protocol, part: Part, name: str) -> EvaluationRow:
        """What it comes to."""
        ndcg, precision, recall, f1, hit_rate, mrr = np.mean([each.mean(0) for each in self.figures], axis=0).tolist()
        low, high = interval(np.concatenate(self.figures)[:, 0])
        coverage, novelty, diversity = np.mean(self.wholes, axis=0).tolist()
        which = f"{protocol}, again" if part is Part.AGAIN else str(protocol)
        return EvaluationRow(
            protocol=which,
            recommender=name,
            k=K,
            splits=len(self.figures),
            ndcg=ndcg,
            precision=precision,
            recall=recall,
            f1=f1,
            hit_rate=hit_rate,
            mrr=mrr,
            coverage=coverage,
            novelty=novelty,
            diversity=diversity,
            low=low,
            high=high,
        )


def _wholes(counts: csr_array, lists: Int64) -> tuple[float, float, float]:
    """Coverage, novelty, diversity of all lists of a trial."""
    listed = np.unique(lists[lists >= 0])
    if not len(listed):
        return 0.0, float("nan"), float("nan")
    listeners = np.bincount(counts.indices, minlength=counts.shape[1])
    surprise = np.log2((counts.shape[0] + 1) / (listeners + 1.0))
    plays = (counts[:, listed] > 0).astype(np.float64)
    length = np.sqrt(np.maximum(listeners[listed], 1.0))
    both = (plays.T @ plays).toarray() / np.outer(length, length)
    place = np.zeros(counts.shape[1], np.int64)
    place[listed] = np.arange(len(listed))
    alike = []
    for line in lists:
        at = place[line[line >= 0]]
        if len(at) > 1:
            among = both[np.ix_(at, at)]
            alike.append((among.sum() - np.trace(among)) / (len(at) * (len(at) - 1)))
    diversity = 1 - float(np.mean(alike)) if alike else float("nan")
    return len(listed) / counts.shape[1], float(surprise[lists[lists >= 0]].mean()), diversity
