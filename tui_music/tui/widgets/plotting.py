"""Plotext, fenced in: it keeps one figure in module state, so one lock guards every use of it, in this module alone.

Values become one point a cell, eighths or braille, already binned to the width, so that building takes 2 to 10 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

_plotext = Lock()
_LEVELS = "▁▂▃▄▅▆▇"
#: What 0 to 4 dots from the ground add to a braille character, in its left and in its right column.
_LEFT_DOTS = (0, 0x40, 0x44, 0x46, 0x47)
_RIGHT_DOTS = (0, 0x80, 0xA0, 0xB0, 0xB8)
#: Steps between labelled heights that read well; times a power of ten.
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart: its lines, the cells its axis takes at the left, and each bucket's cells (first, past last)."""

    lines: tuple[str, ...]
    left: int
    spans: tuple[tuple[int, int], ...]

    def bucket_at(self, x: int) -> int | None:
        """The bucket drawn in the cell ``x`` of the picture."""
        for bucket, (first, past) in enumerate(self.spans):
            if self.left + first <= x < self.left + past:
                return bucket
        return None


def scale(top: float, rows: int) -> tuple[float, list[tuple[int, str]]]:
    """The height of the axis, and the rows (from 1, at the bottom) that carry a label, every second one."""
    top = top if top > 0 else 1.0
    pairs = max(1, rows // 2)
    step, power = 0.0, 1e-3
    while not step:
        step = next((power * s for s in _STEPS if power * s * rows / 2 >= top), 0.0)
        power *= 10
    digits = 0 if step >= 2 and step == int(step) else 1 if step >= 0.1 else 2
    return step * rows / 2, [(2 * n, f"{n * step:,.{digits}f}") for n in range(1, pairs + 1)] if rows > 1 else []


def bars(values: Sequence[float], ticks: Sequence[tuple[int, str]], width: int, height: int) -> Picture:
    """Bars over time in ``width`` × ``height`` cells, axes included.

    ``ticks`` are (bucket, label), in order; those that would touch another are left out. Where every bucket has a cell
    they are bars of eighths; where two share one, filled braille. More than two a cell must be binned before.
    """
    rows = max(1, height - 2)
    top, labels = scale(max(values, default=0.0), rows)
    left = max((len(text) for _, text in labels), default=0) + 1
    room = max(1, width - left)
    spans, braille = _spread(len(values), room)
    points = _dots(values, top, rows, spans) if braille else _blocks(values, top, rows, spans)
    if braille:
        spans = [(first // 2, max(first // 2 + 1, (past + 1) // 2)) for first, past in spans]
    lines = _build(points, room, rows, left, labels, _places(ticks, spans, left, room))
    return Picture(tuple(lines), left, tuple(spans))


def _spread(buckets: int, room: int) -> tuple[list[tuple[int, int]], bool]:
    """Where each bucket stands, in cells or in braille dots (half cells), and whether it is dots.

    Equal bars of whole cells, or of nearly equal width from three cells on, unless they would leave a fifth of the
    room empty; then dots, where a width of one or two is not seen as a difference.
    """
    each = room // max(1, buckets)
    if each >= 3:
        across = min(room, buckets * 14)
        return [(i * across // buckets, (i + 1) * across // buckets) for i in range(buckets)], False
    if each and each * buckets >= 0.8 * room:
        return [(i * each, (i + 1) * each) for i in range(buckets)], False
    dots = 2 * room
    return [(i * dots // max(1, buckets), (i + 1) * dots // max(1, buckets)) for i in range(buckets)], True


_Points = tuple[list[int], list[int], list[str]]


def _blocks(values: Sequence[float], top: float, rows: int, spans: Sequence[tuple[int, int]]) -> _Points:
    xs: list[int] = []
    ys: list[int] = []
    marks: list[str] = []
    for value, (first, past) in zip(values, spans, strict=True):
        full, part = divmod(max(1, round(value / top * rows * 8)) if value > 0 else 0, 8)
        column = [*"█" * full, *([_LEVELS[part - 1]] if part else [])]
        for x in range(first, past - 1 if past - first > 2 else past):
            xs += [x] * len(column)
            ys += range(len(column))
            marks += column
    return xs, ys, marks


def _dots(values: Sequence[float], top: float, rows: int, spans: Sequence[tuple[int, int]]) -> _Points:
    tall = [0] * (spans[-1][1] + 1 if spans else 0)  # of each column of dots; one more for the last cell's other half
    for value, (first, past) in zip(values, spans, strict=True):
        tall[first:past] = [max(1, round(value / top * rows * 4)) if value > 0 else 0] * (past - first)
    xs: list[int] = []
    ys: list[int] = []
    marks: list[str] = []
    for x, (left, right) in enumerate(zip(tall[::2], tall[1::2], strict=False)):
        for y in range((max(left, right) + 3) // 4):
            xs.append(x)
            ys.append(y)
            marks.append(chr(0x2800 + _LEFT_DOTS[_upto_4(left - 4 * y)] + _RIGHT_DOTS[_upto_4(right - 4 * y)]))
    return xs, ys, marks


def _upto_4(dots: int) -> int:
    return max(0, min(4, dots))


def _places(
    ticks: Sequence[tuple[int, str]], spans: Sequence[tuple[int, int]], left: int, room: int
) -> list[tuple[int, str]]:
    """The cell and label of every n-th tick: the smallest n that leaves two cells between labels."""
    for every in range(1, len(ticks) + 1):
        kept = [(spans[bucket][0], label) for bucket, label in ticks[::every]]
        kept = [(cell, label) for cell, label in kept if cell - len(label) // 2 + len(label) <= room]
        starts = [cell - len(label) // 2 for cell, label in kept]
        ends = [start + len(label) + 2 for start, (_, label) in zip(starts, kept, strict=True)]
        if all(start >= end for start, end in zip(starts, [-left, *ends], strict=False)):
            return kept
    return []


def _build(
    points: _Points,
    room: int,
    rows: int,
    left: int,
    labels: Sequence[tuple[int, str]],
    places: Sequence[tuple[int, str]],
) -> list[str]:
    import plotext

    xs, ys, marks = points
    with _plotext:
        plotext.clear_figure()
        plotext.limit_size(False, False)
        plotext.theme("clear")
        plotext.plotsize(room + left, rows + 1 + bool(places))  # without labels plotext leaves their row out
        plotext.xaxes(True, False)
        plotext.yaxes(True, False)
        plotext.xlim(0, max(1, room - 1))
        plotext.ylim(0, max(1, rows - 1))
        # a point out of sight keeps the labels' width when there is nothing to draw
        plotext.scatter(xs or [-1], ys or [-1], marker=marks or " ")
        plotext.yticks([row - 1 for row, _ in labels], [label.rjust(left - 1) for _, label in labels])
        plotext.xticks([cell for cell, _ in places], ["." for _ in places])
        drawn: str = plotext.uncolorize(plotext.build())
    lines = [line.ljust(room + left)[: room + left] for line in drawn.split("\n")]
    # plotext places neighbouring labels differently from run to run, so they are written here
    below = [" "] * (room + left)
    for cell, label in places:
        start = left + cell - len(label) // 2
        below[start : start + len(label)] = label
    return [*lines[: rows + 1], "".join(below)]


def scatter(points: _Points, width: int, height: int) -> list[str]:
    """Marks in cells of ``width`` × ``height``, (0, 0) at the lower left, without axes' labels."""
    xs, ys, marks = points
    room, rows = max(1, width - 1), max(1, height - 1)
    return _build((xs, ys, marks), room, rows, 1, (), ())[: rows + 1]
