"""Community: the artists that one belongs with, who stands in the middle of them, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.worker import get_current_worker

from tui_music.text import shown
from tui_music.tui.chrome import Hint, threshold
from tui_music.tui.exporting import Songlist
from tui_music.tui.keys import bindings
from tui_music.tui.listing import Line, PlaysOf, Sentence, amount
from tui_music.tui.session import Session
from tui_music.tui.triage import TriageScreen
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.community_rows import Around, AroundRows, Near
from tui_music.tui.widgets.figures import NOTHING, Figure, count, percent, ratio
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.services.gateway import Services
    from tui_music.tui.trailing import Known


_HEIGHTS = [(0, "-low"), (16, "-medium")]


class CommunityScreen(TriageScreen):
    """Pushed over Trail; enter goes on there, and the same key as before to the community of whoever is selected."""

    HEADING = "Community"
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = bindings("community", "open")

    @dataclass
    class Found(Message):
        """What is around an artist; it may come twice, with more the second time."""

        around: Around

    def __init__(self, known: Known, artist: str, then: Callable[[str], None]) -> None:
        super().__init__()
        self._known, self._then = known, then
        self._way = [artist]
        self._around: Around | None = None

    def body(self) -> ComposeResult:
        yield Line(id="sums")
        yield Sentence(id="about")
        yield Table(id="around")

    def about(self) -> tuple[Drawable, ...]:
        scope = self.session.scope
        return (shown(scope.listener), shown(self._way[-1]), Figure("all music"), threshold(scope.counted_ms))

    def footer(self) -> Sequence[str | Hint]:
        onward = self.hint("open", "on the trail"), self.hint("community", "community of that one")
        return (*onward, "back", "later", "plays", "link", "export", "copy", "help")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("range", "measure", "kind"):  # it is about all music of all time
            return False
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        self.set_focus(self.table)
        self._look()

    @property
    def table(self) -> Table:
        return self.query_one("#around", Table)

    def show(self, session: Session) -> None:
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    # what is around

    def _look(self) -> None:
        self.refresh_scope_line()
        self.find(self.music.services, self._known, self._way[-1])

    @work(thread=True, exclusive=True, group="around", exit_on_error=False)
    def find(self, services: Services, known: Known, artist: str) -> None:
        from tui_music.tui import neighbouring

        for around in neighbouring.around(services, known, artist):
            if get_current_worker().is_cancelled:
                return
            self.post_message(self.Found(around))

    @on(Found)
    def found(self, event: Found) -> None:
        event.stop()
        if event.around.artist == self._way[-1]:
            if self._around is None or self._around.artist != event.around.artist:
                self.table.cursor = self.table.top = 0
            self._around = event.around
            self._draw()

    def _draw(self) -> None:
        around, table, before = self._around, self.table, self._near
        if around is None:
            table.say(Figure("Looking around."))
            return
        verdicts = {name: each for name, each in self.session.verdicts.items() if each is not None}
        rows = AroundRows(around, verdicts, table.size.height - 1)
        line = rows.line_of(before) if before else None
        cursor = table.cursor if line is None else line
        table.show(rows, cursor, max(0, table.top + cursor - table.cursor), shown(around.note, 1000))
        self.set_class(around.community is None, "-alone")
        self.query_one("#sums", Line).show(_sums(around))
        self.query_one("#about", Sentence).say(_about(around) if len(rows) or around.member else NOTHING)

    @property
    def _near(self) -> Near | None:
        """Who is selected."""
        rows = self.table.rows
        line = rows.lines[self.table.cursor] if isinstance(rows, AroundRows) and len(rows) else None
        return line if isinstance(line, Near) else None

    # going

    @on(Table.Chosen)
    def chosen(self, event: Table.Chosen) -> None:
        event.stop()
        self.action_trail()

    def action_trail(self) -> None:
        near = self._near
        if near is None:
            self.tell(Figure("Nobody is selected here."))
        else:
            self.app.pop_screen()
            self._then(near.artist)

    def action_community(self) -> None:
        near = self._near
        if near is None or near.artist == self._way[-1]:
            self.action_back()
        else:
            self._way.append(near.artist)
            self._look()

    def action_back(self) -> None:
        self._way.pop()
        if self._way:
            self._look()
        else:
            super().action_back()

    # what is selected

    def artist(self) -> str | None:
        return self._near.artist if self._near else None

    def plays_of(self) -> PlaysOf | None:
        near, known = self._near, self._known
        if near is None or not near.plays:
            return None
        from tui_music.text import fold

        return PlaysOf((shown(near.artist),), known.history, known.scope, artist=known.code_of[fold(near.artist)])

    async def action_plays(self) -> None:
        if self._near is not None and not self._near.plays:
            self.tell(shown(f"{shown(self._near.artist, 60)} was never played."))
        else:
            await super().action_plays()

    def copied(self) -> Drawable | None:
        return shown(self._near.artist) if self._near else None

    def songlist(self) -> Songlist | None:
        rows, library, services, known = self.table.rows, self.session.library, self.music.services, self._known
        if not isinstance(rows, AroundRows) or not rows.near or library is None:
            return None
        from tui_music.tui import trailing

        wanted = [(name, None) for name in dict.fromkeys(near.artist for near in rows.near)]
        return Songlist(f"around {self._way[-1]}", lambda: trailing.songs_of(services, library, known, wanted))


def _sums(around: Around) -> list[list[Piece]]:
    """The community in figures."""
    community = around.community
    if community is None:
        return []
    return [
        amount(count(community.artists), "artists"),
        amount(count(community.heard), "heard"),
        [(Figure("density "), Role.QUIET), (ratio(community.density), Role.HEAD)],
    ]


def _about(around: Around) -> Drawable:
    """Where the artist stands in it."""
    member = around.member
    if member is None:
        return shown(around.note, 1000)
    inside = percent(1 - member.outside / member.strength)
    return shown(f"{shown(around.artist, 60)} is like {member.links:,} artists; {inside} of that is in here.", 200)
