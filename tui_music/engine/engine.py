"""The engine: from a listening and what services know of artists to recommendations with their reasons.

What cannot be had is done without, and the answer says on which level it rests: all signals, cached replies and own
history, own history alone, most played.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from threading import Lock

import numpy as np

from tui_music.engine.blend import Dials
from tui_music.engine.candidate import Candidate, Level, Mode, Query, Recommendations, Recommender, Share
from tui_music.engine.diversity import Diversity
from tui_music.engine.fitting import Weights, usual
from tui_music.engine.ground import Ground, nothing_known
from tui_music.engine.hearings import DAY_S
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import listening
from tui_music.engine.moments import TASKS
from tui_music.engine.notes import note
from tui_music.engine.pool import made
from tui_music.engine.presets import BALANCED, Preset
from tui_music.engine.rising import Phases
from tui_music.engine.signals import KNOWING, MostPlayed, Wanted
from tui_music.engine.slate import Slate
from tui_music.library.history import Bool, Float64, History, Int32
from tui_music.library.journal import Verdicts
from tui_music.library.scope import COUNTED_MS

#: With fewer counted plays there is no rhythm and no trend to speak of.
LEAST_PLAYS = 30
#: Questions whose candidates are kept at hand.
_KEPT = 8
_NO_VERDICTS = Verdicts()
_DIVERSE = Diversity()


class Engine:
    """Recommendations for one history as of ``now`` (UTC seconds; its end unless given).

    ``knowledge`` may be ``None``, as may what is trained: ``weights`` (else signals count by their ranks), ``phases``
    and ``community`` (artists of the knowledge,; it may end before the last ones). ``others`` discover beside what goes
    by the knowledge. ``fresh_days`` is how old replies may be that pass for new. Signals are fitted when they are first
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
        phases: Phases | None = None,
        fresh_days: int = 30,
        others: Sequence[Recommender] = (),
    ) -> None:
        known = knowledge or nothing_known(history.names)
        grouped = np.full(len(known), -1, np.int32)
        if community is not None:
            grouped[: len(community)] = community
        self.ground = Ground(listening(history, zone, now, counted_ms), known, grouped)
        self.verdicts, self.fresh_days = verdicts, fresh_days
        self.others = others
        self._weights, self._phases = weights or {}, phases
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
            name for name, day in self.verdicts.passed.items() if diversity.rests(day, int(time.time()) // DAY_S)
        )
        found = slate.best(preset.weights(slate.names, asked), dials or preset.dials, n, diversity, resting)
        age = self._age(found)
        level = self._level(slate, age)
        said = note(slate, level, found, int(np.count_nonzero(resting[slate.codes])))
        return Recommendations(query.mode, found, len(slate), level, said, age, slate.by_rank)

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
        heard = self.ground.listening
        if query.current is None and len(heard):
            query = replace(query, current=int(heard.artist[-1]))  # as weights were fitted: what comes after the last
        discovering = query.mode is Mode.DISCOVER
        signals, weights, by_rank = self._signals(query.mode)
        wanted = np.flatnonzero(self._named(self.verdicts.yes))
        if discovering and len(wanted):
            signals = (*signals, Wanted(wanted).fit(heard, self.ground.knowledge))
            weights = np.append(weights, Wanted.WORTH * np.abs(weights).sum())
        hidden = self._named(self.verdicts.excluded(discovering=discovering))
        return Slate(query, self.ground, signals, weights, hidden, self._cover(query), by_rank=by_rank)

    def _signals(self, mode: Mode) -> tuple[tuple[Recommender, ...], Float64, bool]:
        """Fitted recommenders for a mode, their weights, and whether they count by their ranks alone."""
        heard, known = self.ground.listening, self.ground.knowledge
        if mode is Mode.FAMILIAR or (known.is_empty and not self.others):
            if len(heard) < LEAST_PLAYS:
                return (MostPlayed().fit(heard, known),), np.ones(1), False
            mode = Mode.FAMILIAR  # where nobody told anything, all there is to go by is how an artist was heard
        blend = self._weights.get(mode) or usual(TASKS[mode], mode)
        with self._fitting:
            if mode not in self._fitted:
                fresh = made(mode, blend.parameters, self._phases, self.others)
                self._fitted[mode] = tuple(each.fit(heard, known) for each in fresh)
        signals = self._fitted[mode]
        return signals, np.array([blend.of(each.name) for each in signals]), blend.by_rank

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
        used = [
            at for candidate in found for share in candidate.signals for at in self._replies(candidate, share) if at
        ]
        return max(int(time.time()) - min(used), 0) if used else None

    def _replies(self, candidate: Candidate, share: Share) -> Iterator[int]:
        """When the replies were fetched that a share goes by; 0 for those there are none of."""
        known, code_of = self.ground.knowledge, self.ground.code_of
        if share.signal in ("similar", "second-hand", "wanted"):
            yield int(known.asked[candidate.code])
            yield from (int(known.asked[code_of[each.text]]) for each in share.evidence)
        elif share.signal == "tags" and share.evidence:
            yield int(known.tagged[candidate.code])

    def _level(self, slate: Slate, age: int | None) -> Level:
        if slate.names == (MostPlayed.name,):
            return Level.MOST_PLAYED
        needed = [name for name in slate.names if name in KNOWING]
        if not needed:
            return Level.ALL if slate.query.mode is Mode.FAMILIAR else Level.OWN
        fresh = age is None or age <= self.fresh_days * DAY_S
        return Level.ALL if fresh and all(map(slate.speaks, needed)) else Level.CACHED
