"""The map of the catalogue, drawn in a thread: tracks become dots of braille, and plotext puts them in their places."""

from __future__ import annotations

import numpy as np

from tui_music.catalogue.catalogue import Catalogue
from tui_music.catalogue.features import Float32
from tui_music.library.history import Int32
from tui_music.tui.widgets.plotting import scatter
from tui_music.tui.widgets.tracks_map import OTHERS

#: Tracks drawn at most: of all, and of the cluster. More would only fill the map.
_ALL, _OF_CLUSTER = 6_000, 2_000
#: Dots of a braille cell, from the ground up, in its left and in its right column.
_DOTS = np.array([[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]], np.int64)
#: Shares of the tracks that are beyond each edge of the map; they are drawn at it.
_BEYOND = 0.002


def sample(catalogue: Catalogue, cluster: int | None, most: int) -> Int32:
    """At most so many tracks, of a cluster or of all, evenly over the order of popularity."""
    tracks = np.arange(catalogue.size) if cluster is None else np.flatnonzero(catalogue.cluster == cluster)
    return tracks[:: max(1, -(-len(tracks) // most))].astype(np.int32)


def drawn(catalogue: Catalogue, cluster: int | None, width: int, height: int) -> list[str]:
    """Lines of the map. Of a cluster its tracks are braille, cells that only others are in :data:`OTHERS`."""
    places = np.asarray(catalogue.points[:, sample(catalogue, None, _ALL)])
    low, high = np.quantile(places, _BEYOND, axis=1), np.quantile(places, 1 - _BEYOND, axis=1)
    across, up = width - 1, height - 1
    marks: dict[tuple[int, int], str] = {}
    if cluster is not None:
        x, y = _dots(places, low, high, across, up)
        marks = dict.fromkeys(zip((x // 2).tolist(), (y // 4).tolist(), strict=True), OTHERS)
        places = np.asarray(catalogue.points[:, sample(catalogue, cluster, _OF_CLUSTER)])
    x, y = _dots(places, low, high, across, up)
    cells: dict[tuple[int, int], int] = {}
    for cell, dot in zip(
        zip((x // 2).tolist(), (y // 4).tolist(), strict=True), _DOTS[x % 2, y % 4].tolist(), strict=True
    ):
        cells[cell] = cells.get(cell, 0) | dot
    marks |= {cell: chr(0x2800 + dots) for cell, dots in cells.items()}
    where = sorted(marks)
    return scatter(([x for x, _ in where], [y for _, y in where], [marks[cell] for cell in where]), width, height)


def _dots(places: Float32, low: Float32, high: Float32, across: int, up: int) -> tuple[Int32, Int32]:
    """Columns and rows of dots, two and four to a cell."""
    span = np.maximum(high - low, 1e-9)
    share = np.clip((places - low[:, None]) / span[:, None], 0.0, 1.0)
    x = np.minimum((share[0] * across * 2).astype(np.int32), across * 2 - 1)
    y = np.minimum((share[1] * up * 4).astype(np.int32), up * 4 - 1)
    return x, y
