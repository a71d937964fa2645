"""The artists around one as rows: those in the middle of its community, bridges, communities next to it, credits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tui_music.text import fold, shown
from tui_music.tui.widgets.candidates import sign_of
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Bar, Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, count
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    from tui_music.engine.network import Community, Member


class Part(StrEnum):
    """What somebody is to a community; the words stand above them."""

    MIDDLE = "In the middle of it"
    BRIDGE = "Bridges out of it"
    NEXT = "Communities next to it"
    CREDITED = "Credited together"


@dataclass(frozen=True, slots=True)
class Near:
    """An artist; of a community next to this one the one in its middle. ``worth`` is the similarity that put it here,
    summed, of those credited together their plays; ``plays`` are the listener's of the artist."""

    part: Part
    artist: str
    worth: float
    plays: int
    note: str


@dataclass(frozen=True, slots=True)
class Around:
    """All that is around ``artist``; ``note`` says why there is no community."""

    artist: str
    note: str
    near: tuple[Near, ...] = ()
    member: Member | None = None
    community: Community | None = None

    def also(self, near: tuple[Near, ...]) -> Around:
        """With more artists behind the others."""
        return replace(self, near=(*self.near, *near))


class AroundRows(Rows):
    """The first of each part, below its words. ``room`` is how many lines there are: what the other parts leave of them
    is for those in the middle; ``verdicts`` by folded name mark artists."""

    counting = 1
    columns = (
        Column(NOTHING, 1),
        Column(Figure("artist"), 18, flex=3, most=34),
        Column(Figure("similarity"), 10, drop=3, flex=1, most=24),
        Column(NOTHING, 6, "right", drop=2),
        Column(Figure("plays"), 6, "right", drop=1),
        Column(NOTHING, 20, flex=4, drop=4),
    )

    def __init__(self, around: Around, verdicts: Mapping[str, str], room: int) -> None:
        of = {part: [each for each in around.near if each.part is part] for part in Part}
        self._whose = fold(around.artist)
        few = 3 if room < 26 else 5 if room < 40 else 8
        taken = sum(1 + min(few, len(each)) for part, each in of.items() if each and part is not Part.MIDDLE)
        most = {part: max(5, room - taken - 1) if part is Part.MIDDLE else few for part in Part}
        self.lines: list[Near | Part] = []
        for part, each in of.items():
            self.lines += [part, *each[: most[part]]] if each else []
        self.near = [line for line in self.lines if isinstance(line, Near)]
        self._signs = {each: sign_of(each.plays, verdicts.get(fold(each.artist))) for each in self.near}
        self._top = {part: max((each.worth for each in found), default=0.0) or 1.0 for part, found in of.items()}

    def __len__(self) -> int:
        return len(self.lines)

    def rests(self, index: int) -> bool:
        return isinstance(self.lines[index], Near)

    def cells(self, index: int) -> Sequence[Item]:
        line = self.lines[index]
        if isinstance(line, Part):
            return (Cell(Figure(line), Role.HEAD),)
        alike = line.part is not Part.CREDITED
        return (
            Cell(*self._signs[line]),
            Cell(shown(line.artist), Role.HEAD if fold(line.artist) == self._whose else Role.PLAIN),
            Bar(line.worth / self._top[line.part] if alike else 0.0),
            Cell(Figure(f"{line.worth:.2f}") if alike else NOTHING),
            Cell(*((count(line.plays), Role.PLAIN) if line.plays else (Figure("never"), Role.QUIET))),
            Cell(shown(line.note, 200), Role.QUIET),
        )

    def position(self, index: int) -> Figure:
        line = self.lines[index]
        return Figure(f"{self.near.index(line) + 1:,} of {len(self.near):,}") if isinstance(line, Near) else NOTHING

    def line_of(self, near: Near) -> int | None:
        """The line of somebody, in another list perhaps."""
        same = ((at, each) for at, each in enumerate(self.lines) if isinstance(each, Near))
        return next((at for at, each in same if (each.part, each.artist) == (near.part, near.artist)), None)
