"""What goes over the network beside the screens: one door to the services, online or not, and fetching ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from textual import on, work
from textual.driver import Driver
from textual.message import Message
from textual.worker import Worker, WorkerState

from tui_music.text import shown
from tui_music.tui.background import Background
from tui_music.tui.base import MusicScreen
from tui_music.tui.session import Session
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.services.gateway import Services
    from tui_music.services.warm import Progress
    from tui_music.tui.services_part import Aim


_INVENTED = Figure("The demo's artists are invented: no service could tell anything of them.")


class Network(Background):
    """A program that may ask music services. Whatever waits for them does so in a thread."""

    @dataclass
    class WarmMoved(Message):
        """Fetching ahead got on."""

        progress: Progress

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Network.WarmMoved)

    @dataclass
    class WarmEnded(Message):
        """Fetching ahead is done, or was stopped."""

        progress: Progress

    def __init__(self, session: Session, driver: type[Driver] | None = None) -> None:
        self._services: Services | None = None
        self._stop_warming = Event()
        super().__init__(session, driver)

    def on_unmount(self) -> None:
        self._stop_warming.set()
        if self._services is not None:
            self._services.close()  # threads that wait for an answer are let go

    @property
    def services(self) -> Services:
        """The door to the music services. Nothing is opened until somebody asks, which is for threads to do."""
        settings, before = self.session.settings, self._services
        if before is None or before.settings.cache_dir != settings.cache_dir:
            from tui_music.services.gateway import Services

            if before is not None:
                before.close()
            self._services = Services(settings, self.session.offline)
        assert self._services is not None
        return self._services

    def action_online(self) -> None:
        """On or off the network, from now on."""
        if self.session.settings.demo:
            self.tell(_INVENTED)
            return
        offline = self.services.offline = self.session.offline = not self.session.offline
        self.change_settings(replace(self.session.settings, offline=offline))
        told = "Offline: nobody is asked, the cache answers." if offline else "Online: what is missing is fetched."
        self.tell(Figure(told))

    # fetching ahead

    def start_warm(self, aim: Aim) -> None:
        """Fetch what recommendations will need, in a thread."""
        session = self.session
        if session.warming is not None:
            self.tell(Figure("This is going on already; escape on screen 9 stops it."))
        elif session.history is None:
            self.tell(Figure("One moment: the history is still being read."))
        elif session.offline:
            told = _INVENTED if session.settings.demo else Figure("Offline: nothing can be fetched. O goes online.")
            self.tell(told)
        else:
            from tui_music.services.warm import Progress

            self._stop_warming = Event()
            self._warm_moved(self.WarmMoved(Progress(0)))
            self._warm(self.services, session.history, aim, self._stop_warming)

    def cancel_warm(self) -> None:
        """Stop after the call that is under way. What was fetched stays."""
        self._stop_warming.set()

    @work(thread=True, group="warm", exit_on_error=False)
    def _warm(self, services: Services, history: History, aim: Aim, stop: Event) -> None:
        from tui_music.tui import serving

        def moved(progress: Progress) -> None:
            self.post_message(self.WarmMoved(progress))

        self.post_message(self.WarmEnded(serving.fetch_ahead(services, history, aim, moved, stop.is_set)))

    @on(WarmMoved)
    def _warm_moved(self, event: WarmMoved) -> None:
        self.session.warming = event.progress
        if isinstance(self.screen, MusicScreen):
            self.screen.warming_moved()

    @on(WarmEnded)
    def _warm_ended(self, event: WarmEnded) -> None:
        ended, self.session.warming = event.progress, None
        self.redraw()
        rest = ((ended.unknown, "unknown to the services"), (ended.failed, "failed"))
        told = ", ".join([f"{ended.found:,} fetched", *(f"{n:,} {what}" for n, what in rest if n)])
        self.tell(shown(f"{told}. {ended.stopped}", 1000), warns=bool(ended.stopped))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.group == "warm":
            self.session.warming = None
