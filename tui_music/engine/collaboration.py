"""Who plays with whom: guests that titles and names of a history credit."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tui_music.engine.listening import Listening
from tui_music.text import fold

#: "ft" after a number is a length.
_GUESTS = re.compile(r"(?:[(\[{]\s*|\s)(?:feat|featuring|(?<!\d\s)ft)\b\.?\s+([^()\[\]{}]+)", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:,|;|&|\+|/|\bx\b|\band\b|\bwith\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Collaboration:
    """Two artists credited together, the one the song stands under first: on ``songs`` songs with ``plays`` counted
    plays in all."""

    artist: str
    guest: str
    songs: int
    plays: int


def collaborations(listening: Listening) -> tuple[Collaboration, ...]:
    """All pairs that are credited together on songs with counted plays: by plays, then songs, then names.

    Credited are guests ("feat. …" in a title or in the name of an artist) and the members of a name such as "A & B".
    A credit is taken apart at a comma or an ampersand only where every part is an artist of the history: "Earth, Wind &
    Fire" is nobody's duet.
    """
    names = listening.names
    plays = np.bincount(listening.track, minlength=len(names.tracks))
    known: dict[str, str] = {}
    for name in sorted(map(_alone, names.artists)):
        known.setdefault(fold(name), name)
    of_artist = {name: _credited(name, known) for name in names.artists}
    songs: dict[tuple[str, str], int] = defaultdict(int)
    heard: Counter[tuple[str, str]] = Counter()
    for track in np.flatnonzero(plays).tolist():
        artist = names.artists[names.track_artist[track]]
        first, *others = of_artist[artist]
        guests = dict.fromkeys([*others, *_guests(names.tracks[track], known)])
        for guest in guests:
            if fold(guest) != fold(first):
                songs[first, guest] += 1
                heard[first, guest] += int(plays[track])
    found = [Collaboration(*pair, songs=count, plays=heard[pair]) for pair, count in songs.items()]
    return tuple(sorted(found, key=lambda each: (-each.plays, -each.songs, each.artist, each.guest)))


def _credited(name: str, known: Mapping[str, str]) -> list[str]:
    """The artists that a name of an artist credits, the first of them the one it stands for."""
    return [*_apart(_alone(name), known), *_guests(name, known)]


def _alone(name: str) -> str:
    return _GUESTS.sub("", name).strip() or name


def _guests(text: str, known: Mapping[str, str]) -> Iterator[str]:
    for found in _GUESTS.finditer(text):
        yield from _apart(found[1].strip(" .-"), known)


def _apart(credit: str, known: Mapping[str, str]) -> list[str]:
    """One artist, or several if each of them is known; under the name the history has for them."""
    parts = [part for part in _SEPARATOR.split(credit) if part]
    if len(parts) > 1 and all(fold(part) in known for part in parts):
        return [known[fold(part)] for part in parts]
    return [known.get(fold(credit), credit)]
