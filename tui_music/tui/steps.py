"""The way taken on the trail: places, each with the one before it and those one went on to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from tui_music.text import fold


class Sort(StrEnum):
    """What is listed at a place."""

    HOME = "home"  # whom the listener hears most: every trail begins here
    LIKE = "like"  # artists like one or several
    SONGS = "songs"  # songs to start with of an artist, or like one song
    PATH = "path"  # the artists from one to another


@dataclass(frozen=True, slots=True)
class Place:
    """``artists`` are whom it is about: of a path its two ends. ``title`` is the one song that songs are like."""

    sort: Sort
    artists: tuple[str, ...] = ()
    title: str | None = None

    @property
    def name(self) -> str:
        """What breadcrumbs call it; cleaned where it is drawn."""
        if self.sort is Sort.HOME:
            return "start"
        if self.sort is Sort.PATH:
            return f"→ {self.artists[-1]}"
        if self.sort is Sort.SONGS:
            return f"songs of {self.artists[0]}" if self.title is None else f"♪ {self.title}"
        return " + ".join(self.artists)

    @property
    def key(self) -> tuple[str, ...]:
        """The same for places that are the same."""
        return (self.sort, *map(fold, self.artists), fold(self.title or ""))


@dataclass(eq=False)
class Step:
    """A place one came to. ``cursor`` is the row that was selected there, ``top`` the first that was drawn."""

    place: Place
    before: Step | None = None
    onward: list[Step] = field(default_factory=list)
    cursor: int = 0
    top: int = 0

    @property
    def way(self) -> list[Step]:
        """All steps that lead here, this one last."""
        way, step = [self], self.before
        while step is not None:
            way.append(step)
            step = step.before
        return way[::-1]

    def go(self, place: Place) -> Step:
        """On to a place; one that is on the way already, or was gone to from here before, is come back to."""
        known = [*self.way, *self.onward]
        found = next((step for step in known if step.place.key == place.key), None)
        if found is None:
            found = Step(place, self)
            self.onward.append(found)
        return found


def branches(home: Step) -> Iterator[tuple[str, Step]]:
    """Every step from home on, with the lines of a tree that lead to it."""
    waiting = [("", "", home)]
    while waiting:
        lead, below, step = waiting.pop()
        yield lead, step
        last = len(step.onward) - 1
        for at in range(last, -1, -1):
            turn, rest = ("└ ", "  ") if at == last else ("├ ", "│ ")
            waiting.append((f"{below}{turn}", f"{below}{rest}", step.onward[at]))
