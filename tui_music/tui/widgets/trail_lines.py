"""Above the list of a trail the way one came, below or beside it the selected artist at a glance."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui_music.text import Shown, cells, cut, shown
from tui_music.tui.steps import Sort
from tui_music.tui.widgets.anatomy import About, joined
from tui_music.tui.widgets.candidates import NEW
from tui_music.tui.widgets.canvas import Canvas, Drawable, Piece, Role, pieces_width
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import Figure, ago, bar, count, counted, day, hours_alone, local, ratio
from tui_music.tui.widgets.trail_rows import Entry, TrailRows, View

_LABEL = 15
_PANEL = 12  # lines from which on things stand below each other


class Crumbs(Canvas, can_focus=False):
    """The places of the way, the last one standing out; where they are too many the first ones go."""

    DEFAULT_CSS = "Crumbs { height: 1; }"

    @dataclass
    class Chosen(Message):
        """A click on a place, counted from the first one on."""

        index: int

    def __init__(self) -> None:
        super().__init__()
        self._places: Sequence[tuple[Shown, bool]] = ()
        self._ends: list[tuple[int, int]] = []  # where each place that is drawn ends, and which it is

    def show(self, places: Sequence[tuple[Shown, bool]]) -> None:
        """Names, and whether the listener never heard them."""
        if places != self._places:
            self._places = places
            self.refresh()

    def line(self, y: int) -> Strip:
        if not self._places:
            return self.strip([])
        room = self.size.width - 2
        crumbs: list[list[Piece]] = []
        for index in range(len(self._places) - 1, -1, -1):
            crumb = self._crumb(index, room)
            width = pieces_width(crumb)
            if crumbs and width > room - (2 if index else 0):
                break
            crumbs.insert(0, crumb)
            room -= width
        first = len(self._places) - len(crumbs)
        pieces: list[Piece] = [(Figure(" … " if first else " "), Role.QUIET)]
        self._ends = []
        for index, crumb in enumerate(crumbs, first):
            pieces += crumb
            self._ends.append((pieces_width(pieces), index))
        return self.strip(pieces)

    def on_click(self, event: events.Click) -> None:
        for end, index in self._ends:
            if event.x < end:
                self.post_message(self.Chosen(index))
                return

    def _crumb(self, index: int, room: int) -> list[Piece]:
        name, new = self._places[index]
        last = index == len(self._places) - 1
        before = [(Figure("› "), Role.QUIET)] if index and not name.startswith("→") else []
        sign = [(Figure(f"{NEW} "), Role.NEW)] if new else []
        text = cut(name, max(8, room - 4) if last else 24)
        return [*before, *sign, (text, Role.HEAD if last else Role.QUIET), (Figure(" "), Role.PLAIN)]


class Glance(Canvas, can_focus=False):
    """Who is selected, songs to start with, whom of yours they are like, tags. Only lines that differ are painted."""

    DEFAULT_CSS = "Glance { height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self._given: tuple[Entry, About | None, str] | None = None
        self._lines: list[list[Piece]] = []

    def show(self, entry: Entry | None, about: About | None, zone: str) -> None:
        """``about`` is ``None`` while it is looked up."""
        self._given = None if entry is None else (entry, about, zone)
        before, self._lines = self._lines, self._made()
        self.repaint(before, self._lines)

    def on_resize(self) -> None:
        self._lines = self._made()
        self.refresh()  # it was painted in its new size before it heard of that

    def line(self, y: int) -> Strip:
        return self.strip(self._lines[y] if y < len(self._lines) else [])

    def _made(self) -> list[list[Piece]]:
        if self._given is None:
            return []
        entry, about, zone = self._given
        head: list[Piece] = [(Figure(" "), Role.PLAIN)]
        if not entry.plays:
            head.append((Figure(f"{NEW} "), Role.NEW))
        facts = _facts(entry, zone)
        width = self.size.width
        name = shown(entry.artist if entry.title is None else f"{shown(entry.artist, 100)} – {entry.title}")
        if self.size.height >= _PANEL:
            told = joined(facts, width - 2)
            made = [[*head, (cut(name, width - 4), Role.HEAD)], [(Figure(" "), Role.PLAIN), (told, Role.QUIET)]]
            return [*made, *(self._panel(entry, about) if about else ())]
        name = cut(name, width - 24)
        told = joined(facts, width - cells(name) - 8)
        made = [[*head, (name, Role.HEAD), (Figure("   "), Role.PLAIN), (told, Role.QUIET)]]
        return [*made, *(self._lines_of(entry, about) if about else ())]

    def _lines_of(self, entry: Entry, about: About) -> Iterator[list[Piece]]:
        known = [shown(f"{shown(name, 60)} {ratio(match)}") for name, match in about.known]
        for label, texts in (
            ("songs to start", [shown(song) for song in about.songs]),
            ("ones you know", known),
            ("tags", [shown(tag) for tag in about.tags]),
        ):
            nothing = shown(about.note) if about.note and label.startswith("songs") else Figure("–")
            text = joined(texts, self.size.width - _LABEL - 4) if texts else nothing
            yield [(Figure(f"  {label:<{_LABEL}} "), Role.QUIET), (text, Role.PLAIN)]

    def _panel(self, entry: Entry, about: About) -> Iterator[list[Piece]]:
        width = self.size.width - 4
        if about.tags:
            yield []
            for row in wrap(", ".join(map(shown, about.tags)), width):
                yield [(shown(f" {row}"), Role.PLAIN)]
        if about.songs or about.note:
            yield []
            yield [(Figure(" songs to start with"), Role.QUIET)]
            if about.note:
                yield [(Figure("   "), Role.PLAIN), (shown(about.note), Role.QUIET)]
            for song in about.songs:
                yield [(Figure("   "), Role.PLAIN), (cut(shown(song), width), Role.PLAIN)]
        if about.known:
            yield []
            yield [(Figure(" ones you know"), Role.QUIET)]
            names = min(24, width - 12)
            for name, match in about.known:
                yield [
                    (Figure("   "), Role.PLAIN),
                    (fill(shown(name), names), Role.PLAIN),
                    (Figure(f" {ratio(match)} "), Role.PLAIN),
                    (bar(match, max(4, min(12, width - names - 8))), Role.BAR),
                ]


def _facts(entry: Entry, zone: str) -> list[Shown]:
    """What the listener did with them so far."""
    everybody = [] if entry.listeners is None else [counted(entry.listeners, "listener")]
    if not entry.plays:
        return [shown(fact) for fact in ("never heard", *everybody)]
    heard = [counted(entry.plays, "play")]
    if entry.ms:
        heard.insert(0, hours_alone(entry.ms))
    if entry.last >= 0:
        heard.append(Figure(f"last {day(local(entry.last, zone))}"))
    return [shown(fact) for fact in (*heard, *everybody)]


def sums(view: View, rows: TrailRows | None) -> list[Drawable]:
    """What the list adds up to, and how old it is."""
    entries = rows.entries if rows else []
    if view.place.sort is Sort.HOME:
        return [Figure("whom you hear most"), Figure("/ begins with anybody else")]
    if not entries:
        return []
    told: list[Drawable] = []
    if view.place.sort is Sort.PATH:
        weakest = min((each.similarity for each in entries if each.similarity is not None), default=0.0)
        told = [counted(len(entries) - 1, "step"), Figure(f"the widest {ratio(weakest)}")]
    else:
        what = "song" if view.place.sort is Sort.SONGS else "artist"
        told = [counted(len(entries), what)]
    unheard = sum(not each.plays for each in entries)
    told.append(Figure(f"{count(unheard)} never heard" if unheard else "all heard"))
    if view.at is not None and (age := time.time() - view.at) >= 86_400:
        told.append(Figure(f"as it was {ago(age)} ago"))
    return told
