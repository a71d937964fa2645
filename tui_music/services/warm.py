"""Fetching ahead what recommendations will need, for the artists that matter most: a train ride then needs no network.

Each call makes one thing known of one artist. Calls are in the order in which they cover the listening fastest: by the
weight of the artist times the worth of the thing. What is kept already is not asked again, so a new plan goes on where
the last one ended.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from tui_music.errors import NotCached, Offline, ServiceError, ServiceRefused, Stopped
from tui_music.services.cache import ReplyCache
from tui_music.services.limits import GAPS
from tui_music.services.replies import FoundArtists, Reply
from tui_music.text import fold

if TYPE_CHECKING:
    from tui_music.services.gateway import Services

#: Warming ends when so many calls in a row fail.
FAILURES = 5


class Signal(StrEnum):
    """What can be known of an artist."""

    SIMILAR = "similar artists"
    TAGS = "tags"
    TRACKS = "top tracks"
    LISTENERS = "listeners"


#: What knowing it is worth, in eighths of knowing everything: what is new is found by similarity, then by tags.
WORTH = {Signal.SIMILAR: 4, Signal.TAGS: 2, Signal.TRACKS: 1, Signal.LISTENERS: 1}
#: The question for it: to Last.fm by name…
BY_NAME = {
    Signal.SIMILAR: "similar_artists",
    Signal.TAGS: "top_tags",
    Signal.TRACKS: "top_tracks",
    Signal.LISTENERS: "artist_info",
}
#: …or to the services that need no key, by an id that is searched for first.
BY_ID = {Signal.SIMILAR: "lb_similar", Signal.TAGS: "mb_artist"}
SEARCH = "mb_search"
#: Where a reply says it.
_FIELDS = {Signal.SIMILAR: "similar", Signal.TAGS: "tags", Signal.TRACKS: "tracks", Signal.LISTENERS: "listeners"}
_SERVICES = {"lb_similar": "listenbrainz", "mb_artist": "musicbrainz", SEARCH: "musicbrainz"}


@dataclass(frozen=True, slots=True)
class Call:
    """A question of :class:`~tui_music.services.gateway.Services` about an artist. ``mbid`` is given where it is asked
    by id and that is known; otherwise the search for it comes before."""

    method: str
    artist: str
    mbid: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The shares of the listening, 0–1, whose artist has similar artists, tags, … in the cache, however old."""

    shares: Mapping[Signal, float]

    @property
    def whole(self) -> float:
        """The mean of the shares, each with its worth."""
        return sum(WORTH[signal] * share for signal, share in self.shares.items()) / sum(WORTH.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """``calls`` in order; ``left`` is how many more the budget did not reach. ``seconds`` is what the rates of the
    services cost. ``after`` expects that services know artists they were not asked about as often as the others."""

    calls: tuple[Call, ...]
    left: int
    before: Coverage
    after: Coverage
    seconds: float

    @property
    def sentence(self) -> str:
        """What the budget buys: ``200 calls: 41 % → 63 % of your hours covered``."""
        n = len(self.calls)
        shares = f"{self.before.whole * 100:.0f} % → {self.after.whole * 100:.0f} %"
        return f"{n:,} {'call' if n == 1 else 'calls'}: {shares} of your hours covered"


@dataclass(frozen=True, slots=True)
class Progress:
    """Of so many calls, those ``done``: services had something to say, did not know the artist, or failed. ``seconds``
    are left at the pace so far. ``stopped`` says why the rest was not done; empty if it was."""

    of: int
    done: int = 0
    found: int = 0
    unknown: int = 0
    failed: int = 0
    artist: str = ""
    seconds: float = 0.0
    stopped: str = ""


def plan(artists: Iterable[tuple[str, float]], cache: ReplyCache, budget: int | None = None, key: bool = True) -> Plan:
    """What to fetch for ``artists``, given with their weights (hours of listening), in at most ``budget`` calls.

    Without a ``key`` to Last.fm there are only similar artists and tags, and most artists cost a search more.
    """
    names: dict[str, str] = {}
    weights: dict[str, float] = defaultdict(float)
    for name, weight in artists:
        who = fold(name)
        if who and weight > 0:
            names.setdefault(who, name)
            weights[who] += weight
    kept, total = _Kept(cache), sum(weights.values()) or 1.0
    steps = []
    for who, weight in weights.items():
        for at, moves in enumerate(_steps(kept, who, names[who], weight / total, key)):
            worth = sum(WORTH[move.signal] * move.gain for move in moves if move.signal)
            steps.append((-worth / len(moves), -weight, names[who], at, moves))
    moves = [move for *_, moves in sorted(steps, key=lambda step: step[:4]) for move in moves]
    within = moves[: None if budget is None else max(budget, 0)]
    before = {signal: sum(w for who, w in weights.items() if kept.has(signal, who)) / total for signal in Signal}
    after = {signal: before[signal] + sum(move.gain for move in within if move.signal is signal) for signal in Signal}
    return Plan(
        calls=tuple(move.call for move in within),
        left=len(moves) - len(within),
        before=Coverage(before),
        after=Coverage(after),
        seconds=sum(GAPS[_SERVICES.get(move.call.method, "lastfm")] for move in within),
    )


@dataclass(frozen=True, slots=True)
class _Move:
    """A call, and the share of the listening that it is expected to cover; none for the search for an id."""

    call: Call
    signal: Signal | None = None
    gain: float = 0.0


def _steps(kept: _Kept, who: str, name: str, share: float, key: bool) -> Iterator[list[_Move]]:
    """What could be fetched of an artist: each by itself, or all after the search for the id."""

    def moves(questions: Mapping[Signal, str], mbid: str | None, chance: float = 1.0) -> list[_Move]:
        return [
            _Move(
                Call(method, name, mbid), signal, 0.0 if kept.has(signal, who) else share * chance * kept.chance(method)
            )
            for signal, method in questions.items()
            if not kept.is_fresh(method, who)
        ]

    if key:
        yield from ([move] for move in moves(BY_NAME, None))
    elif who in kept.ids:
        yield from ([move] for move in moves(BY_ID, kept.ids[who]))
    elif not kept.is_fresh(SEARCH, who):  # otherwise MusicBrainz does not know the name
        yield [_Move(Call(SEARCH, name)), *moves(BY_ID, None, kept.chance(SEARCH))]


class _Said(msgspec.Struct):
    """Of any reply, the fields that say something; named like the signals."""

    similar: msgspec.Raw = msgspec.Raw(b"null")
    tags: msgspec.Raw = msgspec.Raw(b"null")
    tracks: msgspec.Raw = msgspec.Raw(b"null")
    listeners: msgspec.Raw = msgspec.Raw(b"null")
    mbid: str | None = None


class _Kept:
    """What the cache holds. Artists are folded names, or ids where they were asked about by id."""

    def __init__(self, cache: ReplyCache) -> None:
        self.ids: dict[str, str] = {}
        self._known = {signal: set[str]() for signal in Signal}
        self._fresh: set[tuple[str, str]] = set()
        self._asked, self._answered = Counter[str](), Counter[str]()
        for method in (*BY_NAME.values(), *BY_ID.values(), SEARCH):
            for asked, cached in cache.each(method):
                if cache.fresh(cached):
                    self._fresh.add((method, asked.args[0]))
                self._asked[method] += 1
                self._answered[method] += self._learn(method, asked.args[0], cached.payload)

    def _learn(self, method: str, who: str, payload: bytes) -> bool:
        """Whether the reply says anything."""
        try:
            if method == SEARCH:
                mbid = id_of(who, msgspec.json.decode(payload, type=FoundArtists | None))
                said = []
            else:
                reply = msgspec.json.decode(payload, type=_Said | None) or _Said()
                mbid = reply.mbid if method in BY_NAME.values() else None
                said = [
                    signal for signal, field in _FIELDS.items() if bytes(getattr(reply, field)) not in (b"null", b"[]")
                ]
        except msgspec.ValidationError:  # kept by another version of the program
            return False
        for signal in said:
            self._known[signal].add(who)
        if mbid:
            self.ids[who] = mbid
        return bool(said or mbid)

    def has(self, signal: Signal, who: str) -> bool:
        return not self._known[signal].isdisjoint((who, self.ids.get(who, who)))

    def is_fresh(self, method: str, who: str) -> bool:
        return (method, self.ids.get(who, "") if method in BY_ID.values() else who) in self._fresh

    def chance(self, method: str) -> float:
        """How often the service had something to say, as if it had once more."""
        return (self._answered[method] + 1) / (self._asked[method] + 1)


def id_of(artist: str, found: FoundArtists | None) -> str | None:
    """The MusicBrainz id of the first artist found that has the very name."""
    return next((each.mbid for each in (found.artists if found else ()) if fold(each.name) == fold(artist)), None)


def warm(
    services: Services,
    plan: Plan,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Make the calls of ``plan``; ``progress`` hears of each. Raises nothing that services raise.

    A single failure is passed over. It ends early when it is ``cancelled``, when Last.fm refuses the key, and when
    call after call fails; what was fetched until then is kept.
    """
    state, start, in_a_row, why = Progress(len(plan.calls)), clock(), 0, ""
    for call in plan.calls:
        if cancelled():
            return replace(state, stopped="It was cancelled.")
        try:
            reply = _ask(services, call)
            outcome = "failed" if reply.stale else "found" if reply.value is not None else "unknown"
        except (ServiceRefused, Offline, Stopped) as problem:
            return replace(state, stopped=str(problem))
        except NotCached:
            outcome = "failed"  # as the search for the id did, which said why
        except ServiceError as problem:
            outcome, why = "failed", str(problem)
        done = state.done + 1
        left = (clock() - start) / done * (state.of - done)
        counts = {outcome: getattr(state, outcome) + 1}
        state = replace(state, done=done, artist=call.artist, seconds=left, **counts)
        progress(state)
        in_a_row = in_a_row + 1 if outcome == "failed" else 0
        if in_a_row == FAILURES and state.done < state.of:
            return replace(state, stopped=f"{FAILURES} calls in a row failed. {why}".strip())
    return state


def _ask(services: Services, call: Call) -> Reply[Any]:
    question: Callable[[str], Reply[Any]] = getattr(services, call.method)
    if call.method not in BY_ID.values():
        return question(call.artist)
    mbid = call.mbid
    if not mbid:
        found = services.mb_search(call.artist, cached=True)
        mbid = id_of(call.artist, found.value)
        if not mbid:
            return Reply(None, found.service, found.fetched_at)
    return question(mbid)
