"""What all screens share: the scope above, the keys below, prompts, and work done off the event loop.

A screen gives its ``HEADING``, its ``FOOTER`` (ids of the key map) and ``body()``, and draws itself in
``show(session)``. Work of its own goes to thread workers that ask the library and post one typed message::

    @work(thread=True, exclusive=True, group="songs", exit_on_error=False)
    def find_songs(self, history: History, scope: Scope, artist: int) -> None:
        songs = rank_tracks(history, scope, artist=artist)
        if not get_current_worker().is_cancelled:
            self.post_message(self.SongsFound(scope, artist, songs))

A worker that fails needs no care: the screen says what went wrong in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from tui_music.errors import TuiMusicError
from tui_music.text import cells, shown
from tui_music.tui.chrome import Hint, KeyFooter, Notice, ScopeLine
from tui_music.tui.keys import ACTIONS, bindings, keys_of
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Canvas, Drawable, Role
from tui_music.tui.widgets.figures import Figure

if TYPE_CHECKING:
    from tui_music.tui.app import TuiMusic
    from tui_music.tui.prompt import Question

T = TypeVar("T")
#: Smallest terminal that is drawn on, columns and rows.
SMALLEST = (40, 10)


class TooSmall(Canvas, can_focus=False):
    """All there is on a terminal below the smallest size."""

    DEFAULT_CSS = "TooSmall { display: none; height: 1fr; }"

    def line(self, y: int) -> Strip:
        width, height = self.app.size
        lines = (f"{width}×{height}: too small.", f"tui-music needs {SMALLEST[0]}×{SMALLEST[1]}.")
        return self.strip([(Figure(lines[y]), Role.PLAIN)] if y < len(lines) else [])


class MusicScreen(Screen[None]):
    """A screen with a scope line and a footer. Subclasses override the upper-case names, ``body`` and ``show``."""

    HEADING: ClassVar[str] = ""
    #: Ids of the actions in the footer, most important first; the last one always stays.
    FOOTER: ClassVar[tuple[str, ...]] = ("help",)
    #: What is drawn here that no word beside it explains: a sign or a title, and its meaning, for help.
    SIGNS: ClassVar[tuple[tuple[str, str], ...]] = ()
    #: Whether the numbers here depend on the scope: such screens show it and offer to change it.
    SCOPED: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "back", "range", "measure", "kind", "threshold", "zone", "listener"
    )
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._note: Drawable = Figure("")
        self._drawn = -1

    def compose(self) -> ComposeResult:
        yield ScopeLine()
        yield from self.body()
        yield KeyFooter()
        yield TooSmall()

    # to override

    def body(self) -> Iterable[Widget]:
        """Everything between the two lines."""
        return ()

    def show(self, session: Session) -> None:
        """Draw the session's answers: they are new, or another measure was chosen.

        ``session.history`` is ``None`` while only an earlier run's overview is known.
        """

    def scope_changed(self) -> None:
        """Another scope was chosen; ``show`` follows when its answers are ready. Keep showing the old ones."""

    def import_moved(self) -> None:
        """An import got on; ``session.importing`` says how far."""
        self.refresh_scope_line()

    def warming_moved(self) -> None:
        """Fetching ahead got on; ``session.warming`` says how far."""
        self.refresh_scope_line()

    def heading(self) -> Drawable:
        """The first words of line 1."""
        return Figure(self.HEADING)

    def about(self) -> tuple[Drawable, ...] | None:
        """What the numbers here are about, where that is not the whole scope."""
        return None

    def footer(self) -> Sequence[str | Hint]:
        """What the footer offers now: ids of the key map, ``screens`` for the way to the others, hints of one's own."""
        return self.FOOTER

    def hint(self, name: str, label: str) -> Hint:
        """An action of the key map in words that are shorter, or say what it does here."""
        return Hint(Figure(keys_of(name, self.session.settings.keys)[0]), Figure(label), self.action_of(name))

    # to call

    @property
    def music(self) -> TuiMusic:
        """The program."""
        return cast("TuiMusic", self.app)

    @property
    def session(self) -> Session:
        return self.music.session

    def note(self, text: Drawable) -> None:
        """Put a few words at the right end of line 1, such as ``12 of 2,317``."""
        self._note = text
        self.refresh_scope_line()

    def tell(self, sentence: Drawable, warns: bool = False) -> None:
        """Say one sentence in the last line; it goes with the next key."""
        self.hush()
        if cells(sentence) > self.size.width - 4:
            self.overlay(Notice(sentence, self.size.width))
        else:
            self.query_one(KeyFooter).tell(sentence, warns)

    def hush(self) -> None:
        """Show the keys again."""
        self.query_one(KeyFooter).tell(None)
        self.query(Notice).remove()

    def ask(self, question: Question[T], then: Callable[[T], None]) -> None:
        """Open a prompt above the last line; ``then`` gets what its ``check`` made of the answer."""
        from tui_music.tui.prompt import Prompt

        before = self.focused
        for old in self.query(Prompt):
            before = old.focus_before
            old.remove()
        self.overlay(Prompt(question, then, before))

    def overlay(self, widget: Widget) -> None:
        """Put a widget of the layer above the others; as the first child it leaves what others show undisturbed."""
        self.mount(widget, before=0)

    def copy(self, text: str) -> None:
        """Copy to the terminal's clipboard and say so."""
        self.music.copy_to_clipboard(str(shown(text)))
        in_tmux = "   (in tmux: set -g set-clipboard on)" if self.music.in_tmux else ""
        self.tell(shown(f"copied: {shown(text, 60)}{in_tmux}"))

    def actions_here(self) -> list[str]:
        """Ids of the actions whose keys work on this screen, wherever its focus is."""
        nodes = [self.app, self, *self.query("*")]
        found = {binding.id for node in nodes for _, binding in node._bindings}
        return [
            name for name in ACTIONS if name in found and self.check_action(name.replace("-", "_"), ()) is not False
        ]

    def refresh_scope_line(self) -> None:
        self.query_one(ScopeLine).show(self.heading(), self.session, self._note, self.SCOPED, self.about())

    def refresh_footer(self) -> None:
        self.query_one(KeyFooter).show(map(self._hint, self.footer()))

    # the rest works by itself

    _focus_moves = False

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        self._focus_moves = True
        super().set_focus(widget, scroll_visible, from_app_focus)
        self._focus_moves = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As ever, but the screen is not painted whole because the focus moved or a widget came or went.

        Widgets see to their focus themselves, and laying out paints what changed its place: 20 KB less each time.
        """
        if self._focus_moves and not regions and not layout and not recompose:
            return self
        return super().refresh(*regions, repaint=repaint and not layout, layout=layout, recompose=recompose)

    def _hint(self, what: str | Hint) -> Hint:
        if isinstance(what, Hint):
            return what
        if what == "screens":
            first, last = (keys_of(name, self.session.settings.keys)[0] for name in ("library", "sources"))
            return Hint(Figure(f"{first}-{last}"), Figure("screens"), self.action_of("palette"), stays=True)
        return self.hint(what, ACTIONS[what].label)

    def action_of(self, name: str) -> str:
        """How Textual calls an action of the key map: see :meth:`perform`."""
        return ACTIONS[name].call or name.replace("-", "_")

    def on_mount(self) -> None:
        self.refresh_footer()
        self.draw()

    @on(events.Resize)
    def _fit(self, event: events.Resize) -> None:
        self.set_class(event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1], "-tiny")

    def on_screen_resume(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Show the session if it changed since this screen last drew it."""
        self.refresh_scope_line()
        if self._drawn != self.session.version:
            self._drawn = self.session.version
            self.show(self.session)

    @on(KeyFooter.Pressed)
    async def _footer_pressed(self, event: KeyFooter.Pressed) -> None:
        await self.perform(event.action)

    async def perform(self, action: str) -> None:
        """Run an action as its key would: of the focused widget or what holds it, else of the program."""
        name = action.partition("(")[0]
        nodes = (self.focused or self).ancestors_with_self
        await self.app.run_action(action, next((node for node in nodes if hasattr(node, f"action_{name}")), self))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            self.failed(event.worker.error)

    def failed(self, error: BaseException | None) -> None:
        """One sentence for what went wrong, never a traceback."""
        self.tell(sentence_for(error), warns=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "listener":
            return bool(self.session.listeners)
        if action in ("range", "measure", "kind", "threshold", "zone"):
            return self.SCOPED
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Back to the screen below, if there is one."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def action_measure(self) -> None:
        self.music.next_measure()

    def action_range(self) -> None:
        from tui_music.tui.scope_prompts import ask_range

        ask_range(self)

    def action_kind(self) -> None:
        from tui_music.tui.scope_prompts import ask_kind

        ask_kind(self)

    def action_threshold(self) -> None:
        from tui_music.tui.scope_prompts import ask_threshold

        ask_threshold(self)

    def action_zone(self) -> None:
        from tui_music.tui.scope_prompts import ask_zone

        ask_zone(self)

    async def action_listener(self) -> None:
        from tui_music.tui.listeners_screen import ListenersScreen

        with self.app.batch_update():  # it is painted with its frame, and not once before
            await self.app.push_screen(ListenersScreen())


def sentence_for(error: BaseException | None) -> Drawable:
    """What an error means to the person."""
    if isinstance(error, TuiMusicError):
        return shown(str(error), 1000)
    if isinstance(error, OSError):
        return shown(f"{error.filename or 'A file'}: {error.strerror or error}.")
    return Figure(f"This did not work ({type(error).__name__}). Press 1 to go on.")
