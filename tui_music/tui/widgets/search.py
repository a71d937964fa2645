"""The search line: a quiet Input that appears with / and never blinks."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from tui_music.text import shown


class SearchLine(Input):
    """One line; escape ends the search, enter and down go on to the list, up brings earlier searches back."""

    #: Not in the key map: these belong to the line itself, as its letters do.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", show=False),
        Binding("up", "recall(1)", "earlier search", show=False),
        Binding("down", "recall(-1)", "list", show=False),
    ]
    DEFAULT_CSS = """
    SearchLine, SearchLine:focus {
        border: none; height: 1; padding: 0; background: $background;
        &.-textual-compact { border: none !important; }
    }
    """

    class Left(Message):
        """Escape: the person is done here."""

    class Entered(Message):
        """Enter or down: on to what was found."""

    def __init__(self, placeholder: str, **options: Any) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False, max_length=200, **options)
        self.cursor_blink = False
        #: Searches to bring back, newest first.
        self.earlier: tuple[str, ...] = ()
        self._recalled = -1

    def validate_value(self, value: str) -> str:
        """What is pasted, or remembered, may hold anything, and is drawn."""
        return str(shown(value))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_recall(self, step: int) -> None:
        """An earlier search, or back to a later one; down from what was typed goes to the list."""
        if step < 0 and self._recalled < 0:
            self.post_message(self.Entered())
            return
        self._recalled = max(-1, min(self._recalled + step, len(self.earlier) - 1))
        self.value = self.earlier[self._recalled] if self._recalled >= 0 else ""
        self.cursor_position = len(self.value)

    async def action_submit(self) -> None:
        self._recalled = -1
        self.post_message(self.Entered())
