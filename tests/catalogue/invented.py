"""Small tables of tracks, and catalogues built of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from tui_music.catalogue.build import build
from tui_music.catalogue.catalogue import Catalogue, open_catalogue

Row = Mapping[str, object]
#: A song in the middle of everything.
SONG: dict[str, object] = {
    "artist_name": "Aster Vale", "track_name": "Song", "track_id": "", "popularity": 50, "year": 2010, "genre": "folk",
    "danceability": 0.5, "energy": 0.5, "key": 0, "loudness": -8.0, "mode": 1, "speechiness": 0.1, "acousticness": 0.4,
    "instrumentalness": 0.1, "liveness": 0.2, "valence": 0.5, "tempo": 120.0, "duration_ms": 200_000,
    "time_signature": 4,
}  # fmt: skip


def song(title: str, artist: str = "Aster Vale", **more: object) -> dict[str, object]:
    return SONG | {"track_name": title, "artist_name": artist} | more


def track_id(number: int) -> str:
    return f"{number:022d}"


def write(path: Path, rows: Iterable[Row]) -> Path:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)) or list(SONG))
        writer.writeheader()
        writer.writerows(rows)
    return path


def built(folder: Path, *tables: Path, clusters: int | None = 3, **mapped: str) -> Catalogue:
    build(folder, tables, mapped, clusters, lambda done, doing: None)
    return open_catalogue(folder)


def of(folder: Path, rows: Iterable[Row], clusters: int | None = 3) -> Catalogue:
    """A catalogue of these rows."""
    folder.mkdir(exist_ok=True, parents=True)
    return built(folder / "catalogue", write(folder / "tracks.csv", rows), clusters=clusters)
