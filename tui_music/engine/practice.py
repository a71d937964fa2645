"""What recommenders would have said at moments of the past, each having learnt from what was played before it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, diags_array

from tui_music.engine.candidate import Mode, Recommender
from tui_music.engine.hearings import DAY_S
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.listening import Listening
from tui_music.engine.moments import Moment
from tui_music.engine.pool import SLOW
from tui_music.library.history import Bool, Float64, Int64

#: Days for which slow recommenders keep what they learnt.
_ANEW_DAYS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What was said at a moment: ``value`` (candidates, recommenders), nan for no opinion, of the artists ``codes`` in
    the order of their names; ``wanted`` (candidates,) are those that came. ``plays`` are the counted plays of each
    before, ``all_plays`` those of everybody. ``relevant`` is how many came in all, ``again`` how many of these had been
    heard before."""

    moment: Moment
    codes: Int64
    value: Float64
    wanted: Bool
    plays: Int64
    all_plays: int
    relevant: int
    again: int


def practice(
    listening: Listening,
    knowledge: Knowledge,
    mode: Mode,
    moments: Sequence[Moment],
    recommenders: Sequence[Recommender],
    each: Callable[[], None] = lambda: None,
) -> Iterator[Said]:
    """What ``recommenders`` say at each moment of the artists of a mode: those heard before, or those that were not.

    Whatever services said of artists not heard by then is hidden, for they would not have been asked: to know of an
    artist that one came to play is to know the answer. Slow recommenders learn at most once in 60 days.
    ``each`` is called before every moment; what it raises ends the practice.
    """
    by_name = np.array(sorted(range(len(knowledge)), key=knowledge.artists.__getitem__), np.int64)
    fast = [at for at, recommender in enumerate(recommenders) if not isinstance(recommender, SLOW)]
    slow = [at for at, recommender in enumerate(recommenders) if isinstance(recommender, SLOW)]
    fitted = [copy(recommender) for recommender in recommenders]
    learnt = None
    for moment in moments:
        each()
        heard = listening.until(moment.now)
        plays = np.bincount(heard.artist, minlength=len(knowledge))
        anew = learnt is None or moment.now - learnt >= _ANEW_DAYS * DAY_S
        if anew:
            learnt, then = moment.now, known_of(knowledge, plays > 0)
        for at in (*fast, *(slow if anew else ())):
            fitted[at].fit(heard, then)
        query = replace(moment.query, mode=mode)
        said = [recommender.scores(query) for recommender in fitted]
        asked = plays > 0 if mode is Mode.FAMILIAR else (plays == 0) & ~np.isnan(said).all(0)
        codes = by_name[asked[by_name]]
        value = np.stack([score[codes] for score in said])  # what one recommender said stays together: that is quicker
        wanted = np.zeros(len(knowledge), np.bool_)
        wanted[moment.wanted] = True
        again = int(np.count_nonzero(plays[moment.wanted]))
        yield Said(moment, codes, value.T, wanted[codes], plays[codes], len(heard), len(moment.wanted), again)


def known_of(knowledge: Knowledge, heard: Bool) -> Knowledge:
    """The knowledge of one who has ``heard`` (artists,) only these artists and asked about no others."""
    if knowledge.is_empty:
        return knowledge
    only = diags_array(heard.astype(np.float32))
    similar, tags = csr_array(only @ knowledge.similar), csr_array(only @ knowledge.tags)
    similar.eliminate_zeros()
    tags.eliminate_zeros()
    return replace(
        knowledge,
        similar=similar,
        tags=tags,
        listeners=np.where(heard, knowledge.listeners, np.nan),
        asked=np.where(heard, knowledge.asked, 0),
        tagged=np.where(heard, knowledge.tagged, 0),
    )


def best(score: Float64, k: int) -> Int64:
    """The places of the ``k`` highest scores, best first, equals in their order; nan is never among them."""
    some = np.flatnonzero(~np.isnan(score))
    if len(some) > k:
        least = np.partition(score[some], len(some) - k)[len(some) - k]
        some = some[score[some] >= least]
    return some[np.argsort(-score[some], kind="stable")][:k]
