"""How much of a track was heard, and how much that says.

An export tells how long a play was, not how long its track is; so a length is assumed, and where it is from is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_music.library.history import Bool, Float64, History, Int64, UInt8
from tui_music.library.memo import remember

#: Length of a track that was never played to its end (ms).
DEFAULT_MS = 180_000
#: Where an assumed duration is from: values of :attr:`Durations.source`.
SOURCES = ("default", "trackdone", "known")
_DEFAULT, _TRACKDONE = 0, 1

# Engagement of a play: a part for having listened at all, full after 30 s, and a part for the share of the track.
_BEGUN_MS = 30_000
_BEGUN_WEIGHT, _COMPLETION_WEIGHT = 0.7, 0.3

#: ``reason_end`` of a play ended by the button for the next track, and until when (ms) that is a skip.
_NEXT_BUTTON, _SKIP_MS = "fwdbtn", 30_000

# Shares are kept as multiples of 2⁻³⁰: their sums are then exact, so no order of adding can change an answer.
_GRAIN = 2.0**30
_MS = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """Assumed length of each track: ``ms`` and, as a position in :data:`SOURCES`, ``source``; shape (tracks,)."""

    ms: Int64
    source: UInt8


def assumed_durations(history: History) -> Durations:
    """The assumed length of every track of a history, ms.

    The 95th percentile (linear between neighbours, to the nearest ms) of the track's plays of any date that ended with
    ``trackdone`` after more than 0 ms, else 180,000. A high quantile, as some such plays still began in the middle,
    and not the highest, as a player that slept reports hours.
    """
    return remember(history, ("durations",), lambda: _assumed_durations(history))


def _assumed_durations(history: History) -> Durations:
    tracks = len(history.names.tracks)
    ms = np.full(tracks, DEFAULT_MS, np.int64)
    done = (history.reason_end == history.term("trackdone")) & (history.ms_played > 0)
    # One sort by track, then by time heard: both fit into 64 bits.
    heard = history.track.astype(np.int64)
    heard <<= 32
    heard |= history.ms_played
    heard = heard[done]
    heard.sort()
    plays = np.bincount(history.track[done], minlength=tracks)
    known = np.flatnonzero(plays)
    last = np.cumsum(plays)[known] - 1
    twentieths = 19 * (plays[known] - 1)  # the percentile is at first + twentieths / 20, in whole numbers
    at = last - plays[known] + 1 + twentieths // 20
    low, high = heard[at] & _MS, heard[np.minimum(at + 1, last)] & _MS
    ms[known] = low + ((high - low) * (twentieths % 20) + 10) // 20
    return Durations(ms, np.where(plays, _TRACKDONE, _DEFAULT).astype(np.uint8))


def play_completion(history: History) -> Float64:
    """Share of the assumed duration heard in each play, 0–1, shape (plays,): min(1, ms / duration)."""
    share = assumed_durations(history).ms.astype(np.float64)[history.track]
    np.divide(history.ms_played, share, out=share)
    return _grained(np.minimum(share, 1.0, out=share))


def play_engagement(history: History) -> Float64:
    """Engagement of each play, 0–1, shape (plays,): 0.7 · min(1, ms / 30,000) + 0.3 · completion."""
    return remember(history, ("engagement",), lambda: _play_engagement(history))


def _play_engagement(history: History) -> Float64:
    engagement = play_completion(history)
    engagement *= _COMPLETION_WEIGHT
    engagement += np.minimum(history.ms_played, _BEGUN_MS) * (_BEGUN_WEIGHT / _BEGUN_MS)
    return _grained(engagement)


def play_skipped(history: History) -> Bool:
    """Whether each play was skipped, shape (plays,).

    The source says so, or says nothing and the button for the next track ended the play within 30 s. What says neither
    is not a skip, and not a play to its end either.
    """
    return remember(history, ("skipped",), lambda: _play_skipped(history))


def _play_skipped(history: History) -> Bool:
    cut = (history.reason_end == history.term(_NEXT_BUTTON)) & (history.ms_played < _SKIP_MS)
    skipped: Bool = (history.skipped == 1) | ((history.skipped < 0) & cut)
    return skipped


def _grained(share: Float64) -> Float64:
    share *= _GRAIN
    np.rint(share, out=share)
    share /= _GRAIN
    return share
