"""Dumps of ListenBrainz: a JSON object for each listen, or columns in Parquet."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import msgspec

from tui_music.engine.community.book import NAME_CHARS, ROW_BYTES, Book
from tui_music.engine.community.community import CommunityRefused, Reason
from tui_music.engine.community.formats import Format
from tui_music.importers.members import Member

_FAMILY = "ListenBrainz"
#: Columns that say the same, by the kind of dump; the first one there is read.
_COLUMNS = {
    "listener": ("user_name", "user_id"),
    "artist": ("artist_name",),
    "track": ("recording_name", "track_name"),
    "at": ("listened_at", "timestamp"),
}
_SLICE = 50_000
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
    "memory_limit": "1GB",
}


class _Metadata(msgspec.Struct):
    artist_name: str
    track_name: str | None = None


class _Listen(msgspec.Struct):
    track_metadata: _Metadata
    user_name: str | None = None
    user_id: int | str | None = None
    listened_at: int | None = None
    timestamp: int | None = None


_decoder = msgspec.json.Decoder(_Listen)


def _recognises_listens(head: bytes) -> bool:
    first = head.lstrip()[:ROW_BYTES].split(b"\n", 1)[0]
    return first.startswith(b"{") and b'"track_metadata"' in first and b'"user_' in first


def _listens(book: Book, member: Member) -> Iterator[Reason | None]:
    stream = member.open()
    try:
        for line in book.lines(stream):
            yield line if isinstance(line, Reason) else _listen(book, line)
    finally:
        stream.close()


def _listen(book: Book, line: str) -> Reason | None:
    try:
        said = _decoder.decode(line)
    except msgspec.ValidationError as problem:
        return _reason(str(problem))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Reason.DAMAGED
    about, who = said.track_metadata, said.user_name if said.user_name is not None else said.user_id
    when = said.listened_at if said.listened_at is not None else said.timestamp
    return book.play("" if who is None else str(who).strip(), about.artist_name, about.track_name, when or 0)


def _reason(problem: str) -> Reason:
    """Why, by the field that msgspec names."""
    if "artist_name" in problem or "user_" in problem or "track_metadata`" in problem:
        return Reason.NO_NAME
    return Reason.BAD_TIME if "listened_at" in problem or "timestamp" in problem else Reason.DAMAGED


def _parquet(book: Book, member: Member) -> Iterator[Reason | None]:
    if member.inside is not None:
        raise CommunityRefused(f"{member.shown}: unpack it first, Parquet is not read inside a zip.")
    with duckdb.connect(config=_CONFIG) as connection:
        try:
            rows = connection.execute(_question(connection, member), [str(member.path)])
            while part := rows.fetchmany(_SLICE):
                for listener, artist, track, at in part:
                    if max(len(listener or ""), len(artist or ""), len(track or "")) > NAME_CHARS:
                        yield Reason.TOO_LONG
                    else:
                        yield book.play((listener or "").strip(), artist or "", track, at or 0)
        except (duckdb.Error, UnicodeError) as problem:
            raise CommunityRefused(f"{member.shown}: it is damaged ({str(problem).splitlines()[0][:80]}).") from problem


def _question(connection: duckdb.DuckDBPyConnection, member: Member) -> str:
    described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(member.path)]).fetchall()
    types = {str(name): str(kind) for name, kind, *_ in described}
    chosen = {what: next((name for name in names if name in types), "") for what, names in _COLUMNS.items()}
    missing = [_COLUMNS[what][0] for what, name in chosen.items() if not name and what != "track"]
    if missing:
        raise CommunityRefused(f"{member.shown}: it has no column {', '.join(missing)}.")
    words = [f"TRY_CAST({chosen[what] or 'NULL'} AS VARCHAR)" for what in ("listener", "artist", "track")]
    at = f"epoch({chosen['at']})" if types[chosen["at"]].startswith(("TIMESTAMP", "DATE")) else chosen["at"]
    return f"SELECT {', '.join(words)}, TRY_CAST({at} AS BIGINT) FROM read_parquet(?)"


FORMATS = (
    Format("ListenBrainz listens", _FAMILY, _recognises_listens, _listens),
    Format("ListenBrainz Parquet", _FAMILY, lambda head: head.startswith(b"PAR1"), _parquet),
)
