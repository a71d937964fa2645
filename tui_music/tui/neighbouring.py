"""What the thread of Community computes: the artists around one, from what was trained and from the plays alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tui_music.engine.collaboration import Collaboration, collaborations
from tui_music.engine.models import UnfitModel
from tui_music.engine.network import Member, Network
from tui_music.engine.opening import open_network
from tui_music.library.memo import remember
from tui_music.text import fold, shown
from tui_music.tui.widgets.community_rows import Around, Near, Part

if TYPE_CHECKING:
    from tui_music.services.gateway import Services
    from tui_music.tui.trailing import Known

#: So many of each sort are told at most, and a community is called by so many of its artists.
MOST, _CALLED = 40, 3


def around(services: Services, known: Known, name: str) -> Iterator[Around]:
    """The community of an artist and what is next to it; then with whom the artist is credited together, which takes a
    moment when it is asked for the first time."""
    found = _community(services, known, name)
    yield found
    yield found.also(_credited(known, name))


def _community(services: Services, known: Known, name: str) -> Around:
    try:
        network = open_network(services.settings, services.cache, known.history, known.scope.counted_ms)
    except UnfitModel:
        return Around(name, "No communities have been learnt yet. Discover learns them: 4, and a moment there.")
    code = network.code_of.get(fold(name))
    if code is None or not network.links[code]:
        since = known.code_of.get(fold(name), -1)
        if since >= 0 and known.knowledge.graph.indptr[since] < known.knowledge.graph.indptr[since + 1]:
            return Around(name, f"{name} was not known when communities were learnt. Discover learns them anew: 4.")
        return Around(name, f"Nobody is known to be like {name}. On the trail services are asked.")
    member = network.member(code)
    community = network.one(member.community, MOST)
    near = [
        *(
            Near(Part.MIDDLE, each.name, each.strength - each.outside, each.plays, f"like {each.links:,}")
            for each in community.central
        ),
        *(
            Near(Part.BRIDGE, each.name, each.outside, each.plays, _towards(network, each.code))
            for each in network.bridges(MOST, member.community)
        ),
        *(_next(network, number, similarity) for number, similarity in network.next_to(member.community, MOST)),
    ]
    return Around(name, "", tuple(near), member, community)


def _towards(network: Network, code: int) -> str:
    leaning = network.leaning(code)
    return "" if leaning is None else f"to {_called(network.centre(leaning[0], _CALLED))}"


def _next(network: Network, number: int, similarity: float) -> Near:
    """A community by the artist in its middle."""
    there = network.one(number, _CALLED)
    first, *others = there.central
    also = f" · {_called(others)}" if others else ""
    heard = f"{there.heard:,} heard" if there.heard else "none heard"
    return Near(Part.NEXT, first.name, similarity, first.plays, f"{there.artists:,} artists, {heard}{also}")


def _called(members: Sequence[Member]) -> str:
    return " · ".join(shown(each.name, 40) for each in members)


def _credited(known: Known, name: str) -> tuple[Near, ...]:
    counted_ms = known.scope.counted_ms
    pairs = remember(known.history, ("credited", counted_ms), lambda: _by_name(collaborations(known.listening)))
    with_others: dict[str, list[Collaboration]] = {}
    for pair in pairs.get(fold(name), ()):
        with_others.setdefault(pair.guest if fold(pair.artist) == fold(name) else pair.artist, []).append(pair)
    near = [_together(known, other, both) for other, both in with_others.items()]
    return tuple(sorted(near, key=lambda each: (-each.worth, each.artist)))[:MOST]


def _by_name(pairs: tuple[Collaboration, ...]) -> Mapping[str, list[Collaboration]]:
    found: dict[str, list[Collaboration]] = {}
    for pair in pairs:
        for name in (pair.artist, pair.guest):
            found.setdefault(fold(name), []).append(pair)
    return found


def _together(known: Known, other: str, pairs: Sequence[Collaboration]) -> Near:
    """Somebody who is on songs of the artist, or the artist on theirs."""
    code = known.code_of.get(fold(other), -1)
    plays = int(known.listening.plays[code]) if 0 <= code < known.knowledge.own else 0
    songs, together = (sum(getattr(pair, what) for pair in pairs) for what in ("songs", "plays"))
    note = f"{songs:,} {'song' if songs == 1 else 'songs'}, {together:,} plays"
    return Near(Part.CREDITED, other, float(together), plays, note)
