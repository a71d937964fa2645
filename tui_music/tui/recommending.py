"""What the threads of Discover compute: the engine over a history, its answers, and what else is known of an artist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from tui_music.engine import gathering, opening, paths, tracks
from tui_music.engine.blend import Dials
from tui_music.engine.candidate import Candidate, Level, Mode, Query, Recommendations
from tui_music.engine.diversity import OFF, Diversity
from tui_music.engine.engine import Engine
from tui_music.engine.ground import BARELY, Ground
from tui_music.engine.kept import Kept
from tui_music.engine.notes import Note, Why, context
from tui_music.engine.others import learnable
from tui_music.engine.presets import PRESETS
from tui_music.errors import ServiceError
from tui_music.export import Row
from tui_music.export_rows import Songs, recommended_rows
from tui_music.export_rows import crate_rows as rows_of_crate
from tui_music.library.history import History
from tui_music.library.journal import Entry, Journal
from tui_music.library.library import Library
from tui_music.library.ranking import Ranking, rank_artists
from tui_music.library.scope import ALL_TIME, Kind, Measure, Scope
from tui_music.text import fold
from tui_music.tui.asked import Asked, Seeds
from tui_music.tui.verdicts import held
from tui_music.tui.widgets.anatomy import About
from tui_music.tui.widgets.figures import Figure, count
from tui_music.tui.widgets.grid import Counts

if TYPE_CHECKING:
    from tui_music.services.gateway import Services

#: Songs, tags and known artists told of one.
_SONGS, _TAGS, _KNOWN = 5, 6, 6
_TIERS = ((1, 10), (11, 50), (51, 120), (121, 500), (501, 2_000), (2_001, 1 << 40))
#: How familiar: by the days since an artist was played last; new is never, or hardly.
_BANDS, _AGES, _DAY_S = ("≤ 30 d", "≤ 1 y", "older", "new"), (-1, 30, 365, 1 << 40), 86_400
_DIVERSITIES = {"usual": Diversity(), "strong": Diversity(likeness=0.5, most=0.15), "off": OFF}


@dataclass(frozen=True, slots=True)
class Answer:
    """Both lists for what was asked; ``verdicts`` are the journal's by folded name; ``context`` says how usual the
    hour is. Not ``whole``: what can be said without the engine."""

    asked: Asked
    familiar: Recommendations
    discover: Recommendations
    verdicts: Mapping[str, str]
    context: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A question: which list, started from whom."""

    mode: Literal["familiar", "discover"]
    seeds: Seeds


@dataclass(frozen=True, slots=True)
class Board:
    """Tiers × how familiar: how many artists, and the question that each number is."""

    counts: Counts
    cells: tuple[tuple[Cell, ...], ...]


def make(
    services: Services,
    library: Library,
    history: History,
    scope: Scope,
    asked: Asked,
    desk: Desk | None,
    trained: bool = False,
) -> Iterator[tuple[Answer, Desk | None, Board | None]]:
    """An answer that needs no engine, unless there is a ``desk`` already; then, where that is out of date, the desk as
    it should be, its answer and its board. ``trained``: there are new models."""
    if desk is None:
        yield _at_once(history, scope, asked), None, None
    verdicts, revision = Journal(library).verdicts(scope.listener), opening.revision(services.settings, services.cache)
    if desk is None or trained or desk.revision != revision:
        given = services.settings, services.cache, history, scope.zone, verdicts
        engine = opening.open_engine(*given, counted_ms=scope.counted_ms)
        desk = Desk(services, revision, engine, _trained(services, history, scope, revision, engine))
    elif desk.engine.verdicts != verdicts:
        desk = Desk(services, revision, desk.engine.judged(verdicts), desk.trained)
    else:
        return
    yield desk.answer(asked), desk, _board(history, scope, desk.engine.ground)


class Desk:
    """The engine ready to be asked, as of a revision of the cache; ``trained``: all that training makes fits."""

    def __init__(self, services: Services, revision: tuple[int, ...], engine: Engine, trained: bool) -> None:
        self.revision, self.engine, self.trained = revision, engine, trained
        self._services = services
        self._verdicts = held(engine.verdicts)

    def answer(self, asked: Asked) -> Answer:
        """Both lists."""
        seeds = None if asked.seeds is None else asked.seeds.codes
        preset, dials, diversity = PRESETS[asked.preset], Dials(*asked.dials), _DIVERSITIES[asked.diversity]
        familiar, discover = (
            self.engine.recommend(Query(mode, asked.hour, seeds), preset, dials, asked.length, diversity)
            for mode in Mode
        )
        return Answer(asked, familiar, discover, self._verdicts, context(self.engine.ground.listening, asked.hour))

    @cached_property
    def _code_of(self) -> dict[str, int]:
        return gathering.codes(self.engine.ground.knowledge, self.engine.ground.listening.plays)

    def about(self, candidate: Candidate) -> About:
        """What the cache knows of an artist."""
        ground, name = self.engine.ground, candidate.name
        near = paths.like(ground.knowledge, ground.listening.plays, [candidate.code])
        row = ground.knowledge.tags[[candidate.code]]
        weightiest = np.argsort(-row.data, kind="stable")[:_TAGS]
        return About(
            name=name,
            songs=self._songs(name, cached=True),
            tags=tuple(ground.knowledge.tag_names[column] for column in row.indices[weightiest].tolist()),
            known=tuple((stop.name, stop.similarity or 0.0) for stop in near if stop.heard)[:_KNOWN],
        )

    def completed(self, about: About) -> About:
        """With the songs that services know, or why there are none. Waits for the network."""
        try:
            return replace(about, songs=self._songs(about.name, cached=False), whole=True)
        except ServiceError as problem:
            return replace(about, note=str(problem), whole=True)

    def _songs(self, name: str, *, cached: bool) -> tuple[str, ...]:
        """Songs to start with: the listener's own, and the most played of all."""
        try:
            top = self._services.top_tracks(name, cached=cached).value
        except ServiceError:
            if not cached:
                raise
            top = None
        without = self.engine.verdicts.unwanted
        found = tracks.songs(self.engine.ground.listening, self._code_of, name, top=top, n=_SONGS, without=without)
        return tuple(song.title for song in found)


def _trained(services: Services, history: History, scope: Scope, revision: tuple[int, ...], engine: Engine) -> bool:
    """Whether all that training makes fits. What does not is done without until it is trained."""
    kept = Kept(services.settings.models_dir, history.listener)
    learnt_from = kept.learnt_from(scope.zone, scope.counted_ms, engine.ground.knowledge)
    weighed_by = kept.learnt_from(scope.zone, scope.counted_ms, engine.ground.knowledge, learnable(engine.others))
    wanted = {"knowledge": {"replies": revision[0]}, "phases": learnt_from, "weights": weighed_by}
    return all(kept.has(what, history.revision, parameters) for what, parameters in wanted.items())


def _all_music(scope: Scope) -> Scope:
    return replace(scope, kind=Kind.MUSIC, range=ALL_TIME)


def _at_once(history: History, scope: Scope, asked: Asked) -> Answer:
    """Most played: what needs no engine."""
    ranking = rank_artists(history, _all_music(scope), Measure.PLAYS)
    heard = int(np.count_nonzero(ranking.counted))
    found = tuple(_most_played(ranking, row) for row in range(min(asked.length, heard)))
    familiar = Recommendations(Mode.FAMILIAR, found, heard, Level.MOST_PLAYED, None, None)
    nothing = Recommendations(Mode.DISCOVER, (), 0, Level.MOST_PLAYED, Note(Why.NOT_YET), None)
    return Answer(asked, familiar, nothing, {}, whole=False)


def _most_played(ranking: Ranking, row: int) -> Candidate:
    plays = int(ranking.counted[row])
    return Candidate(
        rank=row + 1,
        code=int(ranking.code[row]),
        name=ranking.name(row),
        score=float(plays),
        confidence=1.0,
        plays=plays,
        last=int(ranking.last[row]),
        signals=(),
        reason=f"{plays:,} plays.",
    )


def _board(history: History, scope: Scope, ground: Ground) -> Board:
    """Tiers by hours, as the screen Tiers has them; of each, whom one played when, and who is new and like them."""
    ranking = rank_artists(history, _all_music(scope), Measure.HOURS)
    days = (ground.listening.now - ranking.last) // _DAY_S
    heard = ranking.counted > 0
    bands = [heard & (days > since) & (days <= until) for since, until in pairwise(_AGES)]
    rows, numbers, cells = [], [], []
    for first, last in _TIERS:
        part = slice(first - 1, min(last, len(ranking)))
        codes, tier = ranking.code[part], Figure(f"{count(first)}–{count(part.stop)}")
        if not len(codes):
            break
        near = ground.knowledge.graph[codes].indices
        new = np.unique(near[ground.plays[near] <= BARELY])
        known = [codes[band[part]] for band in bands]
        labels = (Figure(f"ranks {tier}, {band}") for band in _BANDS)
        rows.append(tier)
        numbers.append((*map(len, known), len(new)))
        cells.append((
            *(Cell("familiar", Seeds(label, among)) for label, among in zip(labels, known, strict=False)),
            Cell("discover", Seeds(Figure(f"from ranks {tier}"), codes)),
        ))  # fmt: skip
    return Board(Counts(tuple(rows), tuple(map(Figure, _BANDS)), tuple(numbers)), tuple(cells))


# the crate, and lists to be written


def crate(library: Library, history: History, counted_ms: int) -> list[tuple[Entry, int, int]]:
    """What is kept for later, last added first: the entry, the artist's code (−1: not in the library), plays; of a
    single track its own."""
    names, counted = history.names, (history.ms_played >= counted_ms) & (history.kind == Kind.MUSIC)
    plays = np.bincount(history.artist[counted], minlength=len(names.artists))
    of_track = np.bincount(history.track[counted], minlength=len(names.tracks))
    entries = Journal(library).crate(history.listener)
    wanted = {fold(entry.artist) for entry in entries}
    code_of: dict[str, int] = {}
    for code, name in enumerate(names.artists):
        if (folded := fold(name)) in wanted and (folded not in code_of or plays[code] > plays[code_of[folded]]):
            code_of[folded] = code

    def played(code: int, title: str | None) -> int:
        if code < 0 or title is None:
            return int(plays[code]) if code >= 0 else 0
        own = np.flatnonzero(names.track_artist == code)
        return int(sum(of_track[track] for track in own if fold(names.tracks[track]) == fold(title)))

    codes = [code_of.get(fold(entry.artist), -1) for entry in entries]
    return [(entry, code, played(code, entry.track)) for entry, code in zip(entries, codes, strict=True)]


def crate_rows(
    services: Services, library: Library, history: History, scope: Scope, entries: Sequence[Entry]
) -> list[Row]:
    """Songs to start with of what is kept, for a file."""
    top = top_songs(services, [entry.artist for entry in entries])
    return rows_of_crate(Songs(library, history, _all_music(scope), top=top), entries)


def list_rows(
    services: Services, library: Library, history: History, scope: Scope, found: Recommendations
) -> list[Row]:
    """Songs to start with of recommended artists, for a file."""
    top = top_songs(services, [candidate.name for candidate in found.candidates])
    return recommended_rows(Songs(library, history, _all_music(scope), top=top), found)


def top_songs(services: Services, artists: Sequence[str]) -> dict[str, list[str]]:
    """What the cache has of the top songs of artists, by folded name."""
    titles = {}
    for artist in artists:
        with suppress(ServiceError):
            reply = services.top_tracks(artist, cached=True)
            titles[fold(artist)] = [track.title for track in reply.value.tracks] if reply.value else []
    return titles
