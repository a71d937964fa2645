"""The crate: what was kept for later, to be sorted, copied, exported, and decided on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from tui_music.library.scope import ALL_TIME, Kind
from tui_music.text import Shown, fold, shown
from tui_music.tui.chrome import Hint
from tui_music.tui.exporting import Songlist
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.listing import PlaysOf
from tui_music.tui.session import Session
from tui_music.tui.triage import TriageScreen
from tui_music.tui.verdicts import named, subject
from tui_music.tui.widgets.candidates import sign_of
from tui_music.tui.widgets.canvas import Drawable, Role
from tui_music.tui.widgets.columns import Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, count, counted, day, local
from tui_music.tui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.journal import Entry
    from tui_music.library.library import Library

_ORDERS = ("added", "name", "plays")


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the crate; the artist's code (−1: not in the library) and counted plays, of a track its own."""

    entry: Entry
    code: int
    plays: int

    @property
    def name(self) -> Shown:
        return named(self.entry.artist, self.entry.track)


class CrateRows(Rows):
    """What is kept, with the day it was added."""

    counting = 2
    columns = (
        Column(NOTHING, 4, "right"),
        Column(NOTHING, 1),
        Column(Figure("for later"), 16, flex=1),
        Column(Figure("plays"), 6, "right", drop=1),
        Column(Figure("added"), 12, "right", drop=2),
    )

    def __init__(self, kept: Sequence[Kept], zone: str) -> None:
        self.kept, self._zone = kept, zone

    def __len__(self) -> int:
        return len(self.kept)

    def cells(self, index: int) -> Sequence[Item]:
        kept = self.kept[index]
        return (
            Cell(count(index + 1), Role.QUIET),
            Cell(*sign_of(kept.plays)),
            Cell(kept.name),
            Cell(count(kept.plays) if kept.plays else Figure("never")),
            Cell(day(local(kept.entry.at, self._zone)), Role.QUIET),
        )


class CrateScreen(TriageScreen):
    """Pushed over the screen it was asked from. A verdict takes an artist or a song out of the crate."""

    HEADING = "Crate"
    SCOPED = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("sort", "open")

    @dataclass
    class Found(Message):
        """What is in the crate, last added first."""

        kept: list[Kept]

    def __init__(self) -> None:
        super().__init__()
        self.order = "added"
        self._kept: list[Kept] = []

    def body(self) -> Iterable[Widget]:
        yield Table(id="crate")

    def footer(self) -> Sequence[str | Hint]:
        key = keys_of("sort", self.session.settings.keys)[0]
        following = _ORDERS[(_ORDERS.index(self.order) + 1) % len(_ORDERS)]
        order = Hint(Figure(key), Figure(f"by {following}"), "sort")
        return ("back", "yes", "known", "never", "undo", order, "export", "copy", "trail", "plays", "help")

    def on_mount(self) -> None:
        self.set_focus(self.table)

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    def show(self, session: Session) -> None:
        if session.history is None or session.library is None:
            self.table.say(Figure("Reading your history."))
        else:
            self.find(session.library, session.history, session.scope.counted_ms)
            self._draw()

    @work(thread=True, exclusive=True, group="crate", exit_on_error=False)
    def find(self, library: Library, history: History, counted_ms: int) -> None:
        from tui_music.tui import recommending

        found = [Kept(*each) for each in recommending.crate(library, history, counted_ms)]
        if not get_current_worker().is_cancelled:
            self.post_message(self.Found(found))

    @on(Found)
    def found(self, event: Found) -> None:
        event.stop()
        self._kept = event.kept
        self._draw()

    def _draw(self) -> None:
        """In the order asked for, without those who left since the crate was read."""
        gone = {who for who, verdict in self.session.verdicts.items() if verdict != "later"}
        kept = [each for each in self._kept if subject(each.entry.artist, each.entry.track) not in gone]
        if self.order != "added":
            by_plays = self.order == "plays"
            kept.sort(key=lambda each: (-each.plays if by_plays else 0, fold(each.entry.artist), each.name))
        nothing = Figure("The crate is empty. On Discover or Trail, space keeps somebody for later, or a song.")
        table = self.table
        table.show(CrateRows(kept, self.session.scope.zone), table.cursor, table.top, nothing)
        songs = sum(each.entry.track is not None for each in kept)
        amounts = ((len(kept) - songs, "artist"), (songs, "song"))
        self.note(Figure(", ".join(counted(n, what) for n, what in amounts if n)))

    def action_sort(self) -> None:
        self.order = _ORDERS[(_ORDERS.index(self.order) + 1) % len(_ORDERS)]
        self._draw()
        self.refresh_footer()

    # what is selected

    def _selected(self) -> Kept | None:
        rows = self.table.rows
        return rows.kept[self.table.cursor] if isinstance(rows, CrateRows) and len(rows) else None

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        self.action_trail()

    def artist(self) -> str | None:
        kept = self._selected()
        return None if kept is None else kept.entry.artist

    def song(self) -> str | None:
        kept = self._selected()
        return None if kept is None else kept.entry.track

    def plays_of(self) -> PlaysOf | None:
        kept, history = self._selected(), self.session.history
        if kept is None or history is None or kept.code < 0:
            return None
        scope = replace(self.session.scope, kind=Kind.MUSIC, range=ALL_TIME)
        return PlaysOf((shown(kept.entry.artist),), history, scope, artist=kept.code)

    def copied(self) -> Drawable | None:
        kept = self._selected()
        return None if kept is None else kept.name

    def songlist(self) -> Songlist | None:
        rows, session = self.table.rows, self.session
        if not isinstance(rows, CrateRows) or not len(rows) or session.library is None or session.history is None:
            return None
        from tui_music.tui import recommending

        entries = [kept.entry for kept in rows.kept]
        library, history, scope, services = session.library, session.history, session.scope, self.music.services
        return Songlist(
            f"crate {session.scope.listener}",
            lambda: recommending.crate_rows(services, library, history, scope, entries),
        )
