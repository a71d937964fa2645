"""Help for where you are: the keys that work here, from the key map, and what the signs on the screen mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from tui_music.tui.base import MusicScreen
from tui_music.tui.finding import FindingScreen
from tui_music.tui.keys import ACTIONS, EVERYWHERE, LISTS, SCOPE, TRIAGE, keys_of
from tui_music.tui.widgets.canvas import Drawable, Role
from tui_music.tui.widgets.columns import Bar, Cell, Column
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.table import Rows, Table


class KeyRows(Rows):
    """Actions under the titles of their groups."""

    counting = 9

    def __init__(
        self, actions: Sequence[str], chosen: dict[str, tuple[str, ...]], signs: Sequence[tuple[str, str]] = ()
    ) -> None:
        self._lines: list[tuple[str, str, str]] = []  # keys, help; or a group's title
        shared = (TRIAGE, LISTS, SCOPE, EVERYWHERE)
        here = [ACTIONS[name] for name in actions if ACTIONS[name].group not in shared]
        groups = [(group, [ACTIONS[name] for name in actions if ACTIONS[name].group == group]) for group in shared]
        told = {
            title: [(" ".join(keys_of(each.id, chosen)), each.label, each.help) for each in inside]
            for title, inside in (("Here", here), *groups)
        }
        shown = [("Here", told.pop("Here")), ("Signs", [(sign, "", text) for sign, text in signs]), *told.items()]
        for title, lines in shown:
            if lines:
                self._lines += [("", "", "")] * bool(self._lines) + [("", title, ""), *lines]
        self.columns = (Column(NOTHING, 12), Column(NOTHING, 20, drop=1), Column(NOTHING, 46, flex=1))

    def __len__(self) -> int:
        return len(self._lines)

    def rests(self, index: int) -> bool:
        return bool(self._lines[index][0])

    def cells(self, index: int) -> Sequence[Cell | Bar]:
        keys, label, text = self._lines[index]
        if not keys:
            return (Cell(Figure(label), Role.HEAD),)
        if not label:  # a sign: its meaning may be longer than that of a key
            return Cell(Figure(keys), Role.BAR), Cell(Figure(text), Role.QUIET)
        return Cell(Figure(keys), Role.BAR), Cell(Figure(label)), Cell(Figure(text), Role.QUIET)


class HelpScreen(FindingScreen):
    """Pushed over the screen it explains; the same key or escape goes back."""

    HEADING = "Help"
    SCOPED = False
    FOOTER = ("down", "up", "back")

    def __init__(self, about: MusicScreen) -> None:
        super().__init__()
        self._about = about

    def heading(self) -> Drawable:
        return Figure(f"Keys on {self._about.HEADING}")

    def body(self) -> Iterable[Widget]:
        yield Table(header=False)

    def on_mount(self) -> None:
        table = self.query_one(Table)
        table.show(KeyRows(self._about.actions_here(), dict(self.session.settings.keys), self._about.SIGNS), top=0)
        table.focus()
