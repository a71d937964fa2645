"""A question at the bottom of the screen: one line to type into, and above it what could be meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import get_current_worker

from tui_music.errors import TuiMusicError
from tui_music.text import Shown, cells, cut, shown
from tui_music.tui.chrome import Hint, KeyFooter
from tui_music.tui.widgets.canvas import Canvas, Drawable, Piece, Role
from tui_music.tui.widgets.figures import NOTHING, Figure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Completion:
    """``text`` as far as it can be told, and the ways it could go on."""

    text: str
    choices: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """``check`` makes the answer of the text, or raises a :class:`TuiMusicError` that says what is wrong.

    ``choices`` are offered to the arrow keys; ``complete`` answers the tab key, in a thread; ``text`` stands there
    first. What is ``secret`` is typed unseen.
    """

    label: Figure
    check: Callable[[str], T]
    choices: tuple[Drawable, ...] = ()
    text: str = ""
    hint: Figure = NOTHING
    complete: Callable[[str], Completion] | None = None
    secret: bool = False


class Choices(Canvas, can_focus=False):
    """What could be meant, on one line around the one that is picked; or why the answer will not do."""

    DEFAULT_CSS = "Choices { height: 1; }"

    def __init__(self, choices: Sequence[Drawable], hint: Drawable) -> None:
        super().__init__()
        self.choices = list(choices)
        self.picked: int | None = None
        self.typed = False  # whether something is being typed: then the hint says what may be
        self.hint = hint
        self.wrong: Drawable | None = None

    def line(self, y: int) -> Strip:
        if self.wrong is not None:
            return self.strip([(Figure(" ! "), Role.NEW), (cut(shown(self.wrong), self.size.width - 3), Role.PLAIN)])
        if not self.choices or (self.typed and self.hint):
            return self.strip([(Figure(" "), Role.PLAIN), (self.hint, Role.QUIET)])
        first, room = self._first(), self.size.width - 3
        pieces: list[Piece] = [(Figure("…" if first else " "), Role.QUIET)]
        for index in range(first, len(self.choices)):
            role, text = Role.PICK if index == self.picked else Role.QUIET, cut(shown(self.choices[index]), 40)
            room -= cells(text) + 2
            if room < 0 and index > first:
                pieces.append((Figure(" …"), Role.QUIET))
                break
            pieces += [(Figure(" "), role), (text, role), (Figure(" "), role)]
        return self.strip(pieces)

    def _first(self) -> int:
        """The first choice drawn, so that the picked one is in view."""
        first = 0
        widths = [min(cells(choice), 40) + 2 for choice in self.choices]
        while self.picked is not None and first < self.picked:
            if sum(widths[first : self.picked + 1]) < self.size.width - 1:
                break
            first += 1
        return first


class PromptLine(Input):
    """The line that is typed into. It never blinks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("up,shift+tab", "pick(-1)", show=False),
        Binding("down", "pick(1)", show=False),
        Binding("tab", "complete", show=False),
    ]
    DEFAULT_CSS = """
    PromptLine, PromptLine:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $background;
        &.-textual-compact { border: none !important; }
    }
    """

    def __init__(self, text: str = "", *, max_length: int, secret: bool = False) -> None:
        super().__init__(text, compact=True, select_on_focus=True, max_length=max_length, password=secret)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """What is pasted may hold anything, and is drawn."""
        return str(shown(value, 4096))

    class Left(Message):
        """Escape."""

    @dataclass
    class Picked(Message):
        """Another choice."""

        step: int

    class Completing(Message):
        """The tab key."""

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_pick(self, step: int) -> None:
        self.post_message(self.Picked(step))

    def action_complete(self) -> None:
        self.post_message(self.Completing())


class Label(Canvas, can_focus=False):
    """What is asked for."""

    DEFAULT_CSS = "Label { width: auto; height: 1; }"

    def __init__(self, text: Figure) -> None:
        super().__init__()
        self._text = Figure(f" {text} ")

    def get_content_width(self, *_: object) -> int:
        return cells(self._text)

    def line(self, y: int) -> Strip:
        return self.strip([(self._text, Role.HEAD)])


class Prompt(Container, Generic[T]):
    """Asks a question, closes itself when it is answered or left, and gives the focus back."""

    DEFAULT_CSS = """
    Prompt {
        dock: bottom; height: 2; margin-bottom: 1; background: $background;
        & > Container { layout: horizontal; height: 1; }
    }
    """

    @dataclass
    class Completed(Message):
        """How a text can go on."""

        asked: str
        completion: Completion

    def __init__(self, question: Question[T], then: Callable[[T], None], focus_before: Widget | None) -> None:
        super().__init__()
        self.question, self.then, self.focus_before = question, then, focus_before

    def compose(self) -> ComposeResult:
        yield Choices(self.question.choices, self.question.hint)
        with Container():
            yield Label(self.question.label)
            yield PromptLine(self.question.text, max_length=4096, secret=self.question.secret)

    def on_mount(self) -> None:
        self.line.focus()
        hints = [Hint(Figure("enter"), Figure("choose"), "submit")]
        if self.question.choices:
            hints.append(Hint(Figure("↑↓"), Figure("pick"), "pick(1)"))
        if self.question.complete:
            hints.append(Hint(Figure("tab"), Figure("complete"), "complete"))
        hints.append(Hint(Figure("esc"), Figure("back"), "leave"))
        self.screen.query_one(KeyFooter).show(hints)

    @property
    def line(self) -> PromptLine:
        return self.query_one(PromptLine)

    @property
    def offered(self) -> Choices:
        return self.query_one(Choices)

    def close(self) -> None:
        """Away with it."""
        from tui_music.tui.base import MusicScreen

        screen = self.screen
        screen.set_focus(self.focus_before if self.focus_before and self.focus_before.is_attached else None)
        self.remove()
        if isinstance(screen, MusicScreen):
            screen.refresh_footer()

    def complain(self, sentence: Drawable | None) -> None:
        if sentence != self.offered.wrong:
            self.offered.wrong = sentence
            self.offered.refresh()

    @on(PromptLine.Left)
    def left(self, event: PromptLine.Left) -> None:
        event.stop()
        self.close()

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        event.stop()
        self.complain(None)
        typed = self.line.value != self.question.text
        if typed != self.offered.typed:
            self.offered.typed = typed
            self.offered.refresh()

    @on(PromptLine.Picked)
    def picked(self, event: PromptLine.Picked) -> None:
        event.stop()
        offered = self.offered
        if offered.choices:
            before = -1 if offered.picked is None else offered.picked
            offered.picked = max(0, before + event.step) % len(offered.choices)
            offered.typed, offered.wrong = False, None
            offered.refresh()
            with self.prevent(Input.Changed):
                self.line.value = str(offered.choices[offered.picked])
                self.line.cursor_position = len(self.line.value)

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            answer = self.question.check(self.line.value)
        except TuiMusicError as problem:
            self.complain(shown(str(problem)))
            return
        self.close()
        self.then(answer)

    @on(PromptLine.Completing)
    def completing(self, event: PromptLine.Completing) -> None:
        event.stop()
        if self.question.complete:
            self.find_completion(self.question.complete, self.line.value)
        else:
            self.picked(PromptLine.Picked(1))

    @work(thread=True, exclusive=True, group="complete", exit_on_error=False)
    def find_completion(self, complete: Callable[[str], Completion], text: str) -> None:
        completion = complete(text)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Completed(text, completion))

    @on(Completed)
    def completed(self, event: Completed) -> None:
        event.stop()
        if self.line.value == event.asked:
            self.offered.choices, self.offered.picked = list(event.completion.choices), None
            self.offered.typed = False
            self.offered.refresh()
            with self.prevent(Input.Changed):
                self.line.value = event.completion.text
                self.line.cursor_position = len(self.line.value)
