"""The proof on one's own history: at moments of the past every recommender says what comes next, and what came decides.

Nothing that began at a moment or later is known to any recommender there. Whatever is chosen, parameters of baselines
and variants and weights of the blend alike, is chosen on moments before the first one of the test.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from tui_music.engine.baselines import Baseline
from tui_music.engine.blend import scale_of, weighted
from tui_music.engine.candidate import Mode, Recommender
from tui_music.engine.fitting import Fitting, Weights, usual
from tui_music.engine.ground import nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening, listening
from tui_music.engine.metrics import ndcg
from tui_music.engine.moments import Moment, Slices, Task, block, evenly, slices
from tui_music.engine.pool import baselines, made, variants
from tui_music.engine.practice import Said, best, practice
from tui_music.engine.tally import BacktestRow, K, Kind, Part, Tally
from tui_music.library.engagement import assumed_durations
from tui_music.library.history import History
from tui_music.library.scope import COUNTED_MS

BLEND = "blend"
#: Of a slice so many moments that brought something new; to rank what could be discovered takes longer.
_DISCOVERIES = 100
_NOT_COLUMNS = ("listener", "revision", "names")


class BacktestCancelled(Exception):
    """The person stopped the backtest."""


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """What was chosen for a task and mode. ``tested`` is the blend of the rows, which the baselines with their own
    ``parameters`` ("decay.half_life": 4.0) are compared with. ``weights`` were fitted in the same way on the moments of
    the test as well, to recommend by."""

    tested: Weights
    weights: Weights
    parameters: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Backtest:
    """``rows`` of every task, part and recommender, and what was ``tried``; ``notes`` say in words what came out."""

    rows: tuple[BacktestRow, ...]
    tried: tuple[Tried, ...]
    notes: tuple[str, ...]
    seconds: float

    def weights(self, task: Task) -> dict[Mode, Weights]:
        """What to recommend by, for a task that was tried."""
        return {each.weights.mode: each.weights for each in self.tried if each.weights.task == task}


def backtest(
    history: History,
    zone: str,
    knowledge: Knowledge | None = None,
    progress: Callable[[float, str], None] = lambda done, doing: None,
    cancelled: Callable[[], bool] = lambda: False,
    tasks: Sequence[Task] = tuple(Task),
    now: int | None = None,
    counted_ms: int = COUNTED_MS,
    others: Sequence[Recommender] = (),
) -> Backtest:
    """Choose, test, and choose again for use. ``others`` discover, too, beside what services know.

    ``progress`` is told the share done (0–1) and at what. Raises :class:`BacktestCancelled` soon after ``cancelled``
    says so. Takes some seconds for 40,000 plays and minutes for 1,000,000; imports scikit-learn.
    """
    began = time.monotonic()
    heard = listening(history, zone, now, counted_ms)
    known = knowledge or nothing_known(history.names)
    slices_of = {Task(task): slices(Task(task), heard) for task in tasks}
    trials = [
        _Trial(task, mode, found, history, heard, known, others) for task, found in slices_of.items() for mode in Mode
    ]
    whole, done = sum(len(trial) for trial in trials), 0

    def step(doing: str) -> None:
        nonlocal done
        if cancelled():
            raise BacktestCancelled
        progress(done / whole, doing)
        done += 1

    rows = [row for trial in trials for row in trial.run(step)]
    progress(1.0, "done")
    notes = [f"{task}: not tested. {found.why}" for task, found in slices_of.items() if found.why]
    notes += [_outcome(trial, rows) for trial in trials if len(trial)]
    return Backtest(tuple(rows), tuple(trial.tried for trial in trials), tuple(notes), time.monotonic() - began)


class _Trial:
    """One task and mode; its length is the number of moments."""

    def __init__(
        self,
        task: Task,
        mode: Mode,
        found: Slices,
        history: History,
        heard: Listening,
        known: Knowledge,
        others: Sequence[Recommender],
    ) -> None:
        self.task, self.mode = task, mode
        self._history, self._heard, self._known, self._others = history, heard, known, others
        self._ignorant = known.is_empty and not others  # of whatever was not heard
        self._validation, self._test = found.validation, found.test
        if mode is Mode.DISCOVER:
            self._validation, self._test = map(self._new, (found.validation, found.test))
        self.tried = Tried(usual(task, mode), usual(task, mode), {})
        self.ahead: dict[str, tuple[float, float, float]] = {}  # of each baseline: by how much, and the bounds of that

    def __len__(self) -> int:
        return len(self._validation) + len(self._test)

    def run(self, step: Callable[[str], None]) -> Iterator[BacktestRow]:
        """The rows of all recommenders, blend first; sets ``tried`` and ``ahead``."""
        if not len(self):
            return
        fitting = Fitting(self.task, self.mode, variants(self.mode, self.task, self._others))
        rivals = self._chosen(fitting, step)
        weights = fitting.weights()
        blend, others = self._tested(fitting, weights, rivals, step)
        parameters = {f"{each.name}.{key}": value for each in rivals for key, value in each.parameters.items()}
        self.tried = Tried(weights, fitting.weights(), parameters)
        together = block(self._test)
        self.ahead = {each.name: blend.ahead_of(each, together) for each in others if each.kind is Kind.BASELINE}
        yield from blend.rows(self.task, together, self._parts())
        for each in others:
            yield from each.rows(self.task, together)

    def _chosen(self, fitting: Fitting, step: Callable[[str], None]) -> Sequence[Baseline]:
        """What the blend is compared with: of each name the baseline that was best on the moments to choose on, which
        ``fitting`` takes in."""
        rivals = baselines() if self.mode is Mode.FAMILIAR else ()
        reached = np.zeros(len(rivals))
        for said in self._practice(self._validation, [*fitting.variants, *rivals], step):
            fitting.add(said)
            tops = (best(score, K) for score in said.value.T[len(fitting.variants) :])
            reached += [ndcg(said.wanted[top], said.relevant, K) for top in tops]
        return tuple({rivals[at].name: rivals[at] for at in np.argsort(reached, kind="stable")}.values())

    def _tested(
        self, fitting: Fitting, weights: Weights, rivals: Sequence[Baseline], step: Callable[[str], None]
    ) -> tuple[Tally, list[Tally]]:
        """The lists of the blend, and those of its signals and of ``rivals``, at the moments of the test, which
        ``fitting`` takes in, too."""
        able = {each.name for each in fitting.variants}
        every = made(self.mode, weights.parameters, others=self._others, learning=True)
        signals = [each for each in every if each.name in able]
        weight = np.array([weights.of(each.name) for each in signals])
        blend, others = Tally(Kind.BLEND, BLEND), [Tally(Kind.SIGNAL, each.name) for each in signals]
        others += [Tally(Kind.BASELINE, each.name) for each in rivals]
        for said in self._practice(self._test, [*fitting.variants, *signals, *rivals], step):
            fitting.add(said)
            value = said.value[:, len(fitting.variants) :]
            blend.add(said, weighted(scale_of(value[:, : len(signals)], by_rank=weights.by_rank).unit, weight))
            for tally, score in zip(others, value.T, strict=True):
                tally.add(said, score)
        return blend, others

    def _practice(
        self, moments: Sequence[Moment], asked: Sequence[Recommender], step: Callable[[str], None]
    ) -> Iterator[Said]:
        heard = as_known(self._heard, self._history, moments[0].now) if moments else self._heard
        return practice(heard, self._known, self.mode, moments, asked, lambda: step(self.task))

    def _parts(self) -> tuple[Part, ...]:
        """What the blend of this mode is for. Without knowledge it is all there is, and finds nothing new."""
        if self.mode is Mode.DISCOVER:
            return (Part.DISCOVERY,)
        return tuple(Part) if self._ignorant else (Part.ALL, Part.REPEAT)

    def _new(self, moments: Sequence[Moment]) -> tuple[Moment, ...]:
        """The moments that brought an artist never heard before."""
        first = np.full(self._heard.artists, self._heard.now)
        first[self._heard.artist[::-1]] = self._heard.start[::-1]  # sorted by start: the first one stays
        found = [] if self._ignorant else [each for each in moments if (first[each.wanted] >= each.now).any()]
        return tuple(found[at] for at in evenly(np.arange(len(found)), _DISCOVERIES))


def as_known(heard: Listening, history: History, now: int) -> Listening:
    """A listening with completions by the lengths of tracks that were assumed at ``now``, from what was played by then.

    A length is the longest that a track was heard, more or less: it would tell of plays to come.
    """
    before = int(np.searchsorted(history.start, now))
    columns = {f.name: getattr(history, f.name)[:before] for f in fields(history) if f.name not in _NOT_COLUMNS}
    lengths = assumed_durations(replace(history, **columns)).ms
    return replace(heard, completion=np.minimum(heard.ms / lengths[heard.track], 1.0))


def _outcome(trial: _Trial, rows: Sequence[BacktestRow]) -> str:
    """What counts in a blend and what does not, and how the blend did against the best baseline."""
    weights = trial.tried.tested
    rows = [row for row in rows if row.task is weights.task]
    of = dict(zip(weights.names, weights.weight.tolist(), strict=True))
    silent = [name for name in of if any(row.recommender == name and not row.coverage for row in rows)]
    idle = [name for name in of if not of[name] and name not in silent and any(row.recommender == name for row in rows)]
    said = (
        f"{weights.task}, {weights.mode}: {', '.join(f'{name} {weight:.2g}' for name, weight in of.items() if weight)}."
    )
    if weights.by_rank:
        said += " Too little came to fit weights to: the usual ones, by rank."
    if idle:
        said += f" No help, so weighted to nothing: {', '.join(idle)}."
    if silent:
        said += f" Nothing to go by at the time, so not tested: {', '.join(silent)}."
    part = Part.ALL if weights.mode is Mode.FAMILIAR else Part.DISCOVERY
    mine = [row for row in rows if row.part is part and row.kind is Kind.BLEND]
    best_first = sorted(
        (row for row in rows if row.part is part and row.kind is Kind.BASELINE), key=lambda row: -row.ndcg
    )
    if mine:
        said += f" NDCG@{K} {mine[0].ndcg:.4f}."
    if mine and best_first[0].ndcg:
        name = best_first[0].recommender
        more, low, high = trial.ahead[name]
        said += f" The best baseline, {name}: {best_first[0].ndcg:.4f}; {more:+.4f} (95 %: {low:+.4f} to {high:+.4f})."
    return said
