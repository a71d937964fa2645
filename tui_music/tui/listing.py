"""Screens with lists: the plays behind what is selected, copying it, writing the list to a file, lines of figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count as count_from
from itertools import takewhile
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input
from textual.worker import get_current_worker

from tui_music.library.scope import DateRange, Scope
from tui_music.text import Shown, cells, fold, shown
from tui_music.tui.chrome import Notice
from tui_music.tui.finding import FindingScreen
from tui_music.tui.keys import bindings
from tui_music.tui.widgets.canvas import Canvas, Drawable, Piece, Role
from tui_music.tui.widgets.figures import NOTHING, Figure

if TYPE_CHECKING:
    from tui_music.library.history import History

#: What a spreadsheet would take for a formula when a text cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class PlaysOf:
    """Whose plays are asked for: ``words`` say it; codes are of ``history``."""

    words: tuple[Drawable, ...]
    history: History
    scope: Scope
    artist: int | None = None
    track: int | None = None
    album: int | None = None
    weekday: int | None = None
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be written to a file: its name, and each row on demand, with the same keys in every row."""

    name: str
    rows: int
    record: Callable[[int], dict[str, object]]


class ListScreen(FindingScreen):
    """A screen whose selected thing has plays and a name, and whose list can be exported."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("plays", "trail", "link", "copy", "export")

    @dataclass
    class Exported(Message):
        """A list is written."""

        path: Path
        rows: int

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "search":
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    # to override

    def plays_of(self) -> PlaysOf | None:
        """What ``p`` asks for."""
        return None

    def artist(self) -> str | None:
        """The artist selected, or whose song or album is: whom ``m`` and ``o`` are about. As it is, not as drawn."""
        of = self.plays_of()
        if of is None:
            return None
        names = of.history.names
        if of.artist is not None:
            return names.artists[of.artist]
        if of.track is not None:
            return names.artists[int(names.track_artist[of.track])]
        return None if of.album is None else names.artists[int(names.album_artist[of.album])]

    def song(self) -> str | None:
        """The title of the song selected, as it is."""
        of = self.plays_of()
        return None if of is None or of.track is None else of.history.names.tracks[of.track]

    def copied(self) -> Drawable | None:
        """What ``y`` copies."""
        return None

    def listing(self) -> Listing | None:
        """What ``x`` writes."""
        return None

    # the keys

    async def action_plays(self) -> None:
        of = self.plays_of()
        if of is None and self.session.history is None:
            self.tell(Figure("One moment: the history is still being read."))
        elif of is None:
            self.tell(Figure("Nothing is selected here: tab goes to the next panel, the arrows select."))
        else:
            from tui_music.tui.plays_screen import PlaysScreen

            with self.app.batch_update():  # it is painted with its frame, and not once before
                await self.app.push_screen(PlaysScreen(of))

    def action_trail(self) -> None:
        artist = self.artist()
        if artist is None:
            self.tell(Figure("Nobody is selected here."))
        else:
            self.music.open_trail(artist, self.song())

    def action_link(self) -> None:
        artist = self.artist()
        if artist is None:
            self.tell(Figure("Nobody is selected here."))
        else:
            self.overlay(Notice(page_of(artist), self.size.width, link=True))

    def action_copy(self) -> None:
        text = self.copied()
        if text:
            self.copy(text)
        else:
            self.tell(Figure("Nothing is selected here."))

    def action_export(self) -> None:
        listing = self.listing()
        if listing is None or not listing.rows:
            self.tell(Figure("There is no list here to export."))
        else:
            self.write_listing(
                listing, f"{listing.name} {self.session.scope.listener} {self.session.scope.range.label}"
            )

    @work(thread=True, exclusive=True, group="export", exit_on_error=False)
    def write_listing(self, listing: Listing, name: str) -> None:
        worker = get_current_worker()
        records = takewhile(lambda _: not worker.is_cancelled, map(listing.record, range(listing.rows)))
        path = write_csv(Path.cwd(), name, records)
        if worker.is_cancelled:
            path.unlink(missing_ok=True)
        else:
            self.post_message(self.Exported(path, listing.rows))

    @on(Exported)
    def _exported(self, event: Exported) -> None:
        event.stop()
        self.tell(shown(f"{event.rows:,} rows written to {event.path}"))


def search_first() -> list[BindingType]:
    """The binding of the search key, taken before the focused widget's: what is typed after it, in one burst over a
    slow line, goes to the search line and not to the list."""
    return [replace(each, priority=True) if isinstance(each, Binding) else each for each in bindings("search")]


def page_of(artist: str) -> Figure:
    """The address of the artist's page at Last.fm."""
    plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"
    name = "".join(chr(byte) if chr(byte) in plain else f"%{byte:02X}" for byte in artist.encode("utf-8", "replace"))
    return Figure(f"https://www.last.fm/music/{name.replace('%20', '+')}")


def write_csv(folder: Path, name: str, records: Iterable[dict[str, object]]) -> Path:
    """Write records to a new file in ``folder`` called after ``name``; returns where. OSError when it cannot.

    Numbers stay numbers; text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    import csv

    stem = re.sub(r"[^\w.]+", "-", fold(name)).strip("-.")[:80] or "list"
    names = (folder / (f"{stem}.csv" if number == 1 else f"{stem}-{number}.csv") for number in count_from(1))
    path = next(path for path in names if not path.exists())
    with path.open("x", encoding="utf-8", newline="") as file:
        try:
            writer = csv.writer(file)
            for index, record in enumerate(records):
                if not index:
                    writer.writerow(record)
                writer.writerow(map(_safe, record.values()))
            file.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def _safe(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "replace").decode()
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


class Line(Canvas, can_focus=False):
    """One line of figures, most important first; those that do not fit are left out whole."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self, gap: str = "   ", **options: str) -> None:
        super().__init__(id=options.get("id"), classes=options.get("classes"))
        self._gap = Figure(gap)
        self._parts: Sequence[Sequence[Piece]] = ()

    def show(self, parts: Iterable[Sequence[Piece]]) -> None:
        """Each part is a run of pieces that belong together."""
        parts = [part for part in parts if part]
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def say(self, sentence: Drawable, role: Role = Role.QUIET) -> None:
        """One sentence."""
        self.show([[(sentence, role)]] if sentence else [])

    def line(self, y: int) -> Strip:
        pieces: list[Piece] = [(Figure(" "), Role.PLAIN)]
        room = self.size.width - 1
        for index, part in enumerate(self._parts):
            gap = self._gap if index else NOTHING
            width = cells(gap) + sum(cells(text) for text, _ in part)
            if width > room and index:
                break
            pieces += [(gap, Role.QUIET), *part]
            room -= width
        return self.strip(pieces)


class Sentence(Canvas, can_focus=False):
    """What is to be said of a list: a line, empty if there is nothing, or two where it is long."""

    DEFAULT_CSS = "Sentence { height: 1; }"

    def __init__(self, **options: str) -> None:
        super().__init__(id=options.get("id"))
        self._sentence: Drawable = NOTHING
        self._rows: list[Shown] = []

    def say(self, sentence: Drawable) -> None:
        """Another sentence."""
        if sentence != self._sentence:
            self._sentence = sentence
            self._wrap()

    def on_resize(self) -> None:
        self._wrap()

    def _wrap(self) -> None:
        room = max(20, self.size.width - 2)
        rows = wrap(self._sentence, room, max_lines=2, placeholder=" …")
        begun, _, advice = self._sentence.rpartition(". ")
        if len(rows) == 2 and begun and cells(f"{begun}.") <= room >= cells(advice):
            rows = [f"{begun}.", advice]  # what to do about it stands on a line of its own
        self._rows = [shown(row) for row in rows]
        self.styles.height = max(1, len(rows))
        self.refresh()

    def line(self, y: int) -> Strip:
        text = self._rows[y] if y < len(self._rows) else NOTHING
        return self.strip([(Figure(" "), Role.PLAIN), (text, Role.QUIET)])


def amount(number: Drawable, unit: str = "") -> list[Piece]:
    """A number that stands out and a unit that explains."""
    return [(number, Role.HEAD), (Figure(f" {unit}" if unit else ""), Role.QUIET)]


def within(scope: Scope, first: DateRange) -> Scope:
    """The scope cut to a range inside it, such as one bucket of a chart."""
    since = max(filter(None, (scope.range.first, first.first)), default=None)
    until = min(filter(None, (scope.range.last, first.last)), default=None)
    return scope.within(DateRange(since, until, first.label))


def names_of(scope: Scope) -> tuple[Shown, ...]:
    """The words of a scope, as line 1 has them."""
    from tui_music.tui.chrome import threshold

    return tuple(map(shown, (scope.listener, scope.range.label, threshold(scope.counted_ms), scope.zone)))
