"""Hour × weekday: a map of shades, read by how dense they are, with a cell to pick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui_music.tui.keys import bindings
from tui_music.tui.widgets.canvas import Canvas, Piece, Role
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import WEEKDAYS, Figure, counted, hours_alone

if TYPE_CHECKING:
    from tui_music.library.statistics import WeekMap

_SHADES = "░▒▓█"
_LEFT = 5  # the mark, the weekday, a space


class HeatMap(Canvas):
    """A title line, seven rows of 24 hours, the hours below where there is room. ``picked`` is (weekday, hour)."""

    BINDINGS = bindings("left", "right", "up", "down", "first", "open")
    DEFAULT_CSS = "HeatMap { height: 9; }"

    @dataclass
    class Chosen(Message):
        """Enter on a cell."""

        heat: HeatMap
        weekday: int
        hour: int

        @property
        def control(self) -> HeatMap:
            return self.heat

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.picked: tuple[int, int] | None = None
        self._map: WeekMap | None = None

    def show(self, week: WeekMap) -> None:
        """Show another map; what was picked stays picked."""
        if week is not self._map:
            self._map = week
            self.refresh()

    @property
    def _wide(self) -> int:
        """Cells an hour takes."""
        return max(1, min(3, (self.size.width - _LEFT) // 24))

    def line(self, y: int) -> Strip:
        week = self._map
        if week is None:
            return self.strip([])
        if y == 0:
            return self._heading(week)
        if y == 8:
            return self.strip([(Figure(" " * _LEFT + self._hours()), Role.QUIET)])
        return self.strip(self._row(week, y - 1) if y < 8 else [])

    def _heading(self, week: WeekMap) -> Strip:
        title = Figure("Hour × weekday")
        whole = self.size.width - len(title) - 2
        said = f"peak {_place(*week.peak)}" if week.peak else ""
        room = max(0, min(whole, max(len(said), _LEFT + 24 * self._wide - len(title) - 2)))
        if self.picked:
            day, hour = self.picked
            parts = (_place(day, hour), hours_alone(week.ms[day, hour]), counted(int(week.counted[day, hour]), "play"))
            said = next((text for n in (3, 2) if len(text := " · ".join(parts[:n])) <= whole), parts[0])
            room = max(0, min(whole, max(room, len(said))))
        return self.strip([
            (Figure("▌" if self.has_focus else " "), Role.BAR),
            (title, Role.HEAD),
            (Figure(" "), Role.PLAIN),
            (fill(Figure(said), room, "right"), Role.PLAIN if self.picked else Role.QUIET),
        ])  # fmt: skip

    def _row(self, week: WeekMap, day: int) -> list[Piece]:
        top = int(week.ms.max()) or 1
        pieces: list[Piece] = [(Figure(f" {WEEKDAYS[day]} "), Role.QUIET)]
        for hour in range(24):
            share = int(week.ms[day, hour]) / top
            shade = _SHADES[min(3, int(share * 4))] if share > 0 else " "
            role = Role.PICK if self.picked == (day, hour) else Role.BAR
            pieces.append((Figure(shade * self._wide), role))
        return pieces

    def _hours(self) -> str:
        return "".join(str(hour).ljust(6 * self._wide) for hour in (0, 6, 12, 18))

    # picking

    def pick(self, weekday: int, hour: int) -> None:
        """Mark a cell."""
        before, self.picked = self.picked, (weekday % 7, hour % 24)
        if before != self.picked:
            self.refresh(Region(0, 0, self.size.width, 1))
            for cell in (before, self.picked):
                if cell:
                    self.refresh(Region(_LEFT + cell[1] * self._wide, 1 + cell[0], self._wide, 1))

    def action_left(self) -> None:
        self._step(0, -1)

    def action_right(self) -> None:
        self._step(0, 1)

    def action_up(self) -> None:
        self._step(-1, 0)

    def action_down(self) -> None:
        self._step(1, 0)

    def _step(self, days: int, hours: int) -> None:
        if self._map is None:
            return
        if self.picked is None:
            self.pick(*(self._map.peak or (0, 0)))
        else:
            self.pick(self.picked[0] + days, self.picked[1] + hours)

    def action_first(self) -> None:
        """To the hour with most listening."""
        if self._map is not None and self._map.peak:
            self.pick(*self._map.peak)

    def action_open(self) -> None:
        if self.picked:
            self.post_message(self.Chosen(self, *self.picked))

    def on_click(self, event: events.Click) -> None:
        day, hour = event.y - 1, (event.x - _LEFT) // self._wide
        if not (0 <= day < 7 and 0 <= hour < 24):
            return
        if self.picked == (day, hour):
            self.action_open()
        else:
            self.pick(day, hour)

    def focused_regions(self) -> Iterable[Region]:
        return (Region(0, 0, self.size.width, 1),)


def _place(weekday: int, hour: int) -> Figure:
    return Figure(f"{WEEKDAYS[weekday]} {hour}–{(hour + 1) % 24} h")
