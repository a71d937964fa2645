"""One score from many signals, and the dials that turn it while a key is held.

Signals are put on one scale, weighted and added; what each adds is kept, so that a score can be taken apart again.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Protocol

import numpy as np

from tui_music.library.history import Float64, Int64

#: The k of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). With k = 0 the first place outweighs all others.
RANKS_FROM = 60
#: A dial at its end outweighs, for the artist furthest out on its axis, the way from the first place down to this one.
REACH = 100


def standardised(value: Float64) -> tuple[Float64, Float64, Float64]:
    """``value`` (candidates, signals) as z-scores, and the mean and standard deviation (signals,) they were made with.

    Of each signal, over the candidates on which it has an opinion (nan is none). No opinion is 0, neither for nor
    against; so is a signal that says the same of all.
    """
    has = ~np.isnan(value)
    many = np.maximum(has.sum(0), 1)
    mean = np.where(has, value, 0.0).sum(0) / many
    away = np.where(has, value - mean, 0.0)
    deviation = np.sqrt((away * away).sum(0) / many)
    flat = deviation <= 1e-12 * np.maximum(np.abs(mean), 1.0)
    return np.where(flat, 0.0, away / np.where(flat, 1.0, deviation)), mean, deviation


def weighted(unit: Float64, weights: Float64) -> Float64:
    """Σ weight · unit over the signals, shape (candidates,). Added column by column: what is equal scores equal."""
    score = np.zeros(len(unit))
    for column, weight in enumerate(weights):
        score += weight * unit[:, column]
    return score


class Scale(Protocol):
    """Signals made comparable: ``unit`` (candidates, signals) is what each adds to a score per weight of 1."""

    unit: Float64

    def effects(self, row: int, signal: int, effects: Float64) -> Float64:
        """How far ``unit`` falls when the signal's own score of a candidate falls by each of ``effects``, all else
        held; same shape."""
        ...


class Standard:
    """z-scores: for weights that were fitted. Mean and deviation are held when one score changes."""

    def __init__(self, value: Float64) -> None:
        unit, _, self._deviation = standardised(value)
        self.unit = np.asfortranarray(unit)
        self._says = np.any(unit != 0.0, axis=0)

    def effects(self, row: int, signal: int, effects: Float64) -> Float64:
        return effects / float(self._deviation[signal]) if self._says[signal] else np.zeros_like(effects)


class Reciprocal:
    """61 / (60 + rank): for when no weights could be fitted. It is 1 for the first place, to be read like the others'
    scores. Equal scores share the better rank; no opinion adds 0."""

    def __init__(self, value: Float64) -> None:
        self._value = value
        self._sorted = [np.sort(column[~np.isnan(column)]) for column in value.T]
        self.unit = np.zeros(value.shape, order="F")
        for column, ranked in enumerate(self._sorted):
            has = ~np.isnan(value[:, column])
            self.unit[has, column] = _worth(_rank(ranked, value[has, column]))

    def effects(self, row: int, signal: int, effects: Float64) -> Float64:
        value = self._value[row, signal]
        if np.isnan(value):
            return np.zeros_like(effects)
        rank = _rank(self._sorted[signal], value - effects) - (effects > 0)  # it does not stand above itself
        return float(self.unit[row, signal]) - _worth(rank)


def scale_of(value: Float64, *, by_rank: bool) -> Scale:
    """The scale for signals that count ``by_rank``, as no weights could be fitted to their scores, or by z-scores."""
    return Reciprocal(value) if by_rank else Standard(value)


def _worth(rank: Int64) -> Float64:
    return (RANKS_FROM + 1.0) / (RANKS_FROM + rank)


def _rank(ranked: Float64, value: Float64) -> Int64:
    """1 + how many of ``ranked`` (ascending) are larger."""
    return 1 + len(ranked) - np.searchsorted(ranked, value, side="right")


@dataclass(frozen=True, slots=True)
class Dials:
    """Where the three dials stand, each 0–1; at 0.5 a dial does nothing.

    ``new``: familiar ↔ new. Turned up, it never lowers the mean newness of the best n; newness is how few plays an
    artist has among those played, and among those hardly played how far it is from all that were.
    ``obscure``: popular ↔ obscure. Turned up, it never raises the mean popularity of the best n: the logarithm of an
    artist's listeners everywhere, the unknown counted as the mean.
    ``lately``: all-time ↔ lately. Turned up, it never lowers how much more the best n owe to the last months than to
    all the years.
    """

    new: float = 0.5
    obscure: float = 0.5
    lately: float = 0.5

    def __post_init__(self) -> None:
        if not all(0.0 <= place <= 1.0 for place in astuple(self)):
            raise ValueError(f"dials stand between 0 and 1: {self}")


#: The dials' names, in the order of the columns of axes.
DIALS = ("new", "obscure", "lately")
NEUTRAL = Dials()


def turned(base: Float64, axes: Float64, dials: Dials) -> Float64:
    """What the dials add to the scores ``base`` (candidates,), shape (candidates, 3).

    ``axes`` (candidates, 3) are newness, obscurity and lateness, −1 to 1 with a mean of 0. Each is added in proportion
    to its dial's way from the middle, on a scale taken from ``base`` alone. That is why dials are monotone: of the best
    n by ``base + t · axis``, the sum of ``axis`` cannot fall when ``t`` rises; the other dials are part of ``base``.
    """
    return axes * ((2.0 * np.array(astuple(dials)) - 1.0) * _reach(base))


def _reach(base: Float64) -> float:
    if not len(base):
        return 0.0
    place = min(REACH, len(base)) - 1
    return float(base.max() - -np.partition(-base, place)[place]) or 1.0


def reblend(unit: Float64, weights: Float64, axes: Float64, dials: Dials) -> tuple[Float64, Float64]:
    """The scores (candidates,) of signals on one scale ``unit`` (candidates, signals) with the dials where they are,
    and what each dial adds to them (candidates, 3)."""
    base = weighted(unit, weights)
    if dials == NEUTRAL:
        return base, np.zeros_like(axes)
    added = turned(base, axes, dials)
    return base + added[:, 0] + added[:, 1] + added[:, 2], added


def ranked(score: Float64) -> Int64:
    """Rows by falling score; equal ones stay in the order of the rows, which is that of their names."""
    return np.argsort(-score, kind="stable")
