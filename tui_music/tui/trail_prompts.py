"""The questions of Trail: the way to whom, who else, from whom on. Names are completed from all that are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_music.errors import NotFound
from tui_music.text import shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.prompt import Completion, Question
from tui_music.tui.steps import Place, Sort
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.tui.trail_screen import TrailScreen

_HINT = Figure("an artist; tab completes names that are known")


def ask_path(screen: TrailScreen) -> None:
    """The way from where one is (at home: from whoever is selected) to an artist."""
    place, entry = screen.at.place, screen.entry
    start = place.artists[0] if place.artists else entry.artist if entry else None
    if start is None:
        screen.tell(Figure("Nobody is selected here."))
        return
    label = Figure(f"from {shown(start, 30)} to")
    by_way = (Place(Sort.LIKE, (start,)),) if place.sort is Sort.HOME else ()
    _ask(screen, label, lambda name: screen.go(*by_way, Place(Sort.PATH, (start, name))))


def ask_also(screen: TrailScreen) -> None:
    """Artists like these and one more."""
    artists = screen.at.place.artists if screen.at.place.sort is Sort.LIKE else ()
    if not artists:
        screen.tell(Figure("First go on to an artist: enter."))
        return
    label = Figure(f"like {shown(' + '.join(shown(name, 30) for name in artists), 60)} and")
    _ask(screen, label, lambda name: screen.go(Place(Sort.LIKE, (*artists, name))))


def ask_start(screen: TrailScreen) -> None:
    """A new trail from an artist."""
    _ask(screen, Figure("a trail from"), lambda name: screen.begin(Place(Sort.LIKE, (name,))))


def ask_what(screen: MusicScreen, way: int, listed: int, then: Callable[[str], None]) -> None:
    """Which is to be exported, ``way`` or ``list``, of so many artists or songs; asked only where there are both."""
    if not way or not listed:
        then("way" if way else "list")
        return
    offered = {f"the way here, {way:,}": "way", f"this list, {listed:,}": "list"}

    def check(text: str) -> str:
        found = [what for label, what in offered.items() if text.strip() and label.startswith(text.strip())]
        if len(found) != 1:
            raise NotFound(f"{shown(text, 40)!r} is none of these; the arrows choose.")
        return found[0]

    labels = tuple(map(Figure, offered))
    screen.ask(Question(Figure("export"), check, labels, labels[0]), then)


def _ask(screen: TrailScreen, label: Figure, then: Callable[[str], None]) -> None:
    known = screen.known
    if known is None:
        screen.tell(Figure("One moment: what is known is still being looked through."))
        return

    def complete(text: str) -> Completion:
        names = known.complete(text)
        return Completion(str(shown(names[0])) if len(names) == 1 else text, tuple(map(shown, names)))

    screen.ask(Question(label, known.name_of, hint=_HINT, complete=complete), then)
