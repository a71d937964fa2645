"""A screen that asks the engine: it is made, and asked, by threads, and keys never wait for either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from tui_music.library.scope import Scope
from tui_music.settings import Settings
from tui_music.text import Shown, cells, shown
from tui_music.tui import asked as hours
from tui_music.tui.asked import MIDDLE, PAGE, Asked, Places, Seeds
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.prompt import Question
from tui_music.tui.triage import TriageScreen
from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.engine.notes import Note
    from tui_music.library.history import History
    from tui_music.library.library import Library
    from tui_music.tui.recommending import Answer, Board, Desk


class ConsultingScreen(TriageScreen):
    """While a thread is at an answer, keys only change what will be asked next; so the last one wins."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("preset", "when", "diversity")

    @dataclass
    class Made(Message):
        """What can be said before there is an engine (no ``desk``), and then the engine with its first answer."""

        history: History
        answer: Answer
        desk: Desk | None
        board: Board | None

    @dataclass
    class Answered(Message):
        """The engine answered."""

        desk: Desk
        answer: Answer

    def __init__(self) -> None:
        super().__init__()
        self.asked = Asked(hour=0)
        self.hour: int | None = None  # of the week, if one was chosen; else it is that of now
        self.answer: Answer | None = None
        self.board: Board | None = None
        self.desk: Desk | None = None
        self.to_top = False  # whether lists begin at their tops when the answer comes
        self._preset: Places = MIDDLE  # where the preset has the dials
        self._made_for: tuple[History, str, int] | None = None
        self._maker: Worker[None] | None = None
        self.learning = False  # whether models are being trained
        self._asking = False
        self._trained_for: object = None
        self._proofs = 0  # as of which the engine was made

    # to override

    def take(self, answer: Answer, wanted: bool) -> None:
        """Draw an answer, which need not be to what is ``wanted`` by now."""

    # to call

    def wanted(self) -> Asked:
        """What is asked for now."""
        return replace(self.asked, hour=self.hour_now() if self.hour is None else self.hour)

    def hour_now(self) -> int:
        """The hour of the week where the history is now."""
        return hours.hour_now(self.session.history, self.session.scope.zone)

    def want(self, **changed: Any) -> None:
        """Ask for something else: fields of :class:`Asked`."""
        self.asked = replace(self.asked, **changed)
        if self.is_mounted:
            self.consult()

    def want_anew(self, **changed: Any) -> None:
        """Ask for something else, and look at it from the top."""
        self.to_top = True
        self.want(**changed)

    def consult(self) -> None:
        """Ask for what is wanted now; while an answer is on its way, when it has come."""
        self.refresh_scope_line()
        if self.desk is not None and not self._asking:
            self._asking = True
            self.think(self.desk, self.wanted())

    @property
    def out_of_date(self) -> bool:
        """Whether it was made for another history, clock or threshold."""
        scope, made_for = self.session.scope, self._made_for
        return made_for is None or made_for[0] is not self.session.history or made_for[1:] != _counted(scope)

    def keep_up(self) -> None:
        """Have the engine made, or made again where it is out of date; when it is laid out, and knows its room."""
        self.call_after_refresh(self._keep_up)

    def _keep_up(self) -> None:
        session = self.session
        if session.history is None or session.library is None:
            return
        if self.out_of_date:
            self._made_for, self.desk = (session.history, *_counted(session.scope)), None
            self.note(Figure("weighing"))
        elif self._maker is not None and not self._maker.is_finished:
            return
        weighed, self._proofs = session.proofs != self._proofs, session.proofs
        self._start(trained=weighed)

    # what is asked

    def about(self) -> tuple[Drawable, ...]:
        """Whose, how and for when; as much of it as line 1 has room for, the least first to go."""
        asked, answer = self.wanted(), self.answer
        at, _, part = hours.hour_name(asked.hour).partition(", ")
        if answer is not None and answer.context and answer.asked.hour == asked.hour:
            part = answer.context
        preset = Figure(asked.preset if asked.dials == self._preset else f"{asked.preset}, turned")
        whom: tuple[Drawable, ...] = () if asked.seeds is None else (asked.seeds.label,)
        unlike = () if asked.diversity == "usual" else (Figure(f"diversity {asked.diversity}"),)
        rest = (*whom, *unlike)
        who, brief = shown(self.session.scope.listener), part.partition(",")[0]
        room = self.size.width - len(self.HEADING) - cells(self._note) - (18 if self.session.offline else 9)
        for words in (
            (who, preset, Figure(f"{at}, {part}"), *rest),
            (who, preset, Figure(f"{at}, {brief}"), *rest),
            (preset, Figure(f"{at}, {brief}"), *rest),
            (preset, Figure(at), *rest),
            (preset, Figure(at), *whom),
            (preset, *rest),
        ):
            if cells(" · ".join(words)) <= room:
                return words
        return (preset, *whom)

    def action_preset(self) -> None:
        """The next preset."""
        if self.session.history is None:
            return
        from tui_music.engine.presets import PRESETS

        names = list(PRESETS)
        preset = PRESETS[names[(names.index(self.asked.preset) + 1) % len(names)]]
        self._preset = (preset.dials.new, preset.dials.obscure, preset.dials.lately)
        self.want_anew(preset=preset.name, dials=self._preset)
        self.tell(shown(f"{preset.name}: {preset.meaning}"))

    def action_when(self) -> None:
        now = self.hour_now()
        text = "now" if self.hour is None else hours.hour_typed(self.hour)
        hint = Figure(f"such as fri 22 or weekend evening; now is {hours.hour_name(now).partition(',')[0]}")
        question = Question(
            Figure("recommend for"), lambda typed: hours.parse_hour(typed, now), hours.OFFERED, text, hint
        )
        self.ask(question, self._choose_hour)

    def _choose_hour(self, hour: int | None) -> None:
        self.hour = hour
        self.want_anew()

    def action_diversity(self) -> None:
        """How unlike one another the artists of a list are."""
        following = (hours.DIVERSITIES.index(self.asked.diversity) + 1) % len(hours.DIVERSITIES)
        self.want_anew(diversity=hours.DIVERSITIES[following])
        self.tell(Figure(f"diversity: {self.asked.diversity}"))

    def said(self, note: Note | None) -> Shown:
        """What the engine says of a list, and the key for what it advises."""
        if note is None:
            return shown("")
        from tui_music.engine.notes import Advice

        keys, session = self.session.settings.keys, self.session
        sources, online, diversity, undo = (
            keys_of(action, keys)[0] for action in ("sources", "online", "diversity", "undo")
        )
        cut_off = session.offline and not session.settings.demo
        advice = {
            Advice.IMPORT: f"{sources} imports.",
            Advice.FETCH: f"{online} goes online." if cut_off else f"{sources} fetches more.",
            Advice.SHOW_PASSED: f"{diversity} turns diversity off, and shows them.",
            Advice.UNDO: f"{undo} takes the last verdict back.",
        }
        return shown(note.said(advice))

    def start_from(self, seeds: Seeds | None) -> None:
        """Recommend from these artists alone, from all again without any."""
        self.want_anew(seeds=seeds, length=PAGE)

    # the threads

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.keep_up()

    def _start(self, trained: bool) -> None:
        session = self.session
        if session.history is not None and session.library is not None:
            given = session.history, session.library, session.scope
            self._maker = self.make(*given, self.wanted(), self.desk, trained)

    @work(thread=True, exclusive=True, group="engine", exit_on_error=False)
    def make(
        self, history: History, library: Library, scope: Scope, asked: Asked, desk: Desk | None, trained: bool
    ) -> None:
        from tui_music.tui import recommending

        for made in recommending.make(self.music.services, library, history, scope, asked, desk, trained):
            if get_current_worker().is_cancelled:
                return
            self.post_message(self.Made(history, *made))

    @on(Made)
    def made(self, event: Made) -> None:
        event.stop()
        if event.history is self.session.history:
            self.desk, self.board = event.desk or self.desk, event.board or self.board
            if event.desk is not None and not event.desk.trained and self._trained_for is not self._made_for:
                self._trained_for = self._made_for  # once a run: what was fetched since is known without
                self.learning = True
                self.train(self.session.settings, self.session.scope)
            self._take(event.answer)

    @work(thread=True, group="answer", exit_on_error=False)
    def think(self, desk: Desk, asked: Asked) -> None:
        self.post_message(self.Answered(desk, desk.answer(asked)))

    @on(Answered)
    def answered(self, event: Answered) -> None:
        event.stop()
        self._asking = False
        if event.desk is self.desk:
            self._take(event.answer)
        else:
            self.consult()

    def _take(self, answer: Answer) -> None:
        self.answer, wanted = answer, answer.asked == self.wanted()
        self.take(answer, wanted)
        if not wanted:
            self.consult()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        super().on_worker_state_changed(event)
        if event.worker.group == "answer" and event.state is WorkerState.ERROR:
            self._asking = False
        if event.worker.group == "training" and event.state in (WorkerState.SUCCESS, WorkerState.ERROR):
            self.learning = False
            self._start(trained=True)

    @work(thread=True, group="training", exit_on_error=False)
    def train(self, settings: Settings, scope: Scope) -> None:
        """Have models trained, in a process of its own; then the engine is made again, with them."""
        from tui_music.engine.training import Training

        worker, training = get_current_worker(), Training(settings, scope.listener, scope.zone)
        while not training.wait(0.2):
            if worker.is_cancelled or not self.is_running:
                training.kill()
                return
        training.finish()


def _counted(scope: Scope) -> tuple[str, int]:
    return scope.zone, scope.counted_ms
