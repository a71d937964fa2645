"""The part Services of screen 9: whom to ask, with which key, what is kept, and fetching ahead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.worker import get_current_worker

from tui_music.errors import BadRange
from tui_music.text import shown
from tui_music.tui.base import MusicScreen
from tui_music.tui.chrome import Notice
from tui_music.tui.keys import bindings
from tui_music.tui.prompt import Question
from tui_music.tui.widgets.figures import Figure
from tui_music.tui.widgets.service_rows import HOME, SIGN_UP, ServiceRows
from tui_music.tui.widgets.table import Table

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.services.gateway import Services
    from tui_music.services.keys import ApiKey
    from tui_music.tui.serving import Standing


@dataclass(frozen=True, slots=True)
class Aim:
    """How many calls fetching ahead may make (``None``: all there are), and for which ranks (``None``: everybody)."""

    budget: int | None = 200
    ranks: tuple[int, int] | None = None

    @property
    def label(self) -> Figure:
        """As it is typed: ``200``, ``all 51-120``."""
        ranks = f" {self.ranks[0]}-{self.ranks[1]}" if self.ranks else ""
        return Figure(f"{'all' if self.budget is None else self.budget}{ranks}")


def parse_aim(text: str) -> Aim:
    """The aim meant by ``200``, ``all``, ``500 51-120``. Raises :class:`BadRange`."""
    match = re.fullmatch(r"\s*(all|\d{1,6})(?:\s+(\d{1,6})\s*[-–]\s*(\d{1,6}))?\s*", text.replace(",", ""))
    ranks = (int(match[2]), int(match[3])) if match and match[2] else None
    if not match or match[1] == "0" or (ranks and not 1 <= ranks[0] <= ranks[1]):
        raise BadRange(f"{shown(text, 40)!r} is no number of calls. Try 200, all, or 500 51-120 for those ranks.")
    return Aim(None if match[1] == "all" else int(match[1]), ranks)


class ServicesTable(Table):
    """Its sentences are wrapped to the room there is."""

    class Resized(Message):
        """There is another room."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class ServicesScreen(MusicScreen):
    """A screen with the part. It yields a ``ServicesTable(id="services")`` and calls :meth:`show_services`
    when something else changed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("fetch", "budget", "key", "forget-key", "link")

    @dataclass
    class Stood(Message):
        """How it stands with the services."""

        standing: Standing

    @dataclass
    class KeySaid(Message):
        """What became of a key."""

        sentence: str

    def __init__(self) -> None:
        super().__init__()
        self.aim = Aim()
        self._standing: Standing | None = None

    def on_screen_resume(self) -> None:
        self.show_services()  # other screens may have asked for something meanwhile

    def show_services(self) -> None:
        """Find out how it stands."""
        self.stand(self.music.services, self.session.history, self.aim)

    @work(thread=True, exclusive=True, group="services", exit_on_error=False)
    def stand(self, services: Services, history: History | None, aim: Aim) -> None:
        from tui_music.tui import serving

        found = serving.standing(services, history, aim)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Stood(found))

    @on(Stood)
    def _stood(self, event: Stood) -> None:
        event.stop()
        self._standing = event.standing
        self.draw_services()

    @on(ServicesTable.Resized)
    def _resized(self, event: ServicesTable.Resized) -> None:
        event.stop()
        self.draw_services()

    def draw_services(self) -> None:
        """What is known, in the room there is."""
        table = self.query_one("#services", Table)
        if self._standing is None:
            table.say(Figure("Looking into the cache."))
            return
        rows = ServiceRows(self._standing, demo=self.session.settings.demo, width=table.size.width)
        table.styles.max_height = len(rows) + 1
        table.show(rows, table.cursor, table.top)

    @on(Table.Chosen, "#services")
    async def _line_chosen(self, event: Table.Chosen) -> None:
        event.stop()
        rows = event.table.rows
        if isinstance(rows, ServiceRows) and rows.action(event.row):
            await self.perform(rows.action(event.row))

    # the keys

    def action_fetch(self) -> None:
        self.music.start_warm(self.aim)

    def action_budget(self) -> None:
        def chosen(aim: Aim) -> None:
            self.aim = aim
            self.show_services()

        hint = Figure("calls, and ranks if it is not for everybody, such as: 500 51-120")
        offered = tuple(map(Figure, ("50", "200", "1000", "all")))
        self.ask(Question(Figure("calls"), parse_aim, offered, str(self.aim.label), hint), chosen)

    def action_key(self) -> None:
        from tui_music.services.keys import VARIABLE, typed

        if self._standing is not None and self._standing.key == VARIABLE:
            self.tell(Figure(f"The key in {VARIABLE} is used; change it there."))
            return
        hint = Figure("the 32 letters and figures from last.fm/api/account/create; nobody sees them")
        self.ask(Question(Figure("key to Last.fm"), typed, hint=hint, secret=True), self._try)

    def _try(self, key: ApiKey) -> None:
        self.tell(Figure("Asking Last.fm about the key …"))
        self.try_key(self.music.services, key)

    @work(thread=True, exclusive=True, group="key", exit_on_error=False)
    def try_key(self, services: Services, key: ApiKey) -> None:
        from tui_music.tui import serving

        self.post_message(self.KeySaid(serving.try_key(services, key)))

    def action_forget_key(self) -> None:
        self.forget_key(self.music.services)

    @work(thread=True, exclusive=True, group="key", exit_on_error=False)
    def forget_key(self, services: Services) -> None:
        from tui_music.tui import serving

        self.post_message(self.KeySaid(serving.forget_key(services)))

    def action_link(self) -> None:
        """Where a key is to be had; with one, whose data it is."""
        page = SIGN_UP if self._standing is None or not self._standing.key else HOME
        self.overlay(Notice(page, self.size.width, link=True))

    @on(KeySaid)
    def _key_said(self, event: KeySaid) -> None:
        event.stop()
        self.tell(shown(event.sentence, 1000))
        self.show_services()
