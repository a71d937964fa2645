"""The evaluation on many listeners: every recommender in the same trials, one table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from tui_music.engine.community.blend import blended, default_blend
from tui_music.engine.community.community import Community, CommunityRefused
from tui_music.engine.community.content import friends_play
from tui_music.engine.community.ease import EASE
from tui_music.engine.community.factors import NMF, PureSVD
from tui_music.engine.community.filtering import enough
from tui_music.engine.community.models import ItemKNN, Popularity
from tui_music.engine.evaluation.published import (
    ConstantSVD,
    NamesAlike,
    Random,
    RawSVD,
    Scorer,
    SimilarWithin,
    reciprocal,
)
from tui_music.engine.evaluation.ranking import K, Tally, top
from tui_music.engine.evaluation.splits import Part, Protocol, Trial, trials
from tui_music.engine.evaluation.table import Evaluation
from tui_music.library.history import Int64

#: Is told the share done (0–1) and at what.
Say = Callable[[float, str], None]
#: More listeners than these are drawn from, and artists beyond these have to have five listeners.
MOST_LISTENERS, MOST_ARTISTS = 5_000, 20_000
LEAST_LISTENERS, LEAST_ARTISTS = 10, 2 * K
#: Scores computed at once, of each recommender.
_BLOCK = 20_000_000
#: How much friends count beside the blend.
FRIENDS = 0.1
SEEDS = (0, 1, 2)


def evaluate(
    community: Community, say: Say = lambda done, doing: None, seeds: Sequence[int] = SEEDS, more: Sequence[Scorer] = ()
) -> Evaluation:
    """Every recommender, and ``more`` of them, on all protocols that the data allow; a split for each seed.

    Raises :class:`CommunityRefused` where there are too few listeners or artists to tell recommenders apart.
    """
    if len(community.listeners) < LEAST_LISTENERS or len(community.artists) < LEAST_ARTISTS:
        raise CommunityRefused(
            f"{community.source}: too few to compare recommenders on. At least {LEAST_LISTENERS} listeners and "
            f"{LEAST_ARTISTS} artists are needed. Give public data."
        )
    started = time.monotonic()
    splits = ", ".join(map(str, seeds))
    notes = [
        f"All artists are ranked, none sampled. Means over splits by seeds {splits}; by time there is but one.",
        "Intervals of NDCG (95 %) by drawing listeners anew, 2,000 times.",
        "Parameters and weights were chosen on the validation pairs of HetRec Last.fm, of splits 0 to 2.",
    ]
    if len(community.listeners) > MOST_LISTENERS:
        notes.append(f"{MOST_LISTENERS:,} of {len(community.listeners):,} listeners, drawn at random.")
        community = _drawn(community)
    least = 1
    if len(community.artists) > MOST_ARTISTS:
        least = 5
        notes.append("Models learn of listeners with 5 plays or more and artists with 5 listeners or more.")
    tallies: dict[tuple[Protocol, Part, str], Tally] = {}
    by_name = np.argsort(np.argsort(np.array(community.artists, np.object_), kind="stable"), kind="stable")
    for at, seed in enumerate(seeds):
        made = trials(community, seed)
        for number, trial in enumerate(made):
            done = (at + number / len(made)) / len(seeds)
            for name, lists in _lists(trial, community.artists, least, by_name, more, partial(say, done)):
                tallies.setdefault((trial.protocol, trial.part, name), Tally()).add(trial, lists)
    rows = [tally.row(*key) for key, tally in tallies.items() if tally.figures]
    rows.sort(key=lambda row: (row.protocol, -row.ndcg, row.recommender))
    return Evaluation(
        community.source,
        len(community.listeners),
        len(community.artists),
        tuple(rows),
        tuple(notes),
        time.monotonic() - started,
    )


def validated(trial: Trial, model: Scorer) -> float:
    """NDCG of a model on the pairs of a trial that parameters are chosen on."""
    assert trial.valid is not None
    scores = model.fit(trial.counts, trial.tags).scores(trial.profiles)
    tally = Tally()
    places = np.arange(trial.counts.shape[1])
    tally.add(replace(trial, wanted=trial.valid), top(scores, trial.counts, trial.part, K, places))
    return tally.row(trial.protocol, trial.part, model.name).ndcg


def _drawn(community: Community) -> Community:
    """The same with fewer listeners."""
    drawn = np.random.default_rng(0).permutation(len(community.listeners))[:MOST_LISTENERS]
    return community.of_listeners(np.sort(drawn))


def _lists(
    trial: Trial, names: Sequence[str], least: int, by_name: Int64, more: Sequence[Scorer], doing: Callable[[str], None]
) -> Iterator[tuple[str, Int64]]:
    """The name of each recommender and its lists, shape (listeners asked, k)."""
    learnt_from, artists = enough(trial.counts, least, least)
    if len(artists) < K:
        return  # hardly anybody shares anybody: there is nothing to learn
    counts = trial.counts[learnt_from][:, artists]
    tags = None if trial.tags is None else trial.tags[artists]
    blend = default_blend()
    named = NamesAlike([names[artist] for artist in artists.tolist()])
    simple = (Random(), Popularity(), ItemKNN(), PureSVD(), NMF(), EASE(tags=0))
    published = (SimilarWithin(), RawSVD(), ConstantSVD(), named)
    models: list[Scorer] = [*simple, *published, *blend.models, *more]
    for model in models:
        doing(f"{trial.protocol}: {model.name}")
        model.fit(counts, tags)
    profiles, banned = trial.profiles[:, artists], trial.banned[:, artists]
    rows = max(_BLOCK // max(len(artists), 1), 1)
    found: dict[str, list[Int64]] = {}
    for start in range(0, profiles.shape[0], rows):
        block = slice(start, start + rows)
        asked, out = profiles[block], banned[block]
        scores = {model.name: model.scores(asked) for model in models}
        parts = [scores[model.name] for model in blend.models]
        scores["blend"] = blended(parts, blend.weights, asked)
        scores["RRF(60) of the blend's parts"] = reciprocal(parts, out, 60)
        scores["system 3: 1/rank of kNN and SVD"] = reciprocal([scores["item-kNN"], scores[RawSVD.name]], out, 0)
        if trial.friends is not None:
            friends = friends_play(trial.friends[block][:, learnt_from], asked, counts)
            scores["blend and friends"] = scores["blend"] + blended([friends], [FRIENDS], asked)
        for name, each in scores.items():
            listed = top(each, out, trial.part, K, by_name[artists])
            found.setdefault(name, []).append(np.where(listed >= 0, artists[listed], -1))
    yield from ((name, np.concatenate(each)) for name, each in found.items())
