"""The questions that change the scope: dates, kind, threshold, time zone. It changes everything together."""

from __future__ import annotations

from dataclasses import replace

from tui_music.errors import BadSetting
from tui_music.library.scope import Kind
from tui_music.text import shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.prompt import Completion, Question
from tui_music.tui.widgets.figures import Figure

_UNITS = {"": 1000, "s": 1000, "sec": 1000, "seconds": 1000, "ms": 1, "m": 60_000, "min": 60_000, "minutes": 60_000}
_LONGEST_MS = 3_600_000


def ask_range(screen: MusicScreen) -> None:
    """Dates as :func:`parse_range` reads them, with the usual ones to pick."""
    history, scope = screen.session.history, screen.session.scope
    if history is None:
        screen.tell(Figure("One moment: the history is still being loaded."))
        return
    from tui_music.library.calendar import parse_range, presets, today

    now = today(history, scope.zone)
    offered = tuple(Figure(each.label) for each in presets(history, scope.zone))
    question = Question(Figure("range"), lambda text: parse_range(text, now), offered, scope.range.label)
    screen.ask(question, lambda dates: screen.music.change_scope(scope.within(dates)))


def ask_kind(screen: MusicScreen) -> None:
    """Music, podcasts, audiobooks or video."""

    def check(text: str) -> Kind:
        found = [kind for kind in Kind if text.strip() and kind.label.startswith(text.strip().lower().rstrip("s"))]
        if len(found) != 1:
            raise BadSetting(f"{text!r} is none of {', '.join(kind.label for kind in Kind)}.")
        return found[0]

    scope = screen.session.scope
    question = Question(Figure("kind"), check, tuple(Figure(kind.label) for kind in Kind), scope.kind.label)
    screen.ask(question, lambda kind: screen.music.change_scope(replace(scope, kind=kind)))


def threshold_ms(text: str) -> int:
    """Milliseconds meant by ``30 s``, ``90``, ``2 min``; :class:`BadSetting` for anything else."""
    number = text.strip().lower().rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = text.strip().lower()[len(number) :].strip()
    try:
        ms = round(float(number.replace(",", ".")) * _UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        raise BadSetting(f"{text!r} is not a length. Try 30 s, 2 min, or 0 s to count every play.") from None
    if not 0 <= ms <= _LONGEST_MS:
        raise BadSetting("The threshold is between 0 s and 60 min.")
    return ms


def ask_threshold(screen: MusicScreen) -> None:
    """How much of a play must be heard for it to count. Kept in the settings."""
    offered = tuple(map(Figure, ("0 s", "10 s", "30 s", "60 s", "2 min", "4 min")))
    now = f"{screen.session.scope.counted_ms / 1000:g} s"
    question = Question(Figure("a play counts from"), threshold_ms, offered, now)

    def chosen(ms: int) -> None:
        screen.music.change_scope(replace(screen.session.scope, counted_ms=ms))
        screen.music.change_settings(replace(screen.session.settings, counted_ms=ms))

    screen.ask(question, chosen)


def ask_zone(screen: MusicScreen) -> None:
    """The listener's time zone. Kept in the settings."""
    from tui_music.library.zones import all_zones

    names = all_zones()

    def check(text: str) -> str:
        folded = {name.lower(): name for name in names}
        asked = text.strip().lower().replace(" ", "_")
        if asked in folded:
            return folded[asked]
        ends = [name for name in names if name.lower().endswith(f"/{asked}")]
        if asked and ends:
            return ends[0]
        raise BadSetting(f"There is no time zone {text!r}. Type a city such as Berlin, or tab to complete.")

    def complete(text: str) -> Completion:
        asked = text.strip().lower().replace(" ", "_")
        found = [name for name in names if asked in name.lower()]
        return Completion(found[0] if len(found) == 1 else text, tuple(map(shown, found[:30])))

    scope = screen.session.scope
    hint = Figure("the clock that days and hours are told by; a city is enough")
    question = Question(Figure("time zone"), check, (), scope.zone, hint, complete)

    def chosen(zone: str) -> None:
        screen.music.change_scope(replace(screen.session.scope, zone=zone))
        screen.music.change_settings(replace(screen.session.settings, zone=zone))

    screen.ask(question, chosen)
