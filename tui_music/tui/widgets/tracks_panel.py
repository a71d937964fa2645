"""What stands beside the lists of the screen Tracks: features as bars, bars by genre, correlations, all as lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.strip import Strip

from tui_music.text import cells, cut, shown
from tui_music.tui.tracks_asked import Hit, label_of
from tui_music.tui.tracks_charts import AMOUNTS, Entry, Matrix, name_of, share_of, value_of
from tui_music.tui.widgets.canvas import Canvas, Drawable, Piece, Role
from tui_music.tui.widgets.columns import fill
from tui_music.tui.widgets.figures import Figure, bar, clock
from tui_music.tui.widgets.tracks_rows import key_of

if TYPE_CHECKING:
    from tui_music.catalogue.catalogue import CatalogueTrack

Lines = list[list[Piece]]
#: Lines for so many cells and rows.
Made = Callable[[int, int], Lines]
_LABEL, _VALUE = 16, 8


class Panel(Canvas, can_focus=False):
    """Lines made for the room there is; of other lines only what differs is painted."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._make: Made = lambda width, height: []
        self._lines: Lines = []

    def show(self, make: Made) -> None:
        """Show what is made by ``make(width, height)``."""
        self._make = make
        before, self._lines = self._lines, self._made()
        self.repaint(before, self._lines)

    def on_resize(self) -> None:
        self._lines = self._made()
        self.refresh()

    def line(self, y: int) -> Strip:
        return self.strip(self._lines[y] if y < len(self._lines) else [])

    def _made(self) -> Lines:
        width, height = self.size
        return self._make(width, height)[:height] if width and height else []


def features(
    track: CatalogueTrack, sound: Sequence[str], means: Mapping[str, float], whose: Figure, cluster: Drawable
) -> Made:
    """A track: what it is, and its features as bars with a mark at the mean of ``whose`` music."""
    raw = dict(zip(sound, track.features.tolist(), strict=True))

    def make(width: int, height: int) -> Lines:
        columns = 2 if width >= 76 and height <= len(AMOUNTS) + 3 else 1
        each = (width - 1) // columns
        rows = max(1, min(-(-len(AMOUNTS) // columns), height - 2))
        bars = [
            _feature(column, raw[column], means.get(column, math.nan), each) for column in AMOUNTS[: rows * columns]
        ]
        lines: Lines = [_headline(track, width), _about(track, raw, whose, cluster, width)]
        lines += [[piece for column in bars[at::rows] for piece in column] for at in range(rows)]
        return lines

    return make


def _headline(track: CatalogueTrack, width: int) -> list[Piece]:
    facts = [track.genre, str(track.year or "")]
    facts += ["" if track.popularity is None else f"popularity {track.popularity}"]
    facts += [clock(track.duration_ms) if track.duration_ms else "", "explicit" if track.explicit else ""]
    name = cut(label_of(track.title, track.artist), max(8, width * 3 // 5))
    told = shown("   " + " · ".join(each for each in facts if each))
    return [(Figure(" "), Role.PLAIN), (name, Role.HEAD), (cut(told, max(0, width - 2 - cells(name))), Role.QUIET)]


def _about(
    track: CatalogueTrack, raw: Mapping[str, float], whose: Figure, cluster: Drawable, width: int
) -> list[Piece]:
    """The key, the cluster, and what the marks on the bars are."""
    key = key_of(raw["key"], raw["mode"])
    mark = f"│ mean of {whose}"
    told = shown(" · ".join(filter(None, (key, cluster))))
    room = width - cells(mark) - 4
    if room < 12:
        return [(Figure(f" {mark}"), Role.QUIET)]
    return [(Figure(f" {fill(cut(told, room), room)}  {mark}"), Role.QUIET)]


def _feature(column: str, value: float, mean: float, width: int) -> list[Piece]:
    """``energy ██████│      0.61``, in exactly ``width`` cells."""
    wide = max(4, width - _LABEL - _VALUE - 4)
    drawn = bar(share_of(column, value), wide)
    pieces: list[Piece] = [(Figure(f" {fill(name_of(column), _LABEL)} "), Role.QUIET)]
    if mean == mean:
        at = min(wide - 1, int(share_of(column, mean) * wide))
        pieces += [(Figure(drawn[:at]), Role.BAR), (Figure("│"), Role.HEAD), (Figure(drawn[at + 1 :]), Role.BAR)]
    else:
        pieces.append((drawn, Role.BAR))
    pieces.append((Figure(f" {fill(value_of(column, value), _VALUE, 'right')} "), Role.PLAIN))
    return pieces


def only_named(hit: Hit) -> Made:
    """A song that only the library has: nothing is known of its sound."""
    said = Figure(" Not in the catalogue: how it sounds is not known. enter shows what stands for it.")
    head: list[Piece] = [(Figure(" "), Role.PLAIN), (label_of(hit.title, hit.artist), Role.HEAD)]
    return lambda width, height: [head, [(said, Role.QUIET)]]


def charted(entry: Entry) -> Made:
    """What is no chart of columns: bars of a list, or a matrix; and what is to be said of an entry."""
    if entry.matrix is not None:
        return _matrix(entry, entry.matrix)
    return _bars(entry)


def said(entry: Entry | None) -> Made:
    """The lines below a chart."""
    told: Sequence[Drawable] = () if entry is None else entry.said
    return lambda width, height: [
        [(Figure(" "), Role.PLAIN), (cut(shown(line), width - 2), Role.QUIET)] for line in told
    ]


def _bars(entry: Entry) -> Made:
    widest = max((cells(each.label) for each in entry.bars), default=0)

    def make(width: int, height: int) -> Lines:
        label = min(widest, max(8, width // 3))
        asides = max((len(each.aside) for each in entry.bars), default=0)
        wide = width - label - 10 - asides
        if wide < 8:
            asides, wide = 0, max(4, width - label - 9)
        lines: Lines = [[(Figure(" "), Role.PLAIN), (cut(shown(entry.title), width - 2), Role.HEAD)]]
        for each in entry.bars:
            lines.append(
                [
                    (Figure(f" {fill(shown(each.label), label)} "), Role.PLAIN),
                    (bar(each.share, wide), Role.BAR),
                    (Figure(f" {fill(each.value, 4, 'right')}"), Role.PLAIN),
                    (Figure(f"  {fill(each.aside, asides, 'right')}" if asides else ""), Role.QUIET),
                ]
            )
        return lines

    return make


def _matrix(entry: Entry, matrix: Matrix) -> Made:
    """Figures below 0.1 are dots: what stands out is read at once, in any colours."""

    def make(width: int, height: int) -> Lines:
        names = matrix.names
        label = _LABEL if width >= 2 + _LABEL + 4 * len(names) else 6
        each = max(4, min(7, (width - 2 - label) // len(names)))
        head = "".join(name[: each - 1].rjust(each) for name in names)
        lines: Lines = [
            [(Figure(" "), Role.PLAIN), (entry.title, Role.HEAD)],
            [(Figure(f" {' ' * label}{head}"), Role.QUIET)],
        ]
        for at, row in enumerate(matrix.r):
            pieces: list[Piece] = [(Figure(f" {fill(Figure(names[at]), label)}"), Role.QUIET)]
            for other, r in enumerate(row):
                told = other != at and abs(r) >= 0.1  # nan is not
                text = f"{r:+.{1 if each < 5 else 2}f}".replace("0.", ".").replace("-", "−") if told else "·"
                role = Role.QUIET if text == "·" else Role.HEAD if abs(r) >= 0.5 else Role.PLAIN
                pieces.append((Figure(text.rjust(each)), role))
            lines.append(pieces)
        lines.append([(Figure(" bold from 0.5 on; · below 0.1"), Role.QUIET)])
        return lines

    return make
