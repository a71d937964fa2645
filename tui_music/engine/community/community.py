"""Many listeners and what they play: who, which artists, how often; tags, friends and times where the data has them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_array

from tui_music.errors import TuiMusicError
from tui_music.library.history import Bool, Float64, Int32, Int64
from tui_music.text import fold


class CommunityRefused(TuiMusicError):
    """Files that no community can be read from."""


class Reason(StrEnum):
    """Why a row was not used."""

    FIELDS = "wrong number of fields"
    NO_NAME = "no listener or no artist"
    BAD_COUNT = "plays missing or impossible"
    BAD_TIME = "time missing or impossible"
    TOO_LONG = "longer than any row of its kind"
    UNKNOWN = "an id that no other file explains"
    DAMAGED = "damaged text"


@dataclass(frozen=True, slots=True)
class FileAccount:
    """One file that was read: ``rows`` = kept + those of ``rejected``. ``mended`` names were encoded twice, ``latin``
    rows were Latin-1 instead of UTF-8."""

    path: str
    format: str
    rows: int
    kept: int
    rejected: tuple[tuple[Reason, int], ...]
    mended: int
    latin: int


@dataclass(frozen=True, repr=False, eq=False)
class Tagged:
    """Who gave an artist which tag; columns of codes, shape (assignments,)."""

    listener: Int32
    artist: Int32
    tag: Int32
    names: list[str]

    def where(self, kept: Bool) -> Tagged:
        return replace(self, listener=self.listener[kept], artist=self.artist[kept], tag=self.tag[kept])


@dataclass(frozen=True, repr=False, eq=False)
class Events:
    """Single plays where the data has them; columns of shape (plays,). ``at`` is UTC seconds; ``track`` a code into
    ``tracks``, −1 where there is none. ``tracks`` are titles, ``track_artist`` their artists' codes."""

    listener: Int32
    artist: Int32
    track: Int32
    at: Int64
    tracks: list[str]
    track_artist: Int32


@dataclass(frozen=True, repr=False, eq=False)
class Community:
    """``plays`` has shape (listeners, artists), float32, only counts above 0, indices in order; ``friends`` is of shape
    (listeners, listeners), 1.0 for a friend. ``merged`` counts names that were another spelling of one artist."""

    source: str
    listeners: list[str]
    artists: list[str]
    plays: csr_array
    tagged: Tagged | None = None
    friends: csr_array | None = None
    events: Events | None = None
    files: tuple[FileAccount, ...] = ()
    merged: int = 0

    def merge_spellings(self) -> Community:
        """The same with artists whose names fold to the same taken for one, under the name most played."""
        code_of: dict[str, int] = {}
        folded = [fold(name) or name for name in self.artists]
        plays: Float64 = np.asarray(self.plays.sum(axis=0), np.float64).ravel()
        for code in sorted(range(len(folded)), key=lambda code: (-plays[code], self.artists[code])):
            code_of.setdefault(folded[code], code)
        kept = np.array(sorted(code_of.values()), np.int64)
        if len(kept) == len(self.artists):
            return self
        place = np.zeros(len(self.artists), np.int32)
        place[kept] = np.arange(len(kept), dtype=np.int32)
        new = place[[code_of[name] for name in folded]]
        tagged, events = self.tagged, self.events
        return replace(
            self,
            artists=[self.artists[code] for code in kept.tolist()],
            plays=counted(
                np.repeat(np.arange(len(self.listeners)), np.diff(self.plays.indptr)),
                new[self.plays.indices],
                self.plays.data,
                (len(self.listeners), len(kept)),
            ),
            tagged=replace(tagged, artist=new[tagged.artist]) if tagged else None,
            events=replace(events, artist=new[events.artist], track_artist=new[events.track_artist])
            if events
            else None,
            merged=self.merged + len(self.artists) - len(kept),
        )

    def of_tracks(self) -> Community:
        """The same listeners with the tracks they play ("artist - title") in place of artists; tags are of artists, and
        go. Raises :class:`CommunityRefused` where the data name none."""
        events = self.events
        if events is None or not events.tracks:
            raise CommunityRefused(f"{self.source} tells artists, and no tracks.")
        named = events.track >= 0
        listener, track, at = events.listener[named], events.track[named], events.at[named]
        names = [
            f"{self.artists[artist]} - {title}"
            for artist, title in zip(events.track_artist.tolist(), events.tracks, strict=True)
        ]
        places = np.arange(len(names), dtype=np.int32)
        return replace(
            self,
            artists=names,
            plays=counted(listener, track, np.ones(len(track), np.float32), (len(self.listeners), len(names))),
            tagged=None,
            events=Events(listener, track, track, at, events.tracks, places),
        )

    def of_listeners(self, kept: Int64) -> Community:
        """The same with some of the listeners, in order."""
        place = np.full(len(self.listeners), -1, np.int32)
        place[kept] = np.arange(len(kept), dtype=np.int32)
        tagged, events = self.tagged, self.events
        if tagged:
            tagged = tagged.where(place[tagged.listener] >= 0)
            tagged = replace(tagged, listener=place[tagged.listener])
        if events:
            theirs = place[events.listener] >= 0
            columns = {name: getattr(events, name)[theirs] for name in ("listener", "artist", "track", "at")}
            events = replace(events, **{**columns, "listener": place[columns["listener"]]})
        return replace(
            self,
            listeners=[self.listeners[code] for code in kept.tolist()],
            plays=self.plays[kept],
            tagged=tagged,
            friends=self.friends[kept][:, kept] if self.friends is not None else None,
            events=events,
        )


def counted(
    listener: Int32 | Int64, artist: Int32 | Int64, plays: Float64 | csr_array, shape: tuple[int, int]
) -> csr_array:
    """Play counts as a float32 matrix: what is given more than once is summed, indices are in order."""
    matrix = csr_array((np.asarray(plays, np.float32), (listener, artist)), shape=shape)
    matrix.sum_duplicates()
    return matrix
