"""Rows of a ranking, and the strip that shows which ranks a tier covers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.strip import Strip

from tui_music.library.scope import Measure
from tui_music.text import Shown, shown
from tui_music.tui.widgets.canvas import Canvas, Piece, Role
from tui_music.tui.widgets.columns import Bar, Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, count, first_to_last, hours, local, ratio
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    from tui_music.library.overview import Top, TopRow
    from tui_music.library.ranking import Ranking

ONE = {"artists": "artist", "tracks": "song", "albums": "album"}
MANY = {"artists": "artists", "tracks": "songs", "albums": "albums"}


def row_of(ranking: Ranking, at: int) -> TopRow:
    """One position of a ranking, by name."""
    from tui_music.library.overview import TopRow

    engagement = float(ranking.engagement[at])
    return TopRow(
        name=ranking.name(at),
        artist=ranking.artist_name(at),
        ms=int(ranking.ms[at]),
        plays=int(ranking.plays[at]),
        counted=int(ranking.counted[at]),
        engagement=None if math.isnan(engagement) else engagement,
        tracks=int(ranking.tracks[at]),
        first=int(ranking.first[at]),
        last=int(ranking.last[at]),
    )


def amount(row: TopRow, by: Measure) -> float:
    """What a bar and the order compare."""
    if by is Measure.HOURS:
        return row.ms
    return row.counted if by is Measure.PLAYS else row.engagement or 0.0


def bar_of(row: TopRow, by: Measure, top: float) -> Bar:
    """The measure of a row against the most there is; engagement, a quality, as a dot between 0 and 1."""
    if by is Measure.ENGAGEMENT:
        return Bar(row.engagement or 0.0, dotted=True)
    return Bar(min(1.0, amount(row, by) / top) if top else 0.0)


def columns_of(
    what: str, by: Measure, ranks: int, most_ms: int, most_plays: int, names: int = 10
) -> tuple[Column, ...]:
    """Rank, name (of at least ``names`` cells), by whom, hours, plays, engagement, a bar of the measure, first → last.

    Where long names matter, the bar goes first when room is short; else the dates do.
    """
    named = Column(Figure("artist"), 8, flex=2, drop=4)
    return (
        Column(Figure("#"), max(3, len(count(ranks))), "right"),
        Column(Figure(ONE[what]), names, flex=3),
        *(() if what == "artists" else (named,)),
        Column(Figure("hours"), max(6, len(hours(most_ms))), "right", drop=0 if by is Measure.HOURS else 5),
        Column(Figure("plays"), max(5, len(count(most_plays))), "right", drop=0 if by is Measure.PLAYS else 3),
        Column(Figure("eng"), 4, "right", drop=0 if by is Measure.ENGAGEMENT else 6),
        Column(NOTHING, 8, flex=2, drop=8 if names > 20 else 2),
        Column(Figure("first → last"), 19, drop=7),
    )


def figures_of(row: TopRow, zone: str) -> tuple[Cell, Cell, Cell, Cell]:
    """Hours, plays, engagement, first → last."""
    return (
        Cell(hours(row.ms)),
        Cell(count(row.counted)),
        Cell(ratio(math.nan if row.engagement is None else row.engagement)),
        Cell(first_to_last(row.first, row.last, zone), Role.QUIET),
    )


def record_of(what: str, rank: int, row: TopRow, zone: str) -> dict[str, object]:
    """A row for a spreadsheet: numbers as numbers, times as ISO 8601 in the listener's time zone."""
    return {
        "rank": rank,
        ONE[what]: row.name,
        **({} if what == "artists" else {"artist": row.artist}),
        "hours": round(row.ms / 3_600_000, 4),
        "plays": row.plays,
        "counted_plays": row.counted,
        "engagement": "" if row.engagement is None else round(row.engagement, 4),
        "first": local(row.first, zone).isoformat(),
        "last": local(row.last, zone).isoformat(),
    }


class RankRows(Rows):
    """The rows ``which`` of a ranking, or of a top list kept from an earlier run."""

    counting = 1

    def __init__(self, source: Ranking | Top, zone: str, which: range | None = None, names: int = 20) -> None:
        from tui_music.library.overview import Top

        self.source = source
        self.zone = zone
        if isinstance(source, Top):
            self.total = source.total
            most_ms = max((row.ms for row in source.rows), default=0)
            most_plays = max((row.counted for row in source.rows), default=0)
            self.which = range(len(source.rows))
        else:
            self.total = len(source)
            most_ms, most_plays = int(source.ms.max(initial=0)), int(source.counted.max(initial=0))
            self.which = range(self.total) if which is None else which
        self.columns = columns_of(source.what, source.by, self.total, most_ms, most_plays, names)
        self._top = amount(self.row(0), source.by) if self.which else 0.0

    def __len__(self) -> int:
        return len(self.which)

    def row(self, index: int) -> TopRow:
        """What a line is about."""
        from tui_music.library.overview import Top

        source, at = self.source, self.which[index]
        return source.rows[at] if isinstance(source, Top) else row_of(source, at)

    def rank(self, index: int) -> int:
        return self.which[index] + 1

    def name(self, index: int) -> Shown:
        """The name on a line."""
        return shown(self.row(index).name)

    def cells(self, index: int) -> Sequence[Item]:
        row = self.row(index)
        heard, plays, engaged, dates = figures_of(row, self.zone)
        return (
            Cell(count(self.rank(index)), Role.QUIET),
            Cell(shown(row.name)),
            *(() if self.source.what == "artists" else (Cell(shown(row.artist), Role.QUIET),)),
            heard,
            plays,
            engaged,
            bar_of(row, self.source.by, self._top),
            dates,
        )

    def position(self, index: int) -> Figure:
        return Figure(f"{self.rank(index):,} of {self.total:,}")

    def record(self, index: int) -> dict[str, object]:
        """One row for a spreadsheet."""
        return record_of(self.source.what, self.rank(index), self.row(index), self.zone)


class RankStrip(Canvas, can_focus=False):
    """All ranks from left to right on a logarithmic scale, where the tier is, and 10, 100, 1,000 … in their places."""

    DEFAULT_CSS = "RankStrip { height: 1; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._tier = (1, 1, 0)

    def show(self, start: int, end: int, total: int) -> None:
        """Ranks ``start`` to ``end`` of ``total``."""
        if (start, end, total) != self._tier:
            self._tier = (start, end, total)
            self.refresh()

    def line(self, y: int) -> Strip:
        start, end, total = self._tier
        last = count(total)
        room = self.size.width - len(last) - 5
        if total < 1 or room < 8:
            return self.strip([])

        def cell(rank: float) -> int:
            return round((room - 1) * math.log(max(1, min(rank, total))) / math.log(max(2, total)))

        track = list("·" * room)
        power = 10
        while power < total:
            label = count(power)
            at = cell(power)
            if at + len(label) < room - 1:
                track[at : at + len(label)] = label
            power *= 10
        left, right = cell(start), cell(end)
        covered: Piece = (Figure("█" * (right - left + 1)), Role.BAR) if start <= total else (Figure("›"), Role.NEW)
        return self.strip([
            (Figure(" 1 " + "".join(track[:left])), Role.QUIET),
            covered,
            (Figure("".join(track[right + 1 :]) + f" {last}"), Role.QUIET),
        ])  # fmt: skip
