"""What the screen Proof stands on: what was proved last is read, and proved again in a child process."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.child import Child, Step
from tui_music.errors import NotFound
from tui_music.library.scope import Scope
from tui_music.settings import Settings
from tui_music.text import cells, shown
from tui_music.tui import paths
from tui_music.tui.keys import bindings
from tui_music.tui.listing import ListScreen
from tui_music.tui.prompt import Question
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Piece, Role
from tui_music.tui.widgets.figures import Figure, bar

if TYPE_CHECKING:
    from tui_music.tui.proof_asking import Proved

_DATA = (".zip", ".dat", ".tsv", ".csv", ".txt", ".json", ".jsonl", ".parquet", ".gz", ".bz2", ".zst", ".xz")


class Judge(Enum):
    """Who decides which recommender is right."""

    OWN = "your own history as the judge"
    MANY = "many listeners"


class ProvingScreen(ListScreen):
    """``proved`` has what each judge said last; ``running`` whom is being asked, and how far that is."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("prove")

    @dataclass
    class Read(Message):
        """What was kept of the last time; ``of`` is the listener."""

        of: str
        own: Proved | None
        many: Proved | None

    @dataclass
    class DataFound(Message):
        """The data that the community was built from: other listeners to begin with."""

        paths: tuple[Path, ...]

    @dataclass
    class Moved(Message):
        """It got on; ``None``: it ended, or was stopped."""

        step: Step | None
        stopped: bool = False

    def __init__(self) -> None:
        super().__init__()
        self.judge = Judge.OWN
        self.proved: dict[Judge, Proved | None] | None = None
        self.running: tuple[Judge, Step] | None = None
        self._stopping = False

    # to override

    def proved_changed(self) -> None:
        """Something else is proved, or nothing for this listener."""

    def running_moved(self) -> None:
        """``running`` says how far it is."""

    # what was proved

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.look()

    def show(self, session: Session) -> None:
        self.look()

    def look(self) -> None:
        """Read what is kept: it may be another listener's turn, or it was run elsewhere."""
        session = self.session
        if session.scope.listener:
            revision = None if session.history is None else session.history.revision
            self.read(session.settings, session.scope, revision)

    @work(thread=True, exclusive=True, group="proof", exit_on_error=False)
    def read(self, settings: Settings, scope: Scope, revision: int | None) -> None:
        from tui_music.tui import proof_asking as asking

        read = self.Read(scope.listener, asking.own(settings, scope, revision), asking.many(settings))
        if not get_current_worker().is_cancelled:
            self.post_message(read)

    @on(Read)
    def was_read(self, event: Read) -> None:
        event.stop()
        if event.of == self.session.scope.listener:
            self.proved = {Judge.OWN: event.own, Judge.MANY: event.many}
            self.proved_changed()

    # proving

    def action_prove(self) -> None:
        if self.running is not None:
            self.tell(Figure("A test is running already; esc stops it."))
        elif self.judge is Judge.MANY:
            self.find_data(self.session.settings)
        elif self.session.history is None:
            self.tell(Figure("One moment: the history is still being read."))
        else:
            self._start(Judge.OWN)
            self.prove(self.session.settings, self.session.scope)

    @work(thread=True, exclusive=True, group="data", exit_on_error=False)
    def find_data(self, settings: Settings) -> None:
        from tui_music.tui import proof_asking as asking

        self.post_message(self.DataFound(asking.built_from(settings)))

    @on(DataFound)
    def data_found(self, event: DataFound) -> None:
        event.stop()

        def data(text: str) -> tuple[Path, ...]:
            if text.strip() == "~/":
                raise NotFound("Type the path of public data of many listeners; the README says which. tab completes.")
            return paths.paths_of(text) if text.strip() else ()

        usual = shlex.join(map(str, event.paths)) or "~/"
        hint = Figure("public data of many listeners: a file, a folder, a zip; empty: all listeners of this library")
        question = Question(
            Figure("test on"), data, text=usual, hint=hint, complete=partial(paths.complete, suffixes=_DATA)
        )
        self.ask(question, self._compare)

    def _compare(self, given: tuple[Path, ...]) -> None:
        self._start(Judge.MANY)
        self.compare(self.session.settings, given)

    def _start(self, judge: Judge) -> None:
        self._stopping, self.running = False, (judge, Step(0.0, "starting"))
        self._moved()

    def _moved(self) -> None:
        self.running_moved()
        self.refresh_footer()

    @work(thread=True, group="proving", exit_on_error=False)
    def prove(self, settings: Settings, scope: Scope) -> None:
        from tui_music.engine.training import Training

        self._follow(Training(settings, scope.listener, scope.zone, proof=True))

    @work(thread=True, group="proving", exit_on_error=False)
    def compare(self, settings: Settings, given: tuple[Path, ...]) -> None:
        from tui_music.engine.community.building import Evaluating

        self._follow(Evaluating(settings, given))

    def _follow(self, child: Child) -> None:
        """In a thread: tell how far it is, until it ends or is not wanted any more."""
        worker, before = get_current_worker(), None
        while not child.wait(0.1):
            if self._stopping or worker.is_cancelled or not self.is_running:
                child.kill()
                self.post_message(self.Moved(None, stopped=True))
                return
            if child.step != before:
                before = child.step
                self.post_message(self.Moved(before))
        child.finish()
        self.post_message(self.Moved(None))

    @on(Moved)
    def moved_on(self, event: Moved) -> None:
        event.stop()
        if self.running is None:
            return
        judge, _ = self.running
        if event.step is not None:
            self.running = judge, event.step
            self.running_moved()
            return
        self._ended()
        if event.stopped:
            self.tell(Figure("Stopped. What was proved before stays."))
        else:
            own = judge is Judge.OWN
            self.session.proofs += own
            self.tell(Figure("Done. Recommendations go by it from now on." if own else "Done."))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        super().on_worker_state_changed(event)
        if event.state is WorkerState.ERROR and event.worker.group == "proving":
            self._ended()

    def _ended(self) -> None:
        self.running = None
        self._moved()
        self.look()

    def action_back(self) -> None:
        if self.running is not None:
            self._stopping = True
            self.tell(Figure("Stopping."))
        else:
            super().action_back()

    def progress(self, step: Step, width: int) -> list[Piece]:
        """How far it is, on one line."""
        doing = shown(step.doing, 40)
        return [
            (Figure("Testing "), Role.HEAD),
            (bar(step.done, max(8, min(40, width - cells(doing) - 28))), Role.BAR),
            (Figure(f" {step.done:4.0%}"), Role.PLAIN),
            (Figure("  esc stops  "), Role.QUIET),
            (doing, Role.QUIET),
        ]
