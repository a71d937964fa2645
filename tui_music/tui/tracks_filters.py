"""What tracks must be, in words: typed on the prompt, shown while it acts, and typed again as it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tui_music.errors import BadRange
from tui_music.text import fold, shown
from tui_music.tui.prompt import Completion
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.figures import NOTHING, Figure

MOODS = ("happy", "tense", "sad", "calm")
_EXPLICIT = {"explicit": True, "clean": False}
_FIXED = (*MOODS, *_EXPLICIT, "never heard", "in my library")
#: Years, beats a minute and popularity that there can be.
_YEARS, _TEMPOS, _SHARES = (1000, 9999), (20, 300), (0, 100)
_RANGE = r"(\d{0,4})\s*(?:(-|–|\.\.+|to)\s*(\d{0,4}))?"
_OFFERED = 40


class Range(NamedTuple):
    """Inclusive; ``None`` is open."""

    low: int | None = None
    high: int | None = None

    def __str__(self) -> str:
        if self.low == self.high:
            return str(self.low)
        return f"{'' if self.low is None else self.low}–{'' if self.high is None else self.high}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of tracks; nothing of what is ``None`` or false. ``cluster`` counts from 0, shown from 1."""

    genre: str | None = None
    year: Range | None = None
    tempo: Range | None = None
    popularity: Range | None = None
    mood: str | None = None
    explicit: bool | None = None
    cluster: int | None = None
    never_heard: bool = False
    mine: bool = False

    @property
    def words(self) -> tuple[Drawable, ...]:
        """Each demand as it can be typed."""
        told: list[Drawable] = []
        if self.genre is not None:
            told.append(shown(f"genre {self.genre}" if _taken(self.genre) else self.genre))
        if self.year:
            told.append(Figure(f"{self.year}"))
        if self.tempo:
            told.append(Figure(f"{self.tempo} bpm"))
        if self.popularity:
            told.append(Figure(f"popularity {self.popularity}"))
        if self.mood:
            told.append(Figure(self.mood))
        if self.explicit is not None:
            told.append(Figure("explicit" if self.explicit else "clean"))
        if self.cluster is not None:
            told.append(Figure(f"cluster {self.cluster + 1}"))
        told += [Figure(name) for name, on in (("never heard", self.never_heard), ("in my library", self.mine)) if on]
        return tuple(told)

    @property
    def typed(self) -> str:
        return ", ".join(self.words)


def parse(text: str, genres: Collection[str], clusters: int) -> Wanted:
    """Demands apart by commas, none for an empty text. Raises :class:`BadRange` that says which is not understood."""
    wanted = Wanted()
    for part in filter(None, map(str.strip, text.split(","))):
        wanted = _with(wanted, " ".join(part.lower().split()), genres, clusters)
    if wanted.never_heard and wanted.mine:
        raise BadRange("Never heard and in my library: no track is both.")
    return wanted


def completion(genres: Sequence[str]) -> Callable[[str], Completion]:
    """How the last demand of a text can go on: words for all but numbers, and genres, the largest first."""

    def complete(text: str) -> Completion:
        before, comma, last = text.rpartition(",")
        start, word = f"{before}{comma}{' ' if comma else ''}", fold(last.strip())
        found = [name for name in (*genres, *_FIXED) if fold(name).startswith(word)]
        if len(found) == 1:
            return Completion(f"{start}{shown(found[0])}")
        return Completion(text, tuple(shown(f"{start}{name}") for name in found[:_OFFERED]))

    return complete


def _with(wanted: Wanted, part: str, genres: Collection[str], clusters: int) -> Wanted:
    if part in MOODS:
        return replace(wanted, mood=part)
    if part in _EXPLICIT:
        return replace(wanted, explicit=_EXPLICIT[part])
    if part in ("never heard", "unheard", "new"):
        return replace(wanted, never_heard=True)
    if part in ("in my library", "my library", "mine"):
        return replace(wanted, mine=True)
    if match := re.fullmatch(r"cluster (\d{1,3})", part):
        if not 1 <= int(match[1]) <= clusters:
            raise BadRange(f"There are clusters 1 to {clusters}.")
        return replace(wanted, cluster=int(match[1]) - 1)
    match = re.fullmatch(rf"(?:tempo )?{_RANGE}(?: ?bpm)?", part)
    if match and (part.startswith("tempo") or part.endswith("bpm")):
        return replace(wanted, tempo=_range(match, part, _TEMPOS))
    if match := re.fullmatch(rf"popularity {_RANGE}", part):
        return replace(wanted, popularity=_range(match, part, _SHARES))
    if match := re.fullmatch(rf"(?:years? )?{_RANGE}", part):
        return replace(wanted, year=_range(match, part, _YEARS))
    name = part if part in genres else part.removeprefix("genre ")
    if name in genres:
        return replace(wanted, genre=name)
    near = [genre for genre in genres if fold(genre).startswith(fold(name)[:3])][:3]
    like = f" There are {', '.join(map(shown, near))}." if near else ""
    raise BadRange(f"{shown(part, 40)!r} is no genre here, nor anything else to ask for.{like} tab completes.")


def _range(match: re.Match[str], part: str, limits: tuple[int, int]) -> Range:
    low, dash, high = match.groups()
    first = int(low) if low else None
    last = (int(high) if high else None) if dash else first
    given = [each for each in (first, last) if each is not None]
    if not given or given != sorted(given) or not all(limits[0] <= each <= limits[1] for each in given):
        raise BadRange(f"{part!r} is no range from {limits[0]} to {limits[1]}, such as {limits[0]}-{limits[1]}.")
    return Range(first, last)


def _taken(genre: str) -> bool:
    """Whether the name of a genre means something else, too."""
    return genre in (*_FIXED, "new", "mine", "unheard", "my library") or any(each.isdigit() for each in genre)


def told(wanted: Wanted) -> Drawable:
    """The demands in one line, nothing where nothing is asked."""
    return shown(f"only {' · '.join(wanted.words)}") if wanted.words else NOTHING
