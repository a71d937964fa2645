"""Finding a row of a list by part of its name: ``/`` asks, ``n`` and ``N`` go on to the next one and the one before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType

from tui_music.errors import NotFound
from tui_music.text import fold, shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.prompt import Question
from tui_music.tui.widgets.figures import Figure
from tui_music.tui.widgets.table import Table


class FindingScreen(MusicScreen):
    """A screen with lists. Screens that search as one types have a way of their own for the same keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("search", "next-match", "previous-match")

    def __init__(self) -> None:
        super().__init__()
        self._sought = ""

    def action_search(self) -> None:
        table = self._searched()
        if table is None:
            self.tell(Figure("There is no list here to search."))
            return

        def check(text: str) -> int:
            found = row_of(table, text, range(table.cursor, table.cursor + len(table.rows)))
            if found is None:
                raise NotFound(f"Nothing in this list has {shown(text, 40)!r} in its name.")
            self._sought = text
            return found

        following, before = (keys_of(name, self.session.settings.keys)[0] for name in ("next-match", "previous-match"))
        hint = Figure(f"part of a name; then {following} goes to the next one, {before} to the one before")
        self.ask(Question(Figure("find"), check, text=self._sought, hint=hint), table.move_to)

    def action_next_match(self) -> None:
        self._to_match(1)

    def action_previous_match(self) -> None:
        self._to_match(-1)

    def _to_match(self, step: int) -> None:
        table = self._searched()
        if table is None or not self._sought:
            key = keys_of("search", self.session.settings.keys)[0]
            self.tell(Figure(f"Nothing was searched for yet: {key} searches."))
            return
        ahead = range(table.cursor + step, table.cursor + step * (len(table.rows) + 1), step)
        found = row_of(table, self._sought, ahead)
        if found is None:
            self.tell(shown(f"Nothing in this list has {shown(self._sought, 40)!r} in its name."))
        elif found == table.cursor:
            self.tell(Figure("It is the only one here."))
        else:
            table.move_to(found)

    def _searched(self) -> Table | None:
        """The list that has the keys, else the first one with rows."""
        tables = [table for table in self.query(Table) if len(table.rows)]
        return next((table for table in tables if table.has_focus), tables[0] if tables else None)


def row_of(table: Table, text: str, rows: Iterable[int]) -> int | None:
    """The first of ``rows``, counted round the list, with ``text`` in its name."""
    wanted, length = fold(text), len(table.rows)
    tried = (at % length for at in rows)
    return next((at for at in tried if wanted in fold(table.rows.name(at)) and table.rows.rests(at)), None)
