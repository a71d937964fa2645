"""The engine over a history, with what was trained for it and what the cache holds: the one way to open it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from tui_music.engine.engine import Engine
from tui_music.engine.gathering import gather, replies_revision, widened
from tui_music.engine.kept import Kept
from tui_music.engine.knowledge import Knowledge
from tui_music.engine.models import UnfitModel
from tui_music.engine.network import Network
from tui_music.engine.others import open_others, stamp
from tui_music.library.calendar import now_of
from tui_music.library.history import History, Int32
from tui_music.library.journal import Verdicts
from tui_music.library.memo import remember
from tui_music.library.scope import COUNTED_MS, Kind
from tui_music.services.cache import ReplyCache
from tui_music.settings import Settings

T = TypeVar("T")


def known(settings: Settings, cache: ReplyCache, history: History, counted_ms: int = COUNTED_MS) -> Knowledge:
    """What the cache tells of the artists of a history: as it was trained, else gathered now (a second or two)."""
    return _known(settings, cache, history, counted_ms)[0]


def open_engine(
    settings: Settings,
    cache: ReplyCache,
    history: History,
    zone: str,
    verdicts: Verdicts,
    now: int | None = None,
    counted_ms: int = COUNTED_MS,
) -> Engine:
    """The engine as of ``now`` (UTC seconds; :func:`~tui_music.library.calendar.now_of` the history if not given). Not
    for the thread that draws."""
    now = now_of(history) if now is None else now
    folders = settings.community_dir, settings.catalogue_dir
    others = remember(history, ("others", *stamp(*folders)), lambda: open_others(*folders))
    told, community = _known(settings, cache, history, counted_ms)
    knowledge = remember(told, ("widened", *stamp(*folders)), lambda: widened(told, others.artists))
    kept = Kept(settings.models_dir, history.listener)
    return Engine(
        history,
        zone,
        knowledge,
        weights=_if_fit(kept.weights),
        phases=_if_fit(lambda: kept.phases(history.revision)) if now >= history.end.max(initial=0) else None,
        verdicts=verdicts,
        now=now,
        counted_ms=counted_ms,
        community=community,
        fresh_days=settings.cache_days,
        others=others.recommenders,
    )


def revision(settings: Settings, cache: ReplyCache) -> tuple[int, ...]:
    """Changes whenever an engine opened anew would know more: by the replies, the community or the catalogue."""
    return replies_revision(cache), *stamp(settings.community_dir, settings.catalogue_dir)


def open_network(settings: Settings, cache: ReplyCache, history: History, counted_ms: int = COUNTED_MS) -> Network:
    """Who is like whom of all artists that services told of, in the communities that training found last. Raises
    :class:`UnfitModel` while it has found none in this library.

    What was learnt of since is not in it: communities and links are of one time.
    """
    kept = Kept(settings.models_dir, history.listener)

    def made() -> Network:
        knowledge, community = _known(settings, cache, history, counted_ms)
        if community is None:
            knowledge, community = kept.knowledge(history.revision)
        counted = (history.ms_played >= counted_ms) & (history.kind == Kind.MUSIC)
        plays = np.bincount(history.artist[counted], minlength=len(knowledge)).astype(np.int64)
        return Network(knowledge.graph, knowledge.artists, plays, community)

    path = kept.path("knowledge")
    return remember(history, ("network", counted_ms, path.stat().st_mtime_ns if path.exists() else 0), made)


def _known(settings: Settings, cache: ReplyCache, history: History, counted_ms: int) -> tuple[Knowledge, Int32 | None]:
    """Kept beside the history: all who ask hold the same one."""
    revision = replies_revision(cache)

    def trained() -> tuple[Knowledge, Int32 | None]:
        return Kept(settings.models_dir, history.listener).knowledge(history.revision, revision)

    def gathered() -> tuple[Knowledge, Int32 | None]:
        counted = (history.ms_played >= counted_ms) & (history.kind == Kind.MUSIC)
        plays = np.bincount(history.artist[counted], minlength=len(history.names.artists))
        return gather(cache, history.names, plays), None

    try:
        return remember(history, ("knowledge", revision), trained)
    except UnfitModel:
        return remember(history, ("knowledge", revision, counted_ms), gathered)


def _if_fit(model: Callable[[], T]) -> T | None:
    try:
        return model()
    except UnfitModel:
        return None  # done without until it is trained
