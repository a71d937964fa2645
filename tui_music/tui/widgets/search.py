"""The search line: a quiet Input that appears with / and never blinks."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class SearchLine(Input):
    """One line; escape gives the keys back to the list, and so do the arrows and enter."""

    #: Not in the key map: these belong to the line itself, as its letters do.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", show=False),
        Binding("down", "enter_list", "list", show=False),
        Binding("up", "enter_list", "list", show=False),
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
        """Down, up or enter: on to what was found."""

    def __init__(self, placeholder: str, **options: Any) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False, max_length=200, **options)
        self.cursor_blink = False

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_enter_list(self) -> None:
        self.post_message(self.Entered())

    async def action_submit(self) -> None:
        self.post_message(self.Entered())
