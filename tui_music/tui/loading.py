"""What threads compute for the session: the history read from the library, and the answers about one scope of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tui_music.demo import LISTENER, demo_zip, keep_replies
from tui_music.errors import BadRange
from tui_music.library import overview as overviews
from tui_music.library.calendar import parse_range, today
from tui_music.library.history import History
from tui_music.library.ingest import DEFAULT_LISTENER, Cancelled, ImportReport, Progress, import_paths
from tui_music.library.journal import Journal, Triage
from tui_music.library.library import Library, Listener
from tui_music.library.overview import Overview
from tui_music.library.ranking import rank_artists
from tui_music.library.scope import ALL_TIME, Measure, Scope
from tui_music.library.zones import ZoneChoice, choose_zone
from tui_music.settings import Settings, write_private
from tui_music.tui.memory import give_back_large

_KEPT = "overview.bin"
_PROGRESS_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """Answers about ``scope``. ``history`` is ``None`` while they are those of an earlier run.

    ``library`` and ``listeners`` come with a library that was just opened; ``zone`` says how its time zone was chosen.
    """

    scope: Scope
    overview: Overview | None
    history: History | None
    library: Library | None = None
    listeners: tuple[Listener, ...] | None = None
    zone: ZoneChoice | None = None


def load(settings: Settings, scope: Scope, measure: Measure) -> Iterator[Found]:
    """First what an earlier run kept, if it still holds; then the history and its answers. Errors are the library's."""
    give_back_large()
    library = Library(settings.library_file)
    kept = _kept(settings, scope, library.revision())
    listeners = tuple(library.listeners())
    if kept:
        scope = kept.scope
        yield Found(scope, kept, None, library, listeners)
    if settings.demo:
        keep_replies(settings)
    names = [listener.name for listener in listeners]
    history = library.load(scope.listener if scope.listener in names else None)
    choice = choose_zone(settings.zone, history)
    scope = replace(scope, listener=history.listener, zone=choice.zone)
    try:
        scope = scope.within(parse_range(scope.range.label, today(history, scope.zone)))
    except BadRange:
        scope = scope.within(ALL_TIME)
    found = count(history, scope, measure, settings)
    if kept and found.overview and overviews.to_bytes(kept) == overviews.to_bytes(found.overview):
        found = replace(found, overview=kept)  # what is on screen already need not be painted again
    yield replace(found, library=library, listeners=listeners, zone=choice)


def count(history: History, scope: Scope, measure: Measure, settings: Settings) -> Found:
    """The answers about a scope; they are kept for the next start."""
    answer = overviews.overview(history, scope)
    rank_artists(history, scope, measure)  # remembered beside the history, for whoever asks next
    _keep(settings, answer)
    return Found(scope, answer, history)


def import_files(
    settings: Settings,
    paths: Sequence[Path],
    listener: str,
    progress: Callable[[Progress], object],
    cancelled: Callable[[], bool],
) -> ImportReport | None:
    """Import (the demo, if no ``paths`` are given) and report; ``None`` when ``cancelled``.

    ``progress`` hears of it a few times a second.
    """
    heard = 0.0

    def tell(at: Progress) -> None:
        nonlocal heard
        now = time.monotonic()
        if now - heard >= _PROGRESS_EVERY_S or at.stage == "storing":
            heard = now
            progress(at)

    try:
        library = Library(settings.library_file)
        if not paths:
            paths, listener = [demo_zip()], LISTENER
        return import_paths(library, paths, listener or DEFAULT_LISTENER, progress=tell, cancelled=cancelled)
    except Cancelled:
        return None


def decide(library: Library, listener: str, artist: str, verdict: str, track: str | None) -> None:
    """Keep a verdict in the journal."""
    Journal(library).record(listener, artist, Triage(verdict), int(time.time()), track)


def pass_over(library: Library, listener: str, artists: Iterable[str]) -> None:
    """Remember that artists were shown today and got no verdict."""
    Journal(library).shown(listener, artists, int(time.time()))


def undo(library: Library, listener: str) -> tuple[str | None, str | None, str, str | None]:
    """Take the last verdict back: on which artist and track it was, which, and what holds now; nobody when there is
    none."""
    journal = Journal(library)
    entry = journal.undo(listener, int(time.time()))
    if entry is None:
        return None, None, "", None
    return entry.artist, entry.track, entry.verdict, journal.verdicts(listener).of(entry.artist, entry.track)


def _keep(settings: Settings, answer: Overview) -> None:
    with suppress(OSError):
        write_private(settings.cache_dir / _KEPT, overviews.to_bytes(answer))


def _kept(settings: Settings, scope: Scope, revision: int) -> Overview | None:
    """What was kept of the same library and the same scope, as far as that can be told before the history is read."""
    try:
        data = (settings.cache_dir / _KEPT).read_bytes()
    except OSError:
        return None
    kept = overviews.from_bytes(data)
    same = (
        kept is not None
        and kept.revision == revision
        and kept.listener == (scope.listener or kept.listener)
        and (kept.kind, kept.counted_ms, kept.label) == (scope.kind, scope.counted_ms, scope.range.label)
        and settings.zone in (None, kept.zone)
    )
    return kept if same else None
