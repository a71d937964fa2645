"""Artists, tracks and albums in order, and tiers: ranges of ranks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tui_music.library.history import Bool, Float64, History, Int32, Int64, Names
from tui_music.library.memo import remember
from tui_music.library.scope import Measure, Scope
from tui_music.library.selection import Selection, select

What = Literal["artists", "tracks", "albums"]
Sums = NDArray[Any]  # what numpy's bincount gives: float64 with weights, intp without

#: Rankings by engagement put first what has at least so many counted plays: a mean of fewer says little.
ENGAGEMENT_PLAYS = 10


@dataclass(frozen=True, slots=True)
class Tier:
    """A contiguous range of ranks, both ends included and counted from 1.

    ``end`` is ``start`` where a start above the end was asked (``corrected``). ``rows`` are the positions in the
    ranking that exist in the range: ``artists`` of them, of ``total`` in all; a tier may be empty. ``ms`` and
    ``counted`` are sums over the tier; ``share_of_all`` is its part of the ranking's ``ms``, 0–1; ``top`` and
    ``bottom`` are its first and last name.
    """

    start: int
    end: int
    corrected: bool
    rows: range
    artists: int
    total: int
    ms: int
    counted: int
    share_of_all: float
    top: str | None
    bottom: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ranking:
    """Everything of one sort with a stored play in a scope, in rank order; columns of shape (rows,).

    ``code`` into the names; ``ms`` milliseconds of stored plays; ``plays`` stored plays; ``counted`` counted plays;
    ``engagement`` mean over counted plays, 0–1, nan without any; ``tracks`` distinct tracks; ``first`` and ``last``
    starts of the first and last stored play, UTC seconds. ``by`` says what orders the rows:

    - hours: ms, then counted plays, both falling;
    - plays: counted plays, then ms, both falling;
    - engagement: rows with at least 10 counted plays first, then engagement falling, then as by plays.

    What is still equal is ordered by artist, then by title, by code point: never by code.
    """

    what: What
    by: Measure
    code: Int32
    ms: Int64
    plays: Int32
    counted: Int32
    engagement: Float64
    tracks: Int32
    first: Int64
    last: Int64
    names: Names

    def __len__(self) -> int:
        return len(self.code)

    def name(self, row: int) -> str:
        """Name of the artist, track or album at a position (rank − 1)."""
        names: list[str] = getattr(self.names, self.what)
        return names[int(self.code[row])]

    def artist_name(self, row: int) -> str:
        """Name of the artist at a position; for tracks and albums of the artist they are by."""
        return self.names.artists[self.artist_code(row)]

    def artist_code(self, row: int) -> int:
        """Code of the artist at a position."""
        owner = {"artists": None, "tracks": self.names.track_artist, "albums": self.names.album_artist}[self.what]
        return int(self.code[row] if owner is None else owner[self.code[row]])

    @property
    def artist_codes(self) -> Int32:
        """Code of the artist of each row, shape (rows,)."""
        if self.what == "artists":
            return self.code
        return (self.names.track_artist if self.what == "tracks" else self.names.album_artist)[self.code]

    def rank_of(self, code: int) -> int | None:
        """Rank of a code, from 1; ``None`` when it is not in the ranking."""
        found = np.flatnonzero(self.code == code)
        return int(found[0]) + 1 if len(found) else None

    def tier(self, start: int, end: int) -> Tier:
        """The rows of ranks ``start`` to ``end``; start > end means the single rank ``start``."""
        corrected = start > end
        end = start if corrected else end
        rows = range(min(max(start, 1) - 1, len(self)), min(max(end, 0), len(self)))
        part = slice(rows.start, rows.stop)
        ms, all_ms = int(self.ms[part].sum()), int(self.ms.sum())
        return Tier(
            start=start,
            end=end,
            corrected=corrected,
            rows=rows,
            artists=len(rows),
            total=len(self),
            ms=ms,
            counted=int(self.counted[part].sum()),
            share_of_all=ms / all_ms if all_ms else 0.0,
            top=self.name(rows[0]) if rows else None,
            bottom=self.name(rows[-1]) if rows else None,
        )

    def sorted_by(self, measure: Measure) -> Ranking:
        """The same rows in the order of another measure."""
        return self if measure is self.by else self._rows(_order(self, measure), measure)

    def _rows(self, rows: NDArray[np.integer[Any]], by: Measure) -> Ranking:
        """The same ranking with some of its rows, in the order given."""
        columns = ("code", "ms", "plays", "counted", "engagement", "tracks", "first", "last")
        return replace(self, by=by, **{column: getattr(self, column)[rows] for column in columns})


def rank_artists(history: History, scope: Scope, by: Measure = Measure.HOURS) -> Ranking:
    """The artists of a scope, ranked."""
    plays = select(history, scope)
    return _ranked(plays, artists_of(plays), by)


def rank_tracks(history: History, scope: Scope, by: Measure = Measure.HOURS, artist: int | None = None) -> Ranking:
    """The tracks of a scope, ranked; of one artist (a code) when asked."""
    plays = select(history, scope)
    return _ranked(plays, tracks_of(plays), by, artist)


def rank_albums(history: History, scope: Scope, by: Measure = Measure.HOURS, artist: int | None = None) -> Ranking:
    """The albums of a scope, ranked; of one artist (a code) when asked. Plays without an album are left out."""
    plays = select(history, scope)
    return _ranked(plays, albums_of(plays), by, artist)


def first_ranks(table: Ranking, by: Measure, n: int) -> Ranking:
    """The first ``n`` rows in the order of a measure, without the cost of ordering the rest."""
    if len(table) > n:
        leading: Sums = table.ms if by is Measure.HOURS else table.counted
        if by is Measure.ENGAGEMENT:
            leading = np.where(table.counted >= ENGAGEMENT_PLAYS, table.engagement, -1.0)
        table = table._rows(np.flatnonzero(leading >= np.partition(leading, -n)[-n]), by)
    return table._rows(_order(table, by)[:n], by)


def _ranked(plays: Selection, table: Ranking, by: Measure, artist: int | None = None) -> Ranking:
    if artist is not None:
        table = table._rows(np.flatnonzero(table.artist_codes == artist), by)
        return table._rows(_order(table, by), by)
    order = remember(plays, (f"order of {table.what}", by), lambda: _order(table, by).astype(np.int32), len(Measure))
    return table._rows(order, by)


def artists_of(plays: Selection) -> Ranking:
    """The artists of a selection in order of code, not of rank; kept with it."""
    return remember(plays, ("artists",), lambda: _artists(plays))


def tracks_of(plays: Selection) -> Ranking:
    """The tracks of a selection in order of code, not of rank; kept with it."""
    return remember(plays, ("tracks",), lambda: _tracks(plays))


def albums_of(plays: Selection) -> Ranking:
    """The albums of a selection in order of code, not of rank; kept with it."""
    return remember(plays, ("albums",), lambda: _albums(plays))


def _artists(plays: Selection) -> Ranking:
    names, tracks = plays.history.names, tracks_of(plays)
    owner, size = names.track_artist[tracks.code], len(names.artists)
    first, last = np.full(size, np.iinfo(np.int64).max), np.zeros(size, np.int64)
    np.minimum.at(first, owner, tracks.first)
    np.maximum.at(last, owner, tracks.last)
    return _table(
        plays,
        "artists",
        ms=np.bincount(owner, tracks.ms, size),
        stored=np.bincount(owner, tracks.plays, size),
        counted=np.bincount(owner, tracks.counted, size),
        engaged=np.bincount(plays.artist, plays.engagement, size),
        tracks=np.bincount(owner, minlength=size),
        first=first,
        last=last,
    )


def _tracks(plays: Selection) -> Ranking:
    size = len(plays.history.names.tracks)
    return _sums(plays, "tracks", plays.track.astype(np.intp), np.ones(size, np.int64))


def _albums(plays: Selection) -> Ranking:
    names = plays.history.names
    album = plays.of(plays.history.album).astype(np.intp) + 1  # 0 for plays without one
    pairs = album * len(names.tracks)
    pairs += plays.track
    pairs.sort()
    pairs = np.append(pairs[:1], pairs[1:][pairs[1:] != pairs[:-1]])
    tracks = np.bincount(pairs // max(1, len(names.tracks)), minlength=len(names.albums) + 1)
    table = _sums(plays, "albums", album, tracks)
    rows = np.flatnonzero(table.code > 0)
    return replace(table._rows(rows, table.by), code=table.code[rows] - 1)


def _sums(plays: Selection, what: What, code: NDArray[np.intp], tracks: Int64) -> Ranking:
    """Plays summed by ``code``, shape (rows of the selection,). ``tracks`` are the distinct tracks of each code."""
    size = len(tracks)
    first, last = np.zeros(size, np.int64), np.zeros(size, np.int64)
    last[code] = plays.start  # plays are in order of their start, and what is written last stays
    first[code[::-1]] = plays.start[::-1]
    return _table(
        plays,
        what,
        ms=np.bincount(code, plays.ms, size),
        stored=np.bincount(code, minlength=size),
        counted=np.bincount(code, plays.counted, size),
        engaged=np.bincount(code, plays.engagement, size),
        tracks=tracks,
        first=first,
        last=last,
    )


def _table(
    plays: Selection,
    what: What,
    ms: Sums,
    stored: Sums,
    counted: Sums,
    engaged: Sums,
    tracks: Int64,
    first: Int64,
    last: Int64,
) -> Ranking:
    """The codes that have stored plays, from sums by code. All columns have shape (codes,)."""
    code = np.flatnonzero(stored)
    return Ranking(
        what=what,
        by=Measure.HOURS,
        code=code.astype(np.int32),
        ms=ms[code].astype(np.int64),
        plays=stored[code].astype(np.int32),
        counted=counted[code].astype(np.int32),
        engagement=np.divide(engaged, counted, out=np.full(len(ms), np.nan), where=counted > 0)[code],
        tracks=tracks[code].astype(np.int32),
        first=first[code],
        last=last[code],
        names=plays.history.names,
    )


def _order(ranking: Ranking, by: Measure) -> NDArray[np.intp]:
    """The rows in the order of a measure, equal ones by name."""
    ms, counted = ranking.ms, ranking.counted.astype(np.int64)
    if by is Measure.HOURS:
        keys: list[Int64 | Float64] = [-_joined(ms, counted)]
        order = np.argsort(keys[0])
    else:
        keys = [-_joined(counted, ms)]
        if by is Measure.ENGAGEMENT:
            engaging = -np.nan_to_num(ranking.engagement, nan=-1.0)
            keys = [(counted < ENGAGEMENT_PLAYS).astype(np.int64), engaging, *keys]
        order = np.lexsort(keys[::-1])
    equal = np.ones(max(0, len(order) - 1), np.bool_)
    for key in keys:
        ordered = key[order]
        equal &= ordered[1:] == ordered[:-1]
    return _by_name(ranking, order, equal) if equal.any() else order


def _joined(first: Int64, second: Int64) -> Int64:
    """One number that orders like (first, second); both are at least 0.

    It fits into 63 bits up to a million plays of one track that last for 500 years.
    """
    return first * (int(second.max(initial=0)) + 1) + second


def _by_name(ranking: Ranking, order: NDArray[np.intp], equal: Bool) -> NDArray[np.intp]:
    """``order``, with runs of equal rows put in order of artist, then of title.

    ``equal[i]`` says that the numbers of ``order[i]`` and ``order[i + 1]`` tie. Songs are often of one length, so many
    rows tie by number; few are by one artist as well, and only of these are titles compared.
    """
    tied, run = _runs(equal)
    rows = order[tied]
    artist = _artist_places(ranking.names)[ranking.artist_codes[rows]]
    by_artist = np.lexsort((artist, run))
    rows, run, artist = rows[by_artist], run[by_artist], artist[by_artist]
    if ranking.what != "artists":
        titles: list[str] = getattr(ranking.names, ranking.what)
        both, run = _runs((run[1:] == run[:-1]) & (artist[1:] == artist[:-1]))
        same = rows[both]
        keys = [(at, titles[code]) for at, code in zip(run.tolist(), ranking.code[same].tolist(), strict=True)]
        rows[both] = same[sorted(range(len(keys)), key=keys.__getitem__)]
    order[tied] = rows
    return order


def _runs(equal: Bool) -> tuple[Bool, Int64]:
    """Which rows belong to a run of more than one, and for each of these the number of its run."""
    tied = np.append(equal, False) | np.append(False, equal)
    return tied, np.cumsum(np.append(True, ~equal))[tied]


def _artist_places(names: Names) -> Int64:
    """Place of each artist among all by code point."""

    def places() -> Int64:
        place = np.empty(len(names.artists), np.int64)
        place[sorted(range(len(names.artists)), key=names.artists.__getitem__)] = np.arange(len(names.artists))
        return place

    return remember(names, ("artist places",), places)
