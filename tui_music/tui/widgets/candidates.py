"""Recommended artists as rows: who, how high, which signals made it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, isnan, log10
from typing import TYPE_CHECKING

from tui_music.text import Shown, fold, shown
from tui_music.tui.verdicts import SIGNS
from tui_music.tui.widgets.canvas import Role
from tui_music.tui.widgets.columns import Cell, Column, Item
from tui_music.tui.widgets.figures import NOTHING, Figure, count
from tui_music.tui.widgets.table import Rows

if TYPE_CHECKING:
    from tui_music.engine.candidate import Candidate, Recommendations, Share

#: Below this, what a score rests on is said to be little.
SURE = 0.5
#: Cells of a name from which on more room is of more use to the reason.
_LONGEST = 28
_LEVELS = "▁▂▃▄▅▆▇█"
NEW, BARELY = Figure("✦"), Figure("~")
#: Signs and titles of the rows, for help.
MEANINGS = (
    ("✦  ~", "never heard; heard once or twice"),
    ("score", "the bars below, added up; ~ before it: it rests on little"),
    ("mix", "each signal, as beside its bar; − takes away, · knows nothing"),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a list of candidates has in common: decimals of its scores, its signals, the largest share of one."""

    decimals: int
    signals: tuple[str, ...]
    largest: float


def scale_of(candidates: Sequence[Candidate]) -> Scale:
    """Three figures of the best score; signals in the order in which candidates have them, without the dials."""
    top = max((abs(each.score) for each in candidates), default=0.0)
    shares = [share for each in candidates for share in each.signals if not share.signal.startswith("dial")]
    return Scale(
        decimals=max(0, min(4, 2 - floor(log10(top)))) if top > 0 else 0,
        signals=tuple(dict.fromkeys(share.signal for share in shares)),
        largest=max((abs(share.share) for share in shares), default=0.0),
    )


def score_of(candidate: Candidate, scale: Scale) -> Figure:
    """The score, ``~`` before it where it rests on little."""
    about = "~" if candidate.confidence < SURE else ""
    return Figure(f"{about}{candidate.score:,.{scale.decimals}f}".replace("-", "−"))


def strip_of(candidate: Candidate, scale: Scale) -> Figure:
    """A cell for each signal: how much it adds, − where it takes away, · where it has nothing to say."""
    shares = {share.signal: share for share in candidate.signals}
    return Figure("".join(level_of(shares.get(signal), scale.largest) for signal in scale.signals))


def level_of(share: Share | None, largest: float) -> str:
    """The cell of one signal."""
    if share is None or isnan(share.value) or share.share == 0:
        return "·"
    return "−" if share.share < 0 else _LEVELS[min(7, int(share.share / largest * 7.999))]


def sign_of(plays: int, verdict: str | None = None) -> tuple[Figure, Role]:
    """A verdict, else whether somebody with so many counted plays is new to the listener (✦) or hardly known (~)."""
    if verdict is not None:
        return SIGNS[verdict], Role.BAR
    if plays == 0:
        return NEW, Role.NEW
    return (BARELY, Role.QUIET) if plays <= 2 else (NOTHING, Role.PLAIN)


class CandidateRows(Rows):
    """The candidates of an answer that are still to be seen. ``verdicts``, by folded name, mark and hide them."""

    counting = 2

    def __init__(self, title: str, found: Recommendations, verdicts: Mapping[str, str], leaves: frozenset[str]) -> None:
        self.found = found
        kept = [(each, verdicts.get(fold(each.name))) for each in found.candidates]
        self.candidates = [each for each, verdict in kept if verdict not in leaves]
        self._signs = [sign_of(each.plays, verdict) for each, verdict in kept if verdict not in leaves]
        self.scale = scale_of(found.candidates)
        widest = max((len(score_of(each, self.scale)) for each in found.candidates), default=0)
        strip = len(self.scale.signals)
        self.columns = (
            Column(NOTHING, max(2, len(count(len(self.candidates)))), "right"),
            Column(NOTHING, 1),
            Column(Figure(title), max(16, len(title) + 3 + len(self.position(len(self)))), flex=1, most=_LONGEST),
            Column(Figure("score"), max(5, widest), "right", drop=2),
            *((Column(Figure("mix"), max(3, strip), drop=3),) if strip else ()),
            Column(Figure("why"), 10, flex=2, drop=1),
        )

    def __len__(self) -> int:
        return len(self.candidates)

    def cells(self, index: int) -> Sequence[Item]:
        candidate = self.candidates[index]
        sign, role = self._signs[index]
        sure = Role.PLAIN if candidate.confidence >= SURE else Role.QUIET
        return (
            Cell(count(index + 1), Role.QUIET),
            Cell(sign, role),
            Cell(self.name(index)),
            Cell(score_of(candidate, self.scale), sure),
            *((Cell(strip_of(candidate, self.scale), Role.BAR),) if self.scale.signals else ()),
            Cell(shown(candidate.reason), Role.QUIET),
        )

    def name(self, index: int) -> Shown:
        """The artist on a line."""
        return shown(self.candidates[index].name)

    def position(self, index: int) -> Figure:
        return Figure(f"{index + 1:,} of {self.found.considered:,}")

    def came_back(self, before: Rows, cursor: int) -> int:
        """The line of whoever is in the same answer again after a verdict was taken back, else ``cursor``."""
        if not isinstance(before, CandidateRows) or before.found is not self.found:
            return cursor
        known = {each.code for each in before.candidates}
        return next((at for at, each in enumerate(self.candidates) if each.code not in known), cursor)
