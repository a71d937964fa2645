"""Rows of tables to tracks: doubles merged, what one row lacks taken from the others.

Rows are doubles when they have the same Spotify id, or the same folded artist and title and a duration that differs by
at most two seconds. Of doubles the one that says most of its sound is kept, then the most popular one, then the first
id by code point; no answer depends on the order of files or rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_music.catalogue.tables import NUMBERS, SOUND, TEXTS, Table, Texts
from tui_music.library.history import Float64, Int64
from tui_music.text import fold

#: Durations of the same recording differ by this much at most.
NEAR_MS = 2_000.0
APART = "\x1f"
_PLACE = {name: place for place, name in enumerate(NUMBERS)}


class FileReport(msgspec.Struct, frozen=True):
    """What became of the rows of one file: ``read`` = ``kept`` + ``merged`` into others + ``rejected`` by reason."""

    file: str
    format: str
    read: int
    kept: int
    merged: int
    rejected: dict[str, int]
    missing: dict[str, int]
    impossible: dict[str, int]


class BuildReport(msgspec.Struct, frozen=True):
    """How a catalogue came about. ``lacking`` counts tracks without a value of a column, after merging; each is left
    out of what is learnt of the column, and stands at its mean where tracks are compared."""

    files: tuple[FileReport, ...]
    tracks: int
    lacking: dict[str, int]
    seconds: float = 0.0


@dataclass(frozen=True, repr=False, eq=False)
class Tracks:
    """Distinct tracks, the most popular first, then by artist, title and id.

    ``artist`` and ``genre`` are apart by U+001F; ``numbers`` float64 (tracks, NUMBERS), nan where nothing is known.
    ``ids`` are all Spotify ids that were met, ``id_track`` int64 (ids,) whose they are.
    """

    id: Texts
    title: Texts
    artist: Texts
    album: Texts
    genre: Texts
    numbers: Float64
    ids: Texts
    id_track: Int64
    report: BuildReport

    def __len__(self) -> int:
        return len(self.numbers)

    def number(self, name: str) -> Float64:
        column: Float64 = self.numbers[:, _PLACE[name]]
        return column


def clean(tables: Sequence[Table]) -> Tracks:
    """Distinct tracks of some tables, and the account of every row."""
    texts = {name: np.concatenate([table.texts[name] for table in tables]) for name in TEXTS}
    numbers = np.concatenate([table.numbers for table in tables])
    source = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    order = _best_first(texts, numbers)
    texts, numbers, source = {name: text[order] for name, text in texts.items()}, numbers[order], source[order]
    group = _groups(texts, numbers)
    # a stable order by group: the best row of each comes first
    by_group = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[by_group], prepend=-1))
    merged = {name: _first_text(texts[name], by_group, starts) for name in ("id", "title", "artist", "album")}
    genre = _all_genres(texts["genre"], by_group, starts)
    filled = _first_numbers(numbers, by_group, starts)
    keeper = by_group[starts]
    final = _by_popularity(merged, filled)
    position = np.empty(len(final), np.int64)
    position[final] = np.arange(len(final))
    ids, id_track = _ids(texts["id"], position[group])
    return Tracks(
        id=merged["id"][final],
        title=merged["title"][final],
        artist=merged["artist"][final],
        album=merged["album"][final],
        genre=genre[final],
        numbers=filled[final],
        ids=ids,
        id_track=id_track,
        report=_report(tables, source, keeper, filled),
    )


def match_key(artist: str, title: str) -> str:
    """What tracks are matched by where no id tells: the folded names."""
    return f"{fold(artist)}\0{fold(title)}"


def _best_first(texts: dict[str, Texts], numbers: Float64) -> Int64:
    told = np.isfinite(numbers[:, : len(SOUND)]).sum(1)
    popularity = np.nan_to_num(numbers[:, _PLACE["popularity"]], nan=-1.0)
    names = [_ranks(texts[name]) for name in ("album", "title", "artist", "id")]
    return np.lexsort((*names, -popularity, -told))


def _ranks(texts: Texts) -> Int64:
    """Each text's place in code point order, equal texts the same."""
    place = {text: at for at, text in enumerate(sorted(set(texts.tolist())))}
    return np.fromiter((place[text] for text in texts.tolist()), np.int64, len(texts))


def _groups(texts: dict[str, Texts], numbers: Float64) -> Int64:
    """A number for each row, the same for doubles. Rows come best first."""
    by_id = _same(texts["id"].tolist())
    _, first = np.unique(by_id, return_index=True)
    folded: dict[str, str] = {}
    keys = []
    for row in first.tolist():
        artist = texts["artist"][row].split(APART, 1)[0]
        if artist not in folded:
            folded[artist] = fold(artist)
        keys.append(f"{folded[artist]}\0{fold(texts['title'][row])}")
    key = _same(keys)
    duration = numbers[first, _PLACE["duration_ms"]]
    order = np.lexsort((duration, key))  # nan last: a row without duration joins the longest of its name
    gap = np.diff(duration[order], prepend=-np.inf) > NEAR_MS
    begins = gap | (np.diff(key[order], prepend=-1) != 0)
    by_name = np.empty(len(first), np.int64)
    by_name[order] = np.cumsum(begins) - 1
    return by_name[by_id]


def _same(texts: list[str]) -> Int64:
    """A number for each text in order of arrival; every "" gets one of its own."""
    seen: dict[str, int] = {}
    out = np.empty(len(texts), np.int64)
    count = 0
    for row, text in enumerate(texts):
        number = seen.get(text, -1) if text else -1
        if number < 0:
            number, count = count, count + 1
            if text:
                seen[text] = number
        out[row] = number
    return out


def _first_text(texts: Texts, by_group: Int64, starts: Int64) -> Texts:
    """Of each group the first text that is not empty."""
    out: Texts = texts[by_group[starts]].copy()
    ends = np.append(starts[1:], len(by_group))
    for at in np.flatnonzero((out == "") & (ends - starts > 1)).tolist():
        rows = by_group[starts[at] : ends[at]]
        out[at] = next((text for text in texts[rows].tolist() if text), "")
    return out


def _all_genres(texts: Texts, by_group: Int64, starts: Int64) -> Texts:
    """The genres of all rows of a group, those of most rows first, then by name."""
    out: Texts = texts[by_group[starts]].copy()
    ends = np.append(starts[1:], len(by_group))
    for at in np.flatnonzero(ends - starts > 1).tolist():
        counts: dict[str, int] = {}
        for text in texts[by_group[starts[at] : ends[at]]].tolist():
            for genre in text.split(APART) if text else ():
                counts[genre] = counts.get(genre, 0) + 1
        out[at] = APART.join(sorted(counts, key=lambda genre: (-counts[genre], genre)))
    return out


def _first_numbers(numbers: Float64, by_group: Int64, starts: Int64) -> Float64:
    """Of each group the first known value of each column."""
    out = np.empty((len(starts), numbers.shape[1]))
    rows = np.arange(len(by_group))
    for column in range(numbers.shape[1]):
        values = numbers[by_group, column]
        known = np.where(np.isfinite(values), rows, len(rows))
        first = np.minimum.reduceat(known, starts) if len(starts) else known
        # an index beyond the group's own rows: none is known
        out[:, column] = np.append(values, np.nan)[first]
    return out


def _by_popularity(texts: dict[str, Texts], numbers: Float64) -> Int64:
    popularity = np.nan_to_num(numbers[:, _PLACE["popularity"]], nan=-1.0)
    return np.lexsort((*(_ranks(texts[name]) for name in ("album", "id", "title", "artist")), -popularity))


def _ids(ids: Texts, track: Int64) -> tuple[Texts, Int64]:
    """Every id, in order, with its track."""
    owner: dict[str, int] = {}
    for text, number in zip(ids.tolist(), track.tolist(), strict=True):
        if text:
            owner.setdefault(text, number)
    names = sorted(owner)
    out = np.empty(len(names), object)
    out[:] = names
    return out, np.fromiter((owner[name] for name in names), np.int64, len(names))


def _report(tables: Sequence[Table], source: Int64, keeper: Int64, numbers: Float64) -> BuildReport:
    kept = np.bincount(source[keeper], minlength=len(tables)).tolist()
    files = tuple(
        FileReport(
            table.name,
            table.format,
            table.read,
            kept[at],
            len(table) - kept[at],
            table.rejected,
            {name: cells.missing for name, cells in table.cells.items() if cells.missing},
            {name: cells.impossible for name, cells in table.cells.items() if cells.impossible},
        )
        for at, table in enumerate(tables)
    )
    lacking: NDArray[Any] = (~np.isfinite(numbers)).sum(0)
    counts = {name: int(count) for name, count in zip(NUMBERS, lacking, strict=True) if count}
    return BuildReport(files, len(numbers), counts)
