"""Rows of the screen Proof: recommenders by how well they foresaw, and what else is measured of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui_music.text import shown
from tui_music.tui.widgets.canvas import Drawable, Role
from tui_music.tui.widgets.columns import Bar, Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure
from tui_music.tui.widgets.table import Rows


class Kind(StrEnum):
    """What a recommender is to this program."""

    BLEND = "blend"
    OURS = "ours"
    BASELINE = "baseline"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Standing:
    """A recommender among the others. ``low`` and ``high`` bound ``ndcg`` (95 %); ``times`` is how many times that of
    what is compared with; ``says`` what it is, of an ``idle`` one that it adds nothing; ``figures`` what else was
    measured, as the heads of its sheet have it; ``about`` is a sentence. nan is unknown."""

    name: Drawable
    kind: Kind
    ndcg: float
    low: float
    high: float
    times: float
    says: Figure
    figures: tuple[float, ...]
    about: Drawable = NOTHING
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A ``figure`` beside NDCG by its name: whether it is a ``share`` of all (else a number), its ``unit``."""

    figure: str
    share: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a ``task`` and the ``part`` of it that was to be found, and ``asked``, which says it in words;
    ``against`` is what others are compared with; ``measured`` says on how much; ``notes`` what came out, or why there
    is nothing."""

    task: str
    part: str
    asked: Drawable = NOTHING
    heads: tuple[Head, ...] = ()
    against: str = ""
    says: str = ""
    measured: Figure = NOTHING
    standings: tuple[Standing, ...] = ()
    notes: tuple[Drawable, ...] = ()


#: What is on a line that has no recommender.
_EMPTY, _TITLE, _NOTE = -1, -2, -3


def score(value: float) -> Figure:
    """NDCG in four cells: ``.377``, ``1.00``; – where unknown."""
    if math.isnan(value):
        return Figure("–")
    return Figure("1.00" if value >= 0.9995 else f"{value:.3f}"[1:])


def between(low: float, high: float) -> Figure:
    """``.354–.401``"""
    return NOTHING if math.isnan(low) else Figure(f"{score(low)}–{score(high)}")


def times(value: float) -> Figure:
    """``×1.32``; – where there is nothing to compare with."""
    if not math.isfinite(value):
        return Figure("–")
    return Figure(f"×{value:.2f}" if value < 99.995 else f"×{value:,.0f}")


def figure(value: float, head: Head) -> Figure:
    """A figure as its column has it: ``84.8 %``, ``7.20``."""
    if math.isnan(value):
        return Figure("–")
    return Figure(f"{value * 100:.1f} %" if head.share else f"{value:.2f}" if head.unit else score(value))


class ProofRows(Rows):
    """The recommenders of a sheet, or of several one below the other, with titles. Names are whole where ``width`` has
    the room."""

    def __init__(self, sheets: Sequence[Sheet], width: int = 80) -> None:
        self.sheets = sheets
        self.lines: list[tuple[Sheet, int]] = []  # the place of a recommender in its sheet; else one of the below
        for sheet in sheets:
            if len(sheets) > 1:
                self.lines += [(sheet, _EMPTY)] * bool(self.lines) + [(sheet, _TITLE)]
                self.lines += [(sheet, _NOTE)] * (not sheet.standings)
            self.lines += [(sheet, place) for place in range(len(sheet.standings))]
        every = [each for sheet in sheets for each in sheet.standings]
        self._top = max((each.ndcg for each in every), default=0.0) or 1.0  # one scale for all bars
        longest = max((len(each.name) for each in every), default=0)
        name = 14 if width < 60 else max(14, min(longest, 22 if width < 100 else 40))
        says = max((len(each.says) for each in every if not each.idle), default=0)
        first = next((sheet for sheet in sheets if sheet.standings), sheets[0])
        self.columns = (
            Column(Figure("recommender"), name, flex=3, most=max(20, longest)),
            Column(Figure("NDCG@10"), 5 if width < 60 else 7, flex=2, most=40),
            Column(NOTHING, 4, "right"),
            Column(Figure("95 %"), 9, "right", drop=3),
            *(
                Column(Figure(head.figure), max(6, len(head.figure)), "right", drop=4 + place)
                for place, head in enumerate(first.heads)
            ),
            Column(Figure(f"× {first.against}"), len(first.against) + 2, "right", drop=2),
            Column(Figure(first.says), max(len(first.says), says), drop=1),
        )

    def __len__(self) -> int:
        return len(self.lines)

    def rests(self, index: int) -> bool:
        return self.lines[index][1] >= 0

    def position(self, index: int) -> Figure:
        sheet, place = self.lines[index]
        return Figure(f"{place + 1} of {len(sheet.standings)}")

    def line_of(self, sheet: Sheet, name: Drawable | None) -> int:
        """Where a recommender of a sheet stands, or the first one if it is not there."""
        of_sheet = [(at, place) for at, (each, place) in enumerate(self.lines) if each is sheet and place >= 0]
        named = (at for at, place in of_sheet if sheet.standings[place].name == name)
        return next(named, of_sheet[0][0] if of_sheet else 0)

    def cells(self, index: int) -> Sequence[Item]:
        sheet, place = self.lines[index]
        if place < 0:
            title, note = f"{sheet.part or sheet.task}: {sheet.asked}", " ".join(sheet.notes)
            text = {_EMPTY: "", _TITLE: title, _NOTE: note}[place]
            return (Cell(shown(text, 1000), Role.HEAD if place == _TITLE else Role.QUIET),)
        each = sheet.standings[place]
        role = Role.QUIET if each.idle else Role.HEAD if each.kind is Kind.BLEND else Role.PLAIN
        cells: list[Item] = [
            Cell(each.name, role),
            Bar(each.ndcg / self._top),
            Cell(score(each.ndcg), Role.QUIET if each.idle else Role.PLAIN),
            Cell(between(each.low, each.high), Role.QUIET),
            *(Cell(figure(value, head), Role.QUIET) for value, head in zip(each.figures, sheet.heads, strict=True)),
        ]
        if each.idle:  # what it says takes the place of how many times, too
            return [*cells, Cell(each.says, Role.QUIET)]
        return [*cells, Cell(times(each.times), Role.QUIET), Cell(each.says, Role.QUIET)]

    def record(self, index: int) -> dict[str, object]:
        """A row for a file."""
        sheet, place = [line for line in self.lines if line[1] >= 0][index]
        each = sheet.standings[place]
        return {
            "task": sheet.task,
            "part": sheet.part,
            "recommender": str(each.name),
            "kind": each.kind.value,
            "ndcg": each.ndcg,
            "low": each.low,
            "high": each.high,
            **{head.figure: value for head, value in zip(sheet.heads, each.figures, strict=True)},
            f"times {sheet.against}": each.times,
            "says": str(each.says),
        }


def figures_in_words(standing: Standing, heads: Sequence[Head], hidden: int) -> list[Figure]:
    """The last ``hidden`` of the other figures, in words: those the table has no room for."""
    pairs = list(zip(heads, standing.figures, strict=True))[len(heads) - hidden :]
    return [
        Figure(f"{head.figure} {figure(value, head)}{f' {head.unit}' if head.unit else ''}") for head, value in pairs
    ]
