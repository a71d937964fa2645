"""How good a ranking was: figures of one ranking, and the interval of their mean."""

from __future__ import annotations

import numpy as np

from tui_music.library.history import Bool, Float64, Int64

#: Share of resampled means within an interval.
LEVEL = 0.95
_DRAWS = 2_000


def discounts(n: int) -> Float64:
    """1 / log2(rank + 1) of the ranks 1 to ``n``."""
    return 1.0 / np.log2(np.arange(2, n + 2))


def ndcg(hit: Bool, relevant: int, k: int) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002) of the first ``k`` places.

    ``hit`` says of each place, best first, whether a relevant item stands there; ``relevant`` is how many there are in
    all. The ideal has min(k, relevant) hits at the top: not only those that were found. nan when nothing is relevant.
    """
    gained = hit[:k] @ discounts(len(hit[:k]))
    return float(gained / discounts(min(k, relevant)).sum()) if relevant else float("nan")


def recall(hit: Bool, relevant: int, k: int) -> float:
    """Share of the relevant items among the first ``k``; nan when there are none."""
    return float(np.count_nonzero(hit[:k]) / relevant) if relevant else float("nan")


def hit_rate(hit: Bool, k: int) -> float:
    """1 when a relevant item is among the first ``k``, else 0. Its mean over rankings is the hit rate."""
    return float(hit[:k].any())


def novelty(plays: Int64, all_plays: int) -> float:
    """Mean surprise of what is listed, in bits: −log2 of the share of the listener's plays so far (Zhou et al. 2010).

    ``plays`` are those of each listed item, of ``all_plays`` in all. One more is counted for each, so that what was
    never played has a share as well. nan for an empty list.
    """
    return float(np.log2((all_plays + 1.0) / (plays + 1.0)).mean()) if len(plays) else float("nan")


def interval(value: Float64, block: int = 1, seed: int = 0) -> tuple[float, float]:
    """Bounds within which the mean of ``value`` falls in 95 % of resamplings (percentile bootstrap, Efron 1979).

    Neighbours that are not independent, as windows that overlap, are drawn in blocks of ``block`` at a time (Künsch
    1989). nan for no values.
    """
    n = len(value)
    if not n:
        return float("nan"), float("nan")
    block = min(block, n)
    sums = np.convolve(value, np.ones(block), "valid")  # of each block that could be drawn
    drawn = np.random.default_rng(seed).integers(0, len(sums), (_DRAWS, -(-n // block)))
    means = sums[drawn].mean(1) / block
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
