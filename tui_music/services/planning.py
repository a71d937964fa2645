"""What to fetch ahead: the calls that make recommendations possible without network, for the artists that matter most.

Each call makes one thing known of one artist. Calls are in the order in which they cover the listening fastest: by the
weight of the artist times the worth of the thing. Between them ListenBrainz is asked how many listen to a thousand
artists at once: to these, and to those they are like, who are the ones to discover. What is kept already is not asked
again, so a new plan goes on where the last one ended.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from tui_music.services.cache import ReplyCache
from tui_music.services.limits import GAPS
from tui_music.services.reading import mbid_of
from tui_music.services.replies import FoundArtists, Popularity
from tui_music.text import fold


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
#: …or for many at once, by the ids that are known by then.
POPULARITY = "lb_popularity"
#: How many ids that is at most, and which call of a plan it is.
MANY, EVERY = 1000, 25
#: Replies that name ids.
_NAMING = {"similar_artists", "lb_similar", "artist_info", SEARCH}
#: Where a reply says it.
_FIELDS = {Signal.SIMILAR: "similar", Signal.TAGS: "tags", Signal.TRACKS: "tracks", Signal.LISTENERS: "listeners"}
_SERVICES = {"lb": "listenbrainz", "mb": "musicbrainz"}  # by the beginning of their questions; others are Last.fm's


@dataclass(frozen=True, slots=True)
class Call:
    """A question of :class:`~tui_music.services.gateway.Services` about an artist. ``mbid`` is given where it is asked
    by id and that is known; otherwise the search for it comes before. That for the popularity of many is about those
    who matter most among whoever was named by then."""

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
    services cost. ``after`` expects that services know artists they were not asked about as often as the others.
    ``weights`` are the shares of the listening, by folded name."""

    calls: tuple[Call, ...]
    left: int
    before: Coverage
    after: Coverage
    seconds: float
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What the budget buys: ``200 calls: 41 % → 63 % of your hours covered``."""
        n = len(self.calls)
        shares = f"{self.before.whole * 100:.0f} % → {self.after.whole * 100:.0f} %"
        return f"{n:,} {'call' if n == 1 else 'calls'}: {shares} of your hours covered"


def plan(artists: Iterable[tuple[str, float]], cache: ReplyCache, budget: int | None = None, key: bool = True) -> Plan:
    """What to fetch for ``artists``, given with their weights (hours of listening), in at most ``budget`` calls.

    Without a ``key`` to Last.fm there are no top tracks, and most artists cost a search more.
    """
    names: dict[str, str] = {}
    weights: dict[str, float] = defaultdict(float)
    for name, weight in artists:
        who = fold(name)
        if who and weight > 0:
            names.setdefault(who, name)
            weights[who] += weight
    kept, total = _Kept(cache), sum(weights.values()) or 1.0
    shares = {who: weight / total for who, weight in weights.items()}
    steps = []
    for who, share in shares.items():
        for at, moves in enumerate(_steps(kept, who, names[who], share, key)):
            worth = sum(WORTH[move.signal] * move.gain for move in moves if move.signal)
            steps.append((-worth / len(moves), -share, names[who], at, moves))
    ordered = [move for *_, moves in sorted(steps, key=lambda step: step[:4]) for move in moves]
    moves = list(_with_popularity(kept, shares, ordered))
    within = moves[: None if budget is None else max(budget, 0)]
    before = {signal: sum(share for who, share in shares.items() if kept.has(signal, who)) for signal in Signal}
    after = {signal: before[signal] + sum(move.gain for move in within if move.signal is signal) for signal in Signal}
    return Plan(
        calls=tuple(move.call for move in within),
        left=len(moves) - len(within),
        before=Coverage(before),
        after=Coverage(after),
        seconds=_seconds(move.call for move in within),
        weights=shares,
    )


def _seconds(calls: Iterable[Call]) -> float:
    """What calls take, one after the other, at the rates of the services: who is asked in turn rests meanwhile."""
    now, free = 0.0, dict.fromkeys(GAPS, 0.0)
    for call in calls:
        service = _SERVICES.get(call.method[:2], "lastfm")
        now = max(now, free[service])
        free[service] = now + GAPS[service]
    return max(free.values())


@dataclass(frozen=True, slots=True)
class _Move:
    """A call, and the share of the listening that it is expected to cover; none for the search for an id, which has
    that share of the listening ``found``, so that it can be asked about by id."""

    call: Call
    signal: Signal | None = None
    gain: float = 0.0
    found: float = 0.0


def _steps(kept: _Kept, who: str, name: str, share: float, key: bool) -> Iterator[list[_Move]]:
    """What could be fetched of an artist: each by itself, or all after the search for the id."""

    def known(signal: Signal) -> bool:
        """Or soon known, with many others."""
        return kept.has(signal, who) or (signal is Signal.LISTENERS and kept.waits(kept.ids.get(who)))

    def moves(questions: Mapping[Signal, str], mbid: str | None, chance: float = 1.0) -> list[_Move]:
        return [
            _Move(Call(method, name, mbid), signal, 0.0 if known(signal) else share * chance * kept.chance(method))
            for signal, method in questions.items()
            if not kept.is_fresh(method, who)
        ]

    if key:
        yield from ([move] for move in moves(BY_NAME, None))
    elif who in kept.ids:
        yield from ([move] for move in moves(BY_ID, kept.ids[who]))
    elif not kept.is_fresh(SEARCH, who):  # otherwise MusicBrainz does not know the name
        chance = kept.chance(SEARCH)
        found = 0.0 if kept.has(Signal.LISTENERS, who) else share * chance
        yield [_Move(Call(SEARCH, name), found=found), *moves(BY_ID, None, chance)]


def _with_popularity(kept: _Kept, shares: Mapping[str, float], moves: Sequence[_Move]) -> Iterator[_Move]:
    """``moves`` with the question for the popularity of many: first for the ids that are known already, then as every
    :data:`EVERY`-th call and as the last one, for those that were found meanwhile."""
    waiting = kept.waiting(shares)
    new = {kept.ids[who]: w for who, w in shares.items() if who in kept.ids and not kept.has(Signal.LISTENERS, who)}
    lots = [waiting[at : at + MANY] for at in range(0, len(waiting), MANY)]
    gains = [sum(new.get(mbid, 0.0) for mbid in lot) for lot in lots]
    named, found, since = bool(gains), 0.0, 0

    def asked() -> _Move:
        covered = found + (gains.pop(0) if gains else 0.0)
        return _Move(Call(POPULARITY, "all of them"), Signal.LISTENERS, covered * kept.chance(POPULARITY))

    if gains:
        yield asked()
        named, since = bool(gains), 1
    for n, move in enumerate(moves, 1):
        yield move
        named, found, since = named or move.call.method in _NAMING, found + move.found, since + 1
        if named and (since >= EVERY - 1 or n == len(moves)):
            yield asked()
            named, found, since = bool(gains), 0.0, 0
    while gains:
        yield asked()


class _Said(msgspec.Struct):
    """Of any reply, the fields that say something; named like the signals."""

    similar: msgspec.Raw = msgspec.Raw(b"null")
    tags: msgspec.Raw = msgspec.Raw(b"null")
    tracks: msgspec.Raw = msgspec.Raw(b"null")
    listeners: msgspec.Raw = msgspec.Raw(b"null")
    mbid: str | None = None


class _Like(msgspec.Struct):
    match: float
    mbid: str | None = None


class _Kept:
    """What the cache holds. Artists are folded names, or ids where they were asked about by id."""

    def __init__(self, cache: ReplyCache) -> None:
        self.ids: dict[str, str] = {}
        self._known = {signal: set[str]() for signal in Signal}
        self._like: dict[str, list[msgspec.Raw]] = defaultdict(list)  # the similar ones, as they were answered
        self._fresh: set[tuple[str, str]] = set()
        self._asked, self._answered = Counter[str](), Counter[str]()
        for method in (*BY_NAME.values(), *BY_ID.values(), SEARCH):
            for asked, cached in cache.each(method):
                if cache.fresh(cached):
                    self._fresh.add((method, asked.args[0]))
                self._asked[method] += 1
                self._answered[method] += self._learn(method, asked.args[0], cached.payload)
        for asked, cached in cache.each(POPULARITY):
            if cache.fresh(cached):
                self._fresh |= {(POPULARITY, mbid) for mbid in asked.args}
            self._asked[POPULARITY] += len(asked.args)
            self._answered[POPULARITY] += self._learn_popularity(cached.payload)

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
        if Signal.SIMILAR in said:
            self._like[who].append(reply.similar)
        if mbid:
            self.ids[who] = mbid
        return bool(said or mbid)

    def _learn_popularity(self, payload: bytes) -> int:
        """Of how many artists it says something."""
        try:
            rows = msgspec.json.decode(payload, type=tuple[Popularity, ...])
        except msgspec.ValidationError:
            return 0
        known = {row.mbid for row in rows if row.listeners is not None}
        self._known[Signal.LISTENERS] |= known
        return len(known)

    def waits(self, mbid: str | None) -> bool:
        """Whether ListenBrainz can be asked how many listen to an artist."""
        return bool(mbid) and (POPULARITY, mbid) not in self._fresh

    def waiting(self, shares: Mapping[str, float]) -> list[str]:
        """The ids that can be asked about, those first who matter most: artists with large ``shares``, and whoever is
        most like them."""
        weights: dict[str, float] = defaultdict(float)
        for who, share in shares.items():
            mbid = self.ids.get(who)
            if mbid:
                weights[mbid] += share
            for like in (*self._like.get(who, ()), *self._like.get(mbid or who, ())):
                try:
                    similar = msgspec.json.decode(like, type=list[_Like])
                except msgspec.ValidationError:
                    continue
                for each in similar:
                    if each.mbid:
                        weights[each.mbid] += share * each.match
        found = (mbid for mbid in weights if self.waits(mbid) and mbid_of(mbid) == mbid)
        return sorted(found, key=lambda mbid: (-weights[mbid], mbid))

    def has(self, signal: Signal, who: str) -> bool:
        return not self._known[signal].isdisjoint((who, self.ids.get(who, who)))

    def is_fresh(self, method: str, who: str) -> bool:
        return (method, self.ids.get(who, "") if method in BY_ID.values() else who) in self._fresh

    def chance(self, method: str) -> float:
        """How often the service had something to say, as if it had once more."""
        return (self._answered[method] + 1) / (self._asked[method] + 1)


def waiting(cache: ReplyCache, weights: Mapping[str, float]) -> list[str]:
    """The ids of those whose popularity can be asked now, at most :data:`MANY`, those first who matter most."""
    return _Kept(cache).waiting(weights)[:MANY]


def id_of(artist: str, found: FoundArtists | None) -> str | None:
    """The MusicBrainz id of the first artist found that has the very name."""
    return next((each.mbid for each in (found.artists if found else ()) if fold(each.name) == fold(artist)), None)
