"""Artists: everybody in order, found as one types, and opened in place into songs or albums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
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
from tui_music.tui.widgets.artist_rows import ORDERS, ArtistRows, Found, Opened, measure_of
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.figures import Figure, count
from tui_music.tui.widgets.ranked import MANY
from tui_music.tui.widgets.search import SearchLine
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.ranking import Ranking
    from tui_music.library.search import SearchIndex

_HITS = 500


class ArtistsScreen(ListScreen):
    """The list keeps its place through searches, openings and other scopes: the cursor stays with its artist."""

    HEADING = "Artists"
    CSS_PATH = "artists_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *search_first(),
        *bindings("next-match", "previous-match", "sort", "by-album", "left", "right"),
    ]

    @dataclass
    class Ranked(Message):
        """Artists and songs of a scope, in order."""

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
        """What was found for a text, in the rankings it was looked up in."""

        text: str
        artists: Ranking
        found: list[Found]

    @dataclass
    class Inside(Message):
        """What stands below an artist; ``song`` is the code of one to go to."""

        artists: Ranking
        opened: Opened
        song: int | None

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._history: History | None = None
        self._artists: Ranking | None = None
        self._tracks: Ranking | None = None
        self._index: SearchIndex | None = None
        self._found: list[Found] | None = None
        self._matches: list[int] = []  # positions of artists, for n and N
        self._what, self._order = "tracks", "hours"
        self._wanted: tuple[int, int | None] | None = None

    def body(self) -> Iterable[Widget]:
        yield SearchLine("/ to search artists and songs", id="search")
        yield Table(id="artists")

    def footer(self) -> Sequence[str | Hint]:
        if self.opened is not None:
            return ("sort", "by-album", "plays", "copy", "export", "measure", "back", "help")
        return ("open", "search", "next-match", "plays", "measure", "range", "copy", "export", "help")

    @property
    def table(self) -> Table:
        return self.query_one("#artists", Table)

    @property
    def rows(self) -> ArtistRows | None:
        rows = self.table.rows
        return rows if isinstance(rows, ArtistRows) else None

    @property
    def opened(self) -> Opened | None:
        return self.rows.opened if self.rows else None

    def on_mount(self) -> None:
        self.set_focus(self.table)

    def show(self, session: Session) -> None:
        if session.history is not None:
            self.rank(session.history, session.scope)
        elif self._artists is None:
            self.table.say(shown(session.failure or "Reading your history."))

    # rankings and the index of names

    @work(thread=True, exclusive=True, group="artists", exit_on_error=False)
    def rank(self, history: History, scope: Scope) -> None:
        from tui_music.library.ranking import rank_artists, rank_tracks

        by = self.session.measure
        artists, tracks = rank_artists(history, scope, by), rank_tracks(history, scope, by)
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
        if event.history is not self._history:
            self._index = None
            self.index(event.history)
        before, opened = self.rows, self.opened
        code = before.artist(self.table.cursor) if before and len(before) and event.history is self._history else None
        self._history, self._artists, self._tracks = event.history, event.artists, event.tracks
        self._found = None
        self._draw(code)
        if self.text:
            self.search(self.text)
        if self._wanted:
            self.reveal(*self._wanted)
        elif opened is not None and code == opened.artist and not self.text:
            self.open(event.artists, code, None)

    @on(Indexed)
    def indexed(self, event: Indexed) -> None:
        event.stop()
        if event.history is self._history:
            self._index = event.index
            if self.text:
                self.search(self.text)

    def _draw(self, code: int | None = None, opened: Opened | None = None, song: int | None = None) -> None:
        """The list anew, with the cursor on an artist (or a song of the opened one), on the line it was on."""
        artists = self._artists
        if artists is None:
            return
        table, before = self.table, self.rows
        above = table.cursor - table.top
        entry = self._entry(code) if code is not None else 0
        at = entry if opened is not None else -1
        rows = ArtistRows(artists, self.session.scope.zone, self._tracks, self._found, opened, at)
        cursor = rows.line_of(entry)
        nothing = (
            "Nobody and nothing by that name here; escape ends the search."
            if self.text
            else "No artists in these dates."
        )
        top = cursor - above if before is not None and len(before) else None
        if opened is not None and song is not None and (line := opened.line_of(song)) is not None:
            table.show(rows, cursor + 1 + line, None)
        else:
            table.show(rows, cursor, top, Figure(nothing))
        self.refresh_footer()
        found = (
            "" if self._found is None else f"{count(len(self._found))} of {len(artists) + len(self._tracks or ()):,}"
        )
        self.note(Figure(found))

    def _entry(self, code: int) -> int:
        """The entry of an artist; the first one when it is not in the list."""
        if self._artists is None:
            return 0
        if self._found is None:
            return (self._artists.rank_of(code) or 1) - 1
        rows = ArtistRows(self._artists, self.session.scope.zone, self._tracks, self._found)
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
            self.search(self.text)
        else:
            self._end_search()

    def search(self, text: str) -> None:
        """Look for a text in the names; the answer comes as ``Hits``."""
        if self._index is None:
            self.note(Figure("still learning the names"))
        elif self._artists is not None and self._tracks is not None:
            self._search(text, self._index, self._artists, self._tracks)

    @work(thread=True, exclusive=True, group="search", exit_on_error=False)
    def _search(self, text: str, index: SearchIndex, artists: Ranking, tracks: Ranking) -> None:
        from tui_music.tui.searching import positions

        places = {"artist": positions(artists), "track": positions(tracks)}
        hits = [(hit.kind, int(places[hit.kind][hit.code])) for hit in index.search(text, _HITS)]
        if not get_current_worker().is_cancelled:
            self.post_message(self.Hits(text, artists, [Found(kind, at) for kind, at in hits if at >= 0]))

    @on(Hits)
    def hits(self, event: Hits) -> None:
        event.stop()
        if event.text == self.text and event.artists is self._artists:
            self._found = event.found
            self._matches = sorted(found.at for found in event.found if found.kind == "artist")
            self.table.cursor = self.table.top = 0
            self._draw()

    def _end_search(self) -> None:
        """Everybody again, with the cursor on the artist that was found."""
        rows = self.rows
        code = rows.artist(self.table.cursor) if rows and len(rows) else None
        self.text, self._found = "", None
        self._draw(code)

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
        if self._found is not None:
            entry = (here + step) % len(self._found)
        else:
            ahead = [at for at in self._matches if (at > here if step > 0 else at < here)]
            entry = (ahead or self._matches)[0 if step > 0 else -1]
        self.table.move_to(rows.line_of(entry))

    # opening

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        rows = self.rows
        if rows is None or self._artists is None:
            return
        if rows.song(event.row) is not None:
            self.action_plays()
        elif rows.entry(event.row) == rows.at:
            self.close_artist()
        else:
            found = rows.found_at(rows.entry(event.row))
            song = int(self._tracks.code[found.at]) if found.kind == "track" and self._tracks is not None else None
            self._what = "tracks" if song is not None else self._what
            self.open(self._artists, rows.artist(event.row), song)

    def open(self, artists: Ranking, artist: int, song: int | None) -> None:
        """Open an artist of the list in place."""
        if self._history is not None:
            self._look_inside(self._history, self.session.scope, artists, artist, self._what, self._order, song)

    @work(thread=True, exclusive=True, group="inside", exit_on_error=False)
    def _look_inside(
        self, history: History, scope: Scope, artists: Ranking, artist: int, what: str, order: str, song: int | None
    ) -> None:
        from tui_music.library.ranking import rank_albums, rank_tracks
        from tui_music.library.statistics import artist_profile

        rank = rank_tracks if what == "tracks" else rank_albums
        inside = rank(history, scope, measure_of(order), artist)
        opened = Opened(artist, artist_profile(history, scope, artist), inside, order)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Inside(artists, opened, song))

    @on(Inside)
    def inside(self, event: Inside) -> None:
        event.stop()
        if event.artists is self._artists:
            self._draw(event.opened.artist, event.opened, event.song)

    def close_artist(self) -> None:
        """Songs away; the cursor goes back to their artist."""
        rows = self.rows
        if rows is not None and rows.opened is not None:
            self.table.move_to(rows.at)
            closed = ArtistRows(rows.artists, rows.zone, rows.tracks, rows.found)
            self.table.show(closed, rows.at, self.table.top)
            self.refresh_footer()

    def reveal(self, artist: int, song: int | None = None) -> None:
        """Go to an artist, opened; now, or as soon as the history is there."""
        if self._artists is None or self._history is not self.session.history:
            self._wanted = (artist, song)
            return
        self._wanted = None
        self.query_one(SearchLine).value = ""
        self.text, self._found = "", None
        self._draw(artist)
        self.set_focus(self.table)
        self.open(self._artists, artist, song)

    def action_right(self) -> None:
        rows = self.rows
        if rows is not None and len(rows) and rows.entry(self.table.cursor) != rows.at:
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
        if rows is None or opened is None or self._artists is None:
            self.tell(Figure("Open an artist first: enter. (v orders the artists.)"))
            return
        at = rows.song(self.table.cursor)
        same = at is not None and (opened.inside.what == self._what)
        self.open(self._artists, opened.artist, int(opened.inside.code[at]) if same and at is not None else None)

    # what is selected

    def plays_of(self) -> PlaysOf | None:
        rows, cursor, tracks = self.rows, self.table.cursor, self._tracks
        if rows is None or not len(rows) or self._history is None or tracks is None:
            return None
        artist = rows.artist(cursor)
        by = shown(self._history.names.artists[artist])
        of = PlaysOf((rows.name(cursor), by), self._history, self.session.scope)
        at, opened, found = rows.song(cursor), rows.opened, rows.found_at(rows.entry(cursor))
        if at is not None and opened is not None:
            code = int(opened.inside.code[at])
            return replace(of, track=code) if opened.inside.what == "tracks" else replace(of, artist=artist, album=code)
        if found.kind == "track":
            return replace(of, track=int(tracks.code[found.at]))
        return replace(of, words=(by,), artist=artist)

    def copied(self) -> Drawable | None:
        rows = self.rows
        return rows.name(self.table.cursor) if rows is not None and len(rows) else None

    def listing(self) -> Listing | None:
        """The artist's songs while the cursor is among them, else the list."""
        rows = self.rows
        if rows is None:
            return None
        if rows.opened is not None and rows.song(self.table.cursor) is not None:
            name = f"{MANY[rows.opened.inside.what]} of {rows.name(rows.at)}"
            return Listing(name, len(rows.opened.inside), rows.song_record)
        return Listing(f"artists {self.text}", rows.entries, rows.record)
