"""What is learnt from, and what is held out to be found: the three protocols.

Everything that was held out is out of what is learnt from: the pairs, and the tags that their listeners gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_array

from tui_music.engine.community.community import Community, counted
from tui_music.engine.community.content import tag_counts
from tui_music.library.history import Bool, Int64

#: Listeners held out whole, and how much of one's artists is held out.
_NEW_LISTENERS, _FOUND_SHARE = 400, 0.2
#: Share of all plays that come before the split by time.
_BEFORE = 0.8


class Protocol(StrEnum):
    ITEMS = "held-out-items"
    LISTENER = "new-listener"
    TIME = "time"


class Part(StrEnum):
    """What is ranked: artists one did not play, or those one did."""

    NEW = "new"
    AGAIN = "again"


@dataclass(frozen=True, repr=False, eq=False)
class Trial:
    """Listeners to recommend to, and what would have been right.

    ``counts`` has shape (listeners learnt from, artists); ``profiles``, ``banned`` and ``wanted`` (listeners asked,
    artists): what is known of them, what is not to be recommended, and what is to be found. ``valid`` is what
    parameters are chosen on, where a protocol has it. ``friends``, of shape (listeners asked, listeners learnt from),
    is there where those asked are those learnt from.
    """

    protocol: Protocol
    part: Part
    counts: csr_array
    tags: csr_array | None
    friends: csr_array | None
    profiles: csr_array
    banned: csr_array
    wanted: csr_array
    valid: csr_array | None = None


def trials(community: Community, seed: int) -> list[Trial]:
    """One trial of each protocol that the data allow."""
    made = [held_out_items(community, seed), new_listeners(community, seed)]
    if community.events and seed == 0:  # time has but one order
        made += by_time(community)
    return made


def held_out_items(community: Community, seed: int) -> Trial:
    """Of each listener's artists 8 parts are learnt from, 1 is to choose parameters on, 1 is to be found."""
    plays = community.plays
    rng = np.random.default_rng(seed)
    part = np.zeros(plays.nnz, np.int8)
    for start, stop in zip(plays.indptr[:-1], plays.indptr[1:], strict=True):
        some = _parts(stop - start)
        drawn = start + rng.permutation(stop - start)
        part[drawn[some[0] : some[0] + some[1]]], part[drawn[some[0] + some[1] :]] = 1, 2
    counts, valid, wanted = (_where(plays, part == each) for each in range(3))
    return Trial(
        protocol=Protocol.ITEMS,
        part=Part.NEW,
        counts=counts,
        tags=_tags(community, None, (valid + wanted).tocsr()),
        friends=community.friends,
        profiles=counts,
        banned=(counts + valid).tocsr(),
        wanted=wanted,
        valid=valid,
    )


def _parts(n: int) -> tuple[int, int, int]:
    """8:1:1 of n, the small ones rounded down but for at least one each where n allows."""
    small = max(n // 10, 1)
    if n < 3:
        return (1, 0, n - 1) if n else (0, 0, 0)
    return n - 2 * small, small, small


def new_listeners(community: Community, seed: int) -> Trial:
    """Some listeners are not learnt from at all: four fifths of their artists are told, a fifth is to be found."""
    plays = community.plays
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(plays.shape[0])
    asked = np.sort(drawn[: min(_NEW_LISTENERS, plays.shape[0] // 5)])
    others = np.setdiff1d(drawn, asked)
    theirs = plays[asked]
    hidden = np.zeros(theirs.nnz, np.bool_)
    for start, stop in zip(theirs.indptr[:-1], theirs.indptr[1:], strict=True):
        hidden[start + rng.permutation(stop - start)[: int((stop - start) * _FOUND_SHARE)]] = True
    profiles = _where(theirs, ~hidden)
    return Trial(
        protocol=Protocol.LISTENER,
        part=Part.NEW,
        counts=plays[others],
        tags=_tags(community, others),
        friends=None,
        profiles=profiles,
        banned=profiles,
        wanted=_where(theirs, hidden),
    )


def by_time(community: Community) -> list[Trial]:
    """What came in the last fifth of all plays, by what was played before: artists that were new, and those that were
    not, apart. Only listeners and artists of the time before can be asked about and found."""
    events = community.events
    assert events is not None
    cut = np.quantile(events.at, _BEFORE, method="lower")
    early = events.at < cut
    before, after = (
        counted(events.listener[some], events.artist[some], np.ones(some.sum(), np.float32), community.plays.shape)
        for some in (early, ~early)
    )
    asked = np.flatnonzero(np.diff(before.indptr))
    known = np.bincount(before.indices, minlength=before.shape[1]) > 0
    profiles, later = before[asked], after[asked]
    later = _where(later, known[later.indices])
    again = later.multiply(profiles > 0).tocsr()
    new = (later - again).tocsr()
    new.eliminate_zeros()

    def trial(part: Part, wanted: csr_array) -> Trial:
        return Trial(Protocol.TIME, part, profiles, None, None, profiles, profiles, wanted)

    return [trial(Part.NEW, new), trial(Part.AGAIN, again)]


def _tags(community: Community, kept: Int64 | None, held: csr_array | None = None) -> csr_array | None:
    """Tags by the listeners ``kept``, without those that the listener of a ``held`` out pair gave to its artist."""
    tagged = community.tagged
    if tagged is None:
        return None
    fair = np.ones(len(tagged.tag), np.bool_)
    if kept is not None:
        fair = np.isin(tagged.listener, kept)
    if held is not None:
        artists = held.shape[1]
        row = np.repeat(np.arange(held.shape[0]), np.diff(held.indptr))
        pairs = tagged.listener.astype(np.int64) * artists + tagged.artist
        fair = ~np.isin(pairs, row * artists + held.indices)
    return tag_counts(tagged.where(fair), len(community.artists))


def _where(matrix: csr_array, kept: Bool) -> csr_array:
    """Some of the entries of a matrix."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return counted(row[kept], matrix.indices[kept], matrix.data[kept], matrix.shape)
