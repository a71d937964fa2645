"""What can be charted of a catalogue, as screens draw it: made in a thread, nothing here needs numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_music.tui.widgets.canvas import Drawable
from tui_music.tui.widgets.chart import Plotted
from tui_music.tui.widgets.figures import NOTHING, Figure

#: The unit of a column, how many digits its values have, the values at the ends of its bars, what it is divided by.
UNITS: dict[str, tuple[str, int, float, float, float]] = {
    "loudness": ("dB", 1, -30.0, 0.0, 1.0),
    "tempo": ("bpm", 0, 40.0, 220.0, 1.0),
    "duration_ms": ("min", 1, 0.0, 8.0, 60_000.0),
}
#: How columns of sound are called where they are told; keys and modes are no amounts.
NAMES = {"duration_ms": "duration"}
AMOUNTS = (
    "energy",
    "danceability",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "liveness",
    "loudness",
    "tempo",
    "duration_ms",
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One bar of a list: ``share`` 0–1 of the longest one, below 0 to the other side."""

    label: Drawable
    share: float
    value: Figure
    aside: Figure = NOTHING


@dataclass(frozen=True, slots=True)
class Matrix:
    """Correlations of columns with one another, −1–1, nan where nothing is known."""

    names: tuple[str, ...]
    r: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Entry:
    """Something to chart: columns over an axis, a list of bars, or a matrix; and below it lines that explain."""

    name: Figure
    small: Figure = NOTHING
    mean: Figure = NOTHING
    plotted: Plotted | None = None
    bars: tuple[Ranked, ...] = ()
    matrix: Matrix | None = None
    title: Figure = NOTHING
    said: Sequence[Drawable] = ()


def name_of(column: str) -> Figure:
    """``duration`` for ``duration_ms``"""
    return Figure(NAMES.get(column, column))


def value_of(column: str, value: float) -> Figure:
    """With its unit: ``0.71``, ``−6.3 dB``, ``128 bpm``."""
    unit, digits, _, _, per = UNITS.get(column, ("", 2, 0.0, 1.0, 1.0))
    if value != value:
        return Figure("–")
    return Figure(f"{value / per:.{digits}f}{' ' if unit else ''}{unit}".replace("-", "−"))


def share_of(column: str, value: float) -> float:
    """Where a value is between the ends of its bar, 0–1; 0 where it is not known."""
    _, _, low, high, per = UNITS.get(column, ("", 2, 0.0, 1.0, 1.0))
    return min(1.0, max(0.0, (value / per - low) / (high - low))) if value == value else 0.0
