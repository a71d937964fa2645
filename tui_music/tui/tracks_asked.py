"""What is asked of the catalogue on the screen Tracks, as values that can be compared. Nothing here needs numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tui_music.text import Shown, shown
from tui_music.tui.tracks_filters import Wanted

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import CatalogueTrack, SimilarTrack
    from tui_music.catalogue.playlist import Statistics
    from tui_music.catalogue.similar import Seed

#: Sound's weight to begin with, and what a key adds to it or takes from it.
USUAL, STEP = 0.6, 0.05
#: Rows asked for at a time.
PAGE = 100
#: A playlist: its size to begin with, the largest, what a key adds to it or takes from it; tracks of one artist.
SIZE, LONGEST, MORE, EACH = 20, 200, 5, 2

#: What an answer rests on, in words that stand alone.
LEVELS = {
    "features": "by features",
    "fuzzy name": "by a name spelt alike",
    "same artist or genre": "same artist or genre",
    "popular": "popular",
}


class Look(StrEnum):
    """The views of the screen, in the order in which the key goes through them."""

    SIMILAR = "similar"
    CLUSTERS = "clusters"
    CHARTS = "charts"
    PLAYLIST = "playlist"


@dataclass(frozen=True, slots=True)
class Start:
    """A track to start from, as it was chosen: what it is called, the catalogue's ``seeds`` for it (none where nothing
    is known), the ``level`` they rest on, and what to ``say`` of that."""

    name: Shown
    seeds: tuple[Seed, ...]
    level: str
    say: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Tracks like ``starts``, the popular ones without any; ``sound`` 0–1 is its weight, text has the rest."""

    starts: tuple[Start, ...] = ()
    sound: float = USUAL
    wanted: Wanted = field(default_factory=Wanted)
    length: int = PAGE

    def turned(self, steps: int) -> Asked:
        """The dial turned by so many steps."""
        return replace(self, sound=round(min(1.0, max(0.0, self.sound + steps * STEP)), 2))


@dataclass(frozen=True, slots=True)
class Place:
    """What was asked for, and where the cursor stood."""

    asked: Asked
    cursor: int
    top: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows for what was ``asked``; ``considered`` is how many tracks passed the filters."""

    asked: Asked
    rows: tuple[SimilarTrack, ...]
    considered: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A track found: ``track`` of the catalogue, or one that is only in the library, by its code there."""

    title: str
    artist: str
    track: CatalogueTrack | None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A playlist at work: ``size`` is what was asked for; ``rows`` what it has by now, in their order."""

    rows: tuple[SimilarTrack, ...]
    size: int
    told: Statistics


@dataclass(frozen=True, eq=False)
class Own:
    """The library in the catalogue. ``codes``: the library's track (the most heard) by that of the catalogue; ``known``
    all of the library's tracks that are in it; ``covered`` the share of the plays that are of them; ``means`` of their
    features, by name."""

    codes: Mapping[int, int]
    known: frozenset[int]
    covered: float
    means: Mapping[str, float]


def label_of(title: str, artist: str) -> Shown:
    """``artist – title``"""
    return shown(f"{shown(artist, 60)} – {shown(title, 80)}" if artist else shown(title, 80))


def joined(starts: Sequence[Start]) -> Shown:
    """The names of tracks to start from."""
    return shown("  +  ".join(start.name for start in starts), 1000)
