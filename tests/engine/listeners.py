"""Further invented listeners, each with a seed of its own, for what is tried on whole histories.

They live by crushes that come and fade, a slow drift of taste, hours of the day and new finds, each in their measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.histories import make_history
from tui_music.library.history import History

_2018 = 1_514_764_800


@dataclass(frozen=True, slots=True)
class Habits:
    """``stays`` is the chance that the next play is of the same artist; crushes last ``crush`` days and taste drifts in
    ``drift`` days; ``by_hour`` is how much more an artist is played in its part of the day."""

    artists: int = 200
    years: float = 3.5
    sessions: float = 1.0  # a day
    plays: float = 8.0  # a session
    stays: float = 0.35
    crush: float = 14.0
    drift: float = 200.0
    by_hour: float = 0.0


def listener(seed: int, habits: Habits) -> History:
    """The history of an invented listener from 2018 on."""
    rng, artists = np.random.default_rng(seed), habits.artists
    liking = rng.permutation(1.0 / (np.arange(artists) + 5.0))
    met = habits.years * 365 * (1.1 * rng.random(artists) - 0.3)  # the day from which on it is known
    hour_of = rng.integers(0, 4, artists)
    crush, taste = np.zeros(artists), rng.normal(0.0, 1.0, artists)
    rows = []
    for day in range(int(habits.years * 365)):
        crush *= np.exp(-1 / habits.crush)
        taste = taste * np.exp(-1 / habits.drift) + rng.normal(0.0, np.sqrt(1 - np.exp(-2 / habits.drift)), artists)
        known = met < day
        if rng.random() < 1 / 7 and known.any():
            crush[rng.choice(artists, p=_shares(liking * np.exp(taste) * known))] += rng.gamma(2.0, 0.2)
        for _ in range(rng.poisson(habits.sessions)):
            part = int(rng.integers(0, 4))
            weight = _shares(liking * np.exp(taste) * known * (1 + habits.by_hour * (hour_of == part))) + crush
            if not weight.any():
                continue
            at = _2018 + 86_400 * day + int(3_600 * (8, 12, 17, 21)[part] + rng.integers(0, 3_600))
            artist = -1
            for _ in range(1 + rng.poisson(habits.plays)):
                if artist < 0 or rng.random() > habits.stays:
                    artist = int(rng.choice(artists, p=_shares(weight)))
                rows.append(
                    (at, f"Artist {artist:03}", f"Song {rng.integers(0, 5)}", int(rng.integers(20_000, 300_000)))
                )
                at += 240
    return make_history(rows)


def _shares(weight: np.ndarray) -> np.ndarray:
    total = weight.sum()
    return weight / total if total else weight
