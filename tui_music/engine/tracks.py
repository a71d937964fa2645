"""Which songs to start with: one's own best, a service's most played, and songs like one."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

import numpy as np

from tui_music.engine.listening import Listening
from tui_music.services.replies import SimilarTracks, TopTracks
from tui_music.text import fold


class Source(StrEnum):
    """Why a song is in the list."""

    OWN = "your best"
    TOP = "top tracks"
    SIMILAR = "similar tracks"


@dataclass(frozen=True, slots=True)
class Song:
    """``plays`` are the listener's counted ones; ``listeners`` those of the service, ``match`` (0–1) the similarity to
    the song that was asked about, both ``None`` where they are not known."""

    artist: str
    title: str
    source: Source
    plays: int
    listeners: int | None = None
    match: float | None = None


def songs(
    listening: Listening,
    code_of: Mapping[str, int],
    artist: str,
    title: str | None = None,
    top: TopTracks | None = None,
    similar: SimilarTracks | None = None,
    n: int = 6,
    without: Set[tuple[str, str]] = frozenset(),
) -> tuple[Song, ...]:
    """At most ``n`` songs to start with for an artist, or for one of its songs; the sources take turns.

    ``code_of`` says whom a folded name means (:func:`tui_music.engine.gathering.codes`); ``top`` and ``similar`` are
    what services answered, if they did. A song is named once, by the first source that has it; those of ``without``
    (folded artist and title: a verdict was given) never.
    """
    heard = _Heard(listening, code_of)
    alike = ((each.artist or artist, each.name, each.match) for each in (similar.similar if similar else ()))
    near = [Song(who, name, Source.SIMILAR, heard.plays(who, name), match=match) for who, name, match in alike]
    most = [
        Song(each.artist, each.title, Source.TOP, heard.plays(each.artist, each.title), each.listeners)
        for each in (top.tracks if top else ())
    ]
    found: dict[tuple[str, str], Song] = {}
    for turn in zip_longest(near, heard.best(artist), most):
        for song in turn:
            if song:
                found.setdefault((fold(song.artist), fold(song.title)), song)
    asked = None if title is None else (fold(artist), fold(title))
    return tuple(song for both, song in found.items() if both != asked and both not in without)[:n]


class _Heard:
    """The songs of artists as they were heard."""

    def __init__(self, listening: Listening, code_of: Mapping[str, int]) -> None:
        self._names, self._code_of = listening.names, code_of
        self._plays = np.bincount(listening.track, minlength=len(listening.names.tracks))
        self._worth = np.bincount(listening.track, listening.completion, len(listening.names.tracks))
        self._of: dict[str, dict[str, list[int]]] = {}

    def plays(self, artist: str, title: str) -> int:
        return int(self._plays[self._songs(fold(artist)).get(fold(title), [])].sum())

    def best(self, artist: str) -> list[Song]:
        """The heard songs of an artist by Σ completion, under the title that was played most."""
        ranked = []
        for tracks in self._songs(fold(artist)).values():
            title = min((-self._plays[track], self._names.tracks[track]) for track in tracks)[1]
            plays = int(self._plays[tracks].sum())
            if plays:
                ranked.append((-float(self._worth[tracks].sum()), title, plays))
        return [Song(artist, title, Source.OWN, plays) for _, title, plays in sorted(ranked)]

    def _songs(self, folded: str) -> dict[str, list[int]]:
        """The tracks of an artist by folded title: one song may have several spellings."""
        if folded not in self._of:
            songs = self._of[folded] = {}
            for track in np.flatnonzero(self._names.track_artist == self._code_of.get(folded, -1)).tolist():
                songs.setdefault(fold(self._names.tracks[track]), []).append(track)
        return self._of[folded]
