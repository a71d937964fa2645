"""The first and the last line of every screen: the scope of every number, and the keys that matter here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from tui_music.library.scope import DateRange, Kind
from tui_music.text import Shown, cells, cut, shown
from tui_music.tui.session import Session
from tui_music.tui.widgets.canvas import Canvas, Drawable, Piece, Role, pieces_width
from tui_music.tui.widgets.figures import Figure

_GAP: Piece = (Figure("   "), Role.PLAIN)
#: Columns from which on the footer has room for hints that stay.
_ROOMY = 60


def threshold(ms: int) -> Figure:
    """``plays ≥ 30 s``"""
    if ms == 0:
        return Figure("every play")
    seconds = ms / 1000
    return Figure(f"plays ≥ {seconds / 60:g} min" if seconds >= 120 and seconds % 60 == 0 else f"plays ≥ {seconds:g} s")


def dates(asked: DateRange, session: Session) -> Figure:
    """The range as it was asked for; all time says which years that is once they are known."""
    label = asked.label
    totals = session.overview.totals if session.overview and session.answered == session.scope else None
    if asked.first is None and asked.last is None and totals and totals.first is not None and totals.last is not None:
        from tui_music.tui.widgets.figures import local

        first, last = (local(at, session.scope.zone).year for at in (totals.first, totals.last))
        return Figure(f"{label} {first}–{last}" if first != last else f"{label} {first}")
    return Figure(label)


class ScopeLine(Canvas, can_focus=False):
    """Where you are and what every number here is about; at its right end what the screen has to add."""

    DEFAULT_CSS = "ScopeLine { height: 1; dock: top; }"

    def __init__(self) -> None:
        super().__init__()
        self._name: Drawable = Figure("")
        self._about: tuple[Drawable, ...] = ()
        self._note: Drawable = Figure("")
        self._offline = self._state = Figure("")

    def show(
        self,
        name: Drawable,
        session: Session,
        note: Drawable,
        scoped: bool,
        about: tuple[Drawable, ...] | None = None,
    ) -> None:
        """Draw again only if something differs. ``scoped``: the numbers of this screen are about the scope, or
        ``about`` what is said in its place."""
        about = about if about is not None else self._scope(session) if scoped else ()
        state, offline = self._of(session, scoped), Figure("offline" if session.offline else "")
        now = (name, about, note, offline, state)
        if now != (self._name, self._about, self._note, self._offline, self._state):
            self._name, self._about, self._note, self._offline, self._state = now
            self.refresh()

    def _scope(self, session: Session) -> tuple[Drawable, ...]:
        scope = session.scope
        kind = () if scope.kind is Kind.MUSIC else (Figure(scope.kind.label),)
        who = (shown(scope.listener),) if scope.listener else ()
        return (*who, *kind, dates(scope.range, session), threshold(scope.counted_ms), shown(scope.zone))

    def _of(self, session: Session, scoped: bool) -> Figure:
        if session.importing is not None:
            share = session.importing.bytes_read / max(1, session.importing.bytes_total)
            return Figure(f"importing {share:.0%}")
        if session.warming is not None:
            return Figure(f"fetching {session.warming.done / max(1, session.warming.of):.0%}")
        if not scoped:
            return Figure("")
        if session.failure:
            return Figure("not loaded")
        if session.history is None:
            return Figure("loading")
        return Figure("counting") if session.stale else Figure("")

    def line(self, y: int) -> Strip:
        right = [text for text in (self._note, self._offline, self._state) if text]
        ends: list[Piece] = [piece for text in right for piece in ((Figure("  "), Role.PLAIN), (text, Role.QUIET))]
        if self._state and ends:
            ends[-1] = (self._state, Role.NEW)
        head: list[Piece] = [(Figure(" "), Role.PLAIN), (self._name, Role.HEAD), _GAP]
        room = self.size.width - pieces_width(head) - pieces_width(ends) - 1
        middle = self._fitting(room)
        fill = Figure(" " * max(0, room - cells(middle)))
        return self.strip([*head, (middle, Role.QUIET), (fill, Role.PLAIN), *ends])

    def _fitting(self, room: int) -> Shown:
        """As much of the scope as there is room for: a long name is cut first, then the listener goes, then the end."""
        parts = list(self._about)
        for attempt in (parts, [cut(shown(part), 12) for part in parts], parts[1:]):
            text = " · ".join(attempt)
            if cells(text) <= room:
                return shown(text, max(1, len(text)))
        return cut(shown(" · ".join(parts[1:])), max(0, room))


class Notice(Canvas, can_focus=False):
    """A sentence too long for the last line, above it; or an address, as a link that terminals can open."""

    DEFAULT_CSS = "Notice { layer: prompt; dock: bottom; margin-bottom: 1; background: $background; }"

    def __init__(self, sentence: Drawable, width: int, link: bool = False) -> None:
        super().__init__()
        self._lines = [shown(row) for row in wrap(sentence, max(20, width - 4), break_long_words=True)]
        self._link = str(sentence) if link else None
        self.styles.height = len(self._lines)

    def line(self, y: int) -> Strip:
        sign = " ↗ " if self._link else " ! "
        strip = self.strip([(Figure("   " if y else sign), Role.NEW), (self._lines[y], Role.PLAIN)])
        return strip if self._link is None else strip.apply_style(Style(link=self._link))


@dataclass(frozen=True, slots=True)
class Hint:
    """A key in the footer: the key as written, what it does, the action to run when it is clicked. One that ``stays``
    is there on all but the narrowest terminals, whatever else has to go."""

    key: Figure
    label: Figure
    action: str
    stays: bool = False


class KeyFooter(Canvas, can_focus=False):
    """One line of keys, most important first; what does not fit is left out, except the last one. Or one sentence."""

    DEFAULT_CSS = "KeyFooter { height: 1; dock: bottom; }"

    @dataclass
    class Pressed(Message):
        """A key was clicked."""

        action: str

    def __init__(self) -> None:
        super().__init__()
        self._hints: tuple[Hint, ...] = ()
        self._sentence: Drawable | None = None
        self._warns = False
        self._placed: list[tuple[int, int, str]] = []

    def show(self, hints: Iterable[Hint]) -> None:
        hints = tuple(hints)
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def tell(self, sentence: Drawable | None, warns: bool = False) -> None:
        """One sentence in the place of the keys; ``None`` shows the keys again."""
        if (sentence, warns) != (self._sentence, self._warns):
            self._sentence, self._warns = sentence, warns
            self.refresh()

    def line(self, y: int) -> Strip:
        self._placed = []
        if self._sentence is not None:
            sign = Figure(" ! " if self._warns else " ")
            return self.strip([(sign, Role.NEW), (cut(shown(self._sentence), self.size.width - len(sign)), Role.PLAIN)])
        pieces: list[Piece] = []
        x = 1
        for hint in self._that_fit():
            width = cells(hint.key) + 1 + cells(hint.label)
            pieces += [(Figure(" " if x == 1 else "  "), Role.PLAIN), (hint.key, Role.BAR)]
            pieces += [(Figure(f" {hint.label}"), Role.QUIET)]
            self._placed.append((x, x + width, hint.action))
            x += width + 2
        return self.strip(pieces)

    def _that_fit(self) -> Sequence[Hint]:
        last = self._hints[-1:]
        if self.size.width >= _ROOMY:
            last = (*(hint for hint in self._hints[:-1] if hint.stays), *last)
        room = self.size.width + 1 - sum(map(_width, last))  # no gap after the last one
        kept: list[Hint] = []
        for hint in (hint for hint in self._hints if hint not in last):
            room -= _width(hint)
            if room < 0:
                break
            kept.append(hint)
        return [*kept, *last]

    def on_click(self, event: events.Click) -> None:
        for start, end, action in self._placed:
            if start <= event.x < end:
                self.post_message(self.Pressed(action))


def _width(hint: Hint) -> int:
    """Cells that a hint takes, with the gap after it."""
    return cells(hint.key) + cells(hint.label) + 3
