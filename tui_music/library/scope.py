"""What every number on screen is about: whose plays, of which kind, in which dates, counted how, in which time zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tui_music.kinds import Kind

if TYPE_CHECKING:
    from datetime import date

__all__ = ["ALL_TIME", "COUNTED_MS", "DateRange", "Kind", "Measure", "Scope"]

#: A play counts when at least this much of it was heard (ms). A rule of reading, never of storing.
COUNTED_MS = 30_000


class Measure(StrEnum):
    """What ranks and bars compare."""

    HOURS = "hours"
    PLAYS = "plays"
    ENGAGEMENT = "engagement"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Local calendar days, both ends included; ``None`` is an open end. ``label`` is what the person asked for."""

    first: date | None = None
    last: date | None = None
    label: str = "all time"


ALL_TIME = DateRange()


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of every number on screen. ``zone`` is an IANA time zone name."""

    listener: str
    zone: str = "UTC"
    kind: Kind = Kind.MUSIC
    range: DateRange = ALL_TIME
    counted_ms: int = COUNTED_MS

    def within(self, dates: DateRange) -> Scope:
        """The same scope over other dates."""
        return replace(self, range=dates)
