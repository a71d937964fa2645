"""Small files in the formats of public data sets, written as these are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import duckdb


def hetrec(
    folder: Path,
    plays: Iterable[tuple[int, int, object]] = ((2, 51, 300), (2, 52, 20), (3, 52, 7), (4, 51, 1)),
    artists: Iterable[tuple[int, str]] = ((51, "Duran Duran"), (52, "BeyoncÃ©")),
    tags: Iterable[tuple[int, bytes]] = ((1, b"new wave"), (2, b"m\xfasica")),
    tagged: Iterable[tuple[int, int, int]] = ((2, 51, 1), (3, 52, 2), (3, 52, 1)),
    friends: Iterable[tuple[int, int]] = ((2, 3), (3, 2)),
) -> Path:
    """The five files; ``tags.dat`` is Latin-1, ``artists.dat`` ends its lines otherwise than the others."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, header: str, rows: Iterable[bytes], end: bytes = b"\r\n") -> None:
        (folder / name).write_bytes(end.join([header.replace(" ", "\t").encode(), *rows, b""]))

    def cells(*row: object) -> bytes:
        return "\t".join(map(str, row)).encode()

    write("artists.dat", "id name url pictureURL", (cells(*row, "http://x", "http://y") for row in artists), b"\n")
    write("tags.dat", "tagID tagValue", (str(tag).encode() + b"\t" + name for tag, name in tags))
    write("user_artists.dat", "userID artistID weight", (cells(*row) for row in plays))
    header = "userID artistID tagID day month year"
    write("user_taggedartists.dat", header, (cells(*row, 1, 4, 2009) for row in tagged))
    write("user_friends.dat", "userID friendID", (cells(*row) for row in friends))
    (folder / "readme.txt").write_text("no data")
    return folder


def lastfm_360k(path: Path, *rows: tuple[str, str, object]) -> Path:
    """(one character of the listener's hash, artist, plays)."""
    mbid = "3bd73256-3905-4f3a-97e2-8b341527f805"
    path.write_text("".join(f"{who * 40}\t{mbid}\t{artist}\t{plays}\n" for who, artist, plays in rows))
    return path


def lastfm_1k(path: Path, *rows: tuple[int, str, str, str]) -> Path:
    """(listener, time, artist, title)."""
    lines = (f"user_{who:06}\t{at}\tid\t{artist}\t\t{title}\n" for who, at, artist, title in rows)
    path.write_text("".join(lines))
    return path


def listens(path: Path, *rows: tuple[object, object, object, object]) -> Path:
    """(listener, UTC seconds, artist, title)."""
    said = (
        {"user_name": who, "timestamp": at, "track_metadata": {"artist_name": artist, "track_name": title, "x": [1]}}
        for who, at, artist, title in rows
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in said))
    return path


def parquet(path: Path, *rows: tuple[object, object, object, object]) -> Path:
    """(listener, UTC seconds, artist, title)."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (user_id INT, s BIGINT, artist_name VARCHAR, recording_name VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        into = str(path).replace("'", "''")
        columns = "user_id, to_timestamp(s)::TIMESTAMP AS listened_at, artist_name, recording_name"
        connection.execute(f"COPY (SELECT {columns} FROM t) TO '{into}' (FORMAT parquet)")
    return path
