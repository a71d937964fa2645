"""Dials on one line: each goes from one word to another, with a mark in the middle, where it does nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui_music.tui.widgets.canvas import Canvas, Piece, Role
from tui_music.tui.widgets.figures import Figure

_GAP = 3
_NARROWEST, _WIDEST = 7, 33


@dataclass(frozen=True, slots=True)
class Dial:
    """The words at its ends."""

    low: Figure
    high: Figure


class DialLine(Canvas, can_focus=False):
    """All dials side by side or, where that is too narrow, the one that the keys turn. A click turns one, too."""

    DEFAULT_CSS = "DialLine { height: 1; }"

    @dataclass
    class Turned(Message):
        """A click on a dial."""

        which: int
        place: float

    def __init__(self, dials: Sequence[Dial], **options: Any) -> None:
        super().__init__(**options)
        self._dials = dials
        self._places: tuple[float, ...] = (0.5,) * len(dials)
        self._turning = 0

    def show(self, places: Sequence[float], turning: int) -> None:
        """Where the dials stand, each 0–1, and which of them the keys turn. Only what moved is painted."""
        before, self._places = self._places, tuple(places)
        if turning != self._turning:
            self._turning = turning
            self.refresh()
            return
        for which, x, _ in self._laid():
            old, new = (_track(place[which], self._room) for place in (before, self._places))
            moved = [at for at in range(self._room) if old[at] != new[at]]
            if moved:
                self.refresh(Region(x + moved[0], 0, moved[-1] - moved[0] + 1, 1))

    # where things are

    @property
    def _all(self) -> bool:
        return self._width_for(_NARROWEST) <= self.size.width

    def _width_for(self, track: int) -> int:
        words = sum(len(dial.low) + len(dial.high) + 2 for dial in self._dials)
        return 1 + words + len(self._dials) * track + _GAP * (len(self._dials) - 1)

    @property
    def _room(self) -> int:
        """Cells of a track: odd, so that there is a middle."""
        if self._all:
            spare = (self.size.width - self._width_for(0)) // len(self._dials)
        else:
            dial = self._dials[self._turning]
            spare = self.size.width - len(dial.low) - len(dial.high) - 10
        return max(3, min(_WIDEST, spare - (spare + 1) % 2))

    def _laid(self) -> list[tuple[int, int, Dial]]:
        """The dials drawn: which, the column its track begins at, its words."""
        which = range(len(self._dials)) if self._all else (self._turning,)
        laid, x = [], 1
        for each in which:
            dial = self._dials[each]
            laid.append((each, x + len(dial.low) + 1, dial))
            x += len(dial.low) + len(dial.high) + 2 + self._room + _GAP
        return laid

    def line(self, y: int) -> Strip:
        pieces: list[Piece] = [(Figure(" "), Role.PLAIN)]
        laid = self._laid()
        for number, (which, _, dial) in enumerate(laid):
            words = Role.HEAD if which == self._turning else Role.QUIET
            track = _track(self._places[which], self._room)
            knob = next(at for at, sign in enumerate(track) if sign in "▌▐")
            pieces += [
                (Figure(" " * _GAP if number else ""), Role.PLAIN),
                (Figure(f"{dial.low} "), words),
                (Figure(track[:knob]), Role.QUIET),
                (Figure(track[knob]), Role.BAR),
                (Figure(track[knob + 1 :]), Role.QUIET),
                (Figure(f" {dial.high}"), words),
            ]
        if not self._all:
            pieces.append((Figure(f"  {self._turning + 1}/{len(self._dials)}"), Role.QUIET))
        return self.strip(pieces)

    def on_click(self, event: events.Click) -> None:
        for which, x, _ in self._laid():
            if x - 1 <= event.x <= x + self._room:
                place = (event.x - x) / (self._room - 1)
                self.post_message(self.Turned(which, max(0.0, min(1.0, place))))


def _track(place: float, room: int) -> str:
    """A line with its middle marked and a knob, which moves by half a cell."""
    line = list("├" + "─" * (room - 2) + "┤")
    line[room // 2] = "┼"
    cell, half = divmod(round(place * 2 * (room - 1)), 2)
    line[cell] = "▐" if half else "▌"
    return "".join(line)
