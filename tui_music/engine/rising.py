"""Artists on the rise: what one listens to falls into phases, and those that grow carry their artists along.

One factorisation over all windows of time gives the phases, so that they are comparable from window to window; the
weights of each phase over time are continued by a robust trend.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from tui_music.engine.candidate import Evidence, Of, Query
from tui_music.engine.hearings import DAY_S
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.library.history import Float64, Int64

#: Length of a window, most phases that are looked for, and windows (two years) that a trend is drawn through.
WINDOW_DAYS, MOST_PHASES, MEMORY = 90, 6, 8
#: Phases are of artists with so many counted plays or more, and of so many artists at most.
LEAST_PLAYS, MOST_ARTISTS = 5, 1_000
#: Weight of the penalty on large factors.
PENALTY = 0.1
#: So many artists name a phase.
_NAMING = 2


@dataclass(frozen=True, repr=False, eq=False)
class Phases:
    """``weight`` (windows, phases): how strong each phase is in each window, oldest first; ``share`` (phases, artists):
    how much of each artist is in it; ``artist`` (artists,) their codes, most played first. The product of both is about
    ln(1 + Σ completion)."""

    weight: Float64
    share: Float64
    artist: Int64


def learn_phases(listening: Listening) -> Phases:
    """Non-negative factors of ln(1 + Σ completion) by windows of 90 days; the first is cut short.

    Minimises ‖V − WH‖² + 0.1 · (‖W‖² + ‖H‖²). Imports scikit-learn: for the training process. Without at least four
    windows and two artists there are no phases.
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    names, plays = listening.names.artists, listening.plays
    most = sorted(np.flatnonzero(plays >= LEAST_PLAYS).tolist(), key=lambda code: (-plays[code], names[code]))
    artist = np.array(most[:MOST_ARTISTS], np.int64)
    back = (listening.now - 1 - listening.start) // (WINDOW_DAYS * DAY_S)
    windows = int(back.max(initial=-1)) + 1
    if windows < 4 or len(artist) < 2:
        return Phases(np.zeros((windows, 0)), np.zeros((0, len(artist))), artist)
    cell = (windows - 1 - back) * listening.artists + listening.artist
    heard = np.bincount(cell, listening.completion, windows * listening.artists)
    values = np.log1p(heard.reshape(windows, -1)[:, artist])
    model = NMF(
        n_components=min(MOST_PHASES, windows // 2, len(artist)),  # more than windows or artists there cannot be
        init="nndsvda",
        alpha_W=PENALTY / len(artist),  # scikit-learn multiplies by the other side's length
        alpha_H=PENALTY / windows,
        max_iter=200,
        tol=1e-3,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # near enough for a trend
        return Phases(model.fit_transform(values), model.components_, artist)


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """Straight lines through series: ``slope`` a step, ``forecast`` so many steps ahead, and between ``low`` and
    ``high`` the 95 % in which a single point then will be; columns of shape (series,)."""

    slope: Float64
    forecast: Float64
    low: Float64
    high: Float64


def robust_trend(series: Float64, ahead: int = 1, level: float = 0.95) -> Trend:
    """The line of Theil and Sen (median of all slopes) through ``series`` (steps, series), at least 3 steps.

    The interval is that of a prediction: t(n−2) · s · √(1 + 1/n + (x−x̄)²/Sxx). 1.96 standard deviations of the
    residuals, which leave out how unsure the line itself is, hold only 80 % of the points six steps after twelve.
    """
    n = len(series)
    step = np.arange(n, dtype=np.float64)
    one, other = np.triu_indices(n, 1)
    slope = np.median((series[other] - series[one]) / (step[other] - step[one])[:, None], axis=0)
    level_at_0 = np.median(series - slope * step[:, None], axis=0)
    residual = series - level_at_0 - slope * step[:, None]
    deviation = np.sqrt((residual**2).sum(0) / (n - 2))
    at = n - 1 + ahead
    away = (at - step.mean()) ** 2 / ((step - step.mean()) ** 2).sum()
    reach = stdtrit(n - 2, (1 + level) / 2) * deviation * np.sqrt(1 + 1 / n + away)
    forecast = level_at_0 + slope * at
    return Trend(slope, forecast, forecast - reach, forecast + reach)


class Rising:
    """How much more of an artist its phases let expect in the next 90 days than there was in the last two years.

    Σ over phases of (forecast of the phase's weight, at least 0, − its mean of late) · the artist's share of it. It is
    about change: who is played most scores 0 when nothing changes. Without ``phases`` it has no opinion.
    """

    name = "rising"

    def __init__(self, phases: Phases | None = None) -> None:
        self.phases = phases

    def fit(self, listening: Listening, knowledge: Knowledge) -> Rising:
        self.names_ = knowledge.artists
        self.score_ = np.full(len(knowledge), np.nan)
        if self.phases is not None and self.phases.weight.size:
            late = self.phases.weight[-MEMORY:]
            self.mean_ = late.mean(0)
            self.growth_ = np.maximum(robust_trend(late).forecast, 0.0) - self.mean_
            self.score_[self.phases.artist] = self.growth_ @ self.phases.share
        return self

    def scores(self, query: Query) -> Float64:
        """Shape (artists,), in ln(1 + plays) of a window; nan for artists in no phase."""
        return self.score_

    def evidence(self, query: Query, artist: int) -> list[Evidence]:
        """Each phase the artist is in, named by its first artists, with its forecast as a share of what it was."""
        if np.isnan(self.score_[artist]) or self.phases is None:
            return []
        effect = self.growth_ * self.phases.share[:, self.phases.artist == artist][:, 0]
        change = np.divide(100.0 * self.growth_, self.mean_, out=np.zeros_like(effect), where=self.mean_ > 0)
        found = [
            Evidence(Of.TREND, self._named(phase), float(change[phase]), "% expected", float(effect[phase]))
            for phase in np.flatnonzero(effect).tolist()
        ]
        return sorted(found, key=lambda each: (-each.effect, each.text))

    def _named(self, phase: int) -> str:
        assert self.phases is not None
        share, artist = self.phases.share[phase], self.phases.artist
        most = sorted(range(len(artist)), key=lambda at: (-share[at], self.names_[artist[at]]))[:_NAMING]
        return f"the phase of {' and '.join(self.names_[artist[at]] for at in most)}"


class RisingAnew(Rising):
    """Learns its phases whenever it is fitted: for the training process and the backtest."""

    def fit(self, listening: Listening, knowledge: Knowledge) -> Rising:
        self.phases = learn_phases(listening)
        return super().fit(listening, knowledge)
