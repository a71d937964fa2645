"""All that the first screen shows of a scope, as one answer that can be kept in a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

import msgspec
import numpy as np

from tui_music.library.history import History
from tui_music.library.ranking import Ranking, What, albums_of, artists_of, first_ranks, tracks_of
from tui_music.library.scope import DateRange, Kind, Measure, Scope
from tui_music.library.selection import select
from tui_music.library.statistics import (
    Series,
    Totals,
    WeekMap,
    hour_by_weekday,
    listening_over_time,
    totals,
)

#: Written into every kept overview; another number means another form or other definitions.
SCHEMA = 1
#: Rows of a top list.
TOP = 100


@dataclass(frozen=True, slots=True)
class TopRow:
    """One row of a top list; its rank is its position + 1. Names, as codes do not outlive a loaded history.

    ``ms`` milliseconds of stored plays; ``plays`` stored, ``counted`` counted plays; ``engagement`` 0–1 or ``None``;
    ``tracks`` distinct ones; ``first``, ``last`` starts of the first and last play, UTC seconds.
    """

    name: str
    artist: str
    ms: int
    plays: int
    counted: int
    engagement: float | None
    tracks: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Top:
    """The first 100 rows of a ranking, and of how many (``total``)."""

    what: What
    by: Measure
    total: int
    rows: tuple[TopRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """The figures of one scope at one revision of the library."""

    schema: int
    revision: int
    listener: str
    zone: str
    kind: Kind
    counted_ms: int
    first: date | None
    last: date | None
    label: str
    totals: Totals
    series: Series
    week: WeekMap
    tops: tuple[Top, ...]

    @property
    def scope(self) -> Scope:
        """The scope the figures are about."""
        return Scope(self.listener, self.zone, self.kind, DateRange(self.first, self.last, self.label), self.counted_ms)

    def top(self, what: What, by: Measure) -> Top:
        """The top list of artists, tracks or albums by a measure."""
        return next(top for top in self.tops if (top.what, top.by) == (what, by))


def overview(history: History, scope: Scope) -> Overview:
    """Totals, listening over time, hour by weekday, and the top artists, tracks and albums by every measure."""
    plays = select(history, scope)
    tables = (artists_of(plays), tracks_of(plays), albums_of(plays))
    return Overview(
        schema=SCHEMA,
        revision=history.revision,
        listener=scope.listener,
        zone=scope.zone,
        kind=scope.kind,
        counted_ms=scope.counted_ms,
        first=scope.range.first,
        last=scope.range.last,
        label=scope.range.label,
        totals=totals(history, scope),
        series=listening_over_time(history, scope),
        week=hour_by_weekday(history, scope),
        tops=tuple(_top(table, by) for table in tables for by in Measure),
    )


def _top(table: Ranking, by: Measure) -> Top:
    ranking = first_ranks(table, by, TOP)
    rows = tuple(
        TopRow(
            name=ranking.name(row),
            artist=ranking.artist_name(row),
            ms=int(ranking.ms[row]),
            plays=int(ranking.plays[row]),
            counted=int(ranking.counted[row]),
            engagement=None if np.isnan(ranking.engagement[row]) else float(ranking.engagement[row]),
            tracks=int(ranking.tracks[row]),
            first=int(ranking.first[row]),
            last=int(ranking.last[row]),
        )
        for row in range(len(ranking))
    )
    return Top(table.what, by, len(table), rows)


def to_bytes(overview: Overview) -> bytes:
    """An overview as JSON: dates as YYYY-MM-DD, times as UTC seconds."""
    return msgspec.json.encode(overview, enc_hook=_encoded)


def from_bytes(data: bytes) -> Overview | None:
    """An overview kept earlier; ``None`` when the bytes are damaged or of another form."""
    try:
        kept = msgspec.json.decode(data, type=Overview, dec_hook=_decoded)
    except (msgspec.DecodeError, ValueError):
        return None
    return kept if kept.schema == SCHEMA else None


def _encoded(value: object) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise NotImplementedError(type(value))


def _decoded(wanted: Any, value: Any) -> Any:
    """A column, whose annotation is ``NDArray[dtype]``."""
    dtype = get_args(get_args(wanted)[1])[0]
    return np.array(value, dtype)
