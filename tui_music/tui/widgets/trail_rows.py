"""What stands on a trail: artists or songs, how much they are like where one is, and what the listener had of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui_music.text import Shown, fold, shown
from tui_music.tui.steps import Place, Sort
from tui_music.tui.verdicts import subject, unwanted
from tui_music.tui.widgets.candidates import sign_of
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Bar, Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, count, hours, local, month, ratio
from tui_music.tui.widgets.table import Rows


class Wish(NamedTuple):
    """Something that services could tell: ``what`` is similar, tags, top or songs (like the one of that ``title``)."""

    what: str
    artist: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An artist or a song. ``code`` is that of the artist in the knowledge, −1 for none; ``similarity`` 0–1 to where
    one is, on a path to the artist before. ``plays`` are counted ones, ``ms`` of all; ``last`` UTC seconds of the last
    counted play, −1 for never; ``listeners`` those of the services. ``tagged``: services were asked for tags; ``why`` a
    song is in the list."""

    artist: str
    code: int
    similarity: float | None = None
    plays: int = 0
    ms: int = 0
    last: int = -1
    listeners: int | None = None
    tags: tuple[str, ...] = ()
    tagged: bool = True
    title: str | None = None
    why: str = ""

    @property
    def name(self) -> Shown:
        """What is selected."""
        return shown(self.artist if self.title is None else self.title)


@dataclass(frozen=True, slots=True)
class View:
    """The entries at a place. ``note`` says why there are none; ``at`` is when services were asked (UTC seconds,
    ``None`` for never or nothing to ask), ``missing`` what they could add."""

    place: Place
    entries: tuple[Entry, ...]
    note: str = ""
    at: int | None = None
    missing: tuple[Wish, ...] = ()


class TrailRows(Rows):
    """The entries that are still to be seen, marked with ``verdicts`` (on whom: :func:`verdicts.subject`)."""

    counting = 1

    def __init__(self, view: View, verdicts: Mapping[str, str], zone: str) -> None:
        self._zone = zone
        path, gone = view.place.sort is Sort.PATH, unwanted(verdicts)
        kept = [each for each in view.entries if path or verdicts.get(fold(each.artist)) != "never"]
        kept = [each for each in kept if each.title is None or (fold(each.artist), fold(each.title)) not in gone]
        self.entries = kept
        verdict = [verdicts.get(subject(each.artist, each.title)) for each in kept]
        self._signs = [sign_of(each.plays, held) for each, held in zip(kept, verdict, strict=True)]
        self._sort = view.place.sort
        self._top = max((each.ms for each in kept), default=0) or 1
        self._shown = _shown_columns(view.place.sort, kept)
        self.columns = [_COLUMNS[view.place.sort][at] for at in self._shown]

    def __len__(self) -> int:
        return len(self.entries)

    def cells(self, index: int) -> Sequence[Item]:
        cells = self._cells(index)
        return [cells[at] for at in self._shown]

    def _cells(self, index: int) -> Sequence[Item]:
        entry = self.entries[index]
        sign, role = self._signs[index]
        like = entry.similarity
        ends = (Cell(ratio(like) if like is not None else NOTHING), Cell(*_heard(entry)))
        if self._sort is Sort.SONGS:
            return (
                Cell(sign, role),
                Cell(entry.name),
                Cell(shown(entry.artist), Role.QUIET),
                Bar(like or 0.0),
                *ends,
                Cell(Figure(entry.why), Role.QUIET),
            )
        lead = Figure("→ " if self._sort is Sort.PATH and index else "")
        of = entry.ms / self._top if self._sort is Sort.HOME else like or 0.0
        last = month(local(entry.last, self._zone)) if entry.last >= 0 else NOTHING
        return (
            Cell(sign, role),
            Cell(entry.name, lead=lead),
            Bar(of),
            ends[0],
            Cell(hours(entry.ms) if entry.ms else NOTHING),
            ends[1],
            Cell(last, Role.QUIET),
            Cell(shown(", ".join(map(shown, entry.tags))), Role.QUIET),
        )

    def line_of(self, entry: Entry) -> int | None:
        """The line of an entry, in another list perhaps."""
        found = (at for at, each in enumerate(self.entries) if (each.artist, each.title) == (entry.artist, entry.title))
        return next(found, None)


def _shown_columns(sort: Sort, entries: Sequence[Entry]) -> Sequence[int]:
    """Of songs of one artist the artist tells nothing, nor does a likeness that nobody knows."""
    at = set(range(len(_COLUMNS[sort])))
    if sort is Sort.SONGS and len({fold(each.artist) for each in entries}) < 2:
        at -= {2}
    if sort is Sort.SONGS and all(each.similarity is None for each in entries):
        at -= {3, 4}
    return sorted(at)


def _heard(entry: Entry) -> tuple[Figure, Role]:
    return (count(entry.plays), Role.PLAIN) if entry.plays else (Figure("never"), Role.QUIET)


def _artists(name: str, bar: str, number: str) -> tuple[Column, ...]:
    return (
        Column(NOTHING, 1),
        Column(Figure(name), 22, flex=3, most=36),
        Column(Figure(bar), 10, drop=3),
        Column(Figure(number), 4, "right", drop=5 if name == "start from" else 0),
        Column(Figure("hours"), 7, "right", drop=2),
        Column(Figure("plays"), 6, "right", drop=1),
        Column(Figure("last heard"), 10, drop=5),
        Column(Figure("tags"), 12, flex=4, drop=4),
    )


_COLUMNS = {
    Sort.HOME: _artists("start from", "", ""),
    Sort.LIKE: _artists("artist", "similarity", ""),
    Sort.PATH: _artists("artist", "step", ""),
    Sort.SONGS: (
        Column(NOTHING, 1),
        Column(Figure("song"), 18, flex=3),
        Column(Figure("artist"), 12, flex=2, drop=3),
        Column(Figure("similarity"), 10, drop=5),
        Column(NOTHING, 4, "right", drop=2),
        Column(Figure("plays"), 6, "right", drop=1),
        Column(Figure("why"), 14, drop=4),
    ),
}
