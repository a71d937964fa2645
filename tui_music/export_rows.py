"""What is exported of a tier, a crate, a trail or recommendations: for each artist the songs to start with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from tui_music.export import Row, web_page
from tui_music.library.calendar import open_zone
from tui_music.library.engagement import assumed_durations
from tui_music.library.history import History
from tui_music.library.journal import Entry, Journal
from tui_music.library.links import spotify_uris
from tui_music.library.ranking import Ranking, Tier, rank_tracks
from tui_music.library.scope import Measure, Scope
from tui_music.library.store import Store
from tui_music.text import fold

if TYPE_CHECKING:
    from tui_music.engine.candidate import Recommendations


@dataclass(frozen=True)
class Songs:
    """Where songs are looked for, and how many of an artist: ``each`` (0 for the artists alone).

    The listener's own come first, most counted plays in ``scope`` first; then, up to ``each``, the titles in ``top``,
    by folded artist name: what services say of artists never heard. Songs that the listener did not want, or knows
    already, are left out. An artist without any is a row of its own.
    """

    store: Store
    history: History
    scope: Scope
    each: int = 3
    top: Mapping[str, Sequence[str]] = field(default_factory=dict)


def tier_rows(songs: Songs, ranking: Ranking, tier: Tier) -> list[Row]:
    """The artists of a tier, in order of rank, which is their note."""
    return _rows(songs, [_Wanted(ranking.artist_name(row), None, f"rank {row + 1}") for row in tier.rows])


def crate_rows(songs: Songs, crate: Iterable[Entry]) -> list[Row]:
    """What is kept for later, in the order given; single tracks as they are. The note is the day of adding."""
    zone = open_zone(songs.scope.zone)
    return _rows(
        songs,
        [_Wanted(each.artist, each.track, f"added {datetime.fromtimestamp(each.at, zone):%Y-%m-%d}") for each in crate],
    )


def trail_rows(songs: Songs, artists: Iterable[str]) -> list[Row]:
    """The artists of a trail, from its first to its last."""
    return _rows(songs, [_Wanted(artist, None, "") for artist in artists])


def song_rows(songs: Songs, wanted: Iterable[tuple[str, str]]) -> list[Row]:
    """Single songs, by artist and title, in the order given."""
    return _rows(songs, [_Wanted(artist, title, "") for artist, title in wanted])


def recommended_rows(songs: Songs, found: Recommendations) -> list[Row]:
    """Recommendations in their order, with the reason as the note."""
    return _rows(songs, [_Wanted(each.name, None, each.reason) for each in found.candidates])


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An artist of whom songs are wanted or, with ``title``, one song; and why."""

    artist: str
    title: str | None
    note: str


def _rows(songs: Songs, wanted: Sequence[_Wanted]) -> list[Row]:
    chosen = _chosen(songs, wanted)
    names, durations = songs.history.names, assumed_durations(songs.history)
    known = [track for _, track in chosen if track is not None]
    asked = [(names.artists[int(names.track_artist[track])], names.tracks[track]) for track in known]
    uris = dict(zip(known, spotify_uris(songs.store, songs.history.listener, asked), strict=True))
    rows = []
    for song, track in chosen:
        uri = next(iter(uris[track]), None) if track is not None else None
        ms = int(durations.ms[track]) if track is not None and durations.source[track] else None
        rows.append(Row(song.artist, song.title, uri, ms, web_page(uri) if uri else None, song.note))
    return rows


def _chosen(songs: Songs, wanted: Sequence[_Wanted]) -> list[tuple[_Wanted, int | None]]:
    """The songs (or lone artists) of the export, each with the code of its track, ``None`` where that has none."""
    names = songs.history.names
    ranking = rank_tracks(songs.history, songs.scope, Measure.PLAYS)
    code_of = _codes(songs, {each.artist for each in wanted})
    rows_of: dict[int, list[int]] = {code: [] for code in code_of.values()}
    owner, without = ranking.artist_codes, Journal(songs.store).verdicts(songs.history.listener).unwanted
    for row in np.flatnonzero(np.isin(owner, list(rows_of))).tolist():
        rows_of[int(owner[row])].append(row)
    chosen: list[tuple[_Wanted, int | None]] = []
    for each in wanted:
        code = code_of.get(each.artist)
        artist = each.artist if code is None else names.artists[code]
        rows = [] if code is None else rows_of[code]
        row_of = {fold(ranking.name(row)): row for row in reversed(rows)}  # of two alike the most played
        titles = [each.title] if each.title is not None else _titles(songs, artist, ranking, rows, without)
        for title in titles:
            at = row_of.get(fold(title))
            named = title if at is None else ranking.name(at)
            chosen.append((_Wanted(artist, named, each.note), None if at is None else int(ranking.code[at])))
        if not titles:
            chosen.append((_Wanted(artist, None, each.note), None))
    return chosen


def _titles(
    songs: Songs, artist: str, ranking: Ranking, rows: Iterable[int], without: Set[tuple[str, str]]
) -> list[str]:
    """The titles to start with, the listener's own first; those that fold alike once."""
    own = [ranking.name(row) for row in rows if ranking.counted[row]]
    titles: dict[str, str] = {}
    for title in (*own, *songs.top.get(fold(artist), ())):
        if (fold(artist), fold(title)) not in without:
            titles.setdefault(fold(title), title)
    return list(titles.values())[: songs.each]


def _codes(songs: Songs, artists: Set[str]) -> dict[str, int]:
    """The code of each artist in the history: of that very name, else the most played of those that fold alike."""
    names = songs.history.names.artists
    code_of = {name: code for code, name in enumerate(names) if name in artists}
    unknown = artists - code_of.keys()
    if unknown:
        counted = songs.history.ms_played >= songs.scope.counted_ms
        plays = np.bincount(songs.history.artist[counted], minlength=len(names)).tolist()
        folded: dict[str, int] = {}
        for code in sorted(range(len(names)), key=lambda code: (-plays[code], names[code])):
            folded.setdefault(fold(names[code]), code)
        code_of |= {name: folded[fold(name)] for name in unknown if fold(name) in folded}
    return code_of
