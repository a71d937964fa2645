"""The backtest: nothing of the future is known, what is chosen is chosen before, and the blend holds its own."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.engine.invented import invent
from tests.engine.listeners import Habits, listener
from tests.engine.worlds import known
from tests.exports import imported, new_library
from tests.histories import make_history
from tui_music.engine.backtest import BLEND, Backtest, BacktestCancelled, as_known, backtest
from tui_music.engine.baselines import ActR, Baseline, Hours, LastDays, MostRecent, PlainDecay, PlayCount
from tui_music.engine.candidate import Mode, Query
from tui_music.engine.ground import nothing_known
from tui_music.engine.listening import listening
from tui_music.engine.moments import Task, slices
from tui_music.engine.pool import made, variants
from tui_music.engine.practice import best, known_of, practice
from tui_music.engine.tally import BacktestRow, Kind, Part
from tui_music.library.history import History

SMALL = Habits(artists=80, years=5.0, sessions=0.4, plays=5.0)


@cache
def small() -> tuple[History, Backtest]:
    history = listener(1, SMALL)
    return history, backtest(history, "UTC")


def until(history: History, now: int) -> History:
    """What of a history began before a moment; names and codes stay."""
    return _rows(history, history.start < now)


def _rows(history: History, rows: np.ndarray) -> History:
    columns = [name for name, column in vars(history).items() if isinstance(column, np.ndarray) and name != "end"]
    return replace(history, **{name: getattr(history, name)[rows] for name in columns})


def changed_after(history: History, now: int, seed: int = 0) -> History:
    """The same until a moment; whatever came later is of other artists."""
    later = np.flatnonzero(history.start >= now)
    other = np.random.default_rng(seed).permutation(later)
    artist, track = history.artist.copy(), history.track.copy()
    artist[later], track[later] = artist[other], track[other]
    return replace(history, artist=artist, track=track)


class TestNothingOfTheFutureIsKnown:
    def test_what_is_said_at_a_moment_does_not_change_with_what_comes_later(self) -> None:
        history, _ = small()
        moments = slices(Task.SESSION, listening(history, "UTC")).test
        moment, known_ = moments[len(moments) // 2], nothing_known(history.names)
        asked = [*variants(Mode.FAMILIAR, Task.SESSION), *made(Mode.FAMILIAR, {}, learning=True)]
        said = []
        for other in (history, changed_after(history, moment.now), until(history, moment.now)):
            heard = as_known(listening(other, "UTC", now=history.start[-1] + 1), other, moment.now)
            (found,) = practice(heard, known_, Mode.FAMILIAR, [moment], asked)
            said.append(found)
        assert np.array_equal(said[0].codes, said[1].codes)
        assert np.array_equal(said[0].codes, said[2].codes)
        assert np.array_equal(said[0].value, said[1].value, equal_nan=True)
        assert np.array_equal(said[0].value, said[2].value, equal_nan=True)
        assert len(said[0].codes) > 20

    def test_what_is_chosen_does_not_change_with_the_test(self) -> None:
        history, before = small()
        first = slices(Task.SESSION, listening(history, "UTC")).test[0].now
        after = backtest(changed_after(history, first), "UTC", tasks=(Task.SESSION,))
        for mine, other in zip(before.tried[:2], after.tried, strict=True):
            assert mine.tested.weight.tolist() == other.tested.weight.tolist()
            assert mine.tested.parameters == other.tested.parameters
            assert mine.parameters == other.parameters
        assert [row.ndcg for row in before.rows[:10]] != [row.ndcg for row in after.rows[:10]]

    def test_services_were_not_asked_about_artists_to_come(self) -> None:
        history = make_history([(1_000, "A", "a"), (2_000, "B", "b"), (3_000, "C", "c")])
        told = known(
            history,
            similar={"A": {"C": 0.9}, "B": {"X": 0.5}, "C": {"A": 1.0, "X": 0.7}},
            tags={"A": {"folk": 100}, "C": {"folk": 100}},
            listeners={"A": 10, "C": 20, "X": 30},
        )
        then = known_of(told, np.array([name in ("A", "B") for name in told.artists]))
        code = {name: at for at, name in enumerate(told.artists)}
        assert then.similar[[code["A"]]].nnz == told.similar[[code["A"]]].nnz == 1
        assert then.similar[[code["C"]]].nnz == then.tags[[code["C"]]].nnz == 0
        assert then.listeners[code["A"]] == 10
        assert np.isnan(then.listeners[[code["C"], code["X"]]]).all()
        assert (then.asked[code["A"]] > 0, then.asked[code["C"]], then.tagged[code["C"]]) == (True, 0, 0)

    def test_lengths_of_tracks_are_those_assumed_then(self) -> None:
        rows = [("2021-01-01T10:00", "A", "a", 100_000, None), ("2021-03-01T10:00", "A", "a", 400_000, None)]
        history = make_history([(*row[:4], None, 0, "trackdone") for row in rows])
        heard = listening(history, "UTC", now=int(history.start[-1]) + 1)
        assert heard.completion[0] < 0.3
        assert as_known(heard, history, int(history.start[1])).completion.tolist() == [1.0, 1.0]


class TestRows:
    def test_every_recommender_has_a_row_for_every_part(self) -> None:
        _, found = small()
        for task in Task:
            parts = {
                (row.kind, row.recommender): {other.part for other in found.rows if _same(row, other)}
                for row in found.rows
                if row.task is task
            }
            assert {Part.ALL, Part.REPEAT} <= parts[Kind.BLEND, BLEND]
            assert all(each == parts[Kind.BLEND, BLEND] for each in parts.values())
            baselines = {name for kind, name in parts if kind is Kind.BASELINE}
            assert baselines == {"play count", "hours", "last 90 days", "most recently played", "decay", "ACT-R"}
            now = {"habit", "sequence"}  # 90 days have no hour, and nothing that they begin with
            assert {name for kind, name in parts if kind is Kind.SIGNAL} == {
                "decay", "base-level", "habit", "sequence", "rediscovery", "rising",
            } - (now if task is Task.DAYS else set())  # fmt: skip

    def test_figures_are_within_what_they_can_be(self) -> None:
        _, found = small()
        for row in found.rows:
            assert 0 <= row.low <= row.ndcg <= row.high <= 1
            assert 0 <= row.recall <= 1
            assert row.ndcg > 0 or not row.hit_rate
            assert 0 <= row.coverage <= 1
            assert row.k == 10
            assert row.n > 0
            assert row.novelty > 0 or math.isnan(row.novelty)

    def test_who_knows_only_the_known_discovers_nothing(self) -> None:
        _, found = small()
        assert {row.ndcg for row in found.rows if row.part is Part.DISCOVERY} == {0.0}

    def test_a_baseline_is_what_it_is_without_any_of_this(self) -> None:
        """Play count, counted again: the ten most played before each session, by name where they are equal."""
        history, found = small()
        heard, figures = listening(history, "UTC"), []
        for moment in slices(Task.SESSION, heard).test:
            before = heard.artist[heard.start < moment.now].tolist()
            names = history.names.artists
            ten = sorted(set(before), key=lambda code: (-before.count(code), names[code]))[:10]
            gained = sum(1 / math.log2(place + 2) for place, code in enumerate(ten) if code in moment.wanted)
            figures.append(gained / sum(1 / math.log2(place + 2) for place in range(min(10, len(moment.wanted)))))
        row = _row(found, Task.SESSION, Part.ALL, Kind.BASELINE, "play count")
        assert row.ndcg == pytest.approx(np.mean(figures))
        assert row.n == len(figures)

    def test_the_same_every_time_whatever_the_codes(self) -> None:
        history, found = small()
        names = history.names
        rows = [
            (int(start), names.artists[artist], names.tracks[track], int(ms))
            for start, artist, track, ms in zip(
                history.start, history.artist, history.track, history.ms_played, strict=True
            )
        ]
        again = backtest(make_history(rows, shuffle_codes=7), "UTC")
        mine, other = ([_rounded(row) for row in each.rows] for each in (found, again))
        assert list(map(repr, mine)) == list(map(repr, other))
        assert found.notes == again.notes


class TestWhatIsSaid:
    def test_too_short_a_history_says_so_and_has_the_usual_weights(self) -> None:
        found = backtest(listener(2, Habits(artists=20, years=0.4, sessions=0.5)), "UTC")
        assert found.rows == ()
        assert len(found.notes) == 2
        assert found.notes[0].startswith("next session: not tested. ")
        assert found.weights(Task.SESSION)[Mode.FAMILIAR].moments == 0
        assert found.weights(Task.SESSION)[Mode.FAMILIAR].weight.max() == 1.0

    def test_an_empty_history(self) -> None:
        assert backtest(make_history([]), "UTC").rows == ()

    def test_what_does_not_help_is_named(self) -> None:
        _, found = small()
        tested = next(each.tested for each in found.tried if each.tested.task is Task.DAYS)
        idle = [name for name, weight in zip(tested.names, tested.weight, strict=True) if not weight]
        said = next(note for note in found.notes if note.startswith("next 90 days, familiar: "))
        assert all(name in said.split("weighted to nothing: ")[1] for name in idle if name not in ("habit", "sequence"))
        more, low, high = _bounds(said)
        assert low < more < high
        rows = [row for row in found.rows if row.task is Task.DAYS and row.part is Part.ALL]
        best = max(row.ndcg for row in rows if row.kind is Kind.BASELINE)
        assert more == pytest.approx(next(row.ndcg for row in rows if row.kind is Kind.BLEND) - best, abs=1e-4)

    def test_it_tells_how_far_it_is_and_stops_when_told(self) -> None:
        history, _ = small()
        told: list[float] = []
        backtest(history, "UTC", progress=lambda done, doing: told.append(done), tasks=(Task.DAYS,))
        assert told == sorted(told)
        assert (told[0], told[-1]) == (0.0, 1.0)
        with pytest.raises(BacktestCancelled):
            backtest(history, "UTC", cancelled=lambda: True)


class TestTheBlend:
    @pytest.mark.parametrize(
        ("seed", "habits"),
        [
            (11, Habits(years=5.0, sessions=0.6, by_hour=3.0, crush=5.0)),
            (12, Habits(artists=400, years=5.0, sessions=0.6, stays=0.1, crush=3.0, drift=700.0)),
        ],
    )
    def test_it_is_no_worse_than_the_best_baseline(self, seed: int, habits: Habits) -> None:
        found = backtest(listener(seed, habits), "UTC")
        ahead = _ahead(found)
        assert len(ahead) == 4
        assert min(ahead) > -0.002
        assert np.mean(ahead) > 0

    @pytest.mark.real_data
    def test_on_a_real_history_as_it_was_and_as_it_grew(self, real_data: Path, tmp_path: Path) -> None:
        library = new_library(tmp_path / "home")
        imported(library, real_data / "spotify-export" / "my_spotify_data.zip")
        history = library.load()
        for years in (2017, 2019, 2021, 2023, 2025):  # the first is too short for windows of 90 days
            end = int(datetime(years, 1, 1, tzinfo=UTC).timestamp())
            ahead = _ahead(backtest(until(history, end), "UTC"))
            assert len(ahead) == (2 if years == 2017 else 4)
            assert min(ahead) > -0.002
            assert np.mean(ahead) > 0

    def test_new_artists_are_discovered_where_services_told_something(self) -> None:
        world = invent(seed=0, plays=8_000, artists=600, days=2_000)
        found = backtest(world.history, "UTC", world.knowledge, tasks=(Task.DAYS,))
        blend = _row(found, Task.DAYS, Part.DISCOVERY, Kind.BLEND, BLEND)
        assert blend.ndcg > 0.05
        assert blend.low > 0
        assert found.weights(Task.DAYS)[Mode.DISCOVER].moments > 20
        (said,) = (note for note in found.notes if note.startswith("next 90 days, discover: "))
        assert "not tested: tags, popularity" in said  # of artists not heard yet, nothing was known then


def _bounds(said: str) -> list[float]:
    """By how much the blend is ahead of the best baseline, as a note says it, and the bounds of that."""
    of = re.search(r"The best baseline, .*: [\d.]+; ([+-][\d.]+) \(95 %: ([+-][\d.]+) to ([+-][\d.]+)\)\.", said)
    assert of
    return [float(number) for number in of.groups()]


def _ahead(found: Backtest) -> list[float]:
    """How far the blend is ahead of the best baseline, for each task tested and for all and heard artists."""
    return [
        _row(found, task, part, Kind.BLEND, BLEND).ndcg
        - max(row.ndcg for row in found.rows if (row.task, row.part, row.kind) == (task, part, Kind.BASELINE))
        for task in Task
        for part in (Part.ALL, Part.REPEAT)
        if any(row.task is task for row in found.rows)
    ]


class TestBaselines:
    """A: 3 plays of 60 s a year ago. B: 1 play of 300 s and 1 of 40 s, 100 and 10 days ago. C: 1 of 50 s yesterday."""

    @pytest.mark.parametrize(
        ("baseline", "order"),
        [
            (PlayCount(), "ABC"),
            (Hours(), "BAC"),
            (LastDays(), "BCA"),
            (MostRecent(), "CBA"),
            (PlainDecay(1.0), "CBA"),
            (PlainDecay(1_000.0), "ABC"),
            (ActR(0.1), "ABC"),
            (ActR(1.0), "CBA"),
        ],
        ids=lambda value: value if isinstance(value, str) else f"{value.name} {value.parameters}",
    )
    def test_orders(self, baseline: Baseline, order: str) -> None:
        day, now = 86_400, 1_700_000_000
        history = make_history(
            [(now - 365 * day + 3_600 * n, "A", "a", 60_000) for n in range(3)]
            + [(now - 100 * day, "B", "b", 300_000), (now - 10 * day, "B", "b", 40_000), (now - day, "C", "c", 50_000)]
            + [(now - 5 * day, "D", "d", 1_000)]
        )
        scores = baseline.fit(listening(history, "UTC", now), nothing_known(history.names)).scores(
            Query(Mode.FAMILIAR, 0)
        )
        ranked = "".join(history.names.artists[at] for at in best(scores, 9))
        assert ranked == order

    def test_decay_and_act_r_by_hand(self) -> None:
        history = make_history([(86_400, "A", "a"), (3 * 86_400, "A", "b")])
        heard, told = listening(history, "UTC", 5 * 86_400), nothing_known(history.names)
        asked = Query(Mode.FAMILIAR, 0)
        assert PlainDecay(2.0).fit(heard, told).scores(asked).tolist() == pytest.approx([1 / 4 + 1 / 2])
        assert ActR(0.5).fit(heard, told).scores(asked).tolist() == pytest.approx([1 / 2 + 1 / math.sqrt(2)])


def test_best_are_the_highest_equals_in_their_order() -> None:
    score = np.array([1.0, np.nan, 3.0, 1.0, 3.0, 0.0, 1.0])
    assert best(score, 4).tolist() == [2, 4, 0, 3]
    assert best(score, 99).tolist() == [2, 4, 0, 3, 6, 5]
    assert best(np.full(3, np.nan), 2).tolist() == []


def _same(row: BacktestRow, other: BacktestRow) -> bool:
    return (row.task, row.kind, row.recommender) == (other.task, other.kind, other.recommender)


def _row(found: Backtest, task: Task, part: Part, kind: Kind, name: str) -> BacktestRow:
    (row,) = (
        each for each in found.rows if (each.task, each.part, each.kind, each.recommender) == (task, part, kind, name)
    )
    return row


def _rounded(row: BacktestRow) -> tuple[object, ...]:
    return tuple(round(value, 9) if isinstance(value, float) else value for value in vars_of(row))


def vars_of(row: BacktestRow) -> list[object]:
    return [getattr(row, name) for name in row.__slots__]
