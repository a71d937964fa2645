"""Artists: everybody in order, found as one types, and opened in place into songs or albums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import get_current_worker

from tui_music.library.scope import Scope
from tui_music.text import shown
from tui_music.tui.chrome import Hint
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Listing, ListScreen, PlaysOf, search_first
from tui_music.tui.session import Session
from tui_music.tui.widgets.artist_rows import ORDERS, ArtistRows, Found, Opened
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.cover import Cover
from tui_music.tui.widgets.figures import Figure
from tui_music.tui.widgets.ranked import MANY
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.ranking import Ranking
    from tui_music.library.search import SearchIndex


class ArtistsScreen(ListScreen):
    """The list keeps its place through searches, openings and other scopes: the cursor stays with its artist."""

    HEADING = "Artists"
    SIGNS = (("eng", "engagement, 0–1: how much of its plays was heard, on average"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        *search_first(),
        *bindings("next-match", "previous-match", "sort", "by-album", "left", "right"),
    ]

    @dataclass
    class Ranked(Message):
        """Artists of a scope in order; its songs, in which what is found is looked up."""

        scope: Scope
        history: History
        artists: Ranking
        tracks: Ranking

    @dataclass
    class Indexed(Message):
        """Names can be searched."""

        history: History
        index: SearchIndex

    @dataclass
    class Hits(Message):
        """What was found for a text in rankings."""

        text: str
        known: ArtistsScreen.Ranked
        found: list[Found]

    @dataclass
    class Inside(Message):
        """What stands below an entry of rankings; ``song`` is the code of one to go to."""

        known: ArtistsScreen.Ranked
        entry: int
        opened: Opened
        song: int | None

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._known: ArtistsScreen.Ranked | None = None
        self._index: SearchIndex | None = None
        self._found: list[Found] | None = None
        self._matches: list[int] = []  # positions of artists, for n and N
        self._what, self._order = "tracks", "hours"
        self._wanted: tuple[int, int | None] | None = None  # an artist and a song to go to
        self._kept: int | None = None  # the artist to stay with while a search is done again

    def body(self) -> Iterable[Widget]:
        yield SearchLine("/ to search artists and songs", id="search")
        yield Horizontal(Table(id="artists"), Cover(id="cover"))

    def footer(self) -> Sequence[str | Hint]:
        like = self.hint("trail", "like this")
        if self.opened is not None:
            return ("sort", "by-album", like, "plays", "back", "copy", "export", "measure", "screens", "help")
        return ("open", "search", like, "plays", "measure", "range", "next-match", "copy", "export", "screens", "help")

    @property
    def table(self) -> Table:
        return self.query_one("#artists", Table)

    @property
    def rows(self) -> ArtistRows | None:
        """The list, once there is somebody in it."""
        rows = self.table.rows
        return rows if isinstance(rows, ArtistRows) and len(rows) else None

    @property
    def opened(self) -> Opened | None:
        return self.rows.opened if self.rows else None

    def on_mount(self) -> None:
        self.set_focus(self.table)

    def show(self, session: Session) -> None:
        if session.history is not None:
            self.rank(session.history, session.scope)
        elif self._known is None:
            self.table.say(shown(session.failure or "Reading your history."))

    # rankings and the index of names

    @work(thread=True, exclusive=True, group="artists", exit_on_error=False)
    def rank(self, history: History, scope: Scope) -> None:
        from tui_music.library.ranking import rank_artists, rank_tracks

        artists, tracks = rank_artists(history, scope, self.session.measure), rank_tracks(history, scope)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Ranked(scope, history, artists, tracks))

    @work(thread=True, exclusive=True, group="index", exit_on_error=False)
    def index(self, history: History) -> None:
        from tui_music.tui.searching import search_index

        index = search_index(history, self.session.settings)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Indexed(history, index))

    @on(Ranked)
    def ranked(self, event: Ranked) -> None:
        event.stop()
        if event.scope != self.session.scope:
            return
        before, rows, opened = self._known, self.rows, self.opened
        same = before is not None and before.history is event.history  # or codes mean other artists
        if not same:
            self._index = None
            self.index(event.history)
        code = rows.artist(self.table.cursor) if same and rows else None
        self._known, self._found = event, None
        self._draw(self._entry(code))
        if self.text:
            self._kept = code
            self.search()
        if self._wanted:
            self.reveal(*self._wanted)
        elif same and opened is not None and code == opened.artist and not self.text:
            self.open(self._entry(code), code, None)

    @on(Indexed)
    def indexed(self, event: Indexed) -> None:
        event.stop()
        if self._known is not None and event.history is self._known.history:
            self._index = event.index
            self.search()

    def _draw(self, entry: int = 0, opened: Opened | None = None, song: int | None = None) -> None:
        """The list anew, with the cursor on an entry, on the line it was on, or on a song of the opened artist."""
        known, table = self._known, self.table
        if known is None:
            return
        at = -1 if opened is None else entry
        rows = ArtistRows(known.artists, known.scope.zone, known.tracks, self._found, opened, at)
        top = rows.line_of(entry) + table.top - table.cursor if self.rows else None
        cursor = rows.line_of(entry)
        if opened is not None and song is not None and (line := opened.line_of(song)) is not None:
            cursor, top = cursor + 1 + line, None
        nothing = "Nothing by that name here; escape ends the search." if self.text else "No artists in these dates."
        table.show(rows, cursor, top, Figure(nothing))
        self.refresh_footer()
        self.show_cover()
        every = len(known.artists) + len(known.tracks)
        self.note(Figure("" if self._found is None else f"{len(self._found):,} of {every:,}"))

    def _entry(self, code: int | None) -> int:
        """The first entry about an artist; the first of all when there is none."""
        known = self._known
        if code is None or known is None:
            return 0
        if self._found is None:
            return (known.artists.rank_of(code) or 1) - 1
        rows = ArtistRows(known.artists, known.scope.zone, known.tracks, self._found)
        return next((entry for entry in range(len(self._found)) if rows.artist(entry) == code), 0)

    # search

    def action_search(self) -> None:
        line = self.query_one(SearchLine)
        line.earlier = self.session.remembered.searches
        self.set_focus(line)

    @on(Input.Changed, "#search")
    def typed(self, event: Input.Changed) -> None:
        event.stop()
        self.text = event.value.strip()
        if self.text:
            self.search()
        else:  # everybody again, with the cursor on the artist that was found
            code = self.rows.artist(self.table.cursor) if self.rows else None
            self._found = None
            self._draw(self._entry(code))

    def search(self) -> None:
        """Look for the text in the names; the answer comes as ``Hits``."""
        if self.text and self._index is None:
            self.note(Figure("still learning the names"))
        elif self.text and self._index is not None and self._known is not None:
            self._search(self.text, self._index, self._known)

    @work(thread=True, exclusive=True, group="search", exit_on_error=False)
    def _search(self, text: str, index: SearchIndex, known: Ranked) -> None:
        from tui_music.tui.searching import find

        found = find(index, text, known.artists, known.tracks)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Hits(text, known, found))

    @on(Hits)
    def hits(self, event: Hits) -> None:
        event.stop()
        if event.text == self.text and event.known is self._known:
            self._found = event.found
            self._matches = sorted(found.at for found in event.found if found.kind == "artist")
            if self._kept is None:
                self.table.cursor = self.table.top = 0
            self._draw(self._entry(self._kept))
            self._kept = None

    @on(SearchLine.Entered)
    def entered(self, event: SearchLine.Entered) -> None:
        event.stop()
        self.session.remembered = self.session.remembered.searched(self.text)
        self.set_focus(self.table)

    @on(SearchLine.Left)
    def left(self, event: SearchLine.Left) -> None:
        event.stop()
        self.query_one(SearchLine).value = ""
        self.set_focus(self.table)

    def action_next_match(self) -> None:
        self._to_match(1)

    def action_previous_match(self) -> None:
        self._to_match(-1)

    def _to_match(self, step: int) -> None:
        """The next entry found; after the search the next artist found, in the order of the list."""
        rows = self.rows
        if rows is None or not (self._found or self._matches):
            self.tell(Figure("Nothing was searched for yet: / searches."))
            return
        here = rows.entry(self.table.cursor)
        if self._found:
            entry = (here + step) % len(self._found)
        else:
            ahead = [at for at in self._matches if (at > here if step > 0 else at < here)]
            entry = (ahead or self._matches)[0 if step > 0 else -1]
        self.table.move_to(rows.line_of(entry))

    # opening

    @on(Table.Chosen)
    async def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        rows = self.rows
        if rows is None or rows.song(event.row) is not None:
            await self.action_plays()
        elif rows.entry(event.row) == rows.at:
            self.close_artist()
        else:
            song = rows.track(event.row)
            self._what = self._what if song is None else "tracks"
            self.open(rows.entry(event.row), rows.artist(event.row), song)

    def open(self, entry: int, artist: int, song: int | None) -> None:
        """Open an artist in place, below an entry of the list."""
        if self._known is not None:
            self._look_inside(self._known, entry, artist, self._what, self._order, song)

    @work(thread=True, exclusive=True, group="inside", exit_on_error=False)
    def _look_inside(self, known: Ranked, entry: int, artist: int, what: str, order: str, song: int | None) -> None:
        from tui_music.tui.searching import inside

        opened = inside(known.history, known.scope, artist, what, order)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Inside(known, entry, opened, song))

    @on(Inside)
    def inside(self, event: Inside) -> None:
        event.stop()
        rows, entry = self.rows, event.entry
        if event.known is not self._known or rows is None or entry >= rows.entries:
            return
        if rows.artist(rows.line_of(entry)) == event.opened.artist:  # no other search came between
            self._draw(entry, event.opened, event.song)

    def close_artist(self) -> None:
        """Songs away; the cursor goes back to their artist."""
        rows = self.rows
        if rows is not None and rows.opened is not None:
            self.table.move_to(rows.at)
            self._draw(rows.at)

    def reveal(self, artist: int, song: int | None = None) -> None:
        """Go to an artist, opened; now, or as soon as the history is there."""
        if self._known is None or self._known.history is not self.session.history:
            self._wanted = (artist, song)
            return
        self._wanted, self.text, self._found = None, "", None
        with self.prevent(Input.Changed):
            self.query_one(SearchLine).value = ""
        self._draw(self._entry(artist))
        self.set_focus(self.table)
        self.open(self._entry(artist), artist, song)

    def action_right(self) -> None:
        rows = self.rows
        if rows is not None and rows.entry(self.table.cursor) != rows.at:
            self.table.action_open()

    def action_left(self) -> None:
        self.close_artist()

    def action_back(self) -> None:
        if self.opened is not None:
            self.close_artist()
        elif self.text:
            self.query_one(SearchLine).value = ""
        else:
            super().action_back()

    def action_sort(self) -> None:
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._reopen()

    def action_by_album(self) -> None:
        self._what = "albums" if self._what == "tracks" else "tracks"
        self._reopen()

    def _reopen(self) -> None:
        rows, opened = self.rows, self.opened
        if rows is None or opened is None:
            self.tell(Figure("Open an artist first: enter. (v orders the artists.)"))
            return
        at = rows.song(self.table.cursor)
        same = at is not None and opened.inside.what == self._what
        self.open(rows.at, opened.artist, int(opened.inside.code[at]) if same else None)

    @on(Resize)
    @on(Table.Moved)
    def show_cover(self) -> None:
        """Beside albums the cover of the one with the cursor, where there can be covers."""
        cover, rows = self.query_one(Cover), self.rows
        cover.display = rows is not None and rows.by_album and cover.possible
        if cover.display and rows is not None and (album := rows.album(self.table.cursor)):
            cover.want(*album)

    # what is selected

    def plays_of(self) -> PlaysOf | None:
        rows, cursor, known = self.rows, self.table.cursor, self._known
        if rows is None or known is None:
            return None
        artist = rows.artist(cursor)
        by = shown(known.history.names.artists[artist])
        of = PlaysOf((rows.name(cursor), by), known.history, known.scope)
        at, opened, song = rows.song(cursor), rows.opened, rows.track(cursor)
        if at is not None and opened is not None:
            code = int(opened.inside.code[at])
            return replace(of, track=code) if opened.inside.what == "tracks" else replace(of, artist=artist, album=code)
        return replace(of, words=(by,), artist=artist) if song is None else replace(of, track=song)

    def copied(self) -> Drawable | None:
        return self.rows.name(self.table.cursor) if self.rows else None

    def listing(self) -> Listing | None:
        """The artist's songs while the cursor is among them, else the list."""
        rows = self.rows
        if rows is None:
            return None
        if rows.opened is not None and rows.song(self.table.cursor) is not None:
            name = f"{MANY[rows.opened.inside.what]} of {rows.name(rows.at)}"
            return Listing(name, len(rows.opened.inside), rows.song_record)
        return Listing(f"artists {self.text}", rows.entries, rows.record)
