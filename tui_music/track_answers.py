"""The catalogue's answers on the command line, under the keys the README documents."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import msgspec

from tui_music.catalogue.catalogue import Catalogue, CatalogueTrack, Similar, SimilarTrack
from tui_music.catalogue.cleaning import BuildReport
from tui_music.catalogue.playlist import Playlist
from tui_music.catalogue.tables import SOUND
from tui_music.export import Row
from tui_music.printing import Cell, Column, decimals, number
from tui_music.text import shown

_RANK = Column("rank", "#", number, right=True)
_SONG = (Column("track"), Column("artist"))
_ABOUT = (
    Column("year", "year", lambda year: str(year or ""), right=True),
    Column("genre"),
    Column("popularity", "pop", number, right=True),
)
_SHARES = tuple(Column(name, name, decimals(3), right=True) for name in ("score", "sound", "text"))
SIMILAR = (_RANK, *_SONG, *_SHARES, Column("level"), Column("id", "", None))
TRACKS = (
    _RANK,
    *_SONG,
    Column("album", "", None),
    *_ABOUT,
    *(Column(name, "", None) for name in ("explicit", *SOUND, "cluster", "id")),
)
PLAYLIST = (
    _RANK,
    *_SONG,
    Column("tempo", "bpm", decimals(0), right=True),
    Column("key", "key", lambda key: key or ""),
    Column("energy", "energy", decimals(2), right=True),
    *(Column(column.key, "", None) for column in _SHARES),
    Column("level"),
    Column("id", "", None),
)
_MEANS = ("tempo", "energy", "valence", "danceability", "acousticness")
CLUSTERS = (
    Column("number", "#", number, right=True),
    Column("name"),
    Column("size", "tracks", number, right=True),
    *(
        Column(name, name, decimals(0 if name == "tempo" else 2) if name in _MEANS else None, right=True)
        for name in (*_MEANS, *(name for name in SOUND if name not in (*_MEANS, "key")))
    ),
)
_KEYS = "C D♭ D E♭ E F F♯ G A♭ A B♭ B".split()


def similar(found: Similar) -> list[list[Cell]]:
    return [
        [row.rank, row.track.title, row.track.artist, *_shares(row), row.level.value, row.track.spotify_id or None]
        for row in found.rows
    ]


def tracks(found: Iterable[CatalogueTrack]) -> list[list[Cell]]:
    return [
        [
            place, track.title, track.artist, track.album or None, track.year, track.genre or None, track.popularity,
            track.explicit, *map(_told, track.features.tolist()), track.cluster, track.spotify_id or None,
        ]
        for place, track in enumerate(found, 1)
    ]  # fmt: skip


def playlist(made: Playlist) -> list[list[Cell]]:
    return [
        [
            row.rank, row.track.title, row.track.artist, _told(row.track.tempo), key_name(row.track),
            _told(float(row.track.features[SOUND.index("energy")])), *_shares(row), row.level.value,
            row.track.spotify_id or None,
        ]
        for row in made.rows
    ]  # fmt: skip


def playlist_sentence(made: Playlist) -> str:
    """The statistics of a playlist."""
    told = made.statistics
    parts = [
        f"{told.tracks:,} tracks, {told.ms // 60_000:,} min",
        f"{told.artists:,} artists",
        f"{told.genres:,} genres",
    ]
    if told.popularity is not None:
        parts.append(f"popularity {told.popularity:.0f}")
    if told.first_year is not None:
        parts.append(f"{told.first_year}–{told.last_year}")
    if told.tempo_jump is not None and told.key_jump is not None and told.energy_jump is not None:
        parts.append(
            f"from one to the next {told.tempo_jump:.0%} of tempo, {told.key_jump:.1f} fifths, "
            f"{told.energy_jump:.2f} of energy"
        )
    return " · ".join(parts)


def clusters(catalogue: Catalogue) -> list[list[Cell]]:
    columns = [SOUND.index(column.key) for column in CLUSTERS[3:]]
    return [
        [each.number, each.name, each.size, *(_told(float(each.means[column])) for column in columns)]
        for each in catalogue.clusters
    ]


def info(catalogue: Catalogue) -> dict[str, Any]:
    """What a catalogue is, and what became of every row it was built from."""
    report: dict[str, Any] = msgspec.to_builtins(catalogue.report)
    known = (catalogue.year > 0).any()
    return {
        "tracks": catalogue.size,
        "artists": len(set(catalogue.artist.tolist())),
        "genres": len(catalogue.genres()),
        "first_year": int(catalogue.year[catalogue.year > 0].min()) if known else None,
        "last_year": int(catalogue.year.max()) if known else None,
        "clusters": len(catalogue.clusters),
        "silhouette": {str(k): round(value, 4) for k, value in catalogue.silhouette.items()},
        "variance": [round(value, 6) for value in catalogue.variance.tolist()],
        "seconds": report["seconds"],
        "lacking": report["lacking"],
        "files": report["files"],
    }


def info_lines(answer: dict[str, Any]) -> list[str]:
    """The same for people."""
    counts = [f"{answer['tracks']:,} tracks by {answer['artists']:,} artists", f"{answer['genres']:,} genres"]
    counts += [f"{answer['first_year'] or '?'}–{answer['last_year'] or '?'}", f"{answer['clusters']} clusters"]
    most = next((at for at in range(1, 99) if sum(answer["variance"][:at]) >= 0.9), 0)
    return [
        " · ".join(counts),
        f"{most} components of {len(answer['variance'])} hold 90 % of the variance of the features",
        *report_lines(msgspec.convert(answer, BuildReport)),
    ]


def report_lines(report: BuildReport) -> list[str]:
    """The account of every row, and what tracks lack."""
    lines = []
    for file in report.files:
        lines.append(
            f"{shown(file.file)} ({file.format}): {file.read:,} rows read, {file.kept:,} kept, "
            f"{file.merged:,} merged as doubles, {sum(file.rejected.values()):,} rejected"
        )
        lines += [f"  rejected, {shown(reason)}: {count:,}" for reason, count in file.rejected.items()]
        lines += [f"  {name} missing: {count:,}" for name, count in file.missing.items()]
        lines += [f"  {name} impossible: {count:,}, taken for missing" for name, count in file.impossible.items()]
    if report.lacking:
        lacking = ", ".join(f"{name} {count:,}" for name, count in report.lacking.items())
        lines.append(f"tracks that lack a value, and stand at its mean where they are compared: {lacking}")
    return lines


def rows(made: Playlist) -> list[Row]:
    """A playlist for other programs."""
    return [
        Row(
            artist=row.track.artist,
            title=row.track.title,
            uri=f"spotify:track:{row.track.spotify_id}" if row.track.spotify_id else None,
            duration_ms=row.track.duration_ms,
            note=row.level.value,
        )
        for row in made.rows
    ]


def key_name(track: CatalogueTrack) -> str | None:
    """``A♭ minor``; ``None`` where the key is not known."""
    key, mode = (float(track.features[SOUND.index(name)]) for name in ("key", "mode"))
    if math.isnan(key):
        return None
    return _KEYS[int(key)] + ("" if math.isnan(mode) else " major" if mode >= 0.5 else " minor")


def _shares(row: SimilarTrack) -> tuple[Cell, Cell, Cell]:
    return round(row.score, 6), round(row.sound, 6), round(row.text, 6)


def _told(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(f"{value:.6g}")
