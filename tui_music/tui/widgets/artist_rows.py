"""Artists and songs in one list: all of them or what was found, and one artist opened in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tui_music.text import Shown, shown
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Cell, Item, Run
from tui_music.tui.widgets.figures import NOTHING, Figure, count, counted, spark
from tui_music.tui.widgets.ranked import MANY, amount, bar_of, columns_of, figures_of, record_of, row_of
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui_music.library.overview import TopRow
    from tui_music.library.ranking import Ranking
    from tui_music.library.statistics import ArtistProfile

#: How the songs of an artist can be ordered.
ORDERS = ("hours", "plays", "engagement", "last heard")
_NOTES = 3  # lines between an opened artist and the first song


@dataclass(frozen=True)
class Found:
    """One answer of a search: a position in the ranking of artists, or in that of songs."""

    kind: str  # "artist" or "track"
    at: int


@dataclass(frozen=True)
class Opened:
    """What stands below an opened artist: songs or albums in an order, and the artist over time."""

    artist: int
    profile: ArtistProfile
    inside: Ranking
    order: str = "hours"

    @cached_property
    def positions(self) -> NDArray[np.intp]:
        """Positions of ``inside`` in the order asked for."""
        import numpy as np

        if self.order == "last heard":
            return np.argsort(-self.inside.last, kind="stable")
        return np.arange(len(self.inside))

    def line_of(self, code: int) -> int | None:
        """The line of a song or album below its artist, from 0."""
        found = (self.inside.code[self.positions] == code).nonzero()[0]
        return int(found[0]) + _NOTES if len(found) else None

    def __len__(self) -> int:
        return _NOTES + len(self.inside)


class ArtistRows(Rows):
    """``found`` restricts the list (None: everybody); below entry ``at`` stands what is ``opened``."""

    counting = 1

    def __init__(
        self,
        artists: Ranking,
        zone: str,
        tracks: Ranking | None = None,
        found: Sequence[Found] | None = None,
        opened: Opened | None = None,
        at: int = -1,
    ) -> None:
        self.artists, self.tracks, self.zone = artists, tracks, zone
        self.found, self.opened, self.at = found, opened, at
        self.entries = len(artists) if found is None else len(found)
        self._inside = range(at + 1, at + 1 + len(opened)) if opened else range(0)
        most_ms, most_plays = int(artists.ms.max(initial=0)), int(artists.counted.max(initial=0))
        self.columns = columns_of("artists", artists.by, len(artists), most_ms, most_plays, names=24)
        self._top = amount(row_of(artists, 0), artists.by) if len(artists) else 0.0

    def __len__(self) -> int:
        return self.entries + len(self._inside)

    # what a line is

    def entry(self, index: int) -> int:
        """The entry a line is, or belongs to."""
        if index in self._inside:
            return self.at
        return index - len(self._inside) if index >= self._inside.stop else index

    def line_of(self, entry: int) -> int:
        """The line of an entry."""
        return entry + (len(self._inside) if entry > self.at else 0)

    def found_at(self, entry: int) -> Found:
        return Found("artist", entry) if self.found is None else self.found[entry]

    def artist(self, index: int) -> int:
        """The code of the artist a line is about."""
        found = self.found_at(self.entry(index))
        ranking = self.artists if found.kind == "artist" or self.tracks is None else self.tracks
        return ranking.artist_code(found.at)

    def track(self, index: int) -> int | None:
        """The code of the song that was found on a line."""
        found = self.found_at(self.entry(index))
        return int(self.tracks.code[found.at]) if found.kind == "track" and self.tracks is not None else None

    def song(self, index: int) -> int | None:
        """The position, in the opened artist's list, of the song or album on a line."""
        inside = index - self._inside.start - _NOTES
        if self.opened is None or index not in self._inside or inside < 0:
            return None
        return int(self.opened.positions[inside])

    @property
    def by_album(self) -> bool:
        """Whether albums stand below the opened artist."""
        return self.opened is not None and self.opened.inside.what == "albums" and len(self.opened.inside) > 0

    def album(self, index: int) -> tuple[str, str] | None:
        """Artist and title of the album on a line; on that of its artist, of the first one."""
        if self.opened is None or not self.by_album or self.entry(index) != self.at:
            return None
        at = self.song(index)
        at = int(self.opened.positions[0]) if at is None else at
        return self.opened.inside.artist_name(at), self.opened.inside.name(at)

    def rests(self, index: int) -> bool:
        return index not in self._inside or index - self._inside.start >= _NOTES

    # how it looks

    def cells(self, index: int) -> Sequence[Item]:
        if index in self._inside and self.opened is not None:
            inside = index - self._inside.start
            if inside >= _NOTES:
                return self._song(self.opened, inside - _NOTES)
            notes = (self._by_year, self._by_hour, self._heading)
            return (Cell(NOTHING), notes[inside](self.opened))
        entry = self.entry(index)
        found = self.found_at(entry)
        sign = "▾ " if entry == self.at else "▸ "
        if found.kind == "track" and self.tracks is not None:
            row = row_of(self.tracks, found.at)
            name = shown(f"{shown(row.name, 200)} · {row.artist}")
            return (Cell(NOTHING), Cell(name, lead=Figure(f"{sign}♪ ")), *self._figures(row))
        row = row_of(self.artists, found.at)
        return (Cell(count(found.at + 1), Role.QUIET), Cell(shown(row.name), lead=Figure(sign)), *self._figures(row))

    def _figures(self, row: TopRow) -> tuple[Item, ...]:
        """Figures and a bar: artists, songs and albums on one scale."""
        heard, plays, engaged, dates = figures_of(row, self.zone)
        return heard, plays, engaged, bar_of(row, self.artists.by, self._top), dates

    def _song(self, opened: Opened, at: int) -> Sequence[Item]:
        row = row_of(opened.inside, int(opened.positions[at]))
        branch = Figure("  └ " if at == len(opened.inside) - 1 else "  ├ ")
        return (Cell(NOTHING), Cell(shown(row.name), lead=branch), *self._figures(row))

    def _by_year(self, opened: Opened) -> Run:
        years = opened.profile.years
        first, last = (str(years.starts[i].year) for i in (0, -1)) if len(years) else ("", "")
        return _over(f"  ├ hours a year   {first} ", years.ms.tolist(), f" {last}")

    def _by_hour(self, opened: Opened) -> Run:
        return _over("  ├ by hour of day    0 ", opened.profile.hours.tolist(), " 23")

    def _heading(self, opened: Opened) -> Cell:
        many = MANY[opened.inside.what]
        what = counted(len(opened.inside), many.removesuffix("s"))
        other = "songs" if many == "albums" else "albums"
        said = f"{what} by {opened.order}   s sort   b {other}"
        if not len(opened.inside):
            said = f"no {many} here   b {other}"
        return Cell(Figure(said), Role.QUIET, Figure("  ├ "))

    # in words

    def position(self, index: int) -> Figure:
        inside = index - self._inside.start - _NOTES
        if self.opened is not None and index in self._inside:
            return Figure(f"{inside + 1:,} of {len(self.opened.inside):,} {MANY[self.opened.inside.what]}")
        return Figure(f"{self.entry(index) + 1:,} of {self.entries:,}")

    def name(self, index: int) -> Shown:
        """The name on a line."""
        at = self.song(index)
        if at is not None and self.opened is not None:
            return shown(self.opened.inside.name(at))
        found = self.found_at(self.entry(index))
        ranking = self.artists if found.kind == "artist" or self.tracks is None else self.tracks
        return shown(ranking.name(found.at))

    def record(self, index: int) -> dict[str, object]:
        """An entry for a spreadsheet."""
        found = self.found_at(index)
        if found.kind == "track" and self.tracks is not None:
            row = row_of(self.tracks, found.at)
            return {
                **record_of("artists", found.at + 1, row, self.zone),
                "rank": "",
                "artist": row.artist,
                "song": row.name,
            }
        named = {} if self.found is None or self.tracks is None else {"song": ""}
        return {**record_of("artists", found.at + 1, row_of(self.artists, found.at), self.zone), **named}

    def song_record(self, at: int) -> dict[str, object]:
        """A song or album of the opened artist for a spreadsheet."""
        if self.opened is None:
            return {}
        row = row_of(self.opened.inside, int(self.opened.positions[at]))
        return record_of(self.opened.inside.what, at + 1, row, self.zone)


def _over(before: str, values: Sequence[float], after: str) -> Run:
    return Run(((Figure(before), Role.QUIET), (spark(values), Role.BAR), (Figure(after), Role.QUIET)))
