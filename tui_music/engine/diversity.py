"""Lists that are not ten times the same: limits per community, distance between neighbours, rest for what was passed.

All of it is stated in a :class:`Diversity`, and :data:`OFF` leaves a list as the scores have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

import numpy as np

from tui_music.library.history import Float64, Int32


@dataclass(frozen=True, slots=True)
class Diversity:
    """``likeness`` (0–1) is what being like one above costs a place: 0 nothing, 1 all that counts. At most the share
    ``most`` (0–1) of a list is of one community. What was shown and passed over rests for ``rest_days``."""

    likeness: float = 0.2
    most: float = 0.4
    rest_days: int = 14

    def of_one(self, n: int) -> int:
        """How many of a list of ``n`` may be of one community."""
        return max(1, ceil(self.most * n))

    def rests(self, passed: int | None, today: int) -> bool:
        """Whether what was passed over on the day ``passed`` (``None``: never) is left out today; both are days since
        1970-01-01. It is not on that day itself, or lists would change under one's eyes."""
        return passed is not None and 0 < today - passed < self.rest_days


OFF = Diversity(likeness=0.0, most=1.0, rest_days=0)


def first_of_each(rows: Iterable[int], group: Int32, most: int, enough: int) -> list[int]:
    """The first ``enough`` of ``rows`` with at most ``most`` of a group; rows of group −1 are of none.

    Rows by falling score give the best such list there is, so that dials stay monotone (see blend.py).
    """
    taken: dict[int, int] = {}
    chosen: list[int] = []
    for row in rows:
        if len(chosen) == enough:
            break
        at = int(group[row])
        if at >= 0:
            if taken.get(at, 0) == most:
                continue
            taken[at] = taken.get(at, 0) + 1
        chosen.append(row)
    return chosen


def apart(score: Float64, similar: Callable[[int], Float64], n: int, likeness: float) -> list[int]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998): ``n`` positions of a pool sorted by falling score.

    Each next one has the largest (1 − likeness) · score − likeness · its highest similarity to those chosen, with
    ``score`` (pool,) scaled so that the pool goes from 0 to 1. ``similar`` gives the similarity 0–1 of one position to
    all, shape (pool,). The first wins a tie.
    """
    if likeness == 0.0 or len(score) < 2:
        return list(range(min(n, len(score))))
    span = float(score[0] - score[-1])
    worth = (1.0 - likeness) * ((score - score[-1]) / span if span else np.zeros(len(score)))
    nearest = np.zeros(len(score))
    left = np.ones(len(score), np.bool_)
    chosen: list[int] = []
    while len(chosen) < min(n, len(score)):
        best = int(np.argmax(np.where(left, worth - likeness * nearest, -np.inf)))
        chosen.append(best)
        left[best] = False
        np.maximum(nearest, similar(best), out=nearest)
    return chosen
