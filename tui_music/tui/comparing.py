"""What the threads of Listeners compute: sums and charts over all of them, and what each method recommends to one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tui_music.engine.candidate import Mode, Query
from tui_music.engine.community import kept
from tui_music.engine.listening import Listening
from tui_music.engine.models import UnfitModel
from tui_music.engine.notes import Advice
from tui_music.engine.opening import open_engine
from tui_music.library.history import History
from tui_music.library.journal import Journal
from tui_music.library.library import Library
from tui_music.library.listeners import Charted, ListenerCharts, ListenerSums, listener_charts, listener_sums
from tui_music.library.scope import Scope
from tui_music.library.zones import choose_zone
from tui_music.settings import Settings
from tui_music.text import fold
from tui_music.tui.asked import hour_now
from tui_music.tui.widgets.listeners_rows import Compared, Method

if TYPE_CHECKING:
    from tui_music.services.gateway import Services

#: So many artists of each method are listed.
LENGTH = 25
_TITLES = {Mode.FAMILIAR: "play again", Mode.DISCOVER: "discover"}
_BUILD = "tui-music community build PATH adds what others with the same artists play."
#: What the engine advises, with keys of this program.
_ADVICE = {
    Advice.IMPORT: "9 imports.",
    Advice.FETCH: "9 fetches more.",
    Advice.SHOW_PASSED: "4 shows them without diversity.",
    Advice.UNDO: "On 4, u takes the last verdict back.",
}


@dataclass(frozen=True, repr=False, eq=False)
class Drawn:
    """The charts of the library's listeners, or of the community that was built (``source``): plays of each listener,
    and what all of them play."""

    source: str
    plays: Sequence[int]
    charts: ListenerCharts


def everybody(library: Library, scope: Scope) -> tuple[ListenerSums, ...]:
    """All listeners of the library."""
    return listener_sums(library, scope.kind, scope.counted_ms)


def drawn(library: Library, scope: Scope, sums: Sequence[ListenerSums]) -> Drawn:
    """The charts over all listeners of the library."""
    return Drawn("", [each.plays for each in sums], listener_charts(library, scope.kind, scope.counted_ms))


def opened(settings: Settings) -> kept.Kept | None:
    """The community that was built, if one was that can be opened."""
    path = settings.community_dir / kept.FILE
    try:
        return _opened(path, path.stat().st_mtime_ns)
    except (OSError, UnfitModel):
        return None


@lru_cache(maxsize=1)
def _opened(path: Path, built: int) -> kept.Kept:
    """Opened once while it is not built anew."""
    return kept.load(path)


def drawn_of(community: kept.Kept) -> Drawn:
    """The charts of a community."""
    charts = community.charts
    artists, tracks = (
        tuple(Charted(each.name, each.artist, each.plays, each.listeners) for each in listed)
        for listed in (charts.artists, charts.tracks)
    )
    source = community.about.source
    return Drawn(source, charts.plays.tolist(), ListenerCharts(artists, tracks, charts.days, charts.plays_on))


def compare(
    services: Services,
    library: Library,
    listener: str,
    counted_ms: int,
    history: History | None,
) -> Iterator[Compared | None]:
    """What each method recommends to a listener, after some ``None`` at which whoever asks may stop; ``history`` is
    theirs if it is loaded already."""
    if history is None or history.listener != listener:
        history = library.load(listener)
    yield None
    settings, verdicts = services.settings, Journal(library).verdicts(listener)
    zone = choose_zone(settings.zone, history).zone
    engine = open_engine(settings, services.cache, history, zone, verdicts, counted_ms=counted_ms)
    methods: list[Method] = []
    told = ""
    for mode in Mode:
        found = engine.recommend(Query(mode, hour_now(history, zone)), n=LENGTH)
        methods.append(Method(_TITLES[mode], tuple(each.name for each in found.candidates)))
        told = told or (f"{_TITLES[mode].capitalize()}: {found.note.said(_ADVICE)}" if found.note else "")
        yield None
    community = opened(settings)
    if community is None:
        yield Compared(listener, tuple(methods), told, _BUILD)
        return
    more = _of_community(community, engine.ground.listening, verdicts.excluded(discovering=True))
    missing = "" if more else "The community knows nobody whom this listener plays."
    yield Compared(listener, (*methods, *more), told, missing)


def _of_community(community: kept.Kept, heard: Listening, hidden: frozenset[str]) -> list[Method]:
    """What each model of the community says, the blend of them first. Who was heard, or was decided on, is left out."""
    names = heard.names.artists
    plays = {names[code]: float(heard.plays[code]) for code in np.flatnonzero(heard.plays).tolist()}
    profile = community.profile(plays)
    if not profile.nnz:
        return []
    without = {*hidden, *map(fold, plays)}
    new = [code for code, name in enumerate(community.artists) if fold(name) not in without]
    methods = []
    for model in (community.blend, *community.blend.models):
        score = model.scores(profile)[0]
        best = sorted(new, key=lambda code: (-round(float(score[code]), 5), community.artists[code]))[:LENGTH]
        if score.any():  # a community without tags has a model that says nothing
            name = "community" if model is community.blend else model.name
            methods.append(Method(name, tuple(community.artists[code] for code in best)))
    return methods
