"""Settings: what can be chosen, what it is now, and the file it is kept in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from textual import on
from textual.widget import Widget

from tui_music.errors import BadSetting
from tui_music.settings import Settings
from tui_music.text import Shown, shown
from tui_music.tui.chrome import threshold
from tui_music.tui.finding import FindingScreen
from tui_music.tui.keys import ACTIONS, GROUPS, keymap, keys_of
from tui_music.tui.listing import Line
from tui_music.tui.prompt import Question
from tui_music.tui.scope_prompts import ask_threshold, ask_zone
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Bar, Cell, Column
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.table import Rows, Table


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: a setting or the keys of an action."""

    name: str
    value: Shown | Figure
    about: Figure
    key: bool = False


class ChoiceRows(Rows):
    """The settings, then every action with its keys."""

    counting = 9
    columns = (Column(NOTHING, 16), Column(NOTHING, 21), Column(NOTHING, 20, flex=1, drop=1))

    def __init__(self, choices: Sequence[Choice]) -> None:
        self.choices = choices

    def __len__(self) -> int:
        return len(self.choices)

    def rests(self, index: int) -> bool:
        return bool(self.choices[index].value)

    def cells(self, index: int) -> Sequence[Cell | Bar]:
        choice = self.choices[index]
        if not choice.value:
            return (Cell(Figure(choice.name), Role.HEAD),)
        return Cell(Figure(choice.name)), Cell(choice.value, Role.BAR), Cell(choice.about, Role.QUIET)


class SettingsScreen(FindingScreen):
    """Pushed from anywhere; ``enter`` changes a line, and what was changed is kept at once."""

    HEADING = "Settings"
    SCOPED = False
    FOOTER = ("open", "back", "help")

    def body(self) -> Iterable[Widget]:
        yield Line(id="where")
        yield Table(header=False)

    def on_mount(self) -> None:
        self.query_one("#where", Line).say(shown(f"kept in {self.session.settings.config_file}", 1000))
        self.query_one(Table).focus()

    def show(self, session: Session) -> None:
        self.draw_choices()

    def draw_choices(self) -> None:
        """The choices as they are now."""
        table = self.query_one(Table)
        table.show(ChoiceRows(self._choices(self.session.settings)), table.cursor, table.top)

    def _choices(self, settings: Settings) -> list[Choice]:
        found = ", found by itself" if not settings.zone else ""
        usual = ", the usual ones here" if not settings.theme else ""
        choices = [
            Choice("time zone", shown(self.session.scope.zone), Figure(f"tells days and hours{found}")),
            Choice("threshold", threshold(settings.counted_ms), Figure("how long a play must be to count")),
            Choice("theme", Figure(self.app.theme), Figure(f"colours{usual}")),
            Choice("mouse", Figure("on" if settings.mouse else "off"), Figure("from the next start")),
            Choice("network", Figure("offline" if self.session.offline else "online"), Figure(ACTIONS["online"].help)),
        ]
        for group in GROUPS:
            choices += [Choice("", NOTHING, NOTHING), Choice(f"Keys: {group}", NOTHING, NOTHING)]
            for name, action in ACTIONS.items():
                if action.group == group:
                    keys = Figure("  ".join(keys_of(name, settings.keys)))
                    choices.append(Choice(name, keys, Figure(action.help), key=True))
        return choices

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        rows = self.query_one(Table).rows
        choice = rows.choices[event.row] if isinstance(rows, ChoiceRows) else None
        if choice is None:
            return
        if choice.key:
            self._ask_keys(choice.name)
        elif choice.name == "time zone":
            ask_zone(self)
        elif choice.name == "threshold":
            ask_threshold(self)
        elif choice.name == "theme":
            self._ask_theme()
        elif choice.name == "network":
            self.music.action_online()
        elif choice.name == "mouse":
            self._keep(replace(self.session.settings, mouse=not self.session.settings.mouse))

    def _keep(self, settings: Settings) -> None:
        self.music.change_settings(settings)

    def _ask_theme(self) -> None:
        themes = tuple(self.app.available_themes)

        def check(text: str) -> str:
            if text.strip() not in themes:
                raise BadSetting(f"There is no theme {text!r}; the arrows show which there are.")
            return text.strip()

        def chosen(name: str) -> None:
            self.app.theme = name
            self._keep(replace(self.session.settings, theme=name))

        self.ask(Question(Figure("theme"), check, tuple(map(Figure, themes)), self.app.theme), chosen)

    def _ask_keys(self, name: str) -> None:
        settings = self.session.settings

        def check(text: str) -> dict[str, tuple[str, ...]]:
            keys = {**settings.keys, name: tuple(text.split())}
            if not text.strip() or tuple(text.split()) == ACTIONS[name].keys:
                del keys[name]
            keymap(keys)
            return keys

        def chosen(keys: dict[str, tuple[str, ...]]) -> None:
            self._keep(replace(self.session.settings, keys=keys))
            self.app.set_keymap(keymap(keys))

        hint = Figure("keys with spaces between them, such as: r ctrl+r f5; nothing brings the usual ones back")
        now = " ".join(settings.keys.get(name, ACTIONS[name].keys))
        self.ask(Question(Figure(f"keys for {name}"), check, (), now, hint), chosen)
