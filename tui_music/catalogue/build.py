"""The building process: ``python -m tui_music.catalogue.build --into FOLDER TABLE…`` makes a catalogue of tables.

Each line it prints is how far it is (0–1), a tab, and what it is at; the last one of a failure begins with ``failed``.
The old catalogue stays in use until the new one is whole.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_music.catalogue import terms
from tui_music.catalogue.cleaning import APART, Tracks, clean
from tui_music.catalogue.clusters import MOST, Clustering, cluster
from tui_music.catalogue.features import Components, Pipeline, correlations
from tui_music.catalogue.names import Strings, index_arrays
from tui_music.catalogue.store import Arrays, ClusterHeader, Header, save
from tui_music.catalogue.tables import SOUND, read_table
from tui_music.child import FAILED
from tui_music.errors import TableRefused, TuiMusicError
from tui_music.library.history import Float64
from tui_music.text import fold

#: Is told the share done (0–1) and at what.
Say = Callable[[float, str], None]


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tui_music.catalogue.build", description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="folder of the catalogue")
    parser.add_argument("--clusters", type=int, help=f"how many, 1–{MOST}; otherwise by silhouette")
    parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help="what a column is")
    parser.add_argument("tables", type=Path, nargs="+")
    asked = parser.parse_args(words)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    os.umask(0o077)
    os.nice(10)  # whatever is on screen goes first

    def say(done: float, doing: str) -> None:
        print(f"{done:.3f}\t{doing}", flush=True)

    try:
        mapped = dict(each.split("=", 1) for each in asked.map)
        build(asked.into, asked.tables, mapped, asked.clusters, say)
    except (TuiMusicError, OSError, MemoryError) as problem:
        print(f"{FAILED}\t{problem or 'out of memory'}", flush=True)
        return 1
    say(1.0, "done")
    return 0


def build(into: Path, paths: Sequence[Path], mapped: dict[str, str], clusters: int | None, say: Say) -> None:
    """Make a catalogue of tables, joined. Raises :class:`TableRefused` and OSError; the old one stays then."""
    begin = time.monotonic()
    tables = []
    for at, path in enumerate(paths):
        say(0.3 * at / len(paths), f"reading {path.name}")
        tables.append(read_table(path, mapped))
    say(0.3, "merging doubles")
    tracks = clean(tables)
    del tables
    if not len(tracks):
        raise TableRefused(f"{', '.join(path.name for path in paths)}: no row names a track. Nothing was built.")
    say(0.45, "indexing names")
    arrays = index_arrays(tracks)
    say(0.7, "indexing artists, genres and years")
    arrays |= _terms(tracks)
    say(0.8, "learning how tracks sound")
    raw = tracks.numbers[:, : len(SOUND)]
    pipeline = Pipeline.fit(raw)
    sound = pipeline.transform(raw)
    standardised = pipeline.standardised(raw)
    components = (
        Components.fit(standardised) if len(tracks) > 1 else Components(np.eye(len(sound)), np.zeros(len(sound)))
    )
    arrays["sound"] = sound
    arrays["map"] = (standardised @ components.axes[:2].T).T.astype(np.float32)
    del standardised
    say(0.85, "finding clusters")
    found = cluster(sound, clusters)
    arrays |= _columns(tracks, raw) | {"cluster": found.of_track, "centre": found.centre}
    say(0.97, "writing")
    header = Header(
        schema=0,
        folder="",
        sizes={},
        checksum="",
        report=msgspec.structs.replace(tracks.report, seconds=round(time.monotonic() - begin, 3)),
        mean=tuple(pipeline.mean.tolist()),
        sd=tuple(min(value, 1e300) for value in pipeline.sd.tolist()),
        axes=tuple(tuple(axis) for axis in components.axes.tolist()),
        variance=tuple(components.variance.tolist()),
        means=_means(raw),
        correlations=tuple(_plain(row) for row in correlations(raw)),
        clusters=_clusters(raw, found),
        silhouette=found.silhouette,
    )
    save(into, arrays, header)


def _terms(tracks: Tracks) -> Arrays:
    index, names = terms.build(_rows(tracks))
    texts = Strings.of(text for _, text in names)
    number = {text: at for at, (kind, text) in enumerate(names) if kind == terms.ARTIST}
    main_artist = [number[_artist(artist.split(APART, 1)[0])] for artist in tracks.artist.tolist()]
    arrays: Arrays = {f"terms_{name}": getattr(index, name) for name in terms.ARRAYS}
    return arrays | {
        "terms_names_data": texts.data,
        "terms_names_offset": texts.offset,
        "artist": np.array(main_artist, np.int32),
    }


def _rows(tracks: Tracks) -> Iterator[list[tuple[int, str]]]:
    """The terms of each track."""
    year, explicit = tracks.number("year"), tracks.number("explicit")
    folded: dict[str, str] = {}
    for at, (artists, genres) in enumerate(zip(tracks.artist.tolist(), tracks.genre.tolist(), strict=True)):
        row: dict[tuple[int, str], None] = {}
        for artist in artists.split(APART):
            if artist not in folded:
                folded[artist] = _artist(artist)
            row[terms.ARTIST, folded[artist]] = None
        for genre in genres.split(APART) if genres else ():
            row[terms.GENRE, genre] = None
        if np.isfinite(explicit[at]):
            row[terms.EXPLICIT, "explicit" if explicit[at] >= 0.5 else "clean"] = None
        if np.isfinite(year[at]):
            row[terms.YEAR, str(int(year[at]))] = None
        yield list(row)


def _artist(name: str) -> str:
    return fold(name) or name


def _columns(tracks: Tracks, raw: Float64) -> dict[str, NDArray[Any]]:
    """What filters and screens read; −1 where nothing is known, nan in ``raw``. One row for each column of it."""
    whole = {
        name: np.nan_to_num(tracks.number(name), nan=-1.0).round().astype(dtype)
        for name, dtype in (("year", np.int16), ("popularity", np.int8), ("explicit", np.int8))
    }
    return whole | {"raw": np.ascontiguousarray(raw.T, np.float32)}


def _clusters(raw: Float64, found: Clustering) -> tuple[ClusterHeader, ...]:
    return tuple(
        ClusterHeader(name, int((found.of_track == number).sum()), _means(raw[found.of_track == number]))
        for number, name in enumerate(found.names)
    )


def _means(raw: Float64) -> tuple[float | None, ...]:
    known = np.isfinite(raw)
    sums = np.where(known, raw, 0.0).sum(0)
    return _plain(np.where(known.any(0), sums / np.maximum(known.sum(0), 1), np.nan))


def _plain(row: Float64) -> tuple[float | None, ...]:
    return tuple(value if np.isfinite(value) else None for value in row.tolist())


if __name__ == "__main__":
    sys.exit(main())
