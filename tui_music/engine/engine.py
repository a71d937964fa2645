"""The engine: from a listening and what services know of artists to recommendations with their reasons.

What cannot be had is done without, and the answer says on which level it rests: all signals, cached replies and own
history, own history alone, most played.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from copy import copy
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from tui_music.engine.blend import Dials
from tui_music.engine.candidate import Candidate, Level, Mode, Of, Query, Recommendations, Recommender
from tui_music.engine.diversity import Diversity
from tui_music.engine.ground import Ground, nothing_known
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import listening
from tui_music.engine.notes import note
from tui_music.engine.presets import BALANCED, Preset
from tui_music.engine.signals import KNOWING, MostPlayed, Wanted, recommenders
from tui_music.engine.slate import Slate
from tui_music.library.history import Bool, Float64, History, Int32
from tui_music.library.journal import Verdicts
from tui_music.library.scope import COUNTED_MS

if TYPE_CHECKING:
    from tui_music.engine.fitting import Weights

#: With fewer counted plays there is no rhythm and no trend to speak of.
LEAST_PLAYS = 30
#: Questions whose candidates are kept at hand.
_KEPT = 8
_DAY_S = 86_400
_NO_VERDICTS = Verdicts()
_DIVERSE = Diversity()


class Engine:
    """Recommendations for one history as of ``now`` (UTC seconds; its end unless given).

    ``knowledge`` may be ``None``, as may ``weights`` (signals then count by their ranks) and ``community`` (artists of
    the knowledge,). ``fresh_days`` is how old replies may be that pass for new. Signals are fitted when they are first
    needed, which takes some tenths of a second for a million plays: nothing for an event loop. Threads may share it.
    """

    def __init__(
        self,
        history: History,
        zone: str,
        knowledge: Knowledge | None = None,
        weights: Mapping[Mode, Weights] | None = None,
        verdicts: Verdicts = _NO_VERDICTS,
        now: int | None = None,
        counted_ms: int = COUNTED_MS,
        community: Int32 | None = None,
        fresh_days: int = 30,
    ) -> None:
        known = knowledge or nothing_known(history.names)
        alone = np.full(len(known), -1, np.int32)
        self.ground = Ground(
            listening(history, zone, now, counted_ms), known, alone if community is None else community
        )
        self.verdicts, self.fresh_days = verdicts, fresh_days
        self._weights = weights or {}
        self._fitted: dict[Mode, tuple[Recommender, ...]] = {}
        self._fitting = Lock()
        self._slates: dict[tuple[object, ...], Slate] = {}

    def judged(self, verdicts: Verdicts) -> Engine:
        """This engine under other verdicts; what was fitted is shared."""
        other = copy(self)
        other.verdicts, other._slates = verdicts, {}
        return other

    def recommend(
        self,
        query: Query,
        preset: Preset = BALANCED,
        dials: Dials | None = None,
        n: int = 25,
        diversity: Diversity = _DIVERSE,
        weights: Mapping[str, float] | None = None,
    ) -> Recommendations:
        """The ``n`` best candidates. ``dials`` are the preset's unless given; ``weights`` replace the fitted ones.

        The first answer to a query fits signals and asks them; later ones, with other dials, take milliseconds.
        """
        slate = self.slate(query)
        asked = slate.weights if weights is None else np.array([weights.get(name, 0.0) for name in slate.names])
        resting = self._named(
            name for name, day in self.verdicts.passed.items() if diversity.rests(day, int(time.time()) // _DAY_S)
        )
        found = slate.best(preset.weights(slate.names, asked), dials or preset.dials, n, diversity, resting)
        age = self._age(found)
        level = self._level(slate, age)
        said = note(slate, level, found, int(np.count_nonzero(resting[slate.codes])))
        return Recommendations(query.mode, found, len(slate), level, said, age)

    def slate(self, query: Query) -> Slate:
        """All candidates of a query and what every signal says of them; kept for the last few queries."""
        seeds = None if query.seeds is None else query.seeds.tobytes()
        key = query.mode, query.hour, seeds, query.current
        slate = self._slates.pop(key, None)
        if slate is None:
            slate = self._slate(query)
        self._slates[key] = slate
        for old in list(self._slates)[:-_KEPT]:
            self._slates.pop(old, None)
        return slate

    def _slate(self, query: Query) -> Slate:
        discovering = query.mode is Mode.DISCOVER
        signals, weights = self._signals(query.mode)
        wanted = np.flatnonzero(self._named(self.verdicts.yes))
        if discovering and len(wanted):
            signals = (*signals, Wanted(wanted).fit(self.ground.listening, self.ground.knowledge))
            weights = None if weights is None else np.append(weights, Wanted.WORTH * np.abs(weights).sum())
        hidden = self._named(self.verdicts.excluded(discovering=discovering))
        return Slate(query, self.ground, signals, weights, hidden, self._cover(query))

    def _signals(self, mode: Mode) -> tuple[tuple[Recommender, ...], Float64 | None]:
        """Fitted recommenders for a mode and their weights, ``None`` where none were fitted."""
        heard, known = self.ground.listening, self.ground.knowledge
        if mode is Mode.FAMILIAR or known.is_empty:
            if len(heard) < LEAST_PLAYS:
                return (MostPlayed().fit(heard, known),), np.ones(1)
            mode = Mode.FAMILIAR  # where services told nothing, all there is to go by is how an artist was heard
        fitted = self._weights.get(mode)
        with self._fitting:
            if mode not in self._fitted:
                made = recommenders(mode, fitted.parameters if fitted else {})
                self._fitted[mode] = tuple(each.fit(heard, known) for each in made)
        signals = self._fitted[mode]
        if fitted is None or not np.any(fitted.weight):
            return signals, None
        of = dict(zip(fitted.names, fitted.weight.tolist(), strict=True))
        return signals, np.array([of.get(each.name, 0.0) for each in signals])

    def _cover(self, query: Query) -> dict[str, float]:
        """By signal, the share (0–1) of what a query starts from that services were asked about."""
        weight, known = self.ground.seed_weight, self.ground.knowledge
        weight = weight if query.seeds is None else weight[query.seeds]
        asked, tagged = (at if query.seeds is None else at[query.seeds] for at in (known.asked, known.tagged))
        total = float(weight.sum()) or 1.0
        similar, tags = float(weight[asked > 0].sum()) / total, float(weight[tagged > 0].sum()) / total
        return {"similar": similar, "second-hand": similar, "tags": tags}

    def _named(self, folded: Iterable[str]) -> Bool:
        """Whether an artist has one of some folded names, shape (artists of the knowledge,)."""
        found = np.zeros(len(self.ground.knowledge), np.bool_)
        for name in folded:
            found[self.ground.of_name.get(name, [])] = True
        return found

    def _age(self, found: tuple[Candidate, ...]) -> int | None:
        """How old the oldest reply is that speaks for one of these, in seconds."""
        known, code_of = self.ground.knowledge, self.ground.code_of
        used = [
            int(at)
            for candidate in found
            for share in candidate.signals
            for each in share.evidence
            for at in (
                (known.asked[code_of[each.text]], known.asked[candidate.code])
                if share.signal in KNOWING and each.of is Of.ARTIST
                else (known.tagged[candidate.code],)
                if each.of is Of.TAG
                else ()
            )
            if at > 0
        ]
        return max(int(time.time()) - min(used), 0) if used else None

    def _level(self, slate: Slate, age: int | None) -> Level:
        if slate.names == (MostPlayed.name,):
            return Level.MOST_PLAYED
        knowing = [slate.speaks(name) for name in slate.names if name in KNOWING]
        if not any(knowing):
            return Level.ALL if slate.query.mode is Mode.FAMILIAR else Level.OWN
        fresh = age is None or age <= self.fresh_days * _DAY_S
        return Level.ALL if all(knowing) and fresh else Level.CACHED
