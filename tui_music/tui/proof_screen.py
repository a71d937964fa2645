"""Proof: which recommender would have been right, on one's own history, and on many listeners'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget

from tui_music.text import shown
from tui_music.tui.chrome import Hint
from tui_music.tui.keys import bindings, keys_of
from tui_music.tui.listing import Line, Listing
from tui_music.tui.proof_running import Judge, ProvingScreen
from tui_music.tui.widgets.canvas import Drawable, Piece, Role
from tui_music.tui.widgets.columns import fit
from tui_music.tui.widgets.figures import NOTHING, Figure, span
from tui_music.tui.widgets.proof_rows import ProofRows, Sheet, Standing, figures_in_words
from tui_music.tui.widgets.table import Table
from tui_music.tui.widgets.tracks_panel import Panel

if TYPE_CHECKING:
    from tui_music.tui.proof_asking import Proved

_WIDTHS = [(0, "-narrow"), (160, "-wide")]
_HEIGHTS = [(0, "-low"), (20, "-high"), (32, "-tall")]
#: Columns from which on all tasks and parts stand beside each other, and not just those chosen.
_ROOMY = 60


class ProofScreen(ProvingScreen):
    """Screen 8. ``at`` is the sheet looked at, by judge: its task and part."""

    HEADING = "Proof"
    SCOPED = False
    SIGNS = (
        ("NDCG@10", "what came, in the first ten, the earlier the better; at best 1"),
        ("95 %", "NDCG at other moments or for others, 19 times out of 20"),
        ("×", "times the NDCG of the most played, or of the most popular"),
        ("repeat", "of what came, artists heard before; discovery: never before"),
        ("recall", "found of all there was to find"),
        ("precision", "found of the ten that were listed; F1: both as one"),
        ("MRR", "1 / place of the first one found"),
        ("hit rate", "lists with at least one that came"),
        ("coverage", "share of all artists that were ever listed"),
        ("novelty", "bits: how few plays, or listeners, the artists listed have"),
        ("diversity", "how unlike one another the artists of a list are, 0–1"),
    )
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = bindings("judge", "task", "part-before", "part-after")

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[Judge, tuple[str, str]] = {}

    def body(self) -> Iterable[Widget]:
        yield Line(id="task")
        yield Line(id="state")
        with Container(id="parts"):
            yield Table(id="table")
            yield Panel(id="told")

    def about(self) -> tuple[Drawable, ...]:
        proved, sheet, judge = self._shown, self.sheet, Figure(self.judge.value)
        if self.judge is Judge.OWN:
            who: tuple[Drawable, ...] = (shown(self.session.scope.listener), judge)
        else:
            who = (judge, proved.source) if proved else (judge,)
        return tuple(each for each in (*who, sheet.measured if sheet else NOTHING) if each)

    def footer(self) -> Sequence[str | Hint]:
        if self.running is not None:
            return (self.hint("back", "stop"), "judge", "screens", "help")
        other = self.hint("judge", "many listeners" if self.judge is Judge.OWN else "your history")
        run = self.hint("prove", "run again" if self._shown else "run")
        if self._shown is None:
            return (run, other, "screens", "help")
        parts = Hint(Figure("← →"), Figure("part"), "part_after")
        return (
            other,
            "task",
            *((parts,) if self.judge is Judge.OWN else ()),
            run,
            "export",
            "search",
            "screens",
            "help",
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("plays", "trail", "link"):  # recommenders have neither plays nor pages
            return False
        if action in ("zone", "threshold"):
            return True
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        self.set_focus(self.table)
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    @property
    def table(self) -> Table:
        return self.query_one("#table", Table)

    # what is shown

    @property
    def _shown(self) -> Proved | None:
        return None if self.proved is None else self.proved[self.judge]

    @property
    def sheet(self) -> Sheet | None:
        """The table looked at."""
        proved = self._shown
        if proved is None or not proved.sheets:
            return None
        wanted = self.at.get(self.judge)
        return next((each for each in proved.sheets if (each.task, each.part) == wanted), proved.sheets[0])

    @property
    def rows(self) -> ProofRows | None:
        """The recommenders on screen."""
        rows = self.table.rows
        return rows if isinstance(rows, ProofRows) else None

    @property
    def standing(self) -> Standing | None:
        """The recommender selected."""
        rows = self.rows
        if rows is None or not len(rows) or not rows.rests(self.table.cursor):
            return None
        sheet, place = rows.lines[self.table.cursor]
        return sheet.standings[place]

    def proved_changed(self) -> None:
        self._draw()

    def running_moved(self) -> None:
        self._state()

    def _draw(self) -> None:
        sheet, proved, table, before = self.sheet, self._shown, self.table, self.standing
        self.set_class(sheet is None, "-empty")
        if sheet is None or proved is None:
            table.say(self._nothing())
        else:
            rows = ProofRows(self._together(proved, sheet), self.size.width)
            table.show(
                rows, rows.line_of(sheet, before.name if before else None), note=shown(" ".join(sheet.notes), 1000)
            )
        self._state()
        self._tell()
        self.refresh_scope_line()
        self.refresh_footer()

    def _together(self, proved: Proved, sheet: Sheet) -> list[Sheet]:
        """All parts of the task (or all tasks that have no parts) where there is room for them, else the one chosen."""
        beside = [each for each in proved.sheets if not sheet.part or each.task == sheet.task]
        lines = sum(max(1, len(each.standings)) + 2 for each in beside)
        return beside if lines <= self.table.size.height else [sheet]

    def _nothing(self) -> Drawable:
        """What is missing, what it would tell, and what to press."""
        key = keys_of("prove", self.session.settings.keys)[0]
        if self.proved is None:
            return shown(self.session.failure or "One moment.", 1000)
        if self.judge is Judge.OWN:
            return Figure(
                f"Not tested yet: {key} runs every recommender on your own past, at hundreds of moments, and looks at "
                "what you played next. It takes seconds to minutes; recommendations then go by what it found."
            )
        return Figure(
            f"Not tested on other listeners yet: {key} asks for public data (which ones: see the README) and compares "
            "all recommenders on them, with the published formulas of the systems before this one, popularity and "
            "chance. tui-music evaluate --data PATH does the same."
        )

    def _state(self) -> None:
        """Which task and part, and how old; below it how far a test is, or that this one does not hold any more."""
        proved, sheet, line = self._shown, self.sheet, self.query_one("#state", Line)
        if proved is not None and sheet is not None:
            self.query_one("#task", Line).show([*self._choices(proved, sheet), *_age(proved)])
        self.set_class(self.running is not None or bool(proved and proved.since), "-said")
        if self.running is not None:
            line.show([self.progress(self.running[1], self.size.width)])
        elif proved is not None and proved.since:
            key = keys_of("prove", self.session.settings.keys)[0]
            line.say(Figure(f"{proved.since} changed since then: {key} tests again."), Role.NEW)

    def _choices(self, proved: Proved, sheet: Sheet) -> list[list[Piece]]:
        """All tasks and parts there are, those looked at marked."""
        tasks = list(dict.fromkeys(each.task for each in proved.sheets))
        parts = [each.part for each in proved.sheets if each.task == sheet.task and each.part]
        if self.size.width < _ROOMY:
            tasks, parts = [sheet.task], [sheet.part] if parts else []
        return [
            [(Figure(f" {each} "), Role.PICK if each == chosen else Role.QUIET) for each in among]
            for among, chosen in ((tasks, sheet.task), (parts, sheet.part))
        ]

    def _tell(self) -> None:
        """What the recommender selected goes by, what the table had no room for, and what came out."""
        rows, sheet, standing = self.rows, self.sheet, self.standing
        if rows is None or sheet is None:
            return
        fits = fit(rows.columns, self.table.size.width - 1).shown
        hidden = len(sheet.heads) - sum(4 <= place < 4 + len(sheet.heads) for place in fits)

        def make(width: int, height: int) -> list[list[Piece]]:
            lines: list[list[Piece]] = []
            if standing is not None:
                for words in (lambda each: each.about, lambda each: _in_words(each, sheet, hidden)):
                    own = _wrapped(words(standing), width, Role.PLAIN)
                    most = max(len(_wrapped(words(each), width, Role.PLAIN)) for each in sheet.standings)
                    lines += [*own, *[[]] * (most - len(own))]  # so that what follows keeps its place
                asked = Figure(f"{sheet.part or sheet.task}: {sheet.asked}.")
                lines += [line for note in (*sheet.notes, asked) for line in _wrapped(note, width, Role.QUIET)]
            if len(lines) > height:
                lines = [*lines[: height - 1], [*lines[height - 1], (Figure(" …"), Role.QUIET)]]
            return lines

        self.query_one("#told", Panel).show(make)

    @on(Table.Moved, "#table")
    def moved(self, event: Table.Moved) -> None:
        event.stop()
        rows = self.rows
        if rows is not None and (sheet := rows.lines[event.row][0]) is not self.sheet:
            self.at[self.judge] = sheet.task, sheet.part
            self._state()
            self.refresh_scope_line()
        self._tell()

    # the keys

    def action_judge(self) -> None:
        self.judge = Judge.MANY if self.judge is Judge.OWN else Judge.OWN
        self._draw()

    def action_task(self) -> None:
        self._turn(1, 0)

    def action_part_before(self) -> None:
        self._turn(0, -1)

    def action_part_after(self) -> None:
        self._turn(0, 1)

    def _turn(self, tasks: int, parts: int) -> None:
        """So many tasks or parts on, and round again; where there are no parts, the arrows turn tasks."""
        sheet, proved = self.sheet, self._shown
        if sheet is None or proved is None:
            return
        if not sheet.part:
            tasks, parts = tasks + parts, 0
        every = list(dict.fromkeys(each.task for each in proved.sheets))
        task = every[(every.index(sheet.task) + tasks) % len(every)]
        among = [each.part for each in proved.sheets if each.task == task]
        part = among[(among.index(sheet.part) + parts) % len(among)]
        self.at[self.judge] = task, part
        self._draw()

    def copied(self) -> Drawable | None:
        standing, sheet = self.standing, self.sheet
        if standing is None or sheet is None:
            return None
        return shown(f"{standing.name}  NDCG@10 {standing.ndcg:.4f}  {_in_words(standing, sheet, 99)}", 400)

    def listing(self) -> Listing | None:
        sheet = self.sheet
        if sheet is None:
            return None
        return Listing(f"proof {sheet.task} {sheet.part}", len(sheet.standings), ProofRows([sheet]).record)


def _in_words(standing: Standing, sheet: Sheet, hidden: int) -> Figure:
    return Figure("  ".join(figures_in_words(standing, sheet.heads, min(hidden, len(sheet.heads)))))


def _wrapped(text: Drawable, width: int, role: Role) -> list[list[Piece]]:
    return [[(Figure(" "), Role.PLAIN), (shown(row), role)] for row in wrap(text, max(20, width - 2))]


def _age(proved: Proved) -> list[list[Piece]]:
    """``run 3 days ago`` ``in 12 s``"""
    ran = f"run {span(proved.age)} ago" if proved.age >= 90 else "run just now"
    took = f"in {proved.seconds:.0f} s" if proved.seconds < 90 else f"in {span(proved.seconds)}"
    return [[(Figure(each), Role.QUIET)] for each in (ran, took)]
