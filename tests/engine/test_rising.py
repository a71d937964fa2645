"""Phases and trends, against the published faults (C0.6, C0.7, C0.8, C0.10, C0.11 of the notes on the source)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.decomposition import NMF

from tests.engine.worlds import DAY, FETCHED
from tests.histories import make_history
from tui_music.engine.candidate import Mode, Of, Query
from tui_music.engine.ground import nothing_known
from tui_music.engine.listening import listening
from tui_music.engine.rising import MEMORY, Phases, Rising, RisingAnew, learn_phases, robust_trend
from tui_music.library.history import Float64, History

ANY = Query(Mode.FAMILIAR, hour=0)


def by_window(**plays: list[int]) -> History:
    """So many plays of each artist in each window of 90 days, the last of which ends on 2024-01-01."""
    return make_history(
        (FETCHED - DAY * 90 * (len(counts) - window) + 90 * DAY * n // count + 60, artist.replace("_", " "), f"{n % 3}")
        for artist, counts in plays.items()
        for window, count in enumerate(counts)
        for n in range(count)
    )


def phases_of(history: History, now: int = FETCHED) -> Phases:
    return learn_phases(listening(history, "UTC", now))


class TestPhases:
    def test_there_are_no_more_than_windows_and_artists_allow(self) -> None:
        """n_components=50 with init="nndsvd" raises for 44 windows (C0.6)."""
        few = phases_of(by_window(A=[9, 0, 0, 9, 9], B=[0, 9, 9, 0, 0]))
        assert few.weight.shape == (5, 2)
        assert few.share.shape == (2, 2)
        many = phases_of(by_window(**{f"Artist {n}": [n % 5 + 1, n % 3, 5, 2] for n in range(20)}))
        assert many.weight.shape == (4, 2)

    def test_they_are_not_nothing(self) -> None:
        """The old alpha=0.1 given as alpha_W = alpha_H gives all zeros, as it is multiplied by the sizes (C0.7)."""
        counts = np.random.default_rng(0).poisson(0.12, (150, 60))
        history = by_window(**{f"Artist {n}": row for n, row in enumerate(counts.tolist())})
        phases = phases_of(history)
        values = np.log1p(_plays(history, phases, phases.weight.shape[0]))
        assert np.linalg.norm(values - phases.weight @ phases.share) < 0.95 * np.linalg.norm(values)
        ported = NMF(6, init="nndsvda", alpha_W=0.1, alpha_H=0.1).fit(values)
        assert ported.components_.max() < 0.001 < 0.1 < phases.share.max()

    def test_the_last_window_is_in_whatever_the_length(self) -> None:
        """Windows that start at month ends and drop the last open one lose plays (C0.8)."""
        history = by_window(A=[6, 6, 6, 6, 6], B=[6, 6, 6, 6, 6])
        for now in (FETCHED, FETCHED + 40 * DAY):
            phases = phases_of(history, now)
            assert (phases.weight @ phases.share)[-1].min() > 0.8 * math.log(1 + (6 if now == FETCHED else 3))

    def test_who_was_hardly_played_is_in_none(self) -> None:
        history = by_window(A=[6, 6, 6, 6], B=[6, 6, 6, 6], once=[1, 0, 0, 0])
        assert history.names.artists.index("once") not in phases_of(history).artist.tolist()

    @pytest.mark.parametrize("history", [make_history([]), by_window(A=[9]), by_window(A=[9, 9, 9, 9])])
    def test_too_little_has_no_phases(self, history: History) -> None:
        phases = phases_of(history)
        assert phases.weight.shape[1] == phases.share.shape[0] == 0
        fitted = Rising(phases).fit(listening(history, "UTC", FETCHED), nothing_known(history.names))
        assert np.isnan(fitted.scores(ANY)).all()


class TestTrend:
    def test_a_line_goes_on_as_a_line(self) -> None:
        trend = robust_trend(np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0], [7.0, 5.0]]), ahead=2)
        assert trend.slope.tolist() == [2.0, 0.0]
        assert trend.forecast.tolist() == [11.0, 5.0]
        assert trend.low.tolist() == trend.high.tolist() == [11.0, 5.0]  # no division by no residual

    def test_one_wild_window_does_not_turn_it(self) -> None:
        steady = np.arange(9.0)[:, None]
        wild = steady.copy()
        wild[7] = 90.0
        assert robust_trend(wild).forecast[0] == pytest.approx(9.0, abs=0.5)
        assert np.polyval(np.polyfit(np.arange(9), wild[:, 0], 1), 9) > 30  # least squares

    def test_the_interval_holds_what_it_says(self) -> None:
        """1.96 standard deviations of the residuals cover only 80 % of the points 6 steps after 12 (C0.11)."""
        rng = np.random.default_rng(0)
        series = 0.3 * np.arange(18.0)[:, None] + rng.normal(0.0, 1.0, (18, 4_000))
        trend = robust_trend(series[:12], ahead=6)
        covered = np.mean((trend.low <= series[17]) & (series[17] <= trend.high))
        assert 0.935 < covered < 0.985
        step = np.arange(12.0)
        slope = ((step - step.mean()) @ series[:12]) / ((step - step.mean()) ** 2).sum()
        line = series[:12].mean(0) + np.outer(step - step.mean(), slope)
        published = 1.96 * (series[:12] - line).std(0)
        assert np.mean(np.abs(series[:12].mean(0) + slope * (17 - step.mean()) - series[17]) <= published) < 0.85


class TestRising:
    def rising(self, history: History) -> tuple[Rising, Float64]:
        fitted = RisingAnew().fit(listening(history, "UTC", FETCHED), nothing_known(history.names))
        return fitted, fitted.scores(ANY)

    def test_growth_counts_and_size_does_not(self) -> None:
        """Artists grow, fade or stay; each score is of the artist's own row (as published, a component's: C0.10)."""
        history = by_window(grows=[0, 1, 2, 4, 6, 9, 13, 18], fades=[18, 13, 9, 6, 4, 2, 1, 0], big=[40] * 8)
        _, scores = self.rising(history)
        grows, fades, big = (scores[history.names.artists.index(name)] for name in ("grows", "fades", "big"))
        assert grows > 0.5
        assert grows > big > fades

    def test_a_forecast_is_never_below_nothing(self) -> None:
        phases = Phases(np.linspace(7.0, 0.0, 8)[:, None], np.ones((1, 1)), np.zeros(1, np.int64))
        history = by_window(A=[9] * 8)
        fitted = Rising(phases).fit(listening(history, "UTC", FETCHED), nothing_known(history.names))
        assert fitted.scores(ANY)[0] == pytest.approx(-phases.weight.mean())  # not −4.5, the line's end at −1

    def test_effects_are_the_terms_of_the_score(self) -> None:
        history = by_window(
            **{f"Artist {n}": [(n * w) % 5 + 6 * (n % 3 == w // 4) for w in range(12)] for n in range(12)}
        )
        fitted, scores = self.rising(history)
        for artist in np.flatnonzero(~np.isnan(scores)).tolist():
            found = fitted.evidence(ANY, artist)
            assert sum(each.effect for each in found) == pytest.approx(scores[artist])
            assert all(each.of is Of.TREND and each.text.startswith("the phase of ") for each in found)
            assert [each.effect for each in found] == sorted((each.effect for each in found), reverse=True)
        assert fitted.phases is not None
        assert len(fitted.phases.weight[-MEMORY:]) == MEMORY

    def test_without_phases_there_is_no_opinion(self) -> None:
        history = by_window(A=[9] * 8, B=[3] * 8)
        fitted = Rising().fit(listening(history, "UTC", FETCHED), nothing_known(history.names))
        assert np.isnan(fitted.scores(ANY)).all()
        assert fitted.evidence(ANY, 0) == []

    def test_it_is_the_same_every_time(self) -> None:
        history = by_window(**{f"Artist {n}": [(n * w) % 5 + 1 for w in range(9)] for n in range(9)})
        assert np.array_equal(self.rising(history)[1], self.rising(history)[1])


def _plays(history: History, phases: Phases, windows: int) -> Float64:
    """Counted plays by window and artist of the phases, counted anew."""
    window = windows - 1 - (FETCHED - 1 - history.start) // (90 * DAY)
    table = np.zeros((windows, len(history.names.artists)))
    np.add.at(table, (window, history.artist), 1.0)
    return table[:, phases.artist]
