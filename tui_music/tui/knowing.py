"""What is known, and what is wished for: that is fetched while one reads, by one thread.

It takes the first of what is wished for by then. A call that is under way cannot be taken back, so there is never a
second one: whoever goes through a list quickly changes what comes next, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.errors import Offline, ServiceError, ServiceRefused, Stopped
from tui_music.text import shown
from tui_music.tui.triage import TriageScreen
from tui_music.tui.widgets.figures import ago
from tui_music.tui.widgets.trail_rows import Wish

if TYPE_CHECKING:
    from tui_music.library.history import History
    from tui_music.library.library import Library
    from tui_music.library.scope import Scope
    from tui_music.services.gateway import Services
    from tui_music.tui.trailing import Known

#: After so many failures in a row nobody is asked any more at this place.
FAILURES = 2


class KnowingScreen(TriageScreen):
    """A screen over what the cache knows, which wishes for what services could add."""

    @dataclass
    class Knew(Message):
        """All that the cache knows over a history, and the verdicts of its journal by folded name."""

        known: Known
        verdicts: Mapping[str, str]

    @dataclass
    class Asked(Message):
        """A service is being asked, or was (``known``): with a ``problem`` it did not answer."""

        wish: Wish
        whom: str
        known: Known | None = None
        problem: str = ""

    def __init__(self) -> None:
        super().__init__()
        self.known: Known | None = None
        #: Who is being asked about what, in words; and the first thing that went wrong here.
        self.asking = ""
        self.problem = ""
        self._journal: Mapping[str, str] = {}
        self._wishes: tuple[Wish, ...] = ()
        self._tried: set[Wish] = set()
        self._cannot: set[str] = set()  # what is not to be had without a key
        self._failures = 0
        self._through: History | None = None
        self._working = self._looking = self._halted = False

    # to override

    def knew(self) -> None:
        """The cache was looked through: ``known`` is new."""

    def granted(self, wish: Wish) -> None:
        """Something is known that was wished for."""

    def asking_moved(self) -> None:
        """Another one is being asked, or nobody any more."""

    # to call

    def verdicts(self) -> dict[str, str]:
        """Those that hold, by folded name."""
        verdicts = {**self._journal, **self.session.verdicts}
        return {name: each for name, each in verdicts.items() if each is not None}

    def look_through(self) -> None:
        """Look through the cache if there is more in it than is known; once the screen is drawn."""
        self.call_after_refresh(self._look_through)

    def _look_through(self) -> None:
        session = self.session
        if session.history is not None and session.library is not None and not self._looking:
            self._looking, self._through = True, session.history
            self.know(self.music.services, session.library, session.history, session.scope, self.known)

    def wish(self, wishes: tuple[Wish, ...]) -> None:
        """What would be good to know now, the most urgent first; instead of what was wished for before."""
        self._wishes = () if self.session.offline else wishes
        if not self._working and self.known is not None and self._next() is not None:
            self._working = True
            self.ask_services(self.music.services, self.known)

    def hope(self) -> None:
        """What failed may be tried again: one came to another place, or another time."""
        self._tried, self._cannot, self._failures, self._halted = set(), set(), 0, False
        self.problem = ""

    def halt(self) -> None:
        """Ask for nothing more here."""
        self._halted = True

    # the threads

    @work(thread=True, exclusive=True, group="know", exit_on_error=False)
    def know(self, services: Services, library: Library, history: History, scope: Scope, before: Known | None) -> None:
        from tui_music.tui import trailing

        known = trailing.know(services, history, scope, before)
        verdicts = self._journal if known is before else trailing.verdicts(library, history.listener)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Knew(known, verdicts))

    @on(Knew)
    def _knew(self, event: Knew) -> None:
        event.stop()
        if event.known.history is self.session.history and event.known is not self.known:
            self.known, self._journal = event.known, event.verdicts
            self.knew()

    def _next(self) -> Wish | None:
        if self._halted or self._failures >= FAILURES:
            return None
        return next((each for each in self._wishes if each not in self._tried and each.what not in self._cannot), None)

    @work(thread=True, group="wishes", exit_on_error=False)
    def ask_services(self, services: Services, known: Known) -> None:
        from tui_music.tui import trailing

        worker, asking = get_current_worker(), trailing.Asking(services, known)
        while (wish := self._next()) is not None and not worker.is_cancelled:
            self._tried.add(wish)
            whom, problem = trailing.whom(services, wish), ""
            self.post_message(self.Asked(wish, whom))
            try:
                age = asking.ask(wish)
                problem = f"{whom} does not answer: this is what it said {ago(age)} ago." if age else ""
                self._failures = self._failures + 1 if age else 0
            except (Stopped, Offline):
                return
            except ServiceRefused as refused:
                problem = str(refused) if trailing.has_key(services) else ""  # screen 9 says what a key would add
                self._cannot.add(wish.what)
            except ServiceError as failed:
                problem = str(failed)
                self._failures += 1
            now = wish.what == "similar" or self._next() is None
            self.post_message(self.Asked(wish, whom, asking.learned(now=now), problem))

    @on(Asked)
    def _asked(self, event: Asked) -> None:
        event.stop()
        if event.known is None:
            self.asking = f"asking {event.whom} about {shown(event.wish.artist, 30)}"
            self.asking_moved()
            return
        self.problem = self.problem or event.problem
        self.known = event.known
        self.granted(event.wish)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "know" and event.worker.is_finished:
            self._looking = False
            if event.state is WorkerState.SUCCESS and self.session.history is not self._through:
                self.look_through()
        if event.worker.group == "wishes" and event.worker.is_finished:
            self._working, self.asking = False, ""
            self.asking_moved()
            self.wish(self._wishes)  # one may have come when the thread was about to end
