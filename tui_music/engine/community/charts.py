"""A community in figures: who plays how much, what is played most, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_music.engine.community.community import Community
from tui_music.library.history import Int64

#: So many artists and tracks are charted.
CHARTED = 100
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Charted:
    """An artist, or a track with its ``artist``; ``listeners`` is −1 where it was not counted."""

    name: str
    artist: str
    plays: int
    listeners: int


@dataclass(frozen=True, repr=False, eq=False)
class Charts:
    """``plays`` of each listener, most first, shape (listeners,). ``days`` are days since 1970 in UTC with
    ``plays_on`` of each, both empty where the data have no times; ``tracks`` is empty where they have none."""

    plays: Int64
    artists: tuple[Charted, ...]
    tracks: tuple[Charted, ...]
    days: Int64
    plays_on: Int64


def charts(community: Community) -> Charts:
    """The charts of a community; equals stand by name."""
    plays = np.asarray(community.plays.sum(axis=0), np.float64).ravel()
    listeners = np.bincount(community.plays.indices, minlength=len(community.artists))
    names = community.artists
    first = sorted(range(len(names)), key=lambda code: (-plays[code], names[code]))[:CHARTED]
    artists = tuple(Charted(names[code], names[code], int(plays[code]), int(listeners[code])) for code in first)
    days = plays_on = np.zeros(0, np.int64)
    tracks: tuple[Charted, ...] = ()
    if community.events:
        events = community.events
        days, plays_on = np.unique(events.at // _DAY_S, return_counts=True)
        times = np.bincount(events.track[events.track >= 0], minlength=len(events.tracks))
        heard = sorted(range(len(events.tracks)), key=lambda code: (-times[code], events.tracks[code]))[:CHARTED]
        tracks = tuple(
            Charted(events.tracks[code], names[events.track_artist[code]], int(times[code]), -1) for code in heard
        )
    each = np.asarray(community.plays.sum(axis=1), np.float64).ravel()
    return Charts(np.sort(each.astype(np.int64))[::-1], artists, tracks, days.astype(np.int64), plays_on)
