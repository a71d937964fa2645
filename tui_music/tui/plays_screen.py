"""Plays: every play behind a bar, a cell, an artist or a song, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import get_current_worker

from tui_music.text import shown
from tui_music.tui.chrome import Hint
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line, Listing, ListScreen, PlaysOf, names_of, search_first
from tui_music.tui.widgets.canvas import Drawable, Role
from tui_music.tui.widgets.columns import Cell, Column, Item
from tui_music.tui.widgets.figures import Figure, clock, count, counted, moment
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Rows, Table

if TYPE_CHECKING:
    from tui_music.library.plays import PlayList, PlayRow

_PAGE = 64


class PlayRows(Rows):
    """Plays, read a page at a time. Those below the threshold are quiet and marked ‹."""

    counting = 1

    def __init__(self, plays: PlayList, of: PlaysOf) -> None:
        self._plays = plays
        self._pages: dict[int, list[PlayRow]] = {}
        self._one_artist = of.artist is not None or of.track is not None
        self.columns = (
            Column(Figure("start"), 16),
            Column(Figure("song"), 22, flex=3),
            Column(Figure("album" if self._one_artist else "artist"), 10, flex=2, drop=5 if self._one_artist else 3),
            Column(Figure("heard"), 8, "right", drop=1),
            Column(Figure("%"), 4, "right", drop=2),
            Column(Figure("ended"), 19, drop=4),
            Column(Figure("kind"), 9, drop=7),
            Column(Figure("source"), 20, drop=6),
        )

    def __len__(self) -> int:
        return len(self._plays)

    def row(self, index: int) -> PlayRow:
        """The play on a line."""
        page, at = divmod(index, _PAGE)
        if page not in self._pages:
            if len(self._pages) > 8:
                self._pages.clear()
            self._pages[page] = self._plays.page(page * _PAGE, _PAGE)
        return self._pages[page][at]

    def cells(self, index: int) -> Sequence[Item]:
        row = self.row(index)
        role = Role.PLAIN if row.counted else Role.QUIET
        return (
            Cell(moment(row.start), Role.QUIET),
            Cell(shown(row.track), role),
            Cell(shown((row.album or "–") if self._one_artist else row.artist), role),
            Cell(clock(row.ms_played), role, Figure("" if row.counted else "‹")),
            Cell(Figure(f"{row.completion * 100:.0f}"), role),
            Cell(Figure(row.ended), Role.QUIET),
            Cell(Figure(row.kind.label), Role.QUIET),
            Cell(shown(row.source), Role.QUIET),
        )

    def record(self, index: int) -> dict[str, object]:
        """One play for a spreadsheet."""
        row = self.row(index)
        return {
            "start": row.start.isoformat(),
            "track": row.track,
            "artist": row.artist,
            "album": row.album or "",
            "ms_played": row.ms_played,
            "completion": round(row.completion, 4),
            "ended": row.ended,
            "kind": row.kind.label,
            "source": row.source,
            "counted": row.counted,
        }


class PlaysScreen(ListScreen):
    """Pushed over the screen it was asked from; escape goes back there."""

    HEADING = "Plays"
    SIGNS = (("‹", "shorter than the threshold: stored, but not counted"), ("%", "how much of the track was heard"))
    SCOPED = False
    BINDINGS: ClassVar[list[BindingType]] = [*search_first(), *bindings("sort", "counted")]

    @dataclass
    class Found(Message):
        """The plays asked for."""

        text: str
        plays: PlayList

    def __init__(self, of: PlaysOf) -> None:
        super().__init__()
        self.of = of
        self.text = ""
        self.newest_first = True
        self.counted_only = False
        self._plays: PlayList | None = None

    def body(self) -> Iterable[Widget]:
        yield Line(" · ", id="about")
        yield SearchLine("search these plays", id="search")
        yield Table(id="plays")

    def heading(self) -> Drawable:
        return Figure(self.HEADING)

    def footer(self) -> Sequence[str | Hint]:
        return (
            "back",
            "search",
            self.hint("counted", "all plays" if self.counted_only else "counted only"),
            self.hint("sort", "oldest first" if self.newest_first else "newest first"),
            self.hint("trail", "like this"),
            "copy",
            "export",
            "help",
        )

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Table))
        self.find(self.text, self.newest_first, self.counted_only)

    @work(thread=True, exclusive=True, group="plays", exit_on_error=False)
    def find(self, text: str, newest_first: bool, counted_only: bool) -> None:
        from tui_music.library.plays import find_plays

        of = self.of
        plays = find_plays(
            of.history,
            of.scope,
            artist=of.artist,
            track=of.track,
            album=of.album,
            weekday=of.weekday,
            hour=of.hour,
            text=text,
            newest_first=newest_first,
            counted_only=counted_only,
        )
        if len(plays):
            plays.page(0, 1)  # what a row needs is computed here, once, and not while painting
        if not get_current_worker().is_cancelled:
            self.post_message(self.Found(text, plays))

    @on(Found)
    def found(self, event: Found) -> None:
        event.stop()
        self._plays = event.plays
        nothing = "No play here matches the search; escape ends it." if event.text else "No plays in this range."
        self.query_one(Table).show(PlayRows(event.plays, self.of), note=Figure(nothing))
        self._tell_what()

    def _tell_what(self) -> None:
        words = [[(word, Role.HEAD if index == 0 else Role.PLAIN)] for index, word in enumerate(self.of.words)]
        rest = [[(word, Role.QUIET)] for word in names_of(self.of.scope)]
        self.query_one("#about", Line).show([*words, *rest])
        rows = 0 if self._plays is None else len(self._plays)
        what = "counted plays" if self.counted_only else "plays"
        if not self.counted_only and self.size.width >= 60:
            what += ", ‹ below the threshold"
        self.note(Figure(f"{count(rows)} {what}" if not self.text else f"{counted(rows, 'match', 'matches')}"))

    # search, order, counted

    def action_search(self) -> None:
        line = self.query_one(SearchLine)
        line.display = True
        line.earlier = self.session.remembered.searches
        self.set_focus(line)

    @on(Input.Changed, "#search")
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        self.text = event.value.strip()
        self._again()

    @on(SearchLine.Entered)
    def entered(self, event: SearchLine.Entered) -> None:
        event.stop()
        self.session.remembered = self.session.remembered.searched(self.text)
        self.set_focus(self.query_one(Table))

    @on(SearchLine.Left)
    def left(self, event: SearchLine.Left) -> None:
        event.stop()
        self.end_search()

    def end_search(self) -> None:
        line = self.query_one(SearchLine)
        line.display = False
        line.value = ""
        self.set_focus(self.query_one(Table))

    def action_back(self) -> None:
        if self.text:
            self.end_search()
        else:
            super().action_back()

    def action_sort(self) -> None:
        self.newest_first = not self.newest_first
        self._again()

    def action_counted(self) -> None:
        self.counted_only = not self.counted_only
        self._again()

    def _again(self) -> None:
        self.refresh_footer()
        self.find(self.text, self.newest_first, self.counted_only)

    # the selected play

    def _row(self) -> PlayRow | None:
        table = self.query_one(Table)
        return table.rows.row(table.cursor) if isinstance(table.rows, PlayRows) and len(table.rows) else None

    def copied(self) -> Drawable | None:
        row = self._row()
        return None if row is None else shown(f"{row.artist} – {row.track} ({moment(row.start)})")

    def artist(self) -> str | None:
        row = self._row()
        return None if row is None else row.artist

    def song(self) -> str | None:
        row = self._row()
        return None if row is None else row.track

    def plays_of(self) -> PlaysOf | None:
        """From a play to all plays of its song, unless these are they."""
        row = self._row()
        if row is None or self.of.track is not None:
            return None
        history = self.of.history
        track = int(history.track[row.index])
        return PlaysOf((shown(row.track), shown(row.artist)), history, self.of.scope, track=track)

    def listing(self) -> Listing | None:
        rows = self.query_one(Table).rows
        if not isinstance(rows, PlayRows):
            return None
        name = " ".join(["plays", *map(str, self.of.words)])
        return Listing(name, len(rows), PlayRows(rows._plays, self.of).record)
