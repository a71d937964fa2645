"""Deciding about artists and songs, one key each. What was decided shows at once, and a thread keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType

from tui_music.tui.exporting import SonglistScreen
from tui_music.tui.keys import bindings
from tui_music.tui.verdicts import given
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.library.library import Library


class TriageScreen(SonglistScreen):
    """A screen whose selected artist or song can be decided on. ``show`` draws what ``session.verdicts`` say."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("yes", "later", "known", "never", "undo")

    def action_yes(self) -> None:
        self.decide("yes")

    def action_later(self) -> None:
        self.decide("later")

    def action_known(self) -> None:
        self.decide("known")

    def action_never(self) -> None:
        self.decide("never")

    def decide(self, verdict: str) -> None:
        """Give the selected artist or song a verdict."""
        artist, song = self.artist(), self.song()
        if artist is None or self.session.history is None:
            self.tell(Figure("Nobody is selected here."))
        else:
            self.music.decide(artist, verdict, song)
            self.tell(given(artist, song, verdict))

    @work(thread=True, group="passed", exit_on_error=False)
    def pass_over(self, library: Library, listener: str, artists: frozenset[str]) -> None:
        """Remember that artists were shown and got no verdict: they rest for a while."""
        from tui_music.tui import loading

        loading.pass_over(library, listener, artists)

    def action_undo(self) -> None:
        """Take the last verdict back, whoever it was on."""
        if self.session.history is not None:
            self.music.undo_decision()
