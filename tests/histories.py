"""Histories made by hand or by chance, for tests.

A test writes the plays that matter to it, often as tuples: ``("2021-03-01T20:00:00", "Artist", "Track", 200_000)``.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tui_music.library.history import History, Names
from tui_music.library.scope import Kind


@dataclass(frozen=True, slots=True)
class Row:
    """One play. ``start`` is an ISO time (UTC when it has no offset) or UTC seconds; ``ms`` milliseconds heard."""

    start: str | int
    artist: str
    track: str
    ms: int = 200_000
    album: str | None = None
    kind: Kind = Kind.MUSIC
    reason_end: str | None = None
    skipped: bool | None = None
    country: str | None = None
    reason_start: str | None = None
    platform: str | None = None
    source: str = "spotify-extended"
    shuffle: bool | None = None
    offline: bool | None = None
    incognito: bool | None = None
    minute_precise: bool = False


def utc(start: str | int) -> int:
    """UTC seconds of an ISO time (UTC when it has no offset)."""
    if isinstance(start, int):
        return start
    at = datetime.fromisoformat(start)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def make_history(
    rows: Iterable[Row | tuple[Any, ...]], listener: str = "mira", revision: int = 1, shuffle_codes: int | None = None
) -> History:
    """A history of the given plays (a tuple is ``Row(*tuple)``), in any order.

    ``shuffle_codes`` is a seed: names then get their codes in a random order, which no answer may depend on.
    """
    plays = [row if isinstance(row, Row) else Row(*row) for row in rows]
    plays.sort(key=lambda row: (utc(row.start), row.artist, row.track, row.album or "", row.ms))
    artists = _codes((p.artist for p in plays), shuffle_codes)
    tracks = _codes(((p.artist, p.track) for p in plays), shuffle_codes)
    albums = _codes(((p.artist, p.album) for p in plays if p.album is not None), shuffle_codes)
    named = ("reason_start", "reason_end", "platform", "country", "source")
    used = (getattr(p, field) for p in plays for field in named)
    terms = _codes((term for term in used if term is not None), shuffle_codes)

    def term(field: str) -> Any:
        return np.array([terms.get(getattr(p, field), -1) for p in plays], np.int32)

    def flag(field: str) -> Any:
        return np.array([-1 if getattr(p, field) is None else int(getattr(p, field)) for p in plays], np.int8)

    return History(
        listener=listener,
        revision=revision,
        start=np.array([utc(p.start) for p in plays], np.int64),
        ms_played=np.array([p.ms for p in plays], np.int32),
        kind=np.array([p.kind for p in plays], np.uint8),
        artist=np.array([artists[p.artist] for p in plays], np.int32),
        track=np.array([tracks[p.artist, p.track] for p in plays], np.int32),
        album=np.array([-1 if p.album is None else albums[p.artist, p.album] for p in plays], np.int32),
        reason_start=term("reason_start"),
        reason_end=term("reason_end"),
        platform=term("platform"),
        country=term("country"),
        source=term("source"),
        shuffle=flag("shuffle"),
        skipped=flag("skipped"),
        offline=flag("offline"),
        incognito=flag("incognito"),
        minute_precise=np.array([p.minute_precise for p in plays], np.bool_),
        names=Names(
            artists=list(artists),
            tracks=[title for _, title in tracks],
            track_artist=np.array([artists[artist] for artist, _ in tracks], np.int32),
            albums=[title for _, title in albums],
            album_artist=np.array([artists[artist] for artist, _ in albums], np.int32),
            terms=list(terms),
        ),
    )


def _codes(values: Iterable[Any], seed: int | None) -> dict[Any, int]:
    distinct = list(dict.fromkeys(values))
    if seed is not None:
        random.Random(seed).shuffle(distinct)
    return {value: code for code, value in enumerate(distinct)}


def random_history(
    plays: int = 2_000,
    artists: int = 60,
    tracks: int = 400,
    albums: int = 100,
    *,
    years: float = 9.0,
    seed: int = 0,
    listener: str = "mira",
) -> History:
    """An invented history of any size, quickly: popularity falls like 1/rank, a tenth is cut short, all of it music."""
    rng = np.random.default_rng(seed)
    track_artist = np.concatenate([np.arange(artists), _zipf(rng, artists, tracks - artists)]).astype(np.int32)
    album_artist = np.concatenate([np.arange(artists), _zipf(rng, artists, albums - artists)]).astype(np.int32)
    by_artist = np.argsort(album_artist, kind="stable")
    low = np.searchsorted(album_artist[by_artist], np.arange(artists))
    many = np.bincount(album_artist, minlength=artists)
    track_album = by_artist[low[track_artist] + rng.integers(0, many[track_artist])]
    length = rng.integers(120_000, 420_000, tracks)
    track = _zipf(rng, tracks, plays).astype(np.int32)
    cut = rng.random(plays) < 0.1
    ms = np.where(cut, length[track] * rng.random(plays) * 0.5, length[track]).astype(np.int32)
    terms = ["trackdone", "fwdbtn", "clickrow", "DE", "android", "spotify-extended"]
    unknown = np.full(plays, -1, np.int8)
    return History(
        listener=listener,
        revision=1,
        start=np.sort(rng.integers(1_400_000_000, 1_400_000_000 + int(years * 31_557_600), plays)),
        ms_played=ms,
        kind=np.zeros(plays, np.uint8),
        artist=track_artist[track],
        track=track,
        album=np.where(rng.random(plays) < 0.02, -1, track_album[track]).astype(np.int32),
        reason_start=np.full(plays, 2, np.int32),
        reason_end=cut.astype(np.int32),
        platform=np.full(plays, 4, np.int32),
        country=np.full(plays, 3, np.int32),
        source=np.full(plays, 5, np.int32),
        shuffle=unknown,
        skipped=np.where(rng.random(plays) < 0.5, cut, -1).astype(np.int8),
        offline=unknown,
        incognito=unknown,
        minute_precise=np.zeros(plays, np.bool_),
        names=Names(
            artists=[f"Artist {i}" for i in range(artists)],
            tracks=[f"Song {i}" for i in range(tracks)],
            track_artist=track_artist,
            albums=[f"Album {i}" for i in range(albums)],
            album_artist=album_artist,
            terms=terms,
        ),
    )


def _zipf(rng: np.random.Generator, among: int, n: int) -> Any:
    """``n`` numbers below ``among``, number ``i`` drawn with a weight of 1 / (i + 10)."""
    weight = 1.0 / (np.arange(among) + 10.0)
    return np.minimum(np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(n)), among - 1)


def rows_of_plays(max_size: int = 40) -> st.SearchStrategy[list[Row]]:
    """A strategy of a few plays of few artists over three years: with ties, overlaps, gaps and everything unknown."""
    name = st.sampled_from(["A", "B", "Ç", "ab", "東"])
    row = st.builds(
        Row,
        start=st.one_of(
            st.integers(1_577_836_800, 1_672_531_200),  # 2020 to 2022
            st.integers(1_616_800_000, 1_617_000_000),  # the days around a change of clocks
        ),
        artist=name,
        track=st.sampled_from(["a", "b", "c"]),
        ms=st.one_of(st.sampled_from([0, 29_999, 30_000, 200_000, 3_000_000]), st.integers(0, 400_000)),
        album=st.sampled_from([None, "x", "y"]),
        kind=st.sampled_from([Kind.MUSIC, Kind.MUSIC, Kind.MUSIC, Kind.PODCAST]),
        reason_end=st.sampled_from([None, "trackdone", "fwdbtn", "endplay"]),
        skipped=st.sampled_from([None, True, False]),
        country=st.sampled_from([None, "DE"]),
    )
    return st.lists(row, max_size=max_size)
