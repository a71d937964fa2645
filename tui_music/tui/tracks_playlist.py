"""The playlist of the screen Tracks: grown from the tracks started from, resized, rows dropped, moved, added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.worker import get_current_worker

from tui_music.errors import BadRange
from tui_music.tui.chrome import Hint
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.listing import Line
from tui_music.tui.prompt import Question
from tui_music.tui.tracks_asked import LONGEST, MORE, SIZE, Asked, Draft, Look
from tui_music.tui.tracks_selected import SelectedScreen
from tui_music.tui.widgets.canvas import Piece, Role
from tui_music.tui.widgets.figures import NOTHING, Figure, clock, counted
from tui_music.tui.widgets.table import Table
from tui_music.tui.widgets.tracks_rows import PlaylistRows

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import Catalogue, SimilarTrack
    from tui_music.catalogue.playlist import Statistics
    from tui_music.tui.tracks_asked import Own


class PlaylistScreen(SelectedScreen):
    """What was done by hand stays when a playlist gets longer; ``u`` takes each change back."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "playlist",
        "playlist-add",
        "playlist-size",
        "shorter",
        "longer",
        "drop",
        "row-up",
        "row-down",
        "undo",
    )

    @dataclass
    class Grown(Message):
        """A playlist was grown, or made longer."""

        catalogue: Catalogue
        draft: Draft

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self._before: list[Draft | None] = []

    def hints(self) -> Sequence[str | Hint]:
        if self.look is not Look.PLAYLIST:
            return super().hints()
        size = Hint(Figure("[ ]"), Figure("size"), "longer")
        move = Hint(Figure("< >"), Figure("move"), "row_down")
        view, anew = self.hint("view", "similar"), self.hint("playlist", "grow anew")
        return ("drop", move, size, "undo", "export", view, anew, "open", "plays", "link", "copy", "screens", "help")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("shorter", "longer", "drop", "row_up", "row_down", "playlist_size"):
            return self.look is Look.PLAYLIST
        if action == "playlist_add":
            return self.look is Look.SIMILAR
        return super().check_action(action, parameters)

    def catalogue_changed(self) -> None:
        super().catalogue_changed()
        self.draft, self._before = None, []

    def own_changed(self) -> None:
        super().own_changed()
        self._draw_draft()

    def look_changed(self) -> None:
        if self.look is Look.PLAYLIST:
            self._draw_draft()
        elif self.look is not Look.SIMILAR:
            self.note(Figure(self.look.value if self.catalogue is not None else ""))

    # growing

    def action_playlist(self) -> None:
        """Grow one from the tracks started from; without any, from the one selected."""
        catalogue, hit = self.catalogue, self.hit()
        if catalogue is None:
            self.tell(Figure("There is no catalogue yet."))
        elif self.asked.starts:
            self.grow(catalogue, self.own, self.asked, None, self.draft.size if self.draft else SIZE)
        elif hit is not None and hit.track is not None:
            from tui_music.tui.tracks_asking import start_at

            asked = Asked((start_at(hit.track),), self.asked.sound, self.asked.wanted)
            self.grow(catalogue, self.own, asked, None, self.draft.size if self.draft else SIZE)
        else:
            self.tell(Figure("Choose a track to start from first: enter."))

    @work(thread=True, exclusive=True, group="playlist", exit_on_error=False)
    def grow(self, catalogue: Catalogue, own: Own | None, asked: Asked, draft: Draft | None, size: int) -> None:
        from tui_music.tui import tracks_asking as asking

        if draft is None:
            grown = asking.grown(catalogue, own, asked, size)
        else:
            grown = asking.longer(catalogue, own, asked, draft, size)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Grown(catalogue, grown))

    @on(Grown)
    def grown(self, event: Grown) -> None:
        event.stop()
        if event.catalogue is self.catalogue:
            self._take(event.draft)
            if self.look is not Look.PLAYLIST:
                self.look_at(Look.PLAYLIST)

    # editing

    def _take(self, draft: Draft | None, cursor: int | None = None) -> None:
        self._before.append(self.draft)
        self.draft = draft
        self._draw_draft(cursor)

    def _edit(self, rows: Sequence[SimilarTrack], cursor: int | None = None) -> None:
        from tui_music.tui.tracks_asking import edited

        self._take(edited(rows, len(rows)), cursor)

    def action_drop(self) -> None:
        draft, at = self.draft, self.front.cursor
        if draft is not None and draft.rows:
            self._edit([*draft.rows[:at], *draft.rows[at + 1 :]], at)

    def action_row_up(self) -> None:
        self._swap(self.front.cursor - 1, -1)

    def action_row_down(self) -> None:
        self._swap(self.front.cursor, 1)

    def _swap(self, at: int, step: int) -> None:
        """The rows ``at`` and after it change places; the cursor goes along."""
        draft = self.draft
        if draft is not None and 0 <= at < len(draft.rows) - 1:
            rows = list(draft.rows)
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
            self._edit(rows, self.front.cursor + step)

    def action_shorter(self) -> None:
        self._resize(len(self.draft.rows) - MORE if self.draft else SIZE)

    def action_longer(self) -> None:
        self._resize(len(self.draft.rows) + MORE if self.draft else SIZE)

    def action_playlist_size(self) -> None:
        def check(text: str) -> int:
            if not text.strip().isdecimal() or not 1 <= int(text) <= LONGEST:
                raise BadRange(f"A playlist has 1 to {LONGEST} tracks.")
            return int(text)

        size = len(self.draft.rows) if self.draft else SIZE
        self.ask(Question(Figure("tracks"), check, text=f"{size}", hint=Figure(f"1 to {LONGEST}")), self._resize)

    def _resize(self, size: int) -> None:
        draft, size = self.draft, max(1, min(LONGEST, size))
        if draft is None or self.catalogue is None:
            self.action_playlist()
        elif size < len(draft.rows):
            self._edit(draft.rows[:size], min(self.front.cursor, size - 1))
        elif size > len(draft.rows):
            self.grow(self.catalogue, self.own, self.asked, draft, size)

    def action_playlist_add(self) -> None:
        """The selected track at the end of the playlist."""
        hit, rows = self.hit(), self.draft.rows if self.draft else ()
        if hit is None or hit.track is None:
            self.tell(Figure("Only tracks of the catalogue can be put on the playlist."))
        elif hit.track.index in [row.track.index for row in rows]:
            self.tell(Figure("It is on the playlist already."))
        elif len(rows) >= LONGEST:
            self.tell(Figure(f"A playlist has at most {LONGEST} tracks."))
        else:
            from tui_music.tui.tracks_asking import as_row

            self._edit([*rows, as_row(hit.track)])
            view = keys_of("view", self.session.settings.keys)[0]
            self.tell(Figure(f"On the playlist, which has {counted(len(rows) + 1, 'track')}; {view} goes there."))

    def action_undo(self) -> None:
        """Take the last change of the playlist back."""
        if self._before:
            self.draft = self._before.pop()
            self._draw_draft()
            self.tell(Figure("The playlist is as it was before."))
        else:
            self.tell(Figure("Nothing was changed on the playlist yet."))

    # drawing

    def _draw_draft(self, cursor: int | None = None) -> None:
        catalogue, draft = self.catalogue, self.draft
        table = self.query_one("#playlist", Table)
        if catalogue is None:
            return
        rows = draft.rows if draft is not None else ()
        key = keys_of("playlist", self.session.settings.keys)[0]
        nothing = Figure(f"No playlist yet: {key} grows one from the tracks started from, or from the one selected.")
        at = table.cursor if cursor is None else cursor
        table.show(PlaylistRows(rows, self.codes, catalogue.feature_names), at, table.top, nothing)
        self.query_one("#told", Line).show(_told(draft.told) if draft is not None and rows else [])
        if self.look is Look.PLAYLIST:
            self.note(counted(len(rows), "track") if rows else NOTHING)
            self.tell_selected()


def _told(told: Statistics) -> list[list[Piece]]:
    """A playlist in figures, and how far it is from each track to the next."""
    parts = [clock(told.ms), counted(told.artists, "artist"), counted(told.genres, "genre")]
    if told.popularity is not None:
        parts.append(Figure(f"popularity {told.popularity:.0f}"))
    if told.tempo_jump is not None and told.key_jump is not None and told.energy_jump is not None:
        tempo = round(100 * told.tempo_jump)
        parts.append(Figure(f"steps {tempo} % tempo, {told.key_jump:.1f} fifths, {told.energy_jump:.2f} energy"))
    if told.first_year is not None:
        parts.append(Figure(f"{told.first_year}–{told.last_year}"))
    roles = (Role.HEAD, Role.PLAIN, *(Role.QUIET for _ in parts))
    return [[(part, role)] for part, role in zip((counted(told.tracks, "track"), *parts), roles, strict=False)]
