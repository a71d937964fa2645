"""Moments of the past at which one could have been asked what comes next, and what then came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from tui_music.engine.candidate import Mode, Query
from tui_music.engine.hearings import DAY_S
from tui_music.engine.listening import Listening
from tui_music.library.history import Int64


class Task(StrEnum):
    """What a recommender is to foresee."""

    SESSION = "next session"
    DAYS = "next 90 days"


#: What weights are fitted to foresee: what one turns to now, and what one will have discovered.
TASKS = {Mode.FAMILIAR: Task.SESSION, Mode.DISCOVER: Task.DAYS}
#: At most so many moments of a slice are looked at, taken evenly; of long histories fewer, as each moment takes longer.
_MOST, _LEAST, _PLAYS = 400, 150, 20_000_000
#: Sessions with fewer counted plays are no task: one that left at once asked for nothing.
LEAST_IN_SESSION = 3
#: With fewer sessions or (independent) windows in a slice, chance decides who is best.
LEAST_SESSIONS, LEAST_WINDOWS = 30, 6
_WINDOW_DAYS, _STEP_DAYS, _MOST_WINDOWS = 90, 14, 80
#: No window begins earlier than so many days after the first play.
_SETTLED_DAYS = 180
#: An artist is played in a window when it has so many counted plays there; windows with fewer artists are no task.
_LEAST_IN_WINDOW, _LEAST_ARTISTS = 2, 10


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """``now`` is UTC seconds: nothing that started then or later may be known. ``wanted`` are the codes of the artists
    that came before ``until``, heard earlier or not."""

    now: int
    until: int
    query: Query
    wanted: Int64


@dataclass(frozen=True, slots=True)
class Slices:
    """Moments to choose on and, all of them later, moments to test on; ``why`` says why there are none."""

    validation: tuple[Moment, ...] = ()
    test: tuple[Moment, ...] = ()
    why: str = ""


def slices(task: Task, listening: Listening) -> Slices:
    """The moments of a task.

    Next session: the starts of sessions with at least 3 counted plays, the last fifth of them to test, the half before
    it to choose. (With the fifth before it, the blend fell behind the best baseline on 9 of 64 histories, not on 6.)
    Next 90 days: every fortnight, the last two fifths to test, and to choose all whose 90 days are over before these
    begin.
    """
    return _sessions(listening) if task is Task.SESSION else _windows(listening)


def _sessions(listening: Listening) -> Slices:
    first = np.flatnonzero(np.diff(listening.session, prepend=-1))
    end = np.append(first[1:], len(listening))
    asked = np.flatnonzero((end - first >= LEAST_IN_SESSION) & (first > 0))
    validation, test = np.split(asked[int(0.3 * len(asked)) :], [int(0.8 * len(asked)) - int(0.3 * len(asked))])
    if len(test) < LEAST_SESSIONS:
        sessions = f"sessions of {LEAST_IN_SESSION} plays or more"
        return Slices(why=f"{len(asked)} {sessions} are too few: it takes {5 * LEAST_SESSIONS}.")

    def moment(at: int) -> Moment:
        start, artist = listening.start[first[at] : end[at]], listening.artist[first[at] : end[at]]
        query = Query(Mode.FAMILIAR, int(listening.hour[first[at]]), None, int(listening.artist[first[at] - 1]))
        return Moment(int(start[0]), int(start[-1]) + 1, query, np.unique(artist).astype(np.int64))

    most = min(max(_PLAYS // len(listening), _LEAST), _MOST)
    return Slices(tuple(map(moment, evenly(validation, most))), tuple(map(moment, evenly(test, most))))


def _windows(listening: Listening) -> Slices:
    last = int(listening.start[-1]) + 1 - _WINDOW_DAYS * DAY_S if len(listening) else 0
    begin = int(listening.start[0]) + _SETTLED_DAYS * DAY_S if len(listening) else 0
    nows = np.arange(last, begin, -_STEP_DAYS * DAY_S)[::-1]
    cut = len(nows) - int(0.4 * len(nows))
    over = nows[:cut] + _WINDOW_DAYS * DAY_S <= nows[cut:][:1]

    def moments(some: Int64) -> tuple[Moment, ...]:
        found = map(partial(_window, listening), evenly(some, _MOST_WINDOWS))
        return tuple(moment for moment in found if len(moment.wanted) >= _LEAST_ARTISTS)

    validation, test = moments(nows[:cut][over]), moments(nows[cut:])
    if min(map(_independent, (validation, test))) < LEAST_WINDOWS:
        return Slices(why="The history is too short: it takes four years.")
    return Slices(validation, test)


def _window(listening: Listening, now: int) -> Moment:
    until = now + _WINDOW_DAYS * DAY_S
    plays = np.bincount(listening.until(until).artist[len(listening.until(now)) :], minlength=listening.artists)
    return Moment(now, until, Query(Mode.FAMILIAR, 0), np.flatnonzero(plays >= _LEAST_IN_WINDOW))


def _independent(windows: Sequence[Moment]) -> float:
    """How many windows would fit side by side into the time that these cover."""
    return (windows[-1].until - windows[0].now) / (_WINDOW_DAYS * DAY_S) if windows else 0.0


def block(moments: Sequence[Moment]) -> int:
    """At most how many neighbours overlap in time, and so depend on each other; 1 when none do."""
    begin = np.array([moment.now for moment in moments])
    until = np.array([moment.until for moment in moments])
    return int((np.searchsorted(begin, until) - np.arange(len(begin))).max(initial=1))


def evenly(values: Int64, most: int) -> list[int]:
    """At most so many of some values, the first and the last among them, the rest evenly between."""
    if len(values) > most:
        values = values[np.linspace(0, len(values) - 1, most).round().astype(np.int64)]
    chosen: list[int] = values.tolist()
    return chosen
