"""The smallest Textual app with a first and a last line: what a first paint is compared with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    BINDINGS = [("q", "quit", "quit")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
    CSS = "#last { dock: bottom; }"

    def compose(self) -> ComposeResult:
        yield Static("the first line")
        yield Static("the last line", id="last")


if __name__ == "__main__":
    Minimal().run()
