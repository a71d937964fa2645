"""What the running program knows, and what it remembers from one run to the next. Nothing here needs Textual."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_music.library.scope import ALL_TIME, DateRange, Kind, Measure, Scope
from tui_music.settings import Settings, write_private

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.ingest import ImportReport, Progress
    from tui_music.library.library import Library, Listener
    from tui_music.library.overview import Overview
    from tui_music.services import warm
    from tui_music.tui.widgets.canvas import Drawable

SEARCHES = 10


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept between runs: who and what was looked at, the screen, the last searches (newest first)."""

    listener: str | None = None
    range: str = ALL_TIME.label  # as typed; read again with parse_range, so that "last 90 days" moves on
    kind: Kind = Kind.MUSIC
    measure: Measure = Measure.HOURS
    screen: str = "library"
    searches: tuple[str, ...] = ()

    def searched(self, text: str) -> Remembered:
        """With one more search, once only and first."""
        text = text.strip()[:200]
        return replace(self, searches=tuple(dict.fromkeys((text, *self.searches)))[:SEARCHES]) if text else self


def recall(path: Path) -> Remembered:
    """What was remembered; whatever cannot be read is forgotten."""
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return Remembered()
    if not isinstance(raw, dict):
        return Remembered()

    def text(name: str, default: Any) -> Any:
        value = raw.get(name)
        return value if isinstance(value, str) and len(value) <= 200 else default

    searches = raw.get("searches")
    kind, measure = text("kind", "music"), text("measure", "hours")
    return Remembered(
        listener=text("listener", None),
        range=text("range", ALL_TIME.label),
        kind=next((each for each in Kind if each.label == kind), Kind.MUSIC),
        measure=Measure(measure) if measure in set(Measure) else Measure.HOURS,
        screen=text("screen", "library"),
        searches=tuple(each for each in searches if isinstance(each, str))[:SEARCHES]
        if isinstance(searches, list)
        else (),
    )


def remember(path: Path, kept: Remembered) -> None:
    """Write what is kept. A full disk or a read-only home costs the memory, not the program."""
    raw = {
        "listener": kept.listener,
        "range": kept.range,
        "kind": kept.kind.label,
        "measure": kept.measure.value,
        "screen": kept.screen,
        "searches": list(kept.searches),
    }
    try:
        write_private(path, json.dumps(raw, indent=1).encode())
    except OSError:
        return


@dataclass(slots=True)
class Session:
    """What screens draw from. Each field is an unchanging answer, replaced as a whole, on the event loop only.

    ``history`` is ``None`` until it is loaded; ``overview`` may be there before it, kept from an earlier run.
    ``overview`` belongs to ``answered``, the scope it was computed for; while that is not ``scope`` it is stale.
    """

    settings: Settings
    library: Library | None = None
    listeners: tuple[Listener, ...] = ()
    history: History | None = None
    scope: Scope = field(default_factory=lambda: Scope(""))
    measure: Measure = Measure.HOURS
    overview: Overview | None = None
    answered: Scope | None = None
    remembered: Remembered = field(default_factory=Remembered)
    #: Verdicts of this run by folded name, which hold before they are in the journal; ``None``: taken back.
    verdicts: Mapping[str, str | None] = field(default_factory=dict)
    #: Why there is nothing to show, in one sentence.
    failure: Drawable | None = None
    #: The import that is running, and the account of the last one.
    importing: Progress | None = None
    report: ImportReport | None = None
    #: No service is asked in this run; and how far fetching ahead is, while it is going on.
    offline: bool = False
    warming: warm.Progress | None = None
    #: Grows when weights were fitted anew, which recommendations then go by.
    proofs: int = 0
    #: Grows with everything that screens should draw again for.
    version: int = 0

    @property
    def stale(self) -> bool:
        """What is on screen belongs to another scope, or to an earlier run."""
        return self.history is None or self.answered != self.scope

    def kept(self, screen: str) -> Remembered:
        """What to remember of this run."""
        return replace(
            self.remembered,
            listener=self.scope.listener or None,
            range=self.scope.range.label,
            kind=self.scope.kind,
            measure=self.measure,
            screen=screen,
        )


def started(settings: Settings, listener: str | None = None, offline: bool = False) -> Session:
    """A session as the last one ended, before anything is loaded. The demo is offline: no service knows its artists."""
    kept = recall(settings.state_file)
    who = listener or kept.listener or ""
    label = DateRange(label=kept.range)  # its dates are known once the history is
    scope = Scope(who, settings.zone or "UTC", kept.kind, label, settings.counted_ms)
    offline = offline or settings.offline or settings.demo
    return Session(settings, scope=scope, measure=kept.measure, remembered=kept, offline=offline)
