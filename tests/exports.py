"""Rows, files and zips in the shape of Spotify's exports, and what tests ask of the library that comes of them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui_music.doctor import examine
from tui_music.library.history import History
from tui_music.library.ingest import DEFAULT_LISTENER, ImportReport, import_paths
from tui_music.library.library import Library
from tui_music.settings import Settings

Row = dict[str, Any]
Play = tuple[object, ...]

#: The personal fields of an export, with values that must never be found in a library.
PERSONAL = {
    "username": "sentinel-user-7391",
    "ip_addr_decrypted": "203.0.113.77",
    "user_agent_decrypted": "sentinel-agent-5520",
    "city": "Sentinelburg",
    "region": "Sentinelshire",
}
#: Any time will do; this one is far from the ends of what is possible.
BEGIN = datetime(2021, 3, 1, 12, tzinfo=UTC)


def row(
    second: int = 0, title: str | None = "Song", artist: str | None = "Artist", ms: Any = 200_000, **more: Any
) -> Row:
    """A row of the extended history as it has been since 2024 (23 keys), ``second`` seconds after :data:`BEGIN`."""
    fields = {
        "ts": (BEGIN + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "platform": "ios",
        "ms_played": ms,
        "conn_country": "DE",
        "ip_addr": "203.0.113.77",
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": artist,
        "master_metadata_album_album_name": "Album" if title else None,
        "spotify_track_uri": f"spotify:track:{abs(hash_of(title, artist)):022}" if title else None,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": None,
        "offline": False,
        "offline_timestamp": None,
        "incognito_mode": False,
    }
    assert set(more) <= set(fields) | set(PERSONAL), "a key that no export has"
    return fields | more


def hash_of(*texts: str | None) -> int:
    """The same number for the same texts in every run."""
    return int.from_bytes(json.dumps(texts).encode()[-8:], "big")


def old_row(second: int = 0, **more: Any) -> Row:
    """A row as before 2024: 21 keys, with the personal fields."""
    fields = row(second, **more)
    kept = {key: value for key, value in fields.items() if not key.startswith("audiobook") and key != "ip_addr"}
    return {key: PERSONAL[key] for key in ("username", "ip_addr_decrypted", "user_agent_decrypted")} | kept


def episode(second: int = 0, title: str | None = "Episode", show: str | None = "Show", **more: Any) -> Row:
    """A podcast's row."""
    uri = "spotify:episode:0123456789012345678901"
    names = {"episode_name": title, "episode_show_name": show, "spotify_episode_uri": uri}
    return row(second, None, None, **{**names, **more})


def chapter(second: int = 0, title: str | None = "Chapter 1", book: str | None = "Book", **more: Any) -> Row:
    """An audiobook's row."""
    names = {"audiobook_title": book, "audiobook_chapter_title": title, "audiobook_uri": "spotify:show:1"}
    return row(second, None, None, **{**names, **more})


def short(second: int = 0, title: str = "Song", artist: str = "Artist", ms: Any = 200_000) -> Row:
    """A row of the account data: the minute of ``second``, names and length."""
    ended = (BEGIN + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M")
    return {"endTime": ended, "artistName": artist, "trackName": title, "msPlayed": ms}


def shortened(extended: Row) -> Row:
    """The row of the account data that stands for a row of the extended history."""
    return {
        "endTime": extended["ts"][:16].replace("T", " "),
        "artistName": extended["master_metadata_album_artist_name"],
        "trackName": extended["master_metadata_track_name"],
        "msPlayed": extended["ms_played"],
    }


def as_json(rows: Sequence[Any], indent: int | None = None) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=indent).encode()


def write(path: Path, content: bytes | Sequence[Any]) -> Path:
    """A file of these bytes, or of these rows as JSON; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else as_json(content))
    return path


def zipped(files: Mapping[str, bytes | Sequence[Any]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else as_json(content))
    return packed.getvalue()


def new_library(folder: Path) -> Library:
    """A library in ``folder``, not made yet, that does not wait long for others."""
    return Library(Settings(folder, folder / "cache", folder).library_file)


def copied(library: Library, folder: Path) -> Library:
    """A copy of a library, in a folder of its own."""
    folder.mkdir(mode=0o700, parents=True)
    shutil.copy(library.path, folder)
    return Library(folder / library.path.name)


def imported(library: Library, *paths: Path, listener: str = DEFAULT_LISTENER) -> ImportReport:
    """Import, and check what must hold after every import."""
    report = import_paths(library, paths, listener)
    assert_sums(report)
    return report


def assert_sums(report: ImportReport) -> None:
    """Every row is exactly one of added, duplicate and rejected."""
    for file in report.files:
        assert file.read == file.added + file.duplicate + sum(file.rejected.values()), file
        assert min(file.added, file.duplicate, file.unmatched, *file.rejected.values(), 0) == 0, file
    assert report.read == report.added + report.duplicate + report.rejected
    assert report.rejected == sum(reason.count for reason in report.reasons.values())
    assert sum(report.kinds.values()) == report.added + report.duplicate


def assert_healthy(library: Library) -> None:
    """The doctor finds the library sound, and the account of all imports fits the plays."""
    folder = library.path.parent
    broken = [each for each in examine(Settings(folder, folder / "cache", folder)) if each.state == "broken"]
    assert [each for each in broken if each.what not in {"terminal", "size"}] == []
    added: dict[str, int] = {}
    for batch in library.batches():
        assert batch.read == batch.added + batch.duplicate + batch.rejected
        added[batch.listener] = added.get(batch.listener, 0) + batch.added
    assert added == {listener.name: listener.plays for listener in library.listeners()}


def plays(library: Library, listener: str | None = None) -> list[Play]:
    """Every play of a listener with all columns of the loaded history, names in place of codes, in its order."""
    return plays_of(library.load(listener))


def plays_of(history: History) -> list[Play]:
    names = history.names
    plain = ("start", "ms_played", "kind", "shuffle", "skipped", "offline", "incognito", "minute_precise")
    coded = {"artist": names.artists, "track": names.tracks, "album": names.albums}
    coded |= dict.fromkeys(("reason_start", "reason_end", "platform", "country", "source"), names.terms)
    assert (names.track_artist[history.track] == history.artist).all()
    columns = [getattr(history, name).tolist() for name in plain]
    columns += [[table[at] if at >= 0 else None for at in getattr(history, name)] for name, table in coded.items()]
    return list(zip(*columns, strict=True))


def titles(library: Library, listener: str | None = None) -> list[str]:
    """The titles of all plays, sorted."""
    history = library.load(listener)
    return sorted(history.names.tracks[code] for code in history.track.tolist())


def answers(library: Library) -> dict[str, object]:
    """All that a library answers, however it came about: compared between libraries."""
    found: dict[str, object] = {}
    for listener in library.listeners():
        history = library.load(listener.name)
        names = history.names
        found[listener.name] = (
            plays_of(history), names.artists, names.tracks, names.albums, names.track_artist.tolist(),
            names.album_artist.tolist(), listener,
        )  # fmt: skip
    return found


def stored_bytes(folder: Path) -> bytes:
    """Everything below ``folder``, for searching."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def stored_texts(library: Library) -> list[str]:
    """Every text of every table of the library file."""
    found: list[str] = []
    with library.reading() as connection:
        columns: Iterable[tuple[str, str]] = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal"
        ).fetchall()
        for table, column in columns:
            found += [text for (text,) in connection.execute(f"SELECT {column} FROM {table}").fetchall() if text]
    return found
