"""Rows of a ranking, and the strip that shows which ranks a tier covers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from textual.strip import Strip

from tui_music.library.ranking import Ranking
from tui_music.library.scope import Measure
from tui_music.text import Shown, shown
from tui_music.tui.widgets.canvas import Canvas, Piece, Role
from tui_music.tui.widgets.columns import Bar, Cell, Column
from tui_music.tui.widgets.figures import NOTHING, Figure, count, first_to_last, hours, ratio
from tui_music.tui.widgets.table import Rows

ONE = {"artists": "artist", "tracks": "song", "albums": "album"}


class RankRows(Rows):
    """Ranks ``which`` of a ranking: rank, name, hours, plays, engagement, a bar of the measure, first → last."""

    counting = 1

    def __init__(self, ranking: Ranking, zone: str, which: range | None = None) -> None:
        self.ranking = ranking
        self.which = range(len(ranking)) if which is None else which
        self.zone = zone
        self._top = max((self.amount(at) for at in self.which[:1]), default=0.0)
        by = ranking.by
        most_ms = int(ranking.ms.max(initial=0))
        most_plays = int(ranking.counted.max(initial=0))
        named = ranking.what == "artists"
        self.columns = (
            Column(Figure("#"), max(3, len(count(self.which.stop))), "right"),
            Column(Figure(ONE[ranking.what]), 10, flex=3),
            Column(Figure("artist"), 0 if named else 8, flex=0 if named else 2, drop=4),
            Column(Figure("hours"), max(6, len(hours(most_ms))), "right", drop=0 if by is Measure.HOURS else 5),
            Column(Figure("plays"), max(5, len(count(most_plays))), "right", drop=0 if by is Measure.PLAYS else 3),
            Column(Figure("eng"), 4, "right", drop=0 if by is Measure.ENGAGEMENT else 6),
            Column(NOTHING, 8, flex=2, drop=2),
            Column(Figure("first → last"), 19, drop=7),
        )
        if named:
            self.columns = (*self.columns[:2], *self.columns[3:])

    def __len__(self) -> int:
        return len(self.which)

    def amount(self, at: int) -> float:
        """What the bar and the order compare, at a position of the ranking."""
        ranking = self.ranking
        if ranking.by is Measure.HOURS:
            return float(ranking.ms[at])
        return float(ranking.counted[at] if ranking.by is Measure.PLAYS else ranking.engagement[at])

    def name(self, index: int) -> Shown:
        """The name on a row."""
        return shown(self.ranking.name(self.which[index]))

    def cells(self, index: int) -> Sequence[Cell | Bar]:
        at, ranking = self.which[index], self.ranking
        row: list[Cell | Bar] = [Cell(count(at + 1), Role.QUIET), Cell(self.name(index))]
        if ranking.what != "artists":
            row.append(Cell(shown(ranking.artist_name(at)), Role.QUIET))
        return [
            *row,
            Cell(hours(ranking.ms[at])),
            Cell(count(int(ranking.counted[at]))),
            Cell(ratio(ranking.engagement[at])),
            Bar(self.amount(at) / self._top if self._top else 0.0),
            Cell(first_to_last(int(ranking.first[at]), int(ranking.last[at]), self.zone), Role.QUIET),
        ]

    def position(self, index: int) -> Figure:
        return Figure(f"{self.which[index] + 1:,} of {len(self.ranking):,}")

    def record(self, index: int) -> dict[str, str | int | float]:
        """One row for a spreadsheet: numbers as numbers."""
        at, ranking = self.which[index], self.ranking
        engagement = float(ranking.engagement[at])
        return {
            "rank": at + 1,
            ONE[ranking.what]: ranking.name(at),
            **({} if ranking.what == "artists" else {"artist": ranking.artist_name(at)}),
            "hours": round(int(ranking.ms[at]) / 3_600_000, 4),
            "plays": int(ranking.plays[at]),
            "counted_plays": int(ranking.counted[at]),
            "engagement": "" if math.isnan(engagement) else round(engagement, 4),
            "first": first_to_last(int(ranking.first[at]), int(ranking.first[at]), self.zone),
            "last": first_to_last(int(ranking.last[at]), int(ranking.last[at]), self.zone),
        }


class RankStrip(Canvas, can_focus=False):
    """All ranks from left to right on a logarithmic scale, where the tier is, and a mark at 10, 100, 1,000 …"""

    DEFAULT_CSS = "RankStrip { height: 1; }"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._tier = (1, 1, 0)

    def show(self, start: int, end: int, total: int) -> None:
        """Ranks ``start`` to ``end`` of ``total``."""
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

        track = ["·"] * room
        power = 10
        while power < total:
            label = count(power)
            at = cell(power)
            if at + len(label) < room - 1:
                track[at : at + len(label)] = label
            power *= 10
        left, right = cell(start), cell(end)
        pieces: list[Piece] = [
            (Figure(" 1 "), Role.QUIET),
            (Figure("".join(track[:left])), Role.QUIET),
            (Figure("█" * (right - left + 1)), Role.BAR),
            (Figure("".join(track[right + 1 :])), Role.QUIET),
            (Figure(f" {last}"), Role.QUIET),
        ]
        if start > total:
            pieces[2] = (Figure("›"), Role.BAR)
        return self.strip(pieces)
